/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab.c - a stack on a network in memory and peers with a script. */
#include <errno.h>
#include <stdlib.h>
#include "lab.h"


/* ---- names ---- */

struct lookup {
	struct tmr tmr;
	struct lab *lab;
	char *name;
	dns_srv_h *srvh;
	dns_addr_h *addrh;
	void *arg;
};


static void lookup_destructor(void *data)
{
	struct lookup *q = data;

	tmr_cancel(&q->tmr);
	mem_deref(q->name);
}


static void lookup_srv(struct lookup *q)
{
	struct dns_srv srv[32];
	const struct lab_name *e;
	size_t n = 0;
	int err = ENOENT;

	for (e = q->lab->names; e && e->name; e++) {
		if (strcmp(e->name, q->name))
			continue;
		if (e->err) {
			q->srvh(e->err, NULL, 0, q->arg);
			return;
		}
		assert_true(n < UNIT_N(srv));
		srv[n].priority = e->priority;
		srv[n].weight = e->weight;
		srv[n].port = e->port;
		srv[n++].target = (char *)e->target;
		err = 0;
	}
	q->srvh(err, srv, n, q->arg);
}


static void lookup_addr(struct lookup *q)
{
	struct sa addrs[32];
	const struct lab_name *e;
	size_t n = 0;

	for (e = q->lab->names; e && e->name; e++) {
		if (strcmp(e->name, q->name))
			continue;
		if (e->err) {
			q->addrh(e->err, NULL, 0, q->arg);
			return;
		}
		assert_true(n < UNIT_N(addrs));
		assert_int_equal(sa_set_str(&addrs[n++], e->addr, 0), 0);
	}
	q->addrh(n ? 0 : ENOENT, addrs, n, q->arg);
}


static void lookup_h(void *arg)
{
	struct lookup *q = arg;

	mem_ref(q);
	if (q->srvh)
		lookup_srv(q);
	else
		lookup_addr(q);
	mem_deref(q);
}


static struct lookup *lookup_new(struct lab *lab, const char *name, void *arg)
{
	struct lookup *q = mem_zalloc(sizeof(*q), lookup_destructor);
	char *asked = mem_printf("%s%s ", lab->asked ? lab->asked : "", name);

	mem_deref(lab->asked);
	lab->asked = asked;
	++lab->lookups;
	q->lab = lab;
	q->name = mem_strdup(name);
	q->arg = arg;
	tmr_start(memnet_tmrs(lab->net), &q->tmr, 5, lookup_h, q);
	return q;
}


static int lab_srv(
	void **qp, void *ctx, const char *name, dns_srv_h *h, void *arg)
{
	struct lookup *q = lookup_new(ctx, name, arg);

	q->srvh = h;
	*qp = q;
	return 0;
}


static int lab_addr(
	void **qp, void *ctx, const char *name, dns_addr_h *h, void *arg)
{
	struct lookup *q = lookup_new(ctx, name, arg);

	q->addrh = h;
	*qp = q;
	return 0;
}


/* ---- the stack and its agents ---- */

static void lab_destructor(void *data)
{
	struct lab *lab = data;

	list_flush(&lab->peers);
	mem_deref(lab->sip);
	mem_deref(lab->asked);
	mem_deref(lab->net);
}


struct lab *lab_new(uint64_t seed)
{
	struct lab *lab = mem_zalloc(sizeof(*lab), lab_destructor);
	struct sip_config config = {0};

	assert_int_equal(memnet_alloc(&lab->net, seed), 0);
	lab->host = memnet_host(lab->net, "192.0.2.1");
	lab->resolver.srv = lab_srv;
	lab->resolver.addr = lab_addr;
	lab->resolver.ctx = lab;
	lab->user = "alice";
	lab->password = "secret";
	config.tmrs = memnet_tmrs(lab->net);
	config.rand = memnet_rand(lab->net);
	config.net = memnet_net(lab->host);
	config.resolver = &lab->resolver;
	config.limits = msg_limits_default;
	assert_int_equal(sip_alloc(&lab->sip, &config), 0);
	return lab;
}


