/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * documents.h - an XCAP server in memory (RFC 4825) for the simulator: it
 * takes its time, is in trouble, does what it is asked and loses the answer;
 * what a program asked that has died meanwhile may happen all the same.
 */
#ifndef SOTTO_SIM_DOCUMENTS_H
#define SOTTO_SIM_DOCUMENTS_H

#include "http.h"
#include "list.h"
#include "rand.h"
#include "tmr.h"

enum document_kind {
	DOCUMENT_LIST,
	DOCUMENT_RULES,
	DOCUMENTS,
};

struct document {
	char *text; /* NULL: absent */
	char etag[24];
};

struct documents {
	struct tmrs *tmrs;
	struct rand *rand;
	struct list asks; /* struct ask, unanswered */
	struct document docs[DOCUMENTS];
	unsigned versions;
	/* as Kamailio: "If-None-Match: *" counts for nothing, and what is new
	 * is told by 200 */
	bool careless;
	/* parts of 1000 */
	unsigned trouble; /* 500, nothing done */
	unsigned lost; /* done, but the answer does not come */
	unsigned delay; /* ms, at most */
	bool trace;
	/* ETAG NULL: it has gone */
	void (*changed)(enum document_kind kind, const char *etag, void *arg);
	void *arg;
	size_t gets, puts; /* since somebody counts */
	size_t overwritten; /* documents, by what was to be new */
};

void documents_init(struct documents *d, struct tmrs *tmrs, struct rand *rand);
void documents_close(struct documents *d);

/* ETAG is new with TEXT (a reference is taken over; NULL: absent). */
void documents_set(struct documents *d, enum document_kind kind, char *text);

/* Who asks. */
struct documents_client {
	struct documents *d;
	const char *name;
};

/* CTX of the way is a struct documents_client. */
int documents_request(struct http_request **rp, const struct http_ask *ask,
	http_answer_h *h, void *arg, void *ctx);

#endif
