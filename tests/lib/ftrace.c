// SPDX-License-Identifier: GPL-2.0-only
/*
 * ftrace.c - the kernel's tracer as a reference: memory calls, TLB flushes and their IPIs, counted
 * by this library independently of vmascope.
 */
#include "ftrace.h"
#include "check.h"
#include "run.h"
#include "system.h"
#include "tracer.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BUFFER_KB "65536" /* for each CPU */
#define MAX_TID (1 << 22)

static struct vt_kevent *events;
static size_t nr_events;

/* System calls that change mappings, or clean or drop pages: those that tests use. */
static const long calls[] = {
	SYS_mmap,    SYS_mprotect, SYS_munmap,	      SYS_brk,	     SYS_mremap,
	SYS_msync,   SYS_madvise,  SYS_clone,	      SYS_clone3,    SYS_fork,
	SYS_vfork,   SYS_execve,   SYS_truncate,      SYS_ftruncate, SYS_process_madvise,
	SYS_ioctl,   SYS_fsync,	   SYS_pkey_mprotect, SYS_mlock,     SYS_mlock2,
	SYS_munlock, SYS_mlockall, SYS_munlockall,
};

static const char *const ipi_functions[VT_NR_IPI] = {
	[VT_IPI_USER] = "flush_tlb_func",
	[VT_IPI_KERNEL] = "do_kernel_range_flush",
	[VT_IPI_ALL] = "do_flush_tlb_all",
};

bool vt_ftrace_has_csd(void)
{
	return !access(VT_TRACEFS "/events/csd/csd_queue_cpu", F_OK);
}

static void filter_calls(const char *event)
{
	char filter[1024], name[64];
	size_t n = 0;

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		n += (size_t)snprintf(filter + n, sizeof(filter) - n, "%sid == %ld",
				      i ? " || " : "", calls[i]);
	snprintf(name, sizeof(name), "events/raw_syscalls/%s/filter", event);
	vt_tracer_put(name, filter);
}

void vt_ftrace_start(void)
{
	static const char *const enable[] = {
		"tlb/tlb_flush",
		"raw_syscalls/sys_enter",
		"raw_syscalls/sys_exit",
		"sched/sched_process_exec",
		"sched/sched_process_fork",
		"sched/sched_process_exit",
		"csd/csd_queue_cpu",
		"csd/csd_function_entry",
		"csd/csd_function_exit",
	};
	size_t n = sizeof(enable) / sizeof(enable[0]) - (vt_ftrace_has_csd() ? 0 : 3);
	char name[64];

	vt_tracer_open(BUFFER_KB, "mono");
	vt_tracer_put("events/tlb/tlb_flush/filter", "reason != 0");
	if (vt_ftrace_has_csd())
		vt_tracer_put("events/csd/csd_function_exit/filter", "csd == 0");
	filter_calls("sys_enter");
	filter_calls("sys_exit");
	for (size_t i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "events/%s/enable", enable[i]);
		vt_tracer_put(name, "1");
	}
	vt_tracer_put("tracing_on", "1");
}

void vt_ftrace_only(pid_t pid)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", pid);
	vt_tracer_put("set_event_pid", text);
}

void vt_ftrace_add_faults(void)
{
	vt_tracer_put("events/exceptions/page_fault_user/enable", "1");
	vt_tracer_put("events/exceptions/page_fault_kernel/enable", "1");
}

void vt_ftrace_mark(const char *text)
{
	vt_tracer_put("trace_marker", text);
}

static bool parse_function(const char *p, struct vt_kevent *e)
{
	const char *func = strstr(p, "func="), *csd = strstr(p, "csd=");

	vt_true(func && csd);
	e->b = strtoull(csd + 4, NULL, 16);
	for (size_t i = 0; i < VT_NR_IPI; i++) {
		size_t len = strlen(ipi_functions[i]);

		if (!strncmp(func + 5, ipi_functions[i], len) && strchr(" ,", func[5 + len])) {
			e->c = i;
			return true;
		}
	}
	return false;
}

static bool parse_flush(const char *p, struct vt_kevent *e)
{
	const char *reason = strrchr(p, '(');

	e->b = strtoull(p + strlen("pages:"), NULL, 10);
	e->a = reason ? atoll(reason + 1) : -1;
	return e->a > VT_REASON_TASK_SWITCH;
}

static bool parse_queue(const char *p, struct vt_kevent *e)
{
	e->a = atoll(p + strlen("cpu="));
	return parse_function(p, e);
}

