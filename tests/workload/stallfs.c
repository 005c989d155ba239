// SPDX-License-Identifier: GPL-2.0-only
/*
 * stallfs - a file system (FUSE) with one file, whose server stops answering:
 *
 *	stallfs DIRECTORY FILE usr1|flush
 *
 * mounts FILE as DIRECTORY/callchain, says "ready", and answers until SIGUSR1, or all but what
 * closing a file asks. Who then waits for it is not even ended by SIGKILL.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define NAME "callchain"
#define FILE_NODE 2
#define MAX_READ (1u << 17)

static volatile sig_atomic_t stalled;
static char request[MAX_READ + 4096];
static char data[MAX_READ];
static int device, file;
static off_t size;

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static void on_usr1(int sig)
{
	(void)sig;
	stalled = 1;
}

static void answer(const struct fuse_in_header *in, int err, const void *bytes, size_t len)
{
	struct fuse_out_header out = { .len = (uint32_t)(sizeof(out) + len),
				       .error = -err,
				       .unique = in->unique };
	const struct iovec iov[] = { { &out, sizeof(out) }, { (void *)bytes, len } };

	/* one that was interrupted is not there any more */
	if (writev(device, iov, 2) < 0 && errno != ENOENT)
		die("stallfs: answer");
}

static struct fuse_attr attr_of(uint64_t node)
{
	return (struct fuse_attr){
		.ino = node,
		.size = node == FILE_NODE ? (uint64_t)size : 0,
		.mode = node == FILE_NODE ? S_IFREG | 0755 : S_IFDIR | 0755,
		.nlink = 1,
		.blksize = 4096,
	};
}

static void look_up(const struct fuse_in_header *in, const char *name)
{
	const struct fuse_entry_out out = { .nodeid = FILE_NODE, .attr = attr_of(FILE_NODE) };
	const bool found = !strcmp(name, NAME);

	answer(in, found ? 0 : ENOENT, &out, found ? sizeof(out) : 0);
}

static void read_file(const struct fuse_in_header *in, const struct fuse_read_in *r)
{
	const ssize_t n = pread(file, data, r->size < MAX_READ ? r->size : MAX_READ,
				(off_t)r->offset);

	answer(in, n < 0 ? EIO : 0, data, n < 0 ? 0 : (size_t)n);
}

static void serve(const struct fuse_in_header *in, const void *arg)
{
	const struct fuse_init_out init = { .major = FUSE_KERNEL_VERSION,
					    .minor = 31,
					    .max_readahead = MAX_READ,
					    .max_write = 4096 };
	const struct fuse_attr_out attr = { .attr = attr_of(in->nodeid) };
	const struct fuse_open_out open_out = { .open_flags = FOPEN_KEEP_CACHE };
	const struct fuse_statfs_out statfs_out = { .st = { .bsize = 4096, .namelen = 255 } };

	switch (in->opcode) {
	case FUSE_INIT:
		answer(in, 0, &init, sizeof(init));
		break;
	case FUSE_LOOKUP:
		look_up(in, arg);
		break;
	case FUSE_GETATTR:
		answer(in, 0, &attr, sizeof(attr));
		break;
	case FUSE_OPEN:
		answer(in, 0, &open_out, sizeof(open_out));
		break;
	case FUSE_READ:
		read_file(in, arg);
		break;
	case FUSE_STATFS:
		answer(in, 0, &statfs_out, sizeof(statfs_out));
		break;
	case FUSE_FLUSH:
	case FUSE_RELEASE:
		answer(in, 0, NULL, 0);
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		break;
	default:
		answer(in, ENOSYS, NULL, 0);
	}
}

int main(int argc, char **argv)
{
	const struct fuse_in_header *in = (const void *)request;
	const bool no_flush = argc == 4 && !strcmp(argv[3], "flush");
	char options[128];
	struct stat st;

	if (argc != 4)
		return 2;
	signal(SIGUSR1, on_usr1);
	file = open(argv[2], O_RDONLY | O_CLOEXEC);
	device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (file < 0 || device < 0 || fstat(file, &st))
		die("stallfs: open");
	size = st.st_size;
	snprintf(options, sizeof(options), "fd=%d,rootmode=40755,user_id=0,group_id=0,allow_other",
		 device);
	if (mount("stallfs", argv[1], "fuse", 0, options))
		die("stallfs: mount");
	printf("ready\n");
	fflush(stdout);
	for (;;) {
		const ssize_t n = read(device, request, sizeof(request));

		if (n < 0 && errno != EINTR && errno != EAGAIN && errno != ENOENT)
			die("stallfs: read");
		/* taken, so that it cannot be taken back */
		if (n > 0 && !stalled && !(no_flush && in->opcode == FUSE_FLUSH))
			serve(in, in + 1);
	}
}
