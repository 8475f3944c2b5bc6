/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * simple_winfo.c - who asks the server to see us: watcher information
 * (RFC 3857, 3858). A server that has none of it is not asked again before
 * the next sign-in.
 */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "simple_int.h"
#include "winfo.h"
#include "xml.h"


enum {
	ASKED_MAX = 1000, /* who waits for a decision */
	OPEN_MS = 60 * 1000, /* between two looks while somebody waits */
};

static const char event_name[] = "presence.winfo";


/* Somebody who waits at the server: about whom the user was asked, or is
 * DECIDED here, which the server's rules do not have yet, or no more. */
struct asked {
	UT_hash_handle hh;
	char *peer;
	char *name;
	bool decided;
	bool told; /* that it does not help */
};

struct simple_winfo {
	struct endpoint *e;
	struct ua_sub *sub;
	bool versioned; /* a document came in this subscription */
	uint32_t version; /* ... with this number */
	bool foreign; /* this one tells of somebody else's watchers */
	struct simple_whole whole; /* while some document did not come */
	struct asked *asked; /* hash by peer */
	struct tmr open; /* another device may have answered */
};


static void asked_free(struct simple_winfo *w, struct asked *a)
{
	HASH_DEL(w->asked, a);
	mem_deref(a->peer);
	mem_deref(a->name);
	mem_deref(a);
}


static void winfo_destructor(void *data)
{
	struct simple_winfo *w = data;
	struct asked *a, *next;

	simple_whole_came(&w->whole);
	tmr_cancel(&w->open);
	mem_deref(w->sub);
	HASH_ITER (hh, w->asked, a, next) {
		asked_free(w, a);
	}
}


static struct asked *asked_find(const struct simple_winfo *w, const char *peer)
{
	struct asked *a;

	HASH_FIND_STR(w->asked, peer, a);
	return a;
}


static struct asked *asked_add(struct simple_winfo *w, const char *peer,
	const char *name, bool decided)
{
	struct asked *a = mem_zalloc(sizeof(*a), NULL);

	a->peer = mem_strdup(peer);
	a->name = mem_strdup(name);
	a->decided = decided;
	HASH_ADD_KEYPTR(hh, w->asked, a->peer, strlen(a->peer), a);
	return a;
}


/* ---- the whole ---- */

static void whole_handler(void *arg);


/* Partial documents without the whole before them, or with one missing. */
static void whole_want(struct simple_winfo *w)
{
	simple_whole_want(&w->whole, w->e->stack->tmrs, whole_handler, w);
}


static void whole_handler(void *arg)
{
	struct simple_winfo *w = arg;

	if (!w->sub)
		return;
	simple_whole_ask(&w->whole, w->e->stack->tmrs, w->sub);
	whole_want(w);
}


/* ---- the document ---- */

/* RFC 3858 4: what is older than what is known says nothing. */
static bool head_handler(bool full, uint32_t version, void *arg)
{
	struct simple_winfo *w = arg;

	if (w->versioned && version <= w->version)
		return false;
	if (full) {
		simple_whole_came(&w->whole);
		simple_rules_ask(w->e);
	} else if (!w->versioned || version - w->version > 1)
		whole_want(w);
	w->versioned = true;
	w->version = version;
	return true;
}


/* True if RESOURCE is our own address, the domain being perhaps another of
 * the server's names. */
static bool is_ours(const struct simple_winfo *w, const char *resource)
{
	struct pl ours = pl_str(w->e->aor), theirs = pl_str(resource);
	struct uri a, b;

	return !uri_decode(&a, &ours) && !uri_decode(&b, &theirs) &&
		pl_eq(&a.user, &b.user);
}


/* ---- who waits ---- */

static void open_handler(void *arg)
{
	struct simple_winfo *w = arg;

	if (!w->asked || !w->sub)
		return;
	ua_sub_refresh(w->sub);
	simple_rules_ask(w->e);
	tmr_start(w->e->stack->tmrs, &w->open, OPEN_MS, open_handler, w);
}


