/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dialog.c - dialog state and route set (RFC 3261 12, RFC 6665 4.1). */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "sip_int.h"


enum {
	CSEQ_MAX = 0x7fffffff, /* RFC 3261 8.1.1.5 */
};


struct sip_dialog {
	struct le le; /* in the agent's list */
	struct sip_agent *agent; /* NULL once it is gone */
	struct sip_flow *flow;
	struct pl call_id; /* these texts are ours */
	struct pl local_tag;
	struct pl remote_tag;
	struct pl remote_epid; /* which of their devices: Microsoft */
	struct pl local_uri;
	struct pl remote_uri;
	struct pl remote_target;
	struct pl routes; /* values joined by ", " */
	uint32_t local_cseq;
	uint32_t remote_cseq;
	bool has_remote_cseq;
	bool early; /* made by a 1xx: its 2xx may bring other routes */
	bool own; /* flow leads to a server of the account's */
	bool stays; /* on the agent's flow */
};


static void text_release(struct pl *text)
{
	mem_deref((char *)text->p);
	*text = pl_make(NULL, 0);
}


static void dialog_destructor(void *data)
{
	struct sip_dialog *d = data;

	list_unlink(&d->le);
	mem_deref(d->flow);
	text_release(&d->call_id);
	text_release(&d->local_tag);
	text_release(&d->remote_tag);
	text_release(&d->remote_epid);
	text_release(&d->local_uri);
	text_release(&d->remote_uri);
	text_release(&d->remote_target);
	text_release(&d->routes);
}


/* TEXT may point into what DST holds. */
static void text_set(struct pl *dst, const struct pl *text)
{
	char *copy = pl_isset(text) ? mem_strndup(text->p, text->l) : NULL;
	size_t l = copy ? text->l : 0;

	text_release(dst);
	*dst = pl_make(copy, l);
}


static struct sip_dialog *dialog_new(struct sip_agent *agent)
{
	struct sip_dialog *d = mem_zalloc(sizeof(*d), dialog_destructor);

	d->agent = agent;
	sip_agent_link_dialog(agent, &d->le, d);
	return d;
}


static void tag_new(struct sip_dialog *d)
{
	char tag[SIP_TAG_SIZE];
	struct pl pl;

	rand_token(sip_rand(sip_agent_stack(d->agent)), tag, sizeof(tag));
	pl = pl_str(tag);
	text_set(&d->local_tag, &pl);
}


static int sip_uri_check(struct uri *uri, const struct pl *text)
{
	int err = uri_decode(uri, text);

	if (err)
		return err;
	if (uri->scheme != URI_SIP && uri->scheme != URI_SIPS)
		return EBADMSG;
	return 0;
}


/* ---- what messages bring ---- */

/* One Record-Route value as a Route value of ours. */
static int route_put(struct mbuf *mb, const struct pl *value, bool front)
{
	struct mbuf *joined;
	struct msg_addr addr;
	struct pl old;
	int err = msg_addr_decode(&addr, value);

	if (err)
		return err;
	if (!msg_value_ok(value))
		return EBADMSG;
	old = mbuf_all(mb);
	if (!old.l || !front) {
		if (old.l)
			mbuf_write_str(mb, ", ");
		return mbuf_printf(mb, "<%.*s>%.*s", PL_ARG(&addr.uri_text),
			PL_ARG(&addr.params));
	}
	joined = mbuf_alloc(SIP_ROUTES_MAX);
	mbuf_printf(joined, "<%.*s>%.*s, ", PL_ARG(&addr.uri_text),
		PL_ARG(&addr.params));
	mbuf_write_pl(joined, &old);
	err = mbuf_err(joined);
	mbuf_reset(mb);
	old = mbuf_all(joined);
	if (!err)
		err = mbuf_write_pl(mb, &old);
	mem_deref(joined);
	return err;
}


/* The Record-Route of MSG becomes the route set: in order for a UAS,
 * reversed for a UAC (RFC 3261 12.1.1, 12.1.2). */
static int routes_take(
	struct sip_dialog *d, const struct msg *msg, bool reversed)
{
	struct mbuf *mb = mbuf_alloc(SIP_ROUTES_MAX);
	struct msg_list it = {0};
	struct pl value;
	int err = 0;

	while (!err && msg_list_next(msg, HDR_RECORD_ROUTE, &it, &value))
		err = route_put(mb, &value, reversed);
	if (!err) {
		value = mbuf_all(mb);
		text_set(&d->routes, &value);
	}
	mem_deref(mb);
	return err;
}


/* ENOENT without a Contact, EBADMSG where it is not a SIP URI; "*" and
 * tel: are no targets. */
