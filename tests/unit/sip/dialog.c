/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dialog state and route sets (DI1-DI5, DI8). */
#include <errno.h>
#include "lab.h"

int test_dialog(void);


struct fixture {
	struct lab *lab;
	struct sip_agent *agent;
};


static int setup(void **state)
{
	struct fixture *f = mem_zalloc(sizeof(*f), NULL);

	f->lab = lab_new(1);
	f->agent = lab_agent(f->lab, NULL);
	*state = f;
	return 0;
}


static int teardown(void **state)
{
	struct fixture *f = *state;

	mem_deref(f->agent);
	mem_deref(f->lab);
	mem_deref(f);
	return 0;
}


/* A response to what D sent, with LINES. */
static struct msg *reply(
	const struct sip_dialog *d, const char *status, const char *lines)
{
	char *text = mem_printf("SIP/2.0 %s\n"
				"Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\n"
				"From: <sip:alice@example.org>;tag=%.*s\n"
				"Call-ID: %.*s\nCSeq: 1 INVITE\n"
				"%sContent-Length: 0\n\n",
		status, PL_ARG(sip_dialog_local_tag(d)),
		PL_ARG(sip_dialog_call_id(d)), lines);
	struct msg *msg = lab_msg(text);

	mem_deref(text);
	return msg;
}


static struct msg *request(const char *method, const char *lines)
{
	char *text = mem_printf("%s sip:alice@192.0.2.1 SIP/2.0\n"
				"Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKb\n"
				"%sContent-Length: 0\n\n",
		method, lines);
	struct msg *msg = lab_msg(text);

	mem_deref(text);
	return msg;
}


static struct sip_dialog *uac(struct fixture *f)
{
	struct pl target = PL("sip:bob@example.org;transport=tcp");
	struct sip_dialog *d;

	assert_int_equal(sip_dialog_alloc(&d, f->agent, &target, NULL), 0);
	return d;
}


static void take(
	struct sip_dialog *d, int err, const char *status, const char *lines)
{
	struct msg *msg = reply(d, status, lines);

	assert_int_equal(sip_dialog_response(d, msg), err);
	mem_deref(msg);
}


static void assert_path(const struct sip_dialog *d, const char *uri,
	const char *routes, const char *hop)
{
	struct sip_path path = {0};

	assert_int_equal(sip_dialog_path(d, true, &path), 0);
	assert_pl(path.uri, uri);
	assert_pl(path.routes, routes);
	assert_pl(path.hop, hop);
	mem_deref(path.buf);
}


/* DI1, DI2: the UAC's route set is the Record-Route reversed, of several
 * lines too, and stays though a refresh brings another; DI4: its target
 * follows the Contact. */
static void route_set_uac(void **state)
{
	struct sip_dialog *d = uac(*state);

	assert_false(sip_dialog_established(d));
	assert_path(d, "sip:bob@example.org;transport=tcp", "",
		"sip:bob@example.org;transport=tcp");
	take(d, 0, "200 OK",
		"To: <sip:bob@example.org>;tag=b\n"
		"Record-Route: <sip:p3.example.com;lr>, <sip:p2.example.com;lr>"
		";x=1\n"
		"Record-Route: \"q, r\" <sip:p1.example.org;lr>\n"
		"Contact: <sip:bob@192.0.2.2:5062>\n");
	assert_true(sip_dialog_established(d));
	assert_pl(*sip_dialog_remote_tag(d), "b");
	assert_path(d, "sip:bob@192.0.2.2:5062",
		"<sip:p1.example.org;lr>, <sip:p2.example.com;lr>;x=1, "
		"<sip:p3.example.com;lr>",
		"sip:p1.example.org;lr");
	take(d, 0, "200 OK",
		"To: <sip:bob@example.org>;tag=b\n"
		"Record-Route: <sip:evil.example;lr>\n"
		"Contact: <sip:bob@192.0.2.3>\n");
	assert_path(d, "sip:bob@192.0.2.3",
		"<sip:p1.example.org;lr>, <sip:p2.example.com;lr>;x=1, "
		"<sip:p3.example.com;lr>",
		"sip:p1.example.org;lr");
	mem_deref(d);
}


