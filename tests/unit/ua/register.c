/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Registration against a scripted registrar at 192.0.2.9. */
#include <errno.h>
#include "world.h"

int test_register(void);


#define PROXY	  "sip:192.0.2.9"
#define TCP_PROXY "sip:192.0.2.9;transport=tcp"
#define CHALLENGE                                                        \
	"WWW-Authenticate: Digest realm=\"example.org\", nonce=\"n1\", " \
	"algorithm=MD5, qop=\"auth\"\r\n"


/* What the registrar does with the next REGISTERs, one step each; the last
 * one stays. */
struct step {
	uint16_t status;
	const char *headers; /* "%c" is the Contact that came */
};


struct script {
	const struct step *steps;
	size_t n, at;
};


static void registrar_h(struct server *s, const struct msg *req, void *arg)
{
	struct script *script = arg;
	const struct step *step = &script->steps[script->at];
	struct mbuf *mb = mbuf_alloc(65536);
	const char *p;
	struct pl contact;
	char *headers;

	if (req->method != MSG_REGISTER) {
		server_reply(s, req, 200, "t", NULL, NULL);
		mem_deref(mb);
		return;
	}
	if (script->at + 1 < script->n)
		++script->at;
	for (p = step->headers ? step->headers : ""; *p; p++) {
		if (p[0] == '%' && p[1] == 'c') {
			assert_true(msg_value(req, HDR_CONTACT, &contact));
			(void)mbuf_write_pl(mb, &contact);
			p++;
		} else {
			(void)mbuf_write_u8(mb, (uint8_t)*p);
		}
	}
	headers = mbuf_strdup(mb);
	if (step->status)
		server_reply(s, req, step->status, "t", headers, NULL);
	mem_deref(headers);
	mem_deref(mb);
}


struct fixture {
	struct world w;
	struct server s;
	struct script script;
	struct node a;
};


static void open_with(struct fixture *f, const struct step *steps, size_t n,
	const char *proxy)
{
	world_open(&f->w, 7);
	f->script = (struct script){.steps = steps, .n = n};
	server_open(&f->s, &f->w, "192.0.2.9", registrar_h, &f->script);
	node_open(&f->a, &f->w, "alice", "192.0.2.1", proxy);
	f->a.user = "alice";
	f->a.password = "secret";
}


static void close_all(struct fixture *f)
{
	node_close(&f->a);
	server_close(&f->s);
	world_close(&f->w);
}


#define OPEN(f_, proxy_, ...)                               \
	static const struct step steps_[] = {__VA_ARGS__};  \
	struct fixture *f_ = mem_zalloc(sizeof(*f_), NULL); \
	open_with(f_, steps_, UNIT_N(steps_), proxy_)
#define CLOSE(f_)              \
	do {                   \
		close_all(f_); \
		mem_deref(f_); \
	} while (0)

#define OK                                         \
	{                                          \
		200, "Contact: %c;expires=600\r\n" \
	}


/* RE1, RE2, RE8: the domain, one Call-ID, CSeq + 1, digest. */
static void test_challenge(void **state)
{
	const struct msg *first, *second;
	OPEN(f, PROXY, {401, CHALLENGE}, OK);

	(void)state;
	node_start(&f->a);
	world_run(&f->w, 100);
	assert_log(&f->a, "connecting ask:example.org online ");
	assert_int_equal(f->s.n, 2);
	first = f->s.msgs[0];
	second = f->s.msgs[1];
	assert_pl(first->uri_text, "sip:example.org");
	assert_pl(first->to.uri_text, "sip:alice@example.org");
	assert_true(pl_eq(&first->call_id, &second->call_id));
	assert_int_equal(second->cseq, first->cseq + 1);
	assert_non_null(msg_hdr(second, HDR_AUTHORIZATION));
	assert_string_equal(ua_transport(f->a.ua), "UDP");
	CLOSE(f);
}


/* RE4, RE5: our own Contact among others decides when to refresh. */
static void test_refresh(void **state)
{
	OPEN(f, PROXY,
		{200,
			"Contact: <sip:alice@198.51.100.7>;expires=20, "
			"%c;expires=600\r\nExpires: 30\r\n"});

	(void)state;
	node_start(&f->a);
	world_run(&f->w, 1000);
	assert_log(&f->a, "connecting online ");
	world_run(&f->w, 530 * 1000);
	assert_int_equal(server_count(&f->s, "REGISTER"), 1);
	world_run(&f->w, 15 * 1000);
	assert_int_equal(server_count(&f->s, "REGISTER"), 2);
	assert_log(&f->a, "");
	CLOSE(f);
}


