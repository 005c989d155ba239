// SPDX-License-Identifier: GPL-2.0-only
/* marks.js - storms and restarts in a chart over time. */
import * as format from "./format.js";
import { color } from "./theme.js";

/** Pixels that "restart" takes. */
const LABEL = 48;

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
export function stormLines(view, ms)
{
	const storm = view.storms.find((s) => ms > s.from_ms && ms <= endOf(s, view));

	return storm ? [[color("storm"), "storm", `peak ${format.rate(storm.peak_per_s)}/s`]] : [];
}

/** shade - what lies behind: the storms, each with its name at the top. */
export function shade(u, view)
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
export function mark(u, view)
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
