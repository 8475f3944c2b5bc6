/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

int test_mbuf(void);
int test_mem(void);
int test_pl(void);

UNIT_MAIN(test_mbuf, test_mem, test_pl)
