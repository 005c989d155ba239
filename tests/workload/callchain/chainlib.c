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
