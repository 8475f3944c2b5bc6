/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tcp_int.h - the handle of a connection and its send queue, for tcp.c.
 *
 * A `struct stream` is what users hold; its `struct conn` outlives it until
 * what is queued has been sent.
 */
#ifndef SOTTO_TCP_INT_H
#define SOTTO_TCP_INT_H

#include "list.h"
#include "net_int.h"
#include "stream.h"

/* The queue is empty again (ERR 0), or sending failed. */
typedef void(conn_written_h)(int err, void *arg);

struct conn {
	uv_tcp_t tcp; /* first: the block is libuv's handle */
	uv_connect_t connect;
	uv_shutdown_t shutdown;
	struct loop *loop;
	conn_written_h *writtenh;
	void *arg; /* the stream; NULL once it has let go of us */
	struct tmr linger;
	size_t queued; /* bytes */
};

int conn_alloc(struct conn **cp, struct loop *loop, conn_written_h *writtenh);

/* Sends; what the kernel does not take at once is copied and queued. */
int conn_send(struct conn *c, const char *p, size_t n);

/* Lets go of the connection, which sends what is queued, for 2 s at most,
 * and closes. */
void conn_close(struct conn *c);

struct tls_conn;

enum stream_state {
	CONNECTING,
	HANDSHAKE,
	UP,
	ENDED,
};

/* How many connections of a listener are open; it may go before them. */
struct stream_slots {
	size_t used;
};

struct stream {
	struct loop *loop;
	struct conn *conn; /* NULL once ended */
	enum stream_state state;
	struct tls_conn *tls; /* NULL: plain */
	struct stream_handlers h;
	void *arg;
	struct sa local, peer;
	struct tmr limit; /* of connecting and the handshake */
	struct stream_slots *slots;
	struct stream_listener *listener; /* until it is handed over */
	struct le le; /* there */
};

struct stream *stream_alloc(
	struct loop *loop, const struct stream_handlers *h, void *arg);

/* What a stream's conn tells of writing. */
conn_written_h stream_written_handler;

/* The local address and the socket's options, and reading. Errno. */
int stream_open_conn(struct stream *s);

/* The TCP connection is there: now TLS, or up at once. The caller holds a
 * reference. */
void stream_begin(struct stream *s);

/* Hands a stream that is up over to the listener's user. */
void stream_listener_give(struct stream_listener *l, struct stream *s);

#endif
