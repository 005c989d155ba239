// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain.c - `vmascope explain`: page tables, page, VMA and TLB reach of addresses of a live
 * process.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "explain/explanation.h"
#include "options/options.h"
#include "sys/limits.h"
#include "util/log.h"
#include "view/explain/explain.h"

/** parse_address - hexadecimal digits, with or without 0x. Return: 0 or -EINVAL. */
static int parse_address(const char *text, uint64_t *address)
{
	if (!strncmp(text, "0x", 2) || !strncmp(text, "0X", 2))
		text += 2;
	if (!*text || text[strspn(text, "0123456789abcdefABCDEF")])
		return -EINVAL;
	if (strlen(text + strspn(text, "0")) > 16)
		return -EINVAL;
	*address = strtoull(text, NULL, 16);
	return 0;
}

static int check_usage(const struct options *o)
{
	uint64_t address;

	if (o->capture.nr_ids != 1)
		return vs_fail(VS_EXIT_USAGE, "vmascope explain -p PID ADDR...",
			       "exactly one process is required (-p PID)");
	if (!o->argv || !*o->argv)
		return vs_fail(VS_EXIT_USAGE, "vmascope explain -p PID ADDR...",
			       "no address given");
	for (char **arg = o->argv; *arg; arg++)
		if (parse_address(*arg, &address))
			return vs_fail(
				VS_EXIT_USAGE,
				"a hexadecimal number of at most 64 bits, for example 7ffd12345678",
				"bad address: '%s'", *arg);
	return 0;
}

static int open_target(struct explain_target *target, pid_t pid)
{
	int err = explain_target__open(target, pid);

	switch (err) {
	case 0:
		return 0;
	case -ESRCH:
		return vs_fail(VS_EXIT_FAILURE, proc_hint(), "no such process: %d", pid);
	case -ENOMSG:
		return vs_fail(VS_EXIT_FAILURE, "it is a kernel thread, or has exited",
			       "process %d has no user memory", pid);
	case -EACCES:
	case -EPERM:
		return vs_fail(VS_EXIT_FAILURE,
			       "requires CAP_SYS_PTRACE, or the same user as the process",
			       "cannot read /proc/%d/maps: %s", pid, strerror(-err));
	default:
		return vs_fail(VS_EXIT_FAILURE, NULL, "cannot read /proc/%d/maps: %s", pid,
			       strerror(-err));
	}
}

static void make(struct document *d, struct explain_target *target, char **args)
{
	struct table *addresses = explain_view__begin(d, target);

	for (; *args; args++) {
		struct explanation e;
		uint64_t address = 0;

		/* all addresses have been checked before */
		parse_address(*args, &address);
		explanation__make(&e, target, address);
		explain_view__add(addresses, target, &e);
		explanation__free(&e);
	}
}

static int run_explain(struct options *o)
{
	struct explain_target target;
	struct out_options out;
	struct document d = {};
	int status, err;

	status = check_usage(o);
	if (status)
		return status;
	status = open_target(&target, o->capture.ids[0]);
	if (status) {
		explain_target__close(&target);
		return status;
	}
	err = options__output(o, &out);
	if (!err) {
		make(&d, &target, o->argv);
		err = out_format__document(o->format, &d, &out);
		document__free(&d);
		err = options__close_output(&out, err);
	}
	explain_target__close(&target);
	return err ? VS_EXIT_FAILURE : VS_EXIT_OK;
}

const struct command command_explain = {
	.name = "explain",
	.args_doc = "ADDR...",
	.summary = "show page-table entries, page, VMA and TLB reach of addresses",
	.doc = "Show what the kernel and the CPU know about addresses (hexadecimal) of a live "
	       "process: page-table entries, page frame and its flags, VMA, TLB reach.\v"
	       "Information that is not available is listed with the reason.",
	.is = COMMAND_EXPLAIN,
	.args = ARGS_ADDRESSES,
	.run = run_explain,
};
