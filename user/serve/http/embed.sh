#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# embed.sh - the files of a directory as C, on stdout: the table of user/serve/http/assets.h.
set -eu

dir=$1

type_of()
{
	case $1 in
	*.html) echo 'text/html; charset=utf-8' ;;
	*.js) echo 'text/javascript; charset=utf-8' ;;
	*.css) echo 'text/css; charset=utf-8' ;;
	*.json) echo 'application/json' ;;
	*.svg) echo 'image/svg+xml' ;;
	*.png) echo 'image/png' ;;
	*.woff2) echo 'font/woff2' ;;
	*.txt) echo 'text/plain; charset=utf-8' ;;
	*)
		echo "embed.sh: no content type for $1" >&2
		exit 1
		;;
	esac
}

files=$(cd "$dir" && find . -type f ! -name '.*' | sort)
[ -n "$files" ] || { echo "embed.sh: no files in $dir" >&2; exit 1; }

echo '/* made by user/serve/http/embed.sh */'
echo '#include "serve/http/assets.h"'
n=0
for file in $files; do
	echo "static const unsigned char data_$n[] = {"
	od -An -v -tu1 "$dir/$file" | sed 's/  *\([0-9][0-9]*\)/\1,/g'
	echo '0};'
	n=$((n + 1))
done
echo 'const struct asset assets[] = {'
n=0
for file in $files; do
	type=$(type_of "$file")
	echo "{\"${file#.}\", \"$type\", data_$n, sizeof(data_$n) - 1},"
	n=$((n + 1))
done
echo '{0}};'
