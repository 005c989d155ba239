// SPDX-License-Identifier: GPL-2.0-only
/* world.mjs - what the tests share: a serve, the loads that it traces, a browser, the page. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { launch } from "./browser.mjs";
import { Loads } from "./loads.mjs";
import { endAll, freePort, startServe } from "./serve.mjs";
import { until } from "./tap.mjs";

export const EVIL = "<img src=x onerror=alert(1)>";
/* prctl(2): 15 bytes of a name are kept */
export const EVIL_COMM = EVIL.slice(0, 15);

/** SHOTS - where pictures are left */
export const SHOTS = "build/web-shots";

export const directory = mkdtempSync(path.join(tmpdir(), "vmascope-web-"));
export const port = await freePort();
export const browser = await launch();
export const loads = new Loads();

/** world - what changes: @serve, @page, which is opened once and stays */
export const world = {
	/* what is usual is silence, whatever else the machine does: a storm is one */
	serve: await startServe(port, ["-p", String(loads.pid)]),
	page: null,
};

export async function endWorld()
{
	await browser.close();
	await endAll();
	rmSync(directory, { recursive: true });
}

export function workload(name, ...args)
{
	return loads.run(`build/tests/workload/${name}`, ...args);
}

export function text(selector)
{
	return world.page.locator(selector).textContent();
}

/** cell - of the first row of table @id that begins with @name: its text in column @i */
export async function cell(id, name, i)
{
	const rows = await world.page.locator(`#${id} tbody tr`).evaluateAll((list) =>
		list.map((tr) => [...tr.cells].map((td) => td.textContent)));

	return rows.find((row) => row[0].startsWith(name))?.[i] ?? null;
}

export function state()
{
	return world.page.locator("#state").getAttribute("data-state");
}

export function live()
{
	return until("the page is live", async () => (await state()) === "live");
}
