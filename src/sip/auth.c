/* SPDX-License-Identifier: GPL-3.0-or-later */
/* auth.c - schemes by strength, secrets by realm, when to try again
 * (RFC 3261 22, RFC 8760 2.4). */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "sip_int.h"


enum {
	REALMS_MAX = 16, /* kept for an agent */
	OFFERS_MAX = 8, /* realms answered in one response */
	ROUNDS_MAX = 6, /* challenges to one request */
	REALM_TEXT_MAX = 512,
};

/* Basic is not here and never will be (RFC 8760 2.6). */
static const struct sip_auth_scheme *const schemes[] = {
	&sip_auth_digest,
};


/* What is known of the user in one realm. */
struct secret {
	struct le le;
	char *realm;
	struct sip_secret text;
	bool refused;
};

/* The answer to the last challenge of one realm, from servers or from
 * proxies. */
struct realm {
	struct le le;
	bool proxy;
	char *name;
	const struct sip_auth_scheme *scheme;
	void *state;
	struct secret *secret;
	uint32_t methods; /* a bit for each that was challenged */
};

struct sip_auth {
	struct sip *sip;
	sip_credentials_h *credentials; /* NULL once the agent is gone */
	void *arg;
	struct list secrets;
	struct list realms;
	struct list queries; /* struct sip_auth_query, waiting */
	char *asking; /* realm of the question that is open */
};

/* One realm that a request has answered. */
struct
try {
	struct le le;
	struct realm *realm;
	void *state; /* that was used */
	uint32_t sent;
	bool fresh; /* for a challenge of this very request */
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
	struct offer offers[OFFERS_MAX];
	size_t n;
	bool failed;
	const char *failed_realm;
	sip_auth_h *h; /* NULL while sip_auth_challenge() runs */
	void *arg;
};


static void secret_destructor(void *data)
{
	struct secret *s = data;

	list_unlink(&s->le);
	mem_deref(s->realm);
	mem_deref(s->text.user);
	mem_deref(s->text.password);
}


static void realm_destructor(void *data)
{
	struct realm *r = data;

	list_unlink(&r->le);
	mem_deref(r->name);
	mem_deref(r->state);
	mem_deref(r->secret);
}


static void try_destructor(void *data)
{
	struct try *t = data;

	list_unlink(&t->le);
	mem_deref(t->realm);
	mem_deref(t->state);
}


static void query_destructor(void *data)
{
	struct sip_auth_query *q = data;
	size_t i;

	list_unlink(&q->le);
	mem_deref(q->auth);
	for (i = 0; i < q->n; i++) {
		mem_deref(q->offers[i].name);
		mem_deref(q->offers[i].text);
	}
}


static void auth_destructor(void *data)
{
	struct sip_auth *auth = data;

	list_clear(&auth->queries);
	list_flush(&auth->realms);
	list_flush(&auth->secrets);
	mem_deref(auth->asking);
	mem_deref(auth->sip);
}


/* ---- look-up ---- */

static struct secret *secret_find(const struct sip_auth *auth, const char *name)
{
	struct le *le, *next;

	LIST_FOREACH (&auth->secrets, le, next) {
		struct secret *s = le->data;

		if (!strcmp(s->realm, name))
			return s;
	}
	return NULL;
}


static struct realm *realm_find(
	const struct sip_auth *auth, bool proxy, const char *name)
{
	struct le *le, *next;

	LIST_FOREACH (&auth->realms, le, next) {
		struct realm *r = le->data;

		if (r->proxy == proxy && !strcmp(r->name, name))
			return r;
	}
	return NULL;
}


static struct try *try_find(
	const struct sip_auth_tries *tries, bool proxy, const char *name)
{
	struct le *le, *next;

	LIST_FOREACH (&tries->list, le, next) {
		struct try *t = le->data;

		if (t->realm->proxy == proxy && !strcmp(t->realm->name, name))
			return t;
	}
	return NULL;
}


static struct try *try_add(struct sip_auth_tries *tries, struct realm *realm)
{
	struct try *t = try_find(tries, realm->proxy, realm->name);

	if (!t) {
		t = mem_zalloc(sizeof(*t), try_destructor);
		list_append(&tries->list, &t->le, t);
	}
	mem_ref(realm);
	mem_deref(t->realm);
	t->realm = realm;
	return t;
}


