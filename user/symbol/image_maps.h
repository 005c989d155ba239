/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * image_maps.h - the mappings of a process image that is gone: those that were seen to fault.
 */
#ifndef VMASCOPE_SYMBOL_IMAGE_MAPS_H
#define VMASCOPE_SYMBOL_IMAGE_MAPS_H

#include "model/stacks.h"
#include "symbol/symbolizer.h"

/**
 * image_maps__set - set in the symbolizer what @stack's process image had mapped
 * @process: that image, as the symbolizer is asked for it
 *
 * Return: 0 or -ENOMEM.
 */
int image_maps__set(struct symbolizer *s, const struct symbol_process *process,
		    const struct stack *stack);

#endif /* VMASCOPE_SYMBOL_IMAGE_MAPS_H */
