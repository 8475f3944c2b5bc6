/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "world.h"

int test_strans(void);


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


/* Sends a request of METHOD on BRANCH over UDP or the connection. */
static void request(struct world *w, bool stream, const char *method,
	const char *branch, uint32_t cseq)
{
	char *text = world_request(method, branch, cseq, "");

	if (stream)
		world_stream(w, text);
	else
		world_send(w, text);
	mem_deref(text);
}


static void ack(struct world *w, const char *branch, uint32_t cseq)
{
	char *text =
		mem_printf("ACK sip:alice@192.0.2.1 SIP/2.0\n"
			   "Via: SIP/2.0/UDP 192.0.2.2:5060;branch=%s;rport\n"
			   "Max-Forwards: 70\n"
			   "From: <sip:bob@example.org>;tag=b1\n"
			   "To: <sip:alice@example.org>;tag=%.*s\n"
			   "Call-ID: call-1\n"
			   "CSeq: %u ACK\n"
			   "Content-Length: 0\n\n",
			branch, PL_ARG(&world_last(w)->to.tag), cseq);

	world_send(w, text);
	mem_deref(text);
}


static void assert_times(
	const struct world *w, const char *method, const char *expected)
{
	char *times = world_times(w, method);

	assert_string_equal(times, expected);
	mem_deref(times);
}


/* TR7, UA13: one request up, the same bytes down for each copy, 32 s. */
static void repeats(void **state)
{
	struct world *w = *state;

	w->answer = 200;
	request(w, false, "MESSAGE", "z9hG4bKa", 1);
	assert_int_equal(world_status(w), 200);
	assert_pl(world_last(w)->via.received, "192.0.2.2");
	assert_int_equal(world_last(w)->via.rport, 5060);
	assert_true(pl_isset(&world_last(w)->to.tag));
	assert_int_equal(world_last(w)->cseq, 1);
	world_run(w, 20000);
	request(w, false, "MESSAGE", "z9hG4bKa", 1);
	assert_int_equal(w->ngot, 2);
	assert_string_equal(w->got[0].text, w->got[1].text);
	assert_int_equal(w->requests, 1);
	assert_int_equal(world_strans(w), 1);
	world_run(w, 11997);
	assert_int_equal(world_strans(w), 1);
	world_run(w, 1);
	assert_int_equal(world_strans(w), 0);
	request(w, false, "MESSAGE", "z9hG4bKa", 1);
	assert_int_equal(w->requests, 2);
}


/* 17.2.2: Timer J is zero over a stream. */
static void stream_forgets(void **state)
{
	struct world *w = *state;

	w->answer = 200;
	request(w, true, "MESSAGE", "z9hG4bKa", 1);
	assert_int_equal(world_status(w), 200);
	assert_true(w->got[0].stream);
	assert_int_equal(world_strans(w), 0);
}


/* TR8: 100 at 3.5 s and not before; TR9: never 408; the end at 32 s. */
static void trying(void **state)
{
	struct world *w = *state;
	bool stream;

	for (stream = false;; stream = true) {
		request(w, stream, "MESSAGE", stream ? "z9hG4bKb" : "z9hG4bKa",
			stream ? 2 : 1);
		world_run(w, 3490);
		assert_int_equal(w->ngot, stream);
		if (!stream)
			assert_int_equal(
				sip_strans_answer(w->st, 100, NULL), EINVAL);
		assert_int_equal(sip_strans_answer(w->st, 180, NULL), EINVAL);
		assert_int_equal(sip_strans_answer(w->st, 408, NULL), EINVAL);
		assert_int_equal(sip_strans_answer(w->st, 99, NULL), EINVAL);
		assert_int_equal(sip_strans_answer(w->st, 700, NULL), EINVAL);
		world_run(w, 20);
		assert_int_equal(w->ngot, stream + 1);
		assert_int_equal(world_status(w), 100);
		assert_false(pl_isset(&world_last(w)->to.tag));
		if (stream)
			break;
		request(w, false, "MESSAGE", "z9hG4bKa", 1);
		assert_int_equal(w->requests, 1);
		assert_int_equal(w->ngot, 2);
		world_forget(w, 1);
		world_run(w, 32000);
		assert_int_equal(world_strans(w), 0);
		assert_int_equal(
			sip_strans_answer(w->st, 200, NULL), ETIMEDOUT);
		assert_null(sip_strans_msg(w->st));
	}
	assert_int_equal(sip_strans_answer(w->st, 200, NULL), 0);
	assert_int_equal(sip_strans_answer(w->st, 200, NULL), EALREADY);
	world_run(w, 1);
	assert_int_equal(world_status(w), 200);
	assert_int_equal(world_strans(w), 0);
}


