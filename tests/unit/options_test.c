// SPDX-License-Identifier: GPL-2.0-only
/*
 * options_test.c - every option's good and bad values, and one line for each error.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

#include "advise/advise.h"
#include "capture/capture.h"
#include "options/options.h"
#include "util/log.h"

#define MAX_ARGS 16

static const struct command live = {
	.name = "live",
	.args_doc = "[-- COMMAND [ARG...]]",
	.doc = "A command that takes all options of live commands.",
	.is = COMMAND_STAT | COMMAND_TRACE,
	.args = ARGS_COMMAND,
};
static const struct command shooting = {
	.name = "shooting",
	.args_doc = "[-- COMMAND [ARG...]]",
	.doc = "A command that takes the options of shootdown.",
	.is = COMMAND_SHOOTDOWN,
	.args = ARGS_COMMAND,
};
static const struct command still = {
	.name = "still",
	.doc = "A command that takes no arguments.",
	.is = COMMAND_DOCTOR,
};

static const struct command recording = {
	.name = "recording",
	.args_doc = "[-- COMMAND [ARG...]]",
	.doc = "A command that takes the options of record.",
	.is = COMMAND_RECORD,
	.args = ARGS_COMMAND,
};
static const struct command reporting = {
	.name = "reporting",
	.args_doc = "[FILE...]",
	.doc = "A command that takes the options of report.",
	.is = COMMAND_REPORT,
	.args = ARGS_FILES,
};

static const struct command advising = {
	.name = "advising",
	.args_doc = "[FILE | -- COMMAND [ARG...]]",
	.doc = "A command that takes the options of advise.",
	.is = COMMAND_ADVISE,
	.args = ARGS_COMMAND_OR_FILE,
};

static struct options o;
static char args[1024];
static char *argv[MAX_ARGS + 1];
static char message[4096];

/*
 * Parse a command line, words separated by one blank, "~" for an empty word; what it prints to
 * stderr goes to @message. Parts of the words stay in @o until the next call.
 */
static int parse_for(const struct command *cmd, const char *line)
{
	FILE *file = tmpfile();
	char *word, *rest = args;
	int argc = 0, saved, status;
	size_t len;

	assert_non_null(file);
	assert_true(strlen(line) + sizeof("live ") < sizeof(args));
	snprintf(args, sizeof(args), "%s%s%s", cmd->name, *line ? " " : "", line);
	while ((word = strsep(&rest, " ")) && argc < MAX_ARGS)
		argv[argc++] = strcmp(word, "~") ? word : word + 1;
	argv[argc] = NULL;

	options__free(&o);
	fflush(stderr);
	saved = dup(STDERR_FILENO);
	dup2(fileno(file), STDERR_FILENO);
	status = options__parse(cmd, argc, argv, &o);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	len = fread(message, 1, sizeof(message) - 1, file);
	message[len] = '\0';
	fclose(file);
	log_setup(false, false, 0);
	return status;
}

static int parse(const char *line)
{
	return parse_for(&live, line);
}

static void assert_good(const char *line)
{
	if (parse(line))
		fail_msg("'%s' was refused: %s", line, message);
	assert_string_equal(message, "");
}

/* Refused with the status of a usage error, by one line that names what was bad. */
static void assert_bad_for(const struct command *cmd, const char *line, const char *named)
{
	const char *end;

	if (parse_for(cmd, line) != VS_EXIT_USAGE)
		fail_msg("'%s' was taken", line);
	end = strchr(message, '\n');
	if (strncmp(message, "vmascope: ", 10) || !end || end[1])
		fail_msg("'%s' is not refused by one line: '%s'", line, message);
	if (!strstr(message, named))
		fail_msg("the error of '%s' does not say '%s': %s", line, named, message);
}

static void assert_bad(const char *line, const char *named)
{
	assert_bad_for(&live, line, named);
}

