/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * helper.h - work that may crash or never end, done by a separate process.
 *
 * Files of a traced program are hostile input: their ELF and DWARF may crash or stall a parser, and
 * their file system (FUSE) may stall open(). So one helper opens files (open_file.h), and another
 * parses them without any privilege (reader.h). A request has a time limit; a helper that crashes
 * or exceeds it is killed, and restarted for the next request.
 *
 * A helper is forked without exec: start it before there is anything that it must not inherit.
 */
#ifndef VMASCOPE_SYMBOL_HELPER_HELPER_H
#define VMASCOPE_SYMBOL_HELPER_HELPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/** Files that may travel with one request. */
#define HELPER_MAX_FDS 3
/** Bytes of a request or a reply at most. */
#define HELPER_MAX_LEN (16u << 10)

/**
 * struct helper_call - a request and its reply
 * @request: @request_len bytes
 * @fds: @nr_fds files that go with it; still the caller's afterwards
 * @reply: room for @reply_len bytes; then the length of what came
 * @reply_fd: the file that came with the reply, or -1
 */
struct helper_call {
	const void *request;
	size_t request_len;
	int fds[HELPER_MAX_FDS];
	size_t nr_fds;
	void *reply;
	size_t reply_len;
	int reply_fd;
};

/**
 * struct helper_kind - what a helper does
 * @name: of the process, at most 15 bytes
 * @prepare: in the new process, before the first request; may be NULL. Not 0: it gives up
 * @serve: answer @c: fill its reply; closes the files that came or keeps them
 */
struct helper_kind {
	const char *name;
	int (*prepare)(void);
	void (*serve)(struct helper_call *c);
};

/**
 * struct helper - a helper process
 * @pid: 0: not running
 * @fd: socket to it
 * @starts: number of starts
 * @crashes: number of crashes during a request; @timeouts: number of kills after a timeout
 * @idle: called repeatedly with @idle_ctx while waiting for an answer; may be NULL
 * @late: NULL, or called with @late_ctx: the time is over, also for the answer that is awaited
 * @status: of the last process that ended, as from waitpid(2)
 */
struct helper {
	const struct helper_kind *kind;
	pid_t pid;
	int fd;
	unsigned int starts;
	unsigned int crashes;
	unsigned int timeouts;
	int status;
	void (*idle)(void *ctx);
	void *idle_ctx;
	bool (*late)(void *ctx);
	void *late_ctx;
};

/** helper__start - Return: 0 or a negative errno. */
int helper__start(struct helper *h, const struct helper_kind *kind);

/** helper__stop - end it; a helper that is all zero is fine. It does not wait for long. */
void helper__stop(struct helper *h);

/**
 * helper__call - ask, and wait for the answer
 * @ms: at most this long, without the time that the helper waits for a CPU
 *
 * Return: 0; -ETIME: it was late; -EPIPE: it died; -EMSGSIZE; another error of starting it.
 */
int helper__call(struct helper *h, struct helper_call *c, unsigned int ms);

/** helper__delay_ns - how long it has waited for a CPU since it began; 0: it is not known. */
uint64_t helper__delay_ns(const struct helper *h);

#endif /* VMASCOPE_SYMBOL_HELPER_HELPER_H */