/* TR11: 100 within 200 ms unless a response is there; copies get the last. */
static void invite_trying(void **state)
{
	struct world *w = *state;

	request(w, false, "INVITE", "z9hG4bKa", 1);
	world_run(w, 150);
	assert_int_equal(w->ngot, 0);
	world_run(w, 60);
	assert_int_equal(world_status(w), 100);
	assert_int_equal(sip_strans_answer(w->st, 180, NULL), 0);
	world_run(w, 1000);
	assert_int_equal(w->ngot, 2);
	request(w, false, "INVITE", "z9hG4bKa", 1);
	assert_int_equal(w->ngot, 3);
	assert_int_equal(world_status(w), 180);
	request(w, false, "INVITE", "z9hG4bKb", 2);
	assert_int_equal(sip_strans_answer(w->st, 180, NULL), 0);
	world_run(w, 1000);
	assert_int_equal(w->ngot, 4);
	assert_int_equal(w->requests, 2);
	assert_int_equal(sip_strans_answer(w->st, 486, NULL), 0);
}


/* Timer G doubles to T2, H ends at 32 s (17.2.1). */
static void invite_refused(void **state)
{
	struct world *w = *state;

	w->answer = 486;
	request(w, false, "INVITE", "z9hG4bKa", 1);
	world_run(w, 40000);
	assert_times(w, NULL,
		"0 500 1500 3500 7500 11500 15500 19500 23500 27500 31500");
	assert_int_equal(world_strans(w), 0);
	assert_int_equal(w->requests, 1);
}


/* The ACK stops G; Timer I absorbs copies of it for T4. */
static void invite_acknowledged(void **state)
{
	struct world *w = *state;

	w->answer = 486;
	request(w, false, "INVITE", "z9hG4bKa", 1);
	world_run(w, 600);
	assert_int_equal(w->ngot, 2);
	ack(w, "z9hG4bKa", 1);
	world_run(w, 4000);
	ack(w, "z9hG4bKa", 1);
	request(w, false, "INVITE", "z9hG4bKa", 1);
	assert_int_equal(w->ngot, 2);
	assert_int_equal(w->acks, 0);
	assert_int_equal(world_strans(w), 1);
	world_run(w, 1000);
	assert_int_equal(world_strans(w), 0);
}


/* Over a stream: no G, I is zero. */
static void invite_stream(void **state)
{
	struct world *w = *state;
	char *text;

	w->answer = 486;
	request(w, true, "INVITE", "z9hG4bKa", 1);
	world_run(w, 10000);
	assert_int_equal(w->ngot, 1);
	assert_int_equal(world_strans(w), 1);
	text = world_request("ACK", "z9hG4bKa", 1, "");
	world_stream(w, text);
	mem_deref(text);
	assert_int_equal(world_strans(w), 0);
	assert_int_equal(w->acks, 0);
}


/* RFC 6026: a 2xx is the user's to repeat, copies of the INVITE are absorbed,
 * L is 32 s; an ACK on another branch goes up. */
static void invite_accepted(void **state)
{
	struct world *w = *state;

	request(w, false, "INVITE", "z9hG4bKa", 1);
	assert_int_equal(sip_strans_answer(w->st, 200, NULL), 0);
	world_run(w, 10000);
	assert_int_equal(w->ngot, 1);
	request(w, false, "INVITE", "z9hG4bKa", 1);
	assert_int_equal(w->ngot, 1);
	assert_int_equal(sip_strans_answer(w->st, 200, NULL), 0);
	world_run(w, 1);
	assert_int_equal(w->ngot, 2);
	assert_string_equal(w->got[0].text, w->got[1].text);
	assert_int_equal(sip_strans_answer(w->st, 486, NULL), EALREADY);
	ack(w, "z9hG4bKother", 1);
	assert_int_equal(w->acks, 1);
	ack(w, "z9hG4bKa", 1);
	assert_int_equal(w->acks, 2);
	assert_int_equal(world_strans(w), 1);
	world_run(w, 22000);
	assert_int_equal(world_strans(w), 0);
	assert_int_equal(sip_strans_answer(w->st, 200, NULL), EALREADY);
}


