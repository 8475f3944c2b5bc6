/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include "dns.h"
#include "mbuf.h"
#include "net_test.h"
#include "udp.h"

int test_dns(void);


/* What the name server on loopback has. */
struct zone_record {
	const char *name;
	uint16_t type;
	uint32_t ttl;
	struct pl data; /* as on the wire, without compression */
};

enum {
	NXDOMAIN = 3,
	SERVFAIL = 2,
	SILENT = 100, /* types of records that stand for behaviour */
	BROKEN = 101,
};

static const struct zone_record zone[] = {
	{"host.example.org", 1, 60, PL("\xc0\0\2\1")},
	{"host.example.org", 1, 60, PL("\xc0\0\2\2")},
	{"host.example.org", 28, 60,
		PL("\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1")},
	{"four.example.org", 1, 0, PL("\xc0\0\2\4")},
	{"half.example.org", 1, 60, PL("\xc0\0\2\5")},
	{"half.example.org", SILENT, 28, PL("")},
	{"silent.example.org", SILENT, 0, PL("")},
	{"broken.example.org", BROKEN, 0, PL("")},
	{"_sip._tcp.example.org", 33, 60,
		PL("\0\1\0\2\x13\xc4\3sip\7example\3org\0")},
	{"example.org", 35, 60,
		PL("\0\x32\0\x0a\1s\7SIP+D2T\0\4_sip\4_tcp\7example\3org\0")},
	{"empty.example.org", 16, 60, PL("\1x")},
};


struct fixture {
	struct net_test t;
	struct udp *server;
	struct dns *dns;
	struct dns_query *q[5];
	unsigned asked;
	unsigned answered, wanted;
	int err;
	size_t n;
	char text[400];
	bool free_inside;
};


/* The name of a question, lower case, with dots; its type. */
static void question(const uint8_t *p, size_t n, char name[256], uint16_t *type)
{
	size_t at = 12, len = 0;

	while (at < n && p[at] && at + p[at] + 1 < n) {
		size_t label = p[at++];

		if (len)
			name[len++] = '.';
		memcpy(name + len, p + at, label);
		len += label;
		at += label;
	}
	name[len] = '\0';
	*type = (uint16_t)(p[at + 1] << 8 | p[at + 2]);
}


static void put_u16(struct mbuf *mb, uint16_t v)
{
	(void)mbuf_write_u8(mb, (uint8_t)(v >> 8));
	(void)mbuf_write_u8(mb, (uint8_t)v);
}


static void put_record(struct mbuf *mb, const struct zone_record *r)
{
	put_u16(mb, 0xc00c);
	put_u16(mb, r->type);
	put_u16(mb, 1);
	put_u16(mb, (uint16_t)(r->ttl >> 16));
	put_u16(mb, (uint16_t)r->ttl);
	put_u16(mb, (uint16_t)r->data.l);
	(void)mbuf_write_pl(mb, &r->data);
}


/* Answers out of the zone. */
static void server_handler(const struct sa *src, const struct sa *dst,
	const uint8_t *p, size_t n, void *arg)
{
	struct fixture *f = arg;
	struct mbuf *mb = mbuf_alloc(2000);
	uint16_t type, count = 0, rcode = NXDOMAIN;
	char name[256];
	size_t i;

	++f->asked;
	question(p, n, name, &type);
	(void)mbuf_write_mem(mb, p, n);
	for (i = 0; i < UNIT_N(zone); i++) {
		const struct zone_record *r = &zone[i];

		if (strcmp(r->name, name))
			continue;
		rcode = r->type == BROKEN ? SERVFAIL : 0;
		if (r->type == SILENT && (!r->ttl || r->ttl == type)) {
			mem_deref(mb);
			return;
		}
		if (r->type != type)
			continue;
		put_record(mb, r);
		++count;
	}
	mb->buf[2] = 0x81;
	mb->buf[3] = (uint8_t)(0x80 | rcode);
	mb->buf[7] = (uint8_t)count;
	assert_int_equal(udp_send(f->server, dst, src, mb->buf, mb->end), 0);
	mem_deref(mb);
}


static int setup_at(void **state, const char *addr)
{
	struct fixture *f = calloc(1, sizeof(*f));
	char buf[SA_TEXT_SIZE];
	struct sa sa;

	net_test_init(&f->t);
	assert_int_equal(sa_set_str(&sa, addr, 0), 0);
	assert_int_equal(
		udp_open(&f->server, f->t.loop, &sa, server_handler, NULL, f),
		0);
	assert_int_equal(dns_alloc(&f->dns, f->t.loop, NULL,
				 sa_text(udp_local(f->server), buf)),
		0);
	*state = f;
	return 0;
}


static int setup(void **state)
{
	return setup_at(state, "127.0.0.1");
}


static int setup_ipv6(void **state)
{
	return setup_at(state, "::1");
}


