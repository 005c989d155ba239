# _vmascope_cgroups: where the hierarchies are mounted that vmascope looks in: cgroup v2, and v1 with the memory controller
_vmascope_cgroups()
{
	local dir type options

	while read -r _ dir type options _; do
		[[ $type != cgroup2 && ($type != cgroup || ,$options, != *,memory,*) ]] || echo "$dir"
	done </proc/self/mounts
}

# _vmascope_offer KIND WORDS CURRENT PREFIX: what an argument that begins so may be goes to COMPREPLY, each with
# PREFIX in front
_vmascope_offer()
{
	local kind=$1 words=$2 current=$3 prefix=$4 done='' word root left=''

	case $kind in
	list | pids | tids)
		# the words of a list are separated by commas; each is offered once
		[[ $current != *,* ]] || done=${current%,*},
		current=${current##*,}
		prefix+=$done
		compopt -o nospace
		;;
	esac
	case $kind in
	pid | pids) words=$(cd /proc && printf '%s ' [0-9]*) ;;
	tids) words=$(cd /proc && printf '%s\n' [0-9]*/task/[0-9]* | sed 's|.*/||') ;;
	comm)
		mapfile -t COMPREPLY < <(cat /proc/[0-9]*/comm 2>/dev/null | sort -u)
		for word in "${COMPREPLY[@]}"; do
			[[ $word != "$current"* ]] || left+=$(printf '%q' "$word")$'\n'
		done
		mapfile -t COMPREPLY <<<"${left%$'\n'}"
		[[ $left ]] || COMPREPLY=()
		return
		;;
	user) words=$(compgen -u) ;;
	cgroup)
		compopt -o filenames -o nospace
		mapfile -t COMPREPLY < <(_vmascope_cgroups | while read -r root; do
			cd "$root" 2>/dev/null && compgen -d -- "${current#/}"
		done | sort -u)
		[[ $current != /* ]] || COMPREPLY=("${COMPREPLY[@]/#//}")
		COMPREPLY=("${COMPREPLY[@]/%//}")
		return
		;;
	file)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
		return
		;;
	none) words='' ;;
	esac
	for word in $words; do
		[[ $word != "$current"* || ,$done == *,"$word",* ]] || COMPREPLY+=("$prefix$word")
	done
}

_vmascope()
{
	local current=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]} prefix='' command i argument

	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		command='--help --version'
		[[ $current == -* ]] || command="$_vmascope_commands help"
		_vmascope_offer word "$command" "$current" ''
		return
	fi
	command=${COMP_WORDS[1]}
	if [[ $command == help ]]; then
		((COMP_CWORD > 2)) || _vmascope_offer word "$_vmascope_commands --list" "$current" ''
		return
	fi
	# what follows -- is a command line of its own
	for ((i = 2; i < COMP_CWORD; i++)); do
		[[ ${COMP_WORDS[i]} == -- ]] || continue
		[[ $(_vmascope_rest "$command") == command ]] || return
		if declare -F _comp_command_offset >/dev/null; then
			_comp_command_offset $((i + 1))
		elif declare -F _command_offset >/dev/null; then
			_command_offset $((i + 1))
		elif ((i == COMP_CWORD - 1)); then
			mapfile -t COMPREPLY < <(compgen -c -- "$current")
		else
			compopt -o filenames
			mapfile -t COMPREPLY < <(compgen -f -- "$current")
		fi
		return
	done
	# --option=value is three words where = breaks words, and else one
	if [[ $current == = ]]; then
		current=''
	elif [[ $option == = ]]; then
		option=${COMP_WORDS[COMP_CWORD - 2]}
	elif [[ $current == --*=* ]]; then
		option=${current%%=*} prefix=${current%%=*}= current=${current#*=}
	fi
	argument=$(_vmascope_argument "$command" "$option")
	if [[ $argument ]]; then
		_vmascope_offer "${argument%% *}" "${argument#"${argument%% *}"}" "$current" "$prefix"
	elif [[ $current == -* || ! $(_vmascope_rest "$command") == files ]]; then
		_vmascope_offer word "$(_vmascope_options "$command")" "$current" ''
	else
		_vmascope_offer file '' "$current" ''
	fi
}

complete -F _vmascope vmascope
