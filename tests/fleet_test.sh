#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tests/fleet_test.sh - three exporters in three network namespaces, each behind a token, and one
# real Prometheus that adds them up, with dashboards/prometheus/fleet.yml; prints TAP. Root.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

vmascope=${VMASCOPE:-build/vmascope}
export PATH=$PWD/build/tests/bin:$PATH:/usr/sbin:/sbin
tmp=$(mktemp -d "${TMPDIR:-/tmp}/vmascope-fleet.XXXXXX") || exit 1
port=$((32000 + RANDOM % 500)) store=$((32500 + RANDOM % 250))
name=vs$((RANDOM % 1000))
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

# value EXPRESSION: of its one sample
value()
{
	curl -sSf --max-time 5 "http://127.0.0.1:$port/api/v1/query" --data-urlencode "query=$1" |
		jq -er '.data.result[0].value[1]'
}

# await SECONDS WANTED EXPRESSION: until the value is WANTED ("some": any)
await()
{
	local end=$((SECONDS + $1)) got

	until got=$(value "$3" 2>/dev/null) && { [ "$2" = some ] || [ "$got" = "$2" ]; }; do
		[ $SECONDS -lt $end ] || { echo "got '${got:-nothing}'" >"$tmp/said"; return 1; }
		sleep 0.3
	done
}

echo 1..7

(umask 077 && head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$tmp/token")
for i in 1 2 3; do
	ip netns add "$name-$i" &&
		ip link add "$name-$i" type veth peer name eth0 netns "$name-$i" &&
		ip addr add "198.18.$i.1/30" dev "$name-$i" &&
		ip link set "$name-$i" up &&
		ip -n "$name-$i" addr add "198.18.$i.2/30" dev eth0 &&
		ip -n "$name-$i" link set eth0 up || exit 1
	# BPF knows no network namespaces: all three count this machine
	ip netns exec "$name-$i" "$vmascope" serve --listen "198.18.$i.2:9469" --allow-remote \
		--token-file "$tmp/token" -d 60s -q >"$tmp/serve.$i" 2>&1 &
	pids+=($!)
	echo "- targets: ['198.18.$i.2:9469']" >>"$tmp/hosts.yml"
done

# the long-term store: it takes what is written, and keeps the number of bytes
python3 - "$store" "$tmp/stored" <<'PYTHON' &
import http.server
import sys


class Store(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with open(sys.argv[2], "a", encoding="ascii") as f:
            print(len(body), file=f)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args):
        pass


http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Store).serve_forever()
PYTHON
pids+=($!)

sed -e 's/30s/1s/' -e "s/127.0.0.1:9009/127.0.0.1:$store/" dashboards/prometheus/fleet.yml \
	>"$tmp/prometheus.yml"
cp dashboards/prometheus/recording.yml dashboards/prometheus/alerts.yml "$tmp"
promtool check config "$tmp/prometheus.yml" >"$tmp/said" 2>&1
result $? 'fleet.yml is a configuration' "$tmp/said"
prometheus --config.file="$tmp/prometheus.yml" --storage.tsdb.path="$tmp/data" \
	--web.listen-address="127.0.0.1:$port" >"$tmp/prometheus" 2>&1 &
pids+=($!)

await 30 3 'sum(up{job="vmascope"})'
result $? 'three exporters are up' "$tmp/said"
await 20 3 'count(instance:vmascope_page_faults:rate1m)'
result $? 'each has its recorded rate' "$tmp/said"
await 20 some 'sum(job_cause:vmascope_page_faults:rate5m) > 0'
result $? 'the fleet has its sum' "$tmp/said"
await 20 some 'job:vmascope_page_fault_duration_seconds:p99_max > 0'
result $? 'and its worst latency' "$tmp/said"
[ "$(curl -sS -o /dev/null -w '%{http_code}' http://198.18.1.2:9469/metrics)" = 401 ]
result $? 'nobody gets in without the token'
for _ in $(seq 50); do
	[ -s "$tmp/stored" ] && break
	sleep 0.2
done
[ -s "$tmp/stored" ]
result $? 'the long-term store got the sums' "$tmp/prometheus"
