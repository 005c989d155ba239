# zsh.jq - the completion for zsh: a function for each command, then what they have in common.
include "options";
# Text in brackets of a specification of _arguments.
def described: gsub("(?<c>[\\\\\\[\\]:])"; "\\\(.c)");
def action:
	kind as $kind
	| if $kind == "word" then "(\(words))"
	  elif $kind == "list" then " _sequence compadd - \(words)"
	  elif $kind == "pids" or $kind == "tids" then " _sequence _vmascope_\($kind)"
	  elif $kind == "pid" then "_vmascope_pids"
	  elif $kind == "comm" or $kind == "cgroup" then "_vmascope_\($kind)s"
	  elif $kind == "user" then "_users"
	  elif $kind == "file" then "_files"
	  else " _message -e \(.name)" end;
def argument: ":\(.argument | ascii_downcase | described):\(action)";
def specification:
	"[\(.help | described)]\(if .argument then argument else "" end)" as $tail
	| "--\(.name)\(if .argument then "=" else "" end)" as $long
	| if .letter then "'*'{-\(.letter)\(if .argument then "+" else "" end),\($long)}\($tail | quoted)"
	  else "*\($long)\($tail)" | quoted end;
"#compdef vmascope",
"# zsh completion for vmascope, made from its option table by `make completions`: do not edit.",
(.commands[]
 | "",
   "_vmascope_\(.command)()",
   "{",
   "	_arguments -s -S \\",
   ([all_options[] | specification]
    + (if rest == "command" then ["'*:: : _normal'"] elif rest == "files" then ["'*:file:_files'"] else [] end)
    | map("		" + .) | join(" \\\n")),
   "}"),
"",
"_vmascope_describe()",
"{",
"	local -a commands=(",
(.commands[] | "		\("\(.command):\(.summary)" | quoted)"),
"	)",
"	_describe command commands",
"}",
"",
($functions | rtrimstr("\n"))
