// SPDX-License-Identifier: GPL-2.0-only
/* flame_test.mjs - a flame graph in the browser: search, zoom, themes, names that would be markup. */
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { complain } from "./browser.mjs";
import { start } from "./serve.mjs";
import { test } from "./tap.mjs";
import { EVIL, EVIL_COMM, SHOTS, browser, directory } from "./world.mjs";

const svg = path.join(directory, "flame.svg");

/** fill - the computed colour of the first element that matches */
function fill(page, selector)
{
	return page.locator(selector).first().evaluate((node) => getComputedStyle(node).fill);
}

/** found - what the search says */
function found(page)
{
	return page.locator("#found").textContent();
}

test("a flame graph can be searched and zoomed; names are text", async () => {
	const vmascope = process.env.VMASCOPE ?? "build/vmascope", evil = path.join(directory, EVIL);

	copyFileSync("build/tests/workload/storm", evil);
	assert.equal(await start(vmascope,
		["stat", "-q", "--by", "stack", "--flame", svg, "-o", "/dev/null", "--", evil, "--faults", "20000"]).ended, 0);
	const page = await (await browser.newContext({ viewport: { width: 1240, height: 700 } })).newPage();

	complain(page);
	await page.goto(pathToFileURL(svg).href);
	assert.equal(await page.locator("img").count(), 0);
	assert.ok(await page.locator("#frames title").evaluateAll((titles, comm) =>
		titles.some((title) => title.textContent.startsWith(`${comm} (`)), EVIL_COMM));

	await page.keyboard.press("/");
	await page.keyboard.type("^wl_writex");
	await page.keyboard.press("Backspace");
	assert.match(await found(page), /^\^wl_write: \d+\.\d\d% of the width$/);
	assert.ok(await page.locator("#frames .found").count() > 0);
	await page.keyboard.press("Enter");
	/* the key of a search that has ended is none of the text */
	await page.keyboard.type("z");
	assert.match(await found(page), /^\^wl_write: /);
	await page.keyboard.press("/");
	await page.keyboard.type("(");
	assert.equal(await found(page), "not a regular expression");
	await page.keyboard.press("Escape");
	assert.equal(await found(page), "");
	assert.equal(await page.locator("#frames .found").count(), 0);

	const box = page.locator("#frames g", { has: page.locator("title", { hasText: /^wl_write \(/ }) }).first();

	await box.click();
	assert.ok(Math.abs(Number(await box.locator("rect").getAttribute("width")) - 1180) < 0.01, "as wide as the graph");
	assert.ok(await page.locator("#reset").isVisible());
	await page.locator("#reset").click();
	assert.ok(await page.locator("#reset").isHidden());

	const colours = [];

	mkdirSync(SHOTS, { recursive: true });
	for (const colorScheme of ["light", "dark"]) {
		await page.emulateMedia({ colorScheme });
		colours.push(await fill(page, ".back"), await fill(page, ".title"));
		await page.screenshot({ path: `${SHOTS}/flame-${colorScheme}.png` });
	}
	assert.equal(new Set(colours).size, 4, `${colours}`);
	await page.context().close();
});
