"use strict";

// Show the faults of each interval by cause, as /events tells them.
const state = document.getElementById("state");
const causes = document.getElementById("causes");

function row(cause, faults) {
	const tr = document.createElement("tr");
	for (const text of [cause, faults.toLocaleString()]) {
		const td = document.createElement("td");
		td.textContent = text;
		tr.append(td);
	}
	return tr;
}

const events = new EventSource("/events");

events.addEventListener("tick", (event) => {
	const tick = JSON.parse(event.data);
	const rate = Math.round(tick.faults * 1e9 / tick.duration_ns);
	state.textContent = `${rate.toLocaleString()} faults/s`;
	const sorted = Object.entries(tick.causes).sort((a, b) => b[1] - a[1]);
	causes.replaceChildren(...sorted.map(([cause, faults]) => row(cause, faults)));
});
events.addEventListener("error", () => { state.textContent = "not connected"; });
