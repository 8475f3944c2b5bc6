/* SPDX-License-Identifier: GPL-3.0-or-later */
/* world.c - user agents on a network in memory, and a scripted peer. */
#include <errno.h>
#include "world.h"


/* ---- names: there are none ---- */

struct query {
	struct tmr tmr;
	dns_srv_h *srvh;
	dns_addr_h *addrh;
	void *arg;
};


static void query_destructor(void *data)
{
	struct query *q = data;

	tmr_cancel(&q->tmr);
}


static void query_due(void *arg)
{
	struct query *q = mem_ref(arg);

	if (q->srvh)
		q->srvh(ENOENT, NULL, 0, q->arg);
	else
		q->addrh(ENOENT, NULL, 0, q->arg);
	mem_deref(q);
}


static void query_start(void **qp, struct world *w, dns_srv_h *srvh,
	dns_addr_h *addrh, void *arg)
{
	struct query *q = mem_zalloc(sizeof(*q), query_destructor);

	q->srvh = srvh;
	q->addrh = addrh;
	q->arg = arg;
	tmr_start(memnet_tmrs(w->mn), &q->tmr, 1, query_due, q);
	*qp = q;
}


static int no_srv(
	void **qp, void *ctx, const char *name, dns_srv_h *h, void *arg)
{
	(void)name;
	query_start(qp, ctx, h, NULL, arg);
	return 0;
}


static int no_addr(
	void **qp, void *ctx, const char *name, dns_addr_h *h, void *arg)
{
	(void)name;
	query_start(qp, ctx, NULL, h, arg);
	return 0;
}


void world_open(struct world *w, uint64_t seed)
{
	memset(w, 0, sizeof(*w));
	assert_int_equal(memnet_alloc(&w->mn, seed), 0);
	w->resolver =
		(struct sip_resolver){.srv = no_srv, .addr = no_addr, .ctx = w};
}


void world_close(struct world *w)
{
	mem_deref(w->mn);
}


void world_run(struct world *w, uint64_t ms)
{
	memnet_run(w->mn, ms);
}


/* ---- nodes ---- */

void node_log(struct node *n, const char *fmt, ...)
{
	size_t used = strlen(n->log);
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(n->log + used, sizeof(n->log) - used, fmt, ap);
	va_end(ap);
}


static void state_h(enum ua_state state, const struct ua_result *result,
	const char *why, int64_t retry_at, const char *address, void *arg)
{
	static const char *const words[] = {
		[UA_OFFLINE] = "offline",
		[UA_CONNECTING] = "connecting",
		[UA_ONLINE] = "online",
		[UA_FAILED] = "failed",
	};
	struct node *n = arg;

	n->last = result ? *result : (struct ua_result){0};
	(void)snprintf(n->why, sizeof(n->why), "%s", why ? why : "");
	(void)snprintf(
		n->address, sizeof(n->address), "%s", address ? address : "");
	n->retry_at = retry_at;
	node_log(n, "%s ", words[state]);
	if (n->drop_ua && !--n->drop_ua)
		n->ua = mem_deref(n->ua);
}


static void credentials_h(const char *realm, ua_credentials_answer_h *answer,
	void *ctx, void *arg)
{
	struct node *n = arg;

	node_log(n, "ask:%s ", realm);
	answer(n->user, n->password, ctx);
}


static void message_h(struct ua_request *r, void *arg)
{
	const struct msg *msg = ua_request_msg(r);
	struct node *n = arg;

	node_log(
		n, "%.*s:%.*s ", PL_ARG(&msg->method_text), PL_ARG(&msg->body));
	if (n->answer)
		assert_int_equal(ua_request_answer(r, n->answer, NULL), 0);
	else if (n->nkept < KEPT_MAX)
		n->kept[n->nkept++] = mem_ref(r);
}


