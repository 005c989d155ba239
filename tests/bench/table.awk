# table.awk - about.tsv, tools.tsv, paced.tsv and summary.tsv become docs/bench.md.
BEGIN { FS = "\t" }

FILENAME ~ /about\.tsv$/ { about[$1] = $2; next }

FILENAME ~ /tools\.tsv$/ {
	tool[++tools] = $1
	what[$1] = $3
	why_not[$1] = $4
	next
}

FILENAME ~ /paced\.tsv$/ {
	paced[++rates] = sprintf("| %d | %d | %d | %.0f %% |", $1, $2, $3, $4)
	if ($1 == 200000) {
		paced_reached = $2
		paced_lost = $3
	}
	next
}

{
	place = $1 " " $2 " " $3
	if ($4 ~ /^prog /) {
		name = substr($4, 6)
		if ($1 == "anon" && $2 == 1)
			programs[$3] = programs[$3] "\n" sprintf("| %s | `%s` | %.2f | %.0f |", \
				$3, name, $5, $6)
		next
	}
	median[place " " $4] = $5
	low[place " " $4] = $6
	high[place " " $4] = $7
	least[place " " $4] = $8
	cpus[$2] = 1
}

function has(place, figure) { return (place " " figure) in median }

function number(place, figure, format) {
	return has(place, figure) ? sprintf(format, median[place " " figure]) : "-"
}

# 1,234 (1,200 to 1,300): the median and quartiles
function spread(place, figure, format,    k) {
	k = place " " figure
	if (!has(place, figure))
		return "-"
	return sprintf(format " (" format " to " format ")", median[k], low[k], high[k])
}

function mib(kib) { return kib == "" ? "-" : sprintf("%.0f", kib / 1024) }

function head() {
	print "# What tracing costs\n"
	print "Made by `sudo make bench`; every figure is of one run, on " about["date"] ", of " \
		about["version"] "."
	print "Linux: " about["kernel"] "; " about["cpu"] "; " about["peers"] "."
	print "The load average was " about["load"] " before and " about["load after"] \
		" after it; " about["rounds"] " rounds, all tools in turn in each.\n"
	if (about["failures"] + 0)
		print "**" about["failures"] " runs failed and are missing.**\n"
	print "A storm takes " about["chunks"] " chunks of 2,048 faults (mprotect: 1,024 calls) on" \
		" each CPU; NS is what the"
	print "fastest tenth of them needs for an event. A ratio, and what is added, compare with the" \
		" same"
	print "round's storm without a tool. First the median of the rounds, then the quartiles.\n"
	print "![ns added to an event](bench.svg)\n"
}

function verdict(met) { return met ? "yes" : "**no**" }

# budget: a rule, what was measured (and between which quartiles), what was allowed; on a storm
function budget(rule, place, value, range, allowed) {
	if (value == "" || allowed == "")
		printf "| %s | %s | - | - | not measured |\n", rule, place
	else
		printf "| %s | %s | %.0f ns%s | %.0f ns | %s |\n", rule, place, value, range, allowed, \
			verdict(value <= allowed)
}

function added(place, name) {
	return has(place " " name, "added") ? median[place " " name " added"] : ""
}

# between: the quartiles of what @name adds
function between(place, name,    k) {
	k = place " " name " added"
	return k in median ? sprintf(" (%.0f to %.0f)", low[k], high[k]) : ""
}

# against: what @name adds is at most @share of what @peer adds, in each storm where both ran
function against(rule, name, peer, share,    n, i, c, place, all) {
	n = split("anon file cow", all, " ")
	for (i = 1; i <= n; i++)
		for (c = 1; c <= 2; c++) {
			place = all[i] " " c
			if (has(place " " name, "added") && has(place " " peer, "added"))
				budget(rule, place, added(place, name), between(place, name), \
					added(place, peer) * share)
		}
}

