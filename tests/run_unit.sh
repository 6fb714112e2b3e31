#!/bin/sh
# Runs each given unit test; shows the output of those that fail.  -w gives a
# program to run them under.
# Ends with "N passed, N failed": one count per test function.
under=
if [ "$1" = -w ]; then
	under=$2
	shift 2
fi
passed=0 failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for t in "$@"; do
	$under "$t" >"$log" 2>&1
	status=$?
	ok=$(grep -c '^\[       OK \]' "$log")
	bad=$(grep -c '^\[  FAILED  \] [a-z_0-9]*$' "$log")
	if [ "$status" -ne 0 ]; then
		[ "$bad" -eq 0 ] && bad=1
		echo "--- $(basename "$t"), exit status $status"
		cat "$log"
	fi
	passed=$((passed + ok))
	failed=$((failed + bad))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
