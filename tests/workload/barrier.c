// SPDX-License-Identifier: GPL-2.0-only
/*
 * barrier - a write barrier as garbage collectors have it: one thread protects a heap, another
 * writes to it, and its SIGSEGV handler gives each page back that is written to.
 *
 * The two calls of mprotect are in two functions, whose addresses are told.
 */
#include "workload.h"

static unsigned long pages = 64, rounds = 10, from = 0, to = 1;
static bool gate, one_cpu;
static char *heap;
static atomic_ulong go, done, hits;
static pid_t mutator;

static const struct wl_option options[] = {
	{ "pages", .number = &pages }, { "rounds", .number = &rounds }, { "from", .number = &from },
	{ "to", .number = &to },       { "gate", .flag = &gate },	{ 0 },
};

/* The linker defines where a section with such a name begins and ends. */
#define SITE(name) __attribute__((noinline, section("site_" #name)))
extern const char __start_site_protect[], __stop_site_protect[];
extern const char __start_site_unprotect[], __stop_site_unprotect[];

/* What comes after the call keeps it from being a jump, which would return to the caller. */
SITE(protect) static void protect_heap(void)
{
	if (mprotect(heap, pages * WL_PAGE, PROT_READ))
		wl_die("mprotect of the heap");
	atomic_signal_fence(memory_order_seq_cst);
}

SITE(unprotect) static void unprotect_page(char *page)
{
	if (mprotect(page, WL_PAGE, PROT_READ | PROT_WRITE))
		wl_die("mprotect of a page");
	atomic_signal_fence(memory_order_seq_cst);
}

static void on_write(int sig, siginfo_t *info, void *context)
{
	uintptr_t at = (uintptr_t)info->si_addr & ~(WL_PAGE - 1);

	(void)sig;
	(void)context;
	if (at - (uintptr_t)heap >= pages * WL_PAGE) {
		dprintf(2, "barrier: fault at %p, outside of the heap\n", info->si_addr);
		_exit(WL_EXIT_WRONG);
	}
	atomic_fetch_add(&hits, 1);
	unprotect_page((char *)at);
}

/* Both threads wait busily, so that both CPUs keep the address space. */
static void await(atomic_ulong *value, unsigned long want)
{
	while (atomic_load(value) != want)
		if (one_cpu)
			sched_yield();
}

static void *mutator_main(void *arg)
{
	(void)arg;
	wl_pin(to);
	mutator = (pid_t)syscall(SYS_gettid);
	atomic_store(&done, 1);
	for (unsigned long i = 1; i <= rounds; i++) {
		await(&go, i);
		wl_write(heap, pages, WL_PAGE);
		atomic_store(&done, i + 1);
	}
	return NULL;
}

static void finish(void)
{
	char extra[1024];

	if (atomic_load(&hits) != pages * rounds) {
		dprintf(2, "barrier: %lu hits instead of %lu\n", atomic_load(&hits),
			pages * rounds);
		atomic_fetch_add(&wl_shared->wrong, 1);
	}
	snprintf(extra, sizeof(extra),
		 "\"protects\":%lu,\"unprotects\":%lu,\"hits\":%lu,\"heap\":\"%p\","
		 "\"heap_end\":\"%p\",\"collector\":%d,\"mutator\":%d,"
		 "\"protect\":{\"start\":\"%p\",\"end\":\"%p\"},"
		 "\"unprotect\":{\"start\":\"%p\",\"end\":\"%p\"},",
		 rounds, pages * rounds, atomic_load(&hits), heap, heap + pages * WL_PAGE, getpid(),
		 mutator, __start_site_protect, __stop_site_protect, __start_site_unprotect,
		 __stop_site_unprotect);
	wl_finish(extra);
}

int main(int argc, char **argv)
{
	struct sigaction act = { .sa_sigaction = on_write, .sa_flags = SA_SIGINFO };
	pthread_t thread;

	wl_init("barrier");
	wl_options(argc, argv, options);
	heap = wl_map_anon(pages * WL_PAGE);
	wl_write(heap, pages, WL_PAGE);
	if (sigaction(SIGSEGV, &act, NULL))
		wl_die("sigaction");
	one_cpu = wl_one_cpu();
	wl_pin(from);
	if ((errno = pthread_create(&thread, NULL, mutator_main, NULL)))
		wl_die("pthread_create");
	await(&done, 1);
	if (gate)
		wl_gate();
	for (unsigned long i = 1; i <= rounds; i++) {
		protect_heap();
		atomic_store(&go, i);
		await(&done, i + 1);
	}
	pthread_join(thread, NULL);
	finish();
}
