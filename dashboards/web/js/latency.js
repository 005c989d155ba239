// SPDX-License-Identifier: GPL-2.0-only
/* latency.js - completed faults by latency, over time: a row for each octave. */
import { byId } from "./dom.js";
import * as format from "./format.js";
import { Table } from "./table.js";
import { heat } from "./theme.js";
import { nothing, TimeChart } from "./timechart.js";

/** Rows that are always there: 256 ns up to 1.05 ms. */
const LOW = 8, HIGH = 20;

/** edge - where octave @i begins, ns */
function edge(i)
{
	return i ? 2 ** i : 0;
}

function octave(i)
{
	return `${format.ns(edge(i))} to ${format.ns(2 ** (i + 1))}`;
}

/** sumLatency - over the ticks, by octave */
export function sumLatency(ticks)
{
	const sum = [];

	for (const t of ticks)
		t.latency.forEach((n, i) => { sum[i] = (sum[i] ?? 0) + n; });
	return sum;
}

/** below - a latency that @share of the faults stay under: the end of an octave; null: no faults */
export function below(latency, share)
{
	const all = latency.reduce((s, n) => s + n, 0);
	let seen = 0;

	for (let i = 0; all && i < latency.length; i++) {
		seen += latency[i];
		if (seen >= share * all)
			return 2 ** (i + 1);
	}
	return null;
}

export class Latency {
	#view = null;
	#low = LOW;
	#high = HIGH;
	#chart = new TimeChart(byId("latency-chart"), {
		height: 220,
		series: [{ paths: nothing, points: { show: false } }],
		y: {
			splits: () => this.#splits(),
			values: (u, splits) => splits.map((i) => format.ns(edge(i))),
		},
		scale: { range: () => [this.#low, this.#high] },
		paint: (u, view) => this.#paint(u, view),
		lines: (i, top) => this.#lines(i, top),
	});
	#table = new Table(byId("latency-table"), {
		caption: "Page faults in the window by latency",
		key: (row) => row.octave,
		empty: "No completed page fault yet.",
		columns: [
			{ head: "Latency", text: (r) => octave(r.octave) },
			{ head: "Faults", number: true, text: (r) => format.count(r.faults) },
			{ head: "%", number: true, text: (r) => format.percent(r.share) },
			{ head: "Cumulative", number: true, text: (r) => format.percent(r.upTo) },
		],
	});

	#splits()
	{
		const list = [];

		for (let i = this.#low; i <= this.#high; i += 2)
			list.push(i);
		return list;
	}

	#paint(u, view)
	{
		const most = Math.max(1, ...view.points.map((p) => Math.max(0, ...(p.latency ?? []))));
		const y = Array.from({ length: 40 }, (_, i) => u.valToPos(i, "y", true));

		for (const p of view.points) {
			if (p.missing)
				continue;
			const left = Math.max(u.bbox.left,
				u.valToPos((p.time_ms - p.duration_ns / 1e6) / 1000, "x", true));
			const right = u.valToPos(p.time_ms / 1000, "x", true);

			p.latency.forEach((n, i) => {
				const paint = i < this.#low ? null : heat(n, most);

				if (!paint)
					return;
				u.ctx.fillStyle = paint;
				u.ctx.fillRect(left, y[i + 1], right - left + 0.5, y[i] - y[i + 1] - 1);
			});
		}
	}

	#lines(i, top)
	{
		const point = this.#view.points[i];

		if (!point || point.missing)
			return null;
		const height = byId("latency-chart").querySelector(".u-over").clientHeight;
		const at = Math.floor(this.#low + (1 - top / height) * (this.#high - this.#low));
		const all = point.latency.reduce((s, n) => s + n, 0);
		const lines = [["transparent", "all", `${format.count(all)} faults`]];

		if (at >= this.#low && at < this.#high)
			lines.unshift([heat(point.latency[at], Math.max(...point.latency)) ?? "transparent",
				octave(at), format.count(point.latency[at])]);
		return lines;
	}

	#rows(sum)
	{
		const all = sum.reduce((s, n) => s + n, 0);
		let seen = 0;

		return sum.map((faults, i) => {
			seen += faults;
			return { octave: i, faults, share: faults * 100 / all, upTo: seen * 100 / all };
		}).filter((row) => row.faults);
	}

	update(view)
	{
		const sum = sumLatency(view.ticks);
		const used = this.#rows(sum);

		this.#view = view;
		/* an even number of octaves, so that every second one has a label */
		this.#low = Math.min(LOW, 2 * Math.floor((used[0]?.octave ?? LOW) / 2));
		this.#high = Math.max(HIGH, 2 * Math.ceil(((used.at(-1)?.octave ?? 0) + 1) / 2));
		this.#chart.update(view, [view.points.map((p) => (p.missing ? null : 0))]);
		this.#table.update(used);
		if (!used.length)
			return "No completed faults.";
		return `Median below ${format.ns(below(sum, 0.5))}, ` +
			`99th percentile below ${format.ns(below(sum, 0.99))}.`;
	}
}
