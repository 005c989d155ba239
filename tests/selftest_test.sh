#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tests/selftest_test.sh - a wrong number, a crash, a hang, a skip and whatever else is no success
# must each fail the whole; prints TAP.
#
# Trees with nothing but programs that fail in a known way (tests/selftest/fault.c), and scripts in
# place of those that take long, are given to tests/run, tests/all, tests/vm/check, guest.sh,
# tests/hostile and .ci/run.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/lib/tap.sh
. tests/lib/tap.sh

fault=$PWD/build/tests/selftest/fault
tmp=$(mktemp -d "${TMPDIR:-/tmp}/vmascope-selftest.XXXXXX") || exit 1
trap 'rm -rf "$tmp"' EXIT
[ -x "$fault" ] || { echo "no $fault (run: make build-tests)" >&2; exit 1; }
export VMASCOPE_TEST_TIMEOUT=4 VMASCOPE_TEST_GRACE=1
unset VMASCOPE_FAILURES VMASCOPE_TIMES VMASCOPE_TEST

# tree NAME: a whole one, in which everything passes
tree()
{
	local group

	export VMASCOPE_TEST_TREE=$tmp/$1
	mkdir -p "$VMASCOPE_TEST_TREE"/build/{tests,asan/tests}/{unit,e2e} "$VMASCOPE_TEST_TREE"/tests/fuzz
	for group in build/tests/unit build/tests/e2e build/asan/tests/unit; do
		ln -s "$fault" "$VMASCOPE_TEST_TREE/$group/good_test"
	done
	ln -s /bin/true "$VMASCOPE_TEST_TREE/build/asan/vmascope"
	for group in selftest_test.sh deploy_test.sh docs_test.sh man_test.sh package_test.sh prometheus_test.sh fleet_test.sh web_test.sh hostile \
		fuzz/run; do
		printf '#!/bin/sh\necho 1..1\necho ok 1 - good\n' >"$VMASCOPE_TEST_TREE/tests/$group"
		chmod +x "$VMASCOPE_TEST_TREE/tests/$group"
	done
}

# expect NAME STATUS LAST-LINE LINE… -- COMMAND…: a test; each LINE must be printed, with N for seconds
expect()
{
	local name=$1 status=$2 last=$3 lines=() line got bad=0

	shift 3
	while [ "$1" != -- ]; do
		lines+=("$1")
		shift
	done
	shift
	"$@" 2>&1 | sed -E 's/[0-9]+ s(,|$)/N s\1/' >"$tmp/said"
	got=${PIPESTATUS[0]}
	[ "$got" = "$status" ] || { bad=1 && echo "-- exit status $got, not $status" >>"$tmp/said"; }
	[ "$(grep -v '^--' "$tmp/said" | tail -n 1)" = "$last" ] ||
		{ bad=1 && echo "-- the last line is not '$last'" >>"$tmp/said"; }
	for line in "${lines[@]}"; do
		grep -qxF -e "$line" "$tmp/said" ||
			{ bad=1 && echo "-- there is no line '$line'" >>"$tmp/said"; }
	done
	result $bad "$name" "$tmp/said"
}

# fault NAME GROUP KIND LAST-LINE FAILURE COMMAND: one program that fails fails tests/run
fault()
{
	local where=$2

	case $where in
	unit-asan) where=build/asan/tests/unit ;;
	asan) where=build/tests/e2e ;;
	*) where=build/tests/$where ;;
	esac
	rm -rf "$tmp/one" && tree one
	ln -s "$fault" "$VMASCOPE_TEST_TREE/$where/${3}_test"
	expect "$1" 1 "$4" "  $5" "      $6" -- tests/run "$2" good "$3"
}

echo 1..48

# --- tests/run: one program ------------------------------------------------------------------

fault 'a wrong number' e2e wrong '3 passed, 1 failed, 0 skipped' \
	'e2e/wrong: wrong' 'VMASCOPE_TEST=wrong tests/run e2e wrong'
fault 'a wrong number with sanitizers' asan wrong '3 passed, 1 failed, 0 skipped' \
	'asan/wrong: wrong' 'VMASCOPE_TEST=wrong tests/run asan wrong'
