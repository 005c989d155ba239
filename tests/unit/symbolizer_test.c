// SPDX-License-Identifier: GPL-2.0-only
/*
 * symbolizer_test.c - names of addresses: the right one, or none.
 */
#include "symbols.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <gelf.h>
#include <search.h>

#include "sys/proc_maps.h"

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

static void data_has_no_function_name(void **state)
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

static void plt_stubs_are_unnamed(void **state)
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
static void new_mapping_is_found(void **state)
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

static void function_without_a_size(void **state)
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

static void names_are_demangled(void **state)
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

/* --- The kernel --- */

static void kernel_names_or_hidden_addresses(void **state)
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

static void frames_are_printed(void **state)
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_functions_have_names),
		cmocka_unit_test(data_has_no_function_name),
		cmocka_unit_test(the_vdso_has_names),
		cmocka_unit_test(plt_stubs_are_unnamed),
		cmocka_unit_test(new_mapping_is_found),
		cmocka_unit_test(function_without_a_size),
		cmocka_unit_test(names_are_demangled),
		cmocka_unit_test(kernel_names_or_hidden_addresses),
		cmocka_unit_test(memory_is_bounded),
		cmocka_unit_test(frames_are_printed),
	};

	return cmocka_run_group_tests_name("symbolizer", tests, set_up, tear_down);
}
