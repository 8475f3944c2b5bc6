/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * xcapdiff.h - what changed on an XCAP server (RFC 5874). Pure: no socket, no
 * clock. Patches are not read: what changed is fetched.
 */
#ifndef SOTTO_XCAPDIFF_H
#define SOTTO_XCAPDIFF_H

#include "mbuf.h"
#include "pl.h"

#define XCAPDIFF_TYPE "application/xcap-diff+xml"

/* Texts are without white space and quotes around them. */
struct xcapdiff_document {
	const char
		*where; /* "resource-lists/users/sip:bob@example.org/index" */
	const char *etag; /* NULL: it is gone */
};

typedef void(xcapdiff_h)(const struct xcapdiff_document *document, void *arg);

/* Calls H for each document. EBADMSG, EMSGSIZE (1 MiB, depth 64, 20,000
 * nodes). */
int xcapdiff_decode(const struct pl *text, xcapdiff_h *h, void *arg);

/* Writes what to subscribe to, of event xcap-diff (RFC 5875 4.4): the documents
 * WHERE, NULL-terminated. Returns mbuf errors. */
int xcapdiff_subscribe(struct mbuf *mb, const char *const *where);

#endif
