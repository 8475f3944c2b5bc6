/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * xcap.h - documents of a user on an XCAP server (RFC 4825): fetched,
 * written and deleted, whole or one node of them.
 *
 * A change always names the entity-tag that it is a change of, so that
 * another device's change is never overwritten: after XCAP_CHANGED the
 * document is fetched anew and the change made on that.
 */
#ifndef SOTTO_DIALECT_XCAP_H
#define SOTTO_DIALECT_XCAP_H

#include <stdbool.h>
#include <stdint.h>
#include "http.h"
#include "mbuf.h"
#include "pl.h"
#include "tmr.h"

struct xcap;
struct xcap_request;

enum xcap_result {
	XCAP_OK,
	XCAP_UNCHANGED, /* 304: what is known is still so */
	XCAP_ABSENT, /* 404: it is not there */
	XCAP_CHANGED, /* 412: it is not what the tag was of */
	XCAP_CONFLICT, /* 409: it would not be a good document */
	XCAP_REFUSED, /* finally, for another reason */
	XCAP_LATER, /* no answer, or the server is in trouble */
};

/* All borrowed. ETAG is of the whole document after what was asked; NULL: the
 * server did not tell, so that it must be fetched before the next change. */
struct xcap_answer {
	enum xcap_result result;
	bool denied; /* XCAP_REFUSED, but not with other settings: the password,
			or a check of TLS */
	uint16_t status; /* HTTP; 0: none came */
	const char *why; /* a sentence without final stop; NULL for XCAP_OK and
			    XCAP_UNCHANGED */
	const char *etag;
	const char *content_type;
	struct pl body;
};

typedef void(xcap_h)(const struct xcap_answer *answer, void *arg);

struct xcap_config {
	const char *root; /* http or https, without query */
	const char *xui; /* the user: its AOR (RFC 4825 6.2) */
	const char *ca_file; /* these as in http.h */
	const char *tls_name;
	const char *tls_pin;
	bool verify;
	struct tmrs *tmrs;
	const struct http_way *way; /* copied */

	/* As endpoint_handlers' own; asked when the server asks. */
	void (*credentials)(const char *realm,
		void (*answer)(
			const char *user, const char *password, void *ctx),
		void *ctx, void *arg);
	void *arg;
};

/* Which document, and which node of it. */
struct xcap_where {
	const char *auid;
	const char *document; /* NULL: "index" */
	bool global; /* everybody's, not the user's */
	const char *node; /* from xcap_step(); NULL: the document */
	const char *bindings; /* "xmlns(p=URI)..." for NODE; NULL: none */
};

/* EINVAL with *WHY (mem_deref): ROOT is none. Copied. mem_deref(): handlers
 * are not called any more. */
int xcap_alloc(struct xcap **xp, const struct xcap_config *config, char **why);

/* Signed in anew: questions for credentials that were out may have been
 * forgotten meanwhile. */
void xcap_online(struct xcap *x);

/* H is called once, later; mem_deref() of *RP, which is the caller's also
 * afterwards, cancels, but what has gone out may still happen. ETAG is what is
 * known already (NULL: nothing). EINVAL: WHERE does not make a URI. */
int xcap_get(struct xcap_request **rp, struct xcap *x,
	const struct xcap_where *where, const char *etag, xcap_h *h, void *arg);

/* ETAG NULL: there is none yet (servers may not check that: fetch before).
 * TYPE is the document's; of nodes it is known. */
int xcap_put(struct xcap_request **rp, struct xcap *x,
	const struct xcap_where *where, const char *type, const struct pl *body,
	const char *etag, xcap_h *h, void *arg);

/* EINVAL too where ETAG is NULL. */
int xcap_delete(struct xcap_request **rp, struct xcap *x,
	const struct xcap_where *where, const char *etag, xcap_h *h, void *arg);

/* Appends a step to a node selector (RFC 4825 6.3), percent-encoded:
 * element NAME, with the one whose attribute ATTR is VALUE if ATTR is there;
 * NAME NULL: the attribute ATTR itself, as last step. Mbuf errors. */
int xcap_step(
	struct mbuf *mb, const char *name, const char *attr, const char *value);

/* xcap_edit.c: a change of a document. */
struct xcap_edit;

/* What a document becomes: FRESH (mem_deref by who called) out of BODY, which
 * is unset where there is none yet; FRESH left alone where nothing needs to be
 * changed. EBADMSG: BODY is not understood, and stays. */
typedef int(xcap_change_h)(
	struct mbuf **fresh, const struct pl *body, void *arg);

/* Fetches the document, lets CHANGE change it and writes that upon its
 * entity-tag; all over where another device was faster, a few times. DONE is
 * called once, later: after XCAP_OK and XCAP_UNCHANGED with the document as it
 * is now. mem_deref() of *EP cancels as with xcap_get(). WHERE is a whole
 * document. */
int xcap_edit(struct xcap_edit **ep, struct xcap *x,
	const struct xcap_where *where, const char *type, xcap_change_h *change,
	xcap_h *done, void *arg);

/* xcap_text.c: the server's words. */

/* True if ETAG, of an answer, is what xcap-diff calls TAG (RFC 5875 4); NULL:
 * the document is not there. */
bool xcap_etag_is(const char *etag, const char *tag);

/* Why there was a 409: of its body, or what can be said without (RFC 4825
 * 11; mem_deref). */
char *xcap_conflict(const struct pl *body);

/* The AUIDs of a document of capabilities with a blank between them (RFC 4825
 * 12; mem_deref); NULL: it is none. */
char *xcap_auids(const struct pl *body);

#endif