static void credentials_h(const char *realm, sip_credentials_answer_h *answer,
	void *ctx, void *arg)
{
	struct lab *lab = arg;

	++lab->questions;
	(void)snprintf(lab->realm, sizeof(lab->realm), "%s", realm);
	if (lab->later) {
		lab->answer = answer;
		lab->answer_ctx = ctx;
	} else {
		answer(lab->user, lab->password, ctx);
	}
}


struct sip_agent *lab_agent(
	struct lab *lab, const struct sip_agent_config *config)
{
	struct sip_agent_config c = {0};
	struct sip_agent *agent;

	if (config)
		c = *config;
	if (!c.aor)
		c.aor = "sip:alice@example.org";
	c.credentials = credentials_h;
	c.arg = lab;
	c.tls_verify = true;
	assert_int_equal(sip_agent_alloc(&agent, lab->sip, &c), 0);
	return agent;
}


struct memnet_host *lab_host(struct lab *lab, const char *addr)
{
	return memnet_host(lab->net, addr);
}


/* ---- peers ---- */

struct conn {
	struct le le;
	struct lab_peer *peer;
	void *conn;
	struct mbuf *in;
};


static void conn_destructor(void *data)
{
	struct conn *c = data;

	list_unlink(&c->le);
	mem_deref(c->conn);
	mem_deref(c->in);
}


static void peer_destructor(void *data)
{
	struct lab_peer *peer = data;
	size_t i;

	list_unlink(&peer->le);
	mem_deref(peer->udp);
	mem_deref(peer->listener);
	list_flush(&peer->conns);
	for (i = 0; i < peer->n; i++)
		mem_deref(peer->msgs[i]);
}


/* "STATUS\nHeader: value\n...\n\nbody" as a response to REQ. */
static struct mbuf *response(
	const struct lab_peer *peer, const struct msg *req, const char *line)
{
	struct pl tag = pl_str(peer->to_tag ? peer->to_tag : "peer");
	struct pl none = PL_INIT, body = PL_INIT, head, contact;
	struct msg_response r = {.status = (uint16_t)atoi(line)};
	struct mbuf *mb = mbuf_alloc(1 << 20);
	const char *sep = strstr(line, "\n\n"), *nl = strchr(line, '\n');
	bool dialog = r.status > 100 && r.status < 300;

	if (r.status > 100)
		r.to_tag = &tag;
	r.record_route = dialog;
	assert_int_equal(msg_put_response(mb, req, &r), 0);
	if (sep)
		body = pl_str(sep + 2);
	while (nl && nl != sep && nl[1]) {
		const char *end = strchr(nl + 1, '\n');

		head = pl_make(
			nl + 1, end ? (size_t)(end - nl - 1) : strlen(nl + 1));
		mbuf_write_pl(mb, &head);
		mbuf_write_str(mb, "\r\n");
		nl = end;
	}
	if (peer->contact && dialog) {
		contact = pl_str(peer->contact);
		mbuf_printf(mb, "Contact: <%.*s>\r\n", PL_ARG(&contact));
	}
	assert_int_equal(msg_put_body(mb, &none, &body), 0);
	return mb;
}


static void send_back(struct lab_peer *peer, struct conn *c,
	const struct sa *src, const struct mbuf *mb)
{
	const struct sip_net *net = memnet_net(peer->host);

	if (c)
		(void)net->send(c->conn, mb->buf, mb->end);
	else
		(void)net->udp_send(peer->udp, NULL, src, mb->buf, mb->end);
}


static void play(struct lab_peer *peer, const struct msg *req, struct conn *c,
	const struct sa *src, const char *line)
{
	const char *plus;
	struct mbuf *mb;
	char *first;

	/* Only status numbers stand before a plus: "180+200\nX: y". */
	plus = strspn(line, "0123456789") < strlen(line) &&
			line[strspn(line, "0123456789")] == '+'
		? strchr(line, '+')
		: NULL;
	first = plus ? mem_strndup(line, (size_t)(plus - line))
		     : mem_strdup(line);
	mb = response(peer, req, first);
	send_back(peer, c, src, mb);
	mem_deref(mb);
	mem_deref(first);
	if (plus)
		play(peer, req, c, src, plus + 1);
}


