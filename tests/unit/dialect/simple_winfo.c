/* SPDX-License-Identifier: GPL-3.0-or-later */
/* simple_winfo.c - who asks a server to see us: a scripted one at 192.0.2.9
 * tells it. */
#include "fakeway.h"
#include "people.h"


int test_simple_winfo(void);

enum {
	DOCUMENT_MAX = 1 << 20,
};

static const char winfo_type[] = "application/watcherinfo+xml";


/*
 * Documents are written short: "F0 bob/pending kim/active/approved" is a full
 * one of version 0 with two watchers, "P1" a partial one; several are parted
 * by ";".
 */
struct fixture {
	struct world w;
	struct server s;
	struct person p;
	uint16_t status; /* of SUBSCRIBE */
	const char *answer; /* the documents that follow it; NULL: an empty
			       one of the next version */
	const char *package; /* of the list */
	const char *resource;
	unsigned version; /* of the next empty one */
	unsigned cseq;
	size_t subscribed;
	struct msg *dialog; /* the SUBSCRIBE that began it */
};


/* ---- the server ---- */

static void notify(struct fixture *f, const char *state, const char *type,
	const char *text)
{
	const struct msg *req = f->dialog;
	struct mbuf *mb = mbuf_alloc(2 * DOCUMENT_MAX);

	mbuf_printf(mb,
		"NOTIFY sip:alice@192.0.2.1 SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKn%u\r\n"
		"From: <sip:alice@192.0.2.1>;tag=w\r\n"
		"To: <sip:alice@192.0.2.1>;tag=%.*s\r\n"
		"Call-ID: %.*s\r\nCSeq: %u NOTIFY\r\nMax-Forwards: 70\r\n"
		"Contact: <sip:192.0.2.9:5060>\r\nEvent: presence.winfo\r\n"
		"Subscription-State: %s\r\nContent-Type: %s\r\n"
		"Content-Length: %zu\r\n\r\n%s",
		f->cseq, PL_ARG(&req->from.tag), PL_ARG(&req->call_id), f->cseq,
		state, type, strlen(text), text);
	++f->cseq;
	server_send(&f->s, "192.0.2.1", sa_port(&f->s.peer), mb->buf, mb->end);
	mem_deref(mb);
}


/* " bob/pending/event" */
static void write_watcher(struct mbuf *mb, const char *word, size_t len)
{
	char text[64], *status, *event;

	assert_true(len < sizeof(text));
	memcpy(text, word, len);
	text[len] = '\0';
	status = strchr(text, '/');
	assert_non_null(status);
	*status++ = '\0';
	event = strchr(status, '/');
	if (event)
		*event++ = '\0';
	mbuf_printf(mb,
		"<watcher id='i%s' event='%s' status='%s'>sip:%s@192.0.2.1"
		"</watcher>",
		text, event ? event : "subscribe", status, text);
}


/* One document, as it goes out. */
static void tell_one(struct fixture *f, const char *doc, size_t len)
{
	struct mbuf *mb = mbuf_alloc(DOCUMENT_MAX);
	const char *end = doc + len, *word = doc + strcspn(doc, " ;");
	char *text;

	mbuf_printf(mb,
		"<watcherinfo xmlns='urn:ietf:params:xml:ns:watcherinfo' "
		"version='%.*s' state='%s'><watcher-list resource='%s' "
		"package='%s'>",
		(int)(word - doc - 1), doc + 1,
		*doc == 'F' ? "full" : "partial", f->resource, f->package);
	while (word < end) {
		size_t n = strcspn(++word, " ;");

		write_watcher(mb, word, n);
		word += n;
	}
	mbuf_write_str(mb, "</watcher-list></watcherinfo>");
	text = mbuf_strdup(mb);
	notify(f, "active;expires=3600", winfo_type, text);
	mem_deref(text);
	mem_deref(mb);
}


static void tell(struct fixture *f, const char *docs)
{
	while (*docs) {
		size_t n = strcspn(docs, ";");

		tell_one(f, docs, n);
		world_run(&f->w, 100);
		docs += n + (docs[n] == ';');
	}
}


