/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tcp_conn.c - the handle of a connection, its send queue and its last
 * words. */
#include <string.h>
#include "mem.h"
#include "tcp_int.h"


enum {
	LINGER_MS = 2000,
};


/* Bytes that wait to be sent. */
struct out {
	uv_write_t req;
	struct conn *conn;
	size_t n;
	char data[];
};


static void conn_destructor(void *data)
{
	struct conn *c = data;

	tmr_cancel(&c->linger);
}


int conn_alloc(struct conn **cp, struct loop *loop, conn_written_h *writtenh)
{
	struct conn *c = mem_zalloc(sizeof(*c), conn_destructor);
	int err = uv_tcp_init(loop_uv(loop), &c->tcp);

	if (err) {
		mem_deref(c);
		return -err;
	}
	c->loop = loop;
	c->writtenh = writtenh;
	*cp = c;
	return 0;
}


static void on_written(uv_write_t *req, int status)
{
	struct out *out = req->data;
	struct conn *c = out->conn;

	c->queued -= out->n;
	mem_deref(out);
	if (!c->arg || (!status && c->queued))
		return;
	loop_awake(c->loop);
	c->writtenh(-status, c->arg);
}


int conn_send(struct conn *c, const char *p, size_t n)
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


void conn_close(struct conn *c)
{
	uv_stream_t *uv = (uv_stream_t *)&c->tcp;

	c->arg = NULL;
	(void)uv_read_stop(uv);
	c->shutdown.data = c;
	if (!c->queued || uv_shutdown(&c->shutdown, uv, on_shutdown))
		net_handle_close(c);
	else
		tmr_start(loop_tmrs(c->loop), &c->linger, LINGER_MS,
			linger_handler, c);
}
