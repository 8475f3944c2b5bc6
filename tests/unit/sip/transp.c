/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "world.h"

int test_transp(void);


static int setup(void **state)
{
	struct world *w = mem_zalloc(sizeof(*w), NULL);

	world_start(w, NULL);
	*state = w;
	return 0;
}


static int teardown(void **state)
{
	world_stop(*state);
	*state = mem_deref(*state);
	return 0;
}


static size_t flows(const struct world *w)
{
	struct sip_count n;

	sip_count(w->sip, &n);
	return n.flows;
}


static void names(void **state)
{
	static const struct pl tls = PL("TlS"), sctp = PL("sctp");
	enum sip_tp tp = SIP_UDP;
	struct world_user u;
	char buf[64];

	assert_string_equal(sip_tp_name(SIP_UDP), "UDP");
	assert_string_equal(sip_tp_param(SIP_TCP), "tcp");
	assert_true(sip_tp_find(&tp, &tls));
	assert_int_equal(tp, SIP_TLS);
	assert_false(sip_tp_find(&tp, &sctp));
	assert_true(sip_tp_reliable(SIP_TLS));
	assert_false(sip_tp_reliable(SIP_UDP));
	world_flow(&u, *state, SIP_TCP);
	assert_string_equal(
		sip_flow_text(u.flow, buf, sizeof(buf)), "TCP 192.0.2.2:5060");
	world_user_stop(&u);
}


/* TR18: what is sent leaves the port where the answer is heard, with rport
 * in Via. */
static void via(void **state)
{
	struct world *w = *state;
	struct world_user u;
	struct mbuf *mb = mbuf_alloc(256);
	struct pl all;

	world_flow(&u, w, SIP_UDP);
	assert_int_equal(sip_flow_put_via(u.flow, mb, "abc"), 0);
	all = mbuf_all(mb);
	assert_pl(all,
		"Via: SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bKabc\r\n");
	assert_int_equal(sip_flow_send(u.flow, "x", 1), 0);
	world_run(w, 1);
	assert_int_equal(w->ngot, 1);
	assert_int_equal(sa_port(&w->got[0].src), 5060);
	world_user_stop(&u);
	/* A stream's sent-by is where we listen. */
	world_flow(&u, w, SIP_TCP);
	mbuf_reset(mb);
	assert_int_equal(sip_flow_put_via(u.flow, mb, "abc"), 0);
	all = mbuf_all(mb);
	assert_pl(all,
		"Via: SIP/2.0/TCP 192.0.2.1:5060;rport;branch=z9hG4bKabc\r\n");
	assert_int_not_equal(sa_port(sip_flow_local(u.flow)), 5060);
	world_user_stop(&u);
	mem_deref(mb);
}


/* FL5: one connection for all, whoever made it. */
static void reuse(void **state)
{
	struct world *w = *state;
	struct world_user u[3];
	struct sip_target target = {.tp = SIP_TCP};

	world_flow(&u[0], w, SIP_TCP);
	world_flow(&u[1], w, SIP_TCP);
	assert_ptr_equal(u[0].flow, u[1].flow);
	assert_int_equal(flows(w), 1);
	world_flow(&u[2], w, SIP_UDP);
	assert_ptr_not_equal(u[0].flow, u[2].flow);
	assert_int_equal(flows(w), 2);
	world_user_stop(&u[0]);
	world_user_stop(&u[1]);
	world_user_stop(&u[2]);
	/* The path over UDP is nobody's, the connection stays open. */
	assert_int_equal(flows(w), 1);
	/* One that the peer made. */
	w->answer = 200;
	w->peer_conn = mem_deref(w->peer_conn);
	world_run(w, 1);
	assert_int_equal(flows(w), 0);
	world_stream(w, "\n\n");
	assert_int_equal(flows(w), 1);
	target.addr = *memnet_net(w->there)->local(w->peer_conn);
	assert_int_equal(sip_flow_get(&u[0].flow, &u[0].wait, w->agent, &target,
				 world_flow_up_h, &u[0]),
		0);
	assert_true(sip_flow_isup(u[0].flow));
	assert_int_equal(flows(w), 1);
	world_user_stop(&u[0]);
}


