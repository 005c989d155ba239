// SPDX-License-Identifier: GPL-2.0-only
/*
 * verifier_test - what the kernel's verifier has to do for each BPF program does not grow unseen.
 *
 * Every command loads its programs, with each variant of each hook that this kernel offers; the
 * verifier says how many instructions it processed. tests/vm/verifier.tsv holds the most that was
 * accepted for each program and kernel; tests/vm/verifier --update accepts what is there now.
 */
#include "check.h"
#include "scope.h"
#include "system.h"
#include "variants.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

#define MAX_PROGRAMS 128
#define MAX_COLUMNS 32
/* As much as a program may grow, in per cent, before somebody has to look at it. */
#define GROWTH 25

struct program {
	char name[64];
	long insns;    /* the most of all runs here; 0: in the object, but never loaded */
	long accepted; /* by the table; 0: not loaded there, -1: no such row */
};

static struct program programs[MAX_PROGRAMS];
static size_t nr_programs;
static bool has_column; /* the table knows this kernel */
static size_t refused;	/* runs that failed: a program that does not load, most likely */

static const char *table(void)
{
	return getenv("VMASCOPE_VERIFIER_TABLE") ?: "tests/vm/verifier.tsv";
}

/* What a column of the table is called: the guest's name, or this machine's kernel. */
static const char *kernel(void)
{
	static char name[64];
	struct utsname u;
	int dots = 0;

	if (getenv("VM_KERNEL"))
		return getenv("VM_KERNEL");
	vt_sys(uname(&u));
	for (char *p = u.release; *p; p++)
		if ((*p == '.' && ++dots == 2) || *p == '-')
			*p = 0;
	snprintf(name, sizeof(name), "native-%.32s", u.release);
	return name;
}

static struct program *program(const char *name)
{
	for (size_t i = 0; i < nr_programs; i++)
		if (!strcmp(programs[i].name, name))
			return &programs[i];
	vt_cmp(nr_programs, <, MAX_PROGRAMS, "programs");
	snprintf(programs[nr_programs].name, sizeof(programs[0].name), "%s", name);
	programs[nr_programs].accepted = -1;
	return &programs[nr_programs++];
}

/* Lines of libbpf's and of the verifier's; functions are in section .text, and no programs. */
static void read_log(char *log)
{
	struct program *now = NULL;
	char name[64], *save, *at;
	long insns;

	for (char *line = strtok_r(log, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		at = strstr(line, "libbpf: sec '");
		if (at && sscanf(at, "libbpf: sec '%*[^']': found program '%63[^']'", name) == 1 &&
		    !strstr(at, "sec '.text'"))
			program(name);
		at = strstr(line, "libbpf: prog '");
		if (at && strstr(at, "BEGIN PROG LOAD LOG") &&
		    sscanf(at, "libbpf: prog '%63[^']'", name) == 1)
			now = program(name);
		at = strstr(line, "processed ");
		if (!now || !at || sscanf(at, "processed %ld insns", &insns) != 1)
			continue;
		if (insns > now->insns)
			now->insns = insns;
		now = NULL;
	}
}

/*
 * Whatever makes a program larger: views that need more, and the filters. The first two are tried
 * with each variant of a hook, too, as the hook is used by one or the other; 40 loads take minutes
 * in a guest. A load of shootdown takes longest, and its hooks have programs of their own each:
 * variants of several hooks are tried at once. What the other hooks switch off makes every program
 * smaller, so each of those is tried alone.
 */
static const char *const runs[][12] = {
	{ "stat", "-vvv", "--heatmap", "--hist", "-n", "true", "-u", "0" },
	{ "shootdown", "-vvv", "--by", "site" },
	{ "stat", "-vvv" },
	{ "trace", "-vvv", "--wide", "--cause", "segv-maperr" },
	{ "trace", "-vvv", "--events", "fault,memcall,shootdown" },
};

/* Loads that run at the same time: in an emulated guest each takes long. */
#define AT_ONCE 4

/** struct loading - one of them */
struct loading {
	struct vt_cmd cmd;
	const char *argv[48];
	size_t argc;
};

static struct loading loading[AT_ONCE];
static size_t nr_loading;

/* The one that was started first. */
static void end_load(void)
{
	struct loading *l = &loading[0];

	vt_wait(&l->cmd, VT_PATIENCE);
	if (l->cmd.exit) {
		refused++;
		print_message("# exit status %d:", l->cmd.exit);
		for (size_t i = 1; i < l->argc; i++)
			print_message(" %s", l->argv[i]);
		print_message("\n");
	}
	read_log(l->cmd.err);
	vt_free(&l->cmd);
	memmove(&loading[0], &loading[1], --nr_loading * sizeof(*loading));
}

static void load(const char *const *args, const struct vt_variant *v)
{
	const size_t most = vt_cpus() < AT_ONCE ? vt_cpus() : AT_ONCE;
	struct loading *l;

	if (nr_loading == most)
		end_load();
	l = &loading[nr_loading++];
	memset(l, 0, sizeof(*l));
	l->argv[l->argc++] = vt_vmascope();
	while (*args)
		l->argv[l->argc++] = *args++;
	for (size_t i = 0; v && v->args[i]; i++)
		l->argv[l->argc++] = v->args[i];
	l->argv[l->argc++] = "--";
	l->argv[l->argc] = "true";
	vt_start(&l->cmd, NULL, l->argv);
}

/* Have one of the @nr of @joint force @v, too, or add it. Return: how many there are then. */
static size_t join(struct vt_variant *joint, size_t nr, const struct vt_variant *v)
{
	for (size_t i = 0; i < nr; i++)
		if (vt_variants_join(&joint[i], v))
			return nr;
	joint[nr] = *v;
	return nr + 1;
}

static void load_all(void)
{
	static struct vt_variant variants[VT_VARIANTS_MAX], joint[VT_VARIANTS_MAX];
	size_t nr = vt_variants(variants), nr_joint = 0;
	struct json_object *hooks;
	struct vt_scope s;

	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++)
		load(runs[i], NULL);
	vt_stat(&s, NULL, VT_ARGS("storm", "--faults", "1"));
	hooks = vt_need(s.json, "hooks", json_type_object);
	for (size_t i = 0; i < nr; i++) {
		const struct vt_variant *v = &variants[i];

		if (v->in_use)
			continue;
		if (strcmp(vt_str(hooks, v->hook), "not asked for"))
			load(runs[0], v);
		else
			nr_joint = join(joint, nr_joint, v);
	}
	for (size_t i = 0; i < nr_joint; i++)
		load(runs[1], &joint[i]);
	while (nr_loading)
		end_load();
	vt_scope_free(&s);
}

