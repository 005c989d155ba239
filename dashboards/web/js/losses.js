// SPDX-License-Identifier: GPL-2.0-only
/* losses.js - lost events: a tile, and a banner if there are any. */
import { byId, setText } from "./dom.js";
import * as format from "./format.js";

/** Short forms of the descriptions in docs/json.md. */
export const MEANING = {
	events: "events dropped because the ring buffer was full",
	slots: "no free slot for a VMA or process: its faults are counted by process or in the total",
	tasks: "tasks that could not be tracked, not counted",
	lookups: "VMA lookups that failed",
	files: "file names that could not be read",
	latency: "faults with unknown latency",
	identity: "faults that ended after their slot was reused",
	hists: "no free histogram for a process and cause: counted in the histogram of all processes",
	notices: "process exits detected late",
	heat: "faults missing from the address heatmap because its map was full",
	calls: "no free row for a memory call: counted by process",
	pairs: "no free row for a pair of CPUs",
	ranges: "ranges of memory calls that could not be kept: their refaults are not counted",
	refaults: "faults at unknown addresses that may be refaults",
	stacks: "no free row for a stack",
	samples: "stack copies dropped",
	missed: "BPF program runs that the kernel skipped",
	unattributed: "faults of processes that were not found",
};

/** updateLosses - @lost: how many, by name; those that are 0 are not in it */
export function updateLosses(lost)
{
	const list = Object.entries(lost);
	const sum = list.reduce((s, [, n]) => s + n, 0);

	setText(byId("lost"), format.count(sum));
	byId("lost").closest(".tile").classList.toggle("bad", sum > 0);
	setText(byId("lost-all"), sum ? list.map(([name]) => name).join(", ") : "since serve started");
	byId("losses").hidden = !sum;
	setText(byId("losses-list"),
		list.map(([name, n]) => `${name} ${format.count(n)} (${MEANING[name]})`).join("; "));
}
