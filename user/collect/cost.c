// SPDX-License-Identifier: GPL-2.0-only
/*
 * cost.c - measure the cost of tracing on this machine: by the kernel's own clock of each program
 * (kernel.bpf_stats_enabled), and by the time that a child needs for faults and system calls, in
 * turn with and without.
 */
#include "collect/cost.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "capture/live.h"
#include "session/session.h"
#include "util/array.h"
#include "util/log.h"

/** Base pages that a child touches in a round, and rounds of which the fastest counts. */
#define STORM_PAGES 8192
#define STORM_ROUNDS 20
/** System calls in a round. */
#define SYSCALLS 100000
#define MPROTECTS 10000

static const struct column cost_columns[] = {
	{ .key = "who", .head = "TASK", .type = CELL_STR, .left = true },
	{ .key = "each_ns", .head = "TIME", .type = CELL_F64, .unit = UNIT_NS },
	{ .key = "added_ns", .head = "ADDED", .type = CELL_F64, .unit = UNIT_NS },
};

static const struct column program_columns[] = {
	{ .key = "program", .head = "PROGRAM", .type = CELL_STR, .left = true },
	{ .key = "runs", .head = "RUNS", .type = CELL_U64, .unit = UNIT_COUNT },
	{ .key = "run_ns", .head = "TIME/RUN", .type = CELL_F64, .unit = UNIT_NS },
	{ .key = "insns", .head = "INSNS", .type = CELL_U64, .unit = UNIT_COUNT },
};
static const struct table_def program_table = TABLE_DEF("programs", program_columns);

/* --- operations that are measured ------------------------------------------------------------ */

/** touch - first touches of anonymous memory. Return: how many. */
static size_t touch(char *memory)
{
	for (size_t i = 0; i < STORM_PAGES; i++)
		memory[i * 4096] = 1;
	return STORM_PAGES;
}

static size_t call_getpid(char *memory)
{
	(void)memory;
	for (size_t i = 0; i < SYSCALLS; i++)
		syscall(SYS_getpid);
	return SYSCALLS;
}

static size_t call_mprotect(char *memory)
{
	for (size_t i = 0; i < MPROTECTS; i++)
		mprotect(memory, 4096, i % 2 ? PROT_READ | PROT_WRITE : PROT_READ);
	return MPROTECTS;
}

/**
 * struct cost_job - something that a child does again and again
 * @title: above its table
 * @run: do it; @memory is fresh each time. Return: how often it was done.
 * @shootdowns: what `shootdown` attaches is measured, not what `stat` does
 */
struct cost_job {
	const char *title;
	size_t (*run)(char *memory);
	bool shootdowns;
};

static const struct cost_job jobs[] = {
	{ "First touch of an anonymous page, with stat", touch, false },
	{ "getpid(2), with shootdown", call_getpid, true },
	{ "mprotect(2) of a page, with shootdown", call_mprotect, true },
};
#define NR_JOBS ARRAY_SIZE(jobs)

static const struct table_def job_tables[NR_JOBS] = {
	TABLE_DEF("cost", cost_columns),
	TABLE_DEF("cost_getpid", cost_columns),
	TABLE_DEF("cost_mprotect", cost_columns),
};

/** repeat - ns of one time of @job, in the fastest round. */
static double repeat(const struct cost_job *job)
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
		double ns = job->run(p);

		ns = (session__now() - begin) / ns;
		madvise(p, bytes, MADV_DONTNEED);
		if (ns < best)
			best = ns;
	}
	munmap(p, bytes);
	return best;
}

/** struct worker - a child that does a job on request */
struct worker {
	pid_t pid;
	int ask;
	int answer;
};

static int worker_start(struct worker *f)
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
			ns = repeat(&jobs[(size_t)c]);
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

static int worker_run(const struct worker *f, size_t job, double *ns)
{
	const char c = job;

	if (write(f->ask, &c, 1) != 1 || read(f->answer, ns, sizeof(*ns)) != sizeof(*ns))
		return -EIO;
	return 0;
}

static void worker_stop(struct worker *f)
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
	table__add_row(t);
	table__set_u64(t, "runs", info.run_cnt);
	table__set_f64(t, "run_ns", (double)info.run_time_ns / info.run_cnt);
	table__set_u64(t, "insns", info.verified_insns);
	table__set_str(t, "program", name);
	return 0;
}

static void job_row(struct table *t, const char *who, double ns, double plain)
{
	table__add_row(t);
	table__set_f64(t, "each_ns", ns);
	if (ns > plain)
		table__set_f64(t, "added_ns", ns - plain);
	table__set_str(t, "who", who);
}

static void ignore(void *ctx, const struct vs_event *event)
{
	(void)ctx;
	(void)event;
}

/**
 * measure - run the child's job while it, or another process, is traced
 * @programs: if not NULL, add rows with the run time of BPF programs, whose measurement takes time
 *	itself
 */
static int measure(const struct options *o, const struct worker *f, size_t job, pid_t target,
		   double *ns, struct table *programs)
{
	struct capture_options co = {
		.ids = &target,
		.nr_ids = 1,
		.uid = -1,
		.cgroup_fd = -1,
		.only = -1,
		.shootdowns = jobs[job].shootdowns,
		.nr_slots = o->capture.nr_slots,
		.nr_hists = o->capture.nr_hists,
		.ring_bytes = o->capture.ring_bytes,
		.bpf = { .follow = true, .call_vma = true, .latency_period = 1 },
	};
	struct capture *c;
	int err, stats = -1;

	err = capture__open(&c, &co, ignore, NULL);
	if (err)
		return err;
	if (programs)
		stats = bpf_enable_stats(BPF_STATS_RUN_TIME);
	err = worker_run(f, job, ns);
	if (!err && programs)
		err = capture__each_program(c, program_row, programs);
	if (stats >= 0)
		close(stats);
	capture__close(c);
	return err;
}

/** job_table - measure a job: without tracing, beside it, and under it. */
static int job_table(const struct options *o, const struct worker *f, size_t job,
		     struct document *d)
{
	struct table *t = document__table(d, &job_tables[job]);
	double plain, untraced, traced;
	int err = worker_run(f, job, &plain); /* warm up */

	err = err ? err : worker_run(f, job, &plain);
	err = err ? err : measure(o, f, job, getpid(), &untraced, NULL);
	err = err ? err : measure(o, f, job, f->pid, &traced, NULL);
	if (err)
		return err;
	table__set_title(t, "%s (fastest of %d rounds)\n", jobs[job].title, STORM_ROUNDS);
	job_row(t, "no tracing", plain, plain);
	job_row(t, "another process is traced", untraced, plain);
	job_row(t, "this process is traced", traced, plain);
	return 0;
}

static int program_rows(const struct options *o, const struct worker *f, struct document *d)
{
	struct table *t = document__table(d, &program_table);
	double unused;
	int err = 0;

	table__set_title(t, "Run time of the BPF programs (kernel.bpf_stats_enabled)\n");
	for (size_t job = 0; job < NR_JOBS && !err; job++)
		if (job != 1) /* getpid runs none that mprotect does not */
			err = measure(o, f, job, f->pid, &unused, t);
	return err;
}

int cost__measure(const struct options *o, struct document *d)
{
	struct worker f = {};
	int err = worker_start(&f);

	if (err)
		goto out;
	for (size_t job = 0; job < NR_JOBS && !err; job++)
		err = job_table(o, &f, job, d);
	if (!err)
		err = program_rows(o, &f, d);
	worker_stop(&f);
out:
	if (err)
		vs_error("cannot measure the cost: %s", strerror(-err));
	return err;
}
