/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The subscriber against a server of lists at 192.0.2.9, which names one
 * address for all ways to it and says no last word. */
#include "world.h"

int test_subscribe_list(void);

#define UDP "sip:192.0.2.9;transport=udp"
#define TCP "sip:192.0.2.9;transport=tcp"

struct fixture {
	struct world w;
	struct server s;
	struct node a;
	struct ua_sub *sub;
	unsigned cseq;
	const char *routes; /* Record-Route lines */
	bool stream;
};


static void notify(struct fixture *f, const struct msg *req)
{
	char *text = mem_printf(
		"NOTIFY sip:alice@192.0.2.1 SIP/2.0\r\n"
		"Via: SIP/2.0/%s 192.0.2.9:5060;branch=z9hG4bKn%u\r\n"
		"From: <sip:list@example.org>;tag=t\r\n"
		"To: <sip:alice@example.org>;tag=%.*s\r\n"
		"Call-ID: %.*s\r\nCSeq: %u NOTIFY\r\nMax-Forwards: 70\r\n%s"
		"Contact: <sip:rls@192.0.2.77:5060>\r\nEvent: presence\r\n"
		"Subscription-State: active;expires=600\r\nSIP-ETag: e%u\r\n"
		"Content-Length: 0\r\n\r\n",
		f->stream ? "TCP" : "UDP", f->cseq, PL_ARG(&req->from.tag),
		PL_ARG(&req->call_id), f->cseq, f->routes, f->cseq);

	++f->cseq;
	if (f->stream)
		server_stream(&f->s, "%s", text);
	else
		server_printf(
			&f->s, "192.0.2.1", sa_port(&f->s.peer), "%s", text);
	mem_deref(text);
}


static void answer_subscribe(struct fixture *f, const struct msg *req)
{
	uint32_t expires = 0;
	char *headers = mem_printf("Expires: 600\r\n%s"
				   "Contact: <sip:rls@192.0.2.77:5060>\r\n",
		f->routes);

	char *condition = header(req, "Suppress-If-Match");
	bool same = *condition;

	(void)msg_seconds(req, HDR_EXPIRES, &expires);
	server_reply(&f->s, req, same ? 204 : 200, "t", headers, NULL);
	mem_deref(condition);
	mem_deref(headers);
	if (expires && !same)
		notify(f, req);
}


static void server_h_(struct server *s, const struct msg *req, void *arg)
{
	if (req->method == MSG_REGISTER)
		server_reply(s, req, 200, "s", "Expires: 7200\r\n", NULL);
	else if (req->method == MSG_SUBSCRIBE)
		answer_subscribe(arg, req);
}


static void taken_h(void *arg)
{
	struct node *n = arg;

	node_log(n, "taken ");
}


static struct fixture *fixture_open(
	bool list, const char *routes, const char *proxy)
{
	struct fixture *f = mem_zalloc(sizeof(*f), NULL);
	struct ua_sub_handlers h = node_sub_h;
	const struct ua_sub_config c = {
		.target = "sip:list@example.org",
		.event = "presence",
		.headers = "Supported: eventlist\r\n",
		.expires = 600,
		.list = list,
	};

	f->routes = routes;
	f->stream = strstr(proxy, "tcp");
	f->cseq = 1;
	world_open(&f->w, 11);
	server_open(&f->s, &f->w, "192.0.2.9", server_h_, f);
	node_open(&f->a, &f->w, "alice", "192.0.2.1", proxy);
	node_start(&f->a);
	h.arg = &f->a;
	h.taken = taken_h;
	assert_int_equal(ua_subscribe(&f->sub, f->a.ua, &c, &h), 0);
	world_run(&f->w, 100);
	assert_log(&f->a, "connecting online taken active firstNOTIFY: ");
	return f;
}


static void fixture_close(struct fixture *f)
{
	mem_deref(f->sub);
	node_close(&f->a);
	server_close(&f->s);
	world_run(&f->w, 40 * 1000);
	world_close(&f->w);
	mem_deref(f);
}


/* Each way to the server is the way for all, unless it says another one. */
static void stays(void **state)
{
	static const struct {
		bool list;
		const char *routes;
		bool arrives;
	} rows[] = {
		{true, "", true},
		{true, "Record-Route: <sip:192.0.2.78;lr>\r\n", false},
		{false, "", false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		struct fixture *f =
			fixture_open(rows[i].list, rows[i].routes, UDP);
		const struct msg *req = server_last(&f->s, "SUBSCRIBE");

		ua_sub_refresh(f->sub);
		world_run(&f->w, 100);
		assert_int_equal(server_last(&f->s, "SUBSCRIBE") != req,
			rows[i].arrives);
		if (rows[i].arrives) {
			req = server_last(&f->s, "SUBSCRIBE");
			assert_true(pl_streq(
				&req->uri_text, "sip:rls@192.0.2.77:5060"));
			assert_header(req, "Supported", "eventlist");
			assert_log(&f->a, "taken NOTIFY: ");
		}
		fixture_close(f);
	}
}


/* The 2xx to the last SUBSCRIBE is the end: no notification follows. */
static void ends(void **state)
{
	struct fixture *f = fixture_open(true, "", UDP);
	const struct msg *req;

	(void)state;
	ua_sub_end(f->sub, 2000, node_done_h, &f->a);
	world_run(&f->w, 100);
	assert_log(&f->a, "done ");
	req = server_last(&f->s, "SUBSCRIBE");
	assert_header(req, "Expires", "0");
	assert_header(req, "Supported", "eventlist");
	fixture_close(f);
}


/* RFC 5839: a refresh of what has not changed brings nothing, of which there is
 * no word; after a break all is asked for. */
static void unchanged(void **state)
{
	struct fixture *f = fixture_open(true, "", TCP);

	(void)state;
	world_run(&f->w, 560 * 1000);
	assert_header(
		server_last(&f->s, "SUBSCRIBE"), "Suppress-If-Match", "e1");
	assert_log(&f->a, "");
	f->s.conn = mem_deref(f->s.conn);
	world_run(&f->w, 1000);
	assert_header(server_last(&f->s, "SUBSCRIBE"), "Suppress-If-Match", "");
	assert_log(&f->a, "connecting online taken NOTIFY: ");
	fixture_close(f);
}


int test_subscribe_list(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stays),
		cmocka_unit_test(ends),
		cmocka_unit_test(unchanged),
	};

	return cmocka_run_group_tests_name("subscribe_list", tests, NULL, NULL);
}