struct expires_case {
	const char *headers;
	uint32_t refresh; /* seconds */
};


/* Where the time comes from: Contact, Expires, what we asked for. */
static void test_expires(void **state)
{
	static const struct expires_case cases[] = {
		{"Contact: %c;expires=100\r\nExpires: 50\r\n", 40},
		{"Contact: %c\r\nExpires: 50\r\n", 10},
		{"Contact: %c\r\n", 3240},
		{"", 3240},
		{"Contact: %c;expires=30\r\n", 10},
		{"Contact: %c;expires=1000\r\n", 900},
	};
	struct fixture *f;
	struct step step;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		f = mem_zalloc(sizeof(*f), NULL);
		step = (struct step){200, cases[i].headers};
		open_with(f, &step, 1, PROXY);
		node_start(&f->a);
		world_run(&f->w, cases[i].refresh * 1000 - 500);
		assert_int_equal(server_count(&f->s, "REGISTER"), 1);
		world_run(&f->w, 1000);
		assert_int_equal(server_count(&f->s, "REGISTER"), 2);
		CLOSE(f);
	}
}


/* RE6: 423 is obeyed, a senseless one is not. */
static void test_423(void **state)
{
	OPEN(f, PROXY, {423, "Min-Expires: 7200\r\n"},
		{200, "Contact: %c;expires=7200\r\n"});

	(void)state;
	node_start(&f->a);
	world_run(&f->w, 100);
	assert_log(&f->a, "connecting online ");
	assert_int_equal(f->s.n, 2);
	assert_header(f->s.msgs[1], "Expires", "7200");
	assert_true(pl_eq(&f->s.msgs[0]->call_id, &f->s.msgs[1]->call_id));
	CLOSE(f);
}


static void test_423_senseless(void **state)
{
	OPEN(f, PROXY, {423, "Min-Expires: 10\r\n"});

	(void)state;
	node_start(&f->a);
	world_run(&f->w, 100);
	assert_log(&f->a, "connecting failed ");
	assert_int_equal(f->s.n, 1);
	CLOSE(f);
}


/* RE8: a wrong password is told once and not tried again; ua_start() asks
 * anew. */
static void test_wrong_password(void **state)
{
	OPEN(f, PROXY, {401, CHALLENGE}, {401, CHALLENGE}, {401, CHALLENGE},
		OK);

	(void)state;
	node_start(&f->a);
	world_run(&f->w, 3600 * 1000);
	assert_log(&f->a, "connecting ask:example.org failed ");
	assert_string_equal(f->a.why, "wrong password");
	assert_true(f->a.last.wrong_password);
	assert_int_equal(f->a.retry_at, 0);
	assert_int_equal(f->s.n, 2);
	ua_start(f->a.ua);
	world_run(&f->w, 100);
	assert_log(&f->a, "connecting ask:example.org online ");
	CLOSE(f);
}


static void test_no_password(void **state)
{
	OPEN(f, PROXY, {401, CHALLENGE});

	(void)state;
	f->a.password = NULL;
	node_start(&f->a);
	world_run(&f->w, 3600 * 1000);
	assert_log(&f->a, "connecting ask:example.org failed ");
	assert_int_equal(f->a.retry_at, 0);
	assert_int_equal(f->s.n, 1);
	CLOSE(f);
}


/* 403: the server's words, no second try. */
static void test_forbidden(void **state)
{
	OPEN(f, PROXY, {403, "Warning: 399 x \"your account is closed\"\r\n"});

	(void)state;
	node_start(&f->a);
	world_run(&f->w, 3600 * 1000);
	assert_log(&f->a, "connecting failed ");
	assert_int_equal(f->a.last.status, 403);
	assert_non_null(strstr(f->a.why, "your account is closed"));
	assert_int_equal(f->a.retry_at, 0);
	assert_int_equal(f->s.n, 1);
	CLOSE(f);
}


