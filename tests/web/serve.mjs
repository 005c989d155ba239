// SPDX-License-Identifier: GPL-2.0-only
/* serve.mjs - a vmascope serve; all that was started here ends with us. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import net from "node:net";

import { until } from "./tap.mjs";

const started = new Set();

/** start - a program; what it wrote to stderr is @said, for the case that it fails. */
export function start(command, args, stdio = ["ignore", "ignore", "pipe"])
{
	const child = spawn(command, args, { stdio });

	child.said = "";
	child.stderr.on("data", (data) => { child.said += data; });
	child.ended = once(child, "exit").then(([code]) => {
		started.delete(child);
		return code;
	});
	started.add(child);
	return child;
}

export async function end(child)
{
	child.kill("SIGTERM");
	return child.ended;
}

/** endAll - whatever still runs. */
export async function endAll()
{
	await Promise.all([...started].map(end));
}

/** freePort - on which nobody listens now */
export async function freePort()
{
	const server = net.createServer().listen(0, "127.0.0.1");

	await once(server, "listening");
	const { port } = server.address();

	server.close();
	return port;
}

/** intervals - wait until @n of the server at @port are over */
export async function intervals(port, n)
{
	const abort = new AbortController();
	const patience = setTimeout(() => abort.abort(), 120000);
	const response = await fetch(`http://127.0.0.1:${port}/events`, { signal: abort.signal });
	let text = "";

	for await (const piece of response.body) {
		text += Buffer.from(piece).toString();
		if (text.split("event: tick").length > n)
			break;
	}
	clearTimeout(patience);
	abort.abort();
}

/**
 * startServe - Return: when it answers. It ends by itself, should we not be there to end it.
 * @open: clients without a token see everything
 */
export async function startServe(port, options = [], { open = true, quiet = true } = {})
{
	const vmascope = process.env.VMASCOPE ?? "build/vmascope";
	const serve = start(vmascope, ["serve", "--listen", `127.0.0.1:${port}`, "-i", "300ms", "-d", "30m",
		...(quiet ? ["-q"] : []),
		...(open ? ["--expose-processes", "--expose-addresses"] : []), ...options]);

	await until("serve answers", async () => {
		if (serve.exitCode !== null)
			throw new Error(`serve ended: ${serve.said}`);
		return fetch(`http://127.0.0.1:${port}/healthz`).then((r) => r.ok, () => false);
	});
	return serve;
}
