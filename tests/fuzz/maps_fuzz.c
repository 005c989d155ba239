// SPDX-License-Identifier: GPL-2.0-only
/* maps_fuzz.c - any text as /proc/PID/maps and smaps: names of files in it are anybody's. */
#include <errno.h>
#include <string.h>

#include "explain/smaps.h"
#include "fuzz.h"

static void check_line(const char *line)
{
	struct proc_map map;
	const int err = proc_map__parse(line, &map);

	fuzz_check(!err || err == -EINVAL);
	if (err)
		return;
	fuzz_check(map.start < map.end && strlen(map.perms) == 4);
	fuzz_check(!strchr(map.name, '\n') && strlen(map.name) <= strlen(line));
	free(map.name);
}

static void check_lines(char *text)
{
	char *rest = NULL;

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		check_line(line);
}

/* Of the VMA that has @address, or of none. */
static void check_smaps(void *data, size_t size, uint64_t address)
{
	FILE *f = fmemopen(data, size, "r");
	struct smaps s;
	int err;

	fuzz_check(f);
	err = smaps__parse(f, address, &s);
	fclose(f);
	fuzz_check(!err || err == -EINVAL || err == -ENOENT);
	if (err)
		return;
	fuzz_check(s.map.start <= address && address < s.map.end);
	fuzz_check(strlen(s.vm_flags) < sizeof(s.vm_flags));
	smaps__has(&s, "gd");
	smaps__free(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t address;
	char *text;

	if (size <= sizeof(address))
		return 0;
	memcpy(&address, data, sizeof(address));
	data += sizeof(address);
	size -= sizeof(address);
	text = malloc(size + 1);
	fuzz_check(text);
	memcpy(text, data, size);
	text[size] = '\0';
	check_smaps(text, size, address);
	check_smaps(text, size, 0x7f0000001000);
	check_lines(text);
	free(text);
	return 0;
}
