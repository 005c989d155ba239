// SPDX-License-Identifier: GPL-2.0-only
/* table.js - a table whose rows come anew each second, and keep their elements by key. */
import { arrange, el, setAttribute, setText } from "./dom.js";

/**
 * struct column:
 * @head, @title: what is above it, and in more words
 * @value: of a row, to sort by; without, the column can't be sorted
 * @text: of a row, what is shown
 * @draw: (td, row) instead of @text
 * @number: aligned right
 * @wide: left out where there is little room
 */

function headCell(column, onSort)
{
	const th = el("th", { scope: "col", class: column.number ? "number" : null,
		"data-wide": column.wide ? "" : null });
	const inner = column.value
		? el("button", { type: "button", title: column.title }, column.head)
		: el("span", { title: column.title }, column.head);

	if (column.value)
		inner.addEventListener("click", onSort);
	th.append(inner);
	return th;
}

export class Table {
	#rows = new Map();
	#columns;
	#body = el("tbody");
	#heads;
	#sort;
	#down = true;
	#key;
	#shown = null;

	/** @sort: index of the column to sort by at first; null: rows come in their order */
	constructor(host, { caption, columns, key, sort = null, empty })
	{
		this.#columns = columns;
		this.#key = key;
		this.#sort = sort;
		this.empty = el("p", { class: "empty" }, empty);
		this.#heads = columns.map((c, i) => headCell(c, () => this.#sortBy(i)));
		this.table = el("table", {}, el("caption", { class: "unseen" }, caption),
			el("thead", {}, el("tr", {}, ...this.#heads)), this.#body);
		host.append(this.table, this.empty);
		this.update([]);
	}

	#sortBy(i)
	{
		this.#down = this.#sort === i ? !this.#down : Boolean(this.#columns[i].number);
		this.#sort = i;
		this.update(this.#shown);
	}

	#compare(a, b)
	{
		const { value } = this.#columns[this.#sort];
		const x = value(a) ?? -1, y = value(b) ?? -1;
		const order = typeof x === "string" ? x.localeCompare(y) : x - y;

		return this.#down ? -order : order;
	}

	#makeRow()
	{
		return el("tr", {}, ...this.#columns.map((c) => el("td", {
			class: [c.number ? "number" : "", c.name ?? ""].join(" ").trim() || null,
			"data-wide": c.wide ? "" : null,
		})));
	}

	#fill(tr, row)
	{
		this.#columns.forEach((c, i) => {
			const td = tr.children[i];

			if (c.draw)
				c.draw(td, row);
			else
				setText(td, c.text(row));
		});
	}

	/** update - @rows, each with another key; at most @most of them after sorting */
	update(rows, most = Infinity)
	{
		const sorted = this.#sort === null ? rows : [...rows].sort((a, b) => this.#compare(a, b));
		const kept = new Map();

		this.#shown = rows;
		for (const row of sorted.slice(0, most)) {
			const key = this.#key(row);
			const tr = this.#rows.get(key) ?? this.#makeRow();

			this.#fill(tr, row);
			kept.set(key, tr);
		}
		this.#rows = kept;
		arrange(this.#body, [...kept.values()]);
		this.#heads.forEach((th, i) => setAttribute(th, "aria-sort",
			i !== this.#sort ? null : this.#down ? "descending" : "ascending"));
		this.table.hidden = !rows.length;
		this.empty.hidden = rows.length > 0;
	}
}
