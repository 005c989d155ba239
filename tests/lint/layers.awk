# SPDX-License-Identifier: GPL-2.0-only
# layers.awk - includes in user/ go downwards: the table of user/README.md against each #include.
#
# awk -f tests/lint/layers.awk user/README.md FILE…: prints a line for each finding.

# folder_of(PATH): of a path below user/
function folder_of(path)
{
	return sub(/\/[^\/]*$/, "", path) ? path : "."
}

# within(FOLDER, NAMES): FOLDER, or a folder that it is in, is one of NAMES
function within(folder, names, nr, name, i)
{
	nr = split(names, name, " ")
	for (i = 1; i <= nr; i++)
		if (folder == name[i] || index(folder, name[i] "/") == 1)
			return 1
	return 0
}

FNR == 1 {
	file = FILENAME
	folder = folder_of(substr(file, length("user/") + 1))
}

FILENAME == ARGV[1] {
	if (!/^\| `/)
		next
	split($0, cell, / *\| */)
	name = substr(cell[2], 2, length(cell[2]) - 2)
	rows[++nr_rows] = name
	row[name] = nr_rows
	allowed[name] = cell[4]
	next
}

FNR == 1 {
	used[folder] = 1
	if (!(folder in row))
		print file ":1: user/README.md has no row for " folder
}

/^[ \t]*#[ \t]*include[ \t]*"/ {
	split($0, quoted, "\"")
	header = quoted[2]
	target = folder_of(header)
	# headers of bpf/, and those that are made: not of this tree
	if (target == "." || target == folder)
		next
	if (!(target in row))
		print file ":" FNR ": includes " header ", of a folder that user/README.md does not have"
	else if (row[target] < row[folder])
		print file ":" FNR ": includes " header ": " target " is above " folder
	else if (target != "util" && !within(target, allowed[folder]))
		print file ":" FNR ": includes " header ": " folder " does not include " target
}

END {
	if (!nr_rows)
		print ARGV[1] ": no table of folders"
	for (i = 1; i <= nr_rows; i++)
		if (!(rows[i] in used))
			print ARGV[1] ": " rows[i] " has no files"
}
