#!/bin/sh
# Runs each comparison: tests/bench/run.sh PROGRAM [NAME...].  A comparison is
# tests/bench/NAME_bench.sh; it gets the program, runs ours and the peer in
# turns on loopback, and prints lines of "WHAT  OURS  PEER  RATIO".
# Figures are read by people: nothing here passes or fails by time.
program=$1
shift
here=$(cd "$(dirname "$0")" && pwd)
if [ $# -eq 0 ]; then
	for file in "$here"/*_bench.sh; do
		set -- "$@" "$(basename "$file" _bench.sh)"
	done
fi
status=0
for name in "$@"; do
	echo "== $name"
	"$here/${name}_bench.sh" "$program" || {
		echo "   $name could not be measured"
		status=1
	}
done
exit $status