/* A provisional to a re-INVITE opens the frozen route set no more. */
static void frozen(void **state)
{
	struct sip_dialog *d = uac(*state);

	take(d, 0, "200 OK",
		"To: <sip:bob@example.org>;tag=b\n"
		"Contact: <sip:bob@192.0.2.2>\n");
	take(d, 0, "180 Ringing", "To: <sip:bob@example.org>;tag=b\n");
	take(d, 0, "200 OK",
		"To: <sip:bob@example.org>;tag=b\n"
		"Record-Route: <sip:p1.example.org;lr>\n");
	assert_path(d, "sip:bob@192.0.2.2", "", "sip:bob@192.0.2.2");
	mem_deref(d);
}


/* RFC 3261 13.2.2.4: a 2xx after a 1xx computes the routes anew. */
static void early(void **state)
{
	struct sip_dialog *d = uac(*state);

	take(d, 0, "180 Ringing",
		"To: <sip:bob@example.org>;tag=b\n"
		"Record-Route: <sip:p1.example.org;lr>\n"
		"Contact: <sip:bob@192.0.2.2>\n");
	assert_path(d, "sip:bob@192.0.2.2", "<sip:p1.example.org;lr>",
		"sip:p1.example.org;lr");
	take(d, 0, "200 OK",
		"To: <sip:bob@example.org>;tag=b\n"
		"Record-Route: <sip:p2.example.org;lr>\n"
		"Contact: <sip:bob@192.0.2.2>\n");
	assert_path(d, "sip:bob@192.0.2.2", "<sip:p2.example.org;lr>",
		"sip:p2.example.org;lr");
	mem_deref(d);
}


/* DI3: a strict router takes the place of the Request-URI, which goes to the
 * end of the routes. */
static void strict_router(void **state)
{
	struct sip_dialog *d = uac(*state);

	take(d, 0, "200 OK",
		"To: <sip:bob@example.org>;tag=b\n"
		"Record-Route: <sip:p2.example.com;lr>\n"
		"Record-Route: <sip:p1.example.org;method=INVITE;x=y?a=b>\n"
		"Contact: <sip:bob@192.0.2.2>\n");
	assert_path(d, "sip:p1.example.org;x=y",
		"<sip:p2.example.com;lr>, <sip:bob@192.0.2.2>",
		"sip:p1.example.org;x=y");
	mem_deref(d);
}


/* DI1: what is no part of the dialog, and what cannot be a target. */
static void strange_answers(void **state)
{
	struct sip_dialog *d = uac(*state);

	take(d, EBADMSG, "200 OK", "To: <sip:bob@example.org>\n");
	assert_false(sip_dialog_established(d));
	take(d, EBADMSG, "200 OK",
		"To: <sip:bob@example.org>;tag=b\n"
		"Record-Route: <>\n");
	assert_false(sip_dialog_established(d));
	take(d, 0, "200 OK", "To: <sip:bob@example.org>;tag=b\n");
	take(d, ENOENT, "200 OK",
		"To: <sip:bob@example.org>;tag=c\n"
		"Contact: <sip:other@192.0.2.9>\n");
	take(d, EBADMSG, "200 OK",
		"To: <sip:bob@example.org>;tag=b\n"
		"Contact: <tel:+1234>\n");
	assert_pl(*sip_dialog_remote_target(d),
		"sip:bob@example.org;transport=tcp");
	mem_deref(d);
}


#define INVITE_FROM                                                        \
	"From: <sip:bob@example.org>;tag=b\nTo: <sip:alice@example.org>\n" \
	"Call-ID: c1\nCSeq: 7 %s\n"

