// SPDX-License-Identifier: GPL-2.0-only
/*
 * picker.js - choose one of many: a text box with a list (ARIA's combobox).
 *
 * The list is taken when it opens, and stands still while it is open.
 */
import { el, setAttribute } from "./dom.js";

const MOST = 200;

export class Picker {
	#input;
	#list;
	#all = [];
	#shown = [];
	#at = -1;
	#options;

	/**
	 * @fetch: gives a promise of [{value, name, note}]
	 * @choose: called with one of them
	 */
	constructor(input, list, options)
	{
		this.#input = input;
		this.#list = list;
		this.#options = options;
		input.addEventListener("keydown", (event) => this.#key(event));
		input.addEventListener("input", () => this.#typed());
		input.addEventListener("click", () => this.#open());
		input.addEventListener("blur", () => this.#close());
		/* a press must not take the focus away, which would close the list under it */
		list.addEventListener("pointerdown", (event) => event.preventDefault());
		list.addEventListener("click", (event) => {
			const li = event.target.closest("li");

			if (li)
				this.#choose([...list.children].indexOf(li));
		});
	}

	get isOpen()
	{
		return !this.#list.hidden;
	}

	/** show - @text as what is chosen */
	show(text)
	{
		this.#input.value = text;
	}

	async #open()
	{
		if (this.isOpen)
			return;
		this.#all = await this.#options.fetch();
		this.#input.select();
		this.#list.hidden = false;
		setAttribute(this.#input, "aria-expanded", "true");
		this.#filter("");
	}

	#close()
	{
		if (!this.isOpen)
			return;
		this.#list.hidden = true;
		setAttribute(this.#input, "aria-expanded", "false");
		setAttribute(this.#input, "aria-activedescendant", null);
		this.#input.value = this.#options.chosen();
	}

	async #typed()
	{
		const text = this.#input.value;

		if (!this.isOpen)
			await this.#open();
		this.#input.value = text;
		this.#input.setSelectionRange(text.length, text.length);
		this.#filter(text);
	}

	#filter(text)
	{
		const wanted = text.trim().toLowerCase();

		this.#shown = this.#all.filter((o) => o.name.toLowerCase().includes(wanted)).slice(0, MOST);
		this.#list.replaceChildren(...this.#shown.map((o, i) => el("li",
			{ role: "option", id: `${this.#list.id}-${i}`, "aria-selected": "false" },
			el("span", {}, o.name), el("small", {}, o.note))));
		if (!this.#shown.length)
			this.#list.append(el("li", { role: "option", "aria-disabled": "true" }, "no such process"));
		this.#go(this.#shown.length ? 0 : -1);
	}

	#go(at)
	{
		this.#list.children[this.#at]?.setAttribute("aria-selected", "false");
		this.#at = at;
		const li = at < 0 ? null : this.#list.children[at];

		li?.setAttribute("aria-selected", "true");
		li?.scrollIntoView({ block: "nearest" });
		setAttribute(this.#input, "aria-activedescendant", li?.id ?? null);
	}

	#choose(at)
	{
		const option = this.#shown[at];

		if (option)
			this.#options.choose(option);
		this.#close();
	}

	#move(by)
	{
		const nr = this.#shown.length;

		if (!this.isOpen)
			this.#open();
		else if (nr)
			this.#go((this.#at + by + nr) % nr);
	}

	#key(event)
	{
		const keys = {
			ArrowDown: () => this.#move(1),
			ArrowUp: () => this.#move(-1),
			Enter: () => (this.isOpen ? this.#choose(this.#at) : this.#open()),
			Escape: () => this.#close(),
		};

		if (!keys[event.key])
			return;
		event.preventDefault();
		keys[event.key]();
	}
}
