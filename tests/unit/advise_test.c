// SPDX-License-Identifier: GPL-2.0-only
/*
 * advise_test - findings from made counts: where each rule begins to apply, what it ignores, shares, gains
 * and order; the texts of all rules.
 */
#include "call_rows.h"

#include "advise/advise.h"
#include "advise/allocator.h"
#include "format/out.h"
#include "util/array.h"
#include "view/advise/advise.h"

#define START 0x10000000ULL
#define LIBC 0x7f0000000000ULL
#define CODE 0x400000ULL
#define MS 1000000ULL
/** Pages of 32 MiB. */
#define LARGE 8192ULL
/** Pages of 16 MiB. */
#define FILE_PAGES 4096ULL

/** struct scene - a run of process 100 "one": slot 1, with a VMA in slot 2, its program in 3, libc in 4 */
struct scene {
	struct run_model run;
	struct findings found;
	uint32_t calls;
};

static struct scene *open_scene(uint64_t pages, enum vs_name_kind kind)
{
	static const char *const files[] = { "one", "libc.so.6" };
	static const uint64_t starts[] = { CODE, LIBC };
	struct scene *x = calloc(1, sizeof(*x));
	struct vs_slot vma = vma_slot(1, START, kind);

	assert_non_null(x);
	assert_int_equal(run_model__init(&x->run, TEST_SLOTS, TEST_CALL_ROWS, 1, TEST_CPUS), 0);
	take(&x->run.model, 1, image_slot(100, 0xa, "one"), NULL);
	vma.vma.end = START + pages * PAGE;
	take(&x->run.model, 2, vma, NULL);
	for (uint32_t i = 0; i < 2; i++) {
		const struct vs_file file = file_named(files[i]);

		take(&x->run.model, 3 + i, file_slot(1, starts[i], 7 + i), &file);
	}
	return x;
}

static void close_scene(struct scene *x)
{
	findings__free(&x->found);
	run_model__free(&x->run);
	free(x);
}

/** look - apply the rules to a run of @wall_ns. Return: number of findings. */
static size_t look(struct scene *x, uint64_t wall_ns)
{
	findings__free(&x->found);
	assert_int_equal(findings__make(&x->found, &x->run, 1000, 1000 + wall_ns), 0);
	return x->found.nr;
}

static void set_counts(struct scene *x, struct vs_counts c)
{
	model__update_counts(&x->run.model, 2, &c);
}

/** add_call - calls from @site on the VMA: @n of them, 1,000 ns each, with a length of @bytes */
static struct vs_call_row add_call(struct scene *x, enum vs_call call, uint32_t detail,
				   uint64_t site, uint64_t n, uint64_t bytes)
{
	struct vs_call_row row = call_row(1, call, detail, START, n * bytes);

	row.key.vma = 2;
	row.key.site = site;
	called(&row, n, 0);
	row.counts.bytes = n * bytes;
	put(&x->run.shootdown, &x->run.model, ++x->calls, &row);
	return row;
}

static void refaulted(struct scene *x, struct vs_call_row row, uint64_t n)
{
	row.counts.refaults = n;
	row.counts.refault_ns = 1000 * n;
	shootdown__update(&x->run.shootdown, x->calls, &row);
}

static const struct finding *only(const struct scene *x, enum advice_number rule)
{
	assert_int_equal(x->found.nr, 1);
	assert_int_equal(x->found.list[0].rule, rule);
	return &x->found.list[0];
}

static void has(const struct finding *f, enum advice_evidence which, uint64_t value)
{
	assert_true(f->known & 1u << which);
	assert_true(f->figure[which] == value);
}

/* --- shares ---------------------------------------------------------------------------------------- */

