/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text_view.c, text_row.c, log_view.c: panes of lines to read. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "unit.h"
#include "fake.h"
#include "screen_front.h"

int test_text_view(void);

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


static void draws(struct ui_view *v, int rows, int cols, const char *expected)
{
	char *s = fake_draw(fake, v, rows, cols, true);

	assert_string_equal(s, expected);
	mem_deref(s);
}


static struct ui_view *open_view(bool live, const char *text)
{
	struct ui_view *v;

	text_view_alloc(&v, NULL, "a title", live);
	if (text)
		text_view_add(v, UI_NORMAL, text);
	return v;
}


static void titled(struct ui_view *v, const char *expected)
{
	char text[UI_LINE];

	v->ops->title(v, text, sizeof(text));
	assert_string_equal(text, expected);
}


/* Rows are parted at blanks and semicolons, else where they are full; what
 * is unfolded ends on the last row. */
static void wraps(void **state)
{
	struct ui_view *v = open_view(false, "one two three;four\n\n日本語x");

	(void)state;
	draws(v, 8, 9, "one two\nthree;\nfour\n\n日本語x\n\n\n\n");
	draws(v, 8, 5, "one\ntwo\nthree\n;four\n\n日本\n語x\n\n");
	draws(v, 3, 40, "one two three;four\n\n日本語x\n");
	draws(v, 9, 1, "o\nn\ne\n\nt\nw\no\n\n\n");
	mem_deref(v);
}


static void cleans(void **state)
{
	struct ui_view *v = open_view(false,
		"a\x1b[31mb\x9b"
		"c\td\r\n\xe2\x80\xae"
		"12345678\tx");

	(void)state;
	draws(v, 2, 40,
		"a\xef\xbf\xbd"
		"b\xef\xbf\xbd    d\n"
		"12345678        x\n");
	mem_deref(v);
}


static void moves(void **state)
{
	struct ui_view *v = open_view(false, "1\n2\n3\n4\n5\n6\n7");

	(void)state;
	draws(v, 4, 20, "1\n2\n3\n             ↓ more\n");
	(void)v->ops->move(v, UI_MOVE_DOWN);
	draws(v, 4, 20, "2\n3\n4\n             ↓ more\n");
	(void)v->ops->move(v, UI_MOVE_PAGE_DOWN);
	draws(v, 4, 20, "4\n5\n6\n7\n");
	(void)v->ops->move(v, UI_MOVE_UP);
	draws(v, 4, 20, "3\n4\n5\n             ↓ more\n");
	(void)v->ops->move(v, UI_MOVE_FIRST);
	draws(v, 4, 20, "1\n2\n3\n             ↓ more\n");
	(void)v->ops->move(v, UI_MOVE_LAST);
	draws(v, 4, 20, "4\n5\n6\n7\n");
	(void)v->ops->move(v, UI_MOVE_PAGE_UP);
	draws(v, 4, 20, "1\n2\n3\n             ↓ more\n");
	/* one row has no room for the mark */
	draws(v, 1, 20, "1\n");
	draws(v, 9, 20, "1\n2\n3\n4\n5\n6\n7\n\n\n");
	mem_deref(v);
}


/* At its end it follows; elsewhere it stays and counts. */
static void follows(void **state)
{
	struct ui_view *v = open_view(true, "1\n2\n3\n4");

	(void)state;
	draws(v, 3, 20, "2\n3\n4\n");
	text_view_add(v, UI_NORMAL, "5");
	draws(v, 3, 20, "3\n4\n5\n");
	(void)v->ops->move(v, UI_MOVE_UP);
	draws(v, 3, 20, "2\n3\n             ↓ more\n");
	text_view_add(v, UI_NORMAL, "6");
	text_view_add(v, UI_NORMAL, "7");
	draws(v, 3, 20, "2\n3\n            ↓ 2 new\n");
	(void)v->ops->move(v, UI_MOVE_LAST);
	draws(v, 3, 20, "5\n6\n7\n");
	(void)v->ops->move(v, UI_MOVE_UP);
	draws(v, 3, 20, "4\n5\n             ↓ more\n");
	mem_deref(v);
}


