/* SPDX-License-Identifier: GPL-3.0-or-later */
/* auth_query.c - challenges: schemes by strength, questions for secrets, when
 * to try again (RFC 3261 22.1-22.3, RFC 8760 2.4). */
#include <errno.h>
#include <string.h>
#include "auth.h"
#include "date.h"
#include "mem.h"


enum {
	OFFERS_MAX = 8, /* realms answered in one response */
	ROUNDS_MAX = 6, /* challenges to one request */
	REALM_TEXT_MAX = 512,
	SCHEMES_TEXT_MAX = 128,
	SKEW_MAX_MS = 15 * 60 * 1000, /* of the clocks, for NTLM */
	HANDSHAKE_FAILED = 1000, /* in ms-diagnostics: it was the password */
};

/* Basic is not here and never will be (RFC 8760 2.6). */
static const struct sip_auth_scheme *const schemes[] = {
	&sip_auth_digest,
	&sip_auth_ntlm,
};


/* One realm of a response: its strongest challenge. */
struct offer {
	bool proxy;
	char *name;
	const struct sip_auth_scheme *scheme;
	unsigned strength;
	struct msg_challenge challenge; /* borrows from the response */
	char *text; /* or from this */
};

struct sip_auth_query {
	struct le le;
	struct sip_auth *auth;
	struct sip_auth_tries *tries;
	enum msg_method method;
	struct sip_flow *flow;
	const char *refused; /* why nothing that was offered is answered; NULL:
	                        nobody knows how */
	struct offer offers[OFFERS_MAX];
	size_t n;
	const char *why; /* words of a scheme that failed; NULL: none */
	bool failed;
	const char *failed_realm;
	sip_auth_h *h; /* NULL while sip_auth_challenge() runs */
	void *arg;
};


static void query_destructor(void *data)
{
	struct sip_auth_query *q = data;
	size_t i;

	list_unlink(&q->le);
	mem_deref(q->auth);
	mem_deref(q->flow);
	for (i = 0; i < q->n; i++) {
		mem_deref(q->offers[i].name);
		mem_deref(q->offers[i].text);
	}
}


static const struct sip_auth_scheme *scheme_find(const struct pl *name)
{
	size_t i;

	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (pl_strcaseeq(name, schemes[i]->name))
			return schemes[i];
	return NULL;
}


/* A challenge of NTLM is answered to servers that the user takes for
 * Microsoft's, or that TLS has proven; NULL: this one is. */
static const char *ntlm_refused(const struct sip_auth_query *q)
{
	if (!sip_tp_reliable(sip_flow_tp(q->flow)))
		return "the server asks for NTLM over UDP, which it cannot "
		       "protect";
	switch (q->auth->ntlm) {
	case SIP_NTLM_NEVER:
		return "the server asks for NTLM, which is answered with "
		       "dialect=microsoft or auto";
	case SIP_NTLM_TLS:
		if (sip_flow_tp(q->flow) != SIP_TLS)
			return "the server asks for NTLM, which is answered "
			       "over TLS, or with dialect=microsoft";
		break;
	case SIP_NTLM_ALWAYS:
		break;
	}
	return NULL;
}


/* ---- reading a response ---- */

static void offer_take(
	struct sip_auth_query *q, bool proxy, const struct msg_hdr *h)
{
	const struct sip_auth_scheme *scheme;
	struct msg_challenge c;
	struct offer *o = NULL;
	unsigned strength;
	struct pl realm;
	size_t i;

	if (msg_challenge_decode(&c, &h->value))
		return;
	scheme = scheme_find(&c.scheme);
	strength = scheme ? scheme->strength(&c) : 0;
	if (!strength || !msg_challenge_param(&c, "realm", &realm, NULL) ||
		realm.l > REALM_TEXT_MAX)
		return;
	if (scheme == &sip_auth_ntlm && ntlm_refused(q)) {
		q->refused = ntlm_refused(q);
		return;
	}
	for (i = 0; i < q->n && !o; i++)
		if (q->offers[i].proxy == proxy &&
			pl_streq(&realm, q->offers[i].name))
			o = &q->offers[i];
	if (o && o->strength >= strength)
		return;
	if (!o) {
		if (q->n == OFFERS_MAX)
			return;
		o = &q->offers[q->n++];
		o->proxy = proxy;
		o->name = pl_strdup(&realm);
	}
	o->scheme = scheme;
	o->strength = strength;
	o->challenge = c;
}


/* A proxy that forks gathers challenges of both kinds in one response
 * (RFC 3261 16.7). */
static void offers_read(
	struct sip_auth_query *q, const struct msg *resp, bool target_own)
{
	const struct msg_hdr *h;

	for (h = target_own ? msg_hdr(resp, HDR_WWW_AUTHENTICATE) : NULL; h;
		h = msg_hdr_next(resp, h))
		offer_take(q, false, h);
	for (h = msg_hdr(resp, HDR_PROXY_AUTHENTICATE); h;
		h = msg_hdr_next(resp, h))
		offer_take(q, true, h);
}