static void share_decides(void **state)
{
	struct scene *x = open_scene(LARGE, VS_NAME_ANON);
	const struct finding *f;

	(void)state;
	set_counts(x, counted(LARGE, 0));
	/* 8.192 ms of 100, of 1,000, of 10,000 */
	assert_int_equal(look(x, 100 * MS), 1);
	f = only(x, ADVICE_POPULATE);
	assert_true(f->cost_ns == LARGE * 1000);
	assert_true(f->gain_ns == LARGE * 100);
	assert_true(f->wall_ns == 100 * MS);
	assert_float_equal(finding_share(f, f->cost_ns), 0.08192, 1e-9);
	assert_false(finding_is_minor(f));
	assert_int_equal(look(x, 1000 * MS), 1);
	assert_true(finding_is_minor(only(x, ADVICE_POPULATE)));
	assert_int_equal(look(x, 10000 * MS), 0);
	/* several threads spend more than the time */
	assert_int_equal(look(x, 1 * MS), 1);
	f = only(x, ADVICE_POPULATE);
	assert_float_equal(finding_share(f, f->cost_ns), 1, 0);
	close_scene(x);
}

/* A process that did not run all the time has only its own. */
static void wall_time_is_that_of_its_threads(void **state)
{
	struct scene *x = open_scene(LARGE, VS_NAME_ANON);
	const struct vs_thread mine = {
		.pid = 100, .tid = 100, .since_ns = 1000 + 10 * MS, .until_ns = 1000 + 30 * MS
	};
	const struct vs_thread other = { .pid = 200, .tid = 200, .since_ns = 1000 };

	(void)state;
	set_counts(x, counted(LARGE, 0));
	threads__update(&x->run.threads, &mine);
	threads__update(&x->run.threads, &other);
	assert_int_equal(look(x, 10000 * MS), 1);
	assert_true(only(x, ADVICE_POPULATE)->wall_ns == 20 * MS);
	close_scene(x);
}

static void highest_cost_first(void **state)
{
	struct scene *x = open_scene(LARGE, VS_NAME_ANON);

	(void)state;
	set_counts(x, counted(LARGE, 0));
	add_call(x, VS_CALL_MPROTECT, 0, CODE + 16, 2 * LARGE, PAGE);
	assert_int_equal(look(x, 100 * MS), 2);
	assert_int_equal(x->found.list[0].rule, ADVICE_MPROTECT_SMALL);
	assert_int_equal(x->found.list[1].rule, ADVICE_POPULATE);
	close_scene(x);
}

/* --- rules ------------------------------------------------------------------------------------------- */

static void populate_wants_a_large_dense_range(void **state)
{
	struct scene *x = open_scene(LARGE, VS_NAME_ANON), *small;
	const struct finding *f;
	struct vs_counts c;

	(void)state;
	set_counts(x, counted(LARGE, 0));
	look(x, 100 * MS);
	f = only(x, ADVICE_POPULATE);
	has(f, EVIDENCE_FAULTS, LARGE);
	has(f, EVIDENCE_PAGES, LARGE);
	has(f, EVIDENCE_REMAINING, LARGE / 512);
	assert_true(f->start == START && f->end == START + LARGE * PAGE);
	assert_non_null(strstr(f->advice, "madvise(MADV_HUGEPAGE)"));
	close_scene(x);

	x = open_scene(LARGE, VS_NAME_ANON);
	set_counts(x, counted(LARGE / 2, 0));
	assert_int_equal(look(x, 100 * MS), 0); /* sparse */
	close_scene(x);
	x = open_scene(LARGE, VS_NAME_ANON);
	c = counted(LARGE, 0);
	c.size[VS_SIZE_PAGE] = LARGE / 2;
	c.size[VS_SIZE_LARGE] = LARGE / 2;
	set_counts(x, c);
	assert_int_equal(look(x, 100 * MS), 0); /* large folios already */
	c = counted(LARGE, 0);
	c.gup = LARGE;
	set_counts(x, c);
	assert_int_equal(look(x, 100 * MS), 0); /* populated by a call */
	close_scene(x);
	small = open_scene(4095, VS_NAME_ANON);
	set_counts(small, counted(4095, 0));
	assert_int_equal(look(small, 100 * MS), 0);
	close_scene(small);
	x = open_scene(LARGE, VS_NAME_HEAP);
	set_counts(x, counted(LARGE, 0));
	look(x, 100 * MS);
	assert_non_null(strstr(only(x, ADVICE_POPULATE)->advice, "glibc.malloc.hugetlb=1"));
	close_scene(x);
}

