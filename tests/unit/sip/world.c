/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include "world.h"


static void got_add(struct world *w, const void *p, size_t n,
	const struct sa *src, bool stream)
{
	struct world_got *got;
	const char *why;

	assert_true(w->ngot < WORLD_KEEP);
	got = &w->got[w->ngot++];
	got->text = mem_strndup(p, n);
	got->at = memnet_now(w->mn);
	got->stream = stream;
	if (src)
		got->src = *src;
	if (msg_decode(&got->msg, p, n, stream, NULL, &why))
		got->msg = mem_deref(got->msg);
}


static void peer_recv(const struct sa *src, const struct sa *dst,
	const uint8_t *p, size_t n, void *arg)
{
	(void)dst;
	got_add(arg, p, n, src, false);
}


static void peer_stream_recv(const struct sa *src, const struct sa *dst,
	const uint8_t *p, size_t n, void *arg)
{
	struct world *w = arg;
	size_t scanned, len;
	const char *why;
	enum msg_frame frame;

	(void)src;
	(void)dst;
	(void)mbuf_write_mem(w->peer_rx, p, n);
	while (w->peer_rx->pos < w->peer_rx->end) {
		struct pl left = mbuf_left(w->peer_rx);

		scanned = 0;
		frame = msg_frame(left.p, left.l, &msg_limits_default, &scanned,
			&len, &why);
		if (frame == MSG_FRAME_MORE)
			return;
		assert_int_not_equal(frame, MSG_FRAME_BAD);
		got_add(w, left.p, len, NULL, true);
		w->peer_rx->pos += len;
	}
}


static void peer_up(void *arg)
{
	((struct world *)arg)->peer_up = true;
}


static void peer_down(const struct stream_end *end, void *arg)
{
	struct world *w = arg;

	(void)end;
	w->peer_up = false;
	w->peer_down = true;
	w->peer_conn = mem_deref(w->peer_conn);
}


static const struct sip_net_handlers peer_handlers = {
	.recv = peer_stream_recv,
	.up = peer_up,
	.down = peer_down,
};


void world_accept_h(void *conn, const struct sa *peer, void *arg)
{
	struct world *w = arg;

	(void)peer;
	mem_deref(w->peer_conn);
	w->peer_conn = conn;
	w->peer_up = true;
	w->peer_down = false;
	memnet_net(w->there)->set_handlers(conn, &peer_handlers, w);
}


static void cancelled(void *arg)
{
	struct world *w = arg;

	w->cancels++;
	if (w->cancel_answer)
		(void)sip_strans_answer(w->st, w->cancel_answer, NULL);
}


bool world_request_h(struct sip_strans *st, const struct msg *req,
	struct sip_flow *flow, void *arg)
{
	struct world *w = arg;

	if (!st) {
		w->acks++;
		return true;
	}
	assert_ptr_equal(sip_strans_msg(st), req);
	w->requests++;
	mem_deref(w->flow);
	w->flow = mem_ref(flow);
	if (w->refuse)
		return false;
	if (w->drop)
		return true;
	if (w->answer) {
		assert_int_equal(sip_strans_answer(st, w->answer, NULL), 0);
		return true;
	}
	mem_deref(w->st);
	w->st = mem_ref(st);
	sip_strans_on_cancel(st, cancelled, w);
	return true;
}


void world_start(struct world *w, const struct sip_config *config)
{
	struct sip_config c = {0};
	struct sip_agent_config agent = {.aor = "sip:alice@example.org"};
	struct sip_net_handlers h = {.recv = peer_recv};
	const struct sip_net *net;
	struct sa sa;

	memset(w, 0, sizeof(*w));
	if (config)
		c = *config;
	assert_int_equal(memnet_alloc(&w->mn, 1), 0);
	w->here = memnet_host(w->mn, "192.0.2.1");
	w->there = memnet_host(w->mn, "192.0.2.2");
	w->peer_rx = mbuf_alloc(8 << 20);
	c.tmrs = memnet_tmrs(w->mn);
	c.rand = memnet_rand(w->mn);
	c.net = memnet_net(w->here);
	assert_int_equal(sip_alloc(&w->sip, &c), 0);
	assert_int_equal(sa_set_str(&sa, "192.0.2.1", 5060), 0);
	assert_int_equal(sip_listen(&w->udp, w->sip, SIP_UDP, &sa, NULL), 0);
	assert_int_equal(sip_listen(&w->tcp, w->sip, SIP_TCP, &sa, NULL), 0);
	assert_int_equal(
		sip_listener_add(&w->listener, w->sip, world_request_h, w), 0);
	assert_int_equal(sip_agent_alloc(&w->agent, w->sip, &agent), 0);
	sip_agent_add_port(w->agent, w->udp);
	net = memnet_net(w->there);
	assert_int_equal(sa_set_str(&sa, "192.0.2.2", 5060), 0);
	assert_int_equal(net->udp_open(&w->peer_udp, net->ctx, &sa, &h, w), 0);
	assert_int_equal(net->listen(&w->peer_listener, net->ctx, &sa, NULL,
				 world_accept_h, w),
		0);
}


