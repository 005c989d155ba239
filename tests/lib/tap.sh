# shellcheck shell=bash
# tap.sh - for test scripts that print TAP: results, numbered.

number=0

# result STATUS NAME [FILE]: a test's result, with the file as what is to be said of it
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
