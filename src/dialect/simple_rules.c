/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * simple_rules.c - what was decided about watchers, written into the rules
 * that the server shows our presence by (RFC 5025 9): one edit after the other,
 * each of all that was decided meanwhile.
 */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "presrules.h"
#include "simple_int.h"


enum {
	WAITING_MAX = 1000, /* decisions */
	BATCH_MAX = 50, /* ... in one edit */
	CONFIRM = 2000, /* ms from a new document to a look at it */
	CREATIONS_MAX = 3, /* in a sign-in */
};

struct decision {
	struct le le;
	char *peer;
	enum presrules_handling handling;
	bool going; /* in the edit that is under way */
	bool told; /* that it waits */
	bool unsure; /* it is in a document that we have just created */
};

struct simple_rules {
	struct endpoint *e;
	struct list decisions; /* oldest first */
	struct xcap_edit *edit;
	bool creates; /* ... a document that was not there */
	unsigned creations; /* ... in this sign-in */
	struct tmr confirm; /* is it there? */
	struct xcap_where where; /* of the rules; no AUID: not known yet */
	bool refused; /* it keeps none: nothing is to be written */
	bool later; /* it is in trouble: when it answers again */
	bool awaited; /* a sign-out waits until it is known what it keeps */
};


static void rules_destructor(void *data)
{
	struct simple_rules *r = data;

	tmr_cancel(&r->confirm);
	simple_edit_end(&r->edit, r->e);
	list_flush(&r->decisions);
}


static void decision_destructor(void *data)
{
	struct decision *d = data;

	list_unlink(&d->le);
	mem_deref(d->peer);
}


static struct simple_rules *rules_of(struct endpoint *e)
{
	if (!e->rules) {
		e->rules = mem_zalloc(sizeof(*e->rules), rules_destructor);
		e->rules->e = e;
	}
	return e->rules;
}


static void edit_next(struct simple_rules *r);


struct named {
	const char *peer;
	bool found;
};


static void named_handler(const char *id, const char *rule,
	enum presrules_handling handling, bool conditional, void *arg)
{
	struct named *n = arg;

	(void)rule;
	(void)handling;
	n->found |= !conditional && !strcmp(id, n->peer);
}


/* Whether D is to be written upon TEXT: what was written already is only where
 * nobody has decided otherwise since. */
static bool is_wanted(const struct decision *d, const struct pl *text)
{
	struct named n = {.peer = d->peer};

	if (d->going && d->unsure && text->p)
		(void)presrules_decode(text, named_handler, &n);
	return d->going && !n.found;
}


/* All that are going, one after the other, upon BODY. */
static int change(struct mbuf **fresh, const struct pl *body,
	const struct simple_rules *r)
{
	struct mbuf *now = NULL;
	struct pl text = *body;
	struct le *le, *next;
	int err = 0;

	LIST_FOREACH (&r->decisions, le, next) {
		const struct decision *d = le->data;
		struct mbuf *changed = NULL;

		if (is_wanted(d, &text))
			err = presrules_set(
				&changed, &text, d->peer, d->handling);
		if (err)
			break;
		if (changed) {
			text = mbuf_all(changed);
			mem_deref(now);
			now = changed;
		}
	}
	if (err)
		mem_deref(now);
	else if (now)
		*fresh = now;
	return err;
}


static int change_handler(struct mbuf **fresh, const struct pl *body, void *arg)
{
	struct simple_rules *r = arg;
	struct endpoint *e = endpoint_hold(r->e);
	int err = 0;

	r->creates = !body->p;
	simple_rules_seen(e, body);
	if (endpoint_hears(e))
		err = change(fresh, body, r);
	endpoint_release(e);
	return err;
}


/* What becomes of a decision by an answer. */
enum fate {
	FATE_WRITTEN,
	FATE_LATER, /* it is tried again */
	FATE_REFUSED,
};


static enum fate fate_of(const struct xcap_answer *answer)
{
	switch (answer->result) {
	case XCAP_OK:
	case XCAP_UNCHANGED:
		return FATE_WRITTEN;
	case XCAP_LATER:
	case XCAP_CHANGED:
		return FATE_LATER;
	case XCAP_ABSENT:
	case XCAP_CONFLICT:
	case XCAP_REFUSED:
		break;
	}
	return answer->denied ? FATE_LATER : FATE_REFUSED;
}


/* A newer word about PEER than what is going. */
static bool waits(const struct simple_rules *r, const char *peer)
{
	struct le *le, *next;

	LIST_FOREACH (&r->decisions, le, next) {
		const struct decision *d = le->data;

		if (!d->going && !strcmp(d->peer, peer))
			return true;
	}
	return false;
}


