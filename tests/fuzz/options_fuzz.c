// SPDX-License-Identifier: GPL-2.0-only
/*
 * options_fuzz.c - any command line: each command's options, and the small languages of their
 * arguments (times, sizes, lists, addresses). The first byte picks the command; a word a line.
 */
#include <string.h>

#include "fuzz.h"
#include "options/option.h"
#include "serve/http/listen.h"
#include "util/cpu_list.h"
#include "util/str.h"

/* The table of commands is main()'s own. */
int vmascope_main(int argc, char **argv);
#define main vmascope_main
#include "main.c"
#undef main

#define MAX_WORDS 64

/* These print and exit; --HANG, which argp has for debuggers, waits. */
static bool ends_the_process(const char *word)
{
	return !strcmp(word, "--help") || !strcmp(word, "-?") || !strcmp(word, "--usage") ||
	       !strncmp(word, "--H", 3);
}

static int split(char *text, char **argv)
{
	char *rest = NULL;
	int argc = 1;

	argv[0] = (char *)"vmascope";
	for (char *word = strtok_r(text, "\n", &rest); word && argc < MAX_WORDS;
	     word = strtok_r(NULL, "\n", &rest))
		if (!ends_the_process(word))
			argv[argc++] = word;
	argv[argc] = NULL;
	return argc;
}

/* A number that is not the default is in the range of its row. */
static void check_row(const struct option_row *row, const struct options *o)
{
	const void *field = (const char *)o + row->field;
	const uint64_t value = row->size == 8	? *(const uint64_t *)field
			       : row->size == 4 ? *(const uint32_t *)field
						: *(const uint8_t *)field;
	const uint64_t n = value >> row->scale;

	switch (row->type) {
	case OPTION_NUMBER:
		if (value == (uint64_t)row->standard || (!n && row->step == STEP_ANY_OR_0))
			return;
		fuzz_check(n >= (uint64_t)row->least && n <= row->most);
		fuzz_check(row->step != STEP_POWER_OF_2 || !(n & (n - 1)));
		fuzz_check(row->step != STEP_4 || !(n % 4));
		break;
	case OPTION_TIME:
	case OPTION_SIZE:
		fuzz_check(value == (uint64_t)row->standard || value >= (uint64_t)row->least);
		break;
	case OPTION_NAME:
		fuzz_check((int32_t)value >= row->standard &&
			   (int32_t)value < row->least + row->nr_names);
		break;
	case OPTION_NAMES:
		fuzz_check(!(value >> row->nr_names));
		break;
	default:
		break;
	}
}

static void check(const struct command *command, int status, const struct options *o)
{
	fuzz_check(status == VS_EXIT_OK || status == VS_EXIT_USAGE || status == VS_EXIT_FAILURE);
	if (status)
		return;
	fuzz_check(o->format);
	fuzz_check(!o->capture.ids == !o->capture.nr_ids);
	for (const struct option_row *row = option_rows; row->name; row++)
		if (row->commands & command->is)
			check_row(row, o);
}

/* What is read from elsewhere by the same functions. */
static void parse_words(char **argv)
{
	for (; *argv; argv++) {
		struct listen_address a;
		char back[64];
		uint64_t n;

		listen__host_is_loopback(*argv);
		cpu_list_has(*argv, 1);
		if (!listen__parse(*argv, &a)) {
			listen__format(&a, back, sizeof(back));
			fuzz_check(strlen(back) < sizeof(back) && strchr(back, ':'));
		}
		if (!str_parse_u64(*argv, 1000, &n))
			fuzz_check(n <= 1000);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *argv[MAX_WORDS + 1], *text;
	const struct command *command;
	struct options o;
	int argc, status;

	if (!size)
		return 0;
	command = commands[data[0] % NR_COMMANDS];
	text = malloc(size);
	fuzz_check(text);
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	argc = split(text, argv);
	parse_words(argv + 1);
	status = options__parse(command, argc, argv, &o);
	check(command, status, &o);
	options__free(&o);
	free(text);
	return 0;
}
