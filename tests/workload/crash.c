// SPDX-License-Identifier: GPL-2.0-only
/*
 * crash - one mode for each way to use an address that cannot be used; what a tracer should say
 * of it is written before it happens.
 *
 * The result has the process's own /proc/self/maps, the address range of the function that will
 * do it, the memory call that is to blame with CLOCK_MONOTONIC on both sides of it, and an entry
 * for each fault that ends in a signal.
 */
#include "workload.h"

#include <setjmp.h>

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102 /* 6.13 */
#endif

/** Between the call that is to blame and the crash, so that "how long ago" is a real number. */
#define NAP_NS 20000000L
#define MAX_CRASHES 256
/** Stack that the main thread may use at most in mode stack. */
#define STACK_LIMIT (1UL << 20)

/** A function that is the only one in its section, so that the linker knows where it ends. */
#define ALONE_IN(section_name) __attribute__((noinline, noclone, section(section_name)))

/** struct blame - the memory call that made the address unusable */
struct blame {
	const char *call;
	bool has_length;
	uint64_t start;
	uint64_t length;
	uint64_t argument;
	pid_t tid;
	uint64_t before_ns;
	uint64_t after_ns;
};

/** struct crash - one fault that ends in a signal; @exact: the address itself, else its page */
struct crash {
	const char *kind;
	const char *cause;
	const char *access;
	char *address;
	bool exact;
	pid_t tid;
	struct blame blame;
};

static struct crash crashes[MAX_CRASHES];
static size_t nr_crashes;
static unsigned long count = 50;
static struct blame blame;
static uintptr_t code_start, code_end;
static int expected_signal = SIGSEGV;
static const char *mode_name = "?";
static char path[256];

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* Of several readings the one between whose clocks the least time went by. */
static long wall_minus_mono(void)
{
	uint64_t least = UINT64_MAX;
	long difference = 0;

	for (int i = 0; i < 16; i++) {
		uint64_t before = clock_ns(CLOCK_MONOTONIC), wall = clock_ns(CLOCK_REALTIME);
		uint64_t took = clock_ns(CLOCK_MONOTONIC) - before;

		if (took < least)
			difference = (long)(wall - before - took / 2);
		least = took < least ? took : least;
	}
	return difference;
}

static void nap(void)
{
	struct timespec ts = { .tv_nsec = NAP_NS };

	nanosleep(&ts, NULL);
}

/* --- what will be done ---------------------------------------------------------------------- */

extern char __start_poke_text[], __stop_poke_text[];
extern char __start_recurse_text[], __stop_recurse_text[];

static ALONE_IN("poke_text") void poke(enum wl_how how, char *p)
{
	if (how == WL_WRITE)
		*(volatile char *)p = 1;
	else
		(void)*(volatile char *)p;
}

static volatile int forever = 1;

/* Frames far smaller than a page, so that none is skipped. */
static ALONE_IN("recurse_text") int recurse(int depth)
{
	volatile char frame[512];

	frame[0] = (char)depth;
	if (!forever)
		return 0;
	return recurse(depth + 1) + frame[0];
}

static struct crash *expect(const char *kind, const char *cause, enum wl_how how, char *address)
{
	static const char *const access[] = {
		[WL_READ] = "read",
		[WL_WRITE] = "write",
		[WL_EXEC] = "exec",
	};
	struct crash *c = &crashes[nr_crashes++];

	if (nr_crashes > MAX_CRASHES) {
		errno = ENOSPC;
		wl_die("more than %d crashes", MAX_CRASHES);
	}
	c->kind = kind;
	c->cause = cause;
	c->access = access[how];
	c->address = address;
	c->exact = true;
	c->tid = gettid();
	c->blame = blame;
	code_start = (uintptr_t)__start_poke_text;
	code_end = (uintptr_t)__stop_poke_text;
	return c;
}

