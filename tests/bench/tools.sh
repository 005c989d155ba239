# shellcheck shell=bash
# tools.sh - the table of tracers that the benchmark compares, sourced by run.
#
# TOOLS lists NAME|GROUP|WHAT. For each NAME there is a function NAME, which runs a storm (its
# arguments) under the tool, and maybe
#   NAME_missing   prints why the tool can't be used here, or nothing
#   NAME_seen      prints how many events of the storm the tool has told of
# $work is a directory for the tool's output, $storm the kind of storm, $VMASCOPE the program.
# BENCH_OLD is another build of it: old_NAME runs that one's command, in turn with this one's.
# shellcheck disable=SC2034,SC2154

TOOLS=(
	'nothing|none|no tracer'
	'empty_begin|none|BPF programs that do nothing, where faults begin'
	'empty|none|BPF programs that do nothing, at the hooks that `stat` uses'
	'other|none|`vmascope stat`, of another process'
	'stat|vmascope|`vmascope stat`: VMA, cause and latency of every fault'
	'stat_sample|vmascope|`vmascope stat --latency sample`: the latency of one minor fault in 61'
	'stat_off|vmascope|`vmascope stat --latency off`: VMA and cause of every fault'
	'stat_stacks|vmascope|`vmascope stat -U --by stack`: user stacks, too'
	'record|vmascope|`vmascope record`: every event into a file'
	'record_sample|vmascope|`vmascope record --latency sample`: every event, with the latency of one minor fault in 61'
	'record_stacks|vmascope|`vmascope record -U -K`: with user and kernel stacks'
	'trace|vmascope|`vmascope trace`: a line for each event, into a file'
	'shootdown|vmascope|`vmascope shootdown`: memory calls, flushes, interrupts; and all of `stat`'
	'bpftrace_count|peer|bpftrace, `@[pid, address >> 21] = count()`'
	'bpftrace_latency|peer|bpftrace, the same and a histogram of latency'
	'perf_record|peer|`perf record -e exceptions:page_fault_user -c 1`'
	'perf_record_g|peer|`perf record -g -e page-faults -c 1`'
	'perf_trace|peer|`perf trace -F all`'
)

# needs COMMAND: the reason, if there is none
needs() { command -v "$1" >/dev/null || echo "no $1 (sudo make deps DEPS=$2)"; }

nothing() { "$@"; }

empty_begin() { "$bin/empty" "$bin/empty.bpf.o" begin "$@"; }
empty() { "$bin/empty" "$bin/empty.bpf.o" all "$@"; }

# Its target waits until the storm is over.
other() {
	local pid
	rm -f "$work/ready" "$work/go"
	mkfifo "$work/ready" "$work/go"
	# shellcheck disable=SC2016 # for the inner shell
	"$VMASCOPE" stat -j -o "$work/out" -- \
		sh -c 'echo >"$1"; read -r _ <"$2"' sh "$work/ready" "$work/go" &
	pid=$!
	read -r _ <"$work/ready"
	"$@"
	echo >"$work/go"
	wait "$pid"
}

stat() { "$VMASCOPE" stat -j -o "$work/out" -- "$@"; }
stat_seen() {
	[ "$storm" = mprotect ] || jq '.totals.faults - .totals.gup' "$work/out"
}

# modes_missing: --latency chooses what is measured since 2026-11
modes_missing() {
	"$VMASCOPE" stat --help | grep -q -e '--latency=every' || echo 'this build measures every latency'
}

stat_sample_missing() { modes_missing; }
stat_off_missing() { modes_missing; }
stat_sample() { "$VMASCOPE" stat --latency sample -j -o "$work/out" -- "$@"; }
stat_sample_seen() { stat_seen; }
stat_off() { "$VMASCOPE" stat --latency off -j -o "$work/out" -- "$@"; }
stat_off_seen() { stat_seen; }

stat_stacks() { "$VMASCOPE" stat -U --by stack -j -o "$work/out" -- "$@"; }
stat_stacks_seen() { stat_seen; }

