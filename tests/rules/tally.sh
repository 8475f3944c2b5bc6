#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What counts the tests counts those of every runner, whose last lines differ.
srcdir=${srcdir:-.}
log=tally-rule.tmp
status=0

same() {
	name=$1 want=$2
	have=$("$srcdir/tests/tally" $log)
	if [ "$have" = "$want" ]; then
		echo "ok - $name"
	else
		echo "not ok - $name"
		echo "	$have"
		status=1
	fi
}

printf '%s\n' '1 failed, 612 passed, 174 deselected in 686.81s (0:11:26)' >$log
same 'pytest -q' '612 passed, 1 failed, 0 skipped'
printf '%s\n' '==== 2 passed, 1 skipped, 1 error in 0.05s ====' >$log
same 'pytest' '2 passed, 1 failed, 1 skipped'
printf '%s\n' '[  PASSED  ] 7 test(s).' '[  FAILED  ] 1 test(s), listed:' >$log
same 'cmocka' '7 passed, 1 failed, 0 skipped'
printf '%s\n' 'ok - a' 'ok - b' >$log
same 'rules' '2 passed, 0 failed, 0 skipped'
printf '%s\n' 'nothing' >$log
"$srcdir/tests/tally" $log >/dev/null && {
	echo "not ok - none is a failure"
	status=1
}
rm -f $log
exit $status
