// SPDX-License-Identifier: GPL-2.0-only
/* faults.js - faults by cause: stacked over time, and a table that is the legend. */
import { byId, el, setAttribute } from "./dom.js";
import * as format from "./format.js";
import { Table } from "./table.js";
import { color } from "./theme.js";
import { perSecond, steps, TimeChart } from "./timechart.js";

/** Causes that have a colour of their own, from the bottom to the top; the last is all the rest. */
const SHOWN = ["anon-zero", "file-map", "cow", "write-notify", "shmem", "file-read", "swap-in", "gup",
	"other"];

function layerOf(cause)
{
	const i = SHOWN.indexOf(cause);

	return i < 0 ? SHOWN.length - 1 : i;
}

function paintOf(layer)
{
	return color(`cause-${layer}`);
}

export class Faults {
	#hidden = new Set();
	#view = null;
	#layers = [];
	#table = new Table(byId("causes-table"), {
		caption: "Page faults by cause",
		key: (row) => row.cause,
		sort: 2,
		empty: "No page fault yet.",
		columns: [
			{ head: "Cause", value: (r) => r.cause, draw: (td, r) => this.#drawCause(td, r) },
			{ head: "/s", title: "Faults per second in the last interval", number: true,
				value: (r) => r.now, text: (r) => format.rate(r.now) },
			{ head: "Faults", title: "In the window", number: true,
				value: (r) => r.faults, text: (r) => format.count(r.faults) },
			{ head: "%", title: "Of all faults in the window", number: true,
				value: (r) => r.share, text: (r) => format.percent(r.share) },
		],
	});
	#chart = new TimeChart(byId("causes-chart"), {
		height: 240,
		/* the highest first: each is painted over by those below it */
		series: SHOWN.map((_, i) => SHOWN.length - 1 - i).map((layer) => ({
			paths: steps, points: { show: false }, width: 0, fill: () => paintOf(layer),
		})),
		y: { values: (u, splits) => splits.map(format.short) },
		scale: { range: (u, min, max) => [0, Math.max(10, max * 1.08)] },
		lines: (i) => this.#lines(i),
	});

	#drawCause(td, row)
	{
		if (!td.firstChild) {
			const button = el("button", { type: "button", class: "cause",
				title: "Show or hide this cause in the chart" });

			button.append(el("i", { class: `swatch cause-${layerOf(row.cause)}` }), row.cause);
			button.addEventListener("click", () => this.#toggle(row.cause));
			td.append(button);
		}
		setAttribute(td.firstChild, "aria-pressed", String(!this.#hidden.has(row.cause)));
	}

	#toggle(cause)
	{
		if (!this.#hidden.delete(cause))
			this.#hidden.add(cause);
		this.update(this.#view);
	}

	#lines(i)
	{
		const point = this.#view.points[i];

		if (!point || point.missing)
			return null;
		return Object.entries(point.causes).filter(([cause]) => !this.#hidden.has(cause))
			.sort((a, b) => b[1] - a[1]).slice(0, 8)
			.map(([cause, n]) => [paintOf(layerOf(cause)), cause,
				`${format.rate(perSecond(point, n))}/s`]);
	}

	/** Faults per second of each layer and all below it, for each point. */
	#stack(points)
	{
		return points.map((p) => {
			const sums = SHOWN.map(() => 0);

			if (p.missing)
				return SHOWN.map(() => null);
			for (const [cause, n] of Object.entries(p.causes))
				if (!this.#hidden.has(cause))
					sums[layerOf(cause)] += perSecond(p, n);
			return sums.map(((sum) => (v) => (sum += v))(0));
		});
	}

	#rows(view)
	{
		const sums = {};
		let all = 0;

		for (const t of view.ticks)
			for (const [cause, n] of Object.entries(t.causes)) {
				sums[cause] = (sums[cause] ?? 0) + n;
				all += n;
			}
		return Object.entries(sums).map(([cause, faults]) => ({
			cause, faults, share: faults * 100 / all,
			now: perSecond(view.last, view.last.causes[cause] ?? 0),
		}));
	}

	/** update - Return: what there is to see, in words. */
	update(view)
	{
		const stack = this.#stack(view.points);
		const rows = this.#rows(view).sort((a, b) => b.faults - a.faults);

		this.#view = view;
		this.#chart.update(view, SHOWN.map((_, i) => stack.map((s) => s[SHOWN.length - 1 - i])));
		this.#table.update(rows);
		const words = rows.slice(0, 3).map((r) => `${r.cause} ${format.percent(r.share)}`);

		return rows.length ? `Most faults: ${words.join(", ")}.` : "No faults.";
	}
}