/* TR15: 200 to the CANCEL, 487 to the INVITE, the same To tag (9.2). */
static void cancel_ringing(void **state)
{
	struct world *w = *state;
	struct pl tag;

	w->cancel_answer = 487;
	request(w, false, "INVITE", "z9hG4bKa", 1);
	assert_int_equal(sip_strans_answer(w->st, 180, NULL), 0);
	world_run(w, 1);
	tag = world_last(w)->to.tag;
	request(w, false, "CANCEL", "z9hG4bKa", 1);
	assert_int_equal(w->cancels, 1);
	assert_int_equal(w->requests, 1);
	assert_int_equal(w->ngot, 3);
	assert_int_equal(world_got(w, 1)->status, 200);
	assert_int_equal(world_got(w, 1)->method, MSG_CANCEL);
	assert_int_equal(world_got(w, 2)->status, 487);
	assert_int_equal(world_got(w, 2)->method, MSG_INVITE);
	assert_true(pl_eq(&world_got(w, 1)->to.tag, &tag));
	assert_true(pl_eq(&world_got(w, 2)->to.tag, &tag));
	/* Its copy gets its answer and has no further effect. */
	request(w, false, "CANCEL", "z9hG4bKa", 1);
	assert_int_equal(w->ngot, 4);
	assert_int_equal(world_status(w), 200);
	assert_int_equal(w->cancels, 1);
}


/* Without a handler the stack sends 487 itself. */
static void cancel_alone(void **state)
{
	struct world *w = *state;

	request(w, false, "INVITE", "z9hG4bKa", 1);
	sip_strans_on_cancel(w->st, NULL, NULL);
	request(w, false, "CANCEL", "z9hG4bKa", 1);
	assert_int_equal(world_got(w, 0)->status, 200);
	assert_int_equal(world_got(w, 1)->status, 487);
	assert_int_equal(sip_strans_answer(w->st, 200, NULL), EALREADY);
}


/* TR15: 481 without a match; 200 without effect for other methods, and after
 * a final answer. */
static void cancel_others(void **state)
{
	struct world *w = *state;

	request(w, false, "CANCEL", "z9hG4bKnone", 1);
	assert_int_equal(world_status(w), 481);
	request(w, false, "SUBSCRIBE", "z9hG4bKa", 2);
	request(w, false, "CANCEL", "z9hG4bKa", 2);
	assert_int_equal(world_status(w), 200);
	assert_int_equal(w->cancels, 0);
	assert_int_equal(sip_strans_answer(w->st, 200, NULL), 0);
	w->answer = 486;
	request(w, false, "INVITE", "z9hG4bKb", 3);
	request(w, false, "CANCEL", "z9hG4bKb", 3);
	assert_int_equal(world_status(w), 200);
	assert_int_equal(world_last(w)->method, MSG_CANCEL);
	assert_int_equal(w->cancels, 0);
	/* Another sent-by is another client's (17.2.3). */
	world_send(w,
		"CANCEL sip:alice@192.0.2.1 SIP/2.0\n"
		"Via: SIP/2.0/UDP 192.0.2.3:5060;branch=z9hG4bKb;rport\n"
		"From: <sip:bob@example.org>;tag=b1\n"
		"To: <sip:alice@example.org>\nCall-ID: call-1\n"
		"CSeq: 3 CANCEL\nContent-Length: 0\n\n");
	assert_int_equal(world_status(w), 481);
}


/* TR21: a copy that came another way gets 482, as long as the first lives. */
static void merged(void **state)
{
	struct world *w = *state;

	request(w, false, "MESSAGE", "z9hG4bKa", 1);
	request(w, false, "MESSAGE", "z9hG4bKb", 1);
	assert_int_equal(world_status(w), 482);
	assert_int_equal(w->requests, 1);
	request(w, false, "MESSAGE", "z9hG4bKb", 1);
	assert_int_equal(world_count(w, NULL), 2);
	assert_string_equal(w->got[0].text, w->got[1].text);
	assert_int_equal(sip_strans_answer(w->st, 200, NULL), 0);
	world_run(w, 1);
	assert_int_equal(world_status(w), 200);
	request(w, false, "MESSAGE", "z9hG4bKb", 1);
	assert_int_equal(world_status(w), 482);
	request(w, false, "MESSAGE", "z9hG4bKc", 2);
	assert_int_equal(w->requests, 2);
	assert_int_equal(sip_strans_answer(w->st, 200, NULL), 0);
	world_run(w, 33000);
	w->answer = 200;
	request(w, false, "MESSAGE", "z9hG4bKb", 1);
	assert_int_equal(w->requests, 3);
}


