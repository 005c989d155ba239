// SPDX-License-Identifier: GPL-2.0-only
/* file_writeback.c - rule: pages of a shared file mapping that are written again after each writeback. */
#include "advise/rule.h"

#include <stdio.h>

#include "util/str.h"

/** repeated - the least number of faults on pages that had become read-only before: more than one a page */
static uint64_t repeated(const struct fault_row *row)
{
	const uint64_t n = row->counts.cause[VS_CAUSE_WRITE_NOTIFY], pages = vma_pages(row);

	return row->is_vma && !row->gone && !vma_is_several(&row->vma) && n > pages ? n - pages : 0;
}

/** protected_pages - pages in calls of mprotect that may be in the VMA: these make pages read-only, too */
static uint64_t protected_pages(const struct suspect *s, const struct fault_row *row)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < s->nr_calls; i++) {
		const struct call_row *c = s->calls[i];

		if ((c->call == VS_CALL_MPROTECT || c->call == VS_CALL_PKEY_MPROTECT) &&
		    vma_overlap(row, c->start, c->end))
			bytes += c->counts.bytes;
	}
	return bytes / ADVICE_PAGE;
}

static int look(const struct suspect *s)
{
	int err = 0;

	for (size_t i = 0; i < s->process->nr_rows && !err; i++) {
		const struct fault_row *row = s->process->rows[i];
		const uint64_t again = repeated(row);
		struct finding f = { .vma = row, .confidence = CONFIDENCE_MEDIUM };

		/* then most of the faults may follow from its own calls */
		if (again < ADVICE_PATTERN || protected_pages(s, row) * 2 >= again)
			continue;
		f.start = row->vma.start;
		f.end = row->vma.end;
		f.cost_ns = vma_part_ns(row, again);
		finding_set(&f, EVIDENCE_FAULTS, row->counts.cause[VS_CAUSE_WRITE_NOTIFY]);
		finding_set(&f, EVIDENCE_FAULT_NS, f.cost_ns);
		finding_set(&f, EVIDENCE_PAGES, vma_pages(row));
		finding_set(&f, EVIDENCE_REPEATED, again);
		snprintf(f.advice, sizeof(f.advice),
			 "Write the file back less often: call msync once after several changes, "
			 "keep pages that change together, or collect changes in private memory "
			 "and use pwrite(2). %s writes took a page fault on %s pages, which each "
			 "writeback makes read-only. What need not survive a crash of the machine "
			 "belongs on tmpfs, which has no writeback.",
			 str_count(row->counts.cause[VS_CAUSE_WRITE_NOTIFY]).text,
			 str_count(vma_pages(row)).text);
		err = suspect__report(s, ADVICE_FILE_WRITEBACK, &f);
	}
	return err;
}

const struct advice_rule rule_file_writeback = {
	.text = {
		.name = "file-writeback",
		.title = "pages of a shared file mapping that are written again after writeback",
		.background =
			"The kernel tracks which pages of a shared file mapping are dirty by making "
			"them read-only when they are written back: by msync(2), fsync(2), or after "
			"some seconds by itself. The next write to each page takes a page fault, in "
			"which the file system may have to reserve space, or to wait until the "
			"writeback of that page has ended.",
		.change = "Fewer calls of msync or fsync, each after several changes; fewer pages that "
			  "change; pwrite(2); tmpfs.",
		.kernel = "Linux 2.6.19 and later. vm.dirty_expire_centisecs (30 s) and "
			  "vm.dirty_writeback_centisecs (5 s) decide when the kernel writes back by "
			  "itself.",
		.cost = "More changes are lost when the machine crashes; each msync writes more at once.",
		.verify = "vmascope stat --by cause -- COMMAND",
		.expected = "there are fewer faults with the cause write-notify",
		.sources = "msync(2)\n"
			   "Linux: mm/page-writeback.c, folio_clear_dirty_for_io(); mm/memory.c, "
			   "do_page_mkwrite()\n"
			   "Linux: Documentation/admin-guide/sysctl/vm.rst",
	},
	.look = look,
};
