#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tests/fleet_test.sh - three exporters in three network namespaces, each behind a token, and one
# real Prometheus that adds them up, with dashboards/prometheus/fleet.yml; prints TAP. Root.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh
# shellcheck source=tests/lib/netns.sh
. tests/lib/netns.sh
own_network tests/fleet_test.sh

vmascope=${VMASCOPE:-build/vmascope}
export PATH=$PWD/build/tests/bin:$PATH:/usr/sbin:/sbin
tmp=$(mktemp -d "${TMPDIR:-/tmp}/vmascope-fleet.XXXXXX") || exit 1
port=$((32000 + RANDOM % 500)) store=$((32500 + RANDOM % 250))
name=vs$$
pids=()

finish()
{
	local pid i

	for pid in "${pids[@]}"; do
		kill "$pid" 2>/dev/null
	done
	wait
	for i in 1 2 3; do
		ip netns del "$name-$i" 2>/dev/null
	done
	rm -rf "$tmp"
}
trap finish EXIT

# value PORT EXPRESSION: of its one sample, as the Prometheus at PORT has it
value()
{
	curl -sSf --max-time 5 "http://127.0.0.1:$1/api/v1/query" --data-urlencode "query=$2" |
		jq -er '.data.result[0].value[1]'
}

# await SECONDS WANTED EXPRESSION [PORT]: until the value is WANTED ("some": any)
await()
{
	local end=$((SECONDS + $1)) got

	until got=$(value "${4:-$port}" "$3" 2>/dev/null) && { [ "$2" = some ] || [ "$got" = "$2" ]; }; do
		[ $SECONDS -lt $end ] || { echo "got '${got:-nothing}'" >"$tmp/said"; return 1; }
		sleep 0.3
	done
}

# host NUMBER: a namespace of its own, with an address that this one reaches
host()
{
	ip netns add "$name-$1" &&
		ip link add "$name-$1" type veth peer name eth0 netns "$name-$1" &&
		ip addr add "198.18.$1.1/30" dev "$name-$1" &&
		ip link set "$name-$1" up &&
		ip -n "$name-$1" addr add "198.18.$1.2/30" dev eth0 &&
		ip -n "$name-$1" link set eth0 up
}

echo 1..8

(umask 077 && head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$tmp/token")
for i in 1 2 3; do
	address=198.18.$i.2
	in_host=(ip netns exec "$name-$i")
	if ! host "$i" 2>"$tmp/said"; then
		echo "# host $i has no network namespace, but an address of loopback: $(head -n 1 "$tmp/said")"
		address=127.18.$i.2
		in_host=()
	fi
	# BPF knows no network namespaces: all three count this machine
	"${in_host[@]}" "$vmascope" serve --listen "$address:9469" --allow-remote \
		--token-file "$tmp/token" -d 900s -q >"$tmp/serve.$i" 2>&1 &
	pids+=($!)
	echo "- targets: ['$address:9469']" >>"$tmp/hosts.yml"
done
first=$(sed -n "1s/.*'\(.*\)'.*/\1/p" "$tmp/hosts.yml")

# the long-term store: another Prometheus, which only takes what is written to it
echo '{}' >"$tmp/store.yml"
prometheus --config.file="$tmp/store.yml" --storage.tsdb.path="$tmp/stored" \
	--web.enable-remote-write-receiver --web.listen-address="127.0.0.1:$store" >"$tmp/store" 2>&1 &
pids+=($!)

# a scrape that takes longer than the interval counts as down
sed -e 's/30s/4s/' -e "s|127.0.0.1:9009/api/v1/push|127.0.0.1:$store/api/v1/write|" dashboards/prometheus/fleet.yml \
	>"$tmp/prometheus.yml"
cp dashboards/prometheus/recording.yml dashboards/prometheus/alerts.yml "$tmp"
promtool check config "$tmp/prometheus.yml" >"$tmp/said" 2>&1
result $? 'fleet.yml is a valid configuration' "$tmp/said"
prometheus --config.file="$tmp/prometheus.yml" --storage.tsdb.path="$tmp/data" \
	--web.listen-address="127.0.0.1:$port" >"$tmp/prometheus" 2>&1 &
pids+=($!)

# each has answered: on a loaded machine not always all three of one round
await 120 3 'sum(max_over_time(up{job="vmascope"}[10m]))'
result $? 'three exporters are up' "$tmp/said"
await 120 3 'count(instance:vmascope_page_faults:rate1m)'
result $? 'each exporter has its recorded fault rate' "$tmp/said"
await 120 some 'sum(job_cause:vmascope_page_faults:rate5m) > 0'
result $? 'the fleet has the sum of the fault rates' "$tmp/said"
await 120 some 'job:vmascope_page_fault_duration_seconds:p99_max > 0'
result $? 'the fleet has the highest latency' "$tmp/said"
[ "$(curl -sS -o /dev/null -w '%{http_code}' "http://$first/metrics")" = 401 ]
result $? 'requests without the token are refused'
await 120 some 'sum(job_cause:vmascope_page_faults:rate5m{cluster="example"}) > 0' "$store"
result $? 'the sums are written to the long-term store' "$tmp/said"
await 120 0 'count(vmascope_page_faults_total) or vector(0)' "$store"
result $? 'nothing else is written to the long-term store' "$tmp/said"
