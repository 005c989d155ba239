// SPDX-License-Identifier: GPL-2.0-only
/*
 * golden_test.c - what `report` prints of recordings that are kept, and of one that is made up, is what
 * it printed before, byte by byte: each view in each format.
 *
 * tests/golden/RECORDING.rec are recordings of real runs; golden_made.h writes the one that is called
 * `made`. tests/golden/RECORDING/NAME is the output, NAME.err what went to stderr, if anything did. Where
 * wording changes on purpose, tests/golden/update writes them anew, and shows the difference.
 */
#include "command.h"
#include "golden_made.h"
#include "golden_old.h"

#include <dirent.h>

#define GOLDEN "tests/golden"
/** The file that --flame writes, which is the output then. */
#define FLAME "flame.svg"

/**
 * struct golden - an output
 * @name: of the file, whose ending says what it is
 * @options: of `report`, words separated by spaces
 * @wants: WANTS_* that a recording has to have
 */
struct golden {
	const char *name;
	const char *options;
	unsigned int wants;
};

#define WANTS_CALLS 1u
#define WANTS_STACKS 2u
#define WANTS_FEW 4u   /* events: it prints each of them */
#define WANTS_SMALL 8u /* VMAs, stacks and calls: it prints all that is known of each */
#define OF_OLD 16u     /* of recordings that lack fields, too */

#define TRACE "--view trace "
#define SHOOTDOWN "--view shootdown "
/* Streams of events are long: some of them will do. */
#define SOME " --between 0,250ms"

