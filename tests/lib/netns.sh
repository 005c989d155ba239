# shellcheck shell=bash
# netns.sh - a private network for scripts that start servers, in which no port is in use.

# own_network SCRIPT [ARGUMENT…]: run the script again in a network namespace that only has
# loopback. If that is not permitted (in a container), go on in the current one.
own_network()
{
	[ -z "${VMASCOPE_OWN_NETWORK:-}" ] || return 0
	unshare --net ip link set lo up 2>/dev/null || return 0
	export VMASCOPE_OWN_NETWORK=1
	# shellcheck disable=SC2016 # for the inner shell
	exec unshare --net sh -c 'ip link set lo up && exec "$@"' sh "$@"
}
