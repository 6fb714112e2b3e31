#!/bin/sh
# A small DNS tree on loopback, signed: a root and the zones below, on Knot
# (127.0.0.1) and NSD (127.0.0.2 and 127.0.0.3), and an Unbound that checks
# signatures.  All on ports of the caller's choice.
#
#   tests/dns/signed.sh start DIRECTORY PORT RESOLVER_PORT RECORDS
#   tests/dns/signed.sh stop DIRECTORY
#
# RECORDS is a command: "RECORDS ZONE" prints the records of that zone.
#
#   good.example       signed, the same on both servers: NSD has it by transfer
#   bogus.example      signed, but the parent names another key
#   expired.example    signed, and the signatures have ended
#   spoilt.example     signed, then its MX was changed without signing again
#   late.example       not signed; NSD lags behind with an old copy
#   lame.example       not signed; NSD is named, but knows only the root
#   long.example       not signed; its TXT records don't fit into a datagram
#   cut.example        not signed; _domainkey is a zone of its own, on NSD
#   moved.example      on NSD alone; the parent names ns2 and old, the zone ns2
#                      and new
#   six.example        on NSD alone, which has no IPv4 address there
#   gone.example       the parent names NSD, which does not have it
set -e
umask 077
PATH=$PATH:/usr/sbin:/sbin

signed='good.example bogus.example expired.example spoilt.example'
plain='late.example lame.example long.example cut.example'

# ---- zones ----

zone_head() { # ZONE SERIAL
	cat <<-END
	\$ORIGIN $1.
	\$TTL 60
	@	SOA	ns1 hostmaster $2 60 30 86400 5
	@	NS	ns1
	@	NS	ns2
	ns1	A	127.0.0.1
	ns2	A	127.0.0.2
	END
}

zone_tail() { # ZONE
	case $1 in
	late.example) echo '@ TXT "only the new copy has this"' ;;
	long.example)
		for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
			printf '@ TXT "verification-%s=%0200d"\n' $i $i
		done
		;;
	cut.example)
		printf '_domainkey NS ns.keys\nns.keys A 127.0.0.3\n'
		;;
	esac
}

write_zone() { # ZONE
	{
		zone_head "$1" 2
		$records "$1" | sed 's/^@[[:space:]]/'"$1"'. /' |
		    if [ "$1" = cut.example ]; then grep -v _domainkey; else cat; fi
		zone_tail "$1"
	} >"zones/$1"
}

# The parent has addresses for the names that it knows.
write_moved_zone() {
	cat >zones/moved.example <<-END
	\$ORIGIN moved.example.
	\$TTL 60
	@	SOA	ns2 hostmaster 1 60 30 86400 5
	@	NS	ns2
	@	NS	new
	ns2	A	127.0.0.2
	new	A	127.0.0.3
	old	A	127.0.0.3
	END
	$records moved.example | sed 's/^@[[:space:]]/moved.example. /' \
	    >>zones/moved.example
}

write_six_zone() {
	cat >zones/six.example <<-END
	\$ORIGIN six.example.
	\$TTL 60
	@	SOA	ns1 hostmaster 1 60 30 86400 5
	@	NS	ns1
	ns1	AAAA	::1
	END
	$records six.example | sed 's/^@[[:space:]]/six.example. /' \
	    >>zones/six.example
}

# A machine may have no IPv6 at all.
has_ipv6() {
	grep -q '^0\{31\}1 ' /proc/net/if_inet6 2>/dev/null
}

# The zone of its own; the name servers of the parent don't have it.
write_keys_zone() {
	cat >zones/_domainkey.cut.example <<-END
	\$ORIGIN _domainkey.cut.example.
	\$TTL 60
	@	SOA	ns.keys.cut.example. hostmaster 1 60 30 86400 5
	@	NS	ns.keys.cut.example.
	END
	$records cut.example | grep '_domainkey' >>zones/_domainkey.cut.example
}

key() { # ZONE: a key that signs all, into the zone; prints its name
	name=$(dnssec-keygen -q -K keys -a ECDSAP256SHA256 -f KSK "$1")
	cat "keys/$name.key" >>"zones/${1%.}"
	echo "$name"
}

