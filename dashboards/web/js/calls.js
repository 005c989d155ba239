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
		caption: "Memory calls and other TLB flush origins, in the window",
		key: (row) => row.call,
		sort: 7,
		empty: "No memory call yet.",
		columns: [
			{ head: "Call", value: (r) => r.call, text: (r) => r.call, name: "name" },
			number("Count", "Calls", "count", format.count),
			number("Errors", "Calls that failed", "errors", format.count),
			number("Avg", "Mean duration of a call", "average", format.ns, true),
			number("Flushes", "Remote TLB flushes", "flushes", format.count, true),
			number("IPIs", "TLB IPIs received by other CPUs", "interrupts", format.count),
			number("/s", "TLB IPIs per second", "ipiRate", format.rate, true),
			number("Stolen", "Time in the handlers of these IPIs", "stolen_ns", format.ns),
			number("Refaults", "Page faults in ranges that the call had changed", "refaults", format.count, true),
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
