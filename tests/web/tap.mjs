// SPDX-License-Identifier: GPL-2.0-only
/* tap.mjs - tests one after the other, as TAP; and waiting for what is to come. */
import { setTimeout as sleep } from "node:timers/promises";

/** Far more than it takes, on a machine that does other things, too. */
const PATIENCE_MS = 120000;

const tests = [];

/** test - to be run by run(), in the order of their making */
export function test(name, body)
{
	tests.push({ name, body });
}

/** note - a line that tests/run shows */
export function note(text)
{
	console.log(`# web: ${text}`);
}

/** run - all of them. Return: how many failed. */
export async function run()
{
	let failed = 0;

	console.log(`1..${tests.length}`);
	for (const [i, { name, body }] of tests.entries())
		try {
			await body();
			console.log(`ok ${i + 1} - ${name}`);
		} catch (error) {
			failed++;
			console.log(`not ok ${i + 1} - ${name}`);
			console.log(String(error.stack).replace(/^/gm, "# "));
		}
	return failed;
}

/** until - @get gives something true; Return: that. @what: for the message. */
export async function until(what, get, patience = PATIENCE_MS)
{
	const end = Date.now() + patience;

	for (;;) {
		const got = await get();

		if (got)
			return got;
		if (Date.now() > end)
			throw new Error(`not within ${patience / 1000} s: ${what}`);
		await sleep(100);
	}
}
