// SPDX-License-Identifier: GPL-2.0-only
/* main.js - from the events to what is seen. */
import { Addresses } from "./addresses.js";
import { Calls } from "./calls.js";
import { byId, setText } from "./dom.js";
import { Faults } from "./faults.js";
import * as format from "./format.js";
import { Latency } from "./latency.js";
import { Matrix } from "./matrix.js";
import { load, save } from "./settings.js";
import { Shootdowns } from "./shootdowns.js";
import { Storms, worst } from "./storms.js";
import { isFull, Store } from "./store.js";
import { follow } from "./stream.js";
import { startTheme } from "./theme.js";
import { updateTiles } from "./tiles.js";
import { askToken } from "./token.js";
import { Vmas } from "./vmas.js";

/** Between two pictures at least, however short the interval is. */
const LEAST_MS = 250;
/** Summaries for those who hear the page change no more often. */
const SUMMARY_MS = 10000;

startTheme(byId("theme"));

const store = new Store();
const addresses = new Addresses();
const panels = [new Calls(), new Matrix(), new Storms(),
	new Vmas((pid, comm) => {
		addresses.choose(pid, comm);
		byId("process").focus();
	})];
const charts = { "causes-summary": new Faults(), "latency-summary": new Latency(),
	"shootdowns-summary": new Shootdowns() };
let length = 5 * 60 * 1000;
let paused = null;
let drawn = 0, summarized = 0, waiting = false;

/* --- said aloud ------------------------------------------------------------------------------- */

/** say - into the polite live region: what a person should know of without looking */
function say(text)
{
	setText(byId("said"), text);
}

/* --- drawing ---------------------------------------------------------------------------------- */

function draw()
{
	const view = store.view(length, paused);
	const summarize = Date.now() - summarized > SUMMARY_MS && view.ticks.length;

	drawn = Date.now();
	updateTiles(view);
	for (const [id, chart] of Object.entries(charts)) {
		const words = view.last ? chart.update(view) : null;

		if (words && summarize)
			setText(byId(id), words);
	}
	if (view.last)
		panels.forEach((panel) => panel.update(view));
	addresses.update(view, paused === null);
	if (summarize)
		summarized = Date.now();
}

/** drawSoon - with the next picture of the screen, and not too often */
function drawSoon()
{
	if (waiting)
		return;
	waiting = true;
	setTimeout(() => requestAnimationFrame(() => {
		waiting = false;
		draw();
	}), Math.max(0, drawn + LEAST_MS - Date.now()));
}

/* --- controls --------------------------------------------------------------------------------- */

function setPaused(on)
{
	paused = on ? store.ticks.at(-1)?.time_ms ?? Date.now() : null;
	byId("pause").setAttribute("aria-pressed", String(on));
	setText(byId("pause-state"), on ? `paused at ${format.clock(paused)}` : "");
	draw();
}

function startWindow()
{
	const chosen = load("window", "5");

	for (const input of document.querySelectorAll("input[name=window]")) {
		input.checked = input.value === chosen;
		if (input.checked)
			length = Number(input.value) * 60000;
		input.addEventListener("change", () => {
			length = Number(input.value) * 60000;
			save("window", input.value);
			draw();
		});
	}
}

byId("pause").addEventListener("click", () => setPaused(paused === null));
startWindow();

/* the page begins again: what it has is of aggregates */
for (const button of document.querySelectorAll(".enter-token"))
	button.addEventListener("click", () => askToken().then((token) => {
		location.hash = `token=${encodeURIComponent(token)}`;
		location.reload();
	}));

/* --- events ----------------------------------------------------------------------------------- */

const STATES = { connecting: "connecting", live: "live", waiting: "not connected" };
let said = null;

function showState(state, seconds)
{
	const node = byId("state");

	/* what comes between two tries is no news */
	if (state === "connecting" && node.dataset.state === "waiting")
		return;
	node.dataset.state = byId("main").dataset.state = state;
	setText(node.lastElementChild, state === "waiting"
		? `not connected, retrying in ${seconds} s` : STATES[state]);
	if (state !== said && state !== "connecting") {
		say(state === "live" ? "Connected." : "Connection lost; reconnecting.");
		said = state;
	}
}

function showStatus(status, restarted)
{
	store.setStatus(status, restarted);
	setText(byId("what"), `${status.command ? `${status.command} · ` : ""}${location.host} · ` +
		`${status.nr_cpus} CPUs · interval ${format.ns(status.interval_ns)}`);
	setText(byId("version"), `vmascope ${status.version}`);
	for (const hint of document.querySelectorAll(".hidden-names"))
		hint.hidden = status.expose_paths || !isFull(status);
	for (const hint of document.querySelectorAll(".aggregates-only"))
		hint.hidden = isFull(status);
	if (restarted)
		say("The server was restarted.");
}

function addStorm(storm)
{
	const isNew = store.addStorm(storm);

	/* not those that came with the history */
	if (storm.to_ms < store.status.now_ms)
		return;
	if (isNew)
		say(`Fault storm started: ${format.rate(storm.peak_per_s)} faults per second.`);
	else if (storm.state === "end")
		say(`Fault storm ended: ${format.count(storm.faults)} faults, ${worst(storm)}.`);
}

follow({
	status: showStatus,
	state: showState,
	token: askToken,
	event(name, data) {
		if (name === "tick")
			store.addTick(data);
		else if (name === "storm")
			addStorm(data);
		drawSoon();
	},
});
