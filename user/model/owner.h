/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * owner.h - what a VMA without a file of its own is used for, and how that is known.
 *
 * The kernel names few of these VMAs. Their use is found from evidence in the process
 * (owner/owners.h), or from the kind of file that the kernel has created for them.
 */
#ifndef VMASCOPE_MODEL_OWNER_H
#define VMASCOPE_MODEL_OWNER_H

#include <stdbool.h>
#include <stdint.h>

struct vs_file;
struct fault_row;

/* clang-format off */
/**
 * VS_EACH_OWNER - families: key in outputs, name of the memory, name for all of a process
 *
 * Without a name for all, each name is listed by itself.
 */
#define VS_EACH_OWNER(X)                                                                           \
	X(STACK, "thread-stack", "stack", "[stacks]")                                              \
	X(GUARD, "stack-guard", "stack guard", "[stack guards]")                                   \
	X(TLS, "tls", "tls", NULL)                                                                 \
	X(ARENA, "malloc-arena", "malloc arena", NULL)                                             \
	X(CHUNK, "malloc-mmap", "malloc mmap", NULL)                                               \
	X(MALLOC, "malloc", "malloc", NULL)                                                        \
	X(BSS, "bss", "bss", NULL)                                                                 \
	X(PYTHON, "python-arena", "python arena", NULL)                                            \
	X(GO, "go-heap", "go heap", NULL)                                                          \
	X(V8, "v8-heap", "v8 heap", NULL)                                                          \
	X(JAVA, "java-heap", "java heap", NULL)                                                    \
	X(JAVA_CODE, "java-code", "java code", NULL)                                               \
	X(SEVERAL, "several", "several", NULL)                                                     \
	X(MEMFD, "memfd", NULL, NULL)                                                              \
	X(SYSV, "sysv-shm", NULL, NULL)                                                            \
	X(SHARED, "shared-anonymous", NULL, NULL)                                                  \
	X(HUGETLB, "hugetlb", NULL, NULL)                                                          \
	X(IO_URING, "io-uring", NULL, NULL)                                                        \
	X(PERF, "perf-buffer", NULL, NULL)                                                         \
	X(BPF, "bpf-map", NULL, NULL)

/** VS_EACH_OWNER_HOW - kinds of evidence: key in outputs */
#define VS_EACH_OWNER_HOW(X)                                                                       \
	X(TCB, "thread-control-block")                                                             \
	X(OLD_TCB, "old-thread-control-block")                                                     \
	X(HEAP_INFO, "heap-info")                                                                  \
	X(CHUNKS, "chunk-headers")                                                                 \
	X(SEGMENT, "program-headers")                                                              \
	X(POOLS, "pool-headers")                                                                   \
	X(GO_ADDRESS, "go-build-info")                                                             \
	X(V8_CHUNKS, "v8-chunk-headers")                                                           \
	X(JAVA_ADDRESS, "java-addresses")                                                          \
	X(JAVA_CODE, "java-permissions")                                                           \
	X(PARTS, "several-parts")                                                                  \
	X(KERNEL, "kernel-name")
/* clang-format on */

/** enum owner_family - by VS_EACH_OWNER; OWNER_UNKNOWN: not recognised */
enum owner_family {
	OWNER_UNKNOWN,
#define OWNER_MEMBER(id, ...) OWNER_##id,
	VS_EACH_OWNER(OWNER_MEMBER)
#undef OWNER_MEMBER
	NR_OWNERS,
};

/** enum owner_how - by VS_EACH_OWNER_HOW */
enum owner_how {
	OWNER_HOW_UNKNOWN,
#define OWNER_MEMBER(id, ...) OWNER_HOW_##id,
	VS_EACH_OWNER_HOW(OWNER_MEMBER)
#undef OWNER_MEMBER
	NR_OWNER_HOWS,
};

/**
 * struct owner_names - the names of a family, see VS_EACH_OWNER; any but @key may be NULL
 */
struct owner_names {
	const char *key;
	const char *memory;
	const char *group;
};

/** owner_names - by enum owner_family; OWNER_UNKNOWN has none */
extern const struct owner_names owner_names[NR_OWNERS];
/** owner_how_names - by enum owner_how; OWNER_HOW_UNKNOWN has none */
extern const char *const owner_how_names[NR_OWNER_HOWS];

/** Instead of a thread: several threads. */
#define OWNER_THREADS UINT32_MAX

/**
 * struct vma_owner - of a VMA
 * @family: OWNER_UNKNOWN: the other members are not set
 * @how: the evidence
 * @likely: other explanations of the evidence are possible, but improbable; false: certain
 * @parts: families of its parts, a bit set by enum owner_family
 * @name: for display; NULL: the VMA's own name says it all
 * @tid: of a stack: its thread, 0: unknown, OWNER_THREADS: several in succession
 * @contradicted: later evidence showed another family: it stays unknown
 * @tries: how often evidence was looked for; @next_ns: when it is looked for again
 */
struct vma_owner {
	enum owner_family family;
	enum owner_how how;
	bool likely;
	bool contradicted;
	uint32_t parts;
	uint32_t tid;
	uint32_t tries;
	uint64_t next_ns;
	char *name;
};

/**
 * owner__by_file - what the kernel's own files are: memfd, System V shared memory, rings
 * @file: NULL: the VMA has none, or it is unknown
 * @name: the VMA's, as made by vma_name()
 */
struct vma_owner owner__by_file(const struct vs_file *file, const char *name);

/**
 * owner__name - make the name of memory of a family
 * @parts: of OWNER_SEVERAL: the families; @tid: of a stack, 0: unknown, or of several threads
 * @text: its thread's name, or the file that it belongs to; "": none
 *
 * Return: to be freed, or NULL without memory.
 */
char *owner__name(enum owner_family family, uint32_t parts, uint32_t tid, const char *text);

/** owner__set_name - replace the name; takes @name, which may be NULL. */
void owner__set_name(struct vma_owner *o, char *name);

/** fault_row__name - name of a VMA for display: that of its owner, or the kernel's name */
const char *fault_row__name(const struct fault_row *row);

/** fault_row__short - the same, without the directories of a file */
const char *fault_row__short(const struct fault_row *row);

/** fault_row__group - the same for all VMAs of a process that are listed as one */
const char *fault_row__group(const struct fault_row *row);

/** fault_row__matches - @row is a VMA, and the pattern @glob matches one of its names. */
bool fault_row__matches(const struct fault_row *row, const char *glob);

/** owner__is_open - @row is a VMA whose owner may be found by evidence, or contradicted. */
bool owner__is_open(const struct fault_row *row);

/** owner__may_match - @glob may match the name of an owner that is not known yet. */
bool owner__may_match(const char *glob);

#endif /* VMASCOPE_MODEL_OWNER_H */
