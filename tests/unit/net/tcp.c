/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include "net_test.h"
#include "stream.h"

int test_tcp(void);


enum {
	MANY = 1000, /* connections of one listener */
};


enum what {
	NOTHING,
	ON_UP,
	ON_RECV,
	ON_DOWN,
	ON_ACCEPT,
	ON_LISTENER,
};


/* A client and a server that answers with what it got. */
struct fixture {
	struct net_test t;
	struct stream_listener *listener;
	struct stream *client, *server;
	enum what free_on, stop_on;
	bool echo;
	unsigned ups, downs, accepts, drains;
	size_t received, server_received;
	uint8_t last;
	struct stream_end end;
	char why[200];
	int raw, raw_conn; /* a listening socket without our code, and one
			      that it accepted */
	struct loop_fd *raw_watch;
	size_t raw_read, raw_wanted;
};


static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	net_test_init(&f->t);
	f->raw = f->raw_conn = -1;
	*state = f;
	return 0;
}


static int teardown(void **state)
{
	struct fixture *f = *state;

	mem_deref(f->client);
	mem_deref(f->server);
	mem_deref(f->listener);
	mem_deref(f->raw_watch);
	net_test_close(&f->t);
	if (f->raw >= 0)
		close(f->raw);
	if (f->raw_conn >= 0)
		close(f->raw_conn);
	free(f);
	return 0;
}


static void happened(struct fixture *f, enum what what)
{
	if (f->free_on == what)
		f->client = mem_deref(f->client);
	if (f->stop_on == what)
		loop_stop(f->t.loop, 0);
}


static void up_handler(void *arg)
{
	struct fixture *f = arg;

	++f->ups;
	happened(f, ON_UP);
}


static void recv_handler(const uint8_t *p, size_t n, void *arg)
{
	struct fixture *f = arg;

	f->received += n;
	f->last = p[n - 1];
	happened(f, ON_RECV);
}


static void down_handler(const struct stream_end *end, void *arg)
{
	struct fixture *f = arg;

	++f->downs;
	f->end = *end;
	(void)snprintf(f->why, sizeof(f->why), "%s", end->why);
	happened(f, ON_DOWN);
}


static void drained_handler(void *arg)
{
	struct fixture *f = arg;

	++f->drains;
}


static const struct stream_handlers client_handlers = {
	up_handler, recv_handler, down_handler, drained_handler};


static void server_recv_handler(const uint8_t *p, size_t n, void *arg)
{
	struct fixture *f = arg;

	f->server_received += n;
	if (f->echo)
		assert_int_equal(stream_send(f->server, p, n), 0);
}


static void server_down_handler(const struct stream_end *end, void *arg)
{
	struct fixture *f = arg;

	(void)end;
	f->server = mem_deref(f->server);
}


static const struct stream_handlers server_handlers = {
	NULL, server_recv_handler, server_down_handler, NULL};


static void accept_handler(struct stream *s, const struct sa *peer, void *arg)
{
	struct fixture *f = arg;

	++f->accepts;
	assert_true(sa_eq(peer, stream_peer(s)));
	if (f->free_on == ON_LISTENER)
		f->listener = mem_deref(f->listener);
	if (f->free_on == ON_ACCEPT) {
		mem_deref(s);
		return;
	}
	f->server = s;
	stream_set_handlers(s, &server_handlers, f);
}


static void listen_at(struct fixture *f, const char *addr)
{
	struct sa sa;

	assert_int_equal(sa_set_str(&sa, addr, 0), 0);
	assert_int_equal(stream_listen(&f->listener, f->t.loop, &sa, NULL,
				 accept_handler, f),
		0);
}


static void connect_to(struct fixture *f, const struct sa *dst)
{
	f->client = NULL;
	assert_int_equal(stream_connect(&f->client, f->t.loop, dst, NULL, NULL,
				 &client_handlers, f),
		0);
	assert_int_equal(f->ups, 0);
	assert_int_equal(stream_send(f->client, "x", 1), ENOTCONN);
}


static void run_until(struct fixture *f, enum what what)
{
	f->stop_on = what;
	net_test_run(&f->t);
	f->stop_on = NOTHING;
}


