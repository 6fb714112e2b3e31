# The words of a story; tests/ssh/run.sh says what they do.
# shellcheck shell=sh
as() { echo "$1 ${2:-$1}" >"$WORK/actor"; }
key() { ssh-keygen -q -t ed25519 -N '' -C "$1" -f "$WORK/$1" </dev/null; }
public() { cat "$WORK/$1.pub"; }
operator() { "$PROGRAM" --state "$WORK/state" "$@"; }
dns() { "$ROOT/demo/dns.sh" start "$WORK/dns" "$KNOT" "$UNBOUND" "$@"; }
# ssh joins words with blanks: each is quoted, so that it arrives whole.
postern() {
	words=
	for word in "$@"; do
		words="$words '$(printf %s "$word" | sed "s/'/'\\\\''/g")'"
	done
	read -r key user <"$WORK/actor"
	ssh -F none -T -p "$PORT" -i "$WORK/$key" -o IdentitiesOnly=yes \
	    -o IdentityAgent=none -o BatchMode=yes \
	    -o LogLevel="${LEVEL:-ERROR}" \
	    -o UserKnownHostsFile="$WORK/known_hosts" \
	    -o StrictHostKeyChecking=yes "$user@127.0.0.1" "$words"
}
publish() { "$ROOT/demo/dns.sh" publish "$WORK/dns" "$@"; }
update() { "$ROOT/demo/dns.sh" update "$WORK/dns" "$@"; }
# Acme with its admin anna (who has the key anna) and the domain acme.example.
acme() {
	key anna
	operator host approve mail.acme.example >/dev/null
	postern tenant add Acme domain=acme.example \
	    mail_host=mail.acme.example user_limit=25 storage_limit=50G \
	    admin_address=anna@acme.example admin_name=Anna \
	    admin_key="$(public anna)" >/dev/null
	postern domain verify acme.example how=override reason=example \
	    >/dev/null
}
# The server's processes; the listener alone when nobody is connected.
processes() { pgrep -c -f -- "--state $WORK/state serve"; }
alone() {
	for _ in $(seq 100); do
		[ "$(processes)" -ne 1 ] || return 0
		sleep 0.1
	done
	pgrep -a -f -- "--state $WORK/state serve"
	return 1
}
# A line of the server's log, sooner or later.
logged() {
	for _ in $(seq 100); do
		! grep -q -- "$*" "$WORK/log" || return 0
		sleep 0.1
	done
	cat "$WORK/log"
	return 1
}
# A command over SSH by password: by_password USER PASSWORD WORD...
by_password() {
	printf '#!/bin/sh\necho "%s"\n' "$2" >"$WORK/askpass"
	chmod 700 "$WORK/askpass"
	person=$1
	shift 2
	SSH_ASKPASS="$WORK/askpass" SSH_ASKPASS_REQUIRE=force \
	    ssh -F none -T -p "$PORT" -o IdentityAgent=none \
	    -o IdentityFile=none -o PubkeyAuthentication=no \
	    -o NumberOfPasswordPrompts=1 -o LogLevel=ERROR \
	    -o "PreferredAuthentications=${METHOD:-keyboard-interactive}" \
	    -o UserKnownHostsFile="$WORK/known_hosts" \
	    -o StrictHostKeyChecking=yes "$person@127.0.0.1" "$@"
}
# Waits until something listens there.
listens() {
	for _ in $(seq 100); do
		[ -z "$(ssh-keyscan -T 1 -p "$1" 127.0.0.1 2>/dev/null)" ] ||
		    return 0
		sleep 0.1
	done
	return 1
}
again() {
	setsid "$PROGRAM" --state "$WORK/state" serve \
	    --listen "127.0.0.1:$PORT" 2>>"$WORK/log" &
	echo $! >"$WORK/again"
	listens "$PORT"
}
# The doors with something small behind; "stood WORDS" is a command there.
STAND_IN=$((PORT + 1))
stand_in() {
	mkdir -p "$WORK/stand"
	echo "admin $(cut -d ' ' -f 1,2 "$WORK/admin.pub")" \
	    >"$WORK/stand/keys"
	setsid "$(dirname "$PROGRAM")/tests/ssh/stand_in" "$WORK/stand" \
	    "127.0.0.1:$STAND_IN" "$@" 2>"$WORK/stand/log" &
	echo $! >"$WORK/again"
	listens "$STAND_IN"
}
stood() {
	ssh -F none -T -p "$STAND_IN" -i "$WORK/${KEY:-admin}" -o IdentitiesOnly=yes \
	    -o IdentityAgent=none -o BatchMode=yes -o LogLevel=ERROR \
	    -o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no \
	    admin@127.0.0.1 "$@"
}
stood_processes() { pgrep -c -f -- "stand_in $WORK/stand"; }
# The ssh that a command in the background is, or has started.
client_of() {
	for _ in $(seq 100); do
		[ "$(cat "/proc/$1/comm")" != ssh ] || {
			echo "$1"
			return 0
		}
		! pgrep -P "$1" -x ssh || return 0
		sleep 0.1
	done
	return 1
}
# Kilobytes of memory of the stand-in's processes, without what they share.
stood_kb() {
	for pid in $(pgrep -f -- "stand_in $WORK/stand"); do
		grep -h '^Pss:' "/proc/$pid/smaps_rollup" 2>/dev/null
	done | awk '{ sum += $2 } END { print sum + 0 }'
}
