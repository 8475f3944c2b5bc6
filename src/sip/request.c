/* SPDX-License-Identifier: GPL-3.0-or-later */
/* request.c - one request: send, authenticate, fail over (RFC 3261 8.1, 9.1,
 * 13.2, 22; RFC 3263 4.3). */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "assoc.h"
#include "request.h"


/* An INVITE that was sent is to be ended in order, any other request to be
 * carried out, though nobody waits for its result. */
static bool goes_on_alone(const struct sip_request *r)
{
	if (!r->owned || !r->agent)
		return false;
	switch (r->state) {
	case REQUEST_STARTING:
	case REQUEST_ACTIVE:
		return r->method != MSG_INVITE || r->ct;
	case REQUEST_ANSWERED:
		return true;
	case REQUEST_DONE:
		break;
	}
	return false;
}


static void request_destructor(void *data)
{
	struct sip_request *r = data;

	list_unlink(&r->ack_le);
	if (goes_on_alone(r)) {
		mem_ref(r);
		r->owned = false;
		r->h = NULL;
		sip_request_cancel(r);
		return;
	}
	list_unlink(&r->le);
	request_way_release(r);
	list_flush(&r->acks);
	mem_deref(r->query);
	sip_auth_tries_release(&r->tries);
	mem_deref(r->flow);
	mem_deref(r->targets);
	mem_deref(r->target_name);
	mem_deref(r->why);
	mem_deref(r->mb);
	mem_deref(r->credentials);
	mem_deref(r->path.buf);
	mem_deref(r->body);
	mem_deref(r->method_text);
	mem_deref(r->contact_params);
	mem_deref(r->headers);
	mem_deref(r->expires);
	mem_deref(r->content_type);
	mem_deref(r->to_tag);
	mem_deref(r->dialog);
	mem_deref(r->sip);
}


/* ---- the end ---- */

static void stop(struct sip_request *r)
{
	r->state = REQUEST_DONE;
	list_unlink(&r->le);
	request_way_release(r);
	r->query = mem_deref(r->query);
}


void request_end(struct sip_request *r)
{
	stop(r);
	if (!r->owned)
		mem_deref(r);
}


/* R stays for the length of a handler, which may release it. */
static void guard(struct sip_request *r)
{
	mem_ref(r);
	++r->guards;
}


static void unguard(struct sip_request *r)
{
	--r->guards;
	mem_deref(r);
}


static void tell(struct sip_request *r, struct sip_result *result)
{
	/* Released in a handler that is still running: no more calls. */
	bool released = r->owned && mem_nrefs(r) == r->guards;

	result->flow = r->flow;
	if (r->h && !released)
		r->h(result, r->arg);
}


static void finish(struct sip_request *r, struct sip_result *result)
{
	guard(r);
	stop(r);
	tell(r, result);
	r->flow = mem_deref(r->flow);
	if (!r->owned)
		mem_deref(r);
	unguard(r);
}


void request_set_failure(struct sip_request *r, int err, char *why)
{
	if (r->err == EPROTO && err != ECANCELED) {
		mem_deref(why);
		return;
	}
	mem_deref(r->why);
	r->why = why;
	r->err = err;
	switch (err) {
	case ETIMEDOUT:
		r->status = 408;
		break;
	case EMSGSIZE:
	case EINVAL:
	case ECANCELED:
		r->status = 0;
		break;
	default:
		r->status = 503;
		break;
	}
}


static void fail_h(void *arg)
{
	request_fail(arg);
}


static void fail_later(struct sip_request *r)
{
	request_way_release(r);
	r->query = mem_deref(r->query);
	tmr_start(sip_tmrs(r->sip), &r->tmr, 0, fail_h, r);
}


void request_fail(struct sip_request *r)
{
	struct sip_result result = {
		.err = r->err,
		.status = r->status,
		.why = r->why ? r->why : strerror(r->err),
		.wrong_password = r->wrong_password,
		.retry_after = r->retry_after,
		.maybe = r->maybe,
		.final = true,
	};

	if (r->state == REQUEST_STARTING)
		fail_later(r);
	else
		finish(r, &result);
}


/* ---- answers ---- */

static uint32_t retry_after(const struct msg *msg)
{
	struct msg_retry_after ra;
	struct pl value;

	if (!msg_value(msg, HDR_RETRY_AFTER, &value) ||
		msg_retry_after_decode(&ra, &value))
		return 0;
	return ra.seconds;
}


