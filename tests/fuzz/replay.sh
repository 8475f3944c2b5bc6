#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every seed, and every input that once broke something, through its target.
srcdir=${srcdir:-.}
status=0
for target in buddylist challenge csv msdoc msg multipart ntlm presrules \
	reslist rlmi rlsservices rtf stream uri vcard winfo xcapdiff \
	xmlreader; do
	corpus=$srcdir/tests/fuzz/corpus/$target
	if ./fuzz-replay-$target "$corpus"; then
		echo "ok - fuzz $target"
	else
		echo "not ok - fuzz $target"
		status=1
	fi
done
exit $status