static int target_take(struct sip_dialog *d, const struct msg *msg)
{
	struct msg_list it = {0};
	struct msg_addr addr;
	struct pl value;
	struct uri uri;
	int err;

	if (!msg_list_next(msg, HDR_CONTACT, &it, &value))
		return ENOENT;
	err = msg_addr_decode(&addr, &value);
	if (!err)
		err = sip_uri_check(&uri, &addr.uri_text);
	if (!err)
		text_set(&d->remote_target, &addr.uri_text);
	return err;
}


/* The device that PARTY, From or To of theirs, says it is ([MS-SIPRE]
 * 3.2.4.1); one that says nothing stays what it was. */
static void epid_take(struct sip_dialog *d, const struct msg_addr *party)
{
	struct pl epid;

	if (msg_param(&party->params, "epid", &epid) && msg_token_ok(&epid))
		text_set(&d->remote_epid, &epid);
}


static bool needs_contact(enum msg_method method)
{
	switch (method) {
	case MSG_INVITE:
	case MSG_NOTIFY:
	case MSG_REFER:
	case MSG_SUBSCRIBE:
	case MSG_UPDATE:
		return true;
	default:
		return false;
	}
}


/* The URI of To for a request to URI: without headers, and without what only
 * a Request-URI may say (RFC 3261 19.1.1, table 1). */
static struct pl to_of(const struct uri *uri)
{
	static const char *const names[] = {
		"transport", "maddr", "ttl", "lr", "method"};
	struct pl text = uri->all, value;
	size_t i;

	text.l -= uri->headers.l;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (!uri_param(uri, names[i], &value))
			continue;
		text.l -= uri->params.l;
		break;
	}
	return text;
}


/* ---- public ---- */

int sip_dialog_alloc(struct sip_dialog **dp, struct sip_agent *agent,
	const struct pl *target, const struct pl *to)
{
	char call_id[SIP_CALL_ID_SIZE];
	struct sip_dialog *d;
	struct uri uri;
	struct pl text;
	int err;

	struct uri to_uri;

	err = sip_uri_check(&uri, target);
	if (!err && to)
		err = uri_decode(&to_uri, to);
	if (err)
		return err;
	d = dialog_new(agent);
	rand_token(sip_rand(sip_agent_stack(agent)), call_id, sizeof(call_id));
	text = pl_str(call_id);
	text_set(&d->call_id, &text);
	tag_new(d);
	/* Most dialogs of an account have the same. */
	d->local_uri = pl_str(mem_ref((void *)(uintptr_t)sip_agent_aor(agent)));
	text_set(&d->remote_target, target);
	if (to)
		(void)uri_decode(&uri, to);
	text = to_of(&uri);
	text_set(&d->remote_uri, &text);
	*dp = d;
	return 0;
}


int sip_dialog_set_target(struct sip_dialog *d, const struct pl *target)
{
	struct uri uri;
	int err;

	if (pl_isset(&d->remote_tag))
		return EALREADY;
	err = sip_uri_check(&uri, target);
	if (err)
		return err;
	text_set(&d->remote_target, target);
	return 0;
}


int sip_dialog_accept(struct sip_dialog **dp, struct sip_agent *agent,
	const struct msg *req, struct sip_flow *flow)
{
	struct sip_dialog *d = dialog_new(agent);
	int err;

	text_set(&d->call_id, &req->call_id);
	text_set(&d->remote_tag, &req->from.tag);
	text_set(&d->local_uri, &req->to.uri_text);
	text_set(&d->remote_uri, &req->from.uri_text);
	text_set(&d->remote_target, &req->from.uri_text);
	epid_take(d, &req->from);
	tag_new(d);
	sip_dialog_set_remote_cseq(d, req->cseq);
	sip_dialog_set_flow(d, flow, false);
	err = routes_take(d, req, false);
	if (!err)
		err = target_take(d, req);
	if (err == ENOENT)
		err = needs_contact(req->method) ? EBADMSG : 0;
	if (err) {
		mem_deref(d);
		return err;
	}
	*dp = d;
	return 0;
}


int sip_dialog_response(struct sip_dialog *d, const struct msg *resp)
{
	bool first = !pl_isset(&d->remote_tag);
	int err = 0;

	if (!pl_isset(&resp->to.tag))
		return EBADMSG;
	if (!first && !pl_eq(&d->remote_tag, &resp->to.tag))
		return ENOENT;
	/* RFC 3261 13.2.2.4: the 2xx of an early dialog computes the routes
	 * anew. */
	if (first || (d->early && resp->status >= 200))
		err = routes_take(d, resp, true);
	if (err)
		return err;
	text_set(&d->remote_tag, &resp->to.tag);
	epid_take(d, &resp->to);
	if (first || d->early)
		d->early = resp->status < 200;
	err = target_take(d, resp);
	return err == ENOENT ? 0 : err;
}


