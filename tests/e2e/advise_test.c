// SPDX-License-Identifier: GPL-2.0-only
/*
 * advise_test - each rule finds its pattern, with the counts that the workload knows, and not the same
 * work with the advice applied.
 */
#include "check.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define THP "/sys/kernel/mm/transparent_hugepage/"
/** Pages of the C library and the dynamic loader that follow the pattern, too. */
#define BESIDE 64

/**
 * struct pattern - a pattern, and how the advice is applied
 * @rule: name of the rule and of the workload's mode
 * @pages, @rounds: of the workload
 * @env: NULL, or the environment variable by which the advice is applied: its value is in the advice
 */
struct pattern {
	const char *rule;
	const char *pages;
	const char *rounds;
	const char *env;
};

static const struct pattern patterns[] = {
	{ "populate", "32768", "1", NULL },
	{ "read-before-write", "32768", "1", NULL },
	{ "malloc-trim", "1", "64", "GLIBC_TUNABLES" },
	{ "mprotect-small", "16384", "1", NULL },
	{ "dontneed-refault", "512", "64", NULL },
	{ "fork-cow", "4096", "16", NULL },
	{ "thread-churn", "1", "1000", NULL },
	{ "file-populate", "4096", "1", NULL },
	{ "file-writeback", "1024", "16", NULL },
};

static const struct pattern *pattern(const char *rule)
{
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		if (!strcmp(patterns[i].rule, rule))
			return &patterns[i];
	fail_msg("no pattern %s", rule);
	return NULL;
}

/** apply - set the variable that @advice names, as it says */
static void apply(const char *env, const char *advice)
{
	const char *value = strstr(advice, env);
	char text[384];

	if (!value)
		fail_msg("no %s in: %s", env, advice);
	value += strlen(env) + 1;
	snprintf(text, sizeof(text), "%.*s", (int)strcspn(value, " ,"), value);
	vt_equal(setenv(env, text, 1), 0, "setenv %s=%s", env, text);
}

/** observe - run a pattern under `advise`, as it is, or with @advice applied */
static void observe(struct vt_scope *s, const struct pattern *p, const char *advice)
{
	if (advice && p->env)
		apply(p->env, advice);
	vt_scope_one(s, "advise", NULL,
		     VT_ARGS("patterns", "--pages", p->pages, "--rounds", p->rounds, p->rule,
			     advice && !p->env ? "--advised" : NULL));
	if (p->env)
		unsetenv(p->env);
}

/** finding - the first finding of @rule about the workload itself; NULL: there is none */
static struct json_object *finding(const struct vt_scope *s, const char *rule)
{
	struct json_object *f;

	vt_each(f, s->json,
		"findings") if (!strcmp(vt_str(f, "rule"), rule) &&
				vt_int(f, "target.pid") == vt_int(s->work, "pid")) return f;
	return NULL;
}

/** check_found - what every finding has: shares and gains that fit each other and the clock */
static void check_found(const struct vt_scope *s, struct json_object *f)
{
	const double share = json_object_get_double(vt_need(f, "share", json_type_double));
	const int64_t high = vt_int(f, "gain.high"), wall = vt_int(f, "evidence.wall_ns");

	vt_true(share > 0 && share <= 1);
	vt_true(vt_bool(f, "minor") == (share < 0.01));
	vt_equal(strcmp(vt_str(f, "gain.unit"), "ns"), 0, "unit of the gain");
	vt_cmp(vt_int(f, "gain.low"), >, 0, "lowest gain");
	vt_cmp(vt_int(f, "gain.low"), <=, high, "lowest gain");
	vt_cmp(high, <=, vt_int(s->json, "totals.fault_ns") + vt_int(s->json, "totals.call_ns"),
	       "highest gain, and all that was measured");
	vt_cmp(wall, <=, vt_int(s->json, "duration_ns"), "time of the process");
	vt_cmp(vt_int(s->work, "time_ns"), <=, wall, "time of the pattern");
	vt_cmp(strlen(vt_str(f, "advice")), >, 0, "length of the advice");
	vt_cmp(strlen(vt_str(f, "cost")), >, 0, "length of the cost");
	vt_cmp(strlen(vt_str(f, "verify")), >, 0, "length of the command that verifies it");
}

/**
 * found_and_gone - the pattern is found as it is, and not with the advice applied
 *
 * What the advice gains by the clock is measured by tests/bench/gains.
 */
