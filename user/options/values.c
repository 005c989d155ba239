// SPDX-License-Identifier: GPL-2.0-only
/* values.c - parse an argument into a value, by the type and range of its option. */
#include "options/option.h"

#include <stdlib.h>
#include <string.h>

#include "model/names.h"
#include "util/log.h"
#include "util/nearest.h"
#include "util/str.h"

#define TIME_WANTED "seconds, or with a unit: 200ms, 5s, 1m"

int option_bad(struct argp_state *state, const char *what, const char *arg, const char *wanted)
{
	struct parse_ctx *ctx = state->input;

	ctx->failed = true;
	vs_fail(VS_EXIT_USAGE, wanted, "bad %s: '%s'", what, arg);
	return -1;
}

int option_bad_word(struct argp_state *state, const char *what, const char *arg, const char *list,
		    const char *wanted)
{
	char near[NEAREST_LEN], hint[NEAREST_LEN + sizeof("did you mean ''?")];

	if (!nearest__find(near, list, arg))
		return option_bad(state, what, arg, wanted ? wanted : list);
	snprintf(hint, sizeof(hint), "did you mean '%s'?", near);
	return option_bad(state, what, arg, hint);
}

const char *option_names(const char *const *names, int nr)
{
	static char list[512];
	size_t len = 0;

	for (int i = 0; i < nr && len < sizeof(list); i++)
		len += snprintf(list + len, sizeof(list) - len, "%s%s", i ? ", " : "", names[i]);
	return list;
}

static void *field_of(const struct option_row *row, struct options *o)
{
	return (char *)o + row->field;
}

void option_store(const struct option_row *row, struct options *o, int64_t value)
{
	void *field = field_of(row, o);

	switch (row->size) {
	case sizeof(uint8_t):
		*(uint8_t *)field = value;
		break;
	case sizeof(uint32_t):
		*(uint32_t *)field = value;
		break;
	case sizeof(uint64_t):
		*(uint64_t *)field = value;
		break;
	}
}

void option_set_default(const struct option_row *row, struct options *o)
{
	if (row->type == OPTION_TEXT)
		*(const char **)field_of(row, o) = row->text;
	else
		option_store(row, o, row->standard);
}

/** wanted - valid arguments of @row, for an error message; valid until the next call */
static const char *wanted(const struct option_row *row)
{
	static const char *const steps[] = {
		[STEP_ANY] = "a number",
		[STEP_ANY_OR_0] = "0, or a number",
		[STEP_4] = "a multiple of 4",
		[STEP_POWER_OF_2] = "a power of two",
	};
	static char text[128];

	if (row->wanted)
		return row->wanted;
	if (row->type != OPTION_NUMBER)
		return TIME_WANTED;
	snprintf(text, sizeof(text), "%s%s%s from %lld to %llu", row->unit ? row->unit : "",
		 row->unit ? ", " : "", steps[row->step], (long long)row->least,
		 (unsigned long long)row->most);
	return text;
}

/** words - valid words for @row in the parsed command; NULL: it takes no word of a list */
static const char *words(const struct option_row *row, const struct argp_state *state)
{
	const struct parse_ctx *ctx = state->input;

	if (row->list)
		return row->list(ctx->cmd->is);
	return row->names ? option_names(row->names, row->nr_names) : NULL;
}

static int bad(const struct option_row *row, const char *arg, struct argp_state *state)
{
	const char *list = words(row, state);

	if (list)
		return option_bad_word(state, row->what, arg, list, row->wanted);
	return option_bad(state, row->what, arg, wanted(row));
}

/** fits - @n, which is at most row->most, is in the range. */
static bool fits(const struct option_row *row, uint64_t n)
{
	if (row->step == STEP_ANY_OR_0 && !n)
		return true;
	if (n < (uint64_t)row->least)
		return false;
	if (row->step == STEP_4)
		return n % 4 == 0;
	return row->step != STEP_POWER_OF_2 || (n && !(n & (n - 1)));
}

static int parse_number(const struct option_row *row, struct options *o, const char *arg,
			struct argp_state *state)
{
	uint64_t n;

	if (str_parse_u64(arg, row->most, &n) || !fits(row, n))
		return bad(row, arg, state);
	option_store(row, o, n << row->scale);
	return 0;
}

static int parse_time(const struct option_row *row, struct options *o, const char *arg,
		      struct argp_state *state)
{
	uint64_t ns;

	if (str_parse_duration(arg, &ns))
		return bad(row, arg, state);
	if (ns < (uint64_t)row->least)
		return option_bad(state, row->what, arg,
				  row->too_small ? row->too_small : wanted(row));
	option_store(row, o, ns);
	return 0;
}

static int parse_size(const struct option_row *row, struct options *o, const char *arg,
		      struct argp_state *state)
{
	uint64_t bytes;

	if (str_parse_size(arg, &bytes) || bytes < (uint64_t)row->least)
		return bad(row, arg, state);
	option_store(row, o, bytes);
	return 0;
}

/** list_has - @word is one of @list, separated by ", " */
static bool list_has(const char *list, const char *word)
{
	const size_t len = strlen(word);

	for (const char *at = list; *at; at += strspn(at, ", ")) {
		const size_t n = strcspn(at, ",");

		if (n == len && !strncmp(at, word, len))
			return true;
		at += n;
	}
	return false;
}

static int parse_name(const struct option_row *row, struct options *o, const char *arg,
		      struct argp_state *state)
{
	const int at = names__find(row->names, row->nr_names, arg);

	if (at < 0 || !list_has(words(row, state), arg))
		return bad(row, arg, state);
	option_store(row, o, row->least + at);
	return 0;
}

/** parse_names - parse a list, and add it to that of an earlier such option */
static int parse_names(const struct option_row *row, struct options *o, char *arg,
		       struct argp_state *state)
{
	uint32_t *set = field_of(row, o);
	char **items, plural[64];
	int n = str_split(arg, &items), err = 0;

	snprintf(plural, sizeof(plural), "list of %ss", row->what);
	if (n < 0)
		return option_bad(state, plural, arg, "names, separated by commas");
	for (int i = 0; i < n && !err; i++) {
		const int at = names__find(row->names, row->nr_names, items[i]);

		if (at < 0)
			err = bad(row, items[i], state);
		else
			*set |= 1u << at;
	}
	str_split_free(items);
	return err;
}

static int parse(const struct option_row *row, struct options *o, char *arg,
		 struct argp_state *state)
{
	switch (row->type) {
	case OPTION_FLAG:
	case OPTION_OFF:
		option_store(row, o, row->type == OPTION_FLAG);
		return 0;
	case OPTION_TIMES:
		++*(int *)field_of(row, o);
		return 0;
	case OPTION_TEXT:
		if (strlen(arg) < (size_t)row->least)
			return bad(row, arg, state);
		*(const char **)field_of(row, o) = arg;
		return 0;
	case OPTION_NUMBER:
		return parse_number(row, o, arg, state);
	case OPTION_TIME:
		return parse_time(row, o, arg, state);
	case OPTION_SIZE:
		return parse_size(row, o, arg, state);
	case OPTION_NAME:
		return parse_name(row, o, arg, state);
	case OPTION_NAMES:
		return parse_names(row, o, arg, state);
	default:
		return row->parse(row, o, arg, state);
	}
}

int option_parse(const struct option_row *row, struct options *o, char *arg,
		 struct argp_state *state)
{
	const int err = parse(row, o, arg, state);

	if (!err && row->given)
		*(bool *)((char *)o + row->given) = true;
	return err;
}
