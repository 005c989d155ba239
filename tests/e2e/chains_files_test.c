// SPDX-License-Identifier: GPL-2.0-only
/*
 * chains_files_test - names of programs that were deleted, replaced, run in a container, or come
 * from a file system that hangs: the right name, or where in which file.
 */
#include "chains.h"
#include "check.h"
#include "scope.h"
#include "system.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FAULTS 50
/**
 * struct files - a case; $D is a new directory with callchain, $B where its builds are
 * @run: callchain MODE FAULTS, however it is started
 * @stays: it is still there when vmascope asks for its files; else it has ended
 * @then: what happens once all is touched
 * @how: vmascope unwinds, which leads as far as @unwind; @names: that are known
 */
struct files {
	const char *run;
	bool stays;
	const char *then;
	const char *how;
	enum vt_unwind unwind;
	enum vt_names names;
};

static void set_directories(void)
{
	const char *d = vt_path("app"), *b = vt_workload("callchain");
	char *absolute = realpath(b, NULL);

	vt_true(absolute);
	setenv("D", d, 1);
	setenv("B", absolute, 1);
	free(absolute);
}

static void shell(const char *script)
{
	struct vt_cmd cmd;

	vt_run(&cmd, NULL, VT_ARGS("sh", "-ec", script));
	vt_equal(cmd.exit, 0, "exit status of %s: %s", script, cmd.err);
	vt_free(&cmd);
}

/* The stack of callchain's touches, which is of one instruction; or of two: the first has its own. */
static struct json_object *find_stack(struct json_object *json, int64_t pid)
{
	struct json_object *stack;

	vt_each(stack, json, "stacks") if (vt_int(stack, "pid") == pid &&
					   vt_int(stack, "faults") >= FAULTS - 1) return stack;
	fail_msg("no stack of process %ld has %d faults", pid, FAULTS);
	return NULL;
}

static void check_output(const struct files *f, char *said, const char *output)
{
	struct json_object *json = vt_json_file(output);
	struct vt_chain chain;

	said[strcspn(said, "\n")] = '\0';
	vt_chain_parse(&chain, said);
	vt_check_chain(&chain, find_stack(json, chain.tid), f->names, f->unwind, f->then);
	json_object_put(json);
}

/* Where callchain stays, the command ends before it. */
static const char *script_of(const struct files *f)
{
	static char script[2048];

	snprintf(script, sizeof(script),
		 f->stays ? "%s stay >$D.out & until grep -q done $D.out; do kill -0 $!; sleep "
			    "0.01; done; %s"
			  : "%s >$D.out; %s",
		 f->run, f->then);
	return script;
}

static void check_files(const struct files *f)
{
	const char *output = vt_path("files.json");
	char out[512], *said;
	struct vt_cmd cmd;
	int pid;

	set_directories();
	snprintf(out, sizeof(out), "%s.out", getenv("D"));
	shell("mkdir $D && cp $B/O2-fp/* $D");
	vt_run(&cmd, NULL,
	       VT_ARGS(vt_vmascope(), "stat", "--by", "stack", "--per-process", "--lines", f->how,
		       /* room for the stack copies of the shell's commands, too */
		       "--ring", "131072", "-j", "-o", output, "--", "sh", "-ec", script_of(f)));
	said = vt_read_file(out, NULL);
	pid = atoi(said);
	if (f->stays && pid > 1)
		vt_equal(kill(pid, SIGKILL), 0, "callchain was still there");
	vt_equal(cmd.exit, 0, "exit status after %s: %.400s", f->then, cmd.err);
	check_output(f, said, output);
	free(said);
	vt_free(&cmd);
}

#define RUN "$D/callchain library 50"

/* What was mapped is still there, whatever its path leads to. */
static void names_of_a_running_process(void **state)
{
	static const char *const then[] = {
		":",
		"rm $D/callchain $D/libchain.so",
		"cp $B/O0-nofp/* $D/..; mv $D/../callchain $D/../libchain.so $D",
		"mv $D $D.moved",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(then) / sizeof(*then); i++)
		check_files(
			&(struct files){ RUN, true, then[i], "-U", VT_UNWIND_FP, VT_NAMES_LINES });
}

