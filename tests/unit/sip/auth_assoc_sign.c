/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that leaves over a flow is signed: requests, ACK, CANCEL, answers, what
 * the machine says by itself; and when it is time to sign in anew. */
#include <errno.h>
#include "signer.h"

int test_auth_assoc_sign(void);


enum {
	HOUR = 3600 * 1000,
};


struct call {
	struct sip_request *r;
	struct sip_dialog *d;
};


static void invite_h(const struct sip_result *result, void *arg)
{
	struct call *call = arg;

	if (!result->final || result->err || result->status >= 300)
		return;
	assert_int_equal(sip_dialog_response(call->d, result->msg), 0);
	assert_int_equal(sip_request_ack(call->r, call->d, result->msg), 0);
}


static void invite(struct signer *s, struct call *call)
{
	struct sip_request_params p = {.method = "INVITE", .contact = true};
	struct pl target = PL("sip:bob@example.org");

	assert_int_equal(
		sip_dialog_alloc(&call->d, s->agent, &target, NULL), 0);
	p.dialog = call->d;
	assert_int_equal(sip_request_send(&call->r, &p, invite_h, call), 0);
	signer_verify(s, signer_got(s));
	assert_int_equal(s->peer->msgs[s->next - 1]->method, MSG_INVITE);
}


/* INVITE, ACK, BYE. */
static void dialog(void **state)
{
	struct sip_request_params bye = {.method = "BYE"};
	struct call call;
	struct signer s;

	(void)state;
	signer_start(&s, 4, false);
	s.peer->contact = "sip:bob@192.0.2.2;transport=tcp";
	signer_register(&s);
	invite(&s, &call);
	signer_answer_signed(&s, 200, 2);
	signer_verify(&s, signer_got(&s));
	assert_int_equal(s.peer->msgs[s.next - 1]->method, MSG_ACK);
	bye.dialog = call.d;
	assert_int_equal(sip_request_send(NULL, &bye, NULL, NULL), 0);
	signer_verify(&s, signer_got(&s));
	assert_int_equal(s.peer->msgs[s.next - 1]->method, MSG_BYE);
	signer_answer_signed(&s, 200, 3);
	memnet_run(s.lab->net, 100);
	mem_deref(call.r);
	mem_deref(call.d);
	signer_stop(&s);
}


/* INVITE, CANCEL, and the ACK to what comes of it. */
static void given_up(void **state)
{
	struct call call;
	struct signer s;

	(void)state;
	signer_start(&s, 4, false);
	signer_register(&s);
	invite(&s, &call);
	signer_answer_signed(&s, 180, 2);
	memnet_run(s.lab->net, 100);
	sip_request_cancel(call.r);
	signer_verify(&s, signer_got(&s));
	assert_int_equal(s.peer->msgs[s.next - 1]->method, MSG_CANCEL);
	signer_answer_signed(&s, 200, 3);
	memnet_run(s.lab->net, 100);
	--s.next; /* the INVITE */
	signer_answer_signed(&s, 487, 4);
	++s.next;
	signer_verify(&s, signer_got(&s));
	assert_int_equal(s.peer->msgs[s.next - 1]->method, MSG_ACK);
	mem_deref(call.r);
	mem_deref(call.d);
	signer_stop(&s);
}


/* Answers of a listener, and those of the machine without one. */
static void answers(void **state)
{
	struct signer s;

	(void)state;
	signer_start(&s, 4, false);
	signer_register(&s);
	signer_request(&s, "MESSAGE", 2);
	signer_verify(&s, signer_got(&s));
	assert_int_equal(s.peer->msgs[s.next - 1]->status, 404);
	signer_stop(&s);
}


/* A server and a proxy in front of it: each gets its line, right by itself. */
static void both(void **state)
{
	struct sip_assoc_config config = {
		.aor = "sip:alice@example.org",
		.proxy = true,
		.version = 3,
		.realm = SIGNER_REALM,
		.target = SIGNER_TARGET,
		.opaque = "2BDBAC9D",
	};
	struct list list = {0};
	struct signer s, proxy;

	(void)state;
	signer_start(&s, 4, false);
	signer_register(&s);
	proxy = s;
	proxy.proxy = true;
	proxy.version = 3;
	proxy.cnum = 0;
	proxy.keys.client.sign[3] ^= 5;
	config.crypto = s.crypto;
	config.keys = &proxy.keys;
	sip_assoc_settle(
		sip_assoc_add(sip_agent_flow(s.agent), &list, &config));
	signer_send(&s, "MESSAGE", "sip:bob@example.org");
	signer_verify(&s, signer_got(&s));
	signer_verify(&proxy, s.peer->msgs[s.next - 1]);
	signer_answer_signed(&s, 200, 2);
	assert_int_equal(signer_result(&s).status, 200);
	/* The last one of them goes with the list that knows it. */
	sip_assoc_end_all(&list);
	signer_send(&s, "MESSAGE", "sip:bob@example.org");
	signer_verify(&s, signer_got(&s));
	signer_unsigned(&proxy, s.peer->msgs[s.next - 1]);
	signer_stop(&s);
}


