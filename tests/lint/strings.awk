# SPDX-License-Identifier: GPL-2.0-only
# strings.awk - the string literals of C files, one a line: FILE:LINE:TEXT. awk -f tests/lint/strings.awk FILE…

FNR == 1 {
	comment = 0
}

{
	line = $0
	if (line ~ /^[ \t]*#[ \t]*include/)
		next
	while (line != "") {
		if (comment) {
			end = index(line, "*/")
			if (!end)
				break
			line = substr(line, end + 2)
			comment = 0
		} else if (match(line, /^'(\\.|[^'\\])+'/)) {
			line = substr(line, RLENGTH + 1)
		} else if (match(line, /^"(\\.|[^"\\])*"/)) {
			print FILENAME ":" FNR ":" substr(line, 2, RLENGTH - 2)
			line = substr(line, RLENGTH + 1)
		} else if (substr(line, 1, 2) == "/*") {
			comment = 1
			line = substr(line, 3)
		} else if (substr(line, 1, 2) == "//") {
			break
		} else {
			line = substr(line, 2)
		}
	}
}
