/* SPDX-License-Identifier: GPL-3.0-or-later */
/* simple_watch.c - notifications without a body, by a scripted server at
 * 192.0.2.9. */
#include "date.h"
#include "people.h"


int test_simple_watch_body(void);

#define OPEN                                                           \
	"<presence xmlns='urn:ietf:params:xml:ns:pidf' "               \
	"entity='sip:bob@192.0.2.2'><tuple id='a'><status><basic>open" \
	"</basic></status></tuple></presence>"

struct fixture {
	struct world w;
	struct server s;
	struct person p;
	const char *body; /* of the NOTIFY that answers a SUBSCRIBE */
	struct msg *dialog; /* the SUBSCRIBE that began it */
	unsigned cseq;
	size_t subscribed;
};


static void notify(struct fixture *f, const char *state, const char *body)
{
	const struct msg *req = f->dialog;
	struct mbuf *mb = mbuf_alloc(4096);

	mbuf_printf(mb,
		"NOTIFY sip:alice@192.0.2.1 SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKn%u\r\n"
		"From: <sip:bob@192.0.2.2>;tag=w\r\n"
		"To: <sip:alice@192.0.2.1>;tag=%.*s\r\n"
		"Call-ID: %.*s\r\nCSeq: %u NOTIFY\r\nMax-Forwards: 70\r\n"
		"Contact: <sip:192.0.2.9:5060>\r\nEvent: presence\r\n"
		"Subscription-State: %s\r\n%s"
		"Content-Length: %zu\r\n\r\n%s",
		f->cseq, PL_ARG(&req->from.tag), PL_ARG(&req->call_id), f->cseq,
		state, *body ? "Content-Type: application/pidf+xml\r\n" : "",
		strlen(body), body);
	++f->cseq;
	server_send(&f->s, "192.0.2.1", sa_port(&f->s.peer), mb->buf, mb->end);
	mem_deref(mb);
}


static void server_h_(struct server *s, const struct msg *req, void *arg)
{
	struct fixture *f = arg;
	char *contact = header(req, "Contact"), *headers;

	if (req->method == MSG_REGISTER) {
		headers = mem_printf("Contact: %s;expires=7200\r\n", contact);
		server_reply(s, req, 200, "s", headers, NULL);
		mem_deref(headers);
	} else if (req->method == MSG_SUBSCRIBE) {
		++f->subscribed;
		server_reply(s, req, 200, "w", "Expires: 3600\r\n", NULL);
		if (!f->dialog)
			f->dialog = mem_ref((void *)(uintptr_t)req);
		if (f->body)
			notify(f, "active;expires=3600", f->body);
	}
	mem_deref(contact);
}


/* Alice watches bob, who is online. */
static struct fixture *fixture_open(void)
{
	struct fixture *f = mem_zalloc(sizeof(*f), NULL);

	f->cseq = 1;
	f->body = OPEN;
	world_open(&f->w, 1);
	server_open(&f->s, &f->w, "192.0.2.9", server_h_, f);
	person_open(&f->p, &f->w, "alice", "192.0.2.1");
	f->p.config.proxy = "sip:192.0.2.9;transport=udp";
	f->p.config.listen = NULL;
	f->p.config.do_register = true;
	person_start(&f->p);
	world_run(&f->w, 500);
	endpoint_watch(f->p.e, "sip:bob@192.0.2.2");
	world_run(&f->w, 500);
	assert_non_null(strstr(f->p.log, "bob=online "));
	assert_int_equal(f->subscribed, 1);
	f->p.log[0] = '\0';
	return f;
}


static void fixture_close(struct fixture *f)
{
	f->body = NULL;
	person_close(&f->p);
	server_close(&f->s);
	world_close(&f->w);
	mem_deref(f->dialog);
	mem_deref(f);
}


/* SU12: it changes nothing by itself, but what is so is asked for. */
static void asked(void **state)
{
	static const struct {
		const char *body, *log;
	} cases[] = {
		{OPEN, ""}, /* a server that only says that it stands */
		{"", "bob=offline "}, /* nothing is shown any more */
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct fixture *f = fixture_open();

		f->body = cases[i].body;
		notify(f, "active;expires=3600", "");
		world_run(&f->w, 1000);
		assert_int_equal(f->subscribed, 2);
		assert_log(&f->p, cases[i].log);
		/* shown again */
		f->p.log[0] = '\0';
		notify(f, "active;expires=3600", OPEN);
		world_run(&f->w, 1000);
		assert_log(&f->p, *cases[i].body ? "" : "bob=online ");
		assert_int_equal(f->subscribed, 2);
		fixture_close(f);
	}
}


