# _vmascope_pids: processes, with their names; options of compadd are passed on
_vmascope_pids()
{
	local -a processes
	local dir name

	for dir in /proc/<->(N/); do
		name=
		read -r name <$dir/comm 2>/dev/null || continue
		processes+=("${dir:t}:${name//:/\\:}")
	done
	_describe -t pids process processes "$@"
}

_vmascope_tids()
{
	compadd "$@" -- /proc/<->/task/<->(N/:t)
}

_vmascope_comms()
{
	local -aU names
	local dir name

	for dir in /proc/<->(N/); do
		name=
		read -r name <$dir/comm 2>/dev/null && names+=("$name")
	done
	compadd "$@" -a names
}

# _vmascope_cgroups: below where cgroup v2 is mounted, and v1 with the memory controller
_vmascope_cgroups()
{
	local -a roots
	local _ dir type options

	while read -r _ dir type options _; do
		[[ $type != cgroup2 && ($type != cgroup || ,$options, != *,memory,*) ]] || roots+=("$dir")
	done </proc/self/mounts
	compset -P '/'
	_path_files -/ -W roots
}

_vmascope()
{
	local curcontext="$curcontext" context state state_descr line
	typeset -A opt_args

	_arguments -C -S '(- *)'{-V,--version}'[print the version]' '(- *)'{-h,--help}'[list the commands]' \
		'(-): :->command' '(-)*:: :->rest' && return
	case $state in
	command)
		_vmascope_describe
		compadd -- help
		;;
	rest)
		if [[ $words[1] == help ]]; then
			((CURRENT > 2)) && return
			_vmascope_describe
			compadd -- --list
		elif (($+functions[_vmascope_$words[1]])); then
			_vmascope_$words[1]
		fi
		;;
	esac
}

_vmascope "$@"
