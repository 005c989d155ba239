/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * reader.h - requests to the helper that parses ELF, DWARF and perf maps, and its replies.
 *
 * It has no privileges and opens no files: they are passed with the requests. Its replies are not
 * trusted (symbol_table__open() checks a table).
 */
#ifndef VMASCOPE_SYMBOL_ELF_READER_H
#define VMASCOPE_SYMBOL_ELF_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "symbol/helper/helper.h"
#include "symbol/table/rule.h"

/** Larger files are refused. */
#define READER_MAX_FILE (8ULL << 30)
#define BUILD_ID_MAX 64
#define DEBUG_NAME_MAX 256
/** Functions inlined into one place, itself with them, at most. */
#define LINES_MAX_FRAMES 32
#define LINES_MAX_TEXT 8192

/** struct build_id - a build ID; @len 0: none */
struct build_id {
	uint8_t len;
	uint8_t bytes[BUILD_ID_MAX];
};

/**
 * enum reader_op - requests
 * @READER_PROBE: properties of a file, and where its debug information is (reply: probe)
 * @READER_CRC: checksum of the whole file, as in .gnu_debuglink (reply: crc)
 * @READER_OPEN: keep the passed files for later requests, under a number
 * @READER_TABLE: of an open file: its code and functions; a table is passed with the reply
 * @READER_RULE: of an open file: how to unwind from @address (reply: rule)
 * @READER_LINES: of an open file: source lines and inlined functions of @address (reply: lines)
 * @READER_PERF_MAP: functions of a perf map; a table is passed with the reply
 * @READER_DEMANGLE: the name in @text (reply: lines.text)
 */
enum reader_op {
	READER_PROBE,
	READER_CRC,
	READER_OPEN,
	READER_TABLE,
	READER_RULE,
	READER_LINES,
	READER_PERF_MAP,
	READER_DEMANGLE,
	READER_NR_OPS,
};

/**
 * struct reader_request - one of them
 * @op: enum reader_op
 * @no_names: READER_TABLE: no functions: they would be too many
 * @file: its number
 * @address: as the ELF file has it
 * @text: READER_OPEN: the name that the debug file has for its .gnu_debugaltlink file, which
 *	comes as the last of the files
 */
struct reader_request {
	uint32_t op;
	uint32_t no_names;
	uint64_t file;
	uint64_t address;
	char text[1024];
};

/**
 * struct elf_probe - what a file is
 * @build_id: its own
 * @debuglink: name of its separate debug file, "" for none; @crc: of that
 * @altlink: name of the file that its DWARF shares with others, "" for none; @alt_id: of that
 * @machine: EM_*
 * @symtab: has .symtab; @debug: has .debug_info
 */
struct elf_probe {
	struct build_id build_id;
	struct build_id alt_id;
	char debuglink[DEBUG_NAME_MAX];
	char altlink[DEBUG_NAME_MAX];
	uint32_t crc;
	uint16_t machine;
	bool symtab;
	bool debug;
};

/** struct line_frame - @name, @file: where in struct lines.text, 0: not known */
struct line_frame {
	uint32_t name;
	uint32_t file;
	uint32_t line;
	uint32_t pad;
};

/** struct lines - innermost first; text[0] is NUL */
struct lines {
	uint32_t nr;
	uint32_t len;
	struct line_frame frames[LINES_MAX_FRAMES];
	char text[LINES_MAX_TEXT];
};

/**
 * struct reader_reply - an answer
 * @err: 0 or a negative errno: -ESTALE: no such file is open; -ENOEXEC: not an ELF file that can
 *	be read; -ENOENT: it has nothing for that address; -EFBIG, -ENOMEM
 * @cpu_ns: that it took
 */
struct reader_reply {
	int32_t err;
	uint32_t pad;
	uint64_t cpu_ns;
	union {
		struct elf_probe probe;
		uint32_t crc;
		struct unwind_rule rule;
		struct lines lines;
	};
};

/** elf_probe__check - what the reader answered is not trusted: make strings end, and lengths fit. */
void elf_probe__check(struct elf_probe *probe);

/** lines__valid - check lines: all offsets are inside the text, which is NUL-terminated. */
bool lines__valid(const struct lines *l);

/** reader_kind - the helper */
extern const struct helper_kind reader_kind;

/**
 * reader__confine - give up everything that parsing files that are open does not take
 * Return: 0 or a negative errno.
 */
int reader__confine(void);

#endif /* VMASCOPE_SYMBOL_ELF_READER_H */
