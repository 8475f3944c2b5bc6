/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * im.h - what stands in the body of an instant message. Pure: no socket, no
 * clock; times are handed in and deadlines handed out, in milliseconds of
 * the monotonic clock.
 *
 * 1 body         one entry for whatever was received
 * 2 composing    the isComposing document (RFC 3994)
 * 3 keyboard     the KeyboardActivity document (Microsoft)
 * 4 composer     when to tell the peer that we are typing
 * 5 watching     how long the peer counts as typing
 * 6 html, rtf    a body of another kind as its text
 */
#ifndef SOTTO_IM_H
#define SOTTO_IM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "mbuf.h"
#include "pl.h"

/* ---- 1 body --------------------------------------------------------- */

enum {
	IM_TEXT_MAX = 4 * 1024 * 1024, /* bytes of a text: more than any
	                                  body of 1 MiB can become */
};

/* The media types that im_body_decode() understands: for an Accept header,
 * separated by commas, and for a=accept-types of SDP, by spaces (static). */
const char *im_accept(void);
const char *im_accept_types(void);

enum im_body_kind {
	IM_TEXT,        /* something to show: `text` */
	IM_COMPOSING,   /* isComposing: `active`, `refresh` */
	IM_KEYBOARD,    /* KeyboardActivity: `active` */
	IM_UNSUPPORTED, /* nothing that we can show: 415 */
};

struct im_body {
	enum im_body_kind kind;
	char *text;       /* UTF-8, NULL unless IM_TEXT; exact, not cleaned
	                     for a screen */
	bool active;      /* the peer is typing */
	uint32_t refresh; /* seconds; 0: not said */
};

/*
 * What a body is (mem_deref; never NULL). CONTENT_TYPE as in the header
 * field, unset: text/plain. SESSION: it came inside a dialog; only there is a
 * KeyboardActivity that calls itself text/plain taken for what it is.
 *
 * text/plain and text/html become text, from any charset (none named:
 * UTF-8), and text/rtf does by what it says of itself. multipart/alternative
 * gives its last text/plain, else the last part that we understand; other
 * multiparts the first part that we understand and that is no attachment.
 * base64 and quoted-printable are undone in parts. An XML document of another
 * root, a broken one, a broken multipart, message/cpim and all other types are
 * IM_UNSUPPORTED.
 */
struct im_body *im_body_decode(const struct pl *content_type,
	const struct pl *body, bool session);

/* ---- 2 composing ---------------------------------------------------- */

#define IM_ISCOMPOSING_TYPE "application/im-iscomposing+xml"

struct im_iscomposing {
	bool active;      /* any state word but "active" is idle */
	uint32_t refresh; /* seconds; 0: not said */
};

/* EBADMSG: no such document; EMSGSIZE: over 16 KiB. */
int im_iscomposing_decode(struct im_iscomposing *ic, const struct pl *body);

/* Writes the document; refresh is left out where 0 or idle. */
int im_iscomposing_encode(struct mbuf *mb, const struct im_iscomposing *ic);

/* ---- 3 keyboard ----------------------------------------------------- */

#define IM_KEYBOARD_TYPE "application/xml"

/* *ACTIVE: status "type"; any other status is idle. EBADMSG: no such
 * document; EMSGSIZE: over 16 KiB. */
int im_keyboard_decode(bool *active, const struct pl *body);
int im_keyboard_encode(struct mbuf *mb, bool active);

/* ---- 4 composer ----------------------------------------------------- */

enum {
	IM_REFRESH = 120 * 1000, /* RFC 3994 3.2: isComposing */
	IM_IDLE = 15 * 1000,
	IM_KEYBOARD_REFRESH = 10 * 1000, /* KeyboardActivity */
	IM_KEYBOARD_IDLE = 5 * 1000,
	IM_KEYBOARD_EXPIRES = 30 * 1000, /* for the receiver */
};

#define IM_NEVER UINT64_MAX

/* What is to be sent now. */
enum im_notice {
	IM_NOTICE_NONE,
	IM_NOTICE_ACTIVE,
	IM_NOTICE_IDLE,
};

/* Our own typing towards one peer (RFC 3994 3.2). */
struct im_composer {
	uint64_t refresh; /* between two active notices */
	uint64_t idle;    /* without a key */
	bool active;
	uint64_t last_key;
	uint64_t last_sent;
};

void im_composer_init(struct im_composer *c, uint64_t refresh, uint64_t idle);

/* Each call tells what to send and puts into *NEXT when im_composer_due() is
 * to be called (IM_NEVER: not at all): start or stop the one timer by it. */

/* A key was typed: active at the first one, then once a refresh. */
enum im_notice im_composer_key(struct im_composer *c, uint64_t now,
	uint64_t *next);

/* The deadline has come: idle, or active again. */
enum im_notice im_composer_due(struct im_composer *c, uint64_t now,
	uint64_t *next);

/* What was typed is gone unsent: idle, if we were active. */
enum im_notice im_composer_cleared(struct im_composer *c, uint64_t *next);

/* A message was sent: ends it, nothing to tell. */
void im_composer_sent(struct im_composer *c, uint64_t *next);

/* ---- 5 watching ----------------------------------------------------- */

/* A peer's typing (RFC 3994 3.3); all-zero is idle. */
struct im_composing {
	bool active;
	uint64_t until;
};

/* Each call returns true where `active` changed, and sets *NEXT as above. */

/* A notice came. TIMEOUT: how long it holds, ms: the document's refresh, at
 * most an hour; 0: IM_REFRESH. Not read where idle. */
bool im_composing_notice(struct im_composing *c, bool active,
	uint64_t timeout, uint64_t now, uint64_t *next);

/* A message came, or the conversation ended. */
bool im_composing_message(struct im_composing *c, uint64_t *next);

/* The deadline has come. */
bool im_composing_due(struct im_composing *c, uint64_t now, uint64_t *next);

/* ---- 6 html, rtf ----------------------------------------------------- */

/*
 * Writes the text of the UTF-8 HTML to MB: tags, comments, scripts, styles,
 * titles removed, entities decoded, white space folded (except in <pre>),
 * block elements and <br> as newlines. Never fails on bad HTML, takes linear
 * time. Returns mbuf errors.
 */
int im_html_text(struct mbuf *mb, const struct pl *html);

/* The same of RTF: control words, fonts, pictures and unknown groups removed,
 * \par, \line and \tab as what they mean, characters by code page and \u. */
int im_rtf_text(struct mbuf *mb, const struct pl *rtf);

#endif
