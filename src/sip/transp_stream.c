/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transp_stream.c - SIP over TCP and TLS (RFC 3261 18, RFC 5626 5.4).
 *
 * A flow here is a connection, accepted or made. The stack holds one reference
 * while it is open; one that nobody else refers to and that is silent for
 * long is closed.
 */
#include <errno.h>
#include <string.h>
#include <strings.h>
#include "stack.h"


enum {
	CONNECT_MS = 10000, /* for the connection, TLS included */
	IDLE_MS = 600000,
	ACCEPTED_MAX = 100, /* from one address */
	SIP_PORT = 5060,
	LATE_MAX = 65536, /* bytes of responses for one new connection */
};


static void conn_destructor(void *data)
{
	struct sip_stream *s = data;

	tmr_cancel(&s->tmr);
	tmr_cancel(&s->idle);
	mem_deref(s->conn);
	mem_deref(s->rx);
	mem_deref(s->late);
	mem_deref(s->tls);
	mem_deref(s->name);
	mem_deref(s->why);
}


static void flow_fail(struct sip_flow *flow, int err, const char *why)
{
	struct stream_end end = {.err = err, .why = why};

	sip_flow_end(flow, &end);
}


/* ---- timers ---- */

static void connect_due(void *arg)
{
	flow_fail(arg, ETIMEDOUT, "no connection within 10 s");
}


static void idle_due(void *arg)
{
	struct sip_flow *flow = arg;
	struct sip_stream *s = flow->stream;
	struct tmrs *tmrs = flow->sip->config.tmrs;
	uint64_t silent = tmrs_now(tmrs) - s->active;

	if (silent < IDLE_MS)
		tmr_start(tmrs, &s->idle, IDLE_MS - silent, idle_due, flow);
	else if (mem_nrefs(flow) > 1)
		tmr_start(tmrs, &s->idle, IDLE_MS, idle_due, flow);
	else
		flow_fail(flow, 0, "idle");
}


static void touch(struct sip_flow *flow)
{
	flow->stream->active = tmrs_now(flow->sip->config.tmrs);
}


static void conn_recv(const struct sa *src, const struct sa *dst,
	const uint8_t *p, size_t n, void *arg)
{
	struct sip_flow *flow = arg;

	(void)src;
	(void)dst;
	touch(flow);
	flow->heard = flow->stream->active;
	sip_stream_recv(flow, p, n);
}


static void conn_up(void *arg)
{
	struct sip_flow *flow = arg;
	struct sip_stream *s = flow->stream;
	struct sip *sip = flow->sip;

	tmr_cancel(&s->tmr);
	flow->local = *sip->config.net->local(s->conn);
	touch(flow);
	tmr_start(sip->config.tmrs, &s->idle, IDLE_MS, idle_due, flow);
	mem_ref(flow);
	sip_flow_set_up(flow);
	if (s->late && flow->up)
		(void)sip_flow_send(flow, s->late->buf, s->late->end);
	s->late = mem_deref(s->late);
	mem_deref(flow);
}


static void conn_down(const struct stream_end *end, void *arg)
{
	sip_flow_end(arg, end);
}


static const struct sip_net_handlers conn_handlers = {
	.recv = conn_recv,
	.up = conn_up,
	.down = conn_down,
};


static void conn_close(struct sip_flow *flow)
{
	struct sip_stream *s = flow->stream;
	bool linked = flow->le.list != NULL;

	tmr_cancel(&s->tmr);
	tmr_cancel(&s->idle);
	s->conn = mem_deref(s->conn);
	s->rx = mem_deref(s->rx);
	sip_stream_charge(flow, 0);
	list_unlink(&flow->le);
	/* Callers hold a reference of their own. */
	if (linked)
		mem_deref(flow);
}


/* ---- making and finding ---- */

/* The stack's own reference is the list's. */
static struct sip_flow *conn_flow(struct sip *sip,
	const struct sip_transp *transp, const struct sa *local,
	const struct sa *peer)
{
	struct sip_flow *flow = sip_flow_alloc(sip, transp, local, peer);

	flow->stream = mem_zalloc(sizeof(*flow->stream), conn_destructor);
	list_append(&sip->streams, &flow->le, flow);
	return flow;
}


