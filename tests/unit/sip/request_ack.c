/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * INVITE: provisionals, forks, ACK to 2xx, CANCEL (TR10, TR13, TR14, DG9,
 * DI1, DI7).
 *
 *   us                       peer at 192.0.2.2
 *   |--- INVITE ------------->|
 *   |<-- 180, 200 ------------|
 *   |--- ACK, own branch ---->|
 *   |<-- 200 again -----------|   the ACK was lost
 *   |--- the same ACK ------->|
 */
#include <errno.h>
#include "lab.h"

int test_request_ack(void);


struct fixture {
	struct lab *lab;
	struct sip_agent *agent;
	struct lab_peer *peer;
	struct lab_results results;
	struct sip_dialog *dialog;
	struct sip_request *r;
};


/* Takes every 2xx with an ACK. */
static void accept_h(const struct sip_result *result, void *arg)
{
	struct fixture *f = arg;
	struct sip_dialog *d;

	if (!result->msg || result->status < 200 || result->status > 299)
		return;
	assert_int_equal(sip_dialog_fork(&d, f->dialog, result->msg), 0);
	assert_int_equal(sip_request_ack(f->r, d, result->msg), 0);
	mem_deref(d);
}


static void fixture_set(struct fixture *f, const char *const *script, size_t n)
{
	const struct sip_agent_config config = {.proxy = "sip:192.0.2.2"};

	memset(f, 0, sizeof(*f));
	f->lab = lab_new(9);
	f->agent = lab_agent(f->lab, &config);
	f->peer = lab_peer(f->lab, lab_host(f->lab, "192.0.2.2"), SIP_UDP, 5060,
		script, n);
	f->peer->contact = "sip:bob@192.0.2.2:5060";
	f->results.act = accept_h;
	f->results.arg = f;
}


static void invite(struct fixture *f)
{
	struct sip_request_params p = {.method = "INVITE", .contact = true};
	struct pl target = PL("sip:bob@example.org");

	assert_int_equal(
		sip_dialog_alloc(&f->dialog, f->agent, &target, NULL), 0);
	p.dialog = f->dialog;
	assert_int_equal(
		sip_request_send(&f->r, &p, lab_result_h, &f->results), 0);
}


static void fixture_clear(struct fixture *f)
{
	mem_deref(f->r);
	mem_deref(f->dialog);
	lab_results_clear(&f->results);
	mem_deref(f->agent);
	mem_deref(f->lab);
}


static size_t count(const struct lab_peer *peer, enum msg_method method)
{
	size_t i, n = 0;

	for (i = 0; i < peer->n; i++)
		n += peer->msgs[i]->request && peer->msgs[i]->method == method;
	return n;
}


/* The K-th request of METHOD. */
static const struct msg *nth(
	const struct lab_peer *peer, enum msg_method method, size_t k)
{
	size_t i;

	for (i = 0; i < peer->n; i++)
		if (peer->msgs[i]->method == method && !k--)
			return peer->msgs[i];
	fail_msg("no such request");
	return NULL;
}


static void run(struct fixture *f, uint64_t ms)
{
	memnet_run(f->lab->net, ms);
}


/* TR13: the ACK, and again for each copy of the 2xx. */
static void accepted(void **state)
{
	static const char *const script[] = {"100+180+200"};
	const struct msg *ack, *again, *inv;
	struct fixture f;

	(void)state;
	fixture_set(&f, script, 1);
	invite(&f);
	run(&f, 100);
	assert_int_equal(f.results.n, 3);
	assert_int_equal(f.results.all[0].status, 100);
	assert_int_equal(f.results.all[1].status, 180);
	assert_int_equal(f.results.all[2].status, 200);
	assert_false(f.results.all[1].final);
	assert_true(f.results.all[2].final);
	assert_int_equal(count(f.peer, MSG_INVITE), 1);
	assert_int_equal(count(f.peer, MSG_ACK), 1);
	inv = nth(f.peer, MSG_INVITE, 0);
	ack = nth(f.peer, MSG_ACK, 0);
	assert_int_equal(ack->cseq, inv->cseq);
	assert_pl(ack->uri_text, "sip:bob@192.0.2.2:5060");
	assert_pl(ack->to.tag, "peer");
	assert_true(pl_eq(&ack->from.tag, &inv->from.tag));
	assert_true(pl_eq(&ack->call_id, &inv->call_id));
	assert_false(pl_eq(&ack->via.branch, &inv->via.branch));
	assert_null(msg_hdr(ack, HDR_ROUTE));

	lab_peer_answer(f.peer, 0, "200");
	run(&f, 100);
	assert_int_equal(f.results.n, 3);
	assert_int_equal(count(f.peer, MSG_ACK), 2);
	again = nth(f.peer, MSG_ACK, 1);
	assert_true(pl_eq(&again->all, &ack->all));

	/* Timer M over: nothing is left but what its owner holds. */
	run(&f, 60000);
	assert_int_equal(f.results.n, 3);
	fixture_clear(&f);
}


