/* SPDX-License-Identifier: GPL-3.0-or-later */
/* call.c - one request of ours and its answer, redirections followed. */
#include <errno.h>
#include <string.h>
#include "ua_int.h"


struct ua_call {
	struct le le; /* ua->calls */
	struct le le_s; /* of a session, if in one */
	struct ua *ua; /* NULL once the account is gone */
	bool kept; /* nobody holds us but ourselves */
	bool waiting; /* a MESSAGE behind another to the same URI */
	struct sip_dialog *dialog;
	struct sip_request *req;
	char *method;
	char *to;
	char *key; /* AOR of a page's target */
	char *content_type;
	char *headers;
	char *body;
	size_t len;
	bool page;
	bool contact;
	bool in_dialog;
	struct ua_redirect rd;
	ua_result_h *session_h;
	void *session_arg;
	ua_result_h *h;
	void *arg;
};


/* What waits behind a page that is gone may go. */
static void kick(struct ua *ua)
{
	if (ua)
		tmr_start(ua->stack->tmrs, &ua->tmr_calls, 0, ua_calls_kick_h,
			ua);
}


static void unlink_call(struct ua_call *c)
{
	list_unlink(&c->le);
	list_unlink(&c->le_s);
	if (c->page)
		kick(c->ua);
	c->ua = NULL;
	c->session_h = NULL;
}


static void call_destructor(void *data)
{
	struct ua_call *c = data;

	unlink_call(c);
	mem_deref(c->req);
	mem_deref(c->dialog);
	ua_redirect_reset(&c->rd);
	mem_deref(c->method);
	mem_deref(c->to);
	mem_deref(c->key);
	mem_deref(c->content_type);
	mem_deref(c->headers);
	mem_deref(c->body);
}


/* Over: tells, then lets go of what kept itself alive. */
static void finish(struct ua_call *c, const struct ua_result *result)
{
	ua_result_h *h = c->h;
	bool kept = c->kept;

	mem_ref(c);
	c->kept = false;
	c->h = NULL;
	if (h)
		h(result, c->arg);
	/* H may have ended the session, which forgets us then. */
	if (c->session_h)
		c->session_h(result, c->session_arg);
	unlink_call(c);
	if (kept)
		mem_deref(c);
	mem_deref(c);
}


static void call_h(const struct sip_result *r, void *arg);


static int call_send(struct ua_call *c)
{
	const struct sip_request_params params = {
		.dialog = c->dialog,
		.method = c->method,
		.contact = c->contact,
		.headers = c->headers
			? &(struct pl){c->headers, strlen(c->headers)}
			: NULL,
		.content_type = c->content_type,
		.body = pl_make(c->body, c->len),
		.page = c->page,
	};

	return sip_request_send(&c->req, &params, call_h, c);
}


/* The next target of a 3xx; false if there is none. */
static bool call_redirect(struct ua_call *c, const struct sip_result *r)
{
	const char *next;
	struct pl pl;

	if (c->in_dialog || !r->msg)
		return false;
	if (r->status / 100 == 3)
		ua_redirect_add(&c->rd, r->msg, c->to);
	while ((next = ua_redirect_next(&c->rd, r->status)) != NULL) {
		pl = pl_str(next);
		if (!sip_dialog_set_target(c->dialog, &pl) && !call_send(c))
			return true;
	}
	return false;
}


static void call_h(const struct sip_result *r, void *arg)
{
	struct ua_call *c = arg;
	struct sip_request *req = c->req;
	struct ua_result result;

	if (!r->final)
		return;
	mem_ref(c);
	c->req = NULL;
	ua_result_set(&result, r);
	/* Before it is told: what waits behind it is not to follow it. */
	if (c->ua && c->ua->reg)
		ua_reg_doubt(c->ua->reg, r);
	if (mem_nrefs(c) > 1 && !call_redirect(c, r))
		finish(c, &result);
	mem_deref(c);
	mem_deref(req);
}


/* ---- one page at a time to a URI (RFC 3428 8) ---- */

static bool is_busy(const struct ua_call *c)
{
	const struct le *le;
	const struct ua_call *other;

	for (le = c->le.prev; le; le = le->prev) {
		other = le->data;
		if (other->page && !strcmp(other->key, c->key))
			return true;
	}
	return false;
}


void ua_calls_kick_h(void *arg)
{
	struct ua *ua = mem_ref(arg);
	struct le *le, *next;
	struct ua_result result;
	struct ua_call *c;
	int err = 0;

	LIST_FOREACH (&ua->calls, le, next) {
		c = le->data;
		if (!c->waiting || is_busy(c))
			continue;
		c->waiting = false;
		err = call_send(c);
		if (err)
			break;
	}
	if (err) {
		/* Handlers may change the list: the rest has another turn. */
		kick(ua);
		ua_result_fail(&result, err, NULL);
		finish(c, &result);
	}
	mem_deref(ua);
}


/* ---- for the kinds of request ---- */

static void params_copy(struct ua_call *c, const struct ua_call_params *p)
{
	c->method = mem_strdup(p->method);
	c->to = mem_strdup(p->to);
	c->content_type = mem_strdup(p->content_type);
	c->headers = mem_strdup(p->headers);
	if (p->body && p->body->l) {
		c->body = mem_strndup(p->body->p, p->body->l);
		c->len = p->body->l;
	}
	c->page = p->page;
	c->contact = p->contact;
	c->dialog = mem_ref(p->dialog);
	c->in_dialog = p->dialog;
}


static int target_make(struct ua_call *c, struct ua *ua)
{
	struct pl pl = pl_str(c->to);
	struct uri uri;

	if (c->in_dialog)
		return 0;
	if (!c->to || uri_decode(&uri, &pl))
		return EINVAL;
	c->key = uri_aor(&uri);
	return sip_dialog_alloc(&c->dialog, ua->agent, &pl, NULL);
}


int ua_call_start(struct ua_call **cp, struct ua *ua,
	const struct ua_call_params *params, ua_result_h *h, void *arg)
{
	struct ua_call *c = mem_zalloc(sizeof(*c), call_destructor);
	int err;

	params_copy(c, params);
	err = target_make(c, ua);
	if (err) {
		mem_deref(c);
		return err;
	}
	c->ua = ua;
	c->h = h;
	c->arg = arg;
	c->session_h = params->session_h;
	c->session_arg = params->session_arg;
	list_append(&ua->calls, &c->le, c);
	if (params->session_list)
		list_append(params->session_list, &c->le_s, c);
	c->waiting = c->page && is_busy(c);
	if (!c->waiting)
		err = call_send(c);
	if (err) {
		mem_deref(c);
		return err;
	}
	c->kept = !cp;
	if (cp)
		*cp = c;
	return 0;
}


void ua_call_forget_session(struct ua_call *c)
{
	list_unlink(&c->le_s);
	c->session_h = NULL;
}


void ua_call_detach(struct ua_call *c)
{
	bool kept = c->kept;

	c->kept = false;
	c->h = NULL;
	c->req = mem_deref(c->req);
	c->page = false;
	unlink_call(c);
	if (kept)
		mem_deref(c);
}