static void writes_to_the_zero_page(void **state)
{
	struct scene *x = open_scene(1000, VS_NAME_ANON);
	struct vs_counts c = counted(2000, 0);

	(void)state;
	c.cause[VS_CAUSE_ANON_ZERO] = c.cause[VS_CAUSE_COW_ZERO] = 1000;
	set_counts(x, c);
	look(x, 100 * MS);
	has(only(x, ADVICE_READ_BEFORE_WRITE), EVIDENCE_FAULTS, 1000);
	assert_true(only(x, ADVICE_READ_BEFORE_WRITE)->cost_ns == MS);
	c.cause[VS_CAUSE_COW_ZERO] = 63;
	set_counts(x, c);
	assert_int_equal(look(x, 1 * MS), 0);
	close_scene(x);
}

static void heap_that_is_trimmed(void **state)
{
	struct scene *x = open_scene(1000, VS_NAME_HEAP);
	const struct finding *f;

	(void)state;
	set_counts(x, counted(5000, 0));
	assert_int_equal(look(x, 100 * MS), 0); /* no call gave it back */
	add_call(x, VS_CALL_BRK, 0, LIBC + 16, 100, PAGE);
	look(x, 100 * MS);
	f = only(x, ADVICE_MALLOC_TRIM);
	has(f, EVIDENCE_REPEATED, 4000);
	has(f, EVIDENCE_CALLS, 100);
	assert_true(f->cost_ns == (4000 + 100) * 1000);
	assert_non_null(strstr(f->advice, "glibc.malloc.trim_threshold="));
	/* the first faults on the heap are no pattern, and neither is a heap that only grows */
	set_counts(x, counted(1900, 0));
	assert_int_equal(look(x, 100 * MS), 0);
	set_counts(x, counted(1000, 0));
	assert_int_equal(look(x, 1 * MS), 0);
	close_scene(x);

	x = open_scene(1000, VS_NAME_HEAP);
	set_counts(x, counted(5000, 0));
	add_call(x, VS_CALL_BRK, 0, CODE + 16, 100, PAGE);
	assert_int_equal(look(x, 100 * MS), 0); /* not by malloc of libc */
	close_scene(x);
}

/* A block that was mapped for itself, at the same address again and again. */
static void blocks_that_are_unmapped(void **state)
{
	struct scene *x = open_scene(1000, VS_NAME_ANON);

	(void)state;
	set_counts(x, counted(5000, 0));
	add_call(x, VS_CALL_MUNMAP, 0, LIBC + 16, 5, 1000 * PAGE);
	look(x, 100 * MS);
	has(only(x, ADVICE_MALLOC_TRIM), EVIDENCE_REPEATED, 4000);
	/* the program itself unmaps there */
	add_call(x, VS_CALL_MUNMAP, 0, CODE + 16, 5, 1000 * PAGE);
	assert_int_equal(look(x, 100 * MS), 0);
	close_scene(x);
}

