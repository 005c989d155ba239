/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * notes.h - what a run has to say besides numbers: storms, losses, warnings; the last ones are kept.
 */
#ifndef VMASCOPE_MODEL_HISTORY_NOTES_H
#define VMASCOPE_MODEL_HISTORY_NOTES_H

#include <stddef.h>
#include <stdint.h>

/** Notes that are kept. */
#define NOTES_MAX 1000

/** enum note_level - how much it matters */
enum note_level {
	NOTE_INFO,
	NOTE_WARNING,
	NOTE_STORM,
	NR_NOTE_LEVELS,
};

extern const char *const note_level_names[NR_NOTE_LEVELS];

/**
 * struct note - one of them
 * @id: from 1, in order
 * @at_ns: when, since the start of the run
 * @about: notes about one thing replace each other; "": it stands alone
 * @text: of one line, owned
 */
struct note {
	uint64_t id;
	uint64_t at_ns;
	enum note_level level;
	char about[32];
	char *text;
};

/** struct notes - the oldest first; @next_id: of the next one; @nr_warnings: ever, and storms */
struct notes {
	struct note *list;
	size_t nr;
	uint64_t next_id;
	uint64_t nr_warnings;
};

void notes__init(struct notes *n);
void notes__free(struct notes *n);

/** notes__add - printf-style; without memory it is not kept. */
void notes__add(struct notes *n, uint64_t at_ns, enum note_level level, const char *about,
		const char *fmt, ...) __attribute__((format(printf, 5, 6)));

#endif /* VMASCOPE_MODEL_HISTORY_NOTES_H */
