/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watcher.c - notifier: NOTIFY, at most one in 5 s (RFC 6665 4.2.2, RFC 3856
 * 6.10). */
#include <errno.h>
#include <string.h>
#include "watcher.h"


enum {
	INTERVAL = 5000, /* ms */
	TROUBLE = 30, /* seconds after a 5xx */
};


static void watcher_destructor(void *data)
{
	struct watcher *w = data;

	list_unlink(&w->le);
	tmr_cancel(&w->tmr);
	tmr_cancel(&w->tmr_end);
	mem_deref(w->req);
	mem_deref(w->dialog);
	mem_deref(w->aor);
	mem_deref(w->event);
}


static void watcher_gone(struct watcher *w)
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


static void put_state(const struct watcher *w, struct mbuf *mb)
{
	uint64_t left = tmr_remaining(&w->tmr_end);

	if (w->over)
		(void)mbuf_printf(mb,
			"Subscription-State: terminated;reason=%s\r\n",
			w->over);
	else
		(void)mbuf_printf(mb, "Subscription-State: %s;expires=%u\r\n",
			w->verdict == UA_PENDING ? "pending" : "active",
			(unsigned)((left + 999) / 1000));
}


static void notify_h(const struct sip_result *r, void *arg);


static int notify_send(struct watcher *w)
{
	struct mbuf *mb = mbuf_alloc(UA_TEXT_MAX);
	struct sip_request_params params = {
		.dialog = w->dialog,
		.method = "NOTIFY",
		.contact = true,
		.body = *body_of(w),
	};
	struct pl headers;
	int err;

	(void)mbuf_printf(mb, "Event: %s\r\n", w->event);
	put_state(w, mb);
	headers = mbuf_all(mb);
	params.headers = &headers;
	if (params.body.l)
		params.content_type = w->n->content_type;
	/* Answers and decisions do not hold back the next news of ours. */
	if (!w->urgent)
		w->sent_at = tmrs_now(w->n->ua->stack->tmrs);
	w->dirty = w->urgent = false;
	w->told = true;
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
	uint64_t since = tmrs_now(tmrs) - w->sent_at;

	w->dirty = true;
	w->urgent = w->urgent || urgent || !w->told;
	if (w->req || !ua_isonline(ua))
		return;
	if (!w->urgent && since < INTERVAL) {
		tmr_start(tmrs, &w->tmr, INTERVAL - since, interval_h, w);
		return;
	}
	tmr_cancel(&w->tmr);
	if (notify_send(w))
		watcher_gone(w);
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
