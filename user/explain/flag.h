/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * flag.h - a bit, its name, and what it means in a few words.
 */
#ifndef VMASCOPE_EXPLAIN_FLAG_H
#define VMASCOPE_EXPLAIN_FLAG_H

/**
 * struct flag - one of them
 * @bit: its number, where it is one of a word
 * @name: as the kernel or the CPU's manual calls it; the key in JSON
 * @mark: shorter still, for a column; NULL: none
 * @word: for people
 */
struct flag {
	unsigned int bit;
	const char *name;
	const char *mark;
	const char *word;
};

#endif /* VMASCOPE_EXPLAIN_FLAG_H */
