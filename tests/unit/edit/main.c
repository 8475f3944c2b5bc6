/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

int test_lent(void);

UNIT_MAIN(test_lent)