/* FL4: 30-60 s after the first failure, 60-120 s after the second. */
static void test_backoff(void **state)
{
	uint64_t start;
	OPEN(f, PROXY, {500, NULL}, {500, NULL}, OK);

	(void)state;
	node_start(&f->a);
	world_run(&f->w, 100);
	assert_log(&f->a, "connecting failed ");
	assert_true(f->a.retry_at > 0);
	start = memnet_now(f->w.mn);
	while (f->s.n < 2)
		world_run(&f->w, 1000);
	assert_in_range(memnet_now(f->w.mn) - start, 29000, 62000);
	start = memnet_now(f->w.mn);
	while (f->s.n < 3)
		world_run(&f->w, 1000);
	assert_in_range(memnet_now(f->w.mn) - start, 58000, 122000);
	world_run(&f->w, 100);
	assert_log(&f->a, "connecting failed connecting online ");
	CLOSE(f);
}


/* 503 with Retry-After waits at least that long. */
static void test_retry_after(void **state)
{
	OPEN(f, PROXY, {503, "Retry-After: 300\r\n"}, OK);

	(void)state;
	node_start(&f->a);
	world_run(&f->w, 299 * 1000);
	assert_int_equal(f->s.n, 1);
	world_run(&f->w, 3 * 1000);
	assert_int_equal(f->s.n, 2);
	CLOSE(f);
}


/* Nobody there: TCP refuses at once, UDP is silent for 32 s. */
static void test_unreachable(void **state)
{
	struct world w;
	struct node a;

	(void)state;
	world_open(&w, 3);
	(void)memnet_host(w.mn, "192.0.2.9");
	node_open(&a, &w, "alice", "192.0.2.1", TCP_PROXY);
	node_start(&a);
	world_run(&w, 1000);
	assert_log(&a, "connecting failed ");
	assert_int_equal(a.last.err, ECONNREFUSED);
	assert_true(a.retry_at > 0);
	node_close(&a);
	node_open(&a, &w, "alice", "192.0.2.2", "sip:192.0.2.200");
	node_start(&a);
	world_run(&w, 40 * 1000);
	assert_log(&a, "connecting failed ");
	assert_int_equal(a.last.status, 408);
	assert_true(a.retry_at > 0);
	node_close(&a);
	node_open(&a, &w, "alice", "192.0.2.3", "sip:nowhere.example.org");
	node_start(&a);
	world_run(&w, 1000);
	assert_log(&a, "connecting failed ");
	assert_true(a.retry_at > 0);
	node_close(&a);
	world_close(&w);
}


/* A certificate for somebody else: told with its reason, looked at again at
 * the slow rate. */
static void test_tls_refused(void **state)
{
	static const char *const bad[] = {"other.example", NULL};
	static const char *const good[] = {"192.0.2.9", NULL};
	OPEN(f, "sip:192.0.2.9:5061;transport=tls", OK);

	(void)state;
	memnet_set_names(f->s.host, bad);
	node_start(&f->a);
	world_run(&f->w, 890 * 1000);
	assert_log(&f->a, "connecting failed ");
	assert_true(f->a.last.tls);
	assert_int_equal(f->a.last.err, EPROTO);
	assert_true(f->a.why[0]);
	assert_true(f->a.retry_at > 0);
	memnet_set_names(f->s.host, good);
	world_run(&f->w, 920 * 1000);
	assert_log(&f->a, "connecting online ");
	assert_string_equal(ua_transport(f->a.ua), "TLS");
	CLOSE(f);
}


/* RE7: our own binding goes, by expires=0. */
static void test_stop(void **state)
{
	const struct msg *req;
	char *contact;
	OPEN(f, PROXY, OK, OK);

	(void)state;
	node_start(&f->a);
	world_run(&f->w, 100);
	ua_stop(f->a.ua, 2000, node_done_h, &f->a);
	world_run(&f->w, 100);
	assert_log(&f->a, "connecting online offline done ");
	req = server_last(&f->s, "REGISTER");
	assert_header(req, "Expires", "0");
	contact = header(req, "Contact");
	assert_non_null(strstr(contact, "expires=0"));
	assert_null(strchr(contact, '*'));
	mem_deref(contact);
	world_run(&f->w, 3600 * 1000);
	assert_int_equal(f->s.n, 2);
	CLOSE(f);
}


/* A silent server does not hold up the end; login again right away. */
static void test_stop_limit(void **state)
{
	OPEN(f, PROXY, OK, {0, NULL}, {0, NULL}, {0, NULL}, OK);

	(void)state;
	node_start(&f->a);
	world_run(&f->w, 100);
	ua_stop(f->a.ua, 2000, node_done_h, &f->a);
	ua_start(f->a.ua);
	world_run(&f->w, 1900);
	assert_log(&f->a, "connecting online ");
	world_run(&f->w, 2000);
	assert_log(&f->a, "offline done connecting online ");
	CLOSE(f);
}


