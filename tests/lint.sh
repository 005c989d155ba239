#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tests/lint.sh - the rules that a machine can check; prints each offending line, fails on any.
set -u
cd "${LINT_ROOT:-$(dirname "$0")/..}" || exit 1

MAX_LINES=600
failures=0

# fail RULE: print what comes on stdin, one finding a line; nothing there is fine.
# Call it with < <(…): behind a pipe it would count in a subshell.
fail()
{
	local rule=$1 line

	while IFS= read -r line; do
		echo "lint: $rule: $line"
		failures=$((failures + 1))
	done
}

sources=$(find bpf vmlinux user tests -name '*.[ch]' | sort)
user=$(find user -name '*.[ch]' | sort)
modules=$(find dashboards/web tests/web -name '*.js' -o -name '*.mjs' | sort)
scripts=$(find tests .ci deploy dashboards -type f ! -name '*.[ch]' -exec grep -lE '^#!.*[/ ](ba)?sh' {} + | sort)

for tool in clang-format shellcheck node; do
	if ! command -v "$tool" >/dev/null; then
		echo "lint: no $tool (run: sudo make deps)" >&2
		exit 1
	fi
done
# A lint that looks at nothing would pass.
if [ -z "$sources" ] || [ -z "$scripts" ] || [ -z "$modules" ]; then
	echo "lint: found no sources, scripts or modules in $PWD" >&2
	exit 1
fi

list_unformatted()
{
	local out

	# shellcheck disable=SC2086 # one word for each file
	if out=$(clang-format --dry-run -Werror $sources 2>&1); then
		return
	fi
	sed -nE 's/^([^:]+:[0-9]+):[0-9]+: error: .*/\1/p' <<<"$out" | uniq | grep . || echo "$out"
}

check_flow()
{
	# shellcheck disable=SC2086 # one word for each file
	fail 'includes go downwards' < <(awk -f tests/lint/layers.awk user/README.md $user)
	fail 'a format knows nothing of the system that is traced' < <(
		grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*<(bpf|libelf|elfutils)/' \
			user/format/*.[ch])
	# shellcheck disable=SC2086
	fail "CLOCK_MONOTONIC is read by util/clock.h: a time namespace's is not that of events" < <(
		grep -nE 'clock_gettime\(CLOCK_(MONOTONIC|BOOTTIME),' $user)
	fail 'bpf/ includes nothing of user/' < <(
		grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"[^"]*/' bpf/*.[ch])
}

# shellcheck disable=SC2086 # one word for each file
list_double_tags()
{
	awk -f tests/lint/tags.awk bpf/*.[ch] $user
}

# shellcheck disable=SC2086
list_copied_constants()
{
	awk -f tests/lint/constants.awk bpf/*.[ch] $user | sort
}

list_undocumented()
{
	find user -name '*.h' -exec awk -f tests/lint/documented.awk {} + | sort
}

list_wrong_names()
{
	find user bpf tests -name '*.[ch]' -exec awk -f tests/lint/doc_names.awk {} + | sort
}

# test_names: names of tests of C programs, as FILE:LINE:WORDS
test_names()
{
	grep -nE '^static void [a-z0-9_]+\(void \*\*state\)$' tests/unit/*.c tests/e2e/*.c |
		sed -E 's/^([^:]*:[0-9]*:)static void (.*)\(.*/\1 \2/; :a; s/^([^ ]* .*)_/\1 /; ta'
}

# shellcheck disable=SC2086
list_words()
{
	awk -f tests/lint/words.awk tests/lint/words.tsv <(awk -f tests/lint/strings.awk $user; test_names)
}

list_bad_heads()
{
	local f name

	for f in $sources; do
		name=$(basename "$f")
		name=${name%.[ch]}
		sed -n 1p "$f" | grep -qE '^/[/*] SPDX-License-Identifier: GPL-2\.0-only( \*/)?$' ||
			echo "$f:1: no SPDX-License-Identifier: GPL-2.0-only"
		sed -n 2,3p "$f" | grep -qE "\* ${name//./\\.}(\.[ch])? - " ||
			echo "$f:2: the first comment is not \"$name - its one subject\""
	done
}

list_long_files()
{
	local f lines

	for f in $(find bpf user -name '*.[ch]' | sort); do
		lines=$(wc -l <"$f")
		[ "$lines" -le "$MAX_LINES" ] || echo "$f: $lines lines, at most $MAX_LINES"
	done
}

check_scripts()
{
	local f

	for f in $scripts; do
		fail syntax < <(bash -n "$f" 2>&1)
		fail shellcheck < <(shellcheck -x -f gcc "$f")
	done
}

# Markup is never made of text, and nothing that the page's policy forbids is tried.
list_bad_modules()
{
	local f

	for f in $modules; do
		node --check "$f" 2>&1 | sed -n "s|^|$f: |p"
		sed -n 1p "$f" | grep -qxF '// SPDX-License-Identifier: GPL-2.0-only' ||
			echo "$f:1: no SPDX-License-Identifier: GPL-2.0-only"
		sed -n 2,3p "$f" | grep -qF "* $(basename "$f") - " ||
			echo "$f:2: the first comment is not \"$(basename "$f") - its one subject\""
	done
	grep -nE 'innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function' \
		dashboards/web/js/*.js
}

# Functions and files that the guides for developers name are there, and files that comments name.
list_stale_guides()
{
	local guide line name

	for guide in CONTRIBUTING.md docs/architecture.md user/README.md; do
		while read -r name; do
			grep -rqw "${name%()}" bpf user --include='*.[ch]' || echo "$guide: no $name"
		done < <(grep -oE '[a-z][a-z_0-9]*\(\)' "$guide" | sort -u)
		while read -r name; do
			[ -e "$name" ] || echo "$guide: no $name"
		done < <(grep -oE '\b(bpf|user|tests|docs|deploy)/[A-Za-z_0-9./-]*[A-Za-z_0-9/]' "$guide" |
			grep -v NAME | sort -u)
	done
	while IFS=: read -r guide line name; do
		[ -e "$name" ] || echo "$guide:$line: no $name"
	done < <(grep -rnoE '\b(user|tests)/[a-z_0-9/.]*\.([chs]|sh|awk|md)\b' --include='*.[ch]' --include='*.md' \
		bpf user tests docs ./*.md Makefile | grep -v '^./CHANGELOG')
}

# The table of kernels is made by tests/vm/table, which needs its two lines.
list_missing_table()
{
	local begin='<!-- kernels: made by tests/vm/table -->' end='<!-- end of kernels -->'

	awk -v begin="$begin" -v end="$end" '$0 == end { on = 0 } on { print } $0 == begin { on = 1 }' \
		docs/kernels.md | grep -q '^| kernel |' ||
		echo "docs/kernels.md: no table of kernels between '$begin' and '$end'"
}

fail 'format (make fmt)' < <(list_unformatted)
check_flow
fail head < <(list_bad_heads)
fail 'a tag is defined twice' < <(list_double_tags)
fail 'a constant of bpf/ is copied' < <(list_copied_constants)
fail 'not documented' < <(list_undocumented)
fail 'a comment names something else' < <(list_wrong_names)
fail 'words (tests/lint/words.tsv)' < <(list_words)
fail length < <(list_long_files)
fail 'table of kernels' < <(list_missing_table)
fail guide < <(list_stale_guides)
check_scripts
fail module < <(list_bad_modules)

if [ "$failures" -gt 0 ]; then
	echo "lint: $failures findings" >&2
	exit 1
fi