/* Released after the answer: copies of it are acknowledged still. */
static void accepted_released(void **state)
{
	static const char *const script[] = {"200"};
	struct fixture f;

	(void)state;
	fixture_set(&f, script, 1);
	invite(&f);
	run(&f, 100);
	f.r = mem_deref(f.r);
	lab_peer_answer(f.peer, 0, "200");
	run(&f, 100);
	assert_int_equal(count(f.peer, MSG_ACK), 2);
	assert_int_equal(count(f.peer, MSG_BYE), 0);
	run(&f, 60000);
	fixture_clear(&f);
}


/* DI1: each fork comes up and gets an ACK of its own. */
static void forks(void **state)
{
	static const char *const script[] = {"180"};
	struct fixture f;

	(void)state;
	fixture_set(&f, script, 1);
	invite(&f);
	run(&f, 100);
	f.peer->to_tag = "one";
	lab_peer_answer(f.peer, 0, "200");
	f.peer->to_tag = "two";
	lab_peer_answer(f.peer, 0, "200");
	run(&f, 100);
	assert_int_equal(f.results.n, 3);
	assert_true(f.results.all[1].final && f.results.all[2].final);
	assert_int_equal(count(f.peer, MSG_ACK), 2);
	assert_pl(nth(f.peer, MSG_ACK, 0)->to.tag, "one");
	assert_pl(nth(f.peer, MSG_ACK, 1)->to.tag, "two");
	fixture_clear(&f);
}


/* DG9: the ACK carries what the INVITE carried. */
static void credentials(void **state)
{
	static const char *const script[] = {
		"407\nProxy-Authenticate: Digest realm=\"a\", nonce=\"b\", "
		"qop=\"auth\"",
		"180+200"};
	const struct msg *ack, *inv;
	struct pl a, b;
	struct fixture f;

	(void)state;
	fixture_set(&f, script, 2);
	invite(&f);
	run(&f, 100);
	assert_int_equal(count(f.peer, MSG_INVITE), 2);
	/* One for the 407 (TR12), one for the 200. */
	assert_int_equal(count(f.peer, MSG_ACK), 2);
	inv = nth(f.peer, MSG_INVITE, 1);
	ack = nth(f.peer, MSG_ACK, 1);
	assert_int_equal(ack->cseq, inv->cseq);
	assert_true(msg_value(inv, HDR_PROXY_AUTHORIZATION, &a));
	assert_true(msg_value(ack, HDR_PROXY_AUTHORIZATION, &b));
	assert_true(pl_eq(&a, &b));
	fixture_clear(&f);
}


static void refused(void **state)
{
	static const char *const script[] = {"180+486"};
	struct fixture f;

	(void)state;
	fixture_set(&f, script, 1);
	invite(&f);
	run(&f, 60000);
	assert_int_equal(f.results.n, 2);
	assert_int_equal(f.results.all[1].status, 486);
	assert_string_equal(f.results.all[1].why, "486 Busy Here");
	assert_int_equal(count(f.peer, MSG_ACK), 1);
	fixture_clear(&f);
}


/* TR14: CANCEL waits for a 1xx, then is the INVITE's twin. */
static void cancelled(void **state)
{
	static const char *const script[] = {NULL, "200"};
	const struct msg *cancel, *inv;
	struct fixture f;

	(void)state;
	fixture_set(&f, script, 2);
	invite(&f);
	run(&f, 100);
	sip_request_cancel(f.r);
	sip_request_cancel(f.r);
	run(&f, 100);
	assert_int_equal(count(f.peer, MSG_CANCEL), 0);
	lab_peer_answer(f.peer, 0, "100");
	run(&f, 100);
	assert_int_equal(count(f.peer, MSG_CANCEL), 1);
	inv = nth(f.peer, MSG_INVITE, 0);
	cancel = nth(f.peer, MSG_CANCEL, 0);
	assert_true(pl_eq(&cancel->via.branch, &inv->via.branch));
	assert_true(pl_eq(&cancel->uri_text, &inv->uri_text));
	assert_int_equal(cancel->cseq, inv->cseq);
	lab_peer_answer(f.peer, 0, "487");
	run(&f, 100);
	assert_true(f.results.all[f.results.n - 1].final);
	assert_int_equal(f.results.all[f.results.n - 1].status, 487);
	assert_int_equal(count(f.peer, MSG_ACK), 1);
	fixture_clear(&f);
}


