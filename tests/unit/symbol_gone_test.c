// SPDX-License-Identifier: GPL-2.0-only
/*
 * symbol_gone_test.c - names where the file is deleted or another one, or the process has ended.
 */
#include "symbols.h"

#include <time.h>

#include "sys/proc_maps.h"

#define MAX_MAPS 256

/* What was mapped is still there, whatever its path leads to. */
static void deleted_and_replaced_files(void **state)
{
	static const char *const commands[] = {
		"rm %s/app/callchain",
		"cp " CHAIN_DIR "/O0-fp/callchain %s/new && mv %s/new %s/app/callchain",
		"mv %s/app %s/moved",
		"rm %s/app/callchain && mkdir %s/app/callchain",
		"rm %s/app/callchain && mkfifo %s/app/callchain",
		"rm %s/app/callchain && ln -s /dev/zero %s/app/callchain",
	};
	static struct chain c;

	(void)state;
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		char command[256];

		run("rm -rf %s/moved", dir);
		start(NULL);
		start_copy(&c, "direct");
		snprintf(command, sizeof(command), commands[i], dir, dir, dir);
		run("%s", command);
		if (!is_leaf(&(struct symbol_process){ .pid = (uint32_t)c.pid }, leaf_of(&c)))
			fail_msg("after: %s", command);
		chain_end(&c);
	}
}

static uint64_t boot_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000ULL + (uint64_t)t.tv_nsec;
}

/* As the tracer's BPF side notes mappings; good until the next call. */
static size_t note_maps(pid_t pid, struct symbol_map *to)
{
	static struct proc_maps maps;
	size_t nr = 0;

	proc_maps__free(&maps);
	assert_int_equal(proc_maps__read(&maps, pid), 0);
	for (size_t i = 0; i < maps.nr; i++) {
		const struct proc_map *m = &maps.maps[i];

		if (m->perms[2] != 'x')
			continue;
		assert_true(nr < MAX_MAPS);
		to[nr++] = (struct symbol_map){ .start = m->start,
						.end = m->end,
						.pgoff = m->offset,
						.path = m->name,
						.inode = m->inode,
						.dev_major = m->dev_major,
						.dev_minor = m->dev_minor };
	}
	assert_true(nr > 1);
	return nr;
}

static void exited_process(void **state)
{
	static const struct {
		const char *command; /* after its end; NULL: nothing happens */
		bool known;
	} cases[] = {
		{ NULL, true },
		{ "touch -a %s/app", true },
		{ "rm %s/app/callchain", false },
		{ "cp " CHAIN_DIR "/O0-fp/callchain %s/new && mv %s/new %s/app/callchain", false },
		/* the same inode, perhaps: it may have been written */
		{ "cat " CHAIN_DIR "/O0-fp/callchain >%s/app/callchain", false },
		{ "touch %s/app/callchain", false },
		{ "cp %s/app/callchain %s/new && mv %s/new %s/app/callchain", false },
	};
	static struct symbol_map maps[MAX_MAPS];
	static struct chain c;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct symbol_process p;
		char command[256];
		bool known;
		size_t nr;

		start(NULL);
		start_copy(&c, "direct");
		p = (struct symbol_process){ (uint32_t)c.pid, boot_ns(), 1 };
		nr = note_maps(c.pid, maps);
		chain_end(&c);
		assert_int_equal(symbolizer__set_maps(s, &p, maps, nr), 0);
		if (cases[i].command) {
			/* time stamps of files are as coarse as the tick */
			usleep(20000);
			snprintf(command, sizeof(command), cases[i].command, dir, dir, dir, dir);
			run("%s", command);
		}
		known = is_leaf(&p, leaf_of(&c));
		if (known != cases[i].known)
			fail_msg("%s: %s", cases[i].command ? cases[i].command : "nothing",
				 known ? "known" : "not known");
		/* where in the file is known in any case */
		if (!known)
			assert_memory_equal(text_of(&p, leaf_of(&c), false), "callchain+0x", 12);
	}
}

