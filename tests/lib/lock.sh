# shellcheck shell=bash
# lock.sh - for test scripts: be the only test that changes or depends on global state of the machine.

# lock_machine: wait for the lock, and hold it until this shell exits or unlock_machine; see
# vt_lock_machine() in tests/lib/system.h
lock_machine()
{
	exec {machine_lock}>>/run/vmascope-tests.lock && flock "$machine_lock"
}

unlock_machine()
{
	exec {machine_lock}>&-
}
