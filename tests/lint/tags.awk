# SPDX-License-Identifier: GPL-2.0-only
# tags.awk - no tag of a struct, union or enum is defined twice: awk -f tests/lint/tags.awk FILE…

/^[ \t]*(static |const |typedef )*(struct|union|enum) [a-z_0-9]+ \{/ {
	tag = $0
	sub(/ \{.*/, "", tag)
	sub(/.* /, "", tag)
	if (tag in where)
		print FILENAME ":" FNR ": " tag " is also in " where[tag]
	else
		where[tag] = FILENAME ":" FNR
}
