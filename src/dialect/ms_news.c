/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ms_news.c - what a notification tells of whom we watch, and of whom we asked
 * once ([MS-PRES] 2.2.2.4, RFC 4662 5). */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "ms_int.h"
#include "xml.h"


enum {
	MOVES_MAX = 5, /* places that the server sends us to for one person */
};


/* Where goes what a notification tells. */
struct sink {
	const struct endpoint *e;
	const char *peer; /* whom a document is of; NULL: it says it */
	msdoc_news_h *news;

	/* A state of each in a batch; NULL: of no interest. */
	int (*list)(const struct pl *body, void *arg);

	/* A document of the standard, from a gateway or another company. */
	void (*document)(
		const char *peer, struct presence *presence, void *arg);
	void *arg;
};

/* What is watched in a batch. */
struct reader {
	struct ms *ms;
	struct ms_batch *b;
	bool own; /* it is of our own server */
};


/* ---- reading -------------------------------------------------------- */

static int document_read(const struct sink *s, const struct pl *content_type,
	const struct pl *body)
{
	const struct pres_query query = {
		.entity = pl_str(s->peer),
		.lang = s->e->stack->lang,
		.now = tmrs_wall(s->e->stack->tmrs),
	};
	struct pres_doc *doc;
	char *named;
	int err = pres_decode(&doc, content_type, body, &query);

	if (err)
		return err;
	named = s->peer ? mem_strdup(s->peer) : msdoc_peer(doc->entity);
	if (named)
		s->document(named, doc->presence, s->arg);
	mem_deref(named);
	mem_deref(doc);
	return 0;
}


static int part_read(const struct sink *s, const struct pl *content_type,
	const struct pl *body)
{
	if (msg_type_is(content_type, MSDOC_CATEGORIES_TYPE))
		return msdoc_categories_decode(body, s->news, s->arg);
	if (msg_type_is(content_type, MSDOC_RLMI_TYPE))
		return s->list ? s->list(body, s->arg) : 0;
	if (msg_type_is(content_type, MSDOC_PIDF_TYPE))
		return msdoc_pidf_decode(body, s->news, s->arg);
	return document_read(s, content_type, body);
}


static bool has_parts(const struct msg *notify)
{
	struct msg_type type;

	return !msg_type_decode(&type, &notify->content_type) &&
		pl_strcaseeq(&type.type, "multipart");
}


static int parts_read(const struct sink *s, const struct msg *notify)
{
	struct msg_multipart mp;
	struct msg_part part;
	int err = msg_multipart_begin(
		&mp, &notify->content_type, &notify->body, NULL);

	while (!err && msg_multipart_next(&mp, &part)) {
		/* One that cannot be read does not spoil the others. */
		if (part_read(s, &part.content_type, &part.body))
			log_print(s->e->stack->log, LOG_WARN, "presence",
				"%s: a part of a notification cannot be read",
				s->e->aor);
	}
	return err;
}


/* A status for who sent it; 0: read. */
static uint16_t notify_read(const struct sink *s, const struct msg *notify)
{
	int err = has_parts(notify)
		? parts_read(s, notify)
		: part_read(s, &notify->content_type, &notify->body);

	if (!err)
		return 0;
	log_print(s->e->stack->log, LOG_WARN, "presence",
		"%s: a notification is not taken: %s", s->e->aor, xml_why(err));
	return err == ENOTSUP ? 415 : 400;
}


/* ---- watched -------------------------------------------------------- */

/* PEER, if it is told of where we asked for it. */
static struct ms_peer *reader_find(const struct reader *r, const char *peer)
{
	struct ms_peer *p = ms_peer_find(r->ms, peer);

	return p && (r->own || p->batch == r->b) ? p : NULL;
}


static void merge(struct ms_peer *p, const struct msdoc_news *news)
{
	if (news->has & MSDOC_STATE) {
		p->document = mem_deref(p->document);
		p->availability = news->availability;
		p->active = news->active;
		mem_deref(p->activity);
		p->activity = mem_strdup(news->activity);
		p->heard = true;
	}
	if (news->has & MSDOC_NOTE) {
		mem_deref(p->note);
		p->note = mem_strdup(news->note);
	}
	if (news->has & MSDOC_CARD && news->name &&
		(!p->name || strcmp(p->name, news->name) != 0)) {
		mem_deref(p->name);
		p->name = mem_strdup(news->name);
		p->named = false;
	}
	ms_peer_tell_soon(p);
}