/* However many there are, it is asked for now and then; a body that comes
 * meanwhile is an answer too. */
static void bounded(void **state)
{
	struct fixture *f = fixture_open();
	unsigned i;

	(void)state;
	for (i = 0; i < 30; i++) {
		notify(f, "active;expires=3600", "");
		world_run(&f->w, 1000);
	}
	assert_in_range(f->subscribed, 3, 5);
	assert_log(&f->p, "");
	notify(f, "active;expires=3600", "");
	notify(f, "active;expires=3600", OPEN);
	i = (unsigned)f->subscribed;
	world_run(&f->w, 30 * 1000);
	assert_int_equal(f->subscribed, i);
	fixture_close(f);
}


/* Without a body as nobody decided is another matter. */
static void pending(void **state)
{
	struct fixture *f = fixture_open();

	(void)state;
	notify(f, "pending;expires=3600", "");
	world_run(&f->w, 15 * 1000);
	assert_log(&f->p, "bob=unknown(waiting for approval) ");
	assert_int_equal(f->subscribed, 1);
	fixture_close(f);
}


/* RFC 4480 3.1: an activity ends by itself, and another one begins; until
 * something else is told. */
static void timed(void **state)
{
	struct fixture *f = fixture_open();
	int64_t now = tmrs_wall(memnet_tmrs(f->w.mn));
	char from[DATE_SIZE], until[DATE_SIZE], *text;

	(void)state;
	date_rfc3339(until, now + 60 * 1000);
	date_rfc3339(from, now + 120 * 1000);
	text = mem_printf(
		"<presence xmlns='urn:ietf:params:xml:ns:pidf' "
		"xmlns:dm='urn:ietf:params:xml:ns:pidf:data-model' "
		"xmlns:r='urn:ietf:params:xml:ns:pidf:rpid'><tuple id='a'>"
		"<status><basic>open</basic></status></tuple>"
		"<dm:person id='p'><r:activities until='%s'><r:busy/>"
		"</r:activities><r:activities from='%s'><r:away/>"
		"</r:activities></dm:person></presence>",
		until, from);
	notify(f, "active;expires=3600", text);
	world_run(&f->w, 100);
	assert_log(&f->p, "bob=online/busy ");
	f->p.log[0] = '\0';
	world_run(&f->w, 58 * 1000);
	assert_log(&f->p, "");
	world_run(&f->w, 2 * 1000);
	assert_log(&f->p, "bob=online ");
	f->p.log[0] = '\0';
	world_run(&f->w, 60 * 1000);
	assert_log(&f->p, "bob=online/away ");
	f->p.log[0] = '\0';
	/* What is told in between counts. */
	date_rfc3339(until, now + 180 * 1000);
	mem_deref(text);
	text = mem_printf(
		"<presence xmlns='urn:ietf:params:xml:ns:pidf' "
		"xmlns:dm='urn:ietf:params:xml:ns:pidf:data-model' "
		"xmlns:r='urn:ietf:params:xml:ns:pidf:rpid'><tuple id='a'>"
		"<status><basic>open</basic></status></tuple>"
		"<dm:person id='p'><r:activities until='%s'><r:busy/>"
		"</r:activities></dm:person></presence>",
		until);
	notify(f, "active;expires=3600", text);
	notify(f, "active;expires=3600", OPEN);
	world_run(&f->w, 600 * 1000);
	assert_log(&f->p, "bob=online/busy bob=online ");
	assert_int_equal(f->subscribed, 1);
	mem_deref(text);
	fixture_close(f);
}


int test_simple_watch_body(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asked),
		cmocka_unit_test(bounded),
		cmocka_unit_test(pending),
		cmocka_unit_test(timed),
	};

	return cmocka_run_group_tests_name(
		"simple_watch, bodies", tests, NULL, NULL);
}
