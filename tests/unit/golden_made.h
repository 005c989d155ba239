/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * golden_made.h - a recording that is the same each time it is made: every type of record, written by
 * the saver of real recordings. What its events say adds up to what its counts say.
 */
#ifndef VMASCOPE_TESTS_UNIT_GOLDEN_MADE_H
#define VMASCOPE_TESTS_UNIT_GOLDEN_MADE_H

#include "call_rows.h"

#include <sys/mman.h>

#include "capture/hooks.h"
#include "record/save/save.h"
#include "util/array.h"

#define MADE_CPUS 4
#define MADE_START_NS 5000000000ULL
/** 2023-11-14 22:13:20 UTC */
#define MADE_WALL_NS 1700000000000000000ULL
#define MADE_INTERVAL_NS 100000000ULL
#define MADE_IMAGES 3
#define MADE_STACKS 5
#define MADE_CALLS 6

/** Slots of the model that is recorded. */
enum made_slot {
	MADE_WORKER = 1,
	MADE_WORKER_HEAP,
	MADE_WORKER_CODE,
	MADE_WORKER_STACK,
	MADE_DB,
	MADE_DB_DATA,
	MADE_DB_CACHE,
	MADE_ODD,
	MADE_ODD_ANON,
	NR_MADE_SLOTS,
};

/** struct made_vma - where faults are, and what they are like there */
struct made_vma {
	enum made_slot slot;
	enum made_slot image;
	uint32_t pid;
	const char *comm;
	uint64_t start;
	enum vs_access access;
	enum vs_cause minor;
	enum vs_cause major;
};

static const struct made_vma made_vmas[] = {
	{ MADE_WORKER_HEAP, MADE_WORKER, 100, "worker", 0x5581a0000000, VS_ACCESS_WRITE,
	  VS_CAUSE_ANON_ZERO, VS_CAUSE_SWAP_IN },
	{ MADE_WORKER_CODE, MADE_WORKER, 100, "worker", 0x7f1000000000, VS_ACCESS_EXEC,
	  VS_CAUSE_FILE_MAP, VS_CAUSE_FILE_READ },
	{ MADE_WORKER_STACK, MADE_WORKER, 100, "worker", 0x7ffc00000000, VS_ACCESS_WRITE,
	  VS_CAUSE_ANON_ZERO, VS_CAUSE_SWAP_IN },
	{ MADE_DB_DATA, MADE_DB, 200, "db", 0x7f2000000000, VS_ACCESS_READ, VS_CAUSE_FILE_MAP,
	  VS_CAUSE_FILE_READ },
	{ MADE_DB_CACHE, MADE_DB, 200, "db", 0x7f3000000000, VS_ACCESS_WRITE, VS_CAUSE_COW,
	  VS_CAUSE_SWAP_IN },
	{ MADE_ODD_ANON, MADE_ODD, 300, "s\303\270k, \"x\"", 0x10000, VS_ACCESS_READ,
	  VS_CAUSE_ANON_ZERO, VS_CAUSE_SWAP_IN },
};

/* Frames of stacks are numbers of these: no process is asked for names. */
static const struct symbol_frame made_names[] = {
	{ .ip = 0x7f1000001010,
	  .name = "fill",
	  .offset = 0x10,
	  .module = "/usr/lib/libexample.so",
	  .in_file = true,
	  .module_offset = 0x1010 },
	{ .ip = 0x7f1000001120,
	  .name = "copy",
	  .file = "/src/example.c",
	  .line = 7,
	  .inlined = true,
	  .module = "/usr/lib/libexample.so" },
	{ .ip = 0x7f1000001120,
	  .name = "load<a;b>",
	  .offset = 0x20,
	  .file = "/src/example.c",
	  .line = 9,
	  .module = "/usr/lib/libexample.so",
	  .in_file = true,
	  .module_offset = 0x1120 },
	{ .ip = 0x5580a0002000,
	  .name = "main",
	  .offset = 0x40,
	  .module = "/usr/bin/worker",
	  .in_file = true,
	  .module_offset = 0x2000 },
	{ .ip = 0xffffffff81000000, .name = "copy_to_user", .module = "[kernel]" },
	{ .ip = 0x7777 },
};

