/* SPDX-License-Identifier: GPL-3.0-or-later */
/* simple_timed.c - a document whose activities begin or end by themselves is
 * read again then (RFC 4480 3.1). */
#include "mem.h"
#include "simple_watch.h"


enum {
	KEPT_MAX = 16 * 1024, /* bytes of a document */
	WAIT_MIN = 1000, /* ms between two readings */
};

struct simple_timed {
	struct simple_watch *w;
	char *type;
	char *body;
	size_t len;
	struct tmr tmr;
};


static void timed_destructor(void *data)
{
	struct simple_timed *t = data;

	tmr_cancel(&t->tmr);
	mem_deref(t->type);
	mem_deref(t->body);
}


static void timed_handler(void *arg)
{
	struct simple_timed *t = arg;
	struct simple_watch *w = mem_ref(t->w);
	struct endpoint *e = endpoint_hold(w->e);

	/* What is read takes the place of this. */
	mem_ref(t);
	if (w->timed == t) {
		const struct pl type = pl_str(t->type);
		const struct pl body = pl_make(t->body, t->len);

		(void)simple_watch_document(w, &type, &body);
		simple_watch_tell(w);
	}
	mem_deref(t);
	mem_deref(w);
	endpoint_release(e);
}


void simple_timed_keep(struct simple_watch *w, int64_t until,
	const struct pl *type, const struct pl *body)
{
	struct tmrs *tmrs = w->e->stack->tmrs;
	int64_t wait = until - tmrs_wall(tmrs);
	struct simple_timed *t;

	w->timed = mem_deref(w->timed);
	if (!until || body->l > KEPT_MAX)
		return;
	t = mem_zalloc(sizeof(*t), timed_destructor);
	t->w = w;
	t->type = pl_strdup(type);
	t->body = mem_strndup(body->p, body->l);
	t->len = body->l;
	w->timed = t;
	tmr_start(tmrs, &t->tmr, wait > WAIT_MIN ? (uint64_t)wait : WAIT_MIN,
		timed_handler, t);
}
