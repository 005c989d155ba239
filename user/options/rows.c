// SPDX-License-Identifier: GPL-2.0-only
/* rows.c - the table of options: one row for each. */
#include "options/option.h"

#include "advise/advise.h"
#include "capture/capture.h"
#include "model/names.h"
#include "serve/http/listen.h"
#include "serve/metrics/group_name.h"

/** Default and maximum number of series of metrics. */
#define SERIES_DEFAULT 5000
#define SERIES_MOST 1000000
/** A user that owns no files. */
#define RUN_AS_DEFAULT "nobody"
#define MS 1000000LL
#define MIB (1LL << 20)

/* Commands that have options in common. */
#define TRACING                                                                                    \
	(COMMAND_STAT | COMMAND_TRACE | COMMAND_SHOOTDOWN | COMMAND_RECORD | COMMAND_TOP |         \
	 COMMAND_SERVE | COMMAND_ADVISE)
#define FAULTS (COMMAND_STAT | COMMAND_TRACE | COMMAND_RECORD | COMMAND_TOP)
#define COUNTED (COMMAND_STAT | COMMAND_REPORT)
#define PRINTING                                                                                   \
	(COMMAND_STAT | COMMAND_TRACE | COMMAND_SHOOTDOWN | COMMAND_REPORT | COMMAND_DOCTOR |      \
	 COMMAND_EXPLAIN | COMMAND_RECORD | COMMAND_ADVISE)
#define TO_FILE (PRINTING & ~COMMAND_RECORD)
#define EVERY (TRACING | COMMAND_REPORT | COMMAND_DOCTOR | COMMAND_EXPLAIN)
#define STACKS (TRACING & ~(COMMAND_SERVE | COMMAND_ADVISE))
#define STACK_ROWS (COMMAND_STAT | COMMAND_SHOOTDOWN | COMMAND_REPORT)
#define KEEPING                                                                                    \
	(COMMAND_STAT | COMMAND_TRACE | COMMAND_SHOOTDOWN | COMMAND_RECORD | COMMAND_REPORT |      \
	 COMMAND_ADVISE)

/* Types, with the field that holds the value. */
#define FIELD(f) .field = offsetof(struct options, f), .size = sizeof(((struct options *)0)->f)
#define GIVEN(f) .given = offsetof(struct options, f)
#define FLAG(f) .type = OPTION_FLAG, FIELD(f)
#define OFF(f) .type = OPTION_OFF, FIELD(f), .standard = true
#define TEXT(f) .type = OPTION_TEXT, FIELD(f)
#define NUMBER(f, from, to) .type = OPTION_NUMBER, FIELD(f), .least = (from), .most = (to)
#define POWER_OF_2(f, from, to) NUMBER(f, from, to), .step = STEP_POWER_OF_2
#define TIME(f) .type = OPTION_TIME, FIELD(f)
#define SIZE(f, from) .type = OPTION_SIZE, FIELD(f), .least = (from)
#define NAME(f, list, nr) .type = OPTION_NAME, FIELD(f), .names = (list), .nr_names = (nr)
#define NAMES(f, list, nr) .type = OPTION_NAMES, FIELD(f), .names = (list), .nr_names = (nr)
#define CUSTOM(function) .type = OPTION_CUSTOM, .parse = (function)
#define WORD(function, words) CUSTOM(function), .list = (words)

#define ROWS                                                                                       \
	NUMBER(top, 0, UINT32_MAX), GIVEN(top_given), .standard = 30, .for_all = true,             \
						      .what = "number of rows",                    \
						      .wanted = "a number, 0 for all"
#define INTERVAL                                                                                   \
	TIME(interval_ns), .least = 10 * MS, .what = "interval", .too_small = "at least 10ms"
#define SLOWER_THAN TIME(capture.bpf.slower_than_ns), .what = "duration"
#define EVENTS(by_default)                                                                         \
	NAMES(events, trace_event_names, NR_TRACE_EVENTS), .standard = (by_default), .what = "event"
