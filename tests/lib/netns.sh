# shellcheck shell=bash
# netns.sh - a network for this script alone, so that no port of it is in use; for scripts that start
# servers.

# own_network SCRIPT [ARGUMENT…]: runs the script again in a network namespace that has only
# loopback. Where there are none (a container without the right), it goes on in the host's.
own_network()
{
	[ -z "${VMASCOPE_OWN_NETWORK:-}" ] || return 0
	unshare --net ip link set lo up 2>/dev/null || return 0
	export VMASCOPE_OWN_NETWORK=1
	# shellcheck disable=SC2016 # for the inner shell
	exec unshare --net sh -c 'ip link set lo up && exec "$@"' sh "$@"
}
