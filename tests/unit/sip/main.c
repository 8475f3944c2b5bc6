/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

int test_ctrans(void);
int test_siphash(void);
int test_strans(void);

UNIT_MAIN(test_ctrans, test_siphash, test_strans)
