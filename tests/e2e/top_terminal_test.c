// SPDX-License-Identifier: GPL-2.0-only
/*
 * top_terminal_test - `vmascope top` in terminals of all kinds, and in none: colours, characters,
 * refusals, how it ends, --batch.
 */
#include "check.h"
#include "scope.h"
#include "system.h"
#include "term.h"
#include "top.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

/* --- terminals ----------------------------------------------------------------------------- */

static void terminal_types(void **state)
{
	static const char *const terms[] = { "xterm", "xterm-256color", "screen",
					     "linux", "vt100",		"tmux-256color" };

	(void)state;
	for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++) {
		struct vt_term t;
		char env[128];

		/* a console's mouse comes by libgpm, which leaks: a sanitizer would tell */
		snprintf(env, sizeof(env), "LANG=C.UTF-8 NCURSES_GPM_TERMS=none TERM=%s", terms[i]);
		vt_top_open(&t, 80, 24, env,
			    VT_ARGS("--", vt_workload("pingpong"), "--pairs", "10"));
		vt_term_await(&t, VT_TOP_ENDED);
		vt_top_check_page(&t, 80, 24);
		vt_top_quit(&t);
	}
}

static bool has_colours(struct vt_term *t)
{
	const char *p = vt_term_see(t, true);

	/* 30 to 47 of 8 colours, 38;5;N and 48;5;N of 256 */
	for (; (p = strstr(p, "\033[")); p++)
		if ((p[2] == '3' || p[2] == '4') && p[3] != 'm' && p[3] != '9')
			return true;
	return false;
}

static void colours_and_no_color(void **state)
{
	static const struct {
		const char *env;
		const char *option;
		bool coloured;
		bool of_256;
	} cases[] = {
		{ VT_UTF8, "-q", true, true },
		{ "LANG=C.UTF-8 TERM=screen", "-q", true, false },
		{ "LANG=C.UTF-8 TERM=vt100", "-q", false, false },
		{ VT_UTF8, "--no-color", false, false },
		{ VT_UTF8 " NO_COLOR=1", "-q", false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct vt_term t;

		vt_top_open(
			&t, 80, 24, cases[i].env,
			VT_ARGS(cases[i].option, "--", vt_workload("pingpong"), "--pairs", "10"));
		vt_term_await(&t, VT_TOP_ENDED);
		vt_equal(has_colours(&t), cases[i].coloured, "colours under %s %s", cases[i].env,
			 cases[i].option);
		vt_equal(!!strstr(t.screen, "38;5;"), cases[i].of_256, "256 colours under %s",
			 cases[i].env);
		vt_top_quit(&t);
	}
}

static void check_ascii(const char *env, const char *option)
{
	struct vt_term t;

	vt_top_open(&t, 80, 24, env,
		    VT_ARGS(option, "--", vt_workload("pingpong"), "--pairs", "10"));
	vt_term_await(&t, VT_TOP_ENDED);
	vt_term_keys(&t, "2");
	vt_term_await(&t, "START");
	for (const char *p = t.screen; *p; p++)
		vt_cmp((unsigned char)*p, <, 0x80, "a character of: %s", t.screen);
	vt_top_quit(&t);
}

static void ascii_locale(void **state)
{
	(void)state;
	check_ascii("LC_ALL=C TERM=screen", "-q");
	check_ascii(VT_UTF8, "--ascii");
}

/* One line, and the terminal is left alone. */
static void check_refusal(const char *env, const char *text)
{
	struct vt_term t;

	vt_term_open(&t, 80, 24, env, VT_ARGS(vt_vmascope(), "top"));
	vt_term_ended(&t, 1);
	vt_true(!strncmp(vt_term_line(&t, 0), "vmascope: ", 10));
	vt_contains(t.screen, text);
	vt_contains(t.screen, "--batch");
	vt_term_close(&t);
}

static void unsuitable_terminals_are_refused(void **state)
{
	struct vt_cmd cmd;

	(void)state;
	check_refusal("TERM=dumb", "'dumb' is not supported");
	check_refusal("TERM=no-such-terminal", "unknown terminal type 'no-such-terminal'");
	vt_run(&cmd, NULL, VT_ARGS(vt_vmascope(), "top"));
	vt_equal(cmd.exit, 1, "exit status without a terminal");
	vt_contains(cmd.err, "--batch");
	vt_equal(cmd.out_len, 0, "what it prints");
	vt_free(&cmd);
}

static void terminal_is_restored(void **state)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
	struct vt_term t;

	(void)state;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		vt_top_open(&t, 80, 24, VT_UTF8, VT_ARGS("-n", "nobody"));
		vt_sys(kill(vt_term_pid(&t), signals[i]));
		vt_term_ended(&t, 0);
		vt_term_close(&t);
	}
	vt_top_open(&t, 80, 24, VT_UTF8, VT_ARGS("-n", "nobody"));
	vt_term_keys(&t, "C-c");
	vt_term_ended(&t, 0);
	vt_term_close(&t);
	/* after the command's end, too */
	vt_top_open(&t, 80, 24, VT_UTF8, VT_ARGS("--", vt_workload("pingpong"), "--pairs", "10"));
	vt_term_await(&t, VT_TOP_ENDED);
	vt_sys(kill(vt_term_pid(&t), SIGTERM));
	vt_term_ended(&t, 0);
	vt_term_close(&t);
	/* its page may be gone before anybody looks */
	vt_term_open(&t, 80, 24, VT_UTF8, VT_ARGS(vt_vmascope(), "top", "-d", "1"));
	vt_term_ended(&t, 0);
	vt_term_close(&t);
}