static void invite_h(struct ua_session *s, const struct msg *req, void *arg)
{
	struct node *n = arg;

	(void)req;
	node_log(n, "invite:%s ", ua_session_peer(s));
	mem_deref(n->session);
	n->session = s;
	ua_session_set_handlers(s,
		&(struct ua_session_handlers){
			.ringing = node_session_h.ringing,
			.open = node_session_h.open,
			.request = node_session_h.request,
			.closed = node_session_h.closed,
			.arg = n,
		});
	if (n->auto_ring)
		ua_session_ring(s);
	if (n->auto_accept)
		ua_session_accept(s);
}


static void ringing_h(void *arg)
{
	node_log(arg, "ringing ");
}


static void open_h(void *arg)
{
	node_log(arg, "open ");
}


static void closed_h(bool by_peer, const struct ua_result *result,
	const char *why, void *arg)
{
	struct node *n = arg;

	node_log(n, "closed:%s", by_peer ? "them" : "us");
	if (result)
		node_log(n, ":%u", result->status);
	if (why)
		(void)snprintf(n->why, sizeof(n->why), "%s", why);
	node_log(n, " ");
}


const struct ua_session_handlers node_session_h = {
	.ringing = ringing_h,
	.open = open_h,
	.request = message_h,
	.closed = closed_h,
};


static void sub_state_h(enum ua_sub_state state, const char *why,
	uint16_t status, bool again, void *arg)
{
	static const char *const words[] = {
		[UA_SUB_TRYING] = "trying",
		[UA_SUB_PENDING] = "pending",
		[UA_SUB_ACTIVE] = "active",
		[UA_SUB_ENDED] = "ended",
	};
	struct node *n = arg;

	node_log(n, "%s", words[state]);
	if (status)
		node_log(n, ":%u", status);
	node_log(n, again ? "+ " : " ");
	if (why)
		(void)snprintf(n->why, sizeof(n->why), "%s", why);
	n->drop_sub = mem_deref(n->drop_sub);
}


static uint16_t notify_h(const struct msg *notify, bool first, void *arg)
{
	struct node *n = arg;

	node_log(n, "%sNOTIFY:%.*s ", first ? "first" : "",
		PL_ARG(&notify->body));
	n->drop_sub = mem_deref(n->drop_sub);
	return 0;
}


const struct ua_sub_handlers node_sub_h = {
	.state = sub_state_h,
	.notify = notify_h,
};


static enum ua_verdict authorize_h(const char *watcher, const struct pl *name,
	const char *source, void *arg)
{
	struct node *n = arg;

	(void)name;
	(void)source;
	node_log(n, "watcher:%s ", watcher);
	return n->verdict;
}


const struct ua_notifier_handlers node_notifier_h = {
	.authorize = authorize_h,
};


void node_result_h(const struct ua_result *result, void *arg)
{
	struct node *n = arg;

	node_log(n, "result:%u ", result->status);
	(void)snprintf(
		n->why, sizeof(n->why), "%s", result->why ? result->why : "");
}


void node_done_h(void *arg)
{
	node_log(arg, "done ");
}


struct pl body(const char *text)
{
	return pl_str(text);
}


static void stack_open(struct node *n)
{
	const struct ua_stack_config sc = {
		.tmrs = memnet_tmrs(n->world->mn),
		.rand = memnet_rand(n->world->mn),
		.net = memnet_net(n->host),
		.resolver = &n->world->resolver,
	};

	assert_int_equal(ua_stack_alloc(&n->stack, &sc), 0);
}


void node_open(struct node *n, struct world *w, const char *user,
	const char *addr, const char *server)
{
	memset(n, 0, sizeof(*n));
	n->world = w;
	n->host = memnet_host(w->mn, addr);
	n->answer = 200;
	n->verdict = UA_ACTIVE;
	stack_open(n);
	(void)snprintf(n->aor, sizeof(n->aor), "sip:%s@%s", user,
		server ? "example.org" : addr);
	n->config = (struct ua_config){
		.aor = n->aor,
		.transport = "auto",
		.long_messages = "auto",
		.do_register = server,
		.proxy = server,
		.accept = "text/plain, multipart/mixed",
		.session_accept = "text/plain, application/xml",
		.tls_verify = true,
	};
	if (!server)
		n->config.listen = mem_printf("%s:5060", addr);
	n->handlers = (struct ua_handlers){
		.state = state_h,
		.credentials = credentials_h,
		.message = message_h,
		.invite = invite_h,
		.arg = n,
	};
}