static void blame_begin(const char *call, void *start, size_t length, uint64_t argument)
{
	blame = (struct blame){
		.call = call,
		.has_length = true,
		.start = (uintptr_t)start,
		.length = length,
		.argument = argument,
		.tid = gettid(),
	};
	blame.before_ns = clock_ns(CLOCK_MONOTONIC);
}

static void blame_end(bool failed)
{
	blame.after_ns = clock_ns(CLOCK_MONOTONIC);
	if (failed)
		wl_die("%s", blame.call);
}

static void blamed_munmap(char *p, size_t len)
{
	blame_begin("munmap", p, len, 0);
	blame_end(munmap(p, len));
}

static void blamed_mprotect(char *p, size_t len, int prot)
{
	blame_begin("mprotect", p, len, (uint64_t)prot);
	blame_end(mprotect(p, len, prot));
}

/* --- the result ----------------------------------------------------------------------------- */

static char maps_text[1 << 20];

/* Without stdio, which would allocate; so that the maps are the same after as before. */
static void read_maps(void)
{
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n;

	if (fd < 0)
		wl_die("/proc/self/maps");
	while ((n = read(fd, maps_text + len, sizeof(maps_text) - len - 1)) > 0)
		len += (size_t)n;
	maps_text[len] = 0;
	close(fd);
}

/* [vsyscall] is in no mm: the kernel adds it to every process's maps. */
static void print_maps(void)
{
	const char *comma = "";
	char *save = NULL;

	wl_printf("\"maps\":[");
	for (char *line = strtok_r(maps_text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		unsigned long start, end, offset;
		char perms[8], name[512] = "";

		if (sscanf(line, "%lx-%lx %7s %lx %*s %*s %511[^\n]", &start, &end, perms, &offset,
			   name) < 4)
			wl_die("maps: %s", line);
		if (!strcmp(name, "[vsyscall]"))
			continue;
		wl_printf("%s{\"start\":\"0x%lx\",\"end\":\"0x%lx\",\"perms\":\"%s\","
			  "\"offset\":%lu,\"name\":\"%s\"}",
			  comma, start, end, perms, offset, name);
		comma = ",";
	}
	wl_printf("],");
}

static void print_blame(const struct blame *b)
{
	if (!b->call) {
		wl_printf("\"call\":null}");
		return;
	}
	wl_printf("\"call\":{\"call\":\"%s\",\"start\":\"0x%lx\",", b->call, b->start);
	if (b->has_length)
		wl_printf("\"length\":%lu,\"argument\":%lu,", b->length, b->argument);
	wl_printf("\"tid\":%d,\"before_ns\":%lu,\"after_ns\":%lu}}", b->tid, b->before_ns,
		  b->after_ns);
}

static void print_crashes(void)
{
	wl_printf("\"crashes\":[");
	for (size_t i = 0; i < nr_crashes; i++) {
		const struct crash *c = &crashes[i];

		wl_printf("%s{\"kind\":\"%s\",\"cause\":\"%s\",\"access\":\"%s\","
			  "\"address\":\"0x%lx\",\"exact\":%s,\"tid\":%d,",
			  i ? "," : "", c->kind, c->cause, c->access, (uintptr_t)c->address,
			  c->exact ? "true" : "false", c->tid);
		print_blame(&c->blame);
	}
	wl_printf("]}\n");
}

/* The last thing before the crash: nothing that it does changes what is mapped. */
static void tell(void)
{
	char exe[512] = "";
	uint64_t mono;

	if (readlink("/proc/self/exe", exe, sizeof(exe) - 1) < 0)
		wl_die("/proc/self/exe");
	wl_printf("{\"workload\":\"crash\",\"pid\":%d,\"ok\":true,\"mode\":\"%s\",\"signal\":%d,"
		  "\"exe\":\"%s\",\"code\":{\"start\":\"0x%lx\",\"end\":\"0x%lx\"},",
		  getpid(), mode_name, expected_signal, exe, code_start, code_end);
	print_maps();
	mono = clock_ns(CLOCK_MONOTONIC);
	wl_printf("\"told_ns\":%lu,\"wall_minus_mono_ns\":%ld,", mono, wall_minus_mono());
	print_crashes();
	if (!wl_write_result(wl_out_len))
		wl_die("result");
}

static void tell_now(void)
{
	nap();
	read_maps();
	tell();
}

/* --- threads -------------------------------------------------------------------------------- */

static pthread_barrier_t barrier;
static void (*thread_part)(void);

/* It stays until the crash ends it: its stack is mapped as long. */
static void *thread_main(void *arg)
{
	thread_part();
	pthread_barrier_wait(&barrier);
	for (;;)
		pause();
	return arg;
}

static void run_thread(void (*part)(void), size_t stack_size)
{
	pthread_attr_t attr;
	pthread_t thread;

	thread_part = part;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, stack_size);
	pthread_barrier_init(&barrier, NULL, 2);
	if ((errno = pthread_create(&thread, &attr, thread_main, NULL)))
		wl_die("pthread_create");
	pthread_barrier_wait(&barrier);
}

