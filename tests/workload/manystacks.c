// SPDX-License-Identifier: GPL-2.0-only
/*
 * manystacks - each write to a fresh page comes from a stack of its own: --depth calls of left() or
 * right(), as the bits of its number say. --children of them do the same one after another.
 *
 * --batch: it waits at its gate first, and after so many says "batch N" and waits for a byte of stdin
 */
#include "workload.h"

static unsigned long depth = 12, children, batch;
static char *page;

static const struct wl_option options[] = {
	{ "depth", .number = &depth },
	{ "children", .number = &children },
	{ "batch", .number = &batch },
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

/** await_byte - batch @number is done: whoever paces us may look at it first. */
static void await_byte(unsigned long number)
{
	char c;

	if (printf("batch %lu\n", number) < 0 || fflush(stdout))
		wl_die("stdout");
	while (read(STDIN_FILENO, &c, 1) < 0)
		if (errno != EINTR)
			wl_die("stdin");
}

static void write_all(void)
{
	page = wl_map_anon(WL_PAGE << depth);
	madvise(page, WL_PAGE << depth, MADV_NOHUGEPAGE);
	for (unsigned long i = 0; i < 1UL << depth; i++, page += WL_PAGE) {
		left(i, depth);
		if (batch && i % batch == batch - 1)
			await_byte(i / batch + 1);
	}
}

int main(int argc, char **argv)
{
	wl_options(argc, argv, options);
	wl_init("manystacks");
	if (batch)
		wl_gate();
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
