/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trace_view.c and its parts: SIP messages as exchanges. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "unit.h"
#include "fake.h"
#include "screen_front.h"
#include "trace_int.h"

int test_trace_view(void);

static struct fake state_;


static int setup(void **state)
{
	*state = &state_;
	(void)setenv("TZ", "UTC", 1);
	(void)setlocale(LC_ALL, "C.UTF-8");
	tzset();
	fake_open(&state_);
	return 0;
}


static int teardown(void **state)
{
	fake_close(*state);
	return 0;
}


static struct ui_view *open_view(void)
{
	struct ui_view *v;

	trace_view_alloc(&v, NULL);
	return v;
}


static void draws(struct ui_view *v, int rows, int cols, const char *expected)
{
	char *s = fake_draw(fake, v, rows, cols, true);

	assert_string_equal(s, expected);
	mem_deref(s);
}


static void titled(struct ui_view *v, const char *expected)
{
	char text[UI_LINE];

	v->ops->title(v, text, sizeof(text));
	assert_string_equal(text, expected);
}


/* A request of ours and its answer, MS apart. */
static void exchange(
	const char *key, const char *request, const char *response, unsigned ms)
{
	fake_sip(fake, true, key, request);
	fake->now += ms;
	if (response)
		fake_sip(fake, false, key, response);
}


static void empty(void **state)
{
	struct ui_view *v = open_view();

	(void)state;
	draws(v, 1, 40, "No SIP message has come or gone yet.\n");
	titled(v, "trace on: 0 messages, 0 exchanges");
	fake->tracing = false;
	draws(v, 2, 40, "The trace is off.\n\n");
	titled(v, "trace off: 0 messages, 0 exchanges");
	(void)v->ops->move(v, UI_MOVE_SELECT);
	(void)v->ops->move(v, UI_MOVE_UP);
	(void)v->ops->move(v, UI_MOVE_FIRST);
	(void)v->ops->move(v, UI_MOVE_PAGE_DOWN);
	v->ops->find(v, "x");
	v->ops->find_next(v, 1);
	v->ops->click(v, 0, 0, true);
	draws(v, 1, 40, "The trace is off.\n");
	mem_deref(v);
}


/* Keys that were faster than the first frame. */
static void keys_before_rows(void **state)
{
	struct ui_view *v = open_view();

	(void)state;
	exchange("A 1", "A sip:b SIP/2.0", "SIP/2.0 200 OK", 0);
	(void)v->ops->move(v, UI_MOVE_FIRST);
	(void)v->ops->move(v, UI_MOVE_SELECT);
	(void)v->ops->move(v, UI_MOVE_PAGE_DOWN);
	v->ops->click(v, 0, 0, false);
	draws(v, 5, 60,
		"▾ 01:46:41.000 out A → 200 OK in 0 ms  UDP you  sip:b\n"
		"  01:46:41.000 UDP me -> you, 15 bytes\n"
		"  A sip:b SIP/2.0\n"
		"  01:46:41.000 UDP me <- you, 14 bytes\n"
		"  SIP/2.0 200 OK\n");
	mem_deref(v);
}