sign() { # ZONE FILE [START END]
	dnssec-signzone -P -q -z -K keys -o "$1" -S ${3:+-s "$3" -e "$4"} \
	    -f "$2.signed" "$2" >/dev/null 2>sign.log || {
		cat sign.log >&2
		return 1
	}
	mv "$2.signed" "$2"
}

ds() { # KEY
	dnssec-dsfromkey -2 "keys/$1.key"
}

write_signed() {
	for zone in $signed; do
		name=$(key "$zone")
		case $zone in
		bogus.example)
			# The key that the parent knows never signed anything.
			other=$(dnssec-keygen -q -K other -a ECDSAP256SHA256 \
			    -f KSK "$zone")
			dnssec-dsfromkey -2 "other/$other.key" >>root.ds
			;;
		*) ds "$name" >>root.ds ;;
		esac
		case $zone in
		expired.example)
			sign "$zone" "zones/$zone" 20260101000000 20260201000000
			;;
		*) sign "$zone" "zones/$zone" ;;
		esac
	done
	sed -i 's/\(MX[[:space:]]*\)10 /\120 /' zones/spoilt.example
}

write_root() {
	{
		cat <<-END
		\$ORIGIN .
		\$TTL 60
		@	SOA	ns1.good.example. hostmaster.good.example. 1 60 30 86400 5
		@	NS	ns1.good.example.
		END
		for zone in $signed $plain; do
			printf '%s.\tNS\tns1.%s.\n' "$zone" "$zone"
			printf '%s.\tNS\tns2.%s.\n' "$zone" "$zone"
			printf 'ns1.%s.\tA\t127.0.0.1\n' "$zone"
			printf 'ns2.%s.\tA\t127.0.0.2\n' "$zone"
		done
		printf 'moved.example.\tNS\tns2.moved.example.\n'
		printf 'moved.example.\tNS\told.moved.example.\n'
		printf 'ns2.moved.example.\tA\t127.0.0.2\n'
		printf 'old.moved.example.\tA\t127.0.0.3\n'
		printf 'six.example.\tNS\tns1.six.example.\n'
		printf 'ns1.six.example.\tAAAA\t::1\n'
		printf 'gone.example.\tNS\tns1.gone.example.\n'
		printf 'ns1.gone.example.\tA\t127.0.0.2\n'
		cat root.ds
	} >zones/root
	name=$(dnssec-keygen -q -K keys -a ECDSAP256SHA256 -f KSK .)
	cat "keys/$name.key" >>zones/root
	grep DNSKEY "keys/$name.key" >root.anchor
	sign . zones/root
}

# ---- servers ----

knot_config() {
	cat <<-END
	server:
	    rundir: "$directory"
	    listen: 127.0.0.1@$port
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
	acl:
	  - id: transfer
	    address: [ 127.0.0.1, 127.0.0.2 ]
	    action: transfer
	template:
	  - id: default
	    storage: "$directory/zones"
	    file: "%s"
	    acl: transfer
	    zonefile-sync: -1
	    zonefile-load: whole
	    semantic-checks: off
	zone:
	  - domain: .
	    file: root
	END
	for zone in $signed $plain; do
		echo "  - domain: $zone"
	done
}

nsd_zone() { # ZONE FILE
	printf 'zone:\n    name: "%s"\n    zonefile: "%s"\n' "$1" "$2"
}

# The signed zones by transfer from Knot; lame.example not at all.
nsd_config() {
	cat <<-END
	server:
	    ip-address: 127.0.0.2@$port
	    ip-address: 127.0.0.3@$port
	$(has_ipv6 && echo "    ip-address: ::1@$port")
	    server-count: 1
	    username: ""
	    zonesdir: "$directory/nsd"
	    database: ""
	    logfile: "$directory/nsd.log"
	    pidfile: "$directory/nsd.pid"
	    xfrdfile: "$directory/nsd/xfrd.state"
	    xfrdir: "$directory/nsd"
	    zonelistfile: "$directory/nsd/zone.list"
	remote-control:
	    control-enable: no
	END
	nsd_zone . root
	nsd_zone _domainkey.cut.example _domainkey.cut.example
	nsd_zone moved.example moved.example
	nsd_zone six.example six.example
	for zone in $signed late.example long.example cut.example; do
		nsd_zone "$zone" "$zone"
		[ "$zone" != late.example ] || continue
		printf '    request-xfr: AXFR 127.0.0.1@%s NOKEY\n' "$port"
		printf '    outgoing-interface: 127.0.0.2\n'
	done
}