static void mprotect_of_neighbouring_pages(void **state)
{
	struct scene *x = open_scene(1000, VS_NAME_ANON);
	struct vs_call_row row;
	const struct finding *f;

	(void)state;
	add_call(x, VS_CALL_MPROTECT, 0, CODE + 16, 1000, PAGE);
	look(x, 100 * MS);
	f = only(x, ADVICE_MPROTECT_SMALL);
	has(f, EVIDENCE_CALLS, 1000);
	has(f, EVIDENCE_BYTES, 1000 * PAGE);
	assert_true(f->cost_ns == MS);
	assert_non_null(strstr(f->advice, "once on the whole range 10000000-103e8000"));
	close_scene(x);

	x = open_scene(1000, VS_NAME_ANON);
	row = call_row(1, VS_CALL_MPROTECT, 0, START, 100 * PAGE);
	row.key.site = CODE + 16;
	called(&row, 1000, 0);
	row.counts.bytes = 1000 * PAGE;
	put(&x->run.shootdown, &x->run.model, ++x->calls, &row);
	look(x, 100 * MS);
	assert_non_null(strstr(only(x, ADVICE_MPROTECT_SMALL)->advice, "again and again"));
	close_scene(x);

	/* few, large, or far apart */
	x = open_scene(1000, VS_NAME_ANON);
	add_call(x, VS_CALL_MPROTECT, 0, CODE + 16, 63, PAGE);
	add_call(x, VS_CALL_MPROTECT, 0, CODE + 32, 1000, 5 * PAGE);
	row.key.site = CODE + 48;
	row.end = START + 5000 * PAGE;
	put(&x->run.shootdown, &x->run.model, ++x->calls, &row);
	assert_int_equal(look(x, 10 * MS), 0);
	close_scene(x);
}

static void memory_that_is_dropped_and_used_again(void **state)
{
	struct scene *x = open_scene(1000, VS_NAME_ANON);
	const struct finding *f;
	struct vs_call_row row;

	(void)state;
	row = add_call(x, VS_CALL_MADVISE, VS_MADV_DONTNEED, CODE + 16, 10, 100 * PAGE);
	refaulted(x, row, 499);
	assert_int_equal(look(x, 100 * MS), 0);
	refaulted(x, row, 500);
	look(x, 100 * MS);
	f = only(x, ADVICE_DONTNEED_REFAULT);
	has(f, EVIDENCE_REFAULTS, 500);
	assert_true(f->cost_ns == (500 + 10) * 1000);
	assert_non_null(strstr(f->advice, "MADV_FREE"));
	assert_int_equal(f->confidence, CONFIDENCE_HIGH);
	close_scene(x);

	x = open_scene(1000, VS_NAME_ANON);
	row = add_call(x, VS_CALL_MADVISE, VS_MADV_FREE, CODE + 16, 10, 100 * PAGE);
	refaulted(x, row, 1000);
	assert_int_equal(look(x, 100 * MS), 0);
	close_scene(x);
}

static void pages_written_after_fork(void **state)
{
	struct scene *x = open_scene(1000, VS_NAME_ANON);
	struct vs_call_row fork, exec;
	struct vs_slot child = image_slot(101, 0xb, "child");

	(void)state;
	fork = add_call(x, VS_CALL_FORK, 0, CODE + 16, 2, 0);
	refaulted(x, fork, 1023);
	assert_int_equal(look(x, 100 * MS), 0);
	refaulted(x, fork, 1024);
	look(x, 100 * MS);
	has(only(x, ADVICE_FORK_COW), EVIDENCE_REFAULTS, 1024);
	has(only(x, ADVICE_FORK_COW), EVIDENCE_PROGRAMS, 0);
	assert_true(only(x, ADVICE_FORK_COW)->cost_ns == (1024 + 2) * 1000);
	assert_non_null(strstr(only(x, ADVICE_FORK_COW)->advice, "while the child lives"));
	/* the child executes a program */
	child.proc.ppid = 100;
	take(&x->run.model, 5, child, NULL);
	exec = call_row(5, VS_CALL_EXEC, 0, 0, 0);
	called(&exec, 1, 0);
	put(&x->run.shootdown, &x->run.model, ++x->calls, &exec);
	look(x, 100 * MS);
	has(only(x, ADVICE_FORK_COW), EVIDENCE_PROGRAMS, 1);
	assert_non_null(strstr(only(x, ADVICE_FORK_COW)->advice, "posix_spawn(3)"));
	close_scene(x);
}

