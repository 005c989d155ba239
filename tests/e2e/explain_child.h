/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * explain_child.h - a child with mappings of all kinds, what /proc says of them, and what `explain` does.
 */
#ifndef VT_EXPLAIN_CHILD_H
#define VT_EXPLAIN_CHILD_H

#include "bpf_leak.h"
#include "check.h"
#include "cpu_tlbs.h"
#include "scope.h"
#include "system.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096UL
#define HUGE (2UL << 20)
#define MAX_ADDRESSES 256

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif
#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

#define PRESENT (1ULL << 63)
#define SWAPPED (1ULL << 62)
#define FRAME ((1ULL << 55) - 1)

/** struct mappings - what the child has made; shared with it */
struct mappings {
	uint64_t touched; /* a page written; the next one is untouched */
	uint64_t none;	  /* written, then PROT_NONE */
	uint64_t file;	  /* page 2 of this program */
	uint64_t huge;	  /* THP, if the kernel gave one */
	uint64_t swapped; /* paged out, if there is swap */
	uint64_t hole;	  /* unmapped: 2 pages after a VMA, 1 before the next */
};

static pid_t child;
static struct mappings *m;

/* Between two pages without access, so that it merges with no VMA beside it. */
static char *map(size_t bytes)
{
	char *p = mmap(NULL, bytes + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED || mprotect(p + PAGE, bytes, PROT_READ | PROT_WRITE))
		_exit(3);
	return p + PAGE;
}

/* In the child: no assertions of cmocka here. */
static void make_mappings(void)
{
	char *touched = map(6 * PAGE), *p = map(PAGE);
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	touched[0] = 1;
	m->touched = (uintptr_t)touched;

	p[0] = 1;
	mprotect(p, PAGE, PROT_NONE);
	m->none = (uintptr_t)p;

	p = mmap(NULL, 4 * PAGE, PROT_READ, MAP_PRIVATE, fd, PAGE);
	if (p == MAP_FAILED)
		_exit(3);
	(void)*(volatile char *)(p + PAGE);
	m->file = (uintptr_t)p + PAGE;

	p = map(2 * HUGE);
	p = (char *)(((uintptr_t)p + HUGE - 1) & ~(HUGE - 1));
	madvise(p, HUGE, MADV_HUGEPAGE);
	p[0] = 1;
	madvise(p, HUGE, MADV_COLLAPSE); /* if free memory had no huge page just then */
	m->huge = (uintptr_t)p;

	p = map(PAGE);
	p[0] = 1;
	madvise(p, PAGE, MADV_PAGEOUT);
	m->swapped = (uintptr_t)p;

	/* last, so that nothing is mapped into it */
	munmap(touched + 2 * PAGE, 3 * PAGE);
	m->hole = (uintptr_t)touched + 4 * PAGE;
}

static void start_child(void)
{
	int ready[2];
	char c;

	vt_one_cpu();
	m = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	vt_true(m != MAP_FAILED);
	vt_sys(pipe2(ready, O_CLOEXEC));
	vt_sys(child = fork());
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		make_mappings();
		if (write(ready[1], "", 1) != 1)
			_exit(3);
		for (;;)
			pause();
	}
	close(ready[1]);
	vt_equal(read(ready[0], &c, 1), 1, "the child is ready");
	close(ready[0]);
}

static int end_child(void **state)
{
	if (child > 0) {
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		child = 0;
	}
	return vt_test_done(state);
}

/* --- /proc, read independently --------------------------------------------------------------- */

static uint64_t word(const char *path, uint64_t index)
{
	uint64_t value = 0;
	int fd;

	vt_sys(fd = open(path, O_RDONLY | O_CLOEXEC));
	vt_equal(pread(fd, &value, 8, index * 8), 8, "word %" PRIu64 " of %s", index, path);
	close(fd);
	return value;
}

