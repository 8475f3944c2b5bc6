/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ms.c - a server that shows what it is: the account changes its dialect, and
 * nothing that was asked of it is lost. */
#include "ms_world.h"

int test_ms(void);

#define BOB "sip:bob@example.org"

enum {
	SEEDS = 30, /* storms */
};


static struct ms_world *open_seeded(uint64_t seed)
{
	struct ms_world *m = ms_world_seeded(seed);

	m->a.config.dialect = "auto";
	m->contacts = "<contactList deltaNum=\"1\"/>";
	m->presence = "<categories uri=\"" BOB "\"><category name=\"state\">"
		      "<state><availability>3500</availability></state>"
		      "</category></categories>";
	return m;
}


static struct ms_world *open_world(void)
{
	return open_seeded(3);
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


/* ---- whatever happens, in whatever order ---- */

static const char *const documents[] = {
	NULL,
	"",
	"<x/>",
	"<contactList deltaNum=\"7\"><group id=\"1\" name=\"~\"/>"
	"<contact uri=\"p1@example.org\" name=\"P\" groups=\"1\"/>"
	"<contact uri=\"p2@example.org\" name=\"\" groups=\"9\"/>"
	"</contactList>",
	"<contactDelta deltaNum=\"8\" prevDeltaNum=\"7\"><deletedContact "
	"uri=\"p1@example.org\"/><addedGroup id=\"2\" name=\"G\"/>"
	"</contactDelta>",
	"<contactDelta deltaNum=\"20\" prevDeltaNum=\"19\"/>",
	"<list uri=\"sip:alice@example.org\" fullState=\"true\"><resource "
	"uri=\"sip:p1@example.org\"><instance state=\"resubscribe\" "
	"poolFqdn=\"sip:pool.example.org\"/></resource><resource "
	"uri=\"sip:p2@example.org\"><instance state=\"resubscribe\"/>"
	"</resource><resource uri=\"sip:p3@example.org\"><instance "
	"state=\"terminated\" reason=\"rejected\"/></resource></list>",
	"<list fullState=\"true\"/>",
	"<list fullState=\"false\"><resource uri=\"sip:p1@example.org\">"
	"<instance state=\"resubscribe\" "
	"poolFqdn=\"sip:alice@example.org\"/></resource></list>",
	"<categories uri=\"sip:p1@example.org\"><category name=\"state\">"
	"<state><availability>3500</availability></state></category>"
	"</categories>",
	"<categories uri=\"sip:p2@example.org\"><category name=\"state\"/>"
	"<category name=\"note\"/></categories>",
	"<roamingData><categories><category name=\"state\" "
	"instance=\"536870912\" container=\"2\" version=\"3\"><state>"
	"<availability>6500</availability></state></category></categories>"
	"<containers><container id=\"200\" version=\"2\"><member "
	"type=\"user\" value=\"p1@example.org\"/></container></containers>"
	"<subscribers><subscriber user=\"p1@example.org\" "
	"acknowledged=\"false\"/><subscriber user=\"p2@example.org\" "
	"acknowledged=\"false\"/></subscribers></roamingData>",
	"<roamingData><categories/></roamingData>",
	"<fault><Faultcode>Client.BadCall.WrongDelta</Faultcode><details>"
	"<operation index=\"1\" version=\"0\" curVersion=\"9\"/>"
	"<operation index=\"77\" curVersion=\"1\"/></details></fault>",
	"<Envelope><Body><addGroup><groupID>2</groupID></addGroup></Body>"
	"</Envelope>",
};

static const char *const types[] = {
	MSDOC_CATEGORIES_TYPE,
	MSDOC_RLMI_TYPE,
	MSDOC_SELF_TYPE,
	MSDOC_SOAP_TYPE,
	"application/pidf+xml",
	"multipart/related;boundary=x",
};


static uint32_t die(struct ms_world *m, uint32_t n)
{
	return rand_below(memnet_rand(m->w.mn), n);
}


static void whim_h(
	struct ms_world *m, const struct msg *req, struct ms_answer *a)
{
	static const uint16_t statuses[] = {
		0, 202, 400, 403, 404, 409, 420, 480, 481, 488, 500, 503};

