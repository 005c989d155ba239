// SPDX-License-Identifier: GPL-2.0-only
/* calls.js - memory calls and other flushers in the window, and what they cost. */
import { byId } from "./dom.js";
import * as format from "./format.js";
import { Table } from "./table.js";

const SUMMED = ["count", "errors", "latency_ns", "flushes", "interrupts", "stolen_ns", "refaults"];

function number(head, title, key, text, wide = false)
{
	return { head, title, number: true, wide, value: (r) => r[key], text: (r) => text(r[key]) };
}

/** average - of a call that ends; flushers that are no calls have none */
function average(row)
{
	return row.count && row.latency_ns ? row.latency_ns / row.count : null;
}

export class Calls {
	#table = new Table(byId("calls-table"), {
		caption: "Memory calls and what else flushes TLBs, in the window",
		key: (row) => row.call,
		sort: 7,
		empty: "No memory call yet.",
		columns: [
			{ head: "Call", value: (r) => r.call, text: (r) => r.call, name: "name" },
			number("Count", "How often it was called", "count", format.count),
			number("Errors", "Calls that failed", "errors", format.count),
			number("Avg", "Time in the call, on average", "average", format.ns, true),
			number("Flushes", "TLB flushes that went to other CPUs", "flushes", format.count, true),
			number("IPIs", "Interrupts of other CPUs that arrived", "interrupts", format.count),
			number("/s", "Interrupts a second", "ipiRate", format.rate, true),
			number("Stolen", "Time that these interrupts took", "stolen_ns", format.ns),
			number("Refaults", "Faults that followed in its range", "refaults", format.count, true),
		],
	});

	#rows(view)
	{
		const rows = new Map();

		for (const t of view.ticks)
			for (const c of t.calls) {
				const row = rows.get(c.call);

				if (!row)
					rows.set(c.call, { ...c });
				else
					SUMMED.forEach((key) => { row[key] += c[key]; });
			}
		return [...rows.values()].map((row) => ({
			...row, average: average(row), ipiRate: row.interrupts / view.seconds,
		}));
	}

	update(view)
	{
		this.#table.update(this.#rows(view));
	}
}
