/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * simple_rls_read.c - what a server tells of a list (RFC 4662 5): a few people
 * in a turn, as ten thousand may be told of at once.
 */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "rlmi.h"
#include "simple_rls.h"
#include "xml.h"


enum {
	TURN = 40, /* people in a turn of the loop */
	DOCS_MAX = 16, /* that wait */
};

/* A notification that waits, or is being read. */
struct doc {
	struct le le;
	struct rlmi_reader *reader;
	size_t bytes; /* of its body */
	bool first; /* of a subscription */
	bool full;
	bool news; /* it told of somebody */
	bool loss; /* ... or that it is not told any more */
};


static void doc_destructor(void *data)
{
	struct doc *d = data;

	list_unlink(&d->le);
	mem_deref(d->reader);
}


/* ---- what was missed ---- */

/* Everything is told again, in whole or bit by bit. */
static void whole_handler(void *arg)
{
	struct simple_rls *r = arg;

	if (r->sub && r->e->online)
		simple_whole_ask(&r->whole, r->e->stack->tmrs, r->sub);
}


/* A document of changes without the whole before it, or with one missing. */
static void whole_want(struct simple_rls *r)
{
	simple_whole_want(&r->whole, r->e->stack->tmrs, whole_handler, r);
}


/* ---- a person ---- */

static const char *ended_text(const char *reason)
{
	if (!strcmp(reason, "noresource"))
		return "there is no such address any more";
	if (!strcmp(reason, "invariant"))
		return "the state will not change any more";
	return "declined";
}


/* Of what is finally refused the server does not try again. */
static bool is_final(const char *reason)
{
	return reason &&
		(!strcmp(reason, "rejected") || !strcmp(reason, "noresource") ||
			!strcmp(reason, "invariant"));
}


/* True if that tells how things are with them. */
static bool take_instance(struct simple_watch *w, const struct rlmi_instance *i,
	const struct doc *d)
{
	switch (i->state) {
	case RLMI_ACTIVE:
		if (i->body.l)
			(void)simple_watch_document(
				w, &i->content_type, &i->body);
		else if (d->full || !w->known || !w->heard ||
			w->state != UA_SUB_ACTIVE)
			simple_watch_know_nothing(w);
		w->state = UA_SUB_ACTIVE;
		break;
	case RLMI_PENDING:
		w->state = UA_SUB_PENDING;
		break;
	case RLMI_TERMINATED:
		if (!is_final(i->reason))
			return false;
		w->state = UA_SUB_ENDED;
		simple_watch_ended(w, ended_text(i->reason),
			strcmp(i->reason, "rejected") ? 0 : 403);
		return true;
	default:
		return false;
	}
	w->why = mem_deref(w->why);
	return true;
}


/* Of several devices that the server does not put together itself the one
 * that tells most. */
static const struct rlmi_instance *best_of(
	const struct rlmi_instance *instances, size_t n)
{
	const struct rlmi_instance *best = NULL;
	size_t i;

	for (i = 0; i < n; i++) {
		const struct rlmi_instance *now = &instances[i];

		if (!best ||
			(now->state == RLMI_ACTIVE && now->body.l &&
				!(best->state == RLMI_ACTIVE && best->body.l)))
			best = now;
	}
	return best;
}


static struct simple_watch *find(const struct endpoint *e, const char *text)
{
	struct pl pl = pl_str(text);
	struct simple_watch *w = NULL;
	struct uri uri;
	char *peer;

	if (uri_decode(&uri, &pl))
		return NULL;
	peer = uri_aor(&uri);
	if (peer)
		HASH_FIND_STR(e->watches, peer, w);
	mem_deref(peer);
	return w;
}


struct reading {
	struct simple_rls *r;
	struct doc *d;
	bool foreign; /* it is of another list */
};


static void resource_handler(const struct rlmi_resource *resource, void *arg)
{
	const struct reading *now = arg;
	struct simple_rls *r = now->r;
	struct simple_watch *w;

	w = endpoint_hears(r->e) ? find(r->e, resource->uri) : NULL;
	if (!w)
		return;
	w->member = r->member;
	/* The whole may be told before the states are known. */
	if (!resource->n && now->d->full)
		return;
	if (!resource->n ||
		!take_instance(
			w, best_of(resource->instances, resource->n), now->d)) {
		w->listed = 0;
		now->d->loss = true;
		return;
	}
	mem_ref(w);
	now->d->news = true;
	w->heard = true;
	w->listed = tmrs_now(r->e->stack->tmrs);
	simple_alone_end(w, DIALECT_GOODBYE);
	simple_watch_tell(w);
	mem_deref(w);
}


/* ---- a document ---- */

