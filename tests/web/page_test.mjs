// SPDX-License-Identifier: GPL-2.0-only
/*
 * page_test.mjs - the page of a real serve in a real browser, under real storms. As root, from the
 * root of the tree; pictures are left in build/web-shots.
 */
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { axe, complaints, has, launch, open, pixels } from "./browser.mjs";
import "./format_test.mjs";
import "./losses_test.mjs";
import { Loads } from "./loads.mjs";
import { end, endAll, freePort, intervals, startServe } from "./serve.mjs";
import { note, run as runTests, test, until } from "./tap.mjs";

const SHOTS = "build/web-shots";
const EVIL = "<img src=x onerror=alert(1)>";
/* prctl(2): 15 bytes of a name are kept */
const EVIL_COMM = EVIL.slice(0, 15);

const directory = mkdtempSync(path.join(tmpdir(), "vmascope-web-"));
const port = await freePort();
const browser = await launch();
const loads = new Loads();
/* what is usual is silence, whatever else the machine does: a storm is one */
let serve = await startServe(port, ["-p", String(loads.pid)]);
let page;

function workload(name, ...args)
{
	return loads.run(`build/tests/workload/${name}`, ...args);
}

function text(selector)
{
	return page.locator(selector).textContent();
}

/** cell - of the first row of table @id that begins with @name: its text in column @i */
async function cell(id, name, i)
{
	const rows = await page.locator(`#${id} tbody tr`).evaluateAll((list) =>
		list.map((tr) => [...tr.cells].map((td) => td.textContent)));

	return rows.find((row) => row[0].startsWith(name))?.[i] ?? null;
}

function state()
{
	return page.locator("#state").getAttribute("data-state");
}

function live()
{
	return until("the page is live", async () => (await state()) === "live");
}

/* --- the page and its files --------------------------------------------------------------------- */

