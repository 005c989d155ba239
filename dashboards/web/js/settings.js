// SPDX-License-Identifier: GPL-2.0-only
/* settings.js - what a person has chosen, kept by the browser if it may. */

export function load(name, fallback)
{
	try {
		return localStorage.getItem(`vmascope.${name}`) ?? fallback;
	} catch {
		return fallback;
	}
}

export function save(name, value)
{
	try {
		localStorage.setItem(`vmascope.${name}`, value);
	} catch {
		/* it is forgotten with the page */
	}
}
