/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * crashes.h - the part of events.h that is about faults that raise a signal; include that one.
 */
#ifndef VMASCOPE_CRASHES_H
#define VMASCOPE_CRASHES_H

/** struct vs_near - a VMA near a crash, all zero where there is none */
struct vs_near {
	__u64 start;
	__u64 end;
	__u64 pgoff;
	__u32 slot;
	__u32 generation;
};

/** Places in vs_event_crash.near */
enum vs_near_place {
	VS_NEAR_BELOW,
	VS_NEAR_ABOVE,
	VS_NEAR_IP,
	VS_NR_NEAR,
};

/**
 * struct vs_event_crash - the surroundings of a fault that raised a signal; its own record follows
 * @address: of the fault
 * @ip: instruction pointer; @sp: stack pointer
 * @entry: page-table entry before the fault, 0 if there was none or it could not be read
 * @file_size: bytes that the mapped file has now, 0 without one
 * @fs_limit: bytes that its tmpfs may hold, 0 if that is not limited
 * @fs_magic: of its file system (include/uapi/linux/magic.h); @file_mode: i_mode
 * @signal: its number; @code: si_code (include/uapi/asm-generic/siginfo.h)
 * @handled: 1 if the process has a handler that will be called
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
