// SPDX-License-Identifier: GPL-2.0-only
/* main.c - a command is found by its name, and run. */
#include <stdio.h>
#include <string.h>

#include "options/options.h"
#include "util/library.h"
#include "util/log.h"
#include "util/nearest.h"
#include "util/startup.h"

static const struct command *const commands[] = {
#define COMMAND_ROW(ID, name) &command_##name,
	VS_EACH_COMMAND(COMMAND_ROW)
#undef COMMAND_ROW
};

static void usage(FILE *f)
{
	fprintf(f, "usage: vmascope COMMAND [OPTION...]\n\n");
	for (size_t i = 0; i < NR_COMMANDS; i++)
		fprintf(f, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
	fprintf(f, "\n`vmascope help COMMAND` lists a command's options; -V prints the version.\n");
}

static const struct command *find_command(const char *name)
{
	char names[NR_COMMANDS * NEAREST_LEN] = "help", near[NEAREST_LEN], hint[128];
	size_t len = strlen(names);

	for (size_t i = 0; i < NR_COMMANDS; i++) {
		if (!strcmp(name, commands[i]->name))
			return commands[i];
		len += snprintf(names + len, sizeof(names) - len, ", %s", commands[i]->name);
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