static const struct symbol_frame *made_name(void *ctx, uint64_t number)
{
	(void)ctx;
	return number < ARRAY_SIZE(made_names) ? &made_names[number] : NULL;
}

/** struct made_call - a memory call, as it is made again and again */
struct made_call {
	enum made_slot image;
	enum made_slot vma;
	enum vs_call call;
	uint32_t detail;
	uint64_t start;
	uint64_t bytes;
	uint32_t sends;
	uint32_t stack;
};

/** struct made - the run, as far as it has gone; @random: of a generator that begins with the same number */
struct made {
	uint64_t random;
	uint64_t now_ns;
	uint64_t next_id;
	struct run_model run;
	struct stack *stack[MADE_STACKS];
	struct wall_clock wall;
	struct namer *namer;
	struct vs_counts counts[NR_MADE_SLOTS];
	struct vs_thread thread[MADE_IMAGES];
	struct vs_pair_key pair_keys[MADE_IMAGES];
	struct vs_pair pairs[MADE_IMAGES];
	struct made_call calls[MADE_CALLS];
	struct vs_call_row rows[MADE_CALLS];
	struct vs_stats stats;
	struct header header;
	struct writer writer;
	struct saver saver;
};

/** made_random - below @below: the upper bits of a linear congruence, which are random enough */
static inline uint64_t made_random(struct made *m, uint64_t below)
{
	m->random = m->random * 6364136223846793005ULL + 1442695040888963407ULL;
	return (m->random >> 33) % below;
}

static inline struct stack *made_stack(struct made *m, enum made_slot image, uint32_t nr_user,
				       uint32_t nr_kernel, const uint64_t *frames)
{
	const uint32_t nr = nr_user + nr_kernel;
	const struct process *p = m->run.model.by_slot[image]->process;
	struct stack *like = calloc(1, sizeof(*like) + nr * sizeof(*like->frames)), *stack;

	assert_non_null(like);
	like->process = m->run.model.by_slot[image]->process;
	like->pid = p->pid;
	memcpy(like->comm, p->comm, sizeof(like->comm));
	like->nr_user = nr_user;
	like->nr_kernel = nr_kernel;
	for (uint32_t i = 0; i < nr; i++)
		like->frames[i].ip = frames[i];
	stack = stacks__get(&m->run.stacks, like);
	free(like);
	assert_non_null(stack);
	return stack;
}

static inline void made_set_cgroup(struct made *m, enum made_slot image, const char *name)
{
	struct process *p = m->run.model.by_slot[image]->process;

	p->cgroup_name = strdup(name);
	assert_non_null(p->cgroup_name);
}

