/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ms.c - a server that shows what it is: the account changes its dialect, and
 * nothing that was asked of it is lost. */
#include "ms_world.h"

int test_ms(void);

#define BOB "sip:bob@example.org"


static struct ms_world *open_world(void)
{
	struct ms_world *m = ms_world_make();

	m->a.config.dialect = "auto";
	m->contacts = "<contactList deltaNum=\"1\"/>";
	m->presence = "<categories uri=\"" BOB "\"><category name=\"state\">"
		      "<state><availability>3500</availability></state>"
		      "</category></categories>";
	return m;
}


/* Who was watched is, what was asked is answered, a text comes back. */
static void found_out(void **state)
{
	struct ms_world *m = open_world();
	unsigned i;

	(void)state;
	person_start(&m->a);
	endpoint_watch(m->a.e, BOB);
	/* At every moment of the change. */
	for (i = 0; i < 40; i++) {
		endpoint_send(m->a.e, BOB, "hi", i + 1);
		endpoint_fetch(m->a.e, BOB);
		ms_run(m, 5);
	}
	ms_run(m, 5000);
	assert_non_null(strstr(m->a.log, "online "));
	assert_non_null(strstr(m->a.log, "bob=online "));
	for (i = 0; i < 40; i++) {
		char word[16];

		(void)snprintf(word, sizeof(word), "%u=", i + 1);
		assert_non_null(strstr(m->a.log, word));
	}
	m->a.log[0] = '\0';
	endpoint_fetch(m->a.e, BOB);
	ms_run(m, 500);
	assert_log(&m->a, "bob?=online ");
	ms_world_close(m);
}


/* A fetch and a text for each moment: as many answers. */
static void answers(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < 60; i++) {
		struct ms_world *m = open_world();

		person_start(&m->a);
		ms_run(m, i);
		endpoint_fetch(m->a.e, BOB);
		endpoint_send(m->a.e, BOB, "hi", 7);
		ms_run(m, 40 * 1000);
		assert_non_null(strstr(m->a.log, "bob?="));
		assert_non_null(strstr(m->a.log, "7="));
		ms_world_close(m);
	}
}


/* Signed out, signed in again, or gone, at every moment of the change. */
static void leaves(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < 60; i++) {
		struct ms_world *m = open_world();

		person_start(&m->a);
		ms_run(m, i);
		m->a.log[0] = '\0';
		endpoint_sign_out(m->a.e, 2000, person_done_h, &m->a);
		ms_run(m, 5000);
		assert_non_null(strstr(m->a.log, "offline "));
		assert_non_null(strstr(m->a.log, "done "));
		endpoint_sign_in(m->a.e);
		ms_run(m, 10 * 1000);
		assert_non_null(strstr(m->a.log, " online "));
		ms_world_close(m);
		m = open_world();
		person_start(&m->a);
		endpoint_watch(m->a.e, BOB);
		ms_run(m, i);
		m->a.e = mem_deref(m->a.e);
		ms_world_close(m);
	}
}


/* Once it has taken us as what it seemed to be, it is that. */
static void decided(void **state)
{
	struct ms_world *m = open_world();

	(void)state;
	m->plain = true;
	ms_world_start(m);
	assert_non_null(strstr(m->a.log, "online "));
	m->plain = false;
	ms_break(m);
	assert_int_equal(ms_subscribes(m, MS_SELF), 0);
	assert_true(server_count(&m->s, "REGISTER") > 1);
	ms_world_close(m);
}


int test_ms(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found_out),
		cmocka_unit_test(answers),
		cmocka_unit_test(leaves),
		cmocka_unit_test(decided),
	};

	return cmocka_run_group_tests_name("ms", tests, NULL, NULL);
}
