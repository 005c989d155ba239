// SPDX-License-Identifier: GPL-2.0-only
/*
 * elf_table.c - the functions of an ELF file, from .symtab, .dynsym, .gnu_debugdata or its debug file.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "symbol/elf/elf_file.h"
#include "symbol/table/table.h"
#include "util/array.h"

/** struct code_span - code, by section or, without sections, by segment */
struct code_span {
	uint64_t start;
	uint64_t end;
};

/** struct candidate - a symbol that may name code */
struct candidate {
	uint64_t start;
	uint64_t end; /* start: its size is unknown */
	uint64_t limit;
	uint8_t quality;
	const char *name; /* the ELF file's */
};

/** struct collected - all of them */
struct collected {
	struct code_span *code;
	size_t nr_code;
	struct candidate *symbols;
	size_t nr;
};

static int add_code(struct collected *c, uint64_t start, uint64_t size)
{
	if (!size || start + size < start)
		return 0;
	if (array__more(&c->code, c->nr_code, sizeof(*c->code)))
		return -ENOMEM;
	c->code[c->nr_code++] = (struct code_span){ start, start + size };
	return 0;
}

/* PLT stubs have no name: any function may be behind them. */
static bool is_stubs(const char *section)
{
	return section && !strncmp(section, ".plt", 4);
}

static int collect_sections(struct collected *c, Elf *elf)
{
	Elf_Scn *scn = NULL;
	size_t strings;
	int err = 0;

	if (elf_getshdrstrndx(elf, &strings))
		return 0;
	while (!err && (scn = elf_nextscn(elf, scn))) {
		GElf_Shdr mem, *shdr = gelf_getshdr(scn, &mem);

		if (shdr && shdr->sh_flags & SHF_EXECINSTR && shdr->sh_flags & SHF_ALLOC &&
		    !is_stubs(elf_strptr(elf, strings, shdr->sh_name)))
			err = add_code(c, shdr->sh_addr, shdr->sh_size);
	}
	return err;
}

static int collect_segments(struct collected *c, struct table_builder *b, Elf *elf, bool as_code)
{
	size_t nr = 0;
	int err = 0;

	if (elf_getphdrnum(elf, &nr))
		return -ENOEXEC;
	for (size_t i = 0; i < nr && !err; i++) {
		GElf_Phdr mem, *phdr = gelf_getphdr(elf, (int)i, &mem);
		struct table_segment s;

		if (!phdr || phdr->p_type != PT_LOAD || !(phdr->p_flags & PF_X) ||
		    phdr->p_offset + phdr->p_filesz < phdr->p_offset)
			continue;
		s = (struct table_segment){ phdr->p_offset, phdr->p_vaddr, phdr->p_filesz };
		err = table_builder__segment(b, &s);
		if (!err && as_code)
			err = add_code(c, phdr->p_vaddr, phdr->p_filesz);
	}
	return err;
}

static const struct code_span *span_of(const struct collected *c, uint64_t address)
{
	for (size_t i = 0; i < c->nr_code; i++)
		if (address >= c->code[i].start && address < c->code[i].end)
			return &c->code[i];
	return NULL;
}

/* Of several names for one place, the better one: what a program would call it. */
static uint8_t quality_of(const GElf_Sym *sym, const char *name)
{
	const uint8_t bind = GELF_ST_BIND(sym->st_info), type = GELF_ST_TYPE(sym->st_info);
	uint8_t q = 0;

	q += type == STT_FUNC ? 16 : 0;
	q += bind != STB_LOCAL ? 8 : 0;
	q += name[0] != '_' ? 4 : name[1] != '_' ? 2 : 0;
	q += bind == STB_GLOBAL;
	return q;
}

/* Labels that compilers made, and ARM's and RISC-V's marks of where code and data begin. */
static bool is_mark(const char *name)
{
	return !strncmp(name, ".L", 2) || (name[0] == '$' && name[1] && strchr("adtx", name[1]) &&
					   (!name[2] || name[2] == '.'));
}

static bool names_code(const GElf_Sym *sym, const char *name)
{
	const uint8_t type = GELF_ST_TYPE(sym->st_info);

	if (!name || !name[0] || sym->st_shndx == SHN_UNDEF || sym->st_shndx == SHN_ABS)
		return false;
	if (is_mark(name))
		return false;
	return type == STT_FUNC || type == STT_GNU_IFUNC || type == STT_NOTYPE;
}