static inline void made_fill_model(struct made *m)
{
	static const uint64_t frames[] = { 0, 1, 2, 3, 4, 5 };
	const struct vs_file code = file_named("libexample.so"), data = file_named("odd, \"name\"");
	struct vs_slot slot;

	take(&m->run.model, MADE_WORKER, image_slot(100, 0xa, "worker"), NULL);
	take(&m->run.model, MADE_WORKER_HEAP, vma_slot(MADE_WORKER, 0x5581a0000000, VS_NAME_HEAP),
	     NULL);
	take(&m->run.model, MADE_WORKER_CODE, file_slot(MADE_WORKER, 0x7f1000000000, 7), &code);
	slot = vma_slot(MADE_WORKER, 0x7ffc00000000, VS_NAME_STACK);
	slot.vma.key.flags |= VS_VM_GROWSDOWN;
	take(&m->run.model, MADE_WORKER_STACK, slot, NULL);
	take(&m->run.model, MADE_DB, image_slot(200, 0xb, "db"), NULL);
	slot = file_slot(MADE_DB, 0x7f2000000000, 9);
	slot.vma.key.flags = VS_VM_READ | VS_VM_WRITE | VS_VM_SHARED | VS_VM_MAYSHARE;
	take(&m->run.model, MADE_DB_DATA, slot, &data);
	slot = vma_slot(MADE_DB, 0x7f3000000000, VS_NAME_ANON);
	strcpy(slot.vma.name, "cache");
	take(&m->run.model, MADE_DB_CACHE, slot, NULL);
	take(&m->run.model, MADE_ODD, image_slot(300, 0xc, "s\303\270k, \"x\""), NULL);
	take(&m->run.model, MADE_ODD_ANON, vma_slot(MADE_ODD, 0x10000, VS_NAME_ANON), NULL);
	made_set_cgroup(m, MADE_WORKER, "/user.slice");
	made_set_cgroup(m, MADE_DB, "/system.slice/db.service");
	m->stack[0] = made_stack(m, MADE_WORKER, 4, 0, frames);
	m->stack[1] = made_stack(m, MADE_WORKER, 2, 1, frames + 2);
	m->stack[2] = made_stack(m, MADE_DB, 1, 1, frames + 3);
	m->stack[3] = made_stack(m, MADE_DB, 1, 0, frames + 5);
	m->stack[4] = made_stack(m, MADE_ODD, 3, 0, frames + 1);
	for (int i = 0; i < MADE_IMAGES; i++) {
		static const struct made_vma *const of[] = { &made_vmas[0], &made_vmas[3],
							     &made_vmas[5] };

		m->thread[i] = (struct vs_thread){ .pid = of[i]->pid,
						   .tid = of[i]->pid + (i == 0),
						   .since_ns = MADE_START_NS };
		strcpy(m->thread[i].comm, of[i]->comm);
	}
}

static inline void made_fill_calls(struct made *m)
{
	const struct made_call calls[MADE_CALLS] = {
		{ MADE_WORKER, MADE_WORKER_HEAP, VS_CALL_MPROTECT, 0, 0x5581a0000000, PAGE, 2, 0 },
		{ MADE_WORKER, MADE_WORKER_HEAP, VS_CALL_MADVISE, MADV_DONTNEED, 0x5581a0001000,
		  4 * PAGE, 1, 1 },
		{ MADE_WORKER, 0, VS_CALL_MMAP, 0, 0x7f1100000000, 16 * PAGE, 0, 0 },
		{ MADE_DB, MADE_DB_DATA, VS_CALL_MUNMAP, 0, 0x7f2000000000, PAGE, 3, 2 },
		{ MADE_DB, 0, VS_CALL_BRK, 0, 0x55aa00000000, 0, 0, 3 },
		{ MADE_ODD, MADE_ODD_ANON, VS_CALL_MREMAP, 0, 0x10000, 2 * PAGE, 1, 4 },
	};

	memcpy(m->calls, calls, sizeof(calls));
	for (uint32_t i = 0; i < MADE_CALLS; i++) {
		const struct made_call *c = &calls[i];
		struct vs_call_row *row = &m->rows[i];

		*row = call_row(c->image, c->call, c->detail, c->start, c->bytes);
		row->key.vma = c->vma;
		row->map_count = 20 + i;
		put(&m->run.shootdown, &m->run.model, i + 1, row)->stack = m->stack[c->stack];
	}
}

