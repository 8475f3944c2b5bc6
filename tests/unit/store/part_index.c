/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "disk.h"

int test_part_index(void);

enum {
	MANY = 2500,
};


static void add(struct disk *d, const char *peer, const char *text)
{
	assert_int_equal(disk_add(d, peer, text), 0);
}


static void set(struct disk *d, bool on)
{
	++d->waiting;
	d->store->ops->parts(d->store, on, disk_done_h, d);
	disk_wait(d);
	assert_int_equal(d->err, 0);
}


static int64_t meta(const struct disk *d, const char *name)
{
	char sql[100];

	snprintf(sql, sizeof(sql), "SELECT value FROM meta WHERE name='%s'",
		name);
	return disk_number(d, sql);
}


/* Until the index is in STATE. */
static void await(struct disk *d, int64_t state)
{
	int i;

	for (i = 0; i < 600 && meta(d, "parts") != state; i++)
		disk_pause(d, 20);
	assert_int_equal(meta(d, "parts"), state);
}


static void fill(struct disk *d)
{
	add(d, BOB, "the invoice is paid");
	add(d, BOB, "Invoices? voices, the VOICE");
	add(d, KIM, "d\xc3\xa9j\xc3\xa0 vu at noon");
	add(d, KIM, "ice vo a iceberg");
	add(d, KIM, "\xe6\x98\x8e\xe5\xa4\xa9\xe4\xb8\x8b voicemail");
}


static const struct {
	const char *query, *on, *off;
} cases[] = {
	{"voice",
		"\xe6\x98\x8e\xe5\xa4\xa9\xe4\xb8\x8b [voice]mail|"
		"In[voice]s? [voice]s, the [VOICE]|the in[voice] is paid|",
		"Invoices? voices, the [VOICE]|"},
	{"*voice*",
		"\xe6\x98\x8e\xe5\xa4\xa9\xe4\xb8\x8b [voice]mail|"
		"In[voice]s? [voice]s, the [VOICE]|the in[voice] is paid|",
		"\xe6\x98\x8e\xe5\xa4\xa9\xe4\xb8\x8b [voicemail]|"
		"Invoices? [voices], the [VOICE]|"},
	{"*voice",
		"\xe6\x98\x8e\xe5\xa4\xa9\xe4\xb8\x8b [voice]mail|"
		"In[voice]s? [voice]s, the [VOICE]|the in[voice] is paid|",
		"Invoices? voices, the [VOICE]|"},
	{"\"voice\"", "Invoices? voices, the [VOICE]|",
		"Invoices? voices, the [VOICE]|"},
	{"voice*",
		"\xe6\x98\x8e\xe5\xa4\xa9\xe4\xb8\x8b [voicemail]|"
		"Invoices? [voices], the [VOICE]|",
		"\xe6\x98\x8e\xe5\xa4\xa9\xe4\xb8\x8b [voicemail]|"
		"Invoices? [voices], the [VOICE]|"},
	/* All groups of three are there, and not in a row. */
	{"voic ice", NULL, ""},
	{"oicebe", "", ""},
	{"EJA", "d[\xc3\xa9j\xc3\xa0] vu at noon|", ""},
	{"*ej*", "", ""},
	{"*vu*", "d\xc3\xa9j\xc3\xa0 [vu] at noon|",
		"d\xc3\xa9j\xc3\xa0 [vu] at noon|"},
	{"nvo pai", "the i[nvo]ice is [pai]d|", ""},
	{"nvo OR oon",
		"d\xc3\xa9j\xc3\xa0 vu at n[oon]|I[nvo]ices? voices, the VOICE|"
		"the i[nvo]ice is paid|",
		""},
	{"nvo NOT paid", "I[nvo]ices? voices, the VOICE|", ""},
	{"\"the invoice\" voi", "[the invoice] is paid|", NULL},
	{"is voice", "the in[voice] [is] paid|", ""},
	{"voice is", "the in[voice] [is] paid|", ""},
	{"voice is \"the invoice\"", "[the invoice] [is] paid|", ""},
	{"\"noon\" OR nvo",
		"d\xc3\xa9j\xc3\xa0 vu at [noon]|I[nvo]ices? voices, the VOICE|"
		"the i[nvo]ice is paid|",
		"d\xc3\xa9j\xc3\xa0 vu at [noon]|"},
	{"voice NOT is",
		"\xe6\x98\x8e\xe5\xa4\xa9\xe4\xb8\x8b [voice]mail|"
		"In[voice]s? [voice]s, the [VOICE]|",
		"Invoices? voices, the [VOICE]|"},
	{"from:kim oice", "\xe6\x98\x8e\xe5\xa4\xa9\xe4\xb8\x8b v[oice]mail|",
		""},
	{"from:bob voice is", "the in[voice] [is] paid|", ""},
	{"from:bob voice OR is",
		"In[voice]s? [voice]s, the [VOICE]|the in[voice] [is] paid|",
		NULL},
	{"in:bob NOT voice", "", NULL},
	{"\xe5\xa4\xa9\xe4\xb8\x8b ema",
		"\xe6\x98\x8e[\xe5\xa4\xa9\xe4\xb8\x8b] voic[ema]il|", ""},
	{"(voice", NULL, NULL},
	{"*", "", ""},
	{"**", "", ""},
	{"***", "", ""},
	{"*-*", "", ""},
	{"*d\xc3\xa9j\xc3\xa0-vu*", "[d\xc3\xa9j\xc3\xa0 vu] at noon|",
		"[d\xc3\xa9j\xc3\xa0 vu] at noon|"},
};


