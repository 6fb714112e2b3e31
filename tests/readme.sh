#!/bin/sh
# What README.md says that can be checked: the code map names every file, and
# the table of dependencies every package of the Makefile.
# Ends with "N passed, N failed".
passed=0 failed=0

check() { # SENTENCE COMMAND...
	sentence=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
	else
		echo "README.md: $sentence"
		failed=$((failed + 1))
	fi
}

has_package() {
	grep -E '^\|' README.md | cut -d '|' -f 2 | tr -s ', ' '\n' | grep -qx "$1"
}

check 'the code map is old: "make map" writes it' tools/code_map.sh --check
for package in "$@"; do
	check "the table of dependencies lacks $package" has_package "$package"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
