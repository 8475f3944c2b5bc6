/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watcher.c - notifier: NOTIFY, at most one in 5 s (RFC 6665 4.2.2, RFC 3856
 * 6.10), none of what is known (RFC 5839). */
#include <errno.h>
#include <string.h>
#include "watcher.h"


enum {
	TROUBLE = 30, /* seconds after a 5xx */
};


static void watcher_destructor(void *data)
{
	struct watcher *w = data;

	list_unlink(&w->le);
	tmr_cancel(&w->tmr);
	tmr_cancel(&w->tmr_due);
	tmr_cancel(&w->tmr_end);
	mem_deref(w->known);
	mem_deref(w->rate);
	mem_deref(w->req);
	mem_deref(w->dialog);
	mem_deref(w->aor);
	mem_deref(w->event);
}


void watcher_gone(struct watcher *w)
{
	struct ua_notifier *n = w->n;

	mem_deref(w);
	if (list_isempty(&n->watchers))
		ua_bye_finish(&n->bye);
}


struct watcher *watcher_alloc(struct ua_notifier *n, struct sip_dialog *d,
	const struct msg *req, enum ua_verdict verdict)
{
	struct watcher *w = mem_zalloc(sizeof(*w), watcher_destructor);
	struct pl event;

	w->n = n;
	w->dialog = d;
	w->aor = uri_aor(&req->from.uri);
	if (msg_value(req, HDR_EVENT, &event) && msg_value_ok(&event))
		w->event = pl_strdup(&event);
	else
		w->event = mem_strdup(n->event);
	w->verdict = verdict;
	list_append(&n->watchers, &w->le, w);
	return w;
}


/* ---- what they have and want ---- */

static void rates_take(
	struct watcher *w, const struct msg_event *event, uint64_t left)
{
	uint64_t now = tmrs_now(w->n->ua->stack->tmrs);

	if (!rate_told(&event->params)) {
		w->rate = mem_deref(w->rate);
		tmr_cancel(&w->tmr_due);
		return;
	}
	if (!w->rate)
		w->rate = mem_zalloc(sizeof(*w->rate), NULL);
	(void)rate_set(w->rate, &event->params, left, now);
}


void watcher_take(struct watcher *w, const struct msg *req, uint32_t seconds)
{
	struct msg_event event;
	struct pl value;

	w->known = mem_deref(w->known);
	if (msg_value(req, HDR_SUPPRESS_IF_MATCH, &value) &&
		msg_token_ok(&value))
		w->known = pl_strdup(&value);
	if (msg_value(req, HDR_EVENT, &value) &&
		!msg_event_decode(&event, &value))
		rates_take(w, &event, (uint64_t)seconds * 1000);
}


/* ---- NOTIFY ---- */

static const struct pl *body_of(const struct watcher *w)
{
	static const struct pl none = PL_INIT;

	switch (w->verdict) {
	case UA_ACTIVE:
		/* Who is left behind shall not go on seeing us. */
		return w->over && !strcmp(w->over, "deactivated")
			? &w->n->closed
			: &w->n->body;
	case UA_POLITE_BLOCK:
		return &w->n->closed;
	default:
		return &none;
	}
}


static const char *tag_of(const struct watcher *w)
{
	const struct pl *body = body_of(w);

	if (body == &w->n->body)
		return w->n->tag;
	return body == &w->n->closed ? w->n->closed_tag : w->n->no_tag;
}


/* RFC 5839 6.2, 6.3: "*" is what they have, whatever there is. */
static bool has_it(const struct watcher *w)
{
	return w->known &&
		(!strcmp(w->known, "*") || !strcmp(w->known, tag_of(w)));
}


bool watcher_knows(const struct watcher *w)
{
	return has_it(w) && w->told && !w->urgent && !w->req && !w->over;
}


static void put_state(const struct watcher *w, struct mbuf *mb)
{
	uint64_t left = tmr_remaining(&w->tmr_end);

	if (w->over)
		(void)mbuf_printf(mb,
			"Subscription-State: terminated;reason=%s\r\n",
			w->over);
	else
		(void)mbuf_printf(mb, "Subscription-State: %s;expires=%u",
			w->verdict == UA_PENDING ? "pending" : "active",
			(unsigned)((left + 999) / 1000));
	if (!w->over) {
		(void)rate_put(w->rate, mb);
		(void)mbuf_write_str(mb, "\r\n");
	}
	(void)mbuf_printf(mb, "SIP-ETag: %s\r\n", tag_of(w));
}


static void due_h(void *arg)
{
	struct watcher *w = arg;

	watcher_tell(w, false);
}


/* The next one at the latest, where they want that. */
static void due_start(struct watcher *w)
{
	struct tmrs *tmrs = w->n->ua->stack->tmrs;
	uint64_t timeout;

	tmr_cancel(&w->tmr_due);
	if (!w->rate)
		return;
	timeout = rate_timeout(w->rate, tmrs_now(tmrs));
	if (timeout && !w->over)
		tmr_start(tmrs, &w->tmr_due, timeout, due_h, w);
}


