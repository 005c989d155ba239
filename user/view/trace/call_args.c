// SPDX-License-Identifier: GPL-2.0-only
/* call_args.c - the table of memory calls' arguments, and how they are printed. */
#include "view/trace/call_args.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>

#include "model/names.h"
#include "util/errno_name.h"

#define MAX_PARTS 3
#define NONE (-1)

/** struct bit_name - a flag; @name NULL: it is not printed */
struct bit_name {
	uint64_t bit;
	const char *name;
};

/** print_fn - prints an argument, or several as one. */
typedef void print_fn(FILE *f, const struct vs_event_call *e);

/** enum call_result - what a successful call returns */
enum call_result {
	RESULT_ZERO,
	RESULT_NUMBER,
	RESULT_BREAK,
	RESULT_PLACE, /* an address: the requested one, or another one */
	RESULT_MOVED, /* an address: the old one, or a new one */
};

/**
 * struct call_shape - arguments of a call
 * @arg: index in vs_event_call.argument, by enum call_arg, or NONE
 * @result: see enum call_result
 * @parts: what is printed between the parentheses; if there are none, these are omitted
 * @flags: names of its CALL_ARG_FLAGS, printed last; NULL: it has no flags
 */
struct call_shape {
	signed char arg[NR_CALL_ARGS];
	enum call_result result;
	print_fn *parts[MAX_PARTS];
	const struct bit_name *flags;
};

/* --- parts --------------------------------------------------------------------------------- */

/** print_length - print a length exactly, in the largest unit that divides it: 4K, 2M, 4097. */
static void print_length(FILE *f, uint64_t bytes)
{
	static const char units[] = "GMK";

	for (int i = 0; units[i]; i++) {
		const int shift = 30 - 10 * i;

		if (!bytes || bytes & ((1ULL << shift) - 1))
			continue;
		fprintf(f, "%" PRIu64 "%c", bytes >> shift, units[i]);
		return;
	}
	fprintf(f, "%" PRIu64, bytes);
}

static void print_range(FILE *f, const struct vs_event_call *e)
{
	fprintf(f, "%" PRIx64 "+", (uint64_t)e->argument[0]);
	print_length(f, e->argument[1]);
}

static void print_new_length(FILE *f, const struct vs_event_call *e)
{
	print_length(f, e->argument[2]);
}

/** print_place - for mmap: print the fixed address, or only the length. */
static void print_place(FILE *f, const struct vs_event_call *e)
{
	if (e->argument[3] & (MAP_FIXED | MAP_FIXED_NOREPLACE))
		print_range(f, e);
	else
		print_length(f, e->argument[1]);
}

void prot_text(uint64_t prot, char *buf)
{
	buf[0] = prot & VS_PROT_READ ? 'r' : '-';
	buf[1] = prot & VS_PROT_WRITE ? 'w' : '-';
	buf[2] = prot & VS_PROT_EXEC ? 'x' : '-';
	buf[3] = '\0';
}

/**
 * vma_prot - protection of VMA @i before the call: the low bits of vm_flags are those of PROT_*.
 */
static uint64_t vma_prot(const struct vs_event_call *e, uint32_t i)
{
	return e->vma[i].flags & (VS_VM_READ | VS_VM_WRITE | VS_VM_EXEC);
}

/** print_before - print the old protections of the VMAs, each once, if one of them changes. */
static void print_before(FILE *f, const struct vs_event_call *e, uint64_t prot)
{
	bool changes = false, seen[8] = {};
	const char *between = "";
	char text[4];

	for (uint32_t i = 0; i < e->nr_vmas && i < VS_CALL_VMAS; i++)
		changes = changes || vma_prot(e, i) != prot;
	for (uint32_t i = 0; i < e->nr_vmas && i < VS_CALL_VMAS && changes; i++) {
		if (seen[vma_prot(e, i)])
			continue;
		seen[vma_prot(e, i)] = true;
		prot_text(vma_prot(e, i), text);
		fprintf(f, "%s%s", between, text);
		between = "|";
	}
	if (changes)
		fputc('>', f);
}

