/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

int test_buddylist(void);
int test_buddylist_edit(void);
int test_compose(void);
int test_msdoc(void);
int test_pidf(void);
int test_pidf_encode(void);
int test_pres(void);
int test_presence(void);
int test_presrules(void);
int test_reslist(void);
int test_rlmi(void);
int test_rlsservices(void);
int test_rpid(void);
int test_winfo(void);
int test_xcapdiff(void);
int test_xpidf(void);

UNIT_MAIN(test_buddylist, test_buddylist_edit, test_compose, test_msdoc,
	test_presence, test_presrules, test_reslist, test_rlmi,
	test_rlsservices, test_rpid, test_pidf, test_xpidf, test_pidf_encode,
	test_pres, test_winfo, test_xcapdiff)
