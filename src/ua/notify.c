/* SPDX-License-Identifier: GPL-3.0-or-later */
/* notify.c - notifier: SUBSCRIBE, who may watch, what they see (RFC 6665
 * 4.2.1, RFC 3856 6). */
#include <errno.h>
#include <string.h>
#include "hash.h"
#include "watcher.h"


enum {
	EXPIRES_MIN = 60, /* seconds */
	EXPIRES_MAX = 3600,
	WATCHERS_MAX = 1000,
	BUSY_WAIT = 60, /* seconds until who asks too often is heard again */
};


static void text_release(struct pl *pl)
{
	mem_deref((void *)(uintptr_t)pl->p);
	*pl = (struct pl)PL_INIT;
}


static void notifier_destructor(void *data)
{
	struct ua_notifier *n = data;

	list_unlink(&n->le);
	list_flush(&n->watchers);
	ua_bye_cancel(&n->bye);
	text_release(&n->body);
	text_release(&n->closed);
	mem_deref(n->tag);
	mem_deref(n->closed_tag);
	mem_deref(n->no_tag);
	mem_deref(n->event);
	mem_deref(n->content_type);
}


/* ---- SUBSCRIBE ---- */

/* Seconds to grant; false: too brief, answered 423. */
static bool expires_ok(struct ua *ua, struct sip_strans *st,
	const struct msg *req, uint32_t *seconds)
{
	if (msg_seconds(req, HDR_EXPIRES, seconds))
		*seconds = EXPIRES_MAX;
	if (*seconds > EXPIRES_MAX)
		*seconds = EXPIRES_MAX;
	if (!*seconds || *seconds >= EXPIRES_MIN)
		return true;
	(void)ua_reply(
		ua, st, 423, "Min-Expires: %u\r\n", (unsigned)EXPIRES_MIN);
	return false;
}


/* STATUS 204: nothing follows, as they have it (RFC 5839). */
static int reply_ok(struct ua *ua, struct sip_strans *st, uint16_t status,
	const struct sip_dialog *d, uint32_t seconds)
{
	char *text = mem_printf("Expires: %u\r\n", seconds);
	const struct pl headers = pl_str(text);
	const struct sip_reply reply = {
		.status = status,
		.dialog = d,
		.agent = ua->agent,
		.contact = true,
		.headers = &headers,
	};
	int err = sip_strans_reply(st, &reply);

	mem_deref(text);
	return err;
}


static enum ua_verdict ask(
	struct ua_notifier *n, struct sip_strans *st, const struct msg *req)
{
	char source[SA_TEXT_SIZE];
	enum ua_verdict verdict;
	char *aor;

	if (!n->h.authorize)
		return UA_REJECTED;
	aor = uri_aor(&req->from.uri);
	verdict = n->h.authorize(aor, &req->from.display,
		sa_addr_text(sip_strans_source(st), source), n->h.arg);
	mem_deref(aor);
	return verdict;
}


/* True if there is a place for one more with VERDICT. Those who wait for a
 * decision take none from those who are let in. */
static bool has_room(struct ua_notifier *n, enum ua_verdict verdict)
{
	struct le *le, *next;

	if (n->watchers.count < WATCHERS_MAX)
		return true;
	LIST_FOREACH (&n->watchers, le, next) {
		const struct watcher *w = le->data;

		if (verdict == UA_PENDING || w->verdict != UA_PENDING)
			continue;
		mem_deref(le->data);
		return true;
	}
	return false;
}


/* A new subscription, all its headers being in order. */
static void subscribed(struct ua_notifier *n, struct sip_strans *st,
	const struct msg *req, struct sip_dialog *d, uint32_t seconds)
{
	struct ua *ua = n->ua;
	enum ua_verdict verdict = ask(n, st, req);
	struct watcher *w;

	if (verdict == UA_BUSY) {
		(void)ua_reply(n->ua, st, 503, "Retry-After: %u\r\n",
			(unsigned)BUSY_WAIT);
		return;
	}
	if (verdict == UA_REJECTED || n->ua != ua) {
		(void)ua_reply(n->ua, st, 403, NULL);
		return;
	}
	if (!has_room(n, verdict)) {
		(void)ua_reply(ua, st, 503, "Retry-After: 300\r\n");
		return;
	}
	if (reply_ok(ua, st, 200, d, seconds))
		return;
	w = watcher_alloc(n, mem_ref(d), req, verdict);
	watcher_take(w, req, seconds);
	watcher_set_expires(w, seconds);
	watcher_tell(w, true);
}


