// SPDX-License-Identifier: GPL-2.0-only
/* explanation.c - ask every source about one address. */
#include "explain/explanation.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "util/log.h"

#define PAGE_SIZE 4096ULL
#define STACK_GUARD_GAP (256 * PAGE_SIZE) /* mm/mmap.c: stack_guard_gap */

/* --- the process ----------------------------------------------------------------------------- */

/** read_line - the first line of /proc/@pid/@name that begins with @start. Return: 0 or -errno. */
static int read_line(pid_t pid, const char *name, const char *start, char *buf, size_t size)
{
	char path[64], *line = NULL;
	size_t cap = 0;
	int err = -ENOENT;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	f = fopen(path, "re");
	if (!f)
		return -errno;
	while (err && getline(&line, &cap, f) > 0) {
		if (strncmp(line, start, strlen(start)))
			continue;
		snprintf(buf, size, "%.*s", (int)strcspn(line, "\n"), line);
		err = 0;
	}
	free(line);
	fclose(f);
	return err;
}

/** has_la57 - five levels of page tables: the kernel hides the flag where it uses four. */
static bool has_la57(void)
{
	char *line = NULL;
	bool found = false;
	size_t cap = 0;
	FILE *f = fopen("/proc/cpuinfo", "re");

	while (f && !found && getline(&line, &cap, f) > 0)
		found = !strncmp(line, "flags", 5) && strstr(line, " la57");
	free(line);
	if (f)
		fclose(f);
	return found;
}

int explain_target__open(struct explain_target *t, pid_t pid)
{
	int err;

	memset(t, 0, sizeof(*t));
	t->pid = pid;
	if (read_line(pid, "comm", "", t->comm, sizeof(t->comm)))
		return -ESRCH;
	err = proc_maps__read(&t->maps, pid);
	if (err)
		return err == -ENOENT ? -ESRCH : err;
	if (!t->maps.nr)
		return -ENOMSG;
	page_tables__open(&t->tables, t->missing);
	t->soft_dirty_kept = pagemap__has_soft_dirty();
	tlbs__read(&t->tlbs);
	return 0;
}

void explain_target__close(struct explain_target *t)
{
	page_tables__close(t->tables);
	proc_maps__free(&t->maps);
	memset(t, 0, sizeof(*t));
}

/* --- what is missing ------------------------------------------------------------------------- */

static void unknown(struct explanation *e, const char *what, const char *fmt, ...) VS_PRINTF(3, 4);

static void unknown(struct explanation *e, const char *what, const char *fmt, ...)
{
	struct unknown *u = &e->unknown[e->nr_unknown];
	va_list args;

	if (e->nr_unknown == MAX_UNKNOWNS)
		return;
	e->nr_unknown++;
	u->what = what;
	va_start(args, fmt);
	vsnprintf(u->why, sizeof(u->why), fmt, args);
	va_end(args);
}

/* --- page tables and the page ---------------------------------------------------------------- */

const struct table_entry *explanation__last(const struct explanation *e)
{
	const struct table_entry *last = e->walk.nr ? &e->walk.entries[e->walk.nr - 1] : NULL;

	return last && last->kind != ENTRY_TABLE ? last : NULL;
}

static void read_tables(struct explanation *e, struct explain_target *t)
{
	if (t->tables)
		page_tables__read(t->tables, t->pid, e->address, &e->walk);
	else
		memcpy(e->walk.missing, t->missing, sizeof(e->walk.missing));
	if (*e->walk.missing)
		unknown(e, "page tables", "%s", e->walk.missing);
	if (e->walk.levels)
		e->levels = e->walk.levels;
}

static void read_pagemap(struct explanation *e, pid_t pid)
{
	int err;

	/* walk_page_test() in mm/pagewalk.c: what is there reads as 0 */
	if (e->has_smaps && smaps__has(&e->smaps, "pf")) {
		unknown(e, "pagemap", "not available for VMAs of frames without struct page (pf)");
		return;
	}
	err = pagemap__read(pid, e->address, &e->pagemap);
	e->has_pagemap = !err;
	if (err == -ENODATA)
		unknown(e, "pagemap", "/proc/%d/pagemap ends before this address", pid);
	else if (err)
		unknown(e, "pagemap", "/proc/%d/pagemap: %s", pid, strerror(-err));
}

