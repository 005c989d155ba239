// SPDX-License-Identifier: GPL-2.0-only
/* shootdowns.js - remote TLB flushes, IPIs received and time in their handlers, over time. */
import { byId } from "./dom.js";
import * as format from "./format.js";
import { Table } from "./table.js";
import { color } from "./theme.js";
import { perSecond, steps, TimeChart } from "./timechart.js";

const LINES = [
	["sends", "Remote flushes", "line-0"],
	["receipts", "IPIs received", "line-1"],
];

/** Rows of the table, for the window: name, key, format of the sum, whether it has a rate. */
const FACTS = [
	["Remote flushes", "sends", format.count, true],
	["Local flushes", "local", format.count, true],
	["Full flushes (whole address space)", "full", format.count, true],
	["IPIs sent", "queued", format.count, true],
	["IPIs received", "receipts", format.count, true],
	["Mean IPI latency", "delay", format.ns, false],
	["Time in IPI handlers", "stolen_ns", format.ns, true],
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
		caption: "TLB shootdowns in the window",
		key: (row) => row.name,
		empty: "No TLB shootdown yet.",
		columns: [
			{ head: "Event", text: (r) => r.name },
			{ head: "Total", number: true, text: (r) => r.sum },
			{ head: "Per second", number: true, text: (r) => r.rate },
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
			[color("line-2"), "In IPI handlers", `${format.share(stolenShare(point))} of one CPU`],
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
		return `${format.count(sum(view.ticks, "sends"))} remote TLB flushes, ` +
			`${format.count(sum(view.ticks, "receipts"))} IPIs received, ` +
			`${format.ns(sum(view.ticks, "stolen_ns"))} in their handlers.`;
	}
}
