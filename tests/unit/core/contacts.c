/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The buddy list and the one of a server: every way in which they can differ,
 * with what both agreed on before. */
#include "world.h"

int test_contacts(void);


/* One person in three lists: "NAME" or "NAME/GROUP,GROUP"; NULL: not there. */
static const struct row {
	const char *before;
	const char *here;
	const char *there;
	const char *result; /* in our list */
	const char *calls; /* what the server is asked for */
} rows[] = {
	{NULL, NULL, "B", "B", "watch " BOB "\n"},
	{NULL, NULL, "B/x,y", "B/x,y", "watch " BOB "\n"},
	{NULL, "B", NULL, "B", "contact " BOB " B\n"},
	{NULL, "B", "B", "B", ""},
	{NULL, "B", "C", "B", "contact " BOB " B\n"},
	{NULL, "", "C/x", "C/x", ""},
	{NULL, "B/x", "B/y", "B/x,y", "contact " BOB " B [x] [y]\n"},
	{"B", "B", "B", "B", ""},
	{"B", "B", "C", "C", ""},
	{"B/x", "B/x", "B/y", "B/y", ""},
	{"B/x", "B/x", "B", "B", ""},
	{"B/x", "B/x", "", "", ""},
	{"B", "C", "B", "C", "contact " BOB " C\n"},
	{"B", "C", "D", "C", "contact " BOB " C\n"},
	{"B/x", "B/y", "B/z", "B/y,z", "contact " BOB " B [y] [z]\n"},
	/* each has changed something else */
	{"B/x", "C/x", "B/y", "C/y", "contact " BOB " C [y]\n"},
	{"B/x", "B/y", "C/x", "C/y", "contact " BOB " C [y]\n"},
	{"B/x,y", "B/x", "B/y,z", "B/z", "contact " BOB " B [z]\n"},
	{"B/x", "C", "D/x,y", "C/y", "contact " BOB " C [y]\n"},
	{"B/x", "/x", "B/y", "/y", "contact " BOB " - [y]\n"},
	{"B", "C", "C", "C", ""},
	{"B", "B", NULL, NULL, "unwatch " BOB "\n"},
	{"B", "C", NULL, "C", "contact " BOB " C\n"},
	{"B", NULL, "B", NULL, "drop " BOB "\n"},
	{"B", NULL, "C", "C", "watch " BOB "\n"},
	{"B", NULL, NULL, NULL, ""},
};


static struct {
	char *name;
	char *all;
	const char *groups[8];
} parsed;


static void parse(const char *text)
{
	char *slash, *p;
	size_t n = 0;

	mem_deref(parsed.all);
	parsed.all = mem_strdup(text);
	slash = strchr(parsed.all, '/');
	parsed.name = parsed.all;
	if (slash)
		*slash = '\0';
	for (p = slash ? strtok(slash + 1, ",") : NULL; p;
		p = strtok(NULL, ","))
		parsed.groups[n++] = p;
	parsed.groups[n] = NULL;
}


static void tell(struct endpoint *e, const char *text)
{
	struct endpoint_contact contact = {.peer = BOB};

	if (text) {
		parse(text);
		contact.name = *parsed.name ? parsed.name : NULL;
		contact.groups = parsed.groups;
	}
	e->h.contacts(&contact, text ? 1 : 0, e->h.arg);
}


static void change(struct core_account *a, const char *text)
{
	struct core_buddy *b = core_buddy_find(a, BOB);

	if (text)
		parse(text);
	if (!text && b)
		(void)core_buddy_remove(b, NULL);
	else if (text && !b)
		(void)core_buddy_add(
			a, BOB, parsed.name, parsed.groups, NULL, NULL, NULL);
	else if (text && b) {
		(void)core_buddy_rename(b, parsed.name);
		(void)core_buddy_regroup(b, parsed.groups);
	}
}


static void assert_here(const struct core_account *a, const char *text)
{
	const struct core_buddy *b =
		core_buddy_find((struct core_account *)(uintptr_t)a, BOB);
	const char *const *groups;
	size_t i;

	if (!text) {
		assert_null(b);
		return;
	}
	assert_non_null(b);
	parse(text);
	assert_string_equal(
		core_buddy_name(b) ? core_buddy_name(b) : "", parsed.name);
	groups = core_buddy_groups(b);
	for (i = 0; parsed.groups[i] && groups[i]; i++)
		assert_string_equal(groups[i], parsed.groups[i]);
	assert_null(parsed.groups[i]);
	assert_null(groups[i]);
}