static void bounded(void **state)
{
	struct ui_view *v = open_view(true, NULL);
	int i;

	(void)state;
	text_view_limit(v, 3);
	text_view_empty(v, "Nothing.");
	draws(v, 2, 20, "Nothing.\n\n");
	for (i = 0; i < 1000; i++) {
		text_view_add(v, UI_NORMAL, i % 2 ? "odd" : "even");
		if (i == 500) {
			draws(v, 2, 20, "odd\neven\n");
			(void)v->ops->move(v, UI_MOVE_FIRST);
		}
	}
	draws(v, 9, 20, "odd\neven\nodd\n\n\n\n\n\n\n");
	titled(v, "a title (997 older gone)");
	mem_deref(v);
}


static void finds(void **state)
{
	struct ui_view *v =
		open_view(false, "pear\nan Apple\nb\nc\nd\ne\npineapple\ng\nh");

	(void)state;
	draws(v, 4, 40,
		"pear\nan Apple\nb\n"
		"                                 ↓ more\n");
	v->ops->find(v, "apple");
	assert_int_equal(fake->dirty, 1);
	draws(v, 4, 50,
		"pear\nan Apple\nb\n"
		"n goes to the next, N to the one before    ↓ more\n");
	assert_int_equal(fake->styles[1][3], UI_HIT);
	assert_int_equal(fake->styles[1][2], UI_NORMAL);
	v->ops->find_next(v, -1);
	draws(v, 4, 50,
		"pineapple\ng\nh\n"
		"n goes to the next, N to the one before\n");
	/* over the end to the start, and back */
	v->ops->find_next(v, -1);
	draws(v, 3, 20, "an Apple\nb\nn goes to th ↓ more\n");
	v->ops->find_next(v, 1);
	draws(v, 3, 20, "pineapple\ng\nn goes to th ↓ more\n");
	v->ops->find(v, "nowhere at all");
	draws(v, 3, 30, "pineapple\ng\nit is nowhere          ↓ more\n");
	v->ops->find(v, NULL);
	draws(v, 3, 30, "pineapple\ng\nh\n");
	v->ops->find_next(v, 1);
	mem_deref(v);
}


/* Days, levels; a line stays a line whatever is in it. */
static void log_pane(void **state)
{
	(void)state;
	ui_log_show(NULL);
	draws(fake->overlay, 2, 40, "Nothing has been said yet.\n\n");
	titled(fake->overlay, "log");
	fake_log(fake, LOG_WARN, "no\n10:00:00 error   sip: \x1b[1mforged");
	fake_log(fake, LOG_DEBUG, "one more");
	draws(fake->overlay, 4, 60,
		"── Sunday 9 September ──\n"
		"01:46:41 warning tls: no 10:00:00 error   sip: "
		"\xef\xbf\xbd"
		"forged\n"
		"01:46:41 debug   tls: one more\n\n");
	assert_int_equal(fake->styles[1][0], UI_FAILED);
	assert_int_equal(fake->styles[2][0], UI_NOTE);
	fake->now += 86400000;
	fake_log(fake, LOG_INFO, "the next day");
	draws(fake->overlay, 2, 60,
		"── Monday 10 September ──\n"
		"01:46:41 info    tls: the next day\n");
}


/* Further rows stand below what they go on with: the indent, or the second
 * column of a table. */
static void hangs(void **state)
{
	struct ui_view *v = open_view(false,
		"  F1    tells the keys of it\n  plain text that goes on\nab  "
		"c "
		"d e f g h i j k");

	(void)state;
	draws(v, 6, 18,
		"  F1    tells the\n        keys of it\n  plain text that\n"
		"  goes on\nab  c d e f g h i\n    j k\n");
	mem_deref(v);
}


int test_text_view(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(hangs, setup, teardown),
		cmocka_unit_test_setup_teardown(wraps, setup, teardown),
		cmocka_unit_test_setup_teardown(cleans, setup, teardown),
		cmocka_unit_test_setup_teardown(moves, setup, teardown),
		cmocka_unit_test_setup_teardown(follows, setup, teardown),
		cmocka_unit_test_setup_teardown(bounded, setup, teardown),
		cmocka_unit_test_setup_teardown(finds, setup, teardown),
		cmocka_unit_test_setup_teardown(log_pane, setup, teardown),
	};

	return cmocka_run_group_tests_name("text_view", tests, NULL, NULL);
}