/* Nothing was sent yet: nothing is. */
static void cancelled_early(void **state)
{
	static const char *const script[] = {"200"};
	static const struct lab_name names[] = {
		{.name = "example.org", .addr = "192.0.2.2"}, {0}};
	struct fixture f;

	(void)state;
	fixture_set(&f, script, 1);
	mem_deref(f.agent);
	f.lab->names = names;
	f.agent = lab_agent(f.lab, NULL);
	invite(&f);
	sip_request_cancel(f.r);
	assert_int_equal(f.results.n, 0);
	run(&f, 1000);
	assert_int_equal(f.results.n, 1);
	assert_int_equal(f.results.all[0].err, ECANCELED);
	assert_int_equal(f.peer->n, 0);
	fixture_clear(&f);
}


/* RFC 3261 9.1: a server that knows no CANCEL does not hold us for ever. */
static void cancel_ignored(void **state)
{
	static const char *const script[] = {"180", "481"};
	struct fixture f;

	(void)state;
	fixture_set(&f, script, 2);
	invite(&f);
	run(&f, 100);
	sip_request_cancel(f.r);
	run(&f, 33000);
	assert_int_equal(f.results.n, 2);
	assert_int_equal(f.results.all[1].err, ECANCELED);
	fixture_clear(&f);
}


/* The 2xx crosses the CANCEL: it comes up, since its owner is there. */
static void cancel_crossed(void **state)
{
	static const char *const script[] = {"180", "200"};
	struct fixture f;

	(void)state;
	fixture_set(&f, script, 2);
	invite(&f);
	run(&f, 100);
	sip_request_cancel(f.r);
	lab_peer_answer(f.peer, 0, "200");
	run(&f, 100);
	assert_int_equal(f.results.n, 2);
	assert_int_equal(f.results.all[1].status, 200);
	assert_int_equal(count(f.peer, MSG_ACK), 1);
	fixture_clear(&f);
}


/* DI7: released while it rings: CANCEL; a late 2xx gets ACK and BYE, its
 * copy just the ACK. */
static void released_ringing(void **state)
{
	static const char *const script[] = {"180", NULL, "200"};
	const struct msg *bye;
	struct fixture f;

	(void)state;
	fixture_set(&f, script, 3);
	invite(&f);
	run(&f, 100);
	assert_int_equal(f.results.n, 1);
	f.r = mem_deref(f.r);
	f.dialog = mem_deref(f.dialog);
	run(&f, 10);
	assert_int_equal(count(f.peer, MSG_CANCEL), 1);
	lab_peer_answer(f.peer, 0, "200");
	run(&f, 100);
	assert_int_equal(count(f.peer, MSG_ACK), 1);
	assert_int_equal(count(f.peer, MSG_BYE), 1);
	bye = nth(f.peer, MSG_BYE, 0);
	assert_pl(bye->uri_text, "sip:bob@192.0.2.2:5060");
	assert_pl(bye->to.tag, "peer");
	assert_true(bye->cseq > nth(f.peer, MSG_ACK, 0)->cseq);
	lab_peer_answer(f.peer, 0, "200");
	run(&f, 100);
	assert_int_equal(count(f.peer, MSG_ACK), 2);
	assert_int_equal(count(f.peer, MSG_BYE), 1);
	run(&f, 100000);
	assert_int_equal(f.results.n, 1);
	fixture_clear(&f);
}


/* Released at every moment: no call after it, no leak, and nobody is left
 * ringing or in a session. */
