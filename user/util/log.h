/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * log.h - messages to people on stderr: errors, warnings, debugging; as text or as JSON.
 *
 * Text:  vmascope: MESSAGE (HINT)
 * JSON:  {"error":{"message":"…","hint":"…","exit":1}}, one line each; "warning", "note" and
 *        "debug" alike, without "exit"
 *
 * Control characters in a message are escaped: names of processes and files get into them.
 */
#ifndef VMASCOPE_UTIL_LOG_H
#define VMASCOPE_UTIL_LOG_H

#include <stdbool.h>

#define VS_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/** enum vs_exit - exit statuses of vmascope itself */
enum vs_exit {
	VS_EXIT_OK = 0,
	VS_EXIT_FAILURE = 1,
	VS_EXIT_USAGE = 2,
	VS_EXIT_PARTIAL = 3,	 /* report: the recording is damaged; its intact parts were shown */
	VS_EXIT_NOT_FOUND = 127, /* -- CMD: no such command */
};

/**
 * log_setup - choose how messages are printed; before it is called: text, no debugging
 * @json: print JSON lines
 * @quiet: print no warnings
 * @verbosity: number of -v given: vs_debug() prints messages up to this level
 */
void log_setup(bool json, bool quiet, int verbosity);

/**
 * log_divert - while the terminal shows something else
 * @fn: gets each message in place of stderr; NULL: stderr again
 *
 * An error is printed on stderr in any case, after @fn, which has to restore the terminal.
 */
void log_divert(void (*fn)(void *ctx, bool is_error, const char *text), void *ctx);

/** log_verbosity - the level that log_setup() was given. */
int log_verbosity(void);

/** vs_error - print an error that ends vmascope with VS_EXIT_FAILURE, without a hint. */
void vs_error(const char *fmt, ...) VS_PRINTF(1, 2);

/**
 * vs_fail - print an error with what to do about it
 * @exit_status: what vmascope is going to exit with (enum vs_exit)
 * @hint: what to do; NULL: none
 *
 * Return: @exit_status, so that a caller can `return vs_fail(…)`.
 */
int vs_fail(int exit_status, const char *hint, const char *fmt, ...) VS_PRINTF(3, 4);

/** vs_warn - print a warning, unless quiet. */
void vs_warn(const char *fmt, ...) VS_PRINTF(1, 2);

/** vs_note - print what a person wants to know, unless quiet. */
void vs_note(const char *fmt, ...) VS_PRINTF(1, 2);

/** vs_debug - print a message if the verbosity is @level (1 = -v) or above. */
void vs_debug(int level, const char *fmt, ...) VS_PRINTF(2, 3);

#endif /* VMASCOPE_UTIL_LOG_H */
