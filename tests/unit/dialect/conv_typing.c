/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conv_typing.c - typing notices both ways (RFC 3994, IC1 to IC3). */
#include "people.h"


int test_conv_typing(void);


static struct two *two_with(const char *session)
{
	struct two *t = two_make();

	t->a.config.session = t->b.config.session = session;
	person_start(&t->a);
	person_start(&t->b);
	two_run(t, 10);
	t->a.log[0] = t->b.log[0] = '\0';
	return t;
}


/* Typing, 15 s without a key, typing again, the line emptied, a text. */
static void test_rules(void **state)
{
	static const char *const settings[] = {"page", "session", "auto"};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(settings); i++) {
		struct two *t = two_with(settings[i]);

		endpoint_typing(t->a.e, t->b.aor, true);
		two_run(t, 100);
		assert_non_null(strstr(t->b.log, "alice:typing "));
		t->b.log[0] = '\0';
		endpoint_typing(t->a.e, t->b.aor, true);
		two_run(t, 14 * 1000);
		assert_log(&t->b, "");
		two_run(t, 2000);
		assert_log(&t->b, "alice:idle ");
		endpoint_typing(t->a.e, t->b.aor, true);
		two_run(t, 100);
		assert_log(&t->b, "alice:typing ");
		endpoint_typing(t->a.e, t->b.aor, false);
		two_run(t, 100);
		assert_log(&t->b, "alice:idle ");
		endpoint_typing(t->a.e, t->b.aor, true);
		two_run(t, 100);
		assert_log(&t->b, "alice:typing ");
		endpoint_send(t->a.e, t->b.aor, "hi", 1);
		two_run(t, 100);
		/* The text itself says that it is over. */
		assert_log(&t->b,
			i ? "alice:idle alice::hi " : "alice:idle alice:hi ");
		two_run(t, 60 * 1000);
		assert_log(&t->b, "");
		two_close(t);
	}
}


/* The peer goes on for long; it dies: the notice runs out. */
static void test_refreshed(void **state)
{
	struct two *t = two_with("page");
	int i;

	(void)state;
	for (i = 0; i < 30; i++) {
		endpoint_typing(t->a.e, t->b.aor, true);
		two_run(t, 10 * 1000);
	}
	assert_log(&t->b, "alice:typing ");
	memnet_cut(t->a.host, t->b.host, true);
	two_run(t, 123 * 1000);
	assert_log(&t->b, "alice:idle ");
	two_close(t);
}


static void test_switched_off(void **state)
{
	struct two *t = two_make();

	(void)state;
	t->a.config.typing = false;
	t->a.config.session = "page";
	person_start(&t->a);
	person_start(&t->b);
	two_run(t, 10);
	t->b.log[0] = '\0';
	endpoint_typing(t->a.e, t->b.aor, true);
	two_run(t, 1000);
	assert_log(&t->b, "");
	two_close(t);
}


/* IC3: who refuses one gets no more, texts go on. */
static void picky_h(struct server *s, const struct msg *req, void *arg)
{
	bool text = msg_type_is(&req->content_type, "text/plain");

	(void)arg;
	server_reply(s, req, text ? 200 : 415, "k", NULL, NULL);
}


static void test_refused(void **state)
{
	struct two *t = two_make();
	struct server s;

	(void)state;
	server_open(&s, &t->w, "192.0.2.9", picky_h, NULL);
	t->a.config.session = "page";
	person_start(&t->a);
	two_run(t, 10);
	endpoint_typing(t->a.e, "sip:kim@192.0.2.9", true);
	two_run(t, 20 * 1000);
	endpoint_typing(t->a.e, "sip:kim@192.0.2.9", true);
	two_run(t, 20 * 1000);
	assert_int_equal(server_count(&s, "MESSAGE"), 1);
	t->a.log[0] = '\0';
	endpoint_send(t->a.e, "sip:kim@192.0.2.9", "hi", 1);
	two_run(t, 1000);
	assert_log(&t->a, "1=delivered/page ");
	server_close(&s);
	two_close(t);
}


/* Given while the session opens: sent in order once it stands. */
static void test_while_opening(void **state)
{
	struct two *t = two_with("auto");
	const struct memnet_faults slow = {.delay_min = 100, .delay_max = 100};

	(void)state;
	memnet_set_faults(t->w.mn, &slow);
	endpoint_typing(t->a.e, t->b.aor, true);
	two_run(t, 50);
	endpoint_send(t->a.e, t->b.aor, "one", 1);
	endpoint_typing(t->a.e, t->b.aor, true);
	endpoint_send(t->a.e, t->b.aor, "two", 2);
	two_run(t, 5000);
	assert_non_null(strstr(t->b.log, "alice::one "));
	assert_true(strstr(t->b.log, "alice:typing ") <
		strstr(t->b.log, "alice::one "));
	assert_true(strstr(t->b.log, "alice::one ") <
		strstr(t->b.log, "alice::two "));
	assert_non_null(
		strstr(t->a.log, "1=delivered/session 2=delivered/session "));
	two_close(t);
}


