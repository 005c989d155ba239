#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tests/man_test.sh - manual pages have every command, option and column, and are right for man and mandoc; prints
# TAP.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

vmascope=${VMASCOPE:-build/vmascope}
pages=build/man
tmp=$(mktemp -d "${TMPDIR:-/tmp}/vmascope-man.XXXXXX") || exit 1
trap 'rm -rf "$tmp"' EXIT
log=$tmp/log
export LC_ALL=C.UTF-8 MANWIDTH=80 MAN_KEEP_FORMATTING='' MANPAGER=cat MANROFFOPT=''

# page COMMAND: its page; "" is vmascope(1)
page()
{
	echo "$pages/vmascope${1:+-$1}.1"
}

# shown COMMAND: the page as it is read, in one line: no word is hyphenated, and spaces are one
shown()
{
	tr -s '[:space:]' ' ' <"$tmp/shown.${1:-vmascope}"
}

# renders COMMAND: in 80 columns, and neither man nor mandoc has anything to say
renders()
{
	local file

	file=$(page "$1")
	man --no-hyphenation --warnings -l "$file" >"$tmp/shown.${1:-vmascope}" 2>"$log" || return
	mandoc -man -Tlint -Wall "$file" >>"$log" 2>&1
	awk -v file="$file" 'length($0) > 80 { print file ": " length($0) " columns: " $0 }' \
		"$tmp/shown.${1:-vmascope}" >>"$log"
	[ -s "$tmp/shown.${1:-vmascope}" ] && [ ! -s "$log" ]
}

# lists_commands: vmascope(1) has each command and its summary, and each has a page with them
lists_commands()
{
	local name summary text

	text=$(shown '')
	: >"$log"
	while IFS=$'\t' read -r name summary; do
		grep -qF " vmascope-$name(1) " <<<"$text" || echo "vmascope(1) has no $name" >>"$log"
		grep -qF " vmascope-$name - $summary " <<<"$(shown "$name")" ||
			echo "vmascope-$name(1) has not its summary: $summary" >>"$log"
	done < <(jq -r '.commands[] | [.command, .summary | gsub("`"; "")] | @tsv' "$tmp/list")
	[ ! -s "$log" ]
}

# lists_options COMMAND: each option with its letter, argument, help, words and default
lists_options()
{
	local text names help word

	text=$(shown "$1")
	: >"$log"
	while IFS=$'\t' read -r names help; do
		grep -qF -- " $names " <<<"$text" || echo "no $names" >>"$log"
		grep -qiF -- " $names $help" <<<"$text" || echo "$names is not: $help" >>"$log"
	done < <(jq -r --arg command "$1" '.commands[] | select(.command == $command) | .options[] |
		[ (if .letter then "-\(.letter), " else "" end) + "--\(.name)"
		  + (if .argument then "=\(.argument)" else "" end), (.help | gsub("`"; "")) ] | @tsv' "$tmp/list")
	while read -r word; do
		grep -qwiF -- "$word" <<<"$text" || echo "no word $word" >>"$log"
	done < <(jq -r --arg command "$1" '.commands[] | select(.command == $command) | .options[] |
		(.values // "" | split(", ")[]), .default // empty' "$tmp/list" | sort -u)
	[ ! -s "$log" ]
}

# has_sections COMMAND: those that readers look for
has_sections()
{
	local section

	: >"$log"
	for section in NAME SYNOPSIS DESCRIPTION OPTIONS EXAMPLES 'EXIT STATUS' OVERHEAD FILES 'SEE ALSO'; do
		grep -qx "$section" "$tmp/shown.$1" || echo "no section $section" >>"$log"
	done
	[ ! -s "$log" ]
}

# uses_its_options COMMAND: options in the examples belong to the command that they are behind
uses_its_options()
{
	# what follows -- is the traced command's; lines that end in a backslash go on
	sed -n '/^EXAMPLES$/,/^EXIT STATUS$/p' "$tmp/shown.$1" | sed -e ':a' -e '/\\$/N; s/\\\n *//; ta' |
		grep -oE 'vmascope [a-z]+ [^|)&]*' | awk '{
			for (i = 3; i <= NF && $i != "--"; i++)
				if (match($i, /^--[a-z-]+/))
					print $2, substr($i, 3, RLENGTH - 2)
		}' | sort -u >"$tmp/used"
	jq -r '.commands[] | .command as $c | .options[] | "\($c) \(.name)"' "$tmp/list" | sort >"$tmp/known"
	comm -23 "$tmp/used" "$tmp/known" >"$log"
	[ ! -s "$log" ]
}

# sources COMMAND: files with the columns of its tables
sources()
{
	case $1 in
	stat) find user/view/faults user/view/common/figure_cells.h bpf/figures.h -name '*.[ch]' ;;
	trace | top) find "user/view/$1" bpf/figures.h -name '*.[ch]' ;;
	shootdown) find user/view/shootdown user/view/common/figure_cells.h -name '*.[ch]' ;;
	explain) find user/view/explain -name '*.[ch]' ;;
	report) find user/view/diff -name '*.[ch]' ;;
	doctor) echo user/cmd/doctor.c user/collect/cost.c ;;
	esac
}

