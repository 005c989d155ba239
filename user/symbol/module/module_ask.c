// SPDX-License-Identifier: GPL-2.0-only
/* module_ask.c - requests to the reader about a module, within its time limit; replies are kept. */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "symbol/module/module.h"
#include "util/log.h"

#define NS_PER_MS 1000000ULL
/* Of an answer in a hash: key, pointer and free places beside it. */
#define ANSWER_COST 48

/* --- Asking --- */

static int ask_once(struct modules *m, struct module *module, const struct reader_request *request,
		    const int *fds, size_t nr_fds, struct reader_reply *reply, int *fd)
{
	const uint64_t left = m->ns_per_file > module->spent_ns ? m->ns_per_file - module->spent_ns
								: 0;
	struct helper_call c = { .request = request,
				 .request_len = sizeof(*request),
				 .nr_fds = nr_fds,
				 .reply = reply,
				 .reply_len = sizeof(*reply) };
	int err = module->gave_up || !left || modules__late(m) ? -ETIME : 0;

	*fd = -1;
	if (err)
		return err;
	for (size_t i = 0; i < nr_fds; i++)
		c.fds[i] = fds[i];
	memset(reply, 0, sizeof(*reply));
	err = helper__call(&m->reader, &c, (unsigned int)(left / NS_PER_MS + 1));
	if (err && modules__late(m))
		return err;
	if (err) {
		module->gave_up = true;
		m->given_up++;
		vs_debug(1, "cannot read the rest of %s: %s", module->path,
			 err == -ETIME ? "it takes too long" : "its reader crashed");
		return err;
	}
	module->spent_ns += reply->cpu_ns;
	*fd = c.reply_fd;
	if (c.reply_len < offsetof(struct reader_reply, probe))
		return -EBADMSG;
	return reply->err;
}

static int open_in_reader(struct modules *m, struct module *module, struct reader_reply *reply)
{
	struct reader_request request = { .op = READER_OPEN, .file = module->id };
	/* The DWARF that shares with others may be its own. */
	const int debug_fd = module->debug_fd >= 0 ? module->debug_fd : module->fd;
	const int fds[] = { module->fd, debug_fd, module->alt_fd };
	const size_t nr = module->alt_fd >= 0 ? 3 : module->debug_fd >= 0 ? 2 : 1;
	int fd;

	strcpy(request.text, module->alt_name);
	return ask_once(m, module, &request, fds, nr, reply, &fd);
}

int module__ask(struct modules *m, struct module *module, const struct reader_request *request,
		const int *fds, size_t nr_fds, struct reader_reply *reply, int *fd)
{
	int unwanted, *to = fd ? fd : &unwanted;
	int err = ask_once(m, module, request, fds, nr_fds, reply, to);

	/* It has never seen the file, was started anew, or has forgotten it. */
	if (err == -ESTALE) {
		err = open_in_reader(m, module, reply);
		if (!err)
			err = ask_once(m, module, request, fds, nr_fds, reply, to);
	}
	if (to == &unwanted && unwanted >= 0)
		close(unwanted);
	return err;
}

void elf_probe__check(struct elf_probe *probe)
{
	struct build_id *const ids[] = { &probe->build_id, &probe->alt_id };

	for (size_t i = 0; i < 2; i++)
		if (ids[i]->len > BUILD_ID_MAX)
			ids[i]->len = 0;
	probe->debuglink[DEBUG_NAME_MAX - 1] = '\0';
	probe->altlink[DEBUG_NAME_MAX - 1] = '\0';
}

int module__probe(struct modules *m, struct module *module, int fd, struct elf_probe *probe)
{
	const struct reader_request request = { .op = READER_PROBE, .file = module->id };
	static struct reader_reply reply;
	int err = module__ask(m, module, &request, &fd, 1, &reply, NULL);

	if (err)
		return err;
	*probe = reply.probe;
	elf_probe__check(probe);
	return 0;
}

/* Return: 0; -EFBIG: it would take half of all memory that modules may. */
static int take_table(struct modules *m, struct module *module,
		      const struct reader_request *request, const int *fds, size_t nr_fds)
{
	static struct reader_reply reply;
	int fd, err;

	err = module__ask(m, module, request, fds, nr_fds, &reply, &fd);
	if (!err)
		err = fd < 0 ? -EBADMSG : symbol_table__open(&module->table, fd, m->max_bytes / 2);
	if (fd >= 0)
		close(fd);
	module->err = err;
	if (err)
		vs_debug(1, "no symbols for %s: %s", module->path, strerror(-err));
	else
		modules__account(m, module, module->table.bytes);
	return err;
}

