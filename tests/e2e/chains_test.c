// SPDX-License-Identifier: GPL-2.0-only
/*
 * chains_test - stacks of faults in a program that knows its own calls, in all its builds.
 *
 * callchain notes each call as it makes it, prints them, and touches FAULTS new pages. All builds
 * and modes run under one vmascope; what it shows of each must be what that process noted: by
 * DWARF all of it, by frame pointers as far as they reach. gdb, stopped at the same line, must see
 * the same functions at the same places.
 */
#include "chains.h"
#include "check.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>
#include <stdlib.h>

#define FAULTS 50
#define MAX_RUNS 256
#define NR(a) (sizeof(a) / sizeof(*(a)))

/** struct build - one of callchain's; @fp: it keeps frame pointers */
struct build {
	const char *name;
	enum vt_names names;
	bool fp;
};

static const struct build builds[] = {
	{ "O0-fp", VT_NAMES_LINES, true },	 { "O0-nofp", VT_NAMES_LINES, false },
	{ "O1-fp", VT_NAMES_LINES, true },	 { "O1-nofp", VT_NAMES_LINES, false },
	{ "O2-fp", VT_NAMES_LINES, true },	 { "O2-nofp", VT_NAMES_LINES, false },
	{ "O3-fp", VT_NAMES_LINES, true },	 { "O3-nofp", VT_NAMES_LINES, false },
	{ "debuglink", VT_NAMES_LINES, false },	 { "minidebug", VT_NAMES_ALL, false },
	{ "compressed", VT_NAMES_LINES, false }, { "bare", VT_NAMES_EXPORTED, false },
};

static const char *const modes[] = {
	"direct", "recursion", "tail",	   "last",    "inlining", "library", "callback",
	"thread", "handler",   "altstack", "nowhere", "frames",	  "large",
};

/**
 * struct run - one process: what it said, and what vmascope shows
 * @stack: a stack of its touches; @faults: of all of them
 */
struct run {
	pid_t pid;
	const struct build *build;
	const char *mode;
	struct vt_chain chain;
	struct json_object *stack;
	int64_t faults;
};

/** struct runs - all of one vmascope; @for_gdb: of gdb_builds alone */
struct runs {
	struct vt_cmd cmd;
	struct json_object *json;
	struct run list[MAX_RUNS];
	size_t nr;
	bool for_gdb;
};

/** Builds that gdb is asked about, which takes its time: those without frame pointers. */
static const char *const gdb_builds[] = { "O0-nofp", "O2-nofp", "O3-nofp" };

static bool asks_gdb(const struct build *build)
{
	for (size_t i = 0; i < NR(gdb_builds); i++)
		if (!strcmp(gdb_builds[i], build->name))
			return true;
	return false;
}

/*
 * The shell's own number of each process follows what that printed: a thread has another one. A
 * process has few megabytes of copies of stacks; the next one begins when vmascope, the shell's parent,
 * sleeps, which it does when it has read them: on any machine the ring has room for them. The shell
 * looks by itself: a program that it runs would have stacks, too.
 */
static const char *script(bool for_gdb)
{
	static const char sleeps[] =
		"until read -r s </proc/$PPID/stat && case $s in *\") S \"*) ;; "
		"*) false ;; esac; do :; done";
	static char text[2048];
	size_t at = 0;

	at += (size_t)snprintf(text, sizeof(text), "for b in");
	for (size_t i = 0; i < NR(builds); i++)
		if (!for_gdb || asks_gdb(&builds[i]))
			at += (size_t)snprintf(text + at, sizeof(text) - at, " %s", builds[i].name);
	at += (size_t)snprintf(text + at, sizeof(text) - at, "; do\nfor m in");
	for (size_t i = 0; i < NR(modes); i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, " %s", modes[i]);
	snprintf(text + at, sizeof(text) - at,
		 "; do\n%s/$b/callchain $m %d & wait $! || exit 1\necho $! $b $m\n%s\ndone\ndone\n",
		 vt_workload("callchain"), FAULTS, sleeps);
	return text;
}