static inline void made_begin(struct made *m, const char *path)
{
	const struct namer_options names = { .recorded = made_name };
	const struct writer_options options = { .path = path };

	memset(m, 0, sizeof(*m));
	m->random = 1;
	m->now_ns = MADE_START_NS;
	assert_int_equal(run_model__init(&m->run, TEST_SLOTS, TEST_CALL_ROWS, 1, MADE_CPUS), 0);
	assert_int_equal(namer__new(&m->namer, &names), 0);
	wall_clock__init(&m->wall, (int64_t)(MADE_WALL_NS - MADE_START_NS));
	made_fill_model(m);
	made_fill_calls(m);
	m->header = (struct header){ .run = 1,
				     .file = 1,
				     .tool = (char *)"0.1.0",
				     .host = (char *)"example",
				     .kernel = (char *)"6.18.0",
				     .machine = (char *)"x86_64",
				     .what = (char *)"worker --fill",
				     .start_ns = MADE_START_NS,
				     .wall_ns = MADE_WALL_NS,
				     .nr_cpus = MADE_CPUS,
				     .events = 7,
				     .causes = ~0u,
				     .latency_period = 1,
				     .shootdowns = true,
				     .stacks = true,
				     .isolated = (char *)"3",
				     .max_map_count = 24 };
	for (int i = 0; i < NR_HOOKS; i++)
		m->header.hooks[m->header.nr_hooks++] = (struct header_hook){
			.name = (char *)hooks[i].name,
			.variant = (char *)hooks[i].variants[i == HOOK_CAUSE].name,
			.fallback = i == HOOK_CAUSE,
		};
	assert_int_equal(writer__init(&m->writer, &options, &m->header), 0);
	saver__init(&m->saver, &m->writer, &m->run);
	m->saver.stacks = &m->run.stacks;
	m->saver.namer = m->namer;
	m->saver.wall = &m->wall;
	assert_int_equal(writer__begin(&m->writer, false), 0);
}

/* --- faults --------------------------------------------------------------------------------- */

static inline void made_time(struct latency **latency, const struct vs_event_fault *e)
{
	if (!*latency)
		*latency = calloc(1, sizeof(**latency));
	assert_non_null(*latency);
	put_times(&(*latency)->hist, e->duration_ns, 1);
	(*latency)->hist.runqueue_ns += e->runqueue;
	(*latency)->hist.blocked_ns += e->blocked;
	(*latency)->hist.unsplit_ns += e->unsplit;
}

/** made_count - @e, in the slot and on its CPU, as BPF does */
static inline void made_count(struct made *m, uint32_t slot, const struct vs_event_fault *e)
{
	struct vs_counts c = {};

	c.outcome[e->outcome]++;
	c.access[e->origin][e->access]++;
	c.cause[e->cause]++;
	if (e->outcome != VS_INCOMPLETE) {
		c.size[e->size]++;
		c.mapped = e->mapped;
		c.latency_count = 1;
		c.latency_sum_ns = c.latency_max_ns = e->duration_ns;
		c.runqueue = e->runqueue;
		c.blocked = e->blocked;
		c.unsplit = e->unsplit;
		c.memcg_reclaim = e->memcg_reclaim;
		c.other = e->other;
		made_time(&m->run.model.by_slot[slot]->process->latency[e->cause], e);
		made_time(&m->run.model.by_slot[slot]->latency, e);
	}
	counts_add(&m->counts[slot], &c);
	counts_add(&m->run.model.cpus[e->head.cpu].counts, &c);
	model__update_counts(&m->run.model, slot, &m->counts[slot]);
}