static void without_options(void **state)
{
	(void)state;
	assert_good("");
	assert_int_equal(o.capture.nr_ids, 0);
	assert_int_equal(o.capture.uid, -1);
	assert_int_equal(o.capture.only, -1);
	assert_int_equal(o.capture.bpf.causes, 0);
	assert_true(o.capture.bpf.follow);
	assert_null(o.capture.comm);
	assert_null(o.vma);
	assert_null(o.cgroup);
	assert_null(o.argv);
	assert_null(o.output);
	assert_int_equal(o.duration_ns, 0);
	assert_int_equal(o.interval_ns, 0);
	assert_int_equal(o.by, BY_MAPPING);
	assert_int_equal(o.top, 30);
	assert_int_equal(o.capture.nr_slots, 0); /* by the number of CPUs */
	assert_int_equal(o.capture.nr_hists, 0);
	assert_int_equal(o.capture.ring_bytes, CAPTURE_DEFAULT_RING);
	assert_int_equal(o.events, 1u << TRACE_FAULT);
	assert_string_equal(o.format->name, "text");
}

static void process_ids(void **state)
{
	(void)state;
	assert_good("-p 1");
	assert_int_equal(o.capture.nr_ids, 1);
	assert_int_equal(o.capture.ids[0], 1);
	assert_false(o.capture.threads);
	assert_true(o.capture.bpf.follow);
	assert_good("--pid=12,4194304 -p 7");
	assert_int_equal(o.capture.nr_ids, 3);
	assert_int_equal(o.capture.ids[0], 12);
	assert_int_equal(o.capture.ids[1], 4194304);
	assert_int_equal(o.capture.ids[2], 7);
	assert_bad("-p 0", "'0'");
	assert_bad("-p -1", "'-1'");
	assert_bad("-p 4194305", "'4194305'");
	assert_bad("-p 99999999999999999999", "bad process id");
	assert_bad("-p 12x", "'12x'");
	assert_bad("-p 12,", "'12,'");
	assert_bad("-p ,", "','");
	assert_bad("-p ~", "''");
	assert_bad("-p 1,x,3", "'x'");
	assert_bad("-p", "'-p'");
}

static void thread_ids(void **state)
{
	(void)state;
	assert_good("-t 5,6");
	assert_int_equal(o.capture.nr_ids, 2);
	assert_true(o.capture.threads);
	/* these threads only: nobody is followed */
	assert_false(o.capture.bpf.follow);
	assert_bad("-t abc", "bad thread id: 'abc'");
	assert_bad("-p 1 -t 2", "-p and -t are mutually exclusive");
	assert_bad("-t 2 -p 1", "-p and -t are mutually exclusive");
}

static void command_names(void **state)
{
	(void)state;
	assert_good("-n redis-server");
	assert_string_equal(o.capture.comm, "redis-server");
	assert_good("-n fifteen-letters");
	assert_bad("-n sixteen--letters", "'sixteen--letters'");
	assert_bad("-n ~", "bad command name");
}

static void users(void **state)
{
	(void)state;
	assert_good("-u root");
	assert_int_equal(o.capture.uid, 0);
	assert_good("-u 0");
	assert_int_equal(o.capture.uid, 0);
	assert_good("--uid 4294967294");
	assert_int_equal(o.capture.uid, 4294967294);
	/* (uid_t)-1 is nobody */
	assert_bad("-u 4294967295", "'4294967295'");
	assert_bad("-u -5", "'-5'");
	assert_bad("-u no-such-user-here", "'no-such-user-here'");
	assert_bad("-u ~", "bad user");
}

static void cgroups(void **state)
{
	(void)state;
	assert_good("-c /sys/fs/cgroup/system.slice");
	assert_string_equal(o.cgroup, "/sys/fs/cgroup/system.slice");
	assert_good("--cgroup=a");
	assert_string_equal(o.cgroup, "a");
}

static void outcomes(void **state)
{
	(void)state;
	assert_good("-F min");
	assert_int_equal(o.capture.only, VS_MINOR);
	assert_good("-F maj");
	assert_int_equal(o.capture.only, VS_MAJOR);
	assert_good("-F maj -F all");
	assert_int_equal(o.capture.only, -1);
	assert_bad("-F minor", "'minor'");
	assert_bad("-F ~", "''");
}

