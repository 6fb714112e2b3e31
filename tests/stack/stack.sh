#!/bin/sh
# A whole mail server on loopback: Postfix, Dovecot, OpenDKIM, nginx, Knot,
# Unbound and our own processes, each with the configuration that "postern mail
# config" prints, without systemd and beside whatever else the machine runs.
#
#   tests/stack/stack.sh start DIRECTORY PORT PROGRAM
#   tests/stack/stack.sh milter DIRECTORY PORT PROGRAM	starts that again
#   tests/stack/stack.sh stop DIRECTORY
#
# PORT and the nine behind it are used.  DIRECTORY must be of root and below no
# directory that everybody writes (OpenDKIM looks), so not in /tmp; its path at
# most 40 letters.  Needs root: the daemons become their own users.
set -e
umask 022
PATH=$PATH:/usr/sbin:/sbin
command=$1 directory=$2
here=$(cd "$(dirname "$0")/../.." && pwd)

# ---- what the box has before us ----

certificates() {
	mkdir "$directory/tls"
	cd "$directory/tls"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -days 30 -subj '/CN=Test authority' -keyout ca.key -out ca.pem \
	    2>/dev/null
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -subj '/CN=mx.postern.example' -keyout server.key -out server.csr \
	    2>/dev/null
	echo 'subjectAltName=DNS:mx.postern.example,DNS:localhost,DNS:mta-sts.acme.example,DNS:autoconfig.acme.example,IP:127.0.0.1' \
	    >names
	openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -days 30 \
	    -CAcreateserial -extfile names -out server.pem 2>/dev/null
	cd "$here"
}

# Who signs: the service's user where the package made one.
signer() {
	id -un postern-sign 2>/dev/null || echo root
}

directories() {
	for d in etc/nginx var/spool/postfix var/lib/postfix var/lib/dovecot \
	    var/log/postern run/dovecot run/opendkim run/postern-sign vmail \
	    dkim sink; do
		mkdir -p "$directory/$d"
	done
	chmod 755 "$directory"
	chown postfix "$directory/var/lib/postfix"
	chown opendkim "$directory/run/opendkim"
	chown 5000:5000 "$directory/vmail"
	chown "$(signer)":postfix "$directory/run/postern-sign"
	chmod 750 "$directory/run/postern-sign"
}

# ---- our own part ----

box() {
	"$program" --state "$directory/state" "$@"
}

console() {
	ssh-keygen -q -t ed25519 -N '' -C admin -f "$directory/admin"
	box init admin=admin@postern.example key="$directory/admin.pub" >/dev/null
	box server set host=mx.postern.example ip4=127.0.0.1 \
	    resolvers="127.0.0.1:$((port + 8))" \
	    dns_ports="127.0.0.1:$((port + 7)), 127.0.0.2:$((port + 7))" \
	    tls_certificate="$directory/tls/server.pem" \
	    tls_key="$directory/tls/server.key" \
	    mail_directory="$directory/vmail" \
	    dkim_directory="$directory/dkim" mail_root="$directory" >/dev/null
	"$program" --state "$directory/state" serve \
	    --listen "127.0.0.1:$((port + 5))" 2>"$directory/log" &
	echo $! >"$directory/serve.pid"
	until ssh-keyscan -p $((port + 5)) -t ed25519 127.0.0.1 \
	    >"$directory/known_hosts" 2>/dev/null &&
	    [ -s "$directory/known_hosts" ]; do
		kill -0 "$(cat "$directory/serve.pid")"
	done
}

# As an operator does it: the files below DIRECTORY, checked by each daemon.
configure() { # DAEMON
	box mail config "$1" --install listen=127.0.0.1 \
	    smtp="$port" submission=$((port + 1)) submissions=$((port + 2)) \
	    imaps=$((port + 3)) https=$((port + 4)) mail_user=5000 \
	    relay="[127.0.0.1]:$((port + 6))" --test
}

# ---- the daemons ----

# Postfix waits until its files are seconds old.
start_postfix() {
	configure postfix
	find "$directory/etc/postfix" -type f \
	    -exec touch -d '10 seconds ago' {} +
	postfix -c "$directory/etc/postfix" start
}

start_dovecot() {
	configure dovecot
	dovecot -c "$directory/etc/dovecot/dovecot.conf"
}

# Its socket is of the group of Postfix, which it serves.
start_milter() {
	socket=$directory/run/postern-sign/milter.sock
	rm -f "$socket"
	groups=postfix
	[ "$(signer)" = root ] || groups=postfix,postern-sign
	setpriv --reuid "$(signer)" --regid postfix --groups "$groups" \
	    "$program" --state "$directory/state" milter \
	    --socket "$socket" >>"$directory/milter.log" 2>&1 &
	echo $! >"$directory/milter.pid"
	until [ -S "$socket" ]; do
		kill -0 "$(cat "$directory/milter.pid")"
	done
}

start_opendkim() {
	box mail sync >/dev/null
	configure opendkim
	opendkim -x "$directory/etc/opendkim.conf"
}

start_nginx() {
	cat >"$directory/etc/nginx/nginx.conf" <<-END
	pid $directory/run/nginx.pid;
	error_log $directory/var/log/nginx.log;
	worker_processes 1;
	events { }
	http {
		access_log off;
		include $directory/etc/nginx/conf.d/*.conf;
	}
	END
	configure nginx
	nginx -c "$directory/etc/nginx/nginx.conf" \
	    2>>"$directory/var/log/nginx.log"
}

# Until every port answers, at most 20 s.
wait_for() { # PORT...
	/usr/bin/python3 - "$@" <<-'END'
	import socket, sys, time
	deadline = time.monotonic() + 20
	for port in sys.argv[1:]:
	    while True:
	        try:
	            socket.create_connection(("127.0.0.1", int(port)), 5).close()
	            break
	        except OSError:
	            if time.monotonic() > deadline:
	                sys.exit("stack.sh: nothing answers on port " + port)
	            time.sleep(0.02)
	END
}

start() {
	"$here/demo/dns.sh" start "$directory/dns" $((port + 7)) \
	    $((port + 8)) acme.example globex.example postern.example
	certificates
	directories
	console
	start_milter
	start_opendkim
	start_dovecot
	start_postfix
	start_nginx
	wait_for "$port" $((port + 1)) $((port + 2)) $((port + 3)) $((port + 4))
}

# Ends the process of a pid file when it is the program that it should be, and
# waits until it has gone.
end() { # FILE COMMAND SIGNAL
	[ -s "$1" ] || return 0
	pid=$(tr -d ' \n' <"$1")
	case $(cat "/proc/$pid/comm" 2>/dev/null) in
	"$2"*) ;;
	*) return 0 ;;
	esac
	kill -s "$3" "$pid"
	timeout 20 sh -c "while kill -0 $pid 2>/dev/null; do :; done" ||
	    kill -s KILL "$pid"
}

stop() {
	end "$directory/var/spool/postfix/pid/master.pid" master TERM
	end "$directory/run/dovecot/master.pid" dovecot TERM
	end "$directory/run/opendkim/opendkim.pid" opendkim KILL
	end "$directory/run/nginx.pid" nginx TERM
	end "$directory/milter.pid" postern TERM
	end "$directory/serve.pid" postern TERM
	"$here/demo/dns.sh" stop "$directory/dns"
}

port=$3 program=$4
case $command in
start) start ;;
milter) start_milter ;;
stop) stop ;;
*)
	sed -n '/^#   tests/s/^# *//p' "$0" >&2
	exit 64
	;;
esac