static void check_cases(struct disk *d, bool on)
{
	size_t i;

	for (i = 0; i < UNIT_N(cases); i++) {
		const char *want = on ? cases[i].on : cases[i].off;

		disk_search(d, cases[i].query);
		if (want && strcmp(d->log, want))
			fail_msg("%s (%d): found %s, not %s", cases[i].query,
				on, d->log, want);
	}
}


/* Off, on with nothing indexed yet, indexed, and off again. */
static void language(void **state)
{
	struct disk d;

	(void)state;
	disk_init(&d);
	fill(&d);
	check_cases(&d, false);
	set(&d, true);
	await(&d, 2);
	check_cases(&d, true); /* all of it tail */
	disk_close(&d);
	disk_open(&d);
	disk_pause(&d, 100);
	assert_true(meta(&d, "parted") > 0);
	check_cases(&d, true);
	add(&d, BOB, "unvoiced");
	assert_string_equal(disk_search(&d, "from:bob voiced"), "un[voiced]|");
	set(&d, false);
	await(&d, 0);
	assert_string_equal(disk_search(&d, "voiced"), "");
	assert_int_equal(disk_number(&d,
				 "SELECT count(*) FROM sqlite_schema "
				 "WHERE name LIKE 'part%'"),
		0);
	disk_free(&d);
}


static void fill_many(struct disk *d, const char *peer, const char *word)
{
	struct store_message m = {
		.account = ALICE, .peer = peer, .state = STORE_RECEIVED};
	char text[80];
	int i;

	m.text = text;
	for (i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), "%s%d of many", word, i);
		++d->waiting;
		d->store->ops->add(d->store, &m, 0, disk_done_h, d);
	}
	disk_wait(d);
}


static int64_t groups(const struct disk *d, const char *group)
{
	char sql[100];

	snprintf(sql, sizeof(sql),
		"SELECT count(*) FROM part WHERE part MATCH '%s'", group);
	return disk_number(d, sql);
}


/* What was there before is indexed, what is cleared leaves it, and it is
 * switched while it is made. */
static void many(void **state)
{
	struct disk d;
	int i;

	(void)state;
	disk_init(&d);
	fill_many(&d, BOB, "quagmire");
	fill_many(&d, KIM, "keepsake");
	set(&d, true);
	set(&d, false);
	set(&d, true);
	await(&d, 2);
	(void)disk_search(&d, "agmire2499");
	assert_int_equal(d.n, 1);
	assert_int_equal(groups(&d, "agm"), MANY);
	assert_int_equal(disk_clear(&d, BOB), 0);
	(void)disk_search(&d, "agmire");
	assert_int_equal(d.n, 0);
	for (i = 0; i < 400 && disk_holds(&d, "quagmire"); i++)
		disk_pause(&d, 25);
	disk_pause(&d, 200);
	assert_int_equal(groups(&d, "agm"), 0);
	assert_int_equal(groups(&d, "eps"), MANY);
	assert_int_equal(meta(&d, "parts_merge"), 0);
	(void)disk_search(&d, "epsake");
	assert_int_equal(d.n, 20);
	disk_free(&d);
}


/* One index that is damaged is made anew, and nothing else is lost. */
static void damage(void **state)
{
	static const char *const tables[] = {"part", "word"};
	char sql[100];
	struct disk d;
	size_t i;
	int k;

	(void)state;
	disk_init(&d);
	fill(&d);
	set(&d, true);
	await(&d, 2);
	for (i = 0; i < UNIT_N(tables); i++) {
		disk_close(&d);
		disk_open(&d);
		disk_pause(&d, 200); /* indexed */
		disk_close(&d);
		snprintf(sql, sizeof(sql),
			"UPDATE %s_data SET block=x'0011223344' WHERE id>=10",
			tables[i]);
		disk_exec(&d, sql);
		disk_open(&d);
		(void)disk_search(&d, "nvo is");
		assert_int_equal(d.err, EIO);
		for (k = 0; k < 100 && d.err; k++) {
			disk_pause(&d, 20);
			(void)disk_search(&d, "nvo is");
		}
		await(&d, 2);
		assert_string_equal(
			disk_search(&d, "nvo is"), "the i[nvo]ice [is] paid|");
		assert_int_equal(d.notices, 0);
	}
	disk_free(&d);
}


int test_part_index(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(language),
		cmocka_unit_test(many),
		cmocka_unit_test(damage),
	};

	return cmocka_run_group_tests_name("part_index", tests, NULL, NULL);
}