/* True if PEER's address has as many connections to us as one may have. */
static bool is_crowded(const struct sip *sip, const struct sa *peer)
{
	struct le *le, *next;
	size_t n = 0;

	LIST_FOREACH (&sip->streams, le, next) {
		const struct sip_flow *flow = list_data(le);

		n += flow->stream->accepted && sa_addr_eq(&flow->peer, peer);
	}
	return n >= ACCEPTED_MAX;
}


static void conn_accept(void *conn, const struct sa *peer, void *arg)
{
	struct sip_port *port = arg;
	const struct sip_net *net;
	struct sip_flow *flow;

	if (!port->sip || is_crowded(port->sip, peer)) {
		mem_deref(conn);
		return;
	}
	net = port->sip->config.net;
	flow = conn_flow(port->sip,
		port->tp == SIP_TLS ? &sip_transp_tls : &sip_transp_tcp,
		net->local(conn), peer);
	flow->stream->accepted = true;
	flow->stream->conn = conn;
	net->set_handlers(conn, &conn_handlers, flow);
	conn_up(flow);
}


static int conn_listen(struct sip_port *port, const struct sa *local)
{
	const struct sip_net *net = port->sip->config.net;

	return net->listen(
		&port->end, net->ctx, local, port->tls, conn_accept, port);
}


/* True if FLOW, over TLS, proves to be the target for this agent: made by it,
 * whose trust and wishes TLS stands for, and for the same name or to somebody
 * with a certificate of that name. */
static bool tls_proves(const struct sip_flow *flow, const struct tls *tls,
	const struct tls_peer *peer, const char *name)
{
	const struct sip_stream *s = flow->stream;
	const struct sip_net *net = flow->sip->config.net;
	size_t i;

	if (s->tls != tls)
		return false;
	if (s->name && name && !strcasecmp(s->name, name))
		return true;
	if (!flow->up || !peer->verify || peer->pin)
		return false;
	for (i = 0; peer->names && peer->names[i]; i++) {
		if (net->peer_is(s->conn, peer->names[i]))
			return true;
	}
	return false;
}


static struct sip_flow *conn_find(struct sip *sip,
	const struct sip_target *target, const struct tls *tls,
	const struct tls_peer *peer)
{
	struct le *le, *next;

	LIST_FOREACH (&sip->streams, le, next) {
		struct sip_flow *flow = list_data(le);

		if (flow->transp->tp != target->tp ||
			!sa_eq(&flow->peer, &target->addr))
			continue;
		if (target->tp == SIP_TCP ||
			tls_proves(flow, tls, peer, target->name))
			return flow;
	}
	return NULL;
}


static void refused_due(void *arg)
{
	struct sip_flow *flow = arg;
	struct stream_end end = {.err = flow->stream->err,
		.tls = true,
		.why = flow->stream->why};

	sip_flow_end(flow, &end);
}


/* A flow that fails in a moment, so that WHY comes with it. */
static struct sip_flow *conn_refused(
	struct sip *sip, const struct sip_target *target, int err, char *why)
{
	struct sip_flow *flow =
		conn_flow(sip, &sip_transp_tls, NULL, &target->addr);

	flow->stream->err = err;
	flow->stream->why = why;
	tmr_start(sip->config.tmrs, &flow->stream->tmr, 0, refused_due, flow);
	return mem_ref(flow);
}


static int conn_connect_to(struct sip_flow **fp, struct sip *sip,
	const struct sip_target *target, struct tls *tls,
	const struct tls_peer *peer)
{
	const struct sip_net *net = sip->config.net;
	struct sip_flow *flow = conn_flow(sip,
		target->tp == SIP_TLS ? &sip_transp_tls : &sip_transp_tcp, NULL,
		&target->addr);
	struct sip_stream *s = flow->stream;
	int err;

	s->tls = mem_ref(tls);
	s->name = mem_strdup(target->name);
	err = net->connect(&s->conn, net->ctx, &target->addr, tls, peer,
		&conn_handlers, flow);
	if (err) {
		conn_close(flow);
		return err;
	}
	tmr_start(sip->config.tmrs, &s->tmr, CONNECT_MS, connect_due, flow);
	*fp = mem_ref(flow);
	return 0;
}


