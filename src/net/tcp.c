/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tcp.c - connections over libuv: connecting, listening, reading, a bounded
 * send queue, and the last words after the owner has gone. With TLS the
 * bytes pass a struct tls_conn on their way.
 *
 * A `struct stream` is what users hold. Its `struct conn` is libuv's handle,
 * which outlives it until what is queued has been sent.
 */
#include <errno.h>
#include <string.h>
#include "list.h"
#include "mem.h"
#include "net_int.h"
#include "stream.h"
#include "tls_int.h"


enum {
	QUEUE_MAX = 4 << 20,
	CONNECTIONS_MAX = 1000,
	BACKLOG = 128,
	LINGER_MS = 2000,
	HANDSHAKE_MS = 10000,
	CONNECT_MS = 30000,
};


enum state {
	CONNECTING,
	HANDSHAKE,
	UP,
	ENDED,
};


struct conn {
	uv_tcp_t tcp; /* first: the block is libuv's handle */
	uv_connect_t connect;
	uv_shutdown_t shutdown;
	struct loop *loop;
	struct stream *stream; /* NULL once it has let go of us */
	struct tmr linger;
	size_t queued; /* bytes */
};

/* Bytes that wait to be sent. */
struct out {
	uv_write_t req;
	struct conn *conn;
	size_t n;
	char data[];
};

/* How many connections of a listener are open; it may go before them. */
struct slots {
	size_t used;
};

struct stream {
	struct loop *loop;
	struct conn *conn; /* NULL once ended */
	enum state state;
	struct tls_conn *tls; /* NULL: plain */
	struct stream_handlers h;
	void *arg;
	struct sa local, peer;
	struct tmr limit; /* of connecting and the handshake */
	struct slots *slots;
	struct stream_listener *listener; /* until it is handed over */
	struct le le; /* there */
};

struct stream_listener {
	struct loop *loop;
	uv_tcp_t *tcp;
	struct tls *tls;
	stream_accept_h *accepth;
	void *arg;
	struct sa local;
	struct list pending; /* streams in their handshake */
	struct slots *slots;
};


static void conn_destructor(void *data)
{
	struct conn *c = data;

	tmr_cancel(&c->linger);
}


static void release_conn(struct stream *s);


static void stream_destructor(void *data)
{
	struct stream *s = data;

	release_conn(s);
	mem_deref(s->tls);
	tmr_cancel(&s->limit);
	list_unlink(&s->le);
}


static void stream_listener_destructor(void *data)
{
	struct stream_listener *l = data;

	net_handle_close(l->tcp);
	list_flush(&l->pending);
	mem_deref(l->tls);
	mem_deref(l->slots);
}


/* ---- the handle and its queue */

static int conn_alloc(struct conn **cp, struct loop *loop)
{
	struct conn *c = mem_zalloc(sizeof(*c), conn_destructor);
	int err = uv_tcp_init(loop_uv(loop), &c->tcp);

	if (err) {
		mem_deref(c);
		return -err;
	}
	c->loop = loop;
	*cp = c;
	return 0;
}


static void end(struct stream *s, int err, bool tls, const char *why);


static void end_errno(struct stream *s, int err)
{
	end(s, err, false, uv_strerror(-err));
}


static void on_written(uv_write_t *req, int status)
{
	struct out *out = req->data;
	struct conn *c = out->conn;
	struct stream *s = mem_ref(c->stream);

	c->queued -= out->n;
	mem_deref(out);
	if (!s)
		return;
	loop_awake(c->loop);
	if (status < 0)
		end_errno(s, -status);
	else if (!c->queued && s->state == UP)
		s->h.drained(s->arg);
	mem_deref(s);
}


/* What the kernel does not take at once is copied and queued. */
static int conn_send(struct conn *c, const char *p, size_t n)
{
	uv_stream_t *uv = (uv_stream_t *)&c->tcp;
	uv_buf_t buf = {(char *)(uintptr_t)p, n};
	struct out *out;
	int err;

	if (!c->queued) {
		int done = uv_try_write(uv, &buf, 1);

		/* An error comes once more, to on_written(). */
		if (done > 0) {
			p += done;
			n -= (size_t)done;
		}
	}
	if (!n)
		return 0;
	out = mem_alloc(sizeof(*out) + n, NULL);
	memcpy(out->data, p, n);
	out->conn = c;
	out->n = n;
	out->req.data = out;
	buf = uv_buf_init(out->data, (unsigned)n);
	err = uv_write(&out->req, uv, &buf, 1, on_written);
	if (err)
		mem_deref(out);
	else
		c->queued += n;
	return -err;
}


static void linger_handler(void *arg)
{
	net_handle_close(arg);
}


static void on_shutdown(uv_shutdown_t *req, int status)
{
	(void)status;
	net_handle_close(req->data);
}


/* Lets go of the connection, which sends what is queued and closes. */
static void conn_close(struct conn *c)
{
	uv_stream_t *uv = (uv_stream_t *)&c->tcp;

	c->stream = NULL;
	(void)uv_read_stop(uv);
	c->shutdown.data = c;
	if (!c->queued || uv_shutdown(&c->shutdown, uv, on_shutdown))
		net_handle_close(c);
	else
		tmr_start(loop_tmrs(c->loop), &c->linger, LINGER_MS,
			linger_handler, c);
}


/* ---- streams */

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


static struct stream *stream_alloc(
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
		l->accepth(s, &s->peer, l->arg);
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
	struct stream *s = mem_ref(c->stream);

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


/* The local address and the socket's options, and reading. */
static int open_conn(struct stream *s)
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


/* The TCP connection is there: now TLS, or up at once. */
static void begin(struct stream *s)
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
	struct stream *s = mem_ref(c->stream);
	int err;

	if (!s)
		return;
	loop_awake(s->loop);
	err = status ? -status : open_conn(s);
	if (err)
		end_errno(s, err);
	else
		begin(s);
	mem_deref(s);
}


int stream_connect(struct stream **sp, struct loop *loop, const struct sa *dst,
	struct tls *tls, const struct tls_peer *peer,
	const struct stream_handlers *h, void *arg)
{
	struct stream *s = stream_alloc(loop, h, arg);
	int err = conn_alloc(&s->conn, loop);

	s->peer = *dst;
	if (!err && tls)
		err = tls_conn_alloc(&s->tls, tls, peer);
	if (!err) {
		s->conn->stream = s;
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


/* ---- listening */

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
	int err = conn_alloc(&s->conn, l->loop);

	if (err)
		return err;
	s->conn->stream = s;
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
	return err ? err : open_conn(s);
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
	begin(s);
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