/* --- modes ---------------------------------------------------------------------------------- */

#define PAGES 16

static char *area;

static void null(void)
{
	char *p = (char *)0x10;

	expect("NULL pointer", "segv-maperr", WL_WRITE, p);
	tell_now();
	poke(WL_WRITE, p);
}

/* The instruction is the address: it is in no VMA. */
static void null_call(void)
{
	void (*volatile function)(void) = NULL;

	expect("NULL pointer", "segv-maperr", WL_EXEC, NULL);
	code_start = code_end = 0;
	tell_now();
	function();
}

static void use_unmapped(void)
{
	char *p = area + 5 * WL_PAGE + 123;

	expect("use after unmap", "segv-maperr", WL_READ, p);
	tell_now();
	poke(WL_READ, p);
}

static void unmap_area(void)
{
	blamed_munmap(area + 4 * WL_PAGE, 8 * WL_PAGE);
}

/* The main thread unmaps, another one uses. */
static void unmapped(void)
{
	area = wl_map_anon(PAGES * WL_PAGE);
	wl_write(area, PAGES, WL_PAGE);
	unmap_area();
	run_thread(use_unmapped, 256 << 10);
}

/* Another thread unmaps, the main thread uses. */
static void unmapped_by_thread(void)
{
	area = wl_map_anon(PAGES * WL_PAGE);
	wl_write(area, PAGES, WL_PAGE);
	run_thread(unmap_area, 256 << 10);
	use_unmapped();
}

/* One of a hundred holes between three hundred VMAs: the tree of VMAs is deep here. */
static void gap(void)
{
	size_t n = 400;
	char *p;

	area = wl_map_anon(n * WL_PAGE);
	for (size_t i = 0; i < n; i++) {
		if (i % 2 && mprotect(area + i * WL_PAGE, WL_PAGE, PROT_READ))
			wl_die("mprotect");
		if (i % 4 != 3)
			continue;
		if (i == 203)
			blamed_munmap(area + i * WL_PAGE, WL_PAGE);
		else if (munmap(area + i * WL_PAGE, WL_PAGE))
			wl_die("munmap");
	}
	p = area + 203 * WL_PAGE + 77;
	expect("use after unmap", "segv-maperr", WL_WRITE, p);
	tell_now();
	poke(WL_WRITE, p);
}

static void moved(void)
{
	char *to = wl_reserve(PAGES * WL_PAGE, WL_PAGE), *p;

	area = wl_map_anon(PAGES * WL_PAGE);
	wl_write(area, PAGES, WL_PAGE);
	p = area + 3 * WL_PAGE + 9;
	blame_begin("mremap", area, PAGES * WL_PAGE, PAGES * WL_PAGE);
	blame_end(mremap(area, PAGES * WL_PAGE, PAGES * WL_PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
			 to) == MAP_FAILED);
	expect("use after unmap", "segv-maperr", WL_READ, p);
	tell_now();
	poke(WL_READ, p);
}

