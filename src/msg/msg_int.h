/* SPDX-License-Identifier: GPL-3.0-or-later */
/* msg_int.h - what the files of this floor share: character classes and a
 * cursor over borrowed text. */
#ifndef SOTTO_MSG_INT_H
#define SOTTO_MSG_INT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include "msg.h"

/* Character classes of RFC 3261 25.1, one bit each. */
enum {
	CH_TOKEN = 1 << 0,
	CH_WORD = 1 << 1,
	CH_UNRESERVED = 1 << 2,
	CH_USER = 1 << 3,
	CH_PASSWORD = 1 << 4,
	CH_PARAMS = 1 << 5, /* a URI's parameters with their ; and = */
	CH_HEADERS = 1 << 6, /* a URI's headers with their ? & and = */
	CH_HOST = 1 << 7, /* with _, which is met in the field */
	CH_SCHEME = 1 << 8,
	CH_DIGIT = 1 << 9,
	CH_HEX = 1 << 10,
	CH_LWS = 1 << 11, /* SP, HT, CR, LF */
	CH_VALUE = 1 << 12, /* of a header parameter, unquoted */
	CH_GRAPH = 1 << 13, /* visible ASCII */
	CH_TEL = 1 << 14, /* digits of a telephone number, separators */
	CH_ALPHA = 1 << 15,
	CH_URI = 1 << 16, /* visible, and not one of < > and " */
	CH_IPV6 = 1 << 17,
};

extern const uint32_t ch_class[256];


static inline bool ch_is(char c, unsigned int set)
{
	return ch_class[(uint8_t)c] & set;
}


/* ASCII only; the locale has no say. */
static inline char ch_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}


/* -1 where C is no hexadecimal digit. */
static inline int ch_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = ch_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}


/* pl_make() where it is called for every token. */
static inline struct pl span(const char *p, const char *e)
{
	struct pl pl = {p, (size_t)(e - p)};

	return pl;
}


/* True where PL is LOWER, of N lower-case letters, in any case. Where N is
 * constant the first comparison, which mostly decides, has no loop. */
static inline bool span_is(const struct pl *pl, const char *lower, size_t n)
{
	size_t i;

	if (pl->l != n)
		return false;
	if (!memcmp(pl->p, lower, n))
		return true;
	for (i = 0; i < n; i++) {
		if (ch_lower(pl->p[i]) != lower[i])
			return false;
	}
	return true;
}


/* The same for a string literal. */
#define SPAN_IS(pl_, literal_) span_is(pl_, literal_, sizeof(literal_) - 1)


/* What is still to be read of a text. */
struct cur {
	const char *p;
	const char *e;
};


static inline struct cur cur_of(const struct pl *pl)
{
	struct cur c = {pl->p, pl->p ? pl->p + pl->l : NULL};

	return c;
}


static inline struct pl cur_rest(const struct cur *c)
{
	return span(c->p, c->e);
}


static inline bool cur_more(const struct cur *c)
{
	return c->p < c->e;
}


static inline bool cur_at(const struct cur *c, char ch)
{
	return c->p < c->e && *c->p == ch;
}


static inline bool cur_take(struct cur *c, char ch)
{
	if (!cur_at(c, ch))
		return false;
	++c->p;
	return true;
}


/* The longest run of SET: four bytes at a time, as long as all are of it. */
static inline struct pl cur_run(struct cur *c, unsigned int set)
{
	const char *p = c->p, *start = p;

	while (c->e - p >= 4 &&
		(ch_class[(uint8_t)p[0]] & ch_class[(uint8_t)p[1]] &
			ch_class[(uint8_t)p[2]] & ch_class[(uint8_t)p[3]] &
			set))
		p += 4;
	while (p < c->e && ch_is(*p, set))
		++p;
	c->p = p;
	return span(start, p);
}


static inline void cur_lws(struct cur *c)
{
	while (c->p < c->e && ch_is(*c->p, CH_LWS))
		++c->p;
}


/* A quoted string that begins here; INSIDE is without the quotes. False, and
 * nothing taken, where it does not end or is none. */
bool cur_quoted(struct cur *c, struct pl *inside);

/* Digits that make a port, 1 to 65535. */
bool cur_port(struct cur *c, uint16_t *port);

/* A host name, IPv4 address or [IPv6] (HOST without the brackets). */
bool cur_host(struct cur *c, struct pl *host);

/* How the value of a parameter was written. */
enum cur_form {
	FORM_NONE,
	FORM_TOKEN,
	FORM_TEXT, /* no token, but of no character that ends a value */
	FORM_QUOTED,
};

/* The next ";name[=value]" and the white space before it: 0, ENOENT where
 * the text ends, EBADMSG where it is something else. */
int cur_param(
	struct cur *c, struct pl *name, struct pl *value, enum cur_form *form);

/* Digits at C as a number: 0, EBADMSG where there are none, ERANGE where it
 * has more than 64 bits. */
int cur_u64(struct cur *c, uint64_t *v);

/* As msg_via_decode() and msg_addr_decode(), but VIA and ADDR, all zeros
 * before, hold on return what could be read even if that is not all. The
 * first value of the list PL is read as a Via. */
int via_read_first(struct msg_via *via, const struct pl *pl);
int addr_read(struct msg_addr *addr, const struct pl *pl);

/* As uri_decode(), into URI that is all zeros before, and after an error. */
int uri_read(struct uri *uri, const struct pl *pl);

/* One header line of raw text at C with its continuation lines; VALUE is
 * trimmed, not unfolded. 0; ENOENT at a blank line or the end, when C is
 * behind that line; EBADMSG for a line that is no header: it was skipped. */
int hdr_line(struct cur *c, struct pl *name, struct pl *value);

enum {
	HEAD_LINES = 64, /* whose ends are noted */
};

/* The head as it stands in the caller's bytes. */
struct head {
	size_t len; /* with the blank line, or whole lines if there is none */
	size_t lines; /* without the blank one */
	size_t end[HEAD_LINES]; /* where the LF of the first lines is */
	bool folded;
	bool ended; /* a blank line is there */
	bool too_long; /* it is over the limit */
	bool nul; /* there is one, at least in the line that is not whole */
	bool stray_cr; /* there is a CR without LF, likewise */
};

/* Looks at the N bytes at P, no further than MAX for the head. */
void head_scan(struct head *head, const char *p, size_t n, size_t max);

/* Copies the N bytes at P, whole lines, with each fold (white space, line
 * end, white space) as one SP; returns how many bytes that makes. */
size_t head_unfold(char *to, const char *p, size_t n);

/* True where PL may be sent back as it came: no CR or LF, NUL only behind a
 * backslash. */
bool hdr_echo_ok(const struct pl *pl);

#endif
