/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One request: text, servers one after the other, length, the end of things
 * (UA1, UA5-UA8, TR1, TR18-TR20, DN4, DN5, FL5, FL7, PA22). */
#include <errno.h>
#include "lab.h"

int test_request(void);


static const char *const ok[] = {"200"};

/* Three servers for example.org over UDP, TLS for secure.example. */
static const struct lab_name names[] = {
	{.name = "_sip._udp.example.org",
		.priority = 1,
		.port = 5060,
		.target = "a.example.org"},
	{.name = "_sip._udp.example.org",
		.priority = 2,
		.port = 5060,
		.target = "b.example.org"},
	{.name = "_sip._udp.example.org",
		.priority = 3,
		.port = 5060,
		.target = "c.example.org"},
	{.name = "a.example.org", .addr = "192.0.2.10"},
	{.name = "b.example.org", .addr = "192.0.2.11"},
	{.name = "c.example.org", .addr = "192.0.2.12"},
	{.name = "_sips._tcp.secure.example",
		.priority = 1,
		.port = 5061,
		.target = "a.example.org"},
	{.name = "_sip._tcp.secure.example",
		.priority = 1,
		.port = 5060,
		.target = "a.example.org"},
	{.name = "_sip._udp.secure.example",
		.priority = 1,
		.port = 5060,
		.target = "a.example.org"},
	{0},
};


struct fixture {
	struct lab *lab;
	struct sip_agent *agent;
	struct lab_results results;
	struct sip_request *r;
};


static void fixture_set(
	struct fixture *f, const struct sip_agent_config *config)
{
	memset(f, 0, sizeof(*f));
	f->lab = lab_new(5);
	f->lab->names = names;
	f->agent = lab_agent(f->lab, config);
}


static void fixture_clear(struct fixture *f)
{
	mem_deref(f->r);
	lab_results_clear(&f->results);
	mem_deref(f->agent);
	mem_deref(f->lab);
}


static struct lab_peer *peer_at(struct fixture *f, const char *addr,
	enum sip_tp tp, uint16_t port, const char *const *script, size_t n)
{
	return lab_peer(f->lab, lab_host(f->lab, addr), tp, port, script, n);
}


static int result(const struct fixture *f)
{
	const struct lab_result *last = &f->results.all[f->results.n - 1];

	return last->err ? -last->err : last->status;
}


static const char *why(const struct fixture *f)
{
	return f->results.all[f->results.n - 1].why;
}


static int ask(struct fixture *f, const char *method, const char *target)
{
	f->r = mem_deref(f->r);
	lab_results_clear(&f->results);
	f->r = lab_send(f->lab, f->agent, method, target, &f->results);
	assert_true(lab_wait_final(f->lab, &f->results, 200000));
	return result(f);
}


/* As ask(), with the parameters P in a new dialog to TARGET. */
static int ask_with(
	struct fixture *f, struct sip_request_params *p, const char *target)
{
	struct pl text = pl_str(target);

	f->r = mem_deref(f->r);
	lab_results_clear(&f->results);
	assert_int_equal(
		sip_dialog_alloc(&p->dialog, f->agent, &text, NULL), 0);
	assert_int_equal(
		sip_request_send(&f->r, p, lab_result_h, &f->results), 0);
	mem_deref(p->dialog);
	assert_int_equal(f->results.n, 0);
	assert_true(lab_wait_final(f->lab, &f->results, 200000));
	return result(f);
}


static void assert_header(const struct lab_peer *peer, size_t i, enum hdr_id id,
	const char *value)
{
	char *s = lab_header(peer, i, id);

	if (value)
		assert_string_equal(s, value);
	else
		assert_null(s);
	mem_deref(s);
}