test("files are served with a strict policy, uPlot with its licence", async () => {
	const response = await fetch(`http://127.0.0.1:${port}/`);
	const html = await response.text();
	const policy = response.headers.get("content-security-policy");

	assert.match(policy, /default-src 'none'.*script-src 'self'; style-src 'self'/);
	assert.doesNotMatch(policy, /unsafe/);
	assert.doesNotMatch(html, /<script>|<style| style=| on[a-z]+=|https?:\/\//);
	const licence = await fetch(`http://127.0.0.1:${port}/uplot/LICENSE.txt`);

	assert.match(await licence.text(), /MIT License[\s\S]*Permission is hereby granted/);
});

test("the page connects, and has numbers", async () => {
	page = await open(browser, port);
	await live();
	await until("a rate of faults", async () => /\d/.test(await text("#faults")));
	assert.match(await text("#what"), /process \d+ · 127\.0\.0\.1:\d+ · \d+ CPUs/);
	assert.match(await text("#lost"), /^[\d,]+$/);
});

/* --- under load --------------------------------------------------------------------------------- */

const CHARTS = ["#causes-chart canvas", "#latency-chart canvas", "#shootdowns-chart canvas", "#matrix"];

test("charts and tables move under a storm", async () => {
	const before = await Promise.all(CHARTS.map((c) => pixels(page, c)));
	const faults = async () => Number((await cell("causes-table", "anon-zero", 2) ?? "0").replace(/,/g, ""));
	const had = await faults();

	/* enough intervals to know what is usual */
	await intervals(port, 6);
	await workload("storm", "--seconds", "2");
	await workload("pingpong", "--pairs", "3000");
	await until("the storm's faults", async () => await faults() > had + 50000);
	await until("the storm's VMA", async () => await cell("vmas-table", "storm ", 0));
	await until("its calls", async () => await cell("calls-table", "madvise DONTNEED", 8));
	await until("shootdowns by mprotect", async () =>
		/^[\d,]{4,}$/.test(await cell("calls-table", "mprotect", 5) ?? ""));
	for (const [i, chart] of CHARTS.entries())
		await until(`${chart} changes`, async () => await pixels(page, chart) !== before[i]);
	assert.ok(await has(page, "#causes-chart canvas", "cause-0"), "anon-zero's colour is in the chart");
	note(`storm: ${await text("#faults-all")} faults/s`);
});

test("storms are in the log and in the charts", async () => {
	const worst = page.locator("#storms-list .worst", { hasText: /^storm \(\d+\), anon-zero in \[anon\]$/ });

	/* a storm is told when it has ended */
	for (let tries = 0; tries < 5 && !await worst.count(); tries++) {
		await workload("storm", "--seconds", "1");
		await intervals(port, 5);
	}
	await worst.first().waitFor();
	for (const chart of ["#causes-chart canvas", "#latency-chart canvas", "#shootdowns-chart canvas"])
		await until(`a storm in ${chart}`, () => has(page, chart, "storm"));
});

test("text alternatives tell what is to be seen", async () => {
	for (const summary of ["#causes-summary", "#latency-summary", "#shootdowns-summary"])
		await until(summary, async () => /\d/.test(await text(summary)));
	for (const id of ["latency-table", "shootdowns-table", "matrix-table"])
		assert.ok(await page.locator(`#${id} tbody tr`).count() > 0, `${id} has rows`);
	assert.match(await page.locator("#matrix").getAttribute("aria-label"), /from CPU \S+ to CPU \d+/);
});

/* --- names -------------------------------------------------------------------------------------- */

test("a process with an evil name does no harm, and is shown as text", async () => {
	const evil = path.join(directory, EVIL);

	copyFileSync("build/tests/workload/storm", evil);
	await loads.run(evil, "--seconds", "1");
	await until("its row", async () => await cell("vmas-table", EVIL_COMM, 0));
	assert.equal(await page.locator("img").count(), 0);
});

test("the picker is used by keyboard, also for an evil name", async () => {
	await page.locator("#process").focus();
	await page.keyboard.press("ArrowDown");
	await page.locator("#process-list li").first().waitFor();
	await page.keyboard.type(EVIL_COMM.slice(0, 8));
	const option = page.locator("#process-list li[aria-selected=true]");

	await until("its option", async () => (await option.textContent()).startsWith(EVIL_COMM));
	assert.equal(await page.locator("#process").getAttribute("aria-activedescendant"),
		await option.getAttribute("id"));
	await page.keyboard.press("Enter");
	assert.ok((await page.locator("#process").inputValue()).startsWith(EVIL_COMM));
	await until("it ended", async () => /ended/.test(await text("#process-state")));
	/* one that lives: the shell that runs them */
	await page.keyboard.press("ArrowDown");
	await page.locator("#process-list li").first().waitFor();
	await page.keyboard.type(`bash ${loads.pid}`);
	await until("one option", async () => await page.locator("#process-list li").count() === 1);
	await page.keyboard.press("Enter");
	await until("its heap", () => page.locator("#addresses-table td.path", { hasText: "[heap]" }).count());
	const addresses = await page.locator("#addresses-table td.address").allTextContents();
	const numbers = addresses.filter(Boolean).map((a) => BigInt(`0x${a}`));

	assert.deepEqual(numbers, numbers.slice().sort((a, b) => (a < b ? -1 : 1)), "in the order of addresses");
	await page.keyboard.press("ArrowDown");
	await page.keyboard.press("Escape");
	assert.equal(await page.locator("#process").inputValue(), `bash ${loads.pid}`);
});

/* --- controls ----------------------------------------------------------------------------------- */

test("all controls are reached by Tab, and the focus is seen", async () => {
	const seen = new Set();

	await page.locator(".skip").focus();
	for (let i = 0; i < 90; i++) {
		const [id, outlined] = await page.evaluate(() => {
			const node = document.activeElement;
			const shown = node.matches("[name=window]") ? node.nextElementSibling : node;

			return [node.name || node.id || node.className, getComputedStyle(shown).outlineStyle];
		});

		if (!(await page.evaluate(() => document.activeElement === document.body)))
			assert.notEqual(outlined, "none", `the focus on ${id} is not seen`);
		seen.add(id);
		await page.keyboard.press("Tab");
	}
	for (const id of ["window", "pause", "theme", "process", "cause", "link"])
		assert.ok(seen.has(id), `${id} is not reached: ${[...seen]}`);
});

test("sorting, causes and windows answer to keys", async () => {
	const head = page.locator("#calls-table th", { hasText: "Count" });

	await head.locator("button").focus();
	await page.keyboard.press("Enter");
	assert.equal(await head.getAttribute("aria-sort"), "descending");
	const cause = page.locator("#causes-table button.cause", { hasText: "anon-zero" });

	await cause.focus();
	await page.keyboard.press("Space");
	assert.equal(await cause.getAttribute("aria-pressed"), "false");
	await until("its colour goes", async () => !await has(page, "#causes-chart canvas", "cause-0"));
	await page.keyboard.press("Space");
	await page.locator("input[name=window]:checked").focus();
	await page.keyboard.press("ArrowRight");
	assert.equal(await page.locator("input[name=window]:checked").inputValue(), "15");
	await page.keyboard.press("ArrowLeft");
});

test("pause holds the picture, and what came meanwhile is there afterwards", async () => {
	await page.locator("#pause").focus();
	await page.keyboard.press("Enter");
	assert.match(await text("#pause-state"), /paused at/);
	const held = await pixels(page, "#causes-chart canvas");

	await workload("storm", "--faults", "50000");
	await intervals(port, 3);
	assert.ok(await pixels(page, "#causes-chart canvas") === held, "the picture has changed");
	await page.keyboard.press("Enter");
	await until("it moves", async () => await pixels(page, "#causes-chart canvas") !== held);
	assert.equal(await text("#pause-state"), "");
});

test("the theme is chosen, and stays", async () => {
	const color = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
	const automatic = await color();

	await page.emulateMedia({ colorScheme: "dark" });
	assert.notEqual(await color(), automatic, "the system's theme counts");
	await page.emulateMedia({ colorScheme: "light" });
	assert.equal(await color(), automatic);
	await page.locator("#theme").click();
	await page.locator("#theme").click();
	assert.equal(await text("#theme"), "Theme: dark");
	assert.notEqual(await color(), automatic);
	await page.reload();
	await live();
	assert.equal(await text("#theme"), "Theme: dark");
	await page.locator("#theme").click();
});

test("nothing moves by itself where motion is not wanted", async () => {
	await page.emulateMedia({ reducedMotion: "reduce" });
	assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
	await page.emulateMedia({ reducedMotion: null });
});

/* --- when things go wrong ----------------------------------------------------------------------- */

test("losses are seen", async () => {
	const other = await (await browser.newContext()).newPage();

	/* what loses is not easily had at will: the answer is a real one, but for its losses */
	await other.route("**/api/v1/status", async (route) => {
		const response = await route.fetch();
		const status = await response.json();

		await route.fulfill({ response, json: { ...status, lost: { ...status.lost, slots: 9012345 } } });
	});
	await other.goto(`http://127.0.0.1:${port}/`);
	await other.locator("#losses", { hasText: "slots 9,012,345 (VMAs and processes without a slot" }).waitFor();
	assert.match(await other.locator("#lost").textContent(), /^9,\d{3},\d{3}$/);
	note(`lost: ${await text("#lost")} (${await text("#lost-all")})`);
	await other.context().close();
});

test("it connects again when the server began again, and goes on", async () => {
	const storms = await page.locator("#storms-list li").count();

	assert.ok(storms > 0);
	assert.equal(await end(serve), 0);
	await until("it tells", async () => await state() === "waiting");
	assert.match(await text("#state"), /not connected, next try in/);
	serve = await startServe(port, ["--expose-paths"]);
	await live();
	await until("it is said", async () => /began again|Connected/.test(await text("#said")));
	await until("intervals after it", async () => !/^(-|0)$/.test(await text("#faults")));
	assert.ok(await page.locator("#storms-list li").count() >= storms, "what was there is still there");
});

test("names are told only if asked, and the page says so", async () => {
	assert.ok(await page.locator(".hidden-names").first().isHidden());
	const evil = path.join(directory, EVIL);

	await loads.run(evil, "--faults", "20000");
	const other = await open(browser, port);

	await other.locator("#vmas-table td.path", { hasText: "/" }).first().waitFor();
	assert.equal(await other.locator("img").count(), 0);
	await other.context().close();
	assert.equal(await end(serve), 0);
	serve = await startServe(port);
	await live();
	await until("the hint", () => page.locator(".hidden-names").first().isVisible());
});

test("where a token is wanted, the page asks for it", async () => {
	const file = path.join(directory, "token"), token = "0123456789abcdef-token";
	const other = await freePort();

	writeFileSync(file, `${token}\n`, { mode: 0o600 });
	const guarded = await startServe(other, ["--token-file", file]);
	const asked = await open(browser, other);

	for (const given of ["wrong-token-0123456789", token]) {
		await asked.locator("#token-dialog[open]").waitFor();
		await asked.locator("#token").fill(given);
		await asked.keyboard.press("Enter");
	}
	await asked.locator("#state[data-state=live]").waitFor();
	await until("a rate of faults", async () => /\d/.test(await asked.locator("#faults").textContent()));
	await asked.context().close();
	assert.equal(await end(guarded), 0);
});

/* --- how it looks ------------------------------------------------------------------------------- */

test("375 and 1440 pixels, light and dark: nothing is cut off", async () => {
	mkdirSync(SHOTS, { recursive: true });
	for (const width of [375, 1440])
		for (const colorScheme of ["light", "dark"]) {
			await page.setViewportSize({ width, height: 900 });
			await page.emulateMedia({ colorScheme });
			await page.evaluate(() => scrollTo(0, 0));
			await until(`charts fit ${width} pixels`, async () =>
				await page.locator("#causes-chart .u-wrap").evaluate((node) => node.clientWidth) < width);
			assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
			await page.screenshot({ path: `${SHOTS}/${width}-${colorScheme}.png`, fullPage: true });
		}
	await page.setViewportSize({ width: 1440, height: 900 });
});

test("axe-core finds nothing serious", async () => {
	for (const [width, colorScheme] of [[375, "light"], [1440, "dark"]]) {
		const checked = await open(browser, port,
			{ bypassCSP: true, viewport: { width, height: 900 }, colorScheme });

		await checked.locator("#calls-table tbody tr").first().waitFor();
		await checked.locator("#addresses-table tbody tr").first().waitFor();
		assert.deepEqual(await axe(checked), [], `${width} pixels, ${colorScheme}`);
		await checked.context().close();
	}
});

/* --- all of it ------------------------------------------------------------------------------------ */

test("no error, no violation of the policy, no dialog in all of this", () => {
	assert.deepEqual(complaints, []);
});

const failed = await runTests();

await browser.close();
await endAll();
rmSync(directory, { recursive: true });
process.exit(failed ? 1 : 0);
