/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * simple_lists.c - the buddy list that an XCAP server keeps (RFC 4826): asked
 * for at each sign-in and, as few servers tell of changes, every few minutes
 * by its entity-tag.
 */
#include <errno.h>
#include <string.h>
#include "buddylist.h"
#include "mem.h"
#include "simple_lists.h"
#include "xml.h"


enum {
	POLL = 5 * 60 * 1000, /* ms from a look at the list to the next, ... */
	POLL_TOLD = 60 * 60 * 1000, /* where the server tells of changes */
	CONFIRM = 2000, /* ... a new document */
	AGAIN = 30 * 1000, /* ... after trouble; doubled each time, up to */
	AGAIN_MAX = 60 * 60 * 1000,
};

const struct xcap_where simple_lists_where = {.auid = "resource-lists"};


static void lists_destructor(void *data)
{
	struct simple_lists *l = data;

	tmr_cancel(&l->poll);
	tmr_cancel(&l->tell);
	mem_deref(l->sub);
	mem_deref(l->get);
	simple_lists_edit_flush(l);
	mem_deref(l->read);
	mem_deref(l->text);
	mem_deref(l->known);
	mem_deref(l->etag);
	mem_deref(l->news);
}


/* WHY is the last part of a sentence. */
static void say(const struct simple_lists *l, const char *what, const char *why)
{
	char *text = mem_printf("the server's buddy list %s: %s", what, why);

	endpoint_trouble(l->e, "contacts", text);
}


/* ---- telling --------------------------------------------------------- */

/* Everybody, in three blocks. */
struct told {
	struct endpoint_contact *contacts;
	size_t n;
	const char **groups; /* of all; those of one end in NULL */
	size_t n_groups;
};


static void count_h(const struct buddylist_person *person, void *arg)
{
	struct told *t = arg;
	size_t i = 0;

	while (person->groups[i])
		i++;
	t->n++;
	t->n_groups += i + 1;
}


static void person_h(const struct buddylist_person *person, void *arg)
{
	struct told *t = arg;
	struct endpoint_contact *c = &t->contacts[t->n++];
	size_t i;

	c->peer = person->peer;
	c->name = person->name;
	c->groups = &t->groups[t->n_groups];
	for (i = 0; person->groups[i]; i++)
		t->groups[t->n_groups++] = person->groups[i];
	t->groups[t->n_groups++] = NULL;
}


static void tell_people(struct endpoint *e, const struct buddylist *list)
{
	struct told t = {NULL, 0, NULL, 0};

	buddylist_each(list, count_h, &t);
	t.contacts = mem_zalloc((t.n + 1) * sizeof(*t.contacts), NULL);
	t.groups = mem_zalloc((t.n_groups + 1) * sizeof(*t.groups), NULL);
	t.n = t.n_groups = 0;
	buddylist_each(list, person_h, &t);
	e->h.contacts(t.contacts, t.n, e->h.arg);
	mem_deref(t.contacts);
	mem_deref(t.groups);
}


/* What nobody else would tell. */
static void tell_references(
	const struct simple_lists *l, const struct buddylist *list)
{
	size_t n = buddylist_references(list);

	if (n)
		log_print(l->e->stack->log, LOG_INFO, "contacts",
			"%s: the server's buddy list names %zu list%s or "
			"people of other documents, which are kept but not "
			"followed",
			l->e->aor, n, n == 1 ? "" : "s");
}


/* What is to be told then is read now. */
static bool read_list(struct simple_lists *l)
{
	struct pl text = PL_INIT;
	int err;

	if (l->text)
		text = pl_make(
			l->text->end ? (char *)l->text->buf : "", l->text->end);
	err = buddylist_alloc(&l->read, &text);
	if (!err && !l->heard)
		tell_references(l, l->read);
	l->heard = true;
	if (err)
		say(l, "is left alone",
			err == E2BIG ? "it has more than 20000 people"
				     : xml_why(err));
	return !err;
}


static void tell_list(struct simple_lists *l, const struct buddylist *list)
{
	l->lacking = !l->text;
	mem_deref(l->known);
	l->known = mem_ref(l->text);
	if (l->text)
		tell_people(l->e, list);
	else
		l->e->h.contacts(NULL, 0, l->e->h.arg);
}


/* Reading a long list is work enough for a turn, and telling it for another.
 * Not while there is more to change, as that would be undone. */
static void tell_handler(void *arg)
{
	struct simple_lists *l = arg;
	struct endpoint *e = endpoint_hold(l->e);
	struct buddylist *list = l->read;

	l->read = NULL;
	if (!e->h.contacts || !e->online || l->waiting || l->going.head)
		;
	else if (!list && read_list(l))
		tmr_start(e->stack->tmrs, &l->tell, 0, tell_handler, l);
	else if (list)
		tell_list(l, list);
	mem_deref(list);
	endpoint_release(e);
}


/* In turns of its own. */
static void tell(struct simple_lists *l)
{
	l->read = mem_deref(l->read);
	tmr_start(l->e->stack->tmrs, &l->tell, 0, tell_handler, l);
}


void simple_lists_take(
	struct simple_lists *l, const struct pl *body, const char *etag)
{
	char *tag = mem_strdup(etag);

