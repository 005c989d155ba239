// SPDX-License-Identifier: GPL-2.0-only
/* reader.c - the helper that parses: requests to functions, and the files that it keeps open. */
#include "symbol/elf/reader.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "symbol/elf/elf_file.h"
#include "symbol/elf/perf_map.h"
#include "sys/memory.h"
#include "sys/sandbox.h"
#include "util/array.h"
#include "util/library.h"

/* Number of files that are kept open; each may use as much memory as its DWARF. */
#define MAX_OPEN 16
#define CRC_CHUNK (1u << 20)
/**
 * Private memory, bytes; files that are mapped are part of it, larger ones are read. A small file can have
 * sections that are unpacked to any size.
 */
#define MEMORY_LIMIT (1UL << 30)
/** Part of it that is free at the start of each request. */
#define FREE_BYTES (256UL << 20)

/** struct open_file - one of them; @used: when last */
struct open_file {
	struct elf_file elf;
	uint64_t used;
	bool open;
};

/** struct job - a request, and what becomes of it */
struct job {
	const struct reader_request *request;
	struct helper_call *call;
	struct reader_reply *reply;
	size_t reply_len;
	int fd; /* that goes with the reply, or -1 */
};

static struct open_file files[MAX_OPEN];
static uint64_t uses;
/* As in the C++ ABI: the caller frees the result. */
static char *(*demangle)(const char *name, char *buf, size_t *len, int *status);

static struct open_file *find_file(uint64_t id)
{
	for (size_t i = 0; i < MAX_OPEN; i++) {
		if (!files[i].open || files[i].elf.id != id)
			continue;
		files[i].used = ++uses;
		return &files[i];
	}
	return NULL;
}

static void close_file(struct open_file *f)
{
	if (f->open)
		elf_file__close(&f->elf);
	f->open = false;
	f->used = 0;
}

/**
 * make_room - what one file has taken is not missing for another
 * @keep: the request's, which goes last: it is opened anew then
 */
static void make_room(uint64_t keep)
{
	for (int all = 0; all < 2 && !memory__available(FREE_BYTES); all++)
		for (size_t i = 0; i < MAX_OPEN; i++)
			if (all || files[i].elf.id != keep)
				close_file(&files[i]);
}

/* The same one's, or a free one, or that of the file that was used longest ago. */
static struct open_file *make_place(uint64_t id)
{
	struct open_file *f = find_file(id);

	if (!f) {
		f = &files[0];
		for (size_t i = 1; i < MAX_OPEN; i++)
			if (files[i].used < f->used)
				f = &files[i];
	}
	close_file(f);
	return f;
}

/* Return: 0; -EFBIG, -ENOEXEC. */
static int check_file(int fd)
{
	struct stat st;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return -ENOEXEC;
	return (uint64_t)st.st_size > READER_MAX_FILE ? -EFBIG : 0;
}

/* --- Requests; each closes the files that came, or keeps them --- */

static int serve_probe(struct job *j)
{
	const int fd = j->call->fds[0];
	const int err = check_file(fd);

	j->reply_len = sizeof(j->reply->probe);
	return err ? err : elf_probe(fd, &j->reply->probe);
}

static int serve_crc(struct job *j)
{
	const int fd = j->call->fds[0];
	unsigned char *chunk = malloc(CRC_CHUNK);
	uLong crc = crc32(0, NULL, 0);
	ssize_t n = -1;
	off_t at = 0;

	j->reply_len = sizeof(j->reply->crc);
	while (chunk && (n = pread(fd, chunk, CRC_CHUNK, at)) > 0) {
		crc = crc32(crc, chunk, (uInt)n);
		at += n;
	}
	free(chunk);
	j->reply->crc = (uint32_t)crc;
	return n ? -EIO : 0;
}

static int serve_open(struct job *j)
{
	struct open_file *f = make_place(j->request->file);
	int fds[HELPER_MAX_FDS] = { -1, -1, -1 };
	int err;

	memcpy(fds, j->call->fds, j->call->nr_fds * sizeof(*fds));
	j->call->nr_fds = 0;
	err = elf_file__open(&f->elf, fds[0], fds[1], fds[2], j->request->text);
	f->elf.id = j->request->file;
	f->used = ++uses;
	f->open = true;
	if (err)
		close_file(f);
	return err;
}

static int serve_table(struct job *j)
{
	struct open_file *f = find_file(j->request->file);

	if (!f)
		return -ESTALE;
	j->fd = elf_file__table(&f->elf, !j->request->no_names);
	return j->fd < 0 ? j->fd : 0;
}