/* Servers do not tell that a rule of another device is an answer. */
static void look_now_and_then(struct simple_winfo *w)
{
	if (!tmr_isrunning(&w->open))
		tmr_start(
			w->e->stack->tmrs, &w->open, OPEN_MS, open_handler, w);
}


/* PEER is let in, and the server does not take that. */
static void tell_waits(struct simple_winfo *w, struct asked *a)
{
	bool told = a->told;

	a->told = true;
	if (!told && w->e->h.waits)
		w->e->h.waits(a->peer, w->e->h.arg);
}


/* Somebody waits: the user is asked unless that was done. Who is decided here
 * gets a rule, but not before it is known that no other device took that back.
 * A refusal by a setting is no rule: it goes with the setting. */
static void ask(struct simple_winfo *w, const struct winfo_watcher *watcher)
{
	struct endpoint *e = w->e;
	struct pl name = pl_str(watcher->name);
	enum endpoint_verdict verdict;

	if (asked_find(w, watcher->peer) || HASH_COUNT(w->asked) >= ASKED_MAX)
		return;
	verdict = e->h.authorize(watcher->peer, &name, NULL, e->h.arg);
	if (!endpoint_hears(e))
		return;
	if (verdict == ENDPOINT_PENDING) {
		(void)asked_add(w, watcher->peer, watcher->name, false);
		look_now_and_then(w);
	} else if (simple_rules(e) == ENDPOINT_RULES_NONE) {
		if (verdict == ENDPOINT_ALLOW)
			tell_waits(w,
				asked_add(
					w, watcher->peer, watcher->name, true));
	} else if (verdict != ENDPOINT_REFUSE) {
		(void)asked_add(w, watcher->peer, watcher->name, true);
		if (!simple_rules_asking(e))
			simple_rules_ask_anew(e);
	}
}


/* What is decided about A, as the server's rules are known now. */
static void look_again(struct simple_winfo *w, struct asked *a)
{
	struct endpoint *e = w->e;
	struct pl name = pl_str(a->name);
	enum endpoint_verdict verdict =
		e->h.authorize(a->peer, &name, NULL, e->h.arg);
	char *peer;

	if (verdict == ENDPOINT_PENDING) {
		a->decided = false;
		look_now_and_then(w);
		return;
	}
	if (verdict == ENDPOINT_ALLOW &&
		simple_rules(e) == ENDPOINT_RULES_NONE) {
		tell_waits(w, a);
		return;
	}
	peer = mem_strdup(a->peer);
	asked_free(w, a);
	if (verdict != ENDPOINT_REFUSE)
		simple_rules_decide(e, peer, verdict);
	mem_deref(peer);
}


void simple_winfo_ruled(struct endpoint *e)
{
	struct simple_winfo *w = e->winfo;
	struct asked *a, *next;

	if (!w || !e->online)
		return;
	endpoint_hold(e);
	mem_ref(w);
	HASH_ITER (hh, w->asked, a, next) {
		if (a->decided && endpoint_hears(e))
			look_again(w, a);
	}
	mem_deref(w);
	endpoint_release(e);
}


/* The server decided, by a rule that another device wrote. */
static void settle(struct simple_winfo *w, const char *peer)
{
	struct endpoint *e = w->e;
	struct asked *a = asked_find(w, peer);
	bool decided;

	if (!a)
		return;
	decided = a->decided;
	asked_free(w, a);
	if (e->h.settled && !decided)
		e->h.settled(peer, e->h.arg);
}