static void report_final(
	struct sip_request *r, const struct msg *msg, const char *why)
{
	char *cause = msg->status >= 300 && !why ? sip_cause(msg) : NULL;
	struct sip_result result = {
		.msg = msg,
		.status = msg->status,
		.why = why ? why : cause,
		.retry_after = retry_after(msg),
		.maybe = r->maybe,
		.final = true,
	};

	finish(r, &result);
	mem_deref(cause);
}


static void report_step(
	struct sip_request *r, const struct msg *msg, bool final)
{
	struct sip_result result = {
		.msg = msg,
		.status = msg->status,
		.final = final,
	};

	guard(r);
	tell(r, &result);
	unguard(r);
}


/* RFC 3261 8.1.3.5: the same request with the next CSeq. */
static void again(struct sip_request *r)
{
	r->cseq = sip_dialog_next_cseq(r->dialog);
	if (r->flow && sip_flow_isup(r->flow))
		request_transmit(r);
	else
		request_route(r);
}


static void refuse(struct sip_request *r, char *why, uint16_t status)
{
	request_set_failure(r, EACCES, why);
	r->status = status;
	request_fail(r);
}


static void auth_h(int err, const char *why, void *arg)
{
	struct sip_request *r = arg;

	r->query = mem_deref(r->query);
	if (err)
		refuse(r, mem_strdup(why), 401);
	else
		again(r);
}


static void challenged(struct sip_request *r, const struct msg *msg)
{
	const struct sip_auth_refusal refusal = {
		.resp = msg,
		.method = r->method,
		.target_own = request_targets_own(r),
		.flow = r->flow,
	};
	char *why = NULL;
	int err;

	/* The question for a password may end R or its agent. */
	guard(r);
	err = sip_auth_challenge(&r->query, sip_agent_auth(r->agent), &r->tries,
		&refusal, &r->wrong_password, &why, auth_h, r);
	if (r->state == REQUEST_DONE || r->cancelled)
		err = EINPROGRESS;
	if (!err)
		again(r);
	else if (err == EOPNOTSUPP && r->method == MSG_REGISTER)
		/* It tells what kind of server this is. */
		report_final(r, msg, why);
	else if (err != EINPROGRESS)
		refuse(r, mem_ref(why), msg->status);
	mem_deref(why);
	unguard(r);
}


static void final(struct sip_request *r, const struct msg *msg)
{
	struct sip_auth_request req;
	const char *why = NULL;

	r->ct = mem_deref(r->ct);
	if ((msg->status == 401 || msg->status == 407) && !r->cancelled &&
		sip_agent_config(r->agent)->credentials) {
		r->server_asks = sip_agent_config(r->agent)->one_flow &&
			r->flow && sip_assoc_is_own(r->flow, msg);
		if (request_is_own(r) &&
			(request_targets_own(r) ||
				msg_hdr(msg, HDR_PROXY_AUTHENTICATE))) {
			if (sip_auth_sign_again(&r->tries, r->flow, msg))
				again(r);
			else
				challenged(r, msg);
			return;
		}
		/* A peer could try passwords on what it gets. */
		why = "the peer asks for a password, which only the "
		      "account's own server is given";
	}
	if (msg->status == 503 && request_has_next(r)) {
		r->retry_after = retry_after(msg);
		request_next(r, EAGAIN, sip_cause(msg));
		return;
	}
	request_auth_fill(r, &req);
	if (msg->status < 300 && sip_auth_info(&r->tries, &req, msg)) {
		refuse(r,
			mem_strdup("the server's proof that it knows the "
				   "password is wrong"),
			msg->status);
		return;
	}
	report_final(r, msg, why);
}


static bool makes_dialog(enum msg_method method)
{
	return method == MSG_INVITE || method == MSG_SUBSCRIBE ||
		method == MSG_REFER;
}


static void answer(struct sip_request *r, const struct msg *msg)
{
	if (msg->status > 100 && msg->status < 300 && makes_dialog(r->method))
		sip_dialog_set_flow(r->dialog, r->flow, request_is_own(r));
	if (msg->status < 200)
		report_step(r, msg, false);
	else if (r->method != MSG_INVITE || msg->status >= 300)
		final(r, msg);
	else if (!request_ok(r, msg))
		report_step(r, msg, true);
}


