/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mime.c - media types and multipart bodies (RFC 3261 20.15, RFC 2046 5.1). */
#include <errno.h>
#include <string.h>
#include "msg_int.h"


int msg_type_decode(struct msg_type *t, const struct pl *pl)
{
	struct cur c = cur_of(pl);
	struct msg_type r = {PL_INIT, PL_INIT, PL_INIT};

	cur_lws(&c);
	r.type = cur_run(&c, CH_TOKEN);
	cur_lws(&c);
	if (!r.type.l || !cur_take(&c, '/'))
		return EBADMSG;
	cur_lws(&c);
	r.subtype = cur_run(&c, CH_TOKEN);
	cur_lws(&c);
	if (!r.subtype.l || (cur_more(&c) && !cur_at(&c, ';')))
		return EBADMSG;
	if (cur_more(&c))
		r.params = cur_rest(&c);
	*t = r;
	return 0;
}


bool msg_type_is(const struct pl *content_type, const char *type)
{
	struct pl want = pl_str(type), head;
	struct msg_type t;

	if (msg_type_decode(&t, content_type) || !pl_split(&want, '/', &head))
		return false;
	return pl_caseeq(&t.type, &head) && pl_caseeq(&t.subtype, &want);
}


/* The delimiter line of BOUNDARY in TEXT, its boundary among the N bytes from
 * FROM on: *BEFORE gets what is in front of it without its line end, TEXT what
 * follows, *LAST tells "--boundary--". */
static bool find_delimiter(struct pl *text, const struct pl *boundary,
	size_t from, size_t n, struct pl *before, bool *last)
{
	const char *start = text->p, *e = text->p + text->l;
	struct pl rest = pl_make(start + from, n);
	const char *at;

	while ((at = pl_find(&rest, boundary))) {
		const char *p = at + boundary->l, *b = at - 2;

		rest = span(p, start + from + n);
		/* It stands at the begin of a line, alone there. */
		if (at - start < 2 || b[0] != '-' || b[1] != '-' ||
			(b > start && b[-1] != '\n'))
			continue;
		*last = e - p >= 2 && p[0] == '-' && p[1] == '-';
		p += *last ? 2 : 0;
		while (p < e && (*p == ' ' || *p == '\t'))
			++p;
		if (e - p >= 2 && p[0] == '\r' && p[1] == '\n')
			p += 2;
		else if (e - p >= 1 && *p == '\n')
			++p;
		else if (p < e)
			continue;
		if (b > start)
			--b;
		if (b > start && b[-1] == '\r')
			--b;
		*before = span(start, b);
		*text = span(p, e);
		return true;
	}
	return false;
}


static bool take_delimiter(struct pl *text, const struct pl *boundary,
	struct pl *before, bool *last)
{
	return find_delimiter(text, boundary, 0, text->l, before, last);
}


/* True where BODY has more than MAX parts. */
static bool too_many(
	const struct pl *body, const struct pl *boundary, size_t max)
{
	struct pl rest = *body, before;
	bool last = false;
	size_t n = 0;

	while (!last && take_delimiter(&rest, boundary, &before, &last)) {
		if (!last && ++n > max)
			return true;
	}
	return false;
}


static int boundary_of(struct pl *boundary, const struct pl *content_type)
{
	struct msg_type type;

	if (msg_type_decode(&type, content_type) ||
		!pl_strcaseeq(&type.type, "multipart") ||
		!msg_param(&type.params, "boundary", boundary) || !boundary->l)
		return EBADMSG;
	return 0;
}


int msg_multipart_begin(struct msg_multipart *mp, const struct pl *content_type,
	const struct pl *body, const struct msg_limits *limits)
{
	struct pl before, rest = *body;
	struct pl boundary;
	bool last;

	limits = limits ? limits : &msg_limits_default;
	if (boundary_of(&boundary, content_type) || !pl_isset(body))
		return EBADMSG;
	if (too_many(body, &boundary, limits->parts))
		return EMSGSIZE;
	if (!take_delimiter(&rest, &boundary, &before, &last))
		return EBADMSG;
	mp->boundary = boundary;
	mp->rest = last ? pl_make(NULL, 0) : rest;
	mp->left = limits->parts;
	mp->seen = 0;
	mp->inside = true;
	return 0;
}


int msg_multipart_open(struct msg_multipart *mp, const struct pl *content_type,
	const struct pl *body, const struct msg_limits *limits)
{
	limits = limits ? limits : &msg_limits_default;
	if (boundary_of(&mp->boundary, content_type) || !pl_isset(body))
		return EBADMSG;
	mp->rest = *body;
	mp->left = limits->parts;
	mp->seen = 0;
	mp->inside = false;
	return 0;
}