/* TR3: without the cookie, or with nothing behind it, RFC 2543 decides. */
static void old_matching(void **state)
{
	static const struct {
		const char *branch;
		const char *from_tag;
		const char *call_id;
		const char *uri;
		unsigned requests; /* after it */
	} rows[] = {
		{"", ";tag=1", "c1", "sip:alice@192.0.2.1", 1},
		{"", ";tag=1", "c1", "sip:alice@192.0.2.1", 1},
		{"", ";tag=2", "c1", "sip:alice@192.0.2.1", 2},
		{"", "", "c2", "sip:alice@192.0.2.1", 3},
		{"", "", "c2", "sip:alice@192.0.2.1", 3},
		{";branch=1", "", "c3", "sip:alice@192.0.2.1", 4},
		{";branch=1", "", "c3", "sip:alice@192.0.2.1", 4},
		{";branch=z9hG4bK", "", "c4", "sip:alice@192.0.2.1", 5},
		{";branch=z9hG4bK", "", "c5", "sip:alice@192.0.2.1", 6},
		{";branch=z9hG4bK", "", "c5", "sip:alice@192.0.2.1", 6},
	};
	struct world *w = *state;
	size_t i;

	w->answer = 200;
	for (i = 0; i < UNIT_N(rows); i++) {
		char *text = mem_printf("MESSAGE %s SIP/2.0\n"
					"Via: SIP/2.0/UDP 192.0.2.2%s\n"
					"From: <sip:bob@example.org>%s\n"
					"To: <sip:alice@example.org>\n"
					"Call-ID: %s\n"
					"CSeq: 1 MESSAGE\n\n",
			rows[i].uri, rows[i].branch, rows[i].from_tag,
			rows[i].call_id);

		world_send(w, text);
		mem_deref(text);
		assert_int_equal(w->requests, rows[i].requests);
		assert_int_equal(w->ngot, i + 1);
		assert_int_equal(world_status(w), 200);
	}
}


static void ack_old(struct world *w, const struct pl *tag)
{
	char *text = mem_printf("ACK sip:alice@192.0.2.1 SIP/2.0\n"
				"Via: SIP/2.0/UDP 192.0.2.2\n"
				"From: <sip:bob@example.org>;tag=1\n"
				"To: <sip:alice@example.org>;tag=%.*s\n"
				"Call-ID: c1\n"
				"CSeq: 1 ACK\n\n",
		PL_ARG(tag));

	world_send(w, text);
	mem_deref(text);
}


/* The ACK of RFC 2543 is matched by our To tag, not by a branch. */
static void old_ack(void **state)
{
	static const char invite[] = "INVITE sip:alice@192.0.2.1 SIP/2.0\n"
				     "Via: SIP/2.0/UDP 192.0.2.2\n"
				     "From: <sip:bob@example.org>;tag=1\n"
				     "To: <sip:alice@example.org>\n"
				     "Call-ID: c1\n"
				     "CSeq: 1 INVITE\n\n";
	struct world *w = *state;
	struct pl other = PL("other");

	w->answer = 486;
	world_send(w, invite);
	world_send(w, invite);
	assert_int_equal(w->requests, 1);
	assert_int_equal(w->ngot, 2);
	ack_old(w, &other);
	assert_int_equal(w->acks, 1);
	ack_old(w, &world_last(w)->to.tag);
	assert_int_equal(w->acks, 1);
	world_run(w, 4900);
	assert_int_equal(w->ngot, 2);
	world_run(w, 200);
	assert_int_equal(world_strans(w), 0);
}


/* A full table: the oldest answered one makes room, 503 where there is
 * none. */
