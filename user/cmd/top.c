// SPDX-License-Identifier: GPL-2.0-only
/* top.c - `vmascope top`: a live capture on the screen, or frame by frame for a log. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "collect/top_watch.h"
#include "collect/watched_vma.h"
#include "tui/widget/screen.h"
#include "util/log.h"
#include "util/str.h"

/** Width of a --batch frame in a pipe or a file. */
#define PIPE_WIDTH 132
/** The first interval is shorter, so that the screen does not stay empty for long. */
#define FIRST_INTERVAL_NS 300000000ULL

/** Polling interval for signals after everything traced has ended. */
#define END_POLL_MS 200

/**
 * struct top - state of the run
 * @last_ns: time at which the model was read
 * @frames: number of frames printed
 */
struct top {
	struct session session;
	struct tui tui;
	struct top_watch watch;
	struct watched_vma watched;
	struct canvas canvas;
	uint64_t last_ns;
	uint64_t frames;
};

/** show - draw the page; if it is incomplete, the session fails. */
static void show(struct top *top)
{
	struct session *s = &top->session;
	unsigned int width, height;

	screen__size(&width, &height);
	if (width != top->canvas.width || height != top->canvas.height) {
		canvas__free(&top->canvas);
		if (canvas__init(&top->canvas, width, height, s->out.utf8)) {
			s->error = -ENOMEM;
			return;
		}
	}
	tui__draw(&top->tui, &top->canvas);
	if (!s->error)
		s->error = tui__error(&top->tui) ? tui__error(&top->tui) : top->canvas.err;
	if (!s->error)
		screen__show(&top->canvas);
}

static int print(struct top *top)
{
	const struct session *s = &top->session;
	const int err = tui__print(&top->tui, s->out.width ? s->out.width : PIPE_WIDTH, s->out.utf8,
				   s->options->top, s->out.file);

	return err ? err : fflush(s->out.file) ? -errno : 0;
}

/* --- intervals and keys -------------------------------------------------------------------- */

/** look_at_vma - request the latencies by cause of the selected VMA, and show them. */
static void look_at_vma(struct top *top)
{
	struct top_view *v = &top->tui.view;

	watched_vma__follow(&top->watched, &top->session, v->vma);
	v->vma_latency = v->vma ? watched_vma__latency(&top->watched, v->vma) : NULL;
	v->vma_latency_of = v->vma;
}

/** read_model - read what has happened since the last call. */
static int read_model(struct top *top)
{
	struct session *s = &top->session;
	struct tui_facts facts;
	uint64_t now;
	int err;

	/* processes that exited in the last interval have been shown */
	err = live__forget(s->live, top->last_ns, top->tui.view.process);
	if (err)
		return err;
	look_at_vma(top);
	model__mark(&s->live->run.model);
	watched_vma__mark(&top->watched);
	shootdown__mark(&s->live->run.shootdown);
	stacks__mark(&s->live->run.stacks);
	err = live__refresh(s->live);
	if (err)
		return err;
	now = s->live->read_ns;
	watched_vma__read(&top->watched, s);
	look_at_vma(top);
	top_watch__tick(&top->watch, top->last_ns, now, &facts);
	tui__tick(&top->tui, now - top->last_ns, now - s->start_ns, &facts);
	top->last_ns = now;
	return 0;
}

static int tick(struct session *s)
{
	struct top *top = s->private;
	const struct options *o = s->options;
	/* after a stop (Ctrl-Z) all missed intervals are due at once */
	const bool too_soon = session__now() - top->last_ns < s->period_ns / 2;
	int err;

	s->period_ns = top->tui.interval_ns;
	if (top->tui.frozen || too_soon)
		return 0;
	err = read_model(top);
	if (err)
		return err;
	if (!o->batch) {
		show(top);
		return s->error;
	}
	s->error = print(top);
	if (++top->frames == o->frames)
		session__stop(s);
	return s->error;
}

/** read_input - handle all pending keys and clicks. Return: there were some. */
static bool read_input(struct top *top)
{
	struct screen_input in;
	bool any = false;

	while (!top->tui.quit && !tui__error(&top->tui) && screen__read(&in)) {
		any = true;
		if (in.click)
			tui__click(&top->tui, in.y, in.x);
		else if (in.wheel)
			list__move(tui__list(&top->tui), in.wheel);
		else
			tui__key(&top->tui, in.key);
	}
	return any;
}

static void on_input(struct session *s)
{
	struct top *top = s->private;

	if (!read_input(top))
		return;
	s->period_ns = top->tui.interval_ns;
	look_at_vma(top);
	if (top->tui.quit) {
		/* messages from now on must be visible */
		screen__stop();
		log_divert(NULL, NULL);
		session__stop(s);
		return;
	}
	show(top);
}

/* --- begin and end ------------------------------------------------------------------------- */

static void on_message(void *ctx, bool is_error, const char *text)
{
	struct top *top = ctx;

	if (is_error)
		screen__stop();
	else
		notes__add(&top->watch.notes, session__now() - top->session.start_ns, NOTE_WARNING,
			   "", "%s", text);
}

static bool known(const struct session *s, enum hook_id id)
{
	return session__variant(s, id);
}

