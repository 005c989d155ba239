#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tests/docs_test.sh - docs/json.md and real output have the same keys, both ways; options that docs
# name, and headings in their captures, are there; BPF maps have the size that docs/memory.md says;
# prints TAP. Root.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

vmascope=${VMASCOPE:-build/vmascope}
workloads=build/tests/workload
doc=docs/json.md
tmp=$(mktemp -d "${TMPDIR:-/tmp}/vmascope-docs.XXXXXX") || exit 1
trap 'rm -rf "$tmp"' EXIT
number=0

# section TITLE…: the text below these headings of level 2
section()
{
	local title

	for title; do
		awk -v title="## $title" '/^## / {on = $0 == title} on' "$doc"
	done
}

# mentioned: the keys in backticks on stdin; those of an array end in []
mentioned()
{
	# shellcheck disable=SC2016 # Markdown's backticks
	grep -oE '`[a-z0-9_]+(\[\])?`' | tr -d '`[]' | sort -u
}

# documented: those in the first column of tables
documented()
{
	grep '^| `' | cut -d'|' -f2 | mentioned
}

# seen FILE…: all keys of the JSON documents, but those of maps, whose keys are data
seen()
{
	jq -r 'paths | select(.[-1] | type == "string") |
		select(length < 2 or (.[-2] != "hooks" and .[-2] != "causes")) | .[-1]' "$@" | sort -u
}

# check NAME DOCUMENTED-TEXT FILE…: a test
check()
{
	local name=$1 text=$2 missing extra

	shift 2
	number=$((number + 1))
	seen "$@" >"$tmp/seen"
	missing=$(comm -23 "$tmp/seen" <(mentioned <<<"$text"))
	extra=$(comm -13 "$tmp/seen" <(documented <<<"$text"))
	if [ -s "$tmp/seen" ] && [ -z "$missing$extra" ]; then
		echo "ok $number - keys of $name"
		return
	fi
	echo "not ok $number - keys of $name"
	[ -s "$tmp/seen" ] || echo "# there was no output"
	[ -z "$missing" ] || echo "# not in $doc:" "${missing//$'\n'/ }"
	[ -z "$extra" ] || echo "# in $doc, and in no output:" "${extra//$'\n'/ }"
}

# run FILE ARGUMENT…: a document of vmascope
run()
{
	local file=$1

	shift
	"$vmascope" "$@" -j -o "$tmp/$file" >/dev/null 2>>"$tmp/messages"
}

# workload FILE COMMAND OPTION… -- WORKLOAD…: the same with a workload behind it
workload()
{
	local file=$1

	shift
	"$vmascope" "$1" -j -o "$tmp/$file" "${@:2}" >/dev/null 2>>"$tmp/messages"
}

echo 1..17

for by in mapping vma process comm thread cause cpu cgroup stack function; do
	workload "stat.$by" stat --by "$by" --quantiles -- "$workloads/exact" --threads 1 \
		--children 1 --pages 64
done
workload stat.interval stat -i 50ms --hist --why --heatmap -- \
	sh -c "sleep 0.5; '$workloads/storm' --faults 300000"
# a fault under way: it ends when the workload's input does; with it go the shell's variables
coproc flight { exec "$workloads/outcomes" in-flight; }
# shellcheck disable=SC2154 # coproc sets it
flight_pid=$flight_PID flight_input=${flight[1]}
read -r _ <&"${flight[0]}"
run stat.flight stat -p "$flight_pid" -d 100ms
exec {flight_input}>&-
wait "$flight_pid" 2>/dev/null
check stat "$(section Counts stat)" "$tmp"/stat.*

workload trace.faults trace -- "$workloads/storm" --faults 10
workload trace.crash trace --cause segv-maperr -- "$workloads/causes" --count 1 segv-unmapped
workload trace.events trace -U -K --lines --events fault,memcall,shootdown -- "$workloads/pingpong" --pairs 200
check trace "$(section Counts trace)" "$tmp"/trace.*

for by in vma call process comm thread site stack function cpu; do
	workload "shootdown.$by" shootdown --by "$by" -- "$workloads/barrier"
done
# what it has in common with stat need not all be there
check shootdown "$(section shootdown; section stat | sed 's/^|//')" "$tmp"/shootdown.*

workload recording record -o "$tmp/a" --events fault,memcall -- "$workloads/storm" --faults 10
"$vmascope" report -j --diff "$tmp/a" "$tmp/a" >"$tmp/diff" 2>>"$tmp/messages"
check 'report --diff' "$(section report)" "$tmp/diff"

for mode in populate mprotect-small dontneed-refault fork-cow malloc-trim thread-churn file-populate; do
	workload "advise.$mode" advise -- "$workloads/patterns" --pages 4096 --rounds 16 "$mode"
done
check advise "$(section advise | sed '/^With .--explain/,$d'; section stat | sed 's/^|//')" "$tmp"/advise.*
"$vmascope" advise --explain all -j >"$tmp/rules" 2>>"$tmp/messages"
check 'advise --explain' "$(section advise | sed '1,/^With .--explain/d')" "$tmp/rules"

