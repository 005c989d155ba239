/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * crashes.h - the part of events.h about faults that raise a signal; include events.h instead.
 */
#ifndef VMASCOPE_CRASHES_H
#define VMASCOPE_CRASHES_H

/** struct vs_near - a VMA near a crash, all zero if there is none */
struct vs_near {
	__u64 start;
	__u64 end;
	__u64 pgoff;
	__u32 slot;
	__u32 generation;
};

/** Indices of vs_event_crash.near */
enum vs_near_place {
	VS_NEAR_BELOW,
	VS_NEAR_ABOVE,
	VS_NEAR_IP,
	VS_NR_NEAR,
};

/**
 * struct vs_event_crash - the context of a fault that raised a signal; the fault's own record
 * follows
 * @address: faulting address
 * @ip: instruction pointer; @sp: stack pointer
 * @entry: page-table entry before the fault, 0 if there was none or it could not be read
 * @file_size: current size of the mapped file in bytes, 0 without one
 * @fs_limit: size limit of its tmpfs in bytes, 0 if there is none
 * @fs_magic: of its file system (include/uapi/linux/magic.h); @file_mode: i_mode
 * @signal: its number; @code: si_code (include/uapi/asm-generic/siginfo.h)
 * @handled: 1 if the process has a handler that will run
 * @near: the nearest VMAs below and above the address (those adjacent to the VMA that holds it),
 *        and the one of the instruction
 */
struct vs_event_crash {
	struct vs_event head;
	__u32 pid;
	__u32 tid;
	__u64 address;
	__u64 ip;
	__u64 sp;
	__u64 entry;
	__u64 file_size;
	__u64 fs_limit;
	__u64 fs_magic;
	__u32 file_mode;
	__s32 code;
	__u32 signal;
	__u32 handled;
	struct vs_near near[VS_NR_NEAR];
};

#endif /* VMASCOPE_CRASHES_H */
