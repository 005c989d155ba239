// SPDX-License-Identifier: GPL-2.0-only
/* load_test.mjs - charts and tables under a real storm. */
import assert from "node:assert/strict";

import { has, pixels } from "./browser.mjs";
import { intervals } from "./serve.mjs";
import { note, test, until } from "./tap.mjs";
import { cell, port, text, workload, world } from "./world.mjs";

const CHARTS = ["#causes-chart canvas", "#latency-chart canvas", "#shootdowns-chart canvas", "#matrix"];

test("charts and tables change under a storm", async () => {
	const before = await Promise.all(CHARTS.map((c) => pixels(world.page, c)));
	const faults = async () => Number((await cell("causes-table", "anon-zero", 2) ?? "0").replace(/,/g, ""));
	const had = await faults();

	/* enough intervals to know what is usual */
	await intervals(port, 6);
	await workload("storm", "--faults", "300000");
	await until("the storm's faults", async () => await faults() >= had + 300000);
	await until("the storm's VMA", async () => await cell("vmas-table", "storm ", 0));
	await until("its calls", async () => await cell("calls-table", "madvise DONTNEED", 8));
	/* on a busy machine its threads run one after the other, and interrupt nobody, for a long time */
	await until("shootdowns by mprotect", async () => {
		await workload("pingpong", "--pairs", "3000");
		await intervals(port, 2);
		return /^[\d,]{4,}$/.test(await cell("calls-table", "mprotect", 5) ?? "");
	});
	for (const [i, chart] of CHARTS.entries())
		await until(`${chart} changes`, async () => await pixels(world.page, chart) !== before[i]);
	assert.ok(await has(world.page, "#causes-chart canvas", "cause-0"), "anon-zero's colour is in the chart");
	note(`storm: ${await text("#faults-all")} faults/s`);
});

test("storms are in the log and in the charts", async () => {
	const worst = world.page.locator("#storms-list .worst", { hasText: /^storm \(\d+\), anon-zero in \[anon\]$/ });

	/* a storm is told when it has ended */
	await until("a storm that has ended", async () => {
		await workload("storm", "--faults", "200000");
		await intervals(port, 5);
		return worst.count();
	});
	for (const chart of ["#causes-chart canvas", "#latency-chart canvas", "#shootdowns-chart canvas"])
		await until(`a storm in ${chart}`, () => has(world.page, chart, "storm"));
});

test("text alternatives describe the charts", async () => {
	for (const summary of ["#causes-summary", "#latency-summary", "#shootdowns-summary"])
		await until(summary, async () => /\d/.test(await text(summary)));
	for (const id of ["latency-table", "shootdowns-table", "matrix-table"])
		assert.ok(await world.page.locator(`#${id} tbody tr`).count() > 0, `${id} has rows`);
	assert.match(await world.page.locator("#matrix").getAttribute("aria-label"), /from CPU \S+ to CPU \d+/);
});