static void print_prot(FILE *f, const struct vs_event_call *e)
{
	const uint64_t prot = e->argument[2] & (VS_PROT_READ | VS_PROT_WRITE | VS_PROT_EXEC);
	char text[4];

	if (!call_failed(e) && e->call != VS_CALL_MMAP)
		print_before(f, e, prot);
	prot_text(prot, text);
	fprintf(f, "%s%s", text, e->wx ? "!" : "");
}

static void print_advice(FILE *f, const struct vs_event_call *e)
{
	static const char prefix[] = "MADV_";
	const char *name = advice_name(e->detail);
	const size_t len = sizeof(prefix) - 1;

	fputs(strncmp(name, prefix, len) ? name : name + len, f);
}

/* mmap(2) */
static const struct bit_name map_flags[] = {
	{ MAP_SHARED_VALIDATE, "SHARED_VALIDATE" },
	{ MAP_SHARED, "SHARED" },
	{ MAP_PRIVATE, NULL },
	{ MAP_FIXED, "FIXED" },
	{ MAP_FIXED_NOREPLACE, "FIXED_NOREPLACE" },
	{ MAP_ANONYMOUS, "ANON" },
	{ MAP_GROWSDOWN, "GROWSDOWN" },
	{ MAP_LOCKED, "LOCKED" },
	{ MAP_NORESERVE, "NORESERVE" },
	{ MAP_POPULATE, "POPULATE" },
	{ MAP_NONBLOCK, "NONBLOCK" },
	{ MAP_HUGETLB, "HUGETLB" },
	{ MAP_SYNC, "SYNC" },
	/* these have no effect */
	{ MAP_STACK, NULL },
	{ MAP_DENYWRITE, NULL },
	{ MAP_EXECUTABLE, NULL },
	{},
};

/* mremap(2); the last one was added in 5.7 */
static const struct bit_name remap_flags[] = {
	{ MREMAP_MAYMOVE, NULL },
	{ MREMAP_FIXED, "FIXED" },
	{ 4, "DONTUNMAP" },
	{},
};

/* mlock(2) */
static const struct bit_name lock_flags[] = {
	{ MLOCK_ONFAULT, "ONFAULT" },
	{},
};

static const struct bit_name lock_all_flags[] = {
	{ MCL_CURRENT, "CURRENT" },
	{ MCL_FUTURE, "FUTURE" },
	{ MCL_ONFAULT, "ONFAULT" },
	{},
};

/**
 * print_flags - print the names of the bits that are set, and the unknown ones in hex
 * @between: printed before the first
 */
static void print_flags(FILE *f, uint64_t value, const struct bit_name *names, const char *between)
{
	for (; names->bit; names++) {
		if ((value & names->bit) != names->bit)
			continue;
		value &= ~names->bit;
		if (!names->name)
			continue;
		fprintf(f, "%s%s", between, names->name);
		between = "|";
	}
	if (value)
		fprintf(f, "%s0x%" PRIx64, between, value);
}

static void print_key(FILE *f, const struct vs_event_call *e)
{
	fprintf(f, "key %" PRId64, (int64_t)e->argument[3]);
}

static void print_ranges(FILE *f, const struct vs_event_call *e)
{
	fprintf(f, "%" PRIu64 " %s", (uint64_t)e->argument[2],
		e->argument[2] == 1 ? "range" : "ranges");
}

/** print_break - print by how much the break is to move; 0 queries it. */
static void print_break(FILE *f, const struct vs_event_call *e)
{
	const uint64_t to = e->argument[0], from = e->argument[1];

	if (to)
		fputc(to < from ? '-' : '+', f);
	print_length(f, !to ? 0 : to < from ? from - to : to - from);
}

