// SPDX-License-Identifier: GPL-2.0-only
/* controls_test.mjs - keyboard, pause, sorting, windows, themes. */
import assert from "node:assert/strict";

import { has, pixels } from "./browser.mjs";
import { intervals } from "./serve.mjs";
import { test, until } from "./tap.mjs";
import { live, port, text, workload, world } from "./world.mjs";

test("Tab reaches all controls, and the focus is visible", async () => {
	const seen = new Set();

	await world.page.locator(".skip").focus();
	for (let i = 0; i < 90; i++) {
		const [id, outlined] = await world.page.evaluate(() => {
			const node = document.activeElement;
			const shown = node.matches("[name=window]") ? node.nextElementSibling : node;

			return [node.name || node.id || node.className, getComputedStyle(shown).outlineStyle];
		});

		if (!(await world.page.evaluate(() => document.activeElement === document.body)))
			assert.notEqual(outlined, "none", `the focus on ${id} is not seen`);
		seen.add(id);
		await world.page.keyboard.press("Tab");
	}
	for (const id of ["window", "pause", "theme", "process", "cause", "link"])
		assert.ok(seen.has(id), `${id} is not reached: ${[...seen]}`);
});

test("sorting, causes and time windows can be set by keyboard", async () => {
	const head = world.page.locator("#calls-table th", { hasText: "Count" });

	await head.locator("button").focus();
	await world.page.keyboard.press("Enter");
	assert.equal(await head.getAttribute("aria-sort"), "descending");
	const cause = world.page.locator("#causes-table button.cause", { hasText: "anon-zero" });

	await cause.focus();
	await world.page.keyboard.press("Space");
	assert.equal(await cause.getAttribute("aria-pressed"), "false");
	await until("its colour goes", async () => !await has(world.page, "#causes-chart canvas", "cause-0"));
	await world.page.keyboard.press("Space");
	await world.page.locator("input[name=window]:checked").focus();
	await world.page.keyboard.press("ArrowRight");
	assert.equal(await world.page.locator("input[name=window]:checked").inputValue(), "15");
	await world.page.keyboard.press("ArrowLeft");
});

test("pause freezes the page; data received meanwhile is shown afterwards", async () => {
	await world.page.locator("#pause").focus();
	await world.page.keyboard.press("Enter");
	assert.match(await text("#pause-state"), /paused at/);
	const held = await pixels(world.page, "#causes-chart canvas");

	await workload("storm", "--faults", "50000");
	await intervals(port, 3);
	assert.ok(await pixels(world.page, "#causes-chart canvas") === held, "the picture has changed");
	await world.page.keyboard.press("Enter");
	await until("it moves", async () => await pixels(world.page, "#causes-chart canvas") !== held);
	assert.equal(await text("#pause-state"), "");
});

test("the chosen theme is kept", async () => {
	const color = () => world.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
	const automatic = await color();

	await world.page.emulateMedia({ colorScheme: "dark" });
	assert.notEqual(await color(), automatic, "the system's theme counts");
	await world.page.emulateMedia({ colorScheme: "light" });
	assert.equal(await color(), automatic);
	await world.page.locator("#theme").click();
	await world.page.locator("#theme").click();
	assert.equal(await text("#theme"), "Theme: dark");
	assert.notEqual(await color(), automatic);
	await world.page.reload();
	await live();
	assert.equal(await text("#theme"), "Theme: dark");
	await world.page.locator("#theme").click();
});

test("no animations with prefers-reduced-motion", async () => {
	await world.page.emulateMedia({ reducedMotion: "reduce" });
	assert.equal(await world.page.evaluate(() => document.getAnimations().length), 0);
	await world.page.emulateMedia({ reducedMotion: null });
});
