// SPDX-License-Identifier: GPL-2.0-only
/*
 * loads.mjs - programs that a shell of ours runs one after the other. Who traces that shell and its
 * children sees them, and nothing of what the machine does besides.
 */
import { createInterface } from "node:readline";

import { start } from "./serve.mjs";

const LOOP = 'while IFS= read -r line; do eval "$line" >&2; echo $?; done';

function quote(word)
{
	return `'${word.replaceAll("'", "'\\''")}'`;
}

export class Loads {
	#shell = start("bash", ["-c", LOOP], ["pipe", "pipe", "pipe"]);
	#answers = createInterface({ input: this.#shell.stdout })[Symbol.asyncIterator]();

	get pid()
	{
		return this.#shell.pid;
	}

	/** run - to its end, which must be a good one */
	async run(...words)
	{
		this.#shell.stdin.write(`${words.map(quote).join(" ")}\n`);
		const { value } = await this.#answers.next();

		if (value !== "0")
			throw new Error(`${words.join(" ")}: exit status ${value}: ${this.#shell.said}`);
	}
}