/* --- the table ----------------------------------------------------------------------------- */

/* for calls with fewer arguments */
#define print_none NULL
#define none_flags NULL
#define CALL_SHAPE(id, name, traits, start, length, other, flags_at, result_kind, print1, print2,  \
		   print3, flag_names)                                                             \
	[VS_CALL_##id] = { .arg = { start, length, other, flags_at },                              \
			   .result = RESULT_##result_kind,                                         \
			   .parts = { print_##print1, print_##print2, print_##print3 },            \
			   .flags = flag_names##_flags },
static const struct call_shape shapes[VS_NR_FOLLOWED_CALLS] = { VS_EACH_FOLLOWED_CALL(CALL_SHAPE) };

static const struct call_shape *shape_of(const struct vs_event_call *e)
{
	return e->call < VS_NR_FOLLOWED_CALLS ? &shapes[e->call] : &shapes[VS_CALL_EXIT];
}

bool call_arg(const struct vs_event_call *e, enum call_arg which, uint64_t *value)
{
	const int8_t at = shape_of(e)->arg[which];

	if (at >= 0)
		*value = e->argument[at];
	return at >= 0;
}

bool call_returns(const struct vs_event_call *e)
{
	return e->call != VS_CALL_EXIT;
}

int call_errno(const struct vs_event_call *e)
{
	return call_returns(e) && vs_is_error(e->result) ? -e->result : 0;
}

bool call_failed(const struct vs_event_call *e)
{
	/* the system call brk always returns the current break */
	if (e->call == VS_CALL_BRK)
		return e->argument[0] && (uint64_t)e->result != e->argument[0];
	return call_errno(e) != 0;
}

bool call_sets_prot(const struct vs_event_call *e)
{
	return vs_call_in(e->call, VS_CALLS_SET_PROT);
}

static void print_arguments(FILE *f, const struct vs_event_call *e)
{
	const struct call_shape *shape = shape_of(e);
	uint64_t flags;

	for (int i = 0; i < MAX_PARTS && shape->parts[i]; i++) {
		fputs(i ? ", " : "", f);
		shape->parts[i](f, e);
	}
	if (shape->flags && call_arg(e, CALL_ARG_FLAGS, &flags))
		print_flags(f, flags, shape->flags, shape->parts[0] ? ", " : "");
}

/** has_words - something is printed between the parentheses. */
static bool has_words(const struct vs_event_call *e)
{
	uint64_t flags = 0;

	if (shape_of(e)->flags)
		call_arg(e, CALL_ARG_FLAGS, &flags);
	return shape_of(e)->parts[0] || flags;
}

static void print_result(FILE *f, const struct vs_event_call *e)
{
	const enum call_result kind = shape_of(e)->result;

	if (kind >= RESULT_PLACE && (uint64_t)e->result == e->argument[0])
		fputs(kind == RESULT_MOVED ? " in place" : "", f);
	else if (kind >= RESULT_BREAK)
		fprintf(f, " = %" PRIx64, (uint64_t)e->result);
	else if (kind == RESULT_NUMBER || e->result)
		fprintf(f, " = %" PRId64, (int64_t)e->result);
}

/** print_failure - the error is printed first, as it matters most and a line may be cut. */
static void print_failure(FILE *f, const struct vs_event_call *e)
{
	const int err = call_errno(e);

	fprintf(f, " %s%s", err ? "= " : "failed", err ? errno_name(err) : "");
	if (!has_words(e))
		return;
	fputs(": ", f);
	print_arguments(f, e);
}

void call_print(FILE *f, const struct vs_event_call *e)
{
	fputs(e->call < VS_NR_CALLS ? call_names[e->call] : "?", f);
	if (call_failed(e)) {
		print_failure(f, e);
		return;
	}
	if (has_words(e)) {
		fputc('(', f);
		print_arguments(f, e);
		fputc(')', f);
	}
	if (call_returns(e))
		print_result(f, e);
}
