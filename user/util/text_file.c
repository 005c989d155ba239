// SPDX-License-Identifier: GPL-2.0-only
/* text_file.c - the file of text_file.h: what stdio has buffered is appended to the text. */
#include "util/text_file.h"

#include <errno.h>

static ssize_t append(void *cookie, const char *buf, size_t size)
{
	struct text_file *t = cookie;

	text__put(&t->text, buf, size);
	return t->text.failed ? 0 : (ssize_t)size;
}

int text_file__open(struct text_file *t)
{
	t->text = (struct text){ 0 };
	t->file = fopencookie(t, "w", (cookie_io_functions_t){ .write = append });
	if (!t->file)
		return -ENOMEM;
	setvbuf(t->file, t->buffer, _IOFBF, sizeof(t->buffer));
	return 0;
}

int text_file__close(struct text_file *t)
{
	const int err = fclose(t->file);

	t->file = NULL;
	text__putc(&t->text, '\0');
	if (err || t->text.failed) {
		text__free(&t->text);
		return -ENOMEM;
	}
	t->text.len--;
	return 0;
}
