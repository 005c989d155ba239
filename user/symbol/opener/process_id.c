// SPDX-License-Identifier: GPL-2.0-only
/* process_id.c - read /proc/PID/stat, and the ELF header and notes in a process's memory. */
#include "symbol/opener/process_id.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "util/clock.h"

#define NS_PER_SECOND 1000000000ULL
/* Program headers and notes of real files are within these. */
#define MAX_PHDRS 64
#define MAX_NOTES 4096

bool process_is(uint32_t pid, uint64_t start_ns)
{
	const uint64_t tick = NS_PER_SECOND / (uint64_t)sysconf(_SC_CLK_TCK);
	char path[32], stat[1024], *at;
	uint64_t ticks = 0;
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	len = read(fd, stat, sizeof(stat) - 1);
	close(fd);
	if (len <= 0)
		return false;
	stat[len] = '\0';
	/* The name, the second field, may hold anything; proc_pid_stat(5): the start is the 22nd. */
	at = strrchr(stat, ')');
	for (int field = 2; at && field < 22; field++)
		at = strchr(at + 1, ' ');
	if (!at || sscanf(at, "%" SCNu64, &ticks) != 1)
		return false;
	/* as our time namespace has it (proc_pid_stat(5)) */
	start_ns += start_ns ? (uint64_t)clock__offsets.boottime_ns : 0;
	return !start_ns || start_ns / tick == ticks;
}

/* --- The build-id in memory --- */

static bool peek(uint32_t pid, uint64_t address, void *to, size_t len)
{
	const struct iovec local = { to, len }, remote = { (void *)(uintptr_t)address, len };

	return process_vm_readv((pid_t)pid, &local, 1, &remote, 1, 0) == (ssize_t)len;
}

static int find_note(const unsigned char *notes, size_t len, struct build_id *id)
{
	Elf64_Nhdr n;

	for (size_t at = 0; at + sizeof(n) <= len;) {
		size_t name, desc;

		memcpy(&n, notes + at, sizeof(n));
		name = at + sizeof(n);
		desc = name + ((n.n_namesz + 3UL) & ~3UL);
		at = desc + ((n.n_descsz + 3UL) & ~3UL);
		if (at > len)
			return -ENOENT;
		if (n.n_type != NT_GNU_BUILD_ID || n.n_namesz != 4 ||
		    memcmp(notes + name, "GNU", 4) || n.n_descsz > BUILD_ID_MAX)
			continue;
		id->len = (uint8_t)n.n_descsz;
		memcpy(id->bytes, notes + desc, n.n_descsz);
		return 0;
	}
	return -ENOENT;
}

int memory_build_id(uint32_t pid, uint64_t start, struct build_id *id)
{
	unsigned char notes[MAX_NOTES];
	Elf64_Phdr phdrs[MAX_PHDRS];
	Elf64_Ehdr e;
	uint64_t base = start;
	int err = -ENOENT;

	if (!peek(pid, start, &e, sizeof(e)) || memcmp(e.e_ident, ELFMAG, SELFMAG) ||
	    e.e_ident[EI_CLASS] != ELFCLASS64 || e.e_phentsize != sizeof(*phdrs) ||
	    e.e_phnum > MAX_PHDRS ||
	    !peek(pid, start + e.e_phoff, phdrs, e.e_phnum * sizeof(*phdrs)))
		return -ENOEXEC;
	for (int i = 0; i < e.e_phnum; i++)
		if (phdrs[i].p_type == PT_LOAD && !phdrs[i].p_offset)
			base = start - phdrs[i].p_vaddr;
	for (int i = 0; i < e.e_phnum && err; i++)
		if (phdrs[i].p_type == PT_NOTE && phdrs[i].p_filesz <= sizeof(notes) &&
		    peek(pid, base + phdrs[i].p_vaddr, notes, phdrs[i].p_filesz))
			err = find_note(notes, phdrs[i].p_filesz, id);
	return err;
}
