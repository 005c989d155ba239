/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * symbols.h - a symbolizer, a directory of the test's own, and copies of callchain in it.
 */
#ifndef VMASCOPE_TESTS_UNIT_SYMBOLS_H
#define VMASCOPE_TESTS_UNIT_SYMBOLS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "chain.h"
#include "symbol/symbolizer.h"

#define PROGRAM CHAIN_DIR "/O2-nofp"

static struct symbolizer *s;
static char dir[64]; /* of this test's own files */

static inline struct symbol_process self(void)
{
	return (struct symbol_process){ .pid = (uint32_t)getpid() };
}

/* "name+0x…", "file+0x…" or "0x…", good until the next call */
static inline const char *text_of(const struct symbol_process *p, uint64_t ip,
				  bool is_return_address)
{
	static char text[256];
	struct symbol_frame f;

	assert_int_equal(symbolizer__user(s, p, ip, is_return_address, &f, 1), 1);
	assert_int_equal(f.ip, ip);
	symbol_print(&f, true, text, sizeof(text));
	return text;
}

static inline void run(const char *format, ...) __attribute__((format(printf, 1, 2)));
static inline void run(const char *format, ...)
{
	char command[512];
	va_list args;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	if (system(command))
		fail_msg("failed: %s", command);
}

static inline void start(const struct symbolizer_options *options)
{
	symbolizer__free(s);
	assert_int_equal(symbolizer__new(&s, options), 0);
}

static inline uint64_t leaf_of(const struct chain *c)
{
	return c->input.regs[16];
}

static inline void start_copy(struct chain *c, const char *mode)
{
	char program[128];

	run("rm -rf %s/app && mkdir %s/app && cp " PROGRAM "/* %s/app/", dir, dir, dir);
	snprintf(program, sizeof(program), "%s/app/callchain", dir);
	chain_start(c, program, mode);
	chain_copy(c);
}

static inline bool is_leaf(const struct symbol_process *p, uint64_t ip)
{
	return !strncmp(text_of(p, ip, false), "leaf+0x", 7);
}

static inline int set_up(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/vmascope-symbols.XXXXXX");
	return !mkdtemp(dir) || symbolizer__new(&s, NULL);
}

static inline int tear_down(void **state)
{
	(void)state;
	symbolizer__free(s);
	run("rm -rf %s", dir);
	return 0;
}

#endif /* VMASCOPE_TESTS_UNIT_SYMBOLS_H */
