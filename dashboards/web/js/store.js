// SPDX-License-Identifier: GPL-2.0-only
/* store.js - the events that have come, and what is to be shown of them. */

/** No window is longer. */
const KEPT_MS = 15 * 60 * 1000;
const MOST_TICKS = 10000;
const MOST_STORMS = 100;
/** Where there is less than the window holds, what there is fills the picture; but not this little. */
const LEAST_MS = 60 * 1000;
/** Points of a chart. */
const MOST_POINTS = 600;

function sumInto(sum, counts)
{
	for (const [name, n] of Object.entries(counts))
		sum[name] = (sum[name] ?? 0) + n;
}

function plus(a, b)
{
	return a === null || b === null ? null : a + b;
}

/** merge - ticks that follow one another, as one. */
function merge(ticks)
{
	const sum = {
		time_ms: ticks.at(-1).time_ms, duration_ns: 0, faults: 0, major: 0, causes: {},
		latency: ticks[0].latency.map(() => 0), shootdowns: { ...ticks[0].shootdowns },
	};

	for (const t of ticks) {
		for (const key of ["duration_ns", "faults", "major"])
			sum[key] += t[key];
		sumInto(sum.causes, t.causes);
		t.latency.forEach((n, i) => { sum.latency[i] += n; });
		if (t !== ticks[0])
			for (const [name, n] of Object.entries(t.shootdowns))
				sum.shootdowns[name] = plus(sum.shootdowns[name], n);
	}
	return sum;
}

/** thin - at most MOST_POINTS; the same ticks go together as time goes on. */
function thin(ticks)
{
	const each = Math.ceil(ticks.length / MOST_POINTS);
	const groups = Map.groupBy(ticks, (t) => Math.floor(t.number / each));

	return each < 2 ? ticks : [...groups.values()].map(merge);
}

/** isFull - the server shows us processes and addresses, not aggregates alone */
export function isFull(status)
{
	return Boolean(status?.expose_processes && status.expose_addresses);
}

/** sameStorm - its begin and its end are two events. */
function sameStorm(a, b)
{
	return a.from_ms === b.from_ms;
}

export class Store {
	ticks = [];
	storms = [];
	restarts = [];
	status = null;
	#number = 0;

	/** lost - since the server began: what it told at first, and what came later. */
	lost = {};

	setStatus(status, restarted)
	{
		this.status = status;
		this.lost = Object.fromEntries(Object.entries(status.lost).filter(([, n]) => n));
		if (!restarted)
			return;
		this.restarts.push(status.start_time_ms);
		/* their ends will never be told */
		for (const storm of this.storms)
			storm.state = "end";
	}

	addTick(tick)
	{
		/* a server that began again may have an earlier clock */
		while (this.ticks.length && this.ticks.at(-1).time_ms >= tick.time_ms)
			this.ticks.pop();
		tick.number = this.#number++;
		this.ticks.push(tick);
		if (tick.time_ms > this.status.now_ms)
			sumInto(this.lost, tick.lost);
		if (this.ticks.length > MOST_TICKS || this.ticks[0].time_ms < tick.time_ms - 2 * KEPT_MS)
			this.ticks = this.ticks.filter((t) => t.time_ms > tick.time_ms - KEPT_MS)
				.slice(-MOST_TICKS / 2);
		this.restarts = this.restarts.filter((ms) => ms > tick.time_ms - KEPT_MS);
	}

	/** addStorm - Return: whether it was not known. */
	addStorm(storm)
	{
		const at = this.storms.findIndex((s) => sameStorm(s, storm));

		if (at >= 0)
			this.storms[at] = storm;
		else
			this.storms.push(storm);
		this.storms = this.storms.slice(-MOST_STORMS);
		return at < 0;
	}

	/** gap - after so many ms without an interval something is missing. */
	get #gap()
	{
		return 2.5 * (this.status?.interval_ns ?? 1e9) / 1e6;
	}

	/**
	 * view - of @length ms up to @to (null: the last interval)
	 * Return: from, to, ticks, points (for charts; with gaps: null where ticks are missing), storms
	 */
	view(length, to)
	{
		const end = to ?? this.ticks.at(-1)?.time_ms ?? Date.now();
		const first = this.ticks[0];
		const begin = first ? first.time_ms - first.duration_ns / 1e6 : end;
		const from = Math.max(end - length, Math.min(begin, end - LEAST_MS));
		const ticks = this.ticks.filter((t) => t.time_ms > from && t.time_ms <= end);
		const gap = this.#gap;
		const points = [];

		for (const p of thin(ticks)) {
			const since = p.time_ms - p.duration_ns / 1e6;

			if (points.length && since - points.at(-1).time_ms > gap)
				points.push({ time_ms: points.at(-1).time_ms + 1, missing: true },
					{ time_ms: since - 1, missing: true });
			points.push(p);
		}
		return {
			from, to: end, ticks, points, last: ticks.at(-1) ?? null,
			storms: this.storms, restarts: this.restarts, status: this.status, lost: this.lost,
			seconds: ticks.reduce((s, t) => s + t.duration_ns, 0) / 1e9,
		};
	}
}