static int collect_symbols(struct collected *c, Dwfl_Module *module)
{
	const int nr = dwfl_module_getsymtab(module);

	if (nr <= 0)
		return 0;
	c->symbols = calloc((size_t)nr, sizeof(*c->symbols));
	if (!c->symbols)
		return -ENOMEM;
	for (int i = 1; i < nr; i++) {
		GElf_Sym sym;
		GElf_Addr at;
		const char *name = dwfl_module_getsym_info(module, i, &sym, &at, NULL, NULL, NULL);
		const struct code_span *span;

		if (!names_code(&sym, name))
			continue;
		span = span_of(c, at);
		if (!span)
			continue;
		c->symbols[c->nr++] = (struct candidate){
			.start = at,
			.end = sym.st_size > span->end - at ? span->end : at + sym.st_size,
			.limit = span->end,
			.quality = quality_of(&sym, name),
			.name = name,
		};
	}
	return 0;
}

/* What lies within another comes after it; of equals, the best one last. */
static int by_place(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	int order;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->end != y->end)
		return x->end > y->end ? -1 : 1;
	if (x->quality != y->quality)
		return x->quality < y->quality ? -1 : 1;
	order = strlen(x->name) > strlen(y->name) ? -1 : strlen(x->name) < strlen(y->name);
	return order ? order : strcmp(y->name, x->name);
}

/*
 * A function of unknown size extends to the next symbol. A file that has only exported symbols, or
 * was stripped in part, may have other functions in between: then its size is one byte.
 */
static void give_sizes(struct collected *c, bool complete)
{
	uint64_t covered = 0;

	for (size_t i = 0, next = 0; i < c->nr; i++) {
		struct candidate *s = &c->symbols[i];

		if (s->end > s->start) {
			covered = s->end > covered ? s->end : covered;
			continue;
		}
		if (s->start < covered)
			continue;
		for (next = next > i ? next : i; next < c->nr; next++)
			if (c->symbols[next].start > s->start)
				break;
		s->end = complete ? s->limit : s->start + 1;
		if (next < c->nr && c->symbols[next].start < s->end)
			s->end = c->symbols[next].start;
	}
}

/*
 * A signal handler returns to the first byte of __restore_rt, which nothing called: its unwind
 * information begins a byte early, so that an address before the return address is in it.
 */
static bool is_trampoline(const char *name)
{
	return !strcmp(name, "__restore_rt") || !strcmp(name, "__kernel_rt_sigreturn");
}

/* Without its version: "qsort@@GLIBC_2.2.5". */
static size_t name_len(const char *name)
{
	const size_t len = strcspn(name, "@");

	return len ? len : strlen(name);
}

static int add_all(const struct collected *c, struct table_builder *b)
{
	int err = 0;

	for (size_t i = 0; i < c->nr && !err; i++) {
		const struct candidate *s = &c->symbols[i];
		const size_t len = name_len(s->name);

		err = table_builder__add(b, s->start, s->end, i, s->name, len);
		if (!err && is_trampoline(s->name) && s->start)
			err = table_builder__add(b, s->start - 1, s->start, i, s->name, len);
	}
	return err;
}

static bool has_symtab(Elf *elf)
{
	Elf_Scn *scn = NULL;

	while (elf && (scn = elf_nextscn(elf, scn))) {
		GElf_Shdr mem, *shdr = gelf_getshdr(scn, &mem);

		if (shdr && shdr->sh_type == SHT_SYMTAB)
			return true;
	}
	return false;
}

/* All symbols came from one .symtab, in the file itself or in its debug file. */
static bool is_complete(Dwfl_Module *module, int nr)
{
	Elf *elf = NULL;
	GElf_Sym sym;
	GElf_Addr at;

	if (nr < 2)
		return false;
	dwfl_module_getsym_info(module, 1, &sym, &at, NULL, &elf, NULL);
	return has_symtab(elf);
}

int elf_file__table(struct elf_file *f, bool names)
{
	struct collected c = { 0 };
	struct table_builder b = { 0 };
	GElf_Addr bias;
	Elf *elf = dwfl_module_getelf(f->module, &bias);
	int err = elf ? 0 : -ENOEXEC;

	if (!err)
		err = collect_sections(&c, elf);
	if (!err)
		err = collect_segments(&c, &b, elf, !c.nr_code);
	if (!err && names)
		err = collect_symbols(&c, f->module);
	if (!err && c.nr) {
		qsort(c.symbols, c.nr, sizeof(*c.symbols), by_place);
		give_sizes(&c, is_complete(f->module, dwfl_module_getsymtab(f->module)));
		err = add_all(&c, &b);
	}
	if (!err)
		err = table_builder__finish(&b);
	table_builder__free(&b);
	free(c.symbols);
	free(c.code);
	return err;
}