/* What became of a request, in words. */
static void outcomes(void **state)
{
	static const struct {
		const char *first, *second, *third; /* "> " is ours */
		unsigned ms; /* before each */
		const char *shown; /* behind the time */
	} cases[] = {
		{">MESSAGE sip:b SIP/2.0", "<SIP/2.0 200 OK", NULL, 12,
			"out MESSAGE → 200 OK in 12 ms  UDP you  sip:b"},
		{"<NOTIFY sip:a SIP/2.0", ">SIP/2.0 481 Gone", NULL, 0,
			"in  NOTIFY → 481 Gone in 0 ms  UDP you  sip:a"},
		{">INVITE sip:b SIP/2.0", "<SIP/2.0 180 Ringing", NULL, 20000,
			"out INVITE → 180 Ringing in 20 s  UDP you  sip:b"},
		{">INVITE sip:b SIP/2.0", "<SIP/2.0 180 Ringing",
			"<SIP/2.0 486 Busy", 100,
			"out INVITE → 486 Busy in 200 ms  UDP you  sip:b"},
		{">INVITE sip:b SIP/2.0", "<SIP/2.0 486 Busy",
			">ACK sip:b SIP/2.0", 1,
			"out INVITE → 486 Busy in 1 ms  UDP you  sip:b"},
		{">MESSAGE sip:b SIP/2.0", NULL, NULL, 0,
			"out MESSAGE → no answer yet  UDP you  sip:b"},
		{">MESSAGE sip:b SIP/2.0", ">MESSAGE sip:b SIP/2.0",
			">MESSAGE sip:b SIP/2.0", 500,
			"out MESSAGE → no answer yet, request 3 times  UDP you"
			"  sip:b"},
		{">MESSAGE sip:b SIP/2.0", ">MESSAGE sip:b SIP/2.0", NULL,
			33000, /* of which the first is before it */
			"out MESSAGE → no answer, request 2 times  UDP you"
			"  sip:b"},
		{"<MESSAGE sip:b SIP/2.0", ">SIP/2.0 200 OK", ">SIP/2.0 200 OK",
			0,
			"in  MESSAGE → 200 OK in 0 ms, answer 2 times  UDP you"
			"  sip:b"},
		{"<ACK sip:b SIP/2.0", NULL, NULL, 0,
			"in  ACK  UDP you  sip:b"},
		{"<BENOTIFY sip:b SIP/2.0", NULL, NULL, 0,
			"in  BENOTIFY  UDP you  sip:b"},
		/* the trace began in the middle */
		{"<SIP/2.0 200 OK", NULL, NULL, 0,
			"out METHOD → 200 OK  UDP you"},
		{"<SIP/2.0", NULL, NULL, 0, "out METHOD  UDP you"},
		{"<nonsense", NULL, NULL, 0,
			"in  nonsense → no answer yet  UDP you"},
		{"<a\x1b[1mb\x9b\xff \xe2\x80\xae"
		 "c\x07",
			NULL, NULL, 0,
			"in  a\xef\xbf\xbd"
			"b\xef\xbf\xbd\xef\xbf\xbd → "
			"no answer yet  UDP you  c\xef\xbf\xbd"},
	};
	size_t i, k;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		const char *texts[] = {
			cases[i].first, cases[i].second, cases[i].third};
		struct ui_view *v = open_view();
		char *expected =
			mem_printf("▸ 01:46:40.000 %s\n", cases[i].shown);

		fake->now = 0;
		for (k = 0; k < 3 && texts[k]; k++) {
			if (k)
				fake->now += cases[i].ms;
			fake_sip(fake, *texts[k] == '>', "METHOD key",
				texts[k] + 1);
		}
		draws(v, 1, 120, expected);
		mem_deref(expected);
		mem_deref(v);
	}
}


/* Exchanges stand in the order of their first messages, whatever came
 * between; one that has no key stands alone. */
static void together(void **state)
{
	struct ui_view *v = open_view();

	(void)state;
	fake_sip(fake, true, "A 1", "A sip:b SIP/2.0");
	fake_sip(fake, false, "B 1", "B sip:a SIP/2.0");
	fake_sip(fake, false, NULL, "x");
	fake_sip(fake, false, NULL, "x");
	fake_sip(fake, true, "B 1", "SIP/2.0 202 Fine");
	fake_sip(fake, false, "A 1", "SIP/2.0 200 OK");
	draws(v, 5, 60,
		"▸ 01:46:41.000 out A → 200 OK in 0 ms  UDP you  sip:b\n"
		"▸ 01:46:41.000 in  B → 202 Fine in 0 ms  UDP you  sip:a\n"
		"▸ 01:46:41.000 in  x → no answer yet  UDP you\n"
		"▸ 01:46:41.000 in  x → no answer yet  UDP you\n\n");
	titled(v, "trace on: 6 messages, 4 exchanges");
	mem_deref(v);
	/* a closed pane hears nothing */
	assert_null(fake->sip_h);
}


#define OPENED                                     \
	"  01:46:41.000 UDP me -> you, 33 bytes\n" \
	"  A sip:b SIP/2.0\n"                      \
	"  X: one\n"                               \
	"\n"                                       \
	"  body\n"                                 \
	"  01:46:41.007 UDP me <- you, 14 bytes\n" \
	"  SIP/2.0 200 OK\n"


