#!/bin/sh
# Prints the code map of README.md: one entry per file, made of the first
# sentence of the comment that the file starts with.  A .c file with a header
# of its own name is told by that.
#
#   tools/code_map.sh           prints it
#   tools/code_map.sh --write   puts it into README.md, between the marks
#   tools/code_map.sh --check   fails when README.md has another one, or when
#                               a file does not say what it is for
set -e
cd "$(dirname "$0")/.."

folders='base dns mail smime model tui screens ssh . tests/lib tests/tui
    tests/screen tests/ssh tests/dns tests/lint tests/bench tests/stack
    tests/faults tests/clients tests/fuzz'

# The comment on line 1, without its marks and the file's name, up to the
# first full stop that ends a sentence.
sentence() { # FILE
	awk 'NR == 1 && !/^\/\*/ { exit }
	    { print }
	    /\*\// { exit }' "$1" |
	    sed -e 's/^\/\* *//' -e 's/ *\*\/$//' -e 's/^ \*//' |
	    tr -s '\n\t ' '   ' |
	    sed -e 's/^ *//' -e "s/^$(basename "$1") - //" \
		-e 's/^-* *//' -e 's/ *-* *$//' -e 's/\([.?]\) .*$/\1/' -e 's/\.$//'
}

# NAME and its sentence in columns of 80.
entry() {
	printf '%s\n' "$2" | fold -s -w 56 | awk -v name="$1" '
	    { sub(/ +$/, "") }
	    NR == 1 && length(name) > 21 { print "    " name; name = "" }
	    { printf "    %-22s %s\n", name, $0; name = "" }'
}

folder() { # FOLDER
	for file in $(git ls-files "$1/*.[ch]" | grep "^$1/[^/]*\$"); do
		name=$(basename "$file")
		stem=${file%.*}
		case $file in
		*.c) [ ! -e "$stem.h" ] || continue ;;
		*) [ ! -e "$stem.c" ] || name="$(basename "$stem").[ch]" ;;
		esac
		text=$(sentence "$file")
		if [ -z "$text" ]; then
			echo "$file does not start with a comment that says" \
			    "what it is for" >&2
			touch "$failed"
		fi
		entry "$name" "$text"
	done
}

map() {
	for folder in $folders; do
		if [ "$folder" = . ]; then
			printf '\n'
			entry main.c "$(sentence main.c)"
		elif [ -n "$(git ls-files "$folder/*.[ch]")" ]; then
			printf '\n  %s/\n' "$folder"
			folder "$folder"
		fi
	done
	printf '\n  tests/unit/\n'
	entry '*_test.c' "one for each file above that it names"
}

# README.md with that text between the marks.
with_map() { # FILE
	awk -v map="$1" '
	    /^<!-- code map end -->/ { skip = 0 }
	    !skip { print }
	    /^<!-- code map -->/ {
		print "```"
		while ((getline line < map) > 0) print line
		print "```"
		skip = 1
	    }' README.md
}

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
failed=$directory/failed
map | sed 1d >"$directory/map"
[ ! -e "$failed" ] || exit 1
case $1 in
--write)
	with_map "$directory/map" >"$directory/readme"
	cat "$directory/readme" >README.md
	;;
--check)
	with_map "$directory/map" >"$directory/readme"
	diff README.md "$directory/readme"
	;;
*)
	cat "$directory/map"
	;;
esac
