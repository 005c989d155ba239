// SPDX-License-Identifier: GPL-2.0-only
/*
 * unwind_test.c - stacks and names of a program that knows its own calls, in all its builds.
 *
 * callchain notes each call as it makes it. It is stopped in the innermost function, its registers
 * and 32 KiB of its stack are taken, and what is made of them must be what it noted: functions,
 * source lines, inlined ones. gdb must see the same addresses.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "chain.h"
#include "symbol/symbolizer.h"

#define MAX_FRAMES 128
#define TEXT_LEN 8192

/** enum names - what names a build gives */
enum names {
	NAMES_LINES,	/* functions, lines, inlined functions */
	NAMES_ALL,	/* functions */
	NAMES_EXPORTED, /* of what the program and the library export; never another one */
};

/** struct build - one of callchain's */
struct build {
	const char *name;
	enum names names;
};

static const struct build builds[] = {
	{ "O0-fp", NAMES_LINES },   { "O0-nofp", NAMES_LINES }, { "O1-fp", NAMES_LINES },
	{ "O1-nofp", NAMES_LINES }, { "O2-fp", NAMES_LINES },	{ "O2-nofp", NAMES_LINES },
	{ "O3-fp", NAMES_LINES },   { "O3-nofp", NAMES_LINES }, { "debuglink", NAMES_LINES },
	{ "buildid", NAMES_LINES }, { "minidebug", NAMES_ALL }, { "compressed", NAMES_LINES },
	{ "bare", NAMES_EXPORTED },
};

static const char *const modes[] = {
	"direct", "recursion", "tail",	   "last",    "inlining", "library", "callback",
	"thread", "handler",   "altstack", "nowhere", "frames",	  "large",
};

/** struct seen - a stack with names, and why it ends */
struct seen {
	struct symbol_frame frames[MAX_FRAMES];
	char text[MAX_FRAMES][80];
	char name[MAX_FRAMES][80];
	char file[MAX_FRAMES][80];
	bool own[MAX_FRAMES]; /* of callchain or its library */
	size_t nr;
	enum unwind_end end;
};

static const char *base_name(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	return slash ? slash + 1 : path ? path : "";
}

/* What frames point to is good until the next question, so it is copied. */
static void keep_frame(struct seen *s, const struct symbol_frame *f)
{
	const char *module = base_name(f->module);
	size_t i = s->nr++;

	assert_true(i < MAX_FRAMES);
	s->frames[i] = *f;
	symbol_print(f, true, s->text[i], sizeof(s->text[i]));
	snprintf(s->name[i], sizeof(s->name[i]), "%.*s", f->name ? (int)strcspn(f->name, ".") : 0,
		 f->name ? f->name : "");
	snprintf(s->file[i], sizeof(s->file[i]), "%s", base_name(f->file));
	s->own[i] = !strcmp(module, "callchain") || !strcmp(module, "libchain.so");
}

static void look(struct symbolizer *s, const struct chain *c, struct seen *seen)
{
	const struct symbol_process process = { .pid = (uint32_t)c->pid };
	struct unwind_frame ips[CHAIN_MAX];
	size_t nr = unwind__x86_64(s, &process, &c->input, ips, CHAIN_MAX, &seen->end);

	seen->nr = 0;
	for (size_t i = 0; i < nr; i++) {
		struct symbol_frame frames[8];
		size_t n = symbolizer__user(s, &process, ips[i].ip, ips[i].is_return_address,
					    frames, 8);

		for (size_t k = 0; k < n; k++)
			keep_frame(seen, &frames[k]);
	}
}

static const char *seen_text(const struct seen *s)
{
	static char text[TEXT_LEN];
	size_t at = 0;

	for (size_t i = 0; i < s->nr && at < sizeof(text) - 200; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, " %s(%s:%u)", s->text[i],
				       s->file[i], s->frames[i].line);
	snprintf(text + at, sizeof(text) - at, "; %s", unwind_end_name(s->end));
	return text;
}

