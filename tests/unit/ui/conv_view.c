/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conv_view.c and its parts: what stands in a chat's pane. */
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "unit.h"
#include "conv_int.h"
#include "fake.h"
#include "presence.h"
#include "rand.h"

int test_conv_view(void);

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

	assert_int_equal(conv_view_alloc(&v, NULL, fake_account(), BOB), 0);
	return v;
}


static void draws(struct ui_view *v, int rows, int cols, const char *expected)
{
	char *s = fake_draw(fake, v, rows, cols, true);

	assert_string_equal(s, expected);
	mem_deref(s);
}


static void message(struct ui_view *v, uint64_t id, bool out, const char *text)
{
	struct core_event e = {
		.kind = CORE_EVENT_MESSAGE,
		.time = 1000000000000 + (int64_t)id * 60000,
		.account = "work",
		.peer = BOB,
		.direction = out ? "out" : "in",
		.state = out ? "queued" : NULL,
		.id = id,
		.text = text,
	};

	fake->n = id > fake->n ? id : fake->n;
	if (!out)
		fake->unread++;
	conv_view_event(v, &e);
}


static void became(
	struct ui_view *v, uint64_t id, const char *word, const char *reason)
{
	struct core_event e = {
		.kind = CORE_EVENT_MESSAGE_STATE,
		.account = "work",
		.peer = BOB,
		.state = word,
		.reason = reason,
		.id = id,
	};

	conv_view_event(v, &e);
}


static void shows_the_past(void **state)
{
	struct fake *f = *state;
	struct ui_view *v;

	f->n = 12;
	v = open_view();
	draws(v, 4, 40, "\n\n\n\n");
	fake_answer(f);
	draws(v, 5, 40,
		" 01:55  Bob  text 9\n"
		" 01:56  me   text 10                  ✓\n"
		" 01:57  Bob  text 11\n"
		" 01:58  Bob  text 12\n"
		"\n");
	draws(v, 40, 28,
		"  -- Sunday 9 September --\n"
		"Bob text 1\nBob text 2\nBob text 3\nBob text 4\n"
		"Bob text 5\nBob text 6\nBob text 7\nBob text 8\n"
		"Bob text 9\nme  text 10                ✓\n"
		"Bob text 11\nBob text 12\n"
		"\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n");
	mem_deref(v);
}


static void marks_change_in_place(void **state)
{
	struct ui_view *v = open_view();
	uint64_t id = 0;
	char *why;

	fake_answer(*state);
	message(v, 1, true, "hello");
	draws(v, 4, 30,
		"   -- Sunday 9 September --\n01:47  me hello              "
		"…\n\n\n");
	became(v, 1, "accepted", NULL);
	draws(v, 3, 30,
		"   -- Sunday 9 September --\n01:47  me hello              "
		"⇢\n\n");
	assert_null(conv_view_why(v, &id));
	became(v, 1, "failed", "no \033[31msuch\nuser");
	draws(v, 5, 40,
		"        -- Sunday 9 September --\n"
		" 01:47  me  hello                     ✗\n"
		"            not delivered: no �such\n"
		"            user\n"
		"\n");
	why = conv_view_why(v, &id);
	assert_string_equal(why, "not delivered: no �such user");
	assert_int_equal(id, 1);
	mem_deref(why);
	mem_deref(v);
}


static void others_are_not_here(void **state)
{
	struct ui_view *v = open_view();
	struct core_event e = {
		.kind = CORE_EVENT_MESSAGE,
		.account = "home",
		.peer = BOB,
		.text = "x",
		.id = 1,
	};

	fake_answer(*state);
	conv_view_event(v, &e);
	e.account = "work";
	e.peer = "sip:kim@example.org";
	conv_view_event(v, &e);
	draws(v, 2, 30, "\n\n");
	e.peer = "sips:bob@example.org";
	conv_view_event(v, &e);
	/* A second time is once. */
	conv_view_event(v, &e);
	draws(v, 3, 10, "Bob\nx\n\n");
	mem_deref(v);
}


