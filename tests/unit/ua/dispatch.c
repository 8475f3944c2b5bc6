/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which account a request is for and what is wrong with it; what a profile
 * adds; the torture messages of RFC 4475. */
#include <errno.h>
#include "../msg/data.h"
#include "world.h"

int test_dispatch(void);


struct fixture {
	struct world w;
	struct server s;
	struct node a;
};


static struct fixture *fixture_open(void)
{
	struct fixture *f = mem_zalloc(sizeof(*f), NULL);

	world_open(&f->w, 23);
	server_open(&f->s, &f->w, "192.0.2.9", NULL, NULL);
	node_open(&f->a, &f->w, "alice", "192.0.2.1", NULL);
	node_start(&f->a);
	world_run(&f->w, 10);
	f->a.log[0] = '\0';
	return f;
}


static void fixture_close(struct fixture *f)
{
	node_close(&f->a);
	server_close(&f->s);
	world_close(&f->w);
	mem_deref(f);
}


static const struct msg *ask(struct fixture *f, unsigned n, const char *method,
	const char *uri, const char *headers)
{
	server_printf(&f->s, "192.0.2.1", 5060,
		"%s %s SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKq%u\r\n"
		"From: <sip:kim@192.0.2.9>;tag=k\r\nTo: <sip:x@192.0.2.1>%s"
		"Call-ID: c%u\r\nCSeq: 1 %s\r\nMax-Forwards: 70\r\n"
		"%sContent-Length: 2\r\n\r\nhi",
		method, uri, n, *headers == ';' ? headers : "\r\n", n, method,
		*headers == ';' ? "" : headers);
	world_run(&f->w, 50);
	return server_last(&f->s, method);
}


static void test_checks(void **state)
{
	static const struct {
		const char *method;
		const char *uri;
		const char *headers;
		uint16_t status;
		const char *name; /* of a header in the answer */
		const char *value; /* NULL: any */
	} cases[] = {
		{"MESSAGE", "sip:alice@192.0.2.1",
			"Content-Type: text/plain\r\n", 200, NULL, NULL},
		{"MESSAGE", "sip:anybody@192.0.2.1",
			"Content-Type: text/plain\r\n", 200, NULL, NULL},
		{"MESSAGE", "sip:alice@192.0.2.1",
			"Content-Type: text/html\r\n", 415, "Accept",
			"text/plain, multipart/mixed"},
		{"MESSAGE", "sip:alice@192.0.2.1",
			"Content-Type: message/cpim\r\n", 415, "Accept", NULL},
		{"MESSAGE", "sip:alice@192.0.2.1",
			"Content-Type: image/png\r\nContent-Disposition: "
			"render;handling=optional\r\n",
			200, NULL, NULL},
		{"MESSAGE", "sip:alice@192.0.2.1",
			"Content-Type: text/plain\r\n"
			"Content-Encoding: gzip\r\n",
			415, "Accept-Encoding", "identity"},
		{"MESSAGE", "sip:alice@192.0.2.1", "", 400, NULL, NULL},
		{"MESSAGE", "sip:alice@192.0.2.1", ";tag=z\r\n", 481, NULL,
			NULL},
		{"MESSAGE", "sip:alice@192.0.2.1",
			"Require: a, b\r\nContent-Type: text/plain\r\n", 420,
			"Unsupported", "a, b"},
		{"INFO", "sip:alice@192.0.2.1", "", 481, NULL, NULL},
		{"BYE", "sip:alice@192.0.2.1", "", 481, NULL, NULL},
		{"NOTIFY", "sip:alice@192.0.2.1", "", 481, NULL, NULL},
		{"SUBSCRIBE", "sip:alice@192.0.2.1", ";tag=z\r\n", 481, NULL,
			NULL},
		{"SUBSCRIBE", "sip:alice@192.0.2.1", "Event: presence\r\n", 489,
			"Allow-Events", ""},
		{"OPTIONS", "sip:alice@192.0.2.1", "", 200, "Accept",
			"application/sdp, text/plain, multipart/mixed"},
		{"OPTIONS", "sip:alice@192.0.2.1", "", 200, "Accept-Encoding",
			"identity"},
		{"OPTIONS", "sip:alice@192.0.2.1", "", 200, "Accept-Language",
			NULL},
		{"OPTIONS", "sip:alice@192.0.2.1", "", 200, "Supported", NULL},
		{"OPTIONS", "sip:alice@192.0.2.1", "", 200, "Content-Type",
			"application/sdp"},
		{"REGISTER", "sip:192.0.2.1", "", 405, "Allow", NULL},
		{"PUBLISH", "sip:alice@192.0.2.1", "", 405, "Allow", NULL},
		{"REFER", "sip:alice@192.0.2.1", "", 405, "Allow", NULL},
		{"NEW", "sip:alice@192.0.2.1", "", 501, "Allow", NULL},
		{"message", "sip:alice@192.0.2.1", "", 501, "Allow", NULL},
		{"OPTIONS", "tel:+15551234", "", 416, NULL, NULL},
		{"OPTIONS", "http://192.0.2.1/", "", 416, NULL, NULL},
	};
	struct fixture *f = fixture_open();
	const struct msg *msg;
	unsigned i;
	char *value;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		server_forget(&f->s);
		msg = ask(
			f, i, cases[i].method, cases[i].uri, cases[i].headers);
		assert_non_null(msg);
		assert_int_equal(msg->status, cases[i].status);
		if (!cases[i].name)
			continue;
		value = header(msg, cases[i].name);
		if (cases[i].value)
			assert_string_equal(value, cases[i].value);
		else
			assert_true(*value);
		mem_deref(value);
	}
	fixture_close(f);
}


