// SPDX-License-Identifier: GPL-2.0-only
/* tiles.js - the numbers at the top: of the last interval, and of the window. */
import { byId, setText } from "./dom.js";
import * as format from "./format.js";
import { below, sumLatency } from "./latency.js";
import { updateLosses } from "./losses.js";
import { stolenShare } from "./shootdowns.js";
import { perSecond } from "./timechart.js";

function under(latency, share)
{
	const ns = below(latency, share);

	return ns === null ? format.UNKNOWN : `<${format.ns(ns)}`;
}

/** @now: of the last tick; @text: how it prints; @all: of the window, in small letters */
function rates(id, get)
{
	const now = (t) => perSecond(t, get(t));

	return { id, now: (t) => format.rate(now(t)), all: (view) => spread(view, now, format.rate) };
}

function spread(view, get, text)
{
	const values = view.ticks.map(get);

	if (values.includes(null))
		return "";
	const mean = values.reduce((s, v, i) => s + v * view.ticks[i].duration_ns, 0) / 1e9 / view.seconds;

	return `avg ${text(mean)} · max ${text(values.reduce((a, b) => Math.max(a, b), 0))}`;
}

const TILES = [
	rates("faults", (t) => t.faults),
	rates("major", (t) => t.major),
	{ id: "p99", now: (t) => under(t.latency, 0.99),
		all: (view) => `window ${under(sumLatency(view.ticks), 0.99)}` },
	rates("sends", (t) => t.shootdowns.sends),
	rates("receipts", (t) => t.shootdowns.receipts),
	{ id: "stolen", now: (t) => format.share(stolenShare(t)),
		all: (view) => spread(view, stolenShare, format.share) },
];

export function updateTiles(view)
{
	for (const tile of TILES) {
		setText(byId(tile.id), view.last ? tile.now(view.last) : format.UNKNOWN);
		setText(byId(`${tile.id}-all`), view.last ? tile.all(view) : "");
	}
	updateLosses(view.lost);
}
