#!/bin/sh
# Prints C: the text files below DIRECTORY as one array of name and text.
directory=$1
echo '#include "mail/template.h"'
echo 'const struct template templates[] = {'
(cd "$directory" && find . -type f | LC_ALL=C sort) | while read -r file; do
	echo "{ \"${file#./}\","
	sed 's/[\\"]/\\&/g; s/^/"/; s/$/\\n"/' "$directory/$file"
	echo '},'
done
echo '{ 0 } };'
