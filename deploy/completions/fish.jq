# fish.jq - the completion for fish: functions, then a line for each command and option.
include "options";
# Text in single quotes of fish.
def fish_quoted: "'" + gsub("\\\\"; "\\\\") + "'" | .[:1] + (.[1:-1] | gsub("'"; "\\'")) + .[-1:];
def action:
	kind as $kind
	| if $kind == "" then ""
	  elif $kind == "word" then " -x -a \(words | fish_quoted)"
	  elif $kind == "list" then " -x -a '(__vmascope_list \(words))'"
	  elif $kind == "pid" then " -x -a '(__vmascope_pids)'"
	  elif $kind == "pids" then " -x -a '(__vmascope_list (__vmascope_pids))'"
	  elif $kind == "tids" then " -x -a '(__vmascope_list (__vmascope_tids))'"
	  elif $kind == "comm" then " -x -a '(__vmascope_comms)'"
	  elif $kind == "cgroup" then " -x -a '(__vmascope_cgroups)'"
	  elif $kind == "user" then " -x -a '(__fish_complete_users)'"
	  elif $kind == "file" then " -r -F"
	  else " -x" end;
"# fish completion for vmascope, made from its option table by `make completions`: do not edit.",
"",
($functions | rtrimstr("\n")),
"",
"complete -c vmascope -f",
"complete -c vmascope -n __vmascope_needs_command -s V -l version -d 'print the version'",
"complete -c vmascope -n __vmascope_needs_command -s h -l help -d 'list the commands'",
"complete -c vmascope -n __vmascope_needs_command -a help -d 'list the options of a command'",
(.commands[]
 | "complete -c vmascope -n __vmascope_needs_command -a \(.command) -d \(.summary | fish_quoted)",
   "complete -c vmascope -n '__vmascope_is help' -a \(.command) -d \(.summary | fish_quoted)"),
"complete -c vmascope -n '__vmascope_is help' -l list -d 'list all commands and options as JSON'",
(.commands[] | .command as $command
 | all_options[]
 | "complete -c vmascope -n '__vmascope_is \($command)'"
   + (if .letter then " -s \(.letter)" else "" end)
   + " -l \(.name)\(action) -d \(.help | fish_quoted)"),
(.commands[] | select(rest == "command")
 | "complete -c vmascope -n '__vmascope_runs \(.command)' -x -a '(__vmascope_subcommand)'"),
(.commands[] | select(rest == "files") | "complete -c vmascope -n '__vmascope_is \(.command)' -F")
