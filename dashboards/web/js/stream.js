// SPDX-License-Identifier: GPL-2.0-only
/*
 * stream.js - /events, for as long as the page is open.
 *
 * Not an EventSource: that gives up for good where an answer is not 200 (all streams are taken, the
 * server is just starting), and can't send a token.
 */
import { ask, askJson, hasToken, Refused, setToken } from "./api.js";

/** Events that the server keeps. */
const HISTORY = 300;
/** The server says something every 10 s. */
const SILENCE_MS = 25000;
const WAIT_MS = [500, 1000, 2000, 3000];

/** blocks - the text between blank lines. */
async function* blocks(body, heard)
{
	const reader = body.pipeThrough(new TextDecoderStream()).getReader();
	let text = "";

	for (;;) {
		const { value, done } = await reader.read();
		let end;

		if (done)
			return;
		heard();
		text += value;
		while ((end = text.indexOf("\n\n")) >= 0) {
			yield text.slice(0, end);
			text = text.slice(end + 2);
		}
	}
}

/** parse - Return: id, event and data; null: a comment. */
function parse(block)
{
	const fields = {};

	for (const line of block.split("\n")) {
		const colon = line.indexOf(":");

		if (colon > 0)
			fields[line.slice(0, colon)] = line.slice(colon + 1).trimStart();
	}
	return fields.data ? { ...fields, data: JSON.parse(fields.data) } : null;
}

/**
 * follow - call @on.status(document, restarted) at each connection, @on.event(name, data), and
 * @on.state("connecting" | "live" | "waiting", seconds); @on.token() where one is needed, which
 * ends with the token set. Never returns.
 */
export async function follow(on)
{
	let start = null, id = null, failures = 0;

	/* what goes wrong with one event is not the connection's fault, and must be seen */
	function take(block)
	{
		try {
			const event = parse(block);

			if (event)
				on.event(event.event, event.data);
			return event?.id;
		} catch (error) {
			reportError(error);
			return null;
		}
	}

	async function connect()
	{
		const abort = new AbortController();
		let timer = 0;
		const heard = () => {
			clearTimeout(timer);
			timer = setTimeout(() => abort.abort(), SILENCE_MS);
		};

		try {
			const status = await askJson("/api/v1/status");
			const restarted = start !== null && start !== status.start_time_ms;

			/* ids are of one run of the server */
			if (start !== status.start_time_ms)
				id = null;
			start = status.start_time_ms;
			heard();
			const response = await ask(`/events?history=${HISTORY}`, {
				headers: id === null ? {} : { "Last-Event-ID": id },
				signal: abort.signal,
			});
			on.status(status, restarted);
			on.state("live");
			failures = 0;
			for await (const block of blocks(response.body, heard)) {
				id = take(block) ?? id;
			}
		} finally {
			clearTimeout(timer);
			abort.abort();
		}
	}

	for (;;) {
		on.state("connecting");
		try {
			await connect();
		} catch (error) {
			if (error instanceof Refused && error.status === 401) {
				/* of a server that has been started again: it may need none now */
				if (hasToken())
					setToken(null);
				else
					await on.token();
				continue;
			}
		}
		const wait = WAIT_MS[Math.min(failures++, WAIT_MS.length - 1)];

		on.state("waiting", wait / 1000);
		await new Promise((resolve) => setTimeout(resolve, wait));
	}
}