/* Agreed on BEFORE, then signed out, then a restart: what was kept decides. */
static void merged(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		const struct row *row = &rows[i];
		struct core_account *a;
		struct endpoint *e;
		struct world w;

		world_open(&w);
		a = world_online(&w, &e);
		tell(e, row->before);
		world_run(&w, 0);
		fake_state(e, ENDPOINT_FAILED, "gone");
		world_run(&w, 0);
		change(a, row->here);
		world_run(&w, 0);
		world_restart(&w);
		world_run(&w, 0);
		a = core_account_first(w.core);
		e = world_login(&w, a);
		world_quiet(&w);
		tell(e, row->there);
		world_run(&w, 0);
		assert_calls(&w, row->calls);
		assert_here(a, row->result);
		/* The server does as it was asked: nothing more to do. */
		tell(e, row->result);
		world_run(&w, 0);
		world_quiet(&w);
		tell(e, row->result);
		world_run(&w, 0);
		assert_calls(&w, "");
		assert_log(&w, "");
		world_close(&w);
	}
	parsed.all = mem_deref(parsed.all);
}


/* While signed in each change goes out; nothing goes out before the list was
 * heard, or because it was. */
static void changes(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	change(a, "B");
	world_run(&w, 0);
	assert_calls(&w, "watch " BOB "\n");
	tell(e, NULL);
	assert_calls(&w, "contact " BOB " B\n");
	tell(e, "B");
	world_run(&w, 0);
	assert_calls(&w, "");
	change(a, "C");
	assert_calls(&w, "contact " BOB " C\n");
	change(a, "C/x");
	assert_calls(&w, "contact " BOB " C [x]\n");
	tell(e, "C/x");
	tell(e, "D/x");
	world_run(&w, 0);
	assert_here(a, "D/x");
	assert_calls(&w, "");
	change(a, NULL);
	assert_calls(&w, "unwatch " BOB "\ndrop " BOB "\n");
	tell(e, "D/x");
	assert_calls(&w, "");
	tell(e, NULL);
	world_run(&w, 0);
	assert_calls(&w, "");
	assert_here(a, NULL);
	world_close(&w);
	parsed.all = mem_deref(parsed.all);
}


/* A server that writes names in a way of its own is not asked for ever. */
static void stubborn(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	tell(e, "B");
	change(a, "bob");
	world_run(&w, 0);
	world_quiet(&w);
	tell(e, "BOB");
	world_run(&w, 0);
	assert_calls(&w, "");
	assert_here(a, "BOB");
	world_close(&w);
	parsed.all = mem_deref(parsed.all);
}


/* What they call themselves is shown where the user has no name for them, and
 * goes nowhere else. */
static void card(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	tell(e, "");
	world_run(&w, 0);
	world_quiet(&w);
	e->h.card(BOB, "Bob\nLab", e->h.arg);
	e->h.card("sip:eve@example.org", "Eve", e->h.arg);
	world_run(&w, 0);
	assert_here(a, "Bob Lab");
	assert_string_equal(core_peer_name(a, BOB), "Bob Lab");
	tell(e, "");
	change(a, "/x");
	assert_calls(&w, "contact " BOB " - [x]\n");
	change(a, "B/x");
	world_run(&w, 0);
	e->h.card(BOB, "Robert", e->h.arg);
	assert_here(a, "B/x");
	world_close(&w);
	parsed.all = mem_deref(parsed.all);
}


/* What both agree on now is the beginning of what comes. */
static void turns(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	tell(e, "B");
	change(a, "X");
	world_run(&w, 0);
	world_quiet(&w);
	tell(e, "X");
	/* Another device renames, and the user renames back. */
	tell(e, "Y");
	change(a, "X");
	assert_calls(&w, "contact " BOB " X\n");
	tell(e, "X");
	world_run(&w, 0);
	assert_here(a, "X");
	/* Removed, added again, removed again. */
	world_quiet(&w);
	change(a, NULL);
	assert_calls(&w, "unwatch " BOB "\ndrop " BOB "\n");
	change(a, "X");
	assert_calls(&w, "watch " BOB "\ncontact " BOB " X\n");
	tell(e, "X");
	assert_calls(&w, "");
	change(a, NULL);
	assert_calls(&w, "unwatch " BOB "\ndrop " BOB "\n");
	tell(e, NULL);
	/* ... and before the server has told of it. */
	change(a, "X");
	assert_calls(&w, "watch " BOB "\ncontact " BOB " X\n");
	change(a, NULL);
	assert_calls(&w, "unwatch " BOB "\ndrop " BOB "\n");
	world_close(&w);
	parsed.all = mem_deref(parsed.all);
}


