/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * evidence.h - what is read from a process to find the use of its memory: mappings, memory, threads.
 *
 * Only pages that are present are read, so that reading neither changes what is resident nor waits
 * for a disk. A page may go in between, and a handler of userfaultfd may then block the reader: so
 * all of this is done in a helper process, with a time limit (look.h).
 */
#ifndef VMASCOPE_OWNER_EVIDENCE_H
#define VMASCOPE_OWNER_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sys/proc_maps.h"

/** Pages that are read for one request at most. */
#define EVIDENCE_READS 65536u
/** Length of a thread's name with its NUL, as in /proc/PID/task/TID/comm. */
#define EVIDENCE_COMM_LEN 64

/**
 * struct thread_evidence - a thread
 * @head: address of its robust list's head, in its control block
 * @start: and @end: its stack with the guard area, 0: unknown; @guard: size of the guard area, bytes
 * @has_block: the control block was read, and it is that of this thread
 */
struct thread_evidence {
	uint32_t tid;
	bool has_block;
	uint64_t head;
	uint64_t start;
	uint64_t end;
	uint64_t guard;
};

/** enum evidence_answer - what is determined once for a process, and only if it matters */
enum evidence_answer {
	EVIDENCE_UNASKED,
	EVIDENCE_NO,
	EVIDENCE_YES,
};

/**
 * struct evidence - of a process
 * @proc: its directory in /proc; @pagemap, @mem: files in it, which belong to one address space
 * @threads: @nr_threads threads that have registered a robust list, by address of its head
 * @reads_left: pages that may still be read
 * @unread: memory at which evidence may be was not read
 * @page: size of a page in bytes
 * @python: it has mapped a Python interpreter; @go: its program is built by Go; @java: it has mapped
 *	HotSpot
 */
struct evidence {
	uint32_t pid;
	int proc;
	int pagemap;
	int mem;
	struct proc_maps maps;
	struct thread_evidence *threads;
	size_t nr_threads;
	uint32_t reads_left;
	bool unread;
	uint64_t page;
	enum evidence_answer python;
	enum evidence_answer go;
	enum evidence_answer java;
};

/**
 * evidence__open - read the mappings of a process
 * Return: 0 or a negative errno: -ESRCH: it has ended; -EACCES. Must be freed in any case.
 */
int evidence__open(struct evidence *e, uint32_t pid);
void evidence__free(struct evidence *e);

/** evidence__read_threads - find threads, and the stacks of those of the C library. */
void evidence__read_threads(struct evidence *e);

/**
 * evidence__read - read @len bytes of memory at @address
 * Return: false: a page is not present, or not readable, or too much was read; @e->unread is set.
 */
bool evidence__read(struct evidence *e, uint64_t address, void *to, size_t len);

/** evidence__comm - name of thread @tid, "" if unknown; @to has EVIDENCE_COMM_LEN bytes. */
void evidence__comm(const struct evidence *e, uint32_t tid, char *to);

#endif /* VMASCOPE_OWNER_EVIDENCE_H */
