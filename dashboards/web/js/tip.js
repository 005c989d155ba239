// SPDX-License-Identifier: GPL-2.0-only
/* tip.js - a box beside the cursor of a chart. */
import { el } from "./dom.js";
import * as format from "./format.js";

/** tip - plugin of uPlot: the time, and what @lines(index, y) tells: [[colour, name, value]]; null: nothing */
export function tip(lines)
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
