#!/bin/sh
# Runs stories over the stock OpenSSH client: tests/ssh/run.sh PROGRAM FILE...
#
# FILE.keys is a script of keys, played on a real terminal by tests/ssh/play
# beside the program (tests/lib/script.h has the form).
#
# FILE.session is a story of commands.  "$ COMMAND" is a line of shell; the
# lines behind it are what it must print, where * stands for any text and a
# line of ... for any lines; [N] as the last of them is the exit status (0 when
# not said).  Lines that start with # and empty lines between steps are passed
# over.  A step ends at an empty line or the next "$ ".
#
# Each story has a server of its own on loopback and these words:
#   as NAME [USER]   from now on, commands are NAME's (key NAME, user USER)
#   postern WORDS    a command over SSH
#   operator WORDS   the same on the box
#   key NAME         makes NAME's key pair; prints nothing
#   public NAME      prints NAME's public key
#   dns ZONE...      starts Knot and Unbound with these zones
#   publish ZONE     zone file lines from standard input, each replaces its kind
#   update ZONE      knsupdate lines from standard input
#   acme             makes the tenant Acme with its admin anna
#   again            starts the server that has died once more
#   stand_in NAME... starts tests/ssh/stand_in on port STAND_IN, limits as named
#   alone            waits until the server has no process but the listener
#   by_password USER PASSWORD WORDS   a command over SSH, by password
#   logged PATTERN   waits for a line of the server's log
# A line "run . ./words.sh && WORDS" in a script of keys has them too.
# Ends with "N passed, N failed": one count per step.
program=$(realpath "$1")
shift
root=$(cd "$(dirname "$0")/../.." && pwd)
port=${SESSION_PORT:-16000}
passed=0 failed=0
top=$(mktemp -d -t postern-story.XXXXXX)
work=
server=

stop() {
	[ -z "$server" ] || kill "$server" 2>/dev/null
	[ -z "$server" ] || wait "$server" 2>/dev/null
	server=
	[ ! -s "$work/again" ] || kill "$(cat "$work/again")" 2>/dev/null
	[ ! -d "$work/dns" ] || "$root/demo/dns.sh" stop "$work/dns"
}
end() {
	stop
	rm -rf "$top"
}
trap end EXIT
trap 'exit 1' HUP INT TERM

# Wanted lines (with * and ...) against what came; prints nothing when equal.
# shellcheck disable=SC2016
compare='
function pattern(line) {
	gsub(/[][\\.^$+?(){}|]/, "\\\\&", line)
	gsub(/\*/, ".*", line)
	return "^" line "$"
}
FILENAME == ARGV[1] { want[++wanted] = $0; next }
{ got[++count] = $0 }
function fits(w, g) {
	if (w > wanted)
		return g > count
	if (want[w] == "...")
		return fits(w + 1, g) || (g <= count && fits(w, g + 1))
	return g <= count && got[g] ~ pattern(want[w]) && fits(w + 1, g + 1)
}
END { exit !fits(1, 1) }'

start() {
	work=$top/$port
	mkdir "$work"
	export WORK="$work" PROGRAM="$program" ROOT="$root" PORT="$port" \
	    KNOT=$((port - 6900)) UNBOUND=$((port - 6899))
	ssh-keygen -q -t ed25519 -N '' -C admin -f "$work/admin"
	echo "admin admin" >"$work/actor"
	"$program" --state "$work/state" init admin=admin@postern.example \
	    key="$work/admin.pub" >"$work/init" 2>&1 || {
		cat "$work/init"
		return 1
	}
	"$program" --state "$work/state" serve --listen "127.0.0.1:$port" \
	    2>"$work/log" &
	server=$!
	echo "$server" >"$work/server"
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		ssh-keyscan -p "$port" -t ed25519 127.0.0.1 2>/dev/null \
		    >"$work/known_hosts"
		[ ! -s "$work/known_hosts" ] || return 0
		kill -0 "$server" 2>/dev/null || break
		sleep 0.25
	done
	echo "The server did not start:"
	cat "$work/log"
	return 1
}

# One step: the command, and the wanted lines in $work/want.
step() {
	[ -n "$command" ] || return 0
	status=0
	case $(tail -n 1 "$work/want") in
	'['[0-9]*']')
		status=$(tail -n 1 "$work/want" | tr -d '[]')
		sed -i '$d' "$work/want"
		;;
	esac
	# shellcheck source-path=SCRIPTDIR source=words.sh
	(. "$root/tests/ssh/words.sh" && eval "$command") >"$work/got" 2>&1 </dev/null
	came=$?
	if [ "$came" -eq "$status" ] &&
	    awk "$compare" "$work/want" "$work/got"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "--- $file:$line: \$ $command"
		echo "wanted, with exit status $status:"
		sed 's/^/    /' "$work/want"
		echo "came, with exit status $came:"
		sed 's/^/    /' "$work/got"
	fi
	command=''
}

story() {
	command='' number=0
	: >"$work/want"
	while IFS= read -r text || [ -n "$text" ]; do
		number=$((number + 1))
		case $text in
		'$ '*)
			step
			command=${text#??} line=$number
			: >"$work/want"
			;;
		'')
			step
			;;
		*)
			[ -z "$command" ] || echo "$text" >>"$work/want"
			;;
		esac
	done <"$file"
	step
}

play() {
	# shellcheck source-path=SCRIPTDIR source=words.sh
	(. "$root/tests/ssh/words.sh" &&
	    "$(dirname "$program")/tests/ssh/play" "$file") >"$work/got" 2>&1
	came=$?
	count=$(tail -n 1 "$work/got")
	ok=$(echo "$count" | sed -n 's/^\([0-9]*\) passed, .*/\1/p')
	bad=$(echo "$count" | sed -n 's/^.* passed, \([0-9]*\) failed$/\1/p')
	[ "$came" -eq 0 ] || [ "${bad:-0}" -gt 0 ] || bad=1
	[ "${bad:-1}" -eq 0 ] || cat "$work/got"
	passed=$((passed + ${ok:-0}))
	failed=$((failed + ${bad:-1}))
}

for file in "$@"; do
	if start; then
		case $file in
		*.keys) play ;;
		*) story ;;
		esac
	else
		failed=$((failed + 1))
	fi
	stop
	port=$((port + 2))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
