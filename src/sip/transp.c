/* SPDX-License-Identifier: GPL-3.0-or-later */
/* transp.c - ports and flows: what all transports share (RFC 3261 18). */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "assoc.h"
#include "stack.h"


struct sip_flow_wait {
	struct le le;
	struct tmr tmr; /* runs when the flow was up from the start */
	struct sip_flow *flow;
	sip_flow_up_h *h;
	void *arg;
};

struct sip_flow_watch {
	struct le le;
	struct sip_flow *flow;
	sip_flow_down_h *h;
	void *arg;
};

static const struct sip_transp *const transports[SIP_TPS] = {
	[SIP_UDP] = &sip_transp_udp,
	[SIP_TCP] = &sip_transp_tcp,
	[SIP_TLS] = &sip_transp_tls,
};


static void flow_destructor(void *data)
{
	struct sip_flow *flow = data;

	if (flow->sip)
		flow->transp->close(flow);
	list_unlink(&flow->le);
	sip_assoc_end_all(&flow->assocs);
	mem_deref(flow->keepalive);
	mem_deref(flow->stream);
}


static void port_destructor(void *data)
{
	struct sip_port *port = data;
	struct stream_end end = {.why = "the port was closed"};

	list_unlink(&port->le);
	while (port->paths.head) {
		struct sip_flow *flow = mem_ref(list_data(port->paths.head));

		sip_flow_end(flow, &end);
		/* One that had ended before stays linked for replies. */
		list_unlink(&flow->le);
		flow->port = NULL;
		flow->sip = NULL;
		mem_deref(flow);
	}
	mem_deref(port->end);
	mem_deref(port->tls);
}


static void wait_destructor(void *data)
{
	struct sip_flow_wait *w = data;

	tmr_cancel(&w->tmr);
	list_unlink(&w->le);
	mem_deref(w->flow);
}


static void watch_destructor(void *data)
{
	struct sip_flow_watch *w = data;

	list_unlink(&w->le);
	mem_deref(w->flow);
}


const char *sip_tp_name(enum sip_tp tp)
{
	return transports[tp]->name;
}


const char *sip_tp_param(enum sip_tp tp)
{
	return transports[tp]->param;
}


bool sip_tp_find(enum sip_tp *tp, const struct pl *param)
{
	int i;

	for (i = 0; i < SIP_TPS; i++) {
		if (pl_strcaseeq(param, transports[i]->param)) {
			*tp = (enum sip_tp)i;
			return true;
		}
	}
	return false;
}


bool sip_tp_reliable(enum sip_tp tp)
{
	return transports[tp]->reliable;
}


/* ---- ports ---- */

int sip_listen(struct sip_port **portp, struct sip *sip, enum sip_tp tp,
	const struct sa *local, struct tls *tls)
{
	struct sip_port *port;
	int err;

	if (!portp || !sa_isset(local) || (tp == SIP_TLS) != (tls != NULL))
		return EINVAL;
	port = mem_zalloc(sizeof(*port), port_destructor);
	port->sip = sip;
	port->tp = tp;
	port->tls = mem_ref(tls);
	err = transports[tp]->listen(port, local);
	if (err) {
		mem_deref(port);
		return err;
	}
	port->local = *sip->config.net->local(port->end);
	list_append(&sip->ports, &port->le, port);
	*portp = port;
	return 0;
}


const struct sa *sip_port_local(const struct sip_port *port)
{
	return &port->local;
}


enum sip_tp sip_port_tp(const struct sip_port *port)
{
	return port->tp;
}


const struct sip_port *sip_port_find(
	const struct sip *sip, enum sip_tp tp, const struct sa *local)
{
	const struct sip_port *found = NULL;
	struct le *le, *next;

	LIST_FOREACH (&sip->ports, le, next) {
		const struct sip_port *port = list_data(le);

		if (port->tp != tp ||
			sa_family(&port->local) != sa_family(local))
			continue;
		if (sa_addr_eq(&port->local, local))
			return port;
		if (!found && sa_isany(&port->local))
			found = port;
	}
	return found;
}


/* ---- flows ---- */

