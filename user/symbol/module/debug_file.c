// SPDX-License-Identifier: GPL-2.0-only
/* debug_file.c - where debug files are (gdb's manual, "Separate Debug Files"), and whether it is the one. */
#include "symbol/module/debug_file.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/array.h"
#include "util/library.h"
#include "util/log.h"

#define HEX_MAX (2 * BUILD_ID_MAX + 1)

/** struct search - for the debug file of one module */
struct search {
	struct modules *m;
	struct module *module;
	uint32_t pid;
	uint64_t start_ns;
	char hex[HEX_MAX];
	const char *altlink; /* of the debug file that was found */
	const char *found;   /* and where that is */
};

static void to_hex(const struct build_id *id, char hex[HEX_MAX])
{
	for (unsigned int i = 0; i < id->len; i++)
		sprintf(hex + 2 * i, "%02x", id->bytes[i]);
	hex[2 * id->len] = '\0';
}

static bool same_id(const struct build_id *a, const struct build_id *b)
{
	return a->len && a->len == b->len && !memcmp(a->bytes, b->bytes, a->len);
}

static bool fits(int len, size_t room)
{
	return len > 0 && (size_t)len < room;
}

static bool by_build_id(const struct search *s, char *path, size_t len)
{
	return s->hex[0] && s->hex[1] && s->hex[2] &&
	       fits(snprintf(path, len, "%s/.build-id/%.2s/%s.debug", s->m->debug_dir, s->hex,
			     s->hex + 2),
		    len);
}

static bool by_link(const struct search *s, const char *before, const char *between, char *path,
		    size_t len)
{
	char *copy = strdup(s->module->path);
	const char *link = s->module->probe.debuglink;
	bool made = false;

	if (copy && link[0] && !strchr(link, '/'))
		made = fits(snprintf(path, len, "%s%s/%s%s", before, dirname(copy), between, link),
			    len);
	free(copy);
	/* A file without a separate debug file may name itself. */
	return made && strcmp(path, s->module->path);
}

static bool beside(const struct search *s, char *path, size_t len)
{
	return by_link(s, "", "", path, len);
}

static bool beside_hidden(const struct search *s, char *path, size_t len)
{
	return by_link(s, "", ".debug/", path, len);
}

static bool by_directory(const struct search *s, char *path, size_t len)
{
	return by_link(s, s->m->debug_dir, "", path, len);
}

/* Ways to a path. Return: false: this one does not apply. */
static bool (*const places[])(const struct search *s, char *path, size_t len) = {
	by_build_id,
	beside,
	beside_hidden,
	by_directory,
};

/* What the debug file shares with others: its name is absolute, or relative to the debug file. */
static bool by_altlink(const struct search *s, char *path, size_t len)
{
	char *copy = strdup(s->found);
	bool made = false;

	if (copy && s->altlink[0] == '/')
		made = fits(snprintf(path, len, "%s", s->altlink), len);
	else if (copy)
		made = fits(snprintf(path, len, "%s/%s", dirname(copy), s->altlink), len);
	free(copy);
	return made;
}

/* --- Whether it is the one --- */

static int probe(struct search *s, int fd, struct elf_probe *found)
{
	return module__probe(s->m, s->module, fd, found);
}

static bool same_crc(struct search *s, int fd)
{
	const struct reader_request request = { .op = READER_CRC, .file = s->module->id };
	static struct reader_reply reply;

	return s->module->probe.debuglink[0] &&
	       !module__ask(s->m, s->module, &request, &fd, 1, &reply, NULL) &&
	       reply.crc == s->module->probe.crc;
}

static bool is_debug_file(struct search *s, int fd, struct elf_probe *found)
{
	const struct build_id *own = &s->module->probe.build_id;

	if (probe(s, fd, found) || found->machine != s->module->probe.machine)
		return false;
	if (own->len && found->build_id.len)
		return same_id(own, &found->build_id);
	return same_crc(s, fd);
}

static bool is_alt_file(struct search *s, int fd, struct elf_probe *found)
{
	const struct build_id wanted = found->alt_id;
	struct elf_probe alt;

	return !probe(s, fd, &alt) && same_id(&wanted, &alt.build_id);
}

/* --- The search --- */