/* A stream comes up, is refused, or does not answer; and before it is up
 * there can be more than one who waits. */
static void connect_ends(void **state)
{
	struct world *w = *state;
	struct world_user u[2];
	struct memnet_faults slow = {.delay_min = 50, .delay_max = 50};

	memnet_set_faults(w->mn, &slow);
	world_flow(&u[0], w, SIP_TCP);
	world_flow(&u[1], w, SIP_TCP);
	assert_false(sip_flow_isup(u[0].flow));
	assert_int_equal(sip_flow_send(u[0].flow, "x", 1), ENOTCONN);
	u[1].wait = mem_deref(u[1].wait);
	world_run(w, 200);
	assert_int_equal(u[0].up, 1);
	assert_int_equal(u[0].up_err, 0);
	assert_int_equal(u[1].up, 0);
	world_user_stop(&u[0]);
	world_user_stop(&u[1]);
	w->peer_conn = mem_deref(w->peer_conn);
	w->peer_listener = mem_deref(w->peer_listener);
	world_run(w, 200);
	world_flow(&u[0], w, SIP_TCP);
	world_run(w, 200);
	assert_int_equal(u[0].up_err, ECONNREFUSED);
	assert_int_equal(flows(w), 0);
	world_user_stop(&u[0]);
	memnet_cut(w->here, w->there, true);
	world_flow(&u[0], w, SIP_TCP);
	world_run(w, 9900);
	assert_int_equal(u[0].up, 0);
	world_run(w, 200);
	assert_int_equal(u[0].up, 1);
	assert_int_equal(u[0].up_err, ETIMEDOUT);
	assert_int_equal(flows(w), 0);
	world_user_stop(&u[0]);
}


struct downs {
	struct world *w;
	struct sip_flow_watch *other;
	unsigned n;
};


static void downs_h(const struct stream_end *end, void *arg)
{
	struct downs *d = arg;

	assert_int_equal(end->err, 0);
	d->n++;
	/* A handler may take another watch away and let the stack go. */
	d->other = mem_deref(d->other);
}


/* Watches hear of the end once. */
static void watches(void **state)
{
	struct world *w = *state;
	struct downs d = {.w = w};
	struct sip_flow_watch *watch[2];
	struct world_user u;

	world_flow(&u, w, SIP_TCP);
	assert_int_equal(sip_flow_watch(&watch[0], u.flow, downs_h, &d), 0);
	assert_int_equal(sip_flow_watch(&watch[1], u.flow, downs_h, &d), 0);
	d.other = watch[1];
	w->peer_conn = mem_deref(w->peer_conn);
	world_run(w, 1);
	assert_int_equal(d.n, 1);
	assert_int_equal(
		sip_flow_watch(&watch[1], u.flow, downs_h, &d), ENOTCONN);
	mem_deref(watch[0]);
	world_user_stop(&u);
}


/* A message in pieces of every size is one message; many in one piece are
 * many. */
static void pieces(void **state)
{
	struct world *w = *state;
	struct memnet_faults faults = {0};
	struct mbuf *mb = mbuf_alloc(1 << 20);
	size_t chunk;
	unsigned i;

	w->answer = 200;
	for (i = 0; i < 3; i++)
		(void)mbuf_printf(mb,
			"\r\nMESSAGE sip:alice@192.0.2.1 SIP/2.0\r\n"
			"Via: SIP/2.0/TCP 192.0.2.2;branch=z9hG4bK%u\r\n"
			"From: <sip:bob@example.org>;tag=b1\r\n"
			"To: <sip:alice@example.org>\r\n"
			"Call-ID: c%u\r\nCSeq: %u MESSAGE\r\n"
			"Content-Length: 3\r\n\r\nabc",
			i, i, i);
	for (chunk = 0; chunk < mb->end; chunk += chunk < 9 ? 1 : 37) {
		size_t before = w->ngot;

		faults.chunk = chunk;
		memnet_set_faults(w->mn, &faults);
		world_stream_bytes(w, mb->buf, mb->end);
		assert_int_equal(world_count(w, NULL) - before, 3);
		world_forget(w, 0);
	}
	assert_false(w->peer_down);
	mem_deref(mb);
}


