/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

int test_sa(void);
int test_tmr(void);

UNIT_MAIN(test_tmr, test_sa)
