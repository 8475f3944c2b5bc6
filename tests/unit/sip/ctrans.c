/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "world.h"

int test_ctrans(void);


static int setup(void **state)
{
	struct world *w = mem_zalloc(sizeof(*w), NULL);

	world_start(w, NULL);
	*state = w;
	return 0;
}


static int teardown(void **state)
{
	world_stop(*state);
	*state = mem_deref(*state);
	return 0;
}


static void assert_times(
	const struct world *w, const char *method, const char *expected)
{
	char *times = world_times(w, method);

	assert_string_equal(times, expected);
	mem_deref(times);
}


/* TR4: resent at T1 doubled up to T2, given up at 64*T1 (E, F). */
static void timers(void **state)
{
	struct world *w = *state;
	struct world_user u;

	world_call(&u, w, SIP_UDP, "MESSAGE", "");
	world_run(w, 31990);
	assert_int_equal(u.final, 0);
	world_run(w, 20);
	assert_int_equal(u.final, 1);
	assert_int_equal(u.err, ETIMEDOUT);
	world_run(w, 60000);
	assert_times(w, "MESSAGE",
		"0 500 1500 3500 7500 11500 15500 19500 23500 27500 31500");
	assert_int_equal(world_ctrans(w), 0);
	world_user_stop(&u);
}


/* TR4: after a 1xx every T2, F still runs. */
static void proceeding(void **state)
{
	struct world *w = *state;
	struct world_user u;

	world_call(&u, w, SIP_UDP, "MESSAGE", "");
	world_run(w, 600);
	world_answer(w, 0, 100, "");
	assert_int_equal(u.provisional, 1);
	world_run(w, 40000);
	assert_times(w, "MESSAGE",
		"0 500 1500 5500 9500 13500 17500 21500 25500 29500");
	assert_int_equal(u.err, ETIMEDOUT);
	assert_int_equal(u.at, memnet_now(w->mn) - 40601 + 31999);
	world_user_stop(&u);
}


/* TR5: nothing is resent over a stream, but F runs. */
static void stream(void **state)
{
	struct world *w = *state;
	struct world_user u;

	world_call(&u, w, SIP_TCP, "MESSAGE", "");
	world_run(w, 31990);
	assert_int_equal(u.final, 0);
	world_run(w, 20);
	assert_int_equal(u.err, ETIMEDOUT);
	assert_int_equal(world_count(w, "MESSAGE"), 1);
	world_user_stop(&u);
}


/* TR6: K absorbs late copies for T4 over UDP, is zero over a stream. */
static void completed(void **state)
{
	struct world *w = *state;
	struct world_user u;
	int tp;

	for (tp = SIP_UDP; tp <= SIP_TCP; tp++) {
		size_t i = w->ngot;

		world_call(&u, w, (enum sip_tp)tp, "MESSAGE", "");
		world_answer(w, i, 200, "");
		assert_int_equal(u.final, 1);
		assert_int_equal(u.status, 200);
		assert_int_equal(world_ctrans(w), tp == SIP_UDP);
		world_answer(w, i, 200, "");
		world_answer(w, i, 500, "");
		assert_int_equal(u.final, 1);
		world_run(w, 4990);
		assert_int_equal(world_ctrans(w), tp == SIP_UDP);
		world_run(w, 20);
		assert_int_equal(world_ctrans(w), 0);
		world_answer(w, i, 200, "");
		assert_int_equal(u.final, 1);
		assert_int_equal(w->ngot, i + 1);
		world_user_stop(&u);
	}
}


/* TR10: A doubles without a cap, B is 32 s. */
static void invite_timers(void **state)
{
	struct world *w = *state;
	struct world_user u;

	world_call(&u, w, SIP_UDP, "INVITE", "");
	world_run(w, 60000);
	assert_times(w, "INVITE", "0 500 1500 3500 7500 15500 31500");
	assert_int_equal(u.final, 1);
	assert_int_equal(u.err, ETIMEDOUT);
	assert_int_equal(world_ctrans(w), 0);
	world_user_stop(&u);
}


/* A 1xx stops A and B: it may ring for long. */
static void invite_rings(void **state)
{
	struct world *w = *state;
	struct world_user u;

	world_call(&u, w, SIP_UDP, "INVITE", "");
	world_answer(w, 0, 180, "");
	world_run(w, 100000);
	assert_int_equal(w->ngot, 1);
	assert_int_equal(u.provisional, 1);
	assert_int_equal(u.final, 0);
	world_answer(w, 0, 486, "");
	assert_int_equal(u.final, 1);
	world_user_stop(&u);
}