/* Enter, anywhere in it. */
static void unfolds(void **state)
{
	struct ui_view *v = open_view();

	(void)state;
	exchange("A 1", "A sip:b SIP/2.0\r\nX: one\r\n\r\nbody\r\n",
		"SIP/2.0 200 OK", 7);
	draws(v, 1, 60,
		"▸ 01:46:41.000 out A → 200 OK in 7 ms  UDP you  "
		"sip:b\n");
	(void)v->ops->move(v, UI_MOVE_SELECT);
	draws(v, 9, 60,
		"▾ 01:46:41.000 out A → 200 OK in 7 ms  UDP you  "
		"sip:b\n" OPENED "\n");
	assert_int_equal(fake->styles[0][30], UI_SELECTED);
	assert_int_equal(fake->styles[2][3], UI_ME);
	assert_int_equal(fake->styles[3][3], UI_NORMAL);
	assert_int_equal(fake->styles[7][3], UI_PEER);
	/* what comes is there at once, a copy only as a line */
	fake_sip(fake, false, "A 1", "SIP/2.0 200 OK");
	draws(v, 9, 60,
		"▾ 01:46:41.000 out A → 200 OK in 7 ms, answer 2 times"
		"  UDP y\n" OPENED
		"  01:46:41.007 UDP me <- you, 14 bytes, the same again\n");
	(void)v->ops->move(v, UI_MOVE_LAST);
	(void)v->ops->move(v, UI_MOVE_UP);
	(void)v->ops->move(v, UI_MOVE_FOLD);
	draws(v, 2, 60,
		"▸ 01:46:41.000 out A → 200 OK in 7 ms, answer 2 times"
		"  UDP y\n\n");
	v->ops->click(v, 0, 5, true);
	draws(v, 3, 30,
		"▾ 01:46:41.000 out A → 200 OK\n"
		"  01:46:41.000 UDP me -> you,\n"
		"                       ↓ more\n");
	v->ops->click(v, 1, 5, false);
	(void)v->ops->move(v, UI_MOVE_SELECT);
	draws(v, 2, 30, "▸ 01:46:41.000 out A → 200 OK\n\n");
	mem_deref(v);
}


static void many(unsigned n)
{
	char key[40], text[40];
	unsigned i;

	for (i = 0; i < n; i++) {
		unsigned long long at = fake->sips;

		(void)snprintf(key, sizeof(key), "A %llu", at);
		(void)snprintf(text, sizeof(text), "A sip:%llu", at);
		fake_sip(fake, true, key, text);
	}
}


static const char *row(struct ui_view *v, int rows, int y)
{
	static char text[400];
	char *s = fake_draw(fake, v, rows, 80, true), *p = s;

	while (y-- && strchr(p, '\n'))
		p = strchr(p, '\n') + 1;
	(void)snprintf(text, sizeof(text), "%.*s", (int)strcspn(p, "\n"), p);
	mem_deref(s);
	return strstr(text, "sip:") ? strstr(text, "sip:") + 4 : text;
}


/* It follows its end; elsewhere it stays and counts what is below. */
static void moves(void **state)
{
	struct ui_view *v = open_view();

	(void)state;
	many(10);
	assert_string_equal(row(v, 4, 3), "9");
	many(10);
	assert_string_equal(row(v, 4, 3), "19");
	assert_string_equal(row(v, 4, 0), "16");
	(void)v->ops->move(v, UI_MOVE_UP);
	many(3);
	assert_string_equal(row(v, 4, 0), "16");
	assert_non_null(strstr(row(v, 4, 3), "3 new"));
	(void)v->ops->move(v, UI_MOVE_PAGE_UP);
	(void)v->ops->move(v, UI_MOVE_PAGE_UP);
	assert_string_equal(row(v, 4, 0), "14");
	(void)v->ops->move(v, UI_MOVE_FIRST);
	assert_string_equal(row(v, 4, 0), "0");
	(void)v->ops->move(v, UI_MOVE_DOWN);
	(void)v->ops->move(v, UI_MOVE_PAGE_DOWN);
	assert_string_equal(row(v, 4, 2), "3");
	(void)v->ops->move(v, UI_MOVE_LAST);
	assert_string_equal(row(v, 4, 3), "22");
	many(1);
	assert_string_equal(row(v, 4, 3), "23");
	mem_deref(v);
}