static void threads_that_ended(void **state)
{
	struct scene *x = open_scene(1000, VS_NAME_ANON);
	struct vs_call_row row = add_call(x, VS_CALL_MADVISE, VS_MADV_DONTNEED, LIBC + 16, 100,
					  2000 * PAGE);

	(void)state;
	refaulted(x, row, 300);
	assert_int_equal(look(x, 100 * MS), 0);
	for (uint32_t i = 1; i <= 100; i++) {
		const struct vs_thread t = {
			.pid = 100, .tid = 100 + i, .since_ns = 1000, .until_ns = 1000 + 100 * MS
		};

		threads__update(&x->run.threads, &t);
	}
	look(x, 100 * MS);
	has(only(x, ADVICE_THREAD_CHURN), EVIDENCE_THREADS, 100);
	has(only(x, ADVICE_THREAD_CHURN), EVIDENCE_REFAULTS, 300);
	assert_true(only(x, ADVICE_THREAD_CHURN)->cost_ns == (300 + 100) * 1000);
	/* more calls than threads: arenas of malloc, which come back less often */
	row.counts.count = 1000;
	row.counts.latency_ns = 1000 * 1000;
	refaulted(x, row, 3000);
	assert_int_equal(look(x, 100 * MS), 0);
	close_scene(x);
}

/** file_scene - 100 "one" has mapped 16 MiB of a file in slot 5 */
static struct scene *file_scene(uint64_t flags)
{
	const struct vs_file file = file_named("data");
	struct scene *x = open_scene(1, VS_NAME_ANON);
	struct vs_slot slot = file_slot(1, 2 * START, 11);

	slot.vma.end = slot.vma.start + FILE_PAGES * PAGE;
	slot.vma.key.flags = flags;
	take(&x->run.model, 5, slot, &file);
	return x;
}

static size_t look_at_file(struct scene *x, const struct vs_counts *c)
{
	model__update_counts(&x->run.model, 5, c);
	return look(x, 100 * MS);
}

static void file_that_is_read_by_faults(void **state)
{
	struct scene *x = file_scene(VS_VM_READ);
	struct vs_counts c = counted(FILE_PAGES, 0), other;

	(void)state;
	memset(c.cause, 0, sizeof(c.cause));
	c.cause[VS_CAUSE_FILE_MAP] = FILE_PAGES / 2;
	c.cause[VS_CAUSE_FILE_READ] = FILE_PAGES / 4;
	c.cause[VS_CAUSE_FILE_WAIT] = FILE_PAGES / 4;
	c.mapped = FILE_PAGES;
	assert_int_equal(look_at_file(x, &c), 1);
	has(only(x, ADVICE_FILE_POPULATE), EVIDENCE_FAULTS, FILE_PAGES);
	has(only(x, ADVICE_FILE_POPULATE), EVIDENCE_READ_FAULTS, FILE_PAGES / 2);
	has(only(x, ADVICE_FILE_POPULATE), EVIDENCE_MAPPED, FILE_PAGES);
	has(only(x, ADVICE_FILE_POPULATE), EVIDENCE_PAGES, FILE_PAGES);
	assert_true(only(x, ADVICE_FILE_POPULATE)->cost_ns == FILE_PAGES * 1000);
	other = c;
	other.mapped = FILE_PAGES * 3 / 4 - 1; /* sparse */
	assert_int_equal(look_at_file(x, &other), 0);
	other.mapped = FILE_PAGES * 2; /* what was mapped before */
	assert_int_equal(look_at_file(x, &other), 0);
	other.mapped = 0; /* unknown */
	assert_int_equal(look_at_file(x, &other), 0);
	other = c;
	other.gup = FILE_PAGES; /* by a call */
	assert_int_equal(look_at_file(x, &other), 0);
	other = c;
	other.cause[VS_CAUSE_FILE_READ] = 63; /* it was cached */
	other.cause[VS_CAUSE_FILE_WAIT] = 0;
	other.cause[VS_CAUSE_FILE_MAP] = FILE_PAGES - 63;
	assert_int_equal(look_at_file(x, &other), 0);
	other.cause[VS_CAUSE_FILE_READ] = 64;
	other.cause[VS_CAUSE_FILE_MAP] = FILE_PAGES - 64;
	assert_int_equal(look_at_file(x, &other), 1);
	other = c;
	other.cause[VS_CAUSE_FILE_MAP] = 0; /* most are of another kind */
	other.cause[VS_CAUSE_COW] = FILE_PAGES / 2;
	assert_int_equal(look_at_file(x, &other), 0);
	close_scene(x);

	x = file_scene(VS_VM_READ | VS_VM_EXEC);
	assert_int_equal(look_at_file(x, &c), 0);
	close_scene(x);
}

