#!/bin/sh
# Runs each kind of test (a target of the Makefile that ends with the line
# "N passed, N failed"), as many at once as the machine has processors, and
# ends with the same line summed over all.  The kinds use ports and
# directories of their own; those that take long are best named first.
#   tests/run.sh KIND...      all of them
#   tests/run.sh -1 KIND      one, into DIRECTORY/KIND (set by the first form)
if [ "$1" = -1 ]; then
	kind=$2 log=$DIRECTORY/$2.log
	started=$(date +%s)
	"${MAKE:-make}" --no-print-directory "$kind" >"$log" 2>&1
	status=$?
	count=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log" | tail -1)
	ok=$(echo "$count" | cut -d ' ' -f 1)
	bad=$(echo "$count" | cut -d ' ' -f 3)
	# A kind that ended badly, or said nothing, has failed.
	if [ -z "$count" ] || { [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; }; then
		bad=$((${bad:-0} + 1))
	fi
	{
		[ "$bad" -eq 0 ] || sed "s/^/$kind: /" "$log"
		echo "$kind: ${ok:-0} passed, $bad failed," \
		    "$(($(date +%s) - started)) s"
	} >"$DIRECTORY/$kind.end"
	cat "$DIRECTORY/$kind.end" # at once: kinds don't mix their lines
	exit 0
fi
DIRECTORY=$(mktemp -d)
export DIRECTORY
trap 'rm -rf "$DIRECTORY"' EXIT
trap 'exit 1' HUP INT TERM
printf '%s\n' "$@" | xargs -P "$(nproc)" -n 1 "$0" -1
passed=0 failed=0
for kind in "$@"; do
	count=$(tail -n 1 "$DIRECTORY/$kind.end" 2>/dev/null)
	count=${count#*: }
	[ -n "$count" ] || count="0 passed, 1 failed,"
	passed=$((passed + ${count%% *}))
	count=${count#*, }
	failed=$((failed + ${count%% *}))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
