// SPDX-License-Identifier: GPL-2.0-only
/* addresses.js - the address space of one process: its VMAs in order, each with its faults over time. */
import { askJson, Refused } from "./api.js";
import { byId, drawPath, el, setText } from "./dom.js";
import * as format from "./format.js";
import { Picker } from "./picker.js";
import { isFull } from "./store.js";
import { keyOf, Samples } from "./samples.js";
import { Table } from "./table.js";
import { heat, onTheme } from "./theme.js";

/** VMAs that are shown: those with most faults. */
const MOST = 60;
/** Processes that are tried at one time, where nobody has chosen one. */
const TRIED = 10;
/** Of a strip: pixels, and of each interval at least. */
const WIDTH = 210, HEIGHT = 16, LEAST = 2;
/** Between two looks; the second where the process was not there. */
const LEAST_MS = 900, GONE_MS = 10000;

function size(vma)
{
	return Number(BigInt(vma.end) - BigInt(vma.start));
}

/** hasPlace - one VMA; a row of several, or of those that are gone, has no addresses */
function hasPlace(vma)
{
	return vma.start !== null;
}

function nameOf(process)
{
	return `${process.comm} ${process.pid}`;
}

function number(head, title, key, text, wide = false)
{
	return { head, title, number: true, wide, text: (r) => text(r[key]) };
}