static void find_frame(struct explanation *e, pid_t pid)
{
	const struct table_entry *last = explanation__last(e);

	if (e->has_pagemap && pagemap__frame(e->pagemap)) {
		e->frame = pagemap__frame(e->pagemap);
		e->frame_from = "pagemap";
	} else if (last && table_entry__maps(last)) {
		e->frame = last->frame;
		e->frame_from = "page tables";
	} else if (e->has_pagemap && e->pagemap & PAGEMAP_PRESENT) {
		unknown(e, "frame", "/proc/%d/pagemap hides it (requires root or CAP_SYS_ADMIN)",
			pid);
	}
}

static void read_page(struct explanation *e)
{
	static const char hint[] = "requires root";
	int err;

	if (!e->frame)
		return;
	err = page_flags__read(e->frame, &e->flags);
	e->has_flags = !err;
	if (err)
		unknown(e, "page flags", "/proc/kpageflags: %s (%s)", strerror(-err),
			err == -ENOENT ? "CONFIG_PROC_PAGE_MONITOR is off" : hint);
	if (e->has_flags && e->flags & (KPAGE_NOPAGE | KPAGE_ZERO)) {
		unknown(e, "map count", "not counted by the kernel for %s",
			e->flags & KPAGE_ZERO ? "the zero page" : "frames without struct page");
		return;
	}
	err = page_mapcount__read(e->frame, &e->mapcount);
	e->has_mapcount = !err;
	if (err)
		unknown(e, "map count", "/proc/kpagecount: %s (%s)", strerror(-err),
			err == -ENOENT ? "CONFIG_PROC_PAGE_MONITOR is off" : hint);
}

/* --- the VMA --------------------------------------------------------------------------------- */

bool stack_gap__grows(uint64_t address, uint64_t before_end, uint64_t stack_end, uint64_t limit)
{
	address &= ~(PAGE_SIZE - 1);
	if (stack_end - address > limit)
		return false;
	return !before_end || address - before_end >= STACK_GUARD_GAP;
}

/*
 * smaps says all of a VMA, but walks the page tables of every VMA before it, too, and holds
 * mmap_lock meanwhile: threads of the process that fault or map would wait for it.
 */
#define MOST_VMAS 1024
#define MOST_BYTES (1ULL << 30)

/** resident_bytes - of process @pid. Return: UINT64_MAX: not known. */
static uint64_t resident_bytes(pid_t pid)
{
	unsigned long long pages;
	char line[128];

	if (read_line(pid, "statm", "", line, sizeof(line)) ||
	    sscanf(line, "%*u %llu", &pages) != 1)
		return UINT64_MAX;
	return pages * PAGE_SIZE;
}

/** smaps_is_cheap - to read it up to the VMA that holds @address; @vmas: set: so many there are. */
static bool smaps_is_cheap(const struct explain_target *t, uint64_t address, size_t *vmas)
{
	uint64_t bytes = 0;

	*vmas = 0;
	while (*vmas < t->maps.nr && t->maps.maps[*vmas].start <= address) {
		bytes += t->maps.maps[*vmas].end - t->maps.maps[*vmas].start;
		++*vmas;
	}
	return *vmas <= MOST_VMAS && (bytes <= MOST_BYTES || resident_bytes(t->pid) <= MOST_BYTES);
}

/** grows_down - @vma is a stack, as its flags say or, where they cost too much, its name. */
static bool grows_down(const struct explain_target *t, const struct proc_map *vma)
{
	bool down = !strcmp(vma->name, "[stack]");
	struct smaps s;
	size_t vmas;

	if (!smaps_is_cheap(t, vma->start, &vmas) || smaps__read(t->pid, vma->start, &s))
		return down;
	down = smaps__has(&s, "gd");
	smaps__free(&s);
	return down;
}

static void find_gap(struct explanation *e, const struct explain_target *t)
{
	const struct proc_map *before = e->before.map, *stack = e->after.map;
	char line[128], soft[32];

	e->gap.there = stack && grows_down(t, stack);
	if (!e->gap.there)
		return;
	if (read_line(t->pid, "limits", "Max stack size", line, sizeof(line)) ||
	    sscanf(line, "Max stack size %31s", soft) != 1) {
		unknown(e, "stack limit", "cannot read /proc/%d/limits", t->pid);
		return;
	}
	e->gap.limit_known = true;
	e->gap.limit = strcmp(soft, "unlimited") ? strtoull(soft, NULL, 10) : UINT64_MAX;
	/* only a VMA that can be accessed keeps its distance (vma_is_accessible()) */
	if (before && !strncmp(before->perms, "---", 3))
		before = NULL;
	e->gap.grows = stack_gap__grows(e->address, before ? before->end : 0, stack->end,
					e->gap.limit);
}

