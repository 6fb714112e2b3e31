#!/bin/sh
# Runs the given test program against demo/dns.sh on ports of its own; ends
# with "N passed, N failed".
directory=$(mktemp -d)
port=$((20000 + $$ % 5000 * 4))
trap 'demo/dns.sh stop "$directory"; demo/dns.sh stop "$directory/other"
    rm -rf "$directory"' EXIT
demo/dns.sh start "$directory" "$port" $((port + 1)) \
    example.com 113.0.203.in-addr.arpa || exit 1
# A second name server that has an empty zone, and not the other one at all.
WITHOUT_ROOT=yes demo/dns.sh start "$directory/other" $((port + 2)) $((port + 3)) \
    example.com || exit 1
"$1" "$directory" "$port" $((port + 1)) $((port + 2)) >"$directory/log" 2>&1
ok=$(grep -c '^\[       OK \]' "$directory/log")
bad=$(grep -c '^\[  FAILED  \] [a-z_0-9]*$' "$directory/log")
[ "$ok" -gt 0 ] || bad=1
[ "$bad" -eq 0 ] || cat "$directory/log"
echo "$ok passed, $bad failed"
[ "$bad" -eq 0 ]
