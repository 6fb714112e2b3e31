#!/bin/sh
# A real Knot DNS (authoritative, dynamic updates by TSIG) and a real Unbound
# (resolver) on loopback, for the demo and for tests.
#
#   demo/dns.sh start DIRECTORY KNOT_PORT UNBOUND_PORT ZONE...
#   demo/dns.sh update DIRECTORY ZONE   knsupdate lines from standard input
#   demo/dns.sh publish DIRECTORY ZONE  zone file lines from standard input,
#                                       each replaces what has its name and type
#   demo/dns.sh stop DIRECTORY
#
# A root that knows the zones alone is served too, unless WITHOUT_ROOT is set.
# Every zone starts with SOA, two name servers (127.0.0.1 and 127.0.0.2, the
# same Knot) and nothing else.  Everything is kept below DIRECTORY.
set -e
umask 077
# shellcheck disable=SC2153
without_root=$WITHOUT_ROOT
PATH=$PATH:/usr/sbin:/sbin

usage() {
	sed -n '/^#   demo/s/^# *//p' "$0" >&2
	exit 64
}

[ $# -ge 2 ] || usage
command=$1
mkdir -p "$2"
directory=$(cd "$2" && pwd)
shift 2

knot_config() {
	cat <<-END
	server:
	    rundir: "$directory"
	    listen: [ 127.0.0.1@$knot_port, 127.0.0.2@$knot_port ]
	    udp-workers: 1
	    tcp-workers: 1
	    background-workers: 1
	    pidfile: knot.pid
	control:
	    listen: knot.sock
	database:
	    storage: "$directory/knot"
	log:
	  - target: "$directory/knot.log"
	    any: info
	END
	cat "$directory/tsig.key"
	cat <<-END
	acl:
	  - id: update
	    key: demo
	    action: [ update, transfer ]
	template:
	  - id: default
	    storage: "$directory/zones"
	    file: "%s.zone"
	    acl: update
	    zonefile-sync: 0
	    zonefile-load: whole
	zone:
	END
	[ -n "$without_root" ] || printf '  - domain: .\n    file: root.zone\n'
	for zone in "$@"; do
		echo "  - domain: $zone"
	done
}

# Unbound answers by itself for some names, and would not ask a loopback
# address: both off, or nothing here is ever asked.
unbound_config() {
	cat <<-END
	server:
	    interface: 127.0.0.1@$unbound_port
	    directory: "$directory"
	    pidfile: "$directory/unbound.pid"
	    logfile: "$directory/unbound.log"
	    use-syslog: no
	    username: ""
	    chroot: ""
	    num-threads: 1
	    do-ip6: no
	    do-not-query-localhost: no
	    module-config: "iterator"
	    cache-max-negative-ttl: 5
	END
	for zone in "$@"; do
		echo "    local-zone: \"$zone\" nodefault"
	done
	printf 'remote-control:\n    control-enable: no\n'
	# Nothing but these zones is asked: a demo needs no internet.
	printf 'stub-zone:\n    name: "."\n    stub-addr: 127.0.0.1@%s\n' \
	    "$knot_port"
	for zone in "$@"; do
		printf 'stub-zone:\n    name: "%s"\n' "$zone"
		printf '    stub-addr: 127.0.0.1@%s\n' "$knot_port"
	done
}

zone_file() {
	cat <<-END
	\$ORIGIN $1.
	\$TTL 60
	@	SOA	ns1 hostmaster 1 60 30 86400 5
	@	NS	ns1
	@	NS	ns2
	ns1	A	127.0.0.1
	ns2	A	127.0.0.2
	END
}

# A root that knows these zones alone: what else is asked doesn't exist.
root_file() {
	cat <<-END
	\$ORIGIN .
	\$TTL 60
	@	SOA	ns1.$1. hostmaster.$1. 1 60 30 86400 5
	@	NS	ns1.$1.
	END
	for zone in "$@"; do
		printf '%s.\tNS\tns1.%s.\n' "$zone" "$zone"
		printf 'ns1.%s.\tA\t127.0.0.1\n' "$zone"
	done
}

wait_for() { # PORT NAME
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ -z "$(kdig +short +time=1 +retry=0 @127.0.0.1 -p "$1" \
		    "$2" SOA 2>/dev/null)" ] || return 0
		sleep 0.25
	done
	echo "demo/dns.sh: no answer at 127.0.0.1 port $1; see the logs in" \
	    "$directory" >&2
	tail -5 "$directory/knot.log" "$directory/unbound.log" >&2
	return 1
}

start() {
	[ $# -ge 3 ] || usage
	knot_port=$1 unbound_port=$2
	shift 2
	stop
	mkdir -p "$directory/knot" "$directory/zones"
	[ -s "$directory/tsig.key" ] ||
	    keymgr -t demo hmac-sha256 >"$directory/tsig.key"
	echo "$knot_port" >"$directory/knot.port"
	for zone in "$@"; do
		zone_file "$zone" >"$directory/zones/$zone.zone"
	done
	root_file "$@" >"$directory/zones/root.zone"
	rm -rf "$directory/knot"/*
	knot_config "$@" >"$directory/knot.conf"
	unbound_config "$@" >"$directory/unbound.conf"
	knotd -d -c "$directory/knot.conf"
	unbound -c "$directory/unbound.conf"
	wait_for "$knot_port" "$1"
	wait_for "$unbound_port" "$1"
}

stop() {
	for pid_file in "$directory/knot.pid" "$directory/unbound.pid"; do
		[ -s "$pid_file" ] || continue
		pid=$(cat "$pid_file")
		# The number may belong to another process by now.
		case $(cat "/proc/$pid/comm" 2>/dev/null) in
		knotd | unbound) ;;
		*)
			rm -f "$pid_file"
			continue
			;;
		esac
		kill "$pid"
		for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
			kill -0 "$pid" 2>/dev/null || break
			sleep 0.1
		done
		rm -f "$pid_file"
	done
}

update() { # ZONE
	[ $# -eq 1 ] || usage
	{
		echo "server 127.0.0.1 $(cat "$directory/knot.port")"
		echo "zone $1."
		echo "origin $1."
		cat
		echo send
	} | knsupdate -k "$(key)"
}

# knsupdate wants the key as ALGORITHM:NAME:SECRET or a file of that line.
key() {
	awk '$1 == "algorithm:" { a = $2 } $1 == "secret:" { s = $2 }
	    END { print a ":demo:" s }' "$directory/tsig.key" \
	    >"$directory/knsupdate.key"
	echo "$directory/knsupdate.key"
}

# Lines NAME TTL IN TYPE VALUE; comments and $-lines are passed over.
publish() { # ZONE
	# knsupdate does not know "@" where it deletes.
	awk -v apex="$1." '/^[ \t]*[;$]/ || NF < 5 { next }
	    $1 == "@" { sub(/@/, apex) }
	    { id = $1 " " $4 }
	    !(id in seen) { print "del " id; seen[id] = 1 }
	    { print "add " $0 }' | update "$@"
}

case $command in
start | stop | update | publish) "$command" "$@" ;;
*) usage ;;
esac
