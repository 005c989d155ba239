// SPDX-License-Identifier: GPL-2.0-only
/*
 * log.c - the messages of log.h.
 */
#include "util/log.h"

#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/stop.h"
#include "util/utf8.h"

static struct {
	bool json;
	bool quiet;
	int verbosity;
	void (*divert)(void *ctx, bool is_error, const char *text);
	void *divert_ctx;
} settings;

/** struct log_message - one message: its @kind is the JSON key; @exit_status < 0: none */
struct log_message {
	const char *kind;
	const char *prefix;
	const char *hint;
	int exit_status;
};

/** Memory reserved for the message that there is not enough memory. */
#define RESERVE_BYTES (32u << 10)
static void *reserve;

static void take_reserve(void)
{
	void *more = malloc(RESERVE_BYTES);

	free(__atomic_exchange_n(&reserve, more, __ATOMIC_ACQ_REL));
}

static void give_reserve(void)
{
	free(__atomic_exchange_n(&reserve, NULL, __ATOMIC_ACQ_REL));
}

void log_setup(bool json, bool quiet, int verbosity)
{
	take_reserve();
	settings.json = json;
	settings.quiet = quiet;
	settings.verbosity = verbosity;
}

void log_divert(void (*fn)(void *ctx, bool is_error, const char *text), void *ctx)
{
	settings.divert = fn;
	settings.divert_ctx = ctx;
}

int log_verbosity(void)
{
	return settings.verbosity;
}

static struct json_object *json_text(const char *text)
{
	char *clean = text ? utf8_clean(text) : NULL;
	struct json_object *value = clean ? json_object_new_string(clean) : NULL;

	free(clean);
	return value;
}

/** put - @text to stderr, which may be a pipe without a reader. */
static void put(const char *text)
{
	size_t done;

	fflush(stderr);
	stop__write(STDERR_FILENO, text, strlen(text), &done);
}

/** print_json - Return: false: there is no memory for it */
static bool print_json(const struct log_message *m, const char *text)
{
	struct json_object *line = json_object_new_object(), *body = json_object_new_object();
	const char *json;
	char *all = NULL;

	if (!line || !body) {
		json_object_put(line);
		json_object_put(body);
		return false;
	}
	json_object_object_add(body, "message", json_text(text));
	json_object_object_add(body, "hint", json_text(m->hint));
	if (m->exit_status >= 0)
		json_object_object_add(body, "exit", json_object_new_int(m->exit_status));
	json_object_object_add(line, m->kind, body);
	json = json_object_to_json_string_ext(line, JSON_C_TO_STRING_PLAIN |
							    JSON_C_TO_STRING_NOSLASHESCAPE);
	if (json && asprintf(&all, "%s\n", json) > 0)
		put(all);
	free(all);
	json_object_put(line);
	return json;
}

static void print_text(const struct log_message *m, const char *text)
{
	char *safe = utf8_printable(text, true), *all = NULL;

	if (asprintf(&all, "vmascope: %s%s%s%s%s\n", m->prefix, safe ? safe : "out of memory",
		     m->hint ? " (" : "", m->hint ? m->hint : "", m->hint ? ")" : "") > 0)
		put(all);
	free(all);
	free(safe);
}

/** diverted - Return: stderr does not get it. */
static bool diverted(const struct log_message *m, const char *text)
{
	const bool is_error = m->exit_status >= 0;

	if (!settings.divert)
		return false;
	settings.divert(settings.divert_ctx, is_error, text);
	return !is_error;
}

static void print(const struct log_message *m, const char *fmt, va_list args)
{
	char *text = NULL;

	give_reserve();
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	if (!diverted(m, text ? text : fmt)) {
		if (!settings.json || !print_json(m, text ? text : fmt))
			print_text(m, text ? text : fmt);
	}
	free(text);
	take_reserve();
}

void vs_error(const char *fmt, ...)
{
	const struct log_message m = { "error", "", NULL, VS_EXIT_FAILURE };
	va_list args;

	va_start(args, fmt);
	print(&m, fmt, args);
	va_end(args);
}

int vs_fail(int exit_status, const char *hint, const char *fmt, ...)
{
	const struct log_message m = { "error", "", hint, exit_status };
	va_list args;

	va_start(args, fmt);
	print(&m, fmt, args);
	va_end(args);
	return exit_status;
}

void vs_warn(const char *fmt, ...)
{
	const struct log_message m = { "warning", "warning: ", NULL, -1 };
	va_list args;

	if (settings.quiet)
		return;
	va_start(args, fmt);
	print(&m, fmt, args);
	va_end(args);
}

void vs_note(const char *fmt, ...)
{
	const struct log_message m = { "note", "", NULL, -1 };
	va_list args;

	if (settings.quiet)
		return;
	va_start(args, fmt);
	print(&m, fmt, args);
	va_end(args);
}

void vs_debug(int level, const char *fmt, ...)
{
	const struct log_message m = { "debug", "debug: ", NULL, -1 };
	va_list args;

	if (level > settings.verbosity)
		return;
	va_start(args, fmt);
	print(&m, fmt, args);
	va_end(args);
}
