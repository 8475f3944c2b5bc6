/* SPDX-License-Identifier: GPL-3.0-or-later */
/* uri_text.c - URIs for people and keys: the canonical AOR, what was typed,
 * escapes (RFC 3261 19.1.2). */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "msg_int.h"


static void put_lower(struct mbuf *mb, const struct pl *pl)
{
	size_t i;

	for (i = 0; i < pl->l; i++)
		(void)mbuf_write_u8(mb, (uint8_t)ch_lower(pl->p[i]));
}


static void put_hex(struct mbuf *mb, uint8_t c)
{
	static const char digits[] = "0123456789ABCDEF";
	char text[3] = {'%', digits[c >> 4], digits[c & 15]};

	(void)mbuf_write_mem(mb, text, sizeof(text));
}


/* True if a %HH stands at I; *C gets its byte. */
static bool escape_at(const struct pl *pl, size_t i, char *c)
{
	if (pl->p[i] != '%' || pl->l - i < 3 || ch_hex(pl->p[i + 1]) < 0 ||
		ch_hex(pl->p[i + 2]) < 0)
		return false;
	*c = (char)(ch_hex(pl->p[i + 1]) << 4 | ch_hex(pl->p[i + 2]));
	return true;
}


static void put_user(struct mbuf *mb, const struct pl *user)
{
	size_t i;
	char c;

	for (i = 0; i < user->l; i++) {
		if (!escape_at(user, i, &c)) {
			(void)mbuf_write_u8(mb, (uint8_t)user->p[i]);
			continue;
		}
		if (ch_is(c, CH_UNRESERVED))
			(void)mbuf_write_u8(mb, (uint8_t)c);
		else
			put_hex(mb, (uint8_t)c);
		i += 2;
	}
}


static void put_number(struct mbuf *mb, const struct pl *number)
{
	size_t i;

	for (i = 0; i < number->l; i++) {
		if (!memchr("-.()", number->p[i], 4))
			(void)mbuf_write_u8(
				mb, (uint8_t)ch_lower(number->p[i]));
	}
}


char *uri_aor(const struct uri *uri)
{
	struct mbuf *mb = mbuf_alloc(4 * (size_t)URI_MAX);
	bool ipv6 = pl_chr(&uri->host, ':') && uri->scheme != URI_OTHER;
	char *s;

	put_lower(mb, &uri->scheme_text);
	(void)mbuf_write_u8(mb, ':');
	if (uri->scheme == URI_TEL) {
		put_number(mb, &uri->host);
	} else if (uri->scheme == URI_OTHER) {
		(void)mbuf_write_pl(mb, &uri->host);
	} else {
		put_user(mb, &uri->user);
		if (pl_isset(&uri->user))
			(void)mbuf_write_u8(mb, '@');
		if (ipv6)
			(void)mbuf_write_u8(mb, '[');
		put_lower(mb, &uri->host);
		if (ipv6)
			(void)mbuf_write_u8(mb, ']');
		if (uri->port)
			(void)mbuf_printf(mb, ":%u", uri->port);
	}
	s = mbuf_strdup(mb);
	mem_deref(mb);
	return s;
}


const char *uri_aor_key(const char *aor)
{
	if (!strncmp(aor, "sip:", 4))
		return aor + 4;
	return strncmp(aor, "sips:", 5) ? aor : aor + 5;
}


/* "localhost:5060" has the look of a scheme and its text, but a scheme that
 * nobody knows with nothing but digits behind it is a host with its port. */
static bool is_host_port(const struct uri *uri)
{
	uint32_t port;

	return uri->scheme == URI_OTHER && !pl_u32(&uri->host, &port);
}


int uri_from_user(struct uri *uri, char **text, const struct pl *typed)
{
	struct pl t = pl_trim(typed), all;
	struct uri u;
	char *s;
	int err;

	if (t.l > 2 && t.p[0] == '<' && t.p[t.l - 1] == '>')
		t = pl_make(t.p + 1, t.l - 2);
	if (!t.l || t.l > URI_MAX - 4)
		return EBADMSG;
	if (!uri_decode(&u, &t) && !is_host_port(&u)) {
		s = pl_strdup(&t);
	} else {
		s = mem_alloc(t.l + 5, NULL);
		memcpy(s, "sip:", 4);
		memcpy(s + 4, t.p, t.l);
		s[t.l + 4] = '\0';
	}
	all = pl_str(s);
	err = uri_decode(&u, &all);
	if (err) {
		mem_deref(s);
		return EBADMSG;
	}
	*uri = u;
	*text = s;
	return 0;
}


char *uri_unescape(const struct pl *pl, size_t *len)
{
	char *s = mem_alloc(pl->l + 1, NULL);
	size_t i, n = 0;

	for (i = 0; i < pl->l; i++) {
		if (escape_at(pl, i, &s[n]))
			i += 2;
		else
			s[n] = pl->p[i];
		++n;
	}
	s[n] = '\0';
	if (len)
		*len = n;
	return s;
}


int uri_escape_user(struct mbuf *mb, const struct pl *pl)
{
	size_t i;

	for (i = 0; i < pl->l; i++) {
		if (ch_is(pl->p[i], CH_USER))
			(void)mbuf_write_u8(mb, (uint8_t)pl->p[i]);
		else
			put_hex(mb, (uint8_t)pl->p[i]);
	}
	return mbuf_err(mb);
}
