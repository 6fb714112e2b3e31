#!/bin/sh
# Prints how many lines of each folder the tests ran, after a build with
# MODE=coverage and a run of tests: tests/coverage.sh DIRECTORY_OF_OBJECTS.
# Processes that end by _exit() or a signal count for nothing.
out=$1
command -v gcov >/dev/null || {
	echo "make coverage needs gcov, which Debian's gcc brings:" \
	    "apt-get install gcc" >&2
	exit 1
}
find "$out" -name '*.gcda' ! -path '*/tests/*' | grep -q . || {
	echo "$out has no counts: build it with gcc and run tests" >&2
	exit 1
}
# Objects that no test ran count too: gcov reads their .gcno.
find "$out" -name '*.gcno' ! -path '*/tests/*' -print0 |
    xargs -0 gcov -n 2>/dev/null | awk '
	/^File / { file = substr($2, 2, length($2) - 2); next }
	/^Lines executed:/ && file ~ /^[a-z]+\/[a-z0-9_]+\.c$/ {
		split($2, part, ":")
		percent = part[2] + 0
		folder = file
		sub("/.*", "", folder)
		lines[folder] += $4
		ran[folder] += $4 * percent / 100
		files[folder]++
		printf "%6.1f %% of %5d  %s\n", percent, $4, file > list
		file = "" # a sum of all stands at the end
	}
	/^$/ { file = "" }
	END {
		printf "%-10s %6s %8s %9s\n", "folder", "files", "lines", "covered"
		for (folder in lines) {
			printf "%-10s %6d %8d %7.1f %%\n", folder, files[folder],
			    lines[folder], 100 * ran[folder] / lines[folder] | "sort"
			all += lines[folder]
			all_ran += ran[folder]
			all_files += files[folder]
		}
		close("sort")
		printf("%-10s %6d %8d %7.1f %%\n", "all", all_files, all,
		    100 * all_ran / all)
	}' list="$out/files"
sort -n "$out/files" -o "$out/files"
echo "File by file, least covered first: $out/files"