fault 'a wrong number in a unit test' unit wrong '3 passed, 1 failed, 0 skipped' \
	'unit/wrong: wrong' 'tests/run unit wrong'
fault 'and in one with sanitizers' unit-asan wrong '3 passed, 1 failed, 0 skipped' \
	'unit-asan/wrong: wrong' 'tests/run unit-asan wrong'
fault 'a crash that cmocka catches' e2e segfault '3 passed, 1 failed, 0 skipped' \
	'e2e/segfault: segfault' 'VMASCOPE_TEST=segfault tests/run e2e segfault'
fault 'a crash' e2e aborts '3 passed, 1 failed, 0 skipped' \
	'e2e/aborts: crashed after 1 of 2 tests (exit status 134)' 'tests/run e2e aborts'
fault 'a crash in a unit test' unit aborts '3 passed, 1 failed, 0 skipped' \
	'unit/aborts: crashed after 1 of 2 tests (exit status 134)' 'tests/run unit aborts'
fault 'a kill' e2e killed '3 passed, 1 failed, 0 skipped' \
	'e2e/killed: crashed after 1 of 2 tests (exit status 137)' 'tests/run e2e killed'
fault 'an end with success, too early' e2e exits '3 passed, 1 failed, 0 skipped' \
	'e2e/exits: crashed after 1 of 2 tests (exit status 0)' 'tests/run e2e exits'
fault 'a hang' e2e hangs '3 passed, 1 failed, 0 skipped' \
	'e2e/hangs: hung: ended after N s' 'tests/run e2e hangs'
fault 'a hang that ignores SIGTERM' unit stubborn '3 passed, 1 failed, 0 skipped' \
	'unit/stubborn: hung: ended after N s' 'tests/run unit stubborn'
fault 'a skip' e2e skips '3 passed, 0 failed, 1 skipped' \
	'e2e/skips: skips (a skip is a failure)' 'VMASCOPE_TEST=skips tests/run e2e skips'
fault 'a skip in a unit test' unit skips '3 passed, 0 failed, 1 skipped' \
	'unit/skips: skips (a skip is a failure)' 'tests/run unit skips'
fault 'more results than planned' e2e extra '5 passed, 1 failed, 0 skipped' \
	'e2e/extra: 3 results, but 2 tests were planned' 'tests/run e2e extra'
fault 'a failure that only the exit status shows' e2e status '4 passed, 1 failed, 0 skipped' \
	'e2e/status: exit status 3' 'tests/run e2e status'
fault 'no result' e2e silent '2 passed, 1 failed, 0 skipped' \
	'e2e/silent: no result (exit status 0)' 'tests/run e2e silent'
fault 'no test' e2e empty '2 passed, 1 failed, 0 skipped' \
	'e2e/empty: ran no test' 'tests/run e2e empty'
expect 'a program that is not built' 1 '2 passed, 1 failed, 0 skipped' '      make build-tests' -- \
	tests/run e2e good nothing
