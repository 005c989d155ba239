/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * array.h - the length of an array, and arrays that grow.
 */
#ifndef VMASCOPE_UTIL_ARRAY_H
#define VMASCOPE_UTIL_ARRAY_H

#include <stddef.h>

/** ARRAY_SIZE - elements of an array, not of a pointer */
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/**
 * array__resize - room for @nr elements in all, of an array whose length its owner knows
 * @list: address of the pointer to its first element; NULL: there is none yet
 * @size: of each, bytes
 *
 * Return: 0; -ENOMEM: it is as it was.
 */
int array__resize(void *list, size_t nr, size_t size);

/**
 * array__more - make room for one more element in an array whose capacity is not stored
 * @list: address of the pointer to the first element; NULL: the array is empty
 * @nr: number of elements; @size: size of an element in bytes
 *
 * The capacity is at least the power of two at or above @nr, so elements must only be added this way.
 * Return: 0; -ENOMEM: the array is unchanged.
 */
int array__more(void *list, size_t nr, size_t size);

/**
 * array__reserve - make room for @need elements in total
 * @list: as above; @cap: capacity, in elements
 *
 * Return: 0; -ENOMEM: the array is unchanged.
 */
int array__reserve(void *list, size_t *cap, size_t need, size_t size);

#endif /* VMASCOPE_UTIL_ARRAY_H */
