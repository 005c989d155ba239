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
	{ "O0-fp", NAMES_LINES },     { "O0-nofp", NAMES_LINES }, { "O1-fp", NAMES_LINES },
	{ "O1-nofp", NAMES_LINES },   { "O2-fp", NAMES_LINES },	  { "O2-nofp", NAMES_LINES },
	{ "O3-fp", NAMES_LINES },     { "O3-nofp", NAMES_LINES }, { "debuglink", NAMES_LINES },
	{ "buildid", NAMES_LINES },   { "minidebug", NAMES_ALL }, { "bare", NAMES_EXPORTED },
};

static const char *const modes[] = {
	"direct",   "recursion", "tail",    "last",    "inlining", "library", "callback",
	"thread",   "handler",	 "altstack", "nowhere", "frames",   "large",
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
	snprintf(s->name[i], sizeof(s->name[i]), "%.*s",
		 f->name ? (int)strcspn(f->name, ".") : 0, f->name ? f->name : "");
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
			while (at < s->nr && (!s->own[at] || i == c->nr - 1))
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

static void chains_are_right_in_all_builds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(builds) / sizeof(*builds); i++)
		check_build(&builds[i], false);
}

static void lines_are_right_in_all_builds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(builds) / sizeof(*builds); i++)
		check_build(&builds[i], true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chains_are_right_in_all_builds),
		cmocka_unit_test(lines_are_right_in_all_builds),
	};

	return cmocka_run_group_tests_name("unwind", tests, NULL, NULL);
}