/* It is looked at again whether D is there, but not yet. */
static bool is_held(const struct simple_rules *r, const struct decision *d)
{
	return d->unsure && tmr_isrunning(&r->confirm);
}


/* The first decision that was in the edit and is done; NULL: no more. */
static struct decision *gone(const struct simple_rules *r)
{
	struct le *le, *next;

	LIST_FOREACH (&r->decisions, le, next) {
		struct decision *d = le->data;

		if (d->going && !is_held(r, d))
			return d;
	}
	return NULL;
}


/* Why D is no good although it was written (mem_deref): a rule of another
 * program, whose conditions are not known here, may give more. */
static char *rival(const struct decision *d, const struct xcap_answer *answer)
{
	char *name, *why = NULL;

	if (d->handling == PRESRULES_ALLOW || d->handling == PRESRULES_CONFIRM)
		return NULL;
	name = presrules_rival(&answer->body, d->handling);
	if (name)
		why = mem_printf("its rule \"%s\", which another program "
				 "wrote, may show you all the same",
			name);
	mem_deref(name);
	return why;
}


static void decision_over(struct simple_rules *r, struct decision *d,
	enum fate fate, const struct xcap_answer *answer)
{
	char *why = fate == FATE_WRITTEN ? rival(d, answer)
					 : mem_strdup(answer->why);

	list_unlink(&d->le);
	if (!why)
		log_print(r->e->stack->log, LOG_INFO, "xcap",
			"%s: the server's rule for %s is now: %s", r->e->aor,
			d->peer, presrules_word(d->handling));
	if (!waits(r, d->peer))
		endpoint_ruled(r->e, d->peer, why);
	mem_deref(why);
	mem_deref(d);
}


/* Those of the edit wait until the server answers again. */
static void put_off(struct simple_rules *r, const char *why)
{
	struct le *le, *next;

	LIST_FOREACH (&r->decisions, le, next) {
		struct decision *d = le->data;

		if (!d->going)
			continue;
		d->going = false;
		if (d->told)
			continue;
		d->told = true;
		endpoint_trouble(r->e, "xcap",
			mem_printf("the server does not keep what was decided "
				   "about %s, which is obeyed here; it is "
				   "tried again later: %s",
				d->peer, why));
	}
}


static void confirm_handler(void *arg)
{
	edit_next(arg);
}


/* Some servers let two devices create the document at once, each its own: what
 * we wrote is written again soon if it is not there then. */
static void created(struct simple_rules *r)
{
	struct le *le, *next;

	r->creations++;
	LIST_FOREACH (&r->decisions, le, next) {
		struct decision *d = le->data;

		d->unsure |= d->going && !waits(r, d->peer);
	}
	tmr_start(r->e->stack->tmrs, &r->confirm, CONFIRM, confirm_handler, r);
}


static void settle(struct simple_rules *r, const struct xcap_answer *answer)
{
	struct xcap_answer now = *answer;
	enum fate fate = fate_of(answer);
	struct le *le, *next;

	if (answer->result == XCAP_OK && r->creates && !r->e->leaving) {
		if (r->creations < CREATIONS_MAX) {
			created(r);
		} else {
			fate = FATE_REFUSED;
			now.why = "what is written there is not there "
				  "afterwards";
		}
	}
	/* One that has given way to another device's is that one now. */
	if (gone(r) && gone(r)->unsure)
		simple_rules_forget(r->e);
	while (gone(r))
		decision_over(r, gone(r), fate, &now);
	LIST_FOREACH (&r->decisions, le, next)
		((struct decision *)le->data)->going = false;
}


static void done_handler(const struct xcap_answer *answer, void *arg)
{
	struct simple_rules *r = mem_ref(arg);
	struct endpoint *e = endpoint_hold(r->e);
	enum fate fate = fate_of(answer);

	simple_edit_end(&r->edit, e);
	r->later = fate == FATE_LATER;
	if (r->later)
		put_off(r, answer->why);
	else
		settle(r, answer);
	if (r->later)
		simple_rules_ask_later(e);
	if (fate == FATE_WRITTEN)
		simple_rules_take(e, &answer->body, answer->etag);
	if (endpoint_hears(e)) {
		edit_next(r);
		simple_winfo_ruled(e);
	}
	mem_deref(r);
	endpoint_release(e);
}


/* False: all that wait are held. */
static bool is_due(const struct simple_rules *r)
{
	struct le *le, *next;

	LIST_FOREACH (&r->decisions, le, next) {
		if (!is_held(r, le->data))
			return true;
	}
	return false;
}