/* DI2: a UAS keeps the order; DI1: matching; DI5: remote CSeq. */
static void uas(void **state)
{
	struct fixture *f = *state;
	struct msg *msg = request("INVITE",
		"From: <sip:bob@example.org>;tag=b\n"
		"To: <sip:alice@example.org>\nCall-ID: c1\nCSeq: 7 INVITE\n"
		"Record-Route: <sip:p1.example.org;lr>\n"
		"Record-Route: <sip:p2.example.com;lr>\n"
		"Contact: <sip:bob@192.0.2.2>\n");
	struct sip_dialog *d;
	char *lines;

	assert_int_equal(sip_dialog_accept(&d, f->agent, msg, NULL), 0);
	assert_int_equal(sip_dialog_check_cseq(d, msg), 0);
	mem_deref(msg);
	assert_path(d, "sip:bob@192.0.2.2",
		"<sip:p1.example.org;lr>, <sip:p2.example.com;lr>",
		"sip:p1.example.org;lr");
	assert_pl(*sip_dialog_remote_uri(d), "sip:bob@example.org");

	lines = mem_printf("From: <sip:bob@example.org>;tag=b\n"
			   "To: <sip:alice@example.org>;tag=%.*s\n"
			   "Call-ID: c1\nCSeq: 6 BYE\n",
		PL_ARG(sip_dialog_local_tag(d)));
	msg = request("BYE", lines);
	assert_true(sip_dialog_match(d, msg, NULL));
	assert_int_equal(sip_dialog_check_cseq(d, msg), EPROTO);
	mem_deref(msg);
	mem_deref(lines);
	msg = request("BYE",
		"From: <sip:bob@example.org>;tag=b\n"
		"To: <sip:alice@example.org>;tag=other\n"
		"Call-ID: c1\nCSeq: 8 BYE\n");
	assert_false(sip_dialog_match(d, msg, NULL));
	mem_deref(msg);
	mem_deref(d);
}


static void uas_contact(void **state)
{
	static const struct {
		const char *method;
		const char *contact;
		int err;
	} cases[] = {
		{"INVITE", "", EBADMSG},
		{"SUBSCRIBE", "", EBADMSG},
		{"MESSAGE", "", 0},
		{"INVITE", "Contact: <mailto:bob@example.org>\n", EBADMSG},
		{"INVITE", "Contact: <sip:bob@192.0.2.2>\n", 0},
	};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < UNIT_N(cases); i++) {
		char *lines = mem_printf(
			INVITE_FROM "%s", cases[i].method, cases[i].contact);
		struct msg *msg = request(cases[i].method, lines);
		struct sip_dialog *d = NULL;

		assert_int_equal(sip_dialog_accept(&d, f->agent, msg, NULL),
			cases[i].err);
		mem_deref(d);
		mem_deref(msg);
		mem_deref(lines);
	}
}


/* SU2: a NOTIFY before the 200 makes the dialog; DI4: later ones move the
 * target. */
static void notify_first(void **state)
{
	struct sip_dialog *d = uac(*state);
	char *lines = mem_printf("From: <sip:bob@example.org>;tag=n\n"
				 "To: <sip:alice@example.org>;tag=%.*s\n"
				 "Call-ID: %.*s\nCSeq: 1 NOTIFY\n"
				 "Record-Route: <sip:p1.example.org;lr>\n"
				 "Contact: <sip:pa@192.0.2.5>\n",
		PL_ARG(sip_dialog_local_tag(d)), PL_ARG(sip_dialog_call_id(d)));
	struct msg *msg = request("NOTIFY", lines);

	assert_true(sip_dialog_match(d, msg, NULL));
	assert_int_equal(sip_dialog_request(d, msg), 0);
	assert_path(d, "sip:pa@192.0.2.5", "<sip:p1.example.org;lr>",
		"sip:p1.example.org;lr");
	mem_deref(msg);
	mem_deref(lines);
	take(d, 0, "200 OK", "To: <sip:bob@example.org>;tag=n\n");
	assert_path(d, "sip:pa@192.0.2.5", "<sip:p1.example.org;lr>",
		"sip:p1.example.org;lr");
	mem_deref(d);
}


/* DI1: each fork is a dialog of its own with the same Call-ID and tag. */
static void fork(void **state)
{
	struct sip_dialog *d = uac(*state), *other;
	struct msg *msg;

	take(d, 0, "180 Ringing",
		"To: <sip:bob@example.org>;tag=b\n"
		"Contact: <sip:bob@192.0.2.2>\n");
	msg = reply(d, "200 OK",
		"To: <sip:bob@example.org>;tag=c\n"
		"Contact: <sip:bob@192.0.2.3>\n");
	assert_int_equal(sip_dialog_fork(&other, d, msg), 0);
	mem_deref(msg);
	assert_true(pl_eq(sip_dialog_call_id(d), sip_dialog_call_id(other)));
	assert_true(
		pl_eq(sip_dialog_local_tag(d), sip_dialog_local_tag(other)));
	assert_pl(*sip_dialog_remote_tag(other), "c");
	assert_path(other, "sip:bob@192.0.2.3", "", "sip:bob@192.0.2.3");
	assert_path(d, "sip:bob@192.0.2.2", "", "sip:bob@192.0.2.2");
	mem_deref(other);
	mem_deref(d);
}