/* PA16: a ping is answered, also one in two halves; CRLFs without end are
 * not answered for ever. */
static void pings(void **state)
{
	struct world *w = *state;

	world_stream_bytes(w, "\r\n\r\n", 4);
	assert_int_equal(w->ngot, 1);
	assert_string_equal(w->got[0].text, "\r\n");
	world_stream_bytes(w, "\r\n", 2);
	assert_int_equal(w->ngot, 1);
	world_stream_bytes(w, "\r", 1);
	world_stream_bytes(w, "\n", 1);
	assert_int_equal(w->ngot, 2);
	world_stream_bytes(w, "\r\n", 2);
	w->answer = 200;
	world_stream(w,
		"OPTIONS sip:alice@192.0.2.1 SIP/2.0\n"
		"Via: SIP/2.0/TCP 192.0.2.2;branch=z9hG4bK1\n"
		"From: <sip:bob@example.org>;tag=b1\n"
		"To: <sip:alice@example.org>\n"
		"Call-ID: c\nCSeq: 1 OPTIONS\nContent-Length: 0\n\n\n");
	assert_int_equal(w->ngot, 3);
	assert_int_equal(world_status(w), 200);
	assert_false(w->peer_down);
	world_send(w, "\n\n");
	world_send(w, "\n");
	assert_int_equal(w->ngot, 3);
}


/* PA15: what cannot be framed is answered with 400 where it can be, and the
 * connection is closed; the stack goes on. */
static void hostile(void **state)
{
	static const struct {
		const char *text;
		uint16_t status; /* 0: no answer */
	} rows[] = {
#define HEAD                                           \
	"MESSAGE sip:alice@192.0.2.1 SIP/2.0\n"        \
	"Via: SIP/2.0/TCP 192.0.2.2;branch=z9hG4bK1\n" \
	"From: <sip:bob@example.org>;tag=b1\n"         \
	"To: <sip:alice@example.org>\n"                \
	"Call-ID: c\nCSeq: 1 MESSAGE\n"
		{HEAD "\n", 400},
		{HEAD "Content-Length: -1\n\n", 400},
		{HEAD "Content-Length: 1\nContent-Length: 2\n\nab", 400},
		{HEAD "Content-Length: 99999999999999999999\n\n", 413},
		{HEAD "Content-Length: 1048577\n\n", 413},
		{"ACK sip:alice@192.0.2.1 SIP/2.0\n"
		 "Via: SIP/2.0/TCP 192.0.2.2;branch=z9hG4bK1\n"
		 "From: <sip:bob@example.org>;tag=b1\n"
		 "To: <sip:alice@example.org>\n"
		 "Call-ID: c\nCSeq: 1 ACK\n\n",
			0},
		{"SIP/2.0 200 OK\nVia: SIP/2.0/TCP 192.0.2.1\n\n", 0},
		{"GET / HTTP/1.1\nHost: 192.0.2.1\n\n", 0},
#undef HEAD
	};
	struct world *w = *state;
	size_t i, chunk;

	for (i = 0; i < UNIT_N(rows); i++) {
		for (chunk = 0; chunk < 2; chunk++) {
			struct memnet_faults faults = {.chunk = chunk};
			size_t before = w->ngot;

			memnet_set_faults(w->mn, &faults);
			world_stream(w, rows[i].text);
			if (!w->peer_down)
				fail_msg("row %zu stays open", i);
			if (w->ngot - before != (rows[i].status != 0) ||
				(rows[i].status &&
					world_status(w) != rows[i].status))
				fail_msg("row %zu: %zu answers, %u", i,
					w->ngot - before, world_status(w));
			assert_int_equal(flows(w), 0);
			w->peer_down = false;
		}
	}
	assert_int_equal(w->requests, 0);
	world_stream(w, "\n\n");
	assert_string_equal(w->got[w->ngot - 1].text, "\r\n");
}


