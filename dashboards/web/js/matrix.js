// SPDX-License-Identifier: GPL-2.0-only
/* matrix.js - which CPU interrupted which, in the window. */
import { byId, setAttribute } from "./dom.js";
import * as format from "./format.js";
import { Table } from "./table.js";
import { color, heat, onHeat, onTheme } from "./theme.js";

const MARGIN = 34;
const MOST_CELL = 72;
/** A cell with room for its number. */
const TEXT_CELL = 34;
const MOST_PAIRS = 20;

function cpuName(cpu)
{
	return cpu === null ? "?" : String(cpu);
}

/** sumPairs - interrupts by CPUs over the ticks */
function sumPairs(ticks)
{
	const pairs = new Map();

	for (const t of ticks)
		for (const c of t.cpus) {
			const key = `${cpuName(c.from)} ${c.to}`;
			const pair = pairs.get(key) ?? { key, from: c.from, to: c.to, count: 0, stolen_ns: 0 };

			pair.count += c.count;
			pair.stolen_ns += c.stolen_ns;
			pairs.set(key, pair);
		}
	return [...pairs.values()];
}

/** cpusOf - 0 up to the highest that took part, one more than one; for rows, also the unknown */
function cpusOf(pairs)
{
	const highest = Math.max(1, ...pairs.map((p) => Math.max(p.from ?? 0, p.to)));
	const to = Array.from({ length: highest + 1 }, (_, i) => i);

	return { to, from: pairs.some((p) => p.from === null) ? [...to, null] : to };
}

export class Matrix {
	#canvas = byId("matrix");
	#pairs = [];
	#table = new Table(byId("matrix-table"), {
		caption: "TLB IPIs from CPU to CPU, in the window",
		key: (row) => row.key,
		sort: 2,
		empty: "No TLB IPI yet.",
		columns: [
			{ head: "From CPU", value: (r) => r.from, text: (r) => cpuName(r.from) },
			{ head: "To CPU", value: (r) => r.to, text: (r) => cpuName(r.to) },
			{ head: "IPIs", number: true, value: (r) => r.count, text: (r) => format.count(r.count) },
			{ head: "Stolen", number: true, value: (r) => r.stolen_ns,
				text: (r) => format.ns(r.stolen_ns) },
		],
	});

	constructor()
	{
		new ResizeObserver(() => this.#draw()).observe(this.#canvas.parentElement);
		onTheme(() => this.#draw());
	}

	#size(columns, rows)
	{
		const width = Math.max(120, this.#canvas.parentElement.clientWidth);
		const cell = Math.min(MOST_CELL, (width - MARGIN) / columns);
		const px = devicePixelRatio || 1;
		const w = Math.ceil(MARGIN + cell * columns), h = Math.ceil(MARGIN + cell * rows);

		this.#canvas.width = w * px;
		this.#canvas.height = h * px;
		this.#canvas.style.width = `${w}px`;
		this.#canvas.style.height = `${h}px`;
		return { cell, px, w, h };
	}

	#label(ctx, text, x, y)
	{
		ctx.fillStyle = color("muted");
		ctx.fillText(text, x, y);
	}

	#labels(ctx, { from, to }, cell)
	{
		/* every how many there is room for one */
		const every = Math.ceil(20 / cell);

		to.forEach((cpu, i) => {
			if (i % every === 0)
				this.#label(ctx, cpuName(cpu), MARGIN + (i + 0.5) * cell, MARGIN - 9);
		});
		from.forEach((cpu, i) => {
			if (i % every === 0 || cpu === null)
				this.#label(ctx, cpuName(cpu), MARGIN - 12, MARGIN + (i + 0.5) * cell);
		});
		this.#label(ctx, "to", MARGIN + to.length * cell / 2, 8);
		ctx.save();
		ctx.translate(8, MARGIN + from.length * cell / 2);
		ctx.rotate(-Math.PI / 2);
		this.#label(ctx, "from", 0, 0);
		ctx.restore();
	}

	#draw()
	{
		const cpus = cpusOf(this.#pairs);
		const { cell, px, w, h } = this.#size(cpus.to.length, cpus.from.length);
		const ctx = this.#canvas.getContext("2d");
		const most = Math.max(1, ...this.#pairs.map((p) => p.count));
		const gap = cell > 8 ? 2 : 0.5;

		ctx.scale(px, px);
		ctx.clearRect(0, 0, w, h);
		ctx.font = "11px system-ui, sans-serif";
		ctx.textAlign = "center";
		ctx.textBaseline = "middle";
		this.#labels(ctx, cpus, cell);
		ctx.fillStyle = color("cell");
		cpus.from.forEach((_, row) => cpus.to.forEach((__, column) => ctx.fillRect(
			MARGIN + column * cell, MARGIN + row * cell, cell - gap, cell - gap)));
		for (const p of this.#pairs) {
			const x = MARGIN + p.to * cell, y = MARGIN + cpus.from.indexOf(p.from) * cell;
			const paint = heat(p.count, most, Math.sqrt);

			ctx.fillStyle = paint;
			ctx.fillRect(x, y, cell - gap, cell - gap);
			if (cell < TEXT_CELL)
				continue;
			ctx.fillStyle = onHeat(paint);
			ctx.fillText(format.short(p.count), x + cell / 2, y + cell / 2);
		}
	}

	update(view)
	{
		this.#pairs = sumPairs(view.ticks);
		this.#draw();
		this.#table.update(this.#pairs, MOST_PAIRS);
		const top = this.#pairs.reduce((a, b) => (a && a.count >= b.count ? a : b), null);

		setAttribute(this.#canvas, "aria-label", top
			? `TLB IPIs from CPU to CPU; most: ${format.count(top.count)} from CPU ${cpuName(top.from)} ` +
				`to CPU ${top.to}. All are in the table below.`
			: "TLB IPIs from CPU to CPU: none.");
	}
}
