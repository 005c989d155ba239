// SPDX-License-Identifier: GPL-2.0-only
/* crash.c - why an access failed, derived from nearby VMAs and preceding memory calls. */
#include "view/trace/crash.h"

#include <stdio.h>
#include <stdlib.h>

#include "model/history/calls.h"
#include "model/names.h"
#include "util/str.h"
#include "view/common/stat_cells.h"
#include "view/common/words.h"

/** The default of mmap_min_addr is 64 KiB: nothing is mapped below. */
#define NULL_PAGES 65536
/** Pushing a frame may access memory up to this far below the stack pointer. */
#define STACK_SLACK 65536
/** Size of the reason in words. */
#define REASON_LEN 192

const char *const crash_kind_names[NR_CRASH_KINDS] = {
	[CRASH_PLAIN] = "bad address",
	[CRASH_NULL] = "NULL pointer",
	[CRASH_STACK_OVERFLOW] = "stack overflow",
	[CRASH_GUARD_PAGE] = "guard page",
	[CRASH_AFTER_MUNMAP] = "use after unmap",
	[CRASH_AFTER_MPROTECT] = "access after mprotect",
	[CRASH_BEYOND_EOF] = "beyond the end of the file",
	[CRASH_FS_FULL] = "file system full",
	[CRASH_NO_SHMEM] = "no shared memory",
	[CRASH_NO_HUGE_PAGE] = "no free huge page",
	[CRASH_READ_ERROR] = "read error",
	[CRASH_WRITE_ERROR] = "read error or no space",
	[CRASH_POISON] = "poisoned page",
	[CRASH_DRIVER] = "refused by the driver",
	[CRASH_BUS] = "bus error",
};

static bool is_guard(const struct crash *c)
{
	return c->vma && !(c->vma->vma.key.flags & (VS_VM_READ | VS_VM_WRITE | VS_VM_EXEC));
}

/** vma_allows - the VMA allows the access, so the failure is due to its pages. */
static bool vma_allows(const struct crash *c)
{
	static const uint64_t wanted[VS_NR_ACCESS] = {
		[VS_ACCESS_READ] = VS_VM_READ | VS_VM_WRITE | VS_VM_EXEC,
		[VS_ACCESS_WRITE] = VS_VM_WRITE,
		[VS_ACCESS_EXEC] = VS_VM_EXEC,
	};

	return c->vma->vma.key.flags & wanted[c->fault->access & 3];
}

static bool protects(const struct vs_event_call *call)
{
	return call && (call->call == VS_CALL_MPROTECT || call->call == VS_CALL_PKEY_MPROTECT);
}

/** near_sp - the access is close to the stack pointer. */
static bool near_sp(const struct crash *c)
{
	uint64_t sp = c->event->sp, address = c->fault->address;

	/* a stack pointer inside the VMA below is not an overflow of this stack */
	if (sp < c->event->near[VS_NEAR_BELOW].end)
		return false;
	return address < sp + STACK_SLACK && sp < address + STACK_SLACK;
}

enum crash_kind crash_kind(const struct crash *c)
{
	const struct fault_row *above = c->near[VS_NEAR_ABOVE];

	if (crash_is_bus(c))
		return crash_bus_kind(c);
	if (c->fault->address < NULL_PAGES)
		return CRASH_NULL;
	/* stacks grow down: an overflow is right below the writable VMA */
	if (above && above->vma.key.flags & VS_VM_WRITE && near_sp(c) && (!c->vma || is_guard(c)))
		return CRASH_STACK_OVERFLOW;
	if (c->vma && c->fault->cause != VS_CAUSE_PKEY && vma_allows(c))
		return CRASH_GUARD_PAGE; /* madvise(MADV_GUARD_INSTALL) */
	if (c->vma && protects(c->call))
		return is_guard(c) && c->call->argument[2] ? CRASH_GUARD_PAGE
							   : CRASH_AFTER_MPROTECT;
	if (c->call && !c->vma)
		return CRASH_AFTER_MUNMAP;
	return is_guard(c) ? CRASH_GUARD_PAGE : CRASH_PLAIN;
}

