// SPDX-License-Identifier: GPL-2.0-only
/* samples.js - what the VMAs of a process counted between two looks at it. */

/** No window is longer. */
const KEPT_MS = 15 * 60 * 1000;

export function keyOf(vma)
{
	return `${vma.start} ${vma.name}`;
}

/** struct sample - @from_ms, @time_ms: the two looks; @faults: those in between, by VMA */

export class Samples {
	list = [];
	#before = null;

	/** add - @vmas as they are now. The first time there is nothing to compare with. */
	add(vmas)
	{
		const before = this.#before;
		const now = { time_ms: Date.now(), counts: new Map(vmas.map((v) => [keyOf(v), v.faults])) };
		const faults = new Map();

		this.#before = now;
		if (!before)
			return;
		for (const [key, n] of now.counts) {
			const added = n - (before.counts.get(key) ?? 0);

			if (added > 0)
				faults.set(key, added);
		}
		this.list.push({ from_ms: before.time_ms, time_ms: now.time_ms, faults });
		this.list = this.list.filter((s) => s.time_ms > now.time_ms - KEPT_MS);
	}

	/** most - faults of one VMA between two looks */
	get most()
	{
		return this.list.reduce((most, s) => Math.max(most, ...s.faults.values()), 1);
	}
}
