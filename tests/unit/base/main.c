/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

int test_date(void);
int test_file(void);
int test_hash(void);
int test_json(void);
int test_log(void);
int test_mbuf(void);
int test_mem(void);
int test_pl(void);
int test_rand(void);
int test_utf8(void);
int test_utf8_clean(void);
int test_utf8_fold(void);
int test_xml(void);
int test_xml_reader(void);

UNIT_MAIN(test_mem, test_pl, test_mbuf, test_utf8, test_utf8_clean,
	test_utf8_fold, test_rand, test_date, test_log, test_hash, test_json,
	test_file, test_xml, test_xml_reader)