static void full(void **state)
{
	struct sip_config config = {.max_transactions = 3};
	struct world *w = *state;
	struct sip_strans *held[3];
	uint32_t i;
	char branch[16];

	world_stop(w);
	world_start(w, &config);
	w->answer = 200;
	for (i = 1; i <= 4; i++) {
		(void)snprintf(branch, sizeof(branch), "z9hG4bK%u", i);
		request(w, false, "MESSAGE", branch, i);
		assert_int_equal(world_strans(w), i > 3 ? 3 : i);
	}
	assert_int_equal(w->requests, 4);
	request(w, false, "MESSAGE", "z9hG4bK2", 2); /* still known */
	assert_int_equal(w->requests, 4);
	request(w, false, "MESSAGE", "z9hG4bK1", 1); /* forgotten */
	assert_int_equal(w->requests, 5);
	w->answer = 0;
	for (i = 5; i <= 7; i++) {
		(void)snprintf(branch, sizeof(branch), "z9hG4bK%u", i);
		request(w, false, "MESSAGE", branch, i);
		held[i - 5] = mem_ref(w->st);
	}
	request(w, false, "MESSAGE", "z9hG4bK8", 8);
	assert_int_equal(world_status(w), 503);
	assert_non_null(msg_hdr(world_last(w), HDR_RETRY_AFTER));
	assert_int_equal(w->requests, 8);
	assert_int_equal(world_strans(w), 3);
	for (i = 0; i < 3; i++) {
		assert_int_equal(sip_strans_answer(held[i], 200, NULL), 0);
		mem_deref(held[i]);
	}
	request(w, false, "MESSAGE", "z9hG4bK8", 8);
	assert_int_equal(w->requests, 9);
}


/* Long ones are as many as fit: their responses carry the long Via. */
static void full_of_bytes(void **state)
{
	enum { LONG = 50000, N = 1600 };
	struct world *w = *state;
	char *branch = mem_zalloc(LONG + 1, NULL);
	uint32_t i;

	w->answer = 200;
	memset(branch, 'a', LONG);
	memcpy(branch, "z9hG4bK", 7);
	for (i = 1; i <= N; i++) {
		(void)snprintf(branch + 7, 9, "%08u", i);
		branch[15] = 'a';
		request(w, false, "MESSAGE", branch, i);
		world_forget(w, 0);
	}
	assert_int_equal(w->requests, N);
	assert_in_range(world_strans(w), N / 2, 64 * 1024 * 1024 / LONG + 1);
	/* The newest are still known. */
	request(w, false, "MESSAGE", branch, N);
	assert_int_equal(w->requests, N);
	mem_deref(branch);
}


/* INVITEs that nobody acknowledges are completed ones too. */
static void full_of_invites(void **state)
{
	struct sip_config config = {.max_transactions = 2};
	struct world *w = *state;

	world_stop(w);
	world_start(w, &config);
	w->answer = 486;
	request(w, false, "INVITE", "z9hG4bK1", 1);
	request(w, false, "INVITE", "z9hG4bK2", 2);
	request(w, false, "INVITE", "z9hG4bK3", 3);
	assert_int_equal(w->requests, 3);
	assert_int_equal(world_strans(w), 2);
	world_run(w, 600);
	assert_int_equal(w->ngot, 5); /* 3 and the repetition of two */
}


/* Without a taker: 404, 481 with a To tag; taken and forgotten: 500; ACK is
 * never answered (UA15). */
static void nobody(void **state)
{
	struct world *w = *state;
	char *text;

	w->refuse = true;
	request(w, false, "MESSAGE", "z9hG4bKa", 1);
	assert_int_equal(world_status(w), 404);
	text = world_request("MESSAGE", "z9hG4bKb", 2, "");
	world_send(w, text);
	mem_deref(text);
	assert_int_equal(world_status(w), 404);
	world_send(w,
		"BYE sip:alice@192.0.2.1 SIP/2.0\n"
		"Via: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bKc;rport\n"
		"From: <sip:bob@example.org>;tag=b1\n"
		"To: <sip:alice@example.org>;tag=x\nCall-ID: call-1\n"
		"CSeq: 3 BYE\nContent-Length: 0\n\n");
	assert_int_equal(world_status(w), 481);
	assert_pl(world_last(w)->to.tag, "x");
	assert_int_equal(w->ngot, 3);
	ack(w, "z9hG4bKd", 4);
	assert_int_equal(w->ngot, 3);
	w->refuse = false;
	w->drop = true;
	request(w, false, "MESSAGE", "z9hG4bKe", 5);
	assert_int_equal(world_status(w), 500);
	w->listener = mem_deref(w->listener);
	request(w, false, "MESSAGE", "z9hG4bKf", 6);
	assert_int_equal(world_status(w), 404);
}