void node_start(struct node *n)
{
	char *why = NULL;

	assert_int_equal(
		ua_alloc(&n->ua, n->stack, &n->config, &n->handlers, &why), 0);
	assert_null(why);
	ua_start(n->ua);
}


void node_close(struct node *n)
{
	size_t i;

	for (i = 0; i < n->nkept; i++)
		mem_deref(n->kept[i]);
	mem_deref(n->session);
	mem_deref(n->ua);
	mem_deref(n->stack);
	if (!n->config.do_register)
		mem_deref((char *)(uintptr_t)n->config.listen);
}


/* ---- the scripted peer ---- */

static void server_take(struct server *s, const void *p, size_t n)
{
	const char *why;
	struct msg *msg = NULL;

	if (msg_decode(&msg, p, n, s->stream, NULL, &why)) {
		mem_deref(msg);
		return;
	}
	assert_true(s->n < SERVER_MAX);
	s->msgs[s->n++] = msg;
	if (msg->request && s->h)
		s->h(s, msg, s->arg);
}


static void server_recv_h(const struct sa *src, const struct sa *dst,
	const uint8_t *p, size_t n, void *arg)
{
	struct server *s = arg;

	(void)dst;
	s->peer = *src;
	s->stream = false;
	server_take(s, p, n);
}


static void server_error_h(
	const struct sa *peer, int err, const uint8_t *p, size_t n, void *arg)
{
	(void)peer;
	(void)err;
	(void)p;
	(void)n;
	(void)arg;
}


static void conn_recv_h(const struct sa *src, const struct sa *dst,
	const uint8_t *p, size_t n, void *arg)
{
	struct server *s = arg;
	const char *why;
	size_t scanned = 0, len = 0;
	enum msg_frame frame;
	struct pl left;

	(void)src;
	(void)dst;
	s->stream = true;
	(void)mbuf_write_mem(s->in, p, n);
	for (;;) {
		left = mbuf_left(s->in);
		frame = left.l
			? msg_frame(left.p, left.l, NULL, &scanned, &len, &why)
			: MSG_FRAME_MORE;
		if (frame == MSG_FRAME_MORE || frame == MSG_FRAME_BAD)
			break;
		if (frame == MSG_FRAME_MESSAGE)
			server_take(s, left.p, len);
		else if (frame == MSG_FRAME_PING && s->conn)
			(void)s->net->send(s->conn, "\r\n", 2);
		s->in->pos += len;
		scanned = 0;
	}
	mbuf_shift(s->in);
}


static void conn_up_h(void *arg)
{
	(void)arg;
}


static void conn_down_h(const struct stream_end *end, void *arg)
{
	struct server *s = arg;

	(void)end;
	s->conn = mem_deref(s->conn);
}


static void accept_h(void *conn, const struct sa *peer, void *arg)
{
	static const struct sip_net_handlers h = {
		.recv = conn_recv_h, .up = conn_up_h, .down = conn_down_h};
	struct server *s = arg;

	(void)peer;
	mem_deref(s->conn);
	s->conn = conn;
	mbuf_reset(s->in);
	s->in->pos = s->in->end = 0;
	s->net->set_handlers(conn, &h, s);
}