static const struct golden all[] = {
	{ "stat.txt", "", 0 },
	{ "stat.json", "--format json", OF_OLD },
	{ "stat.csv", "--format csv", OF_OLD },
	{ "stat-ascii.txt", "--ascii", 0 },
	{ "stat-wide.txt", "--wide --top 0", 0 },
	{ "stat-top.txt", "--top 2", 0 },
	{ "stat-vma.txt", "--by vma", 0 },
	{ "stat-vma.csv", "--by vma --format csv", 0 },
	{ "stat-one-vma.txt", "--vma [heap] --quantiles", 0 },
	{ "stat-process.txt", "--by process", 0 },
	{ "stat-process.json", "--by process --format json", WANTS_SMALL },
	{ "stat-comm.txt", "--by comm", 0 },
	{ "stat-cause.txt", "--by cause", 0 },
	{ "stat-cpu.txt", "--by cpu", 0 },
	{ "stat-cgroup.txt", "--by cgroup", 0 },
	{ "stat-thread.txt", "--by thread", 0 },
	{ "stat-thread.csv", "--by thread --format csv", 0 },
	{ "stat-latency.txt", "--by vma --quantiles", 0 },
	{ "stat-latency.csv", "--quantiles --format csv", 0 },
	{ "stat-hist.txt", "--hist", 0 },
	{ "stat-hist.json", "--hist --format json", WANTS_SMALL },
	{ "stat-heatmap.txt", "--heatmap", 0 },
	{ "stat-heatmap-ascii.txt", "--heatmap --ascii", 0 },
	{ "stat-heatmap.json", "--heatmap --format json", WANTS_SMALL },
	{ "stat-interval.txt", "-i 100ms", 0 },
	{ "stat-interval.csv", "-i 100ms --format csv", 0 },
	{ "stat-stack.txt", "--by stack", WANTS_STACKS },
	{ "stat-stack.json", "--by stack --format json", WANTS_STACKS | WANTS_SMALL },
	{ "stat-stack.csv", "--by stack --format csv", WANTS_STACKS },
	{ "stat-function.txt", "--by function", WANTS_STACKS },
	{ "stat-stack.folded", "--by stack --folded", WANTS_STACKS },
	{ "stat-stack-time.folded", "--by stack --folded --weight time", WANTS_STACKS },
	{ "stat-stack.svg", "--by stack --folded --flame " FLAME, WANTS_STACKS },
	{ "shootdown.txt", SHOOTDOWN, WANTS_CALLS | OF_OLD },
	{ "shootdown.json", SHOOTDOWN "--format json", WANTS_CALLS | OF_OLD },
	{ "shootdown.csv", SHOOTDOWN "--format csv", WANTS_CALLS },
	{ "shootdown-call.txt", SHOOTDOWN "--by call", WANTS_CALLS },
	{ "shootdown-process.txt", SHOOTDOWN "--by process", WANTS_CALLS },
	{ "shootdown-comm.txt", SHOOTDOWN "--by comm", WANTS_CALLS },
	{ "shootdown-cpu.txt", SHOOTDOWN "--by cpu", WANTS_CALLS },
	{ "shootdown-cpu.csv", SHOOTDOWN "--by cpu --format csv", WANTS_CALLS },
	{ "shootdown-stack.txt", SHOOTDOWN "--by stack", WANTS_CALLS | WANTS_STACKS },
	{ "shootdown-stack.json", SHOOTDOWN "--by stack --format json",
	  WANTS_CALLS | WANTS_STACKS | WANTS_SMALL },
	{ "shootdown-function.txt", SHOOTDOWN "--by function", WANTS_CALLS | WANTS_STACKS },
	{ "shootdown-stack.folded", SHOOTDOWN "--by stack --folded", WANTS_CALLS | WANTS_STACKS },
	{ "shootdown-stack.svg", SHOOTDOWN "--by stack --folded --flame " FLAME,
	  WANTS_CALLS | WANTS_STACKS },
	{ "trace.txt", TRACE, WANTS_FEW },
	{ "trace-faults.txt", TRACE "--events fault" SOME, WANTS_FEW },
	{ "trace-time.txt", TRACE "--time" SOME, WANTS_FEW },
	{ "trace.json", TRACE "--format json" SOME, OF_OLD | WANTS_FEW },
	{ "trace-faults.csv", TRACE "--events fault --format csv" SOME, OF_OLD | WANTS_FEW },
	{ "trace-calls.csv", TRACE "--events memcall --format csv" SOME, WANTS_CALLS },
	{ "trace-stacks.txt", TRACE "-U -K" SOME, WANTS_STACKS | WANTS_FEW },
	{ "trace-stacks.json", TRACE "-U -K --format json --between 0,50ms",
	  WANTS_STACKS | WANTS_FEW },
	{ "events.perfetto", "--format perfetto" SOME, OF_OLD | WANTS_FEW },
	{ "advise.txt", "--view advise", WANTS_CALLS },
	{ "advise.json", "--view advise --format json", WANTS_CALLS },
	{ "diff.txt", "--diff other", 0 },
	{ "diff.json", "--diff --format json other", WANTS_SMALL },
};

/**
 * struct recording - whose outputs they are
 * @has: WANTS_* that it has; OF_OLD: no other outputs
 */
struct recording {
	const char *name;
	unsigned int has;
};

static const struct recording recordings[] = {
	{ "made", WANTS_CALLS | WANTS_STACKS | WANTS_FEW | WANTS_SMALL },
	{ "old", WANTS_CALLS | WANTS_STACKS | WANTS_FEW | OF_OLD },
	{ "sort", WANTS_FEW },
	{ "xz", WANTS_CALLS | WANTS_STACKS },
};

