/* SPDX-License-Identifier: GPL-3.0-or-later */
/* frame.c - messages and pings on a stream (RFC 3261 18.3, RFC 5626 4.4). */
#include <errno.h>
#include <string.h>
#include "msg_int.h"


/* Set in *SCANNED once the whole length is known: the head is then not
 * looked at again while the body trickles in. */
#define KNOWN ((size_t)1 << (sizeof(size_t) * 8 - 1))


/* Length of the head, blank line included, or 0 if the N bytes at P have
 * none. Looks from FROM on; *FROM gets where to go on. */
static size_t head_len(const char *p, size_t n, size_t *from)
{
	const char *e = p + n, *lf = p + *from;

	while (lf < e && (lf = memchr(lf, '\n', (size_t)(e - lf)))) {
		if (e - lf >= 2 && lf[1] == '\n')
			return (size_t)(lf - p) + 2;
		if (e - lf >= 3 && lf[1] == '\r' && lf[2] == '\n')
			return (size_t)(lf - p) + 3;
		/* What follows this one may still be to come. */
		if (e - lf < 3)
			break;
		++lf;
	}
	*from = lf ? (size_t)(lf - p) : n;
	return 0;
}


/* What is between messages. */
static enum msg_frame between(const char *p, size_t n, size_t *len)
{
	if (*p == '\n') {
		*len = 1;
		return MSG_FRAME_PONG;
	}
	if (n < 2)
		return MSG_FRAME_MORE;
	if (p[1] != '\n') {
		*len = 1;
		return MSG_FRAME_PONG;
	}
	if (n == 3 && p[2] == '\r')
		return MSG_FRAME_MORE;
	if (n >= 4 && p[2] == '\r' && p[3] == '\n') {
		*len = 4;
		return MSG_FRAME_PING;
	}
	*len = 2;
	return MSG_FRAME_PONG;
}


/* True where the line at P can be a Content-Length or its compact form: two
 * letters rule out nearly all that are not. */
static bool may_be_length(const char *p, const char *e)
{
	char first = ch_lower(*p);

	return first == 'l' ||
		(first == 'c' && e - p > 8 && ch_lower(p[8]) == 'l');
}


/* Goes to the next line that is worth reading; false at the end. */
static bool next_candidate(struct cur *c)
{
	const char *lf;

	while (cur_more(c) && !may_be_length(c->p, c->e)) {
		lf = memchr(c->p, '\n', (size_t)(c->e - c->p));
		c->p = lf ? lf + 1 : c->e;
	}
	return cur_more(c);
}


/* The one Content-Length of the head. Copies that agree still frame it. */
static const char *content_length(const char *p, size_t n, uint64_t *len)
{
	struct cur c = {memchr(p, '\n', n), p + n};
	struct pl name, value;
	bool found = false;
	uint64_t v;

	++c.p;
	while (next_candidate(&c)) {
		if (hdr_line(&c, &name, &value) ||
			hdr_find(&name) != HDR_CONTENT_LENGTH)
			continue;
		if (pl_u64(&value, &v))
			return "the Content-Length is no number";
		if (found && v != *len)
			return "two Content-Length that differ";
		*len = v;
		found = true;
	}
	return found ? NULL : "no Content-Length on a stream";
}


enum msg_frame msg_frame(const void *data, size_t n,
	const struct msg_limits *limits, size_t *scanned, size_t *len,
	const char **why)
{
	const char *p = data;
	uint64_t body = 0;
	size_t head;

	limits = limits ? limits : &msg_limits_default;
	*len = 0;
	*why = NULL;
	if (!n)
		return MSG_FRAME_MORE;
	if (*scanned & KNOWN) {
		*len = *scanned & ~KNOWN;
		return n < *len ? MSG_FRAME_MORE : MSG_FRAME_MESSAGE;
	}
	if (*p == '\r' || *p == '\n')
		return between(p, n, len);
	head = head_len(p, n, scanned);
	if (!head && n <= limits->header_bytes)
		return MSG_FRAME_MORE;
	if (!head || head > limits->header_bytes) {
		*len = n;
		*why = "the headers are too long";
		return MSG_FRAME_BAD;
	}
	*len = head;
	*why = content_length(p, head, &body);
	if (!*why && body > limits->body_bytes)
		*why = "the body is too long";
	if (*why)
		return MSG_FRAME_BAD;
	*len = head + (size_t)body;
	*scanned = *len | KNOWN;
	return n < *len ? MSG_FRAME_MORE : MSG_FRAME_MESSAGE;
}
