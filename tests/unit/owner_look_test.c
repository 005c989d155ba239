// SPDX-License-Identifier: GPL-2.0-only
/*
 * owner_look_test.c - what is recognised in the memory of a child: heaps, chunks, neighbours; what
 * looks like them; that pages are only read if they are present.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "owner/look.h"

#define MIB (1UL << 20)
#define HEAP_MAX (64 * MIB)
#define RW (PROT_READ | PROT_WRITE)
/** An address that is free with sanitizers, too. */
#define LOW_ADDRESS (1UL << 30)

/* Both the child and the test have it here. */
static char *area;
static void *file;
static size_t page;
static pid_t child;
static struct look_reply reply;

/** mapped - @len bytes at @offset of the area, with nothing adjacent */
static uint64_t *mapped(size_t offset, size_t len, int prot)
{
	void *p = mmap(area + offset, len, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	assert_ptr_equal(p, area + offset);
	return p;
}

/** begin - a place that is aligned like a heap, and that nothing else uses */
static int begin(void **state)
{
	char *p;

	(void)state;
	page = (size_t)sysconf(_SC_PAGESIZE);
	p = mmap(NULL, 6 * HEAP_MAX, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return -1;
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	area = (char *)(((uintptr_t)p + HEAP_MAX - 1) & ~(HEAP_MAX - 1));
	return 0;
}

static int end(void **state)
{
	(void)state;
	if (child > 0) {
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	child = 0;
	munmap(area, 5 * HEAP_MAX);
	return 0;
}

/** fork_child - the child has the memory that was made so far. */
static void fork_child(void)
{
	child = fork();
	assert_true(child >= 0);
	if (child)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
}

static void look(const void *start, const char *perms)
{
	struct look_request request = { .pid = (uint32_t)child, .nr = 1 };
	struct helper_call call = { .request = &request,
				    .request_len = sizeof(request),
				    .reply = &reply,
				    .reply_len = sizeof(reply) };

	request.vma[0].start = (uintptr_t)start;
	snprintf(request.vma[0].perms, sizeof(request.vma[0].perms), "%s", perms);
	looker_kind.serve(&call);
	assert_int_equal(call.reply_len, sizeof(reply));
}

static void assert_found(const void *start, enum owner_family family)
{
	look(start, "rw-p");
	assert_int_equal(reply.err, 0);
	assert_int_equal(reply.nr, 1);
	assert_true(reply.vma[0].found);
	assert_int_equal(reply.vma[0].is.family, family);
}

/** put_heap - the head of a heap at @offset, of the arena at @arena */
static void put_heap(size_t offset, size_t arena, size_t prev, size_t size)
{
	uint64_t *head = mapped(offset, size, RW);

	head[0] = (uintptr_t)area + arena;
	head[1] = prev == SIZE_MAX ? 0 : (uintptr_t)area + prev;
	head[2] = head[3] = size;
}

static void heaps_of_an_arena(void **state)
{
	(void)state;
	put_heap(0, 48, SIZE_MAX, HEAP_MAX / 2);
	put_heap(2 * HEAP_MAX, 48, 0, MIB);
	fork_child();
	assert_found(area, OWNER_ARENA);
	assert_found(area + 2 * HEAP_MAX, OWNER_ARENA);
}

static void heaps_that_are_neighbours(void **state)
{
	(void)state;
	put_heap(0, 48, SIZE_MAX, HEAP_MAX);
	put_heap(HEAP_MAX, 48, 0, MIB);
	fork_child();
	assert_found(area, OWNER_ARENA);
}

static void heap_of_an_unknown_arena(void **state)
{
	(void)state;
	put_heap(0, 2 * HEAP_MAX + 48, 2 * HEAP_MAX, MIB);
	fork_child();
	assert_found(area, OWNER_UNKNOWN);
}

/* The first heap knows no other one of the arena, and another arena. */
static void heap_whose_arena_does_not_lead_back(void **state)
{
	(void)state;
	put_heap(0, 48, SIZE_MAX, MIB);
	put_heap(2 * HEAP_MAX, 64, 0, MIB);
	fork_child();
	assert_found(area, OWNER_ARENA);
	assert_found(area + 2 * HEAP_MAX, OWNER_UNKNOWN);
}

static void heap_of_another_size(void **state)
{
	uint64_t *head;

	(void)state;
	put_heap(0, 48, SIZE_MAX, MIB);
	head = (uint64_t *)area;
	head[2] = head[3] = MIB / 2;
	fork_child();
	assert_found(area, OWNER_UNKNOWN);
}

static void put_chunk(size_t offset, size_t size)
{
	uint64_t *head = (uint64_t *)(area + offset);

	head[0] = 0;
	head[1] = size | 2;
}

static void chunks_cover_their_vma(void **state)
{
	(void)state;
	mapped(0, 4 * MIB, RW);
	put_chunk(0, MIB);
	put_chunk(MIB, 3 * MIB);
	fork_child();
	assert_found(area, OWNER_CHUNK);
	assert_false(reply.vma[0].is.likely);
}

static void small_chunk_is_likely(void **state)
{
	(void)state;
	mapped(0, page, RW);
	put_chunk(0, page);
	fork_child();
	assert_found(area, OWNER_CHUNK);
	assert_true(reply.vma[0].is.likely);
}

static void unknown_memory_behind_a_chunk(void **state)
{
	(void)state;
	mapped(0, 4 * MIB, RW);
	put_chunk(0, MIB);
	*(area + MIB) = 1;
	fork_child();
	assert_found(area, OWNER_UNKNOWN);
	assert_false(reply.vma[0].is.unread);
}

static void chunk_larger_than_its_vma(void **state)
{
	(void)state;
	mapped(0, MIB, RW);
	put_chunk(0, 2 * MIB);
	fork_child();
	assert_found(area, OWNER_UNKNOWN);
}

static void chunk_beside_an_arena(void **state)
{
	(void)state;
	put_heap(HEAP_MAX, HEAP_MAX + 48, SIZE_MAX, MIB);
	mapped(HEAP_MAX - MIB, MIB, RW);
	put_chunk(HEAP_MAX - MIB, MIB);
	fork_child();
	assert_found(area + HEAP_MAX - MIB, OWNER_MALLOC);
}

/* Its sizes wrap around. */
static void sizes_beyond_64_bits(void **state)
{
	uint64_t *head;

	(void)state;
	head = mapped(0, MIB, RW);
	head[1] = -page | 2;
	head = mapped(2 * MIB, MIB, RW);
	head[1] = 2;
	fork_child();
	assert_found(area, OWNER_UNKNOWN);
	assert_found(area + 2 * MIB, OWNER_UNKNOWN);
}

/* Many parts are looked at up to a limit. */
static void many_parts(void **state)
{
	(void)state;
	mapped(0, 6000 * page, RW);
	for (size_t i = 0; i < 6000; i++)
		put_chunk(i * page, page);
	fork_child();
	assert_found(area, OWNER_UNKNOWN);
}

static size_t resident(void)
{
	char path[64], line[256];
	size_t rss = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/smaps", child);
	f = fopen(path, "re");
	assert_non_null(f);
	for (bool here = false; fgets(line, sizeof(line), f);) {
		unsigned long start, value;

		if (sscanf(line, "%lx-", &start) == 1 && strchr(line, '-'))
			here = start == (uintptr_t)area;
		if (here && sscanf(line, "Rss: %lu kB", &value) == 1)
			rss = value;
	}
	fclose(f);
	return rss;
}

/** at_low_address - memory where the kernel chooses no place by itself */
static void *at_low_address(int prot)
{
	void *at = (void *)LOW_ADDRESS, *p;

	p = mmap(at, MIB, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	assert_ptr_equal(p, at);
	return p;
}

/** map_file - map a new file of this name */
static void map_file(const char *name)
{
	char dir[] = "/tmp/vmascope-test.XXXXXX", path[128];
	int fd;

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)page), 0);
	file = mmap(NULL, page, PROT_READ, MAP_PRIVATE, fd, 0);
	assert_true(file != MAP_FAILED);
	close(fd);
	unlink(path);
	rmdir(dir);
}

static void java(const char *library, enum owner_family heap, enum owner_family code)
{
	void *low = at_low_address(RW);

	mapped(0, MIB, RW | PROT_EXEC);
	mapped(2 * MIB, MIB, RW);
	map_file(library);
	fork_child();
	assert_found(low, heap);
	assert_found(area + 2 * MIB, OWNER_UNKNOWN);
	look(area, "rwxp");
	assert_true(reply.vma[0].found);
	assert_int_equal(reply.vma[0].is.family, code);
	munmap(low, MIB);
	munmap(file, page);
}

static void java_heap_and_code(void **state)
{
	(void)state;
	java("libjvm.so", OWNER_JAVA, OWNER_JAVA_CODE);
}

static void low_address_and_code_of_no_java(void **state)
{
	(void)state;
	java("libjvm.so.1", OWNER_UNKNOWN, OWNER_UNKNOWN);
}

/** put_v8 - the header of a chunk of V8 at @offset, of the isolate's heap at @heap */
static void put_v8(size_t offset, size_t size, const void *heap)
{
	uint64_t *head = mapped(offset, size, RW);

	head[0] = size;
	head[2] = (uintptr_t)heap;
	head[3] = (uintptr_t)head + 0x1148;
	head[4] = (uintptr_t)head + size;
}

static void chunks_of_v8(void **state)
{
	static uint64_t heap;

	(void)state;
	put_v8(0, MIB / 4, &heap);
	put_v8(MIB / 4, MIB + page, &heap);
	put_v8(4 * MIB, MIB / 4, &heap);
	fork_child();
	assert_found(area, OWNER_V8);
	assert_found(area + 4 * MIB, OWNER_V8);
}

/* Of a heap that is not there; larger than its VMA; not aligned; objects beyond it. */
static void no_chunks_of_v8(void **state)
{
	static uint64_t heap;

	(void)state;
	put_v8(0, MIB / 4, area + 64 * MIB);
	put_v8(MIB, MIB / 4, &heap);
	*(uint64_t *)(area + MIB) += page;
	put_v8(2 * MIB + page, MIB / 4, &heap);
	put_v8(3 * MIB, MIB / 4, &heap);
	((uint64_t *)(area + 3 * MIB))[4] += 8;
	fork_child();
	assert_found(area, OWNER_UNKNOWN);
	assert_found(area + MIB, OWNER_UNKNOWN);
	assert_found(area + 2 * MIB + page, OWNER_UNKNOWN);
	assert_found(area + 3 * MIB, OWNER_UNKNOWN);
}

static void absent_pages_stay_absent(void **state)
{
	(void)state;
	mapped(0, 4 * MIB, RW);
	area[2 * MIB] = 1;
	fork_child();
	assert_int_equal(resident(), page / 1024);
	assert_found(area, OWNER_UNKNOWN);
	assert_true(reply.vma[0].is.unread);
	assert_int_equal(resident(), page / 1024);
}

static void vma_that_is_another_now(void **state)
{
	(void)state;
	mapped(0, MIB, RW);
	put_chunk(0, MIB);
	fork_child();
	look(area, "rwxp");
	assert_int_equal(reply.err, 0);
	assert_false(reply.vma[0].found);
	look(area - page, "rw-p");
	assert_false(reply.vma[0].found);
}

/* The VMA of the chunk was merged with one below it, which is unknown. */
static void vma_that_was_merged_downwards(void **state)
{
	(void)state;
	mapped(0, 2 * MIB, RW);
	put_chunk(MIB, MIB);
	*area = 1;
	fork_child();
	assert_found(area, OWNER_UNKNOWN);
	assert_found(area + MIB, OWNER_CHUNK);
	assert_found(area + MIB + page, OWNER_UNKNOWN);
}

static void process_that_has_ended(void **state)
{
	(void)state;
	mapped(0, MIB, RW);
	fork_child();
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	look(area, "rw-p");
	assert_int_equal(reply.err, -ESRCH);
	child = 0;
}

static void requests_of_any_form(void **state)
{
	struct look_request request = { .pid = (uint32_t)getpid(), .nr = LOOK_VMAS + 1 };
	struct helper_call call = { .request = &request,
				    .request_len = sizeof(request),
				    .reply = &reply,
				    .reply_len = sizeof(reply) };

	(void)state;
	looker_kind.serve(&call);
	assert_int_equal(reply.err, -EINVAL);
	call.request_len = 1;
	looker_kind.serve(&call);
	assert_int_equal(reply.err, -EINVAL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(heaps_of_an_arena),
		TEST(heaps_that_are_neighbours),
		TEST(heap_of_an_unknown_arena),
		TEST(heap_whose_arena_does_not_lead_back),
		TEST(heap_of_another_size),
		TEST(chunks_cover_their_vma),
		TEST(small_chunk_is_likely),
		TEST(unknown_memory_behind_a_chunk),
		TEST(chunk_larger_than_its_vma),
		TEST(chunk_beside_an_arena),
		TEST(sizes_beyond_64_bits),
		TEST(many_parts),
		TEST(chunks_of_v8),
		TEST(no_chunks_of_v8),
		TEST(java_heap_and_code),
		TEST(low_address_and_code_of_no_java),
		TEST(absent_pages_stay_absent),
		TEST(vma_that_is_another_now),
		TEST(vma_that_was_merged_downwards),
		TEST(process_that_has_ended),
		cmocka_unit_test(requests_of_any_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
