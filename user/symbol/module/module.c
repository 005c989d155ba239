// SPDX-License-Identifier: GPL-2.0-only
/* module.c - files with code: found by identity, dropped when there are too many. */
#include "symbol/module/module.h"
#include "util/array.h"
#include "util/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* For a file to be found: directories are looked up, maybe on another machine. */
#define OPEN_MS 2000
/* Time that was spent waiting for a CPU is given back, but no more than this. */
#define MOST_DELAY_NS 8000000000ULL

void modules__set_idle(struct modules *m, void (*idle)(void *ctx), void *ctx)
{
	struct helper *const helpers[] = { &m->opener, &m->reader, &m->fetcher };

	for (size_t i = 0; i < ARRAY_SIZE(helpers); i++) {
		helpers[i]->idle = idle;
		helpers[i]->idle_ctx = ctx;
	}
}

static bool is_late(void *ctx)
{
	return modules__late(ctx);
}

void modules__set_until(struct modules *m, uint64_t (*until)(void *ctx), void *ctx)
{
	struct helper *const helpers[] = { &m->opener, &m->reader, &m->fetcher };

	m->until = until;
	m->until_ctx = ctx;
	for (size_t i = 0; i < ARRAY_SIZE(helpers) && until; i++) {
		helpers[i]->late = is_late;
		helpers[i]->late_ctx = m;
	}
}

/** waited_ns - how long we and those who work for us have waited for a CPU */
static uint64_t waited_ns(const struct modules *m)
{
	const struct helper self = { .pid = getpid() };

	return helper__delay_ns(&self) + helper__delay_ns(&m->opener) +
	       helper__delay_ns(&m->reader);
}

bool modules__late(struct modules *m)
{
	const uint64_t until = m->until ? m->until(m->until_ctx) : UINT64_MAX;
	const uint64_t now = until == UINT64_MAX ? 0 : clock__monotonic_ns();
	uint64_t waited;

	if (until == UINT64_MAX)
		return false;
	if (!m->has_end)
		m->waited_ns = waited_ns(m);
	m->has_end = true;
	if (now < until || now >= until + MOST_DELAY_NS)
		return now >= until;
	/* a helper that was restarted has waited less */
	waited = waited_ns(m);
	return now >= until + (waited > m->waited_ns ? waited - m->waited_ns : 0);
}

int modules__init(struct modules *m)
{
	int err;

	hash__init(&m->by_key, sizeof(struct file_id));
	hash__init(&m->by_id, sizeof(uint64_t));
	err = helper__start(&m->opener, &opener_kind);
	if (!err)
		err = helper__start(&m->reader, &reader_kind);
	return err;
}

int modules__open(struct modules *m, const struct open_request *request, struct open_reply *reply,
		  int *fd)
{
	struct helper_call c = { .request = request,
				 .request_len = sizeof(*request),
				 .reply = reply,
				 .reply_len = sizeof(*reply) };
	int err = modules__late(m) ? -ETIME : helper__call(&m->opener, &c, OPEN_MS);

	*fd = err ? -1 : c.reply_fd;
	if (!err && c.reply_len != sizeof(*reply))
		err = -EBADMSG;
	if (!err)
		err = reply->err;
	if (!err && open_op_opens(request->op) && *fd < 0)
		err = -EBADMSG;
	if (err && *fd >= 0)
		close(*fd);
	return err;
}

static void free_answers(struct module *module)
{
	struct hash *const all[] = { &module->rules, &module->lines, &module->names };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		hash__free(all[i], free);
}

/* --- By last use --- */

static void unlink_module(struct modules *m, struct module *module)
{
	*(module->older ? &module->older->newer : &m->oldest) = module->newer;
	*(module->newer ? &module->newer->older : &m->newest) = module->older;
	module->older = module->newer = NULL;
}

static void link_newest(struct modules *m, struct module *module)
{
	module->older = m->newest;
	*(m->newest ? &m->newest->newer : &m->oldest) = module;
	m->newest = module;
}

/* Files are nothing to count, but for copies in memory. */
size_t module__file_bytes(const struct module *module)
{
	const int fds[] = { module->fd, module->debug_fd, module->alt_fd };
	size_t bytes = 0;
	struct stat st;

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		const int seals = fds[i] < 0 ? -1 : fcntl(fds[i], F_GET_SEALS);

		if (seals > 0 && seals & F_SEAL_WRITE && !fstat(fds[i], &st))
			bytes += (size_t)st.st_size;
	}
	return bytes;
}

/* Forget answers of a module that is too large by itself. */
static void shrink(struct modules *m, struct module *module)
{
	const size_t least = sizeof(*module) + module->table.bytes + module__file_bytes(module);

	free_answers(module);
	m->bytes -= module->bytes - least;
	module->bytes = least;
}

static struct module *used(struct modules *m, struct module *module)
{
	if (module && module != m->newest) {
		unlink_module(m, module);
		link_newest(m, module);
	}
	if (module && m->bytes > m->max_bytes)
		shrink(m, module);
	return module;
}

struct module *modules__find(struct modules *m, uint64_t id)
{
	return used(m, hash__get_u64(&m->by_id, id));
}

struct module *modules__find_file(struct modules *m, const struct file_id *key)
{
	return used(m, hash__get(&m->by_key, key));
}

/* --- Coming and going --- */

static void free_module(struct module *module)
{
	const int fds[] = { module->fd, module->debug_fd, module->alt_fd };

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	free_answers(module);
	symbol_table__close(&module->table);
	free(module->path);
	free(module);
}

void modules__drop(struct modules *m, struct module *module)
{
	m->bytes -= module->bytes;
	hash__remove_u64(&m->by_id, module->id);
	hash__remove(&m->by_key, &module->key);
	unlink_module(m, module);
	free_module(module);
}

/* The one that was used last is kept, whatever its size. */
void modules__account(struct modules *m, struct module *module, size_t bytes)
{
	module->bytes += bytes;
	m->bytes += bytes;
	while ((m->bytes > m->max_bytes || m->by_id.nr > m->max_modules) &&
	       m->oldest != m->newest) {
		m->dropped++;
		modules__drop(m, m->oldest);
	}
}

struct module *modules__add(struct modules *m, const struct file_id *key, int fd, const char *path)
{
	struct module *module = calloc(1, sizeof(*module));

	if (!module) {
		close(fd);
		return NULL;
	}
	module->id = ++m->last_id;
	module->key = *key;
	module->fd = fd;
	module->debug_fd = module->alt_fd = -1;
	hash__init(&module->rules, sizeof(uint64_t));
	hash__init(&module->lines, sizeof(uint64_t));
	hash__init(&module->names, sizeof(uint64_t));
	module->path = strdup(path);
	if (!module->path || hash__set_u64(&m->by_id, module->id, module) ||
	    hash__set(&m->by_key, key, module)) {
		hash__remove_u64(&m->by_id, module->id);
		free_module(module);
		return NULL;
	}
	link_newest(m, module);
	modules__account(m, module, sizeof(*module) + module__file_bytes(module));
	return module;
}

void modules__stop_helpers(struct modules *m)
{
	helper__stop(&m->opener);
	helper__stop(&m->reader);
	helper__stop(&m->fetcher);
}

void modules__free(struct modules *m)
{
	while (m->oldest)
		modules__drop(m, m->oldest);
	hash__free(&m->by_key, NULL);
	hash__free(&m->by_id, NULL);
	modules__stop_helpers(m);
}