static bool frame_is(const struct seen *s, size_t i, const struct chain_entry *e, enum names names)
{
	if (!strcmp(e->name, "0x0"))
		return !strcmp(s->text[i], "0x0");
	if (!s->own[i])
		return false;
	/* A name that cannot be known is left out; it is never another one's. */
	if (!s->frames[i].name)
		return names == NAMES_EXPORTED && s->frames[i].in_file;
	if (strcmp(s->name[i], e->name) || e->inlined != s->frames[i].inlined)
		return false;
	return names != NAMES_LINES || !e->line ||
	       ((int)s->frames[i].line == e->line && !strncmp(s->file[i], "chain", 5)) ||
	       ((int)s->frames[i].line == e->line && !strcmp(s->file[i], "callchain.c"));
}

/* Return: the first entry that is not as expected, or -1. */
static int first_wrong(const struct chain *c, const struct seen *s, enum names names)
{
	size_t at = 0;

	for (size_t i = 0; i < c->nr; i++) {
		const struct chain_entry *e = &c->expected[i];
		const size_t from = at;

		if (e->inlined && names != NAMES_LINES)
			continue;
		if (!strcmp(e->name, "?"))
			return at == s->nr && s->end == UNWIND_TRUNCATED ? -1 : (int)i;
		if (!strcmp(e->name, "*")) {
			/* The program's own _start is behind the C library's part, at the end. */
			while (at < s->nr && (s->frames[at].in_file || i == c->nr - 1) &&
			       (!s->own[at] || i == c->nr - 1))
				at++;
			if (at == from)
				return (int)i;
		} else if (at >= s->nr || !frame_is(s, at++, e, names)) {
			return (int)i;
		}
	}
	return at == s->nr && s->end == UNWIND_COMPLETE ? -1 : (int)c->nr;
}

static void check_build(const struct build *b, bool lines)
{
	const enum names names = b->names == NAMES_LINES && !lines ? NAMES_ALL : b->names;
	char program[128], debug_dir[128];
	const struct symbolizer_options options = { .lines = lines, .debug_dir = debug_dir };
	static struct chain c;
	static struct seen seen;
	struct symbolizer *s;

	snprintf(program, sizeof(program), CHAIN_DIR "/%s/callchain", b->name);
	snprintf(debug_dir, sizeof(debug_dir), "%s/" CHAIN_DIR "/%s/debug",
		 getenv("PWD") ? getenv("PWD") : "", b->name);
	assert_int_equal(symbolizer__new(&s, &options), 0);
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		int wrong;

		chain_start(&c, program, modes[i]);
		chain_copy(&c);
		look(s, &c, &seen);
		wrong = first_wrong(&c, &seen, names);
		if (wrong >= 0)
			fail_msg("%s %s: expected %s as number %d, saw:%s", b->name, modes[i],
				 wrong < (int)c.nr ? c.expected[wrong].name : "the end", wrong,
				 seen_text(&seen));
		chain_end(&c);
	}
	symbolizer__free(s);
}

static void call_chains_in_all_builds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(builds) / sizeof(*builds); i++)
		check_build(&builds[i], false);
}

static void source_lines_in_all_builds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(builds) / sizeof(*builds); i++)
		check_build(&builds[i], true);
}

/* --- What others see --- */

/* Return: the number of addresses that gdb finds, outermost functions and all. */
static size_t ask_gdb(pid_t pid, uint64_t *ips, size_t max)
{
	uint64_t ip, sp, last_sp = 0;
	char command[256], line[512];
	size_t nr = 0;
	FILE *f;

	snprintf(command, sizeof(command),
		 "DEBUGINFOD_URLS= gdb -nx -batch -iex 'set backtrace past-main on' -p %d "
		 "-ex 'frame apply all -q printf \"= %%lx %%lx\\n\", $pc, $sp' 2>&1",
		 (int)pid);
	f = popen(command, "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "= %lx %lx", &ip, &sp) != 2)
			continue;
		/* What is inlined has a frame there, and what made a tail call: one that is made up. */
		nr -= nr && sp == last_sp;
		assert_true(nr < max);
		ips[nr++] = ip;
		last_sp = sp;
	}
	pclose(f);
	return nr;
}

