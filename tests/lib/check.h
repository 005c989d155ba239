/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * check.h - assertions that print both values and a description.
 */
#ifndef VT_CHECK_H
#define VT_CHECK_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define vt_true(cond)                                                                              \
	do {                                                                                       \
		if (!(cond))                                                                       \
			fail_msg("%s:%d: not so: %s", __FILE__, __LINE__, #cond);                  \
	} while (0)

/** vt_sys - a system call that must not fail */
#define vt_sys(call)                                                                               \
	do {                                                                                       \
		if ((call) < 0)                                                                    \
			fail_msg("%s:%d: %s: %s", __FILE__, __LINE__, #call, strerror(errno));     \
	} while (0)

/** vt_cmp - check @got @op @want, as numbers; the rest is a printf format that describes them */
#define vt_cmp(got, op, want, ...)                                                                 \
	do {                                                                                       \
		long long got_ = (long long)(got), want_ = (long long)(want);                      \
		char what_[512];                                                                   \
                                                                                                   \
		if (!(got_ op want_)) {                                                            \
			snprintf(what_, sizeof(what_), __VA_ARGS__);                               \
			fail_msg("%s:%d: %s: got %lld, want %s %lld (difference %lld)", __FILE__,  \
				 __LINE__, what_, got_, #op, want_, got_ - want_);                 \
		}                                                                                  \
	} while (0)

#define vt_equal(got, want, ...) vt_cmp(got, ==, want, __VA_ARGS__)

/** vt_check_width - no line of @text is wider than @columns; a UTF-8 character is one column */
#define vt_check_width(text, columns)                                                              \
	do {                                                                                       \
		int width_ = 0;                                                                    \
                                                                                                   \
		for (const char *p_ = (text); *p_; p_++) {                                         \
			width_ = *p_ == '\n' ? 0 : width_ + ((*p_ & 0xc0) != 0x80);                \
			vt_cmp(width_, <=, columns, "width of a line, up to: %.40s", p_);          \
		}                                                                                  \
	} while (0)

/** vt_columns - programs started from now on cut lines at @columns in pipes and files, too */
#define vt_columns(columns) vt_equal(setenv("COLUMNS", #columns, 1), 0, "setenv COLUMNS")

/** vt_contains - @text contains @part */
#define vt_contains(text, part)                                                                    \
	do {                                                                                       \
		if (!strstr(text, part))                                                           \
			fail_msg("%s:%d: '%s' is not in: %.3000s", __FILE__, __LINE__, part,       \
				 text);                                                            \
	} while (0)

#endif /* VT_CHECK_H */
