/* SPDX-License-Identifier: GPL-3.0-or-later */
/* build.c - write requests and header fields (RFC 3261 7 and 25.1). */
#include <errno.h>
#include <string.h>
#include "msg_int.h"
#include "word.h"


/* Every name with its colon and SP. The text has one size for all, so that
 * the copy of it, which is longer than most names, needs no loop. */
enum {
	PREFIX_SIZE = 31,
};

static const struct {
	char text[PREFIX_SIZE];
	uint8_t len;
} prefixes[HDR_IDS] = {
#define HDR_X(id, name, compact, kind) \
	[HDR_##id] = {name ": ", sizeof(name ": ") - 1},
	HDR_TABLE(HDR_X)
#undef HDR_X
};


/* So that the writer below stays in registers: a tenth of the cost. */
#define INLINE static inline __attribute__((always_inline))


/*
 * A writer that has made room for all it will write: each put function
 * reserves once, then copies. What breaks the grammar is noticed on the way
 * and takes the whole field back.
 */
struct out {
	struct mbuf *mb;
	char *p;
	bool bad;
};


/* N bytes and a word: a short text is written as one. */
static bool out_begin(struct out *o, struct mbuf *mb, size_t n)
{
	n += sizeof(uint64_t);
	/* Asked here first, as there mostly is room. */
	if ((mb->err || mb->size - mb->end < n) && mbuf_reserve(mb, n))
		return false;
	o->mb = mb;
	o->p = (char *)mb->buf + mb->end;
	o->bad = false;
	return true;
}


static int out_end(struct out *o)
{
	if (o->bad)
		return o->mb->err = EINVAL;
	o->mb->end = (size_t)(o->p - (char *)o->mb->buf);
	return 0;
}


static inline void out_mem(struct out *o, const char *p, size_t n)
{
	memcpy(o->p, p, n);
	o->p += n;
}


static inline void out_char(struct out *o, char c)
{
	*o->p++ = c;
}


static inline void out_crlf(struct out *o)
{
	out_mem(o, "\r\n", 2);
}


/* Where ID is a name, and so not HDR_OTHER. Room for all of it is needed. */
static inline void out_prefix(struct out *o, enum hdr_id id)
{
	memcpy(o->p, prefixes[id].text, PREFIX_SIZE);
	o->p += prefixes[id].len;
}


enum text {
	TEXT_VALUE, /* special: what is below SP */
	TEXT_QUOTED, /* quote and backslash too */
	TEXT_URI, /* what is not CH_URI */
};


/* Flags as of word_below(), where V has something special to KIND. */
INLINE uint64_t special(uint64_t v, enum text kind)
{
	if (kind == TEXT_VALUE)
		return word_below(v, ' ');
	if (kind == TEXT_QUOTED)
		return word_below(v, ' ') | word_equal(v, '"') |
			word_equal(v, '\\');
	/* SP and below, over '~', a quote; '<' is '>' but for one bit. A byte
	 * over 0x7f is flagged by V itself, so that the subtractions need not
	 * leave it out one by one. */
	return ((v - WORD_ONES * '!') | v | (v + WORD_ONES) |
		       ((v ^ WORD_ONES * '"') - WORD_ONES) |
		       (((v | WORD_ONES * 2) ^ WORD_ONES * '>') - WORD_ONES)) &
		WORD_HIGH;
}


/* Copies the N bytes at P and tells whether one is special. Most texts are
 * short: by words, the last of which overlaps with the one before, that is
 * quicker than a call. */
INLINE bool out_text(struct out *o, const char *p, size_t n, enum text kind)
{
	char *to = o->p, *end = to + n;
	uint64_t v, flags = 0;

	o->p = end;
	if (n < 8) {
		v = word_load_part(p, n);
		word_store(to, v);
		/* The zeros behind the text are not meant. */
		flags = special(v, kind);
		return flags && word_first(flags) < n;
	}
	for (; end - to > 8; to += 8, p += 8) {
		v = word_load(p);
		word_store(to, v);
		flags |= special(v, kind);
	}
	v = word_load(p - (8 - (end - to)));
	word_store(end - 8, v);
	return flags | special(v, kind);
}


static bool has_line_end(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (p[i] == '\r' || p[i] == '\n' || !p[i])
			return true;
	}
	return false;
}