static void reads_what_is_seen(void **state)
{
	struct fake *f = *state;
	struct ui_view *v;
	char *s;

	f->n = 30;
	f->unread = 2;
	v = open_view();
	mem_deref(fake_draw(f, v, 6, 40, true));
	assert_int_equal(f->reads, 0);
	fake_answer(f);
	f->unseen = true;
	mem_deref(fake_draw(f, v, 6, 40, true));
	assert_int_equal(f->reads, 0);
	f->unseen = false;
	draws(v, 6, 40,
		" 02:13  Bob  text 27\n"
		"               -- new --\n"
		" 02:14  Bob  text 28\n"
		" 02:15  Bob  text 29\n"
		" 02:16  me   text 30                  ✓\n"
		"\n");
	assert_int_equal(f->reads, 1);
	/* What comes while one looks is not below a line. */
	f->now += 10000;
	tmrs_update(f->tmrs);
	message(v, 31, false, "seen");
	mem_deref(fake_draw(f, v, 6, 40, true));
	assert_int_equal(f->reads, 2);
	message(v, 32, false, "unseen");
	f->now += 10000;
	tmrs_update(f->tmrs);
	message(v, 33, false, "nor this");
	s = fake_draw(f, v, 6, 40, true);
	assert_non_null(strstr(s, "seen\n               -- new --\n 02:18"));
	mem_deref(s);
	/* Scrolled up, nothing is read, and what comes is counted. */
	assert_true(v->ops->move(v, UI_MOVE_PAGE_UP));
	mem_deref(fake_draw(f, v, 6, 40, true));
	message(v, 34, false, "far below");
	message(v, 35, false, "and more");
	s = fake_draw(f, v, 6, 40, true);
	assert_non_null(strstr(s, "↓ 2 new"));
	assert_null(strstr(s, "far below"));
	assert_int_equal(f->reads, 3);
	assert_false(conv_view_at_end(v));
	mem_deref(s);
	assert_true(v->ops->move(v, UI_MOVE_LAST));
	s = fake_draw(f, v, 6, 40, true);
	assert_non_null(strstr(s, "far below"));
	assert_null(strstr(s, "↓"));
	assert_int_equal(f->reads, 4);
	mem_deref(s);
	mem_deref(v);
}


static void tells_of_the_chat(void **state)
{
	struct fake *f = *state;
	struct ui_view *v = open_view();
	struct core_event e = {
		.kind = CORE_EVENT_CHAT,
		.account = "work",
		.peer = BOB,
		.state = "open",
		.via = "session",
		.by = "us",
	};
	struct pl note = PL("in \033]0;x\007office");
	char text[80];
	char *s;

	fake_answer(f);
	conv_view_event(v, &e);
	e.state = "closed";
	e.by = "them";
	conv_view_event(v, &e);
	e.via = "page";
	conv_view_event(v, &e);
	conv_view_say(v, UI_ERROR, "a \033[1m sentence");
	f->typing = true;
	s = fake_draw(f, v, 6, 60, true);
	assert_non_null(strstr(s, "the session is open\n"));
	assert_non_null(strstr(s, "Bob closed the session\n"));
	assert_non_null(strstr(s, "a � sentence\n"));
	assert_non_null(strstr(s, "Bob is typing…\n"));
	mem_deref(s);
	f->presence =
		presence_alloc(PRESENCE_ONLINE, PRESENCE_AWAY, &note, NULL);
	f->via = "session";
	v->ops->title(v, text, sizeof(text));
	assert_string_equal(text, "Bob ◐ away \"in �office\"");
	v->ops->way(v, text, sizeof(text));
	assert_string_equal(text, "session, TLS");
	v->ops->title(v, text, 6);
	assert_string_equal(text, "Bob ");
	f->presence = mem_deref(f->presence);
	f->stranger = true;
	f->via = NULL;
	v->ops->title(v, text, sizeof(text));
	assert_string_equal(text, "Bob ? unknown, not in your list");
	f->blocked = true;
	v->ops->title(v, text, sizeof(text));
	assert_string_equal(text, "Bob ? unknown, not in your list, blocked");
	v->ops->way(v, text, sizeof(text));
	assert_string_equal(text, "TLS");
	f->chat_state = "opening";
	f->via = "session";
	v->ops->way(v, text, sizeof(text));
	assert_string_equal(text, "opening, session, TLS");
	v->ops->way(v, text, 4);
	assert_string_equal(text, "ope");
	mem_deref(v);
}


