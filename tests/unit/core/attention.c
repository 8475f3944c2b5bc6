/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "world.h"

int test_attention(void);


enum {
	MINUTE = 60000,
};

static const struct core_eyes nothing_seen = {.arg = NULL};


static void set(struct world *w, const char *name, const char *value)
{
	assert_int_equal(core_option_set(w->core, name, value, NULL), 0);
}


/* Away after the time without a key, back with the next. */
static void away(void **state)
{
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	(void)world_online(&w, &e);
	world_quiet(&w);
	set(&w, "auto-away", "10");
	/* Where nobody sits nobody is missed. */
	world_run(&w, 100 * MINUTE);
	assert_calls(&w, "");
	core_set_eyes(w.core, &nothing_seen);
	world_run(&w, 9 * MINUTE);
	core_key(w.core);
	world_run(&w, 10 * MINUTE - 1);
	assert_calls(&w, "");
	world_run(&w, 1);
	assert_calls(&w, "publish online away - 0 idle since\n");
	assert_log(&w, "log info: away; the next key brings you back\n");
	assert_true(tmrs_next(w.tmrs) == UINT64_MAX); /* idle is idle */
	world_run(&w, 1000 * MINUTE);
	assert_calls(&w, "");
	core_key(w.core);
	core_key(w.core);
	assert_calls(&w, "publish online - - 0\n");
	world_run(&w, 10 * MINUTE);
	assert_calls(&w, "publish online away - 0 idle since\n");
	/* Switched off, nobody is kept away. */
	set(&w, "auto-away", "0");
	assert_calls(&w, "publish online - - 0\n");
	world_run(&w, 100 * MINUTE);
	core_key(w.core);
	assert_calls(&w, "");
	/* Switched on, the time counts from the last key. */
	world_run(&w, 5 * MINUTE);
	set(&w, "auto-away", "6");
	world_run(&w, 1 * MINUTE);
	assert_calls(&w, "publish online away - 0 idle since\n");
	world_close(&w);
}


/* What was set comes back, and the notes with it. */
static void notes(void **state)
{
	static const struct {
		const char *note, *before, *idle, *after;
	} cases[] = {
		{NULL, NULL, "publish online away - 0 idle since\n",
			"publish online - - 0\n"},
		{NULL, "in", "publish online away in 0 idle since\n",
			"publish online - in 0\n"},
		{"out", NULL, "publish online away out 0 idle since\n",
			"publish online - - 0\n"},
		{"out", "in", "publish online away out 0 idle since\n",
			"publish online - in 0\n"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct endpoint *e;
		struct world w;

		world_open(&w);
		(void)world_online(&w, &e);
		core_set_eyes(w.core, &nothing_seen);
		set(&w, "auto-away", "1");
		set(&w, "auto-away-note", cases[i].note ? cases[i].note : "");
		(void)core_presence_set(
			w.core, NULL, "online", cases[i].before, NULL);
		world_quiet(&w);
		world_run(&w, MINUTE);
		assert_calls(&w, cases[i].idle);
		core_key(w.core);
		assert_calls(&w, cases[i].after);
		world_close(&w);
	}
}


/* What the user has set himself, before or meanwhile, stays; who may see him
 * there sees since when no key came. */
static void chosen(void **state)
{
	static const char *const words[] = {
		"away", "busy", "invisible", "offline", "online"};
	static const char *const idle[] = {"publish online away note 0 since\n"
					   "publish online away note 0\n",
		"publish online busy note 0 since\n"
		"publish online busy note 0\n",
		"", ""};
	struct core_account *a;
	struct endpoint *e;
	struct world w;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(words); i++) {
		world_open(&w);
		a = world_online(&w, &e);
		core_set_eyes(w.core, &nothing_seen);
		set(&w, "auto-away", "1");
		/* Before. */
		(void)core_presence_set(w.core, NULL, words[i], "note", NULL);
		world_quiet(&w);
		if (strcmp(words[i], "online") != 0) {
			world_run(&w, MINUTE);
			core_key(w.core);
			assert_calls(&w, idle[i]);
			assert_string_equal(core_presence_word(a), words[i]);
			(void)core_presence_set(
				w.core, NULL, "online", NULL, NULL);
		}
		/* Meanwhile. */
		world_run(&w, MINUTE);
		assert_string_equal(core_presence_word(a), "away");
		(void)core_presence_set(w.core, NULL, words[i], "note", NULL);
		world_quiet(&w);
		core_key(w.core);
		assert_calls(&w, "");
		assert_string_equal(core_presence_word(a), words[i]);
		assert_string_equal(core_presence_note(a), "note");
		world_close(&w);
	}
}


/* Each account by itself, those that come meanwhile too. */
static void accounts(void **state)
{
	struct core_account *a, *b, *c;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	b = world_account(&w, "home", KIM);
	core_set_eyes(w.core, &nothing_seen);
	set(&w, "auto-away", "1");
	(void)core_presence_set(w.core, b, "busy", NULL, NULL);
	world_quiet(&w);
	world_run(&w, MINUTE);
	assert_calls(&w, "publish online away - 0 idle since\n");
	c = world_account(&w, "club", BOB);
	assert_string_equal(core_presence_word(a), "away");
	assert_string_equal(core_presence_word(b), "busy");
	assert_string_equal(core_presence_word(c), "away");
	(void)core_presence_set(w.core, a, "away", "lunch", NULL);
	core_key(w.core);
	assert_string_equal(core_presence_word(a), "away");
	assert_string_equal(core_presence_note(a), "lunch");
	assert_string_equal(core_presence_word(b), "busy");
	assert_string_equal(core_presence_word(c), "online");
	world_close(&w);
}


static bool elsewhere_h(void *arg)
{
	return *(bool *)arg;
}


/* Who writes in an editor is there, though no key is seen. */
static void editor(void **state)
{
	bool elsewhere = true;
	const struct core_eyes eyes = {
		.elsewhere = elsewhere_h,
		.arg = &elsewhere,
	};
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	(void)world_online(&w, &e);
	core_set_eyes(w.core, &eyes);
	set(&w, "auto-away", "10");
	world_quiet(&w);
	world_run(&w, 35 * MINUTE);
	elsewhere = false;
	assert_calls(&w, "");
	world_run(&w, 5 * MINUTE);
	assert_calls(&w, "publish online away - 0 idle since\n");
	world_close(&w);
}


/* Option idle-time: since when is nobody's business. */
static void secret(void **state)
{
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	(void)world_online(&w, &e);
	core_set_eyes(w.core, &nothing_seen);
	set(&w, "auto-away", "1");
	set(&w, "idle-time", "no");
	world_quiet(&w);
	world_run(&w, MINUTE);
	assert_calls(&w, "publish online away - 0 idle\n");
	core_key(w.core);
	assert_calls(&w, "publish online - - 0\n");
	(void)core_presence_set(w.core, NULL, "busy", NULL, NULL);
	world_quiet(&w);
	world_run(&w, MINUTE);
	core_key(w.core);
	assert_calls(&w, "");
	world_close(&w);
}


int test_attention(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(away),
		cmocka_unit_test(notes),
		cmocka_unit_test(chosen),
		cmocka_unit_test(secret),
		cmocka_unit_test(accounts),
		cmocka_unit_test(editor),
	};

	return cmocka_run_group_tests_name("attention", tests, NULL, NULL);
}
