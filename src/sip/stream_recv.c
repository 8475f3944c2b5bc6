/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stream_recv.c - bytes of a connection to messages (RFC 3261 18.3, RFC 5626
 * 5.4). */
#include <errno.h>
#include "stack.h"


enum {
	PARTIAL_MS = 60000, /* for a message once it has begun */
	PIECE = 65536, /* bytes added at once */
	BEGUN_MAX = 64 * 1024 * 1024, /* of all connections together */
};


const struct msg_limits *sip_flow_limits(const struct sip_flow *flow)
{
	bool made = flow->stream && !flow->stream->accepted;

	return made ? &flow->sip->made : &flow->sip->config.limits;
}


void sip_stream_charge(struct sip_flow *flow, size_t bytes)
{
	struct sip *sip = flow->sip;
	struct sip_stream *s = flow->stream;

	if (sip)
		sip->begun = sip->begun - s->begun + bytes;
	s->begun = bytes;
}


/* Who begins messages on many connections and ends none shall not fill our
 * memory: the longest goes. */
static void make_room(struct sip *sip)
{
	struct stream_end end = {
		.err = ENOBUFS, .why = "too much was begun and not ended"};
	struct sip_flow *longest = NULL;
	struct le *le, *next;

	if (sip->begun <= BEGUN_MAX)
		return;
	LIST_FOREACH (&sip->streams, le, next) {
		struct sip_flow *flow = list_data(le);

		if (flow->stream->accepted &&
			(!longest ||
				flow->stream->begun > longest->stream->begun))
			longest = flow;
	}
	if (longest)
		sip_flow_end(longest, &end);
}


static void partial_due(void *arg)
{
	struct stream_end end = {
		.err = ETIMEDOUT, .why = "a message was not whole after 60 s"};

	sip_flow_end(arg, &end);
}


/* The stream is lost: answers what can be answered and closes. */
static void stream_bad(
	struct sip_flow *flow, const uint8_t *p, size_t n, const char *why)
{
	struct sip *sip = flow->sip;
	struct msg *msg = NULL;
	struct stream_end end = {.err = EBADMSG};
	const char *ignored = NULL;
	char buf[80];

	log_print(sip->config.log, LOG_INFO, "sip", "%s: closed: %s",
		sip_flow_text(flow, buf, sizeof(buf)), why ? why : "");
	sip_trace_msg(flow, false, p, n);
	(void)msg_decode(&msg, p, n, true, sip_flow_limits(flow), &ignored);
	if (msg)
		sip_strans_refuse(sip, flow, msg, &flow->peer,
			msg->bad ? msg->bad : 400, why);
	mem_deref(msg);
	end.why = why ? why : "unreadable stream";
	sip_flow_end(flow, &end);
}


/* A CRLF alone is an answer to our ping, or half of theirs. */
static void stream_crlf(struct sip_flow *flow)
{
	struct sip_stream *s = flow->stream;

	if (sip_keepalive_pong(flow) || ++s->crlfs < 2)
		return;
	s->crlfs = 0;
	(void)flow->transp->send(flow, "\r\n", 2);
}


/* Handles what is whole among the N bytes at P; returns the bytes used. The
 * flow may have ended after it. */
static size_t stream_consume(struct sip_flow *flow, const uint8_t *p, size_t n)
{
	struct sip_stream *s = flow->stream;
	const char *why = NULL;
	size_t used = 0, len = 0;

	enum msg_frame frame;

	while (used < n && !flow->ended) {
		frame = msg_frame(p + used, n - used, sip_flow_limits(flow),
			&s->scanned, &len, &why);
		if (frame == MSG_FRAME_MORE)
			break;
		/* The next one has its own time. */
		tmr_cancel(&s->tmr);
		s->scanned = 0;
		if (frame == MSG_FRAME_BAD) {
			stream_bad(flow, p + used, len, why);
			break;
		}
		if (frame == MSG_FRAME_PING) {
			(void)flow->transp->send(flow, "\r\n", 2);
		} else if (frame == MSG_FRAME_PONG) {
			stream_crlf(flow);
		} else {
			s->crlfs = 0;
			sip_flow_recv(flow, p + used, len);
		}
		used += len;
	}
	return used;
}


/* Keeps the N bytes at P for the rest of their message. */
static void stream_keep(struct sip_flow *flow, const uint8_t *p, size_t n)
{
	const struct msg_limits *limits = sip_flow_limits(flow);
	struct sip_stream *s = flow->stream;

	s->rx = mbuf_alloc_size(
		n, limits->header_bytes + limits->body_bytes + PIECE);
	(void)mbuf_write_mem(s->rx, p, n);
}


static void stream_rest(struct sip_flow *flow)
{
	struct sip_stream *s = flow->stream;

	sip_stream_charge(flow, s->rx ? s->rx->size : 0);
	if (!s->rx)
		tmr_cancel(&s->tmr);
	else if (!tmr_isrunning(&s->tmr))
		tmr_start(flow->sip->config.tmrs, &s->tmr, PARTIAL_MS,
			partial_due, flow);
}


/* Adds N bytes at P to the begun message, and handles what is then whole. */
static void stream_add(struct sip_flow *flow, const uint8_t *p, size_t n)
{
	struct sip_stream *s = flow->stream;
	struct mbuf *rx = mem_ref(s->rx);

	(void)mbuf_write_mem(rx, p, n);
	rx->pos += stream_consume(flow, rx->buf + rx->pos, rx->end - rx->pos);
	if (rx->pos == rx->end)
		s->rx = mem_deref(s->rx);
	else if (rx->pos)
		mbuf_shift(rx);
	mem_deref(rx);
}


void sip_stream_recv(struct sip_flow *flow, const uint8_t *p, size_t n)
{
	struct sip_stream *s = flow->stream;
	size_t part;

	mem_ref(flow);
	while (n && !flow->ended) {
		part = n;
		if (!s->rx) {
			part = stream_consume(flow, p, n);
			if (!flow->ended && part < n) {
				stream_keep(flow, p + part, n - part);
				part = n;
			}
		} else {
			/* In pieces, so that its maximum holds them. */
			part = n < PIECE ? n : PIECE;
			stream_add(flow, p, part);
		}
		p += part;
		n -= part;
	}
	if (!flow->ended) {
		stream_rest(flow);
		make_room(flow->sip);
	}
	mem_deref(flow);
}