/* UA1, TR18, MS1: what stands in a request. */
static void text(void **state)
{
	const struct sip_agent_config config = {
		.display_name = "Alice \"A\" Miller",
		.user_agent = "sotto/1",
		.proxy = "sip:192.0.2.2;transport=udp",
		.from_params = ";epid=01ab",
	};
	const struct pl headers = PL("Subject: hi\r\nX-Two: 2\r\n");
	const struct pl expires = PL("60");
	struct sip_request_params p = {
		.method = "MESSAGE",
		.headers = &headers,
		.expires = &expires,
		.content_type = "text/plain;charset=UTF-8",
		.body = PL("hello\r\n"),
	};
	struct lab_peer *peer;
	struct fixture f;
	char *s, *expected;

	(void)state;
	fixture_set(&f, &config);
	peer = peer_at(&f, "192.0.2.2", SIP_UDP, 5060, ok, 1);
	assert_int_equal(
		sip_agent_set_service_route(f.agent, "<sip:sr.example;lr>"), 0);
	assert_int_equal(ask_with(&f, &p, "sip:bob@example.org"), 200);
	assert_true(f.results.all[0].has_flow);
	assert_pl(peer->msgs[0]->uri_text, "sip:bob@example.org");
	assert_true(peer->msgs[0]->via.has_rport);
	assert_int_equal(peer->msgs[0]->via.port, sa_port(&peer->last_src));
	assert_pl(peer->msgs[0]->via.host, "192.0.2.1");
	s = pl_strdup(&peer->msgs[0]->from.tag);
	assert_true(strlen(s) >= 7);
	expected = mem_printf("\"Alice \\\"A\\\" Miller\" "
			      "<sip:alice@example.org>;tag=%s;epid=01ab",
		s);
	assert_header(peer, 0, HDR_FROM, expected);
	mem_deref(expected);
	mem_deref(s);
	assert_header(peer, 0, HDR_TO, "<sip:bob@example.org>");
	assert_header(peer, 0, HDR_CSEQ, "1 MESSAGE");
	assert_header(peer, 0, HDR_MAX_FORWARDS, "70");
	assert_header(peer, 0, HDR_ROUTE,
		"<sip:192.0.2.2;transport=udp;lr>, <sip:sr.example;lr>");
	assert_header(peer, 0, HDR_CONTACT, NULL);
	assert_header(peer, 0, HDR_EXPIRES, "60");
	assert_header(peer, 0, HDR_USER_AGENT, "sotto/1");
	assert_header(peer, 0, HDR_SUBJECT, "hi");
	assert_header(peer, 0, HDR_CONTENT_LENGTH, "7");
	assert_pl(peer->msgs[0]->body, "hello\r\n");

	/* RFC 3608 6.1 leaves a REGISTER alone. */
	assert_int_equal(ask(&f, "REGISTER", "sip:example.org"), 200);
	assert_header(peer, 1, HDR_ROUTE, "<sip:192.0.2.2;transport=udp;lr>");
	assert_non_null(msg_hdr(peer->msgs[1], HDR_CONTACT));
	fixture_clear(&f);
}


/* PA22: what would break out of its line is not sent. */
static void broken_lines(void **state)
{
	static const char *const lines[] = {"Subject: a\r\n\r\nbody",
		"Subject: a\n", "Subject: a", "nothing\r\n", "A: b\rC: d\r\n"};
	struct lab_peer *peer;
	struct fixture f;
	size_t i;

	(void)state;
	fixture_set(&f, NULL);
	peer = peer_at(&f, "192.0.2.2", SIP_UDP, 5060, ok, 1);
	for (i = 0; i < UNIT_N(lines); i++) {
		struct pl pl = pl_str(lines[i]);
		struct sip_request_params p = {
			.method = "MESSAGE", .headers = &pl};

		assert_int_equal(
			ask_with(&f, &p, "sip:bob@192.0.2.2"), -EINVAL);
	}
	assert_int_equal(peer->n, 0);
	fixture_clear(&f);
}


