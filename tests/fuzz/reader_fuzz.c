// SPDX-License-Identifier: GPL-2.0-only
/*
 * reader_fuzz.c - any bytes as what the helper that parses files answers: a file that it parsed may
 * have taken it over.
 */
#include <fcntl.h>
#include <string.h>

#include "fuzz.h"
#include "symbol/elf/reader.h"
#include "symbol/table/table.h"

static void take_table(const uint8_t *data, size_t size)
{
	const int fd = fuzz_file(data, size);
	struct symbol_table t;
	uint64_t address = 0, start;

	fuzz_check(!fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE));
	if (symbol_table__open(&t, fd, SIZE_MAX)) {
		close(fd);
		return;
	}
	for (uint32_t i = 0; i < t.head->nr_segments; i++)
		symbol_table__address(&t, t.segments[i].offset, &address);
	for (uint32_t i = 0; i < t.head->nr_pieces; i++) {
		const char *name = symbol_table__find(&t, t.pieces[i].start, &start);

		fuzz_check(name && name + strlen(name) < (const char *)t.head + t.bytes);
	}
	symbol_table__find(&t, address, &start);
	symbol_table__close(&t);
	close(fd);
}

static void take_probe(const struct reader_reply *reply)
{
	struct elf_probe probe = reply->probe;

	elf_probe__check(&probe);
	fuzz_check(probe.build_id.len <= BUILD_ID_MAX && probe.alt_id.len <= BUILD_ID_MAX);
	fuzz_check(strlen(probe.debuglink) < DEBUG_NAME_MAX);
	fuzz_check(strlen(probe.altlink) < DEBUG_NAME_MAX);
}

static void take_rule(const struct reader_reply *reply, const uint8_t *stack, size_t len)
{
	uint64_t regs[RULE_NR_REGS], caller[RULE_NR_REGS], cfa;
	const struct rule_input in = {
		.regs = regs, .stack = stack, .stack_start = 0x7ffd00000000, .stack_len = len
	};

	if (!unwind_rule__valid(&reply->rule))
		return;
	for (size_t i = 0; i < RULE_NR_REGS; i++)
		regs[i] = in.stack_start + 8 * i;
	rule__apply(&reply->rule, &in, caller, &cfa);
}

static void take_lines(const struct reader_reply *reply)
{
	const struct lines *l = &reply->lines;

	if (!lines__valid(l))
		return;
	for (uint32_t i = 0; i < l->nr; i++) {
		fuzz_check(l->frames[i].name + strlen(l->text + l->frames[i].name) < l->len);
		fuzz_check(l->frames[i].file + strlen(l->text + l->frames[i].file) < l->len);
	}
}

/* Exactly as large as a reply is: what is read beyond it is found. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader_reply *reply = calloc(1, sizeof(*reply));

	fuzz_check(reply);
	memcpy(&reply->probe, data,
	       size < sizeof(*reply) - offsetof(struct reader_reply, probe)
		       ? size
		       : sizeof(*reply) - offsetof(struct reader_reply, probe));
	take_probe(reply);
	take_rule(reply, data, size);
	take_lines(reply);
	take_table(data, size);
	free(reply);
	return 0;
}