static void released(void **state)
{
	static const struct lab_name names[] = {
		{.name = "example.org", .addr = "192.0.2.2"}, {0}};
	static const char *const script[] = {"100+180+200", "200"};
	uint64_t ms;

	(void)state;
	for (ms = 0; ms < 60; ms += 3) {
		const struct memnet_faults faults = {
			.delay_min = 8, .delay_max = 8};
		struct fixture f;
		size_t n;

		fixture_set(&f, script, 2);
		mem_deref(f.agent);
		f.lab->names = names;
		f.agent = lab_agent(f.lab, NULL);
		memnet_set_faults(f.lab->net, &faults);
		invite(&f);
		run(&f, ms);
		n = f.results.n;
		f.r = mem_deref(f.r);
		run(&f, 5000);
		assert_int_equal(f.results.n, n);
		if (count(f.peer, MSG_INVITE)) {
			assert_true(count(f.peer, MSG_ACK) >= 1);
			assert_int_equal(count(f.peer, MSG_BYE), n == 0);
		}
		run(&f, 100000);
		fixture_clear(&f);
	}
}


static void drop(const struct sip_result *result, void *arg)
{
	struct fixture *f = arg;

	(void)result;
	f->r = mem_deref(f->r);
}


/* Released by its own handler at a 1xx, and at the 2xx that it does not
 * want. */
static void released_in_handler(void **state)
{
	static const char *const early[] = {"180", "200"};
	static const char *const answered[] = {"200", "200"};
	struct fixture f;

	(void)state;
	fixture_set(&f, early, 2);
	f.results.act = drop;
	invite(&f);
	run(&f, 100);
	assert_int_equal(count(f.peer, MSG_CANCEL), 1);
	assert_int_equal(f.results.n, 1);
	run(&f, 100000);
	fixture_clear(&f);

	fixture_set(&f, answered, 2);
	f.results.act = drop;
	invite(&f);
	run(&f, 100);
	assert_int_equal(f.results.n, 1);
	/* The peer repeats what was not acknowledged. */
	lab_peer_answer(f.peer, 0, "200");
	run(&f, 100);
	assert_int_equal(count(f.peer, MSG_ACK), 1);
	assert_int_equal(count(f.peer, MSG_BYE), 1);
	run(&f, 100000);
	fixture_clear(&f);
}


/* The account is closed while it rings: told, and the peer is. */
static void closed(void **state)
{
	static const char *const script[] = {"180", "200"};
	struct fixture f;

	(void)state;
	fixture_set(&f, script, 2);
	invite(&f);
	run(&f, 100);
	f.agent = mem_deref(f.agent);
	assert_int_equal(f.results.n, 2);
	assert_int_equal(f.results.all[1].err, ECANCELED);
	run(&f, 100);
	assert_int_equal(count(f.peer, MSG_CANCEL), 1);
	run(&f, 100000);
	fixture_clear(&f);

	fixture_set(&f, script, 2);
	invite(&f);
	run(&f, 100);
	lab_peer_answer(f.peer, 0, "200");
	run(&f, 100);
	f.agent = mem_deref(f.agent);
	assert_int_equal(f.results.n, 2);
	fixture_clear(&f);
}


/* An ACK belongs to a 2xx alone. */
static void misused(void **state)
{
	static const char *const script[] = {"180"};
	struct fixture f;
	struct msg *resp;

	(void)state;
	fixture_set(&f, script, 1);
	invite(&f);
	run(&f, 100);
	resp = lab_msg("SIP/2.0 200 OK\nVia: SIP/2.0/UDP a;branch=z9hG4bKa\n"
		       "From: <sip:a@b>;tag=1\nTo: <sip:a@b>;tag=2\n"
		       "Call-ID: x\nCSeq: 1 INVITE\nContent-Length: 0\n\n");
	assert_int_equal(sip_request_ack(f.r, f.dialog, resp), EINVAL);
	mem_deref(resp);
	fixture_clear(&f);
}


int test_request_ack(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepted),
		cmocka_unit_test(accepted_released),
		cmocka_unit_test(forks),
		cmocka_unit_test(credentials),
		cmocka_unit_test(refused),
		cmocka_unit_test(cancelled),
		cmocka_unit_test(cancelled_early),
		cmocka_unit_test(cancel_ignored),
		cmocka_unit_test(cancel_crossed),
		cmocka_unit_test(released_ringing),
		cmocka_unit_test(released),
		cmocka_unit_test(released_in_handler),
		cmocka_unit_test(closed),
		cmocka_unit_test(misused),
	};

	return cmocka_run_group_tests_name("request_ack", tests, NULL, NULL);
}