void request_ctrans_h(const struct msg *resp,
	const struct sip_ctrans_failure *failure, void *arg)
{
	struct sip_request *r = arg;
	char *words;
	int err;

	if (resp) {
		answer(r, resp);
		return;
	}
	if (r->state == REQUEST_ANSWERED) {
		request_end(r);
		return;
	}
	r->maybe = r->maybe || !failure->lost;
	if (failure->err == SIP_EFORGED && !r->cancelled) {
		/* Who answered so may have done what was asked: another server
		 * is not to do it again. */
		request_set_failure(r, SIP_EFORGED, mem_strdup(failure->why));
		request_fail(r);
		return;
	}
	err = r->cancelled ? ECANCELED : failure->err;
	words = r->cancelled
		? mem_strdup("cancelled")
		: request_failure_words(r->flow, err, failure->why);
	request_next(r, err, words);
}


/* ---- sending ---- */

struct sip_request *request_new(struct sip_dialog *dialog, const char *method)
{
	struct sip_request *r = mem_zalloc(sizeof(*r), request_destructor);
	struct pl name = pl_str(method);

	r->agent = sip_dialog_agent(dialog);
	r->sip = mem_ref(sip_agent_stack(r->agent));
	r->dialog = mem_ref(dialog);
	r->method = msg_method_find(&name);
	r->method_text = mem_strdup(method);
	if (pl_isset(sip_dialog_remote_tag(dialog)))
		r->to_tag = pl_strdup(sip_dialog_remote_tag(dialog));
	sip_agent_link_request(r->agent, &r->le, r);
	return r;
}


static void params_copy(
	struct sip_request *r, const struct sip_request_params *p)
{
	r->contact = p->contact;
	r->page = p->page;
	r->no_dialog_flow = p->no_dialog_flow;
	r->contact_params = mem_strdup(p->contact_params);
	r->headers = p->headers ? pl_strdup(p->headers) : NULL;
	r->expires = p->expires ? pl_strdup(p->expires) : NULL;
	r->content_type = mem_strdup(p->content_type);
	if (pl_isset(&p->body)) {
		r->body = mbuf_alloc(p->body.l);
		mbuf_write_pl(r->body, &p->body);
	}
}


int sip_request_send(struct sip_request **rp,
	const struct sip_request_params *params, sip_result_h *h, void *arg)
{
	struct sip_request *r;
	struct pl method = pl_str(params->method);
	int err;

	if (!params->dialog || !msg_token_ok(&method))
		return EINVAL;
	if (!sip_dialog_agent(params->dialog))
		return ECANCELED;
	r = request_new(params->dialog, params->method);
	r->h = h;
	r->arg = arg;
	params_copy(r, params);
	err = sip_dialog_path(r->dialog, r->method != MSG_REGISTER, &r->path);
	if (!err)
		err = uri_decode(&r->hop, &r->path.hop);
	if (err) {
		mem_deref(r);
		return err;
	}
	r->cseq = sip_dialog_next_cseq(r->dialog);
	r->owned = rp != NULL;
	request_route(r);
	r->state = REQUEST_ACTIVE;
	if (rp)
		*rp = r;
	return 0;
}


static void cancel_timeout_h(void *arg)
{
	struct sip_request *r = arg;

	request_set_failure(r, ECANCELED, mem_strdup("cancelled"));
	request_fail(r);
}


void sip_request_cancel(struct sip_request *r)
{
	if (r->method != MSG_INVITE || r->state != REQUEST_ACTIVE ||
		r->cancelled)
		return;
	r->cancelled = true;
	if (r->ct) {
		sip_ctrans_cancel(r->ct);
		/* RFC 3261 9.1: a server that knows no CANCEL never ends. */
		tmr_start(sip_tmrs(r->sip), &r->tmr, 64 * SIP_T1,
			cancel_timeout_h, r);
	} else {
		request_set_failure(r, ECANCELED, mem_strdup("cancelled"));
		fail_later(r);
	}
}


void sip_request_agent_gone(struct sip_request *r)
{
	bool waiting =
		r->state == REQUEST_STARTING || r->state == REQUEST_ACTIVE;

	if (waiting && r->method == MSG_INVITE && r->ct)
		sip_ctrans_cancel(r->ct);
	r->agent = NULL;
	r->maybe = r->maybe || r->ct;
	if (!waiting) {
		request_end(r);
		return;
	}
	r->state = REQUEST_ACTIVE;
	request_set_failure(r, ECANCELED, mem_strdup("the account was closed"));
	request_fail(r);
}
