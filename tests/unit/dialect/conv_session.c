/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conv_session.c - the life of a session, seen from both sides. */
#include "people.h"


int test_conv_session(void);


static void talk(struct two *t)
{
	endpoint_chat_open(t->a.e, t->b.aor);
	two_run(t, 100);
	assert_non_null(strstr(t->a.log, "bob:open/session/us "));
	assert_non_null(strstr(t->b.log, "alice:open/session/them "));
	assert_non_null(endpoint_chat_transport(t->a.e, t->b.aor));
	assert_string_equal(endpoint_chat_transport(t->a.e, t->b.aor),
		endpoint_chat_transport(t->b.e, t->a.aor));
	t->a.log[0] = t->b.log[0] = '\0';
}


static void test_whole_life(void **state)
{
	struct two *t = two_open();
	int i;

	(void)state;
	assert_null(endpoint_chat_transport(t->a.e, t->b.aor));
	/* Opened anew after its end by either side. */
	for (i = 0; i < 3; i++) {
		talk(t);
		endpoint_send(t->a.e, t->b.aor, "hi", 1);
		endpoint_send(t->b.e, t->a.aor, "hello", 2);
		two_run(t, 100);
		assert_log(&t->a, "bob::hello 1=delivered/session ");
		assert_log(&t->b, "alice::hi 2=delivered/session ");
		endpoint_chat_close(
			i % 2 ? t->b.e : t->a.e, i % 2 ? t->a.aor : t->b.aor);
		assert_log(&t->a, "");
		two_run(t, 100);
		assert_log(&t->a,
			i % 2 ? "bob:closed/session/them "
			      : "bob:closed/session/us ");
		assert_log(&t->b,
			i % 2 ? "alice:closed/session/us "
			      : "alice:closed/session/them ");
		assert_null(endpoint_chat_transport(t->a.e, t->b.aor));
	}
	two_close(t);
}


/* What was given right before the end arrives before it. */
static void test_text_then_close(void **state)
{
	struct two *t = two_open();

	(void)state;
	talk(t);
	endpoint_send(t->a.e, t->b.aor, "one", 1);
	two_run(t, 0);
	endpoint_chat_close(t->a.e, t->b.aor);
	two_run(t, 3000);
	assert_non_null(strstr(t->a.log, "1=delivered/session "));
	assert_log(&t->b, "alice::one alice:closed/session/them ");
	/* What had not left by then opens nothing again. */
	talk(t);
	endpoint_send(t->a.e, t->b.aor, "two", 2);
	endpoint_chat_close(t->a.e, t->b.aor);
	two_run(t, 3000);
	assert_log(&t->a, "bob:closed/session/us 2=delivered/page ");
	assert_non_null(strstr(t->b.log, "alice:two "));
	assert_null(strstr(t->b.log, "open"));
	two_close(t);
}


/* Exactly one session remains, known to both, and texts flow in it. */
static void test_glare(void **state)
{
	static const char *const settings[] = {"session", "auto"};
	uint32_t delay;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(settings); i++) {
		for (delay = 0; delay <= 200; delay += 50) {
			const struct memnet_faults slow = {
				.delay_min = delay / 2, .delay_max = delay};
			struct two *t = two_make();

			t->a.config.session = settings[i];
			t->b.config.session = settings[i];
			person_start(&t->a);
			person_start(&t->b);
			two_run(t, 10);
			memnet_set_faults(t->w.mn, &slow);
			endpoint_chat_open(t->a.e, t->b.aor);
			endpoint_chat_open(t->b.e, t->a.aor);
			/* Sooner than any retry after a 491. */
			two_run(t, 2000);
			assert_non_null(strstr(t->a.log, ":open/session/"));
			assert_non_null(strstr(t->b.log, ":open/session/"));
			assert_null(strstr(t->a.log, "closed"));
			assert_null(strstr(t->b.log, "closed"));
			t->a.log[0] = t->b.log[0] = '\0';
			endpoint_send(t->a.e, t->b.aor, "hi", 1);
			endpoint_send(t->b.e, t->a.aor, "hello", 2);
			two_run(t, 2000);
			assert_non_null(
				strstr(t->a.log, "1=delivered/session "));
			assert_non_null(
				strstr(t->b.log, "2=delivered/session "));
			t->a.log[0] = t->b.log[0] = '\0';
			/* One BYE ends all there is. */
			endpoint_chat_close(t->a.e, t->b.aor);
			two_run(t, 5000);
			assert_log(&t->a, "bob:closed/session/us ");
			assert_log(&t->b, "alice:closed/session/them ");
			two_close(t);
		}
	}
}


