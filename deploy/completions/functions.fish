function __vmascope_needs_command -d 'no command has been given yet'
    test (count (commandline -opc)) -eq 1
end

function __vmascope_is -a command -d 'this command has been given, and no --'
    set -l words (commandline -opc)
    test (count $words) -gt 1; and test "$words[2]" = $command; and not contains -- -- $words
end

function __vmascope_runs -a command -d 'this command has been given, and the -- of the command that it runs'
    set -l words (commandline -opc)
    test (count $words) -gt 1; and test "$words[2]" = $command; and contains -- -- $words
end

function __vmascope_subcommand -d 'completions of the command line that follows --'
    set -l words (commandline -opc)
    set -l first (contains -i -- -- $words)
    complete -C (string join ' ' -- (string escape -- $words[(math $first + 1)..-1]) (commandline -ct))
end

function __vmascope_list -d 'a list of words, separated by commas, each of them once'
    set -l given (commandline -ct | string replace -r -- '^--[^=]*=' '')
    # an empty list would make nothing of all words
    set -l before (string match -r -- '.*,' $given; or echo)
    set -l used (string split -- , $before)
    for word in $argv
        contains -- (string split -f1 \t -- $word) $used; or echo -- $before$word
    end
end

function __vmascope_pids -d 'processes, with their names'
    for dir in (string match -r -- '^/proc/[0-9]+$' /proc/*)
        set -l name (cat $dir/comm 2>/dev/null)
        and printf '%s\t%s\n' (string replace /proc/ '' $dir) "$name"
    end
end

function __vmascope_tids -d 'threads'
    string match -rg -- '^/proc/[0-9]+/task/([0-9]+)$' /proc/*/task/*
end

function __vmascope_comms -d 'command names'
    cat (string match -r -- '^/proc/[0-9]+/comm$' /proc/*/comm) 2>/dev/null | sort -u
end

function __vmascope_cgroups -d 'cgroups below where cgroup v2 is mounted, and v1 with the memory controller'
    set -l given (commandline -ct | string replace -r -- '^--[^=]*=' '')
    set -l slash (string match -r -- '^/' $given; or echo)
    while read -l device dir type options rest
        test "$type" = cgroup2
        or begin
            test "$type" = cgroup; and string match -q -- '*,memory,*' ,$options,
        end
        or continue
        for cgroup in $dir/(string replace -r -- '^/' '' $given)*/
            echo -- $slash(string replace -- $dir/ '' $cgroup)
        end
    end </proc/self/mounts
end
