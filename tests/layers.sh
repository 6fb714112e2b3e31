#!/bin/sh
# Who may include whom, in the tree at . (or in the one given):
#   - an include of ours goes down or stays in its folder, and is written from
#     the root;
#   - the header of a library is included by the few files named here;
#   - every .c file stands in the Makefile.
# Prints each breach as FILE:LINE: sentence, then "N passed, N failed" where
# one file is one test.
cd "${1:-.}" || exit 2
listed=$(MAKEFLAGS='' make -s --no-print-directory sources) || exit 2

# shellcheck disable=SC2016
find base dns mail smime model tui screens ssh main.c -name '*.[ch]' \
    2>/dev/null | sort | LISTED=" $(echo "$listed" | tr '\n' ' ') " xargs awk '
BEGIN {
	# folder -> height; the same height means: do not know each other
	height["base"] = 0
	height["dns"] = height["mail"] = height["smime"] = 1
	height["model"] = height["tui"] = 2
	height["screens"] = 3
	height["ssh"] = 4
	height["main.c"] = 5

	# header -> the files that may include it (a pattern)
	allow["curses"]     = "^tui/terminal(_[a-z]+)?\\.[ch]$"
	allow["ncurses"]    = "^tui/terminal(_[a-z]+)?\\.[ch]$"
	allow["term\\.h"]   = "^tui/terminal(_[a-z]+)?\\.[ch]$"
	allow["sqlite3"]    = "^model/db(_[a-z]+)?\\.[ch]$"
	allow["ldns/"]      = "^dns/(packet_(record|take)\\.c|packet_take\\.h|(packet|update|zone)\\.c)$"
	allow["libssh/"]    = "^ssh/((transport|login|channel(_[a-z]+)?|host_key)\\.c|channel_state\\.h)$"
	allow["seccomp"]    = "^ssh/sandbox\\.c$"
	allow["openssl/"]   = "^(smime/.*|base/digest|mail/(tls|dkim_key)|dns/(key|server_key|starttls_certificate|starttls_session))\\.[ch]$"
	allow["jansson"]    = "^(mail/queue\\.c|dns/report_tls\\.c|ssh/(command_[a-z_]*|json)\\.[ch])$"
	allow["opendkim/"]  = "^mail/dkim_verify\\.c$"
	allow["curl/"]      = "^(dns/https|mail/external)\\.c$"
	allow["archive"]    = "^(dns/report_unpack|model/bundle)\\.c$"
	allow["libxml/"]    = "^dns/(autoconfig|report_dmarc)\\.c$"
	allow["libmilter/"] = "^smime/milter\\.c$"
	allow["crack\\.h"]  = "^model/password\\.c$"
}

function folder(path) { sub("/.*", "", path); return path }

function breach(text) {
	print FILENAME ":" FNR ": " text
	bad[FILENAME] = 1
}

FNR == 1 {
	files++
	if (FILENAME ~ /\.c$/ && index(ENVIRON["LISTED"], " " FILENAME " ") == 0)
		breach("is not in the Makefile")
}

/^[ \t]*#[ \t]*include[ \t]*"/ {
	split($0, part, "\"")
	to = folder(part[2])
	from = folder(FILENAME)
	if (!(to in height) || part[2] !~ "/")
		breach("\"" part[2] "\": write the path from the root")
	else if (to != from && height[to] >= height[from])
		breach(from "/ may not include " to "/")
}

/^[ \t]*#[ \t]*include[ \t]*</ {
	split($0, part, /[<>]/)
	for (library in allow)
		if (part[2] ~ "^" library && FILENAME !~ allow[library])
			breach("<" part[2] "> belongs to other files: see " \
			    "tests/layers.sh")
}

END {
	for (name in bad)
		failed++
	print files - failed " passed, " failed + 0 " failed"
	exit failed > 0
}'
