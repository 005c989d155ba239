// SPDX-License-Identifier: GPL-2.0-only
/* owners.c - when which VMAs are looked at, and what follows from the answers. */
#include "owner/owners.h"

#include <errno.h>
#include <string.h>

#include "owner/look.h"
#include "util/clock.h"
#include "util/log.h"

#define NS_PER_MS 1000000ULL
/** Time limit of a request, without waiting for a CPU, ms. */
#define LOOK_MS 2000
/** A VMA is looked at again after this time, then after four times that, and so on. */
#define AGAIN_NS (100 * NS_PER_MS)
#define MOST_AGAIN_NS (60000 * NS_PER_MS)
/** A search is followed by a rest of this many times its duration; of one process, by a longer one. */
#define REST 9
#define PROCESS_REST 19

#define BIT(family) (1u << (family))
#define MALLOC_PARTS (BIT(OWNER_ARENA) | BIT(OWNER_CHUNK))
/** Families whose evidence is in the contents of the VMA itself, as long as they use it. */
#define BY_CONTENTS (MALLOC_PARTS | BIT(OWNER_PYTHON))

void owners__open(struct owners *o, const struct owners_options *options)
{
	memset(o, 0, sizeof(*o));
	o->options = *options;
	o->helper.idle = options->idle;
	o->helper.idle_ctx = options->ctx;
	o->helper.late = options->late;
	o->helper.late_ctx = options->ctx;
	o->works = !helper__start(&o->helper, &looker_kind);
}

void owners__free(struct owners *o)
{
	helper__stop(&o->helper);
	o->works = false;
}

/* --- what follows from an answer -------------------------------------------------------------- */

/** again_ns - how long @owner rests until its next search */
static uint64_t again_ns(const struct vma_owner *owner)
{
	uint64_t ns = AGAIN_NS;

	for (uint32_t i = 1; i < owner->tries && ns < MOST_AGAIN_NS; i++)
		ns *= 4;
	return ns < MOST_AGAIN_NS ? ns : MOST_AGAIN_NS;
}

static void set_owner(struct fault_row *row, const struct recognised *is)
{
	struct vma_owner *owner = &row->owner;
	const bool one = is->tid != OWNER_THREADS;
	char *name = owner__name(is->family, is->parts, one ? is->tid : 0, one ? is->text : "");

	/* without memory: unknown, until the next time */
	if (!name)
		return;
	owner->family = is->family;
	owner->how = is->how;
	owner->likely = is->likely;
	owner->parts = is->parts;
	owner->tid = is->tid;
	owner__set_name(owner, name);
}

/**
 * contradict - later evidence differs: the row has faults of both, so its owner is unknown
 * @for_good: it cannot be found any more
 */
static void contradict(struct vma_owner *owner, bool for_good)
{
	owner->family = OWNER_UNKNOWN;
	owner->how = OWNER_HOW_UNKNOWN;
	owner->contradicted = for_good;
	owner__set_name(owner, NULL);
}

/** again - the same family was found as before. */
static void again(struct fault_row *row, const struct recognised *is)
{
	struct recognised now = *is;

	/* the stack of a thread that has exited keeps its name */
	if (!is->tid || row->owner.tid == OWNER_THREADS)
		return;
	/* another thread has the stack now; the same one may have another name */
	if (row->owner.tid && row->owner.tid != is->tid)
		now.tid = OWNER_THREADS;
	set_owner(row, &now);
}

/** merge - the row has an owner, and was looked at again. */
static void merge(struct fault_row *row, const struct recognised *is)
{
	struct vma_owner *owner = &row->owner;
	struct recognised both = *is;

	if (!is->family) {
		/* other data is where the evidence was; or just behind it, and may be recognised later */
		if (!is->unread && owner->parts & BY_CONTENTS)
			contradict(owner, !is->parts);
		return;
	}
	if (owner->family == is->family && owner->parts == is->parts) {
		again(row, is);
		return;
	}
	/* merged with others: what it was is one of its parts */
	both.parts |= owner->parts;
	both.tid = 0;
	both.text[0] = '\0';
	if (!(both.parts & ~MALLOC_PARTS))
		both.family = OWNER_MALLOC;
	else if ((is->parts & owner->parts) != owner->parts) {
		contradict(owner, true);
		return;
	}
	set_owner(row, &both);
}

static void apply_one(struct owners *o, struct fault_row *row, const struct recognised *is)
{
	const bool known = row->owner.family != OWNER_UNKNOWN;

	if (!known && !is->family)
		return;
	if (known)
		merge(row, is);
	else
		set_owner(row, is);
	if (o->options.named)
		o->options.named(o->options.ctx, row);
}

void owners__apply(struct owners *o, struct fault_row *const *rows, const struct look_reply *reply,
		   uint64_t now_ns)
{
	for (uint32_t i = 0; i < reply->nr && i < LOOK_VMAS; i++) {
		struct vma_owner *owner = &rows[i]->owner;

		/* an answer of a helper that hostile input has taken over is bounded, too */
		if (reply->vma[i].found && reply->vma[i].is.family < OWNER_MEMFD &&
		    reply->vma[i].is.how < NR_OWNER_HOWS) {
			struct recognised is = reply->vma[i].is;

			is.text[sizeof(is.text) - 1] = '\0';
			apply_one(o, rows[i], &is);
		}
		owner->tries++;
		owner->next_ns = now_ns + again_ns(owner);
	}
}