# --cost takes long
run doctor doctor
check doctor "$(section doctor | grep -v -e '--cost')" "$tmp/doctor"

# a warning of lost events, which comes for certain: nobody reads what trace prints, until the storm is over
lossy()
{
	local trace

	mkfifo "$tmp/unread" || return
	exec 7<>"$tmp/unread"
	"$vmascope" trace -j --ring 4 -vvv -- "$workloads/storm" --faults 400000 --result "$tmp/storm" \
		>"$tmp/unread" 2>>"$tmp/messages" 7<&- &
	trace=$!
	# it is written at the storm's end; should there be none, trace ends
	until [ -s "$tmp/storm" ]; do
		kill -0 "$trace" 2>/dev/null || break
		sleep 0.05
	done
	exec 8<"$tmp/unread" 7<&-
	cat <&8 >"$tmp/lossy"
	exec 8<&-
	wait "$trace"
}

# and debugging, and an error
lossy
"$vmascope" stat -j -p 4194304 2>>"$tmp/messages"
check messages "$(section Errors)" "$tmp/messages"

# same NAME EXPECTED REAL: a test that two files have the same lines
same()
{
	number=$((number + 1))
	if diff "$2" "$3" >"$tmp/difference"; then
		echo "ok $number - $1"
		return
	fi
	echo "not ok $number - $1"
	sed 's/^/# /' "$tmp/difference"
}

# used FILE…: "COMMAND OPTION" for each long option behind `vmascope COMMAND` in these files
used()
{
	# what follows -- is the traced command's; a span, a comment or another command ends it, too
	grep -ohE 'vmascope [a-z]+ [^`#|;)]*' "$@" | awk '{
		for (i = 3; i <= NF && $i != "--"; i++)
			if (match($i, /^--[a-z-]+/))
				print $2, substr($i, 3, RLENGTH - 2)
	}' | sort -u
}

