/* SPDX-License-Identifier: GPL-3.0-or-later */
/* register.c - a binding: refresh, back-off, outbound (RFC 3261 10,
 * RFC 3608, RFC 5626). */
#include <errno.h>
#include <string.h>
#include "ua_int.h"


enum {
	SPACING = 10, /* least seconds between two REGISTERs */
	FLOW_JITTER_MS = 1000, /* all clients of a server lose it at once */
	CHECK_MS = 10000, /* a connection in doubt has to answer by then */
	RAISES_MAX = 3, /* times a 423 is obeyed in a row */
};


struct ua_reg {
	struct ua *ua; /* owns us */
	struct sip_dialog *dialog; /* Call-ID and CSeq of the run */
	struct sip_request *req;
	struct sip_flow_watch *watch;
	struct tmr tmr; /* refresh or next try */
	uint32_t expires; /* asked for; a 423 raises it */
	struct ua_retry retry;
	unsigned raises; /* 423s in a row */
	bool bound; /* the server may hold a binding */
	bool removing;
	bool outbound; /* false after a 439 (RFC 5626 11.6) */
	bool new_flow; /* the next one over another flow */
	bool over_old; /* the last one went over the old flow */
	bool flow_retried; /* after a 430 */
	uint64_t online_at; /* when the last one succeeded */
	struct ua_redirect rd;
};


static void reg_destructor(void *data)
{
	struct ua_reg *reg = data;

	tmr_cancel(&reg->tmr);
	mem_deref(reg->watch);
	mem_deref(reg->req);
	mem_deref(reg->dialog);
	ua_redirect_reset(&reg->rd);
}


/* The domain, without a user (RFC 3261 10.2). */
static char *registrar(const struct ua *ua)
{
	struct uri uri = ua->uri;
	struct mbuf *mb = mbuf_alloc(URI_MAX);
	char *text;

	uri.user = uri.password = uri.headers = (struct pl)PL_INIT;
	(void)uri_encode(mb, &uri);
	text = mbuf_strdup(mb);
	mem_deref(mb);
	return text;
}


static char *contact_params(const struct ua_reg *reg)
{
	const struct ua *ua = reg->ua;
	struct mbuf *mb = mbuf_alloc(UA_TEXT_MAX);
	char *text;

	if (reg->removing)
		(void)mbuf_write_str(mb, ";expires=0");
	if (ua->instance) {
		(void)mbuf_printf(mb, ";+sip.instance=\"<%s>\"", ua->instance);
		if (reg->outbound)
			(void)mbuf_write_str(mb, ";reg-id=1");
	}
	if (ua->profile.contact_params)
		(void)mbuf_write_str(mb, ua->profile.contact_params);
	text = mbuf_strdup(mb);
	mem_deref(mb);
	return text;
}


static char *register_headers(const struct ua_reg *reg)
{
	const char *more = reg->ua->profile.register_headers;

	if (reg->ua->profile.microsoft)
		return mem_strdup(more ? more : "");
	return mem_printf("Supported: %s\r\nAllow: %s\r\n%s",
		reg->outbound ? ua_supported : "path", ua_allow,
		more ? more : "");
}


static void reg_tmr_h(void *arg);
static void register_h(const struct sip_result *result, void *arg);


static int reg_send(struct ua_reg *reg)
{
	struct sip_request_params params = {
		.dialog = reg->dialog,
		.method = "REGISTER",
		.contact = true,
		.no_dialog_flow = reg->new_flow,
	};
	char *headers = register_headers(reg);
	char *more = contact_params(reg);
	char *number = mem_printf("%u", reg->removing ? 0 : reg->expires);
	struct pl pl_headers = pl_str(headers), pl_number = pl_str(number);
	int err;

	reg->over_old = !reg->new_flow;
	params.headers = &pl_headers;
	params.contact_params = more;
	if (reg->removing || !reg->ua->profile.microsoft)
		params.expires = &pl_number;
	err = sip_request_send(&reg->req, &params, register_h, reg);
	mem_deref(headers);
	mem_deref(more);
	mem_deref(number);
	return err;
}


/* ---- failure ---- */

static void reg_failed(struct ua_reg *reg, const struct ua_result *result)
{
	struct ua *ua = reg->ua;
	int64_t retry_at = 0;
	uint64_t wait;

	reg->new_flow = true;
	sip_agent_set_flow(ua->agent, NULL);
	(void)sip_agent_move(ua->agent, NULL);
	reg->watch = mem_deref(reg->watch);
	wait = ua_retry_failed(&reg->retry, ua, result);
	if (ua_retry_heals(result)) {
		retry_at = tmrs_wall(ua->stack->tmrs) + (int64_t)wait;
		tmr_start(ua->stack->tmrs, &reg->tmr, wait, reg_tmr_h, reg);
	}
	ua_set_state(ua, UA_FAILED, result, result->why, retry_at, NULL);
}


