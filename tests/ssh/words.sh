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
