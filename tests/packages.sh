#!/bin/sh
# A bare machine builds: every header and library that the build takes belongs
# to one of the named packages or to what they depend on, so that nothing is
# there by luck.
#   tests/packages.sh "CC CFLAGS" "LIBS" PACKAGE... <SOURCES
# Ends with "N passed, N failed".
compiler=$1 libraries=$2
shift 2
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
passed=0 failed=0

apt-cache depends --recurse --installed --no-recommends --no-suggests \
    --no-conflicts --no-breaks --no-replaces --no-enhances "$@" |
    sed -n 's/^\([a-z0-9].*\)/\1/p' | sed 's/:.*//' | sort -u \
    >"$directory/may"

# Every header, also those that headers include.
xargs grep -h '^#include <' | sort -u >"$directory/all.c"
# shellcheck disable=SC1003,SC2086
$compiler -M "$directory/all.c" 2>"$directory/wrong" | tr -s ' \\\\' '\n' |
    grep '^/usr/' | sort -u | xargs realpath >"$directory/files"
[ -s "$directory/files" ] || cat "$directory/wrong"

# Every library, as the linker finds it.
for word in $libraries; do
	case $word in
	-l*)
		# shellcheck disable=SC2086
		file=$($compiler -print-file-name="lib${word#-l}.so")
		# Of some the C library has an empty archive only.
		# shellcheck disable=SC2086
		[ -e "$file" ] ||
		    file=$($compiler -print-file-name="lib${word#-l}.a")
		echo "$(realpath "$(dirname "$file")")/$(basename "$file")"
		;;
	esac
done >>"$directory/files"

sort -u "$directory/files" | xargs dpkg -S 2>&1 |
    sed -n 's/^\([a-z0-9.+-]*\)[:,].*: \(.*\)/\1 \2/p;s/^dpkg-query: .* \(\/.*\)/none \1/p' \
    >"$directory/owners"
cut -d ' ' -f 1 "$directory/owners" | sort -u >"$directory/names"
while read -r owner; do
	if grep -qx -- "$owner" "$directory/may"; then
		passed=$((passed + 1))
	else
		echo "PACKAGES_BUILD lacks $owner, for" \
		    "$(grep "^$owner " "$directory/owners" | head -n 1)"
		failed=$((failed + 1))
	fi
done <"$directory/names"
[ "$passed" -gt 0 ] || failed=1
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