static void same_addresses_as_gdb(void **state)
{
	static const char *const programs[] = { "O2-nofp", "O3-nofp" };
	static const char *const some[] = { "recursion", "callback", "handler", "frames", "last" };
	struct symbolizer *s;
	static struct chain c;

	(void)state;
	assert_int_equal(symbolizer__new(&s, NULL), 0);
	for (size_t i = 0; i < 2 * sizeof(some) / sizeof(*some); i++) {
		struct unwind_frame frames[CHAIN_MAX];
		uint64_t ips[CHAIN_MAX];
		enum unwind_end end;
		char program[128];
		size_t nr;

		snprintf(program, sizeof(program), CHAIN_DIR "/%s/callchain", programs[i % 2]);
		chain_start(&c, program, some[i / 2]);
		chain_copy(&c);
		nr = unwind__x86_64(s, &(struct symbol_process){ .pid = (uint32_t)c.pid }, &c.input,
				    frames, CHAIN_MAX, &end);
		assert_int_equal(end, UNWIND_COMPLETE);
		assert_int_equal(ask_gdb(c.pid, ips, CHAIN_MAX), nr);
		for (size_t k = 0; k < nr; k++)
			if (ips[k] != frames[k].ip)
				fail_msg("%s %s: frame %zu: gdb has 0x%lx, not 0x%lx", program,
					 some[i / 2], k, (unsigned long)ips[k],
					 (unsigned long)frames[k].ip);
		chain_end(&c);
	}
	symbolizer__free(s);
}

/* As BPF's helper for stacks does: addresses only, of programs that keep frame pointers. */
static size_t walk_frame_pointers(const struct chain *c, uint64_t *ips, size_t max)
{
	const uint64_t start = c->input.regs[7];
	uint64_t rbp = c->input.regs[6];
	size_t nr = 0;

	ips[nr++] = c->input.regs[16];
	while (nr < max && rbp >= start && rbp - start + 16 <= c->input.stack_len) {
		memcpy(&ips[nr++], c->stack + (rbp - start) + 8, 8);
		memcpy(&rbp, c->stack + (rbp - start), 8);
	}
	return nr;
}

static void same_names_by_frame_pointers(void **state)
{
	static const char *const programs[] = { "O0-fp", "O1-fp", "O2-fp", "O3-fp" };
	static const char *const some[] = { "direct", "recursion", "tail", "last", "library" };
	struct symbolizer *s;
	static struct chain c;

	(void)state;
	assert_int_equal(symbolizer__new(&s, NULL), 0);
	for (size_t i = 0; i < 4 * sizeof(some) / sizeof(*some); i++) {
		char program[128];
		uint64_t ips[CHAIN_MAX];
		size_t nr;

		snprintf(program, sizeof(program), CHAIN_DIR "/%s/callchain", programs[i % 4]);
		chain_start(&c, program, some[i / 4]);
		chain_copy(&c);
		nr = walk_frame_pointers(&c, ips, CHAIN_MAX);
		assert_true(nr >= c.nr - 1);
		/* all but the C library's, which has none */
		for (size_t k = 0; k < c.nr - 1; k++) {
			const struct symbol_process p = { .pid = (uint32_t)c.pid };
			struct symbol_frame f;

			assert_int_equal(symbolizer__user(s, &p, ips[k], k > 0, &f, 1), 1);
			assert_non_null(f.name);
			if (strcmp(f.name, c.expected[k].name))
				fail_msg("%s %s: %s is not %s", program, some[i / 4], f.name,
					 c.expected[k].name);
		}
		chain_end(&c);
	}
	symbolizer__free(s);
}

/* --- Stacks that are not whole, or not true --- */

