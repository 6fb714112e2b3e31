#!/bin/sh
# A sweep of 10,000 domains ("dns check all") against dnsperf, which asks the
# same questions in the same way (EDNS, DO) of the same Knot on loopback, in
# turns; and the sweep's memory there against that of 1,000 domains.  Neither
# waits between questions: the operator's rate is set out of reach.  The sweep
# is the first one, so each finding is a new row.
# tests/bench/sweep_bench.sh PROGRAM prints lines of "WHAT  OURS  PEER  RATIO",
# all of them medians of the rounds.
cd "$(dirname "$0")/../.." || exit 2
program=$(realpath "$1")
count=${SWEEP_DOMAINS:-10000}
few=$((count / 10))
rounds=${SWEEP_ROUNDS:-3}
directory=$(mktemp -d)
port=$((31000 + $$ % 2000 * 4))
PATH=$PATH:/usr/sbin:/sbin
# shellcheck disable=SC2317
end() {
	[ -z "$relay" ] || kill "$relay" 2>/dev/null
	[ ! -s "$directory/knot.pid" ] || kill "$(cat "$directory/knot.pid")"
	rm -rf "$directory"
}
relay=
trap end EXIT
trap 'exit 1' HUP INT TERM
key='v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo='

zone() {
	cat <<-END
	\$ORIGIN example.
	\$TTL 3600
	@	SOA	ns1 hostmaster 1 3600 600 86400 60
	@	NS	ns1
	ns1	A	127.0.0.1
	END
	seq 1 "$count" | awk -v key="$key" '{
	    d = "d" $1
	    print d, "MX 10 mail." d
	    print "mail." d, "A 203.0.113.10"
	    print d, "TXT \"v=spf1 mx -all\""
	    print "2026a._domainkey." d, "TXT \"" key "\""
	    print "_dmarc." d, "TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@" d ".example\""
	    print "_imaps._tcp." d, "SRV 0 1 993 mail.d1"
	    print "_submission._tcp." d, "SRV 0 1 587 mail.d1"
	}'
}

knot() {
	mkdir "$directory/knot"
	zone >"$directory/example.zone"
	cat >"$directory/113.0.203.in-addr.arpa.zone" <<-END
	\$ORIGIN 113.0.203.in-addr.arpa.
	\$TTL 3600
	@	SOA	ns1.example. hostmaster.example. 1 3600 600 86400 60
	@	NS	ns1.example.
	10	PTR	mail.d1.example.
	END
	# The parent is asked, too, where the zones are.
	cat >"$directory/root.zone" <<-END
	\$ORIGIN .
	\$TTL 3600
	@	SOA	ns1.example. hostmaster.example. 1 3600 600 86400 60
	@	NS	ns1.example.
	example	NS	ns1.example.
	ns1.example	A	127.0.0.1
	113.0.203.in-addr.arpa	NS	ns1.example.
	END
	cat >"$directory/knot.conf" <<-END
	server:
	    rundir: "$directory"
	    listen: 127.0.0.1@$port
	    pidfile: knot.pid
	    udp-workers: 1
	    tcp-workers: 1
	    background-workers: 1
	control:
	    listen: knot.sock
	database:
	    storage: "$directory/knot"
	log:
	  - target: "$directory/knot.log"
	    any: warning
	template:
	  - id: default
	    storage: "$directory"
	    file: "%s.zone"
	    zonefile-sync: -1
	    semantic-checks: off
	zone:
	  - domain: .
	    file: root.zone
	  - domain: example
	  - domain: 113.0.203.in-addr.arpa
	END
	knotd -d -c "$directory/knot.conf"
	until kdig +short +time=1 +retry=0 @127.0.0.1 -p "$port" \
	    "d$count.example" MX 2>/dev/null | grep -q mail; do
		kill -0 "$(cat "$directory/knot.pid")" || exit 1
	done
}

