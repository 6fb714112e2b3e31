#!/bin/sh
# The stories against a real mail server: tests/stack/run.sh PROGRAM.  Starts
# it in a directory of its own, and leaves nothing.  STACK_PORT is the first of
# ten ports.  Ends with "N passed, N failed".
cd "$(dirname "$0")/../.." || exit 2
program=$(realpath "$1")
port=${STACK_PORT:-$((22000 + $$ % 500 * 20))}
if [ "$(id -u)" -ne 0 ]; then
	echo "The mail servers change users: run this as root."
	echo "0 passed, 1 failed"
	exit 1
fi
# With the users of the package, though this machine may lack them.
[ -n "$USERS_MADE" ] || exec tests/stack/users.sh \
    tests/stack/run.sh "$program"
# Not in /tmp, where OpenDKIM accepts no key.
directory=$(mktemp -d /run/stack.XXXXXX)
# shellcheck disable=SC2317
end() {
	tests/stack/stack.sh stop "$directory" >"$directory/stop" 2>&1 ||
	    cat "$directory/stop"
	rm -rf "$directory"
}
trap end EXIT
trap 'exit 1' HUP INT TERM

if tests/stack/stack.sh start "$directory" "$port" "$program" \
    >"$directory/start" 2>&1; then
	# shellcheck disable=SC2086
	/usr/bin/python3 -B tests/stack/story_test.py "$directory" "$port" \
	    "$program" $STACK_FLAGS >"$directory/story" 2>&1
	status=$?
	cat "$directory/story"
	if [ "$status" -ne 0 ]; then
		tail -n 40 "$directory/var/log/postern/mail.log" \
		    "$directory/var/log/postern/dovecot.log"
	fi | sed 's/^/    /'
	exit "$status"
fi
cat "$directory/start"
echo "0 passed, 1 failed"
exit 1
