/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a request without an answer tells of its arrival: surely not, or
 * perhaps (ME9, TR20). */
#include <errno.h>
#include "lab.h"

int test_maybe(void);


enum {
	REQUESTS = 5,
};

static const char *const ok[] = {"200"}, *const silent[] = {NULL};
static const char *const busy[] = {"503"};

static const struct lab_name names[] = {
	{.name = "_sip._udp.example.org",
		.priority = 1,
		.port = 5060,
		.target = "a.example.org"},
	{.name = "_sip._udp.example.org",
		.priority = 2,
		.port = 5060,
		.target = "b.example.org"},
	{.name = "a.example.org", .addr = "192.0.2.10"},
	{.name = "b.example.org", .addr = "192.0.2.11"},
	{0},
};

struct fixture {
	struct lab *lab;
	struct sip_agent *agent;
	struct memnet_host *host;
	struct sip_request *r[REQUESTS];
	struct lab_results results[REQUESTS];
};


static void open_all(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	f->lab = lab_new(5);
	f->lab->names = names;
	f->agent = lab_agent(f->lab, NULL);
	f->host = lab_host(f->lab, "192.0.2.10");
}


static void close_all(struct fixture *f)
{
	size_t i;

	for (i = 0; i < REQUESTS; i++) {
		mem_deref(f->r[i]);
		lab_results_clear(&f->results[i]);
	}
	mem_deref(f->agent);
	mem_deref(f->lab);
}


static void ask(struct fixture *f, size_t i, const char *target)
{
	f->r[i] = lab_send(f->lab, f->agent, "MESSAGE", target, &f->results[i]);
}


/* 1: perhaps, 0: surely not. */
static void assert_ended(struct fixture *f, size_t i, int err, int maybe)
{
	struct lab_result *last;

	assert_true(lab_wait_final(f->lab, &f->results[i], 40000));
	last = &f->results[i].all[f->results[i].n - 1];
	assert_int_equal(last->err ? -last->err : last->status, err);
	assert_int_equal(last->maybe, maybe);
}


static void refused(void **state)
{
	struct fixture f;

	(void)state;
	open_all(&f);
	ask(&f, 0, "sip:bob@192.0.2.10");
	assert_ended(&f, 0, -ECONNREFUSED, 0);
	ask(&f, 1, "sip:bob@192.0.2.10;transport=tcp");
	assert_ended(&f, 1, -ECONNREFUSED, 0);
	ask(&f, 2, "sip:bob@192.0.2.99;transport=tcp");
	assert_ended(&f, 2, -ETIMEDOUT, 0);
	ask(&f, 3, "sip:bob@192.0.2.99");
	assert_ended(&f, 3, -ETIMEDOUT, 1);
	close_all(&f);
}


/* ICMP quotes what it is about: each of many is known not to have arrived. */
static void refused_many(void **state)
{
	static const char *const targets[REQUESTS] = {"sip:a@192.0.2.10",
		"sip:b@192.0.2.10", "sip:c@192.0.2.10", "sip:d@192.0.2.10",
		"sip:e@192.0.2.10"};
	struct fixture f;
	size_t i;

	(void)state;
	open_all(&f);
	for (i = 0; i < REQUESTS; i++)
		ask(&f, i, targets[i]);
	for (i = 0; i < REQUESTS; i++)
		assert_ended(&f, i, -ECONNREFUSED, 0);
	close_all(&f);
}


/* The first copy may have arrived before ICMP answered the second. */
static void refused_copy(void **state)
{
	struct fixture f;

	(void)state;
	open_all(&f);
	memnet_cut(f.lab->host, f.host, true);
	ask(&f, 0, "sip:bob@192.0.2.10");
	memnet_run(f.lab->net, 100);
	memnet_cut(f.lab->host, f.host, false);
	assert_ended(&f, 0, -ECONNREFUSED, 1);
	close_all(&f);
}


/* What ICMP tells of one request holds for those after it, not for those
 * before it. */
static void refused_second(void **state)
{
	struct lab_peer *peer;
	struct fixture f;

	(void)state;
	open_all(&f);
	peer = lab_peer(f.lab, f.host, SIP_UDP, 5060, silent, 1);
	ask(&f, 0, "sip:a@192.0.2.10");
	memnet_run(f.lab->net, 100);
	assert_int_equal(peer->n, 1);
	peer->udp = mem_deref(peer->udp);
	ask(&f, 1, "sip:b@192.0.2.10");
	ask(&f, 2, "sip:c@192.0.2.10");
	assert_ended(&f, 0, -ECONNREFUSED, 1);
	assert_ended(&f, 1, -ECONNREFUSED, 0);
	assert_ended(&f, 2, -ECONNREFUSED, 0);
	close_all(&f);
}


static void broken_stream(void **state)
{
	struct lab_peer *peer;
	struct fixture f;

	(void)state;
	open_all(&f);
	peer = lab_peer(f.lab, f.host, SIP_TCP, 5060, silent, 1);
	ask(&f, 0, "sip:bob@192.0.2.10;transport=tcp");
	memnet_run(f.lab->net, 1000);
	assert_int_equal(peer->n, 1);
	memnet_reset(f.lab->host, f.host);
	assert_ended(&f, 0, -ECONNRESET, 1);
	close_all(&f);
}


/* The first server may have passed it on, whatever the second one says. */
static void second_server(void **state)
{
	static const struct {
		const char *const *script; /* NULL: nobody listens there */
		int err;
	} cases[] = {
		{NULL, -ECONNREFUSED},
		{busy, 503},
		{ok, 200},
	};
	struct memnet_host *second;
	struct fixture f;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		open_all(&f);
		(void)lab_peer(f.lab, f.host, SIP_UDP, 5060, silent, 1);
		second = lab_host(f.lab, "192.0.2.11");
		if (cases[i].script)
			(void)lab_peer(f.lab, second, SIP_UDP, 5060,
				cases[i].script, 1);
		ask(&f, 0, "sip:bob@example.org");
		assert_ended(&f, 0, cases[i].err, 1);
		close_all(&f);
	}
}


/* Nor is it perhaps where the first one sent it back. */
static void second_server_refused(void **state)
{
	struct fixture f;

	(void)state;
	open_all(&f);
	(void)lab_peer(f.lab, f.host, SIP_UDP, 5060, busy, 1);
	(void)lab_host(f.lab, "192.0.2.11");
	ask(&f, 0, "sip:bob@example.org");
	assert_ended(&f, 0, -ECONNREFUSED, 0);
	close_all(&f);
}


int test_maybe(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refused),
		cmocka_unit_test(refused_many),
		cmocka_unit_test(refused_copy),
		cmocka_unit_test(refused_second),
		cmocka_unit_test(broken_stream),
		cmocka_unit_test(second_server),
		cmocka_unit_test(second_server_refused),
	};

	return cmocka_run_group_tests_name("maybe", tests, NULL, NULL);
}
