#!/bin/sh
# The layer rule holds here, and tests/layers.sh sees each kind of breach
# when it is planted in a copy of the tree.
cd "$(dirname "$0")/.." || exit 2
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
passed=0 failed=0

# plant FILE LINE EXPECTED: the copy with LINE in FILE must be refused.
plant() {
	rm -rf "$copy/tree"
	mkdir "$copy/tree"
	cp -r Makefile main.c "$copy/tree"
	for layer in base dns mail smime model tui screens ssh; do
		[ ! -d $layer ] || cp -r $layer "$copy/tree"
	done
	mkdir -p "$copy/tree/$(dirname "$1")"
	[ -z "$2" ] || echo "$2" >>"$copy/tree/$1"
	if tests/layers.sh "$copy/tree" >"$copy/out"; then
		status=0
	else
		status=1
	fi
	if [ "$status" -eq "$4" ] && grep -qF "$3" "$copy/out"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "layers.sh on '$2' in $1: wanted '$3', status $4, got:"
		cat "$copy/out"
	fi
}

plant base/text.c '' ' 0 failed' 0
plant base/text.c '#include "mail/dkim_key.h"' 'base/ may not include mail/' 1
plant base/text.h '#include "ssh/command_line.h"' 'base/ may not include ssh/' 1
plant mail/dkim_key.c '#include "dns/check.h"' 'mail/ may not include dns/' 1
plant mail/dkim_key.c '#include "dkim_key.h"' 'write the path from the root' 1
plant base/text.c '#include <sqlite3.h>' '<sqlite3.h> belongs to other' 1
plant base/text.c '  #  include <ldns/ldns.h>' '<ldns/ldns.h> belongs to' 1
plant base/planted.c 'int planted;' 'base/planted.c:1: is not in the Make' 1

rule=$(tests/layers.sh)
echo "$rule" | sed '$d'
echo "$rule" | tail -1 | {
	read -r ok _ bad _
	echo "$((passed + ok)) passed, $((failed + bad)) failed"
	[ "$((failed + bad))" -eq 0 ]
}
