// SPDX-License-Identifier: GPL-2.0-only
/* theme.js - light or dark, and what canvases need of it: page.css has the colours. */
import { byId } from "./dom.js";
import { load, save } from "./settings.js";

const NEXT = { auto: "light", light: "dark", dark: "auto" };
const STEPS = 64;
const STOPS = 7;

const dark = matchMedia("(prefers-color-scheme: dark)");
const listeners = [];
let known = new Map();

/** color - custom property --@name as the browser resolves it */
export function color(name)
{
	const probe = byId("probe");

	if (!known.has(name)) {
		probe.style.color = `var(--${name})`;
		known.set(name, getComputedStyle(probe).color);
	}
	return known.get(name);
}

function channels(text)
{
	return text.match(/[\d.]+/g).slice(0, 3).map(Number);
}

function makeRamp()
{
	const stops = Array.from({ length: STOPS }, (_, i) => channels(color(`heat-${i}`)));

	return Array.from({ length: STEPS }, (_, i) => {
		const at = i / (STEPS - 1) * (STOPS - 1), low = Math.min(Math.floor(at), STOPS - 2);
		const mixed = stops[low].map((v, c) => v + (stops[low + 1][c] - v) * (at - low));

		return `rgb(${mixed.map(Math.round).join(" ")})`;
	});
}

/** heat - the colour of @n, of at most @most; @scale: what makes few seen beside many. 0 has none: null. */
export function heat(n, most, scale = Math.log1p)
{
	if (!n)
		return null;
	if (!known.has("ramp"))
		known.set("ramp", makeRamp());
	const share = most > 1 ? scale(n) / scale(most) : 1;

	return known.get("ramp")[Math.min(STEPS - 1, Math.floor(share * STEPS))];
}

function luminance(paint)
{
	const [r, g, b] = channels(paint).map((v) => v / 255)
		.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));

	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** onHeat - the colour of text on @paint, which heat() gave: what has more contrast (WCAG) */
export function onHeat(paint)
{
	const ground = luminance(paint) + 0.05;
	const [hot, cold] = ["on-hot", "on-cold"].map((name) => luminance(color(name)) + 0.05)
		.map((l) => Math.max(l, ground) / Math.min(l, ground));

	return color(hot > cold ? "on-hot" : "on-cold");
}

/** onTheme - call @f when colours have changed. */
export function onTheme(f)
{
	listeners.push(f);
}

function changed()
{
	known = new Map();
	listeners.forEach((f) => f());
}

function apply(button, theme)
{
	document.documentElement.dataset.theme = theme;
	button.textContent = `Theme: ${theme}`;
	changed();
}

/** startTheme - @button goes through the themes. */
export function startTheme(button)
{
	let theme = load("theme", "auto");

	theme = theme in NEXT ? theme : "auto";
	apply(button, theme);
	button.addEventListener("click", () => {
		theme = NEXT[theme];
		save("theme", theme);
		apply(button, theme);
	});
	dark.addEventListener("change", changed);
}
