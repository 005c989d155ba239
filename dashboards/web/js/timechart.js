// SPDX-License-Identifier: GPL-2.0-only
/* timechart.js - what all charts over time have in common: axes, cursor, storms, restarts. */
import uPlot from "../uplot/uPlot.esm.js";

import { el } from "./dom.js";
import * as format from "./format.js";
import { color, onTheme } from "./theme.js";

const FONT = "11px system-ui, sans-serif";
/** Pixels of a time's right half, less the padding. */
const HALF_LABEL = 18;
/** Pixels that "restart" takes. */
const LABEL = 48;
/** One cursor for all. */
const SYNC = "time";

function ratio(u)
{
	return u.ctx.canvas.width / u.ctx.canvas.clientWidth || 1;
}

/** endOf - a storm's; of one that is on, the picture's */
function endOf(storm, view)
{
	return storm.state === "begin" ? view.to : storm.to_ms;
}

/** stormLines - for the box beside the cursor: the storm that it points at */
function stormLines(view, ms)
{
	const storm = view.storms.find((s) => ms > s.from_ms && ms <= endOf(s, view));

	return storm ? [[color("storm"), "storm", `peak ${format.rate(storm.peak_per_s)}/s`]] : [];
}

/** shade - what lies behind: the storms, each with its name at the top. */
function shade(u, view)
{
	const { left, top, width, height } = u.bbox, px = ratio(u);

	u.ctx.save();
	u.ctx.beginPath();
	u.ctx.rect(left, top, width, height);
	u.ctx.clip();
	for (const storm of view.storms) {
		const x = u.valToPos(storm.from_ms / 1000, "x", true);
		const w = Math.max(2 * px, u.valToPos(endOf(storm, view) / 1000, "x", true) - x);

		u.ctx.fillStyle = color("storm-wash");
		u.ctx.fillRect(x, top, w, height);
		u.ctx.fillStyle = color("storm");
		u.ctx.fillRect(x, top, w, 3 * px);
	}
	u.ctx.restore();
}

/** mark - what lies in front: when the server began again. */
function mark(u, view)
{
	const { top, height } = u.bbox, px = ratio(u);

	u.ctx.save();
	u.ctx.strokeStyle = u.ctx.fillStyle = color("muted");
	u.ctx.font = `${11 * px}px system-ui, sans-serif`;
	u.ctx.textAlign = "left";
	u.ctx.lineWidth = px;
	u.ctx.setLineDash([4 * px, 3 * px]);
	let free = 0;

	for (const ms of view.restarts.filter((at) => at > view.from && at < view.to)) {
		const x = Math.round(u.valToPos(ms / 1000, "x", true));

		u.ctx.beginPath();
		u.ctx.moveTo(x, top);
		u.ctx.lineTo(x, top + height);
		u.ctx.stroke();
		if (x >= free)
			u.ctx.fillText("restart", x + 4 * px, top + 14 * px);
		free = x + LABEL * px;
	}
	u.ctx.restore();
}

function axis(extra)
{
	return {
		font: FONT, stroke: () => color("muted"), gap: 4,
		grid: { stroke: () => color("grid"), width: 1 },
		ticks: { show: false },
		...extra,
	};
}

const timeAxis = {
	size: 22, space: 62,
	/* half of the last one would be cut off, half of the first one is below the other axis */
	values: (u, splits) => splits.map((s) => {
		const x = u.valToPos(s, "x");

		return x > HALF_LABEL && x < u.over.clientWidth - HALF_LABEL ? format.clock(s * 1000) : null;
	}),
};

/** plugin of uPlot: beside the cursor, the time and what @lines(index) tells: [[colour, name, value]] */
function tip(lines)
{
	const box = el("div", { class: "tip", "aria-hidden": "true" });

	function show(u)
	{
		const { idx, left, top } = u.cursor;
		/* the charts that only follow have a line, and no box */
		const here = left >= 0 && u.over.matches(":hover");
		const list = here && Number.isInteger(idx) ? lines(idx, top) : null;

		box.hidden = !list;
		if (!list)
			return;
		box.replaceChildren(el("b", {}, format.clock(u.data[0][idx] * 1000)),
			...list.map(([paint, name, value]) => {
				const swatch = el("i");

				swatch.style.background = paint;
				return el("span", {}, swatch, name, el("em", {}, value));
			}));
		const beside = left + 14 + box.offsetWidth > u.over.clientWidth
			? Math.max(0, left - 14 - box.offsetWidth) : left + 14;

		box.style.transform = `translate(${beside}px, 4px)`;
	}
	return { hooks: { ready: (u) => u.over.append(box), setCursor: show } };
}

export class TimeChart {
	#host;
	#plot;
	view = null;

	/**
	 * @series: of uPlot, without the first; @y: what its axis takes besides; @scale: of y
	 * @paint(u): draws what is no series; @lines(index): of the box beside the cursor
	 */
	constructor(host, { height, series, y, scale, paint, lines })
	{
		this.#host = host;
		this.#plot = new uPlot({
			width: this.#width, height, padding: [6, 8, 0, 0], legend: { show: false },
			cursor: { sync: { key: SYNC }, drag: { setScale: false, x: false, y: false },
				points: { show: false }, y: false },
			scales: { x: { time: true, range: () => this.#range() }, y: scale },
			axes: [axis(timeAxis), axis({ size: 48, ...y })],
			series: [{}, ...series],
			hooks: {
				drawClear: [(u) => this.view && shade(u, this.view)],
				draw: [(u) => this.view && paint?.(u, this.view), (u) => this.view && mark(u, this.view)],
			},
			plugins: [tip((i, top) => {
				const list = lines(i, top), ms = this.view?.points[i]?.time_ms;

				return list && [...list, ...stormLines(this.view, ms)];
			})],
		}, [[], ...series.map(() => [])], host);
		new ResizeObserver(() => this.#plot.setSize({ width: this.#width, height })).observe(host);
		onTheme(() => this.#plot.redraw(false, true));
	}

	get #width()
	{
		return Math.max(200, this.#host.clientWidth);
	}

	#range()
	{
		return this.view ? [this.view.from / 1000, this.view.to / 1000] : [0, 1];
	}

	/** update - @columns: a list of values for each series, as long as view.points */
	update(view, columns)
	{
		this.view = view;
		this.#plot.setData([view.points.map((p) => p.time_ms / 1000), ...columns]);
	}
}

/** perSecond - of a point's count; null where it is missing */
export function perSecond(point, n)
{
	return point.missing || n === null || n === undefined ? null : n * 1e9 / point.duration_ns;
}

/** steps - each interval's value is that of all of it. */
export const steps = uPlot.paths.stepped({ align: -1 });
/** nothing - for a series that is painted otherwise */
export const nothing = () => null;