struct sip_flow *sip_flow_alloc(struct sip *sip,
	const struct sip_transp *transp, const struct sa *local,
	const struct sa *peer)
{
	struct sip_flow *flow = mem_zalloc(sizeof(*flow), flow_destructor);

	flow->sip = sip;
	flow->transp = transp;
	flow->dead_from = UINT64_MAX;
	if (local)
		flow->local = *local;
	flow->peer = *peer;
	return flow;
}


enum sip_tp sip_flow_tp(const struct sip_flow *flow)
{
	return flow->transp->tp;
}


const struct sa *sip_flow_local(const struct sip_flow *flow)
{
	return &flow->local;
}


const struct sa *sip_flow_peer(const struct sip_flow *flow)
{
	return &flow->peer;
}


bool sip_flow_isup(const struct sip_flow *flow)
{
	return flow->up;
}


struct sip *sip_flow_stack(const struct sip_flow *flow)
{
	return flow->sip;
}


struct list *sip_flow_assocs(struct sip_flow *flow)
{
	return &flow->assocs;
}


const char *sip_flow_text(const struct sip_flow *flow, char *buf, size_t size)
{
	char addr[SA_TEXT_SIZE];

	(void)snprintf(buf, size, "%s %s", flow->transp->name,
		sa_text(&flow->peer, addr));
	return buf;
}


static void wait_tell(struct sip_flow_wait *w, const struct stream_end *end)
{
	struct sip_flow *flow = mem_ref(w->flow);

	list_unlink(&w->le);
	tmr_cancel(&w->tmr);
	w->h(flow, end, w->arg);
	mem_deref(flow);
}


static void wait_due(void *arg)
{
	wait_tell(arg, NULL);
}


int sip_flow_get(struct sip_flow **fp, struct sip_flow_wait **wp,
	struct sip_agent *agent, const struct sip_target *target,
	sip_flow_up_h *h, void *arg)
{
	struct sip_flow *flow;
	struct sip_flow_wait *w;
	int err;

	if (!fp || !wp || !h)
		return EINVAL;
	err = transports[target->tp]->get(&flow, agent, target);
	if (err)
		return err;
	w = mem_zalloc(sizeof(*w), wait_destructor);
	w->flow = mem_ref(flow);
	w->h = h;
	w->arg = arg;
	list_append(&flow->waits, &w->le, w);
	if (flow->up)
		tmr_start(flow->sip->config.tmrs, &w->tmr, 0, wait_due, w);
	*fp = flow;
	*wp = w;
	return 0;
}


int sip_flow_watch(struct sip_flow_watch **wp, struct sip_flow *flow,
	sip_flow_down_h *h, void *arg)
{
	struct sip_flow_watch *w;

	if (!wp || !h)
		return EINVAL;
	if (flow->ended)
		return ENOTCONN;
	w = mem_zalloc(sizeof(*w), watch_destructor);
	w->flow = mem_ref(flow);
	w->h = h;
	w->arg = arg;
	list_append(&flow->watches, &w->le, w);
	*wp = w;
	return 0;
}


void sip_flow_set_up(struct sip_flow *flow)
{
	struct le *le;

	flow->up = true;
	mem_ref(flow);
	/* A handler may end the flow or wait anew (by timer). */
	while (!flow->ended && (le = flow->waits.head)) {
		struct sip_flow_wait *w = list_data(le);

		if (tmr_isrunning(&w->tmr))
			break;
		wait_tell(w, NULL);
	}
	mem_deref(flow);
}


/* The errno that transactions and waits hear: an orderly end is an error to
 * them. */
static int end_errno(const struct stream_end *end)
{
	return end->err ? end->err : ECONNRESET;
}


