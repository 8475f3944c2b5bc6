/* SPDX-License-Identifier: GPL-3.0-or-later */
/* addr.c - name-addr and addr-spec of From, To, Contact, Route and their
 * like (RFC 3261 20.10 and 25.1). */
#include <errno.h>
#include <string.h>
#include "msg_int.h"


/* A display name without quotes is tokens by the grammar. What else people
 * put there is harmless, and a comma is taken as if it were quoted (RFC 4475
 * 3.1.2.15). */
static bool display_ok(const struct pl *pl)
{
	size_t i;

	for (i = 0; i < pl->l; i++) {
		uint8_t c = (uint8_t)pl->p[i];

		if (c == '"' || c == 0x7f || (c < ' ' && c != '\t'))
			return false;
	}
	return true;
}


/* Up to and with the closing bracket. */
static bool take_bracketed(struct cur *c, struct msg_addr *addr)
{
	const char *close;
	struct pl t;

	if (!cur_take(c, '<'))
		return false;
	close = memchr(c->p, '>', (size_t)(c->e - c->p));
	if (!close)
		return false;
	t = span(c->p, close);
	addr->uri_text = pl_trim(&t);
	c->p = close + 1;
	return true;
}


/* Where there are no brackets, a parameter is the header's, and ? and comma
 * may not stand in the URI. */
static bool take_bare(struct cur *c, struct msg_addr *addr)
{
	const char *p = c->p;

	while (cur_more(c) && *c->p != ';' && !ch_is(*c->p, CH_LWS)) {
		if (*c->p == '?' || *c->p == ',')
			return false;
		++c->p;
	}
	addr->uri_text = span(p, c->p);
	return true;
}


static bool take_address(struct cur *c, struct msg_addr *addr)
{
	struct pl before = cur_rest(c);
	const char *lt;

	if (cur_at(c, '<'))
		return take_bracketed(c, addr);
	if (cur_at(c, '"')) {
		if (!cur_quoted(c, &addr->display))
			return false;
		cur_lws(c);
		return take_bracketed(c, addr);
	}
	lt = pl_chr(&before, '<');
	if (!lt)
		return take_bare(c, addr);
	before.l = (size_t)(lt - before.p);
	/* A bracket inside a quoted parameter is none. */
	if (!display_ok(&before))
		return take_bare(c, addr);
	addr->display = pl_trim(&before);
	if (!addr->display.l)
		addr->display = pl_make(NULL, 0);
	c->p = lt;
	return take_bracketed(c, addr);
}


int addr_read(struct msg_addr *addr, const struct pl *pl)
{
	struct cur c = cur_of(pl);
	struct pl name, value;
	enum cur_form form;
	int err;

	cur_lws(&c);
	if (!take_address(&c, addr))
		return EBADMSG;
	err = uri_read(&addr->uri, &addr->uri_text);
	if (err)
		return err;
	cur_lws(&c);
	if (cur_more(&c))
		addr->params = cur_rest(&c);
	while (!(err = cur_param(&c, &name, &value, &form))) {
		if (!SPAN_IS(&name, "tag"))
			continue;
		/* A tag is a token, and there is one. */
		if (form != FORM_TOKEN || addr->tag.p)
			return EBADMSG;
		addr->tag = value;
	}
	return err == ENOENT ? 0 : err;
}


int msg_addr_decode(struct msg_addr *addr, const struct pl *pl)
{
	struct msg_addr a;
	int err;

	memset(&a, 0, sizeof(a));
	err = addr_read(&a, pl);
	if (!err)
		*addr = a;
	return err;
}


int msg_contact_expires(const struct msg_addr *contact, uint32_t *seconds)
{
	struct pl value;
	int err;

	if (!msg_param(&contact->params, "expires", &value))
		return ENOENT;
	err = pl_u32(&value, seconds);
	if (err == ERANGE) {
		*seconds = UINT32_MAX;
		return 0;
	}
	return err ? EBADMSG : 0;
}