static void causes(void **state)
{
	(void)state;
	assert_good("--cause cow");
	assert_int_equal(o.capture.bpf.causes, 1u << VS_CAUSE_COW);
	assert_good("--cause segv-maperr,sigbus --cause=gup");
	assert_int_equal(o.capture.bpf.causes,
			 1u << VS_CAUSE_SEGV_MAPERR | 1u << VS_CAUSE_SIGBUS | 1u << VS_CAUSE_GUP);
	/* the nearest name comes with the error, or else all */
	assert_bad("--cause cows", "did you mean 'cow'?");
	assert_bad("--cause far-from-all", "anon-zero");
	assert_bad("--cause cow,", "'cow,'");
	assert_bad("--cause COW", "'COW'");
	/* of a list in which one is bad, that one is named */
	assert_bad("--cause cow,nonsense,sigbus", "'nonsense'");
}

static void events(void **state)
{
	char line[64];

	(void)state;
	for (int e = 0; e < NR_TRACE_EVENTS; e++) {
		snprintf(line, sizeof(line), "--events %s", trace_event_names[e]);
		assert_good(line);
		assert_int_equal(o.events, 1u << e);
		/* the error's list of them has it, too */
		assert_bad("--events nonsense", trace_event_names[e]);
	}
	assert_good("--events fault,memcall --events=shootdown");
	assert_int_equal(o.events, 1u << TRACE_FAULT | 1u << TRACE_MEMCALL | 1u << TRACE_SHOOTDOWN);
	assert_good("--events memcall,memcall");
	assert_int_equal(o.events, 1u << TRACE_MEMCALL);
	assert_bad("--events memcall,", "'memcall,'");
	assert_bad("--events ~", "bad list of events");
	assert_bad("--events Fault", "bad event: 'Fault'");
	assert_bad_for(&still, "--events fault", "'--events'");
}

static void vma_names(void **state)
{
	(void)state;
	assert_good("--vma [heap]");
	assert_string_equal(o.vma, "[heap]");
	assert_bad("--vma ~", "bad VMA name");
}

static void times(void **state)
{
	(void)state;
	assert_good("-d 5");
	assert_int_equal(o.duration_ns, 5000000000);
	assert_good("-d 200ms -i 0.5");
	assert_int_equal(o.duration_ns, 200000000);
	assert_int_equal(o.interval_ns, 500000000);
	assert_good("-i 10ms");
	assert_bad("-i 9ms", "at least 10ms");
	assert_bad("-d 0", "'0'");
	assert_bad("-d -1", "'-1'");
	assert_bad("-d 5x", "'5x'");
	assert_bad("-d ~", "bad duration");
	assert_bad("-d inf", "'inf'");
	assert_bad("-d nan", "'nan'");
	assert_bad("-i soon", "bad interval: 'soon'");
}

static void groupings(void **state)
{
	char line[64];

	(void)state;
	for (int by = 0; by < NR_STAT_BY; by++) {
		snprintf(line, sizeof(line), "--by %s", stat_by_names[by]);
		assert_good(line);
		assert_int_equal(o.by, by);
		/* the error's list of them has it, too */
		assert_bad("--by nonsense", stat_by_names[by]);
	}
	assert_bad("--by VMA", "'VMA'");
}

static void shootdown_groupings(void **state)
{
	char line[64];

	(void)state;
	assert_int_equal(parse_for(&shooting, ""), 0);
	assert_int_equal(o.shootdown_by, SHOOTDOWN_BY_VMA);
	assert_int_equal(o.top, 30);
	for (int by = 0; by < NR_SHOOTDOWN_BY; by++) {
		snprintf(line, sizeof(line), "--by %s --top 7", shootdown_by_names[by]);
		assert_int_equal(parse_for(&shooting, line), 0);
		assert_int_equal(o.shootdown_by, by);
		assert_int_equal(o.top, 7);
		assert_bad_for(&shooting, "--by nonsense", shootdown_by_names[by]);
	}
	/* what is not its own: stat's groupings, and which faults */
	assert_bad_for(&shooting, "--by mapping", "'mapping'");
	assert_bad_for(&shooting, "-i 1", "'-i'");
	assert_bad_for(&shooting, "-F maj", "'-F'");
	assert_bad_for(&shooting, "--cause cow", "'--cause'");
}

