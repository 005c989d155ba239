// SPDX-License-Identifier: GPL-2.0-only
/* group_name.c - from a command name and a cgroup's path to the name of a group. */
#include "serve/metrics/group_name.h"
#include "util/array.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

const char *const group_by_names[NR_GROUP_BY] = {
	[GROUP_BY_COMM] = "comm",	    [GROUP_BY_CGROUP] = "cgroup", [GROUP_BY_UNIT] = "unit",
	[GROUP_BY_CONTAINER] = "container", [GROUP_BY_NONE] = "none",
};

/** Digits of a container's id. */
#define ID_LEN 64

/** struct name_part - of a path, between slashes */
struct name_part {
	const char *start;
	size_t len;
};

/** next_part - Return: whether there is one more. */
static bool next_part(struct name_part *p)
{
	const char *s = p->start + p->len;

	while (*s == '/')
		s++;
	p->start = s;
	p->len = strcspn(s, "/");
	return p->len;
}

static bool ends_in(const struct name_part *p, const char *suffix)
{
	const size_t len = strlen(suffix);

	return p->len > len && !memcmp(p->start + p->len - len, suffix, len);
}

static void set(char *name, size_t size, const char *start, size_t len)
{
	snprintf(name, size, "%.*s", (int)len, start);
}

/* --- rules --------------------------------------------------------------------------------- */

static void by_comm(const char *comm, const char *cgroup, char *name, size_t size)
{
	set(name, size, comm, cgroup ? strlen(comm) : strcspn(comm, "/:"));
}

static void by_cgroup(const char *comm, const char *cgroup, char *name, size_t size)
{
	const size_t len = cgroup ? strlen(cgroup) : 0;

	(void)comm;
	snprintf(name, size, "%s",
		 !cgroup      ? "kernel"
		 : len < size ? cgroup
			      : cgroup + len - (size - 1));
}

static void by_unit(const char *comm, const char *cgroup, char *name, size_t size)
{
	static const char *const kinds[] = { ".service", ".scope", ".socket", ".mount", ".swap" };
	struct name_part p = { .start = cgroup };

	(void)comm;
	snprintf(name, size, "%s", cgroup ? "-.slice" : "kernel");
	while (cgroup && next_part(&p)) {
		for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
			if (ends_in(&p, kinds[i])) {
				set(name, size, p.start, p.len);
				return;
			}
		if (ends_in(&p, ".slice"))
			set(name, size, p.start, p.len);
	}
}

/** id_in - the container's id that @p ends in, but for ".scope"; NULL: none. */
static const char *id_in(const struct name_part *p)
{
	const size_t len = ends_in(p, ".scope") ? p->len - strlen(".scope") : p->len;
	const char *id = p->start + len - ID_LEN;

	if (len < ID_LEN || (len > ID_LEN && id[-1] != '-'))
		return NULL;
	for (int i = 0; i < ID_LEN; i++)
		if (!isxdigit((unsigned char)id[i]))
			return NULL;
	return id;
}

static void by_container(const char *comm, const char *cgroup, char *name, size_t size)
{
	static const char machine[] = "machine-";
	struct name_part p = { .start = cgroup };

	(void)comm;
	snprintf(name, size, "host");
	while (cgroup && next_part(&p)) {
		const char *id = id_in(&p);

		if (id)
			set(name, size, id, ID_LEN);
		else if (ends_in(&p, ".scope") && !strncmp(p.start, machine, strlen(machine)))
			set(name, size, p.start + strlen(machine),
			    p.len - strlen(machine) - strlen(".scope"));
	}
}

static void by_none(const char *comm, const char *cgroup, char *name, size_t size)
{
	(void)comm;
	(void)cgroup;
	snprintf(name, size, GROUP_ALL);
}

static void (*const rules[NR_GROUP_BY])(const char *comm, const char *cgroup, char *name,
					size_t size) = {
	[GROUP_BY_COMM] = by_comm, [GROUP_BY_CGROUP] = by_cgroup,
	[GROUP_BY_UNIT] = by_unit, [GROUP_BY_CONTAINER] = by_container,
	[GROUP_BY_NONE] = by_none,
};

void group_name(enum group_by by, const char *comm, const char *cgroup, char *name, size_t size)
{
	rules[by](comm, cgroup, name, size);
	/* an empty label would be none */
	if (!*name)
		snprintf(name, size, "unnamed");
	/* a process that is called so shall not count as all the others */
	if (!strcmp(name, GROUP_OTHER))
		snprintf(name, size, "%s_", GROUP_OTHER);
}
