// SPDX-License-Identifier: GPL-2.0-only
/*
 * page_test.mjs - the page of a real serve in a real browser, under real storms: all its tests, in
 * this order. As root, from the root of the tree.
 */
import assert from "node:assert/strict";

import "./format_test.mjs";
import "./losses_test.mjs";
import "./files_test.mjs";
import "./load_test.mjs";
import "./names_test.mjs";
import "./controls_test.mjs";
import "./trouble_test.mjs";
import "./look_test.mjs";
import "./flame_test.mjs";

import { complaints } from "./browser.mjs";
import { run, test } from "./tap.mjs";
import { endWorld } from "./world.mjs";

test("no error, no CSP violation and no dialog in all tests", () => {
	assert.deepEqual(complaints, []);
});

const failed = await run();

await endWorld();
process.exit(failed ? 1 : 0);
