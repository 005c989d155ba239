// SPDX-License-Identifier: GPL-2.0-only
/* format.js - numbers as people read them; user/util/str.c prints them the same way. */

const TIMES = [[1, "ns"], [1e3, "us"], [1e6, "ms"], [1e9, "s"]];
const SIZES = [[1, "B"], [2 ** 10, "KiB"], [2 ** 20, "MiB"], [2 ** 30, "GiB"], [2 ** 40, "TiB"]];
const SHORT = [[1, ""], [1e3, "k"], [1e6, "M"], [1e9, "G"]];

/** What is not known is never 0. */
export const UNKNOWN = "-";

function known(n)
{
	return n !== null && n !== undefined && Number.isFinite(n);
}

/** count - 1,234,567 */
export function count(n)
{
	return known(n) ? Math.round(n).toString().replace(/\B(?=(\d{3})+$)/g, ",") : UNKNOWN;
}

function digits(v)
{
	return v < 9.995 ? 2 : v < 99.95 ? 1 : 0;
}

/*
 * fixed - toFixed(), but a number that lies exactly between two goes to the even one, as with
 * printf(). Such a number is a multiple of 1/8; others only look so, and toFixed() is right.
 */
function fixed(v, decimals)
{
	const parts = v * 10 ** decimals;

	if (Number.isInteger(v * 8) && parts % 1 === 0.5 && Math.floor(parts) % 2 === 0)
		return (Math.floor(parts) / 10 ** decimals).toFixed(decimals);
	return v.toFixed(decimals);
}

/* The smallest unit in which three digits before the point are enough. */
function scaled(n, scales)
{
	let i = 0;

	if (!known(n))
		return UNKNOWN;
	while (i + 1 < scales.length && n / scales[i][0] >= (i ? 999.5 : 1000))
		i++;
	const v = n / scales[i][0];
	if (i === 0)
		return Math.round(v) + scales[0][1];
	return (v < 999.5 ? fixed(v, digits(v)) : count(v)) + scales[i][1];
}

/** ns - 1.87us */
export function ns(n)
{
	return scaled(n, TIMES);
}

/** bytes - 4.00KiB */
export function bytes(n)
{
	return scaled(n, SIZES);
}

/** percent - 39.4% */
export function percent(n)
{
	return known(n) ? `${n.toFixed(1)}%` : UNKNOWN;
}

/** share - a small part of something: 3.4%, 0.043% */
export function share(n)
{
	return known(n) && n > 0 && n < 0.995 ? `${+n.toPrecision(2)}%` : percent(n);
}

/** rate - of something per second: 9,124, or 3.5 */
export function rate(n)
{
	return known(n) && n !== 0 && n < 99.95 ? n.toFixed(1) : count(n);
}

/** short - for axes: 20k */
export function short(n)
{
	const [size, name] = SHORT.findLast(([least]) => n >= least) ?? SHORT[0];

	return `${+(n / size).toFixed(2)}${name}`;
}

/** clock - 14:03:22, of Unix time in ms */
export function clock(ms)
{
	return new Date(ms).toLocaleTimeString([], { hour12: false });
}

/** span - 75 s, 12 min: of ms */
export function span(ms)
{
	const s = ms / 1000;

	if (s < 10)
		return `${s.toFixed(1)} s`;
	return s < 120 ? `${Math.round(s)} s` : `${Math.round(s / 60)} min`;
}

/** tail - of a long name, its end: …gnu/libc.so.6 */
export function tail(name, most = 26)
{
	return name.length > most ? `…${name.slice(1 - most)}` : name;
}

/** address - "0x7f…" as the tables show it */
export function address(text)
{
	return text?.replace(/^0x/, "") ?? UNKNOWN;
}
