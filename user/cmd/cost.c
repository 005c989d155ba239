// SPDX-License-Identifier: GPL-2.0-only
/*
 * cost.c - measure the cost of tracing on this machine: by the kernel's own clock of each program
 * (kernel.bpf_stats_enabled), and by the time that a child needs for faults, in turn with and
 * without.
 */
#include "cmd/cost.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "capture/live.h"
#include "cmd/session.h"
#include "util/log.h"

#define COLUMNS(c) .columns = (c), .nr_columns = sizeof(c) / sizeof(*(c))

/** Base pages that a child touches in a round, and rounds of which the fastest counts. */
#define STORM_PAGES 8192
#define STORM_ROUNDS 20

static const struct column fault_columns[] = {
	{ .key = "who", .head = "FAULTING TASK", .type = CELL_STR, .left = true },
	{ .key = "fault_ns", .head = "A FAULT TAKES", .type = CELL_F64, .unit = UNIT_NS },
	{ .key = "added_ns", .head = "ADDED", .type = CELL_F64, .unit = UNIT_NS },
};
static const struct table_def fault_table = { .key = "cost", COLUMNS(fault_columns) };

static const struct column program_columns[] = {
	{ .key = "program", .head = "PROGRAM", .type = CELL_STR, .left = true },
	{ .key = "runs", .head = "RUNS", .type = CELL_U64, .unit = UNIT_COUNT },
	{ .key = "run_ns", .head = "EACH", .type = CELL_F64, .unit = UNIT_NS },
	{ .key = "insns", .head = "INSNS VERIFIED", .type = CELL_U64, .unit = UNIT_COUNT },
};
static const struct table_def program_table = { .key = "programs", COLUMNS(program_columns) };

/* --- faults on purpose ---------------------------------------------------------------------- */

/** storm - ns of one first touch of anonymous memory, the fastest round. */
static double storm(void)
{
	const size_t bytes = STORM_PAGES * 4096ul;
	double best = 1e18;
	char *p;

	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		_exit(1);
	for (int round = 0; round < STORM_ROUNDS; round++) {
		uint64_t begin = session__now();
		double ns;

		for (size_t i = 0; i < bytes; i += 4096)
			p[i] = 1;
		ns = (double)(session__now() - begin) / STORM_PAGES;
		madvise(p, bytes, MADV_DONTNEED);
		if (ns < best)
			best = ns;
	}
	munmap(p, bytes);
	return best;
}

/** struct faulter - a child that faults each time it is told to */
struct faulter {
	pid_t pid;
	int ask;
	int answer;
};

static int faulter_start(struct faulter *f)
{
	int ask[2], answer[2];
	double ns;
	char c;

	if (pipe2(ask, O_CLOEXEC) || pipe2(answer, O_CLOEXEC))
		return -errno;
	f->pid = fork();
	if (f->pid < 0)
		return -errno;
	if (!f->pid) {
		close(ask[1]);
		while (read(ask[0], &c, 1) == 1) {
			ns = storm();
			if (write(answer[1], &ns, sizeof(ns)) != sizeof(ns))
				break;
		}
		_exit(0);
	}
	close(ask[0]);
	close(answer[1]);
	f->ask = ask[1];
	f->answer = answer[0];
	return 0;
}

static int faulter_run(const struct faulter *f, double *ns)
{
	if (write(f->ask, "", 1) != 1 || read(f->answer, ns, sizeof(*ns)) != sizeof(*ns))
		return -EIO;
	return 0;
}

static void faulter_stop(struct faulter *f)
{
	close(f->ask);
	close(f->answer);
	waitpid(f->pid, NULL, 0);
}

/* --- tables -------------------------------------------------------------------------------- */

static int program_row(void *ctx, const char *name, int fd)
{
	struct bpf_prog_info info = {};
	struct table *t = ctx;
	__u32 len = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &len) || !info.run_cnt)
		return 0;
	if (table__add_row(t) < 0)
		return -ENOMEM;
	table__set_u64(t, "runs", info.run_cnt);
	table__set_f64(t, "run_ns", (double)info.run_time_ns / info.run_cnt);
	table__set_u64(t, "insns", info.verified_insns);
	return table__set_str(t, "program", name);
}

static int fault_row(struct table *t, const char *who, double ns, double plain)
{
	if (table__add_row(t) < 0)
		return -ENOMEM;
	table__set_f64(t, "fault_ns", ns);
	if (ns > plain)
		table__set_f64(t, "added_ns", ns - plain);
	return table__set_str(t, "who", who);
}

static void ignore(void *ctx, const struct vs_event *event)
{
	(void)ctx;
	(void)event;
}

/** measure - the child's faults while another, or it, is the target; the programs' own clocks. */
static int measure(const struct options *o, const struct faulter *f, pid_t target, double *ns,
		   struct table *programs)
{
	struct capture_options co = {
		.ids = &target,
		.nr_ids = 1,
		.follow = true,
		.uid = -1,
		.cgroup_fd = -1,
		.only = -1,
		.nr_slots = o->slots,
		.nr_hists = o->hists,
		.ring_bytes = o->ring_bytes,
	};
	struct capture *c;
	int err, stats = -1;

	err = capture__open(&c, &co, ignore, NULL);
	if (err)
		return err;
	if (programs)
		stats = bpf_enable_stats(BPF_STATS_RUN_TIME);
	err = faulter_run(f, ns);
	if (!err && programs)
		err = capture__each_program(c, program_row, programs);
	if (stats >= 0)
		close(stats);
	capture__close(c);
	return err;
}

static int fill(const struct options *o, struct table *faults, struct table *programs)
{
	double plain, untraced, traced, unused;
	struct faulter f = {};
	int err = faulter_start(&f);

	if (err)
		return err;
	err = faulter_run(&f, &unused); /* warm up */
	err = err ? err : faulter_run(&f, &plain);
	err = err ? err : measure(o, &f, getpid(), &untraced, NULL);
	err = err ? err : measure(o, &f, f.pid, &traced, NULL);
	err = err ? err : measure(o, &f, f.pid, &unused, programs);
	faulter_stop(&f);
	err = err ? err : fault_row(faults, "none traced", plain, plain);
	err = err ? err : fault_row(faults, "another is traced", untraced, plain);
	return err ? err : fault_row(faults, "it is traced", traced, plain);
}

int cost__measure(const struct options *o, struct document *d)
{
	struct table *faults = table__new(&fault_table), *programs = table__new(&program_table);
	int err = -ENOMEM;

	if (faults && programs)
		err = fill(o, faults, programs);
	if (!err)
		err = table__set_title(faults,
				       "\nFirst touch of an anonymous page, fastest of %d "
				       "rounds of %d:",
				       STORM_ROUNDS, STORM_PAGES);
	if (!err)
		err = table__set_title(programs, "\nThe programs' own time (bpf_stats):");
	if (err) {
		vs_error("cannot measure the cost: %s", strerror(-err));
		table__free(faults);
		table__free(programs);
		return err;
	}
	err = document__add(d, faults);
	if (err) {
		table__free(programs);
		return err;
	}
	return document__add(d, programs);
}
