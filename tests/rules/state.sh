#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# No mutable file-scope state: the libraries define no writable data but the
# two process-wide values of mem.c; readline, a global itself, knows the one
# edit that it serves; and the end for want of memory knows the one screen.
# (.data.rel.ro is constant.)
status=0
for lib in lib*.a; do
	found=$(objdump -t "$lib" | awk '
		/:     file format/ { file = $1 }
		/ O \.(data|bss)/ && !/ O \.data\.rel\.ro/ { print file $NF }
		/ O \*COM\*/ { print file $NF }' |
		grep -vE 'mem\.o:(live_count|oom_last)$' |
		grep -vE 'edit\.o:the_edit$' |
		grep -vE ':(__|\.L|.*(asan|ubsan|san_cov|sancov))')
	if [ -n "$found" ]; then
		echo "not ok - $lib: $found"
		status=1
	else
		echo "ok - $lib has no mutable file-scope state"
	fi
done
exit $status
