/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vmlinux.h - the kernel types that bpf/ reads, by name: CO-RE finds the offsets at load time.
 *
 * Written by hand and small: a field is here because a program reads it. `make vmlinux` makes the
 * running kernel's full header, to look things up in. Older or newer shapes of a type are flavours
 * (name___what) in bpf/compat.bpf.h.
 */
#ifndef VMASCOPE_VMLINUX_H
#define VMASCOPE_VMLINUX_H

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed char __s8;
typedef short __s16;
typedef int __s32;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;
typedef __s64 s64;
typedef _Bool bool;

enum {
	false,
	true,
};

/* What the programs use of include/uapi/linux/bpf.h. */
enum bpf_map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_CGROUP_ARRAY = 8,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_RINGBUF = 27,
	BPF_MAP_TYPE_TASK_STORAGE = 29,
};

enum {
	BPF_ANY = 0,
	BPF_NOEXIST = 1,
	BPF_EXIST = 2,
};

enum {
	BPF_F_NO_PREALLOC = 1U << 0,
	BPF_F_MMAPABLE = 1U << 10,
};

enum {
	BPF_LOCAL_STORAGE_GET_F_CREATE = 1U << 0,
};

enum {
	BPF_RB_NO_WAKEUP = 1U << 0,
	BPF_RB_FORCE_WAKEUP = 1U << 1,
};

enum {
	BPF_RB_AVAIL_DATA = 0,
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	s64 counter;
} atomic64_t;

typedef atomic64_t atomic_long_t;

struct kuid {
	u32 val;
};

struct qstr {
	const unsigned char *name;
};

struct hlist_bl_node {
	struct hlist_bl_node **pprev;
};

struct super_block {
	u32 s_dev;
	unsigned long s_magic;
	void *s_fs_info;
};

struct shmem_sb_info {
	unsigned long max_blocks;
};

struct inode;

enum pageflags {
	PG_uptodate = 2, /* CO-RE finds it: it moves */
};

struct xa_node {
	unsigned char shift;
	void *slots[64];
};

struct xarray {
	void *xa_head;
};

struct address_space {
	struct inode *host;
	struct xarray i_pages;
};

struct inode {
	u16 i_mode;
	unsigned long i_ino;
	u32 i_generation;
	s64 i_size;
	struct super_block *i_sb;
	struct address_space *i_mapping;
	void *i_private;
};

struct dentry {
	struct hlist_bl_node d_hash;
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
};