static void row_limits(void **state)
{
	(void)state;
	assert_good("--top 5");
	assert_int_equal(o.top, 5);
	assert_good("--top 0");
	assert_int_equal(o.top, 0);
	assert_bad("--top -1", "'-1'");
	assert_bad("--top 1.5", "'1.5'");
}

static void formats(void **state)
{
	(void)state;
	assert_good("-j");
	assert_string_equal(o.format->name, "json");
	assert_good("--format csv");
	assert_string_equal(o.format->name, "csv");
	assert_good("-j --format text");
	assert_string_equal(o.format->name, "text");
	assert_bad("--format xml", "'xml'");
}

static void output_options(void **state)
{
	(void)state;
	assert_good("-o /tmp/x -w -q -vv -T --quantiles --no-follow");
	assert_string_equal(o.output, "/tmp/x");
	assert_true(o.wide);
	assert_true(o.quiet);
	assert_int_equal(o.verbosity, 2);
	assert_true(o.wall_clock);
	assert_true(o.quantiles);
	assert_false(o.capture.bpf.follow);
}

static void latency_modes(void **state)
{
	(void)state;
	assert_good("-w");
	assert_int_equal(o.capture.bpf.latency_period, 1);
	assert_good("--latency every");
	assert_int_equal(o.capture.bpf.latency_period, 1);
	assert_good("--latency sample");
	assert_int_equal(o.capture.bpf.latency_period, 61);
	assert_good("--latency sample=2");
	assert_int_equal(o.capture.bpf.latency_period, 2);
	assert_good("--latency=sample=1000000");
	assert_int_equal(o.capture.bpf.latency_period, 1000000);
	assert_good("--latency off");
	assert_int_equal(o.capture.bpf.latency_period, 0);
	assert_bad("--latency sample=1", "'sample=1'");
	assert_bad("--latency sample=1000001", "'sample=1000001'");
	assert_bad("--latency sample=", "'sample='");
	assert_bad("--latency samples", "sample=N");
	assert_bad("--latency sample=-3", "'sample=-3'");
	/* what it was before: an option without an argument */
	assert_bad("--latency -- true", "--quantiles");
	assert_bad("--latency", "needs an argument");
}

static void sizes(void **state)
{
	(void)state;
	assert_good("--slots 64 --hists 64 --ring 4");
	assert_int_equal(o.capture.nr_slots, 64);
	assert_int_equal(o.capture.nr_hists, 64);
	assert_int_equal(o.capture.ring_bytes, 4096);
	assert_good("--slots 4194304 --ring 1048576");
	assert_int_equal(o.capture.nr_slots, 4194304);
	assert_int_equal(o.capture.ring_bytes, 1u << 30);
	assert_bad("--slots 32", "'32'");
	assert_bad("--slots 100", "power of two");
	assert_bad("--slots 8388608", "'8388608'");
	assert_bad("--hists 32", "'32'");
	assert_bad("--hists 65", "'65'");
	assert_bad("--ring 2", "'2'");
	assert_bad("--ring 2097152", "'2097152'");
	assert_bad("--ring 5", "'5'");
	assert_bad("--ring 8k", "'8k'");
}

static void features(void **state)
{
	(void)state;
	assert_good("--no-feature fexit");
	/* the names that there are come with the error */
	assert_bad("--no-feature warp", "maple-tree");
}

static void command_to_run(void **state)
{
	(void)state;
	assert_good("-d 1 -- ls -l --color");
	assert_non_null(o.argv);
	assert_string_equal(o.argv[0], "ls");
	assert_string_equal(o.argv[1], "-l");
	assert_string_equal(o.argv[2], "--color");
	assert_null(o.argv[3]);
	/* without the dashes, too: what follows the command is its own */
	assert_good("ls -p 1 --help");
	assert_string_equal(o.argv[1], "-p");
	assert_int_equal(o.capture.nr_ids, 0);
	assert_bad("-p 1 -- ls", "are mutually exclusive");
	assert_bad("-p 1 ls", "are mutually exclusive");
	assert_good("--");
	assert_null(o.argv);
}

