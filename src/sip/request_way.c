/* SPDX-License-Identifier: GPL-3.0-or-later */
/* request_way.c - where a request goes: flows that are open, location, the
 * next server (RFC 3261 8.1.2, 18.1.1; RFC 3263 4.3; RFC 5626 4.3). */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "request.h"


enum {
	CONNECT_MS = 20000, /* TCP and TLS set-up with the last server */
	CONNECT_NEXT_MS = 4000, /* where there is another way */
	PORT_SIP = 5060,
	PORT_SIPS = 5061,
};


void request_way_release(struct sip_request *r)
{
	tmr_cancel(&r->tmr);
	r->locate = mem_deref(r->locate);
	r->wait = mem_deref(r->wait);
	r->ct = mem_deref(r->ct);
	r->udp_flow = mem_deref(r->udp_flow);
}


static void flow_set(struct sip_request *r, struct sip_flow *flow)
{
	struct sip_flow *old = r->flow;

	r->flow = mem_ref(flow);
	mem_deref(old);
}


/* ---- whose server ---- */

/* A port that a URI leaves out may be either default. */
static bool port_eq(uint16_t a, uint16_t b)
{
	if (a && b)
		return a == b;
	a = a ? a : b;
	return !a || a == PORT_SIP || a == PORT_SIPS;
}


static bool server_eq(const struct uri *a, const struct uri *b)
{
	return pl_caseeq(&a->host, &b->host) && port_eq(a->port, b->port);
}


/* What "maddr" names is where a request really goes (RFC 3263 4): of a hop
 * that a peer wrote that may be the peer. */
static bool goes_aside(const struct uri *hop, const struct uri *proxy)
{
	struct pl maddr, typed = PL_INIT;

	if (proxy)
		(void)uri_param(proxy, "maddr", &typed);
	return uri_param(hop, "maddr", &maddr) && !pl_caseeq(&maddr, &typed);
}


static bool hop_is_own(const struct sip_request *r)
{
	const struct uri *proxy = sip_agent_proxy(r->agent);

	if (goes_aside(&r->hop, proxy))
		return false;
	return (proxy && server_eq(&r->hop, proxy)) ||
		server_eq(&r->hop, sip_agent_uri(r->agent));
}


/* An account on TLS proves itself over nothing less, whatever transport the
 * URI of a peer asks for. */
static bool is_weaker(const struct sip_request *r)
{
	return r->flow && sip_flow_tp(r->flow) != SIP_TLS &&
		sip_agent_secure(r->agent);
}


static bool same_peer(const struct sip_flow *a, const struct sip_flow *b)
{
	return a && b && sa_eq(sip_flow_peer(a), sip_flow_peer(b));
}


/* By the agent's flow, by name, or because the dialog was made there: a
 * Record-Route may name a proxy by its address. */
bool request_is_own(const struct sip_request *r)
{
	if (is_weaker(r))
		return false;
	if (same_peer(r->flow, sip_agent_flow(r->agent)) || hop_is_own(r))
		return true;
	return sip_dialog_flow_own(r->dialog) &&
		same_peer(r->flow, sip_dialog_flow(r->dialog));
}


/* A 401 comes from whoever the Request-URI names: that must be the server
 * itself, as what a proxy of ours passes on to a peer, the peer answers. */
bool request_targets_own(const struct sip_request *r)
{
	const struct uri *proxy = sip_agent_proxy(r->agent);
	struct pl text = r->path.uri;
	struct uri uri;
	struct sa addr;

	if (r->server_asks)
		return true;
	if (uri_decode(&uri, &text))
		return false;
	if (pl_caseeq(&uri.host, &sip_agent_uri(r->agent)->host) ||
		(proxy && pl_caseeq(&uri.host, &proxy->host)))
		return true;
	return r->flow && !sa_set(&addr, &uri.host, 0) &&
		sa_addr_eq(&addr, sip_flow_peer(r->flow));
}


/* ---- flows that are open ---- */

/* FLOW leads to ADDR as URI wants it; what URI leaves open, FLOW may say. */
static bool flow_fits(const struct sip_flow *flow, const struct uri *uri,
	const struct sa *addr)
{
	const struct sa *peer = sip_flow_peer(flow);
	struct pl param;
	enum sip_tp tp;

	if (!sip_flow_isup(flow) || !sa_addr_eq(peer, addr))
		return false;
	if (uri->scheme == URI_SIPS && sip_flow_tp(flow) != SIP_TLS)
		return false;
	if (uri->port && uri->port != sa_port(peer))
		return false;
	if (uri_param(uri, "transport", &param) && uri->scheme != URI_SIPS)
		return sip_tp_find(&tp, &param) && tp == sip_flow_tp(flow);
	return true;
}


/* The dialog's flow, or the agent's, where it leads to ADDR. */
static struct sip_flow *flow_to(
	const struct sip_request *r, const struct sa *addr)
{
	struct sip_flow *flow = sip_dialog_flow(r->dialog);

	if (flow && flow_fits(flow, &r->hop, addr))
		return flow;
	flow = sip_agent_flow(r->agent);
	if (flow && flow_fits(flow, &r->hop, addr))
		return flow;
	return NULL;
}


/* A flow that needs no location: the agent's outside a dialog; in one the
 * agent's where the next hop is its server by name, or one whose peer the
 * next hop names by number. With one flow for all, or a dialog that stays on
 * it, it is the agent's. */
static struct sip_flow *flow_open(const struct sip_request *r)
{
	struct sip_flow *flow = sip_agent_flow(r->agent);
	struct sa addr;

