# options.jq - what the completions for all shells are made from: the option table, with what each argument is.
#
# vmascope help --list | jq -r -L deploy/completions -f deploy/completions/bash.jq

# How an option's argument is completed: "" (it has none), word or list (of .values), pid, pids, tids, comm, user,
# cgroup, file, or none (a number, a time: nothing to offer).
def kind:
	if .argument == null then ""
	elif .values then (if .type == "names" then "list" else "word" end)
	elif .name == "pid" then (if .argument | contains(",") then "pids" else "pid" end)
	elif .name == "tid" then "tids"
	elif .name == "comm" or .name == "cgroup" then .name
	elif .argument == "USER" then "user"
	elif .argument == "FILE" then "file"
	else "none" end;
# Its words, separated by spaces.
def words: (.values // "") | gsub(", "; " ");
# How a command goes on behind its options: command, files, or nothing.
def rest: (.arguments // "") | if contains("COMMAND") then "command" elif contains("FILE") then "files" else "" end;
# Options that argp adds to each command.
def help: {name: "help", help: "list the options"}, {name: "usage", help: "list the options in short form"};
def all_options: .options + [help];
# Text in single quotes of a shell.
def quoted: "'" + gsub("'"; "'\\''") + "'";
