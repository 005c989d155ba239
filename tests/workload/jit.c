// SPDX-License-Identifier: GPL-2.0-only
/*
 * jit - writes to fresh pages from code that it has made itself, and lists that code where profilers
 * look for it (/tmp/perf-PID.map). The list is gone when the program is.
 */
#include "workload.h"

static unsigned long pages = 512, rounds = 200;

static const struct wl_option options[] = {
	{ "pages", .number = &pages },
	{ "rounds", .number = &rounds },
	{ 0 },
};

/* push %rbp; mov %rsp,%rbp; movb $1,(%rdi); pop %rbp; ret */
static const unsigned char code[] = { 0x55, 0x48, 0x89, 0xe5, 0xc6, 0x07, 0x01, 0x5d, 0xc3 };

static WL_NOINLINE void run(void (*jitted)(char *), char *p)
{
	for (unsigned long i = 0; i < pages; i++)
		jitted(p + i * WL_PAGE);
}

int main(int argc, char **argv)
{
	char path[64];
	void *made;
	FILE *list;
	char *p;

	wl_options(argc, argv, options);
	wl_init("jit");
	made = wl_mmap(NULL, WL_PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memcpy(made, code, sizeof(code));
	snprintf(path, sizeof(path), "/tmp/perf-%d.map", getpid());
	list = fopen(path, "w");
	if (!list ||
	    fprintf(list, "%lx %zx jitted_write\n", (unsigned long)made, sizeof(code)) < 0 ||
	    fclose(list))
		wl_die("%s", path);
	p = wl_map_anon(pages * WL_PAGE);
	madvise(p, pages * WL_PAGE, MADV_NOHUGEPAGE);
	for (unsigned long i = 0; i < rounds; i++) {
		run((void (*)(char *))made, p);
		if (madvise(p, pages * WL_PAGE, MADV_DONTNEED))
			wl_die("madvise");
		/* long enough for who looks at live processes now and then */
		usleep(5000);
	}
	unlink(path);
	wl_finish("");
}
