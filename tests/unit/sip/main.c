/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

int test_ctrans(void);
int test_keepalive(void);
int test_net_real(void);
int test_siphash(void);
int test_strans(void);
int test_torture(void);
int test_transp(void);

UNIT_MAIN(test_ctrans, test_keepalive, test_net_real, test_siphash, test_strans,
	test_torture, test_transp)