static inline void made_fault(struct made *m)
{
	const size_t at = made_random(m, ARRAY_SIZE(made_vmas));
	const struct made_vma *vma = &made_vmas[at];
	const bool major = !made_random(m, 9);
	struct stack *stack = m->stack[made_random(m, MADE_STACKS)];
	struct vs_thread *thread = &m->thread[vma->pid / 100 - 1];
	struct vs_event_fault e = {
		.head = { .type = VS_EVENT_FAULT,
			  .cpu = made_random(m, MADE_CPUS),
			  .time_ns = m->now_ns },
		.duration_ns = major ? 60000 + made_random(m, 900000) : 300 + made_random(m, 3000),
		.address = vma->start + made_random(m, 16) * PAGE + made_random(m, PAGE),
		.ip = made_names[0].ip,
		.pid = vma->pid,
		.tid = thread->tid,
		.error_code = 6,
		.vma_start = vma->start,
		.vma_end = vma->start + 16 * PAGE,
		.access = vma->access,
		.origin = made_random(m, 12) ? VS_ORIGIN_USER : VS_ORIGIN_KERNEL,
		.outcome = major ? VS_MAJOR : VS_MINOR,
		.cause = major ? vma->major : vma->minor,
		.size = vma->slot == MADE_WORKER_CODE ? VS_SIZE_LARGE : VS_SIZE_PAGE,
		.mapped = vma->slot == MADE_WORKER_CODE ? 16 : 1,
	};

	strcpy(e.comm, vma->comm);
	if (major && e.origin == VS_ORIGIN_KERNEL) {
		e.unsplit = e.duration_ns;
	} else if (major) {
		e.runqueue = e.duration_ns / 16;
		e.blocked = e.duration_ns / 2;
		e.memcg_reclaim = e.duration_ns / 8;
		e.other = e.blocked;
	}
	made_count(m, vma->slot, &e);
	thread->faults++;
	thread->fault_ns += e.duration_ns;
	threads__update(&m->run.threads, thread);
	stacks__count(&m->run.stacks, stack, e.outcome, e.duration_ns,
		      e.head.time_ns + e.duration_ns);
	m->stats.emitted++;
	e.slot = saver__define(&m->saver, m->run.model.by_slot[vma->slot], m->now_ns);
	e.proc = saver__define(&m->saver, m->run.model.by_slot[vma->image], m->now_ns);
	e.stack.row = saver__stack_number(stack);
	saver__event(&m->saver, RECORD_FAULT, &e, e.head.time_ns + e.duration_ns);
}

/** made_crash - process "db" reads below its data, where nothing is mapped, and has a handler. */
static inline void made_crash(struct made *m)
{
	const uint64_t address = 0x7f1fffffff10;
	const uint32_t data = saver__define(&m->saver, m->run.model.by_slot[MADE_DB_DATA],
					    m->now_ns);
	struct vs_event_crash crash = {
		.head = { .type = VS_EVENT_CRASH, .cpu = 1, .time_ns = m->now_ns },
		.pid = 200,
		.tid = 200,
		.address = address,
		.ip = made_names[3].ip,
		.sp = 0x7ffd00000000,
		.code = 1,
		.signal = 11,
		.handled = 1,
		.near[VS_NEAR_ABOVE] = { .start = 0x7f2000000000,
					 .end = 0x7f2000010000,
					 .slot = data },
	};
	struct vs_event_fault e = {
		.head = { .type = VS_EVENT_FAULT, .cpu = 1, .time_ns = m->now_ns },
		.address = address,
		.ip = crash.ip,
		.pid = 200,
		.tid = 200,
		.error_code = 4,
		.access = VS_ACCESS_READ,
		.outcome = VS_INCOMPLETE,
		.cause = VS_CAUSE_SEGV_MAPERR,
		.comm = "db",
	};

	m->counts[MADE_DB].handled++;
	m->run.model.by_slot[MADE_DB]->no_address++;
	made_count(m, MADE_DB, &e);
	m->stats.emitted++;
	saver__event(&m->saver, RECORD_CRASH, &crash, m->now_ns);
	e.slot = e.proc = saver__define(&m->saver, m->run.model.by_slot[MADE_DB], m->now_ns);
	saver__event(&m->saver, RECORD_FAULT, &e, m->now_ns);
}

/* --- memory calls ---------------------------------------------------------------------------- */

