// SPDX-License-Identifier: GPL-2.0-only
/*
 * soak_loads_test - stress-ng's memory stressors, and all of the workload's loops in processes with
 * several threads: what vmascope counts is what the kernel counts, in every run. It takes minutes: tests/hostile runs it, make check does not.
 */
#include "check.h"
#include "load.h"
#include "scope.h"
#include "system.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void loop(const char *name)
{
	char program[512]; /* vt_workload() remembers a few */

	snprintf(program, sizeof(program), "%s", vt_workload("loops"));
	vt_load_check(
		VT_ARGS(program, "--rounds", "50", "--processes", "2", "--threads", "2", name), 0,
		0);
}

/* Two workers, @ops operations in all, in a directory that goes with the test. */
static void stress(const char *stressor, const char *ops, const char *option, const char *value,
		   unsigned int flags)
{
	const char *dir = vt_path("stress");
	char workers[32], limit[32];

	if (!vt_exists("stress-ng"))
		fail_msg("no stress-ng (run: sudo apt-get install stress-ng)");
	snprintf(workers, sizeof(workers), "--%s", stressor);
	snprintf(limit, sizeof(limit), "--%s-ops", stressor);
	vt_sys(mkdir(dir, 0700));
	vt_load_check(VT_ARGS("stress-ng", "--quiet", "--oom-avoid", "--timeout", "20s",
			      "--temp-path", dir, workers, "2", limit, ops, option, value),
		      0, flags);
	vt_sys(rmdir(dir));
}

#define LOOP(name)                                                                                 \
	static void name(void **state)                                                             \
	{                                                                                          \
		(void)state;                                                                       \
		loop(#name);                                                                       \
	}

#define STRESS(name, stressor, ops, option, value)                                                 \
	static void name(void **state)                                                             \
	{                                                                                          \
		(void)state;                                                                       \
		stress(stressor, ops, option, value, 0);                                           \
	}

/* Its children are reaped by the kernel: their parent ignores SIGCHLD, or has ended. */
#define STRESS_UNWAITED(name, stressor, ops, option, value)                                        \
	static void name(void **state)                                                             \
	{                                                                                          \
		(void)state;                                                                       \
		stress(stressor, ops, option, value, VT_LOAD_UNWAITED);                            \
	}

LOOP(page_fault1)
LOOP(page_fault2)
LOOP(page_fault3)
LOOP(mmap1)
LOOP(brk1)
LOOP(malloc1)
LOOP(fork1)
LOOP(mprotect1)
LOOP(dontneed1)
LOOP(mremap1)

STRESS(stress_vm, "vm", "2000", "--vm-bytes", "32M")
STRESS(stress_mmap, "mmap", "50", "--mmap-bytes", "8M")
STRESS(stress_mremap, "mremap", "200", "--mremap-bytes", "8M")
STRESS(stress_malloc, "malloc", "20000", "--malloc-bytes", "16M")
STRESS(stress_fault, "fault", "2000", NULL, NULL)
STRESS(stress_fork, "fork", "300", NULL, NULL)
STRESS(stress_vfork, "vfork", "300", NULL, NULL)
STRESS(stress_madvise, "madvise", "50", NULL, NULL)
STRESS(stress_mprotect, "mprotect", "5000", NULL, NULL)
STRESS(stress_munmap, "munmap", "20", NULL, NULL)
STRESS(stress_mlock, "mlock", "200", NULL, NULL)
STRESS(stress_msync, "msync", "500", "--msync-bytes", "4M")
STRESS(stress_memfd, "memfd", "50", "--memfd-bytes", "8M")
STRESS(stress_tlb_shootdown, "tlb-shootdown", "20", NULL, NULL)
STRESS(stress_mincore, "mincore", "2000", NULL, NULL)
STRESS(stress_vm_segv, "vm-segv", "200", NULL, NULL)
STRESS(stress_sigsegv, "sigsegv", "2000", NULL, NULL)
STRESS_UNWAITED(stress_shm, "shm", "20", "--shm-bytes", "2M")
STRESS(stress_shm_sysv, "shm-sysv", "20", "--shm-sysv-bytes", "2M")
STRESS(stress_userfaultfd, "userfaultfd", "2000", NULL, NULL)
STRESS(stress_mmapaddr, "mmapaddr", "2000", NULL, NULL)
STRESS(stress_mmapfixed, "mmapfixed", "2000", NULL, NULL)
STRESS(stress_mmaphuge, "mmaphuge", "20", NULL, NULL)
STRESS(stress_mmapmany, "mmapmany", "2000", NULL, NULL)
STRESS(stress_mmapfork, "mmapfork", "1", NULL, NULL)
STRESS(stress_msyncmany, "msyncmany", "200", NULL, NULL)
STRESS(stress_brk, "brk", "20000", NULL, NULL)
STRESS(stress_stackmmap, "stackmmap", "5", NULL, NULL)
STRESS(stress_pagemove, "pagemove", "20", "--pagemove-bytes", "2M")
STRESS(stress_remap, "remap", "50", NULL, NULL)
STRESS(stress_rmap, "rmap", "200", NULL, NULL)
STRESS(stress_vm_addr, "vm-addr", "20", NULL, NULL)
STRESS(stress_vm_rw, "vm-rw", "200", "--vm-rw-bytes", "4M")
STRESS(stress_vm_splice, "vm-splice", "2000", "--vm-splice-bytes", "1M")
STRESS(stress_bad_altstack, "bad-altstack", "200", NULL, NULL)

static const struct CMUnitTest tests[] = {
	VT_TEST(page_fault1),
	VT_TEST(page_fault2),
	VT_TEST(page_fault3),
	VT_TEST(mmap1),
	VT_TEST(brk1),
	VT_TEST(malloc1),
	VT_TEST(fork1),
	VT_TEST(mprotect1),
	VT_TEST(dontneed1),
	VT_TEST(mremap1),
	VT_TEST(stress_vm),
	VT_TEST(stress_mmap),
	VT_TEST(stress_mremap),
	VT_TEST(stress_malloc),
	VT_TEST(stress_fault),
	VT_TEST(stress_fork),
	VT_TEST(stress_vfork),
	VT_TEST(stress_madvise),
	VT_TEST(stress_mprotect),
	VT_TEST(stress_munmap),
	VT_TEST(stress_mlock),
	VT_TEST(stress_msync),
	VT_TEST(stress_memfd),
	VT_TEST(stress_mincore),
	VT_TEST(stress_tlb_shootdown),
	VT_TEST(stress_vm_segv),
	VT_TEST(stress_sigsegv),
	VT_TEST(stress_shm),
	VT_TEST(stress_shm_sysv),
	VT_TEST(stress_userfaultfd),
	VT_TEST(stress_mmapaddr),
	VT_TEST(stress_mmapfixed),
	VT_TEST(stress_mmaphuge),
	VT_TEST(stress_mmapmany),
	VT_TEST(stress_mmapfork),
	VT_TEST(stress_msyncmany),
	VT_TEST(stress_brk),
	VT_TEST(stress_stackmmap),
	VT_TEST(stress_pagemove),
	VT_TEST(stress_remap),
	VT_TEST(stress_rmap),
	VT_TEST(stress_vm_addr),
	VT_TEST(stress_vm_rw),
	VT_TEST(stress_vm_splice),
	VT_TEST(stress_bad_altstack),
};

VT_MAIN(tests)