static void bad_method(void **state)
{
	static const char *const methods[] = {"", "A B", "A\r\nB"};
	struct pl target = PL("sip:bob@192.0.2.2");
	struct sip_request_params p = {0};
	struct sip_request *r = NULL;
	struct fixture f;
	size_t i;

	(void)state;
	fixture_set(&f, NULL);
	assert_int_equal(
		sip_dialog_alloc(&p.dialog, f.agent, &target, NULL), 0);
	for (i = 0; i < UNIT_N(methods); i++) {
		p.method = methods[i];
		assert_int_equal(sip_request_send(&r, &p, NULL, NULL), EINVAL);
		assert_null(r);
	}
	mem_deref(p.dialog);
	fixture_clear(&f);
}


/* TR20, UA1 errors in words. */
static void failures(void **state)
{
	static const struct {
		const char *target;
		int err;
		uint16_t status;
		const char *why;
	} cases[] = {
		{"sip:bob@192.0.2.2:5099", ECONNREFUSED, 503,
			"connection refused by 192.0.2.2:5099"},
		{"sip:bob@192.0.2.2:5099;transport=tcp", ECONNREFUSED, 503,
			"connection refused by 192.0.2.2:5099"},
		{"sip:bob@192.0.2.99", ETIMEDOUT, 408,
			"no answer from 192.0.2.99:5060"},
		{"sip:bob@192.0.2.99;transport=tcp", ETIMEDOUT, 408,
			"no answer from 192.0.2.99:5060"},
		{"sip:bob@nobody.example:5060", ENOENT, 503,
			"no such host: nobody.example"},
	};
	struct fixture f;
	size_t i;

	(void)state;
	fixture_set(&f, NULL);
	(void)lab_host(f.lab, "192.0.2.2");
	for (i = 0; i < UNIT_N(cases); i++) {
		assert_int_equal(
			ask(&f, "MESSAGE", cases[i].target), -cases[i].err);
		assert_int_equal(f.results.all[0].status, cases[i].status);
		assert_string_equal(why(&f), cases[i].why);
		assert_int_equal(f.results.n, 1);
	}
	fixture_clear(&f);
}


/* UA2, UA5, UA7: final answers as they are, with cause and Retry-After. */
static void answers(void **state)
{
	static const struct {
		const char *script;
		int status;
		uint32_t retry_after;
		const char *why;
	} cases[] = {
		{"202", 202, 0, NULL},
		{"302\nContact: <sip:bob@192.0.2.9>", 302, 0,
			"302 Moved Temporarily"},
		{"404", 404, 0, "404 Not Found"},
		{"480\nRetry-After: 120 (lunch);duration=60", 480, 120,
			"480 Temporarily Unavailable"},
		{"480\nRetry-After: soon", 480, 0,
			"480 Temporarily Unavailable"},
		{"503\nRetry-After: 7\nWarning: 399 x \"Too busy.\"", 503, 7,
			"Too busy"},
		{"603", 603, 0, "603 Decline"},
		{"100+200", 200, 0, NULL},
	};
	struct fixture f;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		const struct lab_result *last;

		fixture_set(&f, NULL);
		(void)peer_at(
			&f, "192.0.2.2", SIP_UDP, 5060, &cases[i].script, 1);
		(void)ask(&f, "MESSAGE", "sip:bob@192.0.2.2");
		last = &f.results.all[f.results.n - 1];
		assert_int_equal(last->status, cases[i].status);
		assert_int_equal(last->retry_after, cases[i].retry_after);
		if (cases[i].why)
			assert_string_equal(last->why, cases[i].why);
		fixture_clear(&f);
	}
}


/* DN4, DN5, UA6, TR1: refused, busy, then the third answers; the same
 * request with new branches. */
