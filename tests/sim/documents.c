/* SPDX-License-Identifier: GPL-3.0-or-later */
/* documents.c - an XCAP server in memory (RFC 4825). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "documents.h"
#include "mem.h"


static const char caps[] =
	"<xcap-caps xmlns='urn:ietf:params:xml:ns:xcap-caps'><auids>"
	"<auid>resource-lists</auid><auid>pres-rules</auid></auids>"
	"</xcap-caps>";

static const char *const names[DOCUMENTS] = {
	[DOCUMENT_LIST] = "/resource-lists/",
	[DOCUMENT_RULES] = "/pres-rules/",
};

/* What one program has asked. */
struct http_request {
	struct ask *ask; /* NULL: answered */
};

struct ask {
	struct le le;
	struct documents *d;
	const char *name; /* of who asks */
	struct http_request *r; /* NULL: nobody listens any more */
	struct tmr tmr;
	char *method, *url, *match, *none;
	char *body;
	bool done; /* only the answer is missing */
	http_answer_h *h;
	void *arg;
	uint16_t status; /* 0: it is lost */
	char etag[24];
	char *answer;
};


static void ask_destructor(void *data)
{
	struct ask *a = data;

	if (a->r)
		a->r->ask = NULL;
	list_unlink(&a->le);
	tmr_cancel(&a->tmr);
	mem_deref(a->method);
	mem_deref(a->url);
	mem_deref(a->match);
	mem_deref(a->none);
	mem_deref(a->body);
	mem_deref(a->answer);
}


/* What is on its way arrives, or not. */
static void request_destructor(void *data)
{
	struct http_request *r = data;
	struct ask *a = r->ask;

	if (!a)
		return;
	a->r = NULL;
	r->ask = NULL;
	if (a->done || rand_below(a->d->rand, 2))
		mem_deref(a);
}


static bool chance(const struct documents *d, unsigned parts)
{
	return rand_below(d->rand, 1000) < parts;
}


void documents_set(struct documents *d, enum document_kind kind, char *text)
{
	struct document *doc = &d->docs[kind];

	mem_deref(doc->text);
	doc->text = text;
	(void)snprintf(doc->etag, sizeof(doc->etag), "\"%u\"", ++d->versions);
	if (d->changed)
		d->changed(kind, text ? doc->etag : NULL, d->arg);
}


static uint16_t put(struct ask *a, enum document_kind kind)
{
	struct documents *d = a->d;
	struct document *doc = &d->docs[kind];
	bool there = doc->text != NULL;

	++d->puts;
	if (a->match && (!there || strcmp(a->match, doc->etag) != 0))
		return 412;
	if (a->none && there && !d->careless)
		return 412;
	d->overwritten += a->none && there;
	documents_set(d, kind, mem_strdup(a->body));
	return there || d->careless ? 200 : 201;
}


static uint16_t get(struct ask *a, const struct document *doc)
{
	++a->d->gets;
	if (!doc->text)
		return 404;
	if (a->none && !strcmp(a->none, doc->etag))
		return 304;
	a->answer = mem_strdup(doc->text);
	return 200;
}


static void carry_out(struct ask *a)
{
	struct documents *d = a->d;
	int kind = DOCUMENTS;

	while (kind-- && !strstr(a->url, names[kind]))
		;
	if (chance(d, d->trouble)) {
		a->status = 500;
		return;
	}
	if (kind < 0) {
		a->status = 200;
		a->answer = mem_strdup(caps);
		return;
	}
	if (!strcmp(a->method, "PUT"))
		a->status = put(a, (enum document_kind)kind);
	else
		a->status = get(a, &d->docs[kind]);
	if (a->status < 400)
		memcpy(a->etag, d->docs[kind].etag, sizeof(a->etag));
	if (d->trace)
		(void)fprintf(stderr, "    %s: %s %s match=%s none=%s: %u%s\n",
			a->name, a->method, names[kind],
			a->match ? a->match : "-", a->none ? a->none : "-",
			a->status, a->r ? "" : " (nobody listens)");
	if (d->trace && getenv("SOTTO_BODIES") && a->body)
		(void)fprintf(stderr, "%s\n", a->body);
	if (chance(d, d->lost))
		a->status = 0;
}


static void answer(struct ask *a)
{
	struct http_answer ha = {
		.err = a->status ? 0 : ECONNRESET,
		.why = a->status ? NULL : "the connection was lost",
		.status = a->status,
		.etag = *a->etag ? a->etag : NULL,
	};

	if (a->answer)
		ha.body = pl_str(a->answer);
	a->r->ask = NULL;
	a->r = NULL;
	a->h(&ha, a->arg);
}


static void due(void *arg)
{
	struct ask *a = arg;
	struct documents *d = a->d;

	if (!a->done) {
		a->done = true;
		carry_out(a);
		if (a->r) {
			tmr_start(d->tmrs, &a->tmr,
				rand_below(d->rand, d->delay + 1), due, a);
			return;
		}
	}
	if (a->r)
		answer(a);
	mem_deref(a);
}


int documents_request(struct http_request **rp, const struct http_ask *ask,
	http_answer_h *h, void *arg, void *ctx)
{
	const struct documents_client *client = ctx;
	struct documents *d = client->d;
	struct ask *a = mem_zalloc(sizeof(*a), ask_destructor);

	a->d = d;
	a->name = client->name;
	a->method = mem_strdup(ask->method);
	a->url = mem_strdup(ask->url);
	a->match = mem_strdup(ask->if_match);
	a->none = mem_strdup(ask->if_none_match);
	a->body = ask->body.p ? pl_strdup(&ask->body) : NULL;
	a->h = h;
	a->arg = arg;
	a->r = mem_zalloc(sizeof(*a->r), request_destructor);
	a->r->ask = a;
	*rp = a->r;
	list_append(&d->asks, &a->le, a);
	/* Longer than it takes to note that it was asked. */
	tmr_start(d->tmrs, &a->tmr, 10 + rand_below(d->rand, d->delay + 1), due,
		a);
	return 0;
}


void documents_init(struct documents *d, struct tmrs *tmrs, struct rand *rand)
{
	memset(d, 0, sizeof(*d));
	d->tmrs = tmrs;
	d->rand = rand;
}


void documents_close(struct documents *d)
{
	size_t i;

	list_flush(&d->asks);
	for (i = 0; i < DOCUMENTS; i++)
		mem_deref(d->docs[i].text);
}
