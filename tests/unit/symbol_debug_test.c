// SPDX-License-Identifier: GPL-2.0-only
/*
 * symbol_debug_test.c - separate debug files: the right one, in time, or none; and servers of them.
 */
#include "symbols.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>

static void wrong_debug_file_is_ignored(void **state)
{
	static const struct {
		const char *build;
		const char *command; /* on %s, its copy; NULL: none */
		bool known;
	} cases[] = {
		{ "debuglink", NULL, true },
		{ "debuglink", "echo >>%s/callchain.debug", false }, /* another CRC */
		{ "debuglink",
		  "objcopy --only-keep-debug " CHAIN_DIR "/O3-nofp/callchain %s/callchain.debug",
		  false },
		{ "debuglink", "rm %s/callchain.debug", false },
		{ "debuglink", "cd %s && mkdir .debug && mv callchain.debug .debug", true },
		{ "buildid", NULL, true },
		/* of another program, under this one's build-id */
		{ "buildid",
		  "for f in %s/debug/.build-id/*/*; do objcopy --only-keep-debug " CHAIN_DIR
		  "/O3-nofp/callchain $f; done",
		  false },
		{ "buildid", "for f in %s/debug/.build-id/*/*; do truncate -s 100 $f; done",
		  false },
		{ "minidebug", NULL, true },
		{ "bare", NULL, false },
	};
	char command[256], app[128], program[160], debug_dir[160];
	static struct chain c;

	(void)state;
	snprintf(app, sizeof(app), "%s/app", dir);
	snprintf(program, sizeof(program), "%s/callchain", app);
	snprintf(debug_dir, sizeof(debug_dir), "%s/debug", app);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct symbolizer_options options = { .debug_dir = debug_dir };

		run("rm -rf %s && cp -r " CHAIN_DIR "/%s %s", app, cases[i].build, app);
		if (cases[i].command) {
			snprintf(command, sizeof(command), cases[i].command, app);
			run("%s", command);
		}
		start(&options);
		chain_start(&c, program, "direct");
		chain_copy(&c);
		const struct symbol_process p = { .pid = (uint32_t)c.pid };

		if (is_leaf(&p, leaf_of(&c)) != cases[i].known)
			fail_msg("%s, %s: %s", cases[i].build,
				 cases[i].command ? cases[i].command : "as it is",
				 text_of(&p, leaf_of(&c), false));
		if (!cases[i].known)
			assert_memory_equal(text_of(&p, leaf_of(&c), false), "callchain+0x", 12);
		chain_end(&c);
	}
}

/* A sparse file, whose checksum takes seconds: it has its time, and what else is there has its own. */
static void time_limit_for_each_file(void **state)
{
	static const struct {
		const char *size;
		unsigned int given_up;
	} cases[] = { { "7G", 1 }, { "9G", 0 } }; /* the latter is not even looked at */
	/* half of it is for the debug file, whose 7 GiB no CPU sums up in a second */
	const struct symbolizer_options options = { .ms_per_file = 2000 };
	struct symbolizer_stats stats;
	char program[128];
	static struct chain c;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct unwind_frame ips[CHAIN_MAX];
		enum unwind_end end;

		run("rm -rf %s/app && cp -r " CHAIN_DIR "/debuglink %s/app", dir, dir);
		run("truncate -s %s %s/app/callchain.debug", cases[i].size, dir);
		snprintf(program, sizeof(program), "%s/app/callchain", dir);
		start(&options);
		chain_start(&c, program, "library");
		chain_copy(&c);
		const struct symbol_process p = { .pid = (uint32_t)c.pid };

		for (int k = 0; k < 100; k++)
			assert_memory_equal(text_of(&p, leaf_of(&c), false), "callchain+0x", 12);
		unwind__x86_64(s, &p, &c.input, ips, CHAIN_MAX, &end);
		assert_int_equal(end, UNWIND_COMPLETE);
		assert_memory_equal(text_of(&p, ips[2].ip, true), "library_inner+0x", 16);
		symbolizer__stats(s, &stats);
		assert_int_equal(stats.given_up, cases[i].given_up);
		assert_int_equal(stats.reader_starts, 1 + cases[i].given_up);
		chain_end(&c);
	}
}

static void debuginfod_is_used(void **state)
{
	static struct chain c;
	char url[160];

	(void)state;
	run("mkdir -p %s/web/buildid && cd " CHAIN_DIR
	    "/buildid/debug/.build-id && for f in */*; do "
	    "id=$(echo $f | tr -d / | sed 's/.debug$//') && mkdir %s/web/buildid/$id && "
	    "cp $f %s/web/buildid/$id/debuginfo; done",
	    dir, dir, dir);
	snprintf(url, sizeof(url), "file://%s/web", dir);
	setenv("DEBUGINFOD_URLS", url, 1);
	snprintf(url, sizeof(url), "%s/cache", dir);
	setenv("DEBUGINFOD_CACHE_PATH", url, 1);
	start(NULL);
	chain_start(&c, CHAIN_DIR "/buildid/callchain", "direct");
	chain_copy(&c);
	assert_true(is_leaf(&(struct symbol_process){ .pid = (uint32_t)c.pid }, leaf_of(&c)));
	unsetenv("DEBUGINFOD_URLS");
	start(NULL);
	assert_false(is_leaf(&(struct symbol_process){ .pid = (uint32_t)c.pid }, leaf_of(&c)));
	chain_end(&c);
}

/* A server that takes connections and says nothing. */
static void debuginfod_timeout(void **state)
{
	const struct symbolizer_options options = { .fetch_ms = 300 };
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct timespec from, to;
	static struct chain c;
	char url[64];

	(void)state;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d", ntohs(address.sin_port));
	setenv("DEBUGINFOD_URLS", url, 1);
	start(&options);
	chain_start(&c, CHAIN_DIR "/buildid/callchain", "library");
	chain_copy(&c);
	clock_gettime(CLOCK_MONOTONIC, &from);
	for (int i = 0; i < 3; i++)
		text_of(&(struct symbol_process){ .pid = (uint32_t)c.pid }, leaf_of(&c), false);
	clock_gettime(CLOCK_MONOTONIC, &to);
	assert_in_range(to.tv_sec - from.tv_sec, 0, 10);
	unsetenv("DEBUGINFOD_URLS");
	chain_end(&c);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrong_debug_file_is_ignored),
		cmocka_unit_test(time_limit_for_each_file),
		cmocka_unit_test(debuginfod_is_used),
		cmocka_unit_test(debuginfod_timeout),
	};

	return cmocka_run_group_tests_name("symbol_debug", tests, set_up, tear_down);
}
