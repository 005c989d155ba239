// SPDX-License-Identifier: GPL-2.0-only
/* notes.c - a bounded list of notes. */
#include "model/history/notes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const note_level_names[NR_NOTE_LEVELS] = {
	[NOTE_INFO] = "info",
	[NOTE_WARNING] = "warning",
	[NOTE_STORM] = "storm",
};

void notes__init(struct notes *n)
{
	*n = (struct notes){ .next_id = 1 };
}

void notes__free(struct notes *n)
{
	for (size_t i = 0; i < n->nr; i++)
		free(n->list[i].text);
	free(n->list);
	notes__init(n);
}

static void drop(struct notes *n, size_t at)
{
	free(n->list[at].text);
	memmove(&n->list[at], &n->list[at + 1], (--n->nr - at) * sizeof(*n->list));
}

/** make_room - remove the earlier note about the same subject, or the oldest one. */
static int make_room(struct notes *n, const char *about)
{
	for (size_t i = n->nr; *about && i-- > 0;)
		if (!strcmp(n->list[i].about, about)) {
			drop(n, i);
			break;
		}
	if (n->nr == NOTES_MAX)
		drop(n, 0);
	if (!n->list)
		n->list = calloc(NOTES_MAX, sizeof(*n->list));
	return n->list ? 0 : -1;
}

void notes__add(struct notes *n, uint64_t at_ns, enum note_level level, const char *about,
		const char *fmt, ...)
{
	struct note note = { .id = n->next_id, .at_ns = at_ns, .level = level };
	va_list args;
	int len;

	va_start(args, fmt);
	len = vasprintf(&note.text, fmt, args);
	va_end(args);
	if (len < 0)
		return;
	snprintf(note.about, sizeof(note.about), "%s", about);
	if (make_room(n, about)) {
		free(note.text);
		return;
	}
	n->list[n->nr++] = note;
	n->next_id++;
	n->nr_warnings += level != NOTE_INFO;
}