/* UA8: proxy and Service-Route go first outside a dialog, not in one. */
static void preloaded(void **state)
{
	struct fixture *f = *state;
	const struct sip_agent_config config = {
		.proxy = "sip:proxy.example.org;transport=tls",
	};
	struct sip_agent *agent = lab_agent(f->lab, &config);
	struct pl target = PL("sip:bob@example.org");
	struct sip_path path = {0};
	struct sip_dialog *d;

	assert_int_equal(sip_dialog_alloc(&d, agent, &target, NULL), 0);
	assert_path(d, "sip:bob@example.org",
		"<sip:proxy.example.org;transport=tls;lr>",
		"sip:proxy.example.org;transport=tls;lr");
	assert_int_equal(sip_agent_set_service_route(
				 agent, "<sip:a.example.org;lr>, <sip:b;lr>"),
		0);
	assert_path(d, "sip:bob@example.org",
		"<sip:proxy.example.org;transport=tls;lr>, "
		"<sip:a.example.org;lr>, <sip:b;lr>",
		"sip:proxy.example.org;transport=tls;lr");
	assert_int_equal(sip_dialog_path(d, false, &path), 0);
	assert_pl(path.routes, "<sip:proxy.example.org;transport=tls;lr>");
	mem_deref(path.buf);
	take(d, 0, "200 OK",
		"To: <sip:bob@example.org>;tag=b\n"
		"Contact: <sip:bob@192.0.2.2>\n");
	assert_path(d, "sip:bob@192.0.2.2", "", "sip:bob@192.0.2.2");

	/* A dialog outlives its agent, but nothing can be sent in it. */
	mem_deref(agent);
	assert_null(sip_dialog_agent(d));
	assert_int_equal(sip_dialog_path(d, true, &path), ECANCELED);
	mem_deref(d);
}


static void redirect(void **state)
{
	struct pl other = PL("sip:bob@192.0.2.8"), bad = PL("tel:+123");
	struct sip_dialog *d = uac(*state);

	assert_int_equal(sip_dialog_set_target(d, &bad), EBADMSG);
	assert_int_equal(sip_dialog_set_target(d, &other), 0);
	assert_path(d, "sip:bob@192.0.2.8", "", "sip:bob@192.0.2.8");
	assert_pl(*sip_dialog_remote_uri(d), "sip:bob@example.org");
	take(d, 0, "200 OK", "To: <sip:bob@example.org>;tag=b\n");
	assert_int_equal(sip_dialog_set_target(d, &other), EALREADY);
	mem_deref(d);
}


static void bad_targets(void **state)
{
	static const char *const targets[] = {
		"", "bob", "sip:", "mailto:bob@example.org", "sip:b ob@x"};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < UNIT_N(targets); i++) {
		struct pl target = pl_str(targets[i]);
		struct sip_dialog *d;

		assert_int_not_equal(
			sip_dialog_alloc(&d, f->agent, &target, NULL), 0);
	}
}


int test_dialog(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(route_set_uac, setup, teardown),
		cmocka_unit_test_setup_teardown(frozen, setup, teardown),
		cmocka_unit_test_setup_teardown(early, setup, teardown),
		cmocka_unit_test_setup_teardown(strict_router, setup, teardown),
		cmocka_unit_test_setup_teardown(
			strange_answers, setup, teardown),
		cmocka_unit_test_setup_teardown(uas, setup, teardown),
		cmocka_unit_test_setup_teardown(uas_contact, setup, teardown),
		cmocka_unit_test_setup_teardown(notify_first, setup, teardown),
		cmocka_unit_test_setup_teardown(fork, setup, teardown),
		cmocka_unit_test_setup_teardown(preloaded, setup, teardown),
		cmocka_unit_test_setup_teardown(redirect, setup, teardown),
		cmocka_unit_test_setup_teardown(bad_targets, setup, teardown),
	};

	return cmocka_run_group_tests_name("dialog", tests, NULL, NULL);
}