static void failover(void **state)
{
	static const char *const busy[] = {"503"};
	struct lab_peer *b, *c;
	struct fixture f;

	(void)state;
	fixture_set(&f, NULL);
	(void)lab_host(f.lab, "192.0.2.10");
	b = peer_at(&f, "192.0.2.11", SIP_UDP, 5060, busy, 1);
	c = peer_at(&f, "192.0.2.12", SIP_UDP, 5060, ok, 1);
	assert_int_equal(ask(&f, "MESSAGE", "sip:bob@example.org"), 200);
	assert_int_equal(b->n, 1);
	assert_int_equal(c->n, 1);
	assert_int_equal(b->msgs[0]->cseq, c->msgs[0]->cseq);
	assert_true(pl_eq(&b->msgs[0]->call_id, &c->msgs[0]->call_id));
	assert_true(pl_eq(&b->msgs[0]->from.tag, &c->msgs[0]->from.tag));
	assert_false(pl_eq(&b->msgs[0]->via.branch, &c->msgs[0]->via.branch));
	assert_int_equal(f.results.n, 1);
	fixture_clear(&f);
}


/* The first is silent: its time runs out, the next one answers. */
static void failover_timeout(void **state)
{
	struct lab_peer *b;
	struct fixture f;
	uint64_t start;

	(void)state;
	fixture_set(&f, NULL);
	b = peer_at(&f, "192.0.2.11", SIP_UDP, 5060, ok, 1);
	start = memnet_now(f.lab->net);
	assert_int_equal(ask(&f, "MESSAGE", "sip:bob@example.org"), 200);
	assert_in_range(memnet_now(f.lab->net) - start, 32000, 32200);
	assert_int_equal(b->n, 1);
	fixture_clear(&f);
}


/* All fail: what the last one said. */
static void failover_in_vain(void **state)
{
	static const char *const busy[] = {"503\nRetry-After: 30"};
	struct fixture f;

	(void)state;
	fixture_set(&f, NULL);
	(void)lab_host(f.lab, "192.0.2.10");
	(void)lab_host(f.lab, "192.0.2.11");
	(void)peer_at(&f, "192.0.2.12", SIP_UDP, 5060, busy, 1);
	assert_int_equal(ask(&f, "MESSAGE", "sip:bob@example.org"), 503);
	assert_int_equal(f.results.all[0].retry_after, 30);
	assert_string_equal(why(&f), "503 Service Unavailable");
	fixture_clear(&f);
}


/* TL2, TL5: TLS was found, so what it refuses is final: nothing is sent
 * over TCP or UDP. */
static void no_downgrade(void **state)
{
	static const char *const wrong[] = {"other.example", NULL};
	static const char *const right[] = {"secure.example", NULL};
	struct lab_peer *tls, *tcp, *udp;
	struct memnet_host *host;
	struct fixture f;

	(void)state;
	fixture_set(&f, NULL);
	host = lab_host(f.lab, "192.0.2.10");
	tls = lab_peer(f.lab, host, SIP_TLS, 5061, ok, 1);
	tcp = lab_peer(f.lab, host, SIP_TCP, 5060, ok, 1);
	udp = lab_peer(f.lab, host, SIP_UDP, 5060, ok, 1);
	memnet_set_names(host, wrong);
	assert_int_equal(ask(&f, "MESSAGE", "sip:bob@secure.example"), -EPROTO);
	assert_non_null(strstr(why(&f), "certificate"));
	assert_int_equal(tls->n + tcp->n + udp->n, 0);
	memnet_set_names(host, right);
	assert_int_equal(ask(&f, "MESSAGE", "sip:bob@secure.example"), 200);
	assert_int_equal(tls->n, 1);
	assert_int_equal(tcp->n + udp->n, 0);
	fixture_clear(&f);
}


/* A BODY of N bytes to TARGET; PAGE mode or not. */
static int ask_long(struct fixture *f, const char *method, bool page, size_t n)
{
	char *body = mem_alloc(n, NULL);
	struct sip_request_params p = {
		.method = method,
		.content_type = "text/plain",
		.page = page,
	};
	int status;

	memset(body, 'x', n);
	p.body = pl_make(body, n);
	status = ask_with(f, &p, "sip:bob@192.0.2.2");
	mem_deref(body);
	return status;
}


