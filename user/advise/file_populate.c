// SPDX-License-Identifier: GPL-2.0-only
/* file_populate.c - rule: most of a mapped file is read from its disk by page faults, a few pages at a time. */
#include "advise/rule.h"

#include <stdio.h>

#include "util/str.h"

/** A range is large from this many pages on (16 MiB on x86-64). */
#define LEAST_PAGES 4096
/** Share of the range that must have been mapped, percent: less would read data that nobody needs. */
#define DENSE_PERCENT 75
/** Pages mapped, as a share of the range, from which on some were mapped again, percent. */
#define AGAIN_PERCENT 110

/** struct file_faults - faults on pages of a file, without those that a call took for the whole range */
struct file_faults {
	uint64_t all;
	uint64_t reads; /* waited for the file */
};

static struct file_faults file_faults(const struct vs_counts *c)
{
	const uint64_t reads = c->cause[VS_CAUSE_FILE_READ] + c->cause[VS_CAUSE_FILE_WAIT];
	const uint64_t all = reads + c->cause[VS_CAUSE_FILE_MAP];

	return (struct file_faults){
		.all = all > c->gup ? all - c->gup : 0,
		.reads = reads > c->gup ? reads - c->gup : 0,
	};
}

/** is_file - it is one VMA of a file's data; code is mapped by the dynamic loader */
static bool is_file(const struct fault_row *row)
{
	return row->is_vma && !row->gone && !vma_is_several(&row->vma) &&
	       row->vma.name_kind == VS_NAME_FILE &&
	       !(row->vma.key.flags & (VS_VM_EXEC | VS_VM_HUGETLB));
}

static bool is_candidate(const struct fault_row *row, const struct file_faults *n)
{
	const uint64_t pages = vma_pages(row), mapped = row->counts.mapped;

	return is_file(row) && pages >= LEAST_PAGES && n->reads >= ADVICE_PATTERN &&
	       n->all * 100 >= vma_faults(row) * 90 && mapped * 100 >= pages * DENSE_PERCENT &&
	       mapped * 100 <= pages * AGAIN_PERCENT;
}

static int look(const struct suspect *s)
{
	int err = 0;

	for (size_t i = 0; i < s->process->nr_rows && !err; i++) {
		const struct fault_row *row = s->process->rows[i];
		const struct file_faults n = file_faults(&row->counts);
		struct finding f = { .vma = row, .confidence = CONFIDENCE_HIGH };

		if (!is_candidate(row, &n))
			continue;
		f.start = row->vma.start;
		f.end = row->vma.end;
		f.cost_ns = vma_part_ns(row, n.all);
		finding_set(&f, EVIDENCE_FAULTS, n.all);
		finding_set(&f, EVIDENCE_READ_FAULTS, n.reads);
		finding_set(&f, EVIDENCE_FAULT_NS, f.cost_ns);
		finding_set(&f, EVIDENCE_PAGES, vma_pages(row));
		finding_set(&f, EVIDENCE_MAPPED, row->counts.mapped);
		snprintf(
			f.advice, sizeof(f.advice),
			"Read and map the range in one call before the first access: "
			"madvise(MADV_POPULATE_READ) since Linux 5.14, or mmap with MAP_POPULATE; "
			"or start reading with madvise(MADV_WILLNEED) before other work. Leave out "
			"MADV_RANDOM where it is set: it turns readahead off. %s page faults "
			"mapped %s of %s pages, and %s of them waited for the file.",
			str_count(n.all).text, str_count(row->counts.mapped).text,
			str_count(vma_pages(row)).text, str_count(n.reads).text);
		err = suspect__report(s, ADVICE_FILE_POPULATE, &f);
	}
	return err;
}

const struct advice_rule rule_file_populate = {
	.text = {
		.name = "file-populate",
		.title = "a mapped file that is read by page faults, a few pages at a time",
		.background =
			"A page of a mapped file that is not in the page cache is read by the page "
			"fault of its first access, and the thread waits for it. The kernel reads "
			"pages around it, too (128 KiB by default), but not with MADV_RANDOM, and no "
			"longer after about 100 such faults without one on a cached page. Where most "
			"of the file is accessed anyway, one call reads it in large requests, and maps "
			"it without further faults.",
		.change = "madvise(MADV_POPULATE_READ) or mmap with MAP_POPULATE before the first "
			  "access; madvise(MADV_WILLNEED) to read ahead; no MADV_RANDOM.",
		.kernel = "MADV_POPULATE_READ: Linux 5.14. MADV_WILLNEED and MAP_POPULATE: all versions; "
			  "MAP_POPULATE for private mappings since Linux 2.6.23.",
		.cost = "The call lasts until the file is read, and the first result comes later; a file "
			"that does not fit into memory is read for nothing.",
		.verify = "vmascope stat --by cause -- COMMAND",
		.expected = "few faults are left but the kernel's (GUP), which the call makes",
		.sources = "madvise(2): MADV_POPULATE_READ, MADV_WILLNEED, MADV_RANDOM\n"
			   "mmap(2): MAP_POPULATE\n"
			   "Linux: mm/filemap.c, do_sync_mmap_readahead(), MMAP_LOTSAMISS",
	},
	.look = look,
};