static void reg_failed_why(struct ua_reg *reg, int err, const char *why)
{
	struct ua_result result;

	ua_result_fail(&result, err, why);
	reg_failed(reg, &result);
}


/* Sends, and fails if that is not possible. */
static void reg_try(struct ua_reg *reg)
{
	int err = reg_send(reg);

	if (!err)
		return;
	if (reg->removing)
		ua_stop_unbound(reg->ua);
	else
		reg_failed_why(reg, err, NULL);
}


static void reg_tmr_h(void *arg)
{
	struct ua_reg *reg = arg;
	struct ua *ua = mem_ref(reg->ua);

	/* Of short waits, one behind the other, only the ends are news. */
	if (!reg->req && ua->state == UA_FAILED && !reg->retry.brief)
		ua_set_state(ua, UA_CONNECTING, NULL, NULL, 0, NULL);
	if (ua_isowned(ua) && !reg->req && !ua->stopping &&
		ua->state != UA_OFFLINE)
		reg_try(reg);
	mem_deref(ua);
}


/* ---- success ---- */

static void flow_down_h(const struct stream_end *end, void *arg)
{
	struct ua_reg *reg = arg;
	struct ua *ua = mem_ref(reg->ua);
	struct tmrs *tmrs = ua->stack->tmrs;
	uint64_t since = tmrs_now(tmrs) - reg->online_at;
	uint64_t wait = rand_below(ua->stack->rand, FLOW_JITTER_MS);

	reg->watch = mem_deref(reg->watch);
	reg->new_flow = true;
	(void)sip_agent_move(ua->agent, NULL);
	/* A server that takes us and hangs up at once is not hammered. */
	if (since < SPACING * 1000)
		wait += SPACING * 1000 - since;
	if (!reg->req && !reg->removing) {
		tmr_start(tmrs, &reg->tmr, wait, reg_tmr_h, reg);
		ua_set_state(ua, UA_CONNECTING, NULL,
			end && end->why ? end->why : "the connection was lost",
			0, NULL);
	}
	mem_deref(ua);
}


static void flow_take(struct ua_reg *reg, const struct sip_result *r)
{
	reg->watch = mem_deref(reg->watch);
	if (!r->flow)
		return;
	sip_agent_set_flow(reg->ua->agent, r->flow);
	ua_binding_keepalive(r, reg->outbound && reg->ua->instance);
	(void)sip_flow_watch(&reg->watch, r->flow, flow_down_h, reg);
	reg->new_flow = false;
}


/* At 90 % or 60 s before the end, whichever is earlier. */
static uint32_t refresh_after(uint32_t expires)
{
	uint32_t a = (uint32_t)((uint64_t)expires * 9 / 10);
	uint32_t b = expires > 60 ? expires - 60 : 0;
	uint32_t wait = a < b ? a : b;

	return wait < SPACING ? SPACING : wait;
}


static void registered(struct ua_reg *reg, const struct sip_result *r,
	const struct ua_result *result)
{
	struct ua *ua = reg->ua;
	uint32_t seconds = ua_binding_take(ua, r, reg->expires);
	bool again = ua->state == UA_ONLINE && !reg->new_flow;

	if (!seconds) {
		reg_failed_why(reg, EPROTO,
			"the server does not keep the registration");
		return;
	}
	reg->bound = true;
	ua_retry_reset(&reg->retry);
	reg->raises = 0;
	reg->flow_retried = false;
	reg->online_at = tmrs_now(ua->stack->tmrs);
	ua_redirect_reset(&reg->rd);
	flow_take(reg, r);
	tmr_start(ua->stack->tmrs, &reg->tmr,
		(uint64_t)refresh_after(seconds) * 1000, reg_tmr_h, reg);
	if (!again)
		ua_set_state(ua, UA_ONLINE, result, NULL, 0,
			r->flow ? sip_flow_local(r->flow) : NULL);
}


/* ---- answers that ask for another try ---- */

static bool raise_expires(struct ua_reg *reg, const struct msg *resp)
{
	uint32_t min;

	if (++reg->raises > RAISES_MAX ||
		msg_seconds(resp, HDR_MIN_EXPIRES, &min) ||
		min <= reg->expires || min > UA_EXPIRES_MAX)
		return false;
	reg->expires = min;
	return true;
}


