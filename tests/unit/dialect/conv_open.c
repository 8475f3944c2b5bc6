/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conv_open.c - how a conversation opens, by what the peer takes. */
#include "people.h"


int test_conv_open(void);

#define SDP_IM                                       \
	"v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\n" \
	"c=IN IP4 192.0.2.9\r\nt=0 0\r\nm=message 5060 sip null\r\n"


/* A peer by script. */
struct script {
	uint16_t options; /* 0: silence */
	bool sdp; /* in the answer to OPTIONS */
	uint16_t invite;
	unsigned refusals; /* INVITEs that get it, then 200; 0: all */
	uint16_t message;
	unsigned n481; /* MESSAGEs in a dialog that get 481 first */
};


static void script_h(struct server *s, const struct msg *req, void *arg)
{
	struct script *sc = arg;
	const char *sdp = "Contact: <sip:kim@192.0.2.9>\r\n";

	switch (req->method) {
	case MSG_OPTIONS:
		if (sc->options)
			server_reply(s, req, sc->options, "k",
				sc->sdp ? sdp : NULL, sc->sdp ? SDP_IM : NULL);
		break;
	case MSG_INVITE:
		if (sc->invite < 300) {
			server_reply(s, req, 200, "k", sdp, SDP_IM);
			break;
		}
		server_reply(s, req, sc->invite, "k", NULL, NULL);
		if (sc->refusals && !--sc->refusals)
			sc->invite = 200;
		break;
	case MSG_MESSAGE:
		if (sc->n481 && pl_isset(&req->to.tag)) {
			sc->n481--;
			server_reply(s, req, 481, NULL, NULL, NULL);
		} else {
			server_reply(s, req, sc->message, "k", NULL, NULL);
		}
		break;
	case MSG_ACK:
		break;
	default:
		server_reply(s, req, 200, "k", NULL, NULL);
		break;
	}
}


static const char kim[] = "sip:kim@192.0.2.9";


/* chat open by the setting and what the peer says and does. */
static void test_by_peer(void **state)
{
	static const struct {
		const char *session;
		struct script script;
		const char *log;
		size_t options, invites;
	} rows[] = {
		{"auto", {.options = 200, .sdp = true, .invite = 200},
			"kim:opening/page/us kim:open/session/us ", 1, 1},
		{"auto", {.options = 200, .invite = 200},
			"kim:opening/page/us kim:open/page/us ", 1, 0},
		{"auto", {.options = 405, .invite = 200},
			"kim:opening/page/us kim:open/page/us ", 1, 0},
		{"auto", {.options = 0, .invite = 200},
			"kim:opening/page/us kim:open/page/us ", 7, 0},
		{"auto", {.options = 200, .sdp = true, .invite = 488},
			"kim:opening/page/us kim:open/page/us ", 1, 1},
		{"auto", {.options = 200, .sdp = true, .invite = 603},
			"kim:opening/page/us kim:closed/session/error ", 1, 1},
		{"page", {.options = 200, .sdp = true, .invite = 200},
			"kim:open/page/us ", 0, 0},
		{"session", {.options = 200, .invite = 200},
			"kim:opening/session/us kim:open/session/us ", 0, 1},
		{"session", {.options = 200, .invite = 488},
			"kim:opening/session/us kim:closed/session/error ", 0,
			1},
		/* Glare (RFC 3261 14.1): again, after 2.1 to 4 s. */
		{"session", {.invite = 491, .refusals = 2},
			"kim:opening/session/us kim:open/session/us ", 0, 3},
		{"session", {.invite = 491},
			"kim:opening/session/us kim:closed/session/error ", 0,
			5},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		struct two *t = two_make();
		struct script script = rows[i].script;
		struct server s;

		t->a.config.session = rows[i].session;
		server_open(&s, &t->w, "192.0.2.9", script_h, &script);
		person_start(&t->a);
		two_run(t, 10);
		t->a.log[0] = '\0';
		endpoint_chat_open(t->a.e, kim);
		assert_log(&t->a, "");
		two_run(t, 25 * 1000);
		assert_log(&t->a, rows[i].log);
		if (rows[i].options < 2)
			assert_int_equal(
				server_count(&s, "OPTIONS"), rows[i].options);
		assert_int_equal(server_count(&s, "INVITE"), rows[i].invites);
		server_close(&s);
		two_close(t);
	}
}