/* A header section without end is bounded. */
static void endless_header(void **state)
{
	struct world *w = *state;
	char line[1024];
	unsigned i;

	memset(line, 'a', sizeof(line));
	world_stream(w, "MESSAGE sip:alice@192.0.2.1 SIP/2.0\nX: ");
	for (i = 0; i < 80 && !w->peer_down; i++)
		world_stream_bytes(w, line, sizeof(line));
	assert_true(w->peer_down);
	assert_in_range(i, 60, 70);
}


/* A message must be whole in 60 s; a silent connection that nobody needs is
 * closed after 10 minutes, one in use is not. */
static void patience(void **state)
{
	struct world *w = *state;
	struct world_user u;

	world_stream(w, "MESSAGE sip:alice@192.0.2.1 SIP/2.0\n");
	world_run(w, 59000);
	assert_false(w->peer_down);
	world_run(w, 1100);
	assert_true(w->peer_down);
	world_stream(w, "\n\n");
	world_run(w, 500000);
	world_stream(w, "\n\n");
	world_run(w, 599000);
	assert_false(w->peer_down);
	world_run(w, 1100);
	assert_true(w->peer_down);
	assert_int_equal(flows(w), 0);
	world_flow(&u, w, SIP_TCP);
	world_run(w, 3600000);
	assert_true(sip_flow_isup(u.flow));
	world_user_stop(&u);
	world_run(w, 601000);
	assert_int_equal(flows(w), 0);
}


static void ignore_recv(const struct sa *src, const struct sa *dst,
	const uint8_t *p, size_t n, void *arg)
{
	(void)src;
	(void)dst;
	(void)p;
	(void)n;
	(void)arg;
}


static void count_event(void *arg)
{
	++*(unsigned *)arg;
}


static void count_down(const struct stream_end *end, void *arg)
{
	(void)end;
	count_event(arg);
}


/* Connects from HOST and sends the N bytes at P. */
static void *crowd_connect(struct world *w, struct memnet_host *host,
	const void *p, size_t n, unsigned *gone)
{
	static const struct sip_net_handlers handlers = {
		.recv = ignore_recv,
		.down = count_down,
	};
	const struct sip_net *net = memnet_net(host);
	struct sa dst;
	void *conn;

	assert_int_equal(sa_set_str(&dst, "192.0.2.1", 5060), 0);
	assert_int_equal(net->connect(&conn, net->ctx, &dst, NULL, NULL,
				 &handlers, gone),
		0);
	world_run(w, 1);
	if (n)
		(void)net->send(conn, p, n);
	world_run(w, 1);
	return conn;
}


/* One address has 100 connections to us, which leaves some to others. */
static void crowd(void **state)
{
	enum { N = 120 };
	struct world *w = *state;
	struct memnet_host *other = memnet_host(w->mn, "192.0.2.9");
	void *conns[N + 1];
	unsigned gone = 0, i;

	for (i = 0; i < N; i++)
		conns[i] = crowd_connect(w, w->there, "", 0, &gone);
	assert_int_equal(flows(w), 100);
	conns[N] = crowd_connect(w, other, "", 0, &gone);
	assert_int_equal(flows(w), 101);
	for (i = 0; i <= N; i++)
		mem_deref(conns[i]);
	world_run(w, 1);
	assert_int_equal(flows(w), 0);
}


/* Messages that are begun and never ended have 64 MiB together. */
static void begun(void **state)
{
	enum { N = 90, SIZE = 1000000 };
	static const char head[] = "MESSAGE sip:alice@192.0.2.1 SIP/2.0\r\n"
				   "Content-Length: 1000000\r\n\r\n";
	struct world *w = *state;
	char *text = mem_zalloc(SIZE, NULL);
	void *conns[N];
	unsigned gone = 0, i;

	memset(text, 'a', SIZE);
	memcpy(text, head, sizeof(head) - 1);
	for (i = 0; i < N; i++)
		conns[i] = crowd_connect(w, w->there, text, SIZE, &gone);
	assert_in_range(flows(w), 40, 67);
	assert_int_equal(gone, N - flows(w));
	for (i = 0; i < N; i++)
		mem_deref(conns[i]);
	world_run(w, 1);
	assert_int_equal(flows(w), 0);
	mem_deref(text);
}


/* The 60 s are each message's own: a busy stream whose pieces never end with
 * a message stays. */
