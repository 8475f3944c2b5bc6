/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ctrans.c - client transactions (RFC 3261 17.1, RFC 6026 7.2).
 *
 * A transaction lives in the stack's table until its last timer; what the
 * caller holds is a handle that hears of it and may go at any time.
 */
#include <errno.h>
#include <string.h>
#include "stack.h"


enum {
	TIMEOUT = 64 * SIP_T1, /* B, F and M */
	COMPLETED_INVITE = 32000, /* D, unreliable transports */
	ORPHAN = 180000, /* an INVITE that rings for nobody */
	FOLLOW_UP_SLACK = 512,
	QUOTE_MIN = 256, /* bytes of a request that ICMP quotes */
};

enum ctrans_state {
	TRYING, /* Calling, of an INVITE */
	PROCEEDING,
	COMPLETED,
	ACCEPTED,
};

struct ctrans_key {
	char branch[SIP_BRANCH_SIZE]; /* filled up with zeros */
	bool cancel; /* it has the branch of its INVITE */
};

struct ctrans {
	UT_hash_handle hh;
	struct ctrans_key key;
	struct le le; /* flow->ctrans while unfinished */
	struct sip *sip;
	struct sip_flow *flow;
	struct sip_ctrans *user; /* NULL: nobody is interested */
	struct mbuf *request;
	struct mbuf *ack; /* to a final response that is no 2xx */
	enum msg_method method;
	char *method_text; /* of an unknown one */
	enum ctrans_state state;
	struct tmr resend; /* A, E */
	struct tmr end; /* B, F; D, K; M */
	uint32_t interval;
	uint64_t number; /* flow->nsent after the last copy of the request */
	bool again; /* that was not the first one */
	uint16_t via_port;
	bool cancel; /* wanted */
	bool cancelled; /* sent */
};

struct sip_ctrans {
	struct ctrans *t; /* NULL: finished */
	sip_ctrans_h *h;
	void *arg;
};


static void end_due(void *arg);


static void ctrans_destructor(void *data)
{
	struct ctrans *t = data;

	tmr_cancel(&t->resend);
	tmr_cancel(&t->end);
	list_unlink(&t->le);
	if (t->hh.tbl)
		HASH_DEL(t->sip->ctrans, t);
	if (t->user)
		t->user->t = NULL;
	mem_deref(t->request);
	mem_deref(t->ack);
	mem_deref(t->method_text);
	mem_deref(t->flow);
}


static void handle_destructor(void *data)
{
	struct sip_ctrans *ct = data;
	struct ctrans *t = ct->t;

	if (!t)
		return;
	t->user = NULL;
	if (t->method == MSG_INVITE && t->state == PROCEEDING &&
		!tmr_isrunning(&t->end))
		tmr_start(t->sip->config.tmrs, &t->end, ORPHAN, end_due, t);
}


/* The words that belong to an errno of a transport. */
static const char *send_why(int err)
{
	return err == ENOTCONN ? "the connection is gone" : strerror(err);
}


/* T ends with ERR; its user hears it last, for he may do anything. */
static void ctrans_fail(struct ctrans *t, int err, const char *why, bool lost)
{
	const struct sip_ctrans_failure failure = {err, why, lost};
	sip_ctrans_h *h = t->user ? t->user->h : NULL;
	void *arg = t->user ? t->user->arg : NULL;

	mem_deref(t);
	if (h)
		h(NULL, &failure, arg);
}


static void end_due(void *arg)
{
	struct ctrans *t = arg;

	if (t->state == TRYING || t->state == PROCEEDING)
		ctrans_fail(t, ETIMEDOUT, "no answer within 32 s", false);
	else
		mem_deref(t);
}


static void end_start(struct ctrans *t, uint32_t ms)
{
	tmr_start(t->sip->config.tmrs, &t->end, ms, end_due, t);
}


static void resend_due(void *arg)
{
	struct ctrans *t = arg;
	int err;

	err = sip_flow_send(t->flow, t->request->buf, t->request->end);
	if (err) {
		ctrans_fail(t, err, send_why(err), false);
		return;
	}
	t->number = t->flow->nsent;
	t->again = true;
	t->interval *= 2;
	if (t->method != MSG_INVITE &&
		(t->interval > SIP_T2 || t->state == PROCEEDING))
		t->interval = SIP_T2;
	tmr_start(t->sip->config.tmrs, &t->resend, t->interval, resend_due, t);
}


