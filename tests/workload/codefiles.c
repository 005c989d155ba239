// SPDX-License-Identifier: GPL-2.0-only
/*
 * codefiles - writes to fresh pages from code that lies in --files files, one function in each, and
 * gives the pages back, until SIGTERM.
 */
#include "workload.h"

#define MAX_FILES 1024

static unsigned long nr_files = 64;

static const struct wl_option options[] = {
	{ "files", .number = &nr_files },
	{ 0 },
};

/* push %rbp; mov %rsp,%rbp; movb $1,(%rdi); pop %rbp; ret */
static const unsigned char code[] = { 0x55, 0x48, 0x89, 0xe5, 0xc6, 0x07, 0x01, 0x5d, 0xc3 };

static volatile sig_atomic_t told_to_end;

static void on_term(int sig)
{
	(void)sig;
	told_to_end = 1;
}

/** make_code - a file of its own with the code. Return: where it is mapped. */
static void *make_code(void)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/codefiles-XXXXXX", wl_tmpdir());
	fd = mkstemp(path);
	if (fd < 0 || write(fd, code, sizeof(code)) != sizeof(code))
		wl_die("%s", path);
	unlink(path);
	return wl_mmap(NULL, WL_PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
}

int main(int argc, char **argv)
{
	static void (*write_page[MAX_FILES])(char *);
	char *p;

	wl_options(argc, argv, options);
	if (!nr_files || nr_files > MAX_FILES)
		_exit(WL_EXIT_USAGE);
	wl_init("codefiles");
	signal(SIGTERM, on_term);
	for (unsigned long i = 0; i < nr_files; i++)
		write_page[i] = (void (*)(char *))make_code();
	p = wl_map_anon(nr_files * WL_PAGE);
	for (bool first = true; !told_to_end; first = false) {
		for (unsigned long i = 0; i < nr_files; i++)
			write_page[i](p + i * WL_PAGE);
		if (madvise(p, nr_files * WL_PAGE, MADV_DONTNEED))
			wl_die("madvise");
		if (first && (puts("ready") < 0 || fflush(stdout)))
			wl_die("stdout");
	}
	wl_finish("");
}