/* TR19: more than 1300 bytes go by TCP, and by UDP where that is refused. */
static void long_request(void **state)
{
	struct lab_peer *udp, *tcp;
	struct fixture f;

	(void)state;
	fixture_set(&f, NULL);
	udp = peer_at(&f, "192.0.2.2", SIP_UDP, 5060, ok, 1);
	assert_int_equal(ask_long(&f, "PUBLISH", false, 1500), 200);
	assert_int_equal(udp->n, 1);
	tcp = lab_peer(f.lab, udp->host, SIP_TCP, 5060, ok, 1);
	assert_int_equal(ask_long(&f, "PUBLISH", false, 1500), 200);
	assert_int_equal(udp->n, 1);
	assert_int_equal(tcp->n, 1);
	assert_pl(tcp->msgs[0]->via.transport, "TCP");
	assert_int_equal(ask_long(&f, "PUBLISH", false, 700), 200);
	assert_int_equal(udp->n, 2);
	fixture_clear(&f);
}


/* TR19: a challenge on the way there stays on TCP. */
static void long_challenged(void **state)
{
	static const char *const script[] = {
		"401\nWWW-Authenticate: Digest realm=\"a\", nonce=\"b\"",
		"200"};
	const struct sip_agent_config config = {.proxy = "sip:192.0.2.2"};
	struct lab_peer *udp, *tcp;
	struct fixture f;

	(void)state;
	fixture_set(&f, &config);
	udp = peer_at(&f, "192.0.2.2", SIP_UDP, 5060, ok, 1);
	tcp = lab_peer(f.lab, udp->host, SIP_TCP, 5060, script, 2);
	assert_int_equal(ask_long(&f, "PUBLISH", false, 1500), 200);
	assert_int_equal(udp->n, 0);
	assert_int_equal(tcp->n, 2);
	fixture_clear(&f);
}


/* MS4: page mode and long-messages. */
static void long_page(void **state)
{
	static const struct {
		enum sip_long long_messages;
		enum sip_transport transport;
		size_t n;
		int status;
		bool tcp;
	} cases[] = {
		{SIP_LONG_AUTO, SIP_TRANSPORT_UDP, 700, 200, false},
		{SIP_LONG_AUTO, SIP_TRANSPORT_UDP, 1300, -EMSGSIZE, false},
		{SIP_LONG_AUTO, SIP_TRANSPORT_AUTO, 1300, -EMSGSIZE, false},
		{SIP_LONG_AUTO, SIP_TRANSPORT_TCP, 1300, 200, true},
		{SIP_LONG_NO, SIP_TRANSPORT_TCP, 1300, -EMSGSIZE, true},
		{SIP_LONG_NO, SIP_TRANSPORT_TCP, 700, 200, true},
		{SIP_LONG_YES, SIP_TRANSPORT_AUTO, 1300, 200, true},
	};
	struct fixture f;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		const struct sip_agent_config config = {
			.long_messages = cases[i].long_messages,
			.transport = cases[i].transport,
		};
		struct lab_peer *udp, *tcp;
		bool sent = cases[i].status == 200;

		fixture_set(&f, &config);
		udp = peer_at(&f, "192.0.2.2", SIP_UDP, 5060, ok, 1);
		tcp = lab_peer(f.lab, udp->host, SIP_TCP, 5060, ok, 1);
		assert_int_equal(ask_long(&f, "MESSAGE", true, cases[i].n),
			cases[i].status);
		assert_int_equal(udp->n, sent && !cases[i].tcp);
		assert_int_equal(tcp->n, sent && cases[i].tcp);
		if (!sent)
			assert_string_equal(why(&f),
				"the text is too long for one message");
		fixture_clear(&f);
	}
}


/* Every third datagram is lost: all requests come through, each reported
 * once. */
