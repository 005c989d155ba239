// SPDX-License-Identifier: GPL-2.0-only
/*
 * symbol_hostile_test.c - a traced process names files that it may not read, or that are no
 * files: nothing of them is shown, nothing of them is read, and nobody waits for them.
 */
#include "symbols.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "symbol/helper/foreign_file.h"
#include "symbol/opener/open_file.h"

#define NOBODY 65534
#define JITTED "jitted_here"

/** struct attacker - a process of another user; @map: the name of its perf map; @secret: root's */
struct attacker {
	pid_t pid;
	char *code;
	char map[64];
	char secret[128];
	int go[2];
	int ready[2];
};

static struct attacker a;

static void put(const char *path, mode_t mode, const char *text)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		fail_msg("cannot write %s: %s", path, strerror(errno));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static const char *lines(const char *name)
{
	static char text[256];

	snprintf(text, sizeof(text), "%lx 1000 %s\n", (unsigned long)(uintptr_t)a.code, name);
	return text;
}

/* --- What the attacker puts in the place of its list; as nobody, unless it says so --- */

static int own_file(void)
{
	put(a.map, 0600, lines(JITTED));
	return 0;
}

static int link_to_secret(void)
{
	return symlink(a.secret, a.map);
}

static int link_to_own(void)
{
	char own[128];

	snprintf(own, sizeof(own), "%s.own", a.map);
	put(own, 0600, lines(JITTED));
	return symlink(own, a.map);
}

static int second_name(void)
{
	char own[128];

	snprintf(own, sizeof(own), "%s.own", a.map);
	put(own, 0600, lines(JITTED));
	return link(own, a.map);
}

static int link_to_kmsg(void)
{
	return symlink("/proc/kmsg", a.map);
}

static int link_to_trace_pipe(void)
{
	return symlink("/sys/kernel/tracing/trace_pipe", a.map);
}

static int link_to_root(void)
{
	return symlink("/proc/self/root", a.map);
}

static int fifo(void)
{
	return mkfifo(a.map, 0600);
}

static int directory(void)
{
	return mkdir(a.map, 0700);
}

static int writable_by_all(void)
{
	put(a.map, 0666, lines(JITTED));
	return 0;
}

static int too_large(void)
{
	own_file();
	return truncate(a.map, 6LL << 30);
}

static int of_an_older_process(void)
{
	const struct timespec then[2] = { { .tv_sec = time(NULL) - 3600 },
					  { .tv_sec = time(NULL) - 3600 } };

	own_file();
	return utimensat(AT_FDCWD, a.map, then, 0);
}

/* By root, as a container's own mounts are. */
static int mount_over(const char *what)
{
	put(a.map, 0600, "");
	return chown(a.map, NOBODY, NOBODY) || unshare(CLONE_NEWNS) ||
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	       mount(what, a.map, NULL, MS_BIND, NULL);
}

static int mounted_kmsg(void)
{
	return mount_over("/proc/kmsg");
}

static int mounted_secret(void)
{
	return mount_over(a.secret);
}

/* By root, who may link to what it does not own. */
static int second_name_of_secret(void)
{
	return link(a.secret, a.map);
}

static const struct {
	const char *what;
	int (*plant)(void);
	bool by_root;
	bool named;
} attacks[] = {
	{ .what = "a list of its own", .plant = own_file, .named = true },
	{ .what = "a link to a secret", .plant = link_to_secret },
	{ .what = "a link to its own file", .plant = link_to_own },
	{ .what = "another name of its own file", .plant = second_name },
	{ .what = "a link to /proc/kmsg", .plant = link_to_kmsg },
	{ .what = "a link to trace_pipe", .plant = link_to_trace_pipe },
	{ .what = "a magic link", .plant = link_to_root },
	{ .what = "a FIFO", .plant = fifo },
	{ .what = "a directory", .plant = directory },
	{ .what = "a list that all may write", .plant = writable_by_all },
	{ .what = "a list of 6 GiB", .plant = too_large },
	{ .what = "a list of an older process", .plant = of_an_older_process },
	{ .what = "/proc/kmsg mounted over it", .plant = mounted_kmsg, .by_root = true },
	{ .what = "a secret mounted over it", .plant = mounted_secret, .by_root = true },
	{ .what = "another name of a secret", .plant = second_name_of_secret, .by_root = true },
};

static void attack(int (*plant)(void), bool by_root)
{
	char done = 0;

	snprintf(a.map, sizeof(a.map), "/tmp/perf-%d.map", getpid());
	if (by_root && plant())
		_exit(1);
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY) || (!by_root && plant()))
		_exit(2);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (write(a.ready[1], "y", 1) != 1 || read(a.go[0], &done, 1) != 1)
		_exit(3);
	_exit(0);
}

