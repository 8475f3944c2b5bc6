/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd_int.h"
#include "unit.h"

int test_lookup(void);


static void prefixes(void **state)
{
	static const struct {
		const char *typed;
		const char *name; /* NULL: refused */
		const char *why;
	} cases[] = {
		{"account add", "account add", NULL},
		{"acc a", "account add", NULL},
		{"ac l", "account list", NULL},
		{"bu g", "buddy group", NULL},
		{"bu unb", "buddy unblock", NULL},
		{"log", "log", NULL},
		{"logi", "login", NULL},
		{"m", "msg", NULL},
		{"q", "quit", NULL},
		{"msg add", "msg", NULL},
		{"a", NULL, "a may be account, alias"},
		{"lo", NULL, "lo may be login, logout, log"},
		{"bu r", NULL, "bu r may be remove, rename"},
		{"buddy", NULL, "buddy needs a second word: add, remove, "},
		{"chat x", NULL, "no such command: chat x; chat takes show, "},
		{"xyzzy", NULL, "no such command: xyzzy"},
		{"", NULL, "no such command: "},
		{"MSG", NULL, "no such command: MSG"},
		{"b", NULL, "b may be buddy, bind"},
		{"c", NULL, "chat needs a second word"},
		{"account adds", NULL, "no such command: account adds"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *why = NULL;
		const struct cmd_entry *entry = cmd_find(cases[i].typed, &why);

		if (cases[i].name) {
			assert_non_null(entry);
			assert_string_equal(entry->name, cases[i].name);
			assert_null(why);
		} else {
			assert_null(entry);
			assert_memory_equal(
				why, cases[i].why, strlen(cases[i].why));
		}
		mem_deref(why);
	}
}


/* Whatever the table holds, it can be reached, and says what it does. */
static void table(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; cmd_table[i]; i++) {
		const struct cmd_entry *entry = cmd_table[i];
		bool optional = false, last = false;

		assert_ptr_equal(cmd_find(entry->name, NULL), entry);
		assert_non_null(entry->exec);
		assert_non_null(entry->help);
		assert_true(strlen(entry->help) > 5);
		for (j = 0; entry->items[j].flag || entry->items[j].name; j++) {
			const struct cmd_item *item = &entry->items[j];

			assert_true(j < CMD_ITEMS_MAX);
			if (item->flag)
				continue;
			/* No argument behind one that takes the rest, none
			 * that must be there behind one that need not. */
			assert_false(last);
			assert_false(optional && !item->optional);
			optional = item->optional;
			last = item->repeat || item->kind == CMD_TEXT ||
				item->kind == CMD_COMMAND ||
				item->kind == CMD_VALUE;
		}
	}
	assert_int_equal(i, 68);
}


int test_lookup(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prefixes),
		cmocka_unit_test(table),
	};

	return cmocka_run_group_tests_name("lookup", tests, NULL, NULL);
}