/* RE10-RE12: Service-Route, instance, reg-id; 439 drops reg-id. */
static void test_outbound(void **state)
{
	char *contact, *route;
	OPEN(f, PROXY, {439, NULL},
		{200,
			"Contact: %c;expires=600\r\n"
			"Service-Route: <sip:192.0.2.9;lr;x=1>\r\n"});

	(void)state;
	f->a.config.instance = "urn:uuid:00000000-0000-1000-8000-000000000001";
	node_start(&f->a);
	world_run(&f->w, 100);
	assert_int_equal(f->s.n, 2);
	contact = header(f->s.msgs[0], "Contact");
	assert_non_null(strstr(contact, ";reg-id=1"));
	assert_non_null(strstr(contact,
		"+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-"
		"000000000001>\""));
	mem_deref(contact);
	contact = header(f->s.msgs[1], "Contact");
	assert_null(strstr(contact, "reg-id"));
	mem_deref(contact);
	assert_int_equal(
		ua_options(NULL, f->a.ua, "sip:bob@example.com", NULL, NULL),
		0);
	world_run(&f->w, 100);
	route = header(server_last(&f->s, "OPTIONS"), "Route");
	assert_string_equal(
		route, "<sip:192.0.2.9;lr>, <sip:192.0.2.9;lr;x=1>");
	mem_deref(route);
	CLOSE(f);
}


/* FL3, FL7: the connection breaks, the next one carries a new REGISTER; a
 * pong that does not come is a break too. */
static void test_flow_lost(void **state)
{
	OPEN(f, TCP_PROXY,
		{200,
			"Contact: %c;expires=3600\r\nRequire: outbound\r\n"
			"Flow-Timer: 60\r\n"});

	(void)state;
	f->a.config.instance = "urn:uuid:00000000-0000-1000-8000-000000000001";
	node_start(&f->a);
	world_run(&f->w, 15000);
	assert_log(&f->a, "connecting online ");
	assert_string_equal(ua_transport(f->a.ua), "TCP");
	f->s.conn = mem_deref(f->s.conn);
	world_run(&f->w, 1000);
	assert_log(&f->a, "connecting online ");
	assert_int_equal(server_count(&f->s, "REGISTER"), 2);
	memnet_cut(f->a.host, f->s.host, true);
	world_run(&f->w, 75 * 1000);
	assert_int_equal(ua_state(f->a.ua) == UA_ONLINE, false);
	assert_ptr_equal(strstr(f->a.log, "connecting "), f->a.log);
	f->a.log[0] = '\0';
	memnet_cut(f->a.host, f->s.host, false);
	world_run(&f->w, 200 * 1000);
	assert_non_null(strstr(f->a.log, "online"));
	CLOSE(f);
}


/* A server that hangs up after each 200 is not hammered. */
static void test_flapping(void **state)
{
	size_t i;
	OPEN(f, TCP_PROXY, OK);

	(void)state;
	node_start(&f->a);
	for (i = 0; i < 600; i++) {
		world_run(&f->w, 100);
		f->s.conn = mem_deref(f->s.conn);
	}
	assert_in_range(server_count(&f->s, "REGISTER"), 4, 8);
	CLOSE(f);
}


/* RE9: a 3xx within the domain is followed, elsewhere it is not. */
static void test_redirect(void **state)
{
	OPEN(f, PROXY, {302, "Contact: <sip:b.example.org>\r\n"}, OK, OK);

	(void)state;
	node_start(&f->a);
	world_run(&f->w, 100);
	assert_log(&f->a, "connecting online ");
	assert_pl(f->s.msgs[1]->uri_text, "sip:b.example.org");
	assert_pl(f->s.msgs[1]->to.uri_text, "sip:alice@example.org");
	assert_true(pl_eq(&f->s.msgs[0]->call_id, &f->s.msgs[1]->call_id));
	world_run(&f->w, 541 * 1000);
	assert_pl(f->s.msgs[2]->uri_text, "sip:example.org");
	CLOSE(f);
}


