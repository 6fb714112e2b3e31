#!/bin/sh
# One domain's whole checklist against the slowest single answer of its name
# servers, which are 20 ms away (tests/bench/delay.py).
program=$1
here=$(cd "$(dirname "$0")" && pwd)
checklist=$(dirname "$program")/tests/bench/checklist
directory=$(mktemp -d)
port=$((30000 + $$ % 5000 * 4))
delay_ms=20
trap 'kill $relay 2>/dev/null; demo/dns.sh stop "$directory"
    rm -rf "$directory"' EXIT
demo/dns.sh start "$directory" "$port" $((port + 1)) \
    example.com 113.0.203.in-addr.arpa || exit 1
"$checklist" zone | demo/dns.sh publish "$directory" example.com || exit 1
echo "10.113.0.203.in-addr.arpa. 60 IN PTR mail.example.com." |
    demo/dns.sh publish "$directory" 113.0.203.in-addr.arpa || exit 1
python3 "$here/delay.py" $((port + 2)) "$port" "$delay_ms" &
relay=$!
# The relay answers, or nothing is measured.
until kdig +short +time=1 +retry=0 @127.0.0.1 -p $((port + 2)) example.com SOA 2>/dev/null |
    grep -q .; do
	kill -0 "$relay" || exit 1
done
"$checklist" time $((port + 2)) $((port + 1)) | {
	read -r ours slowest || exit 1
	echo "WHAT OURS PEER RATIO"
	echo "$ours $slowest" | awk -v rtt="$delay_ms" '{
	    printf "checklist against its slowest answer (ms) %s %s %.2f\n", \
	        $1, $2, $1 / $2
	    printf "checklist against 5 round trips and 50 ms (ms) %s %d %.2f\n", \
	        $1, 5 * rtt + 50, $1 / (5 * rtt + 50) }'
}
