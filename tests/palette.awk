# SPDX-License-Identifier: GPL-2.0-only
# palette.awk - what is wrong with the colours of dashboards/palette.tsv, a line each, by measure:
#
# - text has a contrast of 4.5 at least with each surface that it is on, marks have 3 (WCAG 2.1)
# - two causes differ by 10 at least (CIE76), also for people without one kind of cones: those colours are
#   computed by the matrices of Machado, Oliveira and Fernandes (2009)
# https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio

BEGIN {
	FS = "\t"
	split("0123456789abcdef", digits, "")
	for (i in digits)
		value[digits[i]] = i - 1
	kind["protanopia"] = "0.152286 1.052583 -0.204868 0.114503 0.786281 0.099216 -0.003882 -0.048116 1.051998"
	kind["deuteranopia"] = "0.367322 0.860646 -0.227968 0.280085 0.672501 0.047413 -0.011820 0.042940 0.968881"
	kind["tritanopia"] = "1.255528 -0.076749 -0.178779 -0.078411 0.930809 0.147602 0.004733 0.691367 0.303900"
	kind["full colour vision"] = "1 0 0 0 1 0 0 0 1"
}

function byte(hex, at) { return value[substr(hex, at, 1)] * 16 + value[substr(hex, at + 1, 1)] }

function linear(c) { return (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ^ 2.4 }

function luminance(hex) {
	return 0.2126 * linear(byte(hex, 2)) + 0.7152 * linear(byte(hex, 4)) + 0.0722 * linear(byte(hex, 6))
}

function contrast(a, b,    x, y) {
	x = luminance(a) + 0.05
	y = luminance(b) + 0.05
	return x > y ? x / y : y / x
}

function greater(a, b) { return a > b ? a : b }

# contrast_at COLOUR PLACE THEME: with the range of heat at PLACE, 0 to 6
function contrast_at(hex, place, theme,    low, high, i, x, y) {
	low = of("heat-" int(place), theme)
	high = of("heat-" (place < 6 ? int(place) + 1 : 6), theme)
	place -= int(place)
	for (i = 2; i <= 6; i += 2)
		x += (i == 2 ? 0.2126 : i == 4 ? 0.7152 : 0.0722) * \
			linear(byte(low, i) + place * (byte(high, i) - byte(low, i)))
	x += 0.05
	y = luminance(hex) + 0.05
	return x > y ? x / y : y / x
}

function clamp(v) { return v < 0 ? 0 : v > 1 ? 1 : v }

function root(t) { return t > 0.008856 ? t ^ (1 / 3) : 7.787 * t + 16 / 116 }

# lab HEX KIND: as it is seen, in L*a*b*, in lab_of[1..3]
function lab(hex, k,    m, r, g, b, x, y, z) {
	split(kind[k], m, " ")
	r = linear(byte(hex, 2))
	g = linear(byte(hex, 4))
	b = linear(byte(hex, 6))
	x = clamp(m[1] * r + m[2] * g + m[3] * b)
	y = clamp(m[4] * r + m[5] * g + m[6] * b)
	z = clamp(m[7] * r + m[8] * g + m[9] * b)
	r = x
	g = y
	b = z
	x = root((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047)
	y = root(0.2126 * r + 0.7152 * g + 0.0722 * b)
	z = root((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883)
	lab_of[1] = 116 * y - 16
	lab_of[2] = 500 * (x - y)
	lab_of[3] = 200 * (y - z)
}

function difference(a, b, k,    x, y, z) {
	lab(a, k)
	x = lab_of[1]
	y = lab_of[2]
	z = lab_of[3]
	lab(b, k)
	return sqrt((x - lab_of[1]) ^ 2 + (y - lab_of[2]) ^ 2 + (z - lab_of[3]) ^ 2)
}

# least NAME THEME VALUE WANTED WHAT
function least(name, theme, got, wanted, what) {
	checked++
	if (got < wanted)
		printf "%s (%s): %s is %.2f, at least %.1f is wanted\n", name, theme, what, got, wanted
}

/^#/ { next }

function is_colour(s) { return s ~ /^#[0-9a-f]+$/ && (length(s) == 7 || length(s) == 9) }

NF < 4 || !is_colour($2) || !is_colour($3) {
	print "line " FNR ": name, two colours and a role are wanted"
	next
}

{
	name[++nr] = $1
	colour[nr, "light"] = $2
	colour[nr, "dark"] = $3
	role[nr] = $4
	at[$1] = nr
}

function of(n, theme) { return colour[at[n], theme] }

function check(theme,    i, j, k) {
	for (i = 1; i <= nr; i++) {
		for (j = 1; j <= nr; j++) {
			if (role[i] == "text" && role[j] == "surface" && (name[j] != "bad-wash" || name[i] == "text"))
				least(name[i], theme, contrast(colour[i, theme], colour[j, theme]), 4.5, \
					"contrast with " name[j])
			for (k in kind)
				if (i < j && role[i] == "cause" && role[j] == "cause")
					least(name[i], theme, difference(colour[i, theme], colour[j, theme], k), 10, \
						"difference from " name[j] " in " k)
		}
		if (role[i] ~ /^(mark|cause)$/)
			least(name[i], theme, contrast(colour[i, theme], of("panel", theme)), 3, "contrast with panel")
		# both ends of the range
		if (role[i] == "flame")
			least(name[i], theme, contrast(colour[i, theme], "#000000"), 4.5, "contrast with black text")
	}
	for (i = 0; i < 6; i++)
		least("heat-" i, theme, difference(of("heat-" i, theme), of("heat-" (i + 1), theme), \
			"full colour vision"), 5, "difference from heat-" (i + 1))
	# text on a cell of the matrix has the colour that has more contrast: dashboards/web/js/theme.js
	for (i = 0; i <= 60; i++)
		least("heat", theme, greater(contrast_at(of("on-cold", theme), i / 10, theme), \
			contrast_at(of("on-hot", theme), i / 10, theme)), 4.5, "contrast with text at " i / 10)
}

END {
	check("light")
	check("dark")
	if (checked < 200)
		print "only " checked + 0 " measures were taken"
}
