# picture.awk - tools.tsv and summary.tsv become docs/bench.svg: what each tool adds to an event.
BEGIN {
	FS = "\t"
	MOST = 3000 # ns; longer bars are cut
	LEFT = 150
	BAR = 15
	WIDTH = 250
	PANEL = LEFT + WIDTH + 90
	colour["none"] = "#8993a3"
	colour["vmascope"] = "#2a78d6"
	colour["old"] = "#86b6ef"
	colour["peer"] = "#c2570c"
}

FILENAME ~ /tools\.tsv$/ {
	if ($4 == "" && $1 != "nothing") {
		tool[++tools] = $1
		group[$1] = $2
	}
	next
}

$4 == "added" {
	place = $1 " " $2 " " $3
	median[place] = $5
	low[place] = $6
	high[place] = $7
	shown[$1 " " $2] = 1
}

$4 == "lost_pct" { lost[$1 " " $2 " " $3] = $5 }

function clamp(v) { return v < 0 ? 0 : v > MOST ? MOST : v }

function x_of(v) { return LEFT + WIDTH * clamp(v) / MOST }

function text(x, y, s, more) {
	printf "<text x=\"%.1f\" y=\"%.1f\" %s>%s</text>\n", x, y, more, s
}

function bar(x, y, place, name,    v, more) {
	v = median[place]
	more = v > MOST ? " →" : ""
	if (lost[place] >= 0.5)
		more = more sprintf(", %.0f %% lost", lost[place])
	text(x + LEFT - 6, y + BAR - 5, name, "text-anchor=\"end\"")
	printf "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>\n", \
		x + LEFT, y + 1, x_of(v) - LEFT, BAR - 4, colour[group[name]]
	printf "<path d=\"M%.1f %.1fH%.1f\" stroke=\"#000\" stroke-width=\"1.5\"/>\n", \
		x + x_of(low[place]), y + BAR / 2 - 1, x + x_of(high[place])
	text(x + x_of(high[place]) + 5, y + BAR - 5, sprintf("%.0f%s", v, more), "")
}

function panel(x, y, storm, cpus,    i, n) {
	text(x + LEFT, y, storm ", " cpus (cpus > 1 ? " CPUs" : " CPU"), "font-weight=\"bold\"")
	for (i = 1; i <= tools; i++)
		if ((storm " " cpus " " tool[i]) in median)
			bar(x, y + 6 + BAR * n++, storm " " cpus " " tool[i], tool[i])
}

END {
	n = split("anon file cow mprotect", storm, " ")
	height = tools * BAR + 36
	for (i = 1; i <= n; i++)
		if (shown[storm[i] " 1"] || shown[storm[i] " 2"])
			rows++
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" " \
		"font-family=\"sans-serif\" font-size=\"11\">\n", 2 * PANEL, rows * height + 34
	printf "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n"
	text(10, 18, "ns added to an event: median and quartiles of the rounds", \
		"font-size=\"13\" font-weight=\"bold\"")
	for (i = 1; i <= n; i++) {
		if (!shown[storm[i] " 1"] && !shown[storm[i] " 2"])
			continue
		for (c = 1; c <= 2; c++)
			if (shown[storm[i] " " c])
				panel((c - 1) * PANEL, 46 + row * height, storm[i], c)
		row++
	}
	print "</svg>"
}