/* Makes T and sends its request. */
static int ctrans_start(struct ctrans **tp, struct sip_flow *flow,
	enum msg_method method, const struct pl *method_text,
	const char *branch, struct mbuf *mb)
{
	struct sip *sip = flow->sip;
	struct ctrans *t;
	int err;

	if (!sip)
		return ENOTCONN;
	err = sip_flow_send(flow, mb->buf, mb->end);
	if (err)
		return err;
	t = mem_zalloc(sizeof(*t), ctrans_destructor);
	t->sip = sip;
	t->flow = mem_ref(flow);
	t->number = flow->nsent;
	t->request = mem_ref(mb);
	t->method = method;
	if (method == MSG_UNKNOWN)
		t->method_text = pl_strdup(method_text);
	t->via_port = sip_flow_via_port(flow);
	strncpy(t->key.branch, branch, sizeof(t->key.branch) - 1);
	t->key.cancel = method == MSG_CANCEL;
	HASH_ADD(hh, sip->ctrans, key, sizeof(t->key), t);
	list_append(&flow->ctrans, &t->le, t);
	end_start(t, TIMEOUT);
	t->interval = SIP_T1;
	if (!flow->transp->reliable)
		tmr_start(sip->config.tmrs, &t->resend, t->interval, resend_due,
			t);
	*tp = t;
	return 0;
}


/* ---- ACK and CANCEL (17.1.1.3, 9.1) ---- */

/* What goes hop by hop behind T's request: its Request-URI, top Via, Routes,
 * From, Call-ID and CSeq number; NULL where it cannot be made. */
static struct mbuf *follow_up(
	const struct ctrans *t, enum msg_method method, const struct pl *to)
{
	const struct msg_hdr *h;
	const char *why;
	struct pl name = pl_str(msg_method_name(method)), none = PL_INIT;
	struct pl value;
	struct msg *req;
	struct mbuf *mb;

	if (msg_decode(&req, t->request->buf, t->request->end, false,
		    &t->sip->config.limits, &why))
		return NULL;
	mb = mbuf_alloc(t->request->end + (to ? to->l : 0) + FOLLOW_UP_SLACK);
	(void)msg_put_request_line(mb, &name, &req->uri_text);
	(void)msg_put(mb, HDR_VIA, &req->via.all);
	(void)msg_put_num(mb, HDR_MAX_FORWARDS, 70);
	for (h = msg_hdr(req, HDR_ROUTE); h; h = msg_hdr_next(req, h))
		(void)msg_put(mb, HDR_ROUTE, &h->value);
	if (msg_value(req, HDR_FROM, &value))
		(void)msg_put(mb, HDR_FROM, &value);
	if (to)
		(void)msg_put(mb, HDR_TO, to);
	else if (msg_value(req, HDR_TO, &value))
		(void)msg_put(mb, HDR_TO, &value);
	(void)msg_put(mb, HDR_CALL_ID, &req->call_id);
	(void)msg_put_cseq(mb, req->cseq, &name);
	(void)msg_put_body(mb, &none, &none);
	if (mbuf_err(mb))
		mb = mem_deref(mb);
	mem_deref(req);
	return mb;
}


static void ack_send(struct ctrans *t)
{
	if (t->ack)
		(void)sip_flow_send(t->flow, t->ack->buf, t->ack->end);
}


static void cancel_send(struct ctrans *t)
{
	struct ctrans *cancel;
	struct mbuf *mb;

	t->cancelled = true;
	/* Whoever does not answer CANCEL does not answer INVITE. */
	end_start(t, TIMEOUT);
	mb = follow_up(t, MSG_CANCEL, NULL);
	if (mb)
		(void)ctrans_start(
			&cancel, t->flow, MSG_CANCEL, NULL, t->key.branch, mb);
	mem_deref(mb);
}


/* ---- responses ---- */

/* T has its final response: nobody hears of it any more, and it only absorbs
 * copies for MS. */
static void ctrans_complete(struct ctrans *t, uint32_t ms)
{
	t->state = COMPLETED;
	tmr_cancel(&t->resend);
	list_unlink(&t->le);
	t->request = mem_deref(t->request);
	if (t->user)
		t->user->t = NULL;
	t->user = NULL;
	if (ms)
		end_start(t, ms);
	else
		mem_deref(t);
}


static void invite_provisional(struct ctrans *t)
{
	if (t->state == TRYING) {
		t->state = PROCEEDING;
		tmr_cancel(&t->resend);
		if (t->user)
			tmr_cancel(&t->end);
		else
			end_start(t, ORPHAN);
	}
	if (t->cancel && !t->cancelled)
		cancel_send(t);
}


static void invite_final(struct ctrans *t, const struct msg *resp)
{
	struct pl to;

	if (resp->status < 300) {
		t->state = ACCEPTED;
		tmr_cancel(&t->resend);
		list_unlink(&t->le);
		end_start(t, TIMEOUT);
		return;
	}
	if (msg_value(resp, HDR_TO, &to))
		t->ack = follow_up(t, MSG_ACK, &to);
	ack_send(t);
	ctrans_complete(t, t->flow->transp->reliable ? 0 : COMPLETED_INVITE);
}


static void other_response(struct ctrans *t, const struct msg *resp)
{
	if (resp->status < 200)
		t->state = PROCEEDING;
	else
		ctrans_complete(t, t->flow->transp->reliable ? 0 : SIP_T4);
}


