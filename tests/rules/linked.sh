#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What the program is linked with: libcurl and what comes with it would double
# the start, and is the helper's alone.
status=0

# needs PROGRAM LIBRARY
needs() {
	objdump -p "$1" | grep -q "NEEDED *$2"
}

for library in libcurl libssh libldap libgssapi libnghttp2; do
	if needs sotto $library; then
		echo "not ok - sotto is linked with $library"
		status=1
	else
		echo "ok - sotto is not linked with $library"
	fi
done
if needs sotto-http libcurl; then
	echo "ok - sotto-http is linked with libcurl"
else
	echo "not ok - sotto-http is not linked with libcurl"
	status=1
fi
for library in libxml2 libuv libsqlite3 libncursesw; do
	if needs sotto-http $library; then
		echo "not ok - sotto-http is linked with $library"
		status=1
	fi
done
exit $status
