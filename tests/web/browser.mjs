// SPDX-License-Identifier: GPL-2.0-only
/* browser.mjs - Debian's Chromium, and all that a page complains of in it. */
import { createRequire } from "node:module";

const modules = createRequire(new URL("../../build/npm/tests/", import.meta.url));
const { chromium } = modules("playwright-core");

/** What the network is expected to do while the server is away, or before the token is given. */
const EXPECTED = /Failed to load resource: (net::ERR_CONNECTION_REFUSED|net::ERR_CONNECTION_RESET|.*\b401\b)|net::ERR_INCOMPLETE_CHUNKED_ENCODING/;

/** complaints - errors and violations of the policy, of all pages */
export const complaints = [];

export async function launch()
{
	/* as root, Chromium's sandbox does not start */
	return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
		args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

/** isExpected - also the answer of a server that began again, and does not know the chosen process */
function isExpected(message)
{
	return EXPECTED.test(message.text()) ||
		(message.text().includes("404") && message.location().url.includes("/api/v1/process?pid="));
}

/** complain - keep what @page complains of in complaints */
export function complain(page)
{
	page.on("console", (message) => {
		if (["error", "warning"].includes(message.type()) && !isExpected(message))
			complaints.push(`${message.type()}: ${message.text()}`);
	});
	page.on("pageerror", (error) => complaints.push(`exception: ${error.stack}`));
	page.on("dialog", (dialog) => {
		complaints.push(`dialog: ${dialog.message()}`);
		dialog.dismiss();
	});
}

/** open - the page of the server at @port */
export async function open(browser, port, options = {})
{
	const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
	const page = await context.newPage();

	page.setDefaultTimeout(120000);
	complain(page);
	await page.addInitScript(() => {
		document.addEventListener("securitypolicyviolation", (event) => {
			console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
		});
	});
	await page.goto(`http://127.0.0.1:${port}/`);
	return page;
}

/**
 * alter - answers to @pattern are real ones, but for what @change does to the document
 *
 * An answer that did not come is none: the page asks again.
 */
export async function alter(page, pattern, change)
{
	await page.route(pattern, async (route) => {
		try {
			const response = await route.fetch();
			const json = await response.json();

			change(json);
			await route.fulfill({ response, json });
		} catch {
			await route.abort().catch(() => {});
		}
	});
}

/** pixels - what is on canvas @selector, in a way that can be compared */
export async function pixels(page, selector)
{
	return page.locator(selector).evaluate((canvas) => canvas.toDataURL());
}

/** has - whether canvas @selector has a pixel of custom property @name's colour */
export async function has(page, selector, name)
{
	return page.locator(selector).evaluate((canvas, property) => {
		const probe = document.createElement("span");

		document.body.append(probe);
		probe.style.color = `var(--${property})`;
		const wanted = getComputedStyle(probe).color.match(/\d+/g).slice(0, 3).map(Number);

		probe.remove();
		const copy = new OffscreenCanvas(canvas.width, canvas.height)
			.getContext("2d", { willReadFrequently: true });

		copy.drawImage(canvas, 0, 0);
		const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);

		for (let i = 0; i < data.length; i += 4)
			if (data[i] === wanted[0] && data[i + 1] === wanted[1] && data[i + 2] === wanted[2])
				return true;
		return false;
	}, name);
}

/** axe - violations that matter, in words. @context: made with bypassCSP, axe being no part of the page */
export async function axe(page)
{
	await page.evaluate(modules("axe-core").source);
	const { violations } = await page.evaluate(() => window.axe.run());

	return violations.filter((v) => ["serious", "critical"].includes(v.impact))
		.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.target.join(" ")).join("; ")}`);
}
