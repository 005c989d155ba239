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
		.summary = "count page faults by VMA, and print them at the end",
		.doc = "Count page faults until COMMAND ends, the duration is over or Ctrl-C; then "
		       "print them.\vWithout a command or a filter, the whole system is counted.",
		.is = COMMAND_STAT,
		.args = ARGS_COMMAND,
		.run = cmd_stat,
	},
	{
		.name = "trace",
		.args_doc = "[-- COMMAND [ARG...]]",
		.summary = "print page faults, memory calls and TLB flushes as they happen",
		.doc = "Print each page fault as it happens; with --events memory calls, the TLB "
		       "flushes that they cause and the interrupts of other CPUs for these, too.\v"
		       "FAULT: m minor, M major, ! not resolved; r read, w write, e exec, in "
		       "capitals by the kernel; then the cause.\n\n"
		       "--events memcall,shootdown: all is in the order of time, on all CPUs. #17 "
		       "marks what belongs to memory call 17; faults show which one they follow. "
		       "rw->r-- is the protection before and after, ! after it: writable memory "
		       "became executable. Bytes are in K, M, G.\n\n"
		       "Dropped events are counted, and the count is printed at the end.",
		.is = COMMAND_TRACE,
		.args = ARGS_COMMAND,
		.run = cmd_trace,
	},
	{
		.name = "shootdown",
		.args_doc = "[-- COMMAND [ARG...]]",
		.summary = "show which memory calls flush TLBs of other CPUs, and what it costs",
		.doc = "Count memory calls (mprotect, munmap, madvise and such), the TLB flushes "
		       "and interrupts that they cause, who is interrupted, and the faults that "
		       "follow, until COMMAND ends, the duration is over or Ctrl-C; then print "
		       "them.\vSENT: flushes that went to other CPUs; IPIS: interrupts that "
		       "arrived there; DELAY: until their handler began; STOLEN: time that it "
		       "took; FAULTS: those that followed where a call had changed something. "
		       "Flushes that no memory call made are listed by their origin: a "
		       "copy-on-write fault (cow), reclaim and so on. Without a command or a "
		       "filter, the whole system is counted.",
		.is = COMMAND_SHOOTDOWN,
		.args = ARGS_COMMAND,
		.run = cmd_shootdown,
	},
	{
		.name = "record",
		.args_doc = "[-- COMMAND [ARG...]]",
		.summary = "write events and counts into a file, to look at later",
		.doc = "Record page faults, and with --events memory calls and TLB flushes, with "
		       "all counts, until COMMAND ends, the duration is over or Ctrl-C. `vmascope "
		       "report` shows them, on any machine, without privileges.\vWithout a command "
		       "or a filter, the whole system is recorded. A file is readable at any time, "
		       "also after a crash. With --max-size the oldest is given up; with "
		       "--snapshot "
		       "SIGUSR1 writes FILE.1, FILE.2 and so on, and FILE is written at the end.",
		.is = COMMAND_RECORD,
		.args = ARGS_COMMAND,
		.run = cmd_record,
	},
	{
		.name = "report",
		.args_doc = "[FILE...]",
		.summary = "show what `record` wrote: as stat, shootdown or trace do",
		.doc = "Show a recording as `vmascope stat`, `shootdown` or `trace` would have "
		       "shown the run. FILE is vmascope.rec by default; several files of one ring "
		       "are one run.\vThe exit status is 3 if something is missing in a file: all "
		       "that is whole is shown, and what is missing is reported.",
		.is = COMMAND_REPORT,
		.args = ARGS_FILES,
		.run = cmd_report,
	},
	{
		.name = "top",
		.args_doc = "[-- COMMAND [ARG...]]",
		.summary = "show it all live, in the terminal",
		.doc = "Show processes, VMAs, causes, memory calls and CPUs live in the terminal.\v"
		       "F1 lists the keys; with -U or -K, 7 shows stacks. Without a command or a "
		       "filter, it is of the whole "
		       "system. COMMAND's input and output are /dev/null, but for --batch; when it "
		       "has ended, its counts stay until q.",
		.is = COMMAND_TOP,
		.args = ARGS_COMMAND,
		.run = cmd_top,
	},
	{
		.name = "serve",
		.args_doc = "[-- COMMAND [ARG...]]",
		.summary = "answer Prometheus and browsers, until stopped",
		.doc = "Count page faults, memory calls and TLB flushes all the time, and answer "
		       "over "
		       "HTTP: /metrics for Prometheus, /api/v1 and /events for programs, / for "
		       "people.\vOnly this machine can ask, unless --allow-remote is given "
		       "together "
		       "with --token-file or --client-ca. Once all is attached, capabilities are "
		       "given up. Without a command or a filter, the whole system is counted.",
		.is = COMMAND_SERVE,
		.args = ARGS_COMMAND,
		.run = cmd_serve,
	},
	{
		.name = "doctor",
		.summary = "show what this kernel offers: hooks, variants in use, what is missing",
		.doc = "Show which kernel features and hook variants are used, and why others are "
		       "not.",
		.is = COMMAND_DOCTOR,
		.run = cmd_doctor,
	},
	{
		.name = "explain",
		.args_doc = "ADDR...",
		.summary = "show page tables, page, VMA and TLB of addresses of a process",
		.doc = "Show what the kernel and the CPU know of addresses (hexadecimal) of a "
		       "live process: page-table entries, frame and page flags, VMA, TLB reach.\v"
		       "What can't be known is listed, with the reason.",
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