void sip_flow_end(struct sip_flow *flow, const struct stream_end *end)
{
	struct stream_end failed = *end;
	struct le *le;

	if (flow->ended || !flow->sip)
		return;
	mem_ref(flow);
	flow->ended = true;
	flow->up = false;
	failed.err = end_errno(end);
	if (!failed.why)
		failed.why = end->err ? strerror(end->err)
				      : "the peer closed the connection";
	flow->keepalive = mem_deref(flow->keepalive);
	sip_assoc_end_all(&flow->assocs);
	flow->transp->close(flow);
	while ((le = flow->ctrans.head))
		sip_ctrans_flow_down(list_data(le), failed.err, failed.why);
	while ((le = flow->waits.head))
		wait_tell(list_data(le), &failed);
	while ((le = flow->watches.head)) {
		struct sip_flow_watch *w = list_data(le);

		list_unlink(&w->le);
		w->h(end, w->arg);
	}
	/* In no list of the stack, it would not learn of its end. */
	if (!flow->le.list)
		flow->sip = NULL;
	mem_deref(flow);
}


void sip_flow_close(struct sip_flow *flow, int err, const char *why)
{
	const struct stream_end end = {.err = err, .why = why};

	sip_flow_end(flow, &end);
}


uint64_t sip_flow_heard(const struct sip_flow *flow)
{
	return flow->heard;
}


void sip_flow_drop(struct sip_flow *flow)
{
	struct le *le;

	mem_ref(flow);
	flow->ended = true;
	flow->up = false;
	flow->keepalive = mem_deref(flow->keepalive);
	sip_assoc_end_all(&flow->assocs);
	flow->transp->close(flow);
	list_unlink(&flow->le);
	while ((le = flow->waits.head)) {
		tmr_cancel(&((struct sip_flow_wait *)le->data)->tmr);
		list_unlink(le);
	}
	list_clear(&flow->watches);
	list_clear(&flow->ctrans);
	flow->port = NULL;
	flow->sip = NULL;
	mem_deref(flow);
}


int sip_flow_send(struct sip_flow *flow, const void *p, size_t n)
{
	struct mbuf *mb;
	int err;

	if (!flow->up)
		return ENOTCONN;
	err = sip_assoc_sign(&mb, flow, p, n);
	if (err)
		return err;
	if (mb) {
		p = mb->buf;
		n = mb->end;
	}
	err = flow->transp->send(flow, p, n);
	if (!err)
		sip_trace_msg(flow, true, p, n);
	mem_deref(mb);
	return err;
}


int sip_flow_reply(struct sip *sip, struct sip_flow *flow,
	const struct msg_via *via, const void *p, size_t n)
{
	struct mbuf *mb;
	int err = sip_assoc_sign(&mb, flow, p, n);

	if (err)
		return err;
	if (mb) {
		p = mb->buf;
		n = mb->end;
	}
	err = flow->transp->reply(sip, flow, via, p, n);
	if (!err && flow->sip)
		sip_trace_msg(flow, true, p, n);
	mem_deref(mb);
	return err;
}


uint16_t sip_flow_via_port(const struct sip_flow *flow)
{
	const struct sip_port *port = flow->port;

	/* A response may have to find us after the connection is gone. */
	if (!port && flow->sip)
		port = sip_port_find(flow->sip, flow->transp->tp, &flow->local);
	return sa_port(port ? &port->local : &flow->local);
}


int sip_flow_put_via(
	const struct sip_flow *flow, struct mbuf *mb, const char *branch)
{
	struct pl pl_host, pl_branch = pl_str(branch);
	char host[SA_TEXT_SIZE];

	pl_host = pl_str(sa_addr_text(&flow->local, host));
	return msg_put_via(mb, flow->transp->name, &pl_host,
		sip_flow_via_port(flow), &pl_branch, true);
}


void sip_flow_recv(struct sip_flow *flow, const void *p, size_t n)
{
	struct sip *sip = flow->sip;
	struct msg *msg = NULL;
	const char *why = NULL;
	char buf[80];
	int err;

	flow->heard = tmrs_now(sip->config.tmrs);
	sip_trace_msg(flow, false, p, n);
	err = msg_decode(&msg, p, n, flow->transp->reliable,
		sip_flow_limits(flow), &why);
	if (msg)
		sip_recv(sip, flow, msg, &flow->peer);
	else if (err != ENODATA)
		log_print(sip->config.log, LOG_INFO, "sip",
			"%s: %zu bytes that are no message dropped: %s",
			sip_flow_text(flow, buf, sizeof(buf)), n,
			why ? why : "");
	mem_deref(msg);
}