void world_forget(struct world *w, size_t from)
{
	while (w->ngot > from) {
		struct world_got *got = &w->got[--w->ngot];

		mem_deref(got->msg);
		mem_deref(got->text);
	}
}


void world_stop(struct world *w)
{
	mem_deref(w->st);
	mem_deref(w->flow);
	mem_deref(w->listener);
	mem_deref(w->agent);
	mem_deref(w->udp);
	mem_deref(w->tcp);
	mem_deref(w->sip);
	mem_deref(w->peer_udp);
	mem_deref(w->peer_listener);
	mem_deref(w->peer_conn);
	mem_deref(w->peer_rx);
	world_forget(w, 0);
	mem_deref(w->mn);
}


void world_run(struct world *w, uint64_t ms)
{
	memnet_run(w->mn, ms);
}


static struct mbuf *crlf_text(const char *text)
{
	struct mbuf *mb = mbuf_alloc(1 << 20);

	for (; *text; text++) {
		if (*text == '\n')
			(void)mbuf_write_u8(mb, '\r');
		(void)mbuf_write_u8(mb, (uint8_t)*text);
	}
	assert_int_equal(mbuf_err(mb), 0);
	return mb;
}


void world_send(struct world *w, const char *text)
{
	const struct sip_net *net = memnet_net(w->there);
	struct mbuf *mb = crlf_text(text);
	struct sa dst;

	assert_int_equal(sa_set_str(&dst, "192.0.2.1", 5060), 0);
	assert_int_equal(
		net->udp_send(w->peer_udp, NULL, &dst, mb->buf, mb->end), 0);
	mem_deref(mb);
	memnet_run(w->mn, 1);
}


void world_connect(struct world *w, uint16_t port, struct tls *tls)
{
	static const struct tls_peer anybody = {0};
	const struct sip_net *net = memnet_net(w->there);
	struct sa dst;

	assert_int_equal(sa_set_str(&dst, "192.0.2.1", port), 0);
	w->peer_down = false;
	assert_int_equal(net->connect(&w->peer_conn, net->ctx, &dst, tls,
				 tls ? &anybody : NULL, &peer_handlers, w),
		0);
	memnet_run(w->mn, 1);
	assert_true(w->peer_up);
}


void world_stream_bytes(struct world *w, const void *p, size_t n)
{
	const struct sip_net *net = memnet_net(w->there);

	if (!w->peer_conn)
		world_connect(w, 5060, NULL);
	assert_int_equal(net->send(w->peer_conn, p, n), 0);
	memnet_run(w->mn, 1);
}


void world_stream(struct world *w, const char *text)
{
	struct mbuf *mb = crlf_text(text);

	world_stream_bytes(w, mb->buf, mb->end);
	mem_deref(mb);
}


const struct msg *world_got(const struct world *w, size_t i)
{
	assert_true(i < w->ngot);
	assert_non_null(w->got[i].msg);
	return w->got[i].msg;
}


const struct msg *world_last(const struct world *w)
{
	assert_true(w->ngot > 0);
	return world_got(w, w->ngot - 1);
}


uint16_t world_status(const struct world *w)
{
	unsigned status = 0;

	/* An answer to what is no message need not be one itself. */
	if (w->ngot &&
		sscanf(w->got[w->ngot - 1].text, "SIP/2.0 %3u ", &status) != 1)
		status = 0;
	return (uint16_t)status;
}


static bool is_of(const struct world_got *got, const char *method)
{
	if (!got->msg || got->msg->request != (method != NULL))
		return false;
	return !method || pl_streq(&got->msg->method_text, method);
}


size_t world_count(const struct world *w, const char *method)
{
	size_t i, n = 0;

	for (i = 0; i < w->ngot; i++)
		n += is_of(&w->got[i], method);
	return n;
}


char *world_times(const struct world *w, const char *method)
{
	struct mbuf *mb = mbuf_alloc(4096);
	uint64_t first = 0;
	size_t i;
	char *s;

	for (i = 0; i < w->ngot; i++) {
		if (!is_of(&w->got[i], method))
			continue;
		if (!mb->end)
			first = w->got[i].at;
		(void)mbuf_printf(mb, "%s%u", mb->end ? " " : "",
			(unsigned)(w->got[i].at - first));
	}
	s = mbuf_strdup(mb);
	mem_deref(mb);
	return s;
}