static void found_and_gone(const char *rule)
{
	const struct pattern *p = pattern(rule);
	struct json_object *f;
	struct vt_scope s;
	char *advice;

	observe(&s, p, NULL);
	f = finding(&s, rule);
	if (!f)
		fail_msg("%s is not found", rule);
	check_found(&s, f);
	advice = strdup(vt_str(f, "advice"));
	vt_true(advice);
	vt_scope_free(&s);
	observe(&s, p, advice);
	if (finding(&s, rule))
		fail_msg("%s is found although the advice was applied", rule);
	vt_scope_free(&s);
	free(advice);
}

#define FOUND(name, rule)                                                                          \
	static void name(void **state)                                                             \
	{                                                                                          \
		(void)state;                                                                       \
		found_and_gone(rule);                                                              \
	}

FOUND(populate, "populate")
FOUND(read_before_write, "read-before-write")
FOUND(malloc_trim_and_grow, "malloc-trim")
FOUND(mprotect_page_by_page, "mprotect-small")
FOUND(dontneed_and_refault, "dontneed-refault")
FOUND(fork_and_copy, "fork-cow")
FOUND(threads_that_end_soon, "thread-churn")
FOUND(file_read_by_faults, "file-populate")
FOUND(written_after_writeback, "file-writeback")

/* --- evidence ------------------------------------------------------------------------------------ */

/** evidence_of - run the pattern once; its finding */
static struct json_object *evidence_of(struct vt_scope *s, const char *rule)
{
	struct json_object *f;

	observe(s, pattern(rule), NULL);
	f = finding(s, rule);
	if (!f)
		fail_msg("%s is not found", rule);
	return vt_need(f, "evidence", json_type_object);
}

static void check_addresses(const struct vt_scope *s, struct json_object *e)
{
	vt_true(vt_hex(e, "start") == vt_hex(s->work, "start"));
	vt_true(vt_hex(e, "end") == vt_hex(s->work, "end"));
}

static void check_range(const struct vt_scope *s, struct json_object *e)
{
	check_addresses(s, e);
	vt_equal(strcmp(vt_str(e, "vma"), "[anon]"), 0, "name of the VMA");
}

static void evidence_is_exact(void **state)
{
	struct json_object *e;
	struct vt_scope s;

	(void)state;
	e = evidence_of(&s, "populate");
	vt_equal(vt_int(e, "faults"), vt_int(s.work, "done"), "faults");
	vt_cmp(vt_int(s.work, "minor"), >=, vt_int(s.work, "done"), "faults by getrusage");
	vt_equal(vt_int(e, "pages"), vt_int(s.work, "done"), "pages");
	vt_equal(vt_int(e, "remaining_faults"), vt_int(s.work, "done") / 512, "huge pages");
	check_range(&s, e);
	vt_scope_free(&s);

	e = evidence_of(&s, "read-before-write");
	/* each page was read and written: half of the faults */
	vt_cmp(vt_int(s.work, "minor"), >=, 2 * vt_int(s.work, "done"), "faults by getrusage");
	vt_cmp(vt_int(e, "faults"), >=, vt_int(s.work, "done"), "writes to the zero page");
	vt_cmp(vt_int(e, "faults"), <=, vt_int(s.work, "done") + BESIDE, "writes to the zero page");
	check_range(&s, e);
	vt_scope_free(&s);

	e = evidence_of(&s, "mprotect-small");
	vt_equal(vt_int(e, "calls"), vt_int(s.work, "done"), "calls");
	vt_equal(vt_int(e, "bytes"), vt_int(s.work, "done") * 4096, "bytes");
	vt_true(vt_hex(e, "start") == vt_hex(s.work, "start"));
	vt_true(vt_hex(e, "end") == vt_hex(s.work, "end"));
	vt_equal(strcmp(vt_str(e, "call"), "mprotect"), 0, "call");
	vt_contains(vt_str(e, "module"), "patterns");
	vt_scope_free(&s);

	e = evidence_of(&s, "dontneed-refault");
	vt_equal(vt_int(e, "calls"), 64, "calls");
	vt_equal(vt_int(e, "refaults"), vt_int(s.work, "done"), "refaults");
	vt_cmp(vt_int(s.work, "minor"), >=, vt_int(s.work, "done"), "faults by getrusage");
	vt_equal(vt_int(e, "bytes"), vt_int(s.work, "done") * 4096, "bytes");
	check_range(&s, e);
	vt_scope_free(&s);

	e = evidence_of(&s, "fork-cow");
	vt_equal(vt_int(e, "forks"), 16, "forks");
	vt_equal(vt_int(e, "programs"), 16, "children that executed a program");
	vt_cmp(vt_int(e, "refaults"), >=, vt_int(s.work, "done"), "pages written after fork");
	vt_cmp(vt_int(e, "refaults"), <=, vt_int(s.work, "done") + 16 * BESIDE,
	       "pages written after fork");
	vt_scope_free(&s);

	e = evidence_of(&s, "thread-churn");
	vt_equal(vt_int(e, "threads"), 1000, "threads");
	vt_equal(vt_int(e, "calls"), 1000, "calls");
	vt_cmp(vt_int(e, "refaults"), <=, vt_int(s.work, "minor"), "refaults by getrusage");
	/* all but those that libc leaves below the frame of a thread that ends, 16 KiB and a frame */
	vt_cmp(vt_int(e, "refaults"), >=, 999 * (64 - 8), "refaults");
	vt_contains(vt_str(e, "module"), "libc");
	vt_scope_free(&s);
}

