# shellcheck shell=bash
# results.sh - run test programs in parallel, and add up their TAP results; sourced by tests/run.
#
# A program fails if it crashes, hangs, runs no test, or prints more or fewer results than it
# planned; a skip is a failure, too. With VMASCOPE_FAILURES=FILE each failure is appended to FILE as
# "description<tab>command that repeats it".

: "${VMASCOPE_TEST_TIMEOUT:=900}"
passed=0 failed=0 skipped=0 programs=0
failures=() queued=() pids=()
results=$(mktemp -d "${TMPDIR:-/tmp}/vmascope-run.XXXXXX") || exit 2

results_end()
{
	local pid

	for pid in "${pids[@]}"; do
		kill "$pid" 2>/dev/null
	done
	wait
	rm -rf "$results"
}
trap results_end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# failure WHAT COMMAND: add to the list of failures; the caller counts it as failed or skipped
failure()
{
	failures+=("$1"$'\t'"$2")
	[ -z "${VMASCOPE_FAILURES:-}" ] || printf '%s\t%s\n' "$1" "$2" >>"$VMASCOPE_FAILURES"
}

# alone GROUP NAME TEST: print the command that runs a test, or its program if only that is possible
alone()
{
	local test=${3%% *}

	case $1 in
	e2e | asan) echo "VMASCOPE_TEST=$test tests/run $1 $2" ;;
	*) echo "tests/run $1${2:+ $2}" ;;
	esac
}

# judge GROUP NAME STATUS SECONDS LOG: print "passed", "failed WHAT<tab>COMMAND" or "skipped …" for
# each result
judge()
{
	local group=$1 name=$2 status=$3 seconds=$4 log=$5 line label=$1${2:+/$2} planned=-1 seen=0 bad=0

	while IFS= read -r line; do
		case $line in
		1..*)
			[ "$planned" != -1 ] || planned=0
			planned=$((planned + $(tr -dc 0-9 <<<"${line#1..}")))
			;;
		"ok "*"# SKIP"* | "not ok "*"# SKIP"*)
			seen=$((seen + 1)) bad=$((bad + 1)) line=${line##*# SKIP }
			printf 'skipped %s: %s (a skip is a failure)\t%s\n' "$label" "$line" \
				"$(alone "$group" "$name" "$line")"
			;;
		"ok "*)
			seen=$((seen + 1))
			echo passed
			;;
		"not ok "*)
			seen=$((seen + 1)) bad=$((bad + 1)) line=${line#*- }
			printf 'failed %s: %s\t%s\n' "$label" "$line" "$(alone "$group" "$name" "$line")"
			;;
		esac
	done <"$log"
	line=
	# 137 can be a kill by others, such as the kernel's for want of memory.
	if [ "$status" = 124 ] || { [ "$status" = 137 ] && [ "$seconds" -ge "$VMASCOPE_TEST_TIMEOUT" ]; }; then
		line="hung: ended after $VMASCOPE_TEST_TIMEOUT s"
	elif [ "$planned" = -1 ]; then
		line="no result (exit status $status)"
	elif [ "$planned" -gt "$seen" ]; then
		line="crashed after $seen of $planned tests (exit status $status)"
	elif [ "$planned" -lt "$seen" ]; then
		line="$seen results, but $planned tests were planned"
	elif [ "$seen" = 0 ]; then
		line="ran no test"
	elif [ "$status" != 0 ] && [ "$bad" = 0 ]; then
		line="exit status $status"
	fi
	[ -z "$line" ] || printf 'failed %s: %s\ttests/run %s\n' "$label" "$line" "$group${name:+ $name}"
}

# run_one NUMBER GROUP NAME COMMAND…: run it in the background; writes NUMBER.log, NUMBER.verdict
run_one()
{
	local to=$results/$1 group=$2 name=$3 start=$SECONDS pid=

	shift 3
	trap 'kill "$pid" 2>/dev/null; wait; exit 143' TERM
	trap - EXIT
	timeout --kill-after="${VMASCOPE_TEST_GRACE:-10}" "$VMASCOPE_TEST_TIMEOUT" "$@" >"$to.log" 2>&1 </dev/null &
	pid=$!
	wait "$pid"
	judge "$group" "$name" $? $((SECONDS - start)) "$to.log" >"$to.new"
	echo "seconds $((SECONDS - start))" >>"$to.new"
	mv "$to.new" "$to.verdict"
}

# show NUMBER GROUP NAME: print its results, and add them to the sums
show()
{
	local to=$results/$1 label=$2${3:+/$3} kind rest seconds=0 tests=0 bad=0

	programs=$((programs + 1))
	[ -f "$to.verdict" ] ||
		printf 'failed %s: its runner died\ttests/run %s\n' "$label" "$2${3:+ $3}" >"$to.verdict"
	while read -r kind rest; do
		case $kind in
		passed) passed=$((passed + 1)) tests=$((tests + 1)) ;;
		seconds) seconds=$rest ;;
		failed) failed=$((failed + 1)) bad=1 && failure "${rest%%$'\t'*}" "${rest#*$'\t'}" ;;
		skipped) skipped=$((skipped + 1)) bad=1 && failure "${rest%%$'\t'*}" "${rest#*$'\t'}" ;;
		esac
	done <"$to.verdict"
	if [ "$bad" = 0 ]; then
		echo "ok    $label: $tests tests, $seconds s"
		sed -n '/^# [^:]*: .*[0-9]/p' "$to.log"
	else
		echo "FAIL  $label: $seconds s"
		sed 's/^/    /' "$to.log"
	fi
	rm -f "$to".*
}

# queue GROUP NAME COMMAND…: add a program for run_queue
queue()
{
	local quoted

	printf -v quoted '%q ' "$@"
	queued+=("$quoted")
}

# run_queue JOBS: run the queued programs, JOBS at a time, and show the results of each at its exit
run_queue()
{
	local jobs=$1 started=0 pid item
	local -A running=() # pid: number

	while [ "$started" -lt ${#queued[@]} ] || [ ${#running[@]} -gt 0 ]; do
		while [ "$started" -lt ${#queued[@]} ] && [ ${#running[@]} -lt "$jobs" ]; do
			eval "item=(${queued[$started]})"
			run_one "$started" "${item[@]}" &
			running[$!]=$started started=$((started + 1))
			pids=("${!running[@]}")
		done
		wait -n -p pid "${!running[@]}"
		eval "item=(${queued[${running[$pid]}]})"
		show "${running[$pid]}" "${item[0]}" "${item[1]}"
		unset 'running[$pid]'
		pids=("${!running[@]}")
	done
	queued=()
}

# list_failures: print the failures, each with the command that repeats it
list_failures()
{
	local item

	[ ${#failures[@]} -gt 0 ] || return 0
	echo
	echo "Failed (and how to run each alone):"
	for item in "${failures[@]}"; do
		printf '  %s\n      %s\n' "${item%%$'\t'*}" "${item#*$'\t'}"
	done
}