static const struct column near_columns[] = {
	{ .key = "start", .type = CELL_HEX },	 { .key = "end", .type = CELL_HEX },
	{ .key = "perms", .type = CELL_STR },	 { .key = "name", .type = CELL_STR },
	{ .key = "distance", .type = CELL_U64 }, { .key = "offset", .type = CELL_U64 },
};
static const struct table_def below_table = OBJECT_DEF("below", near_columns);
static const struct table_def above_table = OBJECT_DEF("above", near_columns);
static const struct table_def code_table = OBJECT_DEF("code", near_columns);

static const struct column call_columns[] = {
	{ .key = "call", .type = CELL_STR },   { .key = "start", .type = CELL_HEX },
	{ .key = "length", .type = CELL_U64 }, { .key = "argument", .type = CELL_U64 },
	{ .key = "tid", .type = CELL_U64 },    { .key = "ago_ns", .type = CELL_U64 },
};
static const struct table_def call_table = OBJECT_DEF("last_call", call_columns);

static const struct column crash_columns[] = {
	{ .key = "kind", .type = CELL_STR },	    { .key = "signal", .type = CELL_STR },
	{ .key = "si_code", .type = CELL_STR },	    { .key = "handled", .type = CELL_BOOL },
	{ .key = "reason", .type = CELL_STR },	    { .key = "file_offset", .type = CELL_U64 },
	{ .key = "file_size", .type = CELL_U64 },   { .key = "fs_limit", .type = CELL_U64 },
	{ .key = "sp", .type = CELL_HEX },	    { .key = "below", .type = CELL_TABLE },
	{ .key = "above", .type = CELL_TABLE },	    { .key = "code", .type = CELL_TABLE },
	{ .key = "last_call", .type = CELL_TABLE }, { .key = "text", .head = "", .type = CELL_STR },
};
static const struct table_def crash_table_def = OBJECT_DEF("crash", crash_columns);

/** distance - distance of the address from the nearer end of a VMA, bytes. */
static uint64_t distance(const struct vs_near *near, uint64_t address)
{
	if (address >= near->end)
		return address - near->end;
	return near->start > address ? near->start - address : 0;
}

static void near_object(struct table *parent, const struct table_def *def, const struct crash *c,
			enum vs_near_place place)
{
	const struct vs_near *near = &c->event->near[place];
	uint64_t address = place == VS_NEAR_IP ? c->event->ip : c->fault->address;
	struct table *t;

	if (!c->near[place])
		return;
	t = table__sub(parent, def);
	table__set_u64(t, "start", near->start);
	table__set_u64(t, "end", near->end);
	table__set_u64(t, "distance", distance(near, address));
	if (place == VS_NEAR_IP)
		table__set_u64(t, "offset", address - near->start + near->pgoff * 4096);
	perms_cell(t, c->near[place]->vma.key.flags);
	table__set_str(t, "name", c->near[place]->name);
}

static void call_object(struct table *parent, const struct crash *c)
{
	struct table *t;

	if (!c->call)
		return;
	t = table__sub(parent, &call_table);
	table__set_u64(t, "start", c->call->argument[0]);
	/* for calls without this argument, the register has a stale value */
	if (c->call->call != VS_CALL_BRK)
		table__set_u64(t, "length", c->call->argument[1]);
	if (c->call->call != VS_CALL_BRK && c->call->call != VS_CALL_MUNMAP)
		table__set_u64(t, "argument", c->call->argument[2]);
	table__set_u64(t, "tid", c->call->tid);
	table__set_u64(t, "ago_ns", c->fault->head.time_ns - c->call->head.time_ns);
	table__set_str(t, "call", call_names[c->call->call]);
}

static const char *signal_name(const struct crash *c)
{
	return crash_is_bus(c) ? "SIGBUS" : "SIGSEGV";
}