void server_open(struct server *s, struct world *w, const char *addr,
	server_h *h, void *arg)
{
	static const struct sip_net_handlers nh = {
		.recv = server_recv_h, .error = server_error_h};
	struct sa sa;
	void *tls;

	memset(s, 0, sizeof(*s));
	s->world = w;
	s->host = memnet_host(w->mn, addr);
	s->net = memnet_net(s->host);
	s->in = mbuf_alloc(1 << 20);
	s->h = h;
	s->arg = arg;
	assert_int_equal(sa_set_str(&sa, addr, 5060), 0);
	assert_int_equal(
		s->net->udp_open(&s->end, s->net->ctx, &sa, &nh, s), 0);
	assert_int_equal(s->net->listen(&s->listener, s->net->ctx, &sa, NULL,
				 accept_h, s),
		0);
	/* The network in memory never looks into a context. */
	tls = mem_alloc(1, NULL);
	sa_set_port(&sa, 5061);
	assert_int_equal(s->net->listen(&s->tls_listener, s->net->ctx, &sa, tls,
				 accept_h, s),
		0);
	mem_deref(tls);
}


void server_forget(struct server *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		mem_deref(s->msgs[i]);
	s->n = 0;
}


void server_close(struct server *s)
{
	server_forget(s);
	mem_deref(s->conn);
	mem_deref(s->listener);
	mem_deref(s->tls_listener);
	mem_deref(s->end);
	mem_deref(s->in);
}


static void server_out(struct server *s, const void *p, size_t n)
{
	if (s->stream && s->conn)
		(void)s->net->send(s->conn, p, n);
	else
		(void)s->net->udp_send(s->end, NULL, &s->peer, p, n);
}


void server_reply(struct server *s, const struct msg *req, uint16_t status,
	const char *tag, const char *headers, const char *text)
{
	struct mbuf *mb = mbuf_alloc(8 << 20);
	struct pl to_tag = pl_str(tag), none = PL_INIT;
	struct pl content = pl_str(text), type = PL("application/x-test");
	char addr[SA_TEXT_SIZE];
	const struct msg_response r = {
		.status = status,
		.to_tag = tag ? &to_tag : NULL,
		.received = s->stream ? NULL : sa_addr_text(&s->peer, addr),
		.rport = s->stream ? 0 : sa_port(&s->peer),
		.record_route = true,
	};

	if (s->type)
		type = pl_str(s->type);
	else if (text && text[0] == 'v')
		type = (struct pl)PL("application/sdp");
	(void)msg_put_response(mb, req, &r);
	if (headers)
		(void)mbuf_write_str(mb, headers);
	(void)msg_put_body(mb, text ? &type : &none, text ? &content : &none);
	assert_int_equal(mbuf_err(mb), 0);
	server_out(s, mb->buf, mb->end);
	mem_deref(mb);
}


void server_send(struct server *s, const char *addr, uint16_t port,
	const void *p, size_t n)
{
	assert_int_equal(sa_set_str(&s->peer, addr, port), 0);
	s->stream = false;
	server_out(s, p, n);
}


void server_printf(
	struct server *s, const char *addr, uint16_t port, const char *fmt, ...)
{
	struct mbuf *mb = mbuf_alloc(1 << 20);
	va_list ap;

	va_start(ap, fmt);
	(void)mbuf_vprintf(mb, fmt, ap);
	va_end(ap);
	server_send(s, addr, port, mb->buf, mb->end);
	mem_deref(mb);
}


void server_stream(struct server *s, const char *fmt, ...)
{
	struct mbuf *mb = mbuf_alloc(8 << 20);
	va_list ap;

	va_start(ap, fmt);
	(void)mbuf_vprintf(mb, fmt, ap);
	va_end(ap);
	s->stream = true;
	server_out(s, mb->buf, mb->end);
	mem_deref(mb);
}


const struct msg *server_last(const struct server *s, const char *method)
{
	size_t i;

	for (i = s->n; i > 0; i--) {
		const struct msg *msg = s->msgs[i - 1];

		if (pl_streq(&msg->method_text, method))
			return msg;
	}
	return NULL;
}


size_t server_count(const struct server *s, const char *method)
{
	size_t i, n = 0;

	for (i = 0; i < s->n; i++) {
		if (pl_streq(&s->msgs[i]->method_text, method))
			++n;
	}
	return n;
}


char *header(const struct msg *msg, const char *name)
{
	const struct msg_hdr *h = msg ? msg_hdr_named(msg, name) : NULL;

	return h ? pl_strdup(&h->value) : mem_strdup("");
}