static void edit_next(struct simple_rules *r)
{
	struct endpoint *e = r->e;
	struct le *le, *next;
	size_t n = 0;
	int err;

	if (!r->where.auid || r->later || r->edit || !is_due(r))
		return;
	if (!e->online && !e->leaving)
		return;
	LIST_FOREACH (&r->decisions, le, next) {
		struct decision *d = le->data;

		d->going = n++ < BATCH_MAX;
	}
	err = simple_edit(&r->edit, e, &r->where, PRESRULES_TYPE,
		change_handler, done_handler, r);
	if (!err) {
		simple_rules_ask_stop(e);
		return;
	}
	log_print(e->stack->log, LOG_WARN, "xcap",
		"%s: the server's rules cannot be asked for: %s", e->aor,
		strerror(err));
	list_flush(&r->decisions);
}


/* Without a word of the user's the server asks. */
static enum presrules_handling handling_of(enum endpoint_verdict verdict)
{
	switch (verdict) {
	case ENDPOINT_ALLOW:
		return PRESRULES_ALLOW;
	case ENDPOINT_POLITE_BLOCK:
		return PRESRULES_POLITE_BLOCK;
	case ENDPOINT_REFUSE:
		return PRESRULES_BLOCK;
	case ENDPOINT_PENDING:
	case ENDPOINT_BUSY:
		break;
	}
	return PRESRULES_CONFIRM;
}


/* Drops what the decision about PEER takes the place of; true: the same is
 * going already. */
static bool replace(struct simple_rules *r, const char *peer,
	enum presrules_handling handling)
{
	bool same = false;
	struct le *le, *next;

	LIST_FOREACH (&r->decisions, le, next) {
		struct decision *d = le->data;

		if (strcmp(d->peer, peer))
			continue;
		if (d->going)
			same = d->handling == handling;
		else
			mem_deref(d);
	}
	return same;
}


static void await_caps(struct simple_rules *r)
{
	if (r->awaited || r->where.auid || !r->e->xcap_request)
		return;
	r->awaited = true;
	endpoint_work_begin(r->e);
}


void simple_rules_decide(
	struct endpoint *e, const char *peer, enum endpoint_verdict verdict)
{
	enum presrules_handling handling = handling_of(verdict);
	struct simple_rules *r;
	struct decision *d;

	if (!e->xcap || verdict == ENDPOINT_BUSY)
		return;
	r = rules_of(e);
	if (replace(r, peer, handling) || r->refused ||
		r->decisions.count >= WAITING_MAX)
		return;
	d = mem_zalloc(sizeof(*d), decision_destructor);
	d->peer = mem_strdup(peer);
	d->handling = handling;
	list_append(&r->decisions, &d->le, d);
	await_caps(r);
	edit_next(r);
}


/* Writes what is to be written, which tells the rules too, or reads them. */
static void begin(struct simple_rules *r)
{
	edit_next(r);
	if (!r->edit)
		simple_rules_ask_anew(r->e);
}


void simple_rules_unknown(struct endpoint *e)
{
	if (!e->rules || !e->rules->awaited)
		return;
	e->rules->awaited = false;
	endpoint_work_end(e);
}


void simple_rules_kept(struct endpoint *e, const char *auid)
{
	struct simple_rules *r = rules_of(e);

	r->where.auid = NULL;
	if (auid && !strcmp(auid, SIMPLE_RULES_OMA))
		r->where = (struct xcap_where){
			.auid = SIMPLE_RULES_OMA, .document = "pres-rules"};
	else if (auid)
		r->where = (struct xcap_where){.auid = SIMPLE_RULES};
	r->refused = !auid;
	if (!auid)
		list_flush(&r->decisions);
	begin(r);
	if (r->awaited)
		endpoint_work_end(e);
	r->awaited = false;
	if (!auid)
		simple_winfo_ruled(e);
}


void simple_rules_online(struct endpoint *e)
{
	if (!e->rules)
		return;
	e->rules->later = false;
	e->rules->creations = 0;
	begin(e->rules);
}


enum endpoint_rules simple_rules(const struct endpoint *e)
{
	if (!e->xcap || (e->rules && e->rules->refused))
		return ENDPOINT_RULES_NONE;
	if (e->online && e->rules && e->rules->where.auid)
		return ENDPOINT_RULES_KEPT;
	return ENDPOINT_RULES_LATER;
}


void simple_rules_again(struct endpoint *e)
{
	struct simple_rules *r = e->rules;

	if (!r || !r->later)
		return;
	r->later = false;
	edit_next(r);
}


const struct xcap_where *simple_rules_where(const struct endpoint *e)
{
	return e->rules && e->rules->where.auid ? &e->rules->where : NULL;
}


/* Who leaves does not wait to see whether a new document is ours. */
void simple_rules_goodbye(struct endpoint *e)
{
	if (!e->rules)
		return;
	tmr_cancel(&e->rules->confirm);
	edit_next(e->rules);
}


void simple_rules_close(struct endpoint *e)
{
	e->rules = mem_deref(e->rules);
}
