// SPDX-License-Identifier: GPL-2.0-only
/* process_module.c - from a mapping to its file: opened, found to be the one, read once. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "events.h"
#include "symbol/elf/perf_map.h"
#include "symbol/module/debug_file.h"
#include "symbol/process/process.h"
#include "sys/proc_maps.h"
#include "util/array.h"
#include "util/log.h"

/* Maximum age of a perf map before it is read again; more if reading it takes long. */
#define PERF_MAP_NS 250000000ULL
#define PERF_MAP_SHARE 20
/* Where 32-bit programs end; theirs is another vDSO. */
#define LIMIT_32BIT (1ULL << 32)

static bool is_vdso(const struct mapping *map)
{
	return !strcmp(map->map.path, "[vdso]");
}

bool mapping__is_shared_memory(const struct mapping *map)
{
	return !strcmp(map->map.path, VS_SHARED_MEMORY);
}

bool mapping__is_file(const struct mapping *map)
{
	return is_vdso(map) ||
	       (map->map.path[0] == '/' && map->map.inode && !mapping__is_shared_memory(map));
}

bool mapping__is_memory(const struct mapping *map)
{
	static const char *const made_up[] = { "/memfd:", "/SYSV", "/dev/shm/" };

	for (size_t i = 0; i < ARRAY_SIZE(made_up); i++)
		if (!strncmp(map->map.path, made_up[i], strlen(made_up[i])))
			return true;
	return !mapping__is_file(map);
}

bool address_of(const struct mapping *map, const struct module *module, uint64_t ip,
		uint64_t *address)
{
	const uint64_t offset = ip - map->map.start + map->map.pgoff;

	*address = offset;
	return module && module->table.head &&
	       symbol_table__address(&module->table, offset, address);
}

/* --- The vDSO: the kernel has one for all 64-bit programs, and this one has it, too --- */

static int copy_vdso(void)
{
	const uint64_t at = getauxval(AT_SYSINFO_EHDR);
	const struct proc_map *map;
	struct proc_maps maps;
	int fd = -ENOENT;

	if (!at || proc_maps__read(&maps, getpid()))
		return -ENOENT;
	map = proc_maps__find(&maps, at);
	if (map && map->start == at)
		fd = memfd_create("vmascope-vdso", MFD_CLOEXEC);
	if (fd >= 0 && write(fd, (void *)at, map->end - at) != (ssize_t)(map->end - at)) {
		close(fd);
		fd = -EIO;
	}
	proc_maps__free(&maps);
	return fd;
}

static struct module *vdso_module(struct processes *all)
{
	/* No file has inode 0. */
	const struct file_id id = { .size = 1 };
	struct module *module = all->vdso ? modules__find(all->modules, all->vdso) : NULL;
	int fd;

	if (module)
		return module;
	fd = copy_vdso();
	module = fd < 0 ? NULL : modules__add(all->modules, &id, fd, "[vdso]");
	if (!module)
		return NULL;
	all->vdso = module->id;
	module__load(all->modules, module);
	return module;
}

/* --- Files --- */

/* A file is read when it is new; the same file of another process is the same module. */
static struct module *module_of_file(struct processes *all, const struct mapped_process *p,
				     const char *path, const struct file_id *id, int fd)
{
	struct modules *m = all->modules;
	struct module *module = modules__find_file(m, id);

	if (module) {
		close(fd);
		return module;
	}
	module = modules__add(m, id, fd, path);
	if (!module)
		return NULL;
	module->err = module__probe(m, module, module->fd, &module->probe);
	if (module->err)
		return module;
	debug_file__find(m, module, p->key.pid, p->key.start_ns);
	module__load(m, module);
	return module;
}

static bool same_id(const struct build_id *a, const struct build_id *b)
{
	return a->len == b->len && !memcmp(a->bytes, b->bytes, a->len);
}

/*
 * The file at the mapping's path is another one, or seems to be: overlayfs and Btrfs return numbers
 * from stat() that are not those of the mapping. The build ID in the process's memory decides.
 */
static bool ask_memory(struct processes *all, struct mapped_process *p, struct mapping *map,
		       const struct open_request *like)
{
	const struct mapping *first = process__first(p, map);
	struct open_request r = *like;
	struct open_reply reply;
	int fd;

	if (!first || !p->live)
		return false;
	r.op = OPEN_BUILD_ID;
	r.start = first->map.start;
	if (modules__open(all->modules, &r, &reply, &fd) || reply.build_id.len > BUILD_ID_MAX)
		return false;
	map->build_id = reply.build_id;
	return map->build_id.len;
}

