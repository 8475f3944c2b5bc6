/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <time.h>
#include "world.h"

int test_notify(void);


/* A front end where somebody sits; what it is told goes to the calls. */
static struct {
	bool in_sight;
	bool elsewhere;
} eyes;


static bool in_sight_h(const char *account, const char *peer, void *arg)
{
	(void)account;
	(void)peer;
	(void)arg;
	return eyes.in_sight;
}


static bool elsewhere_h(void *arg)
{
	(void)arg;
	return eyes.elsewhere;
}


static void show_h(const char *title, const char *text, void *arg)
{
	(void)arg;
	mbuf_printf(world->calls, "show [%s] [%s]\n", title, text);
}


static void ring_h(void *arg)
{
	(void)arg;
	mbuf_write_str(world->calls, "ring\n");
}


static void set(struct world *w, const char *name, const char *value)
{
	assert_int_equal(core_option_set(w->core, name, value, NULL), 0);
}


/* Signed in with a buddy, Bob, somebody at the terminal, which has the
 * focus or not. */
static struct endpoint *ready(struct world *w, bool focus)
{
	static const struct core_eyes table = {
		.in_sight = in_sight_h,
		.elsewhere = elsewhere_h,
		.show = show_h,
		.ring = ring_h,
	};
	struct core_account *a;
	struct endpoint *e;

	world_open_commands(w);
	eyes.in_sight = eyes.elsewhere = false;
	a = world_online(w, &e);
	core_account_set(a, "accept", "ask", NULL);
	core_buddy_add(a, BOB, "Bob", NULL, NULL, NULL, NULL);
	core_set_eyes(w->core, &table);
	core_focus(w->core, focus);
	world_run(w, 0);
	world_quiet(w);
	return e;
}


static void message(
	struct world *w, struct endpoint *e, const char *peer, const char *text)
{
	static uint64_t seen;

	fake_message(e, peer, text, ++seen);
	world_run(w, 0);
}


/* What is told, without the answers to what came. */
static void told_is(struct world *w, const char *expected, int line)
{
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	struct pl all = mbuf_all(w->calls), one;

	while (pl_isset(&all)) {
		(void)pl_split(&all, '\n', &one);
		if (!pl_startswith(&one, "answer ") &&
			!pl_startswith(&one, "run "))
			mbuf_printf(mb, "%.*s\n", PL_ARG(&one));
	}
	world_quiet(w);
	world_calls_are(&(struct world){.calls = mb}, expected, line);
	mem_deref(mb);
}
#define assert_told(w_, text_) told_is(w_, text_, __LINE__)