/* A value: no CR, LF, NUL. */
INLINE void out_value(struct out *o, const struct pl *pl)
{
	if (out_text(o, pl->p, pl->l, TEXT_VALUE))
		o->bad |= has_line_end(pl->p, pl->l);
}


INLINE void out_uri(struct out *o, const struct pl *pl)
{
	o->bad |= out_text(o, pl->p, pl->l, TEXT_URI) || !pl->l;
}


/* A text, not empty, of which each byte has the one bit CLASS. */
INLINE void out_class(struct out *o, const struct pl *pl, uint32_t class)
{
	const uint8_t *p = (const uint8_t *)pl->p;
	uint32_t all = pl->l ? class : 0;
	size_t n = pl->l;

	for (; n >= 4; n -= 4, p += 4)
		all &= ch_class[p[0]] & ch_class[p[1]] & ch_class[p[2]] &
			ch_class[p[3]];
	for (; n; n--, p++)
		all &= ch_class[*p];
	o->bad |= !all;
	(void)out_text(o, pl->p, pl->l, TEXT_VALUE);
}


INLINE void out_u32(struct out *o, uint32_t v)
{
	uint64_t over = 10;
	char *p;

	for (++o->p; v >= over; over *= 10)
		++o->p;
	for (p = o->p; v >= 10; v /= 10)
		*--p = (char)('0' + v % 10);
	*--p = (char)('0' + v);
}


static char *escape(char *to, const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (p[i] == '"' || p[i] == '\\')
			*to++ = '\\';
		*to++ = p[i];
	}
	return to;
}


/* Inside of a quoted string: at most twice as long. */
INLINE void out_escaped(struct out *o, const struct pl *pl)
{
	char *start = o->p;

	if (!out_text(o, pl->p, pl->l, TEXT_QUOTED))
		return;
	o->bad |= has_line_end(pl->p, pl->l);
	o->p = escape(start, pl->p, pl->l);
}


/* Rooms are sums of lengths that a caller holds in memory: no overflow. */

int msg_put_request_line(
	struct mbuf *mb, const struct pl *method, const struct pl *uri)
{
	struct out o;

	if (!out_begin(&o, mb, method->l + uri->l + 11))
		return mb->err;
	out_class(&o, method, CH_TOKEN);
	out_char(&o, ' ');
	out_uri(&o, uri);
	out_mem(&o, " SIP/2.0\r\n", 10);
	return out_end(&o);
}


int msg_put_status_line(
	struct mbuf *mb, uint16_t status, const struct pl *reason)
{
	struct out o;

	if (!out_begin(&o, mb, reason->l + 14 + 5))
		return mb->err;
	o.bad = status < 100 || status > 699;
	out_mem(&o, "SIP/2.0 ", 8);
	out_u32(&o, status);
	out_char(&o, ' ');
	out_value(&o, reason);
	out_crlf(&o);
	return out_end(&o);
}


int msg_put_via(struct mbuf *mb, const char *transport, const struct pl *host,
	uint16_t port, const struct pl *branch, bool rport)
{
	struct pl name = pl_str(transport);
	bool ipv6 = pl_chr(host, ':');
	struct out o;

	if (!out_begin(&o, mb, name.l + host->l + branch->l + 64))
		return mb->err;
	out_mem(&o, "Via: SIP/2.0/", 13);
	out_class(&o, &name, CH_TOKEN);
	out_char(&o, ' ');
	if (ipv6)
		out_char(&o, '[');
	/* A scope is of no use to the peer, so no % either. */
	out_class(&o, host, ipv6 ? CH_IPV6 : CH_HOST);
	if (ipv6)
		out_char(&o, ']');
	if (port) {
		out_char(&o, ':');
		out_u32(&o, port);
	}
	if (rport)
		out_mem(&o, ";rport", 6);
	out_mem(&o, ";branch=z9hG4bK", 15);
	out_class(&o, branch, CH_TOKEN);
	out_crlf(&o);
	return out_end(&o);
}