/* The heap was as large before: what faulted in the loop had faulted before, but for what malloc kept. */
static void malloc_evidence(void **state)
{
	struct json_object *e;
	struct vt_scope s;

	(void)state;
	e = evidence_of(&s, "malloc-trim");
	vt_cmp(vt_int(e, "repeated_faults"), <=, vt_int(s.work, "minor"), "repeated faults");
	vt_cmp(vt_int(e, "repeated_faults"), >=, vt_int(s.work, "minor") - 2 * BESIDE,
	       "repeated faults");
	vt_equal(strcmp(vt_str(e, "vma"), "[heap]"), 0, "name of the VMA");
	vt_equal(strcmp(vt_str(e, "call"), "brk"), 0, "call");
	vt_scope_free(&s);
}

/* Each page of a cold file is a major fault; each round but the first writes pages that were written back. */
static void file_evidence(void **state)
{
	struct json_object *e;
	struct vt_scope s;

	(void)state;
	e = evidence_of(&s, "file-populate");
	vt_equal(vt_int(e, "faults"), vt_int(s.work, "done"), "faults");
	vt_equal(vt_int(e, "read_faults"), vt_int(s.work, "major"), "major faults by getrusage");
	vt_equal(vt_int(e, "mapped_pages"), vt_int(s.work, "done"), "mapped pages");
	vt_equal(vt_int(e, "pages"), vt_int(s.work, "done"), "pages");
	check_addresses(&s, e);
	vt_contains(vt_str(e, "vma"), "vmascope-patterns.");
	vt_scope_free(&s);

	e = evidence_of(&s, "file-writeback");
	/* the kernel may write back by itself, too; each of these faults is the process's */
	vt_cmp(vt_int(e, "faults"), >=, 15 * 1024, "writes after msync");
	vt_cmp(vt_int(e, "faults"), <=, vt_int(s.work, "minor"), "faults by getrusage");
	vt_equal(vt_int(e, "repeated_faults"), vt_int(e, "faults") - 1024, "repeated faults");
	check_addresses(&s, e);
	vt_contains(vt_str(e, "vma"), "vmascope-patterns.");
	vt_scope_free(&s);
}

/*
 * 1/512 of the faults remain, as the advice says, where there is free memory for all huge pages; elsewhere each
 * page that is not in one has its fault.
 */
static void huge_pages_take_the_remaining_faults(void **state)
{
	int64_t huge, faults;
	struct vt_scope s;

	(void)state;
	if (access(THP, F_OK))
		skip(); /* PREEMPT_RT: tests/vm/skips; natively a skip is a failure */
	vt_set(THP "enabled", "madvise");
	vt_set(THP "defrag", "madvise");
	vt_compact();
	vt_scope_one(&s, "advise", NULL,
		     VT_ARGS("patterns", "--pages", "16384", "--huge", "populate"));
	huge = vt_int(s.work, "huge_pages");
	vt_cmp(huge, >, 0, "huge pages");
	faults = huge + 16384 - 512 * huge;
	if (huge == 16384 / 512)
		vt_true(!finding(&s, "populate"));
	vt_cmp(vt_int(s.work, "minor"), >=, faults, "faults by getrusage");
	vt_cmp(vt_int(s.work, "minor"), <=, faults + BESIDE, "faults by getrusage");
	vt_scope_free(&s);
}

/* --- no finding, recordings, rules ----------------------------------------------------------------- */

/** no_finding - @argv has no finding, or minor ones only */
static void no_finding(const char *const *argv)
{
	const char *output = vt_path("advise.json"),
		   *words[16] = { vt_vmascope(), "advise", "-j", "-o", output, "--" };
	struct json_object *d, *f;
	struct vt_cmd cmd;
	size_t n = 6;

	while (*argv && n < 15)
		words[n++] = *argv++;
	vt_run(&cmd, NULL, words);
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	d = vt_json_file(output);
	vt_each(f, d, "findings") if (!vt_bool(f, "minor"))
		fail_msg("finding about %s: %s", words[6], json_object_to_json_string(f));
	json_object_put(d);
	vt_free(&cmd);
}

