/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * completion_shells.h - shells with completions on a terminal, what they offer, and the table of options.
 */
#ifndef VT_COMPLETION_SHELLS_H
#define VT_COMPLETION_SHELLS_H

#include "check.h"
#include "scope.h"
#include "system.h"
#include "term.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROMPT "READY> "
#define WIDTH 220
#define HEIGHT 120
#define MAX_WORDS 256

/** Where the shells have their settings, and the process that is offered its command name. */
static const char *home;

/* --- words ---------------------------------------------------------------------------------- */

/** struct words - what is offered, or has to be; @text holds them */
struct words {
	const char *word[MAX_WORDS];
	size_t nr;
	char *text;
};

static bool has_word(const struct words *w, const char *word)
{
	for (size_t i = 0; i < w->nr; i++)
		if (!strcmp(w->word[i], word))
			return true;
	return false;
}

static void add_word(struct words *w, const char *word)
{
	if (!*word || has_word(w, word))
		return;
	vt_true(w->nr < MAX_WORDS);
	w->word[w->nr++] = word;
}

static bool same_words(const struct words *a, const struct words *b)
{
	for (size_t i = 0; i < a->nr; i++)
		if (!has_word(b, a->word[i]))
			return false;
	return a->nr == b->nr;
}

static void free_words(struct words *w)
{
	free(w->text);
	memset(w, 0, sizeof(*w));
}

/** split_words - what @text has between any of @separators */
static void split_words(struct words *w, const char *text, const char *separators)
{
	char *rest;

	memset(w, 0, sizeof(*w));
	w->text = strdup(text);
	vt_true(w->text);
	for (char *word = strtok_r(w->text, separators, &rest); word;
	     word = strtok_r(NULL, separators, &rest))
		add_word(w, word);
}

static void print_words(char *to, size_t size, const struct words *w)
{
	size_t len = 0;

	*to = '\0';
	for (size_t i = 0; i < w->nr && len < size; i++)
		len += (size_t)snprintf(to + len, size - len, "%s%s", i ? " " : "", w->word[i]);
}

/* --- the table of options ------------------------------------------------------------------- */

static struct json_object *table;

static struct json_object *command_of(const char *name)
{
	struct json_object *commands = json_object_object_get(table, "commands");

	for (size_t i = 0; i < json_object_array_length(commands); i++) {
		struct json_object *command = json_object_array_get_idx(commands, i);

		if (!strcmp(vt_str(command, "command"), name))
			return command;
	}
	fail_msg("no command %s", name);
	return NULL;
}

/** beginning - those words of @text, separated by commas, spaces or lines, that begin with @start */
static void beginning(struct words *w, const char *text, const char *start)
{
	struct words all;
	size_t nr = 0;

	split_words(&all, text, ", \n");
	for (size_t i = 0; i < all.nr; i++)
		if (!strncmp(all.word[i], start, strlen(start)))
			all.word[nr++] = all.word[i];
	all.nr = nr;
	*w = all;
}

/** values_of - what the table says that an option takes */
static const char *values_of(const char *command, const char *option)
{
	struct json_object *options = json_object_object_get(command_of(command), "options");

	for (size_t i = 0; i < json_object_array_length(options); i++) {
		struct json_object *row = json_object_array_get_idx(options, i);

		if (!strcmp(vt_str(row, "name"), option))
			return vt_str(row, "values");
	}
	fail_msg("no option --%s of %s", option, command);
	return NULL;
}

/** options_of - the long options of a command that begin with @start, to be freed */
static void options_of(struct words *w, const char *command, const char *start)
{
	struct json_object *options = json_object_object_get(command_of(command), "options");
	char text[4096] = "--help --usage";
	size_t len = strlen(text);

	for (size_t i = 0; i < json_object_array_length(options); i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, " --%s",
					vt_str(json_object_array_get_idx(options, i), "name"));
	vt_true(len < sizeof(text));
	beginning(w, text, start);
}

static void commands_of(struct words *w, const char *more, const char *start)
{
	struct json_object *commands = json_object_object_get(table, "commands");
	char text[1024];
	size_t len = (size_t)snprintf(text, sizeof(text), "%s", more);

	for (size_t i = 0; i < json_object_array_length(commands); i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, " %s",
					vt_str(json_object_array_get_idx(commands, i), "command"));
	vt_true(len < sizeof(text));
	beginning(w, text, start);
}

/* --- shells --------------------------------------------------------------------------------- */

/** struct shell - one of those that there are completions for */
struct shell {
	const char *name;
	void (*open)(struct vt_term *t);
};

static void write_home(const char *name, const char *text)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", home, name);
	file = fopen(path, "we");
	if (!file)
		fail_msg("%s: %s", path, strerror(errno));
	vt_true(fputs(text, file) >= 0);
	vt_true(!fclose(file));
}

/** completions - the absolute path of what `make completions` made */
static const char *completions(void)
{
	static char path[PATH_MAX];

	if (!realpath("build/completions", path))
		fail_msg("no completions: %s (run: make)", strerror(errno));
	return path;
}

static void open_shell(struct vt_term *t, const char *const *argv)
{
	char env[PATH_MAX + 128];

	/* the directory has a program that a command line may begin with */
	snprintf(env, sizeof(env),
		 "HOME=%s ZDOTDIR=%s XDG_CONFIG_HOME=%s XDG_DATA_HOME=%s "
		 "TERM=screen LANG=C.UTF-8 LC_ALL=C.UTF-8 PATH=%s:%s",
		 home, home, home, home, home, "/usr/local/bin:/usr/bin:/bin");
	vt_term_open(t, WIDTH, HEIGHT, env, argv);
	/* spaces at a line's end are cut */
	vt_term_await(t, "READY>");
}