static void never_whole(void **state)
{
	static const char text[] =
		"OPTIONS sip:alice@192.0.2.1 SIP/2.0\r\n"
		"Via: SIP/2.0/TCP 192.0.2.2;branch=z9hG4bK1\r\n"
		"From: <sip:bob@example.org>;tag=b1\r\n"
		"To: <sip:alice@example.org>\r\n"
		"Call-ID: c\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
	struct world *w = *state;
	const size_t half = sizeof(text) / 2;
	char turned[sizeof(text)];
	unsigned i;

	w->answer = 200;
	world_stream_bytes(w, text, half);
	memcpy(turned, text + half, sizeof(text) - 1 - half);
	memcpy(turned + sizeof(text) - 1 - half, text, half);
	for (i = 0; i < 30; i++) {
		world_run(w, 10000);
		world_stream_bytes(w, turned, sizeof(text) - 1);
	}
	assert_false(w->peer_down);
	assert_int_equal(w->requests, 30);
	world_run(w, 61000);
	assert_true(w->peer_down);
}


/* A peer that never reads is not served for ever. */
static int refuse_send(void *conn, const void *p, size_t n)
{
	(void)conn;
	(void)p;
	(void)n;
	return ENOBUFS;
}


static void stuffed(void **state)
{
	struct world *w = *state;
	struct sip_net *net = (struct sip_net *)memnet_net(w->here);
	struct world_user u;

	world_flow(&u, w, SIP_TCP);
	net->send = refuse_send;
	assert_int_equal(sip_flow_send(u.flow, "x", 1), ENOBUFS);
	assert_true(sip_flow_isup(u.flow));
	world_run(w, 1);
	assert_false(sip_flow_isup(u.flow));
	assert_true(w->peer_down);
	world_user_stop(&u);
}


/* FL5, TL2: over TLS a connection is used for another name only where the
 * certificate names it, and never by another agent, whose trust may be
 * another. */
static void tls_reuse(void **state)
{
	static const char *const proven[] = {
		"example.org", "sip.example.org", NULL};
	static const struct {
		const char *name;
		bool same; /* as the first */
		int err;
	} rows[] = {
		{"example.org", true, 0},
		{"sip.example.org", true, 0},
		{"EXAMPLE.org", true, 0},
		{"example.com", false, EPROTO},
	};
	struct sip_agent_config config = {
		.aor = "sip:bob@lab.test", .tls_verify = true};
	struct world *w = *state;
	struct world_user u = {.w = w};
	const struct sip_net *net = memnet_net(w->there);
	struct tls *tls = mem_zalloc(1, NULL);
	struct sip_agent *agent, *other;
	struct sip_target target = {.tp = SIP_TLS, .name = "example.org"};
	struct sip_flow *first = NULL;
	void *listener;
	struct sa sa;
	size_t i;

	memnet_set_names(w->there, proven);
	assert_int_equal(sip_agent_alloc(&agent, w->sip, &config), 0);
	assert_int_equal(sa_set_str(&sa, "192.0.2.2", 5061), 0);
	assert_int_equal(
		net->listen(&listener, net->ctx, &sa, tls, world_accept_h, w),
		0);
	for (i = 0; i < UNIT_N(rows); i++) {
		target.addr = sa;
		target.name = (char *)rows[i].name;
		u.up = 0;
		assert_int_equal(sip_flow_get(&u.flow, &u.wait, agent, &target,
					 world_flow_up_h, &u),
			0);
		world_run(w, 1);
		assert_int_equal(u.up, 1);
		assert_int_equal(u.up_err, rows[i].err);
		if (!first)
			first = mem_ref(u.flow);
		assert_int_equal(u.flow == first, rows[i].same);
		world_user_stop(&u);
	}
	assert_int_equal(sip_agent_alloc(&other, w->sip, &config), 0);
	target.name = "example.org";
	u.up = 0;
	target.addr = sa;
	assert_int_equal(sip_flow_get(&u.flow, &u.wait, other, &target,
				 world_flow_up_h, &u),
		0);
	world_run(w, 1);
	assert_int_equal(u.up_err, 0);
	assert_ptr_not_equal(u.flow, first);
	world_user_stop(&u);
	mem_deref(first);
	mem_deref(listener);
	mem_deref(other);
	mem_deref(agent);
	mem_deref(tls);
}


