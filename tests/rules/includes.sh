#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Who may include whom: a floor includes only floors below it, and each
# foreign library only where it belongs.
srcdir=${srcdir:-.}
cd "$srcdir" || exit 1

# Which floor a header of ours belongs to.
floor_of() {
	case $1 in
	mem | list | pl | mbuf | utf8 | rand | date | hash | json | log | file | xml)
		echo base ;;
	loop | tmr | sa | dns | udp | stream | work | writer | child | local)
		echo net ;;
	http | http_wire) echo net ;;
	uri | msg) echo msg ;;
	buddylist | msdoc | presence | pres | presrules | reslist | rlmi | \
		rlsservices | winfo | xcapdiff) echo pres ;;
	json_front) echo json ;;
	*) echo "$1" ;;
	esac
}

# What a floor may include: floors, single headers of others as h:NAME.
allowed() {
	case $1 in
	base) echo base ;;
	net) echo base net ;;
	msg) echo base msg ;;
	pres) echo base msg pres ;;
	im) echo base msg im ;;
	sip) echo base net msg sip ;;
	store) echo base h:work h:tmr store ;;
	ua) echo base h:tmr msg sip ua ;;
	http) echo base h:http_wire ;;
	dialect) echo base h:tmr h:http msg ua pres im dialect ;;
	core) echo base h:tmr h:work h:child h:uri h:presence h:reslist \
		dialect store core ;;
	cmd) echo base h:loop h:tmr h:uri h:presence h:work core front cmd ;;
	edit) echo base h:loop h:writer cmd front core edit ;;
	json)
		echo base h:loop h:tmr h:writer h:local core cmd front json
		;;
	ui | line | bot)
		echo base h:loop h:tmr h:writer h:uri h:presence core cmd front \
			edit "$1"
		;;
	main) echo base h:loop h:tmr h:child h:local h:work core cmd front store \
		edit ui line json bot main ;;
	esac
}

status=0
bad() {
	echo "not ok - $1"
	status=1
}

check_file() {
	floor=$1 file=$2
	grep -oE '^#include "[^"]+"' "$file" | cut -d'"' -f2 |
		while read -r header; do
			case $header in
			*_int.h | *_data.h | config.h | app.h) continue ;;
			esac
			# A private one of the same folder.
			case $file in
			src/*) [ -e "$(dirname "$file")/$header" ] && continue ;;
			esac
			name=$(basename "$header" .h)
			in=$(floor_of "$name")
			for a in $(allowed "$floor"); do
				[ "$a" = "$in" ] && continue 2
				[ "$a" = "h:$name" ] && continue 2
			done
			echo "$file includes $header"
		done
}

# LIBRARY-HEADER-PATTERN and the only files that may include it.
library() {
	pattern=$1
	shift
	grep -lE "^#include <($pattern)" -r src include | while read -r f; do
		for ok in "$@"; do
			# shellcheck disable=SC2254 # a pattern on purpose
			case $f in $ok) continue 2 ;; esac
		done
		echo "$f includes <$pattern>"
	done
}

for dir in src/*/; do
	floor=$(basename "$dir")
	found=$(for f in "$dir"*.c "$dir"*.h; do
		[ -e "$f" ] && check_file "$floor" "$f"
	done)
	if [ -n "$found" ]; then
		bad "floor $floor: $found"
	else
		echo "ok - floor $floor"
	fi
done
found=$(for f in src/*.c src/*.h; do check_file main "$f"; done)
if [ -n "$found" ]; then bad "main: $found"; else echo "ok - main"; fi

# A public header includes no floor above its own.
found=$(for f in include/*.h; do
	floor=$(floor_of "$(basename "$f" .h)")
	[ "$floor" = front ] && floor=cmd
	check_file "$floor" "$f"
done)
if [ -n "$found" ]; then bad "headers: $found"; else echo "ok - headers"; fi

found=$(
	library 'uv\.h' 'src/net/*'
	library 'ares' src/net/dns.c
	library 'openssl/' 'src/net/tls*.c' src/base/hash.c 'src/sip/auth_*.c'
	library 'curl/' 'src/http/*'
	library 'libxml/' 'src/base/xml*.c'
	library 'jansson' src/base/json.c
	library 'utf8proc' src/base/utf8.c
	library 'readline/' 'src/edit/*'
	library 'n?curses|term\.h' 'src/ui/screen*' src/ui/input.c
	library 'sqlite3' 'src/store/*'
)
if [ -n "$found" ]; then
	bad "libraries: $found"
else
	echo "ok - libraries"
fi
exit $status
