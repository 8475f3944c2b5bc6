/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The messages of RFC 4475 as a stack meets them: what reaches the user, what
 * is answered below, what is dropped. */
#include "data.h"
#include "world.h"

int test_torture(void);


enum {
	UP = 1, /* reaches the listener */
	DROP = 2,
	S400 = 4,
	S501 = 8,
	S505 = 16,
};

static const struct {
	const char *name;
	int allowed;
} rows[] = {
	{"badaspec", UP | S400},
	{"badbranch", UP | S400},
	{"baddate", UP | S400},
	{"baddn", S400 | DROP},
	{"baddn-terminated", UP | S400},
	{"badinv01", S400},
	{"badvers", S505},
	{"bcast", DROP},
	{"bext01", UP},
	{"bigcode", DROP},
	{"clerr", S400},
	{"cparam01", UP},
	{"cparam02", UP},
	{"dblreq", UP},
	{"esc01", UP},
	{"esc02", UP},
	{"escnull", UP},
	{"escruri", UP | S400},
	{"insuf", S400 | DROP},
	{"intmeth", UP},
	{"inv2543", UP},
	{"invut", UP},
	{"longreq", UP},
	{"ltgtruri", S400},
	{"lwsdisp", UP},
	{"lwsruri", S400},
	{"lwsstart", UP | S400},
	{"mcl01", S400},
	{"mismatch01", S400},
	{"mismatch02", S400 | S501},
	{"mpart01", UP},
	{"multi01", S400},
	{"ncl", S400},
	{"noreason", DROP},
	{"novelsc", UP},
	{"quotbal", S400},
	{"regaut01", UP},
	{"regbadct", UP | S400},
	{"regescrt", UP},
	{"scalar02", S400},
	{"scalarlg", DROP},
	{"sdp01", UP},
	{"semiuri", UP},
	{"test", S400 | DROP},
	{"transports", UP},
	{"trws", UP | S400},
	{"unkscm", UP},
	{"unksm2", UP},
	{"unreason", DROP},
	{"wsinv", UP},
	{"zeromf", UP},
};


struct answers {
	unsigned n;
	unsigned status;
};


/* An answer may go anywhere: Via says where. */
static void tap(bool stream, const struct sa *src, const struct sa *dst,
	const void *p, size_t n, void *arg)
{
	struct answers *a = arg;
	char text[SA_TEXT_SIZE];
	char *s;

	(void)stream;
	(void)dst;
	if (strcmp(sa_addr_text(src, text), "192.0.2.1"))
		return;
	s = mem_strndup(p, n);
	a->n++;
	if (sscanf(s, "SIP/2.0 %3u ", &a->status) != 1)
		a->status = 0;
	mem_deref(s);
}


static int outcome(const struct world *w, const struct answers *a)
{
	if (w->requests)
		return w->requests == 1 && a->n == 1 && a->status == 200 ? UP
									 : 0;
	if (!a->n)
		return DROP;
	if (a->n != 1)
		return 0;
	return a->status == 400	   ? S400
		: a->status == 501 ? S501
		: a->status == 505 ? S505
				   : 0;
}


static void send_bytes(struct world *w, const struct pl *pl)
{
	const struct sip_net *net = memnet_net(w->there);
	struct sa dst;

	assert_int_equal(sa_set_str(&dst, "192.0.2.1", 5060), 0);
	assert_int_equal(
		net->udp_send(w->peer_udp, NULL, &dst, pl->p, pl->l), 0);
	world_run(w, 1);
}


/* Each as a datagram, then again: a copy never goes up twice. */
static void datagrams(void **state)
{
	struct world w;
	size_t i;

	(void)state;
	if (data_absent("rfc4475"))
		skip();
	for (i = 0; i < UNIT_N(rows); i++) {
		char *name = mem_printf("%s.dat", rows[i].name);
		struct mbuf *mb = data_read("rfc4475", name);
		struct answers a = {0};
		struct pl all;

		assert_non_null(mb);
		all = mbuf_all(mb);
		world_start(&w, NULL);
		w.answer = 200;
		memnet_set_tap(w.mn, tap, &a);
		send_bytes(&w, &all);
		if (!(outcome(&w, &a) & rows[i].allowed))
			fail_msg("%s: %u requests, %u answers, %u", name,
				w.requests, a.n, a.status);
		send_bytes(&w, &all);
		assert_true(w.requests <= 1);
		assert_int_equal(world_strans(&w), w.requests);
		world_stop(&w);
		mem_deref(mb);
		mem_deref(name);
	}
}


static const char alive[] = "OPTIONS sip:alice@192.0.2.1 SIP/2.0\n"
			    "Via: SIP/2.0/TCP 192.0.2.2;branch=z9hG4bKalive\n"
			    "From: <sip:bob@example.org>;tag=b1\n"
			    "To: <sip:alice@example.org>\nCall-ID: c\n"
			    "CSeq: 1 OPTIONS\nContent-Length: 0\n\n";


/* Each over a connection, one byte at a time; the stack serves the next. */
static void streams(void **state)
{
	const struct memnet_faults trickle = {.chunk = 1}, none = {0};
	struct world w;
	unsigned up = 0;
	size_t i;

	(void)state;
	if (data_absent("rfc4475"))
		skip();
	for (i = 0; i < UNIT_N(rows); i++) {
		char *name = mem_printf("%s.dat", rows[i].name);
		struct mbuf *mb = data_read("rfc4475", name);

		world_start(&w, NULL);
		w.answer = 200;
		memnet_set_faults(w.mn, &trickle);
		world_stream_bytes(&w, mb->buf, mb->end);
		up += w.requests;
		/* What is not whole is waited for, but not for ever. */
		world_run(&w, 61000);
		memnet_set_faults(w.mn, &none);
		w.requests = 0;
		world_stream(&w, alive);
		assert_int_equal(w.requests, 1);
		assert_int_equal(world_status(&w), 200);
		world_stop(&w);
		mem_deref(mb);
		mem_deref(name);
	}
	assert_true(up >= 20);
}


int test_torture(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(datagrams),
		cmocka_unit_test(streams),
	};

	return cmocka_run_group_tests_name("torture", tests, NULL, NULL);
}
