// SPDX-License-Identifier: GPL-2.0-only
/* shootdowns.js - flushes sent, interrupts that arrived, and the time that they stole, over time. */
import { byId } from "./dom.js";
import * as format from "./format.js";
import { Table } from "./table.js";
import { color } from "./theme.js";
import { perSecond, steps, TimeChart } from "./timechart.js";

const LINES = [
	["sends", "Flushes sent", "line-0"],
	["receipts", "Interrupts", "line-1"],
];

/** What the table tells of the window: name, key, format of the sum, whether it has a rate. */
const FACTS = [
	["Flushes sent to other CPUs", "sends", format.count, true],
	["Flushes of the own CPU", "local", format.count, true],
	["Flushes of a whole address space", "full", format.count, true],
	["Interrupts queued", "queued", format.count, true],
	["Interrupts that arrived", "receipts", format.count, true],
	["Their delay, on average", "delay", format.ns, false],
	["Time that they stole", "stolen_ns", format.ns, true],
];

function line([key, , paint])
{
	return { paths: steps, points: { show: false }, width: 1.5, spanGaps: false,
		stroke: () => color(paint) };
}

/** stolenShare - of a point: percent of one CPU */
export function stolenShare(point)
{
	const ns = point.missing ? null : point.shootdowns.stolen_ns;

	return ns === null ? null : ns * 100 / point.duration_ns;
}

/** sum - of the ticks' shootdowns; null: not known */
function sum(ticks, key)
{
	return ticks.reduce((s, t) => (s === null || t.shootdowns[key] === null
		? null : s + t.shootdowns[key]), 0);
}

export class Shootdowns {
	#view = null;
	#counts = new TimeChart(byId("shootdowns-chart"), {
		height: 124,
		series: LINES.map(line),
		y: { values: (u, splits) => splits.map(format.short), space: 30 },
		scale: { range: (u, min, max) => [0, Math.max(10, max * 1.08)] },
		lines: (i) => this.#lines(i),
	});
	#stolen = new TimeChart(byId("stolen-chart"), {
		height: 96,
		series: [{ paths: steps, points: { show: false }, width: 1,
			stroke: () => color("line-2"), fill: () => color("line-2-wash") }],
		y: { values: (u, splits) => splits.map((v) => `${+v.toFixed(2)}%`), space: 26 },
		scale: { range: (u, min, max) => [0, Math.max(0.1, max * 1.08)] },
		lines: (i) => this.#lines(i),
	});
	#table = new Table(byId("shootdowns-table"), {
		caption: "Shootdowns in the window",
		key: (row) => row.name,
		empty: "Nothing yet.",
		columns: [
			{ head: "What", text: (r) => r.name },
			{ head: "In the window", number: true, text: (r) => r.sum },
			{ head: "A second", number: true, text: (r) => r.rate },
		],
	});

	#lines(i)
	{
		const point = this.#view.points[i];

		if (!point || point.missing)
			return null;
		return [
			...LINES.map(([key, name, paint]) => [color(paint), name,
				`${format.rate(perSecond(point, point.shootdowns[key]))}/s`]),
			[color("line-2"), "Stolen", `${format.share(stolenShare(point))} of a CPU`],
		];
	}

	#rows(view)
	{
		const receipts = sum(view.ticks, "receipts"), delay = sum(view.ticks, "delay_ns");
		const sums = { delay: receipts && delay !== null ? delay / receipts : null };

		return FACTS.map(([name, key, text, hasRate]) => {
			const n = key in sums ? sums[key] : sum(view.ticks, key);
			const each = n === null ? null : n / view.seconds;

			return { name, sum: text(n),
				rate: !hasRate ? "" : key === "stolen_ns" ? text(each) : format.rate(each) };
		});
	}

	update(view)
	{
		this.#view = view;
		this.#counts.update(view, LINES.map(([key]) =>
			view.points.map((p) => perSecond(p, p.shootdowns?.[key]))));
		this.#stolen.update(view, [view.points.map(stolenShare)]);
		this.#table.update(view.ticks.length ? this.#rows(view) : []);
		return `${format.count(sum(view.ticks, "sends"))} flushes were sent to other CPUs, ` +
			`${format.count(sum(view.ticks, "receipts"))} interrupts arrived and stole ` +
			`${format.ns(sum(view.ticks, "stolen_ns"))}.`;
	}
}