/* The session ends: their typing with it. */
static void test_ends_with_session(void **state)
{
	struct two *t = two_with("session");

	(void)state;
	endpoint_typing(t->a.e, t->b.aor, true);
	two_run(t, 100);
	endpoint_typing(t->b.e, t->a.aor, true);
	two_run(t, 100);
	t->a.log[0] = t->b.log[0] = '\0';
	endpoint_chat_close(t->a.e, t->b.aor);
	two_run(t, 3000);
	assert_non_null(strstr(t->a.log, "bob:idle "));
	assert_non_null(strstr(t->b.log, "alice:idle "));
	two_close(t);
}


/* ---- KeyboardActivity ---- */

#define KEYBOARD(word)                              \
	"<?xml version=\"1.0\"?><KeyboardActivity>" \
	"<status status=\"" word "\" /></KeyboardActivity>"
#define SDP_IM                                       \
	"v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\n" \
	"c=IN IP4 192.0.2.9\r\nt=0 0\r\nm=message 5060 sip null\r\n"


static void session_h(struct server *s, const struct msg *req, void *arg)
{
	(void)arg;
	if (req->method == MSG_INVITE)
		server_reply(s, req, 200, "k",
			"Contact: <sip:kim@192.0.2.9>\r\n", SDP_IM);
	else if (req->method != MSG_ACK)
		server_reply(s, req, 200, "k", NULL, NULL);
}


static void info(struct server *s, unsigned cseq, const char *text)
{
	const struct msg *invite = server_last(s, "INVITE");

	server_printf(s, "192.0.2.1", 5060,
		"INFO sip:alice@192.0.2.1 SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKi%u\r\n"
		"Max-Forwards: 70\r\nFrom: <sip:kim@192.0.2.9>;tag=k\r\n"
		"To: <sip:alice@192.0.2.1>;tag=%.*s\r\nCall-ID: %.*s\r\n"
		"CSeq: %u INFO\r\nContent-Type: application/xml\r\n"
		"Content-Length: %u\r\n\r\n%s",
		cseq, PL_ARG(&invite->from.tag), PL_ARG(&invite->call_id), cseq,
		(unsigned)strlen(text), text);
}


/* Who speaks it in a session is answered in it, by INFO; the next session
 * begins with isComposing. */
static void test_keyboard(void **state)
{
	static const char kim[] = "sip:kim@192.0.2.9";
	struct two *t = two_make();
	struct server s;

	(void)state;
	server_open(&s, &t->w, "192.0.2.9", session_h, NULL);
	t->a.config.session = "session";
	person_start(&t->a);
	two_run(t, 10);
	endpoint_chat_open(t->a.e, kim);
	two_run(t, 100);
	t->a.log[0] = '\0';
	info(&s, 1, KEYBOARD("type"));
	two_run(t, 100);
	assert_log(&t->a, "kim:typing ");
	info(&s, 2, KEYBOARD("idle"));
	two_run(t, 100);
	assert_log(&t->a, "kim:idle ");
	info(&s, 3, KEYBOARD("type"));
	two_run(t, 31 * 1000);
	assert_log(&t->a, "kim:typing kim:idle ");
	server_forget(&s);
	endpoint_typing(t->a.e, kim, true);
	two_run(t, 100);
	assert_pl(server_last(&s, "INFO")->body, KEYBOARD("type"));
	two_run(t, 6000);
	assert_pl(server_last(&s, "INFO")->body, KEYBOARD("idle"));
	assert_int_equal(server_count(&s, "INFO"), 2);
	endpoint_chat_close(t->a.e, kim);
	two_run(t, 3000);
	server_forget(&s);
	endpoint_typing(t->a.e, kim, true);
	two_run(t, 1000);
	assert_int_equal(server_count(&s, "INFO"), 0);
	assert_int_equal(server_count(&s, "MESSAGE"), 1);
	server_close(&s);
	two_close(t);
}


int test_conv_typing(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_refreshed),
		cmocka_unit_test(test_switched_off),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_while_opening),
		cmocka_unit_test(test_ends_with_session),
		cmocka_unit_test(test_keyboard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