/* The same where a fifth of all datagrams is lost. */
static void test_glare_with_loss(void **state)
{
	const struct memnet_faults faults = {
		.loss = 200, .twice = 100, .delay_min = 5, .delay_max = 150};
	uint64_t seed;

	(void)state;
	for (seed = 1; seed <= 20; seed++) {
		struct two *t = mem_zalloc(sizeof(*t), NULL);

		world_open(&t->w, seed);
		person_open(&t->a, &t->w, "alice", "192.0.2.1");
		person_open(&t->b, &t->w, "bob", "192.0.2.2");
		t->a.config.session = t->b.config.session = "session";
		person_start(&t->a);
		person_start(&t->b);
		two_run(t, 10);
		memnet_set_faults(t->w.mn, &faults);
		endpoint_chat_open(t->a.e, t->b.aor);
		endpoint_chat_open(t->b.e, t->a.aor);
		two_run(t, 100 * 1000);
		memnet_set_faults(t->w.mn, &(struct memnet_faults){0});
		t->a.log[0] = t->b.log[0] = '\0';
		endpoint_send(t->a.e, t->b.aor, "hi", 1);
		endpoint_send(t->b.e, t->a.aor, "hello", 2);
		two_run(t, 2000);
		if (strcmp(t->a.log, "bob::hello 1=delivered/session ") ||
			strcmp(t->b.log, "alice::hi 2=delivered/session "))
			fail_msg("seed %u: %s| %s", (unsigned)seed, t->a.log,
				t->b.log);
		t->a.log[0] = t->b.log[0] = '\0';
		endpoint_chat_close(t->a.e, t->b.aor);
		two_run(t, 5000);
		assert_log(&t->a, "bob:closed/session/us ");
		assert_log(&t->b, "alice:closed/session/them ");
		two_close(t);
	}
}


static void test_stranger(void **state)
{
	static const struct {
		const char *what;
		const char *caller, *called;
	} rows[] = {
		{"accept", "bob:open/session/us ", "alice:open/session/them "},
		{"timeout", "bob:closed/session/error ",
			"alice:closed/session/error "},
		{"cancel", "bob:closed/session/us ",
			"alice:closed/session/them "},
		{"refuse", "bob:closed/session/error ",
			"alice:closed/session/us "},
		{"sign-out", "bob:closed/session/error ",
			"alice:closed/session/us offline done "},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		struct two *t = two_make();

		t->b.guests = ENDPOINT_PENDING;
		t->a.config.session = "session";
		person_start(&t->a);
		person_start(&t->b);
		two_run(t, 10);
		t->a.log[0] = t->b.log[0] = '\0';
		endpoint_chat_open(t->a.e, t->b.aor);
		two_run(t, 1000);
		assert_log(&t->a, "bob:opening/session/us ");
		assert_log(&t->b, "alice:rings alice:opening/session/them ");
		switch (i) {
		case 0:
			endpoint_chat_open(t->b.e, t->a.aor);
			break;
		case 2:
			endpoint_chat_close(t->a.e, t->b.aor);
			break;
		case 3:
			endpoint_chat_close(t->b.e, t->a.aor);
			break;
		case 4:
			endpoint_sign_out(t->b.e, 2000, person_done_h, &t->b);
			break;
		}
		two_run(t, 61 * 1000);
		assert_log(&t->a, rows[i].caller);
		assert_log(&t->b, rows[i].called);
		two_close(t);
	}
}


static void test_refused(void **state)
{
	static const struct {
		enum endpoint_verdict verdict;
		uint16_t code;
	} rows[] = {
		{ENDPOINT_REFUSE, 403},
		{ENDPOINT_POLITE_BLOCK, 403},
		{ENDPOINT_BUSY, 503},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		struct two *t = two_make();

		t->b.guests = rows[i].verdict;
		t->a.config.session = "session";
		person_start(&t->a);
		person_start(&t->b);
		two_run(t, 10);
		t->b.log[0] = '\0';
		endpoint_chat_open(t->a.e, t->b.aor);
		endpoint_send(t->a.e, t->b.aor, "hi", 1);
		two_run(t, 1000);
		assert_non_null(strstr(t->a.log, "bob:closed/session/error "));
		assert_int_equal(t->a.code, rows[i].code);
		assert_non_null(strstr(t->a.log,
			rows[i].code == 503 ? "1=later " : "1=refused "));
		assert_log(&t->b, "");
		two_close(t);
	}
}


/* The peer is gone without a word and comes back: its 481 ends the session,
 * and the text goes by a new one. */
