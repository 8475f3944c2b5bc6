/* SPDX-License-Identifier: GPL-3.0-or-later */
/* uri.c - decode and encode URIs (RFC 3261 19.1 and 25.1, RFC 3966). */
#include <errno.h>
#include <string.h>
#include "msg_int.h"


static enum uri_scheme scheme_find(const struct pl *name)
{
	if (SPAN_IS(name, "sip"))
		return URI_SIP;
	if (SPAN_IS(name, "sips"))
		return URI_SIPS;
	if (SPAN_IS(name, "tel"))
		return URI_TEL;
	if (SPAN_IS(name, "im"))
		return URI_IM;
	return SPAN_IS(name, "pres") ? URI_PRES : URI_OTHER;
}


/* A run of SET in which %HH may stand; false for another %. */
static bool take_escaped(struct cur *c, unsigned int set, struct pl *pl)
{
	const char *p = c->p;

	for (;;) {
		(void)cur_run(c, set);
		if (!cur_at(c, '%'))
			break;
		if (c->e - c->p < 3 || !ch_is(c->p[1], CH_HEX) ||
			!ch_is(c->p[2], CH_HEX))
			return false;
		c->p += 3;
	}
	*pl = span(p, c->p);
	return true;
}


static bool take_userinfo(struct cur *c, struct uri *uri)
{
	if (!take_escaped(c, CH_USER, &uri->user) || !uri->user.l)
		return false;
	if (cur_take(c, ':') && !take_escaped(c, CH_PASSWORD, &uri->password))
		return false;
	return cur_take(c, '@');
}


/* "[user[:password]@]host" */
static bool take_authority(struct cur *c, struct uri *uri)
{
	struct pl run = cur_run(c, CH_HOST);

	/* What may be in a host may be in a user too: mostly this was the
	 * whole of one or the other. */
	if (run.l && cur_take(c, '@')) {
		uri->user = run;
		return cur_host(c, &uri->host);
	}
	if (cur_more(c) && memchr(c->p, '@', (size_t)(c->e - c->p))) {
		c->p = run.p;
		return take_userinfo(c, uri) && cur_host(c, &uri->host);
	}
	uri->host = run;
	return run.l || cur_host(c, &uri->host);
}


/* "[user[:password]@]host[:port][;params][?headers]" */
static bool take_sip(struct cur *c, struct uri *uri)
{
	if (!take_authority(c, uri))
		return false;
	if (cur_take(c, ':') && !cur_port(c, &uri->port))
		return false;
	if (cur_at(c, ';') && !take_escaped(c, CH_PARAMS, &uri->params))
		return false;
	if (cur_at(c, '?') && !take_escaped(c, CH_HEADERS, &uri->headers))
		return false;
	return !cur_more(c);
}


static bool take_tel(struct cur *c, struct uri *uri)
{
	bool digit = false;
	const char *p;

	uri->host = cur_run(c, CH_TEL);
	for (p = uri->host.p; p < c->p; p++)
		digit |= ch_is(*p, CH_HEX) || *p == '*' || *p == '#';
	if (!digit)
		return false;
	if (cur_at(c, ';') && !take_escaped(c, CH_PARAMS, &uri->params))
		return false;
	return !cur_more(c);
}


/* All that is visible but what would end it in a header. */
static bool take_other(struct cur *c, struct uri *uri)
{
	uri->host = cur_run(c, CH_URI);
	return uri->host.l && !cur_more(c);
}


/* "sip:" */
static bool take_scheme(struct cur *c, struct uri *uri)
{
	if (c->e - c->p >= 4 && !memcmp(c->p, "sip:", 4)) {
		uri->scheme = URI_SIP;
		uri->scheme_text = span(c->p, c->p + 3);
		c->p += 4;
		return true;
	}
	uri->scheme_text = cur_run(c, CH_SCHEME);
	uri->scheme = scheme_find(&uri->scheme_text);
	return uri->scheme_text.l && ch_is(uri->scheme_text.p[0], CH_ALPHA) &&
		cur_take(c, ':');
}