static void assert_header(
	const struct msg *msg, enum hdr_id id, const char *expected)
{
	struct pl value;

	assert_true(msg_value(msg, id, &value));
	assert_pl(value, expected);
}


/* What ACK and CANCEL have in common with their INVITE (17.1.1.3, 9.1). */
static void assert_follows(const struct msg *invite, const struct msg *msg)
{
	struct msg_list it = {0};
	struct pl value;

	assert_true(pl_eq(&msg->uri_text, &invite->uri_text));
	assert_true(pl_eq(&msg->via.all, &invite->via.all));
	assert_true(pl_eq(&msg->call_id, &invite->call_id));
	assert_int_equal(msg->cseq, invite->cseq);
	assert_header(msg, HDR_FROM, "\"A\" <sip:alice@example.org>;tag=a1");
	assert_true(msg_list_next(msg, HDR_ROUTE, &it, &value));
	assert_pl(value, "<sip:p1.example.org;lr>");
	assert_true(msg_list_next(msg, HDR_ROUTE, &it, &value));
	assert_pl(value, "<sip:p2.example.org;lr>");
	assert_false(msg_list_next(msg, HDR_ROUTE, &it, &value));
	memset(&it, 0, sizeof(it));
	assert_true(msg_list_next(msg, HDR_VIA, &it, &value));
	assert_false(msg_list_next(msg, HDR_VIA, &it, &value));
	assert_header(msg, HDR_MAX_FORWARDS, "70");
	assert_null(msg_hdr(msg, HDR_REQUIRE));
	assert_int_equal(msg->body.l, 0);
}


static const char routes[] =
	"Route: <sip:p1.example.org;lr>, <sip:p2.example.org;lr>\n"
	"Require: nothing\n"
	"Contact: <sip:alice@192.0.2.1>\n";


/* TR10, TR12: the ACK to a refusal, again for each copy until D (32 s). */
static void invite_refused(void **state)
{
	struct world *w = *state;
	struct world_user u;

	world_call(&u, w, SIP_UDP, "INVITE", routes);
	world_answer(w, 0, 486, "");
	assert_int_equal(u.status, 486);
	assert_int_equal(w->ngot, 2);
	assert_int_equal(world_last(w)->method, MSG_ACK);
	assert_follows(world_got(w, 0), world_last(w));
	assert_header(world_last(w), HDR_TO, "<sip:bob@example.org>;tag=peer");
	world_run(w, 31000);
	world_answer(w, 0, 486, "");
	assert_int_equal(w->ngot, 3);
	assert_string_equal(w->got[1].text, w->got[2].text);
	assert_int_equal(u.final, 1);
	assert_int_equal(world_ctrans(w), 1);
	world_run(w, 1100);
	assert_int_equal(world_ctrans(w), 0);
	world_user_stop(&u);
	world_call(&u, w, SIP_TCP, "INVITE", "");
	world_answer(w, 3, 603, "");
	assert_int_equal(world_last(w)->method, MSG_ACK);
	assert_int_equal(world_ctrans(w), 0);
	world_user_stop(&u);
}


/* TR10, RFC 6026: every 2xx goes up for M (32 s), no ACK from here. */
static void invite_accepted(void **state)
{
	struct world *w = *state;
	struct world_user u;

	world_call(&u, w, SIP_UDP, "INVITE", "");
	world_answer(w, 0, 200, "");
	world_answer(w, 0, 200, "");
	world_answer(w, 0, 486, "");
	world_answer(w, 0, 180, "");
	assert_int_equal(u.final, 2);
	assert_int_equal(u.provisional, 0);
	world_run(w, 31990);
	world_answer(w, 0, 200, "");
	assert_int_equal(u.final, 3);
	world_run(w, 10);
	assert_int_equal(world_ctrans(w), 0);
	assert_int_equal(w->ngot, 1);
	assert_int_equal(u.err, 0);
	world_user_stop(&u);
}


