// SPDX-License-Identifier: GPL-2.0-only
/*
 * jit - writes to fresh pages from code that it has made itself, and lists that code where profilers
 * look for it (/tmp/perf-PID.map). The list is gone when the program is.
 *
 * --at-end: the list is written when all is done, and stays; the test removes it
 * --link FILE: in place of the list there is a symbolic link to FILE
 * --address HEX: where the code is; --uid N: as this user
 */
#include "workload.h"

#include <grp.h>

static unsigned long pages = 512, rounds = 200, uid;
static const char *link_to, *address = "0";
static bool at_end;
static char path[64];

static const struct wl_option options[] = {
	{ "pages", .number = &pages },
	{ "rounds", .number = &rounds },
	{ "uid", .number = &uid },
	{ "link", .text = &link_to },
	{ "address", .text = &address },
	{ "at-end", .flag = &at_end },
	{ 0 },
};

/* push %rbp; mov %rsp,%rbp; movb $1,(%rdi); pop %rbp; ret */
static const unsigned char code[] = { 0x55, 0x48, 0x89, 0xe5, 0xc6, 0x07, 0x01, 0x5d, 0xc3 };

static WL_NOINLINE void run(void (*jitted)(char *), char *p)
{
	for (unsigned long i = 0; i < pages; i++)
		jitted(p + i * WL_PAGE);
}

static void list_code(const void *made)
{
	FILE *list;

	if (link_to) {
		if (symlink(link_to, path))
			wl_die("symlink %s", path);
		return;
	}
	list = fopen(path, "w");
	if (!list ||
	    fprintf(list, "%lx %zx jitted_write\n", (unsigned long)made, sizeof(code)) < 0 ||
	    fclose(list))
		wl_die("%s", path);
}

int main(int argc, char **argv)
{
	void *made;
	char *p;

	wl_options(argc, argv, options);
	wl_init("jit");
	wl_name_result();
	if (uid && (setgroups(0, NULL) || setresgid(uid, uid, uid) || setresuid(uid, uid, uid)))
		wl_die("setresuid");
	made = wl_mmap((void *)strtoul(address, NULL, 16), WL_PAGE,
		       PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memcpy(made, code, sizeof(code));
	snprintf(path, sizeof(path), "/tmp/perf-%d.map", getpid());
	if (!at_end)
		list_code(made);
	p = wl_map_anon(pages * WL_PAGE);
	madvise(p, pages * WL_PAGE, MADV_NOHUGEPAGE);
	for (unsigned long i = 0; i < rounds; i++) {
		run((void (*)(char *))made, p);
		if (madvise(p, pages * WL_PAGE, MADV_DONTNEED))
			wl_die("madvise");
		/* long enough for who looks at live processes now and then */
		usleep(5000);
	}
	if (at_end)
		list_code(made);
	else
		unlink(path);
	wl_finish("");
}