/** signal_cells - the signal, its disposition, and why it was raised. */
static void signal_cells(struct table *t, const struct crash *c)
{
	char reason[REASON_LEN];

	table__set_str(t, "signal", signal_name(c));
	if (!c->event->signal)
		return;
	table__set_bool(t, "handled", c->event->handled);
	if (crash_has_file(c)) {
		table__set_u64(t, "file_offset", crash_offset(c));
		table__set_u64(t, "file_size", c->event->file_size);
		if (c->event->fs_limit)
			table__set_u64(t, "fs_limit", c->event->fs_limit);
	}
	table__set_str(t, "si_code", crash_code_name(c));
	if (crash_reason(c, reason, sizeof(reason)))
		table__set_str(t, "reason", reason);
}

/* --- the same in words ---------------------------------------------------------------------- */

static void say_near(FILE *f, const struct crash *c, enum vs_near_place place, const char *where)
{
	char perms[5];
	const struct fault_row *row = c->near[place];

	if (!row)
		return;
	vma_perms(row->vma.key.flags, perms);
	fprintf(f, "\n    %s %s %s %s",
		str_bytes(distance(&c->event->near[place], c->fault->address)).text, where, perms,
		row->name);
}

static void say_call(FILE *f, const struct crash *c)
{
	if (!c->call)
		return;
	fprintf(f, "\n    %s before: %s(0x%llx",
		str_ns(c->fault->head.time_ns - c->call->head.time_ns).text,
		call_names[c->call->call], (unsigned long long)c->call->argument[0]);
	if (c->call->call != VS_CALL_BRK)
		fprintf(f, ", %llu", (unsigned long long)c->call->argument[1]);
	if (c->call->call == VS_CALL_MPROTECT || c->call->call == VS_CALL_PKEY_MPROTECT)
		fprintf(f, ", prot %c%c%c", c->call->argument[2] & 1 ? 'r' : '-',
			c->call->argument[2] & 2 ? 'w' : '-', c->call->argument[2] & 4 ? 'x' : '-');
	fprintf(f, ") by thread %u", c->call->tid);
}

void crash_print(FILE *f, const struct crash *c)
{
	char perms[5], reason[REASON_LEN];

	fprintf(f, "%s: %s, %s of 0x%llx%s", signal_name(c), crash_kind_names[crash_kind(c)],
		access_names[c->fault->access], (unsigned long long)c->fault->address,
		c->event->handled ? ", handled" : "");
	if (crash_reason(c, reason, sizeof(reason)))
		fprintf(f, "\n    %s", reason);
	if (c->near[VS_NEAR_IP])
		fprintf(f, "\n    by %s+0x%llx (ip 0x%llx)", c->near[VS_NEAR_IP]->name,
			(unsigned long long)(c->event->ip - c->event->near[VS_NEAR_IP].start +
					     c->event->near[VS_NEAR_IP].pgoff * 4096),
			(unsigned long long)c->event->ip);
	if (c->vma) {
		vma_perms(c->vma->vma.key.flags, perms);
		fprintf(f, "\n    in %s %s, 0x%llx-0x%llx", perms, c->vma->name,
			(unsigned long long)c->fault->vma_start,
			(unsigned long long)c->fault->vma_end);
	} else {
		fprintf(f, "\n    in no VMA");
	}
	say_near(f, c, VS_NEAR_BELOW, "above the end of");
	say_near(f, c, VS_NEAR_ABOVE, "below the start of");
	say_call(f, c);
}

struct table *crash_table(const struct crash *c)
{
	struct table *t = table__new(&crash_table_def);
	struct words w;

	table__add_row(t);
	table__set_u64(t, "sp", c->event->sp);
	table__set_str(t, "kind", crash_kind_names[crash_kind(c)]);
	signal_cells(t, c);
	near_object(t, &below_table, c, VS_NEAR_BELOW);
	near_object(t, &above_table, c, VS_NEAR_ABOVE);
	near_object(t, &code_table, c, VS_NEAR_IP);
	call_object(t, c);
	if (words__open(&w, t)) {
		crash_print(w.file, c);
		words__cell(&w, "text");
	}
	return t;
}