/* The index of the transaction that MSG belongs to. */
static size_t transaction(struct lab_peer *peer, const struct msg *msg)
{
	size_t i, n = 0;

	for (i = 0; i < peer->n; i++) {
		const struct msg *m = peer->msgs[i];
		size_t k;

		if (!m->request || m->method == MSG_ACK)
			continue;
		for (k = 0; k < i; k++)
			if (pl_eq(&peer->msgs[k]->via.branch, &m->via.branch) &&
				peer->msgs[k]->method == m->method)
				break;
		if (pl_eq(&m->via.branch, &msg->via.branch) &&
			m->method == msg->method)
			return n;
		if (k == i)
			n++;
	}
	return n;
}


static void take(struct lab_peer *peer, struct conn *c, const struct sa *src,
	const void *p, size_t n)
{
	const char *why = NULL;
	struct msg *msg = NULL;
	size_t i;

	if (msg_decode(&msg, p, n, c != NULL, NULL, &why)) {
		mem_deref(msg);
		fail_msg("a message we sent is not sound: %s", why);
	}
	assert_true(peer->n < LAB_MSGS);
	if (src)
		peer->last_src = *src;
	i = transaction(peer, msg);
	peer->stream[peer->n] = c != NULL;
	peer->msgs[peer->n++] = msg;
	if (!msg->request || msg->method == MSG_ACK || !peer->nscript)
		return;
	if (i >= peer->ntrans)
		peer->ntrans = i + 1;
	if (i >= peer->nscript)
		i = peer->nscript - 1;
	if (peer->script[i])
		play(peer, msg, c, src, peer->script[i]);
}


static void udp_recv_h(const struct sa *src, const struct sa *dst,
	const uint8_t *p, size_t n, void *arg)
{
	(void)dst;
	take(arg, NULL, src, p, n);
}


static void udp_error_h(
	const struct sa *peer, int err, const uint8_t *p, size_t n, void *arg)
{
	(void)peer;
	(void)err;
	(void)p;
	(void)n;
	(void)arg;
}


static void conn_recv_h(const struct sa *src, const struct sa *dst,
	const uint8_t *p, size_t n, void *arg)
{
	struct conn *c = arg;
	const char *why;
	size_t len, scanned = 0;
	struct pl left;

	(void)src;
	(void)dst;
	mbuf_write_mem(c->in, p, n);
	for (;;) {
		left = mbuf_left(c->in);
		scanned = 0;
		switch (msg_frame(left.p, left.l, &msg_limits_default, &scanned,
			&len, &why)) {
		case MSG_FRAME_MESSAGE:
			take(c->peer, c, NULL, left.p, len);
			c->in->pos += len;
			mbuf_shift(c->in);
			continue;
		case MSG_FRAME_BAD:
			fail_msg("not to be framed: %s", why);
			break;
		default:
			return;
		}
	}
}


static void conn_down_h(const struct stream_end *end, void *arg)
{
	(void)end;
	mem_deref(arg);
}


static void conn_up_h(void *arg)
{
	(void)arg;
}


static void accept_h(void *conn, const struct sa *src, void *arg)
{
	static const struct sip_net_handlers handlers = {
		.recv = conn_recv_h,
		.up = conn_up_h,
		.down = conn_down_h,
	};
	struct lab_peer *peer = arg;
	struct conn *c = mem_zalloc(sizeof(*c), conn_destructor);

	(void)src;
	c->peer = peer;
	c->conn = conn;
	c->in = mbuf_alloc(1 << 20);
	list_append(&peer->conns, &c->le, c);
	memnet_net(peer->host)->set_handlers(conn, &handlers, c);
}


struct lab_peer *lab_peer(struct lab *lab, struct memnet_host *host,
	enum sip_tp tp, uint16_t port, const char *const *script, size_t n)
{
	const struct sip_net *net = memnet_net(host);
	struct lab_peer *peer = mem_zalloc(sizeof(*peer), peer_destructor);
	struct sa any;

	peer->lab = lab;
	peer->host = host;
	peer->script = script;
	peer->nscript = n;
	list_append(&lab->peers, &peer->le, peer);
	peer->handlers.recv = udp_recv_h;
	peer->handlers.error = udp_error_h;
	assert_int_equal(sa_set_str(&any, "0.0.0.0", port), 0);
	if (tp == SIP_UDP)
		assert_int_equal(net->udp_open(&peer->udp, net->ctx, &any,
					 &peer->handlers, peer),
			0);
	else
		assert_int_equal(
			net->listen(&peer->listener, net->ctx, &any,
				tp == SIP_TLS ? (struct tls *)peer : NULL,
				accept_h, peer),
			0);
	return peer;
}