/* TR14: not before a 1xx; then at once, once. */
static void cancel(void **state)
{
	struct world *w = *state;
	struct world_user u;

	world_call(&u, w, SIP_UDP, "INVITE", routes);
	sip_ctrans_cancel(u.ct);
	world_run(w, 600);
	assert_int_equal(world_count(w, "CANCEL"), 0);
	world_answer(w, 0, 180, "");
	assert_int_equal(world_count(w, "CANCEL"), 1);
	assert_follows(world_got(w, 0), world_last(w));
	assert_header(world_last(w), HDR_TO, "<sip:bob@example.org>");
	assert_int_equal(world_ctrans(w), 2);
	world_answer(w, w->ngot - 1, 200, "");
	sip_ctrans_cancel(u.ct);
	world_answer(w, 0, 487, "");
	assert_int_equal(u.status, 487);
	assert_int_equal(u.final, 1);
	assert_int_equal(world_count(w, "CANCEL"), 1);
	assert_int_equal(world_count(w, "ACK"), 1);
	world_run(w, 33000);
	assert_int_equal(world_ctrans(w), 0);
	world_user_stop(&u);
}


/* 9.1: a peer that answers neither is given up 64*T1 later. */
static void cancel_unanswered(void **state)
{
	struct world *w = *state;
	struct world_user u;

	world_call(&u, w, SIP_UDP, "INVITE", "");
	world_answer(w, 0, 180, "");
	world_run(w, 50000);
	sip_ctrans_cancel(u.ct);
	world_run(w, 31000);
	assert_int_equal(u.final, 0);
	world_run(w, 1010);
	assert_int_equal(u.err, ETIMEDOUT);
	assert_int_equal(world_ctrans(w), 0);
	world_user_stop(&u);
	world_call(&u, w, SIP_UDP, "MESSAGE", "");
	sip_ctrans_cancel(u.ct);
	world_answer(w, w->ngot - 1, 100, "");
	assert_int_equal(world_last(w)->method, MSG_MESSAGE);
	world_user_stop(&u);
}


/* TR20: ICMP and the end of a connection fail at once. */
static void transport_fails(void **state)
{
	struct world *w = *state;
	struct world_user u[2];

	world_call(&u[0], w, SIP_TCP, "MESSAGE", "");
	world_call(&u[1], w, SIP_TCP, "INVITE", "");
	assert_ptr_equal(u[0].flow, u[1].flow);
	memnet_reset(w->here, w->there);
	world_run(w, 1);
	assert_int_equal(u[0].err, ECONNRESET);
	assert_int_equal(u[1].err, ECONNRESET);
	assert_int_equal(world_ctrans(w), 0);
	assert_false(sip_flow_isup(u[0].flow));
	world_user_stop(&u[0]);
	world_user_stop(&u[1]);
	world_call(&u[0], w, SIP_TCP, "MESSAGE", "");
	w->peer_conn = mem_deref(w->peer_conn);
	world_run(w, 1);
	assert_int_equal(u[0].err, ECONNRESET);
	world_user_stop(&u[0]);
	w->peer_udp = mem_deref(w->peer_udp);
	world_call(&u[0], w, SIP_UDP, "MESSAGE", "");
	assert_int_equal(u[0].err, ECONNREFUSED);
	assert_int_equal(u[0].final, 1);
	assert_int_equal(world_ctrans(w), 0);
	world_user_stop(&u[0]);
}


static void respond(struct world *w, const char *via, const char *cseq)
{
	char *text = mem_printf("SIP/2.0 200 OK\n"
				"Via: %s\n"
				"From: <sip:alice@example.org>;tag=a1\n"
				"To: <sip:bob@example.org>;tag=peer\n"
				"Call-ID: c\nCSeq: 7 %s\n"
				"Content-Length: 0\n\n",
		via, cseq);

	world_send(w, text);
	mem_deref(text);
}


/* TR2: only the branch, the method, our sent-by and a single Via will do. */
static void strays(void **state)
{
	struct world *w = *state;
	struct world_user u;
	size_t i;
	static const struct {
		const char *before;
		const char *after;
		const char *cseq;
	} rows[] = {
		{"SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK", "", "INVITE"},
		{"SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK", "", "CANCEL"},
		{"SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK", "x", "MESSAGE"},
		{"SIP/2.0/UDP 192.0.2.1:5060;branch=", "", "MESSAGE"},
		{"SIP/2.0/UDP 192.0.2.1:5061;branch=z9hG4bK", "", "MESSAGE"},
		{"SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK", "", "MESSAGE"},
		{"SIP/2.0/UDP here.test:5060;branch=z9hG4bK", "", "MESSAGE"},
		{"SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK",
			", SIP/2.0/UDP 192.0.2.1", "MESSAGE"},
		{"SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK",
			"\nv: SIP/2.0/UDP 192.0.2.1", "MESSAGE"},
	};

	world_call(&u, w, SIP_UDP, "MESSAGE", "");
	for (i = 0; i <= UNIT_N(rows); i++) {
		bool good = i == UNIT_N(rows);
		char *via = mem_printf("%s%s%s",
			good ? "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK"
			     : rows[i].before,
			u.branch, good ? ";rport=7" : rows[i].after);

		respond(w, via, good ? "MESSAGE" : rows[i].cseq);
		mem_deref(via);
		if (u.final != good)
			fail_msg("row %zu", i);
	}
	world_user_stop(&u);
}


