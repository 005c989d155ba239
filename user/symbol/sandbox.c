// SPDX-License-Identifier: GPL-2.0-only
/* sandbox.c - give up user, capabilities, memory and system calls. */
#include "symbol/sandbox.h"

#include <errno.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* nobody: no file is its, and Debian's user of that name owns no process. */
#define NOBODY 65534
/* Private memory; files that are mapped to be read are not part of it. */
#define MEMORY_LIMIT (2UL << 30)
/* A table of functions, in memory too. */
#define TABLE_LIMIT (512UL << 20)
/* A sanitizer maps terabytes, and reads files of its own. */
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED true
#else
#define SANITIZED false
#endif
#if defined(__x86_64__)
#define OWN_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OWN_ARCH AUDIT_ARCH_AARCH64
#else
#define OWN_ARCH 0
#endif
#define NR(a) (sizeof(a) / sizeof(*(a)))

/* What parsing files that are open takes. Others fail with EPERM. */
static const uint16_t allowed[] = {
	__NR_read,	  __NR_pread64,	     __NR_write,	  __NR_lseek,
	__NR_close,	  __NR_fstat,	     __NR_mmap,		  __NR_munmap,
	__NR_mremap,	  __NR_mprotect,     __NR_madvise,	  __NR_brk,
	__NR_recvmsg,	  __NR_sendmsg,	     __NR_memfd_create,	  __NR_fcntl,
	__NR_futex,	  __NR_getrandom,    __NR_clock_gettime,  __NR_prlimit64,
	__NR_exit_group,  __NR_rt_sigreturn, __NR_rt_sigprocmask, __NR_rt_sigaction,
	__NR_getpid,	  __NR_gettid,	     __NR_tgkill,	  __NR_newfstatat,
	__NR_sched_yield,
};

static int set_limits(void)
{
	static const struct {
		int resource;
		struct rlimit limit;
	} limits[] = {
		{ RLIMIT_CORE, { 0, 0 } },
		{ RLIMIT_NPROC, { 0, 0 } },
		{ RLIMIT_DATA, { MEMORY_LIMIT, MEMORY_LIMIT } },
		{ RLIMIT_FSIZE, { TABLE_LIMIT, TABLE_LIMIT } },
	};

	for (size_t i = 0; i < NR(limits); i++)
		if (setrlimit((__rlimit_resource_t)limits[i].resource, &limits[i].limit))
			return -errno;
	return 0;
}

static int filter_calls(void)
{
	struct sock_filter code[NR(allowed) + 6];
	struct sock_fprog program = { .len = NR(code), .filter = code };
	size_t n = 0;

	code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						 offsetof(struct seccomp_data, arch));
	code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OWN_ARCH, 1, 0);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						 offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < NR(allowed); i++)
		code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, allowed[i],
							 (uint8_t)(NR(allowed) - i), 0);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) ? -errno : 0;
}

static int drop_capabilities(void)
{
	cap_t none = cap_init();
	const int err = !none || cap_set_proc(none) ? -errno : 0;

	if (none)
		cap_free(none);
	return err;
}

int sandbox_enter(void)
{
	int err;

	prctl(PR_SET_DUMPABLE, 0);
	if (!geteuid() && (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
			   setresuid(NOBODY, NOBODY, NOBODY)))
		return -errno;
	err = drop_capabilities();
	if (!err && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		err = -errno;
	if (!err && !SANITIZED)
		err = set_limits();
	if (!err && !SANITIZED && OWN_ARCH != 0)
		err = filter_calls();
	return err;
}
