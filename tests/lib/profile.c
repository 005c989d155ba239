// SPDX-License-Identifier: GPL-2.0-only
/* profile.c - decode a profile with gzip and protoc, and resolve its numbers. */
#include "profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "run.h"

#define PROTO_DIR "user/format"
/** Nested messages at most. */
#define MAX_DEPTH 4

/** struct numbers - a list of numbers */
struct numbers {
	uint64_t *at;
	size_t nr;
};

/** struct parsed - the messages, whose ids are 1, 2, 3, … */
struct parsed {
	char **strings;
	size_t nr_strings;
	struct numbers *places; /* functions of each */
	size_t nr_places;
	struct numbers functions; /* names of each */
	struct numbers types;
	struct numbers *stacks; /* places of each sample */
};

static void *more(void *list, size_t nr, size_t size)
{
	list = realloc(list, (nr + 1) * size);
	vt_true(list);
	memset((char *)list + nr * size, 0, size);
	return list;
}

static void push(struct numbers *n, uint64_t number)
{
	n->at = more(n->at, n->nr, sizeof(*n->at));
	n->at[n->nr++] = number;
}

/** unescaped - a string as protoc prints it, with its quotes */
static char *unescaped(const char *text)
{
	char *s = strdup(text + 1), *to = s;

	vt_true(s && *text == '"');
	for (const char *from = s; *from && *from != '"'; from++) {
		if (*from != '\\') {
			*to++ = *from;
		} else if (from[1] >= '0' && from[1] <= '3') {
			*to++ = (char)strtol((char[]){ from[1], from[2], from[3], 0 }, NULL, 8);
			from += 3;
		} else {
			from++;
			*to++ = *from == 'n' ? '\n' : *from == 't' ? '\t' : *from;
		}
	}
	*to = '\0';
	return s;
}

static bool in(const char *path, const char *name)
{
	return !strcmp(path, name);
}

static void take_message(struct vt_profile *p, struct parsed *x, const char *path)
{
	if (in(path, "sample.")) {
		p->samples = more(p->samples, p->nr, sizeof(*p->samples));
		x->stacks = more(x->stacks, p->nr++, sizeof(*x->stacks));
	} else if (in(path, "location.")) {
		x->places = more(x->places, x->nr_places++, sizeof(*x->places));
	} else if (in(path, "sample_type.")) {
		push(&x->types, 0);
	}
}

/** take_field - "value: 3" in the message at @path */
static void take_field(struct vt_profile *p, struct parsed *x, const char *path, const char *name,
		       const char *text)
{
	const uint64_t n = strtoull(text, NULL, 10);

	if (in(path, "") && in(name, "string_table")) {
		x->strings = more(x->strings, x->nr_strings, sizeof(*x->strings));
		x->strings[x->nr_strings++] = unescaped(text);
	} else if (in(path, "") && in(name, "duration_nanos")) {
		p->duration_ns = n;
	} else if (in(path, "sample_type.") && in(name, "type")) {
		x->types.at[x->types.nr - 1] = n;
	} else if (in(path, "sample.") && in(name, "location_id")) {
		push(&x->stacks[p->nr - 1], n);
	} else if (in(path, "sample.") && in(name, "value")) {
		struct vt_sample *s = &p->samples[p->nr - 1];

		vt_true(s->nr_values < VT_PROFILE_TYPES);
		s->values[s->nr_values++] = n;
	} else if (in(path, "location.") && in(name, "id")) {
		vt_equal(n, x->nr_places, "number of a location");
	} else if (in(path, "location.line.") && in(name, "function_id")) {
		push(&x->places[x->nr_places - 1], n);
	} else if (in(path, "function.") && in(name, "id")) {
		vt_equal(n, x->functions.nr + 1, "number of a function");
	} else if (in(path, "function.") && in(name, "name")) {
		push(&x->functions, n);
	}
}