static void loss(void **state)
{
	const struct memnet_faults faults = {
		.loss = 300, .twice = 200, .delay_min = 5, .delay_max = 90};
	struct fixture f;
	size_t i;

	(void)state;
	fixture_set(&f, NULL);
	(void)peer_at(&f, "192.0.2.2", SIP_UDP, 5060, ok, 1);
	memnet_set_faults(f.lab->net, &faults);
	for (i = 0; i < 8; i++) {
		assert_int_equal(ask(&f, "MESSAGE", "sip:bob@192.0.2.2"), 200);
		memnet_run(f.lab->net, 40000);
		assert_int_equal(f.results.n, 1);
	}
	fixture_clear(&f);
}


static void up_h(
	struct sip_flow *flow, const struct stream_end *failed, void *arg)
{
	(void)flow;
	(void)failed;
	(void)arg;
}


/* FL5: requests outside dialogs go over the agent's flow while it lives,
 * wherever their Request-URI points; FL7: its end is told at once. */
static void agent_flow(void **state)
{
	static const char *const silent[] = {"200", NULL};
	const struct sip_agent_config config = {
		.proxy = "sip:192.0.2.2;transport=tcp"};
	struct memnet_host *host;
	struct lab_peer *peer;
	struct sip_target target = {.tp = SIP_TCP, .name = (char *)"192.0.2.2"};
	struct sip_flow_wait *wait;
	struct sip_flow *flow;
	struct fixture f;
	uint64_t start;

	(void)state;
	fixture_set(&f, &config);
	host = lab_host(f.lab, "192.0.2.2");
	peer = lab_peer(f.lab, host, SIP_TCP, 5060, silent, 2);
	f.r = lab_send(
		f.lab, f.agent, "REGISTER", "sip:example.org", &f.results);
	assert_true(lab_wait_final(f.lab, &f.results, 1000));
	assert_int_equal(sa_set_str(&target.addr, "192.0.2.2", 5060), 0);
	assert_int_equal(
		sip_flow_get(&flow, &wait, f.agent, &target, up_h, NULL), 0);
	mem_deref(wait);
	assert_true(sip_flow_isup(flow));
	sip_agent_set_flow(f.agent, flow);
	mem_deref(flow);
	f.r = mem_deref(f.r);
	lab_results_clear(&f.results);

	f.r = lab_send(
		f.lab, f.agent, "MESSAGE", "sip:kim@192.0.2.77", &f.results);
	memnet_run(f.lab->net, 100);
	assert_int_equal(peer->n, 2);
	assert_int_equal(memnet_stats(f.lab->net)->connects, 1);
	start = memnet_now(f.lab->net);
	memnet_reset(f.lab->host, host);
	assert_true(lab_wait_final(f.lab, &f.results, 1000));
	assert_true(result(&f) < 0);
	assert_in_range(memnet_now(f.lab->net) - start, 0, 100);
	assert_null(sip_agent_flow(f.agent));
	fixture_clear(&f);
}


static void take_dialog(const struct sip_result *res, void *arg)
{
	if (res->msg && res->status < 300)
		assert_int_equal(sip_dialog_response(arg, res->msg), 0);
}


/* DI2, DI5, FL5: in a dialog over the connection that made it, though the
 * proxy named itself by its address; it may ask for the password there. */
