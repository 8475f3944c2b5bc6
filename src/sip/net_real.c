/* SPDX-License-Identifier: GPL-3.0-or-later */
/* net_real.c - the network of this machine as a struct sip_net. */
#include <errno.h>
#include "mem.h"
#include "sip.h"
#include "udp.h"


struct real_udp {
	struct udp *udp;
	struct sip_net_handlers handlers;
	void *arg;
};

struct real_conn {
	struct stream *stream;
	struct sip_net_handlers handlers;
	void *arg;
};

struct real_listener {
	struct stream_listener *listener;
	sip_net_accept_h *accepth;
	void *arg;
};

/* What net->local() is asked about: udp ends, listeners, connections. */
struct real_end {
	enum { END_UDP, END_CONN, END_LISTENER } kind;
	union {
		struct real_udp udp;
		struct real_conn conn;
		struct real_listener listener;
	} u;
};


static void end_destructor(void *data)
{
	struct real_end *end = data;

	switch (end->kind) {
	case END_UDP:
		mem_deref(end->u.udp.udp);
		break;
	case END_CONN:
		mem_deref(end->u.conn.stream);
		break;
	case END_LISTENER:
		mem_deref(end->u.listener.listener);
		break;
	}
}


static struct real_end *end_new(int kind)
{
	struct real_end *end = mem_zalloc(sizeof(*end), end_destructor);

	end->kind = kind;
	return end;
}


static void udp_arrived(const struct sa *src, const struct sa *dst,
	const uint8_t *p, size_t n, void *arg)
{
	struct real_end *end = mem_ref(arg);
	struct real_udp *udp = &end->u.udp;

	udp->handlers.recv(src, dst, p, n, udp->arg);
	mem_deref(end);
}


static void udp_failed(const struct sa *peer, int err, const uint8_t *p,
	size_t n, void *arg)
{
	struct real_end *end = mem_ref(arg);
	struct real_udp *udp = &end->u.udp;

	if (udp->handlers.error)
		udp->handlers.error(peer, err, p, n, udp->arg);
	mem_deref(end);
}


static int real_udp_open(void **endp, void *ctx, const struct sa *local,
	const struct sip_net_handlers *h, void *arg)
{
	struct real_end *end = end_new(END_UDP);
	int err;

	end->u.udp.handlers = *h;
	end->u.udp.arg = arg;
	err = udp_open(
		&end->u.udp.udp, ctx, local, udp_arrived, udp_failed, end);
	if (err) {
		mem_deref(end);
		return err;
	}
	*endp = end;
	return 0;
}


static int real_udp_send(void *end, const struct sa *src, const struct sa *dst,
	const void *p, size_t n)
{
	struct real_end *e = end;

	return udp_send(e->u.udp.udp, src, dst, p, n);
}


static void conn_up(void *arg)
{
	struct real_end *end = mem_ref(arg);
	struct real_conn *conn = &end->u.conn;

	if (conn->handlers.up)
		conn->handlers.up(conn->arg);
	mem_deref(end);
}


static void conn_arrived(const uint8_t *p, size_t n, void *arg)
{
	struct real_end *end = mem_ref(arg);
	struct real_conn *conn = &end->u.conn;

	conn->handlers.recv(NULL, NULL, p, n, conn->arg);
	mem_deref(end);
}


static void conn_down(const struct stream_end *why, void *arg)
{
	struct real_end *end = mem_ref(arg);
	struct real_conn *conn = &end->u.conn;

	if (conn->handlers.down)
		conn->handlers.down(why, conn->arg);
	mem_deref(end);
}


static const struct stream_handlers stream_handlers = {
	.up = conn_up,
	.recv = conn_arrived,
	.down = conn_down,
};


static int real_connect(void **connp, void *ctx, const struct sa *dst,
	struct tls *tls, const struct tls_peer *tls_peer,
	const struct sip_net_handlers *h, void *arg)
{
	struct real_end *end = end_new(END_CONN);
	int err;

	end->u.conn.handlers = *h;
	end->u.conn.arg = arg;
	err = stream_connect(&end->u.conn.stream, ctx, dst, tls, tls_peer,
		&stream_handlers, end);
	if (err) {
		mem_deref(end);
		return err;
	}
	*connp = end;
	return 0;
}


static void listener_accepted(
	struct stream *s, const struct sa *peer, void *arg)
{
	struct real_listener *l = &((struct real_end *)arg)->u.listener;
	struct real_end *end = end_new(END_CONN);

	end->u.conn.stream = s;
	l->accepth(end, peer, l->arg);
}


static int real_listen(void **endp, void *ctx, const struct sa *local,
	struct tls *tls, sip_net_accept_h *accepth, void *arg)
{
	struct real_end *end = end_new(END_LISTENER);
	int err;

	end->u.listener.accepth = accepth;
	end->u.listener.arg = arg;
	err = stream_listen(&end->u.listener.listener, ctx, local, tls,
		listener_accepted, end);
	if (err) {
		mem_deref(end);
		return err;
	}
	*endp = end;
	return 0;
}


static void real_set_handlers(
	void *conn, const struct sip_net_handlers *h, void *arg)
{
	struct real_end *end = conn;

	end->u.conn.handlers = *h;
	end->u.conn.arg = arg;
	stream_set_handlers(end->u.conn.stream, &stream_handlers, end);
}


static int real_send(void *conn, const void *p, size_t n)
{
	struct real_end *end = conn;

	return stream_send(end->u.conn.stream, p, n);
}


static const struct sa *real_local(void *end)
{
	struct real_end *e = end;

	switch (e->kind) {
	case END_UDP:
		return udp_local(e->u.udp.udp);
	case END_CONN:
		return stream_local(e->u.conn.stream);
	default:
		return stream_listener_local(e->u.listener.listener);
	}
}


static const struct sa *real_peer(void *conn)
{
	struct real_end *end = conn;

	return stream_peer(end->u.conn.stream);
}


static bool real_peer_is(void *conn, const char *name)
{
	struct real_end *end = conn;

	return stream_peer_is(end->u.conn.stream, name);
}


static int real_local_for(void *ctx, struct sa *local, const struct sa *dst)
{
	(void)ctx;
	return sa_local_for(local, dst);
}


struct sip_net *sip_net_real(struct loop *loop)
{
	struct sip_net *net = mem_alloc(sizeof(*net), NULL);

	*net = (struct sip_net){
		.udp_open = real_udp_open,
		.udp_send = real_udp_send,
		.connect = real_connect,
		.listen = real_listen,
		.set_handlers = real_set_handlers,
		.send = real_send,
		.local = real_local,
		.peer = real_peer,
		.peer_is = real_peer_is,
		.local_for = real_local_for,
		.ctx = loop,
	};
	return net;
}