static uint64_t pagemap(pid_t pid, uint64_t address)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	return word(path, address / PAGE);
}

/* A field of smaps, in bytes, of the VMA that begins at @start. */
static uint64_t smaps_field(uint64_t start, const char *field)
{
	char path[64], head[32], *text, *at;
	uint64_t kib;

	snprintf(path, sizeof(path), "/proc/%d/smaps", child);
	snprintf(head, sizeof(head), "%" PRIx64 "-", start);
	text = vt_read_file(path, NULL);
	at = strstr(text, head);
	vt_true(at && (at == text || at[-1] == '\n'));
	at = strstr(at, field);
	vt_true(at);
	vt_equal(sscanf(at + strlen(field), ": %" SCNu64, &kib), 1, "%s in smaps", field);
	free(text);
	return kib << 10;
}

/* --- running it ------------------------------------------------------------------------------ */

static struct json_object *explain(pid_t pid, const uint64_t *addresses, size_t nr,
				   const struct vt_how *how)
{
	static char texts[MAX_ADDRESSES][20];
	const char *argv[MAX_ADDRESSES + 7] = { vt_vmascope(), "explain", "-j", "-p" };
	struct json_object *json;
	struct vt_cmd cmd;
	char id[16];

	vt_true(nr <= MAX_ADDRESSES);
	snprintf(id, sizeof(id), "%d", pid);
	argv[4] = id;
	for (size_t i = 0; i < nr; i++) {
		snprintf(texts[i], sizeof(texts[i]), i & 1 ? "%" PRIx64 : "0x%" PRIx64,
			 addresses[i]);
		argv[5 + i] = texts[i];
	}
	vt_run(&cmd, how, argv);
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	json = vt_json(cmd.out, "explain");
	vt_equal(vt_int(json, "schema"), 1, "schema");
	vt_equal(vt_int(json, "pid"), pid, "pid");
	vt_equal(vt_len(json, "addresses"), nr, "addresses explained");
	for (size_t i = 0; i < nr; i++)
		vt_true(vt_hex(vt_at(json, "addresses", i), "address") == addresses[i]);
	vt_free(&cmd);
	return json;
}

/* Where a page is, of what pagemap says. */
static uint64_t place(uint64_t address)
{
	return pagemap(child, address) & (PRESENT | SWAPPED | FRAME);
}

/**
 * explain_still - explain @n @addresses while none of their pages moves
 *
 * @places: where each was
 *
 * Another test's swap may take a page, and its end give it back.
 */
static struct json_object *explain_still(const uint64_t *addresses, size_t n, uint64_t *places)
{
	for (int looks = 0; looks < 100; looks++) {
		struct json_object *json;
		bool moved = false;

		for (size_t i = 0; i < n; i++)
			places[i] = place(addresses[i]);
		json = explain(child, addresses, n, NULL);
		for (size_t i = 0; i < n; i++)
			moved |= place(addresses[i]) != places[i];
		if (!moved)
			return json;
		json_object_put(json);
	}
	fail_msg("pages moved at each of 100 looks");
	return NULL;
}

/* The explanation of one address of the child; @json is to be released. */
static struct json_object *explain_one(uint64_t address, struct json_object **json)
{
	*json = explain(child, &address, 1, NULL);
	return vt_at(*json, "addresses", 0);
}

/* The same of an address that has a page, which does not move meanwhile */
static struct json_object *explain_page(uint64_t address, struct json_object **json)
{
	uint64_t at;

	*json = explain_still(&address, 1, &at);
	return vt_at(*json, "addresses", 0);
}

/* The lowest entry; the indices on the way down are those of the address. */
static struct json_object *last_entry(struct json_object *a)
{
	struct json_object *entry = NULL, *last = NULL;
	const uint64_t address = vt_hex(a, "address");
	int shift = vt_int(a, "page_tables.levels") == 5 ? 48 : 39;

