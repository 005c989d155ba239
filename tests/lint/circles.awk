# SPDX-License-Identifier: GPL-2.0-only
# circles.awk - files of a folder that call each other in a circle: nm -A FILE.o… | awk -f tests/lint/circles.awk
#
# A file takes what it defines for itself from no file that takes something from it. Prints each file
# that is on a circle, or between two, with the files of the circle that it calls.

function folder_of(object)
{
	sub(/\/[^\/]*$/, "", object)
	return object
}

{
	object = $0
	sub(/:.*/, "", object)
	type = $(NF - 1)
	name = $NF
	if (type == "U")
		uses[object, name] = 1
	else if (type ~ /^[TDBRVW]$/)
		where[name] = object
}

END {
	for (pair in uses) {
		split(pair, part, SUBSEP)
		to = where[part[2]]
		if (to == "" || to == part[1] || folder_of(to) != folder_of(part[1]))
			continue
		edge[part[1], to] = 1
		files[part[1]] = files[to] = 1
	}
	# take away, again and again, files that call none of the others, or that none of them calls
	do {
		gone = 0
		for (file in files) {
			calls[file] = called[file] = 0
		}
		for (pair in edge) {
			split(pair, part, SUBSEP)
			calls[part[1]] = called[part[2]] = 1
		}
		for (file in files) {
			if (calls[file] && called[file])
				continue
			gone = 1
			delete files[file]
			for (pair in edge) {
				split(pair, part, SUBSEP)
				if (part[1] == file || part[2] == file)
					delete edge[pair]
			}
		}
	} while (gone)
	for (pair in edge) {
		split(pair, part, SUBSEP)
		print part[1] ": on a circle with " part[2]
	}
}
