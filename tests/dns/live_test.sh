#!/bin/sh
# Runs live_test against demo/dns.sh and signed_test against
# tests/dns/signed.sh, on ports of their own, and spf_test over the test suite
# of RFC 7208; ends with "N passed, N failed".
#
#   tests/dns/live_test.sh LIVE_TEST SIGNED_TEST SPF_TEST
directory=$(mktemp -d)
port=$((18000 + $$ % 400 * 4))
trap 'demo/dns.sh stop "$directory"; demo/dns.sh stop "$directory/other"
    tests/dns/signed.sh stop "$directory/signed"; rm -rf "$directory"' EXIT
signed_test=$(realpath "$2")

demo/dns.sh start "$directory" "$port" $((port + 1)) \
    example.com 113.0.203.in-addr.arpa || exit 1
# A second name server that has an empty zone, and not the other one at all.
WITHOUT_ROOT=yes demo/dns.sh start "$directory/other" $((port + 2)) $((port + 3)) \
    example.com || exit 1
"$1" "$directory" "$port" $((port + 1)) $((port + 2)) >"$directory/log" 2>&1
demo/dns.sh stop "$directory"
demo/dns.sh stop "$directory/other"

mkdir -p "$directory/signed"
tests/dns/signed.sh start "$directory/signed" "$port" $((port + 1)) \
    "$signed_test records" || exit 1
"$signed_test" "$port" $((port + 1)) >>"$directory/log" 2>&1

# A machine that leaves out the documentation of packages has no suite.
suite=/usr/share/doc/python3-spf/rfc7208-tests.yml.gz
programs=2
if [ -r "$suite" ]; then
	programs=3
	/usr/bin/python3 tests/dns/rfc7208.py "$suite" >"$directory/rfc7208"
	"$3" "$directory/rfc7208" >>"$directory/log" 2>&1
else
	echo "$suite is not there: not run"
fi

ok=$(grep -c '^\[       OK \]' "$directory/log")
bad=$(grep -c '^\[  FAILED  \] [a-z_0-9]*$' "$directory/log")
# Each may have ended before it said anything.
[ "$(grep -c '^\[==========\].*run' "$directory/log")" -eq "$programs" ] ||
    bad=$((bad + 1))
[ "$bad" -eq 0 ] || cat "$directory/log"
echo "$ok passed, $bad failed"
[ "$bad" -eq 0 ]
