// SPDX-License-Identifier: GPL-2.0-only
/* trouble_test.mjs - losses, a server that ends and begins again, a token. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { pid } from "node:process";

import { alter, open } from "./browser.mjs";
import { end, freePort, intervals, startServe } from "./serve.mjs";
import { note, test, until } from "./tap.mjs";
import { EVIL, browser, directory, live, loads, port, state, text, world } from "./world.mjs";

/** No pid is as large: proc(5). */
const ENDED = 2 ** 22;

test("losses are shown", async () => {
	const other = await (await browser.newContext()).newPage();

	/* what loses is not easily had at will: the answer is a real one, but for its losses */
	await alter(other, "**/api/v1/status", (status) => {
		status.lost.slots = 9012345;
	});
	await other.goto(`http://127.0.0.1:${port}/`);
	await other.locator("#losses", { hasText: "slots 9,012,345 (no free slot for a VMA or process" }).waitFor();
	assert.match(await other.locator("#lost").textContent(), /^9,\d{3},\d{3}$/);
	note(`lost: ${await text("#lost")} (${await text("#lost-all")})`);
	await other.context().close();
});

test("the page reconnects after a restart of the server, and continues", async () => {
	const storms = await world.page.locator("#storms-list li").count();

	assert.ok(storms > 0);
	assert.equal(await end(world.serve), 0);
	await until("it tells", async () => await state() === "waiting");
	assert.match(await text("#state"), /not connected, retrying in/);
	world.serve = await startServe(port, ["--expose-paths"]);
	await live();
	await until("it is said", async () => /was restarted|Connected/.test(await text("#said")));
	await until("intervals after it", async () => !/^(-|0)$/.test(await text("#faults")));
	assert.ok(await world.page.locator("#storms-list li").count() >= storms, "what was there is still there");
});

test("paths are shown only with --expose-paths, and the page says so", async () => {
	const evil = path.join(directory, EVIL);
	/* its files are among the ten VMAs with most faults, whatever the machine does besides */
	const ours = ["-p", String(loads.pid)];

	assert.equal(await end(world.serve), 0);
	world.serve = await startServe(port, ["--expose-paths", ...ours]);
	await live();
	await until("no hint", () => world.page.locator(".hidden-names").first().isHidden());
	const other = await open(browser, port);
	const paths = other.locator("#vmas-table td.path", { hasText: "/" });

	await until("a path", async () => {
		await loads.run(evil, "--faults", "20000");
		return paths.count();
	});
	assert.equal(await other.locator("img").count(), 0);
	await other.context().close();
	assert.equal(await end(world.serve), 0);
	world.serve = await startServe(port);
	await live();
	await until("the hint", () => world.page.locator(".hidden-names").first().isVisible());
});

test("rows without an address have no address cell", async () => {
	const other = await (await browser.newContext()).newPage();
	const failures = [];

	other.on("pageerror", (error) => failures.push(error.stack));
	/* slots that run out, or VMAs that are gone for long: the answer is a real one, but for such a row */
	await alter(other, "**/api/v1/process?*", (process) => {
		const row = { start: null, end: null, perms: "????", name: "[of the test]", faults: 9012345,
			major: 0, interval_faults: 0, latency_sum_ns: 0, latency_max_ns: 0 };
		/* more than are shown, all with fewer faults, and it is the last of them */
		const few = Array.from({ length: 100 }, (_, i) =>
			({ ...row, perms: "rw-p", name: "few", faults: 1, start: `0x${(i + 1).toString(16)}000`,
				end: `0x${(i + 2).toString(16)}000` }));

		if (process.vmas)
			process.vmas = [...few, row];
	});
	/* of this process: it is there from the first look to the last, and faults */
	await alter(other, "**/api/v1/processes?*", (list) => {
		Buffer.alloc(8 << 20, 1);
		list.processes = list.processes.filter((p) => p.pid === pid);
	});
	await other.goto(`http://127.0.0.1:${port}/`);
	const row = other.locator("#addresses-table tr", { hasText: "[of the test]" });

	await row.first().waitFor({ timeout: 120000 });
	assert.equal(await row.locator("td.address").first().textContent(), "");
	assert.match(await row.first().textContent(), /9,012,345/);
	await other.context().close();
	assert.deepEqual(failures, []);
});

test("a selected process that exits is replaced, unless the user chose it", async () => {
	const other = await (await browser.newContext()).newPage();
	let answers = 0;

	/* it has most faults */
	await alter(other, "**/api/v1/processes?*", ({ processes }) => {
		if (answers < 2 && processes.length) {
			answers++;
			processes.unshift({ ...processes[0], pid: ENDED, comm: "ended", exited: false });
		}
	});
	await other.goto(`http://127.0.0.1:${port}/`);
	await other.locator("#addresses-table td.address").first().waitFor({ timeout: 120000 });
	assert.equal(answers, 2);
	assert.doesNotMatch(await other.locator("#process").inputValue(), /^ended /);

	/* what somebody chose stays */
	answers = 0;
	await other.locator("#process").click();
	await other.locator("#process-list li", { hasText: `ended ${ENDED}` }).click();
	await other.locator("#process-state", { hasText: "not found" }).waitFor({ timeout: 120000 });
	await intervals(port, 10);
	assert.equal(await other.locator("#process").inputValue(), `ended ${ENDED}`);
	await other.context().close();
});

test("the page asks for a token where one is required", async () => {
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

test("aggregates only without a token; the printed address shows everything", async () => {
	const other = await freePort();
	const closed = await startServe(other, [], { open: false, quiet: false });
	const page = await open(browser, other);
	const printed = /http:\S+#token=[0-9a-f]+/;

	await page.locator("#state[data-state=live]").waitFor();
	await until("a rate of faults", async () => /\d/.test(await page.locator("#faults").textContent()));
	for (const panel of [".vmas", ".addresses"])
		await page.locator(`${panel} .aggregates-only`).waitFor({ state: "visible" });
	assert.equal(await page.locator("#vmas-table tbody td.address").count(), 0);
	await until("the address is printed", () => printed.test(closed.said));
	const address = closed.said.match(printed)[0];

	await page.locator(".vmas .enter-token").click();
	await page.locator("#token").fill(address.split("#token=")[1]);
	await page.keyboard.press("Enter");
	await page.locator("#vmas-table td.address").first().waitFor();
	assert.equal(new URL(page.url()).hash, "");
	await page.context().close();

	const full = await (await browser.newContext()).newPage();

	await full.goto(address);
	await full.locator("#vmas-table td.address").first().waitFor();
	assert.ok(await full.locator(".vmas .aggregates-only").isHidden());
	assert.equal(new URL(full.url()).hash, "", "the token does not stay in the address");
	await full.context().close();
	assert.equal(await end(closed), 0);
});
