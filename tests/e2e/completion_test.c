// SPDX-License-Identifier: GPL-2.0-only
/*
 * completion_test - bash, zsh and fish in a terminal offer the commands, options and arguments that there are, and no
 * others, when Tab is pressed.
 */
#include "completion_shells.h"

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
	for (const char *const *name =
		     VT_ARGS("stat", "report", "top", "serve", "explain", "advise");
	     *name; name++) {
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

static void completes_in_bash(void **state)
{
	(void)state;
	check_shell(&bash, true);
}

static void completes_in_zsh(void **state)
{
	(void)state;
	check_shell(&zsh, true);
}

/* It shows the first lines of a long list only: what it has in all is looked at without a terminal. */
static void completes_in_fish(void **state)
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

static void fish_lists_every_option(void **state)
{
	static const char *const names[] = { "stat", "trace", "shootdown", "record",  "report",
					     "top",  "serve", "doctor",	   "explain", "advise" };
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
	VT_TEST(completes_in_bash),
	VT_TEST(completes_in_zsh),
	VT_TEST(completes_in_fish),
	VT_TEST(fish_lists_every_option),
};

VT_MAIN(tests)
