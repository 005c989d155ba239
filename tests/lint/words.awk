# SPDX-License-Identifier: GPL-2.0-only
# words.awk - words that were replaced do not come back: awk -f tests/lint/words.awk tests/lint/words.tsv STRINGS
#
# STRINGS is what tests/lint/strings.awk prints. The last column of the table is how many strings still have
# the words: more is a finding, and so is fewer: the number is to follow, and never grows again.

FILENAME == ARGV[1] {
	if (/^#/ || !NF)
		next
	split($0, column, "\t")
	nr++
	words[nr] = column[1]
	better[nr] = column[2]
	allowed[nr] = column[3]
	pattern[nr] = "(^|[^a-z])(" column[1] ")([^a-z]|$)"
	next
}

{
	text = $0
	sub(/^[^:]*:[0-9]*:/, "", text)
	text = tolower(text)
	# letters of escapes are no words
	gsub(/\\[nt]/, " ", text)
	for (i = 1; i <= nr; i++)
		if (text ~ pattern[i])
			hits[i] = hits[i] "\n" $0 " (say: " better[i] ")"
}

END {
	if (!nr)
		print ARGV[1] ": no words"
	for (i = 1; i <= nr; i++) {
		count = split(hits[i], hit, "\n") - 1
		if (count < 0)
			count = 0
		if (count > allowed[i])
			for (h = 2; h <= count + 1; h++)
				print hit[h]
		else if (count < allowed[i])
			print ARGV[1] ": '" words[i] "' is in " count " strings only: lower its number"
	}
}