static void cut(void)
{
	char *p;

	area = wl_map_anon(PAGES * WL_PAGE);
	p = area + 10 * WL_PAGE;
	blame_begin("mremap", area, PAGES * WL_PAGE, 8 * WL_PAGE);
	blame_end(mremap(area, PAGES * WL_PAGE, 8 * WL_PAGE, 0) == MAP_FAILED);
	expect("use after unmap", "segv-maperr", WL_WRITE, p);
	tell_now();
	poke(WL_WRITE, p);
}

static void mprotected(void)
{
	char *p;

	area = wl_map_anon(PAGES * WL_PAGE);
	wl_write(area, PAGES, WL_PAGE);
	p = area + 6 * WL_PAGE + 1000;
	blamed_mprotect(area + 4 * WL_PAGE, 4 * WL_PAGE, PROT_READ);
	expect("access after mprotect", "segv-accerr", WL_WRITE, p);
	tell_now();
	poke(WL_WRITE, p);
}

/* Access after mprotect(PROT_NONE): not a guard page, because it was usable before. */
static void revoked(void)
{
	char *p;

	area = wl_map_anon(PAGES * WL_PAGE);
	wl_write(area, PAGES, WL_PAGE);
	p = area + 4 * WL_PAGE;
	blamed_mprotect(area + 4 * WL_PAGE, 4 * WL_PAGE, PROT_NONE);
	expect("access after mprotect", "segv-accerr", WL_READ, p);
	tell_now();
	poke(WL_READ, p);
}

/* A write past the end of a buffer, into the PROT_NONE page that wl_map() leaves behind it. */
static void prot_none(void)
{
	char *p;

	area = wl_map_anon(PAGES * WL_PAGE);
	p = area + PAGES * WL_PAGE + 8;
	expect("guard page", "segv-accerr", WL_WRITE, p);
	tell_now();
	poke(WL_WRITE, p);
}

/* The same with a page that is a guard by its page-table entry, without a VMA of its own. */
static void guard_install(void)
{
	char *p;

	area = wl_map_anon(PAGES * WL_PAGE);
	p = area + 8 * WL_PAGE;
	if (madvise(p, WL_PAGE, MADV_GUARD_INSTALL))
		wl_skip("MADV_GUARD_INSTALL: %s", strerror(errno));
	expect("guard page", "segv-maperr", WL_WRITE, p);
	tell_now();
	poke(WL_WRITE, p);
}

static void recurse_from_here(char *page)
{
	expect("stack overflow", "?", WL_WRITE, page)->exact = false;
	code_start = (uintptr_t)__start_recurse_text;
	code_end = (uintptr_t)__stop_recurse_text;
}

static void stack(void)
{
	struct rlimit limit = { STACK_LIMIT, RLIM_INFINITY };
	unsigned long start, end = 0;

	if (setrlimit(RLIMIT_STACK, &limit))
		wl_die("RLIMIT_STACK");
	read_maps();
	for (char *p = maps_text; !end && p && *p; p = strchr(p, '\n') + 1)
		if (strstr(p, "[stack]") && strstr(p, "[stack]") < strchr(p, '\n'))
			sscanf(p, "%lx-%lx", &start, &end);
	recurse_from_here((char *)(end - STACK_LIMIT - WL_PAGE));
	crashes[0].cause = "segv-maperr";
	tell_now();
	recurse(0);
}

static void overflow_thread(void)
{
	pthread_attr_t attr;
	void *low;
	size_t size;

	if ((errno = pthread_getattr_np(pthread_self(), &attr)))
		wl_die("pthread_getattr_np");
	pthread_attr_getstack(&attr, &low, &size);
	recurse_from_here((char *)low - WL_PAGE);
	crashes[0].cause = "segv-accerr";
	tell_now();
	recurse(0);
}