static void test_peer_started_anew(void **state)
{
	struct two *t = two_open();

	(void)state;
	talk(t);
	t->b.e = mem_deref(t->b.e);
	t->b.stack = mem_deref(t->b.stack);
	endpoint_send(t->a.e, t->b.aor, "one", 1);
	two_run(t, 1000);
	assert_non_null(strstr(t->a.log, "1=later/session "));
	t->a.log[0] = '\0';
	person_start(&t->b);
	two_run(t, 10);
	endpoint_send(t->a.e, t->b.aor, "two", 2);
	two_run(t, 1000);
	assert_non_null(strstr(t->a.log, "bob:closed/session/error "));
	assert_non_null(strstr(t->a.log, "bob:open/session/us "));
	assert_non_null(strstr(t->a.log, "2=delivered/session "));
	assert_non_null(strstr(t->b.log, "alice::two "));
	two_close(t);
}


/* A later INVITE of the same peer replaces the session that stands. */
static void replaced_after(uint64_t ms)
{
	struct two *t = two_open();

	talk(t);
	two_run(t, ms);
	/* Bob forgets it all; Alice still thinks of a session. */
	t->b.e = mem_deref(t->b.e);
	t->b.stack = mem_deref(t->b.stack);
	person_start(&t->b);
	two_run(t, 10);
	t->b.log[0] = '\0';
	endpoint_chat_open(t->b.e, t->a.aor);
	two_run(t, 20 * 1000);
	assert_non_null(strstr(t->b.log, "alice:open/session/us "));
	assert_log(&t->a, "bob:open/session/them ");
	endpoint_send(t->a.e, t->b.aor, "hi", 1);
	two_run(t, 1000);
	assert_log(&t->a, "1=delivered/session ");
	two_close(t);
}


static void test_replaced(void **state)
{
	(void)state;
	replaced_after(0);
	replaced_after(10 * 1000);
}


/* ---- through a server ---- */

#define SDP_IM                                       \
	"v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\n" \
	"c=IN IP4 192.0.2.9\r\nt=0 0\r\nm=message 5060 sip null\r\n"


static void proxy_h(struct server *s, const struct msg *req, void *arg)
{
	char *contact, *headers;

	(void)arg;
	switch (req->method) {
	case MSG_REGISTER:
		contact = header(req, "Contact");
		headers = mem_printf("Contact: %s;expires=3600\r\n", contact);
		server_reply(s, req, 200, "s", headers, NULL);
		mem_deref(contact);
		mem_deref(headers);
		break;
	case MSG_INVITE:
		server_reply(s, req, 200, "k",
			"Contact: <sip:kim@192.0.2.9;transport=tcp>\r\n",
			SDP_IM);
		break;
	case MSG_ACK:
		break;
	default:
		server_reply(s, req, 200, "k", NULL, NULL);
		break;
	}
}


/* The flow is lost and another one made: whoever is in a session with us
 * would go on sending to where we were. */
static void test_moved(void **state)
{
	struct two *t = two_make();
	struct server s;

	(void)state;
	server_open(&s, &t->w, "192.0.2.9", proxy_h, NULL);
	t->a.config.proxy = "sip:192.0.2.9;transport=tcp";
	t->a.config.listen = NULL;
	t->a.config.do_register = true;
	t->a.config.session = "session";
	person_start(&t->a);
	two_run(t, 1000);
	endpoint_chat_open(t->a.e, "sip:kim@192.0.2.9");
	two_run(t, 1000);
	assert_non_null(strstr(t->a.log, "kim:open/session/us "));
	t->a.log[0] = '\0';
	memnet_reset(t->a.host, s.host);
	two_run(t, 60 * 1000);
	assert_non_null(strstr(t->a.log, "online "));
	assert_non_null(strstr(t->a.log, "kim:closed/session/error "));
	assert_string_equal(t->a.why, "the connection was lost");
	t->a.log[0] = '\0';
	endpoint_send(t->a.e, "sip:kim@192.0.2.9", "hi", 1);
	two_run(t, 1000);
	assert_non_null(strstr(t->a.log, "kim:open/session/us "));
	assert_non_null(strstr(t->a.log, "1=delivered/session "));
	server_close(&s);
	two_close(t);
}


int test_conv_session(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_life),
		cmocka_unit_test(test_text_then_close),
		cmocka_unit_test(test_glare),
		cmocka_unit_test(test_glare_with_loss),
		cmocka_unit_test(test_stranger),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_peer_started_anew),
		cmocka_unit_test(test_replaced),
		cmocka_unit_test(test_moved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