static void recv_for(
	struct ua_notifier *n, struct sip_strans *st, const struct msg *req)
{
	struct ua *ua = n->ua;
	struct sip_dialog *d;
	uint32_t seconds;

	if (n->bye.active)
		(void)ua_reply(ua, st, 480, NULL);
	else if (!ua_accepts(req, n->content_type))
		(void)ua_reply(ua, st, 406, "Accept: %s\r\n", n->content_type);
	else if (!expires_ok(ua, st, req, &seconds))
		return;
	else if (sip_dialog_accept(&d, ua->agent, req, sip_strans_flow(st)))
		(void)ua_reply(ua, st, 400, NULL);
	else {
		subscribed(n, st, req, d, seconds);
		mem_deref(d);
	}
}


static struct ua_notifier *notifier_find(
	const struct ua *ua, const struct msg *req)
{
	struct msg_event event;
	const struct le *le;
	struct pl value;

	if (!msg_value(req, HDR_EVENT, &value) ||
		msg_event_decode(&event, &value))
		return NULL;
	for (le = ua->notifiers.head; le; le = le->next) {
		if (pl_streq(&event.package, ua_notifier_event(le->data)))
			return le->data;
	}
	return NULL;
}


void ua_notifier_recv(
	struct ua *ua, struct sip_strans *st, const struct msg *req)
{
	struct ua_notifier *n = notifier_find(ua, req);

	if (!n) {
		ua_reply_bad_event(ua, st);
		return;
	}
	mem_ref(n);
	recv_for(n, st, req);
	mem_deref(n);
}


/* ---- SUBSCRIBE within a dialog ---- */

static struct watcher *watcher_find_in(
	const struct ua *ua, const struct msg *req, const struct sip_flow *flow)
{
	const struct ua_notifier *n;
	struct le *a, *b;
	struct watcher *w;

	for (a = ua->notifiers.head; a; a = a->next) {
		n = a->data;
		for (b = n->watchers.head; b; b = b->next) {
			w = b->data;
			if (!w->over && sip_dialog_match(w->dialog, req, flow))
				return w;
		}
	}
	return NULL;
}


static void refreshed(
	struct watcher *w, struct sip_strans *st, const struct msg *req)
{
	struct ua *ua = w->n->ua;
	uint32_t seconds;
	bool known;

	if (sip_dialog_check_cseq(w->dialog, req)) {
		(void)ua_reply(ua, st, 500, NULL);
		return;
	}
	if (!expires_ok(ua, st, req, &seconds))
		return;
	if (sip_dialog_request(w->dialog, req)) {
		(void)ua_reply(ua, st, 400, NULL);
		return;
	}
	watcher_take(w, req, seconds);
	known = watcher_knows(w);
	if (reply_ok(ua, st, known ? 204 : 200, w->dialog, seconds))
		return;
	if (known && !seconds) {
		watcher_gone(w);
	} else if (seconds) {
		watcher_set_expires(w, seconds);
		if (known)
			watcher_calm(w);
		else
			watcher_tell(w, true);
	} else {
		watcher_terminate(w, "timeout");
	}
}


bool ua_notifier_recv_in_dialog(
	struct ua_stack *stack, struct sip_strans *st, const struct msg *req)
{
	struct watcher *w = NULL;
	struct ua_notifier *n;
	struct le *le;

	for (le = stack->uas.head; le && !w; le = le->next)
		w = watcher_find_in(le->data, req, sip_strans_flow(st));
	if (!w)
		return false;
	n = mem_ref(w->n);
	refreshed(w, st, req);
	mem_deref(n);
	return true;
}


/* ---- for the account ---- */

const char *ua_notifier_event(const struct ua_notifier *n)
{
	return n->event;
}


