/* SPDX-License-Identifier: GPL-3.0-or-later */
/* body.c - what the body of an instant message is (RFC 3428 7, RFC 2046 5) */
#include <string.h>
#include "im_int.h"
#include "mem.h"
#include "msg.h"
#include "utf8.h"

/* Counts down while parts are looked into. */
struct walk {
	size_t parts;
	size_t depth;
	bool session;
};

/* What a body or a part came out as. */
struct found {
	struct im_body *body;
	bool plain; /* it was text/plain */
};


static void body_destructor(void *data)
{
	struct im_body *body = data;

	mem_deref(body->text);
}


static struct im_body *body_new(enum im_body_kind kind)
{
	struct im_body *body = mem_zalloc(sizeof(*body), body_destructor);

	body->kind = kind;
	return body;
}


static struct im_body *decode_text(
	const struct pl *content_type, const struct pl *body)
{
	struct im_body *b = body_new(IM_TEXT);
	struct pl charset = PL("UTF-8"), named;
	struct msg_type type;

	if (pl_isset(content_type) && !msg_type_decode(&type, content_type) &&
		msg_param(&type.params, "charset", &named) && pl_isset(&named))
		charset = named;
	b->text = utf8_from_charset(body, &charset, IM_TEXT_MAX);
	return b;
}


static struct im_body *decode_html(
	const struct pl *content_type, const struct pl *body)
{
	struct im_body *b = decode_text(content_type, body);
	struct mbuf *mb = mbuf_alloc(IM_TEXT_MAX);
	struct pl html = pl_str(b->text);

	(void)im_html_text(mb, &html);
	mem_deref(b->text);
	b->text = mbuf_strdup(mb);
	mem_deref(mb);
	return b;
}


static struct im_body *decode_rtf(const struct pl *body)
{
	struct im_body *b = body_new(IM_TEXT);
	struct mbuf *mb = mbuf_alloc(IM_TEXT_MAX);

	(void)im_rtf_text(mb, body);
	b->text = mbuf_strdup(mb);
	mem_deref(mb);
	return b;
}


static struct im_body *decode_composing(const struct pl *body)
{
	struct im_body *b = body_new(IM_COMPOSING);
	struct im_iscomposing ic;

	if (im_iscomposing_decode(&ic, body)) {
		b->kind = IM_UNSUPPORTED;
		return b;
	}
	b->active = ic.active;
	b->refresh = ic.refresh;
	return b;
}


static struct im_body *decode_keyboard(const struct pl *body)
{
	struct im_body *b = body_new(IM_KEYBOARD);

	if (im_keyboard_decode(&b->active, body))
		b->kind = IM_UNSUPPORTED;
	return b;
}


static struct im_body *decode_xml(const struct pl *body)
{
	struct im_body *b = decode_keyboard(body);

	if (b->kind == IM_KEYBOARD)
		return b;
	mem_deref(b);
	return decode_composing(body);
}


/* Servers have been seen to forward a KeyboardActivity as a MESSAGE. */
static struct im_body *decode_plain(
	const struct pl *content_type, const struct pl *body, bool session)
{
	struct pl trimmed = pl_trim(body);
	struct im_body *b;

	if (!session || !pl_startswith(&trimmed, "<"))
		return decode_text(content_type, body);
	b = decode_keyboard(&trimmed);
	if (b->kind == IM_KEYBOARD)
		return b;
	mem_deref(b);
	return decode_text(content_type, body);
}


static struct found decode(struct walk *walk, const struct pl *content_type,
	const struct pl *body);


static struct found decode_part(struct walk *walk, const struct msg_part *part)
{
	struct pl body;
	char *own = im_transfer_decode(&body, &part->encoding, &part->body);
	struct found found = decode(walk, &part->content_type, &body);

	mem_deref(own);
	return found;
}


static bool is_attachment(const struct msg_part *part)
{
	struct pl word = part->disposition;
	const char *end = pl_isset(&word) ? pl_chr(&word, ';') : NULL;

	if (end)
		word.l = (size_t)(end - word.p);
	word = pl_trim(&word);
	return pl_strcaseeq(&word, "attachment");
}


/* True if NEW is to be taken instead of OLD: in an alternative the plainest
 * text, then the last part; elsewhere the first part. */
static bool is_better(
	const struct found *new, const struct found *old, bool alternative)
{
	if (new->body->kind == IM_UNSUPPORTED)
		return false;
	if (old->body->kind == IM_UNSUPPORTED)
		return true;
	return alternative && (new->plain || !old->plain);
}


static struct found decode_multipart(
	struct walk *walk, const struct pl *content_type, const struct pl *body)
{
	bool alternative = msg_type_is(content_type, "multipart/alternative");
	struct found best = {body_new(IM_UNSUPPORTED), false};
	struct msg_multipart mp;
	struct msg_part part;

	if (!walk->depth || msg_multipart_begin(&mp, content_type, body, NULL))
		return best;
	walk->depth--;
	while (walk->parts && msg_multipart_next(&mp, &part)) {
		struct found found;

		walk->parts--;
		if (!alternative && is_attachment(&part))
			continue;
		found = decode_part(walk, &part);
		if (is_better(&found, &best, alternative)) {
			mem_deref(best.body);
			best = found;
		} else {
			mem_deref(found.body);
		}
		if (!alternative && best.body->kind != IM_UNSUPPORTED)
			break;
	}
	walk->depth++;
	return best;
}


static struct found decode(
	struct walk *walk, const struct pl *content_type, const struct pl *body)
{
	struct found found = {NULL, false};
	struct msg_type type;

	if (!pl_isset(content_type) ||
		msg_type_is(content_type, "text/plain")) {
		found.plain = true;
		found.body = decode_plain(content_type, body, walk->session);
	} else if (msg_type_is(content_type, "text/html")) {
		found.body = decode_html(content_type, body);
	} else if (msg_type_is(content_type, "text/rtf")) {
		found.body = decode_rtf(body);
	} else if (msg_type_is(content_type, IM_ISCOMPOSING_TYPE)) {
		found.body = decode_composing(body);
	} else if (msg_type_is(content_type, IM_KEYBOARD_TYPE) ||
		msg_type_is(content_type, "text/xml")) {
		found.body = decode_xml(body);
	} else if (!msg_type_decode(&type, content_type) &&
		pl_strcaseeq(&type.type, "multipart")) {
		found = decode_multipart(walk, content_type, body);
	} else {
		found.body = body_new(IM_UNSUPPORTED);
	}
	return found;
}


const char *im_accept(void)
{
	return "text/plain, text/html, text/rtf, multipart/alternative, "
	       "multipart/mixed, multipart/related, " IM_ISCOMPOSING_TYPE
	       ", " IM_KEYBOARD_TYPE;
}


const char *im_accept_types(void)
{
	return "text/plain text/html text/rtf multipart/alternative "
	       "multipart/mixed "
	       "multipart/related " IM_ISCOMPOSING_TYPE " " IM_KEYBOARD_TYPE;
}


struct im_body *im_body_decode(
	const struct pl *content_type, const struct pl *body, bool session)
{
	struct walk walk = {
		.parts = msg_limits_default.parts,
		.depth = msg_limits_default.part_depth,
		.session = session,
	};

	return decode(&walk, content_type, body).body;
}
