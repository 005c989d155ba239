// SPDX-License-Identifier: GPL-2.0-only
/*
 * owners - a program that knows what each of its mappings is for: stacks and arenas of threads, large
 * chunks of malloc, static data, shared memory, memory that only looks like one of these.
 *
 * Half of it is mapped before the gate, and used on both sides of it. Stays until the end of stdin.
 */
#include "workload.h"

#include <malloc.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#define WORKERS 8
#define MIB (1UL << 20)
#define HEAP_MAX (64 * MIB)
#define BLOCK (16UL << 10)
#define BLOCKS 32
#define DEPTH (64UL << 10)
#define EXITED_STACK (512UL << 10)
#define MOST_OWNED 96

/** struct worker - a thread; @big: its arena has more than one heap */
struct worker {
	pthread_t thread;
	bool big;
	char name[16];
	pid_t tid;
	char *stack;
	char *first;
	char *arena;
};

/**
 * struct owned - memory at @address, which does not go away; @family: of its owner, "": none may be found, "?…": that or none;
 * @tid: its thread
 */
struct owned {
	const char *family;
	char *address;
	pid_t tid;
	const char *name;
};

static struct worker workers[WORKERS];
static struct owned owned[MOST_OWNED];
static size_t nr_owned;
static pthread_barrier_t barrier;
static char zeroed[MIB];
static __thread char local[16UL << 10];

static void own(const char *family, void *address)
{
	if (nr_owned == MOST_OWNED)
		wl_die("more than %d owners", MOST_OWNED);
	owned[nr_owned++] = (struct owned){ .family = family, .address = address };
}

/* --- threads --------------------------------------------------------------------------------- */

static WL_NOINLINE char *use_stack(size_t bytes)
{
	volatile char deep[bytes];
	char *where;

	/* the address is wanted, not what is there */
	__asm__("" : "=r"(where) : "0"(deep));
	wl_write_down(where, bytes / WL_PAGE, WL_PAGE);
	return where;
}

static char *use_arena(size_t nr, size_t size)
{
	char *last = NULL;

	for (size_t i = 0; i < nr; i++) {
		last = malloc(size);
		if (!last)
			wl_die("malloc");
		*(volatile char *)last = 1;
	}
	return last;
}

static void *work(void *arg)
{
	struct worker *w = arg;

	pthread_setname_np(pthread_self(), w->name);
	w->tid = (pid_t)syscall(SYS_gettid);
	w->stack = use_stack(DEPTH);
	w->first = use_arena(1, BLOCK);
	/* an arena's heap has 64 MiB */
	w->arena = w->big ? use_arena(HEAP_MAX * 5 / 4 / (6 * BLOCK), 6 * BLOCK)
			  : use_arena(BLOCKS, BLOCK);
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	use_stack(2 * DEPTH);
	use_arena(BLOCKS, BLOCK);
	pthread_barrier_wait(&barrier);
	for (;;)
		pause();
	return NULL;
}

/** start - workers from @first to before @end, each with its own arena */
static void start(int first, int end)
{
	if (pthread_barrier_init(&barrier, NULL, (unsigned int)(end - first) + 1))
		wl_die("pthread_barrier_init");
	for (int i = first; i < end; i++) {
		struct worker *w = &workers[i];

		snprintf(w->name, sizeof(w->name), "owner <%d>/x", i);
		w->big = i == first;
		errno = pthread_create(&w->thread, NULL, work, w);
		if (errno)
			wl_die("pthread_create");
	}
	pthread_barrier_wait(&barrier);
}

/** go_on - the workers that were started last use more of their memory */
static void go_on(int first, int end)
{
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	for (int i = first; i < end; i++) {
		own("thread-stack", workers[i].stack);
		owned[nr_owned - 1].tid = workers[i].tid;
		owned[nr_owned - 1].name = workers[i].name;
		own("malloc-arena", workers[i].arena);
		own("?malloc-arena", workers[i].first);
	}
}

static void *leave(void *arg)
{
	*(char **)arg = use_stack(2 * DEPTH);
	return NULL;
}

