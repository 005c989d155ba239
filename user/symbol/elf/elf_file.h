/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * elf_file.h - one ELF file with its separate debug file, as the reader has it open (elfutils).
 *
 * All of this runs in the reader: it may crash, hang and grow, nothing else may call it.
 */
#ifndef VMASCOPE_SYMBOL_ELF_ELF_FILE_H
#define VMASCOPE_SYMBOL_ELF_ELF_FILE_H

#include <elfutils/libdwfl.h>

#include "symbol/elf/reader.h"

/** struct cu_range - addresses of one compilation unit */
struct cu_range {
	uint64_t start;
	uint64_t end;
	Dwarf_Off die;
};

/**
 * struct elf_file - an open ELF file
 * @id: number assigned by vmascope
 * @module: module of libdwfl, at the addresses of the file itself
 * @debug_fd, @alt_fd: files that libdwfl has not requested yet, or -1
 * @alt_name: name of the file @alt_fd in the debug file
 * @ranges: of its compilation units, by address; made if .debug_aranges is missing
 */
struct elf_file {
	uint64_t id;
	Dwfl *dwfl;
	Dwfl_Module *module;
	int debug_fd;
	int alt_fd;
	char alt_name[DEBUG_NAME_MAX];
	struct cu_range *ranges;
	size_t nr_ranges;
	bool has_ranges;
};

/** elf_probe - what the file @fd is; it stays the caller's. Return: 0 or -ENOEXEC. */
int elf_probe(int fd, struct elf_probe *probe);

/**
 * elf_file__open - open an ELF file; takes over the descriptors, also on failure
 * @debug_fd, @alt_fd: -1: none
 *
 * Return: 0, -ENOEXEC, -ENOMEM.
 */
int elf_file__open(struct elf_file *f, int fd, int debug_fd, int alt_fd, const char *alt_name);
void elf_file__close(struct elf_file *f);

/**
 * elf_file__table - its code
 * @names: its functions, too
 *
 * Return: a sealed file (table.h) or a negative errno.
 */
int elf_file__table(struct elf_file *f, bool names);

/** elf_file__rule - how to unwind from @address. Return: 0, -ENOENT, -ENOSYS: no CFI at all. */
int elf_file__rule(struct elf_file *f, uint64_t address, struct unwind_rule *rule);

/** elf_file__lines - source of @address. Return: 0, -ENOENT. */
int elf_file__lines(struct elf_file *f, uint64_t address, struct lines *lines);

#endif /* VMASCOPE_SYMBOL_ELF_ELF_FILE_H */