static void open_pair(struct fixture *f, const char *addr)
{
	listen_at(f, addr);
	connect_to(f, stream_listener_local(f->listener));
	run_until(f, ON_UP);
	net_test_pause(&f->t, 5);
	assert_non_null(f->server);
}


static void exchange(struct fixture *f, const char *addr)
{
	f->echo = true;
	open_pair(f, addr);
	assert_true(sa_eq(stream_local(f->client), stream_peer(f->server)));
	assert_true(sa_eq(stream_peer(f->client), stream_local(f->server)));
	assert_false(stream_is_tls(f->client));
	assert_string_equal(stream_cipher(f->client), "");
	assert_false(stream_peer_is(f->client, "example.org"));
	assert_int_equal(stream_send(f->client, "ping", 4), 0);
	run_until(f, ON_RECV);
	assert_int_equal(f->received, 4);
	assert_int_equal(f->last, 'g');
	f->server = mem_deref(f->server);
	run_until(f, ON_DOWN);
	assert_int_equal(f->end.err, 0);
	assert_false(f->end.tls);
	assert_string_equal(f->why, "closed by the peer");
	assert_int_equal(f->downs, 1);
	assert_int_equal(stream_send(f->client, "x", 1), ENOTCONN);
}


static void ipv4(void **state)
{
	exchange(*state, "127.0.0.1");
}


static void ipv6(void **state)
{
	exchange(*state, "::1");
}


static void refused(void **state)
{
	struct fixture *f = *state;
	struct sa dst, unset = {0};

	listen_at(f, "127.0.0.1");
	dst = *stream_listener_local(f->listener);
	f->listener = mem_deref(f->listener);
	net_test_pause(&f->t, 1);
	connect_to(f, &dst);
	run_until(f, ON_DOWN);
	assert_int_equal(f->end.err, ECONNREFUSED);
	assert_string_equal(f->why, "connection refused");
	assert_int_equal(f->ups, 0);
	f->client = mem_deref(f->client);
	assert_int_equal(stream_connect(&f->client, f->t.loop, &unset, NULL,
				 NULL, &client_handlers, f),
		EINVAL);
	assert_null(f->client);
}


static void listen_errors(void **state)
{
	struct fixture *f = *state;
	struct stream_listener *l = NULL;
	struct sa unset = {0};

	listen_at(f, "127.0.0.1");
	assert_int_equal(
		stream_listen(&l, f->t.loop, stream_listener_local(f->listener),
			NULL, accept_handler, f),
		EADDRINUSE);
	assert_int_equal(
		stream_listen(&l, f->t.loop, &unset, NULL, accept_handler, f),
		EINVAL);
	assert_null(l);
}


/* The client goes in its own handlers, or before anything happened. */
static void free_inside(void **state)
{
	static const enum what whats[] = {ON_UP, ON_RECV, ON_DOWN};
	struct fixture *f = *state;
	size_t i;

	f->echo = true;
	listen_at(f, "127.0.0.1");
	for (i = 0; i < UNIT_N(whats); i++) {
		f->ups = f->downs = 0;
		f->free_on = whats[i];
		connect_to(f, stream_listener_local(f->listener));
		run_until(f, ON_UP);
		net_test_pause(&f->t, 2);
		if (whats[i] == ON_RECV) {
			assert_int_equal(stream_send(f->client, "x", 1), 0);
			run_until(f, ON_RECV);
		}
		if (whats[i] == ON_DOWN) {
			f->server = mem_deref(f->server);
			run_until(f, ON_DOWN);
		}
		net_test_pause(&f->t, 5);
		assert_null(f->client);
		assert_null(f->server); /* it saw the end */
		assert_int_equal(f->downs, whats[i] == ON_DOWN);
	}
	f->free_on = NOTHING;
	f->ups = 0;
	connect_to(f, stream_listener_local(f->listener));
	f->client = mem_deref(f->client);
	net_test_pause(&f->t, 5);
	assert_int_equal(f->ups, 0);
}


static void refuse_accepted(void **state)
{
	struct fixture *f = *state;

	f->free_on = ON_ACCEPT;
	listen_at(f, "127.0.0.1");
	connect_to(f, stream_listener_local(f->listener));
	run_until(f, ON_DOWN);
	assert_int_equal(f->accepts, 1);
	assert_int_equal(f->end.err, 0);
}