int msg_put(struct mbuf *mb, enum hdr_id id, const struct pl *value)
{
	struct out o;

	if ((unsigned int)id - 1 >= HDR_IDS - 1)
		return mb->err = EINVAL;
	if (!out_begin(&o, mb, PREFIX_SIZE + value->l + 2))
		return mb->err;
	out_prefix(&o, id);
	out_value(&o, value);
	out_crlf(&o);
	return out_end(&o);
}


int msg_put_str(struct mbuf *mb, enum hdr_id id, const char *value)
{
	struct pl pl = pl_str(value);

	return msg_put(mb, id, &pl);
}


int msg_put_num(struct mbuf *mb, enum hdr_id id, uint32_t value)
{
	struct out o;

	if ((unsigned int)id - 1 >= HDR_IDS - 1)
		return mb->err = EINVAL;
	if (!out_begin(&o, mb, PREFIX_SIZE + 12))
		return mb->err;
	out_prefix(&o, id);
	out_u32(&o, value);
	out_crlf(&o);
	return out_end(&o);
}


int msg_put_named(
	struct mbuf *mb, const struct pl *name, const struct pl *value)
{
	struct out o;

	if (!out_begin(&o, mb, name->l + value->l + 4))
		return mb->err;
	out_class(&o, name, CH_TOKEN);
	out_mem(&o, ": ", 2);
	out_value(&o, value);
	out_crlf(&o);
	return out_end(&o);
}


int msg_put_cseq(struct mbuf *mb, uint32_t n, const struct pl *method)
{
	struct out o;

	if (!out_begin(&o, mb, PREFIX_SIZE + method->l + 16))
		return mb->err;
	out_prefix(&o, HDR_CSEQ);
	out_u32(&o, n);
	out_char(&o, ' ');
	out_class(&o, method, CH_TOKEN);
	out_crlf(&o);
	return out_end(&o);
}


int msg_put_addr(struct mbuf *mb, enum hdr_id id, const struct pl *display,
	const struct pl *uri, const struct pl *tag, const struct pl *params)
{
	struct out o;
	size_t n = 2 * (display ? display->l : 0) + uri->l +
		(tag ? tag->l : 0) + (params ? params->l : 0);

	if ((unsigned int)id - 1 >= HDR_IDS - 1)
		return mb->err = EINVAL;
	if (!out_begin(&o, mb, PREFIX_SIZE + n + 16))
		return mb->err;
	out_prefix(&o, id);
	if (display && display->l) {
		out_char(&o, '"');
		out_escaped(&o, display);
		out_mem(&o, "\" ", 2);
	}
	out_char(&o, '<');
	out_uri(&o, uri);
	out_char(&o, '>');
	if (tag && tag->l) {
		out_mem(&o, ";tag=", 5);
		out_class(&o, tag, CH_TOKEN);
	}
	if (params && params->l) {
		o.bad |= params->p[0] != ';';
		out_value(&o, params);
	}
	out_crlf(&o);
	return out_end(&o);
}


int msg_put_body(struct mbuf *mb, const struct pl *type, const struct pl *body)
{
	size_t len = body ? body->l : 0;
	struct out o;

	if (type && type->l && msg_put(mb, HDR_CONTENT_TYPE, type))
		return mb->err;
	if (len > UINT32_MAX)
		return mb->err = EINVAL;
	if (!out_begin(&o, mb, len + 40))
		return mb->err;
	out_prefix(&o, HDR_CONTENT_LENGTH);
	out_u32(&o, (uint32_t)len);
	out_mem(&o, "\r\n\r\n", 4);
	if (len)
		out_mem(&o, body->p, len);
	return out_end(&o);
}


int msg_put_quoted(struct mbuf *mb, const struct pl *text)
{
	struct out o;

	if (!out_begin(&o, mb, 2 * text->l + 2))
		return mb->err;
	out_char(&o, '"');
	out_escaped(&o, text);
	out_char(&o, '"');
	return out_end(&o);
}
