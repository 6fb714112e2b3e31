#!/bin/sh
# lint.sh BUILD -- FLAGS: what reads the sources without running them.
# Ends with "N passed, N failed": one count per tool.
cd "$(dirname "$0")/.." || exit 2
shift 2 # the flags remain
passed=0 failed=0

lint() {
	name=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
	else
		echo "lint: $name found something"
		failed=$((failed + 1))
	fi
}

sources=$(git ls-files '*.[ch]')
programs=$(git ls-files '*.c')
scripts=$(git ls-files | xargs grep -lE '^#!/bin/(ba)?sh')
pages=$(git ls-files 'doc/*.[1-8]')

tidy() {
	# shellcheck disable=SC2086,SC2016
	echo $programs | xargs -n 1 -P 2 sh -c '
		flags=$1
		shift
		clang-tidy --quiet "$@" -- $flags 2>/dev/null' tidy "$flags"
}

# SQL texts of several lines stand in arrays: no comma is missing there.
# gcc's own flags mean nothing to clang-tidy.
flags=$(echo "$*" | sed 's/-fstack-clash-protection//; s/-Werror//')
# shellcheck disable=SC2086
{
	lint clang-format clang-format --dry-run --Werror $sources
	lint shellcheck shellcheck -x $scripts
	[ -z "$pages" ] || lint mandoc mandoc -T lint -W warning $pages
	lint clang make -s --no-print-directory -j2 CC=clang CI=1 \
	    CFLAGS=-Wno-string-concatenation BUILD=build/clang all \
	    unit-programs
	lint clang-tidy tidy
}
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