static void news_handler(const struct msdoc_news *news, void *arg)
{
	struct ms_peer *p = reader_find(arg, news->peer);

	if (p)
		merge(p, news);
}


/* The server that knows P is another one: TARGET, or where P's own domain
 * says. */
static void move_to(struct ms_peer *p, const char *target)
{
	if (!p->batch || !strcmp(p->batch->target, target))
		return;
	if (++p->moves > MOVES_MAX)
		ms_peer_refused(
			p, "the server sends us from place to place", 0);
	else
		ms_batch_move(p, target);
}


/* POOL may be a host alone; NULL: P's own domain. */
static void move(struct ms_peer *p, const char *pool)
{
	char *full =
		pool && !strchr(pool, ':') ? mem_printf("sip:%s", pool) : NULL;

	move_to(p, full ? full : pool ? pool : p->peer);
	mem_deref(full);
}


static void resource_handler(const struct msdoc_resource *r, void *arg)
{
	struct ms_peer *p = reader_find(arg, r->peer);

	if (!p)
		return;
	p->listed = true;
	switch (r->state) {
	case MSDOC_RESUBSCRIBE:
		move(p, r->pool);
		break;
	case MSDOC_TERMINATED:
		ms_peer_refused(p,
			r->reason && !strcmp(r->reason, "noresource")
				? "there is no such address"
				: "the server tells no presence of them",
			0);
		break;
	case MSDOC_PENDING:
		ms_peer_refused(p, "waiting for approval", 0);
		break;
	case MSDOC_ACTIVE:
		break;
	}
}


/* If it is the whole of them: who is not there is told of no more. */
static int list_handler(const struct pl *body, void *arg)
{
	const struct reader *r = arg;
	struct le *le, *next;
	bool full = false;
	int err;

	LIST_FOREACH (&r->b->peers, le, next)
		((struct ms_peer *)le->data)->listed = false;
	err = msdoc_rlmi_decode(body, &full, resource_handler, arg);
	LIST_FOREACH (&r->b->peers, le, next) {
		struct ms_peer *p = le->data;

		if (full && p->heard && !p->listed)
			ms_peer_refused(p,
				"the server tells no presence of them any more",
				0);
	}
	return err;
}


static void document_handler(
	const char *peer, struct presence *presence, void *arg)
{
	struct ms_peer *p = reader_find(arg, peer);

	if (!p)
		return;
	mem_deref(p->document);
	p->document = mem_ref(presence);
	p->heard = true;
	ms_peer_tell_soon(p);
}


/* Whom a notification must be about that does not say it. */
static const char *only_peer(const struct reader *r)
{
	const struct ms_peer *p = list_data(r->b->peers.head);

	return !r->own && r->b->peers.count == 1 ? p->peer : NULL;
}


uint16_t ms_presence_take(struct ms_batch *b, const struct msg *notify)
{
	struct reader r = {.ms = b->ms, .b = b, .own = ms_batch_is_own(b)};
	const struct sink sink = {
		.e = b->ms->e,
		.peer = has_parts(notify) ? NULL : only_peer(&r),
		.news = news_handler,
		.list = list_handler,
		.document = document_handler,
		.arg = &r,
	};

	return notify->body.l ? notify_read(&sink, notify) : 0;
}


/* ---- asked once ----------------------------------------------------- */

struct reading {
	const char *peer;
	struct presence *found;
};


static void read_handler(const struct msdoc_news *news, void *arg)
{
	struct reading *r = arg;

	if (strcmp(news->peer, r->peer) != 0 || !(news->has & MSDOC_STATE))
		return;
	mem_deref(r->found);
	r->found = msdoc_presence_since(
		news->availability, news->activity, news->note, news->active);
}


static void found_handler(
	const char *peer, struct presence *presence, void *arg)
{
	struct reading *r = arg;

	(void)peer;
	mem_deref(r->found);
	r->found = mem_ref(presence);
}


uint16_t ms_read(struct presence **pp, const struct endpoint *e,
	const char *peer, const struct msg *notify)
{
	struct reading r = {.peer = peer};
	const struct sink sink = {
		.e = e,
		.peer = peer,
		.news = read_handler,
		.document = found_handler,
		.arg = &r,
	};
	uint16_t status = notify_read(&sink, notify);

	*pp = r.found;
	return status;
}
