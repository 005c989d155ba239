#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tests/deploy_test.sh - what deploy/ has is valid, and leaves a service little; prints TAP.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
log=$tmp/log

# unit_is_confined: systemd's own measure, from 0 (confined) to 10
unit_is_confined()
{
	systemd-analyze security --offline=true --threshold=20 deploy/vmascope.service >"$log" 2>&1
}

# socket_is_valid: systemd-analyze verify knows each key
socket_is_valid()
{
	systemd-analyze verify deploy/vmascope.socket >"$log" 2>&1
	! grep -E 'vmascope.socket:[0-9]+|[Uu]nknown' "$log"
}

# token_is_encrypted: the example for Kubernetes has TLS, and probes it
token_is_encrypted()
{
	grep -q -- '--token-file=' deploy/kubernetes.yml && grep -q -- '--tls-cert=' deploy/kubernetes.yml &&
		grep -q 'scheme: HTTPS' deploy/kubernetes.yml
}

# binary_is_hardened: position independent, all relocations read-only after start, no executable
# stack, checks of the stack and of buffers
binary_is_hardened()
{
	local symbol

	readelf -hldsW build/vmascope >"$log" 2>&1 || return
	grep -q 'Type: *DYN' "$log" && grep -q 'Flags: .*NOW.*PIE\|FLAGS_1.*NOW.*PIE' "$log" &&
		grep -q GNU_RELRO "$log" && grep -q 'GNU_STACK.* RW ' "$log" || return
	for symbol in __stack_chk_fail __snprintf_chk; do
		grep -q "UND $symbol\b" "$log" || { echo "no $symbol" >>"$log"; return 1; }
	done
}

# installs: what `make install` puts below a prefix runs, names itself, and has the pages that it links to
installs()
{
	local prefix=/opt/vmascope root=$tmp/root page link file

	deploy/install build/vmascope "$prefix" "$root" >"$log" 2>&1 || return
	(cd "$root$prefix" && find . -type f | sort) >>"$log"
	cmp build/vmascope "$root$prefix/bin/vmascope" >>"$log" || return
	"$root$prefix/bin/vmascope" --version >>"$log" 2>&1 || return
	grep -q "^ExecStart=$prefix/bin/vmascope " "$root$prefix/lib/systemd/system/vmascope.service" || return
	page=$(sed -n 's/^Documentation=file://p' "$root$prefix/lib/systemd/system/vmascope.service")
	[ -s "$root$page" ] || { echo "no $page" >>"$log" && return 1; }
	[ -s "$root$prefix/lib/systemd/system/vmascope.socket" ] || return
	! grep -r /usr/local "$root$prefix/lib" >>"$log" || return
	for file in man/man1/vmascope.1 man/man1/vmascope-{stat,explain}.1 bash-completion/completions/vmascope \
		zsh/site-functions/_vmascope fish/vendor_completions.d/vmascope.fish; do
		[ -s "$root$prefix/share/$file" ] || { echo "no $file" >>"$log" && return 1; }
	done
	# a page for each command, and vmascope(1)
	[ "$(find "$root$prefix/share/man/man1" -type f | wc -l)" = \
		$((1 + $(build/vmascope help --list | jq '.commands | length'))) ] || return
	while read -r link; do
		[ -s "$root$prefix/share/doc/vmascope/$link" ] || { echo "no $link" >>"$log" && return 1; }
	done < <(grep -oE '\]\(docs/[^)#]+' README.md SECURITY.md | sed 's/.*(//')
}

# uninstalls: nothing of it is left, and what others put there is
uninstalls()
{
	local prefix=/opt/vmascope root=$tmp/root

	touch "$root$prefix/bin/other" "$root$prefix/share/doc/other"
	deploy/install --remove build/vmascope "$prefix" "$root" >"$log" 2>&1 || return
	(cd "$root$prefix" && find . ! -type d -o -path '*vmascope*' | sort) >>"$log"
	[ "$(cat "$log")" = $'./bin/other\n./share/doc/other' ]
}

# palette_is_used: pictures have no other colours than the table's, and what is made of it is up to date
palette_is_used()
{
	local files=(dashboards/web/favicon.svg dashboards/grafana/*.json docs/bench.svg tests/bench/picture.awk)

	dashboards/palette --check >"$log" 2>&1 || return
	grep -ohE '#[0-9a-fA-F]{6}\b' "${files[@]}" | sort -u >"$tmp/used"
	[ -s "$tmp/used" ] && ! grep -vxFf <(cut -f 2,3 dashboards/palette.tsv | tr '\t' '\n') "$tmp/used" >>"$log" ||
		return
	# the page has the causes in the table's order
	diff <(sed -n '/^const SHOWN/,/;/p' dashboards/web/js/faults.js | grep -oE '"[^"]+"' | tr -d '"') \
		<(awk -F '\t' '$4 == "cause" { print $5 }' dashboards/palette.tsv) >>"$log"
}

# colours_can_be_told: contrast, and colour blindness
colours_can_be_told()
{
	awk -f tests/palette.awk dashboards/palette.tsv >"$log" && [ ! -s "$log" ] || return
	# the measure finds what is wrong
	sed 's/^muted\t#59616e/muted\t#9aa1ae/; s/^cause-1\t#19925a/cause-1\t#d74d50/' dashboards/palette.tsv |
		awk -f tests/palette.awk >"$tmp/wrong"
	grep -q '^muted (light): contrast with panel' "$tmp/wrong" &&
		grep -q '^cause-1 (light): difference from cause-5 in' "$tmp/wrong"
}

echo "1..8"
unit_is_confined
result $? 'the unit has an exposure level of at most 2.0 (systemd-analyze security)' "$log"
socket_is_valid
result $? 'the socket unit is valid' "$log"
token_is_encrypted
result $? 'the Kubernetes example does not send its token as plain text'
binary_is_hardened
result $? 'the binary is hardened: PIE, RELRO, stack and buffer checks' "$log"
installs
result $? 'make install: the binary, units that start it, manual pages, completions, documentation' "$log"
uninstalls
result $? 'make uninstall: only files of others are left' "$log"
palette_is_used
result $? 'the page, dashboards and pictures use the colours of dashboards/palette.tsv' "$log"
colours_can_be_told
result $? 'text has enough contrast, and colours of causes are distinct with colour blindness' "$log"