static bool take_uri(struct cur *c, struct uri *uri)
{
	if (!take_scheme(c, uri))
		return false;
	switch (uri->scheme) {
	case URI_SIP:
	case URI_SIPS:
	case URI_IM:
	case URI_PRES:
		return take_sip(c, uri);
	case URI_TEL:
		return take_tel(c, uri);
	default:
		return take_other(c, uri);
	}
}


int uri_read(struct uri *uri, const struct pl *pl)
{
	struct cur c = cur_of(pl);

	if (pl->l > URI_MAX)
		return EMSGSIZE;
	if (!take_uri(&c, uri)) {
		memset(uri, 0, sizeof(*uri));
		return EBADMSG;
	}
	uri->all = *pl;
	return 0;
}


int uri_decode(struct uri *uri, const struct pl *pl)
{
	struct uri u;
	int err;

	memset(&u, 0, sizeof(u));
	err = uri_read(&u, pl);
	if (!err)
		*uri = u;
	return err;
}


static void put_host(struct mbuf *mb, const struct pl *host)
{
	bool ipv6 = pl_chr(host, ':');

	if (ipv6)
		(void)mbuf_write_u8(mb, '[');
	(void)mbuf_write_pl(mb, host);
	if (ipv6)
		(void)mbuf_write_u8(mb, ']');
}


int uri_encode(struct mbuf *mb, const struct uri *uri)
{
	(void)mbuf_write_pl(mb, &uri->scheme_text);
	(void)mbuf_write_u8(mb, ':');
	if (uri->scheme == URI_OTHER || uri->scheme == URI_TEL) {
		(void)mbuf_write_pl(mb, &uri->host);
		return mbuf_write_pl(mb, &uri->params);
	}
	if (pl_isset(&uri->user)) {
		(void)mbuf_write_pl(mb, &uri->user);
		if (uri->password.p) {
			(void)mbuf_write_u8(mb, ':');
			(void)mbuf_write_pl(mb, &uri->password);
		}
		(void)mbuf_write_u8(mb, '@');
	}
	put_host(mb, &uri->host);
	if (uri->port) {
		(void)mbuf_write_u8(mb, ':');
		(void)mbuf_write_u32_dec(mb, uri->port);
	}
	(void)mbuf_write_pl(mb, &uri->params);
	return mbuf_write_pl(mb, &uri->headers);
}


/* Next character of PL with %HH undone; an escaped reserved character is
 * not the same as a plain one (RFC 3261 19.1.4) and gets a bit more. */
static int next_char(struct pl *pl)
{
	static const struct pl reserved = PL(";/?:@&=+$,");
	char c = pl->p[0];

	if (c == '%' && pl->l >= 3 && ch_is(pl->p[1], CH_HEX) &&
		ch_is(pl->p[2], CH_HEX)) {
		c = (char)(ch_hex(pl->p[1]) << 4 | ch_hex(pl->p[2]));
		pl_skip(pl, 3);
		return (uint8_t)c | (pl_chr(&reserved, c) ? 0x100 : 0);
	}
	pl_skip(pl, 1);
	return (uint8_t)c;
}


static int fold(int c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}


static bool text_eq(const struct pl *a, const struct pl *b, bool nocase)
{
	struct pl x = *a, y = *b;

	while (x.l && y.l) {
		int c = next_char(&x), d = next_char(&y);

		if (nocase ? fold(c) != fold(d) : c != d)
			return false;
	}
	return !x.l && !y.l;
}


/* Takes "name[=value]" and the separator before it off REST. */
static bool next_pair(struct pl *rest, const char *separators, struct pl *name,
	struct pl *value)
{
	const char *p, *e;

	while (rest->l && strchr(separators, rest->p[0]))
		pl_skip(rest, 1);
	if (!rest->l)
		return false;
	e = rest->p + rest->l;
	for (p = rest->p; p < e && !strchr(separators, *p); p++)
		;
	*name = span(rest->p, p);
	pl_skip(rest, name->l);
	*value = *name;
	if (!pl_split(value, '=', name))
		*value = pl_make(p, 0);
	return true;
}