rm "$VMASCOPE_TEST_TREE"/build/tests/e2e/*
expect 'nothing is built' 1 '0 passed, 1 failed, 0 skipped' \
	'  no test program was run: is anything built?' -- tests/run e2e

# --- tests/all: the whole --------------------------------------------------------------------

tree good
expect 'the whole passes when everything does' 0 '18 passed, 0 failed, 0 skipped' -- tests/all native
expect 'and tells the time of each part' 0 '18 passed, 0 failed, 0 skipped' \
	'  hostile conditions: N s' -- tests/all native
tree bad
for kind in wrong aborts hangs skips; do
	[ $kind = hangs ] || ln -s "$fault" "$VMASCOPE_TEST_TREE/build/tests/unit/${kind}_test"
	ln -s "$fault" "$VMASCOPE_TEST_TREE/build/tests/e2e/${kind}_test"
done
printf '#!/bin/sh\necho 1..2\necho ok 1 - good\nexit 1\n' >"$VMASCOPE_TEST_TREE/tests/web_test.sh"
expect 'the whole fails, and lists each failure' 1 '29 passed, 9 failed, 3 skipped' \
	'  unit/wrong: wrong' '  unit/aborts: crashed after 1 of 2 tests (exit status 134)' \
	'  unit/skips: skips (a skip is a failure)' \
	'  e2e/wrong: wrong' '  e2e/hangs: hung: ended after N s' \
	'  asan/aborts: crashed after 1 of 2 tests (exit status 134)' \
	'  web: crashed after 1 of 2 tests (exit status 1)' '      tests/run web' -- tests/all native
tree skipping
ln -s "$fault" "$VMASCOPE_TEST_TREE/build/tests/unit/skips_test"
expect 'a single skip fails the whole' 1 '19 passed, 1 failed, 1 skipped' \
	'  unit/skips: skips (a skip is a failure)' -- tests/all native

# --- tests/hostile ---------------------------------------------------------------------------

tree hostile
ln -s "$fault" "$VMASCOPE_TEST_TREE/build/tests/e2e/wrong_test"
expect 'a failure under load is counted, with its conditions' 1 '4 passed, 2 failed' \
	'ok    nice: e2e/good, N s' '  e2e/wrong: wrong' '      2 times: nice 1 of 3, onecpu 1 of 3' \
	'      tests/hostile --minutes 5 --in nice,onecpu e2e/wrong' -- \
	tests/hostile --runs 6 --in onecpu,nice e2e/good e2e/wrong e2e/good
expect 'and in the part that make check has' 1 '# 1 passed, 1 failed, 0 skipped' \
	'not ok 1 - onecpu: e2e/wrong' '1..1' -- tests/hostile --small --in onecpu e2e/wrong
expect 'no run is no success' 1 '0 passed, 0 failed' -- tests/hostile --runs 0 e2e/good
unset VMASCOPE_TEST_TREE

# --- guests ----------------------------------------------------------------------------------

# in_guest TEST…: guest.sh, here
in_guest()
{
	mkdir -p "$tmp/guest/results"
	VM_TREE=$tmp/guest VM_TEST_LIMIT=4 VM_KERNEL=none VM_SUPPORTS=runs VM_RESULTS=$tmp/guest/results \
		VMASCOPE=/bin/true tests/vm/guest.sh "$@"
}

mkdir -p "$tmp"/guest/{tests/vm,build/tests/e2e}
cp tests/vm/skips "$tmp/guest/tests/vm/"
for kind in good wrong aborts hangs skips exits; do
	ln -s "$fault" "$tmp/guest/build/tests/e2e/${kind}_test"
done
expect 'a guest passes when everything does' 0 '1..4' -- in_guest e2e/good_test
expect 'a guest fails with each kind of failure' 1 '1..16' \
	'not ok 6 - e2e/wrong_test: wrong' \
	'not ok 8 - e2e/aborts_test: 1 results of 2, exit status 134' \
	'not ok 10 - e2e/hangs_test: 1 results of 2, exit status 124' \
	'not ok 12 - e2e/skips_test: skips' '# skipped, but not in tests/vm/skips' \
	'not ok 14 - e2e/exits_test: 1 results of 2, exit status 0' -- \
	in_guest e2e/good_test e2e/wrong_test e2e/aborts_test e2e/hangs_test e2e/skips_test \
	e2e/exits_test e2e/good_test
expect 'a kernel that is not locked down fails, at the end' 1 '1..7' \
	'not ok 5 - kernel: locked down for confidentiality' \
	'not ok 7 - e2e/vm_lockdown_test: 0 results of 0, exit status 127' -- \
	in_guest e2e/vm_lockdown_test e2e/good_test

# guest SCRIPT: tests/vm/check, with that in place of a guest, which prints what one would
guest()
{
	rm -rf "$tmp/vm" && mkdir -p "$tmp"/vm/{tests,build/tests/e2e}
	cp -r tests/vm "$tmp/vm/tests/"
	ln -s /bin/true "$tmp/vm/build/vmascope"
	ln -s "$fault" "$tmp/vm/build/tests/e2e/good_test"
	printf '#!/bin/sh\nexit 0\n' >"$tmp/vm/tests/vm/fetch"
	# shellcheck disable=SC2016 # the script's own $3, the results directory
	printf '#!/bin/sh\nmkdir -p "$3" && exec >"$3/output.log"\n%s\n' "$1" >"$tmp/vm/tests/vm/run"
	VM_CACHE=$tmp/vm/cache "$tmp/vm/tests/vm/check" 6.12 -- e2e/good_test
}

expect 'the sum of guests that pass' 0 '1 passed, 0 failed, 0 skipped' -- \
	guest 'echo ok 1 - e2e/good_test: passes; echo 1..1'
expect 'a failure in a guest' 1 '0 passed, 1 failed, 0 skipped' \
	'  6.12, 2cpu: e2e/good_test: passes' '      tests/vm/check 6.12 -- e2e/good_test' -- \
	guest 'echo not ok 1 - e2e/good_test: passes; echo 1..1; exit 1'
expect 'a guest that does not run everything' 1 '1 passed, 1 failed, 0 skipped' \
	'  6.12, 2cpu: guest ended with status 0' -- guest 'echo ok 1 - e2e/good_test: passes'
expect 'a guest that dies' 1 '0 passed, 1 failed, 0 skipped' \
	'  6.12, 2cpu: guest ended with status 125' -- guest 'exit 125'

# --- what CI runs ----------------------------------------------------------------------------

# ci SCRIPT: .ci/run, with that in place of make
ci()
{
	mkdir -p "$tmp/ci"
	printf '#!/bin/sh\n%s\n' "$1" >"$tmp/ci/make"
	chmod +x "$tmp/ci/make"
	PATH=$tmp/ci:$PATH .ci/run
}

expect 'CI fails when make does' 2 '5 passed, 1 failed' -- ci 'echo 5 passed, 1 failed; echo oops; exit 2'
expect 'CI fails without a result' 1 '0 passed, 1 failed' -- ci 'exit 0'

# --- the rules of lint ----------------------------------------------------------------------

# source_file FILE LINE…: a file of a tree that breaks the rules
source_file()
{
	mkdir -p "$tmp/lint/$(dirname "$1")"
	printf '%s\n' "${@:2}" >"$tmp/lint/$1"
}

# rule SCRIPT FILE…: what it finds in that tree
rule()
{
	local script=$PWD/tests/lint/$1

	shift
	(cd "$tmp/lint" && awk -f "$script" "$@")
}

# shellcheck disable=SC2016 # backticks of Markdown
source_file user/README.md '| `.` | all | view |' '| `view` | rows | model |' '| `model` | counts | |' '| `util` | texts | |'
source_file user/main.c '#include "view/a.h"' '#include "model/b.h"'
source_file user/view/a.h '#include "model/b.h"' '#include "util/c.h"' '#include "events.h"'
source_file user/model/b.h '#include "view/a.h"' '#include "model/d.h"'
source_file user/other/e.h '#include "util/c.h"'
source_file user/util/c.h '#include <stdio.h>'
expect 'lint: includes go downwards, and no further than the table says' 0 \
	'user/other/e.h:1: user/README.md has no row for other' \
	'user/main.c:2: includes model/b.h: . does not include model' \
	'user/model/b.h:1: includes view/a.h: view is above model' -- \
	rule layers.awk user/README.md user/main.c user/view/a.h user/model/b.h user/util/c.h user/other/e.h
expect 'lint: a table of folders that do not exist' 0 'user/README.md: view has no files' -- \
	rule layers.awk user/README.md user/main.c user/model/b.h user/util/c.h

source_file tags.c 'struct one {' '};' 'static const struct two {' '} x;' 'struct three y;'
source_file tags.h 'enum two {' '	A' '};' 'struct three {' '	struct one {' '	} in;' '};'
expect 'lint: a tag that is defined twice' 0 'tags.h:5: one is also in tags.c:1' \
	'tags.h:1: two is also in tags.c:3' -- rule tags.awk tags.c tags.h

source_file bpf/a.bpf.h '#define GUARD_H' '#define LIMIT 8192' '#define GONE 1' '#undef GONE' '#define CALL(x) x' \
	'enum { FIRST, SECOND = 3,' '	THIRD,' '	FOURTH = 1 << 2, /* the last */' '};'
