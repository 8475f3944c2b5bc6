/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A registrar that ends a registration by itself. */
#include "world.h"

int test_deregister(void);


struct fixture {
	struct world w;
	struct server s;
	struct node a;
};

static const struct ua_profile notices = {
	.from_params = ";epid=0123456789",
	.microsoft = true,
};


static void registrar_h(struct server *s, const struct msg *req, void *arg)
{
	struct mbuf *mb = mbuf_alloc(4096);
	struct pl contact;
	char *headers;

	(void)arg;
	if (req->method == MSG_REGISTER) {
		assert_true(msg_value(req, HDR_CONTACT, &contact));
		(void)mbuf_printf(
			mb, "Contact: %.*s;expires=600\r\n", PL_ARG(&contact));
		headers = mbuf_strdup(mb);
		server_reply(s, req, 200, "t", headers, NULL);
		mem_deref(headers);
	}
	mem_deref(mb);
}


static void open_all(struct fixture *f, const struct ua_profile *profile)
{
	world_open(&f->w, 5);
	server_open(&f->s, &f->w, "192.0.2.9", registrar_h, NULL);
	node_open(&f->a, &f->w, "alice", "192.0.2.1",
		"sip:192.0.2.9;transport=udp");
	f->a.config.profile = profile;
	node_start(&f->a);
	world_run(&f->w, 100);
	assert_log(&f->a, "connecting online ");
}


static void close_all(struct fixture *f)
{
	node_close(&f->a);
	server_close(&f->s);
	world_close(&f->w);
}


static void tell(struct fixture *f, const char *method, const char *headers,
	const char *text)
{
	server_printf(&f->s, "192.0.2.1", sa_port(&f->s.peer),
		"%s sip:alice@192.0.2.1 SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKd\r\n"
		"From: <sip:alice@example.org>;tag=r\r\n"
		"To: <sip:alice@example.org>;tag=x\r\n"
		"Call-ID: d\r\nCSeq: 1 %s\r\nMax-Forwards: 70\r\n"
		"Contact: <sip:192.0.2.9>\r\n"
		"Event: registration-notify\r\n"
		"subscription-state: terminated;expires=0\r\n"
		"Content-Type: text/registration-event\r\n%s"
		"Content-Length: %zu\r\n\r\n%s",
		method, method, headers, strlen(text), text);
	world_run(&f->w, 10);
}


static const struct row {
	const char *method;
	const char *headers;
	const char *body;
	const char *log;
	const char *why;
	size_t registers; /* after a minute */
} rows[] = {
	{"BENOTIFY", "", "deregistered;event=unregistered", "failed ",
		"signed out: you signed in somewhere else", 1},
	{"NOTIFY", "", "deregistered;event=rejected\r\n", "failed ",
		"signed out: the server refuses this account now", 1},
	{"BENOTIFY", "ms-diagnostics-public: 4141;reason=\"User disabled\"\r\n",
		"deregistered;event=rejected", "failed ",
		"this account is disabled (User disabled)", 1},
	{"BENOTIFY", "", "deregistered;event=deactivated", "connecting online ",
		NULL, 2},
	{"BENOTIFY", "", "deregistered;event=something", "failed ",
		"signed out by the server", 1},
	{"BENOTIFY", "", "registered", "", NULL, 1},
	{"BENOTIFY", "", "", "", NULL, 1},
};


static void test_endings(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		const struct row *row = &rows[i];
		struct fixture *f = mem_zalloc(sizeof(*f), NULL);
		size_t answered = strcmp(row->method, "NOTIFY") ? 0 : 1;

		open_all(f, &notices);
		tell(f, row->method, row->headers, row->body);
		world_run(&f->w, 60 * 1000);
		assert_log(&f->a, row->log);
		if (row->why)
			assert_string_equal(f->a.why, row->why);
		assert_int_equal(
			server_count(&f->s, "REGISTER"), row->registers);
		assert_int_equal(server_count(&f->s, row->method), answered);
		close_all(f);
		mem_deref(f);
	}
}


/* Who never asked for it is not signed out by a stranger. */
static void test_not_asked(void **state)
{
	struct fixture *f = mem_zalloc(sizeof(*f), NULL);
	const struct ua_profile none = {.from_params = ";epid=1"};

	(void)state;
	open_all(f, &none);
	tell(f, "NOTIFY", "", "deregistered;event=rejected");
	assert_log(&f->a, "");
	assert_int_equal(server_last(&f->s, "NOTIFY")->status, 489);
	close_all(f);
	mem_deref(f);
}


/* Nor is anybody by another than the registrar. */
static void test_elsewhere(void **state)
{
	struct fixture *f = mem_zalloc(sizeof(*f), NULL);
	struct server other;
	uint16_t port;

	(void)state;
	open_all(f, &notices);
	port = sa_port(&f->s.peer);
	server_open(&other, &f->w, "192.0.2.66", NULL, NULL);
	server_printf(&other, "192.0.2.1", port,
		"BENOTIFY sip:alice@192.0.2.1 SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 192.0.2.66:5060;branch=z9hG4bKe\r\n"
		"From: <sip:alice@example.org>;tag=r\r\n"
		"To: <sip:alice@example.org>;tag=x\r\nCall-ID: e\r\n"
		"CSeq: 1 BENOTIFY\r\nMax-Forwards: 70\r\n"
		"Event: registration-notify\r\n"
		"Content-Type: text/registration-event\r\n"
		"Content-Length: 31\r\n\r\nderegistered;event=unregistered");
	world_run(&f->w, 1000);
	assert_log(&f->a, "");
	server_close(&other);
	close_all(f);
	mem_deref(f);
}


int test_deregister(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_endings),
		cmocka_unit_test(test_not_asked),
		cmocka_unit_test(test_elsewhere),
	};

	return cmocka_run_group_tests_name("deregister", tests, NULL, NULL);
}
