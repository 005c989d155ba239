// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain_test - what `explain` says of addresses is what /proc says, read by the test itself.
 */
#include "explain_child.h"

/* --- the tests ------------------------------------------------------------------------------- */

static void anonymous_page(void **state)
{
	static struct vt_bpf_ids before;
	struct json_object *json, *a, *entry;

	(void)state;
	vt_bpf_list(&before);
	start_child();
	a = explain_page(m->touched + 0x123, &json);
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

static void page_not_present(void **state)
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
	a = explain_page(m->none, &json);
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
	a = explain_page(m->file + 7, &json);
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
	a = explain_page(m->huge + offset, &json);
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

static void address_below_the_stack(void **state)
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

static void kernel_and_noncanonical_addresses(void **state)
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

static void text_output(void **state)
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

static void wrong_arguments(void **state)
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
	EXPLAIN_TEST(page_not_present),
	EXPLAIN_TEST(page_without_access),
	EXPLAIN_TEST(page_of_a_file),
	EXPLAIN_TEST(huge_page),
	EXPLAIN_TEST(swapped_page),
	EXPLAIN_TEST(no_vma),
	EXPLAIN_TEST(all_vmas),
	EXPLAIN_TEST(address_below_the_stack),
	EXPLAIN_TEST(kernel_and_noncanonical_addresses),
	EXPLAIN_TEST(without_capabilities),
	EXPLAIN_TEST(text_output),
	EXPLAIN_TEST(wrong_arguments),
	EXPLAIN_TEST(many_vmas),
};

VT_MAIN(tests)