static void thread_stack(void)
{
	run_thread(overflow_thread, 256 << 10);
}

static void wild(void)
{
	char *p = (char *)0x123456789abc;

	expect("bad address", "segv-maperr", WL_READ, p);
	tell_now();
	poke(WL_READ, p);
}

static void sigbus(void)
{
	int fd = wl_make_file(path, PAGES);
	char *p;

	area = wl_map(PAGES * WL_PAGE, PROT_READ, MAP_SHARED, fd);
	if (ftruncate(fd, 4 * WL_PAGE))
		wl_die("ftruncate");
	close(fd);
	unlink(path);
	p = area + 9 * WL_PAGE + 50;
	expected_signal = SIGBUS;
	expect("beyond the end of the file", "sigbus", WL_READ, p);
	tell_now();
	poke(WL_READ, p);
}

static void shrunk_heap(void)
{
	char *end = sbrk(0), *p;

	if (sbrk(32 * WL_PAGE) == (void *)-1)
		wl_die("sbrk");
	end += -(uintptr_t)end & (WL_PAGE - 1);
	wl_write(end, 16, WL_PAGE);
	blame_begin("brk", end + 4 * WL_PAGE, 0, 0);
	blame_end(brk(end + 4 * WL_PAGE));
	blame.has_length = false;
	p = end + 6 * WL_PAGE;
	expect("use after unmap", "segv-maperr", WL_READ, p);
	tell_now();
	poke(WL_READ, p);
}

/* A write past the end of a heap that has only ever grown: nothing was taken away. */
static void heap_overrun(void)
{
	char *p = sbrk(8 * WL_PAGE);

	if (p == (void *)-1)
		wl_die("sbrk");
	p = (char *)sbrk(0) + 64 * WL_PAGE;
	expect("bad address", "segv-maperr", WL_WRITE, p);
	tell_now();
	poke(WL_WRITE, p);
}