static void in_dialog(void **state)
{
	static const char *const script[] = {
		"200\nRecord-Route: <sip:192.0.2.2;transport=tcp;lr>",
		"407\nProxy-Authenticate: Digest realm=\"a\", nonce=\"b\"",
		"200"};
	static const struct lab_name proxy[] = {
		{.name = "proxy.example.org", .addr = "192.0.2.2"}, {0}};
	const struct sip_agent_config config = {
		.proxy = "sip:proxy.example.org:5060;transport=tcp"};
	struct sip_request_params p = {.method = "SUBSCRIBE", .contact = true};
	struct pl target = PL("sip:bob@example.org?subject=x");
	struct lab_peer *peer;
	struct fixture f;

	(void)state;
	fixture_set(&f, &config);
	f.lab->names = proxy;
	peer = peer_at(&f, "192.0.2.2", SIP_TCP, 5060, script, 3);
	peer->contact = "sip:bob@10.0.0.9:5099;method=INVITE;x=y?a=b";
	assert_int_equal(
		sip_dialog_alloc(&p.dialog, f.agent, &target, NULL), 0);
	f.results.act = take_dialog;
	f.results.arg = p.dialog;
	assert_int_equal(
		sip_request_send(&f.r, &p, lab_result_h, &f.results), 0);
	assert_true(lab_wait_final(f.lab, &f.results, 1000));
	assert_pl(peer->msgs[0]->uri_text, "sip:bob@example.org");
	assert_header(peer, 0, HDR_TO, "<sip:bob@example.org>");

	f.r = mem_deref(f.r);
	lab_results_clear(&f.results);
	assert_int_equal(
		sip_request_send(&f.r, &p, lab_result_h, &f.results), 0);
	assert_true(lab_wait_final(f.lab, &f.results, 1000));
	assert_int_equal(result(&f), 200);
	assert_int_equal(memnet_stats(f.lab->net)->connects, 1);
	assert_int_equal(peer->n, 3);
	assert_pl(peer->msgs[1]->uri_text, "sip:bob@10.0.0.9:5099;x=y");
	assert_header(peer, 1, HDR_ROUTE, "<sip:192.0.2.2;transport=tcp;lr>");
	assert_header(peer, 1, HDR_TO, "<sip:bob@example.org>;tag=peer");
	assert_int_equal(peer->msgs[1]->cseq, peer->msgs[0]->cseq + 1);
	assert_int_equal(peer->msgs[2]->cseq, peer->msgs[0]->cseq + 2);
	mem_deref(p.dialog);
	fixture_clear(&f);
}


/* Nobody waits for it: it is carried out all the same, challenge and all. */
static void alone(void **state)
{
	static const char *const script[] = {
		"407\nProxy-Authenticate: Digest realm=\"a\", nonce=\"b\"",
		"200"};
	const struct sip_agent_config config = {.proxy = "sip:192.0.2.2"};
	struct sip_request_params p = {.method = "PUBLISH"};
	struct pl target = PL("sip:alice@example.org");
	struct lab_peer *peer;
	struct fixture f;

	(void)state;
	fixture_set(&f, &config);
	peer = peer_at(&f, "192.0.2.2", SIP_UDP, 5060, script, 2);
	assert_int_equal(
		sip_dialog_alloc(&p.dialog, f.agent, &target, NULL), 0);
	assert_int_equal(sip_request_send(NULL, &p, NULL, NULL), 0);
	mem_deref(p.dialog);
	memnet_run(f.lab->net, 60000);
	assert_int_equal(peer->n, 2);
	assert_non_null(msg_hdr(peer->msgs[1], HDR_PROXY_AUTHORIZATION));
	fixture_clear(&f);
}


/* Released at every moment of its life: no call, no leak, carried out. */
static void released(void **state)
{
	struct lab_peer *peer;
	struct fixture f;
	uint64_t ms;

	(void)state;
	for (ms = 0; ms < 40; ms += 2) {
		const struct memnet_faults faults = {
			.delay_min = 8, .delay_max = 8};

		fixture_set(&f, NULL);
		memnet_set_faults(f.lab->net, &faults);
		peer = peer_at(&f, "192.0.2.10", SIP_UDP, 5060, ok, 1);
		f.r = lab_send(f.lab, f.agent, "MESSAGE", "sip:bob@example.org",
			&f.results);
		memnet_run(f.lab->net, ms);
		if (f.results.n) {
			fixture_clear(&f);
			break;
		}
		f.r = mem_deref(f.r);
		memnet_run(f.lab->net, 60000);
		assert_int_equal(peer->n, 1);
		assert_int_equal(f.results.n, 0);
		fixture_clear(&f);
	}
	assert_in_range(ms, 10, 39);
}


