// SPDX-License-Identifier: GPL-2.0-only
/* chainlib - the shared library that a chain of calls goes through. */
#include "chain.h"

/* Around functions that are not exported: a name for these would be a wrong one. */
void chain_before(void);
void chain_after(void);

OWN void chain_before(void)
{
	AFTER_CALL();
}

OWN static void library_inner(const struct chain_hooks *hooks)
{
	hooks->push(__func__, __LINE__ + 1, false);
	hooks->next();
	AFTER_CALL();
}

OWN void chain_library(const struct chain_hooks *hooks)
{
	hooks->push(__func__, __LINE__ + 1, false);
	library_inner(hooks);
	AFTER_CALL();
}

OWN void chain_after(void)
{
	AFTER_CALL();
}

/*
 * It does not tell its size, and what follows is not exported: a file without .symtab does not
 * tell where it ends.
 */
__asm__(".pushsection .text\n"
	".globl chain_sizeless\n"
	".type chain_sizeless, @function\n"
	"chain_sizeless:\n"
	"	nop\n"
	"	nop\n"
	"	nop\n"
	"	ret\n"
	".type hidden_sizeless, @function\n"
	"hidden_sizeless:\n"
	"	nop\n"
	"	nop\n"
	"	nop\n"
	"	ret\n"
	".popsection\n");