/* TR16, TR17: where the answer goes and what it says of the source. */
static void answer_way(void **state)
{
	static const struct {
		const char *via;
		const char *expected; /* of the answer; NULL: not at 5060 */
	} rows[] = {
		{"192.0.2.2:5060;branch=z9hG4bK1", ""},
		{"192.0.2.2;branch=z9hG4bK2", ""},
		{"192.0.2.2:5062;branch=z9hG4bK3", NULL},
		{"192.0.2.2:5062;branch=z9hG4bK4;rport",
			";received=192.0.2.2;rport=5060"},
		{"10.0.0.1:5060;branch=z9hG4bK5", ";received=192.0.2.2"},
		{"phone.example.org;branch=z9hG4bK6", ";received=192.0.2.2"},
		{"10.0.0.1:9;branch=z9hG4bK7;rport=77;received=198.51.100.9",
			";received=192.0.2.2;rport=5060"},
	};
	struct world *w = *state;
	size_t i;

	w->answer = 200;
	for (i = 0; i < UNIT_N(rows); i++) {
		char *text = mem_printf(
			"OPTIONS sip:alice@192.0.2.1 SIP/2.0\n"
			"Via: SIP/2.0/UDP %s, SIP/2.0/TCP 192.0.2.9\n"
			"From: <sip:bob@example.org>;tag=b1\n"
			"To: <sip:alice@example.org>\nCall-ID: c\n"
			"CSeq: %u OPTIONS\n\n",
			rows[i].via, (unsigned)i);
		size_t before = w->ngot;
		struct pl expected = pl_str(rows[i].expected), all;

		world_send(w, text);
		mem_deref(text);
		assert_int_equal(w->requests, i + 1);
		assert_int_equal(w->ngot, before + (rows[i].expected != NULL));
		if (!rows[i].expected)
			continue;
		all = world_last(w)->via.all;
		assert_true(all.l >= expected.l);
		pl_skip(&all, all.l - expected.l);
		assert_pl(all, rows[i].expected);
		assert_true(
			strstr(w->got[w->ngot - 1].text, "192.0.2.9") != NULL);
	}
}


/* What is not sound gets its answer without a transaction, ACK none. */
static void unsound(void **state)
{
	static const struct {
		const char *line;
		const char *rest;
		uint16_t status;
	} rows[] = {
		{"MESSAGE sip:a@192.0.2.1 SIP/7.0", "CSeq: 1 MESSAGE\n", 505},
		{"MESSAGE sip:a@192.0.2.1 SIP/2.0", "CSeq: 1 INVITE\n", 400},
		{"MESSAGE sip:a@192.0.2.1 SIP/2.0", "", 400},
		{"MESSAGE sip:a@192.0.2.1 SIP/2.0",
			"CSeq: 4294967296 MESSAGE\n", 400},
		{"ACK sip:a@192.0.2.1 SIP/2.0", "CSeq: 1 INVITE\n", 0},
		{"ACK sip:a@192.0.2.1 SIP/7.0", "CSeq: 1 ACK\n", 0},
		{"SIP/2.0 200 OK", "CSeq: 1 INVITE\n", 0},
		{"SIP/2.0 2000 OK", "CSeq: 1 INVITE\n", 0},
		{"rubbish", "CSeq: 1 INVITE\n", 400},
	};
	struct world *w = *state;
	size_t i, before;

	w->answer = 200;
	for (i = 0; i < UNIT_N(rows); i++) {
		char *text = mem_printf(
			"%s\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK%u\n"
			"From: <sip:bob@example.org>;tag=b1\n"
			"To: <sip:alice@example.org>\nCall-ID: c\n"
			"%sContent-Length: 0\n\n",
			rows[i].line, (unsigned)i, rows[i].rest);

		before = w->ngot;
		world_send(w, text);
		mem_deref(text);
		if (w->ngot - before != (rows[i].status != 0))
			fail_msg("%s %s", rows[i].line, rows[i].rest);
		if (rows[i].status)
			assert_int_equal(world_status(w), rows[i].status);
	}
	assert_int_equal(w->requests, 0);
	assert_int_equal(world_strans(w), 0);
}


