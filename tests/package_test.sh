#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tests/package_test.sh - the source tarball, the Debian package and the static binary: made, installed, used
# and removed where nothing else is; prints TAP. Root.
#
# All is made of a commit of the files that are here now, so that it does not matter what is committed.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

for tool in debootstrap dpkg-buildpackage git jq lintian unshare; do
	command -v "$tool" >/dev/null || { echo "no $tool (run: sudo make deps)" >&2; exit 1; }
done
# Below .cache: other tests look for programs in build, and /tmp may be small.
mkdir -p .cache/package
tmp=$(mktemp -d "$PWD/.cache/package/test.XXXXXX") || exit 1
trap 'rm -rf "$tmp"' EXIT
log=$tmp/log
version=$(sed -n 's/^VERSION := //p' Makefile)
uplot=$PWD/uplot
[ -d "$uplot" ] || uplot=$PWD/build/npm/page/node_modules/uplot
static=build/static
# What this machine's user or the caller's make have set must not matter.
unset MAKEFLAGS MAKELEVEL MFLAGS
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=test GIT_AUTHOR_EMAIL=test@localhost GIT_COMMITTER_NAME=test GIT_COMMITTER_EMAIL=test@localhost

# make_clones: two git clones of a commit of this tree
make_clones()
{
	local files=(--exclude=./build --exclude=./.cache --exclude=./.git --exclude=./COMMIT --exclude=./uplot
		--exclude=./compile_commands.json --exclude=node_modules --exclude=.hostile-clone)

	mkdir "$tmp/tree" && tar "${files[@]}" -cf - . | tar -C "$tmp/tree" -xf - || return
	git init -q "$tmp/tree" && git -C "$tmp/tree" add -A && git -C "$tmp/tree" commit -qm tree || return
	git clone -q "$tmp/tree" "$tmp/one" && git clone -q "$tmp/tree" "$tmp/two" || return
	commit=$(git -C "$tmp/one" rev-parse HEAD)
}

