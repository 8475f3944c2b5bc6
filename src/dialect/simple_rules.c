/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * simple_rules.c - what was decided about watchers, written into the rules
 * that the server shows our presence by (RFC 5025 9): one edit after the other,
 * each of all that was decided meanwhile.
 */
#include <errno.h>
#include <string.h>
#include "dialect_int.h"
#include "mem.h"
#include "presrules.h"
#include "xcap.h"


enum {
	WAITING_MAX = 1000, /* decisions */
	BATCH_MAX = 50, /* ... in one edit */
};

struct decision {
	struct le le;
	char *peer;
	enum presrules_handling handling;
	bool going; /* in the edit that is under way */
};

struct simple_rules {
	struct endpoint *e;
	struct list decisions; /* oldest first */
	struct xcap_edit *edit;
	bool kept; /* the server keeps rules */
	bool refused; /* it keeps none: nothing is to be written */
	bool later; /* it is in trouble: at the next login */
};


static void rules_destructor(void *data)
{
	struct simple_rules *r = data;

	mem_deref(r->edit);
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


/* All that are going, one after the other, upon BODY. */
static int change_handler(struct mbuf **fresh, const struct pl *body, void *arg)
{
	struct simple_rules *r = arg;
	struct mbuf *now = NULL;
	struct pl text = *body;
	struct le *le, *next;
	int err = 0;

	LIST_FOREACH (&r->decisions, le, next) {
		const struct decision *d = le->data;
		struct mbuf *changed = NULL;

		if (d->going)
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


static void tell(struct simple_rules *r, const struct decision *d,
	const struct xcap_answer *answer)
{
	struct endpoint *e = r->e;

	if (answer->result == XCAP_OK || answer->result == XCAP_UNCHANGED)
		log_print(e->stack->log, LOG_INFO, "xcap",
			"%s: the server's rule for %s is now: %s", e->aor,
			d->peer, presrules_word(d->handling));
	else
		log_print(e->stack->log, LOG_WARN, "xcap",
			"%s: the server does not keep what was decided about "
			"%s, which is obeyed here%s: %s",
			e->aor, d->peer,
			answer->result == XCAP_LATER
				? "; the next login tries again"
				: "",
			answer->why);
}


static void done_handler(const struct xcap_answer *answer, void *arg)
{
	struct simple_rules *r = arg;
	struct le *le, *next;

	endpoint_work_end(r->e);
	r->edit = mem_deref(r->edit);
	r->later = answer->result == XCAP_LATER;
	LIST_FOREACH (&r->decisions, le, next) {
		struct decision *d = le->data;

		if (!d->going)
			continue;
		d->going = false;
		tell(r, d, answer);
		if (!r->later)
			mem_deref(d);
	}
	edit_next(r);
}


static void edit_next(struct simple_rules *r)
{
	static const struct xcap_where where = {.auid = "pres-rules"};
	struct endpoint *e = r->e;
	struct le *le, *next;
	size_t n = 0;
	int err;

	if (!r->kept || r->later || r->edit || !r->decisions.head)
		return;
	if (!e->online && !e->leaving)
		return;
	LIST_FOREACH (&r->decisions, le, next) {
		struct decision *d = le->data;

		d->going = n++ < BATCH_MAX;
	}
	err = xcap_edit(&r->edit, e->xcap, &where, PRESRULES_TYPE,
		change_handler, done_handler, r);
	if (!err) {
		endpoint_work_begin(e);
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


void simple_rules_decide(
	struct endpoint *e, const char *peer, enum endpoint_verdict verdict)
{
	struct simple_rules *r;
	struct decision *d;
	struct le *le, *next;

	if (!e->xcap || verdict == ENDPOINT_BUSY)
		return;
	r = rules_of(e);
	/* A newer word about the same person takes the place of one that
	 * waits. */
	LIST_FOREACH (&r->decisions, le, next) {
		d = le->data;
		if (!d->going && !strcmp(d->peer, peer))
			mem_deref(d);
	}
	if (r->refused || r->decisions.count >= WAITING_MAX)
		return;
	d = mem_zalloc(sizeof(*d), decision_destructor);
	d->peer = mem_strdup(peer);
	d->handling = handling_of(verdict);
	list_append(&r->decisions, &d->le, d);
	edit_next(r);
}


void simple_rules_kept(struct endpoint *e, bool kept)
{
	struct simple_rules *r = rules_of(e);

	r->kept = kept;
	r->refused = !kept;
	if (!kept)
		list_flush(&r->decisions);
	edit_next(r);
}


void simple_rules_online(struct endpoint *e)
{
	if (!e->rules)
		return;
	e->rules->later = false;
	edit_next(e->rules);
}


bool simple_decides(const struct endpoint *e)
{
	return e->online && e->rules && e->rules->kept;
}


void simple_rules_close(struct endpoint *e)
{
	e->rules = mem_deref(e->rules);
}
