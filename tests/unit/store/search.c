/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "disk.h"

int test_search(void);


static void add(struct disk *d, const char *peer, bool out, const char *text)
{
	assert_int_equal(
		disk_add_row(d,
			&(struct store_message){
				.account = ALICE,
				.peer = peer,
				.text = text,
				.out = out,
				.state = out ? STORE_DELIVERED : STORE_RECEIVED,
			},
			0),
		0);
}


static void fill(struct disk *d)
{
	add(d, BOB, false, "the invoice is paid");
	add(d, BOB, true, "Which Invoice? the red one");
	add(d, KIM, false, "caf\xc3\xa9 at noon");
	add(d, KIM, true,
		"\xe6\x98\x8e\xe5\xa4\xa9\xe4\xb8\x8b\xe5\x8d\x88"
		"\xe5\xbc\x80\xe4\xbc\x9a, ok");
	add(d, KIM, false, "don't say \"AND\" to (me)");
	add(d, BOB, false,
		"stra\xc3\x9f"
		"e\x01\x02 red tape");
}


static const struct {
	const char *query, *found;
} cases[] = {
	{"invoice", "Which [Invoice]? the red one|the [invoice] is paid|"},
	{"INVOICE paid", "the [invoice] is [paid]|"},
	{"red invoice", "Which [Invoice]? the [red] one|"},
	{"\"the red\"", "Which Invoice? [the red] one|"},
	{"\"red the\"", ""},
	{"inv*", "Which [Invoice]? the red one|the [invoice] is paid|"},
	{"\"the in\"*", "[the invoice] is paid|"},
	{"inv", ""},
	{"paid OR noon", "caf\xc3\xa9 at [noon]|the invoice is [paid]|"},
	{"invoice AND red", "Which [Invoice]? the [red] one|"},
	{"invoice NOT red", "the [invoice] is paid|"},
	{"(paid OR noon) NOT invoice", "caf\xc3\xa9 at [noon]|"},
	{"cafe", "[caf\xc3\xa9] at noon|"},
	{"CAFE\xcc\x81", "[caf\xc3\xa9] at noon|"},
	/* Two characters in the middle of a row. */
	{"\xe4\xb8\x8b\xe5\x8d\x88",
		"\xe6\x98\x8e\xe5\xa4\xa9[\xe4\xb8\x8b\xe5\x8d\x88]"
		"\xe5\xbc\x80\xe4\xbc\x9a, ok|"},
	{"\xe4\xbc\x9a ok",
		"\xe6\x98\x8e\xe5\xa4\xa9\xe4\xb8\x8b\xe5\x8d\x88"
		"\xe5\xbc\x80[\xe4\xbc\x9a], [ok]|"},
	{"\xe5\x8d\x88\xe4\xb8\x8b", ""},
	{"from:bob invoice", "the [invoice] is paid|"},
	{"from:me invoice", "Which [Invoice]? the red one|"},
	{"FROM:alice",
		"\xe6\x98\x8e\xe5\xa4\xa9\xe4\xb8\x8b\xe5\x8d\x88"
		"\xe5\xbc\x80\xe4\xbc\x9a, ok|"
		"Which Invoice? the red one|"},
	{"in:lab.test noon", "caf\xc3\xa9 at [noon]|"},
	{"in:bob noon", ""},
	{"in:bob NOT red", "the invoice is paid|"},
	{"in:bob from:kim", ""},
	{"in:\"bob\" \"the\" \"invo\"*",
		"Which [Invoice]? [the] red one|[the] [invoice] is paid|"},
	{"before:1999 invoice", ""},
	{"after:1999 invoice",
		"Which [Invoice]? the red one|the [invoice] is paid|"},
	{"after:2999-01-01 invoice", ""},
	{"before:2999-12 after:2001-01-01T00:00:00Z paid",
		"the invoice is [paid]|"},
	{"from:nobody", ""},
	{"red - tape",
		"stra\xc3\x9f"
		"e\x01\x02 [red] [tape]|"},
	{"red \xe2\x80\x94 tape",
		"stra\xc3\x9f"
		"e\x01\x02 [red] [tape]|"},
	/* No query of ours: plain words. */
	{"say AND", "don't [say] \"[AND]\" to (me)|"},
	{"(say", "don't [say] \"AND\" to (me)|"},
	{"say)", "don't [say] \"AND\" to (me)|"},
	{"OR", ""},
	{"don't", "[don't] say \"AND\" to (me)|"},
	{"\"say", "don't [say] \"AND\" to (me)|"},
	{"before:soon", ""},
	{"", ""},
	{"   ", ""},
	{"*", ""},
	{"\"\"", ""},
	{"()", ""},
	{"^ + - : { } NEAR", ""},
	{"text:paid", ""},
	{"who:c1i", ""},
	{"NEAR(the paid)", ""},
	{"-paid", "the invoice is [paid]|"},
	{"\xff\xfe", ""},
	{"NOT paid", ""},
	{"paid NOT", ""},
	{"a\"b\"\"c", ""},
	{"\xf0\x9f\x98\x80", ""},
};


