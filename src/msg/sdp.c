/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sdp.c - the little SDP of m=message (RFC 4566, RFC 3264). */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include "msg_int.h"


/* The next line of REST without its end; false at the end. */
static bool next_line(struct pl *rest, struct pl *line)
{
	size_t n;

	if (!rest->l)
		return false;
	(void)pl_split(rest, '\n', line);
	n = line->l;
	if (n && line->p[n - 1] == '\r')
		--line->l;
	return true;
}


/* Cuts ALL before its next m= line; REST begins there. */
static void cut_at_media(
	const struct pl *all, struct pl *before, struct pl *rest)
{
	static const struct pl mark = PL("\nm=");
	const char *at = pl_find(all, &mark);

	*before = *all;
	*rest = pl_make(NULL, 0);
	if (!at)
		return;
	before->l = (size_t)(at + 1 - all->p);
	*rest = pl_make(at + 1, all->l - before->l);
}


int msg_sdp_begin(struct msg_sdp *sdp, const struct pl *body)
{
	if (!pl_startswith(body, "v="))
		return EBADMSG;
	cut_at_media(body, &sdp->session, &sdp->rest);
	return 0;
}


/* The next word between blanks. */
static struct pl next_word(struct cur *c)
{
	const char *p;

	while (cur_more(c) && *c->p == ' ')
		++c->p;
	for (p = c->p; cur_more(c) && *c->p != ' '; c->p++)
		;
	return pl_make(p, (size_t)(c->p - p));
}


/* "c=IN IP4 192.0.2.1" in LINES: the address. */
static bool find_address(const struct pl *lines, struct pl *address)
{
	struct pl rest = *lines, line;

	while (next_line(&rest, &line)) {
		struct cur c;

		if (!pl_startswith(&line, "c="))
			continue;
		pl_skip(&line, 2);
		c = cur_of(&line);
		(void)next_word(&c);
		(void)next_word(&c);
		*address = next_word(&c);
		return address->l;
	}
	return false;
}


static void find_attributes(const struct pl *lines, struct pl *attributes)
{
	static const struct pl mark = PL("\na=");
	const char *at = pl_find(lines, &mark);

	*attributes = at
		? pl_make(at + 1, lines->l - (size_t)(at + 1 - lines->p))
		: pl_make(NULL, 0);
}


/* A line without a port that can be read has port 0: the media is there to
 * be answered, and nobody will be called at it. */
static void read_media(struct msg_sdp_media *media, const struct pl *line)
{
	struct pl text = *line, port;
	struct cur c, digits;

	pl_skip(&text, 2);
	c = cur_of(&text);
	media->media = next_word(&c);
	port = next_word(&c);
	digits = cur_of(&port);
	if (!cur_port(&digits, &media->port) ||
		(cur_more(&digits) && !cur_at(&digits, '/')))
		media->port = 0;
	media->proto = next_word(&c);
	while (cur_at(&c, ' '))
		++c.p;
	media->formats = cur_rest(&c);
}


bool msg_sdp_next(struct msg_sdp *sdp, struct msg_sdp_media *media)
{
	struct pl block, lines, line;

	if (!sdp->rest.l)
		return false;
	lines = sdp->rest;
	cut_at_media(&lines, &block, &sdp->rest);
	lines = block;
	(void)next_line(&lines, &line);
	memset(media, 0, sizeof(*media));
	read_media(media, &line);
	find_attributes(&block, &media->attributes);
	if (!find_address(&block, &media->address) &&
		!find_address(&sdp->session, &media->address))
		media->address = pl_make(NULL, 0);
	return true;
}


bool msg_sdp_attribute(
	const struct pl *lines, const char *name, struct pl *value)
{
	struct pl rest = *lines, line, found, key = pl_str(name);

	*value = pl_make(NULL, 0);
	while (next_line(&rest, &line)) {
		if (!pl_startswith(&line, "a="))
			continue;
		pl_skip(&line, 2);
		if (!pl_split(&line, ':', &found))
			line = pl_make(found.p + found.l, 0);
		if (pl_caseeq(&found, &key)) {
			*value = pl_trim(&line);
			return true;
		}
	}
	return false;
}


int msg_sdp_write(struct mbuf *mb, const char *host, bool ipv6, uint64_t id,
	const char *accept_types)
{
	const char *family = ipv6 ? "IP6" : "IP4";

	return mbuf_printf(mb,
		"v=0\r\n"
		"o=- %" PRIu64 " %" PRIu64 " IN %s %s\r\n"
		"s=session\r\n"
		"c=IN %s %s\r\n"
		"t=0 0\r\n"
		"m=message 5060 sip null\r\n"
		"a=accept-types:%s\r\n",
		id, id, family, host, family, host, accept_types);
}
