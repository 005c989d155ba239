// SPDX-License-Identifier: GPL-2.0-only
/* stack.c - stacks of threads, their guard areas, and thread-local storage of the first thread. */
#include <string.h>

#include "owner/recogniser.h"

/** Thread-local storage of the first thread, with what else the loader allocates, bytes at most. */
#define MOST_TLS (32u << 10)
/** From the first thread's robust list to the end of that, bytes at most. */
#define MOST_TLS_END (12u << 10)
/** The control block of a thread that has exited is searched in this many bytes below the end. */
#define OLD_BLOCK_WITHIN 8192u
/** sizeof(struct pthread) is larger than this, bytes. */
#define LEAST_BLOCK 1536u

#if defined(__x86_64__)
/* A control block begins with its own address, and repeats it in the third word (tcbhead_t). */
#define HAS_SELF_POINTERS true
#else
#define HAS_SELF_POINTERS false
#endif

static void stack_part(struct evidence *e, const struct proc_map *map,
		       const struct thread_evidence *t, struct vma_part *part)
{
	const bool guard = map->perms[0] == '-';

	part->end = t->end < map->end ? t->end : map->end;
	part->family = guard ? OWNER_GUARD : OWNER_STACK;
	part->how = OWNER_HOW_TCB;
	part->tid = t->tid;
	evidence__comm(e, t->tid, part->text);
}

bool recognise_stack(struct evidence *e, const struct proc_map *map, uint64_t at,
		     struct vma_part *part)
{
	/* where the guard area is protected, it is a VMA of its own */
	for (size_t i = 0; i < e->nr_threads; i++) {
		const struct thread_evidence *t = &e->threads[i];
		const bool guard = map->perms[0] == '-';

		if (!t->end || at < t->start || at >= t->end)
			continue;
		if (guard ? at < t->start + t->guard : is_writable(map)) {
			stack_part(e, map, t, part);
			return true;
		}
	}
	return false;
}

/** describes - members of a control block that describe the stack from @at to @end */
static bool describes(const struct evidence *e, const uint64_t *word, size_t nr, uint64_t at,
		      uint64_t end)
{
	for (size_t i = 0; i + 2 < nr; i++) {
		const uint64_t start = word[i], size = word[i + 1], guard = word[i + 2];

		if (start && !(start % e->page) && start + size == end && guard < size &&
		    (start == at || start + guard == at))
			return true;
	}
	return false;
}

bool recognise_old_stack(struct evidence *e, const struct proc_map *map, uint64_t at,
			 struct vma_part *part)
{
	uint64_t words[OLD_BLOCK_WITHIN / sizeof(uint64_t)];
	const size_t nr = OLD_BLOCK_WITHIN / sizeof(uint64_t);
	const uint64_t base = map->end - OLD_BLOCK_WITHIN;
	const bool unread = e->unread;

	if (!HAS_SELF_POINTERS || !is_writable(map) || map->end - at < 2 * OLD_BLOCK_WITHIN)
		return false;
	for (uint64_t page = 0; page < OLD_BLOCK_WITHIN; page += e->page)
		if (!evidence__read(e, base + page, (char *)words + page, e->page))
			memset((char *)words + page, 0, e->page);
	/* that this evidence was not found is no evidence */
	e->unread = unread;
	/* control blocks are aligned to 64 bytes at least */
	for (size_t i = 0; i + LEAST_BLOCK / sizeof(*words) < nr; i += 8) {
		const uint64_t self = base + i * sizeof(*words);

		if (words[i] != self || words[i + 2] != self ||
		    !describes(e, words + i, nr - i, at, map->end))
			continue;
		part->end = map->end;
		part->family = OWNER_STACK;
		part->how = OWNER_HOW_OLD_TCB;
		return true;
	}
	return false;
}

/** first_thread - the control block of the first thread, which has no stack in a mapping */
static const struct thread_evidence *first_thread(const struct evidence *e)
{
	for (size_t i = 0; i < e->nr_threads; i++)
		if (e->threads[i].tid == e->pid)
			return e->threads[i].has_block && !e->threads[i].end ? &e->threads[i]
									     : NULL;
	return NULL;
}

bool recognise_tls(struct evidence *e, const struct proc_map *map, uint64_t at,
		   struct vma_part *part)
{
	const struct thread_evidence *first = first_thread(e);
	uint64_t end = map->end;

	if (!first || !is_writable(map))
		return false;
	for (size_t i = 0; i < e->nr_threads; i++)
		if (e->threads[i].start > at && e->threads[i].start < end)
			end = e->threads[i].start;
	if (first->head < at || first->head >= end || end - at > MOST_TLS ||
	    end - first->head > MOST_TLS_END)
		return false;
	part->end = end;
	part->family = OWNER_TLS;
	part->how = OWNER_HOW_TCB;
	/* the loader's other allocations may lie beside it */
	part->likely = true;
	return true;
}