/** made_ipi - CPU @cpu is interrupted for @call */
static inline void made_ipi(struct made *m, const struct made_call *c,
			    const struct vs_event_call *call, uint32_t cpu)
{
	const struct process *to = m->run.model.by_slot[cpu == 1 ? MADE_WORKER : MADE_DB]->process;
	const uint64_t delay_ns = 1000 + made_random(m, 4000),
		       stolen_ns = 300 + made_random(m, 900);
	struct vs_call_counts *counts = &m->rows[c - m->calls].counts;
	const size_t at = c->image == MADE_WORKER ? 0 : c->image == MADE_DB ? 1 : 2;
	struct vs_event_ipi e = {
		.head = { .type = VS_EVENT_IPI,
			  .cpu = cpu,
			  .time_ns = call->head.time_ns + 200 + delay_ns },
		.id = call->id,
		.sent_ns = call->head.time_ns + 200,
		.stolen_ns = stolen_ns,
		.from_pid = call->pid,
		.from_tid = call->tid,
		.from_cpu = call->head.cpu,
		.to_pid = to->pid,
		.to_tid = to->pid,
		.call = c->call,
	};

	strcpy(e.from_comm, call->comm);
	memcpy(e.to_comm, to->comm, sizeof(e.to_comm));
	saver__event(&m->saver, RECORD_IPI, &e, e.head.time_ns + stolen_ns);
	m->stats.emitted++;
	counts->received++;
	counts->delay_ns += delay_ns;
	if (delay_ns > counts->delay_max_ns)
		counts->delay_max_ns = delay_ns;
	counts->stolen_ns += stolen_ns;
	m->run.shootdown.totals.received[VS_IPI_USER]++;
	m->run.shootdown.totals.joined++;
	m->run.shootdown.totals.owned++;
	m->run.shootdown.totals.delay_ns += delay_ns;
	m->run.shootdown.totals.stolen_ns += stolen_ns;
	put_times(&m->run.shootdown.hist[vs_call_class(c->call, c->detail)][VS_TIME_DELAY],
		  delay_ns, 1);
	m->pair_keys[at] = (struct vs_pair_key){
		.from_pid = call->pid, .to_pid = to->pid, .from_cpu = call->head.cpu, .to_cpu = cpu
	};
	m->pairs[at].count++;
	m->pairs[at].delay_ns += delay_ns;
	m->pairs[at].stolen_ns += stolen_ns;
	strcpy(m->pairs[at].from_comm, call->comm);
	memcpy(m->pairs[at].to_comm, to->comm, sizeof(m->pairs[at].to_comm));
}

static inline void made_flush(struct made *m, const struct made_call *c,
			      const struct vs_event_call *call)
{
	struct vs_event_flush e = {
		.head = { .type = VS_EVENT_FLUSH, .time_ns = call->head.time_ns + 100 },
		.id = call->id,
		.pages = c->bytes / PAGE,
		.pid = call->pid,
		.tid = call->tid,
		.flush = VS_FLUSH_REMOTE,
		.call = c->call,
	};
	struct vs_call_counts *counts = &m->rows[c - m->calls].counts;

	strcpy(e.comm, call->comm);
	saver__event(&m->saver, RECORD_FLUSH, &e, e.head.time_ns);
	m->stats.emitted++;
	counts->flush[VS_FLUSH_REMOTE]++;
	counts->flush[VS_FLUSH_LOCAL]++;
	counts->pages += e.pages;
	m->run.shootdown.totals.sends++;
	m->run.shootdown.totals.local++;
	for (uint32_t cpu = 1; cpu <= c->sends; cpu++) {
		counts->queued++;
		m->run.shootdown.totals.queued[VS_IPI_USER]++;
		made_ipi(m, c, call, cpu);
	}
}

