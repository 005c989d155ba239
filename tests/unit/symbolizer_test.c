// SPDX-License-Identifier: GPL-2.0-only
/*
 * symbolizer_test.c - names of addresses: the right one, or none; whatever became of file and process.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <gelf.h>
#include <netinet/in.h>
#include <search.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>

#include "capture/proc_maps.h"
#include "chain.h"
#include "symbol/symbolizer.h"

#define MAX_MAPS 256
#define PROGRAM CHAIN_DIR "/O2-nofp"

static struct symbolizer *s;
static char dir[64]; /* of this test's own files */

static struct symbol_process self(void)
{
	return (struct symbol_process){ .pid = (uint32_t)getpid() };
}

/* "name+0x…", "file+0x…" or "0x…", good until the next call */
static const char *text_of(const struct symbol_process *p, uint64_t ip, bool is_return_address)
{
	static char text[256];
	struct symbol_frame f;

	assert_int_equal(symbolizer__user(s, p, ip, is_return_address, &f, 1), 1);
	assert_int_equal(f.ip, ip);
	symbol_print(&f, true, text, sizeof(text));
	return text;
}

static void run(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void run(const char *format, ...)
{
	char command[512];
	va_list args;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	if (system(command))
		fail_msg("failed: %s", command);
}

static void start(const struct symbolizer_options *options)
{
	symbolizer__free(s);
	assert_int_equal(symbolizer__new(&s, options), 0);
}

/** A function that only this file knows. */
static __attribute__((noinline)) int own_static_function(int n)
{
	__asm__ volatile("" : "+r"(n));
	return n + 1;
}

/* --- Where the file is there --- */

static void own_functions_have_names(void **state)
{
	const struct symbol_process p = self();
	const uint64_t at = (uintptr_t)own_static_function;

	(void)state;
	own_static_function(1);
	assert_string_equal(text_of(&p, at, false), "own_static_function+0x0");
	assert_string_equal(text_of(&p, at + 3, false), "own_static_function+0x3");
	assert_string_equal(text_of(&p, (uintptr_t)hcreate + 1, false), "hcreate+0x1");
}

static void data_is_no_function(void **state)
{
	const struct symbol_process p = self();
	static int variable;
	char expected[32];
	int local;

	(void)state;
	snprintf(expected, sizeof(expected), "%p", (void *)&variable);
	assert_string_equal(text_of(&p, (uintptr_t)&variable, false), expected);
	snprintf(expected, sizeof(expected), "%p", (void *)&local);
	assert_string_equal(text_of(&p, (uintptr_t)&local, false), expected);
	assert_string_equal(text_of(&p, 0, false), "0x0");
	assert_string_equal(text_of(&p, UINT64_MAX, true), "0xffffffffffffffff");
}

static void the_vdso_has_names(void **state)
{
	void *vdso = dlopen("linux-vdso.so.1", RTLD_LAZY | RTLD_NOLOAD);
	const struct symbol_process p = self();
	void *function = vdso ? dlsym(vdso, "__vdso_clock_gettime") : NULL;
	struct symbol_frame f;

	(void)state;
	assert_non_null(function);
	symbolizer__user(s, &p, (uintptr_t)function, false, &f, 1);
	assert_string_equal(f.module, "[vdso]");
	assert_non_null(f.name);
	/* it has two names; the one that a program would use is told */
	assert_string_equal(f.name, "clock_gettime");
	dlclose(vdso);
}

/* Offset and address of a section of an ELF file. */
static void find_section(const char *path, const char *name, GElf_Shdr *found)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	Elf_Scn *scn = NULL;
	size_t strings;
	Elf *elf;

	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	assert_non_null(elf);
	assert_int_equal(elf_getshdrstrndx(elf, &strings), 0);
	memset(found, 0, sizeof(*found));
	while ((scn = elf_nextscn(elf, scn))) {
		GElf_Shdr shdr;

		assert_non_null(gelf_getshdr(scn, &shdr));
		if (!strcmp(elf_strptr(elf, strings, shdr.sh_name), name))
			*found = shdr;
	}
	elf_end(elf);
	close(fd);
	if (!found->sh_size)
		fail_msg("%s has no %s", path, name);
}

/** struct loaded - a library that this process has mapped; @base: where its address 0 is */
struct loaded {
	void *handle;
	uint64_t base;
	char path[256];
};