static int begin(struct top *top)
{
	struct session *s = &top->session;
	const struct options *o = s->options;
	const struct top_view v = {
		.model = &s->live->run.model,
		.shootdown = &s->live->run.shootdown,
		.stacks = s->namer ? &s->live->run.stacks : NULL,
		.namer = s->namer,
		.notes = &top->watch.notes,
		.per_process = o->per_process,
		.rates = !o->total,
		.vma_glob = o->vma,
		.sampled = s->options->capture.bpf.latency_period != 1,
		.calls_known = known(s, HOOK_MEMCALL),
		.flushes_known = known(s, HOOK_FLUSH),
		/* interrupts are attributed through the flush before them */
		.interrupts_known = known(s, HOOK_INTERRUPT) && known(s, HOOK_FLUSH),
	};
	int status = 0;

	top_watch__init(&top->watch, s);
	tui__init(&top->tui, &v, o->interval_ns);
	top->tui.what = s->what;
	top->last_ns = s->start_ns;
	s->period_ns = top->tui.interval_ns;
	if (!o->batch) {
		if (s->period_ns > FIRST_INTERVAL_NS)
			s->period_ns = FIRST_INTERVAL_NS;
		s->out.utf8 = !o->ascii && screen__utf8();
		status = screen__start(s->out.colour && !o->no_colour);
		if (!status)
			log_divert(on_message, top);
	}
	if (!status)
		tui__show(&top->tui, o->view_name ? tui_view__find(o->view_name) : VIEW_PROCESSES);
	if (!status && !o->batch)
		show(top);
	return status;
}

static bool time_is_over(const struct session *s)
{
	return s->options->duration_ns && s->end_ns >= s->start_ns + s->options->duration_ns;
}

/** linger - everything traced has ended: keep the counts on screen until the user quits. */
static void linger(struct top *top)
{
	struct session *s = &top->session;
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };

	show(top);
	while (!top->tui.quit && !session__stopped(s) && !s->error) {
		if (poll(&in, 1, END_POLL_MS) > 0 && in.revents & (POLLHUP | POLLERR))
			return;
		if (read_input(top))
			show(top);
	}
}

static void finish(struct top *top)
{
	struct session *s = &top->session;
	const char *why = s->options->argv ? "COMMAND ENDED" : "ALL ENDED";

	if (s->options->batch ? top->frames == s->options->frames && top->frames
			      : session__stopped(s) || time_is_over(s))
		return;
	tui__end(&top->tui, s->options->batch ? "END" : why, s->end_ns - s->start_ns);
	if (s->options->batch)
		s->error = print(top);
	else
		linger(top);
}

/** as_frames - accept `--batch -n 5` as top(1) does: no process is called 5. */
static void as_frames(struct options *o)
{
	uint64_t n;

	if (o->batch && o->capture.comm && !str_parse_u64(o->capture.comm, UINT32_MAX, &n) && n) {
		o->frames = n;
		o->capture.comm = NULL;
	}
}

/** check_stacks - check options against stacks. Return: 0 or an exit status. */
static int check_stacks(struct options *o)
{
	if (o->view_name && tui_views[tui_view__find(o->view_name)].stacks &&
	    !o->capture.bpf.kernel_stacks)
		o->capture.bpf.user_stacks = true;
	return options__check_event_stacks(o);
}

static unsigned int wanted(const struct options *o)
{
	return SESSION_SHOOTDOWNS | (options__with_stacks(o) ? SESSION_FAULT_STACKS : 0) |
	       (o->dwarf ? SESSION_FAULT_EVENTS : 0);
}

static int run_top(struct options *o)
{
	struct top top = {};
	struct session *s = &top.session;
	int status;

	as_frames(o);
	if (o->frames && !o->batch)
		return vs_fail(VS_EXIT_USAGE, "add --batch", "--frames requires --batch");
	status = check_stacks(o);
	if (status)
		return status;
	if (!o->batch && (status = screen__check()))
		return status;
	s->private = &top;
	s->interval = tick;
	s->event = session__count_sampled;
	s->input = o->batch ? NULL : on_input;
	s->quiet_child = !o->batch;
	status = session__open(s, o, wanted(o));
	if (!status) {
		s->live->intervals = s->live->run.threads.so_far = true;
		status = begin(&top);
		if (!status)
			status = session__run(s);
		if (!status)
			finish(&top);
		screen__stop();
		log_divert(NULL, NULL);
		tui__free(&top.tui);
		top_watch__free(&top.watch);
		canvas__free(&top.canvas);
	}
	return session__close(s, status);
}

const struct command command_top = {
	.name = "top",
	.args_doc = "[-- COMMAND [ARG...]]",
	.summary = "show processes, VMAs, causes, memory calls and CPUs live",
	.doc = "Show processes, VMAs, causes, memory calls and CPUs live in the terminal.\v"
	       "F1 lists the keys; with -U or -K, 7 shows stacks. Without a command or a filter, "
	       "the whole system is traced. COMMAND's input and output are /dev/null, except with "
	       "--batch; after it has exited, its counts stay on screen until q is pressed.",
	.is = COMMAND_TOP,
	.args = ARGS_COMMAND,
	.run = run_top,
};
