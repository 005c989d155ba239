# SPDX-License-Identifier: GPL-2.0-only
# constants.awk - no constant has a definition in bpf/ and another one in user/: what both need stands in a
# header that both include. awk -f tests/lint/constants.awk FILE…
#
# Looks at macros without arguments that are not undefined again, and at enumerators.

# Of each name, the first place on either side of the contract.
function defined(name, side)
{
	side = FILENAME ~ /^bpf\// ? "bpf" : "user"
	if (!((side, name) in where))
		where[side, name] = FILENAME ":" FNR
	names[name] = 1
}

FNR == 1 { in_enum = 0 }

/^[ \t]*#[ \t]*define[ \t]+[A-Za-z_0-9]+([ \t]|$)/ {
	name = $0
	sub(/^[ \t]*#[ \t]*define[ \t]+/, "", name)
	sub(/[^A-Za-z_0-9].*/, "", name)
	value = $0
	sub(/^[ \t]*#[ \t]*define[ \t]+[A-Za-z_0-9]+[ \t]*/, "", value)
	# a guard has no value
	if (value != "")
		defined(name)
}

/^[ \t]*#[ \t]*undef[ \t]/ { undefined[$NF] = 1 }

/enum([ \t]+[a-z_0-9]+)?[ \t]*\{/ { in_enum = 1 }

in_enum && match($0, /^[ \t]*[A-Z][A-Z0-9_]+[ \t]*([=,\/]|$)/) {
	name = $1
	sub(/[^A-Z0-9_].*/, "", name)
	defined(name)
}

/\}/ { in_enum = 0 }

END {
	for (name in names)
		if ((("bpf", name) in where) && (("user", name) in where) && !(name in undefined))
			print where["user", name] ": " name " is also in " where["bpf", name]
}