static bool parse_entry(const char *p, struct vt_kevent *e)
{
	bool ours = parse_function(p, e);

	if (!e->b)
		e->kind = VT_OWN;
	return ours;
}

/* The filter only lets events of the initiator's local part pass. */
static bool parse_own_end(const char *p, struct vt_kevent *e)
{
	return parse_function(p, e);
}

static bool parse_enter(const char *p, struct vt_kevent *e)
{
	return sscanf(p, "NR %ld (%lx, %lx", &e->a, &e->b, &e->c) == 3;
}

static bool parse_leave(const char *p, struct vt_kevent *e)
{
	return sscanf(p, "NR %ld = %ld", &e->a, (long *)&e->b) == 2;
}

static bool parse_fork(const char *p, struct vt_kevent *e)
{
	const char *child = strstr(p, "child_pid=");

	e->a = child ? atoll(child + strlen("child_pid=")) : 0;
	return e->a > 0;
}

static bool parse_exec(const char *p, struct vt_kevent *e)
{
	return sscanf(p, "filename=%63s", e->text) == 1;
}

static bool parse_exit(const char *p, struct vt_kevent *e)
{
	(void)p;
	(void)e;
	return true;
}

/* An address in the kernel, which has no page to fault in, is printed as a symbol or has its high bits set. */
static bool parse_fault(const char *p, struct vt_kevent *e)
{
	return sscanf(p, "address=0x%lx", &e->b) == 1 && !(e->b >> 63);
}

static bool parse_mark(const char *p, struct vt_kevent *e)
{
	return sscanf(p, "%63s", e->text) == 1;
}

static const struct {
	const char *name;
	enum vt_kind kind;
	bool (*parse)(const char *p, struct vt_kevent *e);
} parsers[] = {
	{ "tlb_flush: ", VT_FLUSH, parse_flush },
	{ "sys_enter: ", VT_ENTER, parse_enter },
	{ "sys_exit: ", VT_LEAVE, parse_leave },
	{ "csd_queue_cpu: ", VT_QUEUE, parse_queue },
	{ "csd_function_entry: ", VT_ENTRY, parse_entry },
	{ "csd_function_exit: ", VT_OWN_END, parse_own_end },
	{ "sched_process_fork: ", VT_FORK, parse_fork },
	{ "sched_process_exec: ", VT_EXEC, parse_exec },
	{ "sched_process_exit: ", VT_EXIT, parse_exit },
	{ "page_fault_user: ", VT_FAULT, parse_fault },
	{ "page_fault_kernel: ", VT_FAULT, parse_fault },
	{ "tracing_mark_write: ", VT_MARK, parse_mark },
};

/* "   COMM-TID   [CPU]  SECONDS.MICROSECONDS: EVENT: …"; a command name may contain anything. */
static bool parse_line(const char *line, struct vt_kevent *e)
{
	unsigned long seconds, micros;
	const char *p, *tid;
	int at = 0;

	memset(e, 0, sizeof(*e));
	for (p = line; (p = strstr(p, " [")); p++)
		if (sscanf(p, " [%d] %lu.%lu: %n", &e->cpu, &seconds, &micros, &at) == 3 && at)
			break;
	if (!p)
		return false;
	for (tid = p; tid > line && *tid == ' '; tid--)
		;
	while (tid > line && *tid >= '0' && *tid <= '9')
		tid--;
	vt_true(*tid == '-');
	e->tid = atoi(tid + 1);
	e->us = seconds * 1000000 + micros;
	p += at;
	for (size_t i = 0; i < sizeof(parsers) / sizeof(parsers[0]); i++) {
		size_t len = strlen(parsers[i].name);

		e->kind = parsers[i].kind;
		if (!strncmp(p, parsers[i].name, len))
			return parsers[i].parse(p + len, e);
	}
	if (!strncmp(p, "0: ", 3)) /* tracing_mark_write before 6.13 prints its address, 0 */
		return e->kind = VT_MARK, parse_mark(p + 3, e);
	return false;
}

const struct vt_kevent *vt_ftrace_stop(size_t *n)
{
	size_t room = 0;
	char *text, *line, *save;

	text = vt_tracer_read();
	nr_events = 0;
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (*line == '#')
			continue;
		if (nr_events == room)
			events = realloc(events, (room = room * 2 + 4096) * sizeof(*events));
		vt_true(events);
		nr_events += parse_line(line, &events[nr_events]);
	}
	free(text);
	vt_cmp(nr_events, >, 0, "events that the tracer saw");
	*n = nr_events;
	return events;
}

