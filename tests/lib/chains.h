/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * chains.h - what the workload callchain says of its own calls, held against frames of vmascope's.
 */
#ifndef VT_CHAINS_H
#define VT_CHAINS_H

#include "json_get.h"

#define VT_CHAIN_MAX 64

/** struct vt_call - a frame as callchain prints it: see there */
struct vt_call {
	char name[40];
	int line;
	bool inlined;
};

/** struct vt_chain - of one thread, innermost first */
struct vt_chain {
	long tid;
	struct vt_call calls[VT_CHAIN_MAX];
	size_t nr;
};

/** enum vt_names - what names a build of callchain gives */
enum vt_names {
	VT_NAMES_LINES,	   /* functions, lines, inlined functions */
	VT_NAMES_ALL,	   /* functions */
	VT_NAMES_EXPORTED, /* of what the program and the library export; never another one */
	VT_NAMES_NONE,	   /* where in which file */
};

/** enum vt_unwind - how far a stack reaches */
enum vt_unwind {
	VT_UNWIND_NONE,	 /* its first frame alone is told */
	VT_UNWIND_FP,	 /* up to the C library, which keeps no frame pointers */
	VT_UNWIND_DWARF, /* to its end, or (chain: "?") to the end of the copy of the stack */
};

/** vt_chain_parse - a line that callchain printed; it is changed */
void vt_chain_parse(struct vt_chain *c, char *line);

/**
 * vt_chain_wrong - compare the member "frames" of @stack with @c
 * Return: the first call of @c that is not as it should be, @c->nr: the end is not; -1: all is right.
 */
int vt_chain_wrong(const struct vt_chain *c, struct json_object *stack, enum vt_names names,
		   enum vt_unwind unwind);

/** vt_check_chain - fails the test, naming @what, if vt_chain_wrong() says so */
void vt_check_chain(const struct vt_chain *c, struct json_object *stack, enum vt_names names,
		    enum vt_unwind unwind, const char *what);

/** vt_frame_own - @frame is of callchain or of its library */
bool vt_frame_own(struct json_object *frame);
/** vt_frame_is - @frame is known by the function @name, at @line (0: any) */
bool vt_frame_is(struct json_object *frame, const char *name, int line);

#endif /* VT_CHAINS_H */
