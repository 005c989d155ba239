# summary.awk - raw.tsv becomes one line for each storm, number of CPUs, tool and figure:
# storm, CPUs, tool, figure, median, first quartile, third quartile, least.
#
# A ratio, and what a tool adds, compare with the same round's run under no tool; "over_empty",
# with its run under empty programs; "of_old", with another build's run of the same tool.
BEGIN { FS = OFS = "\t" }

function keep(place, figure, value) {
	list[place OFS figure] = list[place OFS figure] " " value
}

function one(place, round, key) { return raw[place OFS round OFS key] }

$1 == "clocks" {
	place = $2 OFS $3 OFS $4
	if ($5 == "prog") {
		split($7, of, " ")
		runs[place] = runs[place] " " $6
		program[place OFS $6] += of[1]
		time[place OFS $6] += of[2]
	} else if ($5 == "events") {
		clocked[place] = $6
	}
	next
}

{
	place = $2 OFS $3 OFS $4
	raw[place OFS $1 OFS $5] = $6
	places[place] = 1
	rounds[$1] = 1
}

END {
	for (place in places) {
		split(place, p, OFS)
		base = p[1] OFS p[2] OFS "nothing"
		empty = p[1] OFS p[2] OFS "empty"
		old = p[1] OFS p[2] OFS "old_" p[3]
		for (r in rounds) {
			ns = one(place, r, "ns")
			if (ns == "")
				continue
			keep(place, "ns", ns)
			keep(place, "min_ns", one(place, r, "min_ns"))
			if (one(base, r, "ns")) {
				keep(place, "ratio", ns / one(base, r, "ns"))
				keep(place, "added", ns - one(base, r, "ns"))
			}
			if (one(empty, r, "ns"))
				keep(place, "over_empty", ns - one(empty, r, "ns"))
			if (one(old, r, "ns"))
				keep(place, "of_old", ns / one(old, r, "ns"))
			if (one(place, r, "elapsed_ns"))
				keep(place, "cpu", 100 * one(place, r, "tool_ns") / one(place, r, "elapsed_ns"))
			keep(place, "peak_kib", one(place, r, "peak_kib"))
			keep(place, "maps_kib", one(place, r, "maps_kib"))
			seen = one(place, r, "seen")
			if (seen != "") {
				lost = one(place, r, "events") - seen
				keep(place, "lost", lost > 0 ? lost : 0)
				keep(place, "lost_pct", lost > 0 ? 100 * lost / one(place, r, "events") : 0)
			}
		}
	}
	for (k in program) {
		split(k, p, OFS)
		place = p[1] OFS p[2] OFS p[3]
		if (!clocked[place])
			continue
		bpf[place] += time[k] / clocked[place]
		keep(place, "prog " p[4], program[k] / clocked[place] " " time[k] / program[k])
	}
	for (place in bpf)
		keep(place, "bpf_ns", bpf[place])
	for (k in list)
		if (k ~ /\tprog /) {
			split(list[k], v, " ")
			printf "%s\t%.3f\t%.1f\t\t\n", k, v[1], v[2]
		} else {
			printf "%s\t%.2f\t%.2f\t%.2f\t%.2f\n", k, quantile(list[k], 0.5),
				quantile(list[k], 0.25), quantile(list[k], 0.75), quantile(list[k], 0)
		}
}