source_file user/a.c '#define GUARD_H' '#define GONE 1' '#define CALL(x) x' 'int x = THIRD + LIMIT;' '	THIRD,'
source_file user/b.c 'enum order {' '	FOURTH,' '};'
source_file user/c.c '#define LIMIT 8192u'
expect 'lint: an enumerator that is in bpf/ and in user/' 0 'user/b.c:2: FOURTH is also in bpf/a.bpf.h:8' -- \
	rule constants.awk bpf/a.bpf.h user/a.c user/b.c
expect 'lint: a macro that is in bpf/ and in user/' 0 'user/c.c:1: LIMIT is also in bpf/a.bpf.h:2' -- \
	rule constants.awk bpf/a.bpf.h user/a.c user/c.c

source_file documented.h '/* documented.h - a head. */' 'void bare(void);' '' '/** good - does. */' \
	'int good(void);' 'int good_too(int a,' '	     int b);' '' 'struct s {' '	int (*call)(void);' '};' \
	'' 'void s__free(struct s *s);' '' 'static inline int shape(void)' '{' '	return f();' '}'
expect 'lint: functions without documentation' 0 'documented.h:15: shape()' 'documented.h:2: bare()' -- \
	rule documented.awk documented.h

source_file names.c '/** old_name - does. */' 'int new_name(void);' '' '/**' ' * struct s - of which' ' * there - are' ' */' \
	'struct s {' '};' '/** f() - fine */' 'static int f(void)' '{' '}' '/** a and others - a list */' 'int a(void);' \
	'/** gone - */' '' 'int gone(void);'
