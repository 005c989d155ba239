#!/bin/bash
# What runs inside a guest: checks that the kernel is what the table says, tries vmascope, then
# runs test programs; prints TAP for the host (`check`) to add up.
#
# Usage: guest.sh [TEST...]    each TEST below build/tests, such as unit/hash_test, or one test of a
#                              program: e2e/exact_test:threads
#
# e2e/vm_lockdown_test comes last, whatever the order: for it the kernel is locked down, for good.
#
# From `run`: VM_KERNEL, VM_SUPPORTS, VM_RESULTS, VMASCOPE. Each program's whole output is left in
# VM_RESULTS. Exit status: 1 when anything failed. A test may skip itself only where tests/vm/skips says so.
set -euo pipefail

readonly test_limit=${VM_TEST_LIMIT:-900} # seconds for one program
readonly tree=${VM_TREE:-/src}            # the self-test's own
number=0 bad=0

# An emulated CPU is ten times slower: the exact counts as often as with the sanitizers, and more
# patience.
export VMASCOPE_REPEAT=${VMASCOPE_REPEAT:-2} VMASCOPE_SLOW=${VMASCOPE_SLOW:-5}

# result STATUS NAME [SKIP-REASON]
result() {
	local word='ok'

	number=$((number + 1))
	(($1 == 0)) || { word='not ok' && bad=$((bad + 1)); }
	echo "$word $number - $2${3:+ # SKIP $3}"
}

# diagnose FILE: the end of it, as TAP comments.
diagnose() {
	tail -n 25 "$1" | sed 's/^/# /'
}

supports() {
	[[ ,$VM_SUPPORTS, == *",$1,"* ]]
}

event_exists() {
	[[ -d /sys/kernel/tracing/events/$1 ]]
}

# One look at kallsyms for all: it is slow in an emulated guest.
symbol_exists() {
	[[ ${symbols=$(grep -oE ' (bpf_trampoline_link_prog|mas_walk|lock_vma_under_rcu)$' \
		/proc/kallsyms)} == *" $1"* ]]
}

has_fact() {
	case $1 in
	btf) [[ -r /sys/kernel/btf/vmlinux ]] ;;
	fentry) symbol_exists bpf_trampoline_link_prog ;;
	page_fault) event_exists exceptions/page_fault_user ;;
	tlb_flush) event_exists tlb/tlb_flush ;;
	csd) event_exists csd/csd_queue_cpu ;;
	mmap_lock) event_exists mmap_lock ;;
	maple) symbol_exists mas_walk ;;
	vma_lock) symbol_exists lock_vma_under_rcu ;;
	thp) [[ -d /sys/kernel/mm/transparent_hugepage ]] ;;
	numa_balancing) [[ -e /proc/sys/kernel/numa_balancing ]] ;;
	rt) [[ $(uname -v) == *PREEMPT_RT* ]] ;;
	*) echo "# no check for the fact '$1'" && return 2 ;;
	esac
}

# The table's facts, both ways: what it promises must be there, what it denies must not.
check_facts() {
	local fact status want

	for fact in ${VM_SUPPORTS//,/ }; do
		[[ $fact != runs && $fact != '!runs' ]] || continue
		want=0 status=0
		[[ $fact != '!'* ]] || want=1
		has_fact "${fact#!}" || status=$?
		result $((status != want)) "kernel: $fact"
	done
}

# try NAME COMMAND...: passes when the command does.
try() {
	local name=$1 log=$VM_RESULTS/${1// /-}.log status=0

	shift
	timeout -k 10 "$test_limit" "$@" >"$log" 2>&1 || status=$?
	result "$status" "vmascope: $name"
	((status == 0)) || { echo "# exit status $status" && diagnose "$log"; }
}

# On a kernel that is too old, or locked down: one line, exit status 1, no crash.
check_refusal() {
	local log=$VM_RESULTS/refusal.log status=0

	timeout "$test_limit" "$VMASCOPE" stat -- true >"$log" 2>&1 || status=$?
	if ((status == 1)) && (($(wc -l <"$log") == 1)); then
		result 0 'vmascope: refuses in one line'
	else
		result 1 'vmascope: refuses in one line'
		echo "# exit status $status" && diagnose "$log"
	fi
}

# skip_reason TEST NAME: what tests/vm/skips says of it on this kernel.
skip_reason() {
	local kernel test name reason

	while read -r kernel test name reason; do
		# shellcheck disable=SC2053 # the file holds patterns
		if [[ $VM_KERNEL == $kernel && $1 == $test && $2 == $name ]]; then
			echo "$reason"
			return 0
		fi
	done < <(grep -v -e '^#' -e '^$' "$tree/tests/vm/skips")
	return 1
}

# One program of cmocka's, or one test of it: its TAP becomes ours. A program that dies, or prints fewer
# results than it planned, is one failure more.
run_test() {
	local test=${1%%:*} log=$VM_RESULTS/${1//\//-}.log status=0 failed=0 seen=0 plan=0 line name reason
	local started=$SECONDS only=

	[[ $1 != *:* ]] || only=${1#*:}

	if reason=$(skip_reason "$test" all); then
		result 0 "$test" "$reason"
		return
	fi
	VMASCOPE_TEST=$only CMOCKA_MESSAGE_OUTPUT=TAP timeout -k 10 "$test_limit" "$tree/build/tests/$test" >"$log" 2>&1 || status=$?
	while read -r line; do
		case $line in
		1..*) plan=$((plan + ${line#1..})) ;;
		*'ok '*'# SKIP'*)
			seen=$((seen + 1))
			name=${line##*# SKIP }
			if reason=$(skip_reason "$test" "$name"); then
				result 0 "$test: $name" "$reason"
			else
				result 1 "$test: $name"
				echo "# skipped, but not in tests/vm/skips"
			fi
			;;
		'ok '*)
			seen=$((seen + 1))
			result 0 "$test: ${line#* - }"
			;;
		'not ok '*)
			seen=$((seen + 1)) failed=$((failed + 1))
			result 1 "$test: ${line#* - }"
			;;
		esac
	done <"$log"
	((failed == 0)) || diagnose "$log"
	if ((seen != plan || plan == 0)) || ((status != 0 && failed == 0)); then
		result 1 "$test: $seen results of $plan, exit status $status"
		diagnose "$log"
	fi
	echo "# $test: $((SECONDS - started)) s"
}

# BPF may not read the kernel's memory there, whatever else the kernel offers.
locked_down() {
	grep -qF '[confidentiality]' /sys/kernel/security/lockdown 2>/dev/null
}

# It cannot be taken back: nothing but what needs it may follow. Only where there is no host to lock down.
lock_down() {
	local status=0

	if [[ -f /vm/settings ]] && ! locked_down; then
		echo confidentiality >/sys/kernel/security/lockdown || status=1
	fi
	locked_down || status=1
	result "$status" 'kernel: locked down for confidentiality'
	check_refusal
}

check_facts
if supports runs && ! locked_down; then
	"$VMASCOPE" doctor -j >"$VM_RESULTS/doctor.json" 2>/dev/null || true # for the table of kernels
	try doctor "$VMASCOPE" doctor
	try stat "$VMASCOPE" stat -- true
else
	check_refusal
fi
lockdown=
for test in "$@"; do
	if [[ $test == e2e/vm_lockdown_test ]]; then
		lockdown=1
	else
		run_test "$test"
	fi
done
if [[ $lockdown ]]; then
	lock_down
	run_test e2e/vm_lockdown_test
fi
echo "1..$number"
((bad == 0))
