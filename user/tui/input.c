// SPDX-License-Identifier: GPL-2.0-only
/* input.c - dispatch of keys and clicks: to the help, a prompt, the table of keys, or the page. */
#include "tui/keys.h"

bool tui__key(struct tui *t, int code)
{
	const struct tui_key *key;

	t->message = NULL;
	if (t->help) {
		t->help = false;
		return true;
	}
	if (t->prompt != PROMPT_NONE) {
		tui_prompt__key(t, code);
		return true;
	}
	key = tui_key__find(code);
	if (key)
		key->act(t, key->arg);
	return key;
}

void tui__click(struct tui *t, unsigned int y, unsigned int x)
{
	t->help = false;
	for (size_t i = 0; i < t->nr_hits; i++) {
		const struct tui_hit hit = t->hits[i];

		if (hit.y == y && x >= hit.x && x < hit.x + hit.width) {
			hit.act(t, hit.arg);
			return;
		}
	}
}