int sip_dialog_request(struct sip_dialog *d, const struct msg *req)
{
	int err = 0;

	if (!pl_isset(&d->remote_tag)) {
		if (!pl_isset(&req->from.tag))
			return EBADMSG;
		err = routes_take(d, req, false);
		if (err)
			return err;
		text_set(&d->remote_tag, &req->from.tag);
		epid_take(d, &req->from);
	} else if (!pl_eq(&d->remote_tag, &req->from.tag)) {
		return ENOENT;
	}
	err = target_take(d, req);
	return err == ENOENT ? 0 : err;
}


int sip_dialog_fork(struct sip_dialog **dp, const struct sip_dialog *d,
	const struct msg *resp)
{
	struct sip_dialog *fork;
	int err;

	if (!d->agent)
		return ECANCELED;
	fork = dialog_new(d->agent);
	text_set(&fork->call_id, &d->call_id);
	text_set(&fork->local_tag, &d->local_tag);
	text_set(&fork->local_uri, &d->local_uri);
	text_set(&fork->remote_uri, &d->remote_uri);
	text_set(&fork->remote_target, &d->remote_target);
	fork->local_cseq = d->local_cseq;
	fork->flow = mem_ref(d->flow);
	fork->own = d->own;
	err = sip_dialog_response(fork, resp);
	if (err) {
		mem_deref(fork);
		return err;
	}
	*dp = fork;
	return 0;
}


bool sip_dialog_established(const struct sip_dialog *d)
{
	return pl_isset(&d->remote_tag);
}


bool sip_dialog_match(const struct sip_dialog *d, const struct msg *msg,
	const struct sip_flow *flow)
{
	if (flow && d->flow && sip_flow_tp(d->flow) == SIP_TLS &&
		sip_flow_tp(flow) != SIP_TLS)
		return false;
	if (!pl_eq(&d->call_id, &msg->call_id) ||
		!pl_eq(&d->local_tag, &msg->to.tag))
		return false;
	return !pl_isset(&d->remote_tag) ||
		pl_eq(&d->remote_tag, &msg->from.tag);
}


void sip_dialog_set_remote_cseq(struct sip_dialog *d, uint32_t cseq)
{
	d->remote_cseq = cseq;
	d->has_remote_cseq = true;
}


int sip_dialog_check_cseq(struct sip_dialog *d, const struct msg *msg)
{
	if (d->has_remote_cseq && msg->cseq < d->remote_cseq)
		return EPROTO;
	sip_dialog_set_remote_cseq(d, msg->cseq);
	return 0;
}


const struct pl *sip_dialog_call_id(const struct sip_dialog *d)
{
	return &d->call_id;
}


const struct pl *sip_dialog_local_tag(const struct sip_dialog *d)
{
	return &d->local_tag;
}


const struct pl *sip_dialog_remote_tag(const struct sip_dialog *d)
{
	return &d->remote_tag;
}


const struct pl *sip_dialog_remote_epid(const struct sip_dialog *d)
{
	return &d->remote_epid;
}


const struct pl *sip_dialog_remote_target(const struct sip_dialog *d)
{
	return &d->remote_target;
}


const struct pl *sip_dialog_remote_uri(const struct sip_dialog *d)
{
	return &d->remote_uri;
}


const struct pl *sip_dialog_local_uri(const struct sip_dialog *d)
{
	return &d->local_uri;
}


struct sip_agent *sip_dialog_agent(const struct sip_dialog *d)
{
	return d->agent;
}


void sip_dialog_stay(struct sip_dialog *d, bool stays)
{
	d->stays = stays;
}


/* ---- for the floor ---- */

void sip_dialog_agent_gone(struct sip_dialog *d)
{
	d->agent = NULL;
	d->flow = mem_deref(d->flow);
}


bool sip_dialog_stays(const struct sip_dialog *d)
{
	return d && d->stays && !pl_isset(&d->routes);
}


struct sip_flow *sip_dialog_flow(const struct sip_dialog *d)
{
	return d->flow;
}


bool sip_dialog_flow_own(const struct sip_dialog *d)
{
	return d->own;
}


void sip_dialog_set_flow(struct sip_dialog *d, struct sip_flow *flow, bool own)
{
	struct sip_flow *old = d->flow;

	d->flow = mem_ref(flow);
	d->own = own;
	mem_deref(old);
}


uint32_t sip_dialog_next_cseq(struct sip_dialog *d)
{
	if (d->local_cseq < CSEQ_MAX)
		++d->local_cseq;
	return d->local_cseq;
}


const struct pl *sip_dialog_routes(const struct sip_dialog *d)
{
	return &d->routes;
}
