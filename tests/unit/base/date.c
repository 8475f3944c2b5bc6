/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include "date.h"
#include "unit.h"

int test_date(void);


static void rfc3339(void **state)
{
	static const struct {
		int64_t ms;
		const char *text;
	} cases[] = {
		{0, "1970-01-01T00:00:00.000Z"},
		{-1, "1969-12-31T23:59:59.999Z"},
		{1793714529123, "2026-11-03T14:02:09.123Z"},
		{951782400000, "2000-02-29T00:00:00.000Z"},
		{4107542400000, "2100-03-01T00:00:00.000Z"},
		{-62167219200000, "0000-01-01T00:00:00.000Z"},
		{253402300799999, "9999-12-31T23:59:59.999Z"},
	};
	char buf[DATE_SIZE];
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl pl = pl_str(cases[i].text);
		int64_t ms = 1;

		date_rfc3339(buf, cases[i].ms);
		assert_string_equal(buf, cases[i].text);
		assert_int_equal(date_rfc3339_decode(&ms, &pl), 0);
		assert_int_equal(ms, cases[i].ms);
	}
	date_rfc3339(buf, INT64_MAX);
	assert_string_equal(buf, "9999-12-31T23:59:59.999Z");
	date_rfc3339(buf, INT64_MIN);
	assert_string_equal(buf, "0000-01-01T00:00:00.000Z");
}


static void rfc3339_decode(void **state)
{
	static const struct {
		const char *text;
		int err;
		int64_t ms;
	} cases[] = {
		{"1970-01-01T00:00:01Z", 0, 1000},
		{"1970-01-01t00:00:01z", 0, 1000},
		{"1970-01-01T00:00:00.5Z", 0, 500},
		{"1970-01-01T00:00:00.1239999Z", 0, 123},
		{"1970-01-01T01:00:00+01:00", 0, 0},
		{"1969-12-31T18:30:00-05:30", 0, 0},
		{"1990-12-31T23:59:60Z", 0, 662688000000},
		{"1970-01-01T00:00:00", EBADMSG, 7},
		{"1970-01-01 00:00:00Z", EBADMSG, 7},
		{"1970-01-01T00:00:00.Z", EBADMSG, 7},
		{"1970-01-01T00:00:00Zx", EBADMSG, 7},
		{"1970-02-29T00:00:00Z", EBADMSG, 7},
		{"1900-02-29T00:00:00Z", EBADMSG, 7},
		{"1970-13-01T00:00:00Z", EBADMSG, 7},
		{"1970-00-01T00:00:00Z", EBADMSG, 7},
		{"1970-01-00T00:00:00Z", EBADMSG, 7},
		{"1970-01-01T24:00:00Z", EBADMSG, 7},
		{"1970-01-01T00:60:00Z", EBADMSG, 7},
		{"1970-01-01T00:00:00+24:00", EBADMSG, 7},
		{"1970-01-01T00:00:00+0100", EBADMSG, 7},
		{"70-01-01T00:00:00Z", EBADMSG, 7},
		{"+970-01-01T00:00:00Z", EBADMSG, 7},
		{"", EBADMSG, 7},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl pl = pl_str(cases[i].text);
		int64_t ms = 7;

		assert_int_equal(date_rfc3339_decode(&ms, &pl), cases[i].err);
		assert_int_equal(ms, cases[i].ms);
	}
}


static void sip(void **state)
{
	static const char *const bad[] = {"Sat, 13 Nov 2010 23:29:00 EST",
		"Sat, 13 Nov 2010 23:29:00", "13 Nov 2010 23:29:00 GMT",
		"Sat, 31 Nov 2010 23:29:00 GMT", "Sat, 13 Nov 10 23:29:00 GMT",
		"Xyz, 13 Nov 2010 23:29:00 GMT", "Sat", "",
		"Sat, 13 Nov 2010 23:29:00 GMT "};
	struct pl pl = PL("Sat, 13 Nov 2010 23:29:00 GMT");
	struct pl folded = PL("sat, 13 NOV 2010 23:29:00 gmt");
	char buf[DATE_SIZE];
	int64_t ms = 0;
	size_t i;

	(void)state;
	assert_int_equal(date_sip_decode(&ms, &pl), 0);
	assert_int_equal(ms, 1289690940000);
	date_sip(buf, ms);
	assert_string_equal(buf, pl.p);
	assert_int_equal(date_sip_decode(&ms, &folded), 0);
	for (i = 0; i < UNIT_N(bad); i++) {
		pl = pl_str(bad[i]);
		assert_int_equal(date_sip_decode(&ms, &pl), EBADMSG);
	}
}


static void local(void **state)
{
	char buf[DATE_SIZE];

	(void)state;
	assert_int_equal(setenv("TZ", "XYZ-2", 1), 0);
	tzset();
	date_clock(buf, 1793714529123);
	assert_string_equal(buf, "16:02");
	date_clock_exact(buf, 1793714529023);
	assert_string_equal(buf, "16:02:09.023");
	date_clock_exact(buf, -1);
	assert_string_equal(buf, "01:59:59.999");
	date_day(buf, 1793714529123);
	assert_string_equal(buf, "Tuesday 3 November");
	date_clock(buf, -1);
	assert_string_equal(buf, "01:59");
	date_stamp(buf, 1762178529123);
	assert_string_equal(buf, "2025-11-03 16:02");
	date_stamp_short(buf, 1762178529123, 1762178529123 + 3600 * 1000);
	assert_string_equal(buf, "16:02");
	date_stamp_short(buf, 1762178529123, 1762178529123 + 86400 * 1000);
	assert_string_equal(buf, "2025-11-03 16:02");
	date_stamp_short(buf, 1762178529123, 1762178529123 - 86400 * 1000);
	assert_string_equal(buf, "2025-11-03 16:02");
	unsetenv("TZ");
	tzset();
}


int test_date(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc3339),
		cmocka_unit_test(rfc3339_decode),
		cmocka_unit_test(sip),
		cmocka_unit_test(local),
	};

	return cmocka_run_group_tests_name("date", tests, NULL, NULL);
}