/* Several accounts of one listener: by user, else 404; the registered one
 * beside them takes only what comes over its own flow. */
static void test_accounts(void **state)
{
	static const char type[] = "Content-Type: text/plain\r\n";
	struct fixture *f = fixture_open();
	struct node b = f->a;
	char *why;

	(void)state;
	b.log[0] = '\0';
	(void)snprintf(b.aor, sizeof(b.aor), "sip:bob@192.0.2.1");
	b.config.aor = b.aor;
	b.handlers.arg = &b;
	b.session = NULL;
	assert_int_equal(
		ua_alloc(&b.ua, f->a.stack, &b.config, &b.handlers, &why), 0);
	ua_start(b.ua);
	world_run(&f->w, 10);
	assert_log(&b, "connecting online ");
	assert_int_equal(
		ask(f, 1, "MESSAGE", "sip:alice@192.0.2.1", type)->status, 200);
	assert_int_equal(
		ask(f, 2, "MESSAGE", "sip:bob@192.0.2.1", type)->status, 200);
	assert_int_equal(
		ask(f, 3, "MESSAGE", "sip:b%6Fb@192.0.2.1", type)->status, 200);
	assert_int_equal(
		ask(f, 4, "MESSAGE", "sip:BOB@192.0.2.1", type)->status, 404);
	assert_int_equal(
		ask(f, 5, "MESSAGE", "sip:192.0.2.1", type)->status, 404);
	assert_log(&f->a, "MESSAGE:hi ");
	assert_log(&b, "MESSAGE:hi MESSAGE:hi ");
	ua_stop(b.ua, 1000, NULL, NULL);
	world_run(&f->w, 10);
	assert_int_equal(
		ask(f, 6, "MESSAGE", "sip:bob@192.0.2.1", type)->status, 200);
	assert_log(&f->a, "MESSAGE:hi ");
	mem_deref(b.ua);
	fixture_close(f);
}


/* ---- what a profile adds ---- */

/* A dialog knows the devices of both: ours on To of the 200, theirs on To of
 * what we send in it. */
