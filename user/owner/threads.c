// SPDX-License-Identifier: GPL-2.0-only
/*
 * threads.c - threads of a process, by the robust list that glibc registers for each of them.
 *
 * The list's head lies in the thread's control block, struct pthread, which lies at the upper end of
 * its stack. In all versions of glibc since 2.4 it follows the members `list`, `tid`, an unused one, and
 * `robust_prev`; the stack's address, its size and that of its guard area follow later, adjacent.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "owner/evidence.h"
#include "util/array.h"

/** Threads that are looked at. */
#define MOST_THREADS 16384
/** From the member `tid` to the head of the robust list. */
#define TID_BEFORE_HEAD 16
/** The three members with the stack are within this of the head, bytes. */
#define STACK_WITHIN 2048
/** From the control block to the end of the stack, bytes at most. */
#define BLOCK_TO_END (64u << 10)

/** names_thread - its process may know the thread by another number, in its PID namespace. */
static bool names_thread(const struct evidence *e, uint32_t tid, uint32_t named)
{
	char path[48], line[128];
	uint32_t inner = tid;
	FILE *f;
	int fd;

	if (named == tid)
		return true;
	snprintf(path, sizeof(path), "task/%" PRIu32 "/status", tid);
	fd = openat(e->proc, path, O_RDONLY | O_CLOEXEC);
	f = fd < 0 ? NULL : fdopen(fd, "r");
	if (!f) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	while (fgets(line, sizeof(line), f)) {
		const char *last = strrchr(line, '\t');

		if (strncmp(line, "NSpid:", 6) || !last)
			continue;
		inner = (uint32_t)strtoul(last, NULL, 10);
		break;
	}
	fclose(f);
	return named == inner;
}

/** is_anonymous - memory that no file, which might be on FUSE, is behind */
static bool is_anonymous(const struct evidence *e, uint64_t address, size_t len)
{
	const struct proc_map *map = proc_maps__find(&e->maps, address);

	return map && !map->inode && address + len <= map->end;
}

/** find_stack - three adjacent members that describe the stack in which they lie */
static void find_stack(const struct evidence *e, struct thread_evidence *t, const uint64_t *word,
		       size_t nr)
{
	for (size_t i = 0; i + 2 < nr; i++) {
		const uint64_t start = word[i], size = word[i + 1], guard = word[i + 2];
		const uint64_t end = start + size;

		if (!start || start % e->page || size % e->page || guard % e->page || end < start ||
		    guard >= size || t->head <= start + guard || t->head >= end ||
		    end - t->head > BLOCK_TO_END)
			continue;
		t->start = start;
		t->end = end;
		t->guard = guard;
		return;
	}
}

/** read_block - read the control block of @t, if it is one. */
static void read_block(struct evidence *e, struct thread_evidence *t)
{
	uint64_t words[STACK_WITHIN / sizeof(uint64_t)];
	size_t len = sizeof(words);
	uint32_t tid;

	if (t->head % sizeof(uint64_t) || t->head < e->page ||
	    !is_anonymous(e, t->head - TID_BEFORE_HEAD, TID_BEFORE_HEAD + sizeof(uint64_t)) ||
	    !evidence__read(e, t->head - TID_BEFORE_HEAD, &tid, sizeof(tid)) ||
	    !names_thread(e, t->tid, tid))
		return;
	t->has_block = true;
	while (len >= e->page / 16 && !is_anonymous(e, t->head, len))
		len /= 2;
	if (is_anonymous(e, t->head, len) && evidence__read(e, t->head, words, len))
		find_stack(e, t, words, len / sizeof(*words));
}

static int by_head(const void *a, const void *b)
{
	const struct thread_evidence *x = a, *y = b;

	return x->head < y->head ? -1 : x->head > y->head;
}

static void add_thread(struct evidence *e, uint32_t tid)
{
	struct thread_evidence t = { .tid = tid };
	size_t len = 0;
	void *head = NULL;

	/* that of a 32-bit process is another one, and NULL here */
	if (syscall(SYS_get_robust_list, (int)tid, &head, &len) || !head)
		return;
	t.head = (uintptr_t)head;
	if (array__more(&e->threads, e->nr_threads, sizeof(*e->threads)))
		return;
	read_block(e, &t);
	e->threads[e->nr_threads++] = t;
}

void evidence__read_threads(struct evidence *e)
{
	const int fd = openat(e->proc, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while (e->nr_threads < MOST_THREADS && (entry = readdir(dir))) {
		const unsigned long tid = strtoul(entry->d_name, NULL, 10);

		if (tid)
			add_thread(e, (uint32_t)tid);
	}
	closedir(dir);
	if (e->nr_threads)
		qsort(e->threads, e->nr_threads, sizeof(*e->threads), by_head);
}