static void listener_goes(void **state)
{
	struct fixture *f = *state;

	f->free_on = ON_LISTENER;
	f->echo = true;
	listen_at(f, "127.0.0.1");
	connect_to(f, stream_listener_local(f->listener));
	run_until(f, ON_UP);
	net_test_pause(&f->t, 5);
	assert_null(f->listener);
	/* What it accepted lives on. */
	assert_int_equal(stream_send(f->client, "x", 1), 0);
	run_until(f, ON_RECV);
}


static void raw_listen(struct fixture *f, struct sa *sa)
{
	socklen_t len;

	assert_int_equal(sa_set_str(sa, "127.0.0.1", 0), 0);
	f->raw = socket(AF_INET, SOCK_STREAM, 0);
	assert_true(f->raw >= 0);
	len = sa->len;
	assert_int_equal(bind(f->raw, &sa->u.sa, len), 0);
	assert_int_equal(listen(f->raw, 5), 0);
	assert_int_equal(getsockname(f->raw, &sa->u.sa, &len), 0);
}


static void raw_handler(int events, void *arg)
{
	struct fixture *f = arg;
	char buf[65536];
	ssize_t n = recv(f->raw_conn, buf, sizeof(buf), MSG_DONTWAIT);

	(void)events;
	if (n > 0)
		f->raw_read += (size_t)n;
	if (n == 0)
		f->raw_watch = mem_deref(f->raw_watch);
	if (n == 0 || f->raw_read == f->raw_wanted)
		loop_stop(f->t.loop, 0);
}


static void raw_accept(struct fixture *f)
{
	f->raw_conn = accept(f->raw, NULL, NULL);
	assert_true(f->raw_conn >= 0);
	assert_int_equal(loop_fd_alloc(&f->raw_watch, f->t.loop, f->raw_conn,
				 LOOP_READ, raw_handler, f),
		0);
}


/* A peer that does not read: the queue is bounded, and drains later. */
static void send_queue(void **state)
{
	static char chunk[65536];
	struct fixture *f = *state;
	size_t sent = 0;
	struct sa dst;
	int err;

	raw_listen(f, &dst);
	connect_to(f, &dst);
	run_until(f, ON_UP);
	while (!(err = stream_send(f->client, chunk, sizeof(chunk)))) {
		sent += sizeof(chunk);
		assert_true(sent < 64u << 20);
	}
	assert_int_equal(err, ENOBUFS);
	assert_true(sent >= 4u << 20);
	net_test_pause(&f->t, 2);
	assert_int_equal(f->drains, 0);
	raw_accept(f);
	f->raw_wanted = sent;
	net_test_run(&f->t);
	net_test_pause(&f->t, 5);
	assert_int_equal(f->drains, 1);
	assert_int_equal(stream_send(f->client, chunk, 1), 0);
}


/* What was queued when the stream was released still arrives. */
static void linger(void **state)
{
	const size_t n = 4u << 20;
	struct fixture *f = *state;
	char *big = calloc(1, n);
	struct sa dst;

	raw_listen(f, &dst);
	connect_to(f, &dst);
	run_until(f, ON_UP);
	assert_int_equal(stream_send(f->client, big, n), 0);
	assert_int_equal(stream_send(f->client, "x", 1), 0);
	f->client = mem_deref(f->client);
	raw_accept(f);
	net_test_run(&f->t); /* to its end */
	assert_int_equal(f->raw_read, n + 1);
	assert_null(f->raw_watch);
	free(big);
}


/* One that lingers does not keep the loop. */
static void linger_at_end(void **state)
{
	const size_t n = 16u << 20;
	struct fixture *f = *state;
	char *big = calloc(1, n);
	struct sa dst;

	raw_listen(f, &dst);
	connect_to(f, &dst);
	run_until(f, ON_UP);
	assert_int_equal(stream_send(f->client, big, n), 0);
	f->client = mem_deref(f->client);
	free(big);
}


