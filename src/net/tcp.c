/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tcp.c - connections: connecting, reading, the end. With TLS the bytes pass
 * a struct tls_conn on their way.
 */
#include <errno.h>
#include <string.h>
#include "list.h"
#include "mem.h"
#include "net_int.h"
#include "stream.h"
#include "tcp_int.h"
#include "tls_int.h"


enum {
	QUEUE_MAX = 4 << 20,
	HANDSHAKE_MS = 10000,
	CONNECT_MS = 30000,
};


static void release_conn(struct stream *s);


static void stream_destructor(void *data)
{
	struct stream *s = data;

	release_conn(s);
	mem_deref(s->tls);
	tmr_cancel(&s->limit);
	list_unlink(&s->le);
}


static void no_event(void *arg)
{
	(void)arg;
}


static void no_recv(const uint8_t *p, size_t n, void *arg)
{
	(void)p;
	(void)n;
	(void)arg;
}


static void no_down(const struct stream_end *e, void *arg)
{
	(void)e;
	(void)arg;
}


struct stream *stream_alloc(
	struct loop *loop, const struct stream_handlers *h, void *arg)
{
	static const struct stream_handlers none = {0};
	struct stream *s = mem_zalloc(sizeof(*s), stream_destructor);

	s->loop = loop;
	stream_set_handlers(s, h ? h : &none, arg);
	return s;
}


static void flush(struct stream *s)
{
	if (s->tls && s->conn) {
		const struct pl pl = tls_conn_output(s->tls);

		if (pl.l)
			(void)conn_send(s->conn, pl.p, pl.l);
		tls_conn_sent(s->tls);
	}
}


static void release_conn(struct stream *s)
{
	if (!s->conn)
		return;
	if (s->tls && s->state == UP)
		tls_conn_shutdown(s->tls);
	flush(s);
	conn_close(s->conn);
	s->conn = NULL;
	if (s->slots) {
		--s->slots->used;
		s->slots = mem_deref(s->slots);
	}
}


/* The caller holds a reference. */
static void end(struct stream *s, int err, bool tls, const char *why)
{
	struct stream_end e = {err, tls, why};

	if (s->state == ENDED)
		return;
	release_conn(s);
	s->state = ENDED;
	tmr_cancel(&s->limit);
	if (s->listener) {
		/* Nobody knows of it yet; the listener's reference goes. */
		s->listener = NULL;
		list_unlink(&s->le);
		mem_deref(s);
		return;
	}
	s->h.down(&e, s->arg);
}


/* True while the connection lives and somebody beside the caller, who holds
 * a reference, wants it. */
static bool is_alive(const struct stream *s)
{
	return s->state != ENDED && mem_nrefs(s) > 1;
}


static void go_up(struct stream *s)
{
	struct stream_listener *l = mem_ref(s->listener);

	s->state = UP;
	tmr_cancel(&s->limit);
	if (l) {
		s->listener = NULL;
		list_unlink(&s->le);
		stream_listener_give(l, s);
		mem_deref(l);
	} else {
		s->h.up(s->arg);
	}
}


/* Hands up what TLS has decrypted. */
static void pump_up(struct stream *s)
{
	char *buf = loop_scratch(s->loop);
	size_t n;
	int err;

	while (!(err = tls_conn_read(s->tls, buf, LOOP_SCRATCH_SIZE, &n))) {
		s->h.recv((const uint8_t *)buf, n, s->arg);
		if (!is_alive(s))
			return;
	}
	flush(s);
	if (err == ESHUTDOWN)
		end(s, 0, false, "closed by the peer");
	else if (err != EAGAIN)
		end(s, EPROTO, true, tls_conn_why(s->tls));
}


/* Takes TLS on after something arrived, or at the start. */
static void pump(struct stream *s)
{
	if (s->state == HANDSHAKE) {
		int err = tls_conn_handshake(s->tls);

		flush(s);
		if (err == EAGAIN)
			return;
		if (err) {
			end(s, EPROTO, true, tls_conn_why(s->tls));
			return;
		}
		go_up(s);
	}
	if (is_alive(s))
		pump_up(s);
}


static void end_errno(struct stream *s, int err)
{
	end(s, err, false, uv_strerror(-err));
}


void stream_written_handler(int err, void *arg)
{
	struct stream *s = mem_ref(arg);

	if (err)
		end_errno(s, err);
	else if (s->state == UP)
		s->h.drained(s->arg);
	mem_deref(s);
}


static void on_alloc(uv_handle_t *handle, size_t wish, uv_buf_t *buf)
{
	struct conn *c = (struct conn *)handle;

	(void)wish;
	*buf = uv_buf_init(loop_scratch(c->loop), LOOP_SCRATCH_SIZE);
}


