// SPDX-License-Identifier: GPL-2.0-only
/* symbolizer.c - names for addresses: process, mapping, file, function, line. */
#include "symbol/symbolizer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "symbol/kernel_symbols.h"
#include "symbol/symbolizer_internal.h"
#include "util/log.h"

#define DEFAULT_BYTES (64u << 20)
#define DEFAULT_MS 5000
#define DEFAULT_FETCH_MS 10000
#define DEFAULT_DEBUG_DIR "/usr/lib/debug"
#define NS_PER_MS 1000000ULL
/* Descriptors that are left to the rest of the tracer; a module may hold up to three. */
#define OTHER_FILES 256
#define FILES_PER_MODULE 3
#define MIN_MODULES 64
#define MAX_MODULES 1024
/* Kernel modules come and go; the kernel's functions are not read again more often than this. */
#define KERNEL_REREAD_NS 1000000000ULL

static size_t max_modules(void)
{
	struct rlimit files;
	size_t n = MIN_MODULES;

	if (!getrlimit(RLIMIT_NOFILE, &files) && files.rlim_cur > OTHER_FILES)
		n = (files.rlim_cur - OTHER_FILES) / FILES_PER_MODULE;
	return n < MIN_MODULES ? MIN_MODULES : n > MAX_MODULES ? MAX_MODULES : n;
}

int symbolizer__new(struct symbolizer **result, const struct symbolizer_options *options)
{
	static const struct symbolizer_options none;
	const struct symbolizer_options *o = options ? options : &none;
	const size_t bytes = o->max_bytes ? o->max_bytes : DEFAULT_BYTES;
	const char *urls = getenv("DEBUGINFOD_URLS");
	struct symbolizer *s = calloc(1, sizeof(*s));
	int err;

	*result = NULL;
	if (!s)
		return -ENOMEM;
	s->modules.max_bytes = bytes - bytes / 8;
	s->modules.max_modules = max_modules();
	s->modules.ns_per_file = (o->ms_per_file ? o->ms_per_file : DEFAULT_MS) * NS_PER_MS;
	s->modules.lines = o->lines;
	s->modules.debug_dir = o->debug_dir ? o->debug_dir : DEFAULT_DEBUG_DIR;
	if (urls && urls[0])
		s->modules.fetch_ms = o->fetch_ms ? o->fetch_ms : DEFAULT_FETCH_MS;
	processes__init(&s->processes, &s->modules, bytes / 8);
	modules__set_idle(&s->modules, o->idle, o->idle_ctx);
	modules__set_until(&s->modules, o->until, o->until_ctx);
	err = modules__init(&s->modules);
	if (err) {
		symbolizer__free(s);
		return err;
	}
	*result = s;
	return 0;
}

void symbolizer__free(struct symbolizer *s)
{
	if (!s)
		return;
	processes__free(&s->processes);
	modules__free(&s->modules);
	symbol_table__close(&s->kernel);
	free(s);
}

void symbolizer__stop_helpers(struct symbolizer *s)
{
	modules__stop_helpers(&s->modules);
}

int symbolizer__set_maps(struct symbolizer *s, const struct symbol_process *process,
			 const struct symbol_map *maps, size_t nr)
{
	return processes__set(&s->processes, process, maps, nr);
}

void symbolizer__note(struct symbolizer *s, const struct symbol_process *process)
{
	struct mapped_process *p = processes__get(&s->processes, process);
	bool memory = false;

	for (size_t i = 0; p && i < p->nr && !modules__late(&s->modules); i++) {
		struct mapping *map = &p->maps[i];

		if (map->no_code)
			continue;
		if (mapping__is_file(map))
			process__module(&s->processes, p, map);
		memory = memory || mapping__is_memory(map);
	}
	if (memory && !modules__late(&s->modules))
		process__perf_map(&s->processes, p);
}

bool symbolizer__late(struct symbolizer *s)
{
	return modules__late(&s->modules);
}

int symbolizer__end_process(struct symbolizer *s, const struct symbol_process *process,
			    const struct symbol_map *maps, size_t nr)
{
	return processes__end(&s->processes, process, maps, nr);
}

void symbolizer__forget(struct symbolizer *s, const struct symbol_process *process)
{
	processes__forget(&s->processes, process);
}

/* --- User space --- */

/*
 * No function begins with the last byte of a call, so a return address behind the first byte is
 * of a signal handler that returns to a trampoline, whose entry begins one byte early.
 */
static void set_function(struct symbol_frame *f, const char *name, uint64_t start, uint64_t address,
			 bool is_return_address)
{
	f->name = name;
	f->offset = address - start;
	if (name && is_return_address && f->offset == 1)
		f->offset = 0;
}

/* Inlined functions precede @function, which contains them. */
static size_t add_lines(struct symbolizer *s, struct module *module, uint64_t address,
			const struct symbol_frame *function, struct symbol_frame *frames,
			size_t max)
{
	const struct lines *l = module__lines(&s->modules, module, address);
	const size_t nr = l && l->nr ? l->nr : 1, inlined = nr < max ? nr - 1 : max - 1;

	frames[inlined] = *function;
	for (size_t i = 0; l && i <= inlined; i++) {
		const struct line_frame *line = &l->frames[i < inlined ? i : nr - 1];
		struct symbol_frame *f = &frames[i];

		if (i < inlined)
			*f = (struct symbol_frame){ .ip = function->ip,
						    .module = function->module,
						    .in_file = function->in_file,
						    .module_offset = function->module_offset,
						    .inlined = true };
		if (line->name && !f->name)
			f->name = l->text + line->name;
		f->file = line->file ? l->text + line->file : NULL;
		f->line = line->line;
	}
	return inlined + 1;
}

