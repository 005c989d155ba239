// SPDX-License-Identifier: GPL-2.0-only
/*
 * symbol_elsewhere_test.c - names that are elsewhere: in the files of a container, in the list of a JIT.
 */
#include "symbols.h"

#include <sys/mman.h>
#include <sys/stat.h>

/* --- Containers --- */

/* In @c's own mount namespace, program and debug file are where nobody else sees them. */
static void start_in_container(struct chain *c, const char *build)
{
	char command[512], line[2048] = "";
	FILE *f;

	snprintf(command, sizeof(command),
		 "unshare %s --mount sh -c 'mkdir -p %s/c && mount -t tmpfs none %s/c && "
		 "cp -r " CHAIN_DIR "/%s/* %s/c/ && exec %s/c/callchain direct' & echo $!; wait",
		 getuid() ? "--user --map-root-user" : "", dir, dir, build, dir, dir);
	memset(c, 0, sizeof(*c));
	f = popen(command, "r");
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof(line), f));
	c->pid = atoi(line);
	if (!fgets(line, sizeof(line), f))
		fail_msg("cannot run: %s", command);
	chain_parse(c, line);
	assert_int_equal(c->pid, c->tid);
}

static void files_of_a_container(void **state)
{
	static const char *const builds[] = { "O2-nofp", "debuglink" };
	static struct chain c;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct user_regs_struct r;
		char path[128];

		start(NULL);
		start_in_container(&c, builds[i]);
		snprintf(path, sizeof(path), "%s/c/callchain", dir);
		assert_int_not_equal(access(path, F_OK), 0);
		assert_int_equal(ptrace(PTRACE_SEIZE, c.pid, NULL, NULL), 0);
		do {
			assert_int_equal(ptrace(PTRACE_INTERRUPT, c.pid, NULL, NULL), 0);
			assert_int_equal(waitpid(c.pid, NULL, __WALL), c.pid);
			assert_int_equal(ptrace(PTRACE_GETREGS, c.pid, NULL, &r), 0);
			if (r.orig_rax != SYS_pause)
				ptrace(PTRACE_CONT, c.pid, NULL, NULL);
		} while (r.orig_rax != SYS_pause);
		if (!is_leaf(&(struct symbol_process){ .pid = (uint32_t)c.pid }, r.rip))
			fail_msg("%s: %s", builds[i],
				 text_of(&(struct symbol_process){ .pid = (uint32_t)c.pid }, r.rip,
					 false));
		kill(c.pid, SIGKILL);
		waitpid(c.pid, NULL, __WALL);
	}
}

/* --- JITs --- */

static void write_perf_map(const char *mode, mode_t perms, const char *text)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/tmp/perf-%d.map", getpid());
	if (mode[0] == 'w')
		unlink(path);
	f = fopen(path, mode);
	assert_non_null(f);
	fputs(text, f);
	fchmod(fileno(f), perms);
	fclose(f);
}

static void jit_function_names(void **state)
{
	const struct symbol_process p = self();
	char *code = mmap(NULL, 8192, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const uint64_t at = (uintptr_t)code;
	char text[256], bare[32], path[64];
	struct symbol_frame f;

	(void)state;
	snprintf(path, sizeof(path), "/tmp/perf-%d.map", getpid());
	snprintf(bare, sizeof(bare), "0x%lx", (unsigned long)at + 8);
	snprintf(text, sizeof(text), "%lx 20 jitted one\n", (unsigned long)at);
	/* no list; a list that anybody may have written; a true one */
	unlink(path);
	start(NULL);
	assert_string_equal(text_of(&p, at + 8, false), bare);
	write_perf_map("w", 0666, text);
	start(NULL);
	assert_string_equal(text_of(&p, at + 8, false), bare);
	write_perf_map("w", 0644, text);
	start(NULL);
	assert_string_equal(text_of(&p, at + 8, false), "jitted one+0x8");
	symbolizer__user(s, &p, at + 8, false, &f, 1);
	assert_string_equal(f.module, path);
	assert_false(f.in_file);
	/* it grows */
	snprintf(text, sizeof(text), "%lx 20 jitted again\n", (unsigned long)at);
	write_perf_map("a", 0644, text);
	for (int i = 0; i < 40 && strcmp(text_of(&p, at + 8, false), "jitted again+0x8"); i++)
		usleep(50000);
	assert_string_equal(text_of(&p, at + 8, false), "jitted again+0x8");
	assert_string_equal(text_of(&p, at + 0x20, true), "jitted again+0x20");
	if (!getuid()) {
		assert_int_equal(chown(path, 1234, 1234), 0);
		start(NULL);
		assert_string_equal(text_of(&p, at + 8, false), bare);
	}
	unlink(path);
	munmap(code, 8192);
}

/* Its file is the kernel's own: nobody can open it, and no code lies at a place in it. */
static void code_in_shared_anonymous_memory(void **state)
{
	const struct symbol_process p = self();
	char *code = mmap(NULL, 8192, PROT_READ | PROT_EXEC, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	const uint64_t at = (uintptr_t)code;
	char text[256], bare[32];
	struct symbol_frame f;

	(void)state;
	snprintf(bare, sizeof(bare), "0x%lx", (unsigned long)at + 8);
	start(NULL);
	assert_string_equal(text_of(&p, at + 8, false), bare);
	symbolizer__user(s, &p, at + 8, false, &f, 1);
	assert_string_equal(f.module, "[anon_shmem]");
	assert_false(f.in_file);
	snprintf(text, sizeof(text), "%lx 20 jitted one\n", (unsigned long)at);
	write_perf_map("w", 0644, text);
	start(NULL);
	assert_string_equal(text_of(&p, at + 8, false), "jitted one+0x8");
	snprintf(text, sizeof(text), "/tmp/perf-%d.map", getpid());
	unlink(text);
	munmap(code, 8192);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_of_a_container),
		cmocka_unit_test(jit_function_names),
		cmocka_unit_test(code_in_shared_anonymous_memory),
	};

	return cmocka_run_group_tests_name("symbol_elsewhere", tests, set_up, tear_down);
}