static void on_end(struct stream *s, int err)
{
	if (err != UV_EOF)
		end_errno(s, -err);
	else if (s->state == HANDSHAKE)
		end(s, ECONNRESET, false,
			"closed by the peer in the TLS handshake");
	else
		end(s, 0, false, "closed by the peer");
}


static void on_read(uv_stream_t *uv, ssize_t n, const uv_buf_t *buf)
{
	struct conn *c = (struct conn *)uv;
	struct stream *s = mem_ref(c->arg);

	if (!s)
		return;
	loop_awake(s->loop);
	if (n < 0) {
		on_end(s, (int)n);
	} else if (n && s->tls) {
		(void)tls_conn_feed(s->tls, buf->base, (size_t)n);
		pump(s);
	} else if (n) {
		s->h.recv((const uint8_t *)buf->base, (size_t)n, s->arg);
	}
	mem_deref(s);
}


static void limit_handler(void *arg)
{
	struct stream *s = mem_ref(arg);

	end(s, ETIMEDOUT, false,
		s->state == CONNECTING ? "connecting took over 30 s"
				       : "the TLS handshake took over 10 s");
	mem_deref(s);
}


int stream_open_conn(struct stream *s)
{
	struct sockaddr_storage ss = {0};
	int len = sizeof(ss), err;

	err = uv_tcp_getsockname(&s->conn->tcp, (struct sockaddr *)&ss, &len);
	if (err)
		return -err;
	sa_set_sockaddr(&s->local, (struct sockaddr *)&ss, (socklen_t)len);
	(void)uv_tcp_nodelay(&s->conn->tcp, 1);
	return -uv_read_start((uv_stream_t *)&s->conn->tcp, on_alloc, on_read);
}


void stream_begin(struct stream *s)
{
	if (!s->tls) {
		go_up(s);
		return;
	}
	s->state = HANDSHAKE;
	tmr_start(
		loop_tmrs(s->loop), &s->limit, HANDSHAKE_MS, limit_handler, s);
	pump(s);
}


static void on_connect(uv_connect_t *req, int status)
{
	struct conn *c = req->data;
	struct stream *s = mem_ref(c->arg);
	int err;

	if (!s)
		return;
	loop_awake(s->loop);
	err = status ? -status : stream_open_conn(s);
	if (err)
		end_errno(s, err);
	else
		stream_begin(s);
	mem_deref(s);
}


int stream_connect(struct stream **sp, struct loop *loop, const struct sa *dst,
	struct tls *tls, const struct tls_peer *peer,
	const struct stream_handlers *h, void *arg)
{
	struct stream *s = stream_alloc(loop, h, arg);
	int err = conn_alloc(&s->conn, loop, stream_written_handler);

	s->peer = *dst;
	if (!err && tls)
		err = tls_conn_alloc(&s->tls, tls, peer);
	if (!err) {
		s->conn->arg = s;
		s->conn->connect.data = s->conn;
		err = -uv_tcp_connect(&s->conn->connect, &s->conn->tcp,
			&dst->u.sa, on_connect);
	}
	if (err) {
		mem_deref(s);
		return err;
	}
	tmr_start(loop_tmrs(loop), &s->limit, CONNECT_MS, limit_handler, s);
	*sp = s;
	return 0;
}


void stream_set_handlers(
	struct stream *s, const struct stream_handlers *h, void *arg)
{
	s->h.up = h->up ? h->up : no_event;
	s->h.recv = h->recv ? h->recv : no_recv;
	s->h.down = h->down ? h->down : no_down;
	s->h.drained = h->drained ? h->drained : no_event;
	s->arg = arg;
}


int stream_send(struct stream *s, const void *p, size_t n)
{
	int err;

	if (s->state != UP)
		return ENOTCONN;
	if (s->conn->queued > QUEUE_MAX)
		return ENOBUFS;
	if (n > INT32_MAX)
		return EMSGSIZE;
	if (!n)
		return 0;
	if (!s->tls)
		return conn_send(s->conn, p, n);
	err = tls_conn_write(s->tls, p, n);
	flush(s);
	return err;
}


const struct sa *stream_local(const struct stream *s)
{
	return &s->local;
}


const struct sa *stream_peer(const struct stream *s)
{
	return &s->peer;
}


bool stream_is_tls(const struct stream *s)
{
	return s->tls;
}


const char *stream_cipher(const struct stream *s)
{
	return s->tls ? tls_conn_cipher(s->tls) : "";
}


bool stream_peer_is(const struct stream *s, const char *name)
{
	return s->tls && s->state == UP && tls_conn_peer_is(s->tls, name);
}