function budgets(    n, i, c, place, all) {
	print "## Budget\n"
	print "| | storm, CPUs | added (quartiles) | allowed | met |"
	print "|---|---|--:|--:|---|"
	against("counting, latency sampled: at most bpftrace's `count()`", "stat_sample", \
		"bpftrace_count", 1)
	against("counting, every latency: at most half of bpftrace with latency", "stat", \
		"bpftrace_latency", 0.5)
	against("recording: at most `perf record -c 1`", "record", "perf_record", 1)
	against("recording with stacks: at most half of `perf record -g -c 1`", "record_stacks", \
		"perf_record_g", 0.5)
	against("tracing to a file: at most half of `perf trace -F all`", "trace", "perf_trace", 0.5)
	n = split("anon file cow", all, " ")
	for (i = 1; i <= n; i++)
		for (c = 1; c <= 2; c++) {
			place = all[i] " " c
			if (has(place " other", "over_empty"))
				budget("untraced: at most 20 ns over an empty program", place, \
					median[place " other over_empty"], "", 20)
		}
	if (has("anon 2 stat", "added") && has("anon 1 stat", "added")) {
		budget("two CPUs in one VMA: no more than on one, and a tenth", "anon 2", \
			added("anon 2", "stat"), between("anon 2", "stat"), \
			1.1 * added("anon 1", "stat"))
	}
	if (paced_reached != "")
		printf "| tracing to a file: nothing lost at 200,000 events a second | anon 1 | %d lost at %d/s | 0 | %s |\n", \
			paced_lost, paced_reached, (paced_reached < 190000 && !paced_lost) ? \
			"rate not reached" : verdict(!paced_lost)
	if (has("anon 1 stat", "maps_kib"))
		printf "| the kernel's side: at most 64 MiB on 2 CPUs | | %s MiB | 64 MiB | %s |\n", \
			mib(median["anon 1 stat maps_kib"]), \
			verdict(median["anon 1 stat maps_kib"] <= 65536)
	print ""
}

# in_mode: what stat adds in another mode of --latency, if it was measured
function in_mode(place, name) {
	return has(place " " name, "added") ? sprintf("%.0f ns", added(place, name)) : "-"
}

# where: what stat adds, split by what a part of it adds
function where(    i, n, all, place, begin, all_hooks) {
	print "## Where the time goes\n"
	print "Hooks in use: " about["hooks"] ".\n"
	print "| storm, CPUs | stat adds | the hook where a fault begins | the one where it ends | its programs | with `--latency sample` | with `--latency off` |"
	print "|---|--:|--:|--:|--:|--:|--:|"
	n = split("anon file cow", all, " ")
	for (i = 1; i <= n; i++) {
		place = all[i] " 1"
		begin = added(place, "empty_begin")
		all_hooks = added(place, "empty")
		if (begin != "" && all_hooks != "" && has(place " stat", "added"))
			printf "| %s | %.0f ns | %.0f ns | %.0f ns | %.0f ns | %s | %s |\n", place, \
				added(place, "stat"), begin, all_hooks - begin, \
				added(place, "stat") - all_hooks, in_mode(place, "stat_sample"), \
				in_mode(place, "stat_off")
	}
	print "\nWith `--latency sample` the end hook runs for one minor fault in 61, with `off` for none; what it would"
	print "have found is found when the next fault of the thread begins."
	print "A hook's cost is that of a program that does nothing. The kernel reaches that of a software event"
	print "through some ten functions; fexit of `handle_mm_fault`, where it is allowed, needs none of them."
	print ""
}

# older: each command's ns, of another build's in the same round
function older(    i, j, c, n, m, all, names, k, slower) {
	print "## Against another build\n"
	print "ns for an event, by that of " about["old"] " in the same round: median (quartiles). Not slower: the"
	print "lower quartile is at most 1.02.\n"
	n = split("anon file cow mprotect", all, " ")
	m = split("other stat stat_stacks record trace shootdown", names, " ")
	printf "| storm, CPUs |"
	for (j = 1; j <= m; j++)
		printf " %s |", names[j]
	printf "\n|---|"
	for (j = 1; j <= m; j++)
		printf "--:|"
	print ""
	for (i = 1; i <= n; i++)
		for (c = 1; c <= 2; c++) {
			if (!has(all[i] " " c " stat", "of_old"))
				continue
			printf "| %s %d |", all[i], c
			for (j = 1; j <= m; j++) {
				k = all[i] " " c " " names[j]
				slower = has(k, "of_old") && low[k " of_old"] > 1.02
				printf " %s%s |", spread(k, "of_old", "%.2f"), slower ? " **slower**" : ""
			}
			print ""
		}
	print ""
}