static void truncated_copy_is_reported(void **state)
{
	struct unwind_frame all[CHAIN_MAX], some[CHAIN_MAX];
	struct symbol_process p;
	struct symbolizer *s;
	enum unwind_end end;
	static struct chain c;
	size_t nr, max;

	(void)state;
	assert_int_equal(symbolizer__new(&s, NULL), 0);
	chain_start(&c, CHAIN_DIR "/O2-nofp/callchain", "recursion");
	chain_copy(&c);
	p = (struct symbol_process){ .pid = (uint32_t)c.pid };
	max = unwind__x86_64(s, &p, &c.input, all, CHAIN_MAX, &end);
	assert_int_equal(end, UNWIND_COMPLETE);
	/* whatever is there of the stack: the same frames, but fewer */
	for (size_t len = c.input.stack_len / 8; len > 0; len = len > 128 ? len / 2 : len - 1) {
		c.input.stack_len = 8 * (len - 1);
		nr = unwind__x86_64(s, &p, &c.input, some, CHAIN_MAX, &end);
		assert_true(nr >= 1 && nr <= max);
		assert_true(nr == max ? end == UNWIND_COMPLETE || end == UNWIND_TRUNCATED
				      : end == UNWIND_TRUNCATED);
		for (size_t i = 0; i < nr; i++)
			assert_int_equal(some[i].ip, all[i].ip);
	}
	assert_int_equal(nr, 1);
	c.input.stack_len = CHAIN_COPY;
	for (size_t room = 1; room < max; room++) {
		assert_int_equal(unwind__x86_64(s, &p, &c.input, some, room, &end), room);
		assert_int_equal(end, UNWIND_FULL);
	}
	chain_end(&c);
	symbolizer__free(s);
}

/* Garbage ends a stack; it is never taken for a caller that is no code. */
static void garbage_stack_ends(void **state)
{
	struct unwind_frame frames[CHAIN_MAX];
	struct symbol_process p;
	struct symbolizer *s;
	enum unwind_end end;
	static struct chain c;
	unsigned int seed = 1;

	(void)state;
	assert_int_equal(symbolizer__new(&s, NULL), 0);
	chain_start(&c, CHAIN_DIR "/O2-nofp/callchain", "callback");
	chain_copy(&c);
	p = (struct symbol_process){ .pid = (uint32_t)c.pid };
	for (int i = 0; i < 2000; i++) {
		size_t nr;

		for (int k = 0; k < 64; k++)
			c.stack[(unsigned int)rand_r(&seed) % 1024] = (unsigned char)rand_r(&seed);
		c.input.regs[rand_r(&seed) % 16] ^= 1ULL << (rand_r(&seed) % 64);
		nr = unwind__x86_64(s, &p, &c.input, frames, CHAIN_MAX, &end);
		assert_true(nr >= 1 && nr <= CHAIN_MAX);
		assert_in_range(end, 0, UNWIND_NR_ENDS - 1);
		assert_true(strlen(unwind_end_name(end)) > 0);
	}
	chain_end(&c);
	symbolizer__free(s);
}

/* --- What it costs --- */

static void unwinding_cost_is_bounded(void **state)
{
	enum {
		SAMPLES = 2000
	};
	struct unwind_frame frames[CHAIN_MAX];
	struct timespec from, to;
	struct symbol_process p;
	struct symbolizer *s;
	enum unwind_end end;
	static struct chain c;
	size_t nr = 0;
	double ns;

	(void)state;
	assert_int_equal(symbolizer__new(&s, NULL), 0);
	chain_start(&c, CHAIN_DIR "/O2-nofp/callchain", "callback");
	chain_copy(&c);
	p = (struct symbol_process){ .pid = (uint32_t)c.pid };
	unwind__x86_64(s, &p, &c.input, frames, CHAIN_MAX, &end);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	for (int i = 0; i < SAMPLES; i++)
		nr += unwind__x86_64(s, &p, &c.input, frames, CHAIN_MAX, &end);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	ns = (double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec);
	print_message("# unwind: %.0f ns a frame, %zu frames a stack\n", ns / (double)nr,
		      nr / SAMPLES);
	/* generous: sanitizers, emulation; without what is kept it is a hundred times as much */
	assert_true(ns / (double)nr < 20000);
	chain_end(&c);
	symbolizer__free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(call_chains_in_all_builds),
		cmocka_unit_test(source_lines_in_all_builds),
		cmocka_unit_test(same_addresses_as_gdb),
		cmocka_unit_test(same_names_by_frame_pointers),
		cmocka_unit_test(truncated_copy_is_reported),
		cmocka_unit_test(garbage_stack_ends),
		cmocka_unit_test(unwinding_cost_is_bounded),
	};

	return cmocka_run_group_tests_name("unwind", tests, NULL, NULL);
}
