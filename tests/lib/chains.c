// SPDX-License-Identifier: GPL-2.0-only
/* chains.c - compare the calls that the workload callchain prints with vmascope's frames. */
#include "chains.h"
#include "check.h"

#include <stdio.h>
#include <stdlib.h>

void vt_chain_parse(struct vt_chain *c, char *line)
{
	char *save, *word = strtok_r(line, " \n", &save);

	memset(c, 0, sizeof(*c));
	c->tid = word ? atol(word) : 0;
	vt_cmp(c->tid, >, 0, "thread of callchain");
	while ((word = strtok_r(NULL, " \n", &save))) {
		struct vt_call *call = &c->calls[c->nr++];
		char *colon = strrchr(word, ':');

		vt_true(c->nr < VT_CHAIN_MAX && strlen(word) < sizeof(call->name));
		if (colon) {
			*colon = '\0';
			call->line = atoi(colon + 1);
		}
		call->inlined = word[0] == '(';
		strcpy(call->name, word + call->inlined);
		if (call->inlined)
			call->name[strlen(call->name) - 1] = '\0';
	}
	vt_cmp(c->nr, >, 1, "calls in the chain");
}

/* "" if it is null. */
static const char *text(struct json_object *frame, const char *key)
{
	struct json_object *o = vt_get(frame, key);

	return o ? json_object_get_string(o) : "";
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

bool vt_frame_own(struct json_object *frame)
{
	const char *module = base_name(text(frame, "module"));

	/* a deleted file is called "callchain (deleted)" */
	return !strncmp(module, "callchain", 9) || !strncmp(module, "libchain.so", 11);
}

bool vt_frame_is(struct json_object *frame, const char *name, int line)
{
	struct json_object *at = vt_get(frame, "line");
	const char *own = text(frame, "name");

	/* the compiler's copy of a function: "name.part.0" */
	return strcspn(own, ".") == strlen(name) && !strncmp(own, name, strlen(name)) &&
	       (!line || (at && json_object_get_int(at) == line));
}

static bool call_matches(const struct vt_call *call, struct json_object *frame, enum vt_names names)
{
	if (!strcmp(call->name, "0x0"))
		return !vt_get(frame, "name") && !vt_get(frame, "module") &&
		       !vt_hex(frame, "address");
	if (!vt_frame_own(frame))
		return false;
	/* An unknown name is omitted; it must never be that of another function. */
	if (!vt_get(frame, "name"))
		return names >= VT_NAMES_EXPORTED && vt_get(frame, "module_offset");
	if (names == VT_NAMES_NONE)
		return false;
	return vt_bool(frame, "inlined") == call->inlined &&
	       vt_frame_is(frame, call->name, names == VT_NAMES_LINES ? call->line : 0) &&
	       (names != VT_NAMES_LINES || !call->line ||
		!strncmp(base_name(text(frame, "file")), "chain", 5) ||
		!strcmp(base_name(text(frame, "file")), "callchain.c"));
}

/**
 * others - number of frames from @at on that are in other files; at the @end all are, including
 * _start
 */
static size_t others(struct json_object *stack, size_t at, bool end)
{
	const size_t nr = vt_len(stack, "frames"), from = at;

	while (at < nr && (end || !vt_frame_own(vt_at(stack, "frames", at))) &&
	       (end || vt_get(vt_at(stack, "frames", at), "module_offset")))
		at++;
	return at - from;
}

int vt_chain_wrong(const struct vt_chain *c, struct json_object *stack, enum vt_names names,
		   enum vt_unwind unwind)
{
	const size_t nr = vt_len(stack, "frames");
	size_t at = 0;

	for (size_t i = 0; i < c->nr; i++) {
		const struct vt_call *call = &c->calls[i];
		const bool end = i == c->nr - 1;
		size_t skipped;

		if (i && unwind == VT_UNWIND_NONE)
			return -1;
		if (call->inlined && names != VT_NAMES_LINES)
			continue;
		if (!strcmp(call->name, "?")) {
			if (unwind == VT_UNWIND_DWARF)
				return at == nr ? -1 : (int)i;
			continue;
		}
		if (strcmp(call->name, "*")) {
			if (at >= nr || !call_matches(call, vt_at(stack, "frames", at++), names))
				return (int)i;
			continue;
		}
		skipped = others(stack, at, end);
		at += skipped;
		if (!skipped)
			return (int)i;
		if (unwind == VT_UNWIND_FP)
			return -1;
	}
	return at == nr ? -1 : (int)c->nr;
}

static void frames_text(struct json_object *stack, char *buf, size_t len)
{
	struct json_object *frame;
	size_t at = 0;

	buf[0] = '\0';
	vt_each(frame, stack, "frames")
	{
		if (at >= len - 1)
			return;
		at += (size_t)snprintf(buf + at, len - at, " %s:%s(%s+%s)", text(frame, "name"),
				       text(frame, "line"), base_name(text(frame, "module")),
				       text(frame, "module_offset"));
	}
}

void vt_check_chain(const struct vt_chain *c, struct json_object *stack, enum vt_names names,
		    enum vt_unwind unwind, const char *what)
{
	const int wrong = vt_chain_wrong(c, stack, names, unwind);
	char seen[2048];

	if (wrong < 0)
		return;
	frames_text(stack, seen, sizeof(seen));
	fail_msg("%s: expected %s as number %d, saw:%s", what,
		 wrong < (int)c->nr ? c->calls[wrong].name : "the end", wrong, seen);
}