static const struct sip_auth_scheme *scheme_find(const struct pl *name)
{
	size_t i;

	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (pl_strcaseeq(name, schemes[i]->name))
			return schemes[i];
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
static void offers_read(struct sip_auth_query *q, const struct msg *resp)
{
	const struct msg_hdr *h;

	for (h = msg_hdr(resp, HDR_WWW_AUTHENTICATE); h;
		h = msg_hdr_next(resp, h))
		offer_take(q, false, h);
	for (h = msg_hdr(resp, HDR_PROXY_AUTHENTICATE); h;
		h = msg_hdr_next(resp, h))
		offer_take(q, true, h);
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


/* EACCES where our answer was refused, now or before. */
static int offers_judge(struct sip_auth_query *q, bool *wrong, char **why)
{
	const struct try *t;
	struct secret *secret;
	size_t i;

	for (i = 0; i < q->n; i++) {
		const struct offer *o = &q->offers[i];

		secret = secret_find(q->auth, o->name);
		t = try_find(q->tries, o->proxy, o->name);
		if (t && t->fresh && secret && t->realm->secret == secret &&
			!o->scheme->stale(&o->challenge))
			secret->refused = true;
		if (secret && secret->refused) {
			*wrong = true;
			*why = mem_printf("wrong password for %s in \"%s\"",
				secret->text.user, o->name);
			return EACCES;
		}
	}
	return 0;
}


/* ---- answering ---- */

static void list_trim(struct list *list)
{
	struct le *le;

	while (list->count > REALMS_MAX) {
		le = list->head;
		list_unlink(le);
		mem_deref(le->data);
	}
}


static int offer_apply(
	struct sip_auth_query *q, const struct offer *o, struct secret *secret)
{
	struct sip_auth *auth = q->auth;
	struct realm *r;
	struct try *t;
	void *state;
	int err;

	err = o->scheme->start(
		&state, &o->challenge, &secret->text, sip_rand(auth->sip));
	if (err)
		return err;
	r = realm_find(auth, o->proxy, o->name);
	if (!r) {
		r = mem_zalloc(sizeof(*r), realm_destructor);
		r->proxy = o->proxy;
		r->name = mem_strdup(o->name);
		list_append(&auth->realms, &r->le, r);
	}
	mem_deref(r->state);
	mem_ref(secret);
	mem_deref(r->secret);
	r->scheme = o->scheme;
	r->state = state;
	r->secret = secret;
	r->methods |= 1U << q->method;
	t = try_add(q->tries, r);
	t->fresh = true;
	return 0;
}


/* 0: all offers are answered; EINPROGRESS: a secret is missing still. */
static int query_step(struct sip_auth_query *q)
{
	struct secret *secrets[OFFERS_MAX];
	size_t i;
	int err = 0;

	if (q->failed)
		return EACCES;
	for (i = 0; i < q->n; i++) {
		secrets[i] = secret_find(q->auth, q->offers[i].name);
		if (!secrets[i])
			return EINPROGRESS;
	}
	for (i = 0; i < q->n && !err; i++)
		err = offer_apply(q, &q->offers[i], secrets[i]);
	list_trim(&q->auth->realms);
	list_trim(&q->auth->secrets);
	return err;
}


static char *query_why(const struct sip_auth_query *q)
{
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
	struct secret *s;
	size_t i;

	if (!auth->asking)
		return;
	if (user && password) {
		s = mem_zalloc(sizeof(*s), secret_destructor);
		s->realm = auth->asking;
		auth->asking = NULL;
		s->text.user = mem_secret_strndup(user, strlen(user));
		s->text.password =
			mem_secret_strndup(password, strlen(password));
		list_append(&auth->secrets, &s->le, s);
	} else {
		LIST_FOREACH (&auth->queries, le, next) {
			struct sip_auth_query *q = le->data;

			for (i = 0; i < q->n; i++)
				if (!strcmp(q->offers[i].name, auth->asking)) {
					q->failed = true;
					q->failed_realm = q->offers[i].name;
				}
		}
		auth->asking = mem_deref(auth->asking);
	}
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
			if (secret_find(auth, q->offers[i].name))
				continue;
			auth->asking = mem_strdup(q->offers[i].name);
			auth->credentials(
				auth->asking, answer_h, auth, auth->arg);
			return;
		}
	}
}


