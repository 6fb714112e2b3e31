#!/bin/sh
# Messages per second that the running milter signs, asked one after another
# with a connection for each, beside CMS_sign() in a loop with the same key:
# what the look-ups, the way there and back, and MIME cost.
# tests/bench/smime_bench.sh PROGRAM; prints lines of "WHAT  OURS  PEER  RATIO".
cd "$(dirname "$0")/../.." || exit 2
program=$(realpath "$1")
asker=$(dirname "$program")/tests/bench/smime
if [ "$(id -u)" -ne 0 ]; then
	echo "   needs root: the milter changes users"
	exit 1
fi
[ -n "$USERS_MADE" ] ||
    exec tests/stack/users.sh tests/bench/smime_bench.sh "$program"
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

admin() {
	ssh -F none -T -p $((port + 5)) -i "$directory/admin" \
	    -o IdentitiesOnly=yes -o IdentityAgent=none -o LogLevel=ERROR \
	    -o UserKnownHostsFile="$directory/known_hosts" admin@127.0.0.1 \
	    "$@" >>"$directory/said" || {
		cat "$directory/said"
		exit 1
	}
}
address=nina@acme.example
cd "$directory" || exit 1
openssl req -x509 -newkey rsa:2048 -nodes -days 90 -subj /CN=Nina \
    -addext "subjectAltName=email:$address" \
    -addext keyUsage=critical,digitalSignature \
    -addext extendedKeyUsage=emailProtection \
    -addext basicConstraints=critical,CA:FALSE \
    -keyout nina.key -out nina.pem 2>/dev/null
"$program" --state "$directory/state" host approve mail.acme.example \
    >>"$directory/said"
admin tenant add Acme domain=acme.example mail_host=mail.acme.example \
    imap_host=mail.acme.example </dev/null
admin domain verify acme.example how=override reason=bench </dev/null
echo nina-has-a-word |
    admin user add $address 'quota="1 MB"' password=-
cat nina.pem nina.key | admin smime set $address certificate=-

line() { # WHAT COUNT SIZE
	ours=$("$asker" milter "$directory/run/postern-sign/milter.sock" \
	    $address "$2" "$3") &&
	    peer=$("$asker" library nina.pem nina.key "$2" "$3") || exit 1
	printf '%-44s %9d %9d %8s\n' "$1" "$ours" "$peer" \
	    "$(awk -v a="$ours" -v b="$peer" 'BEGIN { printf "%.2f x", a / b }')"
}
printf '%-44s %9s %9s %8s\n' "signed messages per second" milter CMS_sign ratio
line "of 2 kB, RSA-2048" 1000 2048
line "of 1 MB, RSA-2048" 100 1048576
