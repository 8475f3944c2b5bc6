#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The message benchmarks of all libraries that are here, one JSON object a
# line. Where valgrind is there, a second run under callgrind counts the
# instructions of an operation; otherwise they are the processor's count, or
# absent. Run it in the build directory.
tmp=$(mktemp -d "${TMPDIR:-/tmp}/bench-msg.XXXXXX") || exit 1
trap 'rm -rf "$tmp"' EXIT
count=20

for program in ./bench-msg ./bench-msg-osip ./bench-msg-sofia ./bench-msg-re; do
	[ -x "$program" ] || continue
	"$program" >"$tmp/all" 2>/dev/null || exit 1
	grep "^{\"peer\"" "$tmp/all" >"$tmp/lines"
	if ! command -v valgrind >/dev/null; then
		cat "$tmp/lines"
		continue
	fi
	rm -f "$tmp"/out*
	BENCH_COUNT=$count valgrind --tool=callgrind -q \
		--callgrind-out-file="$tmp/out" \
		--toggle-collect=bench_measured --dump-after=bench_measured \
		"$program" >/dev/null 2>"$tmp/err" || {
		cat "$tmp/err" >&2
		exit 1
	}
	# The Nth dump is that of the Nth line.
	n=0
	while IFS= read -r line; do
		n=$((n + 1))
		total=$(sed -n 's/^\(summary\|totals\): *//p' "$tmp/out.$n" |
			head -n 1)
		printf '%s\n' "$line" |
			sed "s/,\"instructions\":[0-9]*//
				s/}\$/,\"instructions\":$((total / count))}/"
	done <"$tmp/lines"
done