static void takes_another_name(void **state)
{
	struct fake *f = *state;
	struct ui_view *v;
	struct core_event e = {
		.kind = CORE_EVENT_BUDDY,
		.account = "work",
		.peer = BOB,
	};

	f->n = 11;
	v = open_view();
	fake_answer(f);
	draws(v, 3, 40,
		" 01:56  me   text 10                  ✓\n"
		" 01:57  Bob  text 11\n\n");
	f->name = "Bob\033[1m M.";
	conv_view_event(v, &e);
	draws(v, 3, 40,
		" 01:56  me       text 10              ✓\n"
		" 01:57  Bob� M.  text 11\n\n");
	mem_deref(v);
}


static void late_and_strange(void **state)
{
	struct ui_view *v = open_view();
	struct core_event e = {
		.kind = CORE_EVENT_MESSAGE,
		.time = 1000000000000,
		.sent_at = 1000000000000 - 7200000,
		.account = "work",
		.peer = BOB,
		.direction = "in",
		.stranger = true,
		.text = "late\tand\033[2Jlong",
		.id = 1,
	};

	fake_answer(*state);
	conv_view_event(v, &e);
	draws(v, 5, 40,
		"        -- Sunday 9 September --\n"
		" 01:46  Bob  late    and�long         ?\n"
		"             sent at 23:46, Saturday\n"
		"             8 September\n"
		"\n");
	mem_deref(v);
}


static void pages(void **state)
{
	struct fake *f = *state;
	struct ui_view *v;
	struct conv_view *c;
	uint64_t seen;
	int i;

	f->n = 1000000;
	v = open_view();
	c = (struct conv_view *)v;
	fake_answer(f);
	mem_deref(fake_draw(f, v, 24, 80, true));
	seen = conv_last_in_sight(c);
	assert_int_equal(seen, 1000000);
	for (i = 0; i < 1000; i++) {
		assert_true(v->ops->move(v, UI_MOVE_PAGE_UP));
		fake_answer(f);
		if (i % 50 == 0)
			mem_deref(fake_draw(f, v, 24, 80, true));
		assert_true(textbuf_count(c->buf) <= CONV_ENTRIES);
		assert_true(conv_last_in_sight(c) < seen);
		assert_true(conv_last_in_sight(c) >= seen - 23);
		seen = conv_last_in_sight(c);
	}
	/* What comes meanwhile changes nothing. */
	message(v, 1000001, false, "new");
	assert_int_equal(conv_last_in_sight(c), seen);
	for (i = 0; i < 2000 && !conv_view_at_end(v); i++) {
		assert_true(v->ops->move(v, UI_MOVE_PAGE_DOWN));
		fake_answer(f);
		assert_true(textbuf_count(c->buf) <= CONV_ENTRIES);
		assert_true(conv_last_in_sight(c) <= seen + 23);
		seen = conv_last_in_sight(c);
	}
	assert_int_equal(seen, 1000001);
	assert_true(v->ops->move(v, UI_MOVE_FIRST));
	fake_answer(f);
	mem_deref(fake_draw(f, v, 24, 80, true));
	assert_int_equal(textbuf_oldest(c->buf), 1);
	assert_false(conv_view_at_end(v));
	assert_true(v->ops->move(v, UI_MOVE_LAST));
	fake_answer(f);
	mem_deref(fake_draw(f, v, 24, 80, true));
	assert_true(conv_view_at_end(v));
	assert_int_equal(conv_last_in_sight(c), 1000001);
	mem_deref(v);
}


