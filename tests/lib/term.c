// SPDX-License-Identifier: GPL-2.0-only
/*
 * term.c - terminals in a private tmux server, which ends with the test.
 */
#include "term.h"
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *pid_path, *before_path, *after_path;

/** tmux - run a command of the server. Return: its output, to be freed. */
static char *tmux(const struct vt_term *t, const char *const *args)
{
	const char *argv[64] = { "tmux", "-u", "-S", t->socket };
	struct vt_cmd cmd;
	size_t n = 4;
	char *out;

	while (*args)
		argv[n++] = *args++;
	argv[n] = NULL;
	vt_run(&cmd, NULL, argv);
	if (cmd.exit)
		fail_msg("tmux %s: %s", argv[4], cmd.err);
	out = strdup(cmd.out);
	vt_free(&cmd);
	vt_true(out);
	return out;
}

static bool has_socket(void *arg)
{
	const struct vt_term *t = arg;

	return !access(t->socket, F_OK);
}

/** quote - append @word, quoted, to a shell command line. */
static void quote(char *line, size_t size, const char *word)
{
	const size_t len = strlen(line);

	vt_true(!strchr(word, '\''));
	vt_true(len + strlen(word) + 4 < size);
	snprintf(line + len, size - len, " '%s'", word);
}

void vt_term_open(struct vt_term *t, unsigned int width, unsigned int height, const char *env,
		  const char *const *argv)
{
	char line[4096], w[16], h[16];

	memset(t, 0, sizeof(*t));
	snprintf(t->socket, sizeof(t->socket), "%s", vt_path("tmux"));
	pid_path = strdup(vt_path("pid"));
	before_path = strdup(vt_path("before"));
	after_path = strdup(vt_path("after"));
	/* in the foreground, so that it ends when the test fails */
	vt_start(&t->server, &(struct vt_how){ .env = "SHELL=/bin/sh" },
		 VT_ARGS("tmux", "-u", "-S", t->socket, "-f", "/dev/null", "-D"));
	vt_await(has_socket, t, "tmux starts", VT_PATIENCE);
	/*
	 * The program replaces a shell and has its pid. Ctrl-C also reaches the outer shell:
	 * without a trap some shells (dash) exit because of it, and the pane closes.
	 */
	snprintf(line, sizeof(line),
		 "trap : INT; stty -g >%s; sh -c 'echo $$ >%s; exec env \"$@\"' sh %s", before_path,
		 pid_path, env);
	for (; *argv; argv++)
		quote(line, sizeof(line), *argv);
	snprintf(line + strlen(line), sizeof(line) - strlen(line),
		 "; s=$?; stty -g >%s; echo \"ended: $s\"; exec sleep 1000", after_path);
	snprintf(w, sizeof(w), "%u", width);
	snprintf(h, sizeof(h), "%u", height);
	free(tmux(t, VT_ARGS("new-session", "-d", "-x", w, "-y", h, line)));
}

void vt_term_close(struct vt_term *t)
{
	free(tmux(t, VT_ARGS("kill-server")));
	vt_wait(&t->server, VT_PATIENCE);
	vt_free(&t->server);
	free(t->screen);
	t->screen = NULL;
}

void vt_term_keys(struct vt_term *t, const char *keys)
{
	free(tmux(t, VT_ARGS("send-keys", keys)));
}

void vt_term_bytes(struct vt_term *t, const char *hex)
{
	const char *args[32] = { "send-keys", "-H" };
	char copy[128], *rest = copy;
	size_t n = 2;

	snprintf(copy, sizeof(copy), "%s", hex);
	while ((args[n] = strsep(&rest, " ")) && n < 30)
		n++;
	args[n] = NULL;
	free(tmux(t, args));
}

void vt_term_resize(struct vt_term *t, unsigned int width, unsigned int height)
{
	char w[16], h[16];

	snprintf(w, sizeof(w), "%u", width);
	snprintf(h, sizeof(h), "%u", height);
	free(tmux(t, VT_ARGS("resize-window", "-x", w, "-y", h)));
}

