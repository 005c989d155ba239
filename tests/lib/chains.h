/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * chains.h - compare the calls that the workload callchain prints with vmascope's frames.
 */
#ifndef VT_CHAINS_H
#define VT_CHAINS_H

#include "json_get.h"

#define VT_CHAIN_MAX 64

/** struct vt_call - a frame as callchain prints it (see there) */
struct vt_call {
	char name[40];
	int line;
	bool inlined;
};

/** struct vt_chain - the call chain of a thread, innermost first */
struct vt_chain {
	long tid;
	struct vt_call calls[VT_CHAIN_MAX];
	size_t nr;
};

/** enum vt_names - names that are available for a build of callchain */
enum vt_names {
	VT_NAMES_LINES,	   /* functions, lines, inlined functions */
	VT_NAMES_ALL,	   /* functions */
	VT_NAMES_EXPORTED, /* what the program and the library export; never another name */
	VT_NAMES_NONE,	   /* file and offset only */
};

/** enum vt_unwind - how far a stack is unwound */
enum vt_unwind {
	VT_UNWIND_NONE,	 /* only the first frame */
	VT_UNWIND_FP,	 /* up to the C library, which keeps no frame pointers */
	VT_UNWIND_DWARF, /* to its end, or (chain: "?") to the end of the stack copy */
};

/** vt_chain_parse - parse a line that callchain printed, in place */
void vt_chain_parse(struct vt_chain *c, char *line);

/**
 * vt_chain_wrong - compare the member "frames" of @stack with @c
 * Return: the first call of @c that does not match; @c->nr: the end does not; -1: all match.
 */
int vt_chain_wrong(const struct vt_chain *c, struct json_object *stack, enum vt_names names,
		   enum vt_unwind unwind);

/** vt_check_chain - fail the test, mentioning @what, if vt_chain_wrong() finds a mismatch */
void vt_check_chain(const struct vt_chain *c, struct json_object *stack, enum vt_names names,
		    enum vt_unwind unwind, const char *what);

/** vt_frame_own - @frame is in callchain or its library */
bool vt_frame_own(struct json_object *frame);
/** vt_frame_is - @frame has the name @name, and line @line (0: any) */
bool vt_frame_is(struct json_object *frame, const char *name, int line);

#endif /* VT_CHAINS_H */