/* A Microsoft server sends its users to the pool that is theirs. */
static bool move(struct ua_reg *reg, const char *next)
{
	reg->new_flow = true;
	sip_agent_set_flow(reg->ua->agent, NULL);
	return !sip_agent_move(reg->ua->agent, next);
}


/* Only within our domain: to go elsewhere is the user's decision. */
static bool redirect(struct ua_reg *reg, const struct sip_result *r)
{
	const struct pl *domain = &reg->ua->uri.host;
	char *first = registrar(reg->ua);
	const char *next;
	struct uri uri;
	struct pl pl;
	bool ok;

	if (r->status / 100 == 3)
		ua_redirect_add(&reg->rd, r->msg, first);
	mem_deref(first);
	next = ua_redirect_next(&reg->rd, r->status);
	if (!next)
		return false;
	if (reg->ua->profile.microsoft)
		return move(reg, next);
	pl = pl_str(next);
	ok = !uri_decode(&uri, &pl) && uri.host.l >= domain->l;
	if (ok && uri.host.l > domain->l)
		ok = uri.host.p[uri.host.l - domain->l - 1] == '.';
	if (ok) {
		pl_skip(&uri.host, uri.host.l - domain->l);
		ok = pl_caseeq(&uri.host, domain);
	}
	return ok && !sip_dialog_set_target(reg->dialog, &pl);
}


/* A redirection is for one transaction alone. */
static void redirect_end(struct ua_reg *reg)
{
	char *text = registrar(reg->ua);
	struct pl pl = pl_str(text);

	ua_redirect_reset(&reg->rd);
	(void)sip_dialog_set_target(reg->dialog, &pl);
	mem_deref(text);
}


/* True if another REGISTER is to go out at once. */
static bool wants_another(struct ua_reg *reg, const struct sip_result *r)
{
	if (!r->msg) {
		/* What died may be no more than the old flow. */
		reg->new_flow = true;
		return reg->over_old;
	}
	if (r->status == 423)
		return raise_expires(reg, r->msg);
	if (r->status == 439 && reg->outbound) {
		reg->outbound = false;
		return true;
	}
	if (r->status == 430 && !reg->flow_retried) {
		reg->flow_retried = reg->new_flow = true;
		return true;
	}
	return redirect(reg, r);
}


static void register_h(const struct sip_result *r, void *arg)
{
	struct ua_reg *reg = arg;
	struct ua *ua = reg->ua;
	struct sip_request *req = reg->req;
	struct ua_result result;

	if (!r->final)
		return;
	mem_ref(ua);
	reg->req = NULL;
	tmr_cancel(&reg->tmr);
	ua_result_set(&result, r);
	if (reg->removing) {
		reg->bound = false;
		ua_stop_unbound(ua);
	} else if (r->msg && r->status / 100 == 2) {
		redirect_end(reg);
		registered(reg, r, &result);
	} else if (wants_another(reg, r)) {
		reg_try(reg);
	} else {
		if (r->msg && r->status / 100 == 3)
			result.why = "the server sends us elsewhere, where "
				     "there is no way to go";
		redirect_end(reg);
		reg_failed(reg, &result);
	}
	mem_deref(req);
	mem_deref(ua);
}


/* ---- for the account ---- */

int ua_reg_alloc(struct ua_reg **rp, struct ua *ua)
{
	struct ua_reg *reg = mem_zalloc(sizeof(*reg), reg_destructor);
	char *target = registrar(ua);
	struct pl pl_target = pl_str(target), pl_to = pl_str(ua->aor);
	int err;

	reg->ua = ua;
	err = sip_dialog_alloc(&reg->dialog, ua->agent, &pl_target, &pl_to);
	mem_deref(target);
	if (err) {
		mem_deref(reg);
		return err;
	}
	ua_reg_reset(reg);
	*rp = reg;
	return 0;
}


void ua_reg_start(struct ua_reg *reg)
{
	tmr_cancel(&reg->tmr);
	if (!reg->req)
		reg_try(reg);
}


/* Over a stream the REGISTER has waited long enough: another one goes over a
 * new connection. */
static void check_due(void *arg)
{
	struct ua_reg *reg = arg;
	struct sip_flow *flow = mem_ref(sip_agent_flow(reg->ua->agent));

	if (flow && reg->req)
		sip_flow_close(flow, ETIMEDOUT, "no answer within 10 s");
	mem_deref(flow);
}