static int teardown(void **state)
{
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < UNIT_N(f->q); i++)
		mem_deref(f->q[i]);
	mem_deref(f->dns);
	mem_deref(f->server);
	net_test_close(&f->t);
	free(f);
	return 0;
}


static void answered(struct fixture *f, int err, size_t n)
{
	f->err = err;
	f->n = n;
	if (f->free_inside) {
		f->q[0] = mem_deref(f->q[0]);
		f->dns = mem_deref(f->dns);
	}
	if (++f->answered >= f->wanted)
		loop_stop(f->t.loop, 0);
}


static void addr_handler(int err, const struct sa *addrs, size_t n, void *arg)
{
	struct fixture *f = arg;
	char buf[SA_TEXT_SIZE];
	size_t i;

	f->text[0] = '\0';
	for (i = 0; i < n; i++) {
		assert_int_equal(sa_port(&addrs[i]), 0);
		strcat(f->text, sa_addr_text(&addrs[i], buf));
		strcat(f->text, " ");
	}
	answered(f, err, n);
}


static void srv_handler(int err, const struct dns_srv *srv, size_t n, void *arg)
{
	struct fixture *f = arg;

	if (n)
		(void)snprintf(f->text, sizeof(f->text), "%u %u %u %s",
			srv->priority, srv->weight, srv->port, srv->target);
	answered(f, err, n);
}


static void naptr_handler(
	int err, const struct dns_naptr *naptr, size_t n, void *arg)
{
	struct fixture *f = arg;

	if (n)
		(void)snprintf(f->text, sizeof(f->text), "%u %u %s %s '%s' %s",
			naptr->order, naptr->preference, naptr->flags,
			naptr->service, naptr->regexp, naptr->replacement);
	answered(f, err, n);
}


static void ask_addr(struct fixture *f, const char *name)
{
	f->q[0] = mem_deref(f->q[0]);
	f->answered = 0;
	f->wanted = 1;
	assert_int_equal(dns_addr(&f->q[0], f->dns, name, addr_handler, f), 0);
	/* never from within the call */
	assert_int_equal(f->answered, 0);
	net_test_run(&f->t);
	assert_int_equal(f->answered, 1);
}


static void addresses(void **state)
{
	struct fixture *f = *state;

	ask_addr(f, "Host.Example.org.");
	assert_int_equal(f->err, 0);
	assert_string_equal(f->text, "2001:db8::1 192.0.2.1 192.0.2.2 ");
	assert_int_equal(f->asked, 2);
	/* from the cache */
	ask_addr(f, "host.example.org");
	assert_string_equal(f->text, "2001:db8::1 192.0.2.1 192.0.2.2 ");
	assert_int_equal(f->asked, 2);
	/* one family only, and not to be kept (the other's absence is) */
	ask_addr(f, "four.example.org");
	assert_string_equal(f->text, "192.0.2.4 ");
	assert_int_equal(f->asked, 4);
	ask_addr(f, "four.example.org");
	assert_string_equal(f->text, "192.0.2.4 ");
	assert_int_equal(f->asked, 5);
}


static void failures(void **state)
{
	struct fixture *f = *state;

	ask_addr(f, "none.example.org");
	assert_int_equal(f->err, ENOENT);
	assert_int_equal(f->asked, 2);
	ask_addr(f, "none.example.org");
	assert_int_equal(f->err, ENOENT);
	assert_int_equal(f->asked, 2);
	ask_addr(f, "empty.example.org");
	assert_int_equal(f->err, ENOENT);
	f->asked = 0;
	ask_addr(f, "broken.example.org");
	assert_int_equal(f->err, EAGAIN);
	assert_true(f->asked >= 2);
	/* that may pass and is not kept */
	f->asked = 0;
	ask_addr(f, "broken.example.org");
	assert_true(f->asked >= 2);
	/* nobody is asked */
	f->asked = 0;
	ask_addr(f, "no such name");
	assert_int_equal(f->err, ENOENT);
	ask_addr(f, "");
	assert_int_equal(f->err, ENOENT);
	assert_int_equal(f->asked, 0);
}


static void numeric(void **state)
{
	struct fixture *f = *state;

	ask_addr(f, "192.0.2.9");
	assert_string_equal(f->text, "192.0.2.9 ");
	ask_addr(f, "[2001:db8::9]");
	assert_string_equal(f->text, "2001:db8::9 ");
	assert_int_equal(f->asked, 0);
}


/* The answer of one family does not wait for ever for the other's. */
static void half(void **state)
{
	struct fixture *f = *state;

	ask_addr(f, "half.example.org");
	assert_int_equal(f->err, 0);
	assert_string_equal(f->text, "192.0.2.5 ");
}


