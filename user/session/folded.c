// SPDX-License-Identifier: GPL-2.0-only
/* folded.c - print stacks as folded text and flame graphs. */
#include "session/folded.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "format/flame.h"
#include "model/names.h"
#include "sys/memory.h"
#include "util/log.h"
#include "util/out_file.h"
#include "view/common/stack_cells.h"
#include "view/faults/stat_group.h"
#include "view/faults/stat_stacks.h"

/** Unit of the numbers in a flame graph. */
static const struct {
	const char *what;
	enum cell_unit unit;
} weights[NR_STACK_WEIGHTS] = {
	[WEIGHT_FAULTS] = { "page faults", UNIT_COUNT },
	[WEIGHT_TIME] = { "time", UNIT_NS },
	[WEIGHT_STOLEN] = { "time stolen from other CPUs", UNIT_NS },
	[WEIGHT_SENT] = { "remote TLB flushes sent", UNIT_COUNT },
	[WEIGHT_CALLS] = { "memory calls and flushes", UNIT_COUNT },
};

int folded__profile(struct options *o, bool by_stack)
{
	if (!(o->format->flags & FORMAT_OF_STACKS))
		return 0;
	if (o->by_given && !by_stack)
		return vs_fail(VS_EXIT_USAGE, "remove --by", "--format %s requires --by stack",
			       o->format->name);
	if (o->interval_ns || o->hist || o->heatmap)
		return vs_fail(VS_EXIT_USAGE, "remove one of them",
			       "-i, --hist and --heatmap cannot be used with --format %s",
			       o->format->name);
	o->by = BY_STACK;
	o->shootdown_by = SHOOTDOWN_BY_STACK;
	return 0;
}

int folded__check(struct options *o, bool by_stack, unsigned int known)
{
	const int status = options__check_stacks(o, by_stack, "add --by stack");

	if (status)
		return status;
	if (o->folded && !(o->format->flags & FORMAT_FOR_PEOPLE))
		return vs_fail(VS_EXIT_USAGE, "remove one of them",
			       "--folded and --format %s are mutually exclusive", o->format->name);
	if (o->weight >= 0 && !(known & 1u << o->weight))
		return vs_fail(VS_EXIT_USAGE,
			       "stat: faults or time; shootdown: stolen, time, sent or calls",
			       "bad weight: '%s'", stack_weight_names[o->weight]);
	if (o->weight < 0)
		o->weight = __builtin_ctz(known);
	if (by_stack && (!o->capture.bpf.kernel_stacks || o->dwarf))
		o->capture.bpf.user_stacks = true;
	return 0;
}

/* --- stacks -------------------------------------------------------------------------------- */

/** add_named - add a stack without frames, under a name. */
static void add_named(struct flame *f, const char *name, uint64_t value)
{
	flame__add(f, &name, 1, value);
}

static void add_stack(struct session *s, struct flame *f, const struct stack *stack,
		      const char *under, uint64_t value)
{
	struct named_stack named;
	char **names;
	size_t nr;
	int err;

	if (!value)
		return;
	stack = namer__true_stack(s->namer, &s->live->run.stacks, stack);
	err = stack ? namer__stack(s->namer, stack, &named) : -ENOMEM;
	if (!err)
		err = stack_folded(&named, stack->process ? stack->process->comm : stack->comm,
				   under, &names, &nr);
	if (err) {
		flame__fail(f);
		return;
	}
	flame__add(f, (const char *const *)names, nr, value);
	stack_folded_free(names, nr);
}

/* --- outputs ------------------------------------------------------------------------------- */

int folded__open(struct session *s)
{
	const char *path = s->options->flame, *why;
	int fd;

	if (!path)
		return 0;
	fd = out_file__create(path, OUT_FILE_TEXT, &why);
	if (fd < 0)
		return vs_fail(VS_EXIT_FAILURE, NULL, "cannot write %s: %s", path, why);
	s->flame = fdopen(fd, "w");
	if (s->flame)
		return 0;
	close(fd);
	return vs_fail(VS_EXIT_FAILURE, NULL, "not enough memory");
}

void folded__close(struct session *s)
{
	if (s->flame)
		fclose(s->flame);
	s->flame = NULL;
}

/** write_svg - Return: an exit status. */
static int write_svg(struct session *s, struct flame *f)
{
	const struct options *o = s->options;
	const struct flame_options fo = {
		.title = s->what,
		.subtitle = weights[o->weight].what,
		.unit = weights[o->weight].unit,
		.what = weights[o->weight].what,
	};
	int err = flame__svg(f, &fo, s->flame);

	if (fclose(s->flame) && !err)
		err = errno;
	s->flame = NULL;
	return err ? vs_fail(VS_EXIT_FAILURE, NULL, "cannot write %s: %s", o->flame,
			     strerror(abs(err)))
		   : 0;
}

/** print - print the requested outputs of @f, and free it. Return: an exit status. */
static int print(struct session *s, struct flame *f)
{
	const bool failed = flame__failed(f);
	int status = failed ? vs_fail(VS_EXIT_FAILURE, memory__hint(), "not enough memory") : 0;

	if (!failed && s->options->folded)
		s->error = -abs(flame__folded(f, s->out.file));
	if (!failed && s->flame)
		status = write_svg(s, f);
	flame__free(f);
	return status;
}

/* --- faults -------------------------------------------------------------------------------- */

static uint64_t fault_value(const struct options *o, const struct vs_stack_counts *c)
{
	return o->weight == WEIGHT_TIME ? c->time_ns : stack_faults(c);
}

int folded__faults(struct session *s)
{
	const struct stat_view selection = { .vma_glob = s->options->vma };
	const struct vs_counts total = stat_group__total(&selection, &s->live->run.model);
	const struct options *o = s->options;
	const struct stacks *all = &s->live->run.stacks;
	struct stack_rests rests;
	struct flame *f = flame__new(0);
	const size_t most = all->nr; /* it may grow */

	stack_rests(all, false, &total, &rests);
	for (size_t i = 0; i < most; i++)
		if (!all->list[i]->outside)
			add_stack(s, f, all->list[i], NULL, fault_value(o, &all->list[i]->counts));
	add_named(f, STACK_NONE, fault_value(o, &rests.none));
	add_named(f, STACK_OVERFLOW, fault_value(o, &rests.overflow));
	add_named(f, stack_either(all), fault_value(o, &rests.either));
	add_named(f, STACK_ENDED, fault_value(o, &rests.ended));
	add_named(f, STACK_NOT_UNWOUND, fault_value(o, &rests.not_unwound));
	return print(s, f);
}

/* --- calls --------------------------------------------------------------------------------- */

static uint64_t call_value(const struct options *o, const struct vs_call_counts *c)
{
	switch (o->weight) {
	case WEIGHT_TIME:
		return c->latency_ns;
	case WEIGHT_SENT:
		return c->flush[VS_FLUSH_REMOTE];
	case WEIGHT_CALLS:
		return c->count;
	default:
		return c->stolen_ns;
	}
}

int folded__calls(struct session *s)
{
	const struct options *o = s->options;
	const struct shootdown *all = &s->live->run.shootdown;
	struct flame *f = flame__new(0);

	for (size_t i = 0; i < all->nr_rows; i++) {
		const struct call_row *row = all->rows[i];
		const uint64_t value = call_value(o, &row->counts);

		if (row->stack)
			add_stack(s, f, row->stack, call_names[row->call], value);
		else
			add_named(f, row->comm, value);
	}
	add_named(f, "[call table full]", call_value(o, &all->overflow.counts));
	return print(s, f);
}