/* For tests/vm/verifier --update. */
static void write_measured(void)
{
	const char *results = getenv("VM_RESULTS");
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/verifier.tsv", results ? results : "build/tests");
	f = fopen(path, "we");
	if (!f)
		fail_msg("%s: %s", path, strerror(errno));
	fprintf(f, "program\t%s\n", kernel());
	for (size_t i = 0; i < nr_programs; i++)
		fprintf(f, "%s\t%ld\n", programs[i].name, programs[i].insns);
	fclose(f);
}

/* The cells of one line of the table; "-" is 0. */
static size_t cells(char *line, char **cell)
{
	size_t n = 0;
	char *save;

	line[strcspn(line, "\n")] = 0;
	for (char *p = strtok_r(line, "\t", &save); p; p = strtok_r(NULL, "\t", &save)) {
		vt_cmp(n, <, MAX_COLUMNS, "columns of %s", table());
		cell[n++] = p;
	}
	return n;
}

/*
 * The column of this kernel, or, for a kernel that has none (a developer's own machine), the
 * largest of each row.
 */
static void read_table(void)
{
	char *text = vt_read_file(table(), NULL), *save, *cell[MAX_COLUMNS];
	char *line = strtok_r(text, "\n", &save);
	size_t n, column = 0;

	while (line && *line == '#')
		line = strtok_r(NULL, "\n", &save);
	vt_true(line);
	n = cells(line, cell);
	for (size_t i = 1; i < n; i++)
		if (!strcmp(cell[i], kernel()))
			column = i;
	has_column = column;
	while ((line = strtok_r(NULL, "\n", &save))) {
		struct program *p;

		vt_equal(cells(line, cell), n, "columns of %s, %s", table(), cell[0]);
		p = program(cell[0]);
		p->accepted = 0;
		for (size_t i = 1; i < n; i++)
			if ((!column || i == column) && atol(cell[i]) > p->accepted)
				p->accepted = atol(cell[i]);
	}
	free(text);
}

static void verifier_costs_are_as_accepted(void **state)
{
	size_t bad = 0, loaded = 0;

	(void)state;
	load_all();
	write_measured();
	read_table();
	for (size_t i = 0; i < nr_programs; i++) {
		const struct program *p = &programs[i];
		const char *what = NULL;

		loaded += p->insns > 0;
		if (p->accepted < 0)
			what = "is new";
		else if (has_column && p->insns && !p->accepted)
			what = "was not loaded on this kernel";
		else if (has_column && !p->insns && p->accepted)
			what = "is not loaded on this kernel any more";
		else if (p->insns > p->accepted + p->accepted * GROWTH / 100)
			what = "grew";
		if (!what)
			continue;
		bad++;
		print_message("# %s %s: %ld instructions processed on %s, accepted: %ld\n", p->name,
			      what, p->insns, kernel(), p->accepted < 0 ? 0 : p->accepted);
	}
	vt_cmp(loaded, >=, 5, "programs that this kernel loads");
	vt_equal(refused, 0, "runs that failed");
	if (bad)
		fail_msg("%zu programs are not as in %s; tests/vm/verifier --update accepts them",
			 bad, table());
}

static const struct CMUnitTest tests[] = {
	VT_TEST(verifier_costs_are_as_accepted),
};

VT_MAIN(tests)
