// SPDX-License-Identifier: GPL-2.0-only
/* names_test.mjs - names that would be markup, and the picker of processes. */
import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import path from "node:path";

import { test, until } from "./tap.mjs";
import { EVIL, EVIL_COMM, cell, directory, loads, text, world } from "./world.mjs";

test("a process name with markup is shown as text", async () => {
	const evil = path.join(directory, EVIL);

	copyFileSync("build/tests/workload/storm", evil);
	await loads.run(evil, "--faults", "20000");
	await until("its row", async () => await cell("vmas-table", EVIL_COMM, 0));
	assert.equal(await world.page.locator("img").count(), 0);
});

test("the process picker works by keyboard, also for a name with markup", async () => {
	await world.page.locator("#process").focus();
	await world.page.keyboard.press("ArrowDown");
	await world.page.locator("#process-list li").first().waitFor();
	await world.page.keyboard.type(EVIL_COMM.slice(0, 8));
	const option = world.page.locator("#process-list li[aria-selected=true]");

	await until("its option", async () => (await option.textContent()).startsWith(EVIL_COMM));
	assert.equal(await world.page.locator("#process").getAttribute("aria-activedescendant"),
		await option.getAttribute("id"));
	await world.page.keyboard.press("Enter");
	assert.ok((await world.page.locator("#process").inputValue()).startsWith(EVIL_COMM));
	await until("it ended", async () => /exited/.test(await text("#process-state")));
	/* one that lives: the shell that runs them */
	await world.page.keyboard.press("ArrowDown");
	await world.page.locator("#process-list li").first().waitFor();
	await world.page.keyboard.type(`bash ${loads.pid}`);
	await until("one option", async () => await world.page.locator("#process-list li").count() === 1);
	await world.page.keyboard.press("Enter");
	await until("its heap", () => world.page.locator("#addresses-table td.path", { hasText: "[heap]" }).count());
	const addresses = await world.page.locator("#addresses-table td.address").allTextContents();
	const numbers = addresses.filter(Boolean).map((a) => BigInt(`0x${a}`));

	assert.deepEqual(numbers, numbers.slice().sort((a, b) => (a < b ? -1 : 1)), "in the order of addresses");
	await world.page.keyboard.press("ArrowDown");
	await world.page.keyboard.press("Escape");
	assert.equal(await world.page.locator("#process").inputValue(), `bash ${loads.pid}`);
});