/* --- when -------------------------------------------------------------------------------------- */

/** struct batch - rows of the request that is being made */
struct batch {
	struct look_request request;
	struct fault_row *rows[LOOK_VMAS];
	uint64_t image;
};

/** latest_image - number of the image that @p has now; 0: it is not known */
static uint64_t latest_image(const struct process *p)
{
	uint64_t image = 0;

	for (size_t i = 0; i < p->nr_rows; i++)
		if (!p->rows[i]->is_vma && p->rows[i]->slot && p->rows[i]->image > image)
			image = p->rows[i]->image;
	return image;
}

/** fill - add rows of @p from number @at on. Return: number of the next row. */
static size_t fill(struct batch *b, const struct process *p, size_t at, uint64_t due_ns)
{
	for (; at < p->nr_rows && b->request.nr < LOOK_VMAS; at++) {
		struct fault_row *row = p->rows[at];
		struct look_vma *vma = &b->request.vma[b->request.nr];

		if (!row->slot || row->image != b->image || row->owner.next_ns > due_ns ||
		    !owner__is_open(row))
			continue;
		vma->start = row->vma.key.anchor;
		vma_perms(row->vma.key.flags, vma->perms);
		b->rows[b->request.nr++] = row;
	}
	return at;
}

/** ask - Return: 0; a negative errno: @p is not to be asked any more. */
static int ask(struct owners *o, struct process *p, struct batch *b)
{
	struct look_reply reply;
	struct helper_call call = { .request = &b->request,
				    .request_len = sizeof(b->request),
				    .reply = &reply,
				    .reply_len = sizeof(reply) };
	int err;

	o->looks++;
	err = helper__call(&o->helper, &call, LOOK_MS);
	if (!err && call.reply_len != sizeof(reply))
		err = -EBADMSG;
	if (!err)
		err = reply.err;
	/* what was read may be that of the image that follows, or of another process */
	if (err && err != -ESRCH)
		vs_debug(1, "owners of memory of process %u stay unknown: %s", p->pid,
			 strerror(-err));
	if (!err && !o->options.gone(o->options.ctx, p, b->image))
		owners__apply(o, b->rows, &reply, clock__monotonic_ns());
	return err;
}

/** look_at - look at the rows of @p that are due. */
static void look_at(struct owners *o, struct process *p, uint64_t until_ns, bool all)
{
	const uint64_t from_ns = clock__monotonic_ns(), due_ns = all ? UINT64_MAX : from_ns;
	struct batch b = { .request.pid = p->pid,
			   .request.start_ns = p->start_ns,
			   .image = latest_image(p) };
	uint64_t now_ns = from_ns;
	size_t at = 0;
	int err = 0;

	while (b.image && !err && now_ns < until_ns) {
		b.request.nr = 0;
		at = fill(&b, p, at, due_ns);
		if (!b.request.nr)
			break;
		err = ask(o, p, &b);
		b.request.again = true;
		now_ns = clock__monotonic_ns();
	}
	if (err == -ETIME)
		p->look_ns = now_ns + MOST_AGAIN_NS;
	else
		p->look_ns = err ? UINT64_MAX : now_ns + PROCESS_REST * (now_ns - from_ns);
}

/** next_due - when the next row is due */
static uint64_t next_due(const struct model *m)
{
	uint64_t next = UINT64_MAX;

	for (size_t i = 0; i < m->nr_processes; i++) {
		const struct process *p = m->processes[i];

		if (p->exited || !p->pid || p->look_ns == UINT64_MAX)
			continue;
		for (size_t r = 0; r < p->nr_rows; r++) {
			const struct fault_row *row = p->rows[r];
			uint64_t ns = row->owner.next_ns;

			if (!row->slot || !owner__is_open(row))
				continue;
			if (ns < p->look_ns)
				ns = p->look_ns;
			if (ns < next)
				next = ns;
		}
	}
	return next;
}

void owners__look(struct owners *o, struct model *m, uint64_t until_ns, bool all)
{
	const uint64_t from_ns = clock__monotonic_ns();
	const size_t nr = m->nr_processes;
	uint64_t now_ns = from_ns;
	size_t looked = 0;

	if (!o->works ||
	    (!all && (from_ns < o->rest_ns || (from_ns < o->next_ns && m->nr_rows == o->nr_rows))))
		return;
	o->nr_rows = m->nr_rows;
	for (; looked < nr && now_ns < until_ns; looked++) {
		struct process *p = m->processes[(o->from + looked) % nr];

		if (p->exited || !p->pid || p->look_ns == UINT64_MAX ||
		    (!all && p->look_ns > from_ns))
			continue;
		look_at(o, p, until_ns, all);
		now_ns = clock__monotonic_ns();
	}
	o->from = nr ? (o->from + looked) % nr : 0;
	o->next_ns = looked < nr ? now_ns : next_due(m);
	o->rest_ns = now_ns + REST * (now_ns - from_ns);
}