static void not_taken(const struct simple_rls *r, int err)
{
	log_print(r->e->stack->log, LOG_WARN, "presence",
		"%s: what is told of all is not taken: %s", r->e->aor,
		xml_why(err));
}


/* True if it is the list that was asked for, the domain being perhaps another
 * of the server's names. */
static bool is_ours(const struct simple_rls *r, const char *text)
{
	size_t n = strcspn(r->service, "@") + 1;
	struct pl pl = pl_str(text);
	struct uri uri;
	char *aor = uri_decode(&uri, &pl) ? NULL : uri_aor(&uri);
	bool ours = aor && !strncmp(aor, r->service, n);

	mem_deref(aor);
	return ours;
}


/* False if it is older than what is known, or another one. */
static bool list_handler(const struct rlmi_list *list, void *arg)
{
	struct reading *now = arg;
	struct simple_rls *r = now->r;
	struct doc *d = now->d;

	if (list->depth)
		return true;
	now->foreign = !is_ours(r, list->uri);
	if (now->foreign)
		return false;
	if (d->first)
		r->versioned = false;
	if (r->versioned && list->version <= r->version)
		return false;
	d->full = list->full;
	if (d->full)
		simple_whole_came(&r->whole);
	else if (!r->versioned || list->version - r->version > 1)
		whole_want(r);
	else if (!tmr_isrunning(&r->whole.tmr))
		simple_whole_came(&r->whole);
	if (d->full || !r->versioned)
		++r->member;
	r->versioned = true;
	r->version = list->version;
	simple_rls_stands(r);
	return true;
}


/* Who is not in the whole is not in the list any more. */
static void doc_end(struct simple_rls *r, struct doc *d)
{
	struct simple_watch *w, *next;

	if (d->full) {
		d->loss = true;
		HASH_ITER (hh, r->e->watches, w, next) {
			if (w->member != r->member)
				w->listed = 0;
		}
	}
	simple_rls_told(r, d->news, d->loss);
	/* The texts of thousands lie between what is kept of them. */
	mem_trim(d->bytes);
}


/* A few people; true if there are more. */
static bool doc_step(struct simple_rls *r, struct doc *d)
{
	struct reading now = {.r = r, .d = d};
	const struct rlmi_handlers h = {
		.list = list_handler,
		.resource = resource_handler,
		.arg = &now,
	};
	int err = rlmi_reader_next(d->reader, TURN, &h);

	if (err == EAGAIN)
		return true;
	if (now.foreign)
		err = ESRCH;
	if (err) {
		not_taken(r, err);
		d->full = false;
		whole_want(r);
	}
	doc_end(r, d);
	return false;
}


static void step_handler(void *arg)
{
	struct simple_rls *r = mem_ref(arg);
	struct endpoint *e = endpoint_hold(r->e);
	struct doc *d = mem_ref(list_data(r->docs.head));

	/* It may have been forgotten meanwhile. */
	if (!doc_step(r, d) && d->le.list)
		mem_deref(d);
	mem_deref(d);
	if (r->docs.head)
		tmr_start(e->stack->tmrs, &r->step, 0, step_handler, r);
	mem_deref(r);
	endpoint_release(e);
}


/* ---- from the subscription ---- */

static bool tells_of_list(const struct msg *notify)
{
	return msg_type_is(&notify->content_type, "multipart/related") ||
		msg_type_is(&notify->content_type, RLMI_TYPE);
}


uint16_t simple_rls_take(
	struct simple_rls *r, const struct msg *notify, bool first)
{
	struct doc *d;
	int err;

	if (!notify->body.l && msg_has_token(notify, HDR_REQUIRE, "eventlist"))
		return 0;
	if (!notify->body.l || !tells_of_list(notify)) {
		simple_rls_bar(r, "the server tells of no list");
		return 0;
	}
	if (r->docs.count >= DOCS_MAX) {
		/* It may have been the last word. */
		whole_want(r);
		return 503;
	}
	d = mem_zalloc(sizeof(*d), doc_destructor);
	d->first = first;
	d->bytes = notify->body.l;
	err = rlmi_reader_alloc(&d->reader, &notify->content_type,
		&notify->body, r->e->stack->lang, (void *)(uintptr_t)notify);
	if (err) {
		mem_deref(d);
		not_taken(r, err);
		return err == EMSGSIZE ? 413 : 400;
	}
	list_append(&r->docs, &d->le, d);
	if (!tmr_isrunning(&r->step))
		tmr_start(r->e->stack->tmrs, &r->step, 0, step_handler, r);
	return 0;
}


void simple_rls_read_stop(struct simple_rls *r)
{
	list_flush(&r->docs);
	tmr_cancel(&r->step);
	simple_whole_came(&r->whole);
	r->versioned = false;
}
