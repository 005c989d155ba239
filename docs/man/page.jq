# page.jq - the manual page of one command, or of vmascope itself, in the macros of man(7):
#
# vmascope help --list | jq -r --arg command stat --arg date 2026-11-30 --rawfile text stat.man -f page.jq
#
# @command is "" for vmascope(1). @text is what is written by hand: it has the sections from DESCRIPTION on, in
# which the line `.\" OPTIONS` stands for the command's options, and `.\" COMMANDS` for the list of commands.

# Text as roff: no character has a meaning.
def escaped:
	gsub("\\\\"; "\\e") | gsub("-"; "\\-") | gsub("'"; "\\(aq") | gsub("~"; "\\(ti") | gsub("\\^"; "\\(ha")
	| gsub("`(?<code>[^`]*)`"; "\\fB\(.code)\\fR") | gsub("`"; "\\(ga");
# The same in lines of fewer than 80 bytes; no line begins with a control character.
def filled:
	reduce (split(" ")[] | select(. != "")) as $word ([];
		if length == 0 or (.[-1] + " " + $word | utf8bytelength) > 78 then . + [$word]
		else .[:-1] + [.[-1] + " " + $word] end)
	| map(if test("^[.']") then "\\&" + . else . end)[];
def sentence: (.[:1] | ascii_upcase) + .[1:] | if test("[.!?]$") then . else . + "." end;

# An option's names, as they are typed.
def names:
	([if .letter then "\\fB\\-\(.letter)\\fR" else empty end, "\\fB\\-\\-\(.name | escaped)\\fR"] | join(", "))
	+ (if .argument then "=\\fI\(.argument | escaped)\\fR" else "" end);
# 2^32 - 1 is no limit that anybody meets.
def range:
	(if .unit then " " + .unit else "" end) as $unit
	| if .least == null then ""
	  elif .most == null or .most == "4294967295" then
		if .least == "0" then "" else "At least \(.least)\($unit)." end
	  else "From \(.least) to \(.most)\($unit)." end;
# What the help does not say already.
def details:
	. as $option
	| [ if .values and (.values | split(", ") | all(. as $word | $option.help | contains($word)) | not)
	    then "One of: \(.values)." else empty end,
	    range,
	    if .default and (.help | contains("default") | not) then "Default: \(.default)." else empty end ]
	| map(select(. != "")) | join(" ");
def option:
	".TP", names, (.help | sentence | escaped | filled),
	(details | select(. != "") | escaped | filled);
def options:
	".SH OPTIONS",
	"Arguments of long options are also arguments of their short forms; a long",
	"option may be abbreviated as long as it is unambiguous.",
	"Times are in seconds, or have a unit: 200ms, 5s, 1m.",
	"See",
	".BR vmascope (1)",
	"for what filters, lists and sizes look like.",
	(.options as $all
	| reduce $all[].group as $group ([]; if index($group) then . else . + [$group] end)
	| .[] as $group
	| ".SS " + ($group | rtrimstr(":") | escaped), ($all[] | select(.group == $group) | option)),
	".SS Help",
	".TP", "\\fB\\-?\\fR, \\fB\\-\\-help\\fR", "List the options.",
	".TP", "\\fB\\-\\-usage\\fR", "List the options in short form.";

def commands:
	.commands[]
	| ".TP", ".BR vmascope\\-\(.command) (1)", (.summary | sentence | escaped | filled);

def synopsis:
	".B vmascope \(.command)",
	".RI [ OPTION ...]",
	(if .arguments then .arguments | escaped | gsub("(?<word>[A-Z]+)"; "\\fI\(.word)\\fR") | filled else empty end);

def head($name; $summary; $version):
	".\\\" Made from the option table and docs/man by `make man`: do not edit.",
	".TH \($name | ascii_upcase | escaped) 1 \($date) \"vmascope \($version)\" \"User Commands\"",
	".SH NAME",
	(($name + " - " + $summary) | escaped | filled),
	".SH SYNOPSIS";

. as $list
| (.version | split("-")[0]) as $version
| (if $command == "" then null else (.commands[] | select(.command == $command)) end) as $page
| (if $page then
	head("vmascope-" + $command; $page.summary; $version), ($page | synopsis)
   else
	head("vmascope"; "trace page faults and TLB shootdowns"; $version),
	".B vmascope", ".I COMMAND", ".RI [ OPTION ...]", ".br",
	".B vmascope help", ".RI [ COMMAND ]", ".br",
	".B vmascope help \\-\\-list", ".br",
	".B vmascope \\-\\-version"
   end),
  ($text | rtrimstr("\n") | split("\n")[]
   | if . == ".\\\" OPTIONS" then $page | options
     elif . == ".\\\" COMMANDS" then $list | commands
     else . end)
