// SPDX-License-Identifier: GPL-2.0-only
/*
 * forks - many short processes, some at a time; each writes to pages of its own, and unmaps them.
 *
 * Says "half" and "done" on stdout when half and all of them have ended; with --wait it then does
 * nothing until its stdin ends.
 */
#include "workload.h"

static unsigned long procs = 1000, pages = 4, parallel = 4;
static bool wait_at_end;

static void child(void)
{
	char *p = mmap(NULL, pages * WL_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0);

	if (p == MAP_FAILED)
		_exit(WL_EXIT_FAILED);
	wl_write(p, pages, WL_PAGE);
	_exit(munmap(p, pages * WL_PAGE) ? WL_EXIT_FAILED : 0);
}

static void reap(void)
{
	int status;

	while (wait(&status) < 0)
		if (errno != EINTR)
			wl_die("wait");
	if (status) {
		errno = ECHILD;
		wl_die("a child ended with status 0x%x", status);
	}
}

static void say(const char *word)
{
	if (write(1, word, strlen(word)) != (ssize_t)strlen(word))
		wl_die("write to stdout");
}

int main(int argc, char **argv)
{
	unsigned long live = 0;
	char c;

	wl_options(argc, argv,
		   (const struct wl_option[]){
			   { "procs", .number = &procs },
			   { "pages", .number = &pages },
			   { "parallel", .number = &parallel },
			   { "wait", .flag = &wait_at_end },
			   { 0 },
		   });
	wl_init("forks");
	for (unsigned long i = 0; i < procs; i++) {
		pid_t pid;

		if (live == parallel) {
			reap();
			live--;
		}
		if (i == procs / 2)
			say("half\n");
		pid = fork();
		if (pid < 0)
			wl_die("fork");
		if (!pid)
			child();
		live++;
	}
	while (live--)
		reap();
	say("done\n");
	while (wait_at_end && (read(0, &c, 1) > 0 || errno == EINTR))
		errno = 0;
	wl_finish("");
}
