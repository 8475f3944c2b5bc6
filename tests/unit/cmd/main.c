/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

int test_args(void);
int test_commands(void);
int test_complete(void);
int test_files(void);
int test_history(void);
int test_journal(void);
int test_key(void);
int test_line(void);
int test_lookup(void);
int test_parse(void);
int test_queue(void);
int test_script(void);
int test_setup(void);
int test_wait(void);

UNIT_MAIN(test_parse, test_args, test_lookup, test_line, test_queue, test_key,
	test_wait, test_complete, test_script, test_commands, test_history,
	test_journal, test_setup, test_files)
