/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * image_maps.h - the mappings of a process image that has ended: those in which it faulted.
 */
#ifndef VMASCOPE_SYMBOL_IMAGE_MAPS_H
#define VMASCOPE_SYMBOL_IMAGE_MAPS_H

#include "model/stacks.h"
#include "symbol/symbolizer.h"

/**
 * image_maps__set - pass the mappings of @stack's process image to the symbolizer
 * @process: that image
 *
 * Return: 0 or -ENOMEM.
 */
int image_maps__set(struct symbolizer *s, const struct symbol_process *process,
		    const struct stack *stack);

#endif /* VMASCOPE_SYMBOL_IMAGE_MAPS_H */