static void jumps(void **state)
{
	struct fake *f = *state;
	struct ui_view *v;
	char *s;

	f->n = 100000;
	v = open_view();
	fake_answer(f);
	mem_deref(fake_draw(f, v, 10, 80, true));
	conv_view_goto(v, 500);
	fake_answer(f);
	s = fake_draw(f, v, 10, 80, true);
	assert_non_null(strstr(s, "text 499\n"));
	assert_non_null(strstr(s, "text 500 "));
	assert_non_null(strstr(s, "text 502\n"));
	mem_deref(s);
	/* A message of ours shows the end again. */
	message(v, 100001, true, "mine");
	fake_answer(f);
	s = fake_draw(f, v, 10, 80, true);
	assert_non_null(strstr(s, "text 99999\n"));
	assert_non_null(strstr(s, "me   mine"));
	mem_deref(s);
	/* One that is gone. */
	conv_view_goto(v, 200000);
	fake_answer(f);
	s = fake_draw(f, v, 10, 80, true);
	assert_non_null(strstr(s, "not kept any more\n"));
	mem_deref(s);
	mem_deref(v);
}


static void finds(void **state)
{
	struct fake *f = *state;
	struct ui_view *v;
	char *s;

	f->n = 70500;
	v = open_view();
	fake_answer(f);
	mem_deref(fake_draw(f, v, 10, 80, true));
	conv_view_find(v, "te");
	conv_view_find(v, "tex");
	conv_view_find(v, "text");
	assert_int_equal(f->asked.count, 1);
	fake_answer(f);
	fake_answer(f);
	s = fake_draw(f, v, 10, 80, true);
	assert_non_null(strstr(s, "text 70000 "));
	assert_non_null(strstr(s, "hit 1 of more"));
	mem_deref(s);
	conv_view_find_next(v, 1);
	fake_answer(f);
	s = fake_draw(f, v, 10, 80, true);
	assert_non_null(strstr(s, "text 69000 "));
	assert_non_null(strstr(s, "hit 2"));
	mem_deref(s);
	conv_view_find_next(v, -1);
	fake_answer(f);
	s = fake_draw(f, v, 10, 80, true);
	assert_non_null(strstr(s, "text 70000 "));
	mem_deref(s);
	{
		int i;

		for (i = 0; i < 80; i++) {
			conv_view_find_next(v, 1);
			fake_answer(f);
		}
	}
	s = fake_draw(f, v, 10, 80, true);
	assert_non_null(strstr(s, "text 1000 "));
	assert_non_null(strstr(s, "no older hit"));
	mem_deref(s);
	conv_view_find(v, NULL);
	s = fake_draw(f, v, 10, 80, true);
	assert_null(strstr(s, "hit"));
	mem_deref(s);
	f->backwards = true;
	conv_view_find(v, "\"");
	conv_view_find(v, "x \"y");
	fake_answer(f);
	s = fake_draw(f, v, 10, 80, true);
	assert_non_null(strstr(s, "not kept on disk"));
	assert_string_equal(f->query, "\"x\" \"y\"*");
	f->parts = true;
	conv_view_find(v, "ex\" o'clock");
	fake_answer(f);
	assert_string_equal(f->query, "*ex* \"o'clock\"*");
	mem_deref(s);
	mem_deref(v);
}


static void store_fails(void **state)
{
	struct fake *f = *state;
	struct ui_view *v;
	char *s;

	f->err = EIO;
	f->n = 1000;
	v = open_view();
	fake_answer(f);
	s = fake_draw(f, v, 10, 80, true);
	assert_non_null(strstr(s, "the messages cannot be read: "));
	mem_deref(s);
	f->err = 0;
	f->backwards = true;
	conv_view_goto(v, 10);
	fake_answer(f);
	mem_deref(fake_draw(f, v, 10, 80, true));
	fake_answer(f);
	assert_true(v->ops->move(v, UI_MOVE_LAST));
	fake_answer(f);
	mem_deref(fake_draw(f, v, 10, 80, true));
	assert_int_equal(conv_last_in_sight((struct conv_view *)v), 1000);
	mem_deref(v);
}