static void subscribed(struct fixture *f, const struct msg *req)
{
	char empty[32];
	const char *answer = f->answer;
	uint32_t expires = 1;

	++f->subscribed;
	if (f->status != 200) {
		server_reply(&f->s, req, f->status, "w", NULL, NULL);
		return;
	}
	server_reply(&f->s, req, 200, "w", "Expires: 3600\r\n", NULL);
	if (!f->dialog || !pl_eq(&f->dialog->call_id, &req->call_id)) {
		mem_deref(f->dialog);
		f->dialog = mem_ref((void *)(uintptr_t)req);
		f->version = 0;
	}
	(void)msg_seconds(req, HDR_EXPIRES, &expires);
	if (!answer) {
		snprintf(empty, sizeof(empty), "F%u", f->version++);
		answer = empty;
	}
	if (!expires)
		notify(f, "terminated;reason=timeout", winfo_type, "");
	else if (*answer)
		tell_one(f, answer, strlen(answer));
}


static void server_h_(struct server *s, const struct msg *req, void *arg)
{
	char *contact = header(req, "Contact"), *headers;

	if (req->method == MSG_REGISTER) {
		headers = mem_printf("Contact: %s;expires=7200\r\n", contact);
		server_reply(s, req, 200, "s", headers, NULL);
		mem_deref(headers);
	} else if (req->method == MSG_SUBSCRIBE) {
		subscribed(arg, req);
	} else if (req->method == MSG_PUBLISH) {
		server_reply(s, req, 200, "s",
			"SIP-ETag: one\r\nExpires: 7200\r\n", NULL);
	}
	mem_deref(contact);
}


static struct fixture *fixture_make(void)
{
	struct fixture *f = mem_zalloc(sizeof(*f), NULL);

	f->status = 200;
	f->cseq = 1;
	f->package = "presence";
	f->resource = "sip:alice@example.org";
	world_open(&f->w, 1);
	server_open(&f->s, &f->w, "192.0.2.9", server_h_, f);
	person_open(&f->p, &f->w, "alice", "192.0.2.1");
	f->p.config.proxy = "sip:192.0.2.9;transport=udp";
	f->p.config.listen = NULL;
	f->p.config.do_register = f->p.config.publish = true;
	f->p.watchers = ENDPOINT_PENDING;
	return f;
}


static void fixture_start(struct fixture *f)
{
	person_start(&f->p);
	world_run(&f->w, 500);
	assert_log(&f->p, "connecting online ");
}


static struct fixture *fixture_open(void)
{
	struct fixture *f = fixture_make();

	fixture_start(f);
	assert_int_equal(f->subscribed, 1);
	assert_header(f->dialog, "Event", "presence.winfo");
	assert_header(f->dialog, "Accept", winfo_type);
	assert_true(pl_streq(&f->dialog->uri_text, f->p.aor));
	return f;
}


static void fixture_close(struct fixture *f)
{
	person_close(&f->p);
	mem_deref(f->dialog);
	server_close(&f->s);
	world_run(&f->w, 40 * 1000);
	world_close(&f->w);
	mem_deref(f);
}


/* ---- what is heard ---- */

/* PR9. The subscription began with "F0". */
static void test_documents(void **state)
{
	static const struct {
		const char *docs;
		const char *heard;
		size_t subscribed; /* SUBSCRIBEs after the first */
	} rows[] = {
		/* Who waits is asked about, once. */
		{"F1 bob/pending", "bob:asks ", 0},
		{"F1 bob/waiting kim/pending", "bob:asks kim:asks ", 0},
		{"P1 bob/pending", "bob:asks ", 0},
		{"F1 bob/active kim/terminated", "", 0},
		{"F1 alice/pending", "", 0},
		{"F1 bob/pending;P2 bob/pending;F3 bob/waiting", "bob:asks ",
			0},
		/* Decided elsewhere; who only goes still wants an answer. */
		{"F1 bob/pending;P2 bob/active/approved",
			"bob:asks bob:settled ", 0},
		{"F1 bob/pending;P2 bob/terminated/rejected",
			"bob:asks bob:settled ", 0},
		{"F1 bob/waiting;P2 bob/terminated/approved",
			"bob:asks bob:settled ", 0},
		{"F1 bob/pending;P2 bob/terminated/timeout", "bob:asks ", 0},
		{"F1 bob/waiting;P2 bob/terminated/giveup;P3 bob/pending",
			"bob:asks ", 0},
		{"F1 bob/pending;P2 bob/active;P3 bob/pending",
			"bob:asks bob:settled bob:asks ", 0},
		{"F1 bob/active;P2 bob/active", "", 0},
		/* Old ones, and one twice. */
		{"F5;P4 bob/pending;F0 bob/pending", "", 0},
		{"F5;P5 bob/pending", "", 0},
		{"F4294967295;P0 bob/pending", "", 0},
		/* One is missing: what came counts, and the whole is asked
		 * for, once for all. */
		{"P2 bob/pending", "bob:asks ", 1},
		{"P2;P4;P6 bob/pending", "bob:asks ", 1},
		{"F9 bob/pending", "bob:asks ", 0},
		{"P2 bob/pending;F3 bob/pending", "bob:asks ", 0},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		struct fixture *f = fixture_open();

		f->version = 10;
		tell(f, rows[i].docs);
		world_run(&f->w, 8000);
		assert_log(&f->p, rows[i].heard);
		assert_int_equal(f->subscribed, 1 + rows[i].subscribed);
		fixture_close(f);
	}
}


