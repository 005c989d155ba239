// SPDX-License-Identifier: GPL-2.0-only
/*
 * names - maps one of everything that has a name in /proc/PID/maps, touches it, and copies its
 * own maps file into the result, for a comparison line by line.
 */
#include "workload.h"

#include <sys/ipc.h>
#include <sys/shm.h>

#define PAGES 16UL

static char kept[2][512]; /* files to remove at the end */
static int nr_kept;

static char *touched(const char *kind, int prot, int flags, int fd)
{
	size_t len = PAGES * WL_PAGE;
	char *p = wl_map(len, prot, flags, fd);

	wl_counted(wl_range_add(kind, p, len), WL_WRITE, p, PAGES, WL_PAGE);
	return p;
}

static void map_file(const char *kind, const char *format, bool delete)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), format, wl_tmpdir());
	fd = wl_make_file(path, PAGES);
	if (delete)
		unlink(path);
	else
		strcpy(kept[nr_kept++], path);
	touched(kind, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd);
	close(fd);
}

static char shm_name[64];

static void map_shm(void)
{
	int fd;

	snprintf(shm_name, sizeof(shm_name), "/vmascope-names-%d", getpid());
	shm_unlink(shm_name); /* of an earlier process with this pid, which was killed */
	fd = shm_open(shm_name, O_RDWR | O_CREAT | O_EXCL, 0600);

	if (fd < 0 || ftruncate(fd, (off_t)(PAGES * WL_PAGE)))
		wl_die("shm_open");
	touched("shm", PROT_READ | PROT_WRITE, MAP_SHARED, fd);
	close(fd);
}

static void map_memfd(void)
{
	int fd = memfd_create("vmascope-names", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, (off_t)(PAGES * WL_PAGE)))
		wl_die("memfd_create");
	touched("memfd", PROT_READ | PROT_WRITE, MAP_SHARED, fd);
	close(fd);
}

static void map_sysv(void)
{
	size_t len = PAGES * WL_PAGE;
	int id = shmget(IPC_PRIVATE, len, IPC_CREAT | 0600);
	char *p = id < 0 ? (void *)-1 : shmat(id, NULL, 0);

	if (p == (void *)-1)
		wl_die("shmat");
	shmctl(id, IPC_RMID, NULL);
	wl_counted(wl_range_add("sysv", p, len), WL_WRITE, p, PAGES, WL_PAGE);
}

static void touch_heap(void)
{
	uintptr_t brk = (uintptr_t)sbrk(0);
	size_t pad = -brk & (WL_PAGE - 1);
	char *p = sbrk((intptr_t)(pad + PAGES * WL_PAGE));
	struct wl_range *r;

	if (p == (void *)-1)
		wl_die("sbrk");
	r = wl_range_add("heap", p + pad, PAGES * WL_PAGE);
	r->slack = 64;
	wl_counted(r, WL_WRITE, p + pad, PAGES, WL_PAGE);
}

/* A name with what /proc/PID/maps must escape: a newline; and a space, which it does not. */
static void map_odd_name(void)
{
	map_file("odd", "%s/vmascope odd\nname.XXXXXX", false);
}

static size_t read_maps(char *buf, size_t size)
{
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n;

	while (fd >= 0 && len < size && (n = read(fd, buf + len, size - len)) > 0)
		len += (size_t)n;
	if (!len)
		wl_die("/proc/self/maps");
	close(fd);
	return len;
}

/* The maps file as a JSON string. */
static void quote_maps(char *out, const char *maps, size_t len)
{
	out += sprintf(out, "\"maps\":\"");
	for (size_t i = 0; i < len; i++) {
		if (maps[i] == '\n')
			out += sprintf(out, "\\n");
		else if (maps[i] == '\\' || maps[i] == '"')
			out += sprintf(out, "\\%c", maps[i]);
		else
			*out++ = maps[i];
	}
	strcpy(out, "\",");
}

int main(int argc, char **argv)
{
	static char maps[65536], extra[2 * sizeof(maps)];
	bool gate = false, linger = false;

	wl_init("names");
	wl_options(argc, argv,
		   (const struct wl_option[]){
			   { "gate", .flag = &gate },
			   { "linger", .flag = &linger },
			   { 0 },
		   });
	if (gate)
		wl_gate();
	wl_warm();
	touched("anon", PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	touched("shared-anon", PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1);
	map_file("file", "%s/vmascope-names.XXXXXX", false);
	map_file("deleted", "%s/vmascope-names.XXXXXX", true);
	map_odd_name();
	map_shm();
	map_memfd();
	map_sysv();
	touch_heap();
	quote_maps(extra, maps, read_maps(maps, sizeof(maps)));
	if (linger)
		wl_gate();
	for (int i = 0; i < nr_kept; i++)
		unlink(kept[i]);
	shm_unlink(shm_name);
	wl_finish(extra);
}
