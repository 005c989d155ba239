// SPDX-License-Identifier: GPL-2.0-only
/* shootdown.c - `vmascope shootdown`: count memory calls and flushes until the end, then print. */
#include <stdio.h>
#include <string.h>

#include "cmd/shootdown.h"
#include "util/cpu_list.h"
#include "util/str.h"
#include "view/shootdown.h"

/** Initiators and targets of text, unless --top asks for others. */
#define PAIR_ROWS 10

/** read_line - the first line of a file. Return: @line; NULL: there is none. */
static const char *read_line(const char *path, char *line, size_t size)
{
	FILE *f = fopen(path, "re");
	char *got = f ? fgets(line, (int)size, f) : NULL;

	if (f)
		fclose(f);
	if (!got)
		return NULL;
	line[strcspn(line, "\n")] = '\0';
	return line;
}

/** read_cpus - of a file in /sys/devices/system/cpu. Without the feature it may say "(null)". */
static const char *read_cpus(const char *path, char *line)
{
	const char *list = read_line(path, line, MACHINE_LINE_SIZE);

	return list && cpu_list_valid(list) ? list : NULL;
}

static uint64_t read_max_map_count(void)
{
	char line[STR_NUMBER_LEN];
	const char *text = read_line("/proc/sys/vm/max_map_count", line, sizeof(line));
	uint64_t n;

	return text && !str_parse_u64(text, UINT32_MAX, &n) ? n : 0;
}

/** tell_apart - what rows of calls are asked for. */
static void tell_apart(struct options *o)
{
	const enum shootdown_by by = o->shootdown_by;

	o->call_site = by == SHOOTDOWN_BY_SITE;
	o->call_tid = by == SHOOTDOWN_BY_THREAD;
	o->call_vma = o->vma || by == SHOOTDOWN_BY_VMA;
}

void shootdown__know(const struct session *s, struct run_hook *in_use, struct shootdown_view *v)
{
	static const enum hook_id asked_for[] = { HOOK_MEMCALL, HOOK_FLUSH, HOOK_INTERRUPT };
	const struct hook_variant *interrupt = capture__variant(s->live.capture, HOOK_INTERRUPT);

	v->calls_known = capture__variant(s->live.capture, HOOK_MEMCALL);
	v->flushes_known = capture__variant(s->live.capture, HOOK_FLUSH);
	/* whose they are is known from the flush before them */
	v->interrupts_known = interrupt && v->flushes_known;
	/* the flush function itself tells of those that arrive only */
	v->queued_known = v->interrupts_known && interrupt == hooks[HOOK_INTERRUPT].variants;
	session__hooks(s, in_use);
	for (size_t i = 0; i < sizeof(asked_for) / sizeof(*asked_for); i++) {
		if (capture__variant(s->live.capture, asked_for[i]))
			continue;
		in_use[asked_for[i]].variant = "none";
		in_use[asked_for[i]].fallback = true;
	}
}

void shootdown__know_machine(struct shootdown_machine *room, struct shootdown_view *v)
{
	v->isolated = read_cpus("/sys/devices/system/cpu/isolated", room->isolated);
	v->nohz_full = read_cpus("/sys/devices/system/cpu/nohz_full", room->nohz_full);
	v->max_map_count = read_max_map_count();
}

static int print_all(struct session *s)
{
	const struct options *o = s->options;
	const bool text = !strcmp(o->format->name, "text");
	struct shootdown_machine machine;
	struct run_hook in_use[NR_HOOKS];
	struct shootdown_view v = {
		.run = { .command = s->what,
			 .duration_ns = s->end_ns - s->start_ns,
			 .hooks = in_use,
			 .nr_hooks = NR_HOOKS },
		.by = o->shootdown_by,
		.vma_glob = o->vma,
		.limit = text ? o->top : 0,
		.pair_limit = !text	     ? 0
			      : o->top_given ? o->top
					     : PAIR_ROWS,
		.threads = &s->live.threads,
	};
	struct document d = {};
	int err;

	capture__stats(s->live.capture, &v.run.stats);
	shootdown__know(s, in_use, &v);
	shootdown__know_machine(&machine, &v);
	err = shootdown_view__make(&v, &s->live.shootdown, &s->live.model, &d);
	if (!err)
		err = o->format->document(&d, &s->out);
	document__free(&d);
	return err;
}

int cmd_shootdown(struct options *o)
{
	struct session s = {};
	int status;

	tell_apart(o);
	status = session__open(&s, o, SESSION_SHOOTDOWNS);
	if (!status)
		status = session__run(&s);
	if (!status)
		s.error = print_all(&s);
	return session__close(&s, status);
}
