// SPDX-License-Identifier: GPL-2.0-only
/* perf_map_fuzz.c - any bytes as a perf map: a table of functions that the tracer accepts. */
#include <errno.h>
#include <string.h>

#include "fuzz.h"
#include "symbol/elf/perf_map.h"
#include "symbol/table/table.h"

/* Each piece is found by its first and its last byte, and has a name of a bounded length. */
static void check_piece(const struct symbol_table *t, const struct table_piece *p)
{
	uint64_t first, last;
	const char *name = symbol_table__find(t, p->start, &first);

	fuzz_check(name && first == p->start - p->before);
	fuzz_check(symbol_table__find(t, p->start + p->size - 1, &last) == name && last == first);
	fuzz_check(*name && strlen(name) <= TABLE_MAX_NAME + strlen("..."));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const int fd = fuzz_file(data, size), table = perf_map__table(fd);
	struct symbol_table t;

	close(fd);
	fuzz_check(table >= 0);
	fuzz_check(!symbol_table__open(&t, table, SIZE_MAX));
	for (uint32_t i = 0; i < t.head->nr_pieces; i++)
		check_piece(&t, &t.pieces[i]);
	symbol_table__close(&t);
	close(table);
	return 0;
}
