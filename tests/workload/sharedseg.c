// SPDX-License-Identifier: GPL-2.0-only
/*
 * sharedseg - two processes map one POSIX shared memory segment, and one of them changes the
 * protection of its mapping: what of that reaches the other one?
 *
 * First the peer alone runs on the second CPU, and keeps writing to the segment; then a thread of
 * the caller's runs there. This program asks /proc what each of them has, and /proc/interrupts
 * how often the second CPU was interrupted to flush its TLB.
 */
#include "partner.h"

#define TURN 100UL /* pairs after which the peer's mapping is looked at */

static unsigned long pairs = 5000, from = 0, to = 1;
static bool gate;
static char name[64];
static volatile unsigned long *segment;

/* Words of the segment: each process writes its own. */
enum word {
	CALLER,
	PEER
};

static const struct wl_option options[] = {
	{ "pairs", .number = &pairs },
	{ "from", .number = &from },
	{ "to", .number = &to },
	{ "gate", .flag = &gate },
	{ 0 },
};

static void map_segment(void)
{
	int fd = shm_open(name, O_RDWR, 0);

	if (fd < 0)
		wl_die("shm_open %s", name);
	segment = (void *)wl_map(WL_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
	close(fd);
}

/**
 * struct peer - the other process
 * @page: what both of them see beside the segment: whether to write, and the peer's own count
 */
struct peer {
	pid_t pid;
	struct {
		atomic_bool ready;
		atomic_bool run;
		atomic_bool stop;
		atomic_ulong writes;
		atomic_long faults;
	} * page;
};

static long faults_of_self(void)
{
	struct rusage ru = { 0 };

	wl_usage_of(RUSAGE_SELF, &ru);
	return ru.ru_minflt + ru.ru_majflt;
}

static void rest(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
}

static void peer_main(struct peer *p)
{
	long before;

	prctl(PR_SET_NAME, "sharedseg-peer");
	wl_pin(to);
	map_segment();
	segment[PEER] = 1;
	/* What it needs is there before faults count. */
	rest();
	atomic_store(&p->page->writes, 0);
	(void)faults_of_self();
	before = faults_of_self();
	atomic_store(&p->page->ready, true);
	while (!atomic_load(&p->page->stop)) {
		if (!atomic_load(&p->page->run)) {
			rest();
			continue;
		}
		segment[PEER]++;
		atomic_fetch_add(&p->page->writes, 1);
		atomic_store(&p->page->faults, faults_of_self() - before);
	}
	_exit(0);
}

static void peer_start(struct peer *p)
{
	p->page = (void *)wl_mmap(NULL, WL_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
				  -1, 0);
	p->pid = wl_fork();
	if (!p->pid)
		peer_main(p);
	while (!atomic_load(&p->page->ready))
		sched_yield();
}

/* The permissions that process @pid has on the segment, by its /proc/PID/maps. */
static void permissions(pid_t pid, char perms[8])
{
	char path[64], line[512];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	f = fopen(path, "re");
	if (!f)
		wl_die("%s", path);
	perms[0] = 0;
	while (fgets(line, sizeof(line), f))
		if (strstr(line, name))
			sscanf(line, "%*s %7s", perms);
	fclose(f);
	if (!perms[0])
		wl_die("%s has no %s", path, name);
}

/* TLB shootdowns that CPU @cpu took so far. */
static unsigned long tlb_row(unsigned long cpu)
{
	FILE *f = fopen("/proc/interrupts", "re");
	unsigned long n = 0;
	char line[4096];

	if (!f)
		wl_die("/proc/interrupts");
	while (fgets(line, sizeof(line), f)) {
		char *p = strstr(line, "TLB:");

		for (unsigned long i = 0; p && i <= cpu; i++)
			n = strtoul(i ? p : (p += 4), &p, 10);
	}
	fclose(f);
	return n;
}

/**
 * struct phase - what was seen while the caller changed its protection
 * @own: the caller's permissions after its mprotect(PROT_READ); @peer: the other's then
 * @writes: by the peer; @interrupts: that the second CPU took, from whomever
 */
struct phase {
	char own[8];
	char peer[8];
	unsigned long writes;
	unsigned long interrupts;
};

/* Wait until the peer has written again, if it is to write: its CPU is its own just now. */
static void peer_await(const struct peer *p)
{
	unsigned long before = segment[PEER];
	long end = partner_now_ns() + PARTNER_PATIENCE_NS;

	while (atomic_load(&p->page->run) && segment[PEER] == before && partner_now_ns() < end)
		;
}

static void must_protect(int prot)
{
	if (mprotect((void *)segment, WL_PAGE, prot))
		wl_die("mprotect");
}

static void change(struct phase *ph, const struct peer *p, struct partner *thread)
{
	unsigned long writes = atomic_load(&p->page->writes), row = tlb_row(wl_cpu(to));

	for (unsigned long i = 0; i < pairs; i++) {
		partner_await(thread);
		peer_await(p);
		segment[CALLER] = i;
		must_protect(PROT_READ);
		if (i % TURN == 0 && atomic_load(&p->page->run)) {
			/* Read-only here: the other one writes on, and it shows here. */
			permissions(getpid(), ph->own);
			permissions(p->pid, ph->peer);
			peer_await(p);
		}
		must_protect(PROT_READ | PROT_WRITE);
	}
	ph->interrupts = tlb_row(wl_cpu(to)) - row;
	ph->writes = atomic_load(&p->page->writes) - writes;
}

static void finish(const struct phase *ph, const struct peer *p, pid_t thread)
{
	char extra[1024];

	snprintf(extra, sizeof(extra),
		 "\"segment\":\"/dev/shm%s\",\"peer\":%d,\"thread\":%d,\"from_cpu\":%lu,"
		 "\"to_cpu\":%lu,\"start\":\"%p\",\"mprotects\":%lu,\"own_permissions\":\"%s\","
		 "\"peer_permissions\":\"%s\",\"peer_writes\":%lu,\"peer_faults\":%ld,"
		 "\"interrupts\":{\"peer\":%lu,\"thread\":%lu},",
		 name, p->pid, thread, wl_cpu(from), wl_cpu(to), (void *)segment, 4 * pairs,
		 ph[0].own, ph[0].peer, ph[0].writes, atomic_load(&p->page->faults),
		 ph[0].interrupts, ph[1].interrupts);
	wl_finish(extra);
}

int main(int argc, char **argv)
{
	struct partner partner = { .how = PARTNER_NONE };
	struct phase ph[2] = { 0 };
	struct peer peer;
	int fd;

	wl_options(argc, argv, options);
	wl_fresh_on(from, argv);
	wl_init("sharedseg");
	snprintf(name, sizeof(name), "/vmascope-sharedseg-%d", getpid());
	shm_unlink(name); /* of an earlier process with this pid, which was killed */
	fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, WL_PAGE))
		wl_die("shm_open %s", name);
	close(fd);
	map_segment();
	wl_write((char *)segment, 1, WL_PAGE);
	peer_start(&peer);
	if (gate)
		wl_gate();
	atomic_store(&peer.page->run, true);
	change(&ph[0], &peer, &partner);
	atomic_store(&peer.page->run, false);

	partner.how = PARTNER_SPINS;
	partner.cpu = to;
	partner.page = wl_map_anon(WL_PAGE);
	wl_write(partner.page, 1, WL_PAGE);
	partner_start(&partner);
	change(&ph[1], &peer, &partner);
	partner_stop(&partner);
	atomic_store(&peer.page->stop, true);
	wl_reap(peer.pid);
	shm_unlink(name);
	finish(ph, &peer, partner.tid);
}
