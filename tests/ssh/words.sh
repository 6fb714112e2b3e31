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
	    -o IdentityAgent=none -o BatchMode=yes -o LogLevel=ERROR \
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