static int conn_get(struct sip_flow **fp, struct sip_agent *agent,
	const struct sip_target *target)
{
	struct sip *sip = sip_agent_stack(agent);
	const char *names[SIP_TLS_NAMES];
	struct tls_peer peer = {0};
	struct tls *tls = NULL;
	struct sip_flow *flow;
	char *why = NULL;
	int err;

	if (target->tp == SIP_TLS) {
		err = sip_agent_tls(agent, &tls, &why);
		if (err) {
			*fp = conn_refused(sip, target, err, why);
			return 0;
		}
		sip_agent_tls_peer(agent, target, &peer, names);
	}
	flow = conn_find(sip, target, tls, &peer);
	if (flow) {
		*fp = mem_ref(flow);
		return 0;
	}
	return conn_connect_to(fp, sip, target, tls, tls ? &peer : NULL);
}


/* ---- sending ---- */

static void stuffed_due(void *arg)
{
	flow_fail(arg, ENOBUFS, "the peer does not read");
}


static int conn_send(struct sip_flow *flow, const void *p, size_t n)
{
	struct sip_stream *s = flow->stream;
	struct sip *sip = flow->sip;
	int err;

	if (!s->conn)
		return ENOTCONN;
	touch(flow);
	err = sip->config.net->send(s->conn, p, n);
	/* What is queued for a peer who only talks is bounded by an end. */
	if (err == ENOBUFS)
		tmr_start(sip->config.tmrs, &s->idle, 0, stuffed_due, flow);
	return err;
}


/* The response goes out once there is a connection to TARGET, which FLOW (may
 * be NULL) already is to become. */
static int reply_late(struct sip *sip, struct sip_flow *flow,
	const struct sip_target *target, const void *p, size_t n)
{
	struct sip_flow *made = NULL;
	int err = 0;

	if (!flow) {
		err = conn_connect_to(&made, sip, target, NULL, NULL);
		if (err)
			return err;
		flow = made;
	}
	if (!flow->stream->late)
		flow->stream->late = mbuf_alloc(LATE_MAX);
	err = mbuf_write_mem(flow->stream->late, p, n);
	mem_deref(made);
	return err;
}


/* A response whose connection is gone may use another that is open to the
 * place that its Via names; where there is none, one is made (TR16, RFC 3261
 * 18.2.2). Over TLS we could not tell who is there. */
static int conn_reply(struct sip *sip, struct sip_flow *flow,
	const struct msg_via *via, const void *p, size_t n)
{
	struct sip_target target = {.tp = flow->transp->tp, .addr = flow->peer};
	struct sip_flow *other;

	if (flow->up)
		return conn_send(flow, p, n);
	if (target.tp != SIP_TCP)
		return ENOTCONN;
	sa_set_port(&target.addr, via->port ? via->port : SIP_PORT);
	other = conn_find(sip, &target, NULL, NULL);
	if (other && other->up)
		return conn_send(other, p, n);
	return reply_late(sip, other, &target, p, n);
}


const struct sip_transp sip_transp_tcp = {
	.tp = SIP_TCP,
	.name = "TCP",
	.param = "tcp",
	.reliable = true,
	.listen = conn_listen,
	.get = conn_get,
	.send = conn_send,
	.reply = conn_reply,
	.close = conn_close,
};

const struct sip_transp sip_transp_tls = {
	.tp = SIP_TLS,
	.name = "TLS",
	.param = "tls",
	.reliable = true,
	.listen = conn_listen,
	.get = conn_get,
	.send = conn_send,
	.reply = conn_reply,
	.close = conn_close,
};