static void parse(struct vt_profile *p, struct parsed *x, char *text)
{
	char path[256] = "", *line, *save;
	size_t ends[MAX_DEPTH + 1] = { 0 }, depth = 0;

	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *name = line + strspn(line, " "), *value;

		/* a number in place of a name is a field that the .proto does not know */
		vt_true(*name < '0' || *name > '9');
		if (*name == '}') {
			vt_true(depth);
			path[ends[--depth]] = '\0';
			continue;
		}
		value = strpbrk(name, " :");
		vt_true(value);
		if (*value == ' ') {
			vt_true(depth < MAX_DEPTH);
			ends[depth++] = strlen(path);
			*value = '\0';
			strcat(path, name);
			strcat(path, ".");
			take_message(p, x, path);
			continue;
		}
		*value = '\0';
		take_field(p, x, path, name, value + 2);
	}
	vt_equal(depth, 0, "messages that do not end");
}

static const char *string(const struct parsed *x, uint64_t n)
{
	vt_cmp(n, <, x->nr_strings, "number of a string");
	return x->strings[n];
}

/** stack_of - the names of a sample's functions */
static char *stack_of(const struct parsed *x, const struct numbers *places)
{
	char *stack = calloc(1, 1);
	size_t len = 0;

	for (size_t i = 0; i < places->nr; i++) {
		const struct numbers *lines;

		vt_cmp(places->at[i] - 1, <, x->nr_places, "location of a sample");
		lines = &x->places[places->at[i] - 1];
		for (size_t k = 0; k < lines->nr; k++) {
			const char *name;

			vt_cmp(lines->at[k] - 1, <, x->functions.nr, "function of a location");
			name = string(x, x->functions.at[lines->at[k] - 1]);
			stack = realloc(stack, len + strlen(name) + 2);
			vt_true(stack);
			len += sprintf(stack + len, "%s%s", len ? ";" : "", name);
		}
	}
	return stack;
}

static void parsed_free(struct parsed *x, size_t nr_samples)
{
	for (size_t i = 0; i < x->nr_strings; i++)
		free(x->strings[i]);
	for (size_t i = 0; i < x->nr_places; i++)
		free(x->places[i].at);
	for (size_t i = 0; i < nr_samples; i++)
		free(x->stacks[i].at);
	free(x->strings);
	free(x->places);
	free(x->stacks);
	free(x->functions.at);
	free(x->types.at);
}

void vt_profile_read(struct vt_profile *p, const char *file)
{
	const char *raw = vt_path("profile.raw");
	struct parsed x = { .nr_strings = 0 };
	struct vt_cmd cmd;
	char command[1024];

	*p = (struct vt_profile){ .nr = 0 };
	snprintf(command, sizeof(command),
		 "gzip -dc <'%s' >'%s' && protoc --decode=vmascope.pprof.Profile --proto_path=%s "
		 "profile.proto <'%s'",
		 file, raw, PROTO_DIR, raw);
	vt_run(&cmd, NULL, VT_ARGS("sh", "-c", command));
	if (cmd.exit)
		fail_msg("%s is not decoded: %.2000s", file, cmd.err);
	parse(p, &x, cmd.out);
	vt_cmp(x.types.nr, <=, VT_PROFILE_TYPES, "types of values");
	p->nr_types = x.types.nr;
	for (size_t i = 0; i < p->nr_types; i++)
		snprintf(p->types[i], sizeof(p->types[i]), "%s", string(&x, x.types.at[i]));
	for (size_t i = 0; i < p->nr; i++) {
		vt_equal(p->samples[i].nr_values, p->nr_types, "values of a sample");
		p->samples[i].stack = stack_of(&x, &x.stacks[i]);
	}
	parsed_free(&x, p->nr);
	vt_free(&cmd);
}

void vt_profile_free(struct vt_profile *p)
{
	for (size_t i = 0; i < p->nr; i++)
		free(p->samples[i].stack);
	free(p->samples);
	*p = (struct vt_profile){ .nr = 0 };
}

int64_t vt_profile_sum(const struct vt_profile *p, const char *type, const char *function,
		       size_t *samples)
{
	const size_t len = function ? strlen(function) : 0;
	size_t column = 0, nr = 0;
	int64_t sum = 0;

	while (column < p->nr_types && strcmp(p->types[column], type))
		column++;
	if (column == p->nr_types)
		fail_msg("the profile has no values '%s'", type);
	for (size_t i = 0; i < p->nr; i++) {
		const char *stack = p->samples[i].stack;

		if (function &&
		    (strncmp(stack, function, len) || (stack[len] && stack[len] != ';')))
			continue;
		sum += p->samples[i].values[column];
		nr++;
	}
	if (samples)
		*samples = nr;
	return sum;
}