static void check_cases(struct disk *d)
{
	size_t i;

	for (i = 0; i < UNIT_N(cases); i++) {
		if (strcmp(disk_search(d, cases[i].query), cases[i].found))
			fail_msg("%s: found %s, not %s", cases[i].query, d->log,
				cases[i].found);
	}
}


/* Before the index has come to them, and after. */
static void language(void **state)
{
	struct disk d;

	(void)state;
	disk_init(&d);
	fill(&d);
	check_cases(&d);
	disk_close(&d);
	disk_open(&d); /* indexes at its start */
	disk_pause(&d, 100);
	assert_int_not_equal(
		disk_number(&d, "SELECT value FROM meta WHERE name='indexed'"),
		0);
	check_cases(&d);
	add(&d, BOB, false, "one more invoice");
	assert_string_equal(disk_search(&d, "invoice"),
		"one more [invoice]|Which [Invoice]? the red one|"
		"the [invoice] is paid|");
	disk_free(&d);
}


/* Newest first in pages, and of one account. */
static void pages(void **state)
{
	struct store_query q = {.text = "page", .n = 2};
	struct disk d;
	char text[20];
	int i;

	(void)state;
	disk_init(&d);
	for (i = 0; i < 5; i++) {
		snprintf(text, sizeof(text), "page %d", i);
		add(&d, BOB, false, text);
	}
	d.waiting = 1;
	d.store->ops->search(d.store, &q, disk_hits_h, &d);
	disk_wait(&d);
	assert_string_equal(d.log, "[page] 4|[page] 3|");
	q.before = d.id;
	d.waiting = 1;
	d.store->ops->search(d.store, &q, disk_hits_h, &d);
	disk_wait(&d);
	assert_string_equal(d.log, "[page] 2|[page] 1|");
	q.account = BOB;
	d.waiting = 1;
	d.store->ops->search(d.store, &q, disk_hits_h, &d);
	disk_wait(&d);
	assert_string_equal(d.log, "");
	q.account = ALICE;
	d.waiting = 1;
	d.store->ops->search(d.store, &q, disk_hits_h, &d);
	disk_wait(&d);
	assert_string_equal(d.log, "[page] 2|[page] 1|");
	disk_free(&d);
}


/* What was asked for before is found, though nobody waited for it. */
static void sees_before(void **state)
{
	const struct store_message m = {.account = ALICE,
		.peer = BOB,
		.text = "just now",
		.state = STORE_RECEIVED};
	struct disk d;

	(void)state;
	disk_init(&d);
	d.store->ops->add(d.store, &m, 0, NULL, NULL);
	assert_string_equal(disk_search(&d, "now"), "just [now]|");
	disk_free(&d);
}


/* Deep, long and endless ones are only words. */
static void hostile(void **state)
{
	static const char *const units[] = {"(", ")", "\"", "a ", "a OR ",
		"NOT ", "from:", "a* ", "\xe6\x98\x8e", "(a ", "in:\""};
	struct disk d;
	char text[20000];
	size_t i, n;

	(void)state;
	disk_init(&d);
	fill(&d);
	for (i = 0; i < UNIT_N(units); i++) {
		for (n = 0; n + 9 < sizeof(text);) {
			strcpy(text + n, units[i]);
			n += strlen(units[i]);
			if (n == 30 || n == 300)
				(void)disk_search(&d, text);
		}
		(void)disk_search(&d, text);
	}
	disk_free(&d);
}


int test_search(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(language),
		cmocka_unit_test(pages),
		cmocka_unit_test(sees_before),
		cmocka_unit_test(hostile),
	};

	return cmocka_run_group_tests_name("search", tests, NULL, NULL);
}