static size_t file_frames(struct symbolizer *s, struct mapped_process *p, struct mapping *map,
			  uint64_t ip, bool is_return_address, struct symbol_frame *frames,
			  size_t max)
{
	struct module *module = process__module(&s->processes, p, map);
	struct symbol_frame f = { .ip = ip, .module = map->map.path, .in_file = true };
	const bool readable = address_of(map, module, ip, &f.module_offset);
	const uint64_t at = f.module_offset - is_return_address;
	const char *name;
	uint64_t start = 0;
	size_t nr = 1;

	if (module) {
		f.dev = module->key.dev;
		f.inode = module->key.inode;
	}
	frames[0] = f;
	if (!readable)
		return 1;
	name = symbol_table__find(&module->table, at, &start);
	set_function(&f, name, start, f.module_offset, is_return_address);
	frames[0] = f;
	if (s->modules.lines)
		nr = add_lines(s, module, at, &f, frames, max);
	for (size_t i = 0; i < nr; i++)
		frames[i].name = module__name(&s->modules, module, frames[i].name);
	return nr;
}

/* Memory that no file is behind: a JIT's, if anybody's. */
static void jit_frame(struct symbolizer *s, struct mapped_process *p, const struct mapping *map,
		      bool is_return_address, struct symbol_frame *f)
{
	const char *path = map->map.path;
	struct module *module = process__perf_map(&s->processes, p);
	const char *name = NULL;
	uint64_t start = 0;

	if (!f->module)
		f->module = path[0] ? path : "[anon]";
	if (module && module->table.head)
		name = symbol_table__find(&module->table, f->ip - is_return_address, &start);
	if (!name)
		return;
	set_function(f, name, start, f->ip, is_return_address);
	f->module = module->path;
	f->in_file = false;
}

size_t symbolizer__user(struct symbolizer *s, const struct symbol_process *process, uint64_t ip,
			bool is_return_address, struct symbol_frame *frames, size_t max)
{
	struct mapped_process *p = processes__get(&s->processes, process);
	/* Of a call that is the last thing in a mapping, the address after it is outside. */
	struct mapping *map = p ? process__find(&s->processes, p, ip - is_return_address) : NULL;
	size_t nr = 1;

	frames[0] = (struct symbol_frame){ .ip = ip };
	if (!map)
		return 1;
	if (mapping__is_file(map))
		nr = file_frames(s, p, map, ip, is_return_address, frames, max);
	/* Reading a perf map may drop other files, and invalidates what was returned about them. */
	if (nr == 1 && !frames[0].name && !frames[0].file && mapping__is_memory(map))
		jit_frame(s, p, map, is_return_address, &frames[0]);
	return nr;
}

/* --- The kernel --- */

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return (uint64_t)t.tv_sec * 1000000000ULL + (uint64_t)t.tv_nsec;
}

static const char *kernel_find(struct symbolizer *s, uint64_t at, uint64_t *start)
{
	const char *name = s->kernel.head ? symbol_table__find(&s->kernel, at, start) : NULL;
	const uint64_t now = now_ns();
	struct symbol_table table;
	int err;

	if (name || (s->kernel_read_ns && now - s->kernel_read_ns < KERNEL_REREAD_NS) ||
	    modules__late(&s->modules))
		return name;
	s->kernel_read_ns = now;
	err = kernel_symbols__read(&table);
	if (err) {
		vs_debug(1, "no kernel symbols: %s", strerror(-err));
		return NULL;
	}
	symbol_table__close(&s->kernel);
	s->kernel = table;
	return symbol_table__find(&s->kernel, at, start);
}

void symbolizer__kernel(struct symbolizer *s, uint64_t ip, bool is_return_address,
			struct symbol_frame *frame)
{
	uint64_t start;
	const char *name = kernel_find(s, ip - is_return_address, &start);
	size_t len;

	*frame = (struct symbol_frame){ .ip = ip, .module = "[kernel]" };
	if (!name)
		return;
	len = strcspn(name, "\t");
	snprintf(s->kernel_name, sizeof(s->kernel_name), "%.*s", (int)len, name);
	if (name[len]) {
		snprintf(s->kernel_module, sizeof(s->kernel_module), "[%s]", name + len + 1);
		frame->module = s->kernel_module;
	}
	frame->name = s->kernel_name;
	frame->offset = ip - start;
}

void symbolizer__stats(const struct symbolizer *s, struct symbolizer_stats *stats)
{
	*stats = (struct symbolizer_stats){
		.bytes = s->modules.bytes + s->processes.bytes + s->kernel.bytes,
		.modules = s->modules.by_id.nr,
		.dropped = s->modules.dropped,
		.given_up = s->modules.given_up,
		.reader_starts = s->modules.reader.starts,
	};
}

int symbol_print(const struct symbol_frame *f, bool offset, char *buf, size_t len)
{
	const char *base;

	if (f->name && !offset)
		return snprintf(buf, len, "%s", f->name);
	if (f->name && !f->inlined)
		return snprintf(buf, len, "%s+0x%lx", f->name, (unsigned long)f->offset);
	if (f->name)
		return snprintf(buf, len, "%s", f->name);
	if (!f->module || !f->in_file)
		return snprintf(buf, len, "0x%lx", (unsigned long)f->ip);
	base = strrchr(f->module, '/');
	return snprintf(buf, len, "%s+0x%lx", base ? base + 1 : f->module,
			(unsigned long)f->module_offset);
}