/* What a reply may hold, and the tag that stays (UA13). */
static void replies(void **state)
{
	struct world *w = *state;
	struct pl headers = PL("Retry-After: 5\r\n");
	struct sip_reply r = {
		.status = 480,
		.reason = "Busy \xc3\xa4",
		.headers = &headers,
		.content_type = "text/plain",
		.body = PL("hello"),
	};
	struct pl value;
	char *text;

	text = world_request("INVITE", "z9hG4bKa", 1,
		"Timestamp: 54.1\nRecord-Route: <sip:p.example.org;lr>\n");
	world_send(w, text);
	mem_deref(text);
	world_run(w, 300);
	assert_int_equal(world_status(w), 100);
	assert_true(msg_value(world_last(w), HDR_TIMESTAMP, &value));
	assert_pl(value, "54.1");
	assert_int_equal(sip_strans_answer(w->st, 180, NULL), 0);
	assert_int_equal(sip_strans_reply(w->st, &r), 0);
	world_run(w, 1);
	assert_int_equal(w->ngot, 3);
	assert_pl(world_last(w)->reason, "Busy \xc3\xa4");
	assert_pl(world_last(w)->body, "hello");
	assert_true(msg_value(world_last(w), HDR_RETRY_AFTER, &value));
	assert_pl(value, "5");
	assert_true(pl_eq(&world_got(w, 1)->to.tag, &world_got(w, 2)->to.tag));
	assert_null(msg_hdr(world_last(w), HDR_RECORD_ROUTE));
	assert_null(sip_strans_msg(w->st));
	r.reason = "bad\r\nInjected: 1";
	request(w, false, "MESSAGE", "z9hG4bKb", 2);
	assert_int_equal(sip_strans_reply(w->st, &r), EINVAL);
	assert_int_equal(sip_strans_answer(w->st, 200, NULL), 0);
}


/* The stack may go first; what is held of it knows. */
static void stack_gone(void **state)
{
	struct world *w = *state;
	struct sip_strans *answered[2];
	struct sip_flow *ended;

	request(w, false, "MESSAGE", "z9hG4bKm", 1);
	assert_int_equal(sip_strans_answer(w->st, 200, NULL), 0);
	answered[0] = mem_ref(w->st);
	request(w, true, "MESSAGE", "z9hG4bKn", 2);
	assert_int_equal(sip_strans_answer(w->st, 200, NULL), 0);
	answered[1] = mem_ref(w->st);
	ended = mem_ref(w->flow);
	w->peer_conn = mem_deref(w->peer_conn);
	world_run(w, 1);
	assert_false(sip_flow_isup(ended));
	request(w, false, "INVITE", "z9hG4bKa", 3);
	world_forget(w, 0);
	w->listener = mem_deref(w->listener);
	w->agent = mem_deref(w->agent);
	assert_int_equal(mem_nrefs(w->sip), 1);
	w->sip = mem_deref(w->sip);
	assert_int_equal(sip_strans_answer(answered[0], 200, NULL), EALREADY);
	assert_int_equal(sip_strans_answer(answered[1], 200, NULL), EALREADY);
	assert_int_equal(sip_strans_answer(w->st, 200, NULL), ETIMEDOUT);
	assert_null(sip_strans_msg(w->st));
	assert_int_equal(sip_flow_send(ended, "x", 1), ENOTCONN);
	assert_int_equal(sip_flow_send(w->flow, "x", 1), ENOTCONN);
	mem_deref(answered[0]);
	mem_deref(answered[1]);
	mem_deref(ended);
	world_run(w, 40000);
	assert_int_equal(w->ngot, 0);
}


#define T(name_) cmocka_unit_test_setup_teardown(name_, setup, teardown)

int test_strans(void)
{
	const struct CMUnitTest tests[] = {
		T(repeats),
		T(stream_forgets),
		T(trying),
		T(invite_trying),
		T(invite_refused),
		T(invite_acknowledged),
		T(invite_stream),
		T(invite_accepted),
		T(cancel_ringing),
		T(cancel_alone),
		T(cancel_others),
		T(merged),
		T(old_matching),
		T(old_ack),
		T(full),
		T(full_of_bytes),
		T(full_of_invites),
		T(nobody),
		T(answer_way),
		T(unsound),
		T(replies),
		T(stack_gone),
	};

	return cmocka_run_group_tests_name("strans", tests, NULL, NULL);
}