export class Addresses {
	#pid = null;
	#chosen = "";
	/* somebody chose it, and not we */
	#byHand = false;
	/* pids at the last try to choose one */
	#living = new Set();
	#samples = new Samples();
	#asked = 0;
	#gone = false;
	/* faults of a VMA in one look: the hottest colour */
	#most = 1;
	#view = null;
	#document = null;
	#picker = new Picker(byId("process"), byId("process-list"), {
		fetch: () => this.#processes(),
		choose: (option) => this.choose(option.value, option.name),
		chosen: () => this.#chosen,
	});
	#table = new Table(byId("addresses-table"), {
		caption: "VMAs of the process, sorted by address",
		key: keyOf,
		empty: "Choose a process.",
		columns: [
			{ head: "Address", name: "address", text: (r) => (hasPlace(r) ? format.address(r.start) : "") },
			{ head: "Size", number: true, wide: true,
				text: (r) => (hasPlace(r) ? format.bytes(size(r)) : "") },
			{ head: "Perms", name: "perms", wide: true,
				text: (r) => (hasPlace(r) ? r.perms : "") },
			{ head: "VMA", name: "path", draw: (td, r) => drawPath(td, r.name) },
			{ head: "Faults over time", name: "strip", draw: (td, r) => this.#drawStrip(td, r) },
			number("/s", "Faults per second in the last interval", "now", format.rate, true),
			number("Faults", "Since serve started", "faults", format.count),
			number("Major", "Major faults (with I/O), since serve started", "major", format.count, true),
			number("Avg", "Mean latency, since serve started", "average", format.ns, true),
			number("Max", "Maximum latency, since serve started", "latency_max_ns", format.ns, true),
		],
	});

	constructor()
	{
		onTheme(() => this.#show());
	}

	async #processes()
	{
		const list = await askJson("/api/v1/processes?top=1000").catch(() => ({ processes: [] }));

		return list.processes.filter((p) => p.pid && p.faults).map((p) => ({
			value: p.pid, name: nameOf(p), exited: p.exited,
			note: `${format.count(p.faults)} faults${p.exited ? ", exited" : ""}`,
		}));
	}

	/**
	 * #start - with the process that has most faults, until somebody chooses
	 *
	 * It was there at the last try, too: where short processes come and go one of them has most
	 * faults at any time, and has ended by the first look. Then the next is tried.
	 */
	async #start()
	{
		this.#asked = Date.now();
		const living = (await this.#processes()).filter((p) => !p.exited);
		const candidates = living.filter((p) => this.#living.has(p.value)).slice(0, TRIED);

		this.#living = new Set(living.map((p) => p.value));
		for (const candidate of candidates) {
			if (this.#pid !== null)
				return;
			await this.#take(candidate.value, candidate.name);
		}
	}

	/** choose - what somebody chose stays, also when it has ended. */
	choose(pid, name)
	{
		this.#byHand = true;
		this.#take(pid, name);
	}

	/** #take - from now on, its address space; faults over time begin with now. */
	#take(pid, name)
	{
		this.#pid = pid;
		this.#chosen = name.endsWith(` ${pid}`) ? name : `${name} ${pid}`;
		this.#samples = new Samples();
		this.#document = null;
		this.#gone = false;
		setText(byId("process-state"), "");
		this.#picker.show(this.#chosen);
		return this.#look();
	}

	async #look()
	{
		const pid = this.#pid;

		this.#asked = Date.now();
		try {
			const document = await askJson(`/api/v1/process?pid=${pid}`);

			if (pid !== this.#pid)
				return;
			this.#gone = false;
			this.#document = document;
			this.#samples.add(document.vmas);
			setText(byId("process-state"), document.exited ? "has exited" : "");
		} catch (error) {
			if (pid !== this.#pid)
				return;
			this.#gone = error instanceof Refused && error.status === 404;
			if (this.#gone)
				setText(byId("process-state"), "not found: it has exited, or had no page fault");
			if (this.#gone && !this.#byHand) {
				this.#pid = null;
				this.#gone = false;
			}
		}
		this.#show();
	}

	#drawStrip(td, row)
	{
		const px = devicePixelRatio || 1;

		if (!td.firstChild)
			td.append(el("canvas", { "aria-hidden": "true" }));
		const canvas = td.firstChild;

		if (canvas.width !== WIDTH * px) {
			canvas.width = WIDTH * px;
			canvas.height = HEIGHT * px;
		}
		const ctx = canvas.getContext("2d");
		const { from, to } = this.#view;
		const at = (ms) => (ms - from) / (to - from) * canvas.width;

		ctx.clearRect(0, 0, canvas.width, canvas.height);
		for (const s of this.#samples.list) {
			const paint = heat(s.faults.get(row.key), this.#most);

			if (!paint || s.time_ms < from)
				continue;
			ctx.fillStyle = paint;
			ctx.fillRect(at(s.from_ms), 0,
				Math.max(LEAST * px, at(s.time_ms) - at(s.from_ms) + 0.5), canvas.height);
		}
	}

	#rows()
	{
		const last = this.#samples.list.at(-1);
		const seconds = last ? (last.time_ms - last.from_ms) / 1000 : 1;
		const { vmas } = this.#document;
		/* of those with as many faults as the last of them, not more than there is room for */
		const shown = new Set([...vmas].sort((a, b) => b.faults - a.faults).slice(0, MOST));

		return vmas.filter((v) => shown.has(v)).map((v) => ({
			...v, key: keyOf(v), now: (last?.faults.get(keyOf(v)) ?? 0) / seconds,
			average: v.faults ? v.latency_sum_ns / v.faults : null,
		}));
	}

	#show()
	{
		if (!this.#document || !this.#view) {
			this.#table.update([]);
			return;
		}
		this.#most = this.#samples.most;
		const rows = this.#rows();
		const more = this.#document.vmas.length + this.#document.vmas_left_out - rows.length;

		this.#table.update(rows);
		setText(byId("addresses-more"), more ? `${format.count(more)} more VMAs, with fewer faults, are not shown.`
			: "");
	}

	/** update - at each event; @live: not paused */
	update(view, live)
	{
		this.#view = view;
		if (!isFull(view.status))
			this.#table.update([]);
		else if (!live || Date.now() - this.#asked < (this.#gone ? GONE_MS : LEAST_MS))
			this.#show();
		else if (this.#pid === null)
			this.#start();
		else
			this.#look();
	}
}
