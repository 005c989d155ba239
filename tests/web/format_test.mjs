// SPDX-License-Identifier: GPL-2.0-only
/* format_test.mjs - the page prints numbers as the program does: by the program's own tests. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import * as format from "../../dashboards/web/js/format.js";
import { test } from "./tap.mjs";

const SAME = { str_format_ns: format.ns, str_format_count: format.count,
	str_format_bytes: format.bytes };

test("numbers are printed as the program prints them", () => {
	const source = readFileSync("tests/unit/str_test.c", "utf8");
	const cases = [...source.matchAll(/assert_format\((\w+), (\d+), "([^"]*)"\)/g)];

	assert.ok(cases.length >= 15, `only ${cases.length} cases`);
	for (const [, name, n, text] of cases)
		assert.equal(SAME[name](Number(n)), text, `${name}(${n})`);
	assert.equal(format.bytes(1536 * 2 ** 20), "1.50GiB");
});

test("unknown numbers are not printed as 0", () => {
	for (const f of [format.count, format.ns, format.bytes, format.percent, format.rate, format.share])
		for (const unknown of [null, undefined, NaN])
			assert.equal(f(unknown), "-");
	assert.equal(format.address(null), "-");
	assert.equal(format.address("0x7f00"), "7f00");
	assert.equal(format.rate(3.46), "3.5");
	assert.equal(format.rate(9124.4), "9,124");
	assert.equal(format.share(0.0431), "0.043%");
	assert.equal(format.short(20000), "20k");
});