"$vmascope" help --list >"$tmp/list" 2>>"$tmp/messages"
check 'help --list' "$(section 'help --list')" "$tmp/list"
jq -rf tests/options_doc.jq "$tmp/list" >"$tmp/options.md" 2>>"$tmp/messages"
same 'docs/options.md is up to date (tests/options_doc.jq)' docs/options.md "$tmp/options.md"
jq -rf tests/advise_doc.jq "$tmp/rules" >"$tmp/advise.md" 2>>"$tmp/messages"
same 'docs/advise.md is up to date (tests/advise_doc.jq)' docs/advise.md "$tmp/advise.md"
jq -r '.commands[] | .command as $c | .options[] | "\($c) \(.name)"' "$tmp/list" | sort >"$tmp/there"
# others' commands have vmascope in front of a word, too: kubectl -n vmascope create
used README.md SECURITY.md docs/*.md deploy/*.* |
	grep -E "^($(cut -d' ' -f1 "$tmp/there" | sort -u | paste -sd'|')) " >"$tmp/used"
[ -s "$tmp/used" ] || echo "no option is used" >"$tmp/used"
comm -23 "$tmp/used" "$tmp/there" >"$tmp/unknown"
: >"$tmp/none"
same 'commands in docs use existing options' "$tmp/none" "$tmp/unknown"

# headings FILE…: "FILE: WORD" for each word of the heading lines in their code blocks; TEXT/s is a rate of TEXT
headings()
{
	awk '
		FNR == 1 { inside = 0 }
		/^```/ { inside = !inside }
		inside && NF > 2 && /^ *[A-Z%][A-Z0-9%\/. ]*[A-Z][A-Z0-9%\/. s]*$/ && !/[a-rt-z]/ {
			for (i = 1; i <= NF; i++)
				print FILENAME ": " $i
		}' "$@" | sort -u
}

# heads: all string literals, of which heads are some, and the rates and shares of them
heads()
{
	find user -name '*.[ch]' -exec awk -f tests/lint/strings.awk {} + | cut -d: -f3- | awk '
		/^[A-Z%\/][A-Za-z0-9%\/. ]*$/ { for (n = split($0, part, " "); n; n--) { print part[n]; print part[n] "/s"; print part[n] "%" } }' |
		sort -u
}

heads >"$tmp/heads"
captures=(README.md docs/tour.md docs/top.md docs/shootdown.md docs/stacks.md) # as tests/screens has them
headings "${captures[@]}" >"$tmp/headings"
[ -s "$tmp/headings" ] || echo "no headings" >"$tmp/headings"
: >"$tmp/stale"
while read -r file word; do
	grep -qxF -e "$word" "$tmp/heads" || echo "$file $word is no heading (make screens)" >>"$tmp/stale"
done <"$tmp/headings"
same 'headings in captures exist' "$tmp/none" "$tmp/stale"

# captures of vmascope are made by tests/screens, and each of its screens is somewhere
{
	awk '/^<!-- screen / { made = 1; next }
		/^```/ { inside = !inside; if (inside) { here = made; made = 0 } }
		inside && !here && /^\$ (sudo )?vmascope/ { print FILENAME ": not made by tests/screens: " $0 }' \
		"${captures[@]}"
	diff <(grep -ho '^<!-- screen [a-z]*' "${captures[@]}" | cut -d' ' -f3 | sort -u) \
		<(sed -n 's/^screen_\([a-z]*\)()$/\1/p' tests/screens | sort)
} >"$tmp/unmade"
same 'captures are made by tests/screens' "$tmp/none" "$tmp/unmade"

# --- docs/memory.md: its formula against the maps that vmascope holds, and its table against the formula ---

# numbers PATTERN: those in the line of the formula that begins so, without separators
numbers()
{
	grep -m1 "$1" docs/memory.md | grep -oE '[0-9][0-9,.]*' | tr -d ,
}

mapfile -t slot < <(numbers '^bytes = slots')
mapfile -t hist < <(numbers '^      + hists')
mapfile -t cpu < <(numbers '^      + .* MiB × CPUs')
mapfile -t fixed < <(numbers '^      + .* MiB .* fixed')
ring=$((8192 << 10))

# formula CPUS SLOTS HISTS RING: bytes; 0 slots and hists: the defaults
formula()
{
	awk -v cpus="$1" -v slots="$2" -v hists="$3" -v ring="$4" -v slot_cpu="${slot[0]}" -v slot="${slot[1]}" \
		-v hist_cpu="${hist[0]}" -v hist="${hist[1]}" -v fixed="${fixed[0]}" -v cpu="${cpu[0]}" 'BEGIN {
		if (!slots)
			for (slots = 32768; slots > 4096 && slots * slot_cpu * cpus > 2 ^ 27;)
				slots /= 2
		if (!hists)
			for (hists = 2048; hists > 256 && hists * hist_cpu * cpus > 2 ^ 24;)
				hists /= 2
		printf "%.0f\n", slots * (slot_cpu * cpus + slot) + hists * (hist_cpu * cpus + hist) + ring + (fixed + cpu * cpus) * 2 ^ 20
	}'
}

# held OPTION…: bytes of the BPF maps that vmascope stat has while its command runs, by the kernel's account;
# "-" where the kernel (before 6.4) counts what they could take at most
held()
{
	local pid

	rm -f "$tmp/held.in" "$tmp/held.out"
	mkfifo "$tmp/held.in" "$tmp/held.out" || return
	"$vmascope" stat -o "$tmp/held" "$@" -- cat <"$tmp/held.in" >"$tmp/held.out" 2>>"$tmp/messages" &
	pid=$!
	exec 7>"$tmp/held.in" 8<"$tmp/held.out"
	echo attached >&7
	read -r _ <&8
	# a map may have several descriptors
	awk 'FNR == 1 { map = 0 } /^map_type:/ { map = 1 } /^value_size:/ { value = $2 } /^max_entries:/ { most = value * $2 }
		/^map_flags:/ { grows = $2 == "0x1" } map && /^memlock:/ { bytes = $2; if (grows && bytes >= most && most > 2 ^ 20) unknown = 1 }
		map && /^map_id:/ { by[$2] = bytes }
		END { for (id in by) sum += by[id]; if (unknown) print "-"; else printf "%.0f\n", sum }' \
		"/proc/$pid/fdinfo"/* 2>>"$tmp/messages"
	exec 7>&- 8<&-
	wait "$pid"
}

possible=$(tr , '\n' </sys/devices/system/cpu/possible | awk -F- '{ n += $NF - $1 + 1 } END { print n }')

# memory NAME SLOTS HISTS RING OPTION…: a test; what the formula rounds, and the files of cat, are under 0.1 MiB
memory()
{
	local name=$1 wanted real

	wanted=$(formula "$possible" "$2" "$3" "$4")
	real=$(held "${@:5}")
	echo "$name: within 0.1 MiB" >"$tmp/wanted"
	awk -v a="$wanted" -v b="$real" -v name="$name" 'BEGIN {
		if (b == "-" || b && (a - b) ^ 2 < (2 ^ 20 / 10) ^ 2)
			print name ": within 0.1 MiB"
		else
			print name ": the formula gives " a " bytes, the maps have " b
	}' >"$tmp/real"
	same "docs/memory.md: formula for $name" "$tmp/wanted" "$tmp/real"
}

memory 'the defaults' 0 0 "$ring"
memory 'smaller tables' 4096 256 $((512 << 10)) --slots 4096 --hists 256 --ring 512

grep -E '^\| [0-9]+ \| [0-9]+ MiB' docs/memory.md >"$tmp/table"
[ -s "$tmp/table" ] || echo 'no table' >"$tmp/table"
cut -d'|' -f2 "$tmp/table" | while read -r cpus; do
	for tables in '0 0' '8192 512' '1024 128'; do
		# shellcheck disable=SC2086 # two numbers
		formula "$cpus" $tables "$ring"
	done | awk -v cpus="$cpus" '{ row = row sprintf(" %.0f MiB |", $1 / 2 ^ 20) } END { print "| " cpus " |" row }'
done >"$tmp/computed"
same 'docs/memory.md: table by formula' "$tmp/table" "$tmp/computed"