static void find_neighbours(struct explanation *e, const struct explain_target *t)
{
	for (size_t i = 0; i < t->maps.nr; i++) {
		const struct proc_map *map = &t->maps.maps[i];

		if (address_kind(map->start, e->levels) != ADDRESS_USER)
			break; /* [vsyscall] */
		if (map->end <= e->address) {
			e->before = (struct neighbour){ map, e->address - map->end };
		} else {
			e->after = (struct neighbour){ map, map->start - e->address };
			break;
		}
	}
	find_gap(e, t);
}

static void read_vma(struct explanation *e, const struct explain_target *t)
{
	const struct proc_map *map = proc_maps__find(&t->maps, e->address);
	size_t vmas;
	int err;

	if (!map) {
		if (e->kind == ADDRESS_USER)
			find_neighbours(e, t);
		return;
	}
	e->has_vma = true;
	e->vma = *map;
	e->file_offset = e->vma.offset + (e->address - e->vma.start);
	if (!smaps_is_cheap(t, e->address, &vmas)) {
		unknown(e, "VMA sizes and flags",
			"not read: smaps would hold mmap_lock for %zu VMAs and their page tables",
			vmas);
		return;
	}
	err = smaps__read(t->pid, e->address, &e->smaps);
	e->has_smaps = !err;
	if (err == -ENOENT)
		unknown(e, "VMA sizes and flags",
			"/proc/%d/smaps does not have the VMA: it was unmapped in the meantime",
			t->pid);
	else if (err)
		unknown(e, "VMA sizes and flags", "/proc/%d/smaps: %s", t->pid, strerror(-err));
	else
		e->vma = e->smaps.map; /* the later look is the truer one */
	e->file_offset = e->vma.offset + (e->address - e->vma.start);
}

/** smaps_page_size - what smaps allows to say of the pages of the VMA; 0: nothing for sure. */
static uint64_t smaps_page_size(const struct smaps *s)
{
	const unsigned int huge = 1u << SMAPS_ANON_HUGE, size = 1u << SMAPS_KERNEL_PAGE_SIZE;

	if (!(s->known & size))
		return 0;
	if (s->bytes[SMAPS_KERNEL_PAGE_SIZE] > PAGE_SIZE)
		return s->bytes[SMAPS_KERNEL_PAGE_SIZE];
	/* Fields are missing where the kernel has no transparent huge pages. */
	if (s->known & huge &&
	    s->bytes[SMAPS_ANON_HUGE] + s->bytes[SMAPS_SHMEM_PMD] + s->bytes[SMAPS_FILE_PMD])
		return 0;
	return s->bytes[SMAPS_KERNEL_PAGE_SIZE];
}

static void find_page_size(struct explanation *e)
{
	const struct table_entry *last = explanation__last(e);

	if (last && table_entry__maps(last)) {
		e->page_size = table_level__size(last->level);
		e->page_size_from = "page tables";
	} else if (e->has_smaps && smaps_page_size(&e->smaps)) {
		e->page_size = smaps_page_size(&e->smaps);
		e->page_size_from = "smaps";
	} else if (e->has_vma) {
		unknown(e, "page size",
			"not shown by page tables, and smaps has more than one size");
	}
}

/* --- all of it ------------------------------------------------------------------------------- */

void explanation__make(struct explanation *e, struct explain_target *t, uint64_t address)
{
	memset(e, 0, sizeof(*e));
	e->address = address;
	e->soft_dirty_kept = t->soft_dirty_kept;
	e->levels = has_la57() ? 5 : 4;
	e->kind = address_kind(address, e->levels);
	if (e->kind == ADDRESS_NON_CANONICAL)
		return;
	read_vma(e, t);
	read_tables(e, t);
	e->kind = address_kind(address, e->levels);
	if (e->kind == ADDRESS_USER && e->has_vma) {
		read_pagemap(e, t->pid);
		find_frame(e, t->pid);
		read_page(e);
	} else if (e->has_vma) {
		unknown(e, "pagemap", "/proc/%d/pagemap covers user addresses only", t->pid);
	}
	find_page_size(e);
	if (e->has_vma && !t->tlbs.nr)
		unknown(e, "TLB sizes", "cpuid of a CPU by '%s' does not report them",
			t->tlbs.vendor);
}

void explanation__free(struct explanation *e)
{
	smaps__free(&e->smaps);
	memset(e, 0, sizeof(*e));
}