static void load(struct loaded *l, const char *build)
{
	uint64_t address;
	struct proc_maps maps;
	const struct proc_map *map;
	char *path = realpath(".", NULL);

	snprintf(l->path, sizeof(l->path), "%s/" CHAIN_DIR "/%s/libchain.so", path, build);
	free(path);
	l->handle = dlopen(l->path, RTLD_NOW);
	assert_non_null(l->handle);
	address = (uintptr_t)dlsym(l->handle, "chain_library");
	assert_int_not_equal(address, 0);
	assert_int_equal(proc_maps__read(&maps, getpid()), 0);
	map = proc_maps__find(&maps, address);
	assert_non_null(map);
	/* its segments are where the file has them */
	l->base = map->start - map->offset;
	proc_maps__free(&maps);
}

static void stubs_have_no_name(void **state)
{
	const struct symbol_process p = self();
	struct loaded l;
	GElf_Shdr plt;
	char expected[64];

	(void)state;
	run("cc -shared -fPIC -fcf-protection=none -Wl,-z,lazy -o %s/stubs.so -x c - <<'E'\n"
	    "int puts(const char *s); int chain_library(void) { return puts(\"\") + 1; }\nE",
	    dir);
	snprintf(l.path, sizeof(l.path), "%s/stubs.so", dir);
	l.handle = dlopen(l.path, RTLD_NOW);
	assert_non_null(l.handle);
	find_section(l.path, ".plt", &plt);
	for (uint64_t at = 0; at < plt.sh_size; at += 8) {
		struct symbol_frame f;
		uint64_t base = (uintptr_t)dlsym(l.handle, "chain_library");
		GElf_Shdr code;

		find_section(l.path, ".text", &code);
		base = base / 4096 * 4096 - code.sh_addr / 4096 * 4096;
		symbolizer__user(s, &p, base + plt.sh_addr + at, false, &f, 1);
		assert_null(f.name);
		snprintf(expected, sizeof(expected), "stubs.so+0x%lx",
			 (unsigned long)(plt.sh_addr + at));
		assert_string_equal(text_of(&p, base + plt.sh_addr + at, false), expected);
	}
	dlclose(l.handle);
}

/* A library that was not there when the mappings were read. */
static void a_new_mapping_is_found(void **state)
{
	const struct symbol_process p = self();
	struct loaded l;

	(void)state;
	start(NULL);
	text_of(&p, (uintptr_t)own_static_function, false);
	load(&l, "O2-nofp");
	usleep(100000); /* they are not read again more often than that */
	assert_string_equal(text_of(&p, (uintptr_t)dlsym(l.handle, "chain_library") + 2, false),
			    "chain_library+0x2");
	dlclose(l.handle);
	symbolizer__forget(s, &p);
}

static void a_size_that_is_not_told(void **state)
{
	const struct symbol_process p = self();
	char expected[64];
	struct loaded l;
	uint64_t at;

	(void)state;
	/* with all symbols: up to the next one */
	load(&l, "O2-nofp");
	symbolizer__forget(s, &p);
	at = (uintptr_t)dlsym(l.handle, "chain_sizeless");
	assert_string_equal(text_of(&p, at, false), "chain_sizeless+0x0");
	assert_string_equal(text_of(&p, at + 3, false), "chain_sizeless+0x3");
	assert_string_equal(text_of(&p, at + 4, false), "hidden_sizeless+0x0");
	assert_string_equal(text_of(&p, at + 7, false), "hidden_sizeless+0x3");
	dlclose(l.handle);
	/* with those alone that it exports: nobody knows */
	load(&l, "bare");
	symbolizer__forget(s, &p);
	at = (uintptr_t)dlsym(l.handle, "chain_sizeless");
	assert_string_equal(text_of(&p, at, false), "chain_sizeless+0x0");
	for (uint64_t i = 1; i < 8; i++) {
		snprintf(expected, sizeof(expected), "libchain.so+0x%lx",
			 (unsigned long)(at + i - l.base));
		assert_string_equal(text_of(&p, at + i, false), expected);
	}
	dlclose(l.handle);
	symbolizer__forget(s, &p);
}

