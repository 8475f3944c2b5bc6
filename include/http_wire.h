/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * http_wire.h - what sotto and its HTTP helper say to each other over a pipe.
 *
 * One frame asks and one answers, in turn. A frame is the length of the rest
 * in four bytes, highest first, then fields: a byte that names it, its length
 * in four bytes, its value. Numbers are decimal text. Both ends are of one
 * build, so that there is no version.
 */
#ifndef SOTTO_HTTP_WIRE_H
#define SOTTO_HTTP_WIRE_H

#include <stddef.h>
#include "mbuf.h"
#include "pl.h"

enum {
	HTTP_BODY_MAX = 8 << 20, /* either way */
	HTTP_TEXT_MAX = 4096, /* any other field */
	HTTP_CONNECT_MS = 10000,
	HTTP_ALL_MS = 30000, /* connecting included */
};

enum http_field {
	HTTP_METHOD,
	HTTP_URL,
	HTTP_IF_MATCH,
	HTTP_IF_NONE_MATCH,
	HTTP_USER,
	HTTP_PASSWORD,
	HTTP_CA_FILE,
	HTTP_VERIFY, /* there: certificates are checked */
	HTTP_TIMEOUT, /* ms for everything */
	HTTP_STATUS,
	HTTP_ETAG,
	HTTP_ERRNO, /* instead of a status, with ... */
	HTTP_WHY, /* ... a sentence without final stop */
	HTTP_TYPE,
	HTTP_NAME, /* that the certificate may have too */
	HTTP_PIN, /* base64 of the key's SHA-256, several with blanks */
	HTTP_BODY,
	HTTP_FIELDS,
};

/* Fields that are not there have no pointer. */
struct http_wire {
	struct pl field[HTTP_FIELDS];
};

/* A new buffer with W as one frame, of exactly its size so that nothing of it
 * is left elsewhere (mem_deref; the owner wipes it). EMSGSIZE. */
int http_wire_encode(struct mbuf **mbp, const struct http_wire *w);

/* Takes the first frame off LEFT; what W then holds points into it. EAGAIN:
 * it is not whole yet; EBADMSG: it is none. */
int http_wire_decode(struct http_wire *w, struct pl *left);

#endif
