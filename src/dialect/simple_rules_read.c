/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * simple_rules_read.c - what the rules of the server say of whom, as another
 * device may have written them (RFC 5025): asked for at the sign-in and now and
 * then, by entity-tag.
 */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "presrules.h"
#include "simple_int.h"


enum {
	ASK_GAP = 5000, /* ms between two questions */
	POLL = 5 * 60 * 1000, /* ms between two, as servers tell nothing */
	PEOPLE_MAX = 20000, /* of whom rules are told; of more none is */
};

/* Ours that refuses: no block, which holds for texts too. */
static const char declined[] = "sotto-block";


struct simple_rules_read {
	struct endpoint *e;
	struct xcap_request *request;
	char *etag; /* of what was told last */
	uint64_t asked; /* monotonic; 0: never */
	bool failed; /* which was told */
	bool again; /* it changed while it was asked for */
	struct tmr poll;
};

/* Somebody whom rules name. */
struct ruled {
	UT_hash_handle hh;
	char *peer;
	enum presrules_handling handling;
	bool declined;
};

struct reading {
	const struct endpoint *e;
	struct ruled *people; /* hash by peer, in the order of the document */
	bool too_many;
	bool bad;
};


static void read_destructor(void *data)
{
	struct simple_rules_read *rr = data;

	tmr_cancel(&rr->poll);
	mem_deref(rr->request);
	mem_deref(rr->etag);
}


static struct simple_rules_read *read_of(struct endpoint *e)
{
	if (!e->rules_read) {
		e->rules_read =
			mem_zalloc(sizeof(*e->rules_read), read_destructor);
		e->rules_read->e = e;
	}
	return e->rules_read;
}


/* ---- now and then ---- */

static void poll_handler(void *arg)
{
	struct simple_rules_read *rr = arg;

	simple_rules_ask(rr->e);
}


static void poll_later(struct simple_rules_read *rr)
{
	tmr_start(rr->e->stack->tmrs, &rr->poll, POLL, poll_handler, rr);
}


/* ---- the document ---- */

static struct ruled *add_ruled(struct reading *reading, const char *peer)
{
	struct ruled *p = mem_zalloc(sizeof(*p), NULL);

	p->peer = mem_strdup(peer);
	p->handling = PRESRULES_BLOCK;
	p->declined = true;
	HASH_ADD_KEYPTR(hh, reading->people, p->peer, strlen(p->peer), p);
	return p;
}


/* Of several rules for one person that counts which gives most. */
static void one_handler(const char *id, const char *rule,
	enum presrules_handling handling, bool conditional, void *arg)
{
	struct reading *reading = arg;
	struct pl pl = pl_str(id);
	struct ruled *p;
	struct uri uri;
	char *peer;

	if (conditional || uri_decode(&uri, &pl) ||
		(uri.scheme != URI_SIP && uri.scheme != URI_SIPS))
		return;
	peer = uri_aor(&uri);
	HASH_FIND_STR(reading->people, peer, p);
	if (!p && HASH_COUNT(reading->people) >= PEOPLE_MAX)
		reading->too_many = true;
	else if (!p && strcmp(peer, reading->e->aor) != 0)
		p = add_ruled(reading, peer);
	if (p && handling >= p->handling) {
		p->handling = handling;
		p->declined = !strncmp(rule, declined, sizeof(declined) - 1);
	}
	mem_deref(peer);
}


/* False: nothing is decided. */
static bool verdict_of(enum endpoint_verdict *verdict, const struct ruled *p)
{
	switch (p->handling) {
	case PRESRULES_ALLOW:
		*verdict = ENDPOINT_ALLOW;
		return true;
	case PRESRULES_POLITE_BLOCK:
		*verdict = ENDPOINT_POLITE_BLOCK;
		return true;
	case PRESRULES_BLOCK:
		*verdict =
			p->declined ? ENDPOINT_REFUSE : ENDPOINT_POLITE_BLOCK;
		return true;
	case PRESRULES_CONFIRM:
		break;
	}
	return false;
}


static void people_flush(struct reading *reading)
{
	struct ruled *p, *next;

	HASH_ITER (hh, reading->people, p, next) {
		HASH_DEL(reading->people, p);
		mem_deref(p->peer);
		mem_deref(p);
	}
}


