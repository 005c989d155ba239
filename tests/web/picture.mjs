// SPDX-License-Identifier: GPL-2.0-only
/*
 * picture.mjs - docs/page.png: the page of a real serve that traces redis while it saves, and a storm
 * (`make screens`). As root, from the root of the tree: node tests/web/picture.mjs FILE
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { launch, open } from "./browser.mjs";
import { end, endAll, freePort, start, startServe } from "./serve.mjs";
import { until } from "./tap.mjs";

const directory = mkdtempSync(path.join(tmpdir(), "vmascope-page-"));
const workload = "build/tests/workload";
const LOAD = `
	trap 'kill $(jobs -p); wait' EXIT
	trap exit TERM
	redis="$1/redis"
	redis-server --port 0 --unixsocket "$redis" --save '' --dir "$1" &
	until redis-cli -s "$redis" ping; do sleep 0.1; done
	redis-benchmark -s "$redis" -t set -r 400000 -d 256 -n 600000 -P 16 -q
	redis-benchmark -s "$redis" -t set -r 400000 -d 256 -n 1000000000 -q -c 20 &
	for i in 1 2 3; do
		sleep 4 & wait $!
		redis-cli -s "$redis" bgsave
		sleep 2 & wait $!
		${workload}/pingpong --pairs 5000
		sleep 4 & wait $!
	done
	${workload}/storm --faults 500000
	echo finished >"$1/finished"
	sleep 60 & wait $!`;

const load = start("bash", ["-c", LOAD, "load", directory]);
const port = await freePort();

await startServe(port, ["-i", "1s", "-p", String(load.pid)]);
const browser = await launch();
const page = await open(browser, port, { colorScheme: "light" });

await page.locator('input[name=window][value="1"]').check({ force: true });
await until("the loads have run", () => existsSync(path.join(directory, "finished")), 300000);
/* the storm's end is seen when intervals without one follow */
await until("a storm in the list", async () => await page.locator("#storms-list li").count() > 0);
await sleep(2000);
await page.evaluate(() => scrollTo(0, 0));
await page.screenshot({ path: process.argv[2], fullPage: true });
await browser.close();
await end(load);
await endAll();
rmSync(directory, { recursive: true });
process.exit(0);