static void ctrans_response(struct ctrans *t, const struct msg *resp)
{
	sip_ctrans_h *h = t->user ? t->user->h : NULL;
	void *arg = t->user ? t->user->arg : NULL;

	switch (t->state) {
	case TRYING:
	case PROCEEDING:
		if (t->method != MSG_INVITE)
			other_response(t, resp);
		else if (resp->status < 200)
			invite_provisional(t);
		else
			invite_final(t, resp);
		break;
	case COMPLETED:
		if (resp->status >= 300)
			ack_send(t);
		return;
	case ACCEPTED:
		if (resp->status < 200 || resp->status >= 300)
			return;
		break;
	}
	if (h)
		h(resp, NULL, arg);
}


/* True if the only Via of RESP is the one that T wrote (18.1.2, 8.1.3.3). */
static bool via_is_ours(const struct ctrans *t, const struct msg *resp)
{
	const struct msg_via *via = &resp->via;
	struct msg_list it = {0};
	struct pl value;
	struct sa host;

	if (via->port != t->via_port &&
		!(via->port == 0 && t->via_port == 5060))
		return false;
	if (sa_set(&host, &via->host, 0) || !sa_addr_eq(&host, &t->flow->local))
		return false;
	return msg_list_next(resp, HDR_VIA, &it, &value) &&
		!msg_list_next(resp, HDR_VIA, &it, &value);
}


/* The transaction that response MSG belongs to, or NULL. */
static struct ctrans *ctrans_of(const struct sip *sip, const struct msg *msg)
{
	static const struct pl cookie = PL("z9hG4bK");
	struct pl branch = msg->via.branch, start = branch;
	struct ctrans_key key;
	struct ctrans *t;

	if (branch.l <= cookie.l || branch.l - cookie.l >= SIP_BRANCH_SIZE)
		return NULL;
	start.l = cookie.l;
	if (!pl_caseeq(&start, &cookie))
		return NULL;
	pl_skip(&branch, cookie.l);
	memset(&key, 0, sizeof(key));
	memcpy(key.branch, branch.p, branch.l);
	key.cancel = msg->method == MSG_CANCEL;
	HASH_FIND(hh, sip->ctrans, &key, sizeof(key), t);
	if (!t || t->method != msg->method || !via_is_ours(t, msg))
		return NULL;
	if (t->method_text && !pl_streq(&msg->method_text, t->method_text))
		return NULL;
	return t;
}


bool sip_ctrans_recv(struct sip *sip, const struct msg *msg)
{
	struct ctrans *t = ctrans_of(sip, msg);

	if (t)
		ctrans_response(t, msg);
	return t != NULL;
}


void sip_ctrans_refuse(struct sip *sip, const struct msg *msg, const char *why)
{
	struct ctrans *t = ctrans_of(sip, msg);

	if (t && (t->state == TRYING || t->state == PROCEEDING))
		ctrans_fail(t, SIP_EFORGED, why, false);
}


void sip_ctrans_flow_down(struct ctrans *t, int err, const char *why)
{
	ctrans_fail(t, err, why, !t->again && t->number >= t->flow->dead_from);
}


uint64_t sip_ctrans_quoted(
	const struct sip_flow *flow, const uint8_t *p, size_t n)
{
	const struct le *le;
	uint64_t number = 0;

	/* What is short may be of several: the last of them is meant. */
	for (le = n >= QUOTE_MIN ? flow->ctrans.head : NULL; le;
		le = le->next) {
		const struct ctrans *t = le->data;
		size_t len = t->request->end < n ? t->request->end : n;

		if (t->number > number && !memcmp(t->request->buf, p, len))
			number = t->number;
	}
	return number ? number : flow->nsent;
}


int sip_ctrans_start(struct sip_ctrans **ctp, struct sip *sip,
	struct sip_flow *flow, enum msg_method method,
	const struct pl *method_text, const char *branch, struct mbuf *mb,
	sip_ctrans_h *h, void *arg)
{
	struct sip_ctrans *ct;
	struct ctrans *t;
	int err;

	if (!ctp || !h || sip != flow->sip)
		return EINVAL;
	err = ctrans_start(&t, flow, method, method_text, branch, mb);
	if (err)
		return err;
	ct = mem_zalloc(sizeof(*ct), handle_destructor);
	ct->t = t;
	ct->h = h;
	ct->arg = arg;
	t->user = ct;
	*ctp = ct;
	return 0;
}


void sip_ctrans_cancel(struct sip_ctrans *ct)
{
	struct ctrans *t = ct ? ct->t : NULL;

	if (!t || t->method != MSG_INVITE || t->cancel)
		return;
	t->cancel = true;
	if (t->state == PROCEEDING)
		cancel_send(t);
}


void sip_ctrans_flush(struct sip *sip)
{
	struct ctrans *t, *next;

	HASH_ITER (hh, sip->ctrans, t, next) {
		mem_deref(t);
	}
}


size_t sip_ctrans_count(const struct sip *sip)
{
	return HASH_COUNT(sip->ctrans);
}
