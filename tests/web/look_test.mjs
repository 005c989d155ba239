// SPDX-License-Identifier: GPL-2.0-only
/* look_test.mjs - widths, themes, accessibility; leaves pictures in build/web-shots. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";

import { axe, open } from "./browser.mjs";
import { test, until } from "./tap.mjs";
import { SHOTS, browser, port, world } from "./world.mjs";

test("375 and 1440 pixels, light and dark: nothing is cut off", async () => {
	mkdirSync(SHOTS, { recursive: true });
	for (const width of [375, 1440])
		for (const colorScheme of ["light", "dark"]) {
			await world.page.setViewportSize({ width, height: 900 });
			await world.page.emulateMedia({ colorScheme });
			await world.page.evaluate(() => scrollTo(0, 0));
			await until(`charts fit ${width} pixels`, async () =>
				await world.page.locator("#causes-chart .u-wrap").evaluate((node) => node.clientWidth) < width);
			assert.equal(await world.page.evaluate(() => document.documentElement.scrollWidth), width);
			await world.page.screenshot({ path: `${SHOTS}/${width}-${colorScheme}.png`, fullPage: true });
		}
	await world.page.setViewportSize({ width: 1440, height: 900 });
});

test("axe-core finds no serious accessibility problem", async () => {
	for (const [width, colorScheme] of [[375, "light"], [1440, "dark"]]) {
		const checked = await open(browser, port,
			{ bypassCSP: true, viewport: { width, height: 900 }, colorScheme });

		await checked.locator("#calls-table tbody tr").first().waitFor();
		await checked.locator("#addresses-table tbody tr").first().waitFor();
		assert.deepEqual(await axe(checked), [], `${width} pixels, ${colorScheme}`);
		await checked.context().close();
	}
});