static void build_id_identifies_the_file(void **state)
{
	static struct symbol_map maps[MAX_MAPS];
	unsigned char id[64];
	static struct chain c;
	size_t nr, len = 0;
	unsigned int byte;
	char command[128];
	FILE *f;

	(void)state;
	snprintf(command, sizeof(command),
		 "readelf -n " PROGRAM "/callchain | sed -n 's/^ *Build ID: *//p'");
	f = popen(command, "r");
	while (fscanf(f, "%2x", &byte) == 1 && len < sizeof(id))
		id[len++] = (unsigned char)byte;
	pclose(f);
	assert_int_equal(len, 20);
	for (int wrong = 0; wrong < 2; wrong++) {
		struct symbol_process p;

		start(NULL);
		start_copy(&c, "direct");
		p = (struct symbol_process){ (uint32_t)c.pid, boot_ns(), 1 };
		nr = note_maps(c.pid, maps);
		chain_end(&c);
		/* another inode, but the same program, or said to be another */
		run("cp %s/app/callchain %s/new && mv %s/new %s/app/callchain", dir, dir, dir, dir);
		id[0] ^= wrong;
		for (size_t i = 0; i < nr; i++)
			if (strstr(maps[i].path, "/callchain")) {
				maps[i].build_id = id;
				maps[i].build_id_len = len;
			}
		assert_int_equal(symbolizer__set_maps(s, &p, maps, nr), 0);
		assert_int_equal(is_leaf(&p, leaf_of(&c)), !wrong);
	}
}

/* Of a process that is gone both count: what was read of it, and what is told; not if they differ. */
static void mappings_of_an_exited_process(void **state)
{
	static struct symbol_map maps[2 * MAX_MAPS];
	static struct chain c;

	(void)state;
	for (int asked = 0; asked < 2; asked++) {
		for (int disputed = 0; disputed < 2; disputed++) {
			struct symbol_process p;
			size_t nr;

			start(NULL);
			start_copy(&c, "direct");
			/* a live one has to have begun when it did, to the tick */
			p = (struct symbol_process){ (uint32_t)c.pid, asked ? 0 : boot_ns(), 1 };
			nr = note_maps(c.pid, maps);
			if (asked)
				assert_true(is_leaf(&p, leaf_of(&c)));
			chain_end(&c);
			for (size_t i = 0; i < nr && disputed; i++) {
				maps[nr + i] = maps[i];
				maps[nr + i].inode++;
			}
			assert_int_equal(
				symbolizer__end_process(s, &p, maps, disputed ? 2 * nr : nr), 0);
			assert_int_equal(is_leaf(&p, leaf_of(&c)), !disputed);
			/* later news of it can't be of this program */
			assert_int_equal(symbolizer__end_process(s, &p, NULL, 0), 0);
			assert_int_equal(is_leaf(&p, leaf_of(&c)), !disputed);
		}
	}
}

static void reused_pid(void **state)
{
	static struct chain c;
	char expected[32];

	(void)state;
	start(NULL);
	start_copy(&c, "direct");
	/* it began when this machine did: that is another one */
	const struct symbol_process other = { .pid = (uint32_t)c.pid, .start_ns = 1 };

	snprintf(expected, sizeof(expected), "0x%lx", (unsigned long)leaf_of(&c));
	assert_string_equal(text_of(&other, leaf_of(&c), false), expected);
	assert_true(is_leaf(&(struct symbol_process){ .pid = (uint32_t)c.pid }, leaf_of(&c)));
	chain_end(&c);
	const struct symbol_process gone = { .pid = (uint32_t)c.pid, .image = 2 };

	assert_string_equal(text_of(&gone, leaf_of(&c), false), expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(deleted_and_replaced_files),
		cmocka_unit_test(exited_process),
		cmocka_unit_test(build_id_identifies_the_file),
		cmocka_unit_test(mappings_of_an_exited_process),
		cmocka_unit_test(reused_pid),
	};

	return cmocka_run_group_tests_name("symbol_gone", tests, set_up, tear_down);
}
