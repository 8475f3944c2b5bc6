/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two stacks over the network of this machine: UDP and TCP on loopback. */
#include <errno.h>
#include "loop.h"
#include "world.h"

int test_net_real(void);


struct real {
	struct loop *loop;
	struct sip_net *net;
	struct sip *sip[2];
	struct sip_port *port;
	struct sip_listener *listener;
	struct sip_agent *agent;
	struct sip_flow *flow;
	struct sip_flow_wait *wait;
	struct sip_ctrans *ct;
	struct rand *rand;
	struct tmr deadline;
	enum sip_tp tp;
	unsigned requests;
	uint16_t status;
	int err;
};


static bool real_request(struct sip_strans *st, const struct msg *req,
	struct sip_flow *flow, void *arg)
{
	struct real *r = arg;

	(void)flow;
	if (!st)
		return false;
	r->requests++;
	assert_pl(req->body, "hello");
	assert_int_equal(sip_strans_answer(st, 200, NULL), 0);
	return true;
}


static void real_response(const struct msg *resp,
	const struct sip_ctrans_failure *failure, void *arg)
{
	struct real *r = arg;

	r->status = resp ? resp->status : 0;
	r->err = failure ? failure->err : 0;
	loop_stop(r->loop, 0);
}


static void real_up(
	struct sip_flow *flow, const struct stream_end *failed, void *arg)
{
	static const struct pl method = PL("MESSAGE");
	struct real *r = arg;
	struct mbuf *mb;
	char branch[SIP_BRANCH_SIZE];

	assert_null(failed);
	sip_new_branch(r->sip[0], branch);
	mb = mbuf_alloc(4096);
	(void)mbuf_printf(mb, "MESSAGE sip:bob@127.0.0.1 SIP/2.0\r\n");
	(void)sip_flow_put_via(flow, mb, branch);
	(void)mbuf_printf(mb,
		"Max-Forwards: 70\r\n"
		"From: <sip:alice@example.org>;tag=a1\r\n"
		"To: <sip:bob@example.org>\r\n"
		"Call-ID: c1\r\nCSeq: 1 MESSAGE\r\n"
		"Content-Type: text/plain\r\n"
		"Content-Length: 5\r\n\r\nhello");
	assert_int_equal(sip_ctrans_start(&r->ct, r->sip[0], flow, MSG_MESSAGE,
				 &method, branch, mb, real_response, r),
		0);
	mem_deref(mb);
}


static void real_deadline(void *arg)
{
	loop_stop(((struct real *)arg)->loop, 1);
}


static int run(struct real *r, uint64_t ms)
{
	tmr_start(loop_tmrs(r->loop), &r->deadline, ms, real_deadline, r);
	return loop_run(r->loop);
}


static void real_start(struct real *r, enum sip_tp tp)
{
	struct sip_agent_config agent = {.aor = "sip:alice@example.org"};
	struct sip_config config = {0};
	struct sa sa;
	int i;

	memset(r, 0, sizeof(*r));
	r->tp = tp;
	assert_int_equal(loop_alloc(&r->loop), 0);
	r->net = sip_net_real(r->loop);
	r->rand = rand_system();
	config.tmrs = loop_tmrs(r->loop);
	config.rand = r->rand;
	config.net = r->net;
	for (i = 0; i < 2; i++)
		assert_int_equal(sip_alloc(&r->sip[i], &config), 0);
	assert_int_equal(sa_set_str(&sa, "127.0.0.1", 0), 0);
	assert_int_equal(sip_listen(&r->port, r->sip[1], tp, &sa, NULL), 0);
	assert_int_equal(
		sip_listener_add(&r->listener, r->sip[1], real_request, r), 0);
	assert_int_equal(sip_agent_alloc(&r->agent, r->sip[0], &agent), 0);
}


static void real_stop(struct real *r)
{
	tmr_cancel(&r->deadline);
	mem_deref(r->ct);
	mem_deref(r->wait);
	mem_deref(r->flow);
	mem_deref(r->listener);
	mem_deref(r->port);
	mem_deref(r->agent);
	mem_deref(r->sip[0]);
	mem_deref(r->sip[1]);
	/* Connections that are closing have a moment for it. */
	(void)run(r, 50);
	mem_deref(r->net);
	mem_deref(r->rand);
	tmr_cancel(&r->deadline);
	mem_deref(r->loop);
}


static void exchange(enum sip_tp tp)
{
	struct sip_target target = {.tp = tp};
	struct real r;

	real_start(&r, tp);
	target.addr = *sip_port_local(r.port);
	assert_int_not_equal(sa_port(&target.addr), 0);
	assert_int_equal(
		sip_flow_get(&r.flow, &r.wait, r.agent, &target, real_up, &r),
		0);
	assert_int_equal(run(&r, 5000), 0);
	assert_int_equal(r.status, 200);
	assert_int_equal(r.requests, 1);
	assert_true(sa_isloopback(sip_flow_local(r.flow)));
	real_stop(&r);
}


static void udp(void **state)
{
	(void)state;
	exchange(SIP_UDP);
}


static void tcp(void **state)
{
	(void)state;
	exchange(SIP_TCP);
}


static void refused_up(
	struct sip_flow *flow, const struct stream_end *failed, void *arg)
{
	struct real *r = arg;

	(void)flow;
	assert_non_null(failed);
	assert_non_null(failed->why);
	r->err = failed->err;
	loop_stop(r->loop, 0);
}


/* Nobody listens: told at once, by the reset or by ICMP. */
static void refused(void **state)
{
	struct sip_target target;
	struct real r;
	int tp;

	(void)state;
	for (tp = SIP_UDP; tp <= SIP_TCP; tp++) {
		real_start(&r, (enum sip_tp)tp);
		target = (struct sip_target){
			.tp = (enum sip_tp)tp, .addr = *sip_port_local(r.port)};
		r.port = mem_deref(r.port);
		(void)run(&r, 20);
		assert_int_equal(
			sip_flow_get(&r.flow, &r.wait, r.agent, &target,
				tp == SIP_UDP ? real_up : refused_up, &r),
			0);
		assert_int_equal(run(&r, 5000), 0);
		assert_int_equal(r.err, ECONNREFUSED);
		real_stop(&r);
	}
}


int test_net_real(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(udp),
		cmocka_unit_test(tcp),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests_name("net_real", tests, NULL, NULL);
}