/* Whom a file declares is not removed with the server's list. */
static void declared(void **state)
{
	const struct core_origin origin = {"sotto.conf", 3};
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	(void)core_buddy_add(a, BOB, "B", NULL, &origin, NULL, NULL);
	tell(e, "B");
	world_run(&w, 0);
	world_quiet(&w);
	tell(e, NULL);
	world_run(&w, 0);
	assert_here(a, "B");
	assert_calls(&w, "contact " BOB " B\n");
	world_close(&w);
	parsed.all = mem_deref(parsed.all);
}


static struct core_account *back(struct world *w, struct endpoint **ep)
{
	struct core_account *a;

	world_run(w, 0);
	a = core_account_first(w->core);
	*ep = world_login(w, a);
	world_quiet(w);
	return a;
}


/* Removed, changed there meanwhile, so that they come back, and removed once
 * more. */
static void removed_twice(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	tell(e, "B");
	world_run(&w, 0);
	world_quiet(&w);
	change(a, NULL);
	assert_calls(&w, "unwatch " BOB "\ndrop " BOB "\n");
	tell(e, "C");
	assert_calls(&w, "watch " BOB "\n");
	change(a, NULL);
	assert_calls(&w, "unwatch " BOB "\ndrop " BOB "\n");
	tell(e, "C");
	assert_calls(&w, "");
	world_close(&w);
	parsed.all = mem_deref(parsed.all);
}