static bool pair_find(const struct pl *all, const char *separators,
	const struct pl *name, struct pl *value)
{
	struct pl rest = *all, found, v;

	while (next_pair(&rest, separators, &found, &v)) {
		if (text_eq(&found, name, true)) {
			*value = v;
			return true;
		}
	}
	return false;
}


bool uri_param(const struct uri *uri, const char *name, struct pl *value)
{
	struct pl n = pl_str(name);

	*value = pl_make(NULL, 0);
	return pair_find(&uri->params, ";", &n, value);
}


/* True where each parameter of A agrees with B; a few must be in both. Of a
 * name that stands there twice, which it must not, the first counts. */
static bool params_agree(const struct uri *a, const struct uri *b)
{
	static const char *const both[] = {
		"user", "ttl", "method", "maddr", "transport"};
	struct pl rest = a->params, name, value, other;
	size_t i;

	while (next_pair(&rest, ";", &name, &value)) {
		(void)pair_find(&a->params, ";", &name, &value);
		if (pair_find(&b->params, ";", &name, &other)) {
			if (!text_eq(&value, &other, true))
				return false;
			continue;
		}
		for (i = 0; i < sizeof(both) / sizeof(both[0]); i++) {
			struct pl key = pl_str(both[i]);

			if (text_eq(&name, &key, true))
				return false;
		}
	}
	return true;
}


static size_t headers_count(const struct uri *uri)
{
	struct pl rest = uri->headers, name, value;
	size_t n = 0;

	while (next_pair(&rest, "?&", &name, &value))
		++n;
	return n;
}


/* True where B has each header of A. */
static bool headers_agree(const struct uri *a, const struct uri *b)
{
	struct pl rest = a->headers, name, value, other;

	while (next_pair(&rest, "?&", &name, &value)) {
		(void)pair_find(&a->headers, "?&", &name, &value);
		if (!pair_find(&b->headers, "?&", &name, &other) ||
			!text_eq(&value, &other, false))
			return false;
	}
	return headers_count(a) == headers_count(b);
}


/* Telephone numbers are equal without their visual separators. */
static bool tel_eq(const struct pl *a, const struct pl *b)
{
	static const char separators[] = "-.()";
	struct pl x = *a, y = *b;

	for (;;) {
		while (x.l && memchr(separators, x.p[0], 4))
			pl_skip(&x, 1);
		while (y.l && memchr(separators, y.p[0], 4))
			pl_skip(&y, 1);
		if (!x.l || !y.l)
			return x.l == y.l;
		if (ch_lower(x.p[0]) != ch_lower(y.p[0]))
			return false;
		pl_skip(&x, 1);
		pl_skip(&y, 1);
	}
}


static bool host_eq(const struct uri *a, const struct uri *b)
{
	if (a->scheme == URI_TEL)
		return tel_eq(&a->host, &b->host);
	if (a->scheme == URI_OTHER)
		return pl_eq(&a->host, &b->host);
	return pl_caseeq(&a->host, &b->host);
}


bool uri_eq(const struct uri *a, const struct uri *b)
{
	return a->scheme == b->scheme &&
		pl_caseeq(&a->scheme_text, &b->scheme_text) &&
		text_eq(&a->user, &b->user, false) &&
		text_eq(&a->password, &b->password, false) && host_eq(a, b) &&
		a->port == b->port && params_agree(a, b) &&
		params_agree(b, a) && headers_agree(a, b) &&
		headers_agree(b, a);
}


bool uri_aor_eq(const struct uri *a, const struct uri *b, bool with_port)
{
	bool sip_a = a->scheme == URI_SIP || a->scheme == URI_SIPS;
	bool sip_b = b->scheme == URI_SIP || b->scheme == URI_SIPS;

	if (sip_a != sip_b ||
		(!sip_a && !pl_caseeq(&a->scheme_text, &b->scheme_text)))
		return false;
	return text_eq(&a->user, &b->user, false) && host_eq(a, b) &&
		(!with_port || a->port == b->port);
}