/* A method that we do not know matches by its text. */
static void unknown_method(void **state)
{
	struct world *w = *state;
	struct world_user u;
	char *via;

	world_call(&u, w, SIP_UDP, "WHISPER", "");
	via = mem_printf(
		"SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK%s", u.branch);
	respond(w, via, "SHOUT");
	assert_int_equal(u.final, 0);
	respond(w, via, "WHISPER");
	assert_int_equal(u.final, 1);
	mem_deref(via);
	world_user_stop(&u);
}


/* Without its user a transaction finishes alone and quietly. */
static void alone(void **state)
{
	struct world *w = *state;
	struct world_user u;

	world_call(&u, w, SIP_UDP, "MESSAGE", "");
	u.ct = mem_deref(u.ct);
	world_run(w, 600);
	assert_int_equal(w->ngot, 2);
	world_answer(w, 0, 200, "");
	assert_int_equal(world_ctrans(w), 1);
	world_run(w, 5000);
	assert_int_equal(world_ctrans(w), 0);
	assert_int_equal(u.final, 0);
	world_user_stop(&u);
	world_call(&u, w, SIP_UDP, "INVITE", "");
	world_answer(w, 2, 180, "");
	u.ct = mem_deref(u.ct);
	world_run(w, 179000);
	assert_int_equal(world_ctrans(w), 1);
	world_run(w, 1100);
	assert_int_equal(world_ctrans(w), 0);
	world_user_stop(&u);
	/* The stack goes with one under way. */
	world_call(&u, w, SIP_UDP, "INVITE", "");
	world_user_stop(&u);
}


/* 30 s of loss, doubling and reordering both ways: one answer each, one
 * request up each. */
static void bad_weather(void **state)
{
	static const struct memnet_faults faults = {
		.loss = 250, .twice = 100, .delay_min = 5, .delay_max = 400};
	enum { N = 150 };
	struct sip_config config = {0};
	struct world *w = *state;
	struct world_user *u = mem_zalloc(N * sizeof(*u), NULL);
	struct sip_listener *l;
	struct sip_port *port;
	struct sip *other;
	struct sa sa;
	struct world far = {.answer = 200};
	size_t i;

	config.tmrs = memnet_tmrs(w->mn);
	config.rand = memnet_rand(w->mn);
	config.net = memnet_net(w->there);
	w->peer_udp = mem_deref(w->peer_udp);
	assert_int_equal(sip_alloc(&other, &config), 0);
	assert_int_equal(sa_set_str(&sa, "192.0.2.2", 5060), 0);
	assert_int_equal(sip_listen(&port, other, SIP_UDP, &sa, NULL), 0);
	assert_int_equal(sip_listener_add(&l, other, world_request_h, &far), 0);
	memnet_set_faults(w->mn, &faults);
	for (i = 0; i < N; i++) {
		world_call(&u[i], w, SIP_UDP, "MESSAGE", "");
		world_run(w, 199);
	}
	memnet_set_faults(w->mn, &(struct memnet_faults){0});
	world_run(w, 33000);
	for (i = 0; i < N; i++) {
		assert_int_equal(u[i].final, 1);
		assert_int_equal(u[i].status, 200);
		world_user_stop(&u[i]);
	}
	assert_int_equal(far.requests, N);
	assert_true(memnet_stats(w->mn)->lost > N / 4);
	assert_true(memnet_stats(w->mn)->doubled > N / 10);
	assert_int_equal(world_ctrans(w), 0);
	mem_deref(far.flow);
	mem_deref(l);
	mem_deref(port);
	mem_deref(other);
	mem_deref(u);
}


#define T(name_) cmocka_unit_test_setup_teardown(name_, setup, teardown)

int test_ctrans(void)
{
	const struct CMUnitTest tests[] = {
		T(timers),
		T(proceeding),
		T(stream),
		T(completed),
		T(invite_timers),
		T(invite_rings),
		T(invite_refused),
		T(invite_accepted),
		T(cancel),
		T(cancel_unanswered),
		T(transport_fails),
		T(strays),
		T(unknown_method),
		T(alone),
		T(bad_weather),
	};

	return cmocka_run_group_tests_name("ctrans", tests, NULL, NULL);
}
