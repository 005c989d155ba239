// SPDX-License-Identifier: GPL-2.0-only
/*
 * stallfs - a file system (FUSE) with one file, whose server stops answering:
 *
 *	stallfs DIRECTORY FILE usr1|flush
 *
 * mounts FILE as DIRECTORY/callchain, says "ready", and answers until SIGUSR1, or all but what
 * closing a file asks. Who then waits for it is not even ended by SIGKILL.
 */
#include "fusefs.h"

#include <signal.h>
#include <stdbool.h>

static volatile sig_atomic_t stalled;
static char data[FUSEFS_MAX_READ];
static int file;

static void on_usr1(int sig)
{
	(void)sig;
	stalled = 1;
}

static void read_file(struct fusefs *fs, const struct fuse_in_header *in,
		      const struct fuse_read_in *r)
{
	const ssize_t n = pread(file, data, r->size < sizeof(data) ? r->size : sizeof(data),
				(off_t)r->offset);

	fusefs_answer(fs, in, n < 0 ? EIO : 0, data, n < 0 ? 0 : (size_t)n);
}

int main(int argc, char **argv)
{
	struct fusefs fs = { .name = "callchain", .read = read_file };
	const bool no_flush = argc == 4 && !strcmp(argv[3], "flush");
	const struct fuse_in_header *in;
	struct stat st;

	if (argc != 4)
		return 2;
	signal(SIGUSR1, on_usr1);
	file = open(argv[2], O_RDONLY | O_CLOEXEC);
	if (file < 0 || fstat(file, &st))
		fusefs_die("stallfs: open");
	fs.size = st.st_size;
	if (fusefs_mount(&fs, argv[1]))
		fusefs_die("stallfs: mount");
	printf("ready\n");
	fflush(stdout);
	for (;;) {
		in = fusefs_request(&fs);
		/* taken, so that it cannot be taken back */
		if (in && !stalled && !(no_flush && in->opcode == FUSE_FLUSH))
			fusefs_serve(&fs, in);
	}
}