/* The server forgot: the request itself makes a new association. */
static void lost(void **state)
{
	struct signer s;
	char *text;

	(void)state;
	signer_start(&s, 4, false);
	signer_register(&s);
	signer_send(&s, "MESSAGE", "sip:bob@example.org");
	signer_verify(&s, signer_got(&s));
	text = signer_challenge(&s, "");
	signer_answer(&s, text);
	mem_deref(text);
	s.opaque = "3333";
	signer_legs(&s);
	signer_answer_signed(&s, 200, 1);
	assert_int_equal(signer_result(&s).status, 200);
	signer_send(&s, "MESSAGE", "sip:bob@example.org");
	signer_verify(&s, signer_got(&s));
	signer_stop(&s);
}


/* Two requests were signed with what the server forgot: the second one, told
 * so when the first has made a new association, uses that. */
static void lost_twice(void **state)
{
	struct lab_results results = {0};
	struct sip_request *other;
	struct signer s;
	size_t second;
	char *text;

	(void)state;
	signer_start(&s, 4, false);
	signer_register(&s);
	signer_send(&s, "MESSAGE", "sip:bob@example.org");
	signer_verify(&s, signer_got(&s));
	other = lab_send(
		s.lab, s.agent, "MESSAGE", "sip:bob@example.org", &results);
	signer_verify(&s, signer_got(&s));
	second = s.next - 1;
	memnet_run(s.lab->net, 10);
	text = signer_challenge(&s, "");
	lab_peer_answer(s.peer, second - 1, text);
	s.opaque = "3333";
	signer_legs(&s);
	signer_answer_signed(&s, 200, 1);
	assert_int_equal(signer_result(&s).status, 200);

	lab_peer_answer(s.peer, second, text);
	signer_verify(&s, signer_got(&s));
	signer_answer_signed(&s, 200, 2);
	assert_true(lab_wait_final(s.lab, &results, 1000));
	assert_int_equal(results.all[0].status, 200);
	mem_deref(text);
	mem_deref(other);
	lab_results_clear(&results);
	signer_stop(&s);
}


/* 8 hours less 5 minutes are the life of an association; a REGISTER that is
 * the last before their end asks for another one. */
static void anew(void **state)
{
	struct signer s;
	unsigned i;

	(void)state;
	signer_start(&s, 4, false);
	signer_register(&s);
	for (i = 1; i <= 3; i++) {
		memnet_run(s.lab->net, 2 * HOUR);
		signer_send(&s, "REGISTER", "sip:example.org");
		if (i == 3)
			break;
		signer_verify(&s, signer_got(&s));
		signer_answer_signed(&s, 200, 1 + i);
		assert_int_equal(signer_result(&s).status, 200);
	}
	signer_handshake(&s);
	signer_answer_signed(&s, 200, 1);
	assert_int_equal(signer_result(&s).status, 200);
	signer_send(&s, "REGISTER", "sip:example.org");
	signer_verify(&s, signer_got(&s));
	signer_stop(&s);
}


/* An association ends with its connection. */
static void flow_down(void **state)
{
	struct signer s;

	(void)state;
	signer_start(&s, 4, false);
	signer_register(&s);
	memnet_reset(s.lab->host, s.peer->host);
	memnet_run(s.lab->net, 1000);
	signer_register(&s);
	signer_stop(&s);
}


/* Another account over the same connection signs nothing of ours. */
static void neighbour(void **state)
{
	const struct sip_agent_config config = {
		.aor = "sip:bob@example.org",
		.proxy = "sip:192.0.2.2;transport=tcp",
		.transport = SIP_TRANSPORT_TCP,
	};
	struct sip_agent *alice, *bob;
	struct signer s;

	(void)state;
	signer_start(&s, 4, false);
	signer_register(&s);
	bob = lab_agent(s.lab, &config);
	alice = s.agent;
	s.agent = bob;
	signer_send(&s, "REGISTER", "sip:example.org");
	signer_unsigned(&s, signer_got(&s));
	assert_int_equal(s.peer->conns.count, 1);
	signer_answer(&s, "200");
	assert_int_equal(signer_result(&s).status, 200);
	signer_send(&s, "OPTIONS", "sip:example.org");
	signer_unsigned(&s, signer_got(&s));
	signer_answer(&s, "200");
	assert_int_equal(signer_result(&s).status, 200);

	/* It goes with its account. */
	mem_deref(alice);
	signer_request(&s, "MESSAGE", 0);
	signer_unsigned(&s, signer_got(&s));
	signer_stop(&s);
}


int test_auth_assoc_sign(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dialog),
		cmocka_unit_test(given_up),
		cmocka_unit_test(answers),
		cmocka_unit_test(both),
		cmocka_unit_test(lost),
		cmocka_unit_test(lost_twice),
		cmocka_unit_test(anew),
		cmocka_unit_test(flow_down),
		cmocka_unit_test(neighbour),
	};

	return cmocka_run_group_tests_name(
		"auth_assoc_sign", tests, NULL, NULL);
}