/* True where R, which got no answer, says that FLOW may be dead. If anything
 * came over it meanwhile it lives, and it is the peer behind the server who is
 * silent. Without a network nothing leaves this host at all. */
static bool is_doubtful(const struct ua_reg *reg, const struct sip_flow *flow,
	const struct sip_result *r)
{
	uint64_t now = tmrs_now(reg->ua->stack->tmrs);

	switch (r->err) {
	case ETIMEDOUT:
		return r->flow == flow &&
			now - sip_flow_heard(flow) >= UA_T_64T1 - SIP_T1;
	case EADDRNOTAVAIL:
	case EHOSTUNREACH:
	case ENETDOWN:
	case ENETUNREACH:
		return now - reg->online_at >= SPACING * 1000;
	default:
		return false;
	}
}


/* RFC 5626 4.4 leaves it to keep-alives to find a dead flow; over UDP, or
 * between two of them, a request that gets no answer is the first to know.
 * What waits to be sent would share its fate, 32 s each; while we are
 * connecting it is kept. */
void ua_reg_doubt(struct ua_reg *reg, const struct sip_result *r)
{
	struct ua *ua = reg->ua;
	struct tmrs *tmrs = ua->stack->tmrs;
	struct sip_flow *flow = sip_agent_flow(ua->agent);

	if (r->msg || !flow || ua->state != UA_ONLINE || ua->stopping ||
		reg->req || !is_doubtful(reg, flow, r))
		return;
	mem_ref(ua);
	tmr_cancel(&reg->tmr);
	reg->new_flow = false;
	if (sip_tp_reliable(sip_flow_tp(flow)))
		tmr_start(tmrs, &reg->tmr, CHECK_MS, check_due, reg);
	reg_try(reg);
	if (ua_isowned(ua) && reg->req)
		ua_set_state(ua, UA_CONNECTING, NULL,
			"the server does not answer", 0, NULL);
	mem_deref(ua);
}


void ua_reg_removed(struct ua_reg *reg, const char *why, bool again)
{
	struct ua *ua = reg->ua;
	struct tmrs *tmrs = ua->stack->tmrs;
	struct ua_result result;

	reg->req = mem_deref(reg->req);
	reg->watch = mem_deref(reg->watch);
	reg->bound = false;
	reg->new_flow = true;
	sip_agent_set_flow(ua->agent, NULL);
	(void)sip_agent_move(ua->agent, NULL);
	if (again) {
		tmr_start(tmrs, &reg->tmr,
			rand_below(ua->stack->rand, FLOW_JITTER_MS), reg_tmr_h,
			reg);
		ua_set_state(ua, UA_CONNECTING, NULL, why, 0, NULL);
		return;
	}
	tmr_cancel(&reg->tmr);
	ua_result_fail(&result, ECANCELED, why);
	ua_set_state(ua, UA_FAILED, &result, why, 0, NULL);
}


void ua_reg_nudge(struct ua_reg *reg)
{
	struct ua *ua = reg->ua;
	uint64_t wait;

	if (reg->req || ua->state != UA_FAILED || ua->stopping ||
		!tmr_isrunning(&reg->tmr) || !ua_retry_may_hurry(&reg->retry))
		return;
	wait = ua_retry_hurry(&reg->retry, ua);
	if (wait < tmr_remaining(&reg->tmr))
		tmr_start(ua->stack->tmrs, &reg->tmr, wait, reg_tmr_h, reg);
}


void ua_reg_stop(struct ua_reg *reg)
{
	tmr_cancel(&reg->tmr);
	/* One that is on its way may still bind us. */
	reg->bound = reg->bound || reg->req;
	reg->req = mem_deref(reg->req);
	reg->watch = mem_deref(reg->watch);
	if (!reg->bound || reg->retry.failed) {
		ua_stop_unbound(reg->ua);
		return;
	}
	reg->removing = true;
	reg_try(reg);
}


void ua_reg_reset(struct ua_reg *reg)
{
	tmr_cancel(&reg->tmr);
	reg->req = mem_deref(reg->req);
	reg->watch = mem_deref(reg->watch);
	ua_redirect_reset(&reg->rd);
	reg->expires = reg->ua->expires;
	ua_retry_reset(&reg->retry);
	reg->raises = 0;
	reg->bound = reg->removing = reg->flow_retried = false;
	reg->outbound = !reg->ua->profile.microsoft;
	reg->new_flow = true;
	(void)sip_agent_set_service_route(reg->ua->agent, NULL);
	sip_agent_set_contact(reg->ua->agent, NULL);
}
