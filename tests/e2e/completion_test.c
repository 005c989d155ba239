// SPDX-License-Identifier: GPL-2.0-only
/*
 * completion_test - bash, zsh and fish in a terminal offer the commands, options and arguments that there are, and no
 * others, when Tab is pressed.
 */
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

/* --- tests ---------------------------------------------------------------------------------- */

static void check_words(struct vt_term *t, bool all)
{
	struct words want;

	commands_of(&want, "", "re");
	check_offers(t, "vmascope re", &want);
	commands_of(&want, "", "s");
	check_offers(t, "vmascope help s", &want);
	check_completes(t, "vmascope sho", PROMPT "vmascope shootdown");
	check_completes(t, "vmascope help --l", PROMPT "vmascope help --list");
	options_of(&want, "stat", "--no");
	check_offers(t, "vmascope stat --no", &want);
	/* another command's are not offered */
	options_of(&want, "doctor", "--q");
	vt_equal(want.nr, 1, "options of doctor that begin with --q");
	free_words(&want);
	check_completes(t, "vmascope doctor --q", PROMPT "vmascope doctor --quiet");
	beginning(&want, values_of("stat", "by"), "c");
	check_offers(t, "vmascope stat --by c", &want);
	beginning(&want, values_of("shootdown", "by"), "s");
	check_offers(t, "vmascope shootdown --by=s", &want);
	beginning(&want, values_of("stat", "cause"), "seg");
	check_offers(t, "vmascope stat --cause seg", &want);
	beginning(&want, values_of("stat", "cause"), "seg");
	check_offers(t, "vmascope stat --cause cow,sigbus,seg", &want);
	check_completes(t, "vmascope stat --cause cow,anon",
			PROMPT "vmascope stat --cause cow,anon-zero");
	beginning(&want, values_of("report", "format"), "");
	check_offers(t, "vmascope report --format ", &want);
	beginning(&want, values_of("top", "view"), "c");
	check_offers(t, "vmascope top -U --view c", &want);
	check_completes(t, "vmascope trace -K --no-feature maple",
			PROMPT "vmascope trace -K --no-feature maple-tree");
	beginning(&want, "all min maj", "ma");
	vt_equal(want.nr, 1, "kinds of faults");
	free_words(&want);
	check_completes(t, "vmascope stat -F ma", PROMPT "vmascope stat -F maj");
	if (!all)
		return;
	commands_of(&want, "help", "");
	check_offers(t, "vmascope ", &want);
	beginning(&want, values_of("stat", "cause"), "");
	check_offers(t, "vmascope stat --cause ", &want);
	for (const char *const *name = VT_ARGS("stat", "report", "top", "serve", "explain"); *name;
	     name++) {
		char line[64];

		snprintf(line, sizeof(line), "vmascope %s --", *name);
		options_of(&want, *name, "--");
		check_offers(t, line, &want);
	}
}

/** make_program - a copy of cat, by a name that nothing else has: it waits for the end of its input */
static void make_program(struct vt_cmd *cmd, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", home, name);
	vt_run(cmd, NULL, VT_ARGS("cp", "/bin/cat", path));
	vt_equal(cmd->exit, 0, "exit status of cp: %s", cmd->err);
	vt_free(cmd);
	vt_start(cmd, &(struct vt_how){ .stdin_pipe = true }, VT_ARGS(path));
	vt_await_reading(cmd);
}

/** fish_offers - what fish offers behind @line, a line each, with descriptions; to be freed */
static char *fish_offers(const char *line)
{
	char script[PATH_MAX + 128], *out;
	struct vt_cmd cmd;

	snprintf(script, sizeof(script), "source \"%s/vmascope.fish\"; complete -C '%s'",
		 completions(), line);
	vt_run(&cmd, &(struct vt_how){ .env = "LC_ALL=C.UTF-8" },
	       VT_ARGS("fish", "--no-config", "--command", script));
	vt_equal(cmd.exit, 0, "exit status of fish: %s", cmd.err);
	out = strdup(cmd.out);
	vt_true(out);
	vt_free(&cmd);
	return out;
}

/*
 * What is there at this moment: processes, command names, users, cgroups, files, programs. @all: a long list is
 * shown as a whole
 */
