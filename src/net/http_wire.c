/* SPDX-License-Identifier: GPL-3.0-or-later */
/* http_wire.c - frames between sotto and its HTTP helper. */
#include <errno.h>
#include <string.h>
#include "http_wire.h"
#include "mem.h"


enum {
	LENGTH_SIZE = 4,
	FIELD_SIZE = 1 + LENGTH_SIZE,
	FRAME_MAX = HTTP_BODY_MAX + HTTP_FIELDS * (HTTP_TEXT_MAX + FIELD_SIZE),
};


static size_t max_of(size_t field)
{
	return field == HTTP_BODY ? HTTP_BODY_MAX : HTTP_TEXT_MAX;
}


static void write_length(struct mbuf *mb, size_t len)
{
	(void)mbuf_write_u8(mb, (uint8_t)(len >> 24));
	(void)mbuf_write_u8(mb, (uint8_t)(len >> 16));
	(void)mbuf_write_u8(mb, (uint8_t)(len >> 8));
	(void)mbuf_write_u8(mb, (uint8_t)len);
}


/* Reads a length of MAX at most off PL: EAGAIN, EBADMSG. */
static int read_length(struct pl *pl, size_t max, size_t *len)
{
	const uint8_t *p = (const uint8_t *)pl->p;

	if (pl->l < LENGTH_SIZE)
		return EAGAIN;
	*len = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 |
		(size_t)p[3];
	if (*len > max)
		return EBADMSG;
	pl_skip(pl, LENGTH_SIZE);
	return 0;
}


int http_wire_encode(struct mbuf **mbp, const struct http_wire *w)
{
	struct mbuf *mb;
	size_t i, len = 0;

	for (i = 0; i < HTTP_FIELDS; i++) {
		if (w->field[i].l > max_of(i))
			return EMSGSIZE;
		if (w->field[i].p)
			len += FIELD_SIZE + w->field[i].l;
	}
	mb = mbuf_alloc_size(LENGTH_SIZE + len, LENGTH_SIZE + len);
	write_length(mb, len);
	for (i = 0; i < HTTP_FIELDS; i++) {
		if (!w->field[i].p)
			continue;
		(void)mbuf_write_u8(mb, (uint8_t)i);
		write_length(mb, w->field[i].l);
		(void)mbuf_write_pl(mb, &w->field[i]);
	}
	*mbp = mb;
	return 0;
}


static int decode_fields(struct http_wire *w, struct pl frame)
{
	size_t i, len;

	memset(w, 0, sizeof(*w));
	while (frame.l) {
		i = (uint8_t)*frame.p;
		pl_skip(&frame, 1);
		if (i >= HTTP_FIELDS || w->field[i].p ||
			read_length(&frame, max_of(i), &len) || len > frame.l)
			return EBADMSG;
		w->field[i] = pl_make(frame.p, len);
		pl_skip(&frame, len);
	}
	return 0;
}


int http_wire_decode(struct http_wire *w, struct pl *left)
{
	struct pl frame = *left;
	size_t len;
	int err = read_length(&frame, FRAME_MAX, &len);

	if (err)
		return err;
	if (frame.l < len)
		return EAGAIN;
	frame.l = len;
	pl_skip(left, LENGTH_SIZE + len);
	return decode_fields(w, frame);
}
