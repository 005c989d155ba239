// SPDX-License-Identifier: GPL-2.0-only
/* build_id.c - find the note that the linker left in an ELF file. */
#include "record/build_id.h"

#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/** A build ID has 20 bytes as a rule; none is longer. */
#define MAX_BYTES 64

static char *hex(const uint8_t *bytes, size_t nr)
{
	char *text = malloc(2 * nr + 1);

	if (!text)
		return NULL;
	for (size_t i = 0; i < nr; i++)
		sprintf(text + 2 * i, "%02x", bytes[i]);
	text[2 * nr] = '\0';
	return text;
}

/** find_note - in one segment of notes. Return: as build_id__read(), but NULL if it is not there. */
static char *find_note(Elf_Data *data)
{
	size_t at = 0, name, desc;
	GElf_Nhdr note;

	while (data && (at = gelf_getnote(data, at, &note, &name, &desc)) > 0)
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof("GNU") &&
		    !memcmp((char *)data->d_buf + name, "GNU", sizeof("GNU")) &&
		    note.n_descsz <= MAX_BYTES)
			return hex((uint8_t *)data->d_buf + desc, note.n_descsz);
	return NULL;
}

static char *find(Elf *elf)
{
	char *id = NULL;
	size_t nr = 0;

	if (!elf || elf_getphdrnum(elf, &nr))
		return NULL;
	for (size_t i = 0; i < nr && !id; i++) {
		GElf_Phdr p;

		if (gelf_getphdr(elf, (int)i, &p) && p.p_type == PT_NOTE)
			id = find_note(elf_getdata_rawchunk(elf, (int64_t)p.p_offset, p.p_filesz,
							    ELF_T_NHDR));
	}
	return id;
}

char *build_id__read(const char *path, uint64_t ino)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *id = NULL;
	struct stat st;

	/* in another mount namespace the path may be another file's */
	if (fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_ino == ino &&
	    elf_version(EV_CURRENT) != EV_NONE) {
		Elf *elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);

		id = find(elf);
		elf_end(elf);
	}
	if (fd >= 0)
		close(fd);
	return id ? id : strdup("");
}
