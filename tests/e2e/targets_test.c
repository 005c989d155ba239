// SPDX-License-Identifier: GPL-2.0-only
/*
 * targets_test - however many processes and threads are asked for by -p and -t, each is traced.
 */
#include "check.h"
#include "gated.h"
#include "scope.h"
#include "system.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/** More than 1,024, which a map of BPF had room for. */
#define NR_THREADS 1100
#define STACK_BYTES (64 << 10)
#define PAGE_BYTES 4096

/**
 * struct crowd - threads that wait until the gate opens, then touch a page each, and stay until all have: a
 * thread that ends changes the VMAs, beside which those of others are not always found
 */
struct crowd {
	pthread_t threads[NR_THREADS];
	pid_t tids[NR_THREADS];
	pthread_barrier_t born;
	pthread_barrier_t gate;
	pthread_barrier_t done;
	char *pages;
};

static struct crowd crowd;

static void *member(void *arg)
{
	const size_t number = (size_t)arg;

	crowd.tids[number] = syscall(SYS_gettid);
	pthread_barrier_wait(&crowd.born);
	pthread_barrier_wait(&crowd.gate);
	crowd.pages[number * PAGE_BYTES] = 1;
	pthread_barrier_wait(&crowd.done);
	return NULL;
}

static void gather(void)
{
	pthread_attr_t attr;

	/* shared, so that it is merged with no other mapping */
	crowd.pages = mmap(NULL, NR_THREADS * PAGE_BYTES, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(crowd.pages, MAP_FAILED);
	madvise(crowd.pages, NR_THREADS * PAGE_BYTES, MADV_NOHUGEPAGE);
	pthread_barrier_init(&crowd.born, NULL, NR_THREADS + 1);
	pthread_barrier_init(&crowd.gate, NULL, NR_THREADS + 1);
	pthread_barrier_init(&crowd.done, NULL, NR_THREADS);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	for (size_t i = 0; i < NR_THREADS; i++)
		vt_equal(pthread_create(&crowd.threads[i], &attr, member, (void *)i), 0,
			 "errno of starting thread %zu", i);
	pthread_attr_destroy(&attr);
	pthread_barrier_wait(&crowd.born);
}

static void disperse(void)
{
	for (size_t i = 0; i < NR_THREADS; i++)
		pthread_join(crowd.threads[i], NULL);
	pthread_barrier_destroy(&crowd.born);
	pthread_barrier_destroy(&crowd.gate);
	pthread_barrier_destroy(&crowd.done);
	munmap(crowd.pages, NR_THREADS * PAGE_BYTES);
}

static void more_threads_than_the_default_table(void **state)
{
	static char list[NR_THREADS * 8 + 1];
	struct json_object *json, *process, *vma;
	int64_t minor = 0, vmas = 0;
	struct vt_cmd scope;
	size_t len = 0;

	(void)state;
	gather();
	for (size_t i = 0; i < NR_THREADS; i++)
		len += snprintf(list + len, sizeof(list) - len, "%s%d", i ? "," : "",
				crowd.tids[i]);
	vt_attach_stat(&scope, VT_ARGS("-t", list));
	pthread_barrier_wait(&crowd.gate);
	disperse();
	json = vt_stop_stat(&scope);
	vt_each(process, json, "processes") vt_each(vma, process, "vmas")
	{
		if (!vt_get(vma, "start") || vt_hex(vma, "start") != (uintptr_t)crowd.pages)
			continue;
		minor += vt_int(vma, "minor");
		vmas++;
	}
	vt_equal(vmas, 1, "rows of the VMA that they touch");
	vt_equal(minor, NR_THREADS, "faults there, one of each thread");
	json_object_put(json);
}

static const struct CMUnitTest tests[] = {
	VT_TEST(more_threads_than_the_default_table),
};

VT_MAIN(tests)