/* The account is closed at every moment: told once, cleaned up. */
static void closed(void **state)
{
	struct fixture f;
	uint64_t ms;

	(void)state;
	for (ms = 0; ms < 30; ms += 2) {
		fixture_set(&f, NULL);
		f.r = lab_send(f.lab, f.agent, "MESSAGE", "sip:bob@example.org",
			&f.results);
		memnet_run(f.lab->net, ms);
		f.agent = mem_deref(f.agent);
		assert_int_equal(f.results.n, 1);
		assert_int_equal(result(&f), -ECANCELED);
		memnet_run(f.lab->net, 60000);
		assert_int_equal(f.results.n, 1);
		fixture_clear(&f);
	}
}


static void drop_all(const struct sip_result *res, void *arg)
{
	struct fixture *f = arg;

	(void)res;
	f->r = mem_deref(f->r);
	f->agent = mem_deref(f->agent);
}


/* A handler that releases the request and the agent. */
static void dropped_in_handler(void **state)
{
	static const char *const targets[] = {"sip:bob@192.0.2.2",
		"sip:bob@192.0.2.2:5099", "sip:bob@nobody.example",
		"sip:bob@192.0.2.99", "sip:bob@192.0.2.2;transport=tcp",
		"sip:bob@192.0.2.2;transport=ws"};
	static const char *const script[] = {"100+200"};
	struct fixture f;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(targets); i++) {
		fixture_set(&f, NULL);
		(void)peer_at(&f, "192.0.2.2", SIP_UDP, 5060, script, 1);
		f.results.act = drop_all;
		f.results.arg = &f;
		f.r = lab_send(
			f.lab, f.agent, "MESSAGE", targets[i], &f.results);
		memnet_run(f.lab->net, 60000);
		assert_null(f.agent);
		fixture_clear(&f);
	}
}


enum {
	OTHERS = 3,
};


static void drop_others(const struct sip_result *res, void *arg)
{
	struct sip_request **others = arg;
	size_t i;

	(void)res;
	for (i = 0; i < OTHERS; i++)
		others[i] = mem_deref(others[i]);
}


/* The end of one request releases all of them while the agent ends them. */
static void dropped_together(void **state)
{
	struct sip_request *others[OTHERS];
	struct lab_results none = {0};
	struct fixture f;
	size_t i;

	(void)state;
	fixture_set(&f, NULL);
	f.results.act = drop_others;
	f.results.arg = others;
	for (i = 0; i < OTHERS; i++)
		others[i] = lab_send(f.lab, f.agent, "MESSAGE",
			"sip:bob@example.org", i == 1 ? &f.results : &none);
	memnet_run(f.lab->net, 20);
	f.agent = mem_deref(f.agent);
	assert_int_equal(f.results.n, 1);
	lab_results_clear(&none);
	fixture_clear(&f);
}


int test_request(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text),
		cmocka_unit_test(broken_lines),
		cmocka_unit_test(bad_method),
		cmocka_unit_test(failures),
		cmocka_unit_test(answers),
		cmocka_unit_test(failover),
		cmocka_unit_test(failover_timeout),
		cmocka_unit_test(failover_in_vain),
		cmocka_unit_test(no_downgrade),
		cmocka_unit_test(long_request),
		cmocka_unit_test(long_challenged),
		cmocka_unit_test(long_page),
		cmocka_unit_test(loss),
		cmocka_unit_test(agent_flow),
		cmocka_unit_test(in_dialog),
		cmocka_unit_test(alone),
		cmocka_unit_test(released),
		cmocka_unit_test(closed),
		cmocka_unit_test(dropped_in_handler),
		cmocka_unit_test(dropped_together),
	};

	return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}
