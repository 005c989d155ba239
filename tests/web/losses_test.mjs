// SPDX-License-Identifier: GPL-2.0-only
/* losses_test.mjs - the page has a word for each loss that there is. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { MEANING } from "../../dashboards/web/js/losses.js";
import { test } from "./tap.mjs";

test("each loss is explained", () => {
	const [, section] = readFileSync("docs/json.md", "utf8").split("### lost\n");
	const documented = [...section.split("###")[0].matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);

	assert.deepEqual(Object.keys(MEANING), documented);
});