static struct mbuf *crlf(const char *text)
{
	struct mbuf *mb = mbuf_alloc(1 << 20);

	for (; *text; text++) {
		if (*text == '\n')
			mbuf_write_u8(mb, '\r');
		mbuf_write_u8(mb, (uint8_t)*text);
	}
	return mb;
}


void lab_peer_say(struct lab_peer *peer, const char *text)
{
	struct conn *c = peer->udp ? NULL : list_data(peer->conns.head);
	struct mbuf *mb = crlf(text);

	send_back(peer, c, &peer->last_src, mb);
	mem_deref(mb);
}


void lab_peer_answer(struct lab_peer *peer, size_t i, const char *script)
{
	struct conn *c = list_data(peer->conns.head);

	play(peer, peer->msgs[i], peer->stream[i] ? c : NULL, &peer->last_src,
		script);
}


struct msg *lab_msg(const char *text)
{
	struct mbuf *mb = crlf(text);
	const char *why = "";
	struct msg *msg;
	int err = msg_decode(&msg, mb->buf, mb->end, false, NULL, &why);

	mem_deref(mb);
	if (err)
		fail_msg("%s", why);
	return msg;
}


/* ---- requests and results ---- */

void lab_result_h(const struct sip_result *result, void *arg)
{
	struct lab_results *results = arg;
	struct lab_result *r;

	assert_true(results->n < LAB_RESULTS);
	r = &results->all[results->n++];
	r->status = result->status;
	r->err = result->err;
	r->why = mem_strdup(result->why);
	r->final = result->final;
	r->wrong_password = result->wrong_password;
	r->retry_after = result->retry_after;
	r->has_flow = result->flow != NULL;
	r->maybe = result->maybe;
	/* What the header promises of every result. */
	assert_true(!result->msg != !result->err);
	if (result->final && (result->err || result->status >= 300))
		assert_non_null(result->why);
	if (results->act)
		results->act(result, results->arg);
}


void lab_results_clear(struct lab_results *results)
{
	size_t i;

	for (i = 0; i < results->n; i++)
		mem_deref(results->all[i].why);
	memset(results, 0, sizeof(*results));
}


static bool has_final(void *arg)
{
	const struct lab_results *results = arg;

	return results->n && results->all[results->n - 1].final;
}


bool lab_wait_final(struct lab *lab, struct lab_results *results, uint64_t ms)
{
	return memnet_run_until(lab->net, ms, has_final, results);
}


struct sip_request *lab_send(struct lab *lab, struct sip_agent *agent,
	const char *method, const char *target, struct lab_results *results)
{
	struct pl text = pl_str(target);
	struct sip_request_params params = {.method = method};
	struct sip_dialog *d;
	struct sip_request *r;

	(void)lab;
	assert_int_equal(sip_dialog_alloc(&d, agent, &text, NULL), 0);
	params.dialog = d;
	params.contact = strcmp(method, "MESSAGE") != 0;
	assert_int_equal(
		sip_request_send(&r, &params, lab_result_h, results), 0);
	mem_deref(d);
	return r;
}


char *lab_header(const struct lab_peer *peer, size_t i, enum hdr_id id)
{
	struct pl value;

	assert_true(i < peer->n);
	if (!msg_value(peer->msgs[i], id, &value))
		return NULL;
	return pl_strdup(&value);
}


void lab_assert_param(const struct lab_peer *peer, size_t i, enum hdr_id id,
	const char *param, const char *value)
{
	struct msg_challenge c;
	struct pl text;

	assert_true(i < peer->n);
	assert_true(msg_value(peer->msgs[i], id, &text));
	assert_int_equal(msg_challenge_decode(&c, &text), 0);
	if (value) {
		assert_true(msg_challenge_param(&c, param, &text, NULL));
		assert_pl(text, value);
	} else {
		assert_false(msg_challenge_param(&c, param, &text, NULL));
	}
}