/* Two seconds, then page mode; what was given meanwhile goes in order. */
static void test_silent_peer(void **state)
{
	struct two *t = two_make();
	struct script script = {.message = 200};
	struct server s;

	(void)state;
	server_open(&s, &t->w, "192.0.2.9", script_h, &script);
	person_start(&t->a);
	two_run(t, 10);
	t->a.log[0] = '\0';
	endpoint_typing(t->a.e, kim, true);
	two_run(t, 10);
	endpoint_send(t->a.e, kim, "one", 1);
	endpoint_send(t->a.e, kim, "two", 2);
	two_run(t, 1900);
	assert_int_equal(server_count(&s, "MESSAGE"), 0);
	two_run(t, 200);
	assert_log(&t->a, "1=delivered/page 2=delivered/page ");
	assert_pl(server_last(&s, "MESSAGE")->body, "two");
	/* The first key has not asked to be told of a chat. */
	assert_null(strstr(t->a.log, "open"));
	/* It is known now. */
	server_forget(&s);
	two_run(t, 40 * 1000);
	server_forget(&s);
	endpoint_chat_open(t->a.e, kim);
	two_run(t, 10);
	assert_log(&t->a, "kim:open/page/us ");
	assert_int_equal(server_count(&s, "OPTIONS"), 0);
	server_close(&s);
	two_close(t);
}


/* The answer is remembered for a day. */
static void test_remembered(void **state)
{
	struct two *t = two_make();
	struct script script = {.options = 200, .message = 200};
	struct server s;

	(void)state;
	server_open(&s, &t->w, "192.0.2.9", script_h, &script);
	person_start(&t->a);
	two_run(t, 10);
	endpoint_chat_open(t->a.e, kim);
	two_run(t, 1000);
	endpoint_chat_close(t->a.e, kim);
	two_run(t, 23 * 3600 * 1000);
	endpoint_chat_open(t->a.e, kim);
	two_run(t, 1000);
	assert_int_equal(server_count(&s, "OPTIONS"), 1);
	endpoint_chat_close(t->a.e, kim);
	two_run(t, 2 * 3600 * 1000);
	endpoint_chat_open(t->a.e, kim);
	two_run(t, 1000);
	assert_int_equal(server_count(&s, "OPTIONS"), 2);
	server_close(&s);
	two_close(t);
}


/* 481 in mid-session: a new session, and the text once more, once. */
static void test_session_lost(void **state)
{
	static const struct {
		unsigned n481;
		const char *outcome;
		size_t invites;
	} rows[] = {
		{1, "1=delivered/session ", 2},
		{2, "1=refused/session ", 2},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		struct two *t = two_make();
		struct script script = {.options = 200,
			.sdp = true,
			.invite = 200,
			.message = 200,
			.n481 = rows[i].n481};
		struct server s;

		server_open(&s, &t->w, "192.0.2.9", script_h, &script);
		person_start(&t->a);
		two_run(t, 10);
		endpoint_chat_open(t->a.e, kim);
		two_run(t, 1000);
		t->a.log[0] = '\0';
		endpoint_send(t->a.e, kim, "hi", 1);
		two_run(t, 1000);
		assert_non_null(strstr(t->a.log, "kim:closed/session/error "));
		assert_non_null(strstr(t->a.log, rows[i].outcome));
		assert_int_equal(server_count(&s, "INVITE"), rows[i].invites);
		server_close(&s);
		two_close(t);
	}
}


/* Page mode while it was away; asked anew once it shows itself. */
static void test_silence_forgotten(void **state)
{
	struct two *t = two_make();

	(void)state;
	person_start(&t->a);
	two_run(t, 10);
	endpoint_chat_open(t->a.e, t->b.aor);
	two_run(t, 3000);
	assert_non_null(strstr(t->a.log, "bob:open/page/us "));
	person_start(&t->b);
	two_run(t, 10);
	endpoint_send(t->b.e, t->a.aor, "hi", 1);
	two_run(t, 1000);
	t->a.log[0] = '\0';
	endpoint_chat_open(t->a.e, t->b.aor);
	two_run(t, 1000);
	assert_non_null(strstr(t->a.log, "bob:open/session/us "));
	two_close(t);
}


int test_conv_open(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_peer),
		cmocka_unit_test(test_silent_peer),
		cmocka_unit_test(test_remembered),
		cmocka_unit_test(test_session_lost),
		cmocka_unit_test(test_silence_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