static void services(void **state)
{
	struct fixture *f = *state;

	f->wanted = 1;
	assert_int_equal(dns_srv(&f->q[0], f->dns, "_sip._tcp.example.org",
				 srv_handler, f),
		0);
	net_test_run(&f->t);
	assert_int_equal(f->err, 0);
	assert_string_equal(f->text, "1 2 5060 sip.example.org");
	f->wanted = 2;
	assert_int_equal(
		dns_naptr(&f->q[1], f->dns, "example.org", naptr_handler, f),
		0);
	net_test_run(&f->t);
	assert_string_equal(
		f->text, "50 10 s SIP+D2T '' _sip._tcp.example.org");
	f->wanted = 3;
	assert_int_equal(dns_srv(&f->q[2], f->dns, "_sip._udp.example.org",
				 srv_handler, f),
		0);
	net_test_run(&f->t);
	assert_int_equal(f->err, ENOENT);
	assert_int_equal(f->n, 0);
}


/* Many who ask at once for the same share one question. */
static void shared(void **state)
{
	struct fixture *f = *state;
	size_t i;

	f->wanted = (unsigned)UNIT_N(f->q) - 1;
	for (i = 0; i < UNIT_N(f->q); i++)
		assert_int_equal(dns_addr(&f->q[i], f->dns, "host.example.org",
					 addr_handler, f),
			0);
	f->q[0] = mem_deref(f->q[0]); /* the one that asked is gone */
	net_test_run(&f->t);
	net_test_pause(&f->t, 2);
	assert_int_equal(f->answered, UNIT_N(f->q) - 1);
	assert_int_equal(f->asked, 2);
}


static void cancel(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(dns_addr(&f->q[0], f->dns, "silent.example.org",
				 addr_handler, f),
		0);
	net_test_pause(&f->t, 10);
	assert_int_equal(f->asked, 2);
	f->q[0] = mem_deref(f->q[0]);
	net_test_pause(&f->t, 2);
	assert_int_equal(f->answered, 0);
	/* one that is ready but not told yet */
	assert_int_equal(
		dns_addr(&f->q[0], f->dns, "192.0.2.1", addr_handler, f), 0);
	f->q[0] = mem_deref(f->q[0]);
	net_test_pause(&f->t, 2);
	assert_int_equal(f->answered, 0);
	/* the resolver goes while a question is open */
	assert_int_equal(
		dns_srv(&f->q[0], f->dns, "silent.example.org", srv_handler, f),
		0);
	f->dns = mem_deref(f->dns);
}


static void free_inside(void **state)
{
	struct fixture *f = *state;

	f->free_inside = true;
	ask_addr(f, "host.example.org");
	assert_null(f->dns);
	assert_int_equal(f->n, 3);
}


/* Nobody listens there: told at once, not after all timeouts. */
static void no_server(void **state)
{
	struct fixture *f = *state;
	uint64_t before = tmrs_now(loop_tmrs(f->t.loop));

	f->server = mem_deref(f->server);
	f->wanted = 1;
	assert_int_equal(dns_srv(&f->q[0], f->dns, "_sip._tcp.example.org",
				 srv_handler, f),
		0);
	net_test_run(&f->t);
	assert_int_equal(f->err, EAGAIN);
	assert_true(tmrs_now(loop_tmrs(f->t.loop)) - before < 1400);
}


static void hosts_file(void **state)
{
	struct fixture *f = *state;
	FILE *hosts = fopen("/etc/hosts", "r");
	bool known = false;
	char line[500];

	while (hosts && fgets(line, sizeof(line), hosts))
		known = known || (line[0] != '#' && strstr(line, "localhost"));
	if (hosts)
		fclose(hosts);
	if (!known) {
		print_message("/etc/hosts has no localhost: skipped\n");
		skip();
	}
	ask_addr(f, "localhost");
	assert_int_equal(f->err, 0);
	assert_int_equal(f->asked, 0);
	assert_true(strstr(f->text, "127.0.0.1") || strstr(f->text, "::1"));
}


static void bad_servers(void **state)
{
	static const char *const bad[] = {"", "example.org", "127.0.0.1:x",
		"127.0.0.1,", "127.0.0.1 127.0.0.2", "::1:53:"};
	struct fixture *f = *state;
	struct dns *dns = NULL;
	size_t i;

	for (i = 0; i < UNIT_N(bad); i++) {
		assert_int_equal(
			dns_alloc(&dns, f->t.loop, NULL, bad[i]), EINVAL);
		assert_null(dns);
	}
	assert_int_equal(dns_alloc(&dns, f->t.loop, NULL,
				 "127.0.0.1, [::1]:5353,192.0.2.1:53"),
		0);
	mem_deref(dns);
}


#define TEST(name_) cmocka_unit_test_setup_teardown(name_, setup, teardown)

int test_dns(void)
{
	const struct CMUnitTest tests[] = {
		TEST(addresses),
		cmocka_unit_test_setup_teardown(services, setup_ipv6, teardown),
		TEST(failures),
		TEST(numeric),
		TEST(half),
		TEST(services),
		TEST(shared),
		TEST(cancel),
		TEST(free_inside),
		TEST(no_server),
		TEST(hosts_file),
		TEST(bad_servers),
	};

	return cmocka_run_group_tests_name("dns", tests, NULL, NULL);
}
