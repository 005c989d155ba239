# options_doc.jq - docs/options.md, of what `vmascope help --list` prints.
def escaped: gsub("(?<c>[|*<])"; "\\\(.c)");
def spelt:
	([if .letter then "-" + .letter else empty end, "--" + .name] | join(", ")) as $names
	| "`" + ($names + (if .argument then " " + .argument else "" end) | gsub("[|]"; "\\|")) + "`";
def taken:
	if .values then .values
	elif .least and .most then "\(.least) to \(.most)" + (if .unit then " " + .unit else "" end)
	elif .least then "at least \(.least)"
	else "" end;
[.commands[] | .command as $command | .options[] | . + {command: $command}] as $all
| [.commands[].command] as $commands
| ($all | map(.group) | unique) as $groups
| ["Targets and filters:", "Duration and intervals:", "Output:", "Tuning:", "Serving:"] as $order
| (if ($groups - $order) != [] then error("unknown headings: \($groups - $order)") else empty end),
  "# Options",
  "",
  "All options of all commands, generated from the option table that the program uses for parsing",
  "(`vmascope help --list | jq -rf tests/options_doc.jq`). `vmascope help COMMAND` lists those of one command.",
  "Options without a default are off, or have no limit.",
  ($order[] | . as $group
	| "",
	  "## " + (.[:-1]),
	  "",
	  "| option | meaning | values | default | commands |",
	  "|---|---|---|---|---|",
	  ($all | map(select(.group == $group))
		| group_by([.name, .help, .argument, .default, .least, .values])[]
		| map(.command) as $having
		| .[0]
		| "| \(spelt) | \(.help | escaped) | \(taken) | \(.default // "") | "
			+ ([$commands[] | select(. as $c | $having | index($c))] | join(", ")) + " |"))
