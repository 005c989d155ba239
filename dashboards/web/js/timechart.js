// SPDX-License-Identifier: GPL-2.0-only
/* timechart.js - what all charts over time have in common: size, axes, cursor, theme. */
import uPlot from "../uplot/uPlot.esm.js";

import * as format from "./format.js";
import { mark, shade, stormLines } from "./marks.js";
import { color, onTheme } from "./theme.js";
import { tip } from "./tip.js";

const FONT = "11px system-ui, sans-serif";
/** Pixels of a time's right half, less the padding. */
const HALF_LABEL = 18;
/** One cursor for all. */
const SYNC = "time";

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
	size: 22,
	space: (u, i, from, to, width) => (width < 500 ? 62 : 84),
	/* half of the last one would be cut off, half of the first one is below the other axis */
	values: (u, splits) => splits.map((s) => {
		const x = u.valToPos(s, "x");

		return x > HALF_LABEL && x < u.over.clientWidth - HALF_LABEL ? format.clock(s * 1000) : null;
	}),
};

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
