// SPDX-License-Identifier: GPL-2.0-only
/*
 * leave - faults under one command name, user or cgroup, then under another one, then under the
 * first again: what is taken in between is not the first one's.
 */
#include "workload.h"

#define FIRST 1000UL
#define AWAY 5000UL
#define AGAIN 100UL

static const char *how = "comm", *cgroup = "";
static char home[16];

/** join - move to a cgroup, by its directory */
static void join(const char *directory)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/cgroup.procs", directory);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "0", 1) != 1)
		wl_die("%s", path);
	close(fd);
}

static void leave(void)
{
	char parent[4096];

	if (!strcmp(how, "comm")) {
		prctl(PR_SET_NAME, "elsewhere");
	} else if (!strcmp(how, "uid")) {
		if (syscall(SYS_setresuid, 65534, -1, -1))
			wl_die("setresuid");
	} else {
		snprintf(parent, sizeof(parent), "%s/..", cgroup);
		join(parent);
	}
}

static void return_home(void)
{
	if (!strcmp(how, "comm")) {
		prctl(PR_SET_NAME, home);
	} else if (!strcmp(how, "uid")) {
		if (syscall(SYS_setresuid, 0, -1, -1))
			wl_die("setresuid");
	} else {
		join(cgroup);
	}
}

int main(int argc, char **argv)
{
	char *first, *away, *again;
	bool gate = false;

	wl_init("leave");
	wl_options(argc, argv,
		   (const struct wl_option[]){ { "how", .text = &how },
					       { "cgroup", .text = &cgroup },
					       { "gate", .flag = &gate },
					       { 0 } });
	prctl(PR_GET_NAME, home);
	first = wl_map_anon(FIRST * WL_PAGE);
	away = wl_map_anon(AWAY * WL_PAGE);
	again = wl_map_anon(AGAIN * WL_PAGE);
	leave(); /* their code runs once, and so takes no fault later */
	return_home();
	wl_warm();
	if (gate)
		wl_gate();
	wl_counted(wl_range_add("anon", first, FIRST * WL_PAGE), WL_WRITE, first, FIRST, WL_PAGE);
	leave();
	wl_write(away, AWAY, WL_PAGE);
	return_home();
	wl_counted(wl_range_add("anon", again, AGAIN * WL_PAGE), WL_WRITE, again, AGAIN, WL_PAGE);
	wl_finish("");
}
