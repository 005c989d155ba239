// SPDX-License-Identifier: GPL-2.0-only
/* api.js - ask the server, with the token if there is one. */

let token = takeToken();

/** takeToken - of the address that `vmascope serve` printed: #token=…; it does not stay there */
function takeToken()
{
	const given = new URLSearchParams(location.hash.slice(1)).get("token");

	if (given)
		history.replaceState(null, "", location.pathname + location.search);
	return given;
}

/** struct Refused - an answer that is none: @status of HTTP */
export class Refused extends Error {
	constructor(status)
	{
		super(`HTTP ${status}`);
		this.status = status;
	}
}

/** setToken - for all that is asked from now on (null: none); it is not kept anywhere else. */
export function setToken(text)
{
	token = text;
}

/** hasToken - one is sent */
export function hasToken()
{
	return token !== null;
}

/** ask - Return: the response, which is a good one. */
export async function ask(path, { headers = {}, signal } = {})
{
	const all = token ? { ...headers, Authorization: `Bearer ${token}` } : headers;
	const response = await fetch(path, { headers: all, signal, cache: "no-store" });

	if (!response.ok) {
		await response.body?.cancel();
		throw new Refused(response.status);
	}
	return response;
}

/** askJson - a document of /api/v1 */
export async function askJson(path, { seconds = 10 } = {})
{
	return (await ask(path, { signal: AbortSignal.timeout(seconds * 1000) })).json();
}
