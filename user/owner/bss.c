// SPDX-License-Identifier: GPL-2.0-only
/* bss.c - zeroed data of programs and libraries, by their program headers. */
#include <elf.h>
#include <stdio.h>
#include <string.h>

#include "owner/recogniser.h"
#include "util/str.h"

/** Mappings of a file, with what lies between them. */
#define MOST_SEGMENTS 32
/** Real files have fewer. */
#define MOST_HEADERS 64

/** first_map - the mapping of the start of the file that is mapped at @map */
static const struct proc_map *first_map(const struct evidence *e, const struct proc_map *map)
{
	const struct proc_map *at = map;

	for (int i = 0; i < MOST_SEGMENTS; i++, at--) {
		if (at->inode == map->inode && at->dev_major == map->dev_major &&
		    at->dev_minor == map->dev_minor && !at->offset)
			return at;
		if (at == e->maps.maps)
			break;
	}
	return NULL;
}

static uint64_t page_up(const struct evidence *e, uint64_t address)
{
	return (address + e->page - 1) & ~(e->page - 1);
}

/** bss_end - where zeroed data that begins at @at ends, by the headers at @first; 0: it is none */
static uint64_t bss_end(struct evidence *e, const struct proc_map *first, uint64_t at)
{
	Elf64_Phdr header[MOST_HEADERS];
	uint64_t bias = 0;
	Elf64_Ehdr elf;

	if (!evidence__read(e, first->start, &elf, sizeof(elf)) ||
	    memcmp(elf.e_ident, ELFMAG, SELFMAG) || elf.e_ident[EI_CLASS] != ELFCLASS64 ||
	    elf.e_phentsize != sizeof(*header) || !elf.e_phnum || elf.e_phnum > MOST_HEADERS ||
	    elf.e_phoff > e->page ||
	    !evidence__read(e, first->start + elf.e_phoff, header, elf.e_phnum * sizeof(*header)))
		return 0;
	for (int i = 0; i < elf.e_phnum; i++)
		if (header[i].p_type == PT_LOAD && !header[i].p_offset)
			bias = first->start - (header[i].p_vaddr & ~(e->page - 1));
	for (int i = 0; i < elf.e_phnum; i++) {
		const Elf64_Phdr *p = &header[i];
		const uint64_t data = bias + p->p_vaddr;

		if (p->p_type == PT_LOAD && p->p_memsz > p->p_filesz &&
		    page_up(e, data + p->p_filesz) == at && page_up(e, data + p->p_memsz) > at)
			return page_up(e, data + p->p_memsz);
	}
	return 0;
}

bool recognise_bss(struct evidence *e, const struct proc_map *map, uint64_t at,
		   struct vma_part *part)
{
	const struct proc_map *before = map - 1, *first;
	uint64_t end;

	if (at != map->start || map == e->maps.maps || !is_writable(map) || !before->inode ||
	    before->end != at)
		return false;
	first = first_map(e, before);
	end = first ? bss_end(e, first, at) : 0;
	if (!end)
		return false;
	part->end = end < map->end ? end : map->end;
	part->family = OWNER_BSS;
	part->how = OWNER_HOW_SEGMENT;
	snprintf(part->text, sizeof(part->text), "%s", str_last_part(before->name));
	return true;
}