	vt_each(entry, a, "page_tables.entries")
	{
		vt_equal(vt_int(entry, "index"), (address >> shift) & 511, "index at bit %d",
			 shift);
		shift -= 9;
		if (vt_get(entry, "entry"))
			last = entry;
	}
	vt_equal(shift, 3, "levels down to the page");
	vt_true(last);
	return last;
}

static void need_kind(struct json_object *entry, const char *level, const char *kind)
{
	if (strcmp(vt_str(entry, "level"), level) || strcmp(vt_str(entry, "kind"), kind))
		fail_msg("%s in the %s, not %s in the %s", vt_str(entry, "kind"),
			 vt_str(entry, "level"), kind, level);
}

static bool has_flag(struct json_object *o, const char *map, const char *flag)
{
	return json_object_object_get_ex(vt_need(o, map, json_type_object), flag, NULL);
}

/* All is known but, where cpuid does not tell them, the sizes of TLBs. */
static void check_unknown(struct json_object *a)
{
	struct json_object *u;

	vt_equal(vt_len(a, "unknown"), vt_cpuid_tlbs(0) ? 0 : 1, "things that are unknown");
	vt_each(u, a, "unknown") assert_string_equal(vt_str(u, "what"), "TLB sizes");
}

/* Those that hold pages of this size, as many as cpuid lists; none where it lists none at all. */
static void check_tlbs(struct json_object *a, uint64_t page_size)
{
	struct json_object *tlb;

	if (!vt_cpuid_tlbs(0)) {
		vt_true(!vt_get(a, "tlb.source"));
		vt_equal(vt_len(a, "tlb.tlbs"), 0, "TLBs where cpuid lists none");
		return;
	}
	vt_equal(vt_int(a, "tlb.page_size"), page_size, "page size of the TLBs");
	vt_contains(vt_str(a, "tlb.source"), "cpuid ");
	vt_equal(vt_len(a, "tlb.tlbs"), vt_cpuid_tlbs(page_size), "TLBs of that page size");
	vt_each(tlb, a, "tlb.tlbs")
		vt_equal(vt_int(tlb, "reach_bytes"), vt_int(tlb, "entries") * page_size, "reach");
}

/* Frame, map count and flags are what the kernel says of the page at @address. */
static void check_page(struct json_object *a, uint64_t address)
{
	static const struct {
		const char *name;
		int bit;
	} flags[] = {
		{ "lru", 5 },	{ "mmap", 11 }, { "anon", 12 },	     { "swapbacked", 14 },
		{ "huge", 17 }, { "thp", 22 },	{ "zero-page", 24 }, { "compound-tail", 16 }
	};
	const uint64_t seen = pagemap(child, address), frame = seen & FRAME;
	uint64_t word_of_flags;

	vt_true(seen & PRESENT && frame);
	vt_true(vt_hex(last_entry(a), "frame") == frame);
	vt_true(vt_hex(a, "page.frame") == frame);
	vt_true(vt_bool(a, "page.pagemap.present"));
	vt_true(!vt_bool(a, "page.pagemap.swapped"));
	vt_equal(vt_bool(a, "page.pagemap.exclusive"), seen >> 56 & 1, "exclusive");
	vt_equal(vt_bool(a, "page.pagemap.file_or_shared"), seen >> 61 & 1, "of a file");
	vt_equal(vt_int(a, "page.mapcount"), word("/proc/kpagecount", frame), "map count");
	word_of_flags = word("/proc/kpageflags", frame);
	/* A page comes to its LRU list some time after its first touch: maybe between the looks. */
	if (!has_flag(a, "page.flags", "lru"))
		word_of_flags &= ~(1ULL << flags[0].bit);
	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		vt_equal(has_flag(a, "page.flags", flags[i].name),
			 word_of_flags >> flags[i].bit & 1, "page flag %s", flags[i].name);
	check_unknown(a);
}

#endif /* VT_EXPLAIN_CHILD_H */
