// SPDX-License-Identifier: GPL-2.0-only
/* files_test.mjs - the files of the page, and that it starts. */
import assert from "node:assert/strict";

import { open } from "./browser.mjs";
import { test, until } from "./tap.mjs";
import { browser, live, port, text, world } from "./world.mjs";

test("files are served with a strict CSP, uPlot with its licence", async () => {
	const response = await fetch(`http://127.0.0.1:${port}/`);
	const html = await response.text();
	const policy = response.headers.get("content-security-policy");

	assert.match(policy, /default-src 'none'.*script-src 'self'; style-src 'self'/);
	assert.doesNotMatch(policy, /unsafe/);
	assert.doesNotMatch(html, /<script>|<style| style=| on[a-z]+=|https?:\/\//);
	const licence = await fetch(`http://127.0.0.1:${port}/uplot/LICENSE.txt`);

	assert.match(await licence.text(), /MIT License[\s\S]*Permission is hereby granted/);
});

test("the page connects and shows numbers", async () => {
	world.page = await open(browser, port);
	await live();
	await until("a rate of faults", async () => /\d/.test(await text("#faults")));
	assert.match(await text("#what"), /process \d+ · 127\.0\.0\.1:\d+ · \d+ CPUs/);
	assert.match(await text("#lost"), /^[\d,]+$/);
});