/* Nothing is asked for again and again where there is no room for it. */
static void huge_texts(void **state)
{
	struct fake *f = *state;
	char *text = mem_zalloc(400001, NULL);
	struct ui_view *v;
	unsigned i, asks;

	memset(text, 'x', 400000);
	f->text = text;
	f->n = 1000;
	v = open_view();
	for (i = 0; i < 10; i++) {
		fake_answer(f);
		mem_deref(fake_draw(f, v, 10, 80, true));
	}
	assert_true(f->asks < 5);
	asks = f->asks;
	assert_true(v->ops->move(v, UI_MOVE_PAGE_UP));
	assert_true(f->asks > asks);
	fake_answer(f);
	mem_deref(v);
	mem_deref(text);
}


static void is_read_anew(void **state)
{
	struct fake *f = *state;
	struct ui_view *v;

	f->n = 10;
	v = open_view();
	fake_answer(f);
	f->n = 0;
	conv_view_reload(v);
	fake_answer(f);
	draws(v, 3, 40, "\n\n\n");
	mem_deref(v);
}


static void goes_before_the_answer(void **state)
{
	struct fake *f = *state;
	struct ui_view *v;

	f->n = 1000;
	v = open_view();
	mem_deref(v);
	fake_answer(f);
	v = open_view();
	fake_answer(f);
	conv_view_find(v, "text");
	conv_view_goto(v, 5);
	mem_deref(v);
	fake_answer(f);
}


/* Any size, with all that a chat can hold; the screen's double looks at what
 * is drawn. */
static void any_size(void **state)
{
	struct fake *f = *state;
	struct rand *r = rand_seeded(3);
	struct ui_view *v;
	int i;

	f->n = 3000;
	f->text = "see https://example.org/a, \xe6\x98\x8e\xe5\xa4\xa9 "
		  "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7 e\xcc\x81 "
		  "\033]0;title\007 a\tb\nc \xff\xfe wordwordwordwordword";
	f->state = STORE_FAILED;
	f->unread = 3;
	f->name = "Bob \033[1mMiller \xe6\x98\x8e of a long name";
	f->typing = true;
	v = open_view();
	fake_answer(f);
	conv_view_find(v, "word");
	for (i = 0; i < 1000; i++) {
		int rows = 1 + (int)rand_below(r, i % 10 ? 12 : FAKE_ROWS);
		int cols = 1 + (int)rand_below(r, i % 10 ? 90 : FAKE_COLS);

		mem_deref(fake_draw(f, v, rows, cols, rand_below(r, 2)));
		(void)v->ops->move(v, (enum ui_move)rand_below(r, UI_MOVES));
		if (rand_below(r, 2))
			fake_answer(f);
		if (!rand_below(r, 5))
			message(v, f->n + 1, rand_below(r, 2), f->text);
		if (!rand_below(r, 20))
			conv_view_goto(v, rand_below(r, 4000));
		if (!rand_below(r, 9))
			conv_view_find_next(v, rand_below(r, 2) ? 1 : -1);
	}
	mem_deref(v);
	mem_deref(r);
}


#define TEST(f_) cmocka_unit_test_setup_teardown(f_, setup, teardown)

int test_conv_view(void)
{
	const struct CMUnitTest tests[] = {
		TEST(shows_the_past),
		TEST(marks_change_in_place),
		TEST(others_are_not_here),
		TEST(reads_what_is_seen),
		TEST(tells_of_the_chat),
		TEST(takes_another_name),
		TEST(late_and_strange),
		TEST(pages),
		TEST(jumps),
		TEST(finds),
		TEST(store_fails),
		TEST(huge_texts),
		TEST(is_read_anew),
		TEST(goes_before_the_answer),
		TEST(any_size),
	};

	return cmocka_run_group_tests_name("conv_view", tests, NULL, NULL);
}
