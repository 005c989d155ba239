#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# split.sh - strip a program and its library, keep what was stripped the way that distributions do:
# split.sh bare|debuglink|buildid|minidebug|compressed FROM-DIRECTORY TO-DIRECTORY
set -eu

kind=$1 from=$2 to=$3
rm -rf "$to"
mkdir -p "$to"

# build_id FILE
build_id()
{
	readelf -n "$1" | sed -n 's/^ *Build ID: *//p'
}

# symbols NM-ARGUMENT... - names of functions
symbols()
{
	nm --format=posix --defined-only "$@" | awk '$2 ~ /^[TtD]$/ { print $1 }' | sort -u
}

# The recipe of gdb's manual, "MiniDebugInfo".
add_minidebug()
{
	local file=$1 tmp=$to/mini

	comm -13 <(symbols -D "$from/$file") <(symbols "$from/$file") >"$tmp.keep"
	objcopy --only-keep-debug "$from/$file" "$tmp.debug"
	objcopy -S --remove-section .comment --keep-symbols="$tmp.keep" "$tmp.debug" "$tmp"
	xz "$tmp"
	objcopy --add-section .gnu_debugdata="$tmp.xz" "$to/$file"
	rm "$tmp".*
}

for file in callchain libchain.so; do
	strip -o "$to/$file" "$from/$file"
	case $kind in
	bare) ;;
	debuglink)
		# Without build-ids, so that the CRC has to tell whether it is the one.
		objcopy --remove-section .note.gnu.build-id --only-keep-debug "$from/$file" \
			"$to/$file.debug"
		objcopy --remove-section .note.gnu.build-id --add-gnu-debuglink="$to/$file.debug" \
			"$to/$file"
		;;
	buildid)
		id=$(build_id "$from/$file")
		dir=$to/debug/.build-id/${id:0:2}
		mkdir -p "$dir"
		objcopy --only-keep-debug "$from/$file" "$dir/${id:2}.debug"
		;;
	minidebug)
		add_minidebug "$file"
		;;
	compressed)
		objcopy --compress-debug-sections "$from/$file" "$to/$file"
		;;
	*)
		echo "split.sh: no such kind: $kind" >&2
		exit 2
		;;
	esac
done