# headings FILE…: those of columns, one a line: .head = "TIME", or an argument of a macro that makes columns; of a
# figure (bpf/figures.h), the second string. Rates and shares of top have the heading of what they are of.
headings()
{
	awk '
		/\.head = "|COLUMNS?\(|(COUNT|TIME)\("/ { first = 1 }
		/^\tX\(/ { first = 2 }
		first {
			n = split($0, part, "\"")
			for (i = 2 * first; i < n; i += 2)
				if (part[i] ~ /^[A-Z%#][A-Z0-9%\/.,: >+]*$/)
					print part[i]
			first = 0
		}' "$@" | sort -u
}

# has_columns COMMAND: its section COLUMNS has each heading of its tables, and no other
has_columns()
{
	local files

	mapfile -t files < <(sources "$1" | tr ' ' '\n')
	headings "${files[@]}" >"$tmp/printed"
	awk '
		/^\.SH/ { on = $0 == ".SH COLUMNS" }
		on && tag {
			sub(/^\.BR? /, "")
			gsub(/\\-/, "-")
			gsub(/ ", " /, "\n")
			gsub(/"/, "")
			print
		}
		{ tag = $0 == ".TP" }' "docs/man/$1.man" | sort -u >"$tmp/documented"
	comm -23 "$tmp/printed" "$tmp/documented" | sed 's/^/not documented: /' >"$log"
	comm -13 "$tmp/printed" "$tmp/documented" | sed 's/^/not printed: /' >>"$log"
	[ -s "$tmp/printed" ] && [ ! -s "$log" ]
}

"$vmascope" help --list >"$tmp/list" || exit 1
mapfile -t commands < <(jq -r '.commands[].command' "$tmp/list")
tables=(stat shootdown trace top report explain doctor)
echo "1..$((2 + 4 * ${#commands[@]} + ${#tables[@]}))"
renders ''
result $? 'vmascope(1) is clean for man and mandoc' "$log"
for command in "${commands[@]}"; do
	renders "$command"
	result $? "vmascope-$command(1) is clean for man and mandoc" "$log"
	lists_options "$command"
	result $? "vmascope-$command(1) has each option" "$log"
	has_sections "$command"
	result $? "vmascope-$command(1) has each section" "$log"
	uses_its_options "$command"
	result $? "vmascope-$command(1): options in examples belong to their commands" "$log"
done
lists_commands
result $? 'each command is in vmascope(1), with its summary' "$log"
for command in "${tables[@]}"; do
	has_columns "$command"
	result $? "vmascope-$command(1) has each column of its tables" "$log"
done
