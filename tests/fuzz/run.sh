#!/bin/sh
# Runs each fuzz target for some seconds over its corpus; what it finds on the
# way stays in a directory of its own.  Ends with "N passed, N failed".
#   tests/fuzz/run.sh SECONDS PROGRAM...
seconds=$1
shift
passed=0 failed=0
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
for program in "$@"; do
	name=$(basename "$program" _fuzz)
	mkdir "$directory/$name"
	if "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
	    -artifact_prefix="$directory/$name-" -print_final_stats=1 \
	    "$directory/$name" "tests/fuzz/corpus/$name" \
	    >"$directory/log" 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "$name:"
		tail -40 "$directory/log"
		for found in "$directory/$name"-*; do
			[ -e "$found" ] && base64 "$found" | head -20
		done
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
