#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tests/prometheus_test.sh - a real Prometheus scrapes a real serve under load: every expression of
# dashboards and rules returns data; prints TAP. Root.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh
# shellcheck source=tests/lib/netns.sh
. tests/lib/netns.sh
own_network tests/prometheus_test.sh

vmascope=${VMASCOPE:-build/vmascope}
workloads=build/tests/workload
export PATH=$PWD/build/tests/bin:$PATH
tmp=$(mktemp -d "${TMPDIR:-/tmp}/vmascope-prometheus.XXXXXX") || exit 1
serve_port=$((20000 + RANDOM % 10000)) prometheus_port=$((30000 + RANDOM % 2000))
pids=()

# A load may be between two of its programs: kill it first, then what it runs.
finish()
{
	local pid

	for pid in "${pids[@]}"; do
		kill "$pid" 2>/dev/null
	done
	wait
	rm -rf "$tmp"
}
trap finish EXIT

# check NAME COMMAND…: it succeeds
check()
{
	local name=$1

	shift
	"$@" >"$tmp/said" 2>&1
	result $? "$name" "$tmp/said"
}

# await SECONDS COMMAND…: until it succeeds
await()
{
	local end=$((SECONDS + $1))

	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.2
	done
}

fetch()
{
	curl -sSf --max-time 60 "$@"
}

# query EXPRESSION: what Prometheus says of it now
query()
{
	fetch "http://127.0.0.1:$prometheus_port/api/v1/query" --data-urlencode "query=$1"
}

# --- expressions -----------------------------------------------------------------------------

# expressions_of_dashboards: FILE<tab>EXPRESSION, with Grafana's variables replaced
expressions_of_dashboards()
{
	local f

	for f in dashboards/grafana/*.json; do
		# shellcheck disable=SC2016 # Grafana's variables
		jq -r --arg f "$f" '.panels[].targets[].expr | [$f, .] | @tsv' "$f" |
			sed -e 's/\$__rate_interval/1m/g' -e 's/\$instance/.*/g' -e 's/\$group/.*/g'
	done
}

# rules_of KIND: FILE<tab>EXPRESSION of recording or alerting rules, as Prometheus has read them
rules_of()
{
	fetch "http://127.0.0.1:$prometheus_port/api/v1/rules" |
		jq -r --arg kind "$1" '.data.groups[] | .file as $f | .rules[] |
			select(.type == $kind) | [($f | split("/")[-1]), .query] | @tsv'
}

# as_truth: comparisons outside of {} tell 0 or 1 instead of leaving out what is not so: alerts do
# not fire here, but all that they look at is to be there
as_truth()
{
	sed -E 's/ (>|<|==|>=|<=) / \1 bool /g'
}

# with_data LIST: a result for each file
with_data()
{
	local file expression

	cut -f1 "$1" | sort -u >"$tmp/files"
	while IFS= read -r file; do
		: >"$tmp/without"
		while IFS=$'\t' read -r f expression; do
			[ "$f" = "$file" ] || continue
			query "$expression" | jq -e '.status == "success" and (.data.result | length) > 0' \
				>/dev/null 2>&1 || echo "$expression" >>"$tmp/without"
		done <"$1"
		[ ! -s "$tmp/without" ]
		result $? "$file: each of $(cut -f1 "$1" | grep -cxF "$file") expressions has data" "$tmp/without"
	done <"$tmp/files"
}

# --- load ------------------------------------------------------------------------------------

# on_disk: a directory whose files are read from a disk, as vt_disk_dir() in tests/lib/system.c
on_disk()
{
	local dir

	for dir in "${TMPDIR:-/tmp}" /tmp /var/tmp build/tests; do
		[ -w "$dir" ] && [[ $(stat -f -c %T "$dir") != @(tmpfs|ramfs) ]] && realpath "$dir" && return
	done
	echo /tmp
}

