/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

int test_clear(void);
int test_damage(void);
int test_fault(void);
int test_memory(void);
int test_memory_seen(void);
int test_memory_table(void);
int test_message_table(void);
int test_part(void);
int test_part_index(void);
int test_roster_table(void);
int test_schema(void);
int test_search(void);

UNIT_MAIN(test_memory, test_memory_seen, test_memory_table, test_schema,
	test_message_table, test_roster_table, test_damage, test_search,
	test_part, test_part_index, test_clear, test_fault)
