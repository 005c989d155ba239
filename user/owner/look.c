// SPDX-License-Identifier: GPL-2.0-only
/* look.c - the helper that looks at the memory of processes. */
#include "owner/look.h"

#include <errno.h>
#include <string.h>

#include "symbol/opener/process_id.h"
#include "sys/privileges.h"

/** open_process - read what is to be known of the process, unless that was just done. */
static int open_process(struct evidence *e, const struct look_request *r)
{
	int err;

	if (r->again && e->pid == r->pid)
		return 0;
	if (e->pid)
		evidence__free(e);
	err = evidence__open(e, r->pid);
	/* its files were opened before: they are of the process that began then, or of none */
	if (!err && !process_is(r->pid, r->start_ns))
		err = -ESRCH;
	if (!err) {
		evidence__read_threads(e);
		return 0;
	}
	evidence__free(e);
	memset(e, 0, sizeof(*e));
	return err;
}

static void look_at(struct evidence *e, const struct look_vma *vma, struct look_reply *reply)
{
	const struct proc_map *map = proc_maps__find(&e->maps, vma->start);

	if (map && !map->inode && !*map->name &&
	    !strncmp(map->perms, vma->perms, sizeof(map->perms))) {
		reply->vma[reply->nr].found = true;
		recognise(e, map, vma->start, &reply->vma[reply->nr].is);
	}
	reply->nr++;
}

static void serve(struct helper_call *c)
{
	static struct evidence evidence;
	const struct look_request *r = c->request;
	struct look_reply *reply = c->reply;

	memset(reply, 0, sizeof(*reply));
	c->reply_len = sizeof(*reply);
	if (c->request_len != sizeof(*r) || r->nr > LOOK_VMAS) {
		reply->err = -EINVAL;
		return;
	}
	reply->err = open_process(&evidence, r);
	if (reply->err)
		return;
	evidence.reads_left = EVIDENCE_READS;
	for (uint32_t i = 0; i < r->nr; i++)
		look_at(&evidence, &r->vma[i], reply);
}

const struct helper_kind looker_kind = {
	.name = "vmascope-look",
	.prepare = privileges__keep_reading,
	.serve = serve,
};