state() { # DIRECTORY FIRST LAST PORT: a state with these domains
	ssh-keygen -q -t ed25519 -N '' -f "$1.key"
	"$program" init --state "$1" admin=lena@example.net key="$1.key.pub" \
	    >/dev/null || exit 1
	{
		cat <<-END
		BEGIN;
		UPDATE server SET host_name = 'mail.d1.example',
		    ip4 = '203.0.113.10', resolvers = '127.0.0.1:$4',
		    dns_ports = '127.0.0.1:$4';
		INSERT INTO host (name, state, created_at)
		VALUES ('mail.d1.example', 'approved', 1);
		INSERT INTO tenant (name, name_folded, imap_host_id, imap_port,
		    smtp_host_id, smtp_port, user_limit, storage_limit_bytes,
		    created_at)
		VALUES ('one', 'one', 1, 993, 1, 587, 5, 1000, 1);
		END
		seq "$2" "$3" | awk -v key="$key" '{
		    d = "d" $1 ".example"
		    printf "INSERT INTO domain (tenant_id, name, mail_host," \
			" created_at) VALUES (1, \x27%s\x27, \x27mail.%s\x27, 1);\n", d, d
		    printf "INSERT INTO dkim_key (tenant_id, domain_id, selector," \
			" public_txt, made_at, stage) VALUES (1, %d, \x272026a\x27," \
			" \x27%s\x27, 1, \x27signing\x27);\n", NR, key
		}'
		echo "COMMIT;"
	} | sqlite3 "$1/postern.db" || exit 1
	# What the program makes up for at its start is not the sweep's.
	"$program" --state "$1" tenant list >/dev/null || exit 1
}

sweep() { # DIRECTORY [--pss]: sets $seconds, $peak_kb and $pss_kb
	# shellcheck disable=SC2086
	python3 tests/bench/peak.py $2 "$program" --state "$1" dns check all \
	    rate=1000000 jobs=8 >"$directory/took" 2>"$directory/said" || {
		tail -3 "$directory/said"
		exit 1
	}
	read -r seconds peak_kb pss_kb <"$directory/took"
}

# What one domain asks, through a relay that writes it down, and then the same
# for every domain.  Their mail programs are led to
# the first domain's server, so that is not the one that is looked at.
questions() {
	state "$directory/one" 2 2 $((port + 1))
	python3 tests/bench/questions.py $((port + 1)) "$port" \
	    "$directory/asked" &
	relay=$!
	until [ -e "$directory/asked" ]; do
		kill -0 "$relay" || exit 1
	done
	sweep "$directory/one"
	each=$(wc -l <"$directory/asked")
	seq 1 "$count" | awk -v file="$directory/asked" '
	    BEGIN { while ((getline line < file) > 0) asked[++n] = line }
	    { for (i = 1; i <= n; i++) {
		line = asked[i]
		gsub(/d2\.example/, "d" $1 ".example", line)
		print line } }' >"$directory/all"
}

dnsperf_all() { # sets $theirs
	dnsperf -s 127.0.0.1 -p "$port" -d "$directory/all" -n 1 -D \
	    -O suppress=timeout >"$directory/dnsperf" 2>&1 || {
		tail -3 "$directory/dnsperf"
		exit 1
	}
	theirs=$(awk '/Run time/ { print $4 }' "$directory/dnsperf")
}

line() { # WHAT OURS PEER RATIO
	printf '%-52s %9s %9s %8s\n' "$1" "$2" "$3" "$4"
}

median() { # COLUMN: of the rounds
	cut -d ' ' -f "$1" "$directory/rounds" | sort -n |
	    sed -n "$(((rounds + 1) / 2))p"
}

knot
questions
state "$directory/few" 1 "$few" "$port"
state "$directory/many" 1 "$count" "$port"
cp -a "$directory/many" "$directory/fresh"
sweep "$directory/few" --pss
few_kb=$peak_kb few_pss_kb=$pss_kb
sweep "$directory/many" --pss
many_kb=$peak_kb many_pss_kb=$pss_kb
for round in $(seq "$rounds"); do
	rm -rf "$directory/many"
	cp -a "$directory/fresh" "$directory/many"
	sweep "$directory/many"
	dnsperf_all
	echo "$round $seconds $theirs" |
	    awk '{ print $2, $3, $3 / $2 }' >>"$directory/rounds"
done
seconds=$(median 1) theirs=$(median 2) ratio=$(median 3)
total=$((each * count))
line WHAT OURS PEER RATIO
line "seconds for $count domains, $each questions each" "$seconds" "$theirs" \
    "$(awk -v r="$ratio" 'BEGIN { printf "%.2f x", 1 / r }')"
line "questions per second, the whole checklist | dnsperf" \
    "$(awk -v n="$total" -v s="$seconds" 'BEGIN { printf "%d", n / s }')" \
    "$(awk -v n="$total" -v s="$theirs" 'BEGIN { printf "%d", n / s }')" \
    "$(awk -v r="$ratio" 'BEGIN { printf "%.2f x", r }')"
line "most kB of a process, $count | $few domains" "$many_kb" "$few_kb" \
    "$(awk -v a="$many_kb" -v b="$few_kb" 'BEGIN { printf "%.2f x", a / b }')"
line "most kB (Pss) of all, $count | $few domains" \
    "$many_pss_kb" "$few_pss_kb" \
    "$(awk -v a="$many_pss_kb" -v b="$few_pss_kb" \
	'BEGIN { printf "%.2f x", a / b }')"
