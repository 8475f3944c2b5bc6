/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * simple_presence.c - own presence the SIMPLE way: PUBLISH to the server
 * (RFC 3903) and a notifier of our own (RFC 3856), with the same documents.
 */
#include <errno.h>
#include <string.h>
#include "conv.h"
#include "mem.h"
#include "simple_int.h"


enum {
	PIDF_MAX = 64 * 1024, /* bytes of our own document */
};

static const char event_name[] = "presence";
static const char pidf_type[] = "application/pidf+xml";


/* A publication being removed: no other PUBLISH may go out before that is
 * through (RFC 3903 4). */
struct simple_removal {
	struct endpoint *e; /* NULL once it has gone */
};


/* ---- the publication ---- */

static void publish_result(const struct ua_result *result, void *arg)
{
	const struct endpoint *e = arg;

	if (result->why && (result->status < 200 || result->status > 299))
		log_print(e->stack->log, LOG_WARN, "presence",
			"%s: own presence is not published: %s", e->aor,
			result->why);
}


static void removed_handler(void *arg)
{
	struct simple_removal *removal = arg;
	struct endpoint *e = removal->e;

	mem_deref(removal);
	if (!e)
		return;
	e->removal = NULL;
	if (e->visibility != ENDPOINT_HIDDEN)
		simple_publish(e);
}


static void unpublish(struct endpoint *e, uint64_t limit)
{
	struct simple_removal *removal;

	if (!e->publisher)
		return;
	removal = mem_zalloc(sizeof(*removal), NULL);
	removal->e = e;
	e->removal = removal;
	ua_publisher_end(e->publisher, limit, removed_handler, removal);
	e->publisher = mem_deref(e->publisher);
}


static void publish(struct endpoint *e, const struct pl *body)
{
	int err = 0;

	if (!e->publisher)
		err = ua_publisher_alloc(&e->publisher, e->ua, event_name,
			pidf_type, e->expires, publish_result, e);
	if (err)
		log_print(e->stack->log, LOG_WARN, "presence",
			"%s: cannot publish: %s", e->aor, strerror(err));
	else
		ua_publisher_set(e->publisher, body);
}


/* ---- the documents ---- */

static int write_pidf(struct endpoint *e, struct mbuf *mb, bool open)
{
	struct presence *closed =
		presence_alloc(PRESENCE_OFFLINE, PRESENCE_NONE, NULL, NULL);
	const struct pres_source source = {
		.entity = e->aor,
		.tuple_id = e->tuple_id,
		.contact = e->aor,
		.presence = open ? e->own : closed,
		.timestamp = e->own_at,
		.threshold = open ? e->idle : 0,
	};
	int err = pres_encode(mb, &source);

	mem_deref(closed);
	return err;
}


static void show(
	struct endpoint *e, const struct pl *body, const struct pl *closed)
{
	if (e->notifier)
		ua_notifier_set(e->notifier, body, closed);
	if (!e->publish || !e->online)
		return;
	if (e->visibility == ENDPOINT_HIDDEN)
		unpublish(e, DIALECT_GOODBYE);
	else if (!e->removal)
		publish(e, body);
}


void simple_publish(struct endpoint *e)
{
	struct mbuf *body = mbuf_alloc(PIDF_MAX);
	struct mbuf *closed = mbuf_alloc(PIDF_MAX);
	struct pl body_pl, closed_pl;
	int err;

	if (!e->own) {
		e->own = presence_alloc(
			PRESENCE_ONLINE, PRESENCE_NONE, NULL, NULL);
		e->own_at = tmrs_wall(e->stack->tmrs);
	}
	err = write_pidf(e, body, e->visibility == ENDPOINT_VISIBLE);
	if (!err)
		err = write_pidf(e, closed, false);
	body_pl = mbuf_all(body);
	closed_pl = mbuf_all(closed);
	if (err)
		log_print(e->stack->log, LOG_ERROR, "presence",
			"%s: own presence cannot be written: %s", e->aor,
			strerror(err));
	else
		show(e, &body_pl, &closed_pl);
	mem_deref(body);
	mem_deref(closed);
}


/* ---- our own notifier ---- */

static enum ua_verdict verdict_of(enum endpoint_verdict v)
{
	switch (v) {
	case ENDPOINT_ALLOW:
		return UA_ACTIVE;
	case ENDPOINT_POLITE_BLOCK:
		return UA_POLITE_BLOCK;
	case ENDPOINT_REFUSE:
		return UA_REJECTED;
	case ENDPOINT_BUSY:
		return UA_BUSY;
	case ENDPOINT_PENDING:
		break;
	}
	return UA_PENDING;
}


static enum ua_verdict authorize_handler(const char *watcher,
	const struct pl *display, const char *source, void *arg)
{
	struct endpoint *e = endpoint_hold(arg);
	struct pl name;
	char *text = endpoint_name(&name, display);
	enum endpoint_verdict v =
		e->h.authorize(watcher, &name, source, e->h.arg);

	/* Two who refuse each other would ask for ever, each because of the
	 * other. */
	if (v != ENDPOINT_BUSY && v != ENDPOINT_REFUSE && endpoint_hears(e)) {
		simple_watch_hint(e, watcher, true);
		conv_alive(e, watcher);
	}
	mem_deref(text);
	endpoint_release(e);
	return verdict_of(v);
}


int simple_presence_open(struct endpoint *e)
{
	const struct ua_notifier_handlers h = {
		.authorize = authorize_handler,
		.arg = e,
	};

	return ua_notifier_alloc(
		&e->notifier, e->ua, event_name, pidf_type, &h);
}


void simple_decide(struct endpoint *e, const char *peer,
	enum endpoint_verdict verdict, enum endpoint_verdict rule)
{
	simple_winfo_decided(e, peer);
	simple_rules_decide(e, peer, rule);
	if (e->notifier)
		ua_notifier_decide(e->notifier, peer, verdict_of(verdict));
}


/* ---- the account's life ---- */

void simple_presence_online(struct endpoint *e)
{
	int err = e->notifier ? 0 : simple_presence_open(e);

	if (err)
		log_print(e->stack->log, LOG_WARN, "presence",
			"%s: nobody can watch: %s", e->aor, strerror(err));
	simple_publish(e);
}


void simple_presence_goodbye(struct endpoint *e, uint64_t limit)
{
	unpublish(e, limit);
	if (e->notifier)
		ua_notifier_end(e->notifier, limit, NULL, NULL);
	e->notifier = mem_deref(e->notifier);
}


void simple_presence_close(struct endpoint *e)
{
	if (e->removal)
		e->removal->e = NULL;
	e->removal = NULL;
	e->publisher = mem_deref(e->publisher);
	e->notifier = mem_deref(e->notifier);
}
