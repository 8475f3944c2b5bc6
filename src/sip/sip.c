/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sip.c - the stack: listeners in turn, trace, dispatch (RFC 3261 18). */
#include <errno.h>
#include <string.h>
#include "assoc.h"
#include "stack.h"


enum {
	MAX_TRANSACTIONS = 100000,
	OUT_SIZE = 2048,
	MADE_BODY = 8 << 20, /* bytes: servers that we chose send long lists */
};

struct sip_listener {
	struct le le;
	uint64_t id;
	sip_request_h *h;
	void *arg;
};


static void sip_destructor(void *data)
{
	struct sip *sip = data;

	sip_strans_flush(sip);
	sip_ctrans_flush(sip);
	while (sip->streams.head)
		sip_flow_drop(list_data(sip->streams.head));
	while (sip->ports.head) {
		struct sip_port *port = list_data(sip->ports.head);

		while (port->paths.head)
			sip_flow_drop(list_data(port->paths.head));
		list_unlink(&port->le);
		port->end = mem_deref(port->end);
		port->sip = NULL;
	}
	list_clear(&sip->listeners);
	mem_deref(sip->out);
	mem_wipe(sip->secret, sizeof(sip->secret));
}


static void listener_destructor(void *data)
{
	struct sip_listener *l = data;

	list_unlink(&l->le);
}


int sip_alloc(struct sip **sipp, const struct sip_config *config)
{
	struct sip *sip;

	if (!config->tmrs || !config->rand || !config->net)
		return EINVAL;
	sip = mem_zalloc(sizeof(*sip), sip_destructor);
	sip->config = *config;
	if (!config->max_transactions)
		sip->config.max_transactions = MAX_TRANSACTIONS;
	if (!config->limits.header_bytes)
		sip->config.limits = msg_limits_default;
	sip->made = sip->config.limits;
	if (sip->made.body_bytes < MADE_BODY)
		sip->made.body_bytes = MADE_BODY;
	rand_bytes(config->rand, sip->secret, sizeof(sip->secret));
	sip->out = mbuf_alloc_size(OUT_SIZE,
		sip->config.limits.header_bytes +
			sip->config.limits.body_bytes);
	*sipp = sip;
	return 0;
}


void sip_set_trace(struct sip *sip, sip_trace_h *trace, void *arg)
{
	sip->config.trace = trace;
	sip->config.trace_arg = arg;
}


void sip_count(const struct sip *sip, struct sip_count *count)
{
	count->ctrans = sip_ctrans_count(sip);
	count->strans = sip_strans_count(sip);
	count->flows = sip->streams.count + HASH_COUNT(sip->paths);
}


struct tmrs *sip_tmrs(const struct sip *sip)
{
	return sip->config.tmrs;
}


struct rand *sip_rand(const struct sip *sip)
{
	return sip->config.rand;
}


const struct sip_resolver *sip_resolver(const struct sip *sip)
{
	return sip->config.resolver;
}


void sip_new_branch(struct sip *sip, char buf[SIP_BRANCH_SIZE])
{
	rand_token(sip->config.rand, buf, SIP_BRANCH_SIZE);
}


void sip_trace_msg(
	const struct sip_flow *flow, bool sent, const void *p, size_t n)
{
	const struct sip_config *config = &flow->sip->config;
	struct mbuf *mb;

	if (!config->trace)
		return;
	mb = mbuf_alloc_size(n + 64, n * 2 + 1024);
	if (!msg_mask(mb, p, n))
		config->trace(sent, flow->transp->name, &flow->local,
			&flow->peer, mb->buf, mb->end, config->trace_arg);
	mem_deref(mb);
}


/* Once an association stands, what is not the server's goes no further. */
static bool is_trusted(
	struct sip *sip, struct sip_flow *flow, const struct msg *msg)
{
	const char *why = NULL;
	char buf[80];

	switch (sip_assoc_check(flow, msg)) {
	case SIP_ASSOC_PASS:
		return true;
	case SIP_ASSOC_UNSIGNED:
		why = "what the server sent is not signed";
		break;
	case SIP_ASSOC_REPLAY:
		why = "what the server sent was there before";
		break;
	case SIP_ASSOC_WRONG:
		why = "what the server sent has a wrong signature";
		sip_flow_close(flow, SIP_EFORGED, why);
		break;
	}
	log_print(sip->config.log, LOG_WARN, "sip", "%s: %.*s (%s): %s",
		sip_flow_text(flow, buf, sizeof(buf)),
		PL_ARG(&msg->method_text),
		msg->request ? "request" : "response", why);
	if (!msg->request && msg->status >= 200 && !flow->ended)
		sip_ctrans_refuse(sip, msg, why);
	return false;
}


void sip_recv(struct sip *sip, struct sip_flow *flow, struct msg *msg,
	const struct sa *src)
{
	char buf[80];

	mem_ref(sip);
	if (msg->bad) {
		log_print(sip->config.log, LOG_INFO, "sip",
			"%s: refused with %u: %s",
			sip_flow_text(flow, buf, sizeof(buf)), msg->bad,
			msg->bad_why ? msg->bad_why : "");
		sip_strans_refuse(sip, flow, msg, src, msg->bad,
			msg->bad == 400 ? msg->bad_why : NULL);
	} else if (!is_trusted(sip, flow, msg)) {
		/* Dropped. */
	} else if (msg->request) {
		(void)sip_strans_recv(sip, flow, msg, src);
	} else if (!sip_ctrans_recv(sip, msg)) {
		log_print(sip->config.log, LOG_INFO, "sip",
			"%s: stray response %u dropped",
			sip_flow_text(flow, buf, sizeof(buf)), msg->status);
	}
	mem_deref(sip);
}


int sip_listener_add(
	struct sip_listener **lp, struct sip *sip, sip_request_h *h, void *arg)
{
	struct sip_listener *l;

	if (!lp || !h)
		return EINVAL;
	l = mem_zalloc(sizeof(*l), listener_destructor);
	l->id = ++sip->listener_id;
	l->h = h;
	l->arg = arg;
	list_append(&sip->listeners, &l->le, l);
	*lp = l;
	return 0;
}


/* The listener after the one with number ID, oldest first. */
static struct sip_listener *listener_after(const struct sip *sip, uint64_t id)
{
	struct le *le, *next;

	LIST_FOREACH (&sip->listeners, le, next) {
		struct sip_listener *l = list_data(le);

		if (l->id > id)
			return l;
	}
	return NULL;
}


bool sip_listeners_ask(struct sip *sip, struct sip_strans *st,
	const struct msg *msg, struct sip_flow *flow)
{
	struct sip_listener *l;
	uint64_t last = 0;

	/* A handler may remove any listener: walk by number, not by link. */
	while ((l = listener_after(sip, last))) {
		last = l->id;
		if (l->h(st, msg, flow, l->arg))
			return true;
	}
	return false;
}