/* boot time, in clock ticks, as the kernel has it */
static uint64_t start_of(pid_t pid)
{
	char path[64], stat[1024] = "", *at;
	uint64_t ticks;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "re");
	assert_non_null(f);
	assert_non_null(fgets(stat, sizeof(stat), f));
	fclose(f);
	at = strrchr(stat, ')');
	for (int field = 2; at && field < 22; field++)
		at = strchr(at + 1, ' ');
	assert_non_null(at);
	ticks = strtoull(at, NULL, 10);
	return ticks * (1000000000ULL / (uint64_t)sysconf(_SC_CLK_TCK));
}

static void begin(int (*plant)(void), bool by_root)
{
	char ready;

	assert_int_equal(pipe(a.ready), 0);
	assert_int_equal(pipe(a.go), 0);
	a.pid = fork();
	assert_true(a.pid >= 0);
	if (!a.pid)
		attack(plant, by_root);
	snprintf(a.map, sizeof(a.map), "/tmp/perf-%d.map", a.pid);
	close(a.ready[1]);
	if (read(a.ready[0], &ready, 1) != 1)
		fail_msg("the attacker cannot prepare its attack");
}

static void end(void)
{
	int status;

	assert_int_equal(write(a.go[1], "", 1), 1);
	assert_int_equal(waitpid(a.pid, &status, 0), a.pid);
	assert_int_equal(status, 0);
	close(a.ready[0]);
	close(a.go[0]);
	close(a.go[1]);
	run("rm -rf %s %s.own", a.map, a.map);
}

static void prepare(void)
{
	if (getuid())
		skip();
	a.code = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(a.code != MAP_FAILED);
	snprintf(a.secret, sizeof(a.secret), "%s/secret", dir);
	put(a.secret, 0600, lines("root:secret"));
}

static void perf_map_link_to_a_secret_is_refused(void **state)
{
	(void)state;
	prepare();
	for (size_t i = 0; i < sizeof(attacks) / sizeof(*attacks); i++) {
		struct symbol_process p = { 0 };
		const char *text;

		begin(attacks[i].plant, attacks[i].by_root);
		p.pid = (uint32_t)a.pid;
		p.start_ns = start_of(a.pid);
		start(NULL);
		text = text_of(&p, (uintptr_t)a.code + 4, false);
		if (strcmp(text, JITTED "+0x4") == !!attacks[i].named)
			fail_msg("%s: %s", attacks[i].what, text);
		if (strstr(text, "secret"))
			fail_msg("%s: %s", attacks[i].what, text);
		end();
	}
}

/* While a list is read, its owner replaces it, cuts it and lets it grow. */
static int in_change(void)
{
	own_file();
	if (fork())
		return 0;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (unsigned int i = 0;; i++) {
		if (i % 4 == 0)
			unlink(a.map);
		if (i % 4 < 2)
			put(a.map, 0600, lines(JITTED));
		if (i % 4 == 2 && truncate(a.map, 3))
			_exit(1);
		if (i % 4 == 3 && truncate(a.map, 32 << 20))
			_exit(1);
	}
}

/* It becomes a link to a secret, a FIFO and a directory, while it is looked at. */
static int in_swap(void)
{
	own_file();
	if (fork())
		return 0;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (unsigned int i = 0;; i++) {
		if (unlink(a.map) && errno == EISDIR && rmdir(a.map))
			_exit(1);
		if (i % 4 == 0)
			own_file();
		else if (i % 4 == 1 ? link_to_secret() : i % 4 == 2 ? fifo() : directory())
			_exit(1);
	}
}

/** read_while - @plant changes the list: what is read of it is right, or nothing */
static void read_while(int (*plant)(void))
{
	struct symbol_process p = { 0 };
	char bare[32];

	prepare();
	begin(plant, false);
	p.pid = (uint32_t)a.pid;
	snprintf(bare, sizeof(bare), "0x%lx", (unsigned long)(uintptr_t)a.code + 4);
	for (int i = 0; i < 40; i++) {
		const char *text;

		start(NULL);
		text = text_of(&p, (uintptr_t)a.code + 4, false);
		if (strcmp(text, bare) && strcmp(text, JITTED "+0x4"))
			fail_msg("%s", text);
	}
	end();
}

static void perf_map_changes_while_read(void **state)
{
	(void)state;
	read_while(in_change);
}

static void perf_map_is_swapped_while_opened(void **state)
{
	(void)state;
	read_while(in_swap);
}

/*
 * Many JITs write their list as they end; then the file is all that is left. As long as nobody has
 * waited for the process, /proc has it, but no root of it.
 */