/* One message under one set of options, where and when. */
static void rules(void **state)
{
	static const struct {
		const char *options; /* NAME VALUE, parted by commas */
		const char *at; /* local time */
		const char *peer;
		bool focus, in_sight;
		const char *means; /* bell, terminal, command */
	} cases[] = {
		{"", "12:00", BOB, false, false, "btc"},
		{"", "12:00", BOB, false, true, "btc"},
		{"", "12:00", BOB, true, false, "b"},
		{"", "12:00", BOB, true, true, ""},
		{"bell no", "12:00", BOB, false, false, "tc"},
		{"bell no", "12:00", BOB, true, false, ""},
		{"notify-terminal no", "12:00", BOB, false, false, "bc"},
		{"notify-when always", "12:00", BOB, true, false, "btc"},
		{"notify-when always", "12:00", BOB, true, true, ""},
		{"notify-when always", "12:00", BOB, false, true, "btc"},
		{"", "12:00", KIM, false, false, "btc"},
		{"notify-from buddies", "12:00", KIM, false, false, ""},
		{"notify-from buddies", "12:00", BOB, false, false, "btc"},
		/* Over midnight. */
		{"notify-quiet 22:00-07:00", "21:59", BOB, false, false, "btc"},
		{"notify-quiet 22:00-07:00", "22:00", BOB, false, false, ""},
		{"notify-quiet 22:00-07:00", "23:59", BOB, false, false, ""},
		{"notify-quiet 22:00-07:00", "00:00", BOB, false, false, ""},
		{"notify-quiet 22:00-07:00", "06:59", BOB, false, false, ""},
		{"notify-quiet 22:00-07:00", "07:00", BOB, false, false, "btc"},
		/* Within a day. */
		{"notify-quiet 12:30-13:00", "12:29", BOB, false, false, "btc"},
		{"notify-quiet 12:30-13:00", "12:30", BOB, false, false, ""},
		{"notify-quiet 12:30-13:00", "12:59", BOB, false, false, ""},
		{"notify-quiet 12:30-13:00", "13:00", BOB, false, false, "btc"},
		{"notify-quiet 00:00-23:59", "23:59", BOB, false, false, "btc"},
		{"notify-quiet 00:00-23:59", "00:00", BOB, false, false, ""},
		{"notify-quiet 12:00-13:00,notify-when always", "12:30", BOB,
			true, false, ""},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char name[32], value[32], means[4] = "";
		struct pl rest = pl_str(cases[i].options), one;
		struct world w;
		struct endpoint *e;
		unsigned hour, minute, now;

		e = ready(&w, cases[i].focus);
		set(&w, "notify-command", "tell");
		while (pl_isset(&rest)) {
			char *text;

			(void)pl_split(&rest, ',', &one);
			text = pl_strdup(&one);
			assert_int_equal(
				sscanf(text, "%31s %31s", name, value), 2);
			set(&w, name, value);
			mem_deref(text);
		}
		assert_int_equal(
			sscanf(cases[i].at, "%u:%u", &hour, &minute), 2);
		/* 08:00:01 is the time here when a world begins. */
		now = (hour * 60 + minute + 24 * 60 - 8 * 60) % (24 * 60);
		w.now += (uint64_t)now * 60000;
		tmrs_update(w.tmrs);
		core_focus(w.core, cases[i].focus);
		eyes.in_sight = cases[i].in_sight;
		message(&w, e, cases[i].peer, "hi");
		if (world_has(w.calls, "ring\n"))
			strcat(means, "b");
		if (world_has(w.calls, "show ["))
			strcat(means, "t");
		if (world_has(w.calls, "run [tell]"))
			strcat(means, "c");
		if (strcmp(means, cases[i].means) != 0)
			print_error("case %zu\n", i);
		assert_string_equal(means, cases[i].means);
		world_close(&w);
	}
}


/* A terminal that reports nothing is looked at for a minute after a key. */
static void no_focus(void **state)
{
	static const struct core_eyes table = {.show = show_h};
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open_commands(&w);
	core_account_set(world_online(&w, &e), "accept", "all", NULL);
	set(&w, "notify-interval", "0");
	world_quiet(&w);
	/* Nobody ever sat there. */
	message(&w, e, BOB, "one");
	assert_told(&w, "");
	core_set_eyes(w.core, &table);
	world_run(&w, 59999);
	message(&w, e, BOB, "two");
	assert_told(&w, "");
	world_run(&w, 1);
	message(&w, e, BOB, "three");
	assert_told(&w, "show [bob] [three]\n");
	core_key(w.core);
	world_run(&w, 10000);
	message(&w, e, BOB, "four");
	assert_told(&w, "");
	/* From the first report on that counts. */
	core_focus(w.core, false);
	message(&w, e, BOB, "five");
	assert_told(&w, "show [bob] [five]\n");
	core_focus(w.core, true);
	world_run(&w, 100000);
	message(&w, e, BOB, "six");
	assert_told(&w, "");
	world_close(&w);
}


/* The first is told at once, those that follow together. */
static void bursts(void **state)
{
	struct endpoint *e;
	struct world w;

	(void)state;
	e = ready(&w, false);
	set(&w, "bell", "no");
	set(&w, "notify-interval", "10");
	message(&w, e, BOB, "one");
	assert_told(&w, "show [Bob] [one]\n");
	world_run(&w, 1000);
	message(&w, e, BOB, "two");
	message(&w, e, BOB, "three");
	assert_told(&w, "");
	world_run(&w, 8999);
	assert_told(&w, "");
	world_run(&w, 1);
	assert_told(&w, "show [Bob] [2 new messages: three]\n");
	/* And again, from several. */
	message(&w, e, BOB, "four");
	message(&w, e, KIM, "five");
	message(&w, e, "sip:alice@example.com", "six");
	message(&w, e, KIM, "seven");
	message(&w, e, "sip:a@example.com", "eight");
	world_run(&w, 10000);
	assert_told(&w,
		"show [sotto] [5 new messages from Bob, alice, kim and 1 "
		"more]\n");
	world_run(&w, 10000);
	message(&w, e, BOB, "nine");
	assert_told(&w, "show [Bob] [nine]\n");
	/* With 0 each one is told. */
	world_run(&w, 10000);
	set(&w, "notify-interval", "0");
	message(&w, e, BOB, "ten");
	message(&w, e, BOB, "eleven");
	assert_told(&w, "show [Bob] [ten]\nshow [Bob] [eleven]\n");
	world_close(&w);
}


