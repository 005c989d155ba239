# SPDX-License-Identifier: GPL-2.0-only
# doc_names.awk - what a comment documents by name is what stands below it: awk -f tests/lint/doc_names.awk FILE…
#
# "/** name - what it does" or "/** struct name - what it is": the name is in the lines that follow the
# comment, up to an empty one. So comments follow what is renamed.

function end_of_block()
{
	if (name != "" && index(block, name) == 0)
		print at ": " name ": not what is below the comment"
	name = block = ""
}

FNR == 1 {
	end_of_block()
	comment = 0
}

# the first line of a comment that has a name
/^[ \t]*\/\*\*/ {
	end_of_block()
	comment = head = 1
	at = FILENAME ":" FNR
}

comment {
	if (head && match($0, /^[ \t]*(\/\*\*|\*) (struct |enum |union )?[A-Za-z_][A-Za-z_0-9]*(\(\))? - /)) {
		name = substr($0, 1, RLENGTH)
		sub(/(\(\))? - $/, "", name)
		sub(/.* /, "", name)
	}
	# the name is in the first line with text
	if (!/^[ \t]*\/\*\*$/)
		head = 0
	if (/\*\//)
		comment = 0
	next
}

name != "" {
	if (/^[ \t]*$/)
		end_of_block()
	else
		block = block "\n" $0
}

END {
	end_of_block()
}
