// SPDX-License-Identifier: GPL-2.0-only
/*
 * function_list.c - functions, compared by their full names, so that no name can be mistaken for
 * another.
 */
#include "view/common/function_list.h"

#include <stdlib.h>
#include <string.h>

#include "model/model.h"
#include "util/array.h"
#include "view/common/stack_cells.h"

/** The last bytes of a module's path that are compared. */
#define MODULE_LEN 256

struct function_key {
	char name[FRAME_TEXT_LEN];
	char module[MODULE_LEN];
	char comm[VS_COMM_LEN];
	uint64_t process;
	uint64_t kind;
};

void function_list__init(struct function_list *l, size_t size)
{
	*l = (struct function_list){ .size = size };
	hash__init(&l->by_key, sizeof(struct function_key));
}

static void free_function(struct listed_function *f)
{
	free(f->name);
	free(f->module);
	free(f);
}

void function_list__free(struct function_list *l)
{
	for (size_t i = 0; i < l->nr; i++)
		free_function(l->list[i]);
	free(l->list);
	hash__free(&l->by_key, NULL);
}

/** module_of - the module to show: a JIT's perf map is a different file in each process. */
static const char *module_of(const struct symbol_frame *frame)
{
	if (!frame)
		return NULL;
	return frame->in_file || !frame->name ? frame->module : "[jit]";
}

/** make_key - every byte of @key is set. */
static void make_key(struct function_key *key, const struct symbol_frame *frame,
		     const struct function_owner *owner)
{
	const char *module = module_of(frame);

	memset(key, 0, sizeof(*key));
	if (frame)
		symbol_print(frame, false, key->name, sizeof(key->name));
	else
		strcpy(key->name, "[no stack]");
	if (module) {
		const size_t len = strlen(module), room = sizeof(key->module) - 1;
		const size_t kept = len > room ? room : len;

		memcpy(key->module, module + len - kept, kept);
	}
	memcpy(key->comm, owner->comm, strnlen(owner->comm, sizeof(key->comm)));
	key->process = owner->process;
	key->kind = owner->kind;
}

/**
 * append - append an element; the capacity doubles when it is exhausted. Return: the element, or
 * NULL.
 */
static struct listed_function *append(struct function_list *l)
{
	struct listed_function *f = calloc(1, l->size);

	if (!f || array__more(&l->list, l->nr, sizeof(f))) {
		free(f);
		return NULL;
	}
	l->list[l->nr++] = f;
	return f;
}

void *function_list__get(struct function_list *l, const struct symbol_frame *frame,
			 const struct function_owner *owner)
{
	const char *module = module_of(frame);
	struct listed_function *f;
	struct function_key key;

	make_key(&key, frame, owner);
	f = hash__get(&l->by_key, &key);
	if (f)
		return f;
	f = append(l);
	if (!f)
		return NULL;
	f->name = strdup(key.name);
	f->module = module ? strdup(module) : NULL;
	if (f->name && (!module || f->module) && !hash__set(&l->by_key, &key, f))
		return f;
	/* all functions that are listed have names */
	free_function(l->list[--l->nr]);
	return NULL;
}
