// SPDX-License-Identifier: GPL-2.0-only
/*
 * manystacks - each write to a fresh page comes from a stack of its own: --depth calls of left() or
 * right(), as the bits of its number say. --children of them do the same one after another.
 */
#include "workload.h"

static unsigned long depth = 12, children = 0, pause_every = 16;
static char *page;

static const struct wl_option options[] = {
	{ "depth", .number = &depth },
	{ "children", .number = &children },
	{ "pause-every", .number = &pause_every },
	{ 0 },
};

static void right(unsigned long number, unsigned long left_over);

static WL_NOINLINE void write_page(void)
{
	*(volatile char *)page = 1;
	__asm__ volatile("");
}

static WL_NOINLINE void left(unsigned long number, unsigned long left_over)
{
	if (!left_over)
		write_page();
	else if (number & 1)
		right(number >> 1, left_over - 1);
	else
		left(number >> 1, left_over - 1);
	__asm__ volatile("" ::: "memory");
}

static WL_NOINLINE void right(unsigned long number, unsigned long left_over)
{
	if (!left_over)
		write_page();
	else if (number & 1)
		right(number >> 1, left_over - 1);
	else
		left(number >> 1, left_over - 1);
	/* another text, so that the compiler does not make one function of both */
	__asm__ volatile("# right" ::: "memory");
}

static void write_all(void)
{
	page = wl_map_anon(WL_PAGE << depth);
	madvise(page, WL_PAGE << depth, MADV_NOHUGEPAGE);
	for (unsigned long i = 0; i < 1UL << depth; i++, page += WL_PAGE) {
		left(i, depth);
		if (i % pause_every == pause_every - 1)
			usleep(1000);
	}
}

int main(int argc, char **argv)
{
	wl_options(argc, argv, options);
	wl_init("manystacks");
	for (unsigned long i = 0; i < children; i++) {
		const pid_t pid = fork();

		if (pid < 0)
			wl_die("fork");
		if (!pid) {
			write_all();
			_exit(0);
		}
		if (waitpid(pid, NULL, 0) != pid)
			wl_die("waitpid");
	}
	if (!children)
		write_all();
	wl_finish("");
}