# at_rates: what trace loses at which rate
function at_rates(    i) {
	print "## Tracing to a file at a rate\n"
	print "A thread on one CPU takes faults in bursts of 64, by its own clock, for two seconds.\n"
	print "| faults a second | reached | lost | CPU time of `trace`, of one CPU |"
	print "|--:|--:|--:|--:|"
	for (i = 1; i <= rates; i++)
		print paced[i]
	print ""
}

function storm_table(storm, c,    i, t, place) {
	print "## " title[storm] ", " c (c > 1 ? " CPUs" : " CPU") "\n"
	print "| tool | NS | ratio | added ns | BPF ns | lost | tool's CPU | RSS MiB | maps MiB |"
	print "|---|--:|--:|--:|--:|--:|--:|--:|--:|"
	for (i = 1; i <= tools; i++) {
		t = tool[i]
		place = storm " " c " " t
		if (!has(place, "ns"))
			continue
		printf "| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", t, \
			number(place, "ns", "%.0f"), \
			t == "nothing" ? "1" : spread(place, "ratio", "%.2f"), \
			t == "nothing" ? "0" : spread(place, "added", "%.0f"), \
			number(place, "bpf_ns", "%.0f"), \
			has(place, "lost") ? sprintf("%.0f (%.1f %%)", median[place " lost"], \
				median[place " lost_pct"]) : "-", \
			t ~ /^(nothing|other)$/ ? "-" : number(place, "cpu", "%.1f %%"), \
			t ~ /^(nothing|other)$/ ? "-" : mib(median[place " peak_kib"]), \
			t ~ /^(nothing|other)$/ ? "-" : mib(median[place " maps_kib"])
	}
	print ""
}

END {
	title["anon"] = "First touch of anonymous memory"
	title["file"] = "First touch of a cached file, 16 pages at a time"
	title["cow"] = "Copy-on-write after fork"
	title["mprotect"] = "mprotect to and fro"
	head()
	budgets()
	where()
	if (rates)
		at_rates()
	if (about["old"] != "")
		older()
	print "## The tools\n"
	print "| | |\n|---|---|"
	for (i = 1; i <= tools; i++)
		print "| " tool[i] " | " what[tool[i]] \
			(why_not[tool[i]] == "" ? "" : ". **Left out: " why_not[tool[i]] "**") " |"
	print "\nOne CPU is the last one: a tracepoint of bpftrace's or perf's is slower on CPU 0, where its perf"
	print "event is (bpftrace's by some 280 ns)."
	print "\nBPF ns: all programs' own time for one event, by `kernel.bpf_stats_enabled`, in a run of its"
	print "own. The clock itself is in it (50 ns a program), and so are others' faults, where the tool"
	print "counts all. Lost: events that the storm made and the tool did not report, at least. The tool's"
	print "CPU time is that of its threads while the storm lasts, of one CPU. On mprotect storms, `trace`"
	print "prints memory calls and flushes; tools that follow faults have nothing to do there. The second"
	print "CPU of that storm has a thread that reads the page all the time, so that each call interrupts it.\n"
	n = split("anon file cow mprotect", all, " ")
	for (i = 1; i <= n; i++)
		for (c = 1; c <= 64; c++)
			if (has(all[i] " " c " nothing", "ns"))
				storm_table(all[i], c)
	print "## The programs, on anonymous memory and one CPU\n"
	print "| tool | program | runs an event | ns each |"
	printf "|---|---|--:|--:|"
	for (i = 1; i <= tools; i++)
		printf "%s", programs[tool[i]]
	print ""
}