char *world_request(const char *method, const char *branch, uint32_t cseq,
	const char *lines)
{
	return mem_printf("%s sip:alice@192.0.2.1 SIP/2.0\n"
			  "Via: SIP/2.0/UDP 192.0.2.2:5060;branch=%s;rport\n"
			  "Max-Forwards: 70\n"
			  "From: <sip:bob@example.org>;tag=b1\n"
			  "To: <sip:alice@example.org>\n"
			  "Call-ID: call-1\n"
			  "CSeq: %u %s\n"
			  "%s"
			  "Content-Length: 0\n\n",
		method, branch, cseq, method, lines);
}


size_t world_strans(const struct world *w)
{
	struct sip_count n;

	sip_count(w->sip, &n);
	return n.strans;
}


size_t world_ctrans(const struct world *w)
{
	struct sip_count n;

	sip_count(w->sip, &n);
	return n.ctrans;
}


/* ---- client side ---- */

void world_flow_up_h(
	struct sip_flow *flow, const struct stream_end *failed, void *arg)
{
	struct world_user *u = arg;

	(void)flow;
	u->up++;
	u->up_err = failed ? failed->err : 0;
	assert_true(!failed || failed->why);
	u->wait = mem_deref(u->wait);
}


void world_flow(struct world_user *u, struct world *w, enum sip_tp tp)
{
	struct sip_target target = {.tp = tp};

	memset(u, 0, sizeof(*u));
	u->w = w;
	assert_int_equal(sa_set_str(&target.addr, "192.0.2.2", 5060), 0);
	assert_int_equal(sip_flow_get(&u->flow, &u->wait, w->agent, &target,
				 world_flow_up_h, u),
		0);
	assert_int_equal(u->up, 0);
	world_run(w, 1);
}


static void response_h(const struct msg *resp,
	const struct sip_ctrans_failure *failure, void *arg)
{
	struct world_user *u = arg;

	u->at = memnet_now(u->w->mn);
	if (!resp) {
		assert_non_null(failure->why);
		u->err = failure->err;
		u->lost = failure->lost;
		u->final++;
		return;
	}
	u->status = resp->status;
	if (resp->status < 200)
		u->provisional++;
	else
		u->final++;
}


void world_call(struct world_user *u, struct world *w, enum sip_tp tp,
	const char *method, const char *lines)
{
	struct pl m = pl_str(method);
	struct mbuf *mb = mbuf_alloc(65536);
	struct mbuf *rest;
	char *text;

	world_flow(u, w, tp);
	assert_int_equal(u->up, 1);
	assert_int_equal(u->up_err, 0);
	sip_new_branch(w->sip, u->branch);
	(void)mbuf_printf(mb, "%s sip:bob@192.0.2.2;x=y SIP/2.0\r\n", method);
	assert_int_equal(sip_flow_put_via(u->flow, mb, u->branch), 0);
	text = mem_printf("Max-Forwards: 70\n"
			  "From: \"A\" <sip:alice@example.org>;tag=a1\n"
			  "To: <sip:bob@example.org>\n"
			  "Call-ID: %s\n"
			  "CSeq: 7 %s\n"
			  "%sContent-Length: 0\n\n",
		u->branch, method, lines);
	rest = crlf_text(text);
	(void)mbuf_write_mem(mb, rest->buf, rest->end);
	assert_int_equal(
		sip_ctrans_start(&u->ct, w->sip, u->flow, msg_method_find(&m),
			&m, u->branch, mb, response_h, u),
		0);
	mem_deref(text);
	mem_deref(rest);
	mem_deref(mb);
	world_run(w, 1);
}


void world_user_stop(struct world_user *u)
{
	u->ct = mem_deref(u->ct);
	u->wait = mem_deref(u->wait);
	u->flow = mem_deref(u->flow);
}


void world_answer(struct world *w, size_t i, uint16_t status, const char *lines)
{
	const struct sip_net *net = memnet_net(w->there);
	struct pl tag = PL("peer"), none = PL_INIT, extra = pl_str(lines);
	struct msg_response r = {.status = status, .to_tag = &tag};
	struct mbuf *mb = mbuf_alloc(65536);

	(void)msg_put_response(mb, world_got(w, i), &r);
	(void)mbuf_write_pl(mb, &extra);
	(void)msg_put_body(mb, &none, &none);
	assert_int_equal(mbuf_err(mb), 0);
	if (w->got[i].stream)
		assert_int_equal(net->send(w->peer_conn, mb->buf, mb->end), 0);
	else
		assert_int_equal(net->udp_send(w->peer_udp, NULL,
					 &w->got[i].src, mb->buf, mb->end),
			0);
	mem_deref(mb);
	world_run(w, 1);
}