struct vfsmount {
	struct dentry *mnt_root;
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct file {
	unsigned int f_mode;
	struct inode *f_inode;
	struct address_space *f_mapping;
	void *private_data;
	struct path f_path;
};

struct vm_area_struct;

struct vm_operations_struct {
	const char *(*name)(struct vm_area_struct *vma);
};

struct vm_special_mapping {
	const char *name;
};

struct mm_struct;

struct userfaultfd_ctx;

struct vm_userfaultfd_ctx {
	struct userfaultfd_ctx *ctx;
};

struct vm_area_struct {
	unsigned long vm_start;
	unsigned long vm_end;
	struct mm_struct *vm_mm;
	unsigned long vm_flags;
	const struct vm_operations_struct *vm_ops;
	unsigned long vm_pgoff;
	struct file *vm_file;
	void *vm_private_data;
	struct vm_userfaultfd_ctx vm_userfaultfd_ctx;
};

struct maple_tree {
	void *ma_root;
};

struct maple_range_64 {
	unsigned long pivot[15];
	void *slot[16];
};

struct maple_arange_64 {
	unsigned long pivot[9];
	void *slot[10];
};

struct mm_struct {
	struct maple_tree mm_mt;
	atomic_t mm_users;
	u64 *pgd;
	unsigned long start_brk;
	unsigned long brk;
	unsigned long start_stack;
	int map_count;
};

struct signal_struct {
	atomic_t live;
	int group_exit_code;
};

struct cred {
	struct kuid uid;
};

struct sigaction {
	void (*sa_handler)(int);
};

struct k_sigaction {
	struct sigaction sa;
};

struct sighand_struct {
	struct k_sigaction action[64];
};

union __sifields {
	struct {
		void *_addr;
	} _sigfault;
};

struct kernel_siginfo {
	int si_signo;
	int si_code;
	union __sifields _sifields;
};

struct reclaim_state;
struct bpf_local_storage;

#if defined(__TARGET_ARCH_x86)
struct thread_info {
	u32 status;
};

struct thread_struct {
	unsigned long sp;
};
#endif

struct kernfs_node {
	u64 id;
};

struct cgroup_root {
	int hierarchy_id;
};

struct cgroup {
	int level;
	struct kernfs_node *kn;
	struct cgroup_root *root;
	struct cgroup *ancestors[0];
};

struct cgroup_subsys_state {
	struct cgroup *cgroup;
};

struct list_head {
	struct list_head *next;
};

struct cgrp_cset_link {
	struct cgroup *cgrp;
	struct list_head cgrp_link;
};

struct css_set {
	struct cgroup_subsys_state *subsys[1];
	struct cgroup *dfl_cgrp;
	struct list_head cgrp_links;
};

/* of a CPU's run queue */
struct rq {
	u64 clock;
	u64 clock_task;
};

/* @rq: CONFIG_FAIR_GROUP_SCHED */
struct cfs_rq {
	struct rq *rq;
};

struct sched_entity {
	u64 exec_start;
	u64 sum_exec_runtime;
	struct cfs_rq *cfs_rq;
	unsigned char sched_delayed;
};

/* empty without CONFIG_SCHED_INFO */
struct sched_info {
	unsigned long long run_delay;
	unsigned long long last_queued;
};

struct task_struct {
#if defined(__TARGET_ARCH_x86)
	struct thread_info thread_info;
	struct thread_struct thread;
#endif
	unsigned int __state;
	unsigned int flags;
	struct reclaim_state *reclaim_state;
	struct mm_struct *mm;
	struct mm_struct *active_mm;
	struct bpf_local_storage *bpf_storage;
	int pid;
	int tgid;
	int exit_code;
	int pagefault_disabled;
	struct sched_entity se;
	struct sched_info sched_info;
	unsigned long nvcsw;
	unsigned long nivcsw;
	unsigned long min_flt;
	unsigned long maj_flt;
	u64 start_time;
	u64 start_boottime;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	struct signal_struct *signal;
	struct sighand_struct *sighand;
	const struct cred *cred;
	struct css_set *cgroups;
	char comm[16];
};

#if defined(__TARGET_ARCH_x86)
struct pt_regs {
	unsigned long r15;
	unsigned long r14;
	unsigned long r13;
	unsigned long r12;
	unsigned long bp;
	unsigned long bx;
	unsigned long r11;
	unsigned long r10;
	unsigned long r9;
	unsigned long r8;
	unsigned long ax;
	unsigned long cx;
	unsigned long dx;
	unsigned long si;
	unsigned long di;
	unsigned long orig_ax;
	unsigned long ip;
	unsigned long cs;
	unsigned long sp;
};
#endif

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

#pragma clang attribute pop

/*
 * Some 100 numbers, of which these are enough: bpf/kread.bpf.h reads other numbers as if they were
 * it. So no CO-RE, and no field may be in front.
 */
struct vm_event_state {
	unsigned long event[16];
};

/*
 * The context of a perf_event program is UAPI, not CO-RE (include/uapi/linux/bpf_perf_event.h):
 * the registers as user space knows them, then the period and the address.
 */
#if defined(__TARGET_ARCH_x86)
struct bpf_perf_regs {
	u64 before_ip[16];
	u64 ip;
	u64 cs;
	u64 flags;
	u64 sp;
	u64 ss;
};
#elif defined(__TARGET_ARCH_arm64)
struct bpf_perf_regs {
	u64 regs[31];
	u64 sp;
	u64 ip;
	u64 pstate;
};
#else
#error "this architecture's user registers are not described yet"
#endif

struct bpf_perf_event_data {
	struct bpf_perf_regs regs;
	u64 sample_period;
	u64 addr;
};

#endif /* VMASCOPE_VMLINUX_H */