static void names_of_an_exited_process(void **state)
{
	static const struct {
		const char *then;
		enum vt_names names;
	} cases[] = {
		{ ":", VT_NAMES_LINES },
		{ "rm $D/*", VT_NAMES_NONE },
		{ "cp $B/O0-nofp/* $D/..; mv $D/../callchain $D/../libchain.so $D", VT_NAMES_NONE },
		/* the same inode, but written to */
		{ "sleep 0.02; for f in callchain libchain.so; do cat $B/O0-nofp/$f >$D/$f; done",
		  VT_NAMES_NONE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check_files(&(struct files){ RUN, false, cases[i].then, "-U", VT_UNWIND_FP,
					     cases[i].names });
}

/* Its program, its libraries and their debug files are where nobody else sees them. */
#define CONTAINER                                                                                  \
	"unshare --mount sh -ec 'R=$D/root; mkdir $R; mount -t tmpfs none $R; "                    \
	"mkdir -p $R/app $R/usr/lib/debug; "                                                       \
	"for f in $(ldd /bin/true | grep -o \"/[^ ]*\"); do "                                      \
	"mkdir -p $R/${f%/*}; cp -L $f $R/$f; done; "                                              \
	"cp -r $B/buildid/debug/.build-id $R/usr/lib/debug; "                                      \
	"cp $B/buildid/callchain $B/buildid/libchain.so $R/app; "                                  \
	"export LD_LIBRARY_PATH=/app; exec chroot $R /app/callchain library 50 $1' -"

static void names_of_a_container(void **state)
{
	(void)state;
	check_files(&(struct files){ CONTAINER, true, ":", "--unwind=dwarf", VT_UNWIND_DWARF,
				     VT_NAMES_LINES });
	/* with its last process its files are gone */
	check_files(&(struct files){ CONTAINER, false, ":", "-U", VT_UNWIND_NONE, VT_NAMES_NONE });
}

/* --- Files of a server that stops answering ------------------------------------------------- */

/* It comes to its end, though the file system never answers again. */
static void run_on_stallfs(struct vt_cmd *cmd, const char *output, const char *kind,
			   const char *after)
{
	char script[1024];

	set_directories();
	shell("mkdir $D");
	snprintf(script, sizeof(script),
		 "%s $D $B/O2-fp/callchain %s >$D.ready & S=$!; "
		 "until grep -q ready $D.ready; do sleep 0.01; done; export S; "
		 "LD_LIBRARY_PATH=$B/O2-fp %s stat --by stack --lines -U -j -o %s -- "
		 "sh -c '$D/callchain direct 50 && %s'; E=$?; kill -9 $S; exit $E",
		 vt_workload("stallfs"), kind, vt_vmascope(), output, after);
	vt_run(cmd, NULL, VT_ARGS("unshare", "--mount", "sh", "-c", script));
	vt_equal(cmd->exit, 0, "exit status: %.400s", cmd->err);
}

static void names_on_a_stalled_file_system(void **state)
{
	static const struct {
		const char *kind;
		const char *after;
		enum vt_names names;
	} cases[] = {
		{ "usr1", "true", VT_NAMES_LINES },
		{ "usr1", "kill -USR1 $S", VT_NAMES_NONE },
		{ "flush", "true", VT_NAMES_NONE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct files f = { .then = cases[i].after,
					 .unwind = VT_UNWIND_FP,
					 .names = cases[i].names };
		const char *output = vt_path("stall.json");
		struct vt_cmd cmd;

		run_on_stallfs(&cmd, output, cases[i].kind, cases[i].after);
		check_output(&f, cmd.out, output);
		vt_free(&cmd);
	}
}

static const struct CMUnitTest tests[] = {
	VT_TEST(names_of_a_running_process),
	VT_TEST(names_of_an_exited_process),
	VT_TEST(names_of_a_container),
	VT_TEST(names_on_a_stalled_file_system),
};

VT_MAIN(tests)
