/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * uri.h - sip, sips, tel, im and pres URIs: decode, encode, compare
 * (RFC 3261 19.1, RFC 3966). Other schemes are kept as opaque text.
 */
#ifndef SOTTO_URI_H
#define SOTTO_URI_H

#include <stdbool.h>
#include <stdint.h>
#include "mbuf.h"
#include "pl.h"

enum uri_scheme {
	URI_SIP,
	URI_SIPS,
	URI_TEL,
	URI_IM,
	URI_PRES,
	URI_OTHER,
};

enum {
	URI_MAX = 4096, /* bytes; longer ones are refused */
};

/* A decoded URI borrows from the text that it was decoded from. Parts are
 * as received, escapes kept. */
struct uri {
	enum uri_scheme scheme;
	struct pl scheme_text;
	struct pl user;     /* without password; unset: none */
	struct pl password;
	struct pl host;     /* IPv6 without brackets; for tel the number; for
	                       other schemes all behind the colon */
	uint16_t port;      /* 0: none */
	struct pl params;   /* ";a=b;c" or unset */
	struct pl headers;  /* "?a=b&c=d" or unset */
	struct pl all;      /* the whole text */
};

/* EBADMSG: no URI by the grammar; EMSGSIZE: over URI_MAX. */
int uri_decode(struct uri *uri, const struct pl *pl);

/* Writes URI from its parts (not `all`); IPv6 hosts get brackets. */
int uri_encode(struct mbuf *mb, const struct uri *uri);

/* RFC 3261 19.1.4: explicit default port or transport is unequal to none. */
bool uri_eq(const struct uri *a, const struct uri *b);

/* True where A and B are the same address of record: scheme class (sip and
 * sips count as one), user (escapes undone) and host; parameters, port
 * ignored unless WITH_PORT. */
bool uri_aor_eq(const struct uri *a, const struct uri *b, bool with_port);

/* Value of parameter NAME (case ignored); an empty value for a flag. False
 * where absent. */
bool uri_param(const struct uri *uri, const char *name, struct pl *value);

/* The AOR as one canonical text: scheme and host in lower case, unreserved
 * escapes undone, no parameters, password or headers; the port stays.
 * "sip:bob@example.org" (mem_deref). */
char *uri_aor(const struct uri *uri);

/* Of such a text what tells people apart, which sip: and sips: do not
 * (borrowed). */
const char *uri_aor_key(const char *aor);

/* What a person typed as an address: used as it is, or "sip:" is added to a
 * bare user@host or host. EBADMSG. *TEXT (mem_deref) holds what URI borrows
 * from. */
int uri_from_user(struct uri *uri, char **text, const struct pl *typed);

/* %HH undone, once (mem_deref). Bytes may be any value; *LEN gets their
 * number, a NUL follows. */
char *uri_unescape(const struct pl *pl, size_t *len);

/* Writes the user part PL escaped as RFC 3261 25.1 wants. */
int uri_escape_user(struct mbuf *mb, const struct pl *pl);

#endif
