// SPDX-License-Identifier: GPL-2.0-only
/* vmas.js - the VMAs with most faults in the window. */
import { byId, drawPath, el, setAttribute, setText } from "./dom.js";
import * as format from "./format.js";
import { Table } from "./table.js";
import { perSecond } from "./timechart.js";

/** An event has ten; together they are more. */
const MOST = 20;

export class Vmas {
	#choose;
	#table = new Table(byId("vmas-table"), {
		caption: "VMAs with the most faults in the window",
		key: (row) => row.key,
		sort: 4,
		empty: "No page fault yet.",
		columns: [
			{ head: "Process", name: "name", value: (r) => r.comm, draw: (td, r) => this.#drawProcess(td, r) },
			{ head: "VMA", value: (r) => r.name, name: "path", draw: (td, r) => drawPath(td, r.name) },
			{ head: "Start", wide: true, value: (r) => r.start ?? "", name: "address",
				text: (r) => format.address(r.start) },
			{ head: "/s", title: "Faults per second in the last interval", number: true,
				value: (r) => r.now, text: (r) => format.rate(r.now) },
			{ head: "Faults", title: "Sum of the intervals in which it was among the ten VMAs with the most faults",
				number: true, value: (r) => r.faults, text: (r) => format.count(r.faults) },
			{ head: "%", title: "Of all faults in the window", number: true, wide: true,
				value: (r) => r.share, text: (r) => format.percent(r.share) },
		],
	});

	/** @choose: called with a pid and a name whose address space is wanted */
	constructor(choose)
	{
		this.#choose = choose;
	}

	#drawProcess(td, row)
	{
		if (!td.firstChild) {
			const button = el("button", { type: "button", class: "link" });

			button.addEventListener("click", () => this.#choose(td.row.pid, td.row.comm));
			td.append(button, el("small"));
		}
		td.row = row;
		setText(td.firstChild, row.comm);
		setText(td.lastChild, row.pid ? ` ${row.pid}` : "");
		setAttribute(td.firstChild, "title", `Show the address space of ${row.comm}`);
		td.firstChild.disabled = !row.pid;
	}

	#rows(view)
	{
		const rows = new Map();
		const all = view.ticks.reduce((s, t) => s + t.faults, 0);

		for (const t of view.ticks)
			for (const v of t.vmas ?? []) {
				const key = `${v.pid} ${v.start} ${v.name}`;
				const row = rows.get(key) ?? { ...v, key, faults: 0, now: 0 };

				row.faults += v.faults;
				row.comm = v.comm;
				row.now = t === view.last ? perSecond(t, v.faults) : 0;
				rows.set(key, row);
			}
		return [...rows.values()].sort((a, b) => b.faults - a.faults).slice(0, MOST)
			.map((row) => ({ ...row, share: row.faults * 100 / all }));
	}

	update(view)
	{
		this.#table.update(this.#rows(view));
	}
}
