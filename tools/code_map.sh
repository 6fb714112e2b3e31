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
export LC_ALL=C

folders='base dns mail smime model tui screens ssh . tests/lib tests/tui
    tests/screen tests/ssh tests/dns tests/lint tests/bench tests/stack
    tests/faults tests/clients tests/fuzz'

# Reads the names of files, a folder's together, and prints the entries; a
# .c file that has a header of its name is passed over.
# shellcheck disable=SC2016
entries='
# The comment on line 1 without its marks and the name of the file, up to the
# first full stop that ends a sentence.
function sentence(file, name,    line, text) {
	while ((getline line < file) > 0) {
		if (text == "" && line !~ /^\/\*/)
			break
		sub(/^( |\/)\* */, "", line)
		text = text " " line
		if (line ~ /\*\//)
			break
	}
	close(file)
	gsub(/[\t ]+/, " ", text)
	sub(/ ?\*\/.*$/, "", text)
	gsub(/^[ *-]+|[ -]+$/, "", text)
	if (index(text, name " - ") == 1)
		text = substr(text, length(name) + 4)
	if (match(text, /[.?] /))
		text = substr(text, 1, RSTART)
	sub(/\.$/, "", text)
	return text
}
# NAME and its text in columns of 80.
function entry(name, text,    count, words, line, i) {
	if (length(name) > 21) {
		print "    " name
		name = ""
	}
	count = split(text, words, " ")
	for (i = 1; i <= count; i++) {
		if (line != "" && length(line " " words[i]) + (i < count) > 56) {
			printf "    %-22s %s\n", name, line
			name = line = ""
		}
		line = line (line == "" ? "" : " ") words[i]
	}
	printf "    %-22s %s\n", name, line
}
{ files[NR] = $0; has[$0] = 1 }
END {
	for (n = 1; n <= NR; n++) {
		file = name = files[n]
		sub(/.*\//, "", name)
		stem = file
		sub(/\.[ch]$/, "", stem)
		folder = file
		if (!sub(/\/[^\/]*$/, "", folder))
			folder = ""
		if (file ~ /\.c$/ && has[stem ".h"])
			continue
		text = sentence(file, name)
		if (text == "") {
			print file " does not start with a comment that says" \
			    " what it is for" >"/dev/stderr"
			is_wrong = 1
		}
		if (file ~ /\.h$/ && has[stem ".c"])
			sub(/h$/, "[ch]", name)
		if (n == 1 || folder != last)
			print folder == "" ? "" : "\n  " folder "/"
		last = folder
		entry(name, text)
	}
	print "\n  tests/unit/"
	entry("*_test.c", "one for each file above that it names")
	exit is_wrong
}'

files() {
	for folder in $folders; do
		if [ "$folder" = . ]; then
			echo main.c
		else
			ls "$folder"/*.[ch] 2>/dev/null || true
		fi
	done
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
files | awk "$entries" >"$directory/all"
sed 1d "$directory/all" >"$directory/map"
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