static void unknown_options(void **state)
{
	(void)state;
	assert_bad("--nonsense", "'--nonsense'");
	assert_bad("-Z", "'-Z'");
	assert_bad("--top", "'--top'");
	assert_bad("--wide=yes", "--wide=yes");
	/* another command's */
	assert_bad_for(&still, "-p 1", "'-p'");
	assert_bad_for(&still, "--by vma", "'--by'");
	assert_bad_for(&still, "word", "'word'");
}

/* Commands' own words and those of several, lists, options that are abbreviated. */
static void suggestions(void **state)
{
	(void)state;
	assert_bad("--by thraed", "did you mean 'thread'?");
	assert_bad("--by proc", "did you mean 'process'?");
	assert_bad("-F mjn", "did you mean 'min'?");
	assert_bad("-F far-from-all", "all, min or maj");
	assert_bad("--cause cow,anonzero", "did you mean 'anon-zero'?");
	assert_bad("--format jsno", "did you mean 'json'?");
	assert_bad("--format perfetto", "text, json, csv");
	assert_bad("--no-feature maple_tree", "did you mean 'maple-tree'?");
	/* of a list that several commands share, each has its part */
	assert_good("--weight time");
	assert_bad("--weight stolen", "faults, time");
	assert_bad_for(&shooting, "--weight faults", "stolen, time, sent, calls");
	assert_bad("--unwind drawf", "did you mean 'dwarf'?");
	assert_bad_for(&shooting, "--by sties", "did you mean 'site'?");
	assert_bad_for(&reporting, "--view sat", "did you mean 'stat'?");
	assert_bad_for(&reporting, "--format perfeto", "did you mean 'perfetto'?");
	assert_bad_for(&reporting, "--by sties", "did you mean 'site'?");
	assert_bad_for(&reporting, "--by fuction", "did you mean 'function'?");
	assert_bad("--heatmpa", "did you mean '--heatmap'?");
	assert_bad("--durtion=5", "did you mean '--duration'?");
	/* another command's option is not suggested */
	assert_bad_for(&still, "--heatmpa", "`vmascope help still` lists the options");
	assert_bad("--far-from-all", "lists the options");
	/* abbreviations are argp's */
	assert_good("--heat");
	assert_bad("--stac", "--stack-size, --stacks");
	assert_bad("-p", "option '-p' needs an argument (PID[,PID])");
	assert_bad("--pid", "option '--pid' needs an argument (PID[,PID])");
	assert_bad("--dur", "option '--dur' needs an argument (TIME)");
	assert_bad("-jp", "option '-p' needs an argument (PID[,PID])");
	assert_bad("-jZ", "no such option: '-Z' in '-jZ'");
	assert_bad("--wide=yes", "option '--wide' takes no argument");
	assert_bad("--wid=yes", "option '--wid' takes no argument");
	assert_bad("--us", "option '--us' is ambiguous (--usage, --user-stacks)");
}

static void errors_as_json(void **state)
{
	static const char *const lines[] = {
		"-j -p abc",
		"--json --nonsense",
		"--format json -d x",
		"--format=json --top",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		assert_int_equal(parse(lines[i]), VS_EXIT_USAGE);
		if (strncmp(message, "{\"error\":{\"message\":", 20) ||
		    !strstr(message, "\"exit\":2"))
			fail_msg("the error of '%s' is: %s", lines[i], message);
	}
	/* the -j of the command is not ours */
	assert_int_equal(parse("--by x -- ls -j"), VS_EXIT_USAGE);
	assert_int_equal(strncmp(message, "vmascope: ", 10), 0);
}

static int teardown(void **state)
{
	(void)state;
	options__free(&o);
	return 0;
}