void module__load(struct modules *m, struct module *module)
{
	struct reader_request request = { .op = READER_TABLE, .file = module->id };

	/* Where its code is, unwinding needs to know in any case. */
	request.no_names = take_table(m, module, &request, NULL, 0) == -EFBIG;
	if (request.no_names)
		take_table(m, module, &request, NULL, 0);
}

void module__load_perf_map(struct modules *m, struct module *module)
{
	const struct reader_request request = { .op = READER_PERF_MAP, .file = module->id };

	take_table(m, module, &request, &module->fd, 1);
}

/* --- Remembering --- */

static const struct answer *keep(struct modules *m, struct module *module, struct hash *in,
				 uint64_t key, int err, const void *bytes, size_t len)
{
	struct answer *a = malloc(sizeof(*a) + len);

	if (!a)
		return NULL;
	a->err = err;
	a->len = (uint32_t)len;
	memcpy(a->bytes, bytes, len);
	if (hash__set_u64(in, key, a)) {
		free(a);
		return NULL;
	}
	modules__account(m, module, sizeof(*a) + len + ANSWER_COST);
	return a;
}

/* Return: what the reader says of @key, or said before; NULL without memory or time. */
static const struct answer *ask(struct modules *m, struct module *module, struct hash *in,
				uint64_t key, const struct reader_request *request,
				size_t (*len_of)(const struct reader_reply *reply))
{
	const struct answer *known = hash__get_u64(in, key);
	static struct reader_reply reply;
	size_t len;
	int err;

	if (known)
		return known;
	err = module__ask(m, module, request, NULL, 0, &reply, NULL);
	if (err == -ETIME || err == -EPIPE)
		return NULL;
	len = err ? 0 : len_of(&reply);
	return keep(m, module, in, key, err, &reply.probe, len);
}

/* --- The reader is not trusted: its replies are checked --- */

static size_t rule_len(const struct reader_reply *reply)
{
	const uint8_t nr = reply->rule.nr_ops;

	return offsetof(struct unwind_rule, ops) +
	       (nr < RULE_MAX_OPS ? nr : RULE_MAX_OPS) * sizeof(struct rule_op);
}

const struct unwind_rule *module__rule(struct modules *m, struct module *module, uint64_t address,
				       int *err)
{
	const struct reader_request request = { .op = READER_RULE,
						.file = module->id,
						.address = address };
	const struct answer *a = ask(m, module, &module->rules, address, &request, rule_len);
	const struct unwind_rule *rule = a ? (const void *)a->bytes : NULL;

	*err = a ? a->err : -ETIME;
	if (!*err && !unwind_rule__valid(rule))
		*err = -ENOENT;
	return *err ? NULL : rule;
}

static size_t lines_len(const struct reader_reply *reply)
{
	const struct lines *l = &reply->lines;

	return offsetof(struct lines, text) + (l->len < LINES_MAX_TEXT ? l->len : LINES_MAX_TEXT);
}

bool lines__valid(const struct lines *l)
{
	if (!l->len || l->len > LINES_MAX_TEXT || l->nr > LINES_MAX_FRAMES || l->text[l->len - 1])
		return false;
	for (uint32_t i = 0; i < l->nr; i++)
		if (l->frames[i].name >= l->len || l->frames[i].file >= l->len)
			return false;
	return true;
}

static const struct lines *lines_of(const struct answer *a)
{
	const struct lines *l = a && !a->err ? (const void *)a->bytes : NULL;

	return l && lines__valid(l) ? l : NULL;
}

const struct lines *module__lines(struct modules *m, struct module *module, uint64_t address)
{
	const struct reader_request request = { .op = READER_LINES,
						.file = module->id,
						.address = address };

	return lines_of(ask(m, module, &module->lines, address, &request, lines_len));
}

/* As the C++ ABI mangles, which Rust did, too. */
static bool is_mangled(const char *name)
{
	return name[0] == '_' && name[1] == 'Z' && name[2] && strlen(name) < TABLE_MAX_NAME;
}

const char *module__name(struct modules *m, struct module *module, const char *name)
{
	struct reader_request request = { .op = READER_DEMANGLE, .file = module->id };
	const struct lines *l;

	if (!name || !is_mangled(name))
		return name;
	strcpy(request.text, name);
	l = lines_of(ask(m, module, &module->names, (uintptr_t)name, &request, lines_len));
	return l ? l->text : name;
}