unbound_config() {
	cat <<-END
	server:
	    interface: 127.0.0.1@$resolver_port
	    directory: "$directory"
	    pidfile: "$directory/unbound.pid"
	    logfile: "$directory/unbound.log"
	    use-syslog: no
	    username: ""
	    chroot: ""
	    num-threads: 1
	    do-not-query-localhost: no
	    ede: yes
	    trust-anchor-file: "$directory/root.anchor"
	    trust-anchor-signaling: no
	    cache-max-negative-ttl: 5
	remote-control:
	    control-enable: no
	END
	printf 'stub-zone:\n    name: "."\n    stub-addr: 127.0.0.1@%s\n' "$port"
	for zone in $signed $plain; do
		printf 'stub-zone:\n    name: "%s"\n' "$zone"
		printf '    stub-addr: 127.0.0.1@%s\n' "$port"
	done
	for zone in moved.example gone.example; do
		printf 'stub-zone:\n    name: "%s"\n' "$zone"
		printf '    stub-addr: 127.0.0.2@%s\n' "$port"
	done
	printf 'stub-zone:\n    name: "six.example"\n'
	printf '    stub-addr: ::1@%s\n' "$port"
	printf 'stub-zone:\n    name: "_domainkey.cut.example"\n'
	printf '    stub-addr: 127.0.0.3@%s\n' "$port"
}

wait_for() { # ADDRESS PORT NAME
	for _ in $(seq 80); do
		[ -z "$(kdig +short +time=1 +retry=0 @"$1" -p "$2" "$3" \
		    SOA 2>/dev/null)" ] || return 0
		sleep 0.25
	done
	echo "tests/dns/signed.sh: $1 port $2 does not answer for $3" >&2
	tail -5 "$directory"/*.log >&2
	return 1
}

start() { # PORT RESOLVER_PORT RECORDS
	port=$1 resolver_port=$2 records=$3
	cd "$directory"
	mkdir -p knot nsd zones keys other
	: >root.ds
	for zone in $signed $plain; do
		write_zone "$zone"
	done
	write_keys_zone
	write_moved_zone
	write_six_zone
	write_signed
	write_root
	cp zones/root zones/_domainkey.cut.example zones/moved.example \
	    zones/six.example nsd/
	zone_head late.example 1 >nsd/late.example
	knot_config >knot.conf
	nsd_config >nsd.conf
	unbound_config >unbound.conf
	knotd -d -c knot.conf
	wait_for 127.0.0.1 "$port" good.example
	nsd -c nsd.conf
	unbound -c unbound.conf
	for zone in $signed late.example long.example cut.example; do
		wait_for 127.0.0.2 "$port" "$zone"
	done
	wait_for 127.0.0.3 "$port" _domainkey.cut.example
	wait_for 127.0.0.3 "$port" moved.example
	wait_for 127.0.0.1 "$resolver_port" good.example
}

stop() {
	for pid_file in "$directory"/*.pid; do
		[ -s "$pid_file" ] || continue
		pid=$(cat "$pid_file")
		# The number may belong to another process by now.
		case $(cat "/proc/$pid/comm" 2>/dev/null) in
		knotd | unbound | nsd*) kill "$pid" ;;
		*) continue ;;
		esac
		for _ in $(seq 40); do
			kill -0 "$pid" 2>/dev/null || break
			sleep 0.1
		done
	done
}

[ $# -ge 2 ] || exit 64
command=$1
directory=$(cd "$2" && pwd)
shift 2
case $command in
start | stop) "$command" "$@" ;;
*) exit 64 ;;
esac