/* What was read before its turn came is not told; what only stood on a screen
 * that nobody looks at is. */
static void read_meanwhile(void **state)
{
	struct endpoint *e;
	struct core_account *a;
	struct world w;

	(void)state;
	e = ready(&w, false);
	set(&w, "bell", "no");
	a = core_account_first(w.core);
	message(&w, e, BOB, "one");
	message(&w, e, BOB, "two");
	core_chat_read(core_chat_find(a, BOB));
	assert_told(&w, "show [Bob] [one]\n");
	world_run(&w, 5000);
	assert_told(&w, "show [Bob] [two]\n");
	message(&w, e, BOB, "three");
	core_focus(w.core, true);
	core_chat_read(core_chat_find(a, BOB));
	core_focus(w.core, false);
	core_focus(w.core, true);
	world_run(&w, 5000);
	assert_told(&w, "");
	/* Nor is a screen looked at where an editor stands. */
	eyes.elsewhere = eyes.in_sight = true;
	message(&w, e, BOB, "in the editor");
	assert_told(&w, "show [Bob] [in the editor]\n");
	world_run(&w, 5000);
	eyes.elsewhere = eyes.in_sight = false;
	/* Quiet hours may have begun, the account may be gone. */
	core_focus(w.core, false);
	message(&w, e, BOB, "four");
	message(&w, e, BOB, "five");
	assert_told(&w, "show [Bob] [four]\n");
	set(&w, "notify-quiet", "08:00-09:00");
	world_run(&w, 5000);
	assert_told(&w, "");
	set(&w, "notify-quiet", "");
	message(&w, e, BOB, "six");
	message(&w, e, BOB, "seven");
	core_account_remove(a, NULL);
	world_run(&w, 5000);
	assert_true(world_has(w.calls, "[six]"));
	assert_false(world_has(w.calls, "[seven]"));
	world_close(&w);
}