static void tell(struct endpoint *e, struct reading *reading)
{
	struct endpoint_rule *rules = mem_zalloc(
		(HASH_COUNT(reading->people) + 1) * sizeof(*rules), NULL);
	const struct ruled *p;
	size_t n = 0;

	for (p = reading->people; p; p = p->hh.next) {
		rules[n].peer = p->peer;
		n += verdict_of(&rules[n].verdict, p);
	}
	/* Without a single rule it was lost rather than changed. */
	if (!reading->too_many && !reading->bad && e->h.rules &&
		endpoint_hears(e))
		e->h.rules(reading->people ? rules : NULL, n, e->h.arg);
	mem_deref(rules);
	people_flush(reading);
}


void simple_rules_forget(struct endpoint *e)
{
	struct simple_rules_read *rr = e->rules_read;

	if (rr)
		rr->etag = mem_deref(rr->etag);
}


void simple_rules_take(
	struct endpoint *e, const struct pl *body, const char *etag)
{
	struct simple_rules_read *rr = read_of(e);
	struct reading reading = {.e = e};
	int err;

	poll_later(rr);
	if (rr->etag && etag && !strcmp(rr->etag, etag))
		return;
	mem_deref(rr->etag);
	rr->etag = mem_strdup(etag);
	err = presrules_decode(body, one_handler, &reading);
	if (err)
		log_print(e->stack->log, LOG_WARN, "xcap",
			"%s: the server's rules cannot be read: %s", e->aor,
			strerror(err));
	else if (reading.too_many)
		log_print(e->stack->log, LOG_WARN, "xcap",
			"%s: the server's rules are about too many people to "
			"be taken over",
			e->aor);
	reading.bad = err;
	tell(e, &reading);
}


void simple_rules_seen(struct endpoint *e, const struct pl *body)
{
	struct reading reading = {.e = e}, none = {.e = e};

	if (body->p && presrules_decode(body, one_handler, &reading))
		reading.bad = true;
	if (!reading.bad && !reading.people) {
		endpoint_hold(e);
		tell(e, &none);
		endpoint_release(e);
	}
	people_flush(&reading);
}


/* ---- asking ---- */

static void answer_handler(const struct xcap_answer *answer, void *arg)
{
	static const struct pl none = PL_INIT;
	struct simple_rules_read *rr = mem_ref(arg);
	struct endpoint *e = endpoint_hold(rr->e);

	rr->request = mem_deref(rr->request);
	switch (answer->result) {
	case XCAP_OK:
		rr->failed = false;
		simple_rules_take(e, &answer->body, answer->etag);
		break;
	case XCAP_ABSENT:
		rr->failed = false;
		rr->etag = mem_deref(rr->etag);
		simple_rules_seen(e, &none);
		break;
	case XCAP_UNCHANGED:
		rr->failed = false;
		break;
	default:
		if (!rr->failed)
			log_print(e->stack->log, LOG_WARN, "xcap",
				"%s: the server's rules cannot be read: %s",
				e->aor, answer->why);
		rr->failed = true;
		break;
	}
	if (rr->again)
		simple_rules_ask_anew(e);
	if (endpoint_hears(e)) {
		if (!rr->failed)
			simple_rules_again(e);
		simple_winfo_ruled(e);
	}
	mem_deref(rr);
	endpoint_release(e);
}


void simple_rules_ask(struct endpoint *e)
{
	const struct xcap_where *where = simple_rules_where(e);
	const struct tmrs *tmrs = e->stack->tmrs;
	struct simple_rules_read *rr;

	if (!where || !e->online)
		return;
	rr = read_of(e);
	poll_later(rr);
	if (rr->request || tmrs_until(tmrs, rr->asked, ASK_GAP))
		return;
	rr->asked = tmrs_now(tmrs);
	(void)xcap_get(
		&rr->request, e->xcap, where, rr->etag, answer_handler, rr);
}


void simple_rules_ask_anew(struct endpoint *e)
{
	struct simple_rules_read *rr = e->rules_read;

	if (rr) {
		rr->asked = 0;
		rr->again = rr->request != NULL;
	}
	simple_rules_ask(e);
}


void simple_rules_told(struct endpoint *e, const char *etag)
{
	const char *known = e->rules_read ? e->rules_read->etag : NULL;

	if (etag && !xcap_etag_is(known, etag))
		simple_rules_ask_anew(e);
}


void simple_rules_ask_later(struct endpoint *e)
{
	poll_later(read_of(e));
}


void simple_rules_ask_stop(struct endpoint *e)
{
	if (e->rules_read)
		e->rules_read->request = mem_deref(e->rules_read->request);
}


bool simple_rules_asking(const struct endpoint *e)
{
	return e->rules_read && e->rules_read->request;
}


void simple_rules_read_close(struct endpoint *e)
{
	e->rules_read = mem_deref(e->rules_read);
}