static void assert_epids(struct fixture *f)
{
	const struct msg *msg;
	struct pl epid;

	server_printf(&f->s, "192.0.2.1", 5060,
		"INVITE sip:alice@192.0.2.1 SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKep\r\n"
		"From: <sip:kim@192.0.2.9>;epid=77aa;tag=k\r\n"
		"To: <sip:alice@192.0.2.1>\r\nCall-ID: ep\r\n"
		"CSeq: 1 INVITE\r\nMax-Forwards: 70\r\n"
		"Contact: <sip:kim@192.0.2.9>\r\n"
		"Content-Type: application/sdp\r\nContent-Length: 94\r\n\r\n"
		"v=0\r\no=- 0 0 IN IP4 192.0.2.9\r\ns=session\r\n"
		"c=IN IP4 192.0.2.9\r\nt=0 0\r\n"
		"m=message 5060 sip null\r\n");
	world_run(&f->w, 10);
	assert_non_null(f->a.session);
	ua_session_accept(f->a.session);
	world_run(&f->w, 10);
	msg = server_last(&f->s, "INVITE");
	assert_int_equal(msg->status, 200);
	assert_true(msg_param(&msg->to.params, "epid", &epid));
	assert_pl(epid, "0123456789");
	server_printf(&f->s, "192.0.2.1", 5060,
		"ACK sip:alice@192.0.2.1 SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKeq\r\n"
		"From: <sip:kim@192.0.2.9>;tag=k;epid=77aa\r\n"
		"To: <sip:alice@192.0.2.1>;tag=%.*s\r\nCall-ID: ep\r\n"
		"CSeq: 1 ACK\r\nMax-Forwards: 70\r\n"
		"Content-Length: 0\r\n\r\n",
		PL_ARG(&msg->to.tag));
	world_run(&f->w, 10);
	ua_session_end(f->a.session, 100, NULL, NULL);
	world_run(&f->w, 10);
	msg = server_last(&f->s, "BYE");
	assert_true(msg && msg->request);
	assert_true(msg_param(&msg->to.params, "epid", &epid));
	assert_pl(epid, "77aa");
	f->a.session = mem_deref(f->a.session);
	world_run(&f->w, 200);
}


static void test_profile(void **state)
{
	struct fixture *f = mem_zalloc(sizeof(*f), NULL);
	const struct ua_profile profile = {.from_params = ";epid=0123456789"};
	char *from;

	(void)state;
	world_open(&f->w, 23);
	server_open(&f->s, &f->w, "192.0.2.9", NULL, NULL);
	node_open(&f->a, &f->w, "alice", "192.0.2.1", NULL);
	f->a.config.profile = &profile;
	node_start(&f->a);
	world_run(&f->w, 10);
	assert_int_equal(
		ua_options(NULL, f->a.ua, "sip:kim@192.0.2.9", NULL, NULL), 0);
	world_run(&f->w, 10);
	from = header(server_last(&f->s, "OPTIONS"), "From");
	assert_non_null(strstr(from, ";epid=0123456789"));
	mem_deref(from);
	assert_epids(f);
	fixture_close(f);
}


/* ---- RFC 4475 ---- */

struct torture {
	const char *name;
	uint16_t status[3]; /* allowed ones; 0 alone: silence */
};

static const struct torture torture[] = {
	{"wsinv", {481}},
	{"intmeth", {501}},
	{"esc01", {488}},
	{"escnull", {405}},
	{"esc02", {501}},
	{"lwsdisp", {200}},
	{"longreq", {488}},
	{"dblreq", {405}},
	{"semiuri", {200}},
	{"transports", {200}},
	{"mpart01", {200}},
	{"unreason", {0}},
	{"noreason", {0}},
	{"badinv01", {400}},
	{"clerr", {400}},
	{"ncl", {400}},
	{"scalar02", {400}},
	{"scalarlg", {0}},
	{"quotbal", {400}},
	{"ltgtruri", {400}},
	{"lwsruri", {400}},
	{"lwsstart", {400, 488}},
	{"trws", {400, 200}},
	{"escruri", {400, 488}},
	{"baddate", {488, 400}},
	{"regbadct", {400, 405}},
	{"badaspec", {400, 200}},
	{"baddn", {400, 0}},
	{"baddn-terminated", {400, 200}},
	{"badvers", {505}},
	{"mismatch01", {400}},
	{"mismatch02", {501, 400}},
	{"bigcode", {0}},
	{"badbranch", {400, 200}},
	{"insuf", {400, 0}},
	{"unkscm", {416}},
	{"novelsc", {416}},
	{"unksm2", {405}},
	{"bext01", {420}},
	{"invut", {415}},
	{"regaut01", {405}},
	{"multi01", {400}},
	{"mcl01", {400}},
	{"bcast", {0}},
	{"zeromf", {200}},
	{"cparam01", {405}},
	{"cparam02", {405}},
	{"regescrt", {405}},
	{"sdp01", {406}},
	{"inv2543", {488}},
	{"test", {400, 0}},
};


