#!/bin/sh
# demo/run.sh PROGRAM STATE PORT [demo]
#
# Serves on 127.0.0.1:PORT with its state in STATE, made at the first start
# together with a key to sign in with.  On a terminal it also connects you,
# and ends the server when you leave.  With "demo": an example reseller and
# name servers on loopback, so that everything lives without the internet.
set -e
umask 077
program=$1 state=$2 port=$3 kind=$4
here=$(cd "$(dirname "$0")" && pwd)
key=$state/demo_key
server=

end() {
	# A terminal that goes away now must not end the cleaning.
	trap - EXIT
	trap '' HUP INT TERM
	[ -z "$server" ] || kill "$server" 2>/dev/null || true
	[ -z "$server" ] || wait "$server" 2>/dev/null || true
	[ "$kind" != demo ] || "$here/dns.sh" stop "$state/dns"
}
trap end EXIT
trap 'exit 0' HUP INT TERM

prepare() {
	[ ! -e "$state/postern.db" ] || [ -e "$key" ] || {
		echo "$key is gone, and only it can sign in: remove $state to" \
		    "start anew." >&2
		exit 1
	}
	[ ! -e "$state/postern.db" ] || return 0
	mkdir -p "$state"
	[ -e "$key" ] || ssh-keygen -q -t ed25519 -N '' -C demo -f "$key"
	"$program" --state "$state" init admin=admin@postern.example \
	    key="$key.pub"
}

start() {
	# What the client must find: the key that this server has.
	read -r type base64 _ <"$state/host_ed25519.pub"
	echo "[127.0.0.1]:$port $type $base64" >"$state/known_hosts"
	if [ -t 0 ] && [ -t 1 ]; then
		"$program" --state "$state" serve --listen "127.0.0.1:$port" \
		    2>>"$state/log" &
	else
		"$program" --state "$state" serve --listen "127.0.0.1:$port" &
	fi
	server=$!
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ -z "$(ssh-keyscan -T 1 -p "$port" 127.0.0.1 2>/dev/null)" ] ||
		    return 0
		kill -0 "$server" 2>/dev/null || break
		sleep 0.25
	done
	echo "The server did not start." >&2
	exit 1
}

# shellcheck disable=SC2120 # demo/reseller.sh says what to run
connect() {
	ssh -F none -p "$port" -i "$key" -o IdentitiesOnly=yes \
	    -o IdentityAgent=none -o LogLevel=ERROR \
	    -o UserKnownHostsFile="$state/known_hosts" admin@127.0.0.1 "$@"
}

prepare
if [ "$kind" = demo ]; then
	zones="acme.example globex.example initech.example"
	# shellcheck disable=SC2086
	"$here/dns.sh" start "$state/dns" 5300 5301 $zones \
	    postern.example 113.0.203.in-addr.arpa 8.b.d.0.1.0.0.2.ip6.arpa
fi
start
if [ "$kind" = demo ]; then
	# shellcheck source-path=SCRIPTDIR source=reseller.sh
	. "$here/reseller.sh"
fi
echo
echo "  ssh -p $port -i $key admin@127.0.0.1"
echo "  ssh -p $port -i $key admin@127.0.0.1 tenant list --json"
echo
echo "listening on 127.0.0.1:$port"
if [ -t 0 ] && [ -t 1 ]; then
	# shellcheck disable=SC2119
	connect || true
else
	wait "$server"
fi
