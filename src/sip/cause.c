/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cause.c - a sentence out of a message (RFC 3261 20.43, RFC 3326,
 * MS-OCER ms-diagnostics). */
#include <string.h>
#include "mem.h"
#include "sip_int.h"


enum {
	SENTENCE_MAX = 512, /* bytes; no server needs more to explain */
};


/* TEXT on one line, without a final stop; NULL where nothing is left. */
static char *sentence(const char *text, size_t n)
{
	struct pl pl = pl_make(text, n < SENTENCE_MAX ? n : SENTENCE_MAX);
	const char *nul = pl_chr(&pl, '\0');

	if (nul)
		pl.l = (size_t)(nul - pl.p);
	pl = pl_trim(&pl);
	while (pl.l && pl.p[pl.l - 1] == '.')
		--pl.l;
	pl = pl_trim(&pl);
	return pl.l ? pl_strdup(&pl) : NULL;
}


static char *quoted_sentence(const struct pl *inside)
{
	char *text, *s;
	size_t n;

	if (!pl_isset(inside))
		return NULL;
	text = msg_unquote(inside, &n);
	s = text ? sentence(text, n) : NULL;
	mem_deref(text);
	return s;
}


static char *reason_of(const struct pl *value)
{
	const char *semicolon = pl_chr(value, ';');
	struct pl params, reason;

	if (!semicolon)
		return NULL;
	params = pl_make(semicolon, value->l - (size_t)(semicolon - value->p));
	return msg_param(&params, "reason", &reason) ? quoted_sentence(&reason)
						     : NULL;
}


/* 1034;reason="Previous hop federated peer is not configured";source="x": what
 * the number means, and what they say. */
static char *from_diagnostics(const struct msg *resp, enum hdr_id id)
{
	const struct msg_hdr *h;
	const char *say;
	char *s = NULL, *both;
	bool whole;

	for (h = msg_hdr(resp, id); h && !s; h = msg_hdr_next(resp, h)) {
		s = reason_of(&h->value);
		say = sip_diagnostics_say(&h->value, &whole);
		if (!say)
			continue;
		both = s && !whole ? mem_printf("%s (%s)", say, s)
				   : mem_strdup(say);
		mem_deref(s);
		s = both;
	}
	return s;
}


static char *from_warning(const struct msg *resp)
{
	struct msg_list it = {0};
	struct msg_warning warning;
	struct pl value;
	char *s = NULL;

	while (!s && msg_list_next(resp, HDR_WARNING, &it, &value))
		if (!msg_warning_decode(&warning, &value))
			s = quoted_sentence(&warning.text);
	return s;
}


static char *from_reason(const struct msg *resp)
{
	struct msg_list it = {0};
	struct msg_reason reason;
	struct pl value;
	char *s = NULL;

	while (!s && msg_list_next(resp, HDR_REASON, &it, &value))
		if (!msg_reason_decode(&reason, &value))
			s = quoted_sentence(&reason.text);
	return s;
}


char *sip_cause(const struct msg *resp)
{
	char *s, *phrase;

	s = from_diagnostics(resp, HDR_MS_DIAGNOSTICS);
	if (!s)
		s = from_diagnostics(resp, HDR_MS_DIAGNOSTICS_PUBLIC);
	if (!s)
		s = from_warning(resp);
	if (!s)
		s = from_reason(resp);
	if (s || resp->request)
		return s;
	phrase = sentence(resp->reason.p, resp->reason.l);
	s = mem_printf("%u %s", resp->status,
		phrase ? phrase : msg_reason_phrase(resp->status));
	mem_deref(phrase);
	return s;
}