/* Its output would be all over the page; its exit status is told. */
static void output_of_the_command_is_discarded(void **state)
{
	struct vt_term t;

	(void)state;
	vt_top_open(&t, 80, 24, VT_UTF8,
		    VT_ARGS("--", "sh", "-c", "echo NOISE; echo NOISE >&2; cat; exit 3"));
	vt_term_await(&t, VT_TOP_ENDED);
	vt_true(!strstr(t.screen, "NOISE "));
	vt_top_check_page(&t, 80, 24);
	vt_term_keys(&t, "q");
	vt_term_ended(&t, 3);
	vt_term_close(&t);
}

/* --- batch --------------------------------------------------------------------------------- */

static unsigned int frames_in(const char *text)
{
	unsigned int n = 0;

	for (const char *p = text; (p = strstr(p, "vmascope ")); p++)
		n += p == text || p[-1] == '\n';
	return n;
}

static void batch_prints_plain_text(void **state)
{
	struct vt_cmd cmd;

	(void)state;
	vt_columns(80);
	vt_run(&cmd, NULL,
	       VT_ARGS(vt_vmascope(), "top", "--batch", "--frames", "3", "-i", "100ms"));
	vt_equal(cmd.exit, 0, "exit status");
	vt_equal(frames_in(cmd.out), 3, "frames");
	vt_check_width(cmd.out, 80);
	vt_true(!strchr(cmd.out, '\033'));
	vt_contains(cmd.out, "FAULTS/s");
	vt_free(&cmd);
	vt_run(&cmd, NULL, VT_ARGS(vt_vmascope(), "top", "--batch", "-n", "2", "-i", "100ms"));
	vt_equal(frames_in(cmd.out), 2, "frames of -n 2");
	vt_free(&cmd);
}

/* The last frame of a command holds all of it. */
static void batch_ends_with_totals(void **state)
{
	struct vt_cmd cmd;

	(void)state;
	vt_run(&cmd, NULL,
	       VT_ARGS(vt_vmascope(), "top", "--batch", "--view", "calls", "--",
		       vt_workload("pingpong"), "--pairs", "1000"));
	vt_equal(cmd.exit, 0, "exit status");
	vt_contains(cmd.out, "since the start");
	vt_contains(cmd.out, " END");
	vt_contains(cmd.out, "mprotect");
	vt_free(&cmd);
	vt_run(&cmd, NULL, VT_ARGS(vt_vmascope(), "top", "--frames", "3"));
	vt_equal(cmd.exit, 2, "exit status of --frames without --batch");
	vt_free(&cmd);
	vt_run(&cmd, NULL, VT_ARGS(vt_vmascope(), "top", "--view", "nothing"));
	vt_equal(cmd.exit, 2, "exit status of a view that there is not");
	vt_contains(cmd.err, "processes, vmas, causes");
	vt_free(&cmd);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(terminal_types),
	VT_TEST(colours_and_no_color),
	VT_TEST(ascii_locale),
	VT_TEST(unsuitable_terminals_are_refused),
	VT_TEST(terminal_is_restored),
	VT_TEST(output_of_the_command_is_discarded),
	VT_TEST(batch_prints_plain_text),
	VT_TEST(batch_ends_with_totals),
};

VT_MAIN(tests)
