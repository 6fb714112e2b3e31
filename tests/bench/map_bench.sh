#!/bin/sh
# Look-ups of addresses per second through Postfix's proxymap, as its services
# make them, beside the plain query by the sqlite3 shell on the same file:
# how much of the time is ours (the table) and how much the way there.
# tests/bench/map_bench.sh PROGRAM; prints lines of "WHAT  OURS  PEER  RATIO".
cd "$(dirname "$0")/../.." || exit 2
program=$(realpath "$1")
count=${MAP_KEYS:-20000}
if [ "$(id -u)" -ne 0 ]; then
	echo "   needs root: Postfix changes users"
	exit 1
fi
directory=$(mktemp -d /run/bench.XXXXXX)
port=$((23000 + $$ % 300 * 10))
# shellcheck disable=SC2317
end() {
	tests/stack/stack.sh stop "$directory" >/dev/null 2>&1
	rm -rf "$directory"
}
trap end EXIT
trap 'exit 1' HUP INT TERM
tests/stack/stack.sh start "$directory" "$port" "$program" \
    >"$directory/start" 2>&1 || {
	cat "$directory/start"
	exit 1
}

# Rows as an export of so many users would have them.
map=$directory/state/maps/postfix/mail.db
keys=$directory/keys
seq 1 "$count" | sed 's/.*/user&@acme.example/' >"$keys"
{
	echo "BEGIN;"
	sed "s/.*/INSERT INTO address VALUES ('&', 'mailbox', 'active', '&', '&');/" \
	    "$keys"
	echo "COMMIT;"
} | sqlite3 "$map"

now() { date +%s.%N; }
rate() { # FROM TO
	awk -v a="$1" -v b="$2" -v n="$count" 'BEGIN { printf "%d", n / (b - a) }'
}
measure() { # WHAT COMMAND...: sets $per_second
	from=$(now)
	"$@" >"$directory/found"
	to=$(now)
	[ "$(wc -l <"$directory/found")" -eq "$count" ] || {
		echo "   $* found $(wc -l <"$directory/found") of $count"
		exit 1
	}
	per_second=$(rate "$from" "$to")
}
through_proxymap() {
	postmap -c "$directory/etc/postfix" -q - \
	    "proxy:sqlite:$directory/etc/postfix/postern/aliases.cf" <"$keys"
}
without_proxymap() {
	postmap -c "$directory/etc/postfix" -q - \
	    "sqlite:$directory/etc/postfix/postern/aliases.cf" <"$keys"
}
plainly() {
	sed "s/.*/SELECT destinations FROM address WHERE address = '&';/" \
	    "$keys" | sqlite3 "$map"
}
line() { # WHAT OURS PEER
	printf '%-44s %9d %9d %8s\n' "$1" "$2" "$3" \
	    "$(awk -v a="$2" -v b="$3" 'BEGIN { printf "%.2f x", a / b }')"
}

measure plainly
plain=$per_second
measure without_proxymap
direct=$per_second
measure through_proxymap
proxied=$per_second
printf '%-44s %9s %9s %8s\n' "look-ups per second" postfix sqlite3 ratio
line "through proxymap (proxy:sqlite)" "$proxied" "$plain"
line "in the process itself (sqlite)" "$direct" "$plain"