expect 'lint: comments that name something else' 0 'names.c:16: gone: not what is below the comment' \
	'names.c:1: old_name: not what is below the comment' -- rule doc_names.awk names.c

source_file strings.c '#include "told.h"' '/* "told" */ f("a \"b\" c", "it tells\n"); // "x"' "c = '\"'; g(\"d\");"
expect 'lint: string literals, and nothing else' 0 'strings.c:3:d' 'strings.c:2:a \"b\" c' \
	'strings.c:2:it tells\n' -- rule strings.awk strings.c
source_file words.tsv $'tells?\tprint\t1' $'told\tprinted\t0' $'house\tlayout\t2'
source_file words 'a.c:1:it\ntells' 'a.c:2:retold' 'a.c:3:Told, \"all\"' 'a.c:4:a house'
expect 'lint: replaced words that come back, and numbers that are too large' 0 \
	"words.tsv: 'house' is in 1 strings only: lower its number" 'a.c:3:Told, \"all\" (say: printed)' -- \
	rule words.awk words.tsv words
expect 'lint: words that come back' 0 'a.c:5:no house (say: layout)' 'a.c:4:a house (say: layout)' -- \
	rule words.awk <(printf 'house\tlayout\t1\n') <(printf '%s\n' 'a.c:4:a house' 'a.c:5:no house')

# symbols LINE…: as nm -A prints them, to the rule of circles
symbols()
{
	printf '%s\n' "$@" | awk -f tests/lint/circles.awk | sort
}

expect 'lint: files that call each other in a circle' 0 'd/c.o: on a circle with d/a.o' \
	'd/a.o: on a circle with d/b.o' 'd/b.o: on a circle with d/c.o' -- \
	symbols 'd/a.o:0 T a' 'd/a.o: U b' 'd/b.o:0 T b' 'd/b.o: U c' 'd/c.o:0 D c' 'd/c.o: U a' 'd/z.o: U a'
expect 'lint: files that call each other, but in no circle' 0 '' -- \
	symbols 'd/a.o:0 T a' 'd/a.o: U b' 'd/b.o:0 T b' 'd/b.o: U c' 'd/b.o: U memcpy' 'e/c.o:0 T c' 'e/c.o: U a' 'd/e.o: U a'

# --- the table of what is repeated with sanitizers ------------------------------------------

# check_table: a program for each row, a test for each pattern
check_table()
{
	local name tests pattern

	while read -r name tests _; do
		[[ $name == '#'* || -z $name || -f tests/e2e/${name}_test.c ]] ||
			{ echo "$name: no such program" && return 1; }
		[[ $name != '#'* && -n $name && $tests != [*-] && $tests != native ]] || continue
		for pattern in ${tests//,/ }; do
			grep -qE "VT_TEST\($pattern\)" "tests/e2e/${name}_test.c" ||
				{ echo "$name: no test $pattern" && return 1; }
		done
	done <tests/sanitized
}

check_table >"$tmp/said"
result $? 'tests/sanitized names existing programs and tests' "$tmp/said"