/* The first document is a partial one. */
static void test_partial_first(void **state)
{
	struct fixture *f = fixture_make();

	(void)state;
	f->answer = "P3 bob/pending";
	person_start(&f->p);
	world_run(&f->w, 500);
	assert_log(&f->p, "connecting online bob:asks ");
	f->answer = "F4 bob/pending kim/pending";
	world_run(&f->w, 50 * 1000);
	assert_log(&f->p, "kim:asks ");
	assert_int_equal(f->subscribed, 2);
	fixture_close(f);
}


/* Lists of others, and of other packages. */
static void test_other_lists(void **state)
{
	static const struct {
		const char *resource;
		const char *package;
		const char *heard;
	} rows[] = {
		{"sip:alice@example.org", "presence", "bob:asks "},
		{"sip:kim@192.0.2.1", "presence", ""},
		{"alice", "presence", ""},
		{"sip:alice@example.org", "dialog", ""},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		struct fixture *f = fixture_open();

		f->resource = rows[i].resource;
		f->package = rows[i].package;
		tell(f, "F1 bob/pending");
		assert_log(&f->p, rows[i].heard);
		fixture_close(f);
	}
}


/* What is no such document is refused and changes nothing. */
static void test_nonsense(void **state)
{
	static const struct {
		const char *type;
		const char *text;
		uint16_t status;
	} rows[] = {
		{"application/pidf+xml", "<presence/>", 415},
		{"application/watcherinfo+xml;charset=utf-8", "", 200},
		{"application/watcherinfo+xml", "<presence/>", 400},
		{"application/watcherinfo+xml", "<watcherinfo", 400},
	};
	struct fixture *f = fixture_open();
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		notify(f, "active", rows[i].type, rows[i].text);
		world_run(&f->w, 100);
		assert_int_equal(
			server_last(&f->s, "NOTIFY")->status, rows[i].status);
	}
	tell(f, "P1 bob/pending");
	assert_log(&f->p, "bob:asks ");
	fixture_close(f);
}


/* A server that never sends the whole is not asked for ever. */
static void test_never_whole(void **state)
{
	struct fixture *f = fixture_open();

	(void)state;
	f->answer = "";
	tell(f, "P2");
	world_run(&f->w, 30 * 60 * 1000);
	assert_int_equal(f->subscribed, 1 + 3);
	f->answer = NULL;
	f->version = 3;
	/* The refresh brings it. */
	world_run(&f->w, 30 * 60 * 1000);
	assert_int_equal(f->subscribed, 1 + 3 + 1);
	f->answer = "F9";
	tell(f, "P6 bob/pending");
	world_run(&f->w, 20 * 1000);
	assert_log(&f->p, "bob:asks ");
	assert_int_equal(f->subscribed, 1 + 3 + 2);
	fixture_close(f);
}


/* Another subscription counts its documents anew. */
static void test_anew(void **state)
{
	struct fixture *f = fixture_open();

	(void)state;
	tell(f, "F7 bob/pending");
	f->answer = "F0 bob/pending kim/waiting";
	notify(f, "terminated;reason=deactivated", winfo_type, "");
	world_run(&f->w, 2000);
	assert_int_equal(f->subscribed, 2);
	assert_log(&f->p, "bob:asks kim:asks ");
	fixture_close(f);
}


/* A server without it: nothing changes, until the next sign-in. */
static void test_refused(void **state)
{
	static const uint16_t statuses[] = {403, 404, 405, 489, 501};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(statuses); i++) {
		struct fixture *f = fixture_make();

		f->status = statuses[i];
		fixture_start(f);
		world_run(&f->w, 40 * 60 * 1000);
		assert_int_equal(f->subscribed, 1);
		assert_int_equal(server_count(&f->s, "PUBLISH"), 1);
		endpoint_sign_out(f->p.e, 2000, person_done_h, &f->p);
		world_run(&f->w, 3000);
		assert_log(&f->p, "offline done ");
		assert_int_equal(f->subscribed, 1);
		f->status = 200;
		endpoint_sign_in(f->p.e);
		world_run(&f->w, 1000);
		assert_int_equal(f->subscribed, 2);
		tell(f, "P1 bob/pending");
		assert_log(&f->p, "connecting online bob:asks ");
		fixture_close(f);
	}
}