/** exited_thread - the C library keeps its stack for the next thread. */
static void exited_thread(void)
{
	pthread_attr_t attr;
	pthread_t thread;
	char *stack;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, EXITED_STACK);
	errno = pthread_create(&thread, &attr, leave, &stack);
	if (errno || pthread_join(thread, NULL))
		wl_die("pthread_create");
	own("thread-stack", stack);
}

/* --- mappings -------------------------------------------------------------------------------- */

/** find_map - the line of maps with @address; its name goes to @name, of 128 bytes */
static void find_map(const char *address, char **start, char **end, char *name)
{
	FILE *f = fopen("/proc/self/maps", "re");
	char line[512];

	while (f && fgets(line, sizeof(line), f)) {
		unsigned long from, to;

		*name = 0;
		if (sscanf(line, "%lx-%lx %*s %*s %*s %*s %127s", &from, &to, name) < 2 ||
		    (unsigned long)address < from || (unsigned long)address >= to)
			continue;
		*start = (char *)from;
		*end = (char *)to;
		fclose(f);
		return;
	}
	errno = ENOENT;
	wl_die("maps");
}

static char *mapped_malloc(size_t size)
{
	char *p = malloc(size);

	if (!p)
		wl_die("malloc");
	own("?malloc-mmap", p);
	return p;
}

