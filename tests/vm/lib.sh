# shellcheck shell=bash
# shellcheck disable=SC2034 # some variables are for those who source this
# What fetch, run and check share: paths, the kernel table, one-line failures.

vm_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root_dir=$(cd "$vm_dir/../.." && pwd)
cache_dir=${VM_CACHE:-$root_dir/.cache/vm}

die() {
	echo "${0##*/}: $*" >&2
	exit "${die_status:-1}"
}

usage_error() {
	echo "${0##*/}: $*" >&2
	echo "Try '${0##*/} --help'." >&2
	exit 2
}

# Print the comment at the top of a script, which is its manual.
print_help() {
	sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
}

# need COMMAND PACKAGE...: the command, or one line that says how to get it.
need() {
	command -v "$1" >/dev/null || die "cannot find $1: apt-get install ${*:2}"
}

# Rows of the table without comments: name package suites set modules supports
kernel_rows() {
	grep -v -e '^#' -e '^$' "$vm_dir/kernels"
}

# kernel_row NAME: sets k_package, k_suites, k_set, k_modules, k_supports.
kernel_row() {
	local name

	while read -r name k_package k_suites k_set k_modules k_supports; do
		[[ $name != "$1" ]] || return 0
	done < <(kernel_rows)
	die "no kernel '$1' in tests/vm/kernels; there is: $(kernel_rows | awk '{ printf "%s ", $1 }')"
}

# kernels_in_set SET: names; each set holds the one before it: small, quick, all, more.
kernels_in_set() {
	case $1 in
	small) kernel_rows | awk '$4 == "small" { print $1 }' ;;
	quick) kernel_rows | awk '$4 == "small" || $4 == "quick" { print $1 }' ;;
	all) kernel_rows | awk '$4 != "more" { print $1 }' ;;
	more) kernel_rows | awk '{ print $1 }' ;;
	*) die "no set '$1': small, quick, all or more" ;;
	esac
}

# QEMU before 10 loses races when a guest patches its code while other CPUs run it ("Oops: int3",
# or a hang), which is what attaching to a kernel function does. Debian 12 has 7.2; `fetch` gets a
# newer one for the tests alone, from the backports of this host's release, into qemu_dir.
qemu_dir=$cache_dir/qemu
readonly qemu_wanted=10

# qemu_version COMMAND: its major version, 0 if there is none.
qemu_version() {
	"$1" --version 2>/dev/null | sed -n 's/^QEMU emulator version \([0-9]*\)\..*/\1/p' | grep . || echo 0
}

# Sets the array qemu: the host's if it is new enough or nothing better was found.
find_qemu() {
	local own=$qemu_dir/usr/bin/qemu-system-x86_64 share=$qemu_dir/usr/share

	qemu=(qemu-system-x86_64)
	if (($(qemu_version "${qemu[0]}") < qemu_wanted)) && (($(qemu_version "$own") >= qemu_wanted)); then
		qemu=(env "QEMU_MODULE_DIR=$(dirname "$qemu_dir"/usr/lib/*/qemu/.)" "$own"
			-L "$share/qemu" -L "$share/seabios")
	fi
}
