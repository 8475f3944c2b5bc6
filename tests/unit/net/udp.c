/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include "net_test.h"
#include "udp.h"

int test_udp(void);


struct fixture {
	struct net_test t;
	struct udp *a, *b;
	unsigned received, wanted;
	char last[64];
	size_t last_len;
	struct sa src, dst;
	unsigned errors;
	uint8_t quote[8]; /* of the datagram that the last was about */
	size_t quoted;
	struct sa error_peer;
	int error;
	bool free_at_once;
};


static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	net_test_init(&f->t);
	*state = f;
	return 0;
}


static int teardown(void **state)
{
	struct fixture *f = *state;

	mem_deref(f->a);
	mem_deref(f->b);
	net_test_close(&f->t);
	free(f);
	return 0;
}


static void recv_handler(const struct sa *src, const struct sa *dst,
	const uint8_t *p, size_t n, void *arg)
{
	struct fixture *f = arg;

	f->src = *src;
	f->dst = *dst;
	f->last_len = n;
	memcpy(f->last, p, n < sizeof(f->last) - 1 ? n : sizeof(f->last) - 1);
	++f->received;
	if (f->free_at_once)
		f->b = mem_deref(f->b);
	if (f->received == f->wanted)
		loop_stop(f->t.loop, 0);
}


static void error_handler(const struct sa *peer, int err, const uint8_t *p,
	size_t n, void *arg)
{
	struct fixture *f = arg;

	f->error_peer = *peer;
	f->error = err;
	f->quoted = n;
	memcpy(f->quote, p, n < sizeof(f->quote) ? n : sizeof(f->quote));
	++f->errors;
	if (f->free_at_once)
		f->a = mem_deref(f->a);
	loop_stop(f->t.loop, 0);
}


static struct udp *udp_at(struct fixture *f, const char *addr)
{
	struct udp *udp = NULL;
	struct sa local;

	assert_int_equal(sa_set_str(&local, addr, 0), 0);
	assert_int_equal(udp_open(&udp, f->t.loop, &local, recv_handler,
				 error_handler, f),
		0);
	return udp;
}


static struct sa loopback(const char *addr, const struct udp *udp)
{
	struct sa sa;

	assert_int_equal(sa_set_str(&sa, addr, sa_port(udp_local(udp))), 0);
	return sa;
}


/* Both ends on the wildcard address: the packet information tells where a
 * datagram came to, and the answer leaves from there. */
static void exchange(struct fixture *f, const char *any, const char *addr)
{
	struct sa to;
	char buf[SA_TEXT_SIZE];

	f->a = udp_at(f, any);
	f->b = udp_at(f, any);
	to = loopback(addr, f->b);
	f->wanted = 1;
	assert_int_not_equal(sa_port(udp_local(f->a)), 0);
	assert_int_equal(udp_send(f->a, NULL, &to, "hello", 5), 0);
	net_test_run(&f->t);
	assert_int_equal(f->last_len, 5);
	assert_memory_equal(f->last, "hello", 5);
	assert_int_equal(sa_port(&f->src), sa_port(udp_local(f->a)));
	assert_string_equal(sa_addr_text(&f->dst, buf), addr);
	assert_int_equal(sa_port(&f->dst), sa_port(udp_local(f->b)));

	f->wanted = 2;
	to = f->src;
	assert_int_equal(udp_send(f->b, &f->dst, &to, "back", 4), 0);
	net_test_run(&f->t);
	assert_memory_equal(f->last, "back", 4);
	assert_string_equal(sa_addr_text(&f->src, buf), addr);
	assert_int_equal(sa_port(&f->src), sa_port(udp_local(f->b)));
}


static void ipv4(void **state)
{
	exchange(*state, "0.0.0.0", "127.0.0.1");
}


static void ipv4_other_source(void **state)
{
	exchange(*state, "0.0.0.0", "127.0.0.9");
}


static void ipv6(void **state)
{
	exchange(*state, "::", "::1");
}


static void many(void **state)
{
	struct fixture *f = *state;
	struct sa to;
	unsigned i;

	f->a = udp_at(f, "127.0.0.1");
	f->b = udp_at(f, "127.0.0.1");
	to = loopback("127.0.0.1", f->b);
	f->wanted = 60;
	for (i = 0; i < f->wanted; i++)
		assert_int_equal(udp_send(f->a, NULL, &to, &i, sizeof(i)), 0);
	net_test_run(&f->t);
	assert_int_equal(f->received, 60);
	assert_memory_equal(f->last, &(unsigned){59}, sizeof(unsigned));
}


