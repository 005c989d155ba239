/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * command.h - a command of vmascope in a process of the test's own, and what it printed.
 */
#ifndef VMASCOPE_TESTS_UNIT_COMMAND_H
#define VMASCOPE_TESTS_UNIT_COMMAND_H

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "options/options.h"

#define COMMAND_WORDS 24

/** Where commands run, and where what they print is: files "out" and "err". */
static char command_dir[] = "/tmp/vmascope-command.XXXXXX";

/** command_path - of a file there */
static inline void command_path(char *buf, size_t size, const char *name)
{
	snprintf(buf, size, "%s/%s", command_dir, name);
}

/** read_all - @path, to be freed; NULL: there is none */
static inline char *read_all(const char *path, size_t *size)
{
	FILE *f = fopen(path, "re");
	char *text = NULL;
	struct stat st;

	*size = 0;
	if (!f)
		return NULL;
	assert_false(fstat(fileno(f), &st));
	text = malloc((size_t)st.st_size + 1);
	assert_non_null(text);
	*size = fread(text, 1, (size_t)st.st_size, f);
	text[*size] = '\0';
	fclose(f);
	return text;
}

static inline void write_all(const char *path, const char *text, size_t size)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, size, f), size);
	assert_int_equal(fclose(f), 0);
}

/** command_remove - a file there, if there is one */
static inline void command_remove(const char *name)
{
	char path[128];

	command_path(path, sizeof(path), name);
	unlink(path);
}

/** command_redirect - in the child: what goes to @fd goes into a file */
static inline void command_redirect(int fd, const char *name)
{
	char path[128];
	int to;

	command_path(path, sizeof(path), name);
	to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (to < 0 || dup2(to, fd) < 0)
		_exit(99);
}

/**
 * command_start - start @command in its directory; nothing of the environment shows in what it prints
 * @options: words, separated by spaces
 * @before: NULL, or changes the options that were parsed
 *
 * Return: the process, for command_wait().
 */
static inline pid_t command_start(const struct command *command, const char *options,
				  void (*before)(struct options *o))
{
	char words[256], *argv[COMMAND_WORDS] = { words }, *word, *rest = words;
	int argc = 1, status;
	struct options o;
	pid_t pid;

	assert_true((size_t)snprintf(words, sizeof(words), "%s", options) < sizeof(words));
	while ((word = strsep(&rest, " "))) {
		assert_true(argc < COMMAND_WORDS - 1);
		if (*word)
			argv[argc++] = word;
	}
	fflush(NULL);
	/* what is there from now on is its own */
	command_remove("out");
	command_remove("err");
	pid = fork();
	assert_true(pid >= 0);
	if (pid)
		return pid;
	command_redirect(STDOUT_FILENO, "out");
	command_redirect(STDERR_FILENO, "err");
	/* what fails in here is not to go on with the tests that are left */
	setenv("CMOCKA_TEST_ABORT", "1", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("TZ", "UTC", 1);
	unsetenv("COLUMNS");
	if (chdir(command_dir))
		_exit(99);
	status = options__parse(command, argc, argv, &o);
	if (!status && before)
		before(&o);
	if (!status)
		status = command->run(&o);
	options__free(&o);
	exit(status);
}

/** command_wait - Return: its exit status; 128 and the signal's number if it crashed. */
static inline int command_wait(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/** command_run - start it as above, and wait for its end. Return: as command_wait(). */
static inline int command_run(const struct command *command, const char *options,
			      void (*before)(struct options *o))
{
	return command_wait(command_start(command, options, before));
}

/** command_output - what it has printed to "out" or "err"; to be freed */
static inline char *command_output(const char *name)
{
	char path[128], *text;
	size_t size;

	command_path(path, sizeof(path), name);
	text = read_all(path, &size);
	assert_non_null(text);
	return text;
}

static inline int command_set_up(void **state)
{
	(void)state;
	return mkdtemp(command_dir) ? 0 : -1;
}

static inline int command_tear_down(void **state)
{
	(void)state;
	command_remove("out");
	command_remove("err");
	return rmdir(command_dir);
}

#endif /* VMASCOPE_TESTS_UNIT_COMMAND_H */
