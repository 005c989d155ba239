# shellcheck shell=bash
# tap.sh - for test scripts: print numbered TAP results.

number=0

# result STATUS NAME [FILE]: print a result; if it failed, with the contents of FILE as a comment
result()
{
	number=$((number + 1))
	if [ "$1" = 0 ]; then
		echo "ok $number - $2"
	else
		echo "not ok $number - $2"
		[ $# -lt 3 ] || sed 's/^/# /' "$3"
	fi
}