static void notify_h(const struct sip_result *r, void *arg);


static int notify_send(struct watcher *w)
{
	struct mbuf *mb = mbuf_alloc(UA_TEXT_MAX);
	struct sip_request_params params = {
		.dialog = w->dialog,
		.method = "NOTIFY",
		.contact = true,
	};
	uint64_t now = tmrs_now(w->n->ua->stack->tmrs);
	struct pl headers;
	int err;

	(void)mbuf_printf(mb, "Event: %s\r\n", w->event);
	put_state(w, mb);
	headers = mbuf_all(mb);
	params.headers = &headers;
	if (!has_it(w))
		params.body = *body_of(w);
	if (params.body.l)
		params.content_type = w->n->content_type;
	/* Answers and decisions do not hold back the next news of ours. */
	if (!w->urgent || (w->rate && w->rate->max))
		w->sent_at = now;
	if (w->rate)
		rate_sent(w->rate, now);
	w->dirty = w->urgent = false;
	w->told = true;
	due_start(w);
	err = mbuf_err(mb);
	if (!err)
		err = sip_request_send(&w->req, &params, notify_h, w);
	mem_deref(mb);
	return err;
}


static void interval_h(void *arg)
{
	struct watcher *w = arg;

	watcher_tell(w, false);
}


void watcher_tell(struct watcher *w, bool urgent)
{
	struct ua *ua = w->n->ua;
	struct tmrs *tmrs = ua->stack->tmrs;
	uint64_t wait = tmrs_until(tmrs, w->sent_at, rate_interval(w->rate));

	/* What they once had does not come back by itself. */
	if (!has_it(w))
		w->known = mem_deref(w->known);
	else if (!urgent && w->told && !w->dirty && !w->over) {
		due_start(w);
		return;
	}
	w->dirty = true;
	w->urgent = w->urgent || urgent || !w->told;
	if (w->req || !ua_isonline(ua))
		return;
	if (!w->urgent && wait) {
		tmr_start(tmrs, &w->tmr, wait, interval_h, w);
		return;
	}
	tmr_cancel(&w->tmr);
	if (notify_send(w))
		watcher_gone(w);
}


void watcher_calm(struct watcher *w)
{
	w->dirty = false;
	tmr_cancel(&w->tmr);
	due_start(w);
}


/* True if the subscription lives on after a NOTIFY was refused so. */
static bool survives(const struct watcher *w, const struct sip_result *r)
{
	return r->msg && !w->over && r->status / 100 == 5 && r->status != 501;
}


/* The server of the watcher is in trouble: the news waits. */
static void postpone(struct watcher *w, uint32_t seconds)
{
	w->dirty = true;
	tmr_start(w->n->ua->stack->tmrs, &w->tmr,
		(uint64_t)(seconds ? seconds : TROUBLE) * 1000, interval_h, w);
}


/* RFC 6446 4.1: a 2xx may change what a SUBSCRIBE has asked for. */
static void rates_update(struct watcher *w, const struct msg *resp)
{
	uint64_t left = tmr_remaining(&w->tmr_end);
	struct msg_event event, ours;
	struct pl value, own = pl_str(w->event);

	if (!w->rate || !msg_value(resp, HDR_EVENT, &value) ||
		msg_event_decode(&event, &value) ||
		msg_event_decode(&ours, &own) ||
		!pl_eq(&event.package, &ours.package))
		return;
	rates_take(w, &event, left);
	due_start(w);
}


static void notify_h(const struct sip_result *r, void *arg)
{
	struct watcher *w = arg;
	struct ua_notifier *n = w->n;
	struct sip_request *req = w->req;
	bool ok = r->msg && r->status / 100 == 2;

	if (!r->final)
		return;
	mem_ref(n);
	w->req = NULL;
	if (ok)
		rates_update(w, r->msg);
	if ((w->over && !w->dirty) || (!ok && !survives(w, r)))
		watcher_gone(w);
	else if (!ok)
		postpone(w, r->retry_after);
	else if (w->dirty)
		watcher_tell(w, false);
	mem_deref(req);
	mem_deref(n);
}


/* ---- the end ---- */

void watcher_terminate(struct watcher *w, const char *reason)
{
	if (w->over)
		return;
	tmr_cancel(&w->tmr_end);
	w->over = reason;
	watcher_tell(w, true);
}


static void end_h(void *arg)
{
	struct watcher *w = arg;
	struct ua_notifier *n = mem_ref(w->n);

	watcher_terminate(w, "timeout");
	mem_deref(n);
}


void watcher_set_expires(struct watcher *w, uint32_t seconds)
{
	if (seconds)
		tmr_start(w->n->ua->stack->tmrs, &w->tmr_end,
			(uint64_t)seconds * 1000, end_h, w);
	else
		/* "timeout" says that what is seen is all there is. */
		w->over = w->verdict == UA_PENDING ? "giveup" : "timeout";
}
