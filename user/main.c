// SPDX-License-Identifier: GPL-2.0-only
/* main.c - the table of commands. */
#include <stdio.h>
#include <string.h>

#include "options/options.h"
#include "util/array.h"
#include "util/library.h"
#include "util/log.h"
#include "util/nearest.h"
#include "util/startup.h"

static const struct command commands[] = {
	{
		.name = "stat",
		.args_doc = "[-- COMMAND [ARG...]]",
		.summary = "count page faults by mapping, VMA, process, cause or stack",
		.doc = "Count page faults until COMMAND exits, the duration has passed or Ctrl-C "
		       "is "
		       "pressed; then print the counts.\vWithout a command or a filter, the whole "
		       "system is traced.",
		.is = COMMAND_STAT,
		.args = ARGS_COMMAND,
		.run = cmd_stat,
	},
	{
		.name = "trace",
		.args_doc = "[-- COMMAND [ARG...]]",
		.summary = "print page faults, memory calls and TLB flushes as they happen",
		.doc = "Print each page fault as it happens; with --events also memory calls "
		       "(system "
		       "calls that change mappings), the TLB flushes that they cause, and the IPIs "
		       "that other CPUs receive for them.\v"
		       "FAULT: m minor, M major, ! failed; r read, w write, e exec (capital: "
		       "access "
		       "by the kernel); then the cause.\n\n"
		       "With --events memcall,shootdown, events of all CPUs are sorted by time. "
		       "#17 "
		       "marks events that belong to memory call 17, and faults in a range that it "
		       "changed. rw->r-- is the protection before and after the call; a ! behind "
		       "it: "
		       "writable memory became executable. Sizes are in K, M, G (powers of "
		       "1,024).\n\n"
		       "Lost events are counted, and the count is printed at the end.",
		.is = COMMAND_TRACE,
		.args = ARGS_COMMAND,
		.run = cmd_trace,
	},
	{
		.name = "shootdown",
		.args_doc = "[-- COMMAND [ARG...]]",
		.summary = "show which memory calls flush TLBs of other CPUs, and the cost",
		.doc = "Count memory calls (system calls that change mappings: mprotect, munmap, "
		       "madvise and others), the TLB flushes and IPIs that they cause, the tasks "
		       "that these interrupt, and the refaults that follow, until COMMAND exits, "
		       "the duration has passed or Ctrl-C is pressed; then print the counts.\v"
		       "SENT: flushes sent to other CPUs; IPIS: interrupts that arrived there; "
		       "DELAY: mean IPI latency, from sending to the start of the handler; STOLEN: "
		       "time in the handlers; FAULTS: refaults, in ranges that a call had changed. "
		       "Flushes without a memory call are listed by origin: copy-on-write faults "
		       "(cow), reclaim and others. Without a command or a filter, the whole system "
		       "is traced.",
		.is = COMMAND_SHOOTDOWN,
		.args = ARGS_COMMAND,
		.run = cmd_shootdown,
	},
	{
		.name = "record",
		.args_doc = "[-- COMMAND [ARG...]]",
		.summary = "record events and counts to a file, for report",
		.doc = "Record page faults, with --events also memory calls and TLB flushes, and "
		       "all "
		       "counts, until COMMAND exits, the duration has passed or Ctrl-C is pressed. "
		       "`vmascope report` shows them, on any machine, without privileges.\vWithout "
		       "a command or a filter, the whole system is recorded. A recording can be "
		       "read at any time, also after a crash. With --max-size, the oldest files "
		       "are "
		       "removed; with --snapshot, SIGUSR1 writes FILE.1, FILE.2 and so on, and "
		       "FILE "
		       "is written at exit.",
		.is = COMMAND_RECORD,
		.args = ARGS_COMMAND,
		.run = cmd_record,
	},
	{
		.name = "report",
		.args_doc = "[FILE...]",
		.summary = "show a recording as stat, shootdown or trace, or compare two",
		.doc = "Show a recording as `vmascope stat`, `shootdown` or `trace` would have "
		       "shown "
		       "the run. FILE is vmascope.rec by default; the files of a --max-size "
		       "recording are given together.\vThe exit status is 3 if a file is damaged: "
		       "intact records are shown, and the missing part is reported.",
		.is = COMMAND_REPORT,
		.args = ARGS_FILES,
		.run = cmd_report,
	},
	{
		.name = "top",
		.args_doc = "[-- COMMAND [ARG...]]",
		.summary = "show processes, VMAs, causes, memory calls and CPUs live",
		.doc = "Show processes, VMAs, causes, memory calls and CPUs live in the terminal.\v"
		       "F1 lists the keys; with -U or -K, 7 shows stacks. Without a command or a "
		       "filter, the whole system is traced. COMMAND's input and output are "
		       "/dev/null, except with --batch; after it has exited, its counts stay on "
		       "screen until q is pressed.",
		.is = COMMAND_TOP,
		.args = ARGS_COMMAND,
		.run = cmd_top,
	},
	{
		.name = "serve",
		.args_doc = "[-- COMMAND [ARG...]]",
		.summary = "serve metrics for Prometheus and a web page, until stopped",
		.doc = "Count page faults, memory calls and TLB flushes continuously, and serve "
		       "them "
		       "over HTTP: /metrics for Prometheus, /api/v1 and /events for programs, / is "
		       "a web page.\vOnly clients on this machine can connect, unless "
		       "--allow-remote "
		       "is given together with --token-file or --client-ca. Capabilities are "
		       "dropped "
		       "once everything is attached. Without a command or a filter, the whole "
		       "system "
		       "is traced.",
		.is = COMMAND_SERVE,
		.args = ARGS_COMMAND,
		.run = cmd_serve,
	},
	{
		.name = "doctor",
		.summary = "show which kernel features and hook variants are available",
		.doc = "Show which kernel features and hook variants are used, and why others are "
		       "not.",
		.is = COMMAND_DOCTOR,
		.run = cmd_doctor,
	},
	{
		.name = "explain",
		.args_doc = "ADDR...",
		.summary = "show page-table entries, page, VMA and TLB reach of addresses",
		.doc = "Show what the kernel and the CPU know about addresses (hexadecimal) of a "
		       "live "
		       "process: page-table entries, page frame and its flags, VMA, TLB reach.\v"
		       "Information that is not available is listed with the reason.",
		.is = COMMAND_EXPLAIN,
		.args = ARGS_ADDRESSES,
		.run = cmd_explain,
	},
};

