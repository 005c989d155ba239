// SPDX-License-Identifier: GPL-2.0-only
/* sums.c - what rules have in common: figures of VMAs, and memory calls summed up by call site. */
#include "advise/allocator.h"
#include "advise/rule.h"

/* --- VMAs -------------------------------------------------------------------------------------- */

bool vma_is_private_anon(const struct fault_row *row)
{
	const uint64_t flags = row->vma.key.flags;

	return row->is_vma && !row->gone && !vma_is_several(&row->vma) &&
	       (row->vma.name_kind == VS_NAME_ANON || row->vma.name_kind == VS_NAME_HEAP) &&
	       !row->vma.key.file.ino &&
	       !(flags & (VS_VM_SHARED | VS_VM_MAYSHARE | VS_VM_GROWSDOWN | VS_VM_HUGETLB));
}

uint64_t vma_overlap(const struct fault_row *row, uint64_t start, uint64_t end)
{
	const uint64_t low = row->vma.start > start ? row->vma.start : start;
	const uint64_t high = row->vma.end < end ? row->vma.end : end;

	return row->is_vma && !vma_is_several(&row->vma) && high > low ? high - low : 0;
}

const struct fault_row *suspect__vma(const struct suspect *s, uint64_t start, uint64_t end)
{
	const struct fault_row *best = NULL;
	uint64_t most = 0;

	for (size_t i = 0; i < s->process->nr_rows; i++) {
		const uint64_t bytes = vma_overlap(s->process->rows[i], start, end);

		if (bytes <= most)
			continue;
		most = bytes;
		best = s->process->rows[i];
	}
	return best;
}

uint64_t vma_pages(const struct fault_row *row)
{
	return (row->vma.end - row->vma.start) / ADVICE_PAGE;
}

uint64_t vma_faults(const struct fault_row *row)
{
	return row->counts.outcome[VS_MINOR] + row->counts.outcome[VS_MAJOR];
}

uint64_t vma_part_ns(const struct fault_row *row, uint64_t part)
{
	const uint64_t measured = row->counts.latency_count;

	if (!measured)
		return 0;
	if (part >= measured)
		return row->counts.latency_sum_ns;
	return (uint64_t)((double)row->counts.latency_sum_ns * (double)part / (double)measured);
}

uint64_t vma_repeated(const struct fault_row *row)
{
	const uint64_t faults = row->counts.cause[VS_CAUSE_ANON_ZERO], pages = vma_pages(row);

	/* faults that map more than a page are rare where this matters, and make it less */
	return faults > pages ? faults - pages : 0;
}

/* --- memory calls ------------------------------------------------------------------------------ */

static struct call_sums *sum_at(struct call_sums *sums, size_t *nr, const struct call_row *row)
{
	for (size_t i = 0; i < *nr; i++)
		if (sums[i].row->site == row->site)
			return &sums[i];
	if (*nr == ADVICE_SITES)
		return NULL;
	sums[*nr] = (struct call_sums){ .row = row };
	return &sums[(*nr)++];
}

size_t suspect__sum(const struct suspect *s, bool (*wants)(const struct call_row *row),
		    struct call_sums *sums)
{
	size_t nr = 0;

	for (size_t i = 0; i < s->nr_calls; i++) {
		const struct call_row *row = s->calls[i];
		struct call_sums *sum = wants(row) ? sum_at(sums, &nr, row) : NULL;

		if (!sum)
			continue;
		if (row->counts.count > sum->most) {
			sum->row = row;
			sum->most = row->counts.count;
		}
		call_counts_add(&sum->counts, &row->counts);
		if (!row->end)
			continue;
		sum->start = !sum->end || row->start < sum->start ? row->start : sum->start;
		sum->end = row->end > sum->end ? row->end : sum->end;
	}
	return nr;
}

bool call_drops(const struct call_row *row)
{
	return (row->call == VS_CALL_MADVISE || row->call == VS_CALL_PROCESS_MADVISE) &&
	       row->detail == VS_MADV_DONTNEED;
}

uint64_t suspect__ended_threads(const struct suspect *s)
{
	const struct threads *all = &s->run->threads;
	uint64_t n = 0;

	for (size_t i = 0; i < all->nr; i++)
		n += all->list[i]->pid == s->process->pid && all->list[i]->until_ns &&
		     all->list[i]->tid != s->process->pid;
	return n;
}

bool drops_stacks(const struct call_sums *sum, uint64_t ended)
{
	/* a few threads may end between the last readings of both */
	return allocator_is_glibc(allocator_at(sum->row)) && sum->counts.count * 2 >= ended &&
	       sum->counts.count <= ended + ended / 8;
}
