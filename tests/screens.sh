#!/bin/sh
# Plays all scripts of keys in memory: tests/tui over the toolkit's example
# screens, tests/screen over the real ones.  A golden screen that no script
# expects any more fails too.  Ends with "N passed, N failed".
out=$1
passed=0 failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

add() { # PROGRAM FILE...
	"$@" >"$log" 2>&1
	status=$?
	count=$(tail -1 "$log")
	ok=$(echo "$count" | sed -n 's/^\([0-9]*\) passed, .*/\1/p')
	bad=$(echo "$count" | sed -n 's/^.* passed, \([0-9]*\) failed$/\1/p')
	[ "$status" -eq 0 ] || [ "${bad:-0}" -gt 0 ] || bad=1
	[ "${bad:-1}" -eq 0 ] || cat "$log"
	passed=$((passed + ${ok:-0}))
	failed=$((failed + ${bad:-1}))
}

orphans() { # DIRECTORY
	for file in "$1"/golden/*.screen; do
		[ -e "$file" ] || continue
		name=$(basename "$file" .screen)
		grep -qx "expect ${name%%.*}" "$1"/*.keys || {
			echo "$file: no script expects this screen"
			failed=$((failed + 1))
		}
	done
}

for part in tui screen; do
	[ -x "$out/tests/$part/play" ] || continue
	add "$out/tests/$part/play" "tests/$part"/*.keys
	orphans "tests/$part"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