	mem_deref(l->etag);
	l->etag = tag;
	l->read = mem_deref(l->read);
	l->text = mem_deref(l->text);
	if (body->p) {
		l->text = mbuf_alloc_size(body->l, body->l);
		(void)mbuf_write_pl(l->text, body);
	}
	tell(l);
}


/* ---- asking ---------------------------------------------------------- */

static void trouble(struct simple_lists *l, const struct xcap_answer *answer)
{
	bool later = answer->result == XCAP_LATER;

	if (!l->failures)
		say(l,
			later ? "cannot be had now and is asked for again"
			      : "cannot be had",
			answer->why);
	if (!later)
		l->refused = true;
}


static void absent(struct simple_lists *l)
{
	static const struct pl none = PL_INIT;

	if (simple_lists_edit_again(l, false)) {
		simple_lists_take(l, &none, NULL);
		return;
	}
	l->refused = true;
	say(l, "is not kept", "what is written there is not there afterwards");
}


static void got_handler(const struct xcap_answer *answer, void *arg)
{
	struct simple_lists *l = mem_ref(arg);
	struct endpoint *e = endpoint_hold(l->e);
	struct pl body;

	l->get = mem_deref(l->get);
	switch (answer->result) {
	case XCAP_OK:
		body = pl_make(
			answer->body.p ? answer->body.p : "", answer->body.l);
		(void)simple_lists_edit_again(l, true);
		simple_lists_take(l, &body, answer->etag);
		break;
	case XCAP_ABSENT:
		absent(l);
		break;
	case XCAP_UNCHANGED:
		list_flush(&l->unsure);
		if (!l->heard)
			tell(l);
		break;
	default:
		trouble(l, answer);
		break;
	}
	/* It answers: what has waited for that goes now. */
	l->later = l->later && answer->result == XCAP_LATER;
	simple_lists_schedule(l, answer->result == XCAP_LATER);
	simple_lists_edit_next(l);
	simple_lists_news(l);
	mem_deref(l);
	endpoint_release(e);
}


/* While a change is under way the list is seen by that. */
void simple_lists_look(struct simple_lists *l)
{
	int err;

	if (l->get || l->edit || !l->e->online || l->refused)
		return;
	err = xcap_get(&l->get, l->e->xcap, &simple_lists_where,
		l->text ? l->etag : NULL, got_handler, l);
	if (err)
		say(l, "cannot be asked for", strerror(err));
}


void simple_lists_news(struct simple_lists *l)
{
	char *news = l->news;

	if (!news || l->get || l->edit)
		return;
	l->news = NULL;
	if (!xcap_etag_is(l->etag, *news ? news : NULL))
		simple_lists_look(l);
	mem_deref(news);
}


static void poll_handler(void *arg)
{
	struct simple_lists *l = arg;

	l->later = false;
	if (l->waiting)
		simple_lists_edit_next(l);
	else
		simple_lists_look(l);
}


void simple_lists_schedule(struct simple_lists *l, bool trouble)
{
	uint64_t wait = l->told ? POLL_TOLD : POLL;
	unsigned i;

	if (!trouble) {
		l->failures = 0;
		if (l->unsure.head)
			wait = CONFIRM;
	} else {
		wait = AGAIN;
		for (i = 0; i < l->failures && wait < AGAIN_MAX; i++)
			wait *= 2;
		l->failures++;
	}
	if (!l->e->online || l->refused)
		tmr_cancel(&l->poll);
	else
		tmr_start(l->e->stack->tmrs, &l->poll,
			wait < AGAIN_MAX ? wait : AGAIN_MAX, poll_handler, l);
}


/* ---- the account's life ---------------------------------------------- */

static void begin(struct simple_lists *l)
{
	l->heard = l->refused = l->later = l->told = l->lacking = false;
	l->failures = l->creations = 0;
	l->news = mem_deref(l->news);
	simple_lists_look(l);
	simple_lists_diff_online(l);
}


void simple_lists_kept(struct endpoint *e, bool kept)
{
	if (!e->lists) {
		e->lists = mem_zalloc(sizeof(*e->lists), lists_destructor);
		e->lists->e = e;
	}
	e->lists->kept = kept;
	if (kept && e->online)
		begin(e->lists);
}


void simple_lists_online(struct endpoint *e)
{
	if (e->lists && e->lists->kept)
		begin(e->lists);
}


/* What was not sent is found again by comparing, at the next sign-in; who signs
 * out waits for what is under way. */
void simple_lists_lost(struct endpoint *e)
{
	struct simple_lists *l = e->lists;

	if (!l)
		return;
	l->heard = false;
	tmr_cancel(&l->poll);
	l->get = mem_deref(l->get);
	if (!e->leaving || !l->edit)
		simple_lists_edit_flush(l);
}


void simple_lists_goodbye(struct endpoint *e, uint64_t limit)
{
	struct simple_lists *l = e->lists;

	if (!l)
		return;
	tmr_cancel(&l->poll);
	l->get = mem_deref(l->get);
	simple_lists_diff_goodbye(l, limit);
	l->later = false;
	(void)simple_lists_edit_again(l, true);
	simple_lists_edit_next(l);
}


void simple_lists_close(struct endpoint *e)
{
	e->lists = mem_deref(e->lists);
}