load()
{
	local work=0

	trap 'kill $work 2>/dev/null; exit' TERM
	TMPDIR=$(on_disk)
	export TMPDIR
	while :; do
		for args in 'storm --seconds 1' 'pingpong --pairs 2000' 'badcalls' \
			'causes --count 5 file-cold' 'churn --procs 50'; do
			# shellcheck disable=SC2086 # words
			"$workloads"/${args%% *} ${args#"${args%% *}"} >/dev/null 2>&1 &
			work=$!
			wait $work
		done
	done
}

echo 1..19

# --- what needs no server --------------------------------------------------------------------

for tool in prometheus promtool; do
	check "$tool is there" command -v $tool
done
check 'prometheus.yml' promtool check config dashboards/prometheus/prometheus.yml
check 'rules' promtool check rules dashboards/prometheus/recording.yml dashboards/prometheus/alerts.yml
check 'promtool tests of the rules' promtool test rules dashboards/prometheus/rules_test.yml
for f in dashboards/grafana/*.json; do
	jq -rf tests/grafana_model.jq "$f" >"$tmp/wrong" 2>&1 && [ ! -s "$tmp/wrong" ]
	result $? "$f follows Grafana's model" "$tmp/wrong"
done

# --- a server, a scraper, a load -------------------------------------------------------------

load &
pids=($!)
# the load alone: how much there is to count on the rest of the machine, nobody knows
"$vmascope" serve --listen "127.0.0.1:$serve_port" --expose-processes -d 900s -p "${pids[0]}" >"$tmp/serve" 2>&1 &
pids+=($!)
await 120 fetch "http://127.0.0.1:$serve_port/healthz"
result $? 'serve answers' "$tmp/serve"

# a scrape that takes longer than the interval has failed
sed -e 's/15s/4s/' -e "s/127.0.0.1:9469/127.0.0.1:$serve_port/" \
	dashboards/prometheus/prometheus.yml >"$tmp/prometheus.yml"
cp dashboards/prometheus/recording.yml dashboards/prometheus/alerts.yml "$tmp"
prometheus --config.file="$tmp/prometheus.yml" --storage.tsdb.path="$tmp/data" \
	--web.listen-address="127.0.0.1:$prometheus_port" --enable-feature=exemplar-storage \
	>"$tmp/prometheus" 2>&1 &
pids+=($!)

# The last of all to have data: two runs of what fails and of what reads a cold file, each between two
# scrapes, and the rules that build on rules. One after the other: a slow load is not in the middle of
# all of them within a minute.
settled=('count_over_time(job_call:vmascope_shootdown_stolen_seconds:rate5m[1m]) > 2'
	'rate(vmascope_memory_call_errors_total[5m]) > 0'
	'instance:vmascope_major_faults:rate5m > 0'
	'instance:vmascope_major_fault_duration_seconds:p99_5m > 0')

# has_data EXPRESSION: it has, now
# shellcheck disable=SC2317 # called by await
has_data()
{
	query "$1" | jq -e '.data.result | length > 0'
}

end=$((SECONDS + 600)) unsettled=''
for expression in "${settled[@]}"; do
	await $((end - SECONDS)) has_data "$expression" || unsettled=$expression
done
echo "has no data: $unsettled" | cat - "$tmp/prometheus" >"$tmp/said"
[ -z "$unsettled" ]
result $? 'Prometheus scrapes it' "$tmp/said"

expressions_of_dashboards >"$tmp/expressions"
rules_of recording >>"$tmp/expressions"
rules_of alerting | as_truth >>"$tmp/expressions"
with_data "$tmp/expressions"

fetch "http://127.0.0.1:$serve_port/metrics" >"$tmp/metrics"
promtool check metrics <"$tmp/metrics" >"$tmp/said" 2>&1
result $? 'promtool check metrics' "$tmp/said"
# both ways: what is shown is in the table of docs/serve.md, and what is there is shown
# shellcheck disable=SC2016 # Markdown's backticks
diff <(sed -n 's/^# TYPE \([a-z_]*\) .*/\1/p' "$tmp/metrics" | sort) \
	<(sed -n 's/^| `\([a-z_]*\)` | \(counter\|gauge\|histogram\) .*/\1/p' docs/serve.md | sort) >"$tmp/said"
result $? 'docs/serve.md lists the exported metrics' "$tmp/said"
# told, not judged: the load has the CPUs, and others may have them, too
query 'quantile_over_time(0.5, scrape_duration_seconds{job="vmascope"}[1m])' |
	jq -r '"# scrape under load: \(.data.result[0].value[1] | tonumber * 1000 | round) ms (median)"'
for _ in 1 2 3 4 5 6 7 8 9 10; do
	curl -sS --max-time 60 -o "$tmp/scraped" -w '%{http_code}\n' "http://127.0.0.1:$serve_port/metrics"
	grep -c '^vmascope_page_faults_total' "$tmp/scraped" >>"$tmp/series"
done >"$tmp/said" 2>&1
[ "$(grep -cx 200 "$tmp/said")" = 10 ] && [ "$(grep -vcx 0 "$tmp/series")" = 10 ]
result $? 'every scrape under load is answered' "$tmp/said"
grep -E '^vmascope_lost_total\{what="(events|slots|tasks|identity)"\} ' "$tmp/metrics" |
	tee "$tmp/said" | awk '$2 != 0 {bad = 1} END {exit NR != 4 || bad}'
result $? 'no event is lost under load' "$tmp/said"