pid_t vt_ftrace_exec_of(const char *file)
{
	for (size_t i = 0; i < nr_events; i++)
		if (events[i].kind == VT_EXEC && !strcmp(events[i].text, file))
			return events[i].tid;
	fail_msg("the tracer saw no exec of %s", file);
	return 0;
}

size_t vt_ftrace_index_of(const char *mark)
{
	for (size_t i = 0; i < nr_events; i++)
		if (events[i].kind == VT_MARK && !strcmp(events[i].text, mark))
			return i;
	fail_msg("the tracer saw no mark '%s'", mark);
	return 0;
}

/*
 * struct follow - state of one pass over the events: a process is followed, with all that it forks
 * @member: by tid: the task is followed now. A tid may be reused by any process once its task is
 *	gone, but not before the fork event. It is not cleared at sched_process_exit: since 6.16
 *	that precedes the release of the task's memory, whose flushes belong to the task
 * @call: by tid: 1 + number of the current system call
 * @part: by tid: 1: a local flush at this point is part of a remote one. Not every remote flush has
 *	such a part (one of an address space that is not loaded has none): VT_OWN and VT_OWN_END
 *	mark it; before 6.5, which lacks these, the next local flush is assumed to be it
 * @only: NULL: all calls count; otherwise those with this first argument: @at: by tid: the task is
 *	in one
 * @sender: by target CPU: initiators of queued IPIs; @sender.waits: the IPI has not arrived yet;
 *	@sender.counts: it was sent by a followed task, in the span that counts
 */
struct sender {
	uint64_t csd;
	bool waits;
	bool counts;
	enum vt_ipi ipi;
	pid_t tid;
	int cpu;
	int call;
};

#define MAX_QUEUED 64

struct follow {
	unsigned char *member;
	uint16_t *call;
	unsigned char *part;
	const uint64_t *only;
	unsigned char *at;
	struct sender sender[VT_MAX_CPUS][MAX_QUEUED];
};

static struct follow *follow_begin(void)
{
	struct follow *f = calloc(1, sizeof(*f));

	vt_true(f);
	f->member = calloc(MAX_TID, sizeof(*f->member));
	f->call = calloc(MAX_TID, sizeof(*f->call));
	f->part = calloc(MAX_TID, sizeof(*f->part));
	f->at = calloc(MAX_TID, sizeof(*f->at));
	vt_true(f->member && f->call && f->part && f->at);
	return f;
}

static void follow_end(struct follow *f)
{
	free(f->member);
	free(f->call);
	free(f->part);
	free(f->at);
	free(f);
}

/* Find the initiator of the IPI @e that arrives. A csd serves one pair of CPUs, and is reused. */
static bool follow_entry(struct follow *f, const struct vt_kevent *e, struct sender *from)
{
	struct sender *s = f->sender[e->cpu];

	for (size_t i = 0; i < MAX_QUEUED; i++)
		if (s[i].csd == e->b && s[i].waits) {
			*from = s[i];
			s[i].waits = false;
			return true;
		}
	return false;
}

static struct vt_kcall *call_of(struct vt_ktally *t, int call)
{
	return &t->call[call && call <= VT_MAX_NR ? call - 1 : VT_NO_CALL];
}

/**
 * add_unseen - the handler of IPI @s to CPU @to has run, but no event shows it
 *
 * The handler's events are not written while RCU is not watching, as on a CPU that is entering idle. The
 * kernel sends the csd again only after its handler has run, and the initiator waits for that.
 */
static void add_unseen(struct vt_ktally *t, struct sender *s, size_t to)
{
	if (!s->waits || !s->counts)
		return;
	s->waits = false;
	t->unseen[s->ipi]++;
	t->either[s->ipi]++;
	t->received[s->ipi]++;
	if (s->ipi != VT_IPI_USER)
		return;
	call_of(t, s->call)->received++;
	t->pair[s->cpu][to]++;
}

static void add_all_unseen(struct vt_ktally *t, struct follow *f)
{
	for (size_t to = 0; to < VT_MAX_CPUS; to++)
		for (size_t i = 0; i < MAX_QUEUED; i++)
			add_unseen(t, &f->sender[to][i], to);
}

static void follow_queue(struct vt_ktally *t, struct follow *f, const struct vt_kevent *e,
			 bool counts)
{
	struct sender *s;
	size_t i = 0;

	vt_cmp(e->a, <, VT_MAX_CPUS, "CPUs");
	s = f->sender[e->a];
	while (i < MAX_QUEUED && s[i].csd && s[i].csd != e->b)
		i++;
	vt_cmp(i, <, MAX_QUEUED, "csds that go to one CPU");
	add_unseen(t, &s[i], (size_t)e->a);
	s[i] = (struct sender){ .csd = e->b,
				.waits = true,
				.counts = counts,
				.ipi = (enum vt_ipi)e->c,
				.tid = e->tid,
				.cpu = e->cpu,
				.call = f->call[e->tid] };
}

