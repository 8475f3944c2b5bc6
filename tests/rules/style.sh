#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# How the sources look: SPDX line, width, comments, size; scripts that parse;
# manual pages that lint clean.
srcdir=${srcdir:-.}
cd "$srcdir" || exit 1
status=0

# report WHAT FOUND: fails with what was found, if anything was.
report() {
	if [ -n "$2" ]; then
		echo "not ok - $1"
		echo "$2" | sed 's/^/	/'
		status=1
	else
		echo "ok - $1"
	fi
}

sources=$(find src include tests -name '*.[ch]' | sort)
scripts=$(find . -path ./src -prune -o -type f \( -perm -100 -o \
	-name '*.sh' -o -name '*.py' -o -name '*.ac' -o -name '*.am' \
	-o -name '*.m4' \) -print |
	grep -E '^\./(bootstrap|configure\.ac|Makefile\.am|\.ci/|m4/|tests/)' |
	grep -vE '/(aclocal|lib.*|lt~.*|pkg)\.m4$' | sort)
shells=$(for f in $scripts; do
	if head -n 1 "$f" | grep -q '^#!/bin/sh'; then echo "$f"; fi
done)
pages=$(find man -name '*.[1-9]' | sort)

report 'there is something to look at' \
	"$([ -n "$sources" ] && [ -n "$shells" ] && [ -n "$pages" ] ||
		echo 'no sources, scripts or pages')"

# shellcheck disable=SC2086 # lists of names without spaces
report 'first line of a source names the licence' "$(
	for f in $sources; do
		head -n 1 "$f" | grep -qx \
			'/\* SPDX-License-Identifier: GPL-3.0-or-later \*/' ||
			echo "$f"
	done)"

report 'first lines of a script or page name the licence' "$(
	for f in $scripts $pages; do
		head -n 2 "$f" | grep -qE \
			'^(#|\.\\"|dnl) SPDX-License-Identifier: GPL-3.0-or-later$' ||
			echo "$f"
	done)"

# Bytes that continue a UTF-8 character take no column.
# shellcheck disable=SC2086
report 'no line is wider than 80 columns' "$(
	LC_ALL=C awk '
	{
		line = $0
		gsub(/[\200-\277]/, "", line)
		cols = 0
		n = split(line, part, "\t")
		for (i = 1; i < n; i++)
			cols += length(part[i]) + 8 - length(part[i]) % 8
		cols += length(part[n])
		if (cols > 80)
			print FILENAME ":" FNR ": " cols " columns"
	}' $sources)"

# Texts and comments may hold "//": both are taken out first.
# shellcheck disable=SC2086
report 'comments are /* */' "$(
	awk '
	FNR == 1 { inside = 0 }
	{
		line = $0
		gsub(/\\./, "", line)
		gsub(/"[^"]*"/, "", line)
		if (inside) {
			if (!sub(/^.*\*\//, "", line)) next
			inside = 0
		}
		gsub(/\/\*([^*]|\*+[^*\/])*\*+\//, "", line)
		if (sub(/\/\*.*$/, "", line)) inside = 1
		if (line ~ /\/\//) print FILENAME ":" FNR ": " $0
	}' $sources)"

# A source of more than this has two nouns; a test of one may be longer.
# shellcheck disable=SC2086
report 'no source has 600 lines, no test 1000' "$(
	wc -l $sources | awk '
	{ max = $2 ~ /^tests\// ? 1000 : 600 }
	$2 != "total" && $1 >= max { print $2 ": " $1 }')"

# shellcheck disable=SC2086
report 'no line ends in a blank' "$(
	grep -nE '[ 	]+$' $sources $scripts $pages /dev/null)"

report 'shell scripts parse' "$(
	for f in $shells; do sh -n "$f" 2>&1; done)"

if command -v shellcheck >/dev/null 2>&1; then
	# shellcheck disable=SC2086
	report 'shellcheck finds nothing' "$(
		shellcheck -S warning -e SC3013 $shells 2>&1)"
else
	echo 'skip - shellcheck is not installed'
fi

# Whether other manuals are installed does not matter here.
if command -v mandoc >/dev/null 2>&1; then
	for page in $pages; do
		report "$page lints clean" "$(
			mandoc -T lint "$page" 2>/dev/null |
				grep -v 'referenced manual not found')"
	done
else
	echo 'skip - mandoc is not installed'
fi
exit $status
