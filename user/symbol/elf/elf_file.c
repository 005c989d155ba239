// SPDX-License-Identifier: GPL-2.0-only
/*
 * elf_file.c - open an ELF file with libdwfl: its properties, and where its debug information is.
 */
#include "symbol/elf/elf_file.h"

#include <elfutils/libdwelf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** why - what a library failed for: libelf and libdw do not set errno; malloc() does. errno was 0 before. */
static int why(void)
{
	return errno == ENOMEM ? -ENOMEM : -ENOEXEC;
}

static void copy_id(struct build_id *id, const void *bytes, ssize_t len)
{
	if (len <= 0 || len > BUILD_ID_MAX)
		return;
	id->len = (uint8_t)len;
	memcpy(id->bytes, bytes, (size_t)len);
}

static void copy_name(char *to, const char *name)
{
	if (name && strlen(name) < DEBUG_NAME_MAX)
		strcpy(to, name);
}

static void probe_sections(Elf *elf, struct elf_probe *probe)
{
	Elf_Scn *scn = NULL;
	size_t strings;

	if (elf_getshdrstrndx(elf, &strings))
		return;
	while ((scn = elf_nextscn(elf, scn))) {
		const char *name;
		GElf_Shdr mem, *shdr = gelf_getshdr(scn, &mem);

		if (!shdr)
			continue;
		probe->symtab |= shdr->sh_type == SHT_SYMTAB;
		name = elf_strptr(elf, strings, shdr->sh_name);
		if (name && shdr->sh_type != SHT_NOBITS)
			probe->debug |= !strcmp(name, ".debug_info") ||
					!strcmp(name, ".zdebug_info");
	}
}

/* dwz -m moves common DWARF of several files to a supplementary file. */
static void probe_altlink(Elf *elf, struct elf_probe *probe)
{
	Dwarf *dwarf = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
	const char *name = NULL;
	const void *bytes;
	ssize_t len;

	if (!dwarf)
		return;
	len = dwelf_dwarf_gnu_debugaltlink(dwarf, &name, &bytes);
	if (len > 0) {
		copy_name(probe->altlink, name);
		copy_id(&probe->alt_id, bytes, len);
	}
	dwarf_end(dwarf);
}

int elf_probe(int fd, struct elf_probe *probe)
{
	const void *bytes;
	GElf_Ehdr ehdr;
	GElf_Word crc;
	ssize_t len;
	Elf *elf;
	int err;

	memset(probe, 0, sizeof(*probe));
	elf_version(EV_CURRENT);
	errno = 0;
	elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &ehdr)) {
		err = why();
		elf_end(elf);
		return err;
	}
	probe->machine = ehdr.e_machine;
	len = dwelf_elf_gnu_build_id(elf, &bytes);
	copy_id(&probe->build_id, bytes, len);
	copy_name(probe->debuglink, dwelf_elf_gnu_debuglink(elf, &crc));
	if (probe->debuglink[0])
		probe->crc = crc;
	probe_sections(elf, probe);
	if (probe->debug)
		probe_altlink(elf, probe);
	elf_end(elf);
	return 0;
}

/* libdwfl requests the debug file, then its supplementary file; each is passed once. */
static int find_debuginfo(Dwfl_Module *module, void **userdata, const char *name, Dwarf_Addr base,
			  const char *file, const char *debuglink, GElf_Word crc, char **found)
{
	struct elf_file *f = *userdata;
	const bool alt = debuglink && f->alt_name[0] && !strcmp(debuglink, f->alt_name);
	int *from = alt ? &f->alt_fd : &f->debug_fd;
	const int fd = *from;

	(void)module;
	(void)name;
	(void)base;
	(void)file;
	(void)crc;
	(void)found;
	*from = -1;
	return fd;
}

static int no_elf(Dwfl_Module *module, void **userdata, const char *name, Dwarf_Addr base,
		  char **file, Elf **elf)
{
	(void)module;
	(void)userdata;
	(void)name;
	(void)base;
	(void)file;
	(void)elf;
	return -1;
}

static const Dwfl_Callbacks callbacks = {
	.find_elf = no_elf,
	.find_debuginfo = find_debuginfo,
	.section_address = dwfl_offline_section_address,
};

int elf_file__open(struct elf_file *f, int fd, int debug_fd, int alt_fd, const char *alt_name)
{
	void **userdata;
	int err;

	memset(f, 0, sizeof(*f));
	f->debug_fd = debug_fd;
	f->alt_fd = alt_fd;
	copy_name(f->alt_name, alt_name);
	f->dwfl = dwfl_begin(&callbacks);
	if (!f->dwfl) {
		close(fd);
		return -ENOMEM;
	}
	dwfl_report_begin(f->dwfl);
	/* Base 0 and p_vaddr added: at the very addresses that the file has. */
	errno = 0;
	f->module = dwfl_report_elf(f->dwfl, "", "", fd, 0, true);
	if (!f->module) {
		err = why();
		close(fd);
		return err;
	}
	dwfl_report_end(f->dwfl, NULL, NULL);
	if (dwfl_module_info(f->module, &userdata, NULL, NULL, NULL, NULL, NULL, NULL))
		*userdata = f;
	return 0;
}

void elf_file__close(struct elf_file *f)
{
	if (f->dwfl)
		dwfl_end(f->dwfl);
	if (f->debug_fd >= 0)
		close(f->debug_fd);
	if (f->alt_fd >= 0)
		close(f->alt_fd);
	free(f->ranges);
	memset(f, 0, sizeof(*f));
	f->debug_fd = f->alt_fd = -1;
}