static void pages_written_after_writeback(void **state)
{
	struct scene *x = file_scene(VS_VM_READ | VS_VM_WRITE | VS_VM_SHARED | VS_VM_MAYSHARE);
	struct vs_counts c = counted(3 * FILE_PAGES, 0);
	struct vs_call_row row = call_row(1, VS_CALL_MPROTECT, 0, 2 * START, PAGE);

	(void)state;
	memset(c.cause, 0, sizeof(c.cause));
	c.cause[VS_CAUSE_WRITE_NOTIFY] = 3 * FILE_PAGES;
	assert_int_equal(look_at_file(x, &c), 1);
	has(only(x, ADVICE_FILE_WRITEBACK), EVIDENCE_FAULTS, 3 * FILE_PAGES);
	has(only(x, ADVICE_FILE_WRITEBACK), EVIDENCE_REPEATED, 2 * FILE_PAGES);
	assert_true(only(x, ADVICE_FILE_WRITEBACK)->cost_ns == 2 * FILE_PAGES * 1000);
	assert_int_equal(only(x, ADVICE_FILE_WRITEBACK)->confidence, CONFIDENCE_MEDIUM);
	/* calls of the program itself on half of these pages, or just less */
	row.end = row.start + FILE_PAGES * PAGE;
	called(&row, 1, 0);
	row.counts.bytes = (FILE_PAGES - 1) * PAGE;
	put(&x->run.shootdown, &x->run.model, ++x->calls, &row);
	assert_int_equal(look_at_file(x, &c), 1);
	row.counts.bytes = FILE_PAGES * PAGE;
	shootdown__update(&x->run.shootdown, x->calls, &row);
	assert_int_equal(look_at_file(x, &c), 0);
	/* each page once, and a few of them again */
	row.counts.bytes = PAGE;
	shootdown__update(&x->run.shootdown, x->calls, &row);
	c.cause[VS_CAUSE_WRITE_NOTIFY] = FILE_PAGES + 63;
	model__update_counts(&x->run.model, 5, &c);
	assert_int_equal(look(x, 1 * MS), 0);
	c.cause[VS_CAUSE_WRITE_NOTIFY] = FILE_PAGES + 64;
	model__update_counts(&x->run.model, 5, &c);
	assert_int_equal(look(x, 1 * MS), 1);
	close_scene(x);
}