/* A certificate file that is not there is told in words, later. */
static void tls_unreadable(void **state)
{
	struct sip_agent_config config = {.aor = "sip:bob@lab.test",
		.tls = {.ca_file = "/nonexistent/ca.pem"},
		.tls_verify = true};
	struct sip_target target = {.tp = SIP_TLS, .name = "lab.test"};
	struct world *w = *state;
	struct world_user u = {.w = w};
	struct sip_agent *agent;

	assert_int_equal(sip_agent_alloc(&agent, w->sip, &config), 0);
	assert_int_equal(sa_set_str(&target.addr, "192.0.2.2", 5061), 0);
	assert_int_equal(sip_flow_get(&u.flow, &u.wait, agent, &target,
				 world_flow_up_h, &u),
		0);
	assert_int_equal(u.up, 0);
	world_run(w, 1);
	assert_int_equal(u.up, 1);
	assert_int_not_equal(u.up_err, 0);
	assert_int_equal(flows(w), 0);
	world_user_stop(&u);
	mem_deref(agent);
}


/* A port closes at once, with what is under way over it. */
static void port_closes(void **state)
{
	struct world *w = *state;
	struct world_user u;

	world_call(&u, w, SIP_UDP, "MESSAGE", "");
	sip_agent_clear_ports(w->agent);
	w->udp = mem_deref(w->udp);
	assert_int_equal(u.final, 1);
	assert_int_not_equal(u.err, 0);
	assert_false(sip_flow_isup(u.flow));
	assert_int_equal(sip_flow_send(u.flow, "x", 1), ENOTCONN);
	world_user_stop(&u);
	assert_int_equal(flows(w), 0);
}


/* TR16: a reply may find its port closed; for a connection that is gone
 * another one is made, to the place that Via names. */
static void reply_without_way(void **state)
{
	struct world *w = *state;
	char *text = world_request("MESSAGE", "z9hG4bKa", 1, "");

	world_send(w, text);
	sip_agent_clear_ports(w->agent);
	w->udp = mem_deref(w->udp);
	assert_int_equal(sip_strans_answer(w->st, 200, NULL), ENOTCONN);
	assert_int_equal(sip_strans_answer(w->st, 200, NULL), EALREADY);
	mem_deref(text);
	text = world_request("MESSAGE", "z9hG4bKb", 2, "");
	world_stream(w, text);
	w->peer_conn = mem_deref(w->peer_conn);
	world_run(w, 1);
	world_forget(w, 0);
	assert_int_equal(sip_strans_answer(w->st, 200, NULL), 0);
	assert_int_equal(w->ngot, 0);
	world_run(w, 10);
	assert_non_null(w->peer_conn);
	assert_int_equal(w->ngot, 1);
	assert_int_equal(world_status(w), 200);
	mem_deref(text);
}


/* TR16 over TLS: a connection that is gone is not made anew, for who would be
 * at the place that Via names cannot be told. Who asks again by another one
 * gets the answer there. */
static void tls_reply_without_way(void **state)
{
	struct world *w = *state;
	struct tls *tls = mem_zalloc(1, NULL);
	struct sip_port *port = NULL;
	char *text = world_request("MESSAGE", "z9hG4bKa", 1, "");
	uint64_t connects;
	struct sa sa;

	assert_int_equal(sa_set_str(&sa, "192.0.2.1", 5061), 0);
	assert_int_equal(sip_listen(&port, w->sip, SIP_TLS, &sa, tls), 0);
	world_connect(w, 5061, tls);
	world_stream(w, text);
	assert_int_equal(w->requests, 1);
	w->peer_conn = mem_deref(w->peer_conn);
	world_run(w, 1);
	connects = memnet_stats(w->mn)->connects;
	assert_int_equal(sip_strans_answer(w->st, 200, NULL), ENOTCONN);
	world_run(w, 60 * 1000);
	assert_int_equal(memnet_stats(w->mn)->connects, connects);
	assert_int_equal(w->ngot, 0);
	w->answer = 200;
	world_connect(w, 5061, tls);
	world_stream(w, text);
	assert_int_equal(w->ngot, 1);
	assert_int_equal(world_status(w), 200);
	mem_deref(text);
	mem_deref(port);
	mem_deref(tls);
}


