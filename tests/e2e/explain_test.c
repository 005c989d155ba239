// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain_test - what `explain` says of addresses is what /proc says, read by the test itself.
 */
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

/* The explanation of one address of the child; @json is to be released. */
static struct json_object *explain_one(uint64_t address, struct json_object **json)
{
	*json = explain(child, &address, 1, NULL);
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

/* --- the tests ------------------------------------------------------------------------------- */

static void anonymous_page(void **state)
{
	static struct vt_bpf_ids before;
	struct json_object *json, *a, *entry;

	(void)state;
	vt_bpf_list(&before);
	start_child();
	a = explain_one(m->touched + 0x123, &json);
	check_page(a, m->touched);
	entry = last_entry(a);
	need_kind(entry, "PTE", "page");
	vt_true(has_flag(entry, "flags", "present") && has_flag(entry, "flags", "rw"));
	vt_true(has_flag(entry, "flags", "dirty") && has_flag(entry, "flags", "nx"));
	vt_equal(vt_hex(a, "page_tables.offset"), 0x123, "offset in the page");
	vt_equal(vt_int(a, "page_tables.page_size"), PAGE, "page size");
	check_tlbs(a, PAGE);
	vt_equal(vt_hex(a, "vma.start"), m->touched, "start of the VMA");
	vt_equal(vt_hex(a, "vma.end"), m->touched + 2 * PAGE, "end of the VMA");
	vt_equal(vt_int(a, "vma.rss_bytes"), smaps_field(m->touched, "Rss"), "Rss");
	vt_equal(vt_int(a, "vma.pss_bytes"), smaps_field(m->touched, "Pss"), "Pss");
	vt_equal(vt_int(a, "vma.rss_bytes"), PAGE, "one page of two");
	vt_true(has_flag(a, "vma.vm_flags", "rd") && has_flag(a, "vma.vm_flags", "wr"));
	vt_true(!has_flag(a, "vma.vm_flags", "ex"));
	json_object_put(json);
	vt_bpf_await_none_new(&before);
}

static void nothing_mapped(void **state)
{
	struct json_object *json, *a;

	(void)state;
	start_child();
	a = explain_one(m->touched + PAGE, &json);
	need_kind(last_entry(a), "PTE", "empty");
	/* whatever else: a new VMA is soft-dirty all over, where that is kept */
	vt_true(!(pagemap(child, m->touched + PAGE) & (PRESENT | SWAPPED)));
	vt_true(!vt_get(a, "page.frame") && !vt_get(a, "page.mapcount"));
	vt_true(!vt_bool(a, "page.pagemap.present"));
	json_object_put(json);
}

static void page_without_access(void **state)
{
	struct json_object *json, *a;

	(void)state;
	start_child();
	a = explain_one(m->none, &json);
	/* pagemap calls it present, too */
	check_page(a, m->none);
	need_kind(last_entry(a), "PTE", "protnone");
	vt_true(!has_flag(last_entry(a), "flags", "present"));
	vt_contains(vt_str(a, "summary"), "PROT_NONE");
	json_object_put(json);
}

static void page_of_a_file(void **state)
{
	struct json_object *json, *a;

	(void)state;
	start_child();
	a = explain_one(m->file + 7, &json);
	check_page(a, m->file);
	need_kind(last_entry(a), "PTE", "page");
	vt_true(!has_flag(last_entry(a), "flags", "rw"));
	vt_true(vt_bool(a, "page.pagemap.file_or_shared"));
	vt_equal(vt_hex(a, "vma.file_offset"), 2 * PAGE + 7, "offset in the file");
	vt_contains(vt_str(a, "vma.name"), "explain_test");
	json_object_put(json);
}

static void huge_page(void **state)
{
	const uint64_t offset = 5 * PAGE + 9;
	struct json_object *json, *a;

	(void)state;
	if (access("/sys/kernel/mm/transparent_hugepage", F_OK))
		skip(); /* PREEMPT_RT: tests/vm/skips; natively a skip is a failure */
	vt_set("/sys/kernel/mm/transparent_hugepage/enabled", "madvise");
	vt_set("/sys/kernel/mm/transparent_hugepage/defrag", "madvise");
	vt_compact();
	start_child();
	vt_equal(smaps_field(m->huge, "AnonHugePages"), HUGE, "the kernel gave a huge page");
	a = explain_one(m->huge + offset, &json);
	check_page(a, m->huge + offset);
	need_kind(last_entry(a), "PMD", "page");
	vt_true(has_flag(last_entry(a), "flags", "pse"));
	vt_equal(vt_hex(a, "page_tables.offset"), offset, "offset in the page");
	vt_equal(vt_int(a, "page_tables.page_size"), HUGE, "page size");
	vt_equal(vt_int(a, "vma.anon_huge_bytes"), HUGE, "AnonHugePages");
	check_tlbs(a, HUGE);
	json_object_put(json);
}

static void swapped_page(void **state)
{
	struct json_object *json, *a, *entry;
	uint64_t seen;

	(void)state;
	vt_swap_on_zram("16M");
	start_child();
	seen = pagemap(child, m->swapped);
	vt_true(seen & SWAPPED && !(seen & PRESENT));
	a = explain_one(m->swapped, &json);
	entry = last_entry(a);
	need_kind(entry, "PTE", "swap");
	vt_equal(vt_int(entry, "swap_type"), seen & 31, "swap type");
	vt_equal(vt_int(entry, "swap_offset"), (seen & FRAME) >> 5, "swap offset");
	vt_true(vt_bool(a, "page.pagemap.swapped"));
	vt_true(!vt_get(a, "page.frame"));
	vt_equal(vt_int(a, "vma.swap_bytes"), PAGE, "Swap");
	json_object_put(json);
	end_child(state); /* swap can be taken away now */
}

static void no_vma(void **state)
{
	struct json_object *json, *a, *near;

	(void)state;
	start_child();
	a = explain_one(m->hole, &json);
	vt_true(!vt_get(a, "vma") && !vt_get(a, "page"));
	near = vt_at(a, "around.nearest", 0);
	vt_true(!strcmp(vt_str(near, "side"), "before"));
	vt_equal(vt_hex(near, "end"), m->touched + 2 * PAGE, "end of the VMA before");
	vt_equal(vt_int(near, "distance_bytes"), 2 * PAGE, "bytes since the VMA before");
	near = vt_at(a, "around.nearest", 1);
	vt_equal(vt_hex(near, "start"), m->hole + PAGE, "start of the VMA after");
	vt_equal(vt_int(near, "distance_bytes"), PAGE, "bytes to the VMA after");
	vt_true(!vt_get(a, "around.stack_gap"));
	vt_contains(vt_str(a, "summary"), "SEGV_MAPERR");
	json_object_put(json);
}

/* Each VMA of @pid: its first page and its last. */
static size_t edges(pid_t pid, uint64_t *addresses, size_t max, uint64_t *stack)
{
	char path[64], *text;
	size_t n = 0;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	text = vt_read_file(path, NULL);
	for (char *p = text, *line; (line = strsep(&p, "\n")) && *line && n + 2 <= max;) {
		uint64_t start, end;

		vt_equal(sscanf(line, "%" SCNx64 "-%" SCNx64, &start, &end), 2, "a maps line");
		if (strstr(line, "[stack]") && stack)
			*stack = start;
		if (start >> 63)
			continue; /* [vsyscall] */
		addresses[n++] = start;
		addresses[n++] = end - 1;
	}
	free(text);
	return n;
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

/* The page tables and pagemap agree on every page that is looked at. */
static void all_vmas(void **state)
{
	uint64_t addresses[MAX_ADDRESSES], places[MAX_ADDRESSES];
	struct json_object *json, *a;
	size_t n, at = 0, present = 0;

	(void)state;
	start_child();
	n = edges(child, addresses, MAX_ADDRESSES, NULL);
	vt_cmp(n, >=, 20, "addresses");
	json = explain_still(addresses, n, places);
	vt_each(a, json, "addresses")
	{
		const uint64_t address = vt_hex(a, "address"), seen = places[at++];
		struct json_object *entry = last_entry(a);

		vt_true(address == addresses[at - 1]);
		if (has_flag(a, "vma.vm_flags", "pf")) { /* [vvar]: pagemap passes over it */
			vt_true(!vt_get(a, "page.pagemap"));
			continue;
		}
		if (!(seen & PRESENT)) {
			vt_true(strcmp(vt_str(entry, "kind"), "page") &&
				strcmp(vt_str(entry, "kind"), "protnone"));
			continue;
		}
		if (vt_hex(entry, "frame") != (seen & FRAME))
			fail_msg("%#" PRIx64 " of %s: frame %#" PRIx64 " instead of %#llx", address,
				 vt_str(a, "vma.name"), vt_hex(entry, "frame"), seen & FRAME);
		present++;
	}
	vt_cmp(present, >=, 10, "pages compared");
	json_object_put(json);
}

static void below_the_stack(void **state)
{
	uint64_t addresses[MAX_ADDRESSES], stack = 0;
	struct json_object *json, *a;

	(void)state;
	start_child();
	edges(child, addresses, MAX_ADDRESSES, &stack);
	vt_true(stack);
	a = explain_one(stack - 16 * PAGE, &json);
	vt_true(vt_bool(a, "around.stack_gap.grows"));
	vt_contains(vt_str(a, "summary"), "stack");
	json_object_put(json);
	a = explain_one(stack - (1ULL << 40), &json);
	vt_true(!vt_get(a, "around.stack_gap") || !vt_bool(a, "around.stack_gap.grows"));
	json_object_put(json);
}

static void addresses_of_nobody(void **state)
{
	struct json_object *json, *a;

	(void)state;
	start_child();
	a = explain_one(0xffff800000000000, &json);
	vt_true(!strcmp(vt_str(a, "kind"), "kernel"));
	vt_true(!vt_get(a, "vma") && !vt_get(a, "page"));
	json_object_put(json);
	a = explain_one(0x1234567890abcdef, &json);
	vt_true(!strcmp(vt_str(a, "kind"), "non-canonical"));
	vt_true(!vt_get(a, "page_tables"));
	json_object_put(json);
}

/* Without capabilities a process's own user still learns something, and what is missing. */
static void without_capabilities(void **state)
{
	static const struct vt_how nobody = { .uid = 65534 };
	static const struct vt_how waiting = { .uid = 65534, .stdin_pipe = true };
	uint64_t addresses[MAX_ADDRESSES];
	struct json_object *json, *a, *u;
	bool tables = false, frame = false;
	char path[64], exe[256] = "";
	struct vt_cmd sleeper;

	(void)state;
	vt_start(&sleeper, &waiting, VT_ARGS("/bin/cat"));
	vt_await_reading(&sleeper);
	vt_cmp(edges(sleeper.pid, addresses, MAX_ADDRESSES, NULL), >=, 2, "addresses");
	vt_true(pagemap(sleeper.pid, addresses[0]) & PRESENT);
	json = explain(sleeper.pid, addresses, 1, &nobody);
	a = vt_at(json, "addresses", 0);
	vt_each(u, a, "unknown")
	{
		tables |= !strcmp(vt_str(u, "what"), "page tables");
		frame |= !strcmp(vt_str(u, "what"), "frame");
		vt_cmp(strlen(vt_str(u, "why")), >, 5, "a reason");
	}
	vt_true(tables && frame);
	vt_true(!vt_get(a, "page.frame") && !vt_get(a, "page.flags") &&
		!vt_get(a, "page.mapcount"));
	vt_each(u, a, "page_tables.entries") vt_true(!vt_get(u, "entry") && !vt_get(u, "frame"));
	vt_true(vt_bool(a, "page.pagemap.present"));
	snprintf(path, sizeof(path), "/proc/%d/exe", sleeper.pid);
	vt_cmp(readlink(path, exe, sizeof(exe) - 1), >, 0, "length of %s", path);
	vt_contains(vt_str(a, "vma.name"), exe);
	json_object_put(json);
	vt_free(&sleeper);
}

static void as_text(void **state)
{
	char address[32], hole[32], pid[16];
	struct vt_cmd cmd;

	(void)state;
	vt_columns(80);
	start_child();
	snprintf(pid, sizeof(pid), "%d", child);
	snprintf(address, sizeof(address), "%" PRIx64, m->file);
	snprintf(hole, sizeof(hole), "%" PRIx64, m->hole);
	vt_run(&cmd, NULL, VT_ARGS(vt_vmascope(), "explain", address, "-p", pid, hole));
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	vt_check_width(cmd.out, 80);
	vt_contains(cmd.out, address);
	vt_contains(cmd.out, "PTE");
	vt_contains(cmd.out, "VmFlags: rd (readable)");
	vt_contains(cmd.out, "NEAREST");
	vt_contains(cmd.out, "uptodate");
	vt_free(&cmd);
}

static void check_fails(const char *const *argv, int status, const char *part)
{
	struct vt_cmd cmd;

	vt_run(&cmd, NULL, argv);
	vt_equal(cmd.exit, status, "exit status: %s", cmd.err);
	vt_contains(cmd.err, part);
	vt_equal(strlen(cmd.out), 0, "bytes of output");
	vt_free(&cmd);
}

static void bad_input(void **state)
{
	static const char *const bad[] = {
		"", "xyz", "0x", "-1", "1 ", "12345678901234567", "0x1g"
	};
	char self[16];

	(void)state;
	snprintf(self, sizeof(self), "%d", getpid());
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		check_fails(VT_ARGS(vt_vmascope(), "explain", "-p", self, "--", bad[i]), 2,
			    "bad address");
	check_fails(VT_ARGS(vt_vmascope(), "explain", "-p", self), 2, "address");
	check_fails(VT_ARGS(vt_vmascope(), "explain", "1000"), 2, "-p");
	check_fails(VT_ARGS(vt_vmascope(), "explain", "-p", "1,2", "1000"), 2, "-p");
	vt_true(kill(4194303, 0) && errno == ESRCH);
	check_fails(VT_ARGS(vt_vmascope(), "explain", "-p", "4194303", "1000"), 1, "4194303");
	check_fails(VT_ARGS(vt_vmascope(), "explain", "-p", "2", "1000"), 1, "kernel thread");
}

/* To find one VMA behind thousands, smaps would walk the page tables of all of them. */
static void many_vmas(void **state)
{
	static const struct vt_how piped = { .stdin_pipe = true };
	struct json_object *doc, *a, *u;
	struct vt_cmd work, cmd;
	char pid[16], address[32];
	bool told = false;

	(void)state;
	vt_start(&work, &piped,
		 VT_ARGS(vt_workload("manyvmas"), "--vmas", "4000", "--result",
			 vt_path("work.json")));
	vt_await_text(&work, "ready ");
	snprintf(address, sizeof(address), "%.*s", 20, strstr(vt_peek(&work), "ready ") + 6);
	address[strcspn(address, "\n")] = '\0';
	snprintf(pid, sizeof(pid), "%d", work.pid);
	vt_run(&cmd, NULL, VT_ARGS(vt_vmascope(), "explain", "-j", "-p", pid, address));
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	doc = vt_json(cmd.out, "explain");
	a = vt_at(doc, "addresses", 0);
	/* what maps says is there */
	vt_equal(vt_int(a, "vma.size_bytes"), PAGE, "size of the VMA");
	assert_string_equal(vt_str(a, "vma.perms"), "r--p");
	vt_true(!vt_get(a, "vma.rss_bytes"));
	vt_each(u, a, "unknown") told |= !strcmp(vt_str(u, "what"), "VMA sizes and flags") &&
					 strstr(vt_str(u, "why"), "mmap_lock");
	vt_true(told);
	json_object_put(doc);
	vt_free(&cmd);
	vt_free(&work);
}

#define EXPLAIN_TEST(f) cmocka_unit_test_teardown(f, end_child)

static const struct CMUnitTest tests[] = {
	EXPLAIN_TEST(anonymous_page),
	EXPLAIN_TEST(nothing_mapped),
	EXPLAIN_TEST(page_without_access),
	EXPLAIN_TEST(page_of_a_file),
	EXPLAIN_TEST(huge_page),
	EXPLAIN_TEST(swapped_page),
	EXPLAIN_TEST(no_vma),
	EXPLAIN_TEST(all_vmas),
	EXPLAIN_TEST(below_the_stack),
	EXPLAIN_TEST(addresses_of_nobody),
	EXPLAIN_TEST(without_capabilities),
	EXPLAIN_TEST(as_text),
	EXPLAIN_TEST(bad_input),
	EXPLAIN_TEST(many_vmas),
};

VT_MAIN(tests)