/* What it lacks: figures of faults, and what came after the first version of the format. */
static const struct old_field old_lacks[] = {
	{ "counts", "handled" },
	{ "counts", "mapped" },
	{ "counts", "runqueue" },
	{ "counts", "blocked" },
	{ "counts", "unsplit" },
	{ "counts", "mmap_lock_read" },
	{ "counts", "mmap_lock_write" },
	{ "counts", "direct_reclaim" },
	{ "counts", "memcg_reclaim" },
	{ "counts", "compaction" },
	{ "counts", "other" },
	{ "cpu", "handled" },
	{ "cpu", "mapped" },
	{ "cpu", "runqueue" },
	{ "cpu", "blocked" },
	{ "cpu", "unsplit" },
	{ "cpu", "mmap_lock_read" },
	{ "cpu", "mmap_lock_write" },
	{ "cpu", "direct_reclaim" },
	{ "cpu", "memcg_reclaim" },
	{ "cpu", "compaction" },
	{ "cpu", "other" },
	{ "fault", "mapped" },
	{ "fault", "runqueue" },
	{ "fault", "blocked" },
	{ "fault", "unsplit" },
	{ "fault", "mmap_lock_read" },
	{ "fault", "mmap_lock_write" },
	{ "fault", "direct_reclaim" },
	{ "fault", "memcg_reclaim" },
	{ "fault", "compaction" },
	{ "fault", "other" },
	{ "in_flight", "mapped" },
	{ "in_flight", "runqueue" },
	{ "in_flight", "blocked" },
	{ "in_flight", "unsplit" },
	{ "in_flight", "mmap_lock_read" },
	{ "in_flight", "mmap_lock_write" },
	{ "in_flight", "direct_reclaim" },
	{ "in_flight", "memcg_reclaim" },
	{ "in_flight", "compaction" },
	{ "in_flight", "other" },
	{ "latency", "runqueue_ns" },
	{ "latency", "blocked_ns" },
	{ "latency", "unsplit_ns" },
	{ "call_row", "runqueue_ns" },
	{ "call_row", "blocked_ns" },
	{ "call_row", "unsplit_ns" },
	{ "call_row", "mmap_lock_read_ns" },
	{ "call_row", "mmap_lock_write_ns" },
	{ "call_row", "direct_reclaim_ns" },
	{ "call_row", "memcg_reclaim_ns" },
	{ "call_row", "compaction_ns" },
	{ "call_row", "other_ns" },
	{ "memcall", "runqueue_ns" },
	{ "memcall", "blocked_ns" },
	{ "memcall", "unsplit_ns" },
	{ "stats", "eventless" },
	{ "call_row", "failed" },
	{ "call_row", "splits_unknown" },
	{},
};

/** has_output - @r is to be printed as @g */
static bool has_output(const struct recording *r, const struct golden *g)
{
	return !(g->wants & ~OF_OLD & ~r->has) && (g->wants & OF_OLD || !(r->has & OF_OLD));
}

/** run - @options on recording @name, which have to be fine. Return: the output's file, in @path. */
static void run(const char *name, const char *options, char *path, size_t size)
{
	char words[256];
	int status;

	snprintf(words, sizeof(words), "%s %s", options, name);
	status = command_run(&command_report, words, NULL);
	if (status)
		fail_msg("report %s ended with status %d: %s", words, status,
			 command_output("err"));
	command_path(path, size, strstr(options, FLAME) ? FLAME : "out");
}

/** differs - the files are not of the same bytes; says from where on */
static bool differs(const char *got_path, const char *want_path)
{
	size_t got_size, want_size, at = 0, line = 1;
	char *got = read_all(got_path, &got_size), *want = read_all(want_path, &want_size);
	bool same;

	assert_non_null(got);
	/* no output at all is kept as no file */
	if (!want && !got_size) {
		free(got);
		return false;
	}
	same = want && got_size == want_size && !memcmp(got, want, got_size);
	for (; !same && want && at < got_size && at < want_size && got[at] == want[at]; at++)
		line += got[at] == '\n';
	if (!same)
		print_error("%s, line %zu (byte %zu): got '%.*s', want '%.*s'\n", want_path, line,
			    at, (int)strcspn(got + at, "\n"), got + at,
			    want ? (int)strcspn(want + at, "\n") : 9,
			    want ? want + at : "(no file)");
	free(got);
	free(want);
	return !same;
}

/** keep - the output is what it is to be from now on */
static void keep(const char *got_path, const char *want_path)
{
	size_t size;
	char *text = read_all(got_path, &size);

	assert_non_null(text);
	if (size)
		write_all(want_path, text, size);
	else
		unlink(want_path);
	free(text);
}