	if (r->no_dialog_flow)
		return NULL;
	if (flow && !sip_flow_isup(flow))
		flow = NULL;
	if (flow &&
		(sip_agent_config(r->agent)->one_flow ||
			sip_dialog_stays(r->dialog)))
		return flow;
	if (flow && (!r->to_tag || hop_is_own(r)) &&
		(r->hop.scheme != URI_SIPS || sip_flow_tp(flow) == SIP_TLS))
		return flow;
	if (sa_set(&addr, &r->hop.host, 0))
		return NULL;
	return flow_to(r, &addr);
}


/* ---- servers one after the other ---- */

char *request_failure_words(
	const struct sip_flow *flow, int err, const char *why)
{
	char peer[SA_TEXT_SIZE];

	sa_text(sip_flow_peer(flow), peer);
	switch (err) {
	case EPROTO:
		if (why)
			return mem_strdup(why);
		break;
	case ECONNREFUSED:
		return mem_printf("connection refused by %s", peer);
	case ETIMEDOUT:
		return mem_printf("no answer from %s", peer);
	case ECONNRESET:
		return mem_printf("connection closed by %s", peer);
	default:
		break;
	}
	return mem_printf(
		"cannot reach %s: %s", peer, why ? why : strerror(err));
}


bool request_has_next(const struct sip_request *r)
{
	return !r->cancelled && (r->udp_flow || r->target + 1 < r->ntargets);
}


static void connect_failed(struct sip_request *r, int err, const char *why)
{
	request_next(r, err, request_failure_words(r->flow, err, why));
}


static void up_h(
	struct sip_flow *flow, const struct stream_end *failed, void *arg)
{
	struct sip_request *r = arg;

	(void)flow;
	tmr_cancel(&r->tmr);
	r->wait = mem_deref(r->wait);
	if (failed && failed->tls)
		connect_failed(r, EPROTO, failed->why);
	else if (failed)
		connect_failed(
			r, failed->err ? failed->err : ECONNRESET, failed->why);
	else
		request_transmit(r);
}


static void connect_timeout_h(void *arg)
{
	struct sip_request *r = arg;

	r->wait = mem_deref(r->wait);
	connect_failed(r, ETIMEDOUT, NULL);
}


static void flow_connect(struct sip_request *r, const struct sip_target *target)
{
	char text[SA_TEXT_SIZE];
	int err;

	r->flow = mem_deref(r->flow);
	err = sip_flow_get(&r->flow, &r->wait, r->agent, target, up_h, r);
	if (err) {
		request_next(r, err,
			mem_printf("cannot reach %s: %s",
				sa_text(&target->addr, text), strerror(err)));
	} else if (sip_flow_isup(r->flow)) {
		r->wait = mem_deref(r->wait);
		request_transmit(r);
	} else {
		tmr_start(sip_tmrs(r->sip), &r->tmr,
			request_has_next(r) ? CONNECT_NEXT_MS : CONNECT_MS,
			connect_timeout_h, r);
	}
}


static void target_try(struct sip_request *r)
{
	const struct sip_target *target = &r->targets[r->target];
	struct sip_flow *flow = NULL;

	if (!r->no_dialog_flow)
		flow = flow_to(r, &target->addr);
	if (flow) {
		flow_set(r, flow);
		request_transmit(r);
	} else {
		flow_connect(r, target);
	}
}


static void locate_h(int err, const char *why, const struct sip_target *targets,
	size_t n, void *arg)
{
	struct sip_request *r = arg;
	size_t i;

	r->locate = mem_deref(r->locate);
	r->located = true;
	if (err || !n) {
		request_set_failure(r, err ? err : ENOENT, mem_strdup(why));
		request_fail(r);
		return;
	}
	/* A connection that was lost amid a challenge is located anew. */
	mem_deref(r->target_name);
	mem_deref(r->targets);
	r->target_name = mem_strdup(targets[0].name);
	r->targets = mem_alloc(n * sizeof(*targets), NULL);
	memcpy(r->targets, targets, n * sizeof(*targets));
	for (i = 0; i < n; i++)
		r->targets[i].name = r->target_name;
	r->ntargets = n;
	r->target = 0;
	target_try(r);
}


static void locate(struct sip_request *r)
{
	int err;

	r->flow = mem_deref(r->flow);
	err = sip_locate(&r->locate, r->agent, &r->hop, locate_h, r);
	if (err) {
		request_set_failure(r, err,
			mem_printf("cannot locate %.*s", PL_ARG(&r->path.hop)));
		request_fail(r);
	}
}


void request_route(struct sip_request *r)
{
	struct sip_flow *flow = flow_open(r);

	if (flow) {
		flow_set(r, flow);
		request_transmit(r);
	} else {
		locate(r);
	}
}


void request_next(struct sip_request *r, int err, char *why)
{
	request_set_failure(r, err, why);
	r->ct = mem_deref(r->ct);
	if (!r->cancelled && !r->sent && !r->located && !r->udp_flow) {
		/* The flow ended under our hands: nothing was sent. */
		locate(r);
	} else if (!request_has_next(r)) {
		request_fail(r);
	} else if (r->udp_flow) {
		/* RFC 3261 18.1.1: TCP was refused. */
		r->udp_ok = true;
		flow_set(r, r->udp_flow);
		r->udp_flow = mem_deref(r->udp_flow);
		request_transmit(r);
	} else {
		++r->target;
		r->udp_ok = false;
		target_try(r);
	}
}


void request_try_tcp(struct sip_request *r)
{
	struct sip_target target = {
		.tp = SIP_TCP,
		.addr = *sip_flow_peer(r->flow),
		.name = r->target_name ? r->target_name : "",
	};

	r->udp_flow = r->flow;
	r->flow = NULL;
	flow_connect(r, &target);
}