/* The schemes of RESP, none of which can be answered. */
static char *unsupported(const struct msg *resp)
{
	static const enum hdr_id ids[] = {
		HDR_WWW_AUTHENTICATE, HDR_PROXY_AUTHENTICATE};
	struct mbuf *names = mbuf_alloc(SCHEMES_TEXT_MAX);
	const struct msg_hdr *h;
	struct msg_challenge c;
	struct pl text;
	char *why;
	size_t i;

	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		for (h = msg_hdr(resp, ids[i]); h; h = msg_hdr_next(resp, h))
			if (!msg_challenge_decode(&c, &h->value))
				(void)mbuf_printf(names, "%s%.*s",
					names->end ? ", " : "",
					PL_ARG(&c.scheme));
	text = mbuf_all(names);
	why = mem_printf("the server asks for a way to sign in that is not "
			 "supported%s%.*s%s",
		text.l ? " (" : "", PL_ARG(&text), text.l ? ")" : "");
	mem_deref(names);
	return why;
}


/* Copies what outlives the response. */
static void offers_keep(struct sip_auth_query *q)
{
	size_t i;

	for (i = 0; i < q->n; i++) {
		struct offer *o = &q->offers[i];

		o->text = pl_strdup(&o->challenge.params);
		o->challenge.params = pl_str(o->text);
		o->challenge.scheme = pl_str(o->scheme->name);
	}
}


/* NTLM answers have a time in them. */
static bool is_clock_wrong(const struct sip_auth_query *q,
	const struct offer *o, const struct msg *resp)
{
	int64_t there, here = tmrs_wall(sip_tmrs(q->auth->sip));
	struct pl value;

	return o->scheme == &sip_auth_ntlm &&
		msg_value(resp, HDR_DATE, &value) &&
		!date_sip_decode(&there, &value) &&
		(there < here - SKEW_MAX_MS || there > here + SKEW_MAX_MS);
}


/* Why the server refused our answer to O, where the password was not it. NULL:
 * it was. */
static char *other_cause(const struct sip_auth_query *q, const struct offer *o,
	const struct msg *resp)
{
	struct pl value, number;
	uint32_t id;

	if (is_clock_wrong(q, o, resp))
		return mem_strdup("the clock of this computer and that of "
				  "the server differ by over 15 minutes");
	if (!msg_value(resp, HDR_MS_DIAGNOSTICS, &value))
		return NULL;
	(void)pl_split(&value, ';', &number);
	if (pl_u32(&number, &id) || id == HANDSHAKE_FAILED)
		return NULL;
	return sip_cause(resp);
}


/* EACCES where our answer was refused, by RESP or before. */
static int offers_judge(struct sip_auth_query *q, const struct msg *resp,
	bool *wrong, char **why)
{
	const struct auth_attempt *t;
	struct auth_secret *secret;
	size_t i;

	for (i = 0; i < q->n; i++) {
		const struct offer *o = &q->offers[i];

		secret = auth_secret_find(q->auth, o->name);
		t = auth_attempt_find(q->tries, o->proxy, o->name);
		if (t && t->fresh && secret && t->realm->secret == secret &&
			!o->scheme->goes_on(&o->challenge, t->state)) {
			*why = other_cause(q, o, resp);
			if (*why)
				return EACCES;
			secret->refused = true;
		}
		if (secret && secret->refused) {
			*wrong = true;
			*why = mem_printf("wrong password for %s in \"%s\"",
				secret->text.user, o->name);
			return EACCES;
		}
	}
	return 0;
}


/* Who is not heard of in a challenge took our answer, or else refuses it. */
static void handshakes_judge(const struct sip_auth_query *q)
{
	struct le *le, *next;
	size_t i;

	LIST_FOREACH (&q->tries->list, le, next) {
		const struct auth_attempt *t = le->data;
		const struct auth_realm *r = t->realm;
		bool again = false;

		if (!r->scheme->handshake || !t->state)
			continue;
		for (i = 0; i < q->n; i++)
			again |= q->offers[i].proxy == r->proxy &&
				!strcmp(q->offers[i].name, r->name);
		r->scheme->ended(t->state, !again);
	}
}


/* ---- answering ---- */

static int offer_apply(struct sip_auth_query *q, const struct offer *o,
	struct auth_secret *secret)
{
	struct auth_attempt *t = auth_attempt_find(q->tries, o->proxy, o->name);
	const struct sip_auth_start start = {
		.challenge = &o->challenge,
		.secret = &secret->text,
		.rand = sip_rand(q->auth->sip),
		.auth = q->auth,
		.flow = q->flow,
		.proxy = o->proxy,
		.old = t && t->realm->scheme == o->scheme ? t->state : NULL,
		.why = &q->why,
	};
	bool own = o->scheme->handshake;
	struct auth_realm *r;
	void *state;
	int err;