static void parse_run(struct run *r, char *line, const char *id)
{
	char build[16], mode[16];

	vt_chain_parse(&r->chain, line);
	vt_equal(sscanf(id, "%d %15s %15s", &r->pid, build, mode), 3, "fields of %s", id);
	for (size_t i = 0; i < NR(builds); i++)
		if (!strcmp(builds[i].name, build))
			r->build = &builds[i];
	for (size_t i = 0; i < NR(modes); i++)
		if (!strcmp(modes[i], mode))
			r->mode = modes[i];
	vt_true(r->build && r->mode);
}

static void parse_runs(struct runs *all)
{
	char *save, *line, *id;

	for (line = strtok_r(all->cmd.out, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		id = strtok_r(NULL, "\n", &save);
		vt_true(id && all->nr < MAX_RUNS);
		parse_run(&all->list[all->nr++], line, id);
	}
	vt_equal(all->nr, (all->for_gdb ? NR(gdb_builds) : NR(builds)) * NR(modes), "processes");
}

static struct run *run_of(struct runs *all, int64_t pid)
{
	for (size_t i = 0; i < all->nr; i++)
		if (all->list[i].pid == pid)
			return &all->list[i];
	return NULL;
}

/* The touches: without lines, only their number tells. The first one may have a place of its own. */
static bool is_touch(const struct run *r, struct json_object *stack)
{
	const struct vt_call *leaf = &r->chain.calls[0];

	if (r->build->names != VT_NAMES_LINES)
		return vt_int(stack, "faults") >= FAULTS - 1;
	return vt_len(stack, "frames") &&
	       vt_frame_is(vt_at(stack, "frames", 0), leaf->name, leaf->line);
}

static void check_sums(struct json_object *json)
{
	struct json_object *stack;
	int64_t sum = vt_int(json, "stacks_rest.overflow") + vt_int(json, "stacks_rest.no_stack");

	vt_each(stack, json, "stacks") sum += vt_int(stack, "faults");
	vt_equal(sum, vt_int(json, "totals.faults"), "faults of all stacks");
	vt_equal(vt_int(json, "lost.stacks"), 0, "stacks that were lost");
	vt_equal(vt_int(json, "lost.samples"), 0, "copies of stacks that were lost");
}

static void check_run(struct run *r, struct json_object *stack, bool dwarf)
{
	const enum vt_unwind unwind = dwarf	     ? VT_UNWIND_DWARF
				      : r->build->fp ? VT_UNWIND_FP
						     : VT_UNWIND_NONE;
	char what[64];

	snprintf(what, sizeof(what), "%s %s", r->build->name, r->mode);
	vt_check_chain(&r->chain, stack, r->build->names, unwind, what);
	r->stack = stack;
	r->faults += vt_int(stack, "faults");
}

/* For the log: what there is instead. */
static void show_run(struct json_object *json, const struct run *r)
{
	struct json_object *stack;

	print_message("# process %d; without a stack: %s; lost: %s\n", r->pid,
		      json_object_to_json_string(vt_get(json, "stacks_rest")),
		      json_object_to_json_string(vt_get(json, "lost")));
	vt_each(stack, json, "stacks") if (vt_int(stack, "pid") == r->pid)
		print_message("# %.1500s\n", json_object_to_json_string(stack));
}

/* All of them, under one vmascope that is told @how to unwind; copies of stacks may pile up. */
static void run_all(struct runs *all, const char *how, bool dwarf, bool for_gdb)
{
	const char *output = vt_path("chains.json");
	struct json_object *stack;
	struct run *r;

	memset(all, 0, sizeof(*all));
	all->for_gdb = for_gdb;
	vt_run(&all->cmd, NULL,
	       VT_ARGS(vt_vmascope(), "stat", "--by", "stack", "--per-process", "--ring=65536",
		       "--lines", how, "-j", "-o", output, "--", "sh", "-c", script(for_gdb)));
	vt_equal(all->cmd.exit, 0, "exit status, stderr: %.400s", all->cmd.err);
	all->json = vt_json_file(output);
	parse_runs(all);
	check_sums(all->json);
	vt_each(stack, all->json, "stacks")
	{
		r = run_of(all, vt_int(stack, "pid"));
		if (r && is_touch(r, stack))
			check_run(r, stack, dwarf);
	}
	for (size_t i = 0; i < all->nr; i++) {
		r = &all->list[i];
		if (r->faults != FAULTS &&
		    r->faults != FAULTS - (r->build->names != VT_NAMES_LINES))
			show_run(all->json, r);
		vt_cmp(r->faults, >=, FAULTS - (r->build->names != VT_NAMES_LINES),
		       "faults in leaf of %s %s", r->build->name, r->mode);
		vt_cmp(r->faults, <=, FAULTS, "faults in leaf of %s %s", r->build->name, r->mode);
	}
}

static void end_all(struct runs *all)
{
	json_object_put(all->json);
	vt_free(&all->cmd);
}

static struct runs runs;

static void frame_pointers_reach_libc(void **state)
{
	(void)state;
	run_all(&runs, "-U", false, false);
	end_all(&runs);
}

static void dwarf_reaches_the_thread_start(void **state)
{
	(void)state;
	run_all(&runs, "--unwind=dwarf", true, false);
	end_all(&runs);
}

/* --- What gdb sees -------------------------------------------------------------------------- */

#define MAX_FRAMES 64
#define PLACE_LEN 64

/**
 * struct backtrace - "function+offset" of callchain's own frames, innermost first
 * @before: the same by the function that the byte before is in: after a last call another one begins
 */
struct backtrace {
	char places[MAX_FRAMES][PLACE_LEN];
	char before[MAX_FRAMES][PLACE_LEN];
	size_t nr;
};

static void print_place(char *place, const char *name, unsigned long offset)
{
	snprintf(place, PLACE_LEN, "%.*s+%lu", (int)strcspn(name, "."), name, offset);
}

/* "leaf + 368 in section .text of /…/callchain" or, at its beginning, "leaf in section …" */
static bool gdb_place(char *place, const char *line, unsigned long add)
{
	const char *file = strrchr(line, '/');
	unsigned long offset = 0;
	char name[PLACE_LEN];

	if (!file || (strcmp(file, "/callchain") && strcmp(file, "/libchain.so")))
		return false;
	vt_cmp(sscanf(line, "%63s + %lu", name, &offset), >=, 1, "fields of %s", line);
	print_place(place, name, offset + add);
	return true;
}

/*
 * Of what gdb prints up to the next mode: "= SP" of each frame, then the place of each, then that
 * of the byte before. Frames that were inlined, or made up for tail calls, have the stack pointer
 * of the one after them.
 */
static void parse_gdb(struct backtrace *b, char **save)
{
	unsigned long sp[MAX_FRAMES + 1];
	char places[2 * MAX_FRAMES][PLACE_LEN];
	size_t nr = 0, at = 0;
	char *line;

	b->nr = 0;
	while ((line = strtok_r(NULL, "\n", save)) && strcmp(line, "end of mode")) {
		vt_true(nr < MAX_FRAMES && at < 2 * MAX_FRAMES);
		if (sscanf(line, "= %lx", &sp[nr]) == 1)
			nr++;
		else if (strstr(line, " in section ") || !strncmp(line, "No symbol", 9)) {
			places[at][0] = '\0';
			gdb_place(places[at], line, at >= nr);
			at++;
		}
	}
	vt_cmp(nr, >, 3, "frames that gdb sees");
	vt_equal(at, 2 * nr, "places that gdb names");
	for (size_t i = 0; i < nr; i++) {
		if ((i + 1 < nr && sp[i] == sp[i + 1]) || (!places[i][0] && !places[nr + i][0]))
			continue;
		strcpy(b->places[b->nr], places[i]);
		strcpy(b->before[b->nr++], places[nr + i]);
	}
}

static void scope_backtrace(struct backtrace *b, struct json_object *stack)
{
	struct json_object *frame;

	b->nr = 0;
	vt_each(frame, stack, "frames")
	{
		vt_true(b->nr < MAX_FRAMES);
		if (vt_frame_own(frame) && !vt_bool(frame, "inlined"))
			print_place(b->places[b->nr++], vt_str(frame, "name"),
				    (unsigned long)vt_int(frame, "offset"));
	}
}

/* gdb stops before the loop, the faults are in it. What a copy of the stack lacks, gdb has. */
static void compare(const struct run *r, const struct backtrace *gdb)
{
	const struct vt_chain *c = &r->chain;
	struct backtrace own;
	bool cut = false;

	for (size_t i = 0; i < c->nr; i++)
		cut = cut || !strcmp(c->calls[i].name, "?");
	scope_backtrace(&own, r->stack);
	if (!cut)
		vt_equal(own.nr, gdb->nr, "frames of %s %s", r->build->name, r->mode);
	vt_cmp(own.nr, <=, gdb->nr, "frames of %s %s", r->build->name, r->mode);
	for (size_t i = 1; i < own.nr; i++)
		if (strcmp(own.places[i], gdb->places[i]) && strcmp(own.places[i], gdb->before[i]))
			fail_msg("%s %s, frame %zu: %s, for gdb %s", r->build->name, r->mode, i,
				 own.places[i], gdb->places[i]);
}

/* One gdb for all modes of a build. */
static void ask_gdb(const struct build *build, struct vt_cmd *cmd)
{
	static char program[128], stop[64], commands[NR(modes)][32];
	const char *argv[16 + 10 * NR(modes)] = { "gdb",
						  "-nx",
						  "-batch",
						  "-iex",
						  "set debuginfod enabled off",
						  "-iex",
						  "set backtrace past-main on",
						  "-ex",
						  "handle SIGSEGV nostop noprint pass",
						  "-ex" };
	size_t n = 10;

	snprintf(program, sizeof(program), "%s/%s/callchain", vt_workload("callchain"),
		 build->name);
	snprintf(stop, sizeof(stop), "break callchain.c:%d", runs.list[0].chain.calls[0].line);
	argv[n++] = stop;
	for (size_t i = 0; i < NR(modes); i++) {
		snprintf(commands[i], sizeof(commands[i]), "run %s %d", modes[i], FAULTS);
		argv[n++] = "-ex", argv[n++] = commands[i];
		argv[n++] = "-ex", argv[n++] = "frame apply all -q printf \"= %lx\\n\", $sp";
		argv[n++] = "-ex", argv[n++] = "frame apply all -q info symbol $pc";
		argv[n++] = "-ex", argv[n++] = "frame apply all -q info symbol $pc - 1";
		argv[n++] = "-ex", argv[n++] = "echo \\nend of mode\\n";
	}
	argv[n++] = program;
	argv[n] = NULL;
	vt_run(cmd, NULL, argv);
}

static void same_stacks_as_gdb(void **state)
{
	struct backtrace gdb;
	struct vt_cmd cmd;
	char *save = NULL;

	(void)state;
	run_all(&runs, "--unwind=dwarf", true, true);
	for (size_t b = 0; b < NR(builds); b++) {
		if (!asks_gdb(&builds[b]))
			continue;
		ask_gdb(&builds[b], &cmd);
		strtok_r(cmd.out, "\n", &save);
		for (size_t i = 0; i < runs.nr; i++) {
			if (runs.list[i].build != &builds[b])
				continue;
			parse_gdb(&gdb, &save);
			compare(&runs.list[i], &gdb);
		}
		vt_free(&cmd);
	}
	end_all(&runs);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(frame_pointers_reach_libc),
	VT_TEST(dwarf_reaches_the_thread_start),
	VT_TEST(same_stacks_as_gdb),
};

VT_MAIN(tests)