# tarballs_are_equal: made in another place, at another time, by another user's settings
tarballs_are_equal()
{
	(umask 022 && TZ=UTC make -C "$tmp/one" dist UPLOT="$uplot") &&
		(umask 077 && TZ=Asia/Tokyo LC_ALL=C make -C "$tmp/two" dist UPLOT="$uplot") &&
		ls -l "$tmp"/*/build/dist && cmp "$tmp"/{one,two}/build/dist/vmascope-"$version".tar.xz
}

# tarball_is_complete: all files of the commit and what git and npm would have given
tarball_is_complete()
{
	local name=vmascope-$version

	tar -C "$tmp" -xf "$tmp/one/build/dist/$name.tar.xz" || return
	diff <(cd "$tmp/$name" && find . -type f | sort) \
		<(cd "$tmp/one" && { git ls-files | sed 's|^|./|'; printf './%s\n' COMMIT uplot/LICENSE \
			uplot/package.json uplot/dist/uPlot.esm.js uplot/dist/uPlot.min.css; } | sort) || return
	grep -qx "$commit [0-9]*" "$tmp/$name/COMMIT"
}

# builds_alone: the package is made without git, npm and a network
builds_alone()
{
	local tool

	mkdir "$tmp/no"
	for tool in git npm node curl wget; do
		printf '#!/bin/sh\necho "no %s here" >&2\nexit 1\n' "$tool" >"$tmp/no/$tool"
	done
	chmod +x "$tmp"/no/*
	PATH=$tmp/no:$PATH unshare -n deploy/deb "$tmp/one/build/dist/vmascope-$version.tar.xz" "$tmp/deb" ||
		return
	grep -q "^vmascope ($version-" debian/changelog && cp "$tmp/deb/vmascope_$version"-*.deb "$tmp/vmascope.deb"
}

lintian_is_clean()
{
	lintian --fail-on error,warning "$tmp"/deb/*.changes
}

# in_root COMMAND…: with the kernel's file systems, which are gone with the last process
in_root()
{
	# shellcheck disable=SC2016 # the inner shell's
	unshare -m --propagation private sh -c 'root=$1; shift
		for dir in dev proc sys; do
			mkdir -p "$root/$dir" && mount --rbind "/$dir" "$root/$dir" || exit 125
		done
		exec chroot "$root" "$@"' in_root "$@"
}

# equals_getrusage STAT WORK: the faults of the command are the kernel's own count of them
equals_getrusage()
{
	jq -es '.[0] as $stat | .[1] as $work | ($stat.processes[] | select(.pid == $work.pid)) as $p |
		$p.minor + $p.before_exec.minor == $work.self.minor and
		$p.major + $p.before_exec.major == $work.self.major and
		$stat.totals.minor == $p.minor and $stat.totals.major == $p.major and $work.self.minor > 50000' \
		"$1" "$2"
}

# moved_pages: a page that the kernel moves faults when it is touched meanwhile, also after the workload's last
# look at its own count
moved_pages()
{
	sed -n 's/^pgmigrate_success //p' /proc/vmstat
}

# counts ROOT PROGRAM: what it counts there of a workload is what getrusage counts
counts()
{
	local try moved

	for try in 1 2 3 4 5; do
		moved=$(moved_pages)
		# the workload fails, too, where it faulted more than it knows of
		in_root "$1" "$2" stat -j -o /stat.json -- /storm --faults 50000 --result /work.json &&
			equals_getrusage "$1"/stat.json "$1"/work.json && return
		cat "$1"/stat.json "$1"/work.json
		[ "$moved" != "$(moved_pages)" ] || return
		echo "try $try: the kernel moved pages meanwhile"
	done
	return 1
}

# files_of ROOT: all but what dpkg itself keeps
files_of()
{
	(cd "$1" && find . -path ./dev -prune -o -path ./proc -prune -o -path ./sys -prune -o \
		-path ./var/lib/dpkg -prune -o -path ./var/log -prune -o -path ./var/cache -prune -o -print) | sort
}

make_root()
{
	tests/package/root --into "$tmp/root" || return
	cp "$tmp/vmascope.deb" "$static/storm" "$tmp/root" || return
	files_of "$tmp/root" >"$tmp/before"
}

installs()
{
	in_root "$tmp/root" dpkg -i /vmascope.deb || return
	[ "$(in_root "$tmp/root" vmascope version)" = "vmascope $version-g${commit:0:12}" ] || return
	in_root "$tmp/root" dpkg -s vmascope | grep "Built from commit $commit" || return
	in_root "$tmp/root" vmascope help stat | grep -- --by || return
	# its units are there, and nothing was enabled
	[ -s "$tmp/root/lib/systemd/system/vmascope.service" ] &&
		[ -s "$tmp/root/lib/systemd/system/vmascope.socket" ] &&
		[ -z "$(find "$tmp/root/etc/systemd" -name 'vmascope*')" ] || return
	jq -e '.packages | length > 10' "$tmp/root/usr/share/doc/vmascope/vmascope.spdx.json"
}

traces()
{
	in_root "$tmp/root" vmascope doctor && counts "$tmp/root" vmascope
}

purges()
{
	in_root "$tmp/root" dpkg --purge vmascope && rm "$tmp"/root/{stat,work}.json || return
	files_of "$tmp/root" | diff "$tmp/before" -
}

# --- the static binary ---

is_static()
{
	file "$static/vmascope" && ldd "$static/vmascope" 2>&1 | grep 'statically linked' &&
		! readelf -lW "$static/vmascope" | grep INTERP &&
		"$static/vmascope" version | grep '^vmascope [^ ]* (static build: '
}

static_traces()
{
	mkdir "$tmp/empty" && cp "$static"/{vmascope,storm} "$tmp/empty" && counts "$tmp/empty" /vmascope || return
	# users take no library either
	! in_root "$tmp/empty" /vmascope stat -u nosuchuser >"$tmp/said" 2>&1 && grep "bad user: 'nosuchuser'" "$tmp/said"
}

# static_warns: what a static build does not support has no effect in silence
static_warns()
{
	DEBUGINFOD_URLS=http://127.0.0.1:9 "$static/vmascope" stat --by stack -- /bin/true 2>&1 |
		grep 'debug files cannot be downloaded: not supported by a static build'
}

# static_passes PROGRAM TEST…: tests of an end-to-end program, with the static binary
static_passes()
{
	local program=build/tests/e2e/$1_test IFS=,

	shift
	VMASCOPE=$static/vmascope VMASCOPE_REPEAT=1 VMASCOPE_TEST=$* CMOCKA_MESSAGE_OUTPUT=TAP "$program" </dev/null
}

# libraries FILE: names in it, sorted
libraries()
{
	jq -r '.packages[].name | select(test("^(vmascope|uPlot)$") | not)' "$1" | sort
}

# sbom_is_complete: each library that is linked, with its version and licence, once
sbom_is_complete()
{
	local sbom

	for sbom in build/vmascope.spdx.json "$static/vmascope.spdx.json"; do
		jq -e '.spdxVersion == "SPDX-2.3" and ([.packages[] | .versionInfo, .licenseDeclared] |
			all(. != "NOASSERTION" and . != "-" and . != "")) and
			([.packages[].SPDXID] | length == (unique | length)) and
			([.relationships[].relatedSpdxElement] | sort) == ([.packages[].SPDXID] | sort)' "$sbom" || return
	done
	diff <(ldd build/vmascope | sed -nE 's|^\s*([^ ]+)\.so[^ ]* => /.*|\1|p' | sort) \
		<(libraries build/vmascope.spdx.json) || return
	libraries "$static/vmascope.spdx.json" | grep -x libbpf
}

echo 1..11
make_clones >"$log" 2>&1 && tarballs_are_equal >>"$log" 2>&1
result $? 'make dist: two clones of a commit give the same bytes' "$log"
tarball_is_complete >"$log" 2>&1
result $? 'make dist: all files of the commit, its hash, and uPlot' "$log"
builds_alone >"$log" 2>&1
result $? 'make deb: built from the tarball without git, npm and a network' "$log"
lintian_is_clean >"$log" 2>&1
result $? 'make deb: lintian finds nothing' "$log"
make_root >"$log" 2>&1 && installs >>"$log" 2>&1
result $? 'the package is installed in a fresh Debian root, and starts nothing' "$log"
traces >"$log" 2>&1
result $? 'the installed program counts what getrusage counts' "$log"
purges >"$log" 2>&1
result $? 'the package is purged, and no file of it is left' "$log"
is_static >"$log" 2>&1
result $? 'make static: the binary needs no library' "$log"
static_traces >"$log" 2>&1
result $? 'the static binary counts what getrusage counts, in an otherwise empty root' "$log"
{ static_passes exact threads_and_children_repeated && static_passes stack folded_and_flame_graph &&
	static_warns && static_passes serve_access client_certificates tls_requires_forward_secrecy privileges_are_dropped; } >"$log" 2>&1
result $? 'the static binary passes end-to-end tests of counts, stacks and TLS, and reports missing features' "$log"
sbom_is_complete >"$log" 2>&1
result $? 'make sbom: each library that is linked, with its version and licence' "$log"