#define NR_COMMANDS ARRAY_SIZE(commands)

static void usage(FILE *f)
{
	fprintf(f, "usage: vmascope COMMAND [OPTION...]\n\n");
	for (size_t i = 0; i < NR_COMMANDS; i++)
		fprintf(f, "  %-10s %s\n", commands[i].name, commands[i].summary);
	fprintf(f, "\n`vmascope help COMMAND` lists a command's options; -V prints the version.\n");
}

static const struct command *find_command(const char *name)
{
	char names[NR_COMMANDS * NEAREST_LEN] = "help", near[NEAREST_LEN], hint[128];
	size_t len = strlen(names);

	for (size_t i = 0; i < NR_COMMANDS; i++) {
		if (!strcmp(name, commands[i].name))
			return &commands[i];
		len += snprintf(names + len, sizeof(names) - len, ", %s", commands[i].name);
	}
	snprintf(hint, sizeof(hint), "`vmascope --help` lists them");
	if (nearest__find(near, names, name))
		snprintf(hint, sizeof(hint), "did you mean '%s'?", near);
	vs_fail(VS_EXIT_USAGE, hint, "no such command: '%s'", name);
	return NULL;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct options o;
	int status = options__parse(command, argc, argv, &o);

	if (!status)
		status = command->run(&o);
	options__free(&o);
	return status;
}

int main(int argc, char **argv)
{
	const struct command *command;

	startup__prepare();
	if (argc < 2) {
		usage(stderr);
		return VS_EXIT_USAGE;
	}
	if (!strcmp(argv[1], "help") && argc > 2 && !strcmp(argv[2], "--list"))
		return options__list(commands, NR_COMMANDS);
	if (!strcmp(argv[1], "help") && argc > 2) {
		char help[] = "--help", *words[] = { argv[2], help, NULL };

		command = find_command(argv[2]);
		return command ? run(command, 2, words) : VS_EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		usage(stdout);
		return VS_EXIT_OK;
	}
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V") ||
	    !strcmp(argv[1], "version")) {
		printf("vmascope " VMASCOPE_VERSION "%s\n",
		       LIBRARY_STATIC ? " (static build: debuginfod is not supported)" : "");
		return VS_EXIT_OK;
	}
	command = find_command(argv[1]);
	return command ? run(command, argc - 1, argv + 1) : VS_EXIT_USAGE;
}