#define WEIGHT                                                                                     \
	NAME(weight, stack_weight_names, NR_STACK_WEIGHTS),                                        \
		.standard = -1, .for_all = true, .what = "weight", .list = option_list_weights
#define RING(by_default)                                                                           \
	POWER_OF_2(capture.ring_bytes, 4, 1 << 20), .scale = 10, .standard = (by_default),         \
						    .unit = "KiB", .what = "ring size"

static const char *const fault_filters[] = { "all", "min", "maj" };
static const char *const unwinders[] = { "fp", "dwarf" };

/* clang-format off */
const struct option_row option_rows[] = {
	/* --- who and what --- */
	{"pid", 'p', "PID", GROUP_TARGETS, COMMAND_EXPLAIN, "process to inspect", CUSTOM(option_parse_pids)},
	{"pid", 'p', "PID[,PID]", GROUP_TARGETS, TRACING,
	 "trace these processes, and children that they start from now on", CUSTOM(option_parse_pids)},
	{"tid", 't', "TID[,TID]", GROUP_TARGETS, TRACING, "trace these threads only", CUSTOM(option_parse_tids)},
	{"comm", 'n', "NAME", GROUP_TARGETS, TRACING, "trace processes with this command name",
	 CUSTOM(option_parse_comm)},
	{"uid", 'u', "USER", GROUP_TARGETS, TRACING, "trace processes of this user (name or number)",
	 CUSTOM(option_parse_user), FIELD(capture.uid), .standard = -1, .for_all = true},
	{"cgroup", 'c', "PATH", GROUP_TARGETS, TRACING, "trace processes in this cgroup or below it",
	 TEXT(cgroup)},
	{"faults", 'F', "all|min|maj", GROUP_TARGETS, FAULTS, "trace only minor or only major faults (default all)",
	 NAME(capture.only, fault_filters, 3), .least = -1, .standard = -1, .for_all = true,
	 .what = "fault filter", .wanted = "all, min or maj"},
	{"cause", 0, "LIST", GROUP_TARGETS, FAULTS, "trace only faults with these causes",
	 NAMES(capture.bpf.causes, cause_names, VS_NR_CAUSES), .what = "cause"},
	{"vma", 0, "GLOB", GROUP_TARGETS, STACKS | COMMAND_REPORT, "show only VMAs whose name matches: '[heap]', '*libc*'",
	 TEXT(vma), .least = 1, .what = "VMA name", .wanted = "a glob pattern (* and ?)"},
	{"no-follow", 0, NULL, GROUP_TARGETS, TRACING, "do not follow child processes", OFF(capture.bpf.follow)},

	/* --- how long --- */
	{"duration", 'd', "TIME", GROUP_RUN, TRACING, "stop after TIME: 5, 200ms, 1m",
	 TIME(duration_ns), .what = "duration"},
	{"interval", 'i', "TIME", GROUP_RUN, COUNTED, "print counts every TIME", INTERVAL},
	{"interval", 'i', "TIME", GROUP_RUN, COMMAND_TOP, "refresh interval (default 1s)", INTERVAL,
	 .standard = 1000 * MS},

	/* --- what is shown: all commands --- */
	{"json", 'j', NULL, GROUP_SHOWN, PRINTING | COMMAND_SERVE, "same as --format json", CUSTOM(option_parse_json)},
	{"format", 0, "NAME", GROUP_SHOWN, PRINTING & ~STACK_ROWS, "output format: text (default), json or csv",
	 WORD(option_parse_format, option_list_formats), .text = "text"},
	{"format", 0, "NAME", GROUP_SHOWN, COMMAND_STAT | COMMAND_SHOOTDOWN,
	 "output format: text (default), json, csv, or pprof (stacks)",
	 WORD(option_parse_format, option_list_formats), .text = "text"},
	{"format", 0, "NAME", GROUP_SHOWN, COMMAND_REPORT,
	 "output format: text (default), json, csv, pprof (stacks), or perfetto (events)",
	 WORD(option_parse_format, option_list_formats), .text = "text"},
	{"format", 0, "NAME", GROUP_SHOWN, COMMAND_SERVE, "message format: text (default) or json",
	 WORD(option_parse_format, option_list_formats), .text = "text"},
	{"output", 'o', "FILE", GROUP_SHOWN, TO_FILE, "write output to FILE instead of stdout", TEXT(output)},
	{"wide", 'w', NULL, GROUP_SHOWN, PRINTING, "do not cut lines to the width of the terminal", FLAG(wide)},
	{"ascii", 0, NULL, GROUP_SHOWN, EVERY, "use ASCII characters only", FLAG(ascii)},
	{"quiet", 'q', NULL, GROUP_SHOWN, EVERY, "suppress warnings and notes", FLAG(quiet)},
	{"verbose", 'v', NULL, GROUP_SHOWN, EVERY, "print more details (-v to -vvv)",
	 .type = OPTION_TIMES, FIELD(verbosity)},

	/* --- what is shown: counts --- */
	{"by", 0, "WHAT", GROUP_SHOWN, COMMAND_STAT,
	 "group by mapping (default), vma, process, comm, thread, cause, cpu, cgroup, stack, function",
	 NAME(by, stat_by_names, NR_STAT_BY), GIVEN(by_given), .what = "grouping"},
	{"by", 0, "WHAT", GROUP_SHOWN, COMMAND_SHOOTDOWN,
	 "group by vma (default), call, process, comm, thread, site, stack, function, cpu",
	 NAME(shootdown_by, shootdown_by_names, NR_SHOOTDOWN_BY), GIVEN(by_given), .what = "grouping"},
	{"by", 0, "WHAT", GROUP_SHOWN, COMMAND_REPORT, "group rows as in stat or shootdown",
	 WORD(option_parse_either_by, option_list_either_by)},
	{"top", 0, "N", GROUP_SHOWN, COUNTED, "print at most N rows of each table (default 30; 5 with -i; 0: all)",
	 ROWS},
	{"top", 0, "N", GROUP_SHOWN, COMMAND_SHOOTDOWN,
	 "print at most N rows of each table (default 30; 0: all)", ROWS},
	{"top", 0, "N", GROUP_SHOWN, COMMAND_ADVISE, "print at most N findings in text (default 5; 0: all)",
	 NUMBER(top, 0, UINT32_MAX), GIVEN(top_given), .standard = 5, .what = "number of findings",
	 .wanted = "a number, 0 for all"},
	{"explain", 0, "RULE", GROUP_SHOWN, COMMAND_ADVISE,
	 "explain a rule, or all of them: background, versions, trade-off, sources",
	 NAME(explain_rule, advice_rule_names, NR_ADVICE_RULES + 1), .standard = -1, .for_all = true,
	 .what = "rule"},
	{"hist", 0, NULL, GROUP_SHOWN, COUNTED, "print latency histograms: all faults, then each cause",
	 FLAG(hist)},
	{"why", 0, NULL, GROUP_SHOWN, COUNTED, "print the time in page faults by what they waited for",
	 FLAG(why)},
	{"heatmap", 0, NULL, GROUP_SHOWN, COUNTED, "print heatmaps: latency and address over time",
	 FLAG(heatmap)},
	{"quantiles", 0, NULL, GROUP_SHOWN, COUNTED, "show latency quantiles (p50 to max) for each row, including VMAs",
	 FLAG(quantiles)},
	{"cost", 0, NULL, GROUP_SHOWN, COMMAND_DOCTOR, "measure the overhead of tracing on this machine (a few seconds)",
	 FLAG(cost)},

	/* --- what is shown: events --- */
	{"events", 0, "LIST", GROUP_SHOWN, COMMAND_TRACE,
	 "events to print: fault (default), memcall, shootdown", EVENTS(1 << TRACE_FAULT)},
	{"events", 0, "LIST", GROUP_SHOWN, COMMAND_RECORD,
	 "events to record: fault (default), memcall, shootdown", EVENTS(1 << TRACE_FAULT)},
	{"events", 0, "LIST", GROUP_SHOWN, COMMAND_REPORT,
	 "with --view trace: fault, memcall, shootdown (default: all recorded)", EVENTS(0)},
	{"slower-than", 0, "TIME", GROUP_SHOWN, COMMAND_TRACE,
	 "print only faults and memory calls that took at least TIME: 1ms, 50us", SLOWER_THAN},
	{"slower-than", 0, "TIME", GROUP_SHOWN, COMMAND_REPORT,
	 "with --view trace: only faults and memory calls that took at least TIME", SLOWER_THAN},
	{"time", 'T', NULL, GROUP_SHOWN, COMMAND_TRACE | COMMAND_REPORT, "print the time of day",
	 FLAG(wall_clock)},
	{"between", 0, "FROM,TO", GROUP_SHOWN, COMMAND_REPORT,
	 "with --view trace or --format perfetto: events that began in this range, since the start; either end can be omitted",
	 CUSTOM(option_parse_between)},

	/* --- what is shown: recordings --- */
	{"output", 'o', "FILE", GROUP_SHOWN, COMMAND_RECORD, "write the recording to FILE (default vmascope.rec)",
	 TEXT(output)},
	{"max-size", 0, "SIZE", GROUP_SHOWN, COMMAND_RECORD, "rotate recordings FILE.N, keeping at most SIZE (64M, 1G) in total",
	 SIZE(max_size, MIB), .what = "size", .wanted = "at least 1M: bytes, or with K, M, G"},
	{"snapshot", 0, "TIME", GROUP_SHOWN, COMMAND_RECORD,
	 "keep the last TIME in memory; write it on SIGUSR1 and at exit", TIME(snapshot_ns), .what = "time"},
	{"quantiles", 0, NULL, GROUP_SHOWN, COMMAND_RECORD, "also keep latency quantiles of each VMA", FLAG(quantiles)},
	{"summary", 0, NULL, GROUP_SHOWN, COMMAND_RECORD, "print what stat and shootdown would print, at exit",
	 FLAG(summary)},
	{"view", 0, "NAME", GROUP_SHOWN, COMMAND_REPORT, "view to print: stat (default), shootdown, trace or advise",
	 NAME(view, report_view_names, NR_REPORT_VIEWS), .what = "view"},
	{"diff", 0, NULL, GROUP_SHOWN, COMMAND_REPORT, "compare two recordings, largest change first",
	 FLAG(diff)},

	/* --- what is shown: top --- */
	{"view", 0, "NAME", GROUP_SHOWN, COMMAND_TOP,
	 "initial view: processes (default), vmas, causes, calls, cpus, log, stacks", WORD(option_parse_top_view, option_list_top_views), .text = "processes"},
	{"total", 0, NULL, GROUP_SHOWN, COMMAND_TOP, "show totals since the start instead of rates",
	 FLAG(total)},
	{"batch", 0, NULL, GROUP_SHOWN, COMMAND_TOP, "print frames as plain text, for logs (see --frames)",
	 FLAG(batch)},
	{"frames", 0, "N", GROUP_SHOWN, COMMAND_TOP, "with --batch: exit after N frames",
	 NUMBER(frames, 1, UINT32_MAX), .what = "number of frames", .wanted = "a number, at least 1"},
	{"top", 0, "N", GROUP_SHOWN, COMMAND_TOP, "with --batch: print at most N rows per frame (default 30; 0: all)",
	 ROWS},
	{"no-color", 0, NULL, GROUP_SHOWN, COMMAND_TOP, "do not use colours (as with NO_COLOR set)", FLAG(no_colour)},

	/* --- what is shown: stacks --- */
	{"user-stacks", 'U', NULL, GROUP_SHOWN, STACKS | COMMAND_REPORT, "collect or show user stacks (call chains)", FLAG(capture.bpf.user_stacks)},
	{"user-stacks", 'U', NULL, GROUP_SERVING, COMMAND_SERVE,
	 "count faults by user stack (call chain), for /debug/pprof/faults", FLAG(capture.bpf.user_stacks)},
	{"kernel-stacks", 'K', NULL, GROUP_SHOWN, STACKS | COMMAND_REPORT,
	 "collect or show kernel stacks (call chains)", FLAG(capture.bpf.kernel_stacks)},
	{"unwind", 0, "HOW", GROUP_SHOWN, STACKS,
	 "unwind user stacks by frame pointers (fp, default) or DWARF CFI (dwarf)",
	 NAME(dwarf, unwinders, 2), .what = "unwind method", .wanted = "fp or dwarf"},
	{"lines", 0, NULL, GROUP_SHOWN, STACKS, "show source lines and inlined functions in stacks", FLAG(lines)},
	{"per-process", 0, NULL, GROUP_SHOWN, STACK_ROWS,
	 "with --by stack or function: do not merge processes with the same command name",
	 FLAG(per_process)},
	{"per-process", 0, NULL, GROUP_SHOWN, COMMAND_TOP,
	 "in the stacks view: do not merge processes with the same command name",
	 FLAG(per_process)},
	{"folded", 0, NULL, GROUP_SHOWN, STACK_ROWS,
	 "with --by stack: print folded stacks, for flame graph tools", FLAG(folded)},
	{"flame", 0, "FILE", GROUP_SHOWN, STACK_ROWS, "with --by stack: also write a flame graph (SVG) to FILE",
	 TEXT(flame), .least = 1, .what = "file", .wanted = "the name of a file"},
	{"weight", 0, "WHAT", GROUP_SHOWN, COUNTED, "metric for --folded and --flame: faults (default) or time", WEIGHT},
	{"weight", 0, "WHAT", GROUP_SHOWN, COMMAND_SHOOTDOWN,
	 "metric for --folded and --flame: stolen (default), time, sent, calls", WEIGHT},

	/* --- tuning --- */
	{"latency", 0, "every|sample[=N]|off", GROUP_TUNING,
	 COMMAND_STAT | COMMAND_RECORD | COMMAND_TOP | COMMAND_SERVE,
	 "measure the latency of every fault (every, default), of one minor fault in N (sample, 61), or of none (off)",
	 WORD(option_parse_latency, option_list_latency), FIELD(capture.bpf.latency_period),
	 .text = "every", .standard = 1, .for_all = true},
	{"no-feature", 0, "NAME", GROUP_TUNING, EVERY & ~COMMAND_REPORT,
	 "do not use this kernel feature (see doctor)", WORD(option_parse_feature, option_list_features)},
	{"no-owners", 0, NULL, GROUP_TUNING, TRACING & ~COMMAND_SERVE,
	 "do not read memory of processes to find what anonymous memory is used for", FLAG(no_owners)},
	{"slots", 0, "N", GROUP_TUNING, TRACING,
	 "VMAs and processes counted at the same time (default: by number of CPUs, at most 32768)",
	 POWER_OF_2(capture.nr_slots, CAPTURE_MIN_SLOTS, CAPTURE_MAX_SLOTS), .what = "number of slots"},
	{"hists", 0, "N", GROUP_TUNING, TRACING,
	 "latency histograms in use at the same time (default: by number of CPUs, at most 2048)",
	 POWER_OF_2(capture.nr_hists, CAPTURE_MIN_HISTS, CAPTURE_MAX_SLOTS), .what = "number of histograms",
	 .wanted = "a power of two, at least 64"},
	{"max-processes", 0, "N", GROUP_TUNING, KEEPING,
	 "keep at most N processes; beyond that, exited ones are merged into one row (default 8192; 0: no limit)",
	 NUMBER(max_processes, SESSION_LEAST_PROCESSES, UINT32_MAX), .step = STEP_ANY_OR_0,
	 .standard = SESSION_MAX_PROCESSES, .what = "number of processes", .wanted = "16 or more, or 0: no limit"},
	{"ring", 0, "KIB", GROUP_TUNING, TRACING & ~COMMAND_RECORD,
	 "size of the ring buffer (default 8192, for record 65536)", RING(CAPTURE_DEFAULT_RING), .for_all = true},
	{"ring", 0, "KIB", GROUP_TUNING, COMMAND_RECORD,
	 "size of the ring buffer (default 8192, for record 65536)", RING(CAPTURE_RECORD_RING)},
	{"stack-size", 0, "KIB", GROUP_TUNING, STACKS, "size of each stack copy with --unwind dwarf (default 16)",
	 NUMBER(stack_bytes, VS_SAMPLE_MIN >> 10, VS_SAMPLE_MAX >> 10), .step = STEP_4, .scale = 10,
	 .unit = "KiB", .what = "stack size"},
	{"stacks", 0, "N", GROUP_TUNING, TRACING & ~COMMAND_ADVISE, "distinct stacks counted at the same time (default 16384)",
	 POWER_OF_2(capture.nr_stacks, CAPTURE_MIN_STACKS, CAPTURE_MAX_STACKS), .what = "number of stacks"},

	/* --- serving --- */
	{"listen", 0, "ADDR:PORT", GROUP_SERVING, COMMAND_SERVE,
	 "listen on this address (default " LISTEN_DEFAULT ")", TEXT(listen), .text = LISTEN_DEFAULT},
	{"allow-remote", 0, NULL, GROUP_SERVING, COMMAND_SERVE,
	 "allow --listen on a non-loopback address (requires --token-file or --client-ca)", FLAG(allow_remote)},
	{"token-file", 0, "FILE", GROUP_SERVING, COMMAND_SERVE,
	 "require the first line of FILE as bearer token", TEXT(token_file)},
	{"tls-cert", 0, "FILE", GROUP_SERVING, COMMAND_SERVE, "serve HTTPS with this certificate (PEM)",
	 TEXT(tls_cert)},
	{"tls-key", 0, "FILE", GROUP_SERVING, COMMAND_SERVE, "private key of the certificate (PEM)",
	 TEXT(tls_key)},
	{"client-ca", 0, "FILE", GROUP_SERVING, COMMAND_SERVE,
	 "require client certificates signed by this CA (PEM)", TEXT(client_ca)},
	{"group-by", 0, "RULE", GROUP_SERVING, COMMAND_SERVE,
	 "group metrics by comm (default), cgroup, unit, container, none",
	 NAME(group_by, group_by_names, NR_GROUP_BY), .what = "grouping",
	 .wanted = "comm, cgroup, unit, container or none"},
	{"max-series", 0, "N", GROUP_SERVING, COMMAND_SERVE,
	 "limit the number of series in /metrics (default 5000); the rest counts as group other",
	 NUMBER(max_series, 0, SERIES_MOST), .standard = SERIES_DEFAULT, .what = "number of series",
	 .wanted = "a number up to 1000000"},
	{"expose-paths", 0, NULL, GROUP_SERVING, COMMAND_SERVE,
	 "show paths of mapped files to clients that can see VMAs", FLAG(expose_paths)},
	{"expose-processes", 0, NULL, GROUP_SERVING, COMMAND_SERVE,
	 "show process IDs and command names to clients without a token", FLAG(expose_processes)},
	{"expose-addresses", 0, NULL, GROUP_SERVING, COMMAND_SERVE,
	 "show addresses and sizes of VMAs to clients without a token", FLAG(expose_addresses)},
	{"run-as", 0, "USER", GROUP_SERVING, COMMAND_SERVE,
	 "switch to this user once everything is attached, if started as root (default " RUN_AS_DEFAULT ")",
	 TEXT(run_as), .text = RUN_AS_DEFAULT},
	{"interval", 'i', "TIME", GROUP_SERVING, COMMAND_SERVE, "interval of /events (default 1s)",
	 TIME(interval_ns), .least = 100 * MS, .standard = 1000 * MS, .what = "interval",
	 .wanted = "at least 100ms"},
	{"no-bpf-stats", 0, NULL, GROUP_SERVING, COMMAND_SERVE,
	 "do not enable the kernel's run-time statistics of BPF programs", OFF(bpf_stats)},
	{},
};
/* clang-format on */