void ua_notifier_account(struct ua_notifier *n)
{
	struct le *le, *next;
	struct watcher *w;

	if (n->ua->state == UA_OFFLINE)
		list_flush(&n->watchers);
	if (n->ua->state != UA_ONLINE)
		return;
	LIST_FOREACH (&n->watchers, le, next) {
		w = le->data;
		if (w->dirty)
			watcher_tell(w, true);
	}
}


void ua_notifier_detach(struct ua_notifier *n)
{
	list_unlink(&n->le);
	list_flush(&n->watchers);
	n->ua = NULL;
	ua_bye_detach(&n->bye);
}


/* ---- public ---- */

/* The same for the same document, and so for all who see it: that somebody is
 * politely blocked does not show. */
static char *tag_make(const struct pl *body)
{
	uint8_t digest[HASH_MAX];
	char hex[17];

	(void)hash_pieces(HASH_SHA256, body, 1, digest);
	hash_to_hex(digest, 8, hex);
	return mem_strdup(hex);
}


int ua_notifier_alloc(struct ua_notifier **np, struct ua *ua, const char *event,
	const char *content_type, const struct ua_notifier_handlers *handlers)
{
	struct ua_notifier *n = mem_zalloc(sizeof(*n), notifier_destructor);
	const struct pl none = PL_INIT;

	n->ua = ua;
	n->h = *handlers;
	n->event = mem_strdup(event);
	n->content_type = mem_strdup(content_type);
	n->tag = tag_make(&none);
	n->closed_tag = tag_make(&none);
	n->no_tag = tag_make(&none);
	ua_bye_init(&n->bye, ua, n);
	list_append(&ua->notifiers, &n->le, n);
	*np = n;
	return 0;
}


/* True if TO changed, and its TAG with it. */
static bool text_set(struct pl *to, char **tag, const struct pl *from)
{
	const struct pl none = PL_INIT;

	if (!from)
		from = &none;
	if (pl_eq(to, from))
		return false;
	text_release(to);
	if (from->l)
		*to = pl_make(mem_strndup(from->p, from->l), from->l);
	mem_deref(*tag);
	*tag = tag_make(to);
	return true;
}


void ua_notifier_set(
	struct ua_notifier *n, const struct pl *body, const struct pl *closed)
{
	bool open_news = text_set(&n->body, &n->tag, body);
	bool closed_news = text_set(&n->closed, &n->closed_tag, closed);
	struct le *le, *next;
	struct watcher *w;

	if (!n->ua)
		return;
	LIST_FOREACH (&n->watchers, le, next) {
		w = le->data;
		if ((w->verdict == UA_ACTIVE && open_news) ||
			(w->verdict == UA_POLITE_BLOCK && closed_news))
			watcher_tell(w, false);
	}
}


void ua_notifier_decide(
	struct ua_notifier *n, const char *watcher, enum ua_verdict verdict)
{
	struct le *le, *next;
	struct watcher *w;

	if (!n->ua)
		return;
	LIST_FOREACH (&n->watchers, le, next) {
		w = le->data;
		if (strcmp(w->aor, watcher) || w->verdict == verdict || w->over)
			continue;
		w->verdict = verdict;
		if (verdict == UA_REJECTED || verdict == UA_BUSY)
			watcher_terminate(w, "rejected");
		else
			watcher_tell(w, true);
	}
}


void ua_notifier_end(struct ua_notifier *n, uint64_t limit,
	void (*done)(void *arg), void *arg)
{
	struct le *le, *next;

	if (n->bye.active)
		return;
	ua_bye_start(&n->bye, n->ua, limit, done, arg);
	if (!ua_isonline(n->ua))
		list_flush(&n->watchers);
	LIST_FOREACH (&n->watchers, le, next)
		watcher_terminate(le->data, "deactivated");
	if (list_isempty(&n->watchers))
		ua_bye_finish(&n->bye);
}


void ua_notifier_each(const struct ua_notifier *n,
	void (*h)(const char *watcher, enum ua_verdict v, void *arg), void *arg)
{
	struct le *le, *next;
	struct watcher *w;

	LIST_FOREACH (&n->watchers, le, next) {
		w = le->data;
		if (!w->over)
			h(w->aor, w->verdict, arg);
	}
}
