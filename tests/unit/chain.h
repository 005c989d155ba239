/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * chain.h - start the workload callchain, stop it in its innermost function, take its stack.
 */
#ifndef VT_CHAIN_H
#define VT_CHAIN_H

#include <ctype.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "symbol/unwind.h"

#define CHAIN_DIR "build/tests/workload/callchain"
/** As much of the stack as callchain's "?" is about. */
#define CHAIN_COPY (32u << 10)
#define CHAIN_MAX 64
#define CHAIN_TRIES 2000

/** struct chain_entry - what callchain says of a frame: see there */
struct chain_entry {
	char name[40];
	int line;
	bool inlined;
};

/** struct chain - a callchain that waits in its innermost function */
struct chain {
	pid_t pid;
	pid_t tid;
	struct chain_entry expected[CHAIN_MAX];
	size_t nr;
	unsigned char stack[CHAIN_COPY];
	struct unwind_input input;
};

static inline void chain_parse(struct chain *c, char *line)
{
	char *save, *word = strtok_r(line, " \n", &save);

	c->tid = word ? atoi(word) : 0;
	assert_true(c->tid > 0);
	while ((word = strtok_r(NULL, " \n", &save))) {
		struct chain_entry *e = &c->expected[c->nr++];
		char *colon = strrchr(word, ':');

		assert_true(c->nr < CHAIN_MAX && strlen(word) < sizeof(e->name));
		if (colon) {
			*colon = '\0';
			e->line = atoi(colon + 1);
		}
		e->inlined = word[0] == '(';
		strcpy(e->name, word + e->inlined);
		if (e->inlined)
			e->name[strlen(e->name) - 1] = '\0';
	}
	assert_true(c->nr > 1);
}

/** chain_start - @program MODE, until it has told what to expect */
static inline void chain_start(struct chain *c, const char *program, const char *mode)
{
	char line[2048] = "";
	int out[2];
	FILE *f;

	memset(c, 0, sizeof(*c));
	assert_int_equal(pipe(out), 0);
	c->pid = fork();
	assert_true(c->pid >= 0);
	if (!c->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(out[1], STDOUT_FILENO);
		close(out[0]);
		close(out[1]);
		execl(program, program, mode, (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	f = fdopen(out[0], "r");
	assert_non_null(f);
	if (!fgets(line, sizeof(line), f))
		fail_msg("%s %s: no answer", program, mode);
	fclose(f);
	chain_parse(c, line);
}

static inline void chain_end(struct chain *c)
{
	kill(c->pid, SIGKILL);
	assert_int_equal(waitpid(c->pid, NULL, 0), c->pid);
}

/** chain_copy - registers and stack of the thread, which waits in pause(2) */
static inline void chain_copy(struct chain *c)
{
	struct user_regs_struct r = { 0 };
	struct iovec local = { c->stack, sizeof(c->stack) }, remote;
	ssize_t n;

	assert_int_equal(ptrace(PTRACE_SEIZE, c->tid, NULL, NULL), 0);
	for (int i = 0; i < CHAIN_TRIES && r.orig_rax != SYS_pause; i++) {
		if (i) {
			ptrace(PTRACE_CONT, c->tid, NULL, NULL);
			usleep(1000);
		}
		assert_int_equal(ptrace(PTRACE_INTERRUPT, c->tid, NULL, NULL), 0);
		assert_int_equal(waitpid(c->tid, NULL, __WALL), c->tid);
		assert_int_equal(ptrace(PTRACE_GETREGS, c->tid, NULL, &r), 0);
	}
	assert_int_equal(r.orig_rax, SYS_pause);
	c->input = (struct unwind_input){
		.regs = { r.rax, r.rdx, r.rcx, r.rbx, r.rsi, r.rdi, r.rbp, r.rsp, r.r8, r.r9, r.r10,
			  r.r11, r.r12, r.r13, r.r14, r.r15, r.rip },
		.stack = c->stack,
	};
	remote = (struct iovec){ (void *)(uintptr_t)r.rsp, sizeof(c->stack) };
	/* Fewer, where the stack begins before. */
	n = process_vm_readv(c->pid, &local, 1, &remote, 1, 0);
	assert_true(n > 0);
	c->input.stack_len = (size_t)n;
	assert_int_equal(ptrace(PTRACE_DETACH, c->tid, NULL, NULL), 0);
}

#endif /* VT_CHAIN_H */