/** made_memcall - the @i-th kind of them; each fifth munmap() fails */
static inline void made_memcall(struct made *m, uint32_t i)
{
	const struct made_call *c = &m->calls[i];
	struct vs_call_counts *counts = &m->rows[i].counts;
	const struct process *p = m->run.model.by_slot[c->image]->process;
	const bool fails = c->call == VS_CALL_MUNMAP && counts->count % 5 == 4;
	struct vs_event_call e = {
		.head = { .type = VS_EVENT_CALL, .time_ns = m->now_ns },
		.id = ++m->next_id,
		.duration_ns = 2000 + made_random(m, 9000),
		.argument = { c->start, c->bytes,
			      c->call == VS_CALL_MPROTECT ? PROT_READ : c->detail },
		.result = fails			      ? -22
			  : c->call == VS_CALL_MMAP   ? (int64_t)c->start
			  : c->call == VS_CALL_MREMAP ? (int64_t)c->start
						      : 0,
		.ip = made_names[0].ip,
		.site = made_names[2].ip,
		.pid = p->pid,
		.tid = p->pid,
		.call = c->call,
		.detail = c->detail,
		.map_before = m->rows[i].map_count,
		.map_after = m->rows[i].map_count,
		.flush = { [VS_FLUSH_REMOTE] = c->sends && !fails },
		.queued = fails ? 0 : c->sends,
		.pages = fails	    ? 0
			 : c->sends ? c->bytes / PAGE
				    : 0,
		.nr_vmas = c->vma ? 1 : 0,
	};

	memcpy(e.comm, p->comm, sizeof(e.comm));
	if (c->call == VS_CALL_MUNMAP)
		e.blocked_ns = e.duration_ns / 3;
	counts->blocked_ns += e.blocked_ns;
	counts->wait_ns[VS_WAIT_mmap_lock_write] += e.blocked_ns;
	counts->count++;
	counts->errors += fails;
	counts->failed[vs_errno_of(-22)] += fails;
	counts->bytes += c->bytes;
	counts->latency_ns += e.duration_ns;
	if (e.duration_ns > counts->latency_max_ns)
		counts->latency_max_ns = e.duration_ns;
	m->run.shootdown.totals.calls++;
	m->run.shootdown.totals.errors += fails;
	put_times(&m->run.shootdown.hist[vs_call_class(c->call, c->detail)][VS_TIME_CALL],
		  e.duration_ns, 1);
	if (c->vma)
		e.vma[0] = (struct vs_call_vma){
			.start = c->start & ~0xffffULL,
			.end = (c->start & ~0xffffULL) + 16 * PAGE,
			.flags = VS_VM_READ | VS_VM_WRITE,
			.slot = saver__define(&m->saver, m->run.model.by_slot[c->vma], m->now_ns),
		};
	e.proc = saver__define(&m->saver, m->run.model.by_slot[c->image], m->now_ns);
	e.stack.row = saver__stack_number(m->stack[c->stack]);
	if (c->sends && !fails)
		made_flush(m, c, &e);
	saver__event(&m->saver, RECORD_CALL, &e, e.head.time_ns + e.duration_ns);
	m->stats.emitted++;
	shootdown__update(&m->run.shootdown, i + 1, &m->rows[i]);
}

/* --- the run --------------------------------------------------------------------------------- */

static inline void made_proc(struct made *m, enum record_type type, enum made_slot image)
{
	const struct process *p = m->run.model.by_slot[image]->process;
	struct vs_event_proc e = {
		.head = { .type = type == RECORD_EXEC ? VS_EVENT_PROC_EXEC : VS_EVENT_PROC_EXIT,
			  .time_ns = m->now_ns },
		.pid = p->pid,
		.exit_code = p->exit_code,
	};

	memcpy(e.comm, p->comm, sizeof(e.comm));
	e.proc = saver__define(&m->saver, m->run.model.by_slot[image], m->now_ns);
	saver__event(&m->saver, type, &e, m->now_ns);
}

static inline void made_rss(struct made *m, uint32_t pid, uint64_t bytes)
{
	const struct record_rss r = { .head = { .time_ns = m->now_ns },
				      .pid = pid,
				      .bytes = bytes };

	saver__event(&m->saver, RECORD_RSS, &r, m->now_ns);
}