/* Who is decided about is remembered above, not here. */
static void test_decided(void **state)
{
	struct fixture *f = fixture_open();

	(void)state;
	tell(f, "F1 bob/pending");
	assert_log(&f->p, "bob:asks ");
	endpoint_decide(
		f->p.e, "sip:bob@192.0.2.1", ENDPOINT_ALLOW, ENDPOINT_ALLOW);
	f->p.watchers = ENDPOINT_ALLOW;
	tell(f, "P2 bob/pending;P3 bob/active");
	assert_log(&f->p, "bob:asks bob:waits ");
	/* Taken back. */
	f->p.watchers = ENDPOINT_PENDING;
	tell(f, "P4 bob/pending;P5 bob/pending");
	assert_log(&f->p, "bob:asks ");
	fixture_close(f);
}


static const struct http_answer
	absent = {.status = 404},
	caps = {
		.status = 200,
		.body = PL("<xcap-caps "
			   "xmlns='urn:ietf:params:xml:ns:xcap-caps'"
			   "><auids><auid>pres-rules</auid></auids>"
			   "</xcap-caps>"),
};


/* Who waits there and was decided about before gets a rule; a refusal by a
 * setting is none. */
static void test_known(void **state)
{
	static const struct {
		enum endpoint_verdict verdict;
		const char *rule; /* NULL: none */
	} rows[] = {
		{ENDPOINT_ALLOW, "sotto-allow"},
		{ENDPOINT_POLITE_BLOCK, "sotto-polite-block"},
		{ENDPOINT_REFUSE, NULL},
		{ENDPOINT_PENDING, NULL},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		struct fixture *f = fixture_make();
		struct fakeway http;

		fakeway_init(&http);
		f->p.config.xcap_root = "http://xcap.example.org";
		f->p.http = &http.way;
		fixture_start(f);
		fakeway_answer(&http, &caps);
		fakeway_answer(&http, &absent);
		f->p.watchers = rows[i].verdict;
		tell(f, "F1 bob/pending");
		assert_int_equal(http.requests.count, rows[i].rule ? 1 : 0);
		if (rows[i].rule) {
			/* Another device may have taken it back. */
			fakeway_answer(&http, &absent);
			fakeway_answer(&http, &absent);
			assert_non_null(strstr(http.log, rows[i].rule));
			assert_non_null(strstr(http.log, "sip:bob@192.0.2.1"));
		}
		fixture_close(f);
	}
}


/* Who is let in and waits all the same: told once, where the server takes no
 * rules; who is blocked sees nothing either way. */
static void test_kept_waiting(void **state)
{
	static const struct {
		enum endpoint_verdict verdict;
		bool xcap; /* but no server behind it */
		const char *log, *again;
	} rows[] = {
		{ENDPOINT_ALLOW, false, "bob:asks bob:waits ", ""},
		{ENDPOINT_ALLOW, true, "bob:asks bob:asks bob:waits ", ""},
		{ENDPOINT_POLITE_BLOCK, false, "bob:asks ",
			"bob:asks bob:asks "},
		{ENDPOINT_REFUSE, false, "bob:asks ", "bob:asks bob:asks "},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		struct fixture *f = fixture_make();
		struct fakeway http;

		fakeway_init(&http);
		f->p.config.xcap_root =
			rows[i].xcap ? "http://xcap.example.org" : NULL;
		f->p.http = &http.way;
		fixture_start(f);
		f->p.watchers = rows[i].verdict;
		tell(f, "F1 bob/pending");
		if (rows[i].xcap)
			fakeway_answer(&http, &absent);
		assert_log(&f->p, rows[i].log);
		tell(f, "F2 bob/pending;P3 bob/pending");
		assert_log(&f->p, rows[i].again);
		fixture_close(f);
	}
}