static void watcher_handler(const struct winfo_watcher *watcher, void *arg)
{
	struct simple_winfo *w = arg;

	if (!endpoint_hears(w->e) ||
		strcmp(watcher->package, "presence") != 0 ||
		!strcmp(watcher->peer, w->e->aor))
		return;
	if (!is_ours(w, watcher->resource)) {
		w->foreign = true;
		return;
	}
	switch (watcher->status) {
	case WINFO_PENDING:
	case WINFO_WAITING:
		ask(w, watcher);
		break;
	case WINFO_ACTIVE:
		settle(w, watcher->peer);
		break;
	case WINFO_TERMINATED:
		/* Who only goes away still wants an answer. */
		if (watcher->cause != WINFO_OTHER)
			settle(w, watcher->peer);
		break;
	}
}


static uint16_t take_document(struct simple_winfo *w, const struct msg *notify)
{
	const struct winfo_handlers h = {
		.head = head_handler,
		.watcher = watcher_handler,
		.arg = w,
	};
	int err;

	w->foreign = false;
	if (pl_isset(&notify->content_type) &&
		!msg_type_is(&notify->content_type, WINFO_TYPE))
		err = ENOTSUP;
	else
		err = winfo_decode(&notify->body, &h);
	if (err || w->foreign)
		log_print(w->e->stack->log, LOG_WARN, "presence",
			"%s: what the server tells of watchers is not taken: "
			"%s",
			w->e->aor, xml_why(err ? err : ESRCH));
	if (!err)
		return 0;
	return err == ENOTSUP ? 415 : 400;
}


/* ---- the subscription ---- */

/* FIRST: of another subscription than before, whose documents are counted
 * anew. */
static uint16_t notify_handler(const struct msg *notify, bool first, void *arg)
{
	struct simple_winfo *w = mem_ref(arg);
	struct endpoint *e = endpoint_hold(w->e);
	uint16_t status = 0;

	if (first)
		w->versioned = false;
	if (notify->body.l)
		status = take_document(w, notify);
	mem_deref(w);
	endpoint_release(e);
	return status;
}


static void state_handler(enum ua_sub_state state, const char *why,
	uint16_t status, bool again, void *arg)
{
	struct simple_winfo *w = arg;

	(void)status;
	if (state != UA_SUB_ENDED)
		return;
	simple_whole_came(&w->whole);
	if (!again)
		log_print(w->e->stack->log, LOG_INFO, "presence",
			"%s: the server does not tell who asks to watch: %s",
			w->e->aor, why ? why : "the subscription ended");
}


static void subscribe(struct simple_winfo *w)
{
	const struct ua_sub_handlers h = {
		.state = state_handler,
		.notify = notify_handler,
		.arg = w,
	};
	const struct ua_sub_config config = {
		.target = w->e->aor,
		.event = event_name,
		.accept = WINFO_TYPE,
		.expires = w->e->expires,
	};
	int err = ua_subscribe(&w->sub, w->e->ua, &config, &h);

	if (err)
		log_print(w->e->stack->log, LOG_WARN, "presence",
			"%s: cannot ask who watches: %s", w->e->aor,
			strerror(err));
}


/* ---- the account's life ---- */

void simple_winfo_online(struct endpoint *e)
{
	if (!e->publish)
		return;
	if (!e->winfo) {
		e->winfo = mem_zalloc(sizeof(*e->winfo), winfo_destructor);
		e->winfo->e = e;
	}
	if (!e->winfo->sub)
		subscribe(e->winfo);
}


void simple_winfo_decided(struct endpoint *e, const char *peer)
{
	struct asked *a = e->winfo ? asked_find(e->winfo, peer) : NULL;

	if (a && !a->decided)
		asked_free(e->winfo, a);
}


void simple_winfo_goodbye(struct endpoint *e, uint64_t limit)
{
	struct simple_winfo *w = e->winfo;

	if (!w)
		return;
	if (w->sub)
		ua_sub_end(w->sub, limit, NULL, NULL);
	w->sub = mem_deref(w->sub);
	tmr_cancel(&w->open);
	simple_whole_came(&w->whole);
}


void simple_winfo_close(struct endpoint *e)
{
	e->winfo = mem_deref(e->winfo);
}