static void open_bash(struct vt_term *t)
{
	char text[PATH_MAX + 512], path[PATH_MAX];

	snprintf(text, sizeof(text),
		 "PS1='" PROMPT "'\n"
		 "bind 'set show-all-if-ambiguous on'\n"
		 "bind 'set completion-query-items 0'\n"
		 "bind 'set page-completions off'\n"
		 "bind 'set enable-bracketed-paste off'\n"
		 "bind 'set bell-style none'\n"
		 "source '%s/vmascope'\n",
		 completions());
	write_home("bashrc", text);
	snprintf(path, sizeof(path), "%s/bashrc", home);
	open_shell(t, VT_ARGS("bash", "--noprofile", "--rcfile", path, "-i"));
}

static void open_zsh(struct vt_term *t)
{
	char text[PATH_MAX + 512];

	snprintf(text, sizeof(text),
		 "PS1='" PROMPT "'\n"
		 "unsetopt prompt_sp list_ambiguous auto_menu beep list_beep\n"
		 "LISTMAX=100000\n"
		 "zstyle ':completion:*' rehash true\n"
		 "bindkey -e\n"
		 "fpath=('%s' $fpath)\n"
		 "autoload -Uz compinit && compinit -u -D\n",
		 completions());
	write_home(".zshrc", text);
	open_shell(t, VT_ARGS("zsh", "-d", "-i"));
}

static void open_fish(struct vt_term *t)
{
	char text[PATH_MAX + 512];

	snprintf(text, sizeof(text),
		 "set -g fish_greeting; set -g fish_autosuggestion_enabled 0; "
		 "function fish_prompt; echo -n \"" PROMPT "\"; end; source \"%s/vmascope.fish\"",
		 completions());
	open_shell(t, VT_ARGS("fish", "--no-config", "--interactive", "--init-command", text));
}

static const struct shell bash = { "bash", open_bash };
static const struct shell zsh = { "zsh", open_zsh };
static const struct shell fish = { "fish", open_fish };

/**
 * offered - the words that the screen lists, below its prompts: descriptions (zsh: -- TEXT, fish: (TEXT)) and the
 * items of a list before the one that is completed are left out
 */
static void offered(struct words *w, const char *screen)
{
	char *text = calloc(1, strlen(screen) + 1), *to = text;
	struct words all;

	vt_true(text);
	for (const char *line = screen, *next; *line; line = next) {
		const char *end = line + strcspn(line, "\n"), *stop;
		int depth = 0;

		next = *end ? end + 1 : end;
		stop = strstr(line, " -- ");
		if (!stop || stop > end)
			stop = end;
		if (!strncmp(line, PROMPT, strlen(PROMPT)))
			continue;
		for (const char *p = line; p < stop; p++) {
			depth += *p == '(';
			if (!depth)
				*to++ = *p;
			depth -= *p == ')';
		}
		*to++ = ' ';
	}
	split_words(&all, text, " ");
	free(text);
	*w = (struct words){ .text = all.text };
	for (size_t i = 0; i < all.nr; i++) {
		const char *word = all.word[i];

		/* fish lists the whole argument */
		while (strpbrk(word, "=,"))
			word = strpbrk(word, "=,") + 1;
		add_word(w, word);
	}
}

/** struct offer_wait - until @term offers @want; @what says what it offers */
struct offer_wait {
	struct vt_term *term;
	const struct words *want;
	char what[8192];
};

static bool is_offered(void *arg)
{
	struct offer_wait *wait = arg;
	struct words seen;
	bool same;
	size_t len;

	offered(&seen, vt_term_see(wait->term, false));
	same = same_words(&seen, wait->want);
	len = strlen(strcpy(wait->what, "offered: "));
	print_words(wait->what + len, sizeof(wait->what) - len, &seen);
	len = strlen(wait->what);
	len += (size_t)snprintf(wait->what + len, sizeof(wait->what) - len, ", not: ");
	if (len < sizeof(wait->what))
		print_words(wait->what + len, sizeof(wait->what) - len, wait->want);
	free_words(&seen);
	return same;
}

static bool is_cleared(void *arg)
{
	const char *screen = vt_term_see(arg, false);

	/* the prompt alone */
	return !strncmp(screen, PROMPT, strlen(PROMPT) - 1) &&
	       strspn(screen + strlen(PROMPT) - 1, " \n") == strlen(screen + strlen(PROMPT) - 1);
}

/** clear - an empty line on an empty screen. Not by Ctrl-C: shells drop what is typed right behind it. */
static void clear(struct vt_term *t)
{
	vt_term_keys(t, "C-u");
	vt_term_keys(t, "C-l");
	vt_await(is_cleared, t, "the screen is empty but for the prompt", VT_PATIENCE);
}

/** type - @line, and Tab */
static void type(struct vt_term *t, const char *line)
{
	vt_term_keys(t, line);
	vt_term_keys(t, "Tab");
}

/** check_offers - behind @line, Tab offers @want, which is freed */
static void check_offers(struct vt_term *t, const char *line, struct words *want)
{
	struct offer_wait *wait = calloc(1, sizeof(*wait));

	vt_true(wait && want->nr > 1);
	*wait = (struct offer_wait){ .term = t, .want = want };
	type(t, line);
	vt_await(is_offered, wait, wait->what, VT_PATIENCE);
	free(wait);
	free_words(want);
	clear(t);
}

/** check_completes - behind @line, of which there is one completion, Tab makes it @whole */
static void check_completes(struct vt_term *t, const char *line, const char *whole)
{
	type(t, line);
	vt_term_await(t, whole);
	clear(t);
}

#endif /* VT_COMPLETION_SHELLS_H */