	err = o->scheme->start(&state, &start);
	if (err)
		return err;
	r = auth_realm_set(q->auth, o->proxy, o->name, o->scheme,
		own ? NULL : state, secret);
	r->methods |= 1U << q->method;
	t = auth_attempt_add(q->tries, r);
	t->fresh = true;
	if (own) {
		mem_deref(t->state);
		t->state = state;
	}
	return 0;
}


/* 0: all offers are answered; EINPROGRESS: a secret is missing still. */
static int query_step(struct sip_auth_query *q)
{
	struct auth_secret *secrets[OFFERS_MAX];
	size_t i;
	int err = 0;

	if (q->failed)
		return EACCES;
	for (i = 0; i < q->n; i++) {
		secrets[i] = auth_secret_find(q->auth, q->offers[i].name);
		if (!secrets[i])
			return EINPROGRESS;
	}
	for (i = 0; i < q->n && !err; i++)
		err = offer_apply(q, &q->offers[i], secrets[i]);
	auth_trim(q->auth);
	return err;
}


static char *query_why(const struct sip_auth_query *q)
{
	if (q->why)
		return mem_strdup(q->why);
	return mem_printf("no password for \"%s\"",
		q->failed_realm ? q->failed_realm : q->offers[0].name);
}


/* The first query that can go on now; NULL: none. */
static struct sip_auth_query *query_ready(struct sip_auth *auth, int *err)
{
	struct le *le, *next;

	LIST_FOREACH (&auth->queries, le, next) {
		struct sip_auth_query *q = le->data;

		if (!q->h)
			continue;
		*err = query_step(q);
		if (*err != EINPROGRESS)
			return q;
	}
	return NULL;
}


/* Handlers may release any query and the agent. */
static void queries_run(struct sip_auth *auth)
{
	struct sip_auth_query *q;
	char *why;
	int err;

	mem_ref(auth);
	while ((q = query_ready(auth, &err))) {
		list_unlink(&q->le);
		why = err ? query_why(q) : NULL;
		q->h(err, why, q->arg);
		mem_deref(why);
	}
	mem_deref(auth);
}


static void ask_next(struct sip_auth *auth);


static void answer_h(const char *user, const char *password, void *ctx)
{
	struct sip_auth *auth = ctx;
	struct le *le, *next;
	size_t i;

	if (!auth->asking)
		return;
	if (user && password) {
		auth_secret_add(auth, auth->asking, user, password);
	} else {
		LIST_FOREACH (&auth->queries, le, next) {
			struct sip_auth_query *q = le->data;

			for (i = 0; i < q->n; i++)
				if (!strcmp(q->offers[i].name, auth->asking)) {
					q->failed = true;
					q->failed_realm = q->offers[i].name;
				}
		}
	}
	auth->asking = mem_deref(auth->asking);
	mem_ref(auth);
	queries_run(auth);
	ask_next(auth);
	mem_deref(auth);
}


/* Asks for the first secret that a waiting query lacks, one at a time. */
static void ask_next(struct sip_auth *auth)
{
	struct le *le, *next;
	size_t i;

	if (auth->asking || !auth->credentials)
		return;
	LIST_FOREACH (&auth->queries, le, next) {
		const struct sip_auth_query *q = le->data;

		for (i = 0; i < q->n && !q->failed; i++) {
			if (auth_secret_find(auth, q->offers[i].name))
				continue;
			auth->asking = mem_strdup(q->offers[i].name);
			auth->credentials(
				auth->asking, answer_h, auth, auth->arg);
			return;
		}
	}
}


int sip_auth_challenge(struct sip_auth_query **qp, struct sip_auth *auth,
	struct sip_auth_tries *tries, const struct sip_auth_refusal *refusal,
	bool *wrong_password, char **why, sip_auth_h *h, void *arg)
{
	struct sip_auth_query *q;
	int err = 0;

	*wrong_password = false;
	q = mem_zalloc(sizeof(*q), query_destructor);
	q->auth = mem_ref(auth);
	q->tries = tries;
	q->method = refusal->method;
	q->flow = mem_ref(refusal->flow);
	q->arg = arg;
	offers_read(q, refusal->resp, refusal->target_own);
	if (!q->n) {
		*why = q->refused ? mem_strdup(q->refused)
				  : unsupported(refusal->resp);
		err = EOPNOTSUPP;
	} else if (++tries->rounds > ROUNDS_MAX) {
		*why = mem_strdup("the server asks for the password again "
				  "and again");
		err = EACCES;
	} else {
		err = offers_judge(q, refusal->resp, wrong_password, why);
		handshakes_judge(q);
	}
	if (err)
		goto out;

	offers_keep(q);
	list_append(&auth->queries, &q->le, q);
	ask_next(auth);
	err = query_step(q);
	if (err == EINPROGRESS) {
		q->h = h;
		*qp = q;
		return err;
	}
	if (err)
		*why = query_why(q);
out:
	mem_deref(q);
	return err;
}