/** made_interval - @faults and a few calls, spread over the interval, and a checkpoint at its end */
static inline void made_interval(struct made *m, uint32_t number, uint32_t faults)
{
	const uint64_t end_ns = m->now_ns + MADE_INTERVAL_NS,
		       step_ns = MADE_INTERVAL_NS / (faults + 8);
	struct vs_pair_key keys[MADE_IMAGES];
	struct vs_pair pairs[MADE_IMAGES];
	size_t nr = 0;

	made_rss(m, 100, (number + 1) * 1000 * PAGE);
	for (uint32_t i = 0; i < faults; i++) {
		m->now_ns += step_ns;
		made_fault(m);
		if (i % 4 == 3) {
			m->now_ns += 20000;
			made_memcall(m, made_random(m, MADE_CALLS));
		}
	}
	assert_true(m->now_ns < end_ns);
	m->now_ns = end_ns;
	for (int i = 0; i < MADE_IMAGES; i++) {
		if (!m->pairs[i].count)
			continue;
		keys[nr] = m->pair_keys[i];
		pairs[nr++] = m->pairs[i];
	}
	assert_int_equal(shootdown__set_pairs(&m->run.shootdown, keys, pairs, nr), 0);
	saver__checkpoint(&m->saver, &m->stats, m->now_ns, false);
}

/** made_end - process "søk" has exited, a fault of "db" has not ended, and some events were lost */
static inline void made_end(struct made *m)
{
	struct vs_event_fault waits = {
		.head = { .type = VS_EVENT_IN_FLIGHT, .cpu = 2, .time_ns = m->now_ns - 5000000 },
		.duration_ns = 5000000,
		.address = 0x7f2000003000,
		.pid = 200,
		.tid = 201,
		.vma_start = 0x7f2000000000,
		.vma_end = 0x7f2000010000,
		.cause = VS_CAUSE_FILE_WAIT,
		.outcome = VS_INCOMPLETE,
		.comm = "db",
	};
	struct process *odd = m->run.model.by_slot[MADE_ODD]->process;

	odd->exited = true;
	odd->ended_ns = m->now_ns;
	odd->exit_code = 256;
	made_proc(m, RECORD_EXIT, MADE_ODD);
	m->stats.lost[VS_LOST_EVENTS] = 3;
	m->stats.lost[VS_LOST_LATENCY] = 2;
	m->stats.eventless = 1;
	assert_int_equal(
		in_flight__add(&m->run.in_flight, &waits, m->run.model.by_slot[MADE_DB_DATA]), 0);
	m->saver.in_flight = &m->run.in_flight;
	saver__checkpoint(&m->saver, &m->stats, m->now_ns, true);
	assert_int_equal(m->saver.error, 0);
	assert_int_equal(writer__end(&m->writer), 0);
}

static inline void made_free(struct made *m)
{
	saver__free(&m->saver);
	writer__close(&m->writer);
	namer__free(m->namer);
	run_model__free(&m->run);
}

/**
 * make_recording - into a new file
 * @faults: of each interval of 100 ms, @nr of them
 */
static inline void make_recording(const char *path, const uint32_t *faults, uint32_t nr)
{
	static struct made made;
	struct made *m = &made;

	made_begin(m, path);
	saver__checkpoint(&m->saver, &m->stats, m->now_ns, true);
	made_proc(m, RECORD_EXEC, MADE_WORKER);
	for (uint32_t i = 0; i < nr; i++) {
		made_interval(m, i, faults[i]);
		if (i == 1)
			made_crash(m);
		if (i == 2) {
			/* the time of day was set back by a minute */
			wall_clock__set(&m->wall, m->now_ns,
					(int64_t)(MADE_WALL_NS - MADE_START_NS) - 60000000000LL);
			saver__clock(&m->saver, m->now_ns);
		}
	}
	made_end(m);
	made_free(m);
}

#endif /* VMASCOPE_TESTS_UNIT_GOLDEN_MADE_H */