static void reset(void **state)
{
	struct fixture *f = *state;
	struct linger now = {1, 0};
	struct sa dst;

	raw_listen(f, &dst);
	connect_to(f, &dst);
	run_until(f, ON_UP);
	f->raw_conn = accept(f->raw, NULL, NULL);
	assert_int_equal(setsockopt(f->raw_conn, SOL_SOCKET, SO_LINGER, &now,
				 sizeof(now)),
		0);
	close(f->raw_conn);
	f->raw_conn = -1;
	run_until(f, ON_DOWN);
	assert_int_equal(f->end.err, ECONNRESET);
	assert_int_equal(f->downs, 1);
}


static void bulk(void **state)
{
	const size_t n = 3000000;
	struct fixture *f = *state;
	char *big = malloc(n);
	unsigned turns = 0;

	memset(big, 'b', n);
	f->echo = true;
	open_pair(f, "127.0.0.1");
	assert_int_equal(stream_send(f->client, big, n), 0);
	while (f->received < n && turns++ < 10000)
		run_until(f, ON_RECV);
	assert_int_equal(f->received, n);
	assert_int_equal(f->server_received, n);
	assert_int_equal(stream_send(f->client, "", 0), 0);
	free(big);
}


struct many {
	struct stream *streams[MANY];
	size_t n;
};


static void many_handler(struct stream *s, const struct sa *peer, void *arg)
{
	struct many *m = arg;

	(void)peer;
	assert_true(m->n < MANY);
	m->streams[m->n++] = s;
}


static int raw_connect(const struct sa *dst)
{
	int fd = socket(sa_family(dst), SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, &dst->u.sa, sizeof(dst->u.in)), 0);
	return fd;
}


/* True if the other side closed FD. */
static bool is_closed(int fd)
{
	char c;

	return recv(fd, &c, 1, MSG_DONTWAIT) == 0 || errno == ECONNRESET;
}


/* A listener has 1,000 connections at once; one more is closed at once, and
 * there is room again when one has gone. */
static void bounded(void **state)
{
	struct fixture *f = *state;
	struct rlimit files;
	struct many m = {.n = 0};
	struct sa sa;
	int fds[MANY + 1], extra;
	size_t i;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
	if (files.rlim_cur < 3 * MANY && files.rlim_max >= 3 * MANY) {
		files.rlim_cur = 3 * MANY;
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &files), 0);
	}
	if (files.rlim_cur < 3 * MANY) {
		print_message("too few open files are allowed here\n");
		skip();
	}
	assert_int_equal(sa_set_str(&sa, "127.0.0.1", 0), 0);
	assert_int_equal(stream_listen(&f->listener, f->t.loop, &sa, NULL,
				 many_handler, &m),
		0);
	sa = *stream_listener_local(f->listener);
	for (i = 0; i < MANY; i++) {
		fds[i] = raw_connect(&sa);
		if (i % 50 == 49)
			net_test_pause(&f->t, 1);
	}
	for (i = 0; i < 1000 && m.n < MANY; i++)
		net_test_pause(&f->t, 1);
	assert_int_equal(m.n, MANY);
	extra = raw_connect(&sa);
	for (i = 0; i < 1000 && !is_closed(extra); i++)
		net_test_pause(&f->t, 1);
	assert_true(is_closed(extra));
	assert_int_equal(m.n, MANY);
	close(extra);
	m.streams[--m.n] = mem_deref(m.streams[MANY - 1]);
	net_test_pause(&f->t, 5);
	extra = raw_connect(&sa);
	for (i = 0; i < 1000 && m.n < MANY; i++)
		net_test_pause(&f->t, 1);
	assert_int_equal(m.n, MANY);
	assert_false(is_closed(extra));
	close(extra);
	for (i = 0; i < MANY; i++) {
		close(fds[i]);
		mem_deref(m.streams[i]);
	}
}


#define TEST(name_) cmocka_unit_test_setup_teardown(name_, setup, teardown)

int test_tcp(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ipv4),
		TEST(ipv6),
		TEST(refused),
		TEST(listen_errors),
		TEST(free_inside),
		TEST(refuse_accepted),
		TEST(listener_goes),
		TEST(send_queue),
		TEST(linger),
		TEST(linger_at_end),
		TEST(reset),
		TEST(bulk),
		TEST(bounded),
	};

	return cmocka_run_group_tests_name("tcp", tests, NULL, NULL);
}