static void ordinary_programs_have_no_finding(void **state)
{
	(void)state;
	no_finding(VT_ARGS("sleep", "0.3"));
	/* its heap grows, and shrinks once at the end */
	no_finding(VT_ARGS("sort", "/etc/passwd", "/etc/passwd"));
	no_finding(VT_ARGS("ls", "-l", "/usr/bin"));
	no_finding(VT_ARGS("sh", "-c", "for i in 1 2 3; do sleep 0.05; done"));
	no_finding(VT_ARGS(vt_workload("exact"), "--threads", "2", "--pages", "64"));
}

static void no_finding_is_printed_as_such(void **state)
{
	struct vt_cmd cmd;

	(void)state;
	vt_run(&cmd, NULL, VT_ARGS(vt_vmascope(), "advise", "--", "sleep", "0.2"));
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	vt_contains(cmd.out, "No finding in ");
	vt_free(&cmd);
}

/** printed - what vmascope prints with @argv, to be freed */
static char *printed(const char *const *argv)
{
	struct vt_cmd cmd;
	char *text;

	vt_run(&cmd, NULL, argv);
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	text = strdup(cmd.out);
	vt_true(text);
	vt_free(&cmd);
	return text;
}

static void recordings_have_the_same_findings(void **state)
{
	const char *file = vt_path("recorded"), *scope = vt_vmascope();
	char *report, *advise, *text;
	struct json_object *d, *f;
	struct vt_cmd cmd;
	int64_t calls = 0;

	(void)state;
	vt_run(&cmd, NULL,
	       VT_ARGS(scope, "record", "-q", "-o", file, "--events", "memcall", "--",
		       vt_workload("patterns"), "--pages", "8192", "mprotect-small"));
	vt_equal(cmd.exit, 0, "exit status: %s", cmd.err);
	vt_free(&cmd);
	report = printed(VT_ARGS(scope, "report", "--view", "advise", "-j", file));
	advise = printed(VT_ARGS(scope, "advise", "-j", file));
	vt_true(!strcmp(report, advise));
	d = vt_json(report, file);
	vt_each(f, d, "findings") if (!strcmp(vt_str(f, "rule"), "mprotect-small"))
		calls += vt_int(f, "evidence.calls");
	vt_equal(calls, 8192, "calls");
	text = printed(VT_ARGS(scope, "advise", file));
	vt_contains(text, ". mprotect-small: mprotect on a few neighbouring pages at a time\n");
	vt_contains(text, "Call mprotect once on the whole range");
	json_object_put(d);
	free(report);
	free(advise);
	free(text);
}

static void rules_are_explained(void **state)
{
	struct json_object *d, *rule;
	char *text;

	(void)state;
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		text = printed(
			VT_ARGS(vt_vmascope(), "advise", "--explain", patterns[i].rule, "-j"));
		d = vt_json(text, patterns[i].rule);
		vt_equal(vt_len(d, "rules"), 1, "rules");
		rule = vt_at(d, "rules", 0);
		vt_equal(strcmp(vt_str(rule, "rule"), patterns[i].rule), 0, "rule");
		vt_cmp(strlen(vt_str(rule, "sources")), >, 0, "length of the sources");
		json_object_put(d);
		free(text);
	}
	text = printed(VT_ARGS(vt_vmascope(), "advise", "--explain", "all", "-j"));
	d = vt_json(text, "all rules");
	/* each rule has a pattern here */
	vt_equal(vt_len(d, "rules"), sizeof(patterns) / sizeof(patterns[0]), "rules");
	json_object_put(d);
	free(text);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(populate),
	VT_TEST(read_before_write),
	VT_TEST(malloc_trim_and_grow),
	VT_TEST(mprotect_page_by_page),
	VT_TEST(dontneed_and_refault),
	VT_TEST(fork_and_copy),
	VT_TEST(threads_that_end_soon),
	VT_TEST(file_read_by_faults),
	VT_TEST(written_after_writeback),
	VT_TEST(evidence_is_exact),
	VT_TEST(malloc_evidence),
	VT_TEST(file_evidence),
	VT_TEST(huge_pages_take_the_remaining_faults),
	VT_TEST(ordinary_programs_have_no_finding),
	VT_TEST(no_finding_is_printed_as_such),
	VT_TEST(recordings_have_the_same_findings),
	VT_TEST(rules_are_explained),
};

VT_MAIN(tests)
