#!/bin/sh
# Importing many users with their password hashes over SSH, with all checks,
# beside the sqlite3 shell's .import of the same rows into a table of its own,
# in seconds.
# tests/bench/import_bench.sh PROGRAM; prints lines of "WHAT  OURS  PEER  RATIO".
cd "$(dirname "$0")/../.." || exit 2
program=$(realpath "$1")
count=${IMPORT_USERS:-100000}
directory=$(mktemp -d)
port=$((23000 + $$ % 300 * 10))
server=
# shellcheck disable=SC2317
end() {
	[ -z "$server" ] || kill "$server" 2>/dev/null
	[ -z "$server" ] || wait "$server" 2>/dev/null
	rm -rf "$directory"
}
trap end EXIT
trap 'exit 1' HUP INT TERM

box() { "$program" --state "$directory/state" "$@"; }
admin() {
	ssh -F none -T -p "$port" -i "$directory/key" -o IdentitiesOnly=yes \
	    -o IdentityAgent=none -o BatchMode=yes -o LogLevel=ERROR \
	    -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no \
	    admin@127.0.0.1 "$@"
}
ssh-keygen -q -t ed25519 -N '' -f "$directory/key"
box init admin=admin@postern.example key="$directory/key.pub" >/dev/null &&
    box host approve mail.acme.example >/dev/null || exit 1
"$program" --state "$directory/state" serve --listen "127.0.0.1:$port" \
    2>"$directory/log" &
server=$!
for _ in $(seq 50); do
	admin version >/dev/null 2>&1 && break
	sleep 0.1
done
admin tenant add Acme domain=acme.example mail_host=mail.acme.example \
    "user_limit=$count" storage_limit=1000000G >/dev/null &&
    admin domain verify acme.example how=override reason=example \
	>/dev/null || exit 1

rows=$directory/users.csv
# shellcheck disable=SC2016
{
	echo "address,name,quota,hash"
	seq 1 "$count" | awk '{
		printf "user%d@acme.example,User %d,1 GB,", $1, $1
		printf "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7\r\n"
	}'
} >"$rows"

now() { date +%s.%N; }
from=$(now)
admin user import <"$rows" >"$directory/said" || {
	cat "$directory/said"
	exit 1
}
ours=$(awk -v a="$from" -v b="$(now)" 'BEGIN { print b - a }')
[ "$(sqlite3 "$directory/state/postern.db" \
    "SELECT count(*) FROM account WHERE hash <> ''")" -eq "$count" ] || {
	echo "   not all are there"
	exit 1
}

peer() { # SQL of the table: sets $seconds
	rm -f "$directory"/peer.db*
	from=$(now)
	sqlite3 "$directory/peer.db" "PRAGMA journal_mode = WAL" "$1" \
	    ".import --csv --skip 1 $rows user" >/dev/null || exit 1
	seconds=$(awk -v a="$from" -v b="$(now)" 'BEGIN { print b - a }')
}
line() { # WHAT OURS PEER
	printf '%-44s %9.2f %9.2f %8s\n' "$1" "$2" "$3" \
	    "$(awk -v a="$2" -v b="$3" 'BEGIN { printf "%.2f x", a / b }')"
}
printf '%-44s %9s %9s %8s\n' "$count users with hashes, s" postern sqlite3 ratio
peer "CREATE TABLE user (address PRIMARY KEY, name, quota, hash)"
line "against .import, unique addresses" "$ours" "$seconds"
peer "CREATE TABLE user (address PRIMARY KEY, name, quota, hash); CREATE INDEX a ON user (name); CREATE INDEX b ON user (quota); CREATE INDEX c ON user (hash, address)"
line "against .import into four indexes" "$ours" "$seconds"