static void test_redirect_elsewhere(void **state)
{
	OPEN(f, PROXY, {302, "Contact: <sip:evil.example.com>\r\n"});

	(void)state;
	node_start(&f->a);
	world_run(&f->w, 100);
	assert_log(&f->a, "connecting failed ");
	assert_int_equal(f->s.n, 1);
	assert_int_equal(f->a.retry_at, 0);
	CLOSE(f);
}


/* A 200 that gives no time is no registration. */
static void test_not_kept(void **state)
{
	OPEN(f, PROXY, {200, "Contact: %c;expires=0\r\n"});

	(void)state;
	node_start(&f->a);
	world_run(&f->w, 100);
	assert_log(&f->a, "connecting failed ");
	CLOSE(f);
}


/* A GRUU is our Contact from then on, but never what is registered. */
static void test_gruu(void **state)
{
	char *contact;
	OPEN(f, PROXY,
		{200,
			"Contact: %c;expires=60;"
			"gruu=\"sip:alice@example.org;opaque=x;gruu\"\r\n"});

	(void)state;
	node_start(&f->a);
	world_run(&f->w, 100);
	assert_int_equal(
		ua_options(NULL, f->a.ua, "sip:bob@example.com", NULL, NULL),
		0);
	world_run(&f->w, 12000);
	contact = header(server_last(&f->s, "OPTIONS"), "Contact");
	assert_string_equal(contact, "<sip:alice@example.org;opaque=x;gruu>");
	mem_deref(contact);
	assert_int_equal(server_count(&f->s, "REGISTER"), 2);
	contact = header(server_last(&f->s, "REGISTER"), "Contact");
	assert_null(strstr(contact, "gruu"));
	mem_deref(contact);
	CLOSE(f);
}


/* The state handler may release the account: at connecting, online, failed,
 * connecting again, offline. */
static void test_released(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < 5; i++) {
		OPEN(f, i == 3 ? TCP_PROXY : PROXY, OK, {403, NULL});

		if (i == 2)
			f->script.at = 1;
		f->a.drop_ua = i == 0 ? 1 : i < 3 ? 2 : 3;
		node_start(&f->a);
		world_run(&f->w, 15000);
		if (i == 3)
			f->s.conn = mem_deref(f->s.conn);
		if (i == 4)
			ua_stop(f->a.ua, 1000, node_done_h, &f->a);
		world_run(&f->w, 20000);
		assert_null(f->a.ua);
		assert_null(strstr(f->a.log, "done"));
		CLOSE(f);
	}
}


/* A registered account may listen too: its Contact names that port. */
static void test_listen_too(void **state)
{
	char *contact;
	OPEN(f, PROXY, OK);

	(void)state;
	f->a.config.listen = "192.0.2.1:5070";
	node_start(&f->a);
	world_run(&f->w, 100);
	contact = header(server_last(&f->s, "REGISTER"), "Contact");
	assert_non_null(strstr(contact, "sip:alice@192.0.2.1:5070"));
	mem_deref(contact);
	server_printf(&f->s, "192.0.2.1", 5070,
		"OPTIONS sip:alice@192.0.2.1:5070 SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKo\r\n"
		"From: <sip:kim@192.0.2.9>;tag=k\r\n"
		"To: <sip:alice@192.0.2.1>\r\nCall-ID: o\r\n"
		"CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n");
	world_run(&f->w, 10);
	assert_int_equal(server_last(&f->s, "OPTIONS")->status, 200);
	CLOSE(f);
}


static void say(struct node *n, const char *to)
{
	struct pl pl = body("hi");

	assert_int_equal(ua_message(NULL, n->ua, to, "text/plain", &pl, NULL,
				 node_result_h, n),
		0);
}


/* Over UDP a request without an answer is the first to notice that the server
 * is gone: connecting before its own end is told, and online when the server
 * is there again. */
static void test_doubt(void **state)
{
	size_t n;
	OPEN(f, PROXY, OK);

	(void)state;
	node_start(&f->a);
	world_run(&f->w, 1000);
	assert_log(&f->a, "connecting online ");
	memnet_cut(f->a.host, f->s.host, true);
	say(&f->a, "sip:bob@example.org");
	world_run(&f->w, 31900);
	assert_log(&f->a, "");
	world_run(&f->w, 200);
	assert_log(&f->a, "connecting result:408 ");
	world_run(&f->w, 10000);
	memnet_cut(f->a.host, f->s.host, false);
	n = server_count(&f->s, "REGISTER");
	world_run(&f->w, 4100);
	assert_log(&f->a, "online ");
	assert_int_equal(server_count(&f->s, "REGISTER"), n + 1);
	CLOSE(f);
}


