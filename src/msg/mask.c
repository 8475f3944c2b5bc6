/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mask.c - a message for the trace, without its secrets. */
#include <errno.h>
#include <string.h>
#include "msg_int.h"


static bool is_secret_header(enum hdr_id id)
{
	switch (id) {
	case HDR_AUTHENTICATION_INFO:
	case HDR_AUTHORIZATION:
	case HDR_PROXY_AUTHENTICATE:
	case HDR_PROXY_AUTHENTICATION_INFO:
	case HDR_PROXY_AUTHORIZATION:
	case HDR_WWW_AUTHENTICATE:
		return true;
	default:
		return false;
	}
}


static bool is_secret_param(const struct pl *name)
{
	return pl_strcaseeq(name, "response") || pl_strcaseeq(name, "cnonce") ||
		pl_strcaseeq(name, "gssapi-data");
}


/* Behind the value at C, quoted or not; to the end if a quote is open. */
static void skip_value(struct cur *c)
{
	struct pl inside;

	if (cur_at(c, '"')) {
		if (!cur_quoted(c, &inside))
			c->p = c->e;
		return;
	}
	while (cur_more(c) && *c->p != ',' && !ch_is(*c->p, CH_LWS))
		++c->p;
}


/* "Basic dXNlcg==": what stands behind a scheme and is no name=value. */
static bool is_token68(const struct cur *c)
{
	struct cur t = *c;
	struct pl word = cur_run(&t, CH_TOKEN);

	if (!word.l)
		return cur_more(&t) && !ch_is(*t.p, CH_LWS) && *t.p != ',';
	cur_lws(&t);
	if (!cur_take(&t, '='))
		return true;
	/* Padding at the end and not the begin of a value. */
	while (cur_take(&t, '='))
		;
	return !cur_more(&t) || *t.p == '\r' || *t.p == '\n';
}


/* Copies VALUE; all of a token68 and the values of secret parameters become
 * three stars. */
static void put_masked(struct mbuf *mb, const struct pl *value)
{
	struct cur c = cur_of(value);
	const char *from = c.p;
	bool first = true;

	while (cur_lws(&c), cur_more(&c)) {
		struct pl word = cur_run(&c, CH_TOKEN);
		bool scheme =
			first && word.l && cur_more(&c) && ch_is(*c.p, CH_LWS);

		first = false;
		cur_lws(&c);
		if (scheme && !cur_at(&c, '=')) {
			if (!is_token68(&c) || !cur_more(&c))
				continue;
			(void)mbuf_write_mem(mb, from, (size_t)(c.p - from));
			(void)mbuf_write_str(mb, "***");
			from = c.p = c.e;
		} else if (word.l && cur_take(&c, '=')) {
			cur_lws(&c);
			if (is_secret_param(&word)) {
				(void)mbuf_write_mem(
					mb, from, (size_t)(c.p - from));
				(void)mbuf_write_str(mb, "\"***\"");
				skip_value(&c);
				from = c.p;
			} else {
				skip_value(&c);
			}
		} else if (!word.l && cur_more(&c)) {
			++c.p;
		}
	}
	(void)mbuf_write_mem(mb, from, (size_t)(c.p - from));
}


int msg_mask(struct mbuf *mb, const void *p, size_t n)
{
	struct cur c = {p, n ? (const char *)p + n : p};
	const char *from = c.p;
	struct pl name, value;
	bool any = false;
	int err;

	while (cur_more(&c)) {
		err = hdr_line(&c, &name, &value);
		/* The body is not ours to change. */
		if (err == ENOENT && any)
			break;
		any |= err != ENOENT;
		if (err || !is_secret_header(hdr_find(&name)))
			continue;
		(void)mbuf_write_mem(mb, from, (size_t)(value.p - from));
		put_masked(mb, &value);
		from = value.p + value.l;
	}
	return mbuf_write_mem(mb, from, (size_t)(c.e - from));
}