/** check - an output, and what went to stderr. Return: files that are not what they were. */
static unsigned int check(const struct recording *r, const struct golden *g)
{
	const bool update = getenv("VMASCOPE_GOLDEN_UPDATE");
	char got[128], err[128], want[256], want_err[256];
	unsigned int wrong = 0;

	run(r->name, g->options, got, sizeof(got));
	command_path(err, sizeof(err), "err");
	snprintf(want, sizeof(want), GOLDEN "/%s/%s", r->name, g->name);
	snprintf(want_err, sizeof(want_err), GOLDEN "/%s/%s.err", r->name, g->name);
	if (update) {
		char dir[128];

		snprintf(dir, sizeof(dir), GOLDEN "/%s", r->name);
		assert_true(!mkdir(dir, 0777) || errno == EEXIST);
		keep(got, want);
		keep(err, want_err);
		return 0;
	}
	wrong += differs(got, want);
	wrong += differs(err, want_err);
	return wrong;
}

/** check_all - outputs whose format is one of text, and so on: those with @ending, of each recording */
static void check_all(const char *ending)
{
	unsigned int wrong = 0, checked = 0;

	for (size_t i = 0; i < ARRAY_SIZE(recordings); i++)
		for (size_t k = 0; k < ARRAY_SIZE(all); k++) {
			if (strcmp(strrchr(all[k].name, '.'), ending) ||
			    !has_output(&recordings[i], &all[k]))
				continue;
			wrong += check(&recordings[i], &all[k]);
			checked++;
		}
	assert_true(checked);
	if (wrong)
		fail_msg("%u outputs are not what they were; if that is on purpose: "
			 "tests/golden/update",
			 wrong);
}

static void text_is_unchanged(void **state)
{
	(void)state;
	check_all(".txt");
}

static void json_is_unchanged(void **state)
{
	(void)state;
	check_all(".json");
}

static void csv_is_unchanged(void **state)
{
	(void)state;
	check_all(".csv");
}

static void folded_stacks_are_unchanged(void **state)
{
	(void)state;
	check_all(".folded");
}

static void flame_graphs_are_unchanged(void **state)
{
	(void)state;
	check_all(".svg");
}

static void perfetto_is_unchanged(void **state)
{
	(void)state;
	check_all(".perfetto");
}

/** is_expected - a file NAME or NAME.err of @r is that of an output */
static bool is_expected(const struct recording *r, const char *file)
{
	const size_t len = strlen(file), err = len > 4 && !strcmp(file + len - 4, ".err") ? 4 : 0;

	for (size_t k = 0; k < ARRAY_SIZE(all); k++)
		if (strlen(all[k].name) == len - err && !strncmp(all[k].name, file, len - err) &&
		    has_output(r, &all[k]))
			return true;
	return false;
}

/* A file that nothing compares would be held to be checked. */
static void every_golden_file_is_compared(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(recordings); i++) {
		const struct dirent *entry;
		char path[128];
		DIR *d;

		snprintf(path, sizeof(path), GOLDEN "/%s", recordings[i].name);
		d = opendir(path);
		assert_non_null(d);
		while ((entry = readdir(d)))
			if (*entry->d_name != '.' && !is_expected(&recordings[i], entry->d_name))
				fail_msg("%s/%s belongs to no output", path, entry->d_name);
		closedir(d);
	}
}

/* --- what a recording does not hold ---------------------------------------------------------------- */

/** json_of - what `report` prints as JSON, to be put */
static struct json_object *json_of(const char *name, const char *options)
{
	struct json_object *root;
	char path[128], *text;
	size_t size;

	run(name, options, path, sizeof(path));
	text = read_all(path, &size);
	assert_non_null(text);
	root = json_tokener_parse(text);
	assert_non_null(root);
	free(text);
	return root;
}

/** assert_known - @key of @object is there, and a number or an object only if @known */
static void assert_known(struct json_object *object, const char *key, bool known)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, key, &value))
		fail_msg("no key %s", key);
	if ((value != NULL) != known)
		fail_msg("%s is %s", key, json_object_to_json_string(value));
}

static struct json_object *first(struct json_object *root, const char *key)
{
	return json_object_array_get_idx(json_object_object_get(root, key), 0);
}

