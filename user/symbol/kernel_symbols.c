// SPDX-License-Identifier: GPL-2.0-only
/* kernel_symbols.c - read /proc/kallsyms: each function ends where the next symbol begins. */
#include "symbol/kernel_symbols.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/array.h"

/* Maximum length of a function: an address further behind the last one of a region has no name. */
#define MAX_FUNCTION (1u << 20)
/* Half of the kernel's names fit into this; none are dropped for more. */
#define MAX_TABLE (256u << 20)
#define NAME_LEN 512

/** struct symbol - a line; @text: a function */
struct symbol {
	uint64_t start;
	uint64_t limit; /* end of its module, or UINT64_MAX */
	bool text;
	uint8_t quality;
	char *name;
};

/** struct extent - of a module */
struct extent {
	char name[64];
	uint64_t start;
	uint64_t end;
};

/** struct parsed - all of them */
struct parsed {
	struct symbol *symbols;
	size_t nr;
	size_t cap;
	struct extent *modules;
	size_t nr_modules;
};

/* "nf_tables 352256 0 - Live 0xffffffffc0a3f000" */
static int read_modules(struct parsed *p, FILE *f)
{
	char *line = NULL;
	size_t cap = 0;
	int err = 0;

	while (f && !err && getline(&line, &cap, f) > 0) {
		struct extent m;
		uint64_t size;

		if (sscanf(line, "%63s %" SCNu64 " %*s %*s %*s %" SCNx64, m.name, &size,
			   &m.start) != 3 ||
		    !m.start)
			continue;
		m.end = m.start + size;
		err = array__more(&p->modules, p->nr_modules, sizeof(m));
		if (!err)
			p->modules[p->nr_modules++] = m;
	}
	free(line);
	return err;
}

static uint64_t limit_of(const struct parsed *p, uint64_t start, const char *module)
{
	for (size_t i = 0; i < p->nr_modules; i++)
		if (!strcmp(p->modules[i].name, module) && start >= p->modules[i].start &&
		    start < p->modules[i].end)
			return p->modules[i].end;
	return UINT64_MAX;
}

/* Marks of the linker script (include/asm-generic/sections.h): where something begins or ends. */
static bool is_mark(const char *name)
{
	static const char *const marks[] = { "_text",	   "_stext",	 "_etext",
					     "_sinittext", "_einittext", "startup_64_end" };
	const size_t len = strlen(name);

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (!strcmp(name, marks[i]))
			return true;
	return (len > 11 && !strcmp(name + len - 11, "_text_start")) ||
	       (len > 9 && !strcmp(name + len - 9, "_text_end"));
}

static int add(struct parsed *p, uint64_t start, char type, const char *name, const char *module)
{
	struct symbol *s;
	const char kind = (char)tolower(type);

	if (array__reserve(&p->symbols, &p->cap, p->nr + 1, sizeof(*p->symbols)))
		return -ENOMEM;
	s = &p->symbols[p->nr];
	*s = (struct symbol){ .start = start, .limit = UINT64_MAX };
	s->text = (kind == 't' || kind == 'w') && !is_mark(name);
	s->quality = (uint8_t)((type == 'T' ? 4 : 0) + (name[0] != '_' ? 2 : name[1] != '_'));
	if (module[0])
		s->limit = limit_of(p, start, module);
	if (asprintf(&s->name, "%s%s%s", name, module[0] ? "\t" : "", module) < 0)
		return -ENOMEM;
	p->nr++;
	return 0;
}

/* "ffffffffc0a41230 t nft_do_chain	[nf_tables]" */
static int read_symbols(struct parsed *p, FILE *f)
{
	char *line = NULL;
	size_t cap = 0;
	int err = 0;

	while (!err && getline(&line, &cap, f) > 0) {
		char name[NAME_LEN], module[64] = "", type;
		uint64_t start;

		if (sscanf(line, "%" SCNx64 " %c %511s [%63[^]]]", &start, &type, name, module) < 3)
			continue;
		if (start)
			err = add(p, start, type, name, module);
	}
	free(line);
	return err ? err : p->nr ? 0 : -ENODATA;
}

static int by_start(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->text != y->text)
		return x->text - y->text;
	return x->quality != y->quality ? x->quality - y->quality : strcmp(x->name, y->name);
}

static int build(struct parsed *p, struct symbol_table *table)
{
	struct table_builder b = { 0 };
	int err = 0, fd;

	qsort(p->symbols, p->nr, sizeof(*p->symbols), by_start);
	for (size_t i = 0, next = 0; i < p->nr && !err; i++) {
		const struct symbol *s = &p->symbols[i];
		uint64_t end = s->start + MAX_FUNCTION;

		while (next < p->nr && p->symbols[next].start <= s->start)
			next++;
		if (next < p->nr && p->symbols[next].start < end)
			end = p->symbols[next].start;
		if (s->limit < end)
			end = s->limit;
		if (s->text)
			err = table_builder__add(&b, s->start, end, i, s->name, strlen(s->name));
	}
	fd = err ? err : table_builder__finish(&b);
	table_builder__free(&b);
	if (fd < 0)
		return fd;
	err = symbol_table__open(table, fd, MAX_TABLE);
	close(fd);
	return err;
}

int kernel_symbols__parse(struct symbol_table *table, FILE *kallsyms, FILE *modules)
{
	struct parsed p = { 0 };
	int err = read_modules(&p, modules);

	memset(table, 0, sizeof(*table));
	if (!err)
		err = read_symbols(&p, kallsyms);
	if (!err)
		err = build(&p, table);
	for (size_t i = 0; i < p.nr; i++)
		free(p.symbols[i].name);
	free(p.symbols);
	free(p.modules);
	return err;
}

int kernel_symbols__read(struct symbol_table *table)
{
	FILE *kallsyms = fopen("/proc/kallsyms", "re"), *modules = fopen("/proc/modules", "re");
	int err = kallsyms ? kernel_symbols__parse(table, kallsyms, modules) : -ENOENT;

	if (kallsyms)
		fclose(kallsyms);
	if (modules)
		fclose(modules);
	return err;
}