/* What is given up goes with what looked at it. */
static void trims(void **state)
{
	struct ui_view *v = open_view();

	(void)state;
	exchange("A 1", "A sip:b SIP/2.0", NULL, 0);
	fake_sip(fake, false, "B 1", "B sip:a SIP/2.0");
	fake_sip(fake, false, "A 1", "SIP/2.0 200 OK");
	draws(v, 2, 60,
		"▸ 01:46:41.000 out A → 200 OK in 0 ms  UDP you  sip:b\n"
		"▸ 01:46:41.000 in  B → no answer yet  UDP you  sip:a\n");
	(void)v->ops->move(v, UI_MOVE_FIRST);
	(void)v->ops->move(v, UI_MOVE_SELECT);
	(void)v->ops->move(v, UI_MOVE_DOWN);
	/* its request only */
	fake->oldest = 2;
	many(1);
	draws(v, 5, 60,
		"▾ 01:46:41.000 out A → 200 OK in 0 ms  UDP you  sip:b\n"
		"  01:46:41.000 UDP me <- you, 14 bytes\n"
		"  SIP/2.0 200 OK\n"
		"▸ 01:46:41.000 in  B → no answer yet  UDP you  sip:a\n"
		"▸ 01:46:41.000 out A → no answer yet  UDP you  sip:3\n");
	titled(v,
		"trace on: 3 messages, 3 exchanges "
		"(1 older gone)");
	/* all of it, with the cursor in it */
	fake->oldest = 4;
	many(1);
	assert_string_equal(row(v, 2, 0), "3");
	fake->oldest = 6;
	many(1);
	assert_string_equal(row(v, 2, 0), "5");
	for (; fake->sips < 50000;) {
		fake->oldest = fake->sips + 1 > 20 ? fake->sips - 18 : 1;
		many(1);
		if (fake->sips % 1000 == 0)
			(void)v->ops->move(v, UI_MOVE_SELECT);
		if (fake->sips % 700 == 0) {
			mem_deref(fake_draw(fake, v, 9, 70, true));
			(void)v->ops->move(v, UI_MOVE_UP);
		}
	}
	titled(v,
		"trace on: 20 messages, 20 exchanges "
		"(49980 older gone)");
	mem_deref(v);
}


static void finds(void **state)
{
	struct ui_view *v = open_view();

	(void)state;
	exchange("A 1", "A sip:b SIP/2.0\r\nX: apple\r\n", "SIP/2.0 200 OK", 0);
	exchange("B 1", "B sip:b SIP/2.0\r\nX: pear\r\n", "SIP/2.0 404 No", 0);
	exchange("C 1", "C sip:b SIP/2.0\r\nX: aPPle\r\n", "SIP/2.0 200 OK", 0);
	mem_deref(fake_draw(fake, v, 9, 70, true));
	(void)v->ops->move(v, UI_MOVE_FIRST);
	v->ops->find(v, "404");
	draws(v, 4, 50,
		"▸ 01:46:41.000 out A → 200 OK in 0 ms  UDP you  si\n"
		"▸ 01:46:41.000 out B → 404 No in 0 ms  UDP you  si\n"
		"▸ 01:46:41.000 out C → 200 OK in 0 ms  UDP you  si\n"
		"n goes to the next, N to the one before\n");
	v->ops->find(v, "apple");
	draws(v, 6, 50,
		"▸ 01:46:41.000 out B → 404 No in 0 ms  UDP you  si\n"
		"▾ 01:46:41.000 out C → 200 OK in 0 ms  UDP you  si\n"
		"  01:46:41.000 UDP me -> you, 27 bytes\n"
		"  C sip:b SIP/2.0\n"
		"  X: aPPle\n"
		"n goes to the next, N to the one before    ↓ more\n");
	assert_int_equal(fake->styles[4][6], UI_HIT);
	v->ops->find_next(v, -1);
	draws(v, 3, 50,
		"  X: apple\n"
		"  01:46:41.000 UDP me <- you, 14 bytes\n"
		"n goes to the next, N to the one before    ↓ more\n");
	v->ops->find_next(v, 1);
	assert_string_equal(row(v, 3, 1), "  X: aPPle");
	v->ops->find(v, "nothing of this kind");
	assert_non_null(strstr(row(v, 3, 2), "it is nowhere"));
	v->ops->find(v, "");
	assert_null(strstr(row(v, 3, 2), "it is nowhere"));
	mem_deref(v);
}


int test_trace_view(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(empty, setup, teardown),
		cmocka_unit_test_setup_teardown(outcomes, setup, teardown),
		cmocka_unit_test_setup_teardown(together, setup, teardown),
		cmocka_unit_test_setup_teardown(unfolds, setup, teardown),
		cmocka_unit_test_setup_teardown(moves, setup, teardown),
		cmocka_unit_test_setup_teardown(
			keys_before_rows, setup, teardown),
		cmocka_unit_test_setup_teardown(trims, setup, teardown),
		cmocka_unit_test_setup_teardown(finds, setup, teardown),
	};

	return cmocka_run_group_tests_name("trace_view", tests, NULL, NULL);
}