/* Over a stream 10 s are enough, then another one is made. */
static void test_doubt_stream(void **state)
{
	OPEN(f, TCP_PROXY, OK);

	(void)state;
	node_start(&f->a);
	world_run(&f->w, 1000);
	assert_log(&f->a, "connecting online ");
	memnet_cut(f->a.host, f->s.host, true);
	say(&f->a, "sip:bob@example.org");
	world_run(&f->w, 32100);
	assert_log(&f->a, "connecting result:408 ");
	world_run(&f->w, 11000);
	memnet_cut(f->a.host, f->s.host, false);
	world_run(&f->w, 4000);
	assert_log(&f->a, "online ");
	CLOSE(f);
}


static void deaf_h(struct server *s, const struct msg *req, void *arg)
{
	if (req->method != MSG_MESSAGE)
		registrar_h(s, req, arg);
}


/* A server that is heard of meanwhile is there: the peer is silent. */
static void test_no_doubt(void **state)
{
	OPEN(f, PROXY, OK);

	(void)state;
	f->s.h = deaf_h;
	node_start(&f->a);
	world_run(&f->w, 1000);
	assert_log(&f->a, "connecting online ");
	say(&f->a, "sip:bob@example.org");
	world_run(&f->w, 10000);
	assert_int_equal(ua_options(NULL, f->a.ua, "sip:example.org",
				 node_result_h, &f->a),
		0);
	world_run(&f->w, 30000);
	assert_log(&f->a, "result:200 result:408 ");
	assert_int_equal(server_count(&f->s, "REGISTER"), 1);
	CLOSE(f);
}


/* Over the new connection a subscription is refreshed in its dialog, with
 * the new Contact. */
static void test_flow_and_subscription(void **state)
{
	struct ua_sub_handlers h = node_sub_h;
	const struct ua_sub_config c = {
		.target = "sip:bob@example.org",
		.event = "presence",
		.expires = 3600,
	};
	struct ua_sub *sub;
	const struct msg *first, *second;
	char *a, *b;
	OPEN(f, TCP_PROXY, OK);

	(void)state;
	h.arg = &f->a;
	node_start(&f->a);
	world_run(&f->w, 15000);
	assert_int_equal(ua_subscribe(&sub, f->a.ua, &c, &h), 0);
	world_run(&f->w, 100);
	assert_int_equal(server_count(&f->s, "SUBSCRIBE"), 1);
	f->s.conn = mem_deref(f->s.conn);
	world_run(&f->w, 1000);
	assert_int_equal(server_count(&f->s, "SUBSCRIBE"), 2);
	second = server_last(&f->s, "SUBSCRIBE");
	first = f->s.msgs[1];
	assert_true(pl_eq(&first->call_id, &second->call_id));
	assert_pl(second->to.tag, "t");
	a = header(first, "Contact");
	b = header(second, "Contact");
	assert_string_not_equal(a, b);
	mem_deref(a);
	mem_deref(b);
	mem_deref(sub);
	CLOSE(f);
}


int test_register(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_challenge),
		cmocka_unit_test(test_refresh),
		cmocka_unit_test(test_expires),
		cmocka_unit_test(test_423),
		cmocka_unit_test(test_423_senseless),
		cmocka_unit_test(test_wrong_password),
		cmocka_unit_test(test_no_password),
		cmocka_unit_test(test_forbidden),
		cmocka_unit_test(test_backoff),
		cmocka_unit_test(test_retry_after),
		cmocka_unit_test(test_unreachable),
		cmocka_unit_test(test_tls_refused),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_stop_limit),
		cmocka_unit_test(test_outbound),
		cmocka_unit_test(test_flow_lost),
		cmocka_unit_test(test_flapping),
		cmocka_unit_test(test_redirect),
		cmocka_unit_test(test_redirect_elsewhere),
		cmocka_unit_test(test_not_kept),
		cmocka_unit_test(test_gruu),
		cmocka_unit_test(test_released),
		cmocka_unit_test(test_listen_too),
		cmocka_unit_test(test_flow_and_subscription),
		cmocka_unit_test(test_doubt),
		cmocka_unit_test(test_doubt_stream),
		cmocka_unit_test(test_no_doubt),
	};

	return cmocka_run_group_tests_name("register", tests, NULL, NULL);
}