static void check_fields(const char *name, bool known)
{
	struct json_object *root = json_of(name, "--format json"), *process, *calls;

	process = first(root, "processes");
	assert_known(json_object_object_get(root, "totals"), "handled", known);
	assert_known(json_object_object_get(root, "totals"), "mapped_pages", known);
	assert_known(process, "handled", known);
	assert_known(json_object_object_get(process, "time_ns"), "total", true);
	assert_known(json_object_object_get(process, "time_ns"), "cpu", known);
	assert_known(json_object_object_get(process, "time_ns"), "runqueue", known);
	assert_known(json_object_object_get(process, "time_ns"), "blocked", known);
	assert_known(json_object_object_get(process, "time_ns"), "unsplit", known);
	assert_known(json_object_object_get(process, "waits"), "memcg_reclaim", known);
	assert_known(json_object_object_get(process, "waits"), "other", known);
	assert_known(first(process, "vmas"), "mapped_pages", known);
	/* what it holds is what it was, also 0 */
	assert_known(json_object_object_get(root, "totals"), "faults", true);
	assert_known(json_object_object_get(root, "totals"), "gup", true);
	json_object_put(root);
	root = json_of(name, SHOOTDOWN "--format json");
	calls = first(root, "calls");
	assert_known(json_object_object_get(root, "totals"), "eventless", known);
	assert_known(calls, "splits", true);
	assert_known(calls, "splits_unknown", known);
	assert_known(json_object_object_get(calls, "time_ns"), "total", true);
	assert_known(json_object_object_get(calls, "time_ns"), "blocked", known);
	assert_known(json_object_object_get(calls, "waits"), "mmap_lock_write", known);
	json_object_put(root);
	root = json_of(name, TRACE "--events fault --format json --between 0,10ms");
	assert_known(root, "mapped_pages", known);
	assert_known(root, "time_ns", true);
	assert_known(root, "blocked_ns", known);
	assert_known(root, "memcg_reclaim_ns", known);
	json_object_put(root);
}

static void missing_figures_are_unknown(void **state)
{
	(void)state;
	check_fields("made", true);
	check_fields("old", false);
}

/* --- the recordings ------------------------------------------------------------------------------- */

/** copy_recording - a kept one, so that no output has its place in it */
static void copy_recording(const char *name)
{
	char from[128], to[128], *bytes;
	size_t size;

	snprintf(from, sizeof(from), GOLDEN "/%s.rec", name);
	command_path(to, sizeof(to), name);
	bytes = read_all(from, &size);
	assert_non_null(bytes);
	write_all(to, bytes, size);
	free(bytes);
}

static int make_recordings(void **state)
{
	static const uint32_t made[] = { 14, 12, 13, 12, 14, 70, 60, 12, 13, 12 };
	static const uint32_t other[] = { 20, 40, 10 };
	char path[128], old[128];

	if (command_set_up(state))
		return -1;
	command_path(path, sizeof(path), "made");
	make_recording(path, made, ARRAY_SIZE(made));
	command_path(path, sizeof(path), "other");
	make_recording(path, other, ARRAY_SIZE(other));
	command_path(path, sizeof(path), "made");
	command_path(old, sizeof(old), "old");
	make_old_recording(path, old, old_lacks);
	for (size_t i = 0; i < ARRAY_SIZE(recordings); i++)
		if (strcmp(recordings[i].name, "made") && strcmp(recordings[i].name, "old"))
			copy_recording(recordings[i].name);
	return 0;
}

static int remove_recordings(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(recordings); i++)
		command_remove(recordings[i].name);
	command_remove("other");
	command_remove(FLAME);
	return command_tear_down(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_unchanged),
		cmocka_unit_test(json_is_unchanged),
		cmocka_unit_test(csv_is_unchanged),
		cmocka_unit_test(folded_stacks_are_unchanged),
		cmocka_unit_test(flame_graphs_are_unchanged),
		cmocka_unit_test(perfetto_is_unchanged),
		cmocka_unit_test(every_golden_file_is_compared),
		cmocka_unit_test(missing_figures_are_unknown),
	};

	return cmocka_run_group_tests_name("golden", tests, make_recordings, remove_recordings);
}
