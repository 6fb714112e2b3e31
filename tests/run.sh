#!/bin/sh
# Runs each kind of test (a target of the Makefile that ends with the line
# "N passed, N failed") and ends with the same line summed over all.
passed=0 failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for kind in "$@"; do
	started=$(date +%s)
	echo "== $kind"
	"${MAKE:-make}" --no-print-directory "$kind" >"$log" 2>&1
	status=$?
	count=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log" | tail -1)
	ok=$(echo "$count" | cut -d ' ' -f 1)
	bad=$(echo "$count" | cut -d ' ' -f 3)
	# A kind that ended badly, or said nothing, has failed.
	if [ -z "$count" ] || { [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; }; then
		bad=$((${bad:-0} + 1))
	fi
	[ "$bad" -eq 0 ] || cat "$log"
	passed=$((passed + ${ok:-0}))
	failed=$((failed + bad))
	echo "   $kind: ${ok:-0} passed, $bad failed, $(($(date +%s) - started)) s"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
