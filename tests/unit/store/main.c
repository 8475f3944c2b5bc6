/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

int test_memory(void);
int test_memory_seen(void);
int test_memory_table(void);

UNIT_MAIN(test_memory, test_memory_seen, test_memory_table)