struct traces {
	unsigned sent, received;
	bool secret;
};


static void trace(bool sent, const char *transport, const struct sa *local,
	const struct sa *peer, const void *p, size_t n, void *arg)
{
	struct traces *t = arg;
	char buf[SA_TEXT_SIZE];

	if (sent)
		t->sent++;
	else
		t->received++;
	assert_string_equal(transport, "UDP");
	assert_string_equal(sa_text(local, buf), "192.0.2.1:5060");
	assert_string_equal(sa_text(peer, buf), "192.0.2.2:5060");
	if (memmem(p, n, "feedface", 8))
		t->secret = true;
}


/* Every message is shown, its secrets are not. */
static void traced(void **state)
{
	struct world *w = *state;
	struct traces t = {0};
	char *text = world_request("MESSAGE", "z9hG4bKa", 1,
		"Authorization: Digest username=\"bob\", realm=\"r\", "
		"nonce=\"n\", uri=\"sip:a\", response=\"feedface\"\n");

	w->answer = 200;
	sip_set_trace(w->sip, trace, &t);
	world_send(w, text);
	world_send(w, text);
	assert_int_equal(t.received, 2);
	assert_int_equal(t.sent, 2);
	assert_false(t.secret);
	sip_set_trace(w->sip, NULL, NULL);
	world_send(w, text);
	assert_int_equal(t.received, 2);
	mem_deref(text);
}


struct chain {
	struct sip_listener *l[3];
	unsigned asked[3];
};

static bool first_h(struct sip_strans *st, const struct msg *req,
	struct sip_flow *flow, void *arg)
{
	struct chain *c = arg;

	(void)st;
	(void)req;
	(void)flow;
	c->asked[0]++;
	/* It goes, and takes its neighbour along. */
	c->l[0] = mem_deref(c->l[0]);
	c->l[1] = mem_deref(c->l[1]);
	return false;
}


static bool second_h(struct sip_strans *st, const struct msg *req,
	struct sip_flow *flow, void *arg)
{
	struct chain *c = arg;

	(void)st;
	(void)req;
	(void)flow;
	c->asked[1]++;
	return false;
}


static bool third_h(struct sip_strans *st, const struct msg *req,
	struct sip_flow *flow, void *arg)
{
	struct chain *c = arg;

	(void)req;
	(void)flow;
	c->asked[2]++;
	assert_int_equal(sip_strans_answer(st, 202, NULL), 0);
	return true;
}


/* Listeners are asked in turn and may go while they are. */
static void listeners(void **state)
{
	struct world *w = *state;
	struct chain c = {0};
	char *text = world_request("MESSAGE", "z9hG4bKa", 1, "");

	w->listener = mem_deref(w->listener);
	(void)sip_listener_add(&c.l[0], w->sip, first_h, &c);
	(void)sip_listener_add(&c.l[1], w->sip, second_h, &c);
	(void)sip_listener_add(&c.l[2], w->sip, third_h, &c);
	world_send(w, text);
	assert_int_equal(world_status(w), 202);
	assert_int_equal(c.asked[0], 1);
	assert_int_equal(c.asked[1], 0);
	assert_int_equal(c.asked[2], 1);
	mem_deref(c.l[2]);
	mem_deref(text);
}


#define T(name_) cmocka_unit_test_setup_teardown(name_, setup, teardown)

int test_transp(void)
{
	const struct CMUnitTest tests[] = {
		T(names),
		T(via),
		T(reuse),
		T(connect_ends),
		T(watches),
		T(pieces),
		T(pings),
		T(hostile),
		T(endless_header),
		T(patience),
		T(crowd),
		T(begun),
		T(never_whole),
		T(stuffed),
		T(tls_reuse),
		T(tls_reply_without_way),
		T(tls_unreadable),
		T(port_closes),
		T(reply_without_way),
		T(traced),
		T(listeners),
	};

	return cmocka_run_group_tests_name("transp", tests, NULL, NULL);
}