struct answers {
	struct msg *last;
	size_t finals;
};


/* What leaves alice's port, whomever it goes to. */
static void tap_h(bool stream, const struct sa *src, const struct sa *dst,
	const void *p, size_t n, void *arg)
{
	struct answers *answers = arg;
	char text[SA_TEXT_SIZE];
	const char *why;
	struct msg *msg = NULL;

	(void)stream;
	(void)dst;
	if (strcmp(sa_text(src, text), "192.0.2.1:5060"))
		return;
	if (msg_decode(&msg, p, n, false, NULL, &why) || msg->status < 200) {
		mem_deref(msg);
		return;
	}
	++answers->finals;
	mem_deref(answers->last);
	answers->last = msg;
}


static bool is_allowed(const struct torture *t, uint16_t status)
{
	size_t i;

	for (i = 0; i < UNIT_N(t->status); i++) {
		if (t->status[i] == status && (status || !i || i == 1))
			return true;
	}
	return false;
}


static void answer_check(const struct torture *t, const struct msg *msg)
{
	uint16_t status = msg ? msg->status : 0;

	if (!is_allowed(t, status))
		fail_msg("%s: answered %u", t->name, status);
	switch (status) {
	case 501:
		/* Where the message itself is unsound the machine answers. */
		if (!strcmp(t->name, "mismatch02"))
			break;
		/* fall through */
	case 405:
		assert_non_null(msg_hdr(msg, HDR_ALLOW));
		break;
	case 415:
		assert_header(msg, "Accept",
			"application/sdp, multipart/mixed, "
			"multipart/alternative, multipart/related");
		break;
	case 420:
		assert_header(msg, "Unsupported",
			"nothingSupportsThis, nothingSupportsThisEither");
		break;
	case 406:
		assert_non_null(msg_hdr(msg, HDR_WARNING));
		break;
	default:
		break;
	}
}


static void test_torture(void **state)
{
	struct fixture *f;
	struct answers answers = {0};
	struct mbuf *mb;
	char name[64];
	size_t i;

	(void)state;
	if (data_absent("rfc4475"))
		skip();
	f = fixture_open();
	memnet_set_tap(f->w.mn, tap_h, &answers);
	for (i = 0; i < UNIT_N(torture); i++) {
		(void)snprintf(name, sizeof(name), "%s.dat", torture[i].name);
		mb = data_read("rfc4475", name);
		assert_non_null(mb);
		server_send(&f->s, "192.0.2.1", 5060, mb->buf, mb->end);
		world_run(&f->w, 400);
		answer_check(&torture[i], answers.last);
		assert_true(answers.finals <= 1);
		answers.last = mem_deref(answers.last);
		world_run(&f->w, 40 * 1000);
		answers.last = mem_deref(answers.last);
		answers.finals = 0;
		mem_deref(mb);
	}
	/* The account goes on to serve. */
	memnet_set_tap(f->w.mn, NULL, NULL);
	server_forget(&f->s);
	assert_int_equal(
		ask(f, 1, "OPTIONS", "sip:alice@192.0.2.1", "")->status, 200);
	fixture_close(f);
}


/* ---- hostile bytes ---- */

/* Makes a transaction and a call of its own: I for each "0000". */
static void number(char *text, size_t n, unsigned i)
{
	char digits[16];
	size_t at;

	(void)snprintf(digits, sizeof(digits), "%04u", i % 10000);
	for (at = 0; at + 4 <= n; at++) {
		if (!memcmp(text + at, "0000", 4)) {
			memcpy(text + at, digits, 4);
			at += 3;
		}
	}
}


/* COUNT copies of TEXT, each with some bytes changed or cut. */
static void send_mutated(struct fixture *f, const char *text, unsigned count)
{
	struct rand *rand = rand_seeded(count + strlen(text));
	size_t n = strlen(text);
	char *copy = mem_alloc(n, NULL);
	unsigned i, j;

	for (i = 0; i < count; i++) {
		memcpy(copy, text, n);
		number(copy, n, i);
		for (j = rand_below(rand, 4) + 1; j > 0; j--)
			copy[rand_below(rand, (uint32_t)n)] =
				rand_below(rand, 2)
				? (char)rand_u32(rand)
				: ";,<>\"@:\r\n 0%="[rand_below(rand, 14)];
		server_send(&f->s, "192.0.2.1", 5060, copy,
			rand_below(rand, 10) ? n
					     : rand_below(rand, (uint32_t)n));
		world_run(&f->w, 7);
	}
	mem_deref(copy);
	mem_deref(rand);
}