static void part_header(
	struct msg_part *part, const struct pl *name, const struct pl *value)
{
	switch (hdr_find(name)) {
	case HDR_CONTENT_TYPE:
		part->content_type = *value;
		break;
	case HDR_CONTENT_ID:
		part->content_id = *value;
		if (value->l > 2 && value->p[0] == '<' &&
			value->p[value->l - 1] == '>')
			part->content_id = pl_make(value->p + 1, value->l - 2);
		break;
	case HDR_CONTENT_DISPOSITION:
		part->disposition = *value;
		break;
	case HDR_CONTENT_TRANSFER_ENCODING:
		part->encoding = *value;
		break;
	default:
		break;
	}
}


static void read_part(struct msg_part *part, const struct pl *all)
{
	struct cur c = cur_of(all);
	struct pl name, value;
	const char *end = c.p;
	int err;

	memset(part, 0, sizeof(*part));
	while (cur_more(&c) && (err = hdr_line(&c, &name, &value)) != ENOENT) {
		if (!err)
			part_header(part, &name, &value);
		end = c.p;
	}
	part->headers = span(all->p, end);
	part->body = cur_rest(&c);
}


bool msg_multipart_next(struct msg_multipart *mp, struct msg_part *part)
{
	struct pl all;
	bool last = false;

	if (!mp->rest.p || !mp->left)
		return false;
	--mp->left;
	if (!take_delimiter(&mp->rest, &mp->boundary, &all, &last)) {
		all = mp->rest;
		last = true;
	}
	if (last)
		mp->rest = pl_make(NULL, 0);
	read_part(part, &all);
	return true;
}


/* What is in front of the next delimiter, as msg_multipart_step() says. */
static int step_over(struct msg_multipart *mp, size_t n, struct pl *before)
{
	struct pl *rest = &mp->rest;
	size_t from = mp->seen, tail = mp->boundary.l - 1;
	size_t window = rest->l - from;
	bool whole = window <= n + tail, last = false;

	if (!whole)
		window = n + tail;
	mp->seen = 0;
	if (find_delimiter(rest, &mp->boundary, from, window, before, &last)) {
		if (last)
			*rest = pl_make(NULL, 0);
		return 0;
	}
	if (!whole) {
		mp->seen = from + n;
		return EAGAIN;
	}
	*before = *rest;
	*rest = pl_make(NULL, 0);
	return mp->inside ? 0 : EBADMSG;
}


int msg_multipart_step(
	struct msg_multipart *mp, size_t n, struct msg_part *part)
{
	struct pl all, head;
	int err;

	if (!mp->rest.p)
		return ENOENT;
	err = step_over(mp, n, &all);
	if (err)
		return err;
	if (!mp->inside) {
		mp->inside = true;
		return mp->rest.p ? EAGAIN : ENOENT;
	}
	if (!mp->left)
		return EMSGSIZE;
	--mp->left;
	head = pl_make(all.p, all.l < MSG_PART_HEAD ? all.l : MSG_PART_HEAD);
	read_part(part, &head);
	if (!part->body.p || part->body.p == head.p + head.l)
		return all.l > head.l ? EMSGSIZE : 0;
	part->body = span(part->body.p, all.p + all.l);
	return 0;
}


/* Depth first; of alternatives the last that fits, for it is the richest. */
static int find_in(const struct msg_part *in, const char *type,
	const struct msg_limits *limits, size_t depth, struct msg_part *found)
{
	struct msg_multipart mp;
	struct msg_part part;
	bool last_wins;
	int err, result = ENOENT;

	if (msg_type_is(&in->content_type, type)) {
		*found = *in;
		return 0;
	}
	err = msg_multipart_begin(&mp, &in->content_type, &in->body, limits);
	if (err)
		return err == EMSGSIZE ? err : ENOENT;
	if (!depth)
		return EMSGSIZE;
	last_wins = msg_type_is(&in->content_type, "multipart/alternative");
	while (msg_multipart_next(&mp, &part)) {
		/* RFC 2046 5.2: text where nothing is said. */
		if (!part.content_type.l)
			part.content_type = pl_str("text/plain");
		err = find_in(&part, type, limits, depth - 1, found);
		if (err == EMSGSIZE)
			return err;
		if (err)
			continue;
		result = 0;
		if (!last_wins)
			break;
	}
	return result;
}


int msg_body_find(const struct msg *msg, const char *type,
	const struct msg_limits *limits, struct msg_part *part)
{
	struct msg_part all = {
		.content_type = msg->content_type, .body = msg->body};
	const struct msg_hdr *h;

	limits = limits ? limits : &msg_limits_default;
	for (size_t i = 0; i < msg->nhdrs; i++) {
		h = &msg->hdrs[i];
		part_header(&all, &h->name, &h->value);
	}
	return find_in(&all, type, limits, limits->part_depth, part);
}
