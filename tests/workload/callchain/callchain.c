// SPDX-License-Identifier: GPL-2.0-only
/*
 * callchain - calls that are known: each function notes itself, and the innermost one prints all.
 *
 *	callchain MODE [FAULTS [stay]]
 *
 * It prints "TID leaf:LINE outer:LINE … main:LINE", innermost first; names of inlined functions
 * are in parentheses, "*" stands for frames of the C library, and what comes after "?" a copy of
 * 32 KiB of the stack does not reach. Then it waits in leaf(), or with FAULTS it touches so many
 * new pages there and ends; with "stay" it says "done" instead, and waits.
 */
#include <alloca.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "chain.h"

#define PAGE 4096
#define MAX_CHAIN 64
#define DEPTH 20

/** Note the function that this is in, which calls on the same line. */
#define NOTE() push(__func__, __LINE__, false)

static struct {
	const char *name;
	int line;
	bool inlined;
} chain[MAX_CHAIN];
static int nr;
static unsigned long faults;
static bool stay;

static void push(const char *name, int line, bool inlined)
{
	if (nr == MAX_CHAIN)
		abort();
	chain[nr].name = name;
	chain[nr].line = line;
	chain[nr++].inlined = inlined;
}

static void print_chain(void)
{
	printf("%ld", (long)syscall(SYS_gettid));
	for (int i = nr - 1; i >= 0; i--) {
		if (chain[i].line)
			printf(chain[i].inlined ? " (%s):%d" : " %s:%d", chain[i].name,
			       chain[i].line);
		else
			printf(" %s", chain[i].name);
	}
	printf("\n");
	fflush(stdout);
}

static void print_done(void)
{
	printf("done\n");
	fflush(stdout);
}

/* The system call is made here, and not by a function of the C library. */
OWN static void leaf(void)
{
	const size_t len = (faults + 1) * PAGE;
	char *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long result;

	if (p == MAP_FAILED)
		abort();
	madvise(p, len, MADV_NOHUGEPAGE);
	push(__func__, __LINE__ + (faults ? 3 : 9), false);
	print_chain();
	for (unsigned long i = 0; i < faults; i++)
		((volatile char *)p)[i * PAGE] = 1;
	if (stay)
		print_done();
	else if (faults)
		_exit(0);
	for (;;)
		__asm__ volatile("syscall\n\tnop"
				 : "=a"(result)
				 : "a"(SYS_pause)
				 : "rcx", "r11", "memory");
}

/* --- Plain calls --- */

OWN static void direct_c(void)
{
	NOTE(), leaf();
	AFTER_CALL();
}

OWN static void direct_b(void)
{
	NOTE(), direct_c();
	AFTER_CALL();
}

OWN static void direct(void)
{
	NOTE(), direct_b();
	AFTER_CALL();
}

OWN static int recurse(int depth)
{
	int result = depth;

	if (!depth)
		NOTE(), leaf();
	else
		NOTE(), result += recurse(depth - 1);
	AFTER_CALL();
	return result;
}

OWN static void recursion(void)
{
	NOTE(), recurse(DEPTH);
	AFTER_CALL();
}

/* --- Tail calls: whoever made one is not there any more --- */

OWN static void tail_inner(void)
{
	NOTE(), leaf();
	AFTER_CALL();
}

OWN static void tail_caller(void)
{
#ifdef TAIL_CALLERS_STAY
	push(__func__, __LINE__ + 2, false);
#endif
	tail_inner();
}

OWN static void tail(void)
{
	NOTE(), tail_caller();
	AFTER_CALL();
}

/* --- A call that is the last thing in a function --- */

OWN static void __attribute__((noreturn)) never_returns(void)
{
	NOTE(), leaf();
	abort();
}

OWN static void __attribute__((noreturn)) last_call(void)
{
	NOTE(), never_returns();
}

/* If it follows, its name is the wrong one for the return address. */
OWN static void after_last_call(void)
{
	AFTER_CALL();
}

OWN static void last(void)
{
	if (nr < 0)
		after_last_call();
	NOTE(), last_call();
}

/* --- Inlined functions --- */

static inline __attribute__((always_inline)) void inlined_inner(void)
{
	push(__func__, __LINE__, true), leaf();
	AFTER_CALL();
}

static inline __attribute__((always_inline)) void inlined_outer(void)
{
	push(__func__, __LINE__, true), inlined_inner();
	AFTER_CALL();
}

OWN static void inlining(void)
{
	NOTE(), inlined_outer();
	AFTER_CALL();
}

/* --- Through other code --- */

OWN static void from_library(void)
{
	NOTE(), leaf();
	AFTER_CALL();
}

OWN static void library(void)
{
	static const struct chain_hooks hooks = { push, from_library };

	NOTE(), chain_library(&hooks);
	AFTER_CALL();
}