record() { "$VMASCOPE" record -o "$work/out" -- "$@"; }
record_seen() {
	[ "$storm" = mprotect ] ||
		"$VMASCOPE" report -j "$work/out" | jq '.totals.faults - .totals.gup'
}

record_sample_missing() { modes_missing; }
record_sample() { "$VMASCOPE" record --latency sample -o "$work/out" -- "$@"; }
record_sample_seen() { record_seen; }

record_stacks() { "$VMASCOPE" record -U -K -o "$work/out" -- "$@"; }
record_stacks_seen() { record_seen; }

trace() {
	local events=fault
	[ "$storm" != mprotect ] || events=memcall,shootdown
	"$VMASCOPE" trace --events "$events" -o "$work/out" -- "$@"
}
trace_seen() {
	if [ "$storm" = mprotect ]; then
		grep -c ' mprotect(' "$work/out"
	else
		grep -cE '^ *[0-9.]+ load ' "$work/out"
	fi
}

shootdown() { "$VMASCOPE" shootdown -j -o "$work/out" -- "$@"; }
shootdown_seen() {
	[ "$storm" != mprotect ] || jq .totals.calls "$work/out"
}

# run_bpftrace SCRIPT STORM…: bpftrace splits the command at spaces
run_bpftrace() {
	local script=$1
	shift
	bpftrace -o "$work/out" -e "$script" -c "$*" 2>"$work/err"
}

BPFTRACE_COUNT='tracepoint:exceptions:page_fault_user { @[pid, args->address >> 21] = count(); '
bpftrace_count() { run_bpftrace "$BPFTRACE_COUNT }" "$@"; }
bpftrace_count_missing() { needs bpftrace bpftrace; }
# of the process that had most
bpftrace_count_seen() {
	[ "$storm" = mprotect ] || sed -nE 's/^@\[([0-9]+), [0-9]+\]: ([0-9]+)$/\1 \2/p' "$work/out" |
		awk '{ n[$1] += $2; if (n[$1] > most) most = n[$1] } END { print most + 0 }'
}

bpftrace_latency() {
	run_bpftrace "$BPFTRACE_COUNT"' @begin[tid] = nsecs; }
		software:minor-faults:1 /@begin[tid]/ {
			@ns = hist(nsecs - @begin[tid]); delete(@begin[tid]); }' "$@"
}
bpftrace_latency_missing() { needs bpftrace bpftrace; }
bpftrace_latency_seen() { bpftrace_count_seen; }

perf_record() { perf record -q -e exceptions:page_fault_user -c 1 -o "$work/out" -- "$@"; }
perf_record_missing() { needs perf linux-perf; }
perf_record_seen() {
	[ "$storm" = mprotect ] || perf report --stats -i "$work/out" 2>/dev/null |
		awk '/SAMPLE events:/ { print $3; exit }'
}

perf_record_g() { perf record -q -g -e page-faults -c 1 -o "$work/out" -- "$@"; }
perf_record_g_missing() { needs perf linux-perf; }
perf_record_g_seen() { perf_record_seen; }

perf_trace() { perf trace -F all -o "$work/out" -- "$@"; }
perf_trace_missing() { needs perf linux-perf; }
perf_trace_seen() {
	if [ "$storm" = mprotect ]; then
		grep -c ' mprotect(' "$work/out"
	else
		grep -cE ' (min|maj)fault ' "$work/out"
	fi
}

# What another build is held against, and what it is called there.
OLD_NAMES=(other stat stat_stacks record trace shootdown)
if [ -n "${BENCH_OLD:-}" ]; then
	tools_with_old=()
	for row in "${TOOLS[@]}"; do
		name=${row%%|*}
		tools_with_old+=("$row")
		[[ " ${OLD_NAMES[*]} " == *" $name "* ]] || continue
		tools_with_old+=("old_$name|old|\`$name\` of the other build")
		eval "old_$name() { VMASCOPE=\$BENCH_OLD $name \"\$@\"; }"
		! declare -F "${name}_seen" >/dev/null ||
			eval "old_${name}_seen() { VMASCOPE=\$BENCH_OLD ${name}_seen; }"
	done
	TOOLS=("${tools_with_old[@]}")
fi
