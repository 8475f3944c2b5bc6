/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions with Microsoft clients, which write and hang up where RFC 3261 has
 * no dialog yet. */
#include <string.h>
#include "world.h"

int test_session_ms(void);


#define SDP                                                          \
	"v=0\r\no=- 0 0 IN IP4 192.0.2.9\r\ns=session\r\n"           \
	"c=IN IP4 192.0.2.9\r\nt=0 0\r\nm=message 5060 sip null\r\n" \
	"a=accept-types:text/plain\r\n"


static const struct ua_profile microsoft = {.microsoft = true};

struct fixture {
	struct world w;
	struct server s;
	struct node a;
	struct msg *invite; /* ours, as it arrived */
};


/* A peer that rings and does not answer. */
static void ringing_h(struct server *s, const struct msg *req, void *arg)
{
	struct fixture *f = arg;

	if (req->method != MSG_INVITE)
		return;
	mem_deref(f->invite);
	f->invite = mem_ref((void *)(uintptr_t)req);
	server_reply(
		s, req, 180, "k", "Contact: <sip:kim@192.0.2.9>\r\n", NULL);
}


static struct fixture *fixture_open(const struct ua_profile *profile)
{
	struct fixture *f = mem_zalloc(sizeof(*f), NULL);

	world_open(&f->w, 17);
	server_open(&f->s, &f->w, "192.0.2.9", ringing_h, f);
	node_open(&f->a, &f->w, "alice", "192.0.2.1", NULL);
	f->a.config.profile = profile;
	node_start(&f->a);
	world_run(&f->w, 10);
	f->a.log[0] = '\0';
	return f;
}


static void fixture_close(struct fixture *f)
{
	node_close(&f->a);
	server_close(&f->s);
	world_close(&f->w);
	mem_deref(f->invite);
	mem_deref(f);
}


static void say(struct fixture *f, const char *method, unsigned cseq,
	const char *to_tag, const struct pl *call_id, const char *type,
	const char *body)
{
	server_printf(&f->s, "192.0.2.1", 5060,
		"%s sip:alice@192.0.2.1 SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK%s\r\n"
		"From: <sip:kim@192.0.2.9>;tag=k\r\n"
		"To: <sip:alice@192.0.2.1>%s\r\nCall-ID: %.*s\r\n"
		"CSeq: %u %s\r\nContact: <sip:kim@192.0.2.9>\r\n"
		"Content-Type: %s\r\nContent-Length: %zu\r\n\r\n%s",
		method, method, to_tag, PL_ARG(call_id), cseq, method, type,
		strlen(body), body);
	world_run(&f->w, 10);
}


static uint16_t answer_to(const struct fixture *f, const char *method)
{
	const struct msg *msg = server_last(&f->s, method);

	assert_non_null(msg);
	assert_false(msg->request);
	return msg->status;
}


/* BYE without our tag, from who has not got our answer yet: SIPE gives its
 * own INVITE up. Of others it is in no dialog. */
static void test_given_up(void **state)
{
	static const struct {
		const char *log;
		uint16_t invite, bye;
		const struct ua_profile *profile;
		bool accepts;
	} table[] = {
		{"closed:them ", 487, 200, &microsoft, false},
		{"closed:them ", 200, 200, &microsoft, true},
		{"", 180, 481, NULL, false},
		{"", 200, 481, NULL, true},
	};
	const struct pl id = PL("c1");
	struct fixture *f;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); ++i) {
		f = fixture_open(table[i].profile);
		f->a.auto_accept = table[i].accepts;
		f->a.auto_ring = !table[i].accepts;
		say(f, "INVITE", 1, "", &id, "application/sdp", SDP);
		assert_log(&f->a, "invite:sip:kim@192.0.2.9 ");
		say(f, "BYE", 2, "", &id, "text/plain", "");
		assert_int_equal(answer_to(f, "BYE"), table[i].bye);
		assert_int_equal(answer_to(f, "INVITE"), table[i].invite);
		assert_log(&f->a, table[i].log);
		fixture_close(f);
	}
}


/* A text of who has not answered our INVITE yet. */
static void test_early_text(void **state)
{
	static const struct {
		const char *log;
		uint16_t status;
		const struct ua_profile *profile;
	} table[] = {
		{"ringing MESSAGE:hi ", 200, &microsoft},
		{"ringing ", 481, NULL},
	};
	struct ua_session_handlers h = node_session_h;
	struct ua_session *session;
	struct fixture *f;
	char *tag;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); ++i) {
		f = fixture_open(table[i].profile);
		h.arg = &f->a;
		assert_int_equal(
			ua_session_invite(&session, f->a.ua,
				"sip:kim@192.0.2.9;transport=udp", NULL, &h),
			0);
		world_run(&f->w, 1000);
		assert_non_null(f->invite);
		tag = mem_printf(";tag=%.*s", PL_ARG(&f->invite->from.tag));
		say(f, "MESSAGE", 1, tag, &f->invite->call_id, "text/plain",
			"hi");
		assert_int_equal(answer_to(f, "MESSAGE"), table[i].status);
		assert_log(&f->a, table[i].log);
		mem_deref(tag);
		mem_deref(session);
		fixture_close(f);
	}
}


int test_session_ms(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_given_up),
		cmocka_unit_test(test_early_text),
	};

	return cmocka_run_group_tests_name("session_ms", tests, NULL, NULL);
}