static void written_at_exit(bool waited)
{
	struct symbol_process p = { .image = 1 };
	siginfo_t ended;
	char bare[32];

	begin(fifo, false);
	p.pid = (uint32_t)a.pid;
	p.start_ns = start_of(a.pid);
	snprintf(bare, sizeof(bare), "0x%lx", (unsigned long)(uintptr_t)a.code + 4);
	start(NULL);
	symbolizer__note(s, &p);
	assert_string_equal(text_of(&p, (uintptr_t)a.code + 4, false), bare);
	assert_int_equal(unlink(a.map), 0);
	put(a.map, 0600, lines(JITTED));
	assert_int_equal(chown(a.map, NOBODY, NOBODY), 0);
	assert_int_equal(write(a.go[1], "", 1), 1);
	assert_int_equal(waitid(P_PID, (id_t)a.pid, &ended, WEXITED | (waited ? 0 : WNOWAIT)), 0);
	assert_int_equal(symbolizer__end_process(s, &p, NULL, 0), 0);
	assert_string_equal(text_of(&p, (uintptr_t)a.code + 4, false), JITTED "+0x4");
	if (!waited)
		assert_int_equal(waitpid(a.pid, NULL, 0), a.pid);
	start(NULL);
	close(a.ready[0]);
	close(a.go[0]);
	close(a.go[1]);
	run("rm -rf %s", a.map);
}

static void perf_map_written_at_exit(void **state)
{
	(void)state;
	prepare();
	written_at_exit(false);
	written_at_exit(true);
}

/* --- The rule itself --- */

static void only_regular_files_are_opened(void **state)
{
	static const struct {
		const char *path;
		int err;
	} files[] = {
		{ "/proc/self/status", -EOPNOTSUPP },
		{ "/proc/kmsg", -EOPNOTSUPP },
		{ "/proc/cmdline", -EOPNOTSUPP },
		{ "/sys/kernel/notes", -EOPNOTSUPP },
		{ "/dev/null", -EINVAL },
		{ "/tmp", -EINVAL },
		{ "/dev/zero", -EINVAL },
		{ "/bin/true", 0 },
	};
	static const struct file_rule any = { 0 };
	struct stat st;

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		const int fd = open(files[i].path, O_PATH);
		int err;

		if (fd < 0)
			continue;
		err = foreign_file__check(fd, &any, &st);
		close(fd);
		if (err != files[i].err)
			fail_msg("%s: %d, not %d", files[i].path, err, files[i].err);
	}
}

static void symbolic_links_in_paths(void **state)
{
	char path[256];
	struct stat st;
	int fd;

	(void)state;
	run("mkdir %s/root && echo x >%s/root/file && ln -s file %s/root/link && "
	    "ln -s ../../../etc/passwd %s/root/out && mkdir %s/root/d",
	    dir, dir, dir, dir, dir);
	snprintf(path, sizeof(path), "%s/root", dir);
	fd = foreign_file__find(path, "/file", FOREIGN_LINKS_NONE);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(foreign_file__find(path, "/link", FOREIGN_LINKS_NONE), -ELOOP);
	assert_int_equal(foreign_file__find(path, "d/../../secret", FOREIGN_LINKS_NONE), -EXDEV);
	fd = foreign_file__find(path, "/link", FOREIGN_LINKS_IN_ROOT);
	assert_true(fd >= 0 && !fstat(fd, &st) && S_ISREG(st.st_mode));
	close(fd);
	/* out of the root there is nothing */
	assert_int_equal(foreign_file__find(path, "/out", FOREIGN_LINKS_IN_ROOT), -ENOENT);
}

/* --- Debug files --- */

/* The program names its debug file, which its own user must be able to read. */
static void debug_file_unreadable_by_the_process(void **state)
{
	static const struct {
		const char *owner;
		const char *mode;
		bool named;
	} cases[] = { { "0", "600", false }, { "0", "644", true }, { "65534", "600", true } };
	static struct chain c;
	char wrapper[128];

	(void)state;
	if (getuid())
		skip();
	snprintf(wrapper, sizeof(wrapper), "%s/as-nobody", dir);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct symbol_process p = { 0 };

		run("chmod 755 %s; rm -rf %s/app && cp -r " CHAIN_DIR "/debuglink %s/app && "
		    "chown %s %s/app/*.debug && chmod %s %s/app/*.debug",
		    dir, dir, dir, cases[i].owner, dir, cases[i].mode, dir);
		run("printf '#!/bin/sh\\nexec setpriv --reuid=65534 --clear-groups "
		    "%s/app/callchain \"$@\"\\n' >%s && chmod 755 %s",
		    dir, wrapper, wrapper);
		chain_start(&c, wrapper, "direct");
		chain_copy(&c);
		start(NULL);
		p.pid = (uint32_t)c.pid;
		if (is_leaf(&p, leaf_of(&c)) != cases[i].named)
			fail_msg("owner %s, mode %s: %s", cases[i].owner, cases[i].mode,
				 text_of(&p, leaf_of(&c), false));
		chain_end(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(perf_map_link_to_a_secret_is_refused),
		cmocka_unit_test(perf_map_changes_while_read),
		cmocka_unit_test(perf_map_is_swapped_while_opened),
		cmocka_unit_test(perf_map_written_at_exit),
		cmocka_unit_test(only_regular_files_are_opened),
		cmocka_unit_test(symbolic_links_in_paths),
		cmocka_unit_test(debug_file_unreadable_by_the_process),
	};

	return cmocka_run_group_tests_name("symbol_hostile", tests, set_up, tear_down);
}
