#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tests/demo.sh - what vmascope shows, in half a minute: the bundled workload, python3, and a live
# redis-server. Each heading is followed by the command line, to be repeated as it stands.
set -euo pipefail
cd "$(dirname "$0")/.."

vmascope=build/vmascope
exact=build/tests/workload/exact
storm=build/tests/workload/storm
pingpong=build/tests/workload/pingpong
# As in the Makefile: a redis-server where only redis-tools is installed.
export PATH=$PATH:/usr/sbin:/sbin:$PWD/build/tests/bin
tmp=$(mktemp -d "${TMPDIR:-/tmp}/vmascope-demo.XXXXXX")
redis=
bench=

cleanup()
{
	local pid

	for pid in $bench $redis; do
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	rm -rf "$tmp"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

die()
{
	echo "demo: $*" >&2
	exit 1
}

heading()
{
	printf '\n== %s\n\n' "$*"
}

# show COMMAND…: print the command line, run it, and see that it printed a row below its header.
# At most 30 s, so that a demo cannot hang.
show()
{
	local word line=

	for word; do
		[[ $word =~ ^[A-Za-z0-9_./,:=-]+$ ]] || word="'$word'"
		line+=" $word"
	done
	printf '$ sudo%s\n' "$line"
	timeout --kill-after=5 30 "$@" 2>&1 | tee "$tmp/shown" ||
		die "failed:$line"
	[ "$(grep -cE '^ *[0-9][0-9,.]* ' "$tmp/shown")" -ge 1 ] || die "printed no row:$line"
	echo
}

show_workload()
{
	heading 'Which VMA faults: heap, stack, anonymous, private and shared files, shm, memfd'
	show "$vmascope" stat --by vma --top 12 --wide -- "$exact" --threads 0 --children 0
	heading 'Why they fault, and how long it takes: 8 threads, 30 forked children'
	show "$vmascope" stat --by cause -- "$exact"
	heading 'How long first touches take'
	show "$vmascope" stat --hist --cause anon-zero --top 3 -- "$storm" --faults 100000
}

show_shootdowns()
{
	heading 'Which mprotect interrupted whom: two threads on two CPUs, 5,000 pairs of calls'
	show "$vmascope" shootdown --top 5 -- "$pingpong" --pairs 5000
	heading 'One of them: the call, its flush, the other CPU interrupted before it returns'
	show "$vmascope" trace --events memcall,shootdown -- "$pingpong" --pairs 2
}

show_program()
{
	local program=(sort -o /dev/null /etc/passwd)

	# not a wrapper that a version manager has put before it
	[ ! -x /usr/bin/python3 ] || program=(/usr/bin/python3 -c 'import json')
	heading 'A real program, grouped by mapping'
	show "$vmascope" stat --top 10 -- "${program[@]}"
	heading 'Each fault as it happens'
	show "$vmascope" trace --cause cow,file-read -- true
}

start_redis()
{
	local i

	redis-server --port 0 --unixsocket "$tmp/redis" --save '' --appendonly no --daemonize no \
		--dir "$tmp" >"$tmp/redis.log" 2>&1 &
	redis=$!
	for ((i = 0; i < 100; i++)); do
		[ "$(redis-cli -s "$tmp/redis" ping 2>/dev/null)" != PONG ] || return 0
		kill -0 "$redis" 2>/dev/null || break
		sleep 0.1
	done
	cat "$tmp/redis.log" >&2
	die 'redis-server does not answer'
}

show_redis()
{
	start_redis
	redis-benchmark -s "$tmp/redis" -t set -r 1000000 -d 512 -n 100000000 -q \
		>"$tmp/bench.log" 2>&1 &
	bench=$!
	heading "A live redis-server (pid $redis) under redis-benchmark"
	show "$vmascope" stat -p "$redis" -d 3
	heading 'The same, while it saves: BGSAVE forks, and each page written is copied'
	{
		sleep 0.5
		redis-cli -s "$tmp/redis" bgsave >/dev/null
	} &
	show "$vmascope" stat -p "$redis" -d 3 --by cause --heatmap
	wait $!
	kill -0 "$bench" 2>/dev/null || die "redis-benchmark ended early: $(tail -c 300 "$tmp/bench.log")"
}

for program in "$vmascope" "$exact" "$storm" "$pingpong"; do
	[ -x "$program" ] || die "$program is not built (run: make all build-tests)"
done
for tool in redis-server redis-benchmark redis-cli; do
	command -v "$tool" >/dev/null || die "no $tool (run: sudo make deps)"
done

show_workload
show_shootdowns
show_program
show_redis