static void add_flush(struct follow *f, struct vt_kcall *c, const struct vt_kevent *e)
{
	bool again = e->a != VT_REASON_SEND && f->part[e->tid];

	if (e->a == VT_REASON_SEND)
		c->remote++;
	else if (e->a == VT_REASON_LOCAL || e->a == VT_REASON_LOCAL_MM)
		c->local++;
	else
		return;
	f->part[e->tid] = e->a == VT_REASON_SEND && !vt_ftrace_has_csd();
	if (again)
		return;
	if (e->b == UINT64_MAX)
		c->full++;
	else
		c->pages += (int64_t)e->b;
}

static void add_own(struct vt_ktally *t, struct follow *f, const struct vt_kevent *e)
{
	struct vt_kcall *c = call_of(t, f->call[e->tid]);

	switch (e->kind) {
	case VT_ENTER:
		t->call[e->a].entered++;
		break;
	case VT_LEAVE:
		if (f->call[e->tid] != e->a + 1)
			break; /* a child starts inside its parent's call */
		t->call[e->a].left++;
		t->call[e->a].failed += (int64_t)e->b < 0 && (int64_t)e->b >= -4095;
		break;
	case VT_FLUSH:
		add_flush(f, c, e);
		break;
	case VT_QUEUE:
		t->queued[e->c]++;
		c->queued += e->c == VT_IPI_USER;
		break;
	case VT_ENTRY:
		t->taken[e->c]++;
		break;
	case VT_FAULT:
		t->faults++;
		break;
	default:
		break;
	}
}

/* State that must be tracked for all tasks, also before and after the span that counts. */
static void keep_state(struct follow *f, const struct vt_kevent *e)
{
	if (e->kind == VT_OWN)
		f->part[e->tid] = e->c == VT_IPI_USER;
	else if (e->kind != VT_FLUSH && e->kind != VT_QUEUE && e->kind != VT_ENTRY)
		f->part[e->tid] = 0;
	switch (e->kind) {
	case VT_ENTER:
		f->call[e->tid] = (uint16_t)(e->a + 1);
		break;
	case VT_LEAVE:
	case VT_EXIT:
		f->call[e->tid] = 0;
		break;
	case VT_FORK:
		f->call[e->a] = 0;
		f->member[e->a] = f->member[e->tid];
		break;
	default:
		break;
	}
}

static void add_up(struct vt_ktally *t)
{
	for (size_t i = 0; i <= VT_MAX_NR; i++) {
		int64_t *sum = (int64_t *)&t->all, *one = (int64_t *)&t->call[i];

		for (size_t m = 0; m < sizeof(t->all) / sizeof(*sum); m++)
			sum[m] += one[m];
	}
}

static size_t first_exec(pid_t pid)
{
	for (size_t i = 0; i < nr_events; i++)
		if (events[i].kind == VT_EXEC && events[i].tid == pid)
			return i;
	fail_msg("the tracer saw no exec of process %d", pid);
	return 0;
}

/*
 * The event from which process @pid is followed: its fork, as another process may have had its pid
 * before; the first event if it is older than the trace.
 */
static size_t birth(pid_t pid)
{
	size_t born = 0;

	for (size_t i = 0; i < nr_events; i++) {
		if (events[i].kind == VT_FORK && events[i].a == pid)
			born = i;
		if (events[i].kind == VT_EXEC && events[i].tid == pid)
			return born;
	}
	return 0;
}

/* An IPI arrives: count it if its initiator or its target is followed. */
static void add_arrival(struct vt_ktally *t, struct follow *f, const struct vt_kevent *e,
			const struct sender *from)
{
	bool own = from && f->member[from->tid];

	t->either[e->c] += own || f->member[e->tid];
	if (!own)
		return;
	t->received[e->c]++;
	t->own[e->c] += f->member[e->tid];
	if (e->c != VT_IPI_USER)
		return;
	call_of(t, from->call)->received++;
	t->pair[from->cpu][e->cpu]++;
}

/*
 * Is @e an event that counts for its task? A call begins with its first event, and ends with its
 * last.
 */
static bool counts(struct follow *f, const struct vt_kevent *e)
{
	bool now;

	if (e->kind == VT_ENTER)
		f->at[e->tid] = f->only && e->b == *f->only;
	now = f->at[e->tid];
	if (e->kind == VT_LEAVE || e->kind == VT_EXIT)
		f->at[e->tid] = 0;
	return f->member[e->tid] && (!f->only || now);
}