/* Never more than may be told. */
static void shown(void **state)
{
	static const struct {
		const char *show;
		const char *one, *two, *many, *env;
	} cases[] = {
		{"text", "show [Bob] [secret]\n",
			"show [Bob] [2 new messages: secret]\n",
			"show [sotto] [2 new messages from Bob, kim]\n",
			"SOTTO_PEER=" BOB " SOTTO_NAME=Bob SOTTO_TEXT=secret"},
		{"name", "show [Bob] [a new message]\n",
			"show [Bob] [2 new messages]\n",
			"show [sotto] [2 new messages from Bob, kim]\n",
			"SOTTO_PEER=" BOB
			" SOTTO_NAME=Bob SOTTO_TEXT=a new message"},
		{"nothing", "show [sotto] [a new message]\n",
			"show [sotto] [2 new messages]\n",
			"show [sotto] [2 new messages]\n",
			"SOTTO_PEER= SOTTO_NAME=sotto SOTTO_TEXT=a new "
			"message"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct endpoint *e;
		struct world w;

		e = ready(&w, false);
		set(&w, "bell", "no");
		set(&w, "notify-command", "tell");
		set(&w, "notify-show", cases[i].show);
		message(&w, e, BOB, "secret");
		assert_true(world_has(w.calls, cases[i].env));
		assert_told(&w, cases[i].one);
		message(&w, e, BOB, "another");
		message(&w, e, BOB, "secret");
		world_run(&w, 5000);
		assert_true(i == 0 || !world_has(w.calls, "=secret"));
		assert_told(&w, cases[i].two);
		message(&w, e, BOB, "secret");
		message(&w, e, KIM, "secret");
		world_run(&w, 5000);
		assert_true(!world_has(w.calls, "=secret"));
		assert_told(&w, cases[i].many);
		world_close(&w);
	}
}


static void watch(struct endpoint *e, const char *peer, const char *name)
{
	struct pl pl = pl_str(name);

	(void)e->h.authorize(peer, &pl, "192.0.2.9", e->h.arg);
}


static void invite(struct endpoint *e, const char *peer)
{
	struct pl none = {NULL, 0};

	assert_int_equal(e->h.invite(peer, &none, "192.0.2.10", e->h.arg),
		ENDPOINT_PENDING);
}


/* Who adds us, and a buddy who comes online: not one who is found so. */
static void others(void **state)
{
	struct endpoint *e;
	struct world w;

	(void)state;
	e = ready(&w, false);
	set(&w, "bell", "no");
	watch(e, KIM, "Kim\tLee");
	assert_told(&w, "show [Kim Lee] [added you]\n");
	world_run(&w, 5000);
	watch(e, "sip:alice@example.com", "");
	assert_told(&w, "show [alice] [added you]\n");
	world_run(&w, 5000);
	fake_presence(e, BOB, PRESENCE_OFFLINE, NULL, 0, false);
	fake_presence(e, BOB, PRESENCE_ONLINE, NULL, 0, false);
	assert_told(&w, "");
	set(&w, "notify-online", "yes");
	fake_presence(e, BOB, PRESENCE_UNKNOWN, "asked", 0, false);
	fake_presence(e, BOB, PRESENCE_ONLINE, NULL, 0, false);
	fake_presence(e, BOB, PRESENCE_ONLINE, "note", 0, false);
	assert_told(&w, "");
	fake_presence(e, BOB, PRESENCE_OFFLINE, NULL, 0, false);
	fake_presence(e, BOB, PRESENCE_ONLINE, NULL, 0, false);
	assert_told(&w, "show [Bob] [is online]\n");
	/* All together. */
	fake_presence(e, BOB, PRESENCE_OFFLINE, NULL, 0, false);
	fake_presence(e, BOB, PRESENCE_ONLINE, NULL, 0, false);
	watch(e, "sip:a@example.com", "A");
	watch(e, "sip:b@example.com", "B");
	message(&w, e, BOB, "one");
	message(&w, e, BOB, "two");
	world_run(&w, 5000);
	assert_told(&w,
		"show [sotto] [2 new messages from Bob; added you: A, B; "
		"online: Bob]\n");
	set(&w, "notify-show", "nothing");
	fake_presence(e, BOB, PRESENCE_OFFLINE, NULL, 0, false);
	fake_presence(e, BOB, PRESENCE_ONLINE, NULL, 0, false);
	watch(e, "sip:c@example.com", "C");
	watch(e, "sip:d@example.com", "D");
	world_run(&w, 5000);
	assert_told(
		&w, "show [sotto] [2 people added you; a buddy is online]\n");
	/* A session that rings. */
	world_run(&w, 5000);
	invite(e, KIM);
	assert_told(&w, "show [sotto] [somebody asks for a chat]\n");
	set(&w, "notify-show", "name");
	invite(e, "sip:f@example.com");
	invite(e, "sip:g@example.com");
	world_run(&w, 5000);
	assert_told(&w, "show [sotto] [asking for a chat: f, g]\n");
	world_run(&w, 5000);
	invite(e, "sip:h@example.com");
	assert_told(&w, "show [h] [asks for a chat]\n");
	invite(e, "sip:i@example.com");
	fake_chat(e, "sip:i@example.com", ENDPOINT_CHAT_CLOSED,
		ENDPOINT_BY_THEM, NULL, 0);
	world_run(&w, 5000);
	assert_told(&w, "");
	set(&w, "notify-from", "buddies");
	watch(e, "sip:e@example.com", "E");
	world_run(&w, 5000);
	assert_told(&w, "");
	world_close(&w);
}


/* However many write, few are told apart. */
static void crowd(void **state)
{
	struct endpoint *e;
	struct world w;
	unsigned i;

	(void)state;
	e = ready(&w, false);
	core_account_set(core_account_first(w.core), "accept", "all", NULL);
	set(&w, "bell", "no");
	for (i = 0; i < 1000; i++) {
		char *peer = mem_printf("sip:p%u@example.com", i);

		message(&w, e, peer, "hi");
		mem_deref(peer);
	}
	world_run(&w, 5000);
	assert_told(&w,
		"show [p0] [hi]\n"
		"show [sotto] [32 new messages from p1, p2, p3 and 29 "
		"more]\n");
	world_close(&w);
}


static int set_zone(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	return 0;
}


static int unset_zone(void **state)
{
	(void)state;
	unsetenv("TZ");
	tzset();
	return 0;
}


int test_notify(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules),
		cmocka_unit_test(no_focus),
		cmocka_unit_test(bursts),
		cmocka_unit_test(read_meanwhile),
		cmocka_unit_test(shown),
		cmocka_unit_test(others),
		cmocka_unit_test(crowd),
	};

	return cmocka_run_group_tests_name(
		"notify", tests, set_zone, unset_zone);
}
