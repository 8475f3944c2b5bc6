/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tcp_listen.c - listening for connections, and their number. */
#include <errno.h>
#include "list.h"
#include "mem.h"
#include "tcp_int.h"
#include "tls_int.h"


enum {
	CONNECTIONS_MAX = 1000,
	BACKLOG = 128,
};


struct stream_listener {
	struct loop *loop;
	uv_tcp_t *tcp;
	struct tls *tls;
	stream_accept_h *accepth;
	void *arg;
	struct sa local;
	struct list pending; /* streams in their handshake */
	struct stream_slots *slots;
};


static void stream_listener_destructor(void *data)
{
	struct stream_listener *l = data;

	net_handle_close(l->tcp);
	list_flush(&l->pending);
	mem_deref(l->tls);
	mem_deref(l->slots);
}


static int read_peer(struct stream *s)
{
	struct sockaddr_storage ss = {0};
	int len = sizeof(ss);
	int err =
		uv_tcp_getpeername(&s->conn->tcp, (struct sockaddr *)&ss, &len);

	sa_set_sockaddr(&s->peer, (struct sockaddr *)&ss, (socklen_t)len);
	return -err;
}


/* Takes a connection off the kernel's queue, so that the kernel does not
 * tell of it again, even where it is to be refused. */
static int take(struct stream_listener *l, struct stream *s)
{
	int err = conn_alloc(&s->conn, l->loop, stream_written_handler);

	if (err)
		return err;
	s->conn->arg = s;
	err = -uv_accept((uv_stream_t *)l->tcp, (uv_stream_t *)&s->conn->tcp);
	if (err)
		return err;
	if (l->slots->used >= CONNECTIONS_MAX)
		return EMFILE;
	s->slots = mem_ref(l->slots);
	++s->slots->used;
	err = read_peer(s);
	if (!err && l->tls)
		err = tls_conn_alloc(&s->tls, l->tls, NULL);
	return err ? err : stream_open_conn(s);
}


static void on_connection(uv_stream_t *uv, int status)
{
	struct stream_listener *l = uv->data;
	struct stream *s;

	if (!l || status < 0)
		return;
	loop_awake(l->loop);
	s = stream_alloc(l->loop, NULL, NULL);
	if (take(l, s)) {
		mem_deref(s);
		return;
	}
	s->listener = l;
	list_append(&l->pending, &s->le, s);
	mem_ref(s);
	stream_begin(s);
	mem_deref(s);
}


static int start_listening(struct stream_listener *l, const struct sa *local)
{
	struct sockaddr_storage ss = {0};
	int len = sizeof(ss);
	int err = uv_tcp_bind(l->tcp, &local->u.sa,
		sa_family(local) == AF_INET6 ? UV_TCP_IPV6ONLY : 0);

	err = err ? err
		  : uv_listen((uv_stream_t *)l->tcp, BACKLOG, on_connection);
	err = err ? err
		  : uv_tcp_getsockname(l->tcp, (struct sockaddr *)&ss, &len);
	if (!err)
		sa_set_sockaddr(
			&l->local, (struct sockaddr *)&ss, (socklen_t)len);
	return -err;
}


void stream_listener_give(struct stream_listener *l, struct stream *s)
{
	l->accepth(s, &s->peer, l->arg);
}


int stream_listen(struct stream_listener **lp, struct loop *loop,
	const struct sa *local, struct tls *tls, stream_accept_h *accepth,
	void *arg)
{
	struct stream_listener *l;
	uv_tcp_t *tcp;
	int err;

	if (!sa_isset(local) || (tls && !tls_is_server(tls)))
		return EINVAL;
	tcp = mem_zalloc(sizeof(*tcp), NULL);
	err = uv_tcp_init(loop_uv(loop), tcp);
	if (err) {
		mem_deref(tcp);
		return -err;
	}
	l = mem_zalloc(sizeof(*l), stream_listener_destructor);
	l->loop = loop;
	l->tcp = tcp;
	l->tcp->data = l;
	l->tls = mem_ref(tls);
	l->accepth = accepth;
	l->arg = arg;
	l->slots = mem_zalloc(sizeof(*l->slots), NULL);
	err = start_listening(l, local);
	if (err)
		mem_deref(l);
	else
		*lp = l;
	return err;
}


const struct sa *stream_listener_local(const struct stream_listener *l)
{
	return &l->local;
}