	if (m->s.n > SERVER_MAX - 500)
		server_forget(&m->s);
	if (die(m, 3))
		a->body = documents[die(m, UNIT_N(documents))];
	if (!die(m, 2))
		a->type = types[die(m, UNIT_N(types))];
	if (!die(m, 4))
		a->status = statuses[die(m, UNIT_N(statuses))];
	(void)req;
}


static void whim_tell(struct ms_world *m)
{
	static const char *const events[] = {MS_SELF, MS_CONTACTS, "presence"};
	const char *event = events[die(m, UNIT_N(events))];
	const char *text = documents[die(m, UNIT_N(documents))];

	if (m->s.conn && ms_subscribe_last(m, event))
		ms_put(m, event, types[die(m, UNIT_N(types))],
			text ? text : "");
}


static void whim_ask(struct ms_world *m)
{
	static const char *const groups[] = {"G", "H", NULL};
	char peer[64];
	const struct endpoint_contact contact = {
		.peer = peer, .name = "N", .groups = groups + die(m, 3)};
	enum endpoint_verdict verdict;
	struct presence *p;

	(void)snprintf(peer, sizeof(peer), "sip:p%u@%s", die(m, 6),
		die(m, 3) ? "example.org" : "far.example.com");
	switch (die(m, 10)) {
	case 0:
	case 1:
		endpoint_watch(m->a.e, peer);
		break;
	case 2:
		endpoint_unwatch(m->a.e, peer);
		break;
	case 3:
		endpoint_contact_set(m->a.e, &contact);
		break;
	case 4:
		endpoint_contact_drop(m->a.e, peer);
		break;
	case 5:
		verdict = die(m, 5);
		endpoint_decide(m->a.e, peer, verdict, verdict);
		break;
	case 6:
		p = presence_alloc(PRESENCE_ONLINE, die(m, 6), NULL, NULL);
		endpoint_publish(m->a.e, p, die(m, 3), die(m, 2));
		mem_deref(p);
		break;
	case 7:
		endpoint_fetch(m->a.e, peer);
		break;
	case 8:
		endpoint_send(m->a.e, peer, "hi", die(m, 1000));
		break;
	default:
		endpoint_typing(m->a.e, peer, die(m, 2));
		break;
	}
}


static void whim(struct ms_world *m)
{
	switch (die(m, 40)) {
	case 0:
		m->s.conn = mem_deref(m->s.conn);
		break;
	case 1:
		endpoint_sign_out(m->a.e, 500, NULL, NULL);
		break;
	case 2:
	case 3:
		endpoint_sign_in(m->a.e);
		break;
	case 4:
		m->plain = !m->plain;
		break;
	default:
		if (die(m, 3))
			whim_ask(m);
		else
			whim_tell(m);
		break;
	}
	m->a.log[0] = '\0';
	ms_run(m, die(m, 4) ? die(m, 60) : die(m, 20 * 1000));
}


/* A server that answers as it likes, people who want all at once, connections
 * that break; at the end the account goes where it stands. */
static void storm(void **state)
{
	unsigned i, k;

	(void)state;
	for (i = 0; i < SEEDS; i++) {
		struct ms_world *m = open_seeded(i);

		m->h = whim_h;
		m->a.watchers = i % 3 ? ENDPOINT_ALLOW : ENDPOINT_PENDING;
		if (i % 2)
			m->a.config.dialect = "microsoft";
		person_start(&m->a);
		for (k = 0; k < 150; k++)
			whim(m);
		ms_world_close(m);
	}
}


int test_ms(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found_out),
		cmocka_unit_test(answers),
		cmocka_unit_test(leaves),
		cmocka_unit_test(decided),
		cmocka_unit_test(storm),
	};

	return cmocka_run_group_tests_name("ms", tests, NULL, NULL);
}