static int serve_rule(struct job *j)
{
	struct open_file *f = find_file(j->request->file);

	j->reply_len = sizeof(j->reply->rule);
	return f ? elf_file__rule(&f->elf, j->request->address, &j->reply->rule) : -ESTALE;
}

static int serve_lines(struct job *j)
{
	struct open_file *f = find_file(j->request->file);
	int err = f ? elf_file__lines(&f->elf, j->request->address, &j->reply->lines) : -ESTALE;

	if (!err)
		j->reply_len = offsetof(struct lines, text) + j->reply->lines.len;
	return err;
}

static int serve_perf_map(struct job *j)
{
	const int err = check_file(j->call->fds[0]);

	j->fd = err ? err : perf_map__table(j->call->fds[0]);
	return j->fd < 0 ? j->fd : 0;
}

static int serve_demangle(struct job *j)
{
	struct lines *l = &j->reply->lines;
	int status = -1;
	char *name = demangle ? demangle(j->request->text, NULL, NULL, &status) : NULL;

	l->len = 0;
	if (name && strlen(name) < sizeof(l->text)) {
		strcpy(l->text, name);
		l->len = (uint32_t)strlen(name) + 1;
	}
	free(name);
	j->reply_len = offsetof(struct lines, text) + l->len;
	return l->len ? 0 : -ENOENT;
}

static const struct {
	int (*serve)(struct job *j);
	size_t least_fds;
} ops[READER_NR_OPS] = {
	[READER_PROBE] = { serve_probe, 1 },	   [READER_CRC] = { serve_crc, 1 },
	[READER_OPEN] = { serve_open, 1 },	   [READER_TABLE] = { serve_table, 0 },
	[READER_RULE] = { serve_rule, 0 },	   [READER_LINES] = { serve_lines, 0 },
	[READER_PERF_MAP] = { serve_perf_map, 1 }, [READER_DEMANGLE] = { serve_demangle, 0 },
};

static uint64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000ULL + (uint64_t)t.tv_nsec;
}

static void serve(struct helper_call *c)
{
	const struct reader_request *request = c->request;
	struct reader_reply *reply = c->reply;
	struct job j = { .request = request, .call = c, .reply = reply, .fd = -1 };
	const uint64_t from = cpu_ns();

	memset(reply, 0, sizeof(*reply));
	if (c->request_len == sizeof(*request))
		make_room(request->file);
	if (c->request_len != sizeof(*request) || request->op >= READER_NR_OPS ||
	    c->nr_fds < ops[request->op].least_fds)
		reply->err = -EINVAL;
	else
		reply->err = ops[request->op].serve(&j);
	for (size_t i = 0; i < c->nr_fds; i++)
		close(c->fds[i]);
	reply->cpu_ns = cpu_ns() - from;
	c->reply_len = offsetof(struct reader_reply, probe) + (reply->err ? 0 : j.reply_len);
	c->reply_fd = reply->err ? -1 : j.fd;
}

/** A table of functions, in a memory file, bytes. */
#define TABLE_LIMIT (512UL << 20)

/** What parsing files that are open takes. */
static const int allowed_calls[] = {
	__NR_read,	  __NR_pread64,	     __NR_write,	  __NR_lseek,
	__NR_close,	  __NR_fstat,	     __NR_mmap,		  __NR_munmap,
	__NR_mremap,	  __NR_mprotect,     __NR_madvise,	  __NR_brk,
	__NR_recvmsg,	  __NR_sendmsg,	     __NR_memfd_create,	  __NR_fcntl,
	__NR_futex,	  __NR_getrandom,    __NR_clock_gettime,  __NR_prlimit64,
	__NR_exit_group,  __NR_rt_sigreturn, __NR_rt_sigprocmask, __NR_rt_sigaction,
	__NR_getpid,	  __NR_gettid,	     __NR_tgkill,	  __NR_newfstatat,
	__NR_sched_yield,
};

int reader__confine(void)
{
	return sandbox__enter(&(struct sandbox){
		.user = SANDBOX_NOBODY,
		.calls = allowed_calls,
		.nr_calls = ARRAY_SIZE(allowed_calls),
		.data_bytes = MEMORY_LIMIT,
		.file_bytes = TABLE_LIMIT,
	});
}

/*
 * Libraries have to be loaded before system calls are filtered. Without a demangler names stay as
 * they are.
 */
static int prepare(void)
{
	demangle = library__demangler();
	return reader__confine();
}

const struct helper_kind reader_kind = {
	.name = "vmascope-elf",
	.prepare = prepare,
	.serve = serve,
};