static void check_system(struct vt_term *t, bool all)
{
	char comm[16], pid[16], line[PATH_MAX + 64], whole[PATH_MAX + 128], cgroup[64],
		path[PATH_MAX];
	struct vt_cmd cmd;

	/* but for their last letter, names are no beginnings of those of another copy of this test */
	snprintf(comm, sizeof(comm), "vmtry%07dz", (int)getpid());
	make_program(&cmd, comm);
	snprintf(pid, sizeof(pid), "%d", (int)cmd.pid);
	snprintf(line, sizeof(line), "vmascope stat -p 1,%.*s", (int)strlen(pid) - 1, pid);
	if (all) {
		/* it is the only one that begins so, or it is listed */
		type(t, line);
		vt_term_await(t, pid);
		clear(t);
	} else {
		char *offers = fish_offers(line);

		vt_contains(offers, pid);
		free(offers);
	}
	snprintf(line, sizeof(line), "vmascope stat -n %.*s", (int)strlen(comm) - 1, comm);
	snprintf(whole, sizeof(whole), PROMPT "vmascope stat -n %s", comm);
	check_completes(t, line, whole);
	check_completes(t, "vmascope serve --run-as nobod",
			PROMPT "vmascope serve --run-as nobody");

	snprintf(cgroup, sizeof(cgroup), "vmascope-completion-%07dz", (int)getpid());
	snprintf(path, sizeof(path), "%s/%s", vt_cgroup2(), cgroup);
	vt_sys(mkdir(path, 0755));
	snprintf(line, sizeof(line), "vmascope stat -c /%.*s", (int)strlen(cgroup) - 1, cgroup);
	snprintf(whole, sizeof(whole), PROMPT "vmascope stat -c /%s", cgroup);
	type(t, line);
	vt_term_await(t, whole);
	vt_sys(rmdir(path));
	clear(t);

	write_home("a-file-of-the-test", "");
	snprintf(line, sizeof(line), "vmascope stat -o %s/a-file-of", home);
	snprintf(whole, sizeof(whole), PROMPT "vmascope stat -o %s/a-file-of-the-test", home);
	check_completes(t, line, whole);
	snprintf(line, sizeof(line), "vmascope report %s/a-file-of", home);
	snprintf(whole, sizeof(whole), PROMPT "vmascope report %s/a-file-of-the-test", home);
	check_completes(t, line, whole);
	/* the command that is traced, and its arguments */
	snprintf(line, sizeof(line), "vmascope stat --by cause -- %.*s", (int)strlen(comm) - 1,
		 comm);
	snprintf(whole, sizeof(whole), PROMPT "vmascope stat --by cause -- %s", comm);
	check_completes(t, line, whole);
	snprintf(line, sizeof(line), "vmascope record -- %s %s/a-file-of", comm, home);
	snprintf(whole, sizeof(whole), PROMPT "vmascope record -- %s %s/a-file-of-the-test", comm,
		 home);
	check_completes(t, line, whole);
	vt_close_stdin(&cmd);
	vt_wait(&cmd, VT_PATIENCE);
	vt_free(&cmd);
}

static void check_shell(const struct shell *shell, bool all)
{
	struct vt_cmd list;
	struct vt_term t;

	if (!vt_exists(shell->name))
		fail_msg("no %s (run: sudo make deps)", shell->name);
	home = strdup(vt_path("home"));
	vt_true(home);
	vt_sys(mkdir(home, 0700));
	vt_run(&list, NULL, VT_ARGS(vt_vmascope(), "help", "--list"));
	table = vt_json(list.out, "help --list");
	shell->open(&t);
	clear(&t);
	check_words(&t, all);
	check_system(&t, all);
	vt_term_close(&t);
	json_object_put(table);
	vt_free(&list);
	free((void *)home);
}

static void in_bash(void **state)
{
	(void)state;
	check_shell(&bash, true);
}

static void in_zsh(void **state)
{
	(void)state;
	check_shell(&zsh, true);
}

/* It shows the first lines of a long list only: what it has in all is looked at without a terminal. */
static void in_fish(void **state)
{
	(void)state;
	check_shell(&fish, false);
}

/** keep_words - of each line what comes before a description, or the = of an argument */
static void keep_words(char *text)
{
	bool keep = true;
	char *to = text;

	for (const char *p = text; *p; p++) {
		keep = *p == '\n' || (keep && *p != '=' && *p != '\t');
		if (keep)
			*to++ = *p;
	}
	*to = '\0';
}

static void fish_has_each_option(void **state)
{
	static const char *const names[] = { "stat", "trace", "shootdown", "record", "report",
					     "top",  "serve", "doctor",	   "explain" };
	struct vt_cmd cmd;

	(void)state;
	vt_run(&cmd, NULL, VT_ARGS(vt_vmascope(), "help", "--list"));
	table = vt_json(cmd.out, "help --list");
	vt_free(&cmd);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct words seen, want;
		char what[4096], line[64], *offers;

		snprintf(line, sizeof(line), "vmascope %s --", names[i]);
		offers = fish_offers(line);
		keep_words(offers);
		split_words(&seen, offers, "\n");
		options_of(&want, names[i], "--");
		print_words(what, sizeof(what), &seen);
		if (!same_words(&seen, &want))
			fail_msg("fish offers other options of %s than there are: %s", names[i],
				 what);
		free_words(&seen);
		free_words(&want);
		free(offers);
	}
	json_object_put(table);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(in_bash),
	VT_TEST(in_zsh),
	VT_TEST(in_fish),
	VT_TEST(fish_has_each_option),
};

VT_MAIN(tests)