/** struct look - a screen, for waiting until the page is completely drawn */
struct look {
	struct vt_term *term;
	bool colours;
};

/*
 * tmux reads a program's output in pieces, and may be queried between two of them. ncurses draws
 * from the top down, and leaves the cursor where the page ends, so its position shows that the page
 * is complete. A program that has not switched to the alternate screen draws no page. The result of
 * both commands is consistent, as tmux reads no output between them.
 */
static bool is_whole(void *arg)
{
	const struct look *look = arg;
	struct vt_term *t = look->term;
	unsigned int page, x, y, width, height;
	char *out = tmux(t, VT_ARGS("display-message", "-p",
				    "#{alternate_on} #{cursor_x} #{cursor_y} "
				    "#{pane_width} #{pane_height}",
				    ";", "capture-pane", look->colours ? "-pe" : "-p")),
	     *screen = strchr(out, '\n');

	vt_true(screen);
	vt_equal(sscanf(out, "%u %u %u %u %u", &page, &x, &y, &width, &height), 5,
		 "numbers in '%.64s'", out);
	free(t->screen);
	t->screen = strdup(screen + 1);
	vt_true(t->screen);
	free(out);
	return !page || (x + 1 >= width && y + 1 == height);
}

const char *vt_term_see(struct vt_term *t, bool colours)
{
	struct look look = { .term = t, .colours = colours };

	vt_await(is_whole, &look, "a page is drawn to its end", VT_PATIENCE);
	return t->screen;
}

struct screen_wait {
	struct vt_term *term;
	const char *text;
	bool gone;
};

/* Each query starts a program: without a pause, one that waits keeps a CPU busy. */
static bool is_seen(void *arg)
{
	struct screen_wait *w = arg;

	if (!strstr(vt_term_see(w->term, false), w->text) == w->gone)
		return true;
	usleep(20000);
	return false;
}

static void await(struct vt_term *t, const char *text, bool gone)
{
	struct screen_wait w = { .term = t, .text = text, .gone = gone };
	char what[256];

	snprintf(what, sizeof(what), "'%s' %s the screen", text, gone ? "goes from" : "on");
	vt_await(is_seen, &w, what, VT_PATIENCE);
}

void vt_term_await(struct vt_term *t, const char *text)
{
	await(t, text, false);
}

void vt_term_await_gone(struct vt_term *t, const char *text)
{
	await(t, text, true);
}

const char *vt_term_line(const struct vt_term *t, unsigned int n)
{
	static char line[4][4096];
	static unsigned int serial;
	char *to = line[serial++ % 4];
	const char *p = t->screen;

	while (n-- && (p = strchr(p, '\n')))
		p++;
	vt_true(p);
	snprintf(to, sizeof(line[0]), "%.*s", (int)strcspn(p, "\n"), p);
	return to;
}

unsigned int vt_term_lines(const struct vt_term *t)
{
	unsigned int n = 0;

	for (const char *p = t->screen; (p = strchr(p, '\n')); p++)
		n++;
	return n;
}

pid_t vt_term_pid(const struct vt_term *t)
{
	char *text;
	pid_t pid;

	(void)t;
	text = vt_read_file(pid_path, NULL);
	pid = atoi(text);
	free(text);
	vt_true(pid > 0);
	return pid;
}

static void read_into(char *to, size_t size, const char *path)
{
	char *text = vt_read_file(path, NULL);

	snprintf(to, size, "%s", text);
	free(text);
}

void vt_term_ended(struct vt_term *t, int status)
{
	char want[32], *flags;

	vt_term_await(t, "ended: ");
	snprintf(want, sizeof(want), "ended: %d", status);
	vt_contains(t->screen, want);
	read_into(t->before, sizeof(t->before), before_path);
	read_into(t->after, sizeof(t->after), after_path);
	assert_string_equal(t->before, t->after);
	/* alternate screen, hidden cursor, mouse: all are restored */
	flags = tmux(t, VT_ARGS("display-message", "-p",
				"#{alternate_on}#{cursor_flag}#{mouse_any_flag}#{keypad_flag}"));
	assert_string_equal(flags, "0100\n");
	free(flags);
}