#define START(method_, uri_)                                                   \
	method_ " " uri_ " SIP/2.0\r\n"                                        \
		"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK0000\r\n"       \
		"Route: <sip:192.0.2.1;lr>\r\n"                                \
		"From: \"K\" <sip:kim@192.0.2.9>;tag=k\r\n"                    \
		"Call-ID: 0000\r\nCSeq: 1 " method_ "\r\nMax-Forwards: 70\r\n" \
		"Contact: <sip:kim@192.0.2.9;x=1>;q=0.5\r\n"                   \
		"Record-Route: <sip:192.0.2.9;lr>\r\n"


static void test_mutated(void **state)
{
	static const char *const texts[] = {
		START("INVITE",
			"sip:alice@192.0.2.1") "To: <sip:alice@192.0.2.1>\r\n"
					       "Content-Type: "
					       "application/"
					       "sdp\r\nContent-Length: "
					       "81\r\n\r\n"
					       "v=0\r\no=- 1 1 IN IP4 "
					       "192.0.2.9\r\ns=-\r\n"
					       "c=IN IP4 "
					       "192.0.2.9\r\nm=message 5 sip "
					       "null\r\n",
		START("NOTIFY",
			"sip:alice@192.0.2.1") "To: "
					       "<sip:alice@192.0.2.1>;tag="
					       "x\r\nEvent: presence;id=1\r\n"
					       "Subscription-State: "
					       "active;expires=60;reason="
					       "timeout\r\n"
					       "Content-Type: "
					       "application/pidf+xml\r\n"
					       "Content-Length: 4\r\n\r\n<a/>",
		START("SUBSCRIBE",
			"sip:alice@192.0.2.1") "To: "
					       "<sip:alice@192.0.2.1>\r\nEvent:"
					       " presence\r\n"
					       "Accept: "
					       "application/pidf+xml;q=0.5, "
					       "*/*\r\n"
					       "Expires: 60\r\nContent-Length: "
					       "0\r\n\r\n",
		START("MESSAGE",
			"sip:alice@192.0.2.1") "To: <sip:alice@192.0.2.1>\r\n"
					       "Content-Type: "
					       "text/plain;charset=utf-8\r\n"
					       "Content-Disposition: "
					       "render;handling=optional\r\n"
					       "Content-Length: 2\r\n\r\nhi",
		START("OPTIONS",
			"sip:alice@192.0.2.1") "To: "
					       "<sip:alice@192.0.2.1>"
					       "\r\nRequire: path\r\n"
					       "Content-Length: 0\r\n\r\n",
	};
	struct fixture *f = fixture_open();
	struct ua_notifier_handlers h = node_notifier_h;
	struct ua_notifier *n;
	struct pl open = body("open");
	size_t i;

	(void)state;
	h.arg = &f->a;
	assert_int_equal(ua_notifier_alloc(&n, f->a.ua, "presence",
				 "application/pidf+xml", &h),
		0);
	ua_notifier_set(n, &open, &open);
	f->a.auto_accept = true;
	for (i = 0; i < UNIT_N(texts); i++) {
		send_mutated(f, texts[i], 1500);
		world_run(&f->w, 300 * 1000);
		server_forget(&f->s);
		f->a.log[0] = '\0';
	}
	assert_int_equal(
		ask(f, 1, "OPTIONS", "sip:alice@192.0.2.1", "")->status, 200);
	mem_deref(n);
	fixture_close(f);
}


int test_dispatch(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_checks),
		cmocka_unit_test(test_accounts),
		cmocka_unit_test(test_profile),
		cmocka_unit_test(test_torture),
		cmocka_unit_test(test_mutated),
	};

	return cmocka_run_group_tests_name("dispatch", tests, NULL, NULL);
}
