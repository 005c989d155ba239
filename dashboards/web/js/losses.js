// SPDX-License-Identifier: GPL-2.0-only
/* losses.js - what could not be done, in a tile, and in a banner if there is any. */
import { byId, setText } from "./dom.js";
import * as format from "./format.js";

/** In short what docs/json.md tells. */
export const MEANING = {
	events: "records that the ring had no room for",
	slots: "VMAs and processes without a slot: their faults are told by process, or of all",
	tasks: "tasks without a state: not counted",
	lookups: "VMA lookups without a consistent answer",
	files: "names of files",
	latency: "faults whose latency is not known",
	identity: "faults that ended after their slot had been taken back",
	hists: "causes of processes without a histogram: they count in that of all",
	notices: "ends of processes, found later",
	heat: "faults without a place in the map of addresses",
	calls: "memory calls without a row of their own: they count by process",
	pairs: "interrupts without a place among the pairs of CPUs",
	ranges: "ranges of calls: their refaults are not told",
	refaults: "faults that may have followed a memory call, at addresses that are not known",
	stacks: "stacks without a row",
	samples: "copies of stacks",
	missed: "runs of programs that the kernel skipped",
	unattributed: "faults of no process that was found",
};

/** updateLosses - @lost: how many, by name; those that are 0 are not in it */
export function updateLosses(lost)
{
	const list = Object.entries(lost);
	const sum = list.reduce((s, [, n]) => s + n, 0);

	setText(byId("lost"), format.count(sum));
	byId("lost").closest(".tile").classList.toggle("bad", sum > 0);
	setText(byId("lost-all"), sum ? list.map(([name]) => name).join(", ") : "since the start");
	byId("losses").hidden = !sum;
	setText(byId("losses-list"),
		list.map(([name, n]) => `${name} ${format.count(n)} (${MEANING[name]})`).join("; "));
}
