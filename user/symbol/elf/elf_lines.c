// SPDX-License-Identifier: GPL-2.0-only
/* elf_lines.c - the source line of an address, and the functions that were inlined there. */
#include <dwarf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "symbol/elf/elf_file.h"
#include "util/array.h"

static uint32_t add_text(struct lines *l, const char *text)
{
	const size_t len = text ? strlen(text) + 1 : 0;
	const uint32_t at = l->len;

	if (len < 2 || len > LINES_MAX_TEXT - l->len)
		return 0;
	memcpy(l->text + at, text, len);
	l->len += (uint32_t)len;
	return at;
}

/* --- Which compilation unit --- */

static int by_start(const void *a, const void *b)
{
	const struct cu_range *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static bool add_range(struct elf_file *f, uint64_t start, uint64_t end, Dwarf_Off die)
{
	if (array__more(&f->ranges, f->nr_ranges, sizeof(*f->ranges)))
		return false;
	f->ranges[f->nr_ranges++] = (struct cu_range){ start, end, die };
	return true;
}

/* Some compilers write no .debug_aranges; libdwfl knows no other way. */
static void make_ranges(struct elf_file *f, Dwarf *dwarf)
{
	Dwarf_CU *cu = NULL;
	Dwarf_Die die;

	f->has_ranges = true;
	while (!dwarf_get_units(dwarf, cu, &cu, NULL, NULL, &die, NULL)) {
		Dwarf_Addr base, start, end;
		ptrdiff_t at = 0;

		while ((at = dwarf_ranges(&die, at, &base, &start, &end)) > 0)
			if (!add_range(f, start, end, dwarf_dieoffset(&die)))
				return;
	}
	if (f->nr_ranges)
		qsort(f->ranges, f->nr_ranges, sizeof(*f->ranges), by_start);
}

static bool find_cu(struct elf_file *f, uint64_t address, Dwarf_Die *cu, Dwarf_Addr *bias)
{
	Dwarf_Die *found = dwfl_module_addrdie(f->module, address, bias);
	Dwarf *dwarf;
	size_t low = 0, high;

	if (found) {
		*cu = *found;
		return true;
	}
	dwarf = dwfl_module_getdwarf(f->module, bias);
	if (!dwarf)
		return false;
	if (!f->has_ranges)
		make_ranges(f, dwarf);
	address -= *bias;
	for (high = f->nr_ranges; low < high;) {
		const size_t mid = low + (high - low) / 2;

		if (address < f->ranges[mid].start)
			high = mid;
		else
			low = mid + 1;
	}
	return low && address < f->ranges[low - 1].end &&
	       dwarf_offdie(dwarf, f->ranges[low - 1].die, cu);
}

/* --- What is there --- */

/* As a linker would have it: that is what symbols have, too. */
static const char *function_name(Dwarf_Die *die)
{
	static const unsigned int names[] = { DW_AT_linkage_name, DW_AT_MIPS_linkage_name,
					      DW_AT_name };
	Dwarf_Attribute mem;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *name = dwarf_formstring(dwarf_attr_integrate(die, names[i], &mem));

		if (name)
			return name;
	}
	return NULL;
}

static uint32_t number(Dwarf_Die *die, unsigned int name)
{
	Dwarf_Attribute mem;
	Dwarf_Word value;

	if (dwarf_formudata(dwarf_attr(die, name, &mem), &value) || value > UINT32_MAX)
		return 0;
	return (uint32_t)value;
}

/* Where @die was inlined: a place in the function around it. */
static void call_site(struct lines *l, struct line_frame *to, Dwarf_Die *cu, Dwarf_Die *die)
{
	const uint32_t file = number(die, DW_AT_call_file);
	Dwarf_Files *files;
	size_t nr;

	to->line = number(die, DW_AT_call_line);
	if (!dwarf_getsrcfiles(cu, &files, &nr) && file && file < nr)
		to->file = add_text(l, dwarf_filesrc(files, file, NULL, NULL));
}

static void add_functions(struct lines *l, Dwarf_Die *cu, Dwarf_Die *scopes, int nr)
{
	for (int i = 0; i < nr && l->nr <= LINES_MAX_FRAMES; i++) {
		const int tag = dwarf_tag(&scopes[i]);

		if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_subprogram)
			continue;
		l->frames[l->nr - 1].name = add_text(l, function_name(&scopes[i]));
		if (tag == DW_TAG_subprogram || l->nr == LINES_MAX_FRAMES)
			return;
		call_site(l, &l->frames[l->nr++], cu, &scopes[i]);
	}
}

/*
 * The scopes that dwarf_getscopes() gives follow an inlined function to where it was written;
 * those of the innermost one's own DIE lead to where it was inlined.
 */
static void find_functions(struct lines *l, Dwarf_Die *cu, uint64_t address)
{
	Dwarf_Die *scopes = NULL, *around = NULL;
	int nr = dwarf_getscopes(cu, address, &scopes);

	if (nr > 0)
		nr = dwarf_getscopes_die(&scopes[0], &around);
	if (nr > 0)
		add_functions(l, cu, around, nr);
	free(scopes);
	free(around);
}

int elf_file__lines(struct elf_file *f, uint64_t address, struct lines *l)
{
	Dwarf_Addr bias;
	Dwarf_Line *line;
	Dwarf_Die cu;
	int number = 0;

	memset(l, 0, sizeof(*l));
	l->len = 1;
	if (!find_cu(f, address, &cu, &bias))
		return -ENOENT;
	l->nr = 1;
	line = dwarf_getsrc_die(&cu, address - bias);
	if (line) {
		l->frames[0].file = add_text(l, dwarf_linesrc(line, NULL, NULL));
		if (!dwarf_lineno(line, &number) && number > 0)
			l->frames[0].line = (uint32_t)number;
	}
	find_functions(l, &cu, address - bias);
	return 0;
}