/* ---- for requests ---- */

int sip_auth_alloc(struct sip_auth **ap, struct sip_agent *agent)
{
	struct sip_auth *auth = mem_zalloc(sizeof(*auth), auth_destructor);

	auth->sip = mem_ref(sip_agent_stack(agent));
	auth->credentials = sip_agent_config(agent)->credentials;
	auth->arg = sip_agent_config(agent)->arg;
	*ap = auth;
	return 0;
}


void sip_auth_close(struct sip_auth *auth)
{
	if (auth)
		auth->credentials = NULL;
	mem_deref(auth);
}


void sip_auth_reset(struct sip_auth *auth)
{
	list_flush(&auth->realms);
	list_flush(&auth->secrets);
}


void sip_auth_tries_release(struct sip_auth_tries *tries)
{
	list_flush(&tries->list);
}


/* Unasked, answers to proxies go to any server of ours; those to servers go
 * only with methods that were challenged, since proxies pass them on to the
 * peer. */
static bool goes_unasked(
	const struct realm *r, const struct sip_auth_request *req)
{
	if (!req->own || r->secret->refused)
		return false;
	return r->proxy || r->methods & 1U << req->method;
}


int sip_auth_put(struct sip_auth *auth, struct sip_auth_tries *tries,
	const struct sip_auth_request *req, struct mbuf *mb)
{
	struct le *le, *next;
	struct try *t;
	int err = 0;

	LIST_FOREACH (&auth->realms, le, next) {
		struct realm *r = le->data;

		t = try_find(tries, r->proxy, r->name);
		if (!(t && t->fresh) && !goes_unasked(r, req))
			continue;
		t = try_add(tries, r);
		mem_ref(r->state);
		mem_deref(t->state);
		t->state = r->state;
		mbuf_printf(mb, "%s: ",
			hdr_name(r->proxy ? HDR_PROXY_AUTHORIZATION
					  : HDR_AUTHORIZATION));
		err = r->scheme->put(r->state, req, mb, &t->sent);
		mbuf_write_str(mb, "\r\n");
		if (err)
			return err;
	}
	return mbuf_err(mb);
}


int sip_auth_challenge(struct sip_auth_query **qp, struct sip_auth *auth,
	struct sip_auth_tries *tries, enum msg_method method,
	const struct msg *resp, bool *wrong_password, char **why, sip_auth_h *h,
	void *arg)
{
	struct sip_auth_query *q;
	int err = 0;

	*wrong_password = false;
	q = mem_zalloc(sizeof(*q), query_destructor);
	q->auth = mem_ref(auth);
	q->tries = tries;
	q->method = method;
	q->arg = arg;
	offers_read(q, resp);
	if (!q->n) {
		*why = mem_strdup("the server asks for a way to sign in "
				  "that is not supported");
		err = EACCES;
	} else if (++tries->rounds > ROUNDS_MAX) {
		*why = mem_strdup("the server asks for the password again "
				  "and again");
		err = EACCES;
	} else {
		err = offers_judge(q, wrong_password, why);
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


static size_t tries_of_kind(const struct sip_auth_tries *tries, bool proxy)
{
	struct le *le, *next;
	size_t n = 0;

	LIST_FOREACH (&tries->list, le, next) {
		const struct try *t = le->data;

		n += t->realm->proxy == proxy;
	}
	return n;
}


int sip_auth_info(struct sip_auth_tries *tries,
	const struct sip_auth_request *req, const struct msg *resp)
{
	const struct msg_hdr *h;
	struct msg_challenge info;
	struct le *le, *next;
	int err = 0;

	LIST_FOREACH (&tries->list, le, next) {
		struct try *t = le->data;

		/* It names no realm: of several its own is not known. */
		if (tries_of_kind(tries, t->realm->proxy) > 1)
			continue;
		h = msg_hdr(resp,
			t->realm->proxy ? HDR_PROXY_AUTHENTICATION_INFO
					: HDR_AUTHENTICATION_INFO);
		if (!h || !t->state)
			continue;
		memset(&info, 0, sizeof(info));
		info.params = h->value;
		err = t->realm->scheme->info(
			t->state, req, t->sent, &info, &resp->body);
		if (err)
			break;
	}
	return err;
}