static void allocators_by_file(void **state)
{
	static const struct {
		const char *file;
		const char *name;
	} rows[] = {
		{ "libc.so.6", "glibc malloc" },      { "libc-2.31.so", "glibc malloc" },
		{ "libjemalloc.so.2", "jemalloc" },   { "libtcmalloc_minimal.so.4", "tcmalloc" },
		{ "libmimalloc.so.2.0", "mimalloc" }, { "libcap.so.2", NULL },
		{ "libclang-cpp.so.14", NULL },	      { "[anon]", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct vs_file file = file_named(rows[i].file);
		const struct allocator *a;
		struct model m;
		struct call_row row = { .site = LIBC + 8 };

		assert_int_equal(model__init(&m, TEST_SLOTS, TEST_CPUS), 0);
		take(&m, 1, image_slot(100, 0xa, "one"), NULL);
		take(&m, 2, file_slot(1, LIBC, 9), &file);
		row.process = model__process(&m, 100);
		a = allocator_at(&row);
		assert_int_equal(!a, !rows[i].name);
		if (a)
			assert_string_equal(a->name, rows[i].name);
		row.site = CODE;
		assert_null(allocator_at(&row));
		model__free(&m);
	}
	assert_null(allocator_at(NULL));
}

/* --- texts ------------------------------------------------------------------------------------------- */

static void every_rule_has_its_texts(void **state)
{
	(void)state;
	for (int i = 0; i < NR_ADVICE_RULES; i++) {
		const struct advice_text *t = advice_text(i);
		const char *const parts[] = { t->title, t->background, t->change,   t->kernel,
					      t->cost,	t->verify,     t->expected, t->sources };

		assert_string_equal(t->name, advice_rule_names[i]);
		for (size_t k = 0; k < ARRAY_SIZE(parts); k++)
			assert_true(parts[k] && *parts[k]);
		assert_int_equal(strncmp(t->verify, "vmascope ", 9), 0);
		assert_true(advice_gain_percent(i) > 0 && advice_gain_percent(i) <= 100);
	}
}

static char *text_of(struct scene *x, const char *format)
{
	struct advise_view v = { .run = { .command = "one", .duration_ns = 100 * MS },
				 .start_ns = 1000,
				 .end_ns = 1000 + 100 * MS,
				 .calls_known = true };
	struct out_options out = {};
	struct document d = {};
	char *text = NULL;
	size_t len;

	out.file = open_memstream(&text, &len);
	assert_non_null(out.file);
	advise_view__make(&v, &x->run, &d);
	assert_int_equal(document__error(&d), 0);
	assert_int_equal(out_format__document(out_format__find(format), &d, &out), 0);
	document__free(&d);
	fclose(out.file);
	return text;
}

/* A name is printed as one line, whatever it contains. */
static void hostile_names_are_escaped(void **state)
{
	struct scene *x = open_scene(1000, VS_NAME_ANON);
	struct vs_call_row row = add_call(x, VS_CALL_MPROTECT, 0, CODE + 16, 1000, PAGE);
	char *text;

	(void)state;
	(void)row;
	snprintf(model__process(&x->run.model, 100)->comm, VS_COMM_LEN, "a\n2. b\033[m");
	text = text_of(x, "text");
	assert_non_null(strstr(text, "\n  cost: 1.0% of the time of a\\n2. b\\x1b[m (100)\n"));
	assert_null(strchr(text, '\033'));
	free(text);
	close_scene(x);
}

static void no_finding_is_an_answer(void **state)
{
	struct scene *x = open_scene(1000, VS_NAME_ANON);
	char *text = text_of(x, "text");

	(void)state;
	assert_non_null(strstr(text, "No finding in 100ms"));
	free(text);
	text = text_of(x, "json");
	assert_non_null(strstr(text, "\"findings\": [\n  ]"));
	free(text);
	close_scene(x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(share_decides),
		cmocka_unit_test(wall_time_is_that_of_its_threads),
		cmocka_unit_test(highest_cost_first),
		cmocka_unit_test(populate_wants_a_large_dense_range),
		cmocka_unit_test(writes_to_the_zero_page),
		cmocka_unit_test(heap_that_is_trimmed),
		cmocka_unit_test(blocks_that_are_unmapped),
		cmocka_unit_test(mprotect_of_neighbouring_pages),
		cmocka_unit_test(memory_that_is_dropped_and_used_again),
		cmocka_unit_test(pages_written_after_fork),
		cmocka_unit_test(threads_that_ended),
		cmocka_unit_test(file_that_is_read_by_faults),
		cmocka_unit_test(pages_written_after_writeback),
		cmocka_unit_test(allocators_by_file),
		cmocka_unit_test(every_rule_has_its_texts),
		cmocka_unit_test(hostile_names_are_escaped),
		cmocka_unit_test(no_finding_is_an_answer),
	};

	return cmocka_run_group_tests_name("advise", tests, NULL, NULL);
}
