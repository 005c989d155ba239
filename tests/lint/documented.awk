# SPDX-License-Identifier: GPL-2.0-only
# documented.awk - functions that a header declares are documented: awk -f tests/lint/documented.awk FILE.h…
#
# A comment stands above a function, or above the first of several that belong together, without a blank
# line between them. NAME__init() and NAME__free() need none: what they do is what their struct is for.

FNR == 1 {
	documented = 0
	comment = body = 0
}

# a comment, until its end
/^\/\*\*/ || /^\/\* / {
	comment = /^\/\*\*/ ? 1 : 2
}

comment {
	if (/\*\//) {
		documented = comment == 1
		comment = 0
	}
	next
}

# what is between braces: members, inline functions
body {
	body = !/^}/
	next
}

/^[a-z].*\(/ && !/^(typedef|extern|static const) / {
	name = $0
	sub(/\(.*/, "", name)
	sub(/.*[ *]/, "", name)
	if (!documented && name !~ /__(init|free)$/)
		print FILENAME ":" FNR ": " name "()"
}

/\{$/ && !/^#/ || /^\{/ {
	body = 1
}

/^$/ {
	documented = 0
}
