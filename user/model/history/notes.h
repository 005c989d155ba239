/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * notes.h - messages about a run: storms, losses, warnings; the most recent ones are kept.
 */
#ifndef VMASCOPE_MODEL_HISTORY_NOTES_H
#define VMASCOPE_MODEL_HISTORY_NOTES_H

#include <stddef.h>
#include <stdint.h>

/** Number of notes that are kept. */
#define NOTES_MAX 1000

/** enum note_level - severity */
enum note_level {
	NOTE_INFO,
	NOTE_WARNING,
	NOTE_STORM,
	NR_NOTE_LEVELS,
};

extern const char *const note_level_names[NR_NOTE_LEVELS];

/**
 * struct note - a note
 * @id: from 1, in order
 * @at_ns: time since the start of the run
 * @about: a note replaces an earlier one about the same subject; "": it does not
 * @text: one line, owned
 */
struct note {
	uint64_t id;
	uint64_t at_ns;
	enum note_level level;
	char about[32];
	char *text;
};

/** struct notes - the oldest first; @next_id: of the next one; @nr_warnings: ever, with storms */
struct notes {
	struct note *list;
	size_t nr;
	uint64_t next_id;
	uint64_t nr_warnings;
};

void notes__init(struct notes *n);
void notes__free(struct notes *n);

/** notes__add - printf-style; if out of memory, the note is dropped. */
void notes__add(struct notes *n, uint64_t at_ns, enum note_level level, const char *about,
		const char *fmt, ...) __attribute__((format(printf, 5, 6)));

#endif /* VMASCOPE_MODEL_HISTORY_NOTES_H */