/* In the process's root, then in ours. Return: the file, -1. */
static int try_place(struct search *s, bool (*make)(const struct search *, char *, size_t),
		     char *path, size_t len, struct elf_probe *found,
		     bool (*is_it)(struct search *, int, struct elf_probe *))
{
	struct open_request r = { .op = OPEN_PATH, .pid = s->pid, .start_ns = s->start_ns };
	struct open_reply reply;

	if (!make(s, path, len) || strlen(path) >= sizeof(r.path))
		return -1;
	strcpy(r.path, path);
	for (int own = 0; own < 2; own++) {
		int fd;

		r.own_root = own;
		/* The directory of debug files is trusted: the user of vmascope has chosen it. */
		r.trusted = own && (make == by_build_id || make == by_directory);
		if ((!own && !s->pid) || modules__open(s->m, &r, &reply, &fd))
			continue;
		if (is_it(s, fd, found))
			return fd;
		vs_debug(1, "%s is not the debug file of %s", path, s->module->path);
		close(fd);
	}
	return -1;
}

/** no_fetch - the reason if the library of debuginfod could not be loaded */
static const char *no_fetch(void)
{
	return LIBRARY_STATIC ? "not supported by a static build"
			      : DEBUGINFOD_LIBRARY " is not installed";
}

const char *debug_file__no_fetch(void)
{
	return library__function(DEBUGINFOD_LIBRARY, "debuginfod_begin") ? NULL : no_fetch();
}

static int fetch(struct search *s, struct elf_probe *found)
{
	const struct fetch_request request = { s->module->probe.build_id };
	int err = 0;
	struct helper_call c = { .request = &request,
				 .request_len = sizeof(request),
				 .reply = &err,
				 .reply_len = sizeof(err) };

	if (!s->m->fetch_ms || !s->hex[0] || modules__late(s->m))
		return -1;
	s->m->fetcher.kind = &fetcher_kind;
	/* A server that does not answer is not asked again: each file would wait for it. */
	if (helper__call(&s->m->fetcher, &c, s->m->fetch_ms)) {
		vs_debug(1, "debuginfod does not respond: no further requests are sent");
		s->m->fetch_ms = 0;
		return -1;
	}
	if (err == -ELIBACC) {
		vs_warn("DEBUGINFOD_URLS is set, but debug files cannot be downloaded: %s",
			no_fetch());
		s->m->fetch_ms = 0;
	}
	if (c.reply_fd >= 0 && !is_debug_file(s, c.reply_fd, found)) {
		close(c.reply_fd);
		return -1;
	}
	return c.reply_fd;
}

static void find_alt(struct search *s, struct elf_probe *found, const char *path)
{
	char alt[PATH_MAX];

	if (!found->altlink[0])
		return;
	s->altlink = found->altlink;
	s->found = path;
	s->module->alt_fd = try_place(s, by_altlink, alt, sizeof(alt), found, is_alt_file);
	strcpy(s->module->alt_name, found->altlink);
	s->altlink = s->found = NULL;
}

static void search(struct search *s)
{
	struct modules *m = s->m;
	struct module *module = s->module;
	char path[PATH_MAX] = "";
	struct elf_probe found = { 0 };

	if (module->probe.symtab && (!m->lines || module->probe.debug)) {
		found = module->probe;
		if (m->lines)
			find_alt(s, &found, module->path);
		return;
	}
	to_hex(&module->probe.build_id, s->hex);
	for (size_t i = 0; i < ARRAY_SIZE(places) && module->debug_fd < 0; i++)
		module->debug_fd = try_place(s, places[i], path, sizeof(path), &found,
					     is_debug_file);
	if (module->debug_fd < 0)
		module->debug_fd = fetch(s, &found);
	if (module->debug_fd < 0)
		return;
	vs_debug(2, "debug file of %s: %s", module->path, path);
	if (m->lines)
		find_alt(s, &found, path);
}

void debug_file__find(struct modules *m, struct module *module, uint32_t pid, uint64_t start_ns)
{
	struct search s = { .m = m, .module = module, .pid = pid, .start_ns = start_ns };
	const uint64_t half = m->ns_per_file / 2;
	const size_t before = module__file_bytes(module);

	/* What a debug file takes too long for, or crashes by, is not the module's end. */
	module->spent_ns += half;
	search(&s);
	module->spent_ns = module->gave_up ? half : module->spent_ns - half;
	module->gave_up = false;
	modules__account(m, module, module__file_bytes(module) - before);
}