/** fence - nothing is to be merged with the memory at @address from now on */
static void fence(const char *address)
{
	char *start, *end, name[128];

	find_map(address, &start, &end, name);
	mmap(start - WL_PAGE, WL_PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
	     -1, 0);
	mmap(end, WL_PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
}

static char *chunks[2];

/** map_chunks - two neighbours, which are one VMA */
static void map_chunks(void)
{
	/* what it is merged with is not known */
	fence(mapped_malloc(MIB));
	chunks[0] = mapped_malloc(MIB);
	chunks[1] = mapped_malloc(MIB);
	fence(chunks[1]);
	wl_write(chunks[0], 16, WL_PAGE);
	wl_write(chunks[1], 16, WL_PAGE);
}

static void use_chunks(void)
{
	wl_write(chunks[0] + MIB / 2, 16, WL_PAGE);
	wl_write(chunks[1] + MIB / 2, 16, WL_PAGE);
	own("malloc-mmap", chunks[0]);
	own("malloc-mmap", chunks[1]);
}

/** merged - a chunk and a mapping that is the program's own: if they are one VMA, it is unknown */
static void merged(void)
{
	char *start, *end, name[128], *chunk, *mine;

	fence(mapped_malloc(MIB));
	chunk = mapped_malloc(MIB);
	mine = wl_mmap(NULL, MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	fence(mine);
	fence(chunk);
	wl_write(mine, 16, WL_PAGE);
	wl_write(chunk, 16, WL_PAGE);
	find_map(mine, &start, &end, name);
	own("", mine);
	own(chunk >= start && chunk < end ? "" : "malloc-mmap", chunk);
}

/** map_inside - another mapping inside of a chunk: only its first part begins with a header. */
static void map_inside(void)
{
	char *chunk, *page;

	fence(mapped_malloc(MIB));
	chunk = mapped_malloc(8 * MIB);
	page = (char *)((uintptr_t)chunk & ~(WL_PAGE - 1)) + 4 * MIB;
	wl_mmap(page, MIB, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	wl_read(page, 16, WL_PAGE);
	wl_write(page + MIB, 16, WL_PAGE);
	own("", page);
	own("", page + MIB);
}

/** fake - memory that begins as the head of a heap or of a chunk would, but is none */
static void fake(const uint64_t *head, size_t bytes, size_t align)
{
	char *p = wl_mmap(wl_reserve(2 * MIB, align), MIB, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	uint64_t words[4];

	memcpy(words, head, bytes);
	/* addresses are those of the fake itself */
	if (bytes == sizeof(words))
		words[0] += (uintptr_t)p;
	memcpy(p, words, bytes);
	wl_write(p + WL_PAGE, 16, WL_PAGE);
	own("", p);
}

static void fakes(void)
{
	/* a heap whose arena is not where one is; one that is larger than its VMA */
	fake((const uint64_t[]){ 3 * WL_PAGE, 0, MIB, MIB }, 32, HEAP_MAX);
	fake((const uint64_t[]){ 32, 0, 2 * MIB, 2 * MIB }, 32, HEAP_MAX);
	/* another one that belongs to an arena that is nowhere */
	fake((const uint64_t[]){ 32 + 4 * HEAP_MAX, 4096, MIB, MIB }, 32, HEAP_MAX);
	/* chunks that are larger, and smaller, than their VMA */
	fake((const uint64_t[]){ 0, 2 * MIB | 2 }, 16, WL_PAGE);
	fake((const uint64_t[]){ 0, MIB / 2 | 2 }, 16, WL_PAGE);
	/* a chunk in use that is in a heap */
	fake((const uint64_t[]){ 0, MIB | 1 }, 16, WL_PAGE);
	own("", wl_map_anon(MIB));
	wl_write(owned[nr_owned - 1].address, 16, WL_PAGE);
}

/* The kernel calls it [heap] if it reaches to the heap; the loader's other memory may be merged. */
static void static_data(void)
{
	char *start, *end, *page, name[128];

	wl_write(zeroed + 4 * WL_PAGE, 16, WL_PAGE);
	find_map(zeroed + 4 * WL_PAGE, &start, &end, name);
	if (!*name)
		own("bss", zeroed + 4 * WL_PAGE);
	/* the loader has cleared it: give two whole pages back */
	page = (char *)(((uintptr_t)local + WL_PAGE - 1) & ~(WL_PAGE - 1));
	if (madvise(page, 2 * WL_PAGE, MADV_DONTNEED))
		wl_die("madvise");
	wl_write(page, 2, WL_PAGE);
	find_map(page, &start, &end, name);
	if (end - start <= (ptrdiff_t)(2 * sizeof(local)))
		own("tls", page);
}

static void shared(void)
{
	const size_t len = 16 * WL_PAGE;
	int fd = memfd_create("vmascope-owners", MFD_CLOEXEC), id = shmget(IPC_PRIVATE, len, 0600);
	char *p = id < 0 ? (void *)-1 : shmat(id, NULL, 0);

	if (fd < 0 || ftruncate(fd, (off_t)len))
		wl_die("memfd_create");
	if (p == (void *)-1)
		wl_die("shmat");
	shmctl(id, IPC_RMID, NULL);
	own("sysv-shm", p);
	own("memfd", wl_map(len, PROT_READ | PROT_WRITE, MAP_SHARED, fd));
	own("shared-anonymous",
	    wl_map(len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1));
	for (size_t i = nr_owned - 3; i < nr_owned; i++)
		wl_write(owned[i].address, 16, WL_PAGE);
	close(fd);
}

static void print(char *to)
{
	char *start, *end, name[128];

	to += sprintf(to, "\"owned\":[");
	for (size_t i = 0; i < nr_owned; i++) {
		const struct owned *o = &owned[i];

		find_map(o->address, &start, &end, name);
		to += sprintf(to,
			      "%s{\"family\":\"%s\",\"address\":\"%p\",\"start\":\"%p\",\"tid\":%d,"
			      "\"name\":\"%s\"}",
			      i ? "," : "", o->family, (void *)o->address, (void *)start, o->tid,
			      o->name ? o->name : "");
	}
	strcpy(to, "],");
}

int main(int argc, char **argv)
{
	static char extra[16384];
	bool gate = false;

	wl_init("owners");
	wl_options(argc, argv,
		   (const struct wl_option[]){
			   { "gate", .flag = &gate },
			   { 0 },
		   });
	wl_stay = true;
	mallopt(M_ARENA_MAX, 2 * WORKERS);
	start(0, WORKERS / 2);
	map_chunks();
	if (gate)
		wl_gate();
	go_on(0, WORKERS / 2);
	use_chunks();
	start(WORKERS / 2, WORKERS);
	go_on(WORKERS / 2, WORKERS);
	merged();
	map_inside();
	fakes();
	static_data();
	shared();
	exited_thread();
	print(extra);
	wl_finish(extra);
}