/* The munmap() was long before, and of something else: what is there now was mapped since. */
static void remapped(void)
{
	char *p;

	area = wl_map_anon(PAGES * WL_PAGE);
	p = area + 8 * WL_PAGE;
	if (munmap(area, PAGES * WL_PAGE))
		wl_die("munmap");
	wl_mmap(area, PAGES * WL_PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	expect("bad address", "segv-accerr", WL_WRITE, p);
	tell_now();
	poke(WL_WRITE, p);
}

/* A jump into data. */
static void data_call(void)
{
	void (*function)(void);

	area = wl_map_anon(PAGES * WL_PAGE);
	wl_fill_returns(area, PAGES * WL_PAGE);
	function = (void (*)(void))(uintptr_t)(area + 64);
	expect("bad address", "segv-accerr", WL_EXEC, area + 64);
	code_start = (uintptr_t)area + 64;
	code_end = code_start + 1;
	tell_now();
	function();
}

/* The kernel finds the bad address, for a system call: EFAULT, and no signal. */
static void efault(void)
{
	int pipe_fds[2];

	area = wl_map_anon(PAGES * WL_PAGE);
	if (pipe(pipe_fds) || munmap(area + WL_PAGE, WL_PAGE))
		wl_die("set-up");
	tell_now();
	for (unsigned long i = 0; i < count; i++)
		if (write(pipe_fds[1], area + WL_PAGE, 8) != -1 || errno != EFAULT)
			wl_die("write of a bad address");
}

static sigjmp_buf back;

static void on_signal(int sig)
{
	siglongjmp(back, sig);
}

/* A crash that is survived, then EFAULT of the same address: only the first is one. */
static void efault_after(void)
{
	struct sigaction act = { .sa_handler = on_signal };
	int pipe_fds[2];
	char *p;

	area = wl_map_anon(PAGES * WL_PAGE);
	p = area + 5 * WL_PAGE;
	if (pipe(pipe_fds) || sigaction(SIGSEGV, &act, NULL))
		wl_die("set-up");
	blamed_munmap(area + 4 * WL_PAGE, 8 * WL_PAGE);
	expect("use after unmap", "segv-maperr", WL_READ, p);
	tell_now();
	if (!sigsetjmp(back, 1))
		poke(WL_READ, p);
	if (write(pipe_fds[1], p, 8) != -1 || errno != EFAULT)
		wl_die("write of a bad address");
}

/* --- a handler that repairs, as a garbage collector's write barrier does --------------------- */

static volatile size_t repaired;

static void repair(int sig, siginfo_t *info, void *context)
{
	char *page = (char *)((uintptr_t)info->si_addr & ~(WL_PAGE - 1));

	(void)sig;
	(void)context;
	if (info->si_addr != crashes[repaired].address)
		_exit(WL_EXIT_WRONG);
	if (mprotect(page, WL_PAGE, PROT_READ | PROT_WRITE))
		_exit(WL_EXIT_FAILED);
	repaired = repaired + 1;
}

static void handled_round(void)
{
	blamed_mprotect(area, count * WL_PAGE, PROT_READ);
	nap();
	for (size_t i = 0; i < count; i++) {
		char *p = area + i * WL_PAGE + i;

		expect("access after mprotect", "segv-accerr", WL_WRITE, p);
		poke(WL_WRITE, p);
	}
}

/* The process survives, so it tells at the end, with the maps of the beginning. */
static void handled(void)
{
	struct sigaction act = { .sa_sigaction = repair, .sa_flags = SA_SIGINFO };

	area = wl_map_anon(count * WL_PAGE);
	if (sigaction(SIGSEGV, &act, NULL))
		wl_die("sigaction");
	read_maps();
	handled_round();
	handled_round();
	if (repaired != nr_crashes)
		_exit(WL_EXIT_WRONG);
	tell();
}

static const struct mode {
	const char *name;
	void (*run)(void);
	bool survives;
} modes[] = {
	{ "null", null, false },
	{ "null-call", null_call, false },
	{ "unmapped", unmapped, false },
	{ "unmapped-by-thread", unmapped_by_thread, false },
	{ "gap", gap, false },
	{ "moved", moved, false },
	{ "cut", cut, false },
	{ "mprotected", mprotected, false },
	{ "revoked", revoked, false },
	{ "prot-none", prot_none, false },
	{ "guard-install", guard_install, false },
	{ "stack", stack, false },
	{ "thread-stack", thread_stack, false },
	{ "wild", wild, false },
	{ "sigbus", sigbus, false },
	{ "brk", shrunk_heap, false },
	{ "heap-overrun", heap_overrun, false },
	{ "remapped", remapped, false },
	{ "data-call", data_call, false },
	{ "efault", efault, true },
	{ "efault-after", efault_after, true },
	{ "handled", handled, true },
};

static const struct mode *mode_of(const char *name)
{
	for (size_t i = 0; name && i < sizeof(modes) / sizeof(modes[0]); i++)
		if (!strcmp(modes[i].name, name))
			return &modes[i];
	dprintf(2, "usage: crash [--count N] [--result FD|FILE] MODE, MODE one of:");
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		dprintf(2, " %s", modes[i].name);
	dprintf(2, "\n");
	_exit(WL_EXIT_USAGE);
}

int main(int argc, char **argv)
{
	const struct mode *mode;

	wl_init("crash");
	wl_options(argc, argv, (const struct wl_option[]){ { "count", .number = &count }, { 0 } });
	mode = mode_of(argv[optind]);
	mode_name = mode->name;
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)) /* no core file */
		wl_die("PR_SET_DUMPABLE");
	snprintf(path, sizeof(path), "%s/vmascope-crash.XXXXXX", wl_tmpdir());
	if (mode->survives)
		expected_signal = 0;
	mode->run();
	return mode->survives ? 0 : WL_EXIT_WRONG;
}