static void record_options(void **state)
{
	(void)state;
	assert_int_equal(
		parse_for(&recording, "-o x --max-size 64M --snapshot 10s --events memcall"), 0);
	assert_string_equal(o.output, "x");
	assert_int_equal(o.max_size, 64 << 20);
	assert_true(o.snapshot_ns == 10000000000ULL);
	assert_int_equal(o.events, 1u << TRACE_MEMCALL);
	assert_int_equal(o.capture.ring_bytes, 64 << 20);
	assert_int_equal(parse_for(&recording, "--max-size 1000"), VS_EXIT_USAGE);
	assert_int_equal(parse_for(&recording, "--snapshot 0"), VS_EXIT_USAGE);
	assert_int_equal(parse_for(&recording, "--view stat"), VS_EXIT_USAGE);
}

static void report_options(void **state)
{
	(void)state;
	/* files and options in any order; events are those of the recording */
	assert_int_equal(parse_for(&reporting, "a --view shootdown b --by site"), 0);
	assert_string_equal(o.argv[0], "a");
	assert_string_equal(o.argv[1], "b");
	assert_int_equal(o.view, REPORT_SHOOTDOWN);
	assert_int_equal(o.shootdown_by, SHOOTDOWN_BY_SITE);
	assert_true(o.no_stat_by && !o.no_shootdown_by);
	assert_int_equal(o.events, 0);
	assert_int_equal(parse_for(&reporting, "--by cgroup"), 0);
	assert_int_equal(o.by, BY_CGROUP);
	assert_true(!o.no_stat_by && o.no_shootdown_by);
	assert_int_equal(parse_for(&reporting, "--format perfetto"), 0);
	assert_string_equal(o.format->name, "perfetto");
	assert_int_equal(parse_for(&reporting, "--view top"), VS_EXIT_USAGE);
	assert_int_equal(parse_for(&reporting, "--by weather"), VS_EXIT_USAGE);
	assert_int_equal(parse_for(&live, "--format perfetto"), VS_EXIT_USAGE);
}

static void recording_or_command(void **state)
{
	(void)state;
	assert_int_equal(parse_for(&advising, "-j run.rec"), 0);
	assert_string_equal(o.file, "run.rec");
	assert_int_equal(parse_for(&advising, "-d 1 -- ls -l"), 0);
	assert_null(o.file);
	assert_string_equal(o.argv[0], "ls");
	assert_int_equal(o.explain_rule, -1);
	assert_int_equal(parse_for(&advising, "--explain populate"), 0);
	assert_int_equal(o.explain_rule, ADVICE_POPULATE);
	assert_int_equal(parse_for(&advising, "--explain all"), 0);
	assert_int_equal(o.explain_rule, NR_ADVICE_RULES);
	assert_int_equal(parse_for(&advising, "--explain luck"), VS_EXIT_USAGE);
	assert_int_equal(parse_for(&advising, "-p 1 -- ls"), VS_EXIT_USAGE);
	assert_int_equal(parse_for(&advising, "--vma x"), VS_EXIT_USAGE);
	assert_int_equal(parse_for(&advising, ""), 0);
	assert_true(!o.argv && !o.file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_options),
		cmocka_unit_test(process_ids),
		cmocka_unit_test(thread_ids),
		cmocka_unit_test(command_names),
		cmocka_unit_test(users),
		cmocka_unit_test(cgroups),
		cmocka_unit_test(outcomes),
		cmocka_unit_test(causes),
		cmocka_unit_test(events),
		cmocka_unit_test(vma_names),
		cmocka_unit_test(times),
		cmocka_unit_test(groupings),
		cmocka_unit_test(shootdown_groupings),
		cmocka_unit_test(row_limits),
		cmocka_unit_test(formats),
		cmocka_unit_test(output_options),
		cmocka_unit_test(latency_modes),
		cmocka_unit_test(sizes),
		cmocka_unit_test(features),
		cmocka_unit_test(record_options),
		cmocka_unit_test(report_options),
		cmocka_unit_test(command_to_run),
		cmocka_unit_test(recording_or_command),
		cmocka_unit_test(unknown_options),
		cmocka_unit_test(suggestions),
		cmocka_unit_test(errors_as_json),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, teardown);
}