/* What the server was asked for came about, but nobody has told. */
static void untold(void **state)
{
	static const struct {
		const char *before, *asked, *then, *here; /* and offline */
		const char *there, *result, *calls;
	} cases[] = {
		{"B/x", "B/y", NULL, "B", "B/y", "B", "contact " BOB " B\n"},
		{"B/x", "B/y", NULL, "B", "B/z", "B/z", ""},
		{"B/x", "B/y", "B/z", "B", "B/y", "B", "contact " BOB " B\n"},
		/* and back */
		{"B", "C", NULL, "B", "C", "B", "contact " BOB " B\n"},
		{"B", "C", NULL, "B", "B", "B", ""},
		{NULL, "B/y", NULL, "B", "B/y", "B", "contact " BOB " B\n"},
		{NULL, "", "/y", "B", "", "B", "contact " BOB " B\n"},
		{NULL, "B/y", NULL, NULL, "B/y", NULL, "drop " BOB "\n"},
		{"B/x", "B/y", NULL, NULL, "B/y", NULL, "drop " BOB "\n"},
		{"B/x", "B/y", NULL, NULL, "B/z", "B/z", "watch " BOB "\n"},
		/* removed, and the same again */
		{"B", NULL, NULL, "B", NULL, "B", "contact " BOB " B\n"},
		{"B", NULL, NULL, "B", "B", "B", ""},
		{"B", NULL, "C", NULL, "B", NULL, "drop " BOB "\n"},
		{"", NULL, NULL, "", NULL, "", "contact " BOB " -\n"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < 2 * UNIT_N(cases); i++) {
		size_t k = i / 2;
		struct core_account *a;
		struct endpoint *e;
		struct world w;

		world_open(&w);
		a = world_online(&w, &e);
		tell(e, cases[k].before);
		change(a, cases[k].asked);
		if (cases[k].then)
			change(a, cases[k].then);
		fake_state(e, ENDPOINT_FAILED, "gone");
		world_run(&w, 0);
		if (i % 2)
			change(a, cases[k].here);
		world_run(&w, 0);
		world_restart(&w);
		world_run(&w, 0);
		if (i % 2 == 0)
			change(core_account_first(w.core), cases[k].here);
		a = back(&w, &e);
		tell(e, cases[k].there);
		world_run(&w, 0);
		assert_calls(&w, cases[k].calls);
		assert_here(a, cases[k].result);
		world_close(&w);
	}
	parsed.all = mem_deref(parsed.all);
}


/* Set as it is already: nothing is asked for, as somebody may have been removed
 * there meanwhile. */
static void as_before(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	tell(e, "B/x");
	world_run(&w, 0);
	world_quiet(&w);
	change(a, "B/x");
	assert_int_equal(core_group_rename(w.core, "x", "x", NULL), 0);
	assert_calls(&w, "");
	change(a, NULL);
	change(a, "B/x");
	assert_calls(&w,
		"unwatch " BOB "\ndrop " BOB "\nwatch " BOB "\ncontact " BOB
		" B [x]\n");
	world_close(&w);
	parsed.all = mem_deref(parsed.all);
}


/* Another device removes whom we change: added again, but not for ever, as it
 * may be the server that does not want them. */
static void faster(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;
	unsigned i;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	tell(e, "B");
	change(a, "C");
	world_run(&w, 0);
	world_quiet(&w);
	for (i = 0; i < 6; i++) {
		tell(e, NULL);
		assert_calls(&w, i < 3 ? "contact " BOB " C\n" : "");
	}
	assert_here(a, "C");
	tell(e, "C");
	tell(e, NULL);
	world_run(&w, 0);
	assert_here(a, NULL);
	world_close(&w);
	parsed.all = mem_deref(parsed.all);
}


/* A server that has lost its list, or another one: nobody was removed. */
static void another(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	tell(e, "B");
	world_run(&w, 0);
	world_quiet(&w);
	e->h.contacts(NULL, 0, e->h.arg);
	world_run(&w, 0);
	assert_here(a, "B");
	assert_calls(&w, "contact " BOB " B\n");
	tell(e, "B");
	world_run(&w, 0);
	assert_int_equal(
		core_account_set(a, "xcap-root", "http://x/", NULL), 0);
	fake_state(e, ENDPOINT_FAILED, "gone");
	world_run(&w, 0);
	world_restart(&w);
	world_run(&w, 0);
	a = core_account_first(w.core);
	e = world_login(&w, a);
	world_quiet(&w);
	tell(e, NULL);
	world_run(&w, 0);
	assert_here(a, "B");
	assert_calls(&w, "contact " BOB " B\n");
	tell(e, "B");
	world_restart(&w);
	world_run(&w, 0);
	a = core_account_first(w.core);
	e = world_login(&w, a);
	world_quiet(&w);
	/* The same one: removed there. */
	tell(e, NULL);
	world_run(&w, 0);
	assert_here(a, NULL);
	assert_calls(&w, "unwatch " BOB "\n");
	world_close(&w);
	parsed.all = mem_deref(parsed.all);
}


/* sip and sips are one; whom our list cannot have is not removed there. */
static void odd_peers(void **state)
{
	struct endpoint_contact contact = {.peer = "sips:bob@example.org"};
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	(void)core_buddy_add(a, BOB, NULL, NULL, NULL, NULL, NULL);
	world_run(&w, 0);
	world_quiet(&w);
	e->h.contacts(&contact, 1, e->h.arg);
	world_run(&w, 0);
	assert_calls(&w, "");
	(void)core_buddy_remove(core_buddy_find(a, BOB), NULL);
	assert_calls(&w, "unwatch " BOB "\ndrop sips:bob@example.org\n");
	e->h.contacts(&contact, 0, e->h.arg);
	contact.peer = "mailto:bob@example.org";
	e->h.contacts(&contact, 1, e->h.arg);
	e->h.contacts(&contact, 1, e->h.arg);
	world_run(&w, 0);
	assert_calls(&w, "");
	world_close(&w);
}


enum {
	CROWD = 1000,
};


static void peer_of(char *peer, size_t size, size_t i)
{
	(void)snprintf(peer, size, "sip:u%zu@example.org", i);
}


/* A crowd, whose names are all NAME; WITHOUT somebody. */
static void tell_crowd(struct endpoint *e, const char *name, size_t without)
{
	struct endpoint_contact *all = mem_zalloc(CROWD * sizeof(*all), NULL);
	char(*peers)[32] = mem_zalloc(CROWD * sizeof(*peers), NULL);
	const char *groups[] = {"A", NULL};
	size_t i, n = 0;

	for (i = 0; i < CROWD; i++) {
		if (i == without)
			continue;
		peer_of(peers[i], sizeof(peers[i]), i);
		all[n].peer = peers[i];
		all[n].name = name;
		all[n++].groups = groups;
	}
	e->h.contacts(all, n, e->h.arg);
	/* It is borrowed. */
	memset(all, 0xff, CROWD * sizeof(*all));
	memset(peers, 0xff, CROWD * sizeof(*peers));
	mem_deref(all);
	mem_deref(peers);
}


static struct core_buddy *of_crowd(struct core_account *a, size_t i)
{
	char peer[32];

	peer_of(peer, sizeof(peer), i);
	return core_buddy_find(a, peer);
}


static void assert_crowd(struct core_account *a, const char *name)
{
	size_t i;

	for (i = 0; i < CROWD; i++) {
		struct core_buddy *b = of_crowd(a, i);

		assert_non_null(b);
		assert_string_equal(core_buddy_name(b), name);
		assert_string_equal(core_buddy_groups(b)[0], "A");
	}
}


/* A long list is heard over several turns; what the user does meanwhile
 * counts, wherever that stands. */
static void crowd(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	tell_crowd(e, "B", CROWD);
	assert_null(of_crowd(a, CROWD - 1));
	world_run(&w, 0);
	assert_crowd(a, "B");
	world_quiet(&w);
	/* Another one while one is heard takes its place. */
	tell_crowd(e, "C", CROWD);
	tell_crowd(e, "D", CROWD);
	world_run(&w, 0);
	assert_crowd(a, "D");
	assert_calls(&w, "");
	/* Changed and removed before it comes to them. */
	tell_crowd(e, "D", 5);
	(void)core_buddy_rename(of_crowd(a, 7), "x");
	(void)core_buddy_remove(of_crowd(a, 8), NULL);
	(void)core_buddy_add(a, BOB, NULL, NULL, NULL, NULL, NULL);
	(void)core_buddy_rename(of_crowd(a, 5), "y");
	assert_calls(&w, "unwatch sip:u8@example.org\nwatch " BOB "\n");
	world_run(&w, 0);
	assert_calls(&w,
		"contact sip:u7@example.org x [A]\n"
		"drop sip:u8@example.org\n"
		"contact sip:u5@example.org y [A]\n"
		"contact " BOB " -\n");
	world_quiet(&w);
	e->h.contacts((struct endpoint_contact[1]){{.peer = BOB}}, 1, e->h.arg);
	world_run(&w, 0);
	assert_non_null(of_crowd(a, 5));
	assert_non_null(of_crowd(a, 7));
	assert_true(world_has(w.log,
		"log info: sip:alice@example.org: sip:u0@example.org and 996 "
		"others: removed from the server's list, by another of your "
		"devices\n"));
	tell_crowd(e, "D", CROWD);
	world_run(&w, 0);
	/* Signed out in the middle of it: nobody is lost. */
	tell_crowd(e, "E", CROWD);
	fake_state(e, ENDPOINT_FAILED, "gone");
	world_run(&w, 0);
	assert_string_equal(core_buddy_name(of_crowd(a, 9)), "D");
	tell_crowd(e, "E", CROWD);
	world_close(&w);
}


/* A list of a few people in a few groups that is many times as long here. */
static void too_long(void **state)
{
	struct endpoint_contact *all = mem_zalloc(2000 * sizeof(*all), NULL);
	const char *many[65] = {NULL};
	char *label = mem_zalloc(1024, NULL);
	struct core_account *a;
	struct endpoint *e;
	struct world w;
	size_t i;

	(void)state;
	memset(label, 'x', 1023);
	for (i = 0; i < 64; i++)
		many[i] = label;
	for (i = 0; i < 2000; i++)
		all[i] = (struct endpoint_contact){BOB, NULL, many};
	world_open(&w);
	a = world_online(&w, &e);
	e->h.contacts(all, 2000, e->h.arg);
	world_run(&w, 0);
	assert_true(world_has(w.log, "is left alone: "));
	assert_null(core_buddy_find(a, BOB));
	/* Nothing is made of it. */
	change(a, "B");
	world_run(&w, 0);
	assert_calls(&w, "watch " BOB "\n");
	mem_deref(all);
	mem_deref(label);
	world_close(&w);
	parsed.all = mem_deref(parsed.all);
}


int test_contacts(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(merged),
		cmocka_unit_test(changes),
		cmocka_unit_test(stubborn),
		cmocka_unit_test(turns),
		cmocka_unit_test(card),
		cmocka_unit_test(declared),
		cmocka_unit_test(removed_twice),
		cmocka_unit_test(untold),
		cmocka_unit_test(as_before),
		cmocka_unit_test(faster),
		cmocka_unit_test(another),
		cmocka_unit_test(odd_peers),
		cmocka_unit_test(crowd),
		cmocka_unit_test(too_long),
	};

	return cmocka_run_group_tests_name("contacts", tests, NULL, NULL);
}