/* Another device took back what was decided: the user is asked. */
static void test_taken_back(void **state)
{
	struct fixture *f = fixture_make();
	struct fakeway http;

	(void)state;
	fakeway_init(&http);
	f->p.config.xcap_root = "http://xcap.example.org";
	f->p.http = &http.way;
	fixture_start(f);
	fakeway_answer(&http, &caps);
	fakeway_answer(&http, &absent);
	f->p.watchers = ENDPOINT_ALLOW;
	tell(f, "F1 bob/pending");
	assert_log(&f->p, "bob:asks ");
	f->p.watchers = ENDPOINT_PENDING;
	fakeway_answer(&http, &absent);
	assert_log(&f->p, "bob:asks ");
	assert_int_equal(http.requests.count, 0);
	/* Asked once, and answered there. */
	tell(f, "P2 bob/pending");
	tell(f, "P3 bob/active");
	assert_log(&f->p, "bob:settled ");
	fixture_close(f);
}


/* While a question is open, it is looked now and then whether another device
 * has answered. */
static void test_open(void **state)
{
	struct fixture *f = fixture_make();
	struct fakeway http;
	size_t i;

	(void)state;
	fakeway_init(&http);
	f->p.config.xcap_root = "http://xcap.example.org";
	f->p.http = &http.way;
	fixture_start(f);
	fakeway_answer(&http, &caps);
	fakeway_answer(&http, &absent);
	world_run(&f->w, 290 * 1000);
	assert_int_equal(f->subscribed, 1);
	tell(f, "P1 bob/pending");
	f->answer = "";
	for (i = 0; i < 3; i++) {
		world_run(&f->w, 60 * 1000);
		assert_int_equal(f->subscribed, 2 + i);
		assert_int_equal(http.requests.count, 1);
		fakeway_answer(&http, &absent);
	}
	f->answer = "F9 bob/active";
	world_run(&f->w, 60 * 1000);
	assert_log(&f->p, "bob:asks bob:settled ");
	fakeway_answer(&http, &absent);
	world_run(&f->w, 290 * 1000);
	assert_int_equal(f->subscribed, 5);
	fixture_close(f);
}


static void test_life(void **state)
{
	struct fixture *f = fixture_open();

	(void)state;
	tell(f, "F1 bob/pending");
	endpoint_sign_out(f->p.e, 2000, person_done_h, &f->p);
	world_run(&f->w, 3000);
	assert_header(server_last(&f->s, "SUBSCRIBE"), "Expires", "0");
	assert_log(&f->p, "bob:asks offline done ");
	f->answer = "F0 bob/pending kim/pending";
	endpoint_sign_in(f->p.e);
	world_run(&f->w, 1000);
	assert_log(&f->p, "connecting online kim:asks ");
	fixture_close(f);
}


/* Who publishes nothing at a server has no watchers there. */
static void test_unpublished(void **state)
{
	struct fixture *f = fixture_make();

	(void)state;
	f->p.config.publish = false;
	fixture_start(f);
	assert_int_equal(f->subscribed, 0);
	fixture_close(f);
}


static void test_bound(void **state)
{
	struct fixture *f = fixture_open();
	struct mbuf *mb = mbuf_alloc(DOCUMENT_MAX);
	char *docs;
	size_t i;

	(void)state;
	mbuf_write_str(mb, "F1");
	for (i = 0; i < 500; i++)
		mbuf_printf(mb, " u%zu/pending", i);
	mbuf_write_str(mb, ";P2");
	for (; i < 1200; i++)
		mbuf_printf(mb, " u%zu/pending", i);
	docs = mbuf_strdup(mb);
	f->p.log[0] = '\0';
	tell(f, docs);
	assert_int_equal(f->p.asks, 1000);
	mem_deref(docs);
	mem_deref(mb);
	fixture_close(f);
}


/* The handler lets the endpoint go in the middle of a document. */
static void test_bomb(void **state)
{
	static const char *const bombs[] = {"bob:asks", "bob:settled"};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(bombs); i++) {
		struct fixture *f = fixture_open();

		f->p.bomb = bombs[i];
		tell(f, "F1 bob/pending;P2 bob/active kim/pending");
		assert_null(f->p.e);
		assert_log(&f->p, i ? "bob:asks bob:settled " : "bob:asks ");
		fixture_close(f);
	}
}


int test_simple_winfo(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_documents),
		cmocka_unit_test(test_partial_first),
		cmocka_unit_test(test_other_lists),
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_never_whole),
		cmocka_unit_test(test_anew),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_decided),
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_kept_waiting),
		cmocka_unit_test(test_taken_back),
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_unpublished),
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_bomb),
	};

	return cmocka_run_group_tests_name("simple_winfo", tests, NULL, NULL);
}