static void names_are_as_in_the_source(void **state)
{
	const struct symbol_process p = self();
	struct symbol_frame f;
	void *handle, *at;

	(void)state;
	run("cc -shared -fPIC -o %s/mangled.so -x c - <<'E'\n"
	    "int chain_library(void) { return 1; }\n"
	    "int _ZN4some5place3runEiPKc(void) { return 2; }\n"
	    "int _ZN4nope(void) { return 3; }\nE",
	    dir);
	run("ln %s/mangled.so %s/link.so", dir, dir);
	{
		char path[128];

		snprintf(path, sizeof(path), "%s/mangled.so", dir);
		handle = dlopen(path, RTLD_NOW);
	}
	assert_non_null(handle);
	symbolizer__forget(s, &p);
	at = dlsym(handle, "_ZN4some5place3runEiPKc");
	symbolizer__user(s, &p, (uintptr_t)at + 1, false, &f, 1);
	/* with libstdc++ there, what it makes of it; else as it is */
	if (dlopen("libstdc++.so.6", RTLD_LAZY))
		assert_string_equal(f.name, "some::place::run(int, char const*)");
	else
		assert_string_equal(f.name, "_ZN4some5place3runEiPKc");
	assert_int_equal(f.offset, 1);
	symbolizer__user(s, &p, (uintptr_t)dlsym(handle, "_ZN4nope"), false, &f, 1);
	assert_string_equal(f.name, "_ZN4nope");
	dlclose(handle);
	symbolizer__forget(s, &p);
}

/* --- Where the file or the process is gone --- */

static uint64_t leaf_of(const struct chain *c)
{
	return c->input.regs[16];
}

static void start_copy(struct chain *c, const char *mode)
{
	char program[128];

	run("rm -rf %s/app && mkdir %s/app && cp " PROGRAM "/* %s/app/", dir, dir, dir);
	snprintf(program, sizeof(program), "%s/app/callchain", dir);
	chain_start(c, program, mode);
	chain_copy(c);
}

static bool is_leaf(const struct symbol_process *p, uint64_t ip)
{
	return !strncmp(text_of(p, ip, false), "leaf+0x", 7);
}

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

static void an_exited_process(void **state)
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

static void a_build_id_decides(void **state)
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
static void the_end_of_a_process(void **state)
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

static void another_process_of_the_same_number(void **state)
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

/* --- Debug files --- */

static void a_wrong_debug_file_is_not_taken(void **state)
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
static void a_file_that_takes_too_long(void **state)
{
	static const struct {
		const char *size;
		unsigned int given_up;
	} cases[] = { { "7G", 1 }, { "9G", 0 } }; /* the latter is not even looked at */
	const struct symbolizer_options options = { .ms_per_file = 400 };
	struct symbolizer_stats stats;
	struct timespec from, to;
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

		clock_gettime(CLOCK_MONOTONIC, &from);
		for (int k = 0; k < 100; k++)
			assert_memory_equal(text_of(&p, leaf_of(&c), false), "callchain+0x", 12);
		clock_gettime(CLOCK_MONOTONIC, &to);
		assert_in_range(to.tv_sec - from.tv_sec, 0, 5);
		unwind__x86_64(s, &p, &c.input, ips, CHAIN_MAX, &end);
		assert_int_equal(end, UNWIND_COMPLETE);
		assert_memory_equal(text_of(&p, ips[2].ip, true), "library_inner+0x", 16);
		symbolizer__stats(s, &stats);
		assert_int_equal(stats.given_up, cases[i].given_up);
		assert_int_equal(stats.reader_starts, 1 + cases[i].given_up);
		chain_end(&c);
	}
}

static void debuginfod_is_asked(void **state)
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
static void debuginfod_may_not_answer(void **state)
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

static void a_container_has_files_of_its_own(void **state)
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

static void a_jit_has_names(void **state)
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

/* --- The kernel --- */

static void the_kernel_has_names_or_hides_them(void **state)
{
	char line[256], name[128], type, module[64];
	uint64_t at, start_at = 0;
	struct symbol_frame f;
	FILE *k = fopen("/proc/kallsyms", "r");

	(void)state;
	assert_non_null(k);
	while (fgets(line, sizeof(line), k))
		if (sscanf(line, "%lx %c %127s %63s", &at, &type, name, module) == 3 &&
		    type == 'T' && !strcmp(name, "vfs_read"))
			start_at = at;
	fclose(k);
	symbolizer__kernel(s, start_at + 5, true, &f);
	if (start_at) {
		assert_string_equal(f.name, "vfs_read");
		assert_int_equal(f.offset, 5);
		assert_string_equal(f.module, "[kernel]");
	} else {
		assert_null(f.name);
	}
	symbolizer__kernel(s, 0x1000, false, &f);
	assert_null(f.name);
}

/* --- Bounds --- */

