// SPDX-License-Identifier: GPL-2.0-only
/* storms.js - the log of fault storms, the latest first. */
import { arrange, byId, el, setText } from "./dom.js";
import * as format from "./format.js";

/** About as many as there is room for. */
const MOST = 30;

/** worst - what had most of its faults, in words */
export function worst(storm)
{
	if (storm.state === "begin" || !storm.cause)
		return "";
	/* clients without a token do not get the process */
	if (!storm.process)
		return `${storm.cause} in ${storm.vma}`;
	return `${storm.process} (${storm.pid}), ${storm.cause} in ${storm.vma}`;
}

function peak(storm)
{
	const times = storm.median_per_s >= 1
		? `, ${format.count(storm.peak_per_s / storm.median_per_s)} times the median rate` : "";

	return `peak ${format.rate(storm.peak_per_s)}/s${times}`;
}

export class Storms {
	#list = byId("storms-list");
	#items = new Map();

	#item()
	{
		return el("li", {}, el("b"), el("span"), el("span", { class: "worst" }));
	}

	/** Storms do not depend on the window: the log is a log. */
	update(view)
	{
		const shown = view.storms.toReversed().slice(0, MOST);
		const items = new Map(shown.map((s) => [s.from_ms, this.#items.get(s.from_ms) ?? this.#item()]));

		for (const storm of shown) {
			const [head, facts, what] = items.get(storm.from_ms).children;
			const on = storm.state === "begin";

			items.get(storm.from_ms).classList.toggle("on", on);
			setText(head, `${format.clock(storm.from_ms)}, ` +
				(on ? "ongoing" : format.span(storm.to_ms - storm.from_ms)));
			setText(facts, on ? peak(storm) : `${format.count(storm.faults)} faults, ${peak(storm)}`);
			setText(what, worst(storm));
		}
		this.#items = items;
		arrange(this.#list, [...items.values()]);
		byId("storms-empty").hidden = shown.length > 0;
	}
}