static void sizes(void **state)
{
	static char big[65507];
	struct fixture *f = *state;
	struct sa to;

	f->a = udp_at(f, "127.0.0.1");
	f->b = udp_at(f, "127.0.0.1");
	to = loopback("127.0.0.1", f->b);
	f->wanted = 1;
	assert_int_equal(udp_send(f->a, NULL, &to, big, sizeof(big)), 0);
	net_test_run(&f->t);
	assert_int_equal(f->last_len, sizeof(big));
	f->wanted = 2;
	assert_int_equal(udp_send(f->a, NULL, &to, "", 0), 0);
	net_test_run(&f->t);
	assert_int_equal(f->last_len, 0);
	assert_int_equal(
		udp_send(f->a, NULL, &to, big, sizeof(big) + 1), EMSGSIZE);
}


/* TR20: ICMP port unreachable is told to the error handler, and a send to
 * somebody else does not suffer from it. */
static void refused_at(struct fixture *f, const char *addr)
{
	struct sa dead, to;
	struct udp *closed;

	f->a = udp_at(f, addr);
	f->b = udp_at(f, addr);
	closed = udp_at(f, addr);
	dead = loopback(addr, closed);
	to = loopback(addr, f->b);
	mem_deref(closed);
	f->wanted = 100;
	assert_int_equal(udp_send(f->a, NULL, &dead, "x", 1), 0);
	assert_int_equal(udp_send(f->a, NULL, &to, "y", 1), 0);
	net_test_run(&f->t);
	assert_int_equal(f->error, ECONNREFUSED);
	assert_true(sa_eq(&f->error_peer, &dead));
	assert_int_equal(f->quoted, 1);
	assert_int_equal(f->quote[0], 'x');
	net_test_pause(&f->t, 5);
	assert_int_equal(f->errors, 1);
	assert_int_equal(f->received, 1);

	/* The socket is watched on. */
	f->wanted = 2;
	to = loopback(addr, f->a);
	assert_int_equal(udp_send(f->b, NULL, &to, "z", 1), 0);
	net_test_run(&f->t);
	assert_int_equal(f->last[0], 'z');
	assert_int_equal(udp_send(f->a, NULL, &dead, "x", 1), 0);
	net_test_run(&f->t);
	assert_int_equal(f->errors, 2);
}


static void refused_ipv4(void **state)
{
	refused_at(*state, "127.0.0.1");
}


static void refused_ipv6(void **state)
{
	refused_at(*state, "::1");
}


static void free_inside(void **state)
{
	struct fixture *f = *state;
	struct sa to, dead;

	f->a = udp_at(f, "127.0.0.1");
	f->b = udp_at(f, "127.0.0.1");
	to = dead = loopback("127.0.0.1", f->b);
	f->wanted = 1;
	f->free_at_once = true;
	assert_int_equal(udp_send(f->a, NULL, &to, "1", 1), 0);
	assert_int_equal(udp_send(f->a, NULL, &to, "2", 1), 0);
	net_test_run(&f->t);
	assert_null(f->b);
	assert_int_equal(f->received, 1);
	/* Now nobody is there; the sender goes in its error handler. */
	assert_int_equal(udp_send(f->a, NULL, &dead, "3", 1), 0);
	assert_int_equal(udp_send(f->a, NULL, &dead, "4", 1), 0);
	net_test_run(&f->t);
	assert_null(f->a);
	assert_int_equal(f->errors, 1);
}


static void wrong_family(void **state)
{
	struct fixture *f = *state;
	struct sa to, local = {0};
	struct udp *udp = NULL;

	f->a = udp_at(f, "127.0.0.1");
	assert_int_equal(sa_set_str(&to, "::1", 9), 0);
	assert_int_equal(udp_send(f->a, NULL, &to, "x", 1), EAFNOSUPPORT);
	assert_int_not_equal(
		udp_open(&udp, f->t.loop, &local, NULL, NULL, NULL), 0);
	assert_int_equal(
		udp_open(&udp, f->t.loop, udp_local(f->a), NULL, NULL, NULL),
		EADDRINUSE);
}


#define TEST(name_) cmocka_unit_test_setup_teardown(name_, setup, teardown)

int test_udp(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ipv4),
		TEST(ipv4_other_source),
		TEST(ipv6),
		TEST(many),
		TEST(sizes),
		TEST(refused_ipv4),
		TEST(refused_ipv6),
		TEST(free_inside),
		TEST(wrong_family),
	};

	return cmocka_run_group_tests_name("udp", tests, NULL, NULL);
}