/* Too little memory costs names, and time, but what is told is right. */
static void memory_is_bounded(void **state)
{
	enum {
		NR = 6,
		MAX = 16 << 10
	};
	static const char *const builds[NR] = { "O0-fp", "O1-fp",   "O2-fp",
						"O3-fp", "O1-nofp", "O2-nofp" };
	const struct symbolizer_options options = { .max_bytes = MAX };
	struct symbolizer_stats stats;
	static struct chain c[NR];

	(void)state;
	start(&options);
	for (size_t i = 0; i < NR; i++) {
		char program[128];

		snprintf(program, sizeof(program), CHAIN_DIR "/%s/callchain", builds[i]);
		chain_start(&c[i], program, "callback");
		chain_copy(&c[i]);
	}
	for (int round = 0; round < 10; round++) {
		for (size_t i = 0; i < NR; i++) {
			const struct symbol_process p = { .pid = (uint32_t)c[i].pid };
			struct unwind_frame ips[CHAIN_MAX];
			enum unwind_end end;
			size_t nr;

			nr = unwind__x86_64(s, &p, &c[i].input, ips, CHAIN_MAX, &end);
			assert_int_equal(end, UNWIND_COMPLETE);
			assert_true(nr > 6);
			assert_true(is_leaf(&p, leaf_of(&c[i])));
			/* the C library has more functions than there is room for */
			assert_memory_equal(text_of(&p, ips[2].ip, true), "libc.so.6+0x", 12);
			symbolizer__stats(s, &stats);
			assert_true(stats.bytes < MAX + (16 << 10));
		}
	}
	assert_true(stats.dropped > 0);
	assert_int_equal(stats.reader_starts, 1);
	for (size_t i = 0; i < NR; i++)
		chain_end(&c[i]);
}

/* --- Printing --- */

static void frames_print(void **state)
{
	static const struct {
		struct symbol_frame f;
		bool offset;
		const char *text;
	} cases[] = {
		{ { .name = "malloc", .offset = 26 }, true, "malloc+0x1a" },
		{ { .name = "malloc", .offset = 26 }, false, "malloc" },
		{ { .name = "inl", .inlined = true }, true, "inl" },
		{ { .module = "/lib/libc.so.6", .in_file = true, .module_offset = 0x9be7f },
		  true,
		  "libc.so.6+0x9be7f" },
		{ { .module = "[vdso]", .in_file = true, .module_offset = 0x60 },
		  false,
		  "[vdso]+0x60" },
		{ { .module = "[anon]", .ip = 0x7f00 }, true, "0x7f00" },
		{ { .ip = 0xffffffffff600000 }, true, "0xffffffffff600000" },
	};
	char text[64], small[4];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		symbol_print(&cases[i].f, cases[i].offset, text, sizeof(text));
		assert_string_equal(text, cases[i].text);
	}
	assert_int_equal(symbol_print(&cases[0].f, true, small, sizeof(small)), 11);
	assert_string_equal(small, "mal");
}

static int set_up(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/vmascope-symbols.XXXXXX");
	return !mkdtemp(dir) || symbolizer__new(&s, NULL);
}

static int tear_down(void **state)
{
	(void)state;
	symbolizer__free(s);
	run("rm -rf %s", dir);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_functions_have_names),
		cmocka_unit_test(data_is_no_function),
		cmocka_unit_test(the_vdso_has_names),
		cmocka_unit_test(stubs_have_no_name),
		cmocka_unit_test(a_new_mapping_is_found),
		cmocka_unit_test(a_size_that_is_not_told),
		cmocka_unit_test(names_are_as_in_the_source),
		cmocka_unit_test(deleted_and_replaced_files),
		cmocka_unit_test(an_exited_process),
		cmocka_unit_test(a_build_id_decides),
		cmocka_unit_test(the_end_of_a_process),
		cmocka_unit_test(another_process_of_the_same_number),
		cmocka_unit_test(a_wrong_debug_file_is_not_taken),
		cmocka_unit_test(a_file_that_takes_too_long),
		cmocka_unit_test(debuginfod_is_asked),
		cmocka_unit_test(debuginfod_may_not_answer),
		cmocka_unit_test(a_container_has_files_of_its_own),
		cmocka_unit_test(a_jit_has_names),
		cmocka_unit_test(the_kernel_has_names_or_hides_them),
		cmocka_unit_test(memory_is_bounded),
		cmocka_unit_test(frames_print),
	};

	return cmocka_run_group_tests_name("symbolizer", tests, set_up, tear_down);
}
