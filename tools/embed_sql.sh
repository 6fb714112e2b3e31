#!/bin/sh
# Prints C: the migrations given as arguments, in that order, as one array.
# The number of a migration is its place, which its file name repeats.
number=0
echo '#include "model/schema.h"'
echo 'const char *const schema_migrations[] = {'
for file in "$@"; do
	number=$((number + 1))
	case $(basename "$file") in
	"$(printf '%04d' "$number")"_*.sql) ;;
	*) echo "$file should be number $number" >&2; exit 1 ;;
	esac
	echo "/* $file */"
	sed 's/[\\"]/\\&/g; s/^/"/; s/$/\\n"/' "$file"
	echo ','
done
echo 'NULL };'
