#!/bin/sh
# Our SSH server against OpenSSH's, which runs the same screens and commands
# as its ForceCommand on the same state: the time to the first screen and to
# a command's answer, log-ins per second, memory of idle sessions, key to
# redraw, bytes for a move of the cursor and a page of a list, and processor
# time of idle sessions.  tests/bench/ssh_bench.sh PROGRAM prints lines of
# "WHAT  OURS  PEER  RATIO".
cd "$(dirname "$0")/../.." || exit 2
program=$(realpath "$1")
directory=$(mktemp -d /tmp/bench.XXXXXX)
port=$((27000 + $$ % 2000 * 2))
ours='' peer=''
# shellcheck disable=SC2317
end() {
	[ -z "$ours" ] || kill "$ours" 2>/dev/null
	[ -z "$peer" ] || kill "$peer" 2>/dev/null
	wait
	rm -rf "$directory"
}
trap end EXIT
trap 'exit 1' HUP INT TERM

state=$directory/state
ssh-keygen -q -t ed25519 -N '' -C admin -f "$directory/key"
ssh-keygen -q -t ed25519 -N '' -C host -f "$directory/host"
"$program" --state "$state" init admin=admin@postern.example \
    key="$directory/key.pub" >/dev/null || exit 1
# The same person at the same screens: Debian's settings, a command of ours.
cat >"$directory/sshd_config" <<END
Port $((port + 1))
ListenAddress 127.0.0.1
HostKey $directory/host
PidFile $directory/sshd.pid
AuthorizedKeysFile $directory/key.pub
StrictModes no
KbdInteractiveAuthentication no
PasswordAuthentication no
UsePAM $([ "$(id -u)" -eq 0 ] && echo yes || echo no)
X11Forwarding no
PrintMotd no
MaxStartups 500
ForceCommand exec $program --state $state \${SSH_ORIGINAL_COMMAND:-console}
END
mkdir -p /run/sshd 2>/dev/null
/usr/sbin/sshd -D -e -f "$directory/sshd_config" 2>"$directory/sshd.log" &
peer=$!
"$program" --state "$state" serve --listen "127.0.0.1:$port" \
    2>"$directory/log" &
ours=$!
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	[ -z "$(ssh-keyscan -T 1 -p "$port" 127.0.0.1 2>/dev/null)" ] || break
	sleep 0.25
done
postern() {
	ssh -F none -T -p "$port" -i "$directory/key" -o LogLevel=ERROR \
	    -o IdentityAgent=none -o StrictHostKeyChecking=no \
	    -o UserKnownHostsFile=/dev/null admin@127.0.0.1 "$@" >/dev/null
}
"$program" --state "$state" host approve mail.acme.example >/dev/null
postern tenant add Acme domain=acme.example mail_host=mail.acme.example \
    user_limit=500 storage_limit=500G
postern domain verify acme.example how=override reason=bench
{
	echo address,name
	seq 1 100 | sed 's/.*/user&@acme.example,User &/'
} | postern user import || exit 1
/usr/bin/python3 -B tests/bench/ssh_bench.py "$directory" \
    "$ours" "$port" "$peer" $((port + 1))
