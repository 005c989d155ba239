# shellcheck shell=bash
# lock.sh - for test scripts: be the only test that changes or needs a state of the whole machine.

# lock_machine: wait for it, and keep it until this shell ends or unlock_machine; see
# vt_lock_machine() in tests/lib/system.h
lock_machine()
{
	exec {machine_lock}>>/run/vmascope-tests.lock && flock "$machine_lock"
}

unlock_machine()
{
	exec {machine_lock}>&-
}