OWN static int compare(const void *a, const void *b)
{
	(void)a;
	(void)b;
	push("*", 0, false);
	NOTE(), leaf();
	AFTER_CALL();
	return 0;
}

/* The C library was built without frame pointers. */
OWN static void callback(void)
{
	static int numbers[] = { 2, 1 };

	NOTE(), qsort(numbers, 2, sizeof(*numbers), compare);
	AFTER_CALL();
}

OWN static void *thread_main(void *arg)
{
	NOTE(), leaf();
	AFTER_CALL();
	return arg;
}

OWN static void thread(void)
{
	pthread_t t;

	nr = 0;
	push("*", 0, false);
	if (pthread_create(&t, NULL, thread_main, NULL))
		abort();
	pthread_join(t, NULL);
}

/* --- Signal handlers: what they interrupted called nothing --- */

OWN static void on_signal(int sig)
{
	(void)sig;
	push("*", 0, false);
	NOTE(), leaf();
	AFTER_CALL();
}

/* Its first instruction faults: one before that is in another function. */
__asm__(".pushsection .text\n"
	".type faulting, @function\n"
	".p2align 4\n"
	"faulting:\n"
	".cfi_startproc\n"
	"	movl 16, %eax\n"
	"	ret\n"
	".cfi_endproc\n"
	".size faulting, . - faulting\n"
	".popsection\n");
void faulting(void);

static void install_handler(int flags)
{
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = flags };

	if (sigaction(SIGSEGV, &sa, NULL))
		abort();
}

OWN static void handler(void)
{
	install_handler(0);
	push(__func__, __LINE__ + 2, false);
	push("faulting", 0, false);
	faulting();
	AFTER_CALL();
}

/* A copy of the stack from its top cannot reach the other one. */
OWN static void altstack(void)
{
	static char other[1 << 16] __attribute__((aligned(16)));
	const stack_t ss = { .ss_sp = other, .ss_size = sizeof(other) };

	if (sigaltstack(&ss, NULL))
		abort();
	install_handler(SA_ONSTACK);
	push("?", 0, false);
	push("faulting", 0, false);
	faulting();
	AFTER_CALL();
}

/* A pointer to no function: its return address is where the call put it. */
OWN static void nowhere(void)
{
	static void (*volatile pointer)(void);

	install_handler(0);
	push(__func__, __LINE__ + 2, false);
	push("0x0", 0, false);
	pointer();
	AFTER_CALL();
}

/* --- Frames of unusual shape --- */

/* How large the frame is only rbp tells, or another register. */
OWN static void dynamic_inner(unsigned int n)
{
	char *room = alloca(n);

	memset(room, 1, n);
	NOTE(), leaf();
	AFTER_CALL();
	memset(room, 2, n);
}

/* A stack that is realigned keeps the address of its frame in memory. */
OWN static void aligned_inner(unsigned int n)
{
	char block[256] __attribute__((aligned(128)));

	memset(block, (int)n, sizeof(block));
	__asm__ volatile("" : : "r"(block) : "memory");
	NOTE(), dynamic_inner(n);
	AFTER_CALL();
	__asm__ volatile("" : : "r"(block) : "memory");
}

OWN static void frames(void)
{
	NOTE(), aligned_inner(300);
	AFTER_CALL();
}

/* More than a copy of the stack holds. */
OWN static void large(void)
{
	char block[1 << 17];

	memset(block, 1, sizeof(block));
	__asm__ volatile("" : : "r"(block) : "memory");
	push("?", 0, false);
	NOTE(), leaf();
	AFTER_CALL();
	__asm__ volatile("" : : "r"(block) : "memory");
}

static const struct {
	const char *name;
	void (*run)(void);
} modes[] = {
	{ "direct", direct },	  { "recursion", recursion }, { "tail", tail },
	{ "last", last },	  { "inlining", inlining },   { "library", library },
	{ "callback", callback }, { "thread", thread },	      { "handler", handler },
	{ "altstack", altstack }, { "nowhere", nowhere },     { "frames", frames },
	{ "large", large },
};

int main(int argc, char **argv)
{
	if (argc > 2)
		faults = strtoul(argv[2], NULL, 10);
	stay = argc > 3 && !strcmp(argv[3], "stay");
	for (size_t i = 0; argc > 1 && i < sizeof(modes) / sizeof(*modes); i++) {
		if (strcmp(argv[1], modes[i].name))
			continue;
		push("*", 0, false);
		NOTE(), modes[i].run();
		AFTER_CALL();
		return 0;
	}
	fprintf(stderr, "usage: callchain MODE [FAULTS]; modes:");
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++)
		fprintf(stderr, " %s", modes[i].name);
	fprintf(stderr, "\n");
	return 2;
}
