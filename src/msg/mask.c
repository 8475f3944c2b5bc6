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


/* Whatever is a hash with the password in it: who has it can try passwords. */
static bool is_secret_param(const struct pl *name)
{
	return pl_strcaseeq(name, "rspauth") ||
		pl_strcaseeq(name, "response") ||
		pl_strcaseeq(name, "cnonce") ||
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


/* "Basic dXNlcg==": behind a scheme stands one word that is no name=value,
 * and a = in it only pads. */
static bool is_token68(const struct pl *value)
{
	struct cur c = cur_of(value);
	struct pl word = cur_run(&c, CH_TOKEN);

	cur_lws(&c);
	if (!word.l || !cur_more(&c) || cur_at(&c, '=') || cur_at(&c, ','))
		return false;
	while (cur_more(&c) && *c.p != '=' && *c.p != ',' && *c.p != '"' &&
		!ch_is(*c.p, CH_LWS))
		++c.p;
	while (cur_take(&c, '='))
		;
	return !cur_more(&c);
}


/* Copies VALUE; a token68 and the values of secret parameters become three
 * stars. Quotes are not followed: who leaves one open must not hide what is
 * behind it, and a word too many that is masked does no harm. */
static void put_masked(struct mbuf *mb, const struct pl *value)
{
	struct cur c = cur_of(value);
	const char *from = c.p;

	if (is_token68(value)) {
		(void)cur_run(&c, CH_TOKEN);
		cur_lws(&c);
		(void)mbuf_write_mem(mb, from, (size_t)(c.p - from));
		(void)mbuf_write_str(mb, "***");
		return;
	}
	while (cur_more(&c)) {
		struct pl word = cur_run(&c, CH_TOKEN);

		if (!word.l) {
			++c.p;
			continue;
		}
		cur_lws(&c);
		if (!is_secret_param(&word) || !cur_take(&c, '='))
			continue;
		cur_lws(&c);
		(void)mbuf_write_mem(mb, from, (size_t)(c.p - from));
		(void)mbuf_write_str(mb, "\"***\"");
		skip_value(&c);
		from = c.p;
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