static int open_mapping(struct processes *all, struct mapped_process *p, struct mapping *map,
			struct file_id *id, int *fd)
{
	struct open_request r = { .op = OPEN_MAPPED,
				  .pid = p->key.pid,
				  .start_ns = p->key.start_ns,
				  .start = map->map.start,
				  .end = map->map.end,
				  .inode = map->map.inode,
				  .dev_major = map->map.dev_major,
				  .dev_minor = map->map.dev_minor,
				  .live = p->live,
				  .unchecked = map->build_id.len };
	struct open_reply reply;
	int err;

	if (strlen(map->map.path) >= sizeof(r.path))
		return -ENAMETOOLONG;
	strcpy(r.path, map->map.path);
	err = modules__open(all->modules, &r, &reply, fd);
	if (err == -ESTALE && ask_memory(all, p, map, &r)) {
		r.unchecked = true;
		err = modules__open(all->modules, &r, &reply, fd);
	}
	*id = reply.id;
	return err;
}

struct module *process__module(struct processes *all, struct mapped_process *p, struct mapping *map)
{
	struct module *module = map->module ? modules__find(all->modules, map->module) : NULL;
	struct file_id id;
	int fd;

	if (module || map->err)
		return module;
	if (is_vdso(map))
		return map->map.start < LIMIT_32BIT ? NULL : vdso_module(all);
	map->err = open_mapping(all, p, map, &id, &fd);
	if (!map->err) {
		module = module_of_file(all, p, map->map.path, &id, fd);
		map->err = module ? 0 : -ENOMEM;
	}
	if (module && map->build_id.len && !same_id(&map->build_id, &module->probe.build_id)) {
		module = NULL;
		map->err = -ESTALE;
	}
	if (map->err)
		vs_debug(1, "no symbols for %s: %s", map->map.path, strerror(-map->err));
	map->module = module ? module->id : 0;
	return module;
}

/* --- Perf maps --- */

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return (uint64_t)t.tv_sec * 1000000000ULL + (uint64_t)t.tv_nsec;
}

/* The files of a live process are read from /proc; it may exit before the list has been read. */
static void learn_place(struct processes *all, struct mapped_process *p)
{
	const struct open_request r = { .op = OPEN_PLACE,
					.pid = p->key.pid,
					.start_ns = p->key.start_ns };
	struct open_reply reply;
	int fd;

	if (p->live && !p->place.pid && !modules__open(all->modules, &r, &reply, &fd))
		p->place = reply.place;
}

/* A missing perf map is not reported, one that is refused is. */
static void report_refused(struct mapped_process *p, int err)
{
	if (err == p->perf_err || err == -ENOENT || err == -ESRCH)
		return;
	p->perf_err = err;
	vs_debug(1, "cannot read the perf map of process %u: %s", p->key.pid, strerror(-err));
}

static struct module *read_perf_map(struct processes *all, struct mapped_process *p)
{
	const struct open_request r = { .op = OPEN_PERF_MAP,
					.pid = p->key.pid,
					.start_ns = p->key.start_ns,
					.place = p->place };
	struct module *module;
	struct open_reply reply;
	char path[64];
	int fd, err;

	err = modules__open(all->modules, &r, &reply, &fd);
	if (err) {
		report_refused(p, err);
		return NULL;
	}
	module = modules__find_file(all->modules, &reply.id);
	if (module) {
		close(fd);
		return module;
	}
	snprintf(path, sizeof(path), "/tmp/perf-%u.map", p->key.pid);
	module = modules__add(all->modules, &reply.id, fd, path);
	if (module)
		module__load_perf_map(all->modules, module);
	return module;
}

/* The process has exited, and its perf map is still open here: it may have grown since. */
static struct module *reread_perf_map(struct processes *all, struct module *old)
{
	static const struct file_rule rule = { .max_size = PERF_MAP_MAX_BYTES };
	const int path_fd = fcntl(old->fd, F_DUPFD_CLOEXEC, 0);
	struct module *module;
	struct file_id id;
	int fd;

	if (path_fd < 0)
		return NULL;
	fd = foreign_file__open(path_fd, &rule, &id);
	if (fd < 0)
		return NULL;
	module = modules__find_file(all->modules, &id);
	if (module) {
		close(fd);
		return module;
	}
	module = modules__add(all->modules, &id, fd, old->path);
	if (module)
		module__load_perf_map(all->modules, module);
	return module;
}

struct module *process__perf_map(struct processes *all, struct mapped_process *p)
{
	struct module *old = p->perf_map ? modules__find(all->modules, p->perf_map) : NULL, *module;
	const uint64_t now = now_ns();

	if (now < p->perf_again_ns || modules__late(all->modules))
		return old;
	learn_place(all, p);
	module = read_perf_map(all, p);
	if (!module && old)
		module = reread_perf_map(all, old);
	p->perf_again_ns = now_ns() + PERF_MAP_NS + PERF_MAP_SHARE * (now_ns() - now);
	if (!module)
		return old; /* the process has exited; the map that was read stays */
	if (old && old != module)
		modules__drop(all->modules, old);
	p->perf_map = module->id;
	return module;
}