static void tally(struct vt_ktally *t, pid_t pid, size_t begin, size_t end, const uint64_t *only)
{
	struct follow *f = follow_begin();
	const size_t born = birth(pid);
	struct sender sender = { 0 };

	memset(t, 0, sizeof(*t));
	f->only = only;
	f->member[pid] = !born;
	for (size_t i = 0; i < end; i++) {
		const struct vt_kevent *e = &events[i];
		bool joined = e->kind == VT_ENTRY && follow_entry(f, e, &sender);
		bool own = counts(f, e);

		if (i >= begin && e->kind == VT_ENTRY)
			add_arrival(t, f, e, joined ? &sender : NULL);
		if (i >= begin && own)
			add_own(t, f, e);
		if (e->kind == VT_QUEUE)
			follow_queue(t, f, e, i >= begin && own);
		keep_state(f, e);
		if (i == born)
			f->member[pid] = 1;
	}
	if (end == nr_events)
		add_all_unseen(t, f);
	follow_end(f);
	add_up(t);
}

void vt_ftrace_tally(struct vt_ktally *t, pid_t pid, const char *from, const char *to)
{
	tally(t, pid, from ? vt_ftrace_index_of(from) : first_exec(pid),
	      to ? vt_ftrace_index_of(to) : nr_events, NULL);
}

void vt_ftrace_tally_at(struct vt_ktally *t, pid_t pid, uint64_t address)
{
	tally(t, pid, first_exec(pid), nr_events, &address);
}

int64_t vt_ftrace_taken_from(pid_t from, pid_t to)
{
	struct follow *f = follow_begin();
	struct sender sender = { 0 };
	int64_t taken = 0;

	for (size_t i = 0; i < nr_events; i++) {
		const struct vt_kevent *e = &events[i];

		if (e->kind == VT_ENTRY && follow_entry(f, e, &sender))
			taken += e->c == VT_IPI_USER && sender.tid == from && e->tid == to;
		if (e->kind == VT_QUEUE)
			follow_queue(NULL, f, e, false);
	}
	follow_end(f);
	return taken;
}

void vt_ftrace_show(pid_t pid)
{
	size_t own = 0, sends = 0, last = 0;

	for (size_t i = 0; i < nr_events; i++) {
		const struct vt_kevent *e = &events[i];
		const char *what = e->kind == VT_FORK && e->a == pid	 ? "fork"
				   : e->kind == VT_EXEC && e->tid == pid ? "exec"
				   : e->kind == VT_EXIT && e->tid == pid ? "exit"
									 : NULL;

		if (what)
			print_error("tracer: event %zu at %lu us: %s of process %d\n", i,
				    (unsigned long)e->us, what, pid);
		if (e->tid != pid)
			continue;
		own++;
		sends += e->kind == VT_FLUSH && e->a == VT_REASON_SEND;
		last = i;
	}
	print_error("tracer: %zu events, from %lu to %lu us; %zu of process %d, the last is event "
		    "%zu; it sent %zu flushes\n",
		    nr_events, (unsigned long)events[0].us, (unsigned long)events[nr_events - 1].us,
		    own, pid, last, sends);
}

/**
 * next_of - index of the next event of the IPI that event @i queued: its arrival, or that its csd is queued
 * again; nr_events: there is none
 */
static size_t next_of(size_t i)
{
	const struct vt_kevent *e = &events[i];

	for (size_t n = i + 1; n < nr_events; n++)
		if (events[n].b == e->b && ((events[n].kind == VT_QUEUE && events[n].a == e->a) ||
					    (events[n].kind == VT_ENTRY && events[n].cpu == e->a)))
			return n;
	return nr_events;
}

void vt_ftrace_receipts(const char *from, const char *to, int64_t *least, int64_t *most)
{
	const size_t begin = vt_ftrace_index_of(from), end = vt_ftrace_index_of(to);
	int64_t seen = 0, unseen = 0, inside = 0;

	for (size_t i = 0; i < end; i++) {
		size_t next;

		if (events[i].c != VT_IPI_USER)
			continue;
		seen += events[i].kind == VT_ENTRY && i >= begin;
		if (events[i].kind != VT_QUEUE)
			continue;
		next = next_of(i);
		if (next < begin || (next < nr_events && events[next].kind == VT_ENTRY))
			continue;
		unseen++;
		inside += i >= begin && next < end;
	}
	*least = seen + inside;
	*most = seen + unseen;
}
