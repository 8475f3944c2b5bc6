/* SPDX-License-Identifier: GPL-3.0-or-later */
/* simple_rls.c - one subscription for all: a scripted server of lists at
 * 192.0.2.9, and documents that the test itself gives out. */
#include "fakeway.h"
#include "people.h"

int test_simple_rls(void);


#define ROOT "http://xcap.example.org/"
#define URL  ROOT "rls-services/users/sip:alice@example.org/index"
#define LIST "sip:alice+sotto-buddies@example.org"
#define CAPS                                                                \
	"<xcap-caps xmlns='urn:ietf:params:xml:ns:xcap-caps'><auids><auid>" \
	"rls-services</auid></auids></xcap-caps>"
#define SERVICES(entries)                                            \
	"<rls-services xmlns='urn:ietf:params:xml:ns:rls-services' " \
	"xmlns:rl='urn:ietf:params:xml:ns:resource-lists'>"          \
	"<service uri='" LIST "'><list>" entries "</list><packages>" \
	"<package>presence</package></packages></service></rls-services>"
#define CAPS_URL    ROOT "xcap-caps/global/index"
#define ENTRY(user) "<rl:entry uri='sip:" user "@example.org'/>"

#define BOTH SERVICES(ENTRY("bob") ENTRY("kim"))

#define PIDF                                                                \
	"<presence xmlns='urn:ietf:params:xml:ns:pidf' entity='%s'><tuple " \
	"id='t'><status><basic>%s</basic></status></tuple></presence>"

enum {
	DOCUMENT_MAX = 4 << 20,
};

/*
 * Documents are written short: "F1 bob=open kim=pending tom ann=rejected" is a
 * whole one of version 1, "P2" one of changes. Of a person there is: nothing,
 * "open", "closed", "empty" (active, but nothing to show), "pending", else
 * why it ended.
 */
struct fixture {
	struct world w;
	struct server s;
	struct person p;
	struct fakeway http;
	uint16_t status; /* of SUBSCRIBE to the list */
	const char *answer; /* the document that follows it; NULL: nothing */
	const char *alone; /* Subscription-State of who is asked for alone */
	bool shown; /* ... with a document that says open */
	const char *instead; /* ... of a list that is none; NULL: it is one */
	unsigned cseq;
	size_t listed; /* SUBSCRIBEs to the list */
	size_t ended; /* ... with Expires: 0 */
	size_t singles; /* ... to somebody */
	size_t ends; /* ... of them, with Expires: 0 */
	struct msg *dialog; /* the last SUBSCRIBE to the list */
};


/* ---- the server ---- */

static void notify(struct fixture *f, const struct msg *req, const char *state,
	const char *type, const char *text)
{
	struct mbuf *mb = mbuf_alloc(2 * DOCUMENT_MAX);

	mbuf_printf(mb,
		"NOTIFY sip:alice@192.0.2.1 SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKn%u\r\n"
		"From: <sip:alice@192.0.2.1>;tag=w\r\n"
		"To: <sip:alice@192.0.2.1>;tag=%.*s\r\n"
		"Call-ID: %.*s\r\nCSeq: %u NOTIFY\r\nMax-Forwards: 70\r\n"
		"Contact: <sip:192.0.2.9:5060>\r\nEvent: presence\r\n"
		"Subscription-State: %s\r\nContent-Type: %s\r\n"
		"Content-Length: %zu\r\n\r\n%s",
		f->cseq, PL_ARG(&req->from.tag), PL_ARG(&req->call_id), f->cseq,
		state, type, strlen(text), text);
	++f->cseq;
	server_send(&f->s, "192.0.2.1", sa_port(&f->s.peer), mb->buf, mb->end);
	mem_deref(mb);
}


/* "bob=open": his resource, and the part with his document. */
static void write_person(
	struct mbuf *list, struct mbuf *parts, const char *word, size_t len)
{
	const char *eq = memchr(word, '=', len);
	int user = (int)(eq ? (size_t)(eq - word) : len);
	char *state = eq ? mem_strndup(eq + 1, len - (size_t)user - 1) : NULL;

	mbuf_printf(list, "<resource uri='sip:%.*s@example.org'>", user, word);
	if (state && (!strcmp(state, "open") || !strcmp(state, "closed"))) {
		mbuf_printf(list,
			"<instance id='i' state='active' cid='%.*s@x'/>", user,
			word);
		mbuf_printf(parts,
			"\r\n--b\r\nContent-Type: application/pidf+xml\r\n"
			"Content-ID: <%.*s@x>\r\n\r\n"
			"<presence xmlns='urn:ietf:params:xml:ns:pidf' "
			"entity='sip:%.*s@example.org'><tuple id='t'><status>"
			"<basic>%s</basic></status></tuple></presence>",
			user, word, user, word, state);
	} else if (state && !strcmp(state, "empty")) {
		mbuf_write_str(list, "<instance id='i' state='active'/>");
	} else if (state && !strcmp(state, "pending")) {
		mbuf_write_str(list, "<instance id='i' state='pending'/>");
	} else if (state) {
		mbuf_printf(list,
			"<instance id='i' state='terminated' reason='%s'/>",
			state);
	}
	mbuf_write_str(list, "</resource>");
	mem_deref(state);
}


static char *document(const char *text)
{
	struct mbuf *list = mbuf_alloc(DOCUMENT_MAX);
	struct mbuf *parts = mbuf_alloc(DOCUMENT_MAX);
	const char *word = text + strcspn(text, " ");
	struct pl inner, outer;
	char *all;

	mbuf_printf(list,
		"<list xmlns='urn:ietf:params:xml:ns:rlmi' uri='" LIST
		"' version='%.*s' fullState='%s'>",
		(int)(word - text - 1), text + 1,
		*text == 'F' ? "true" : "false");
	while (*word) {
		size_t n = strcspn(++word, " ");

		write_person(list, parts, word, n);
		word += n;
	}
	mbuf_write_str(list, "</list>");
	inner = mbuf_all(list);
	outer = mbuf_all(parts);
	all = mem_printf("--b\r\nContent-Type: application/rlmi+xml\r\n"
			 "Content-ID: <list@x>\r\n\r\n%.*s%.*s\r\n--b--\r\n",
		PL_ARG(&inner), PL_ARG(&outer));
	mem_deref(list);
	mem_deref(parts);
	return all;
}


static void tell(struct fixture *f, const char *text)
{
	char *doc = document(text);

	notify(f, f->dialog, "active;expires=3600",
		"multipart/related;type=\"application/rlmi+xml\";"
		"start=\"<list@x>\";boundary=b",
		doc);
	mem_deref(doc);
}


static void subscribed_to_list(struct fixture *f, const struct msg *req)
{
	uint32_t expires = 1;

	++f->listed;
	assert_header(req, "Supported", "eventlist");
	assert_header(req, "Accept",
		"application/pidf+xml, application/rlmi+xml, "
		"multipart/related");
	if (f->status != 200) {
		server_reply(&f->s, req, f->status, "w", NULL, NULL);
		return;
	}
	(void)msg_seconds(req, HDR_EXPIRES, &expires);
	server_reply(&f->s, req, 200, "w",
		expires ? "Expires: 3600\r\nRequire: eventlist\r\n"
			  "Contact: <sip:rls@192.0.2.9>\r\n"
			: "Expires: 0\r\nContact: <sip:rls@192.0.2.9>\r\n",
		NULL);
	mem_deref(f->dialog);
	f->dialog = mem_ref((void *)(uintptr_t)req);
	f->ended += !expires;
	if (f->instead)
		notify(f, req, f->instead, "application/pidf+xml", "");
	else if (expires && f->answer)
		tell(f, f->answer);
}


static void subscribed(struct fixture *f, const struct msg *req)
{
	char *to = pl_strdup(&req->to.uri_text), *doc;
	uint32_t expires = 1;

	(void)msg_seconds(req, HDR_EXPIRES, &expires);
	if (!strcmp(to, LIST)) {
		subscribed_to_list(f, req);
	} else if (f->alone) {
		f->singles += expires > 0;
		f->ends += !expires;
		server_reply(&f->s, req, 200, "w", "Expires: 3600\r\n", NULL);
		doc = mem_printf(PIDF, to, "open");
		notify(f, req, expires ? f->alone : "terminated;reason=timeout",
			"application/pidf+xml", f->shown && expires ? doc : "");
		mem_deref(doc);
	} else {
		f->singles += expires > 0;
		server_reply(&f->s, req, 403, "w", NULL, NULL);
	}
	mem_deref(to);
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
	} else if (req->method == MSG_MESSAGE) {
		server_reply(s, req, 403, "s", NULL, NULL);
	}
	mem_deref(contact);
}


static struct fixture *fixture_make(void)
{
	struct fixture *f = mem_zalloc(sizeof(*f), NULL);

	f->status = 200;
	f->cseq = 1;
	f->alone = "active;expires=3600";
	world_open(&f->w, 1);
	server_open(&f->s, &f->w, "192.0.2.9", server_h_, f);
	person_open(&f->p, &f->w, "alice", "192.0.2.1");
	fakeway_init(&f->http);
	(void)snprintf(f->p.aor, sizeof(f->p.aor), "sip:alice@example.org");
	f->p.config.proxy = "sip:192.0.2.9;transport=udp";
	f->p.config.listen = NULL;
	f->p.config.do_register = true;
	f->p.config.dialect = "simple";
	f->p.config.xcap_root = ROOT;
	f->p.config.presence_list = "yes";
	f->p.http = &f->http.way;
	return f;
}


static void watch(struct fixture *f, const char *users)
{
	struct pl rest = pl_str(users), user;
	bool more;
	char *peer;

	do {
		more = pl_split(&rest, ' ', &user);
		peer = mem_printf("sip:%.*s@example.org", PL_ARG(&user));
		endpoint_watch(f->p.e, peer);
		mem_deref(peer);
	} while (more);
}


/* The oldest HTTP request, which begins with WHAT. */
static void http_answer(struct fixture *f, const char *what, uint16_t status,
	const char *etag, const char *body)
{
	const struct http_answer a = {
		.status = status, .etag = etag, .body = pl_str(body)};

	assert_int_equal(f->http.requests.count, 1);
	if (strncmp(f->http.log, what, strlen(what)) != 0)
		assert_string_equal(f->http.log, what);
	fakeway_answer(&f->http, &a);
	world_run(&f->w, 10);
}


/* Signed in, with bob and kim watched, whose list is there already. */
static void begin(struct fixture *f)
{
	person_start(&f->p);
	watch(f, "bob kim");
	world_run(&f->w, 100);
	assert_log(&f->p,
		"connecting bob=unknown(connecting) "
		"kim=unknown(connecting) online bob=unknown(waiting for an "
		"answer) "
		"kim=unknown(waiting for an answer) ");
	f->p.log[0] = '\0';
	http_answer(f, "GET " CAPS_URL, 200, NULL, CAPS);
	http_answer(f, "GET " URL, 200, "\"1\"", BOTH);
}


static struct fixture *fixture_open(const char *answer)
{
	struct fixture *f = fixture_make();

	f->answer = answer;
	begin(f);
	world_run(&f->w, 50);
	assert_int_equal(f->listed, 1);
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


/* ---- tests ---- */

/* PR7, PR8: what each state of an instance says, in the first document and
 * later. */
static void states(void **state)
{
	static const struct {
		const char *docs[3];
		const char *heard;
		size_t singles;
	} rows[] = {
		{{"F1 bob=open kim=closed"}, "bob=online kim=offline ", 0},
		{{"F1 bob=empty kim=open"}, "bob=offline kim=online ", 0},
		{{"F1 bob=pending kim=rejected"},
			"bob=unknown(waiting for approval) "
			"kim=unknown(declined) ",
			0},
		{{"F1 bob=noresource kim=open"},
			"bob=unknown(there is no such address any more) "
			"kim=online ",
			0},
		/* changes; somebody else's is none of ours */
		{{"F1 bob=open kim=open", "P2 kim=closed tom=open",
			 "P3 bob=pending"},
			"bob=online kim=online kim=offline "
			"bob=unknown(waiting for approval) ",
			0},
		/* the server tries again by itself, and so do we */
		{{"F1 bob=open kim=open", "P2 bob=probation"},
			"bob=online kim=online bob=offline ", 1},
		{{"F1 bob=giveup kim=open"}, "kim=online bob=offline ", 1},
		/* something is so with him that it has no word for */
		{{"F1 bob=open kim=open", "P2 bob"},
			"bob=online kim=online bob=offline ", 1},
		/* a later one that shows nothing changes nothing; all of it
		 * does */
		{{"F1 bob=open kim=open", "P2 bob=empty"},
			"bob=online kim=online ", 0},
		{{"F1 bob=open kim=open", "F2 bob=empty kim=open"},
			"bob=online kim=online bob=offline ", 0},
		/* not told of at first, or at all */
		{{"F1 bob kim", "P2 bob=open kim=open"},
			"bob=online kim=online ", 0},
		{{"F1 bob=open kim"}, "bob=online kim=offline ", 1},
		{{"F1 bob=open"}, "bob=online kim=offline ", 1},
		{{"F1 bob=open kim=open", "F2 kim=open"},
			"bob=online kim=online bob=offline ", 1},
	};
	size_t i, k;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		struct fixture *f = fixture_open(rows[i].docs[0]);

		for (k = 1; k < 3 && rows[i].docs[k]; k++) {
			world_run(&f->w, 1000);
			tell(f, rows[i].docs[k]);
		}
		world_run(&f->w, 10 * 1000);
		assert_log(&f->p, rows[i].heard);
		assert_int_equal(f->singles, rows[i].singles);
		assert_int_equal(f->listed, 1);
		fixture_close(f);
	}
}


/* ---- no list ---- */

/* What is no list, by the answer or by what follows it. */
static void refused(void **state)
{
	static const struct {
		uint16_t status;
		const char *instead;
		size_t ended;
	} rows[] = {
		{403, NULL, 0},
		{404, NULL, 0},
		{405, NULL, 0},
		{421, NULL, 0},
		{489, NULL, 0},
		{503, NULL, 0},
		{200, "pending;expires=3600", 1},
		{200, "active;expires=3600", 1},
		{200, "terminated;reason=noresource", 0},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		struct fixture *f = fixture_make();

		f->status = rows[i].status;
		f->instead = rows[i].instead;
		begin(f);
		world_run(&f->w, 5000);
		assert_log(&f->p, "bob=offline kim=offline ");
		assert_int_equal(f->singles, 2);
		assert_int_equal(f->ends, 0);
		assert_int_equal(f->ended, rows[i].ended);
		fixture_close(f);
	}
}


/* The server keeps no such document, it cannot be read, or not be written. */
static void not_written(void **state)
{
	static const struct {
		const char *caps;
		uint16_t get;
		const char *text;
		uint16_t put;
	} rows[] = {
		{"<xcap-caps xmlns='urn:ietf:params:xml:ns:xcap-caps'><auids>"
		 "<auid>x</auid></auids></xcap-caps>",
			0, NULL, 0},
		{NULL, 0, NULL, 0},
		{CAPS, 500, NULL, 0},
		{CAPS, 200, "<x/>", 0},
		{CAPS, 404, NULL, 409},
		{CAPS, 404, NULL, 500},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		struct fixture *f = fixture_make();

		person_start(&f->p);
		watch(f, "bob kim");
		world_run(&f->w, 100);
		http_answer(f, "GET " CAPS_URL, rows[i].caps ? 200 : 503, NULL,
			rows[i].caps);
		if (rows[i].get)
			http_answer(f, "GET " URL, rows[i].get, "\"1\"",
				rows[i].text);
		if (rows[i].put)
			http_answer(f, "PUT " URL, rows[i].put, NULL, NULL);
		world_run(&f->w, 500);
		assert_int_equal(f->singles, 2);
		assert_int_equal(f->listed, 0);
		fixture_close(f);
	}
}


/* Nobody waits long for what the server keeps; when there is a list after all,
 * it takes over without a word. */
static void late(void **state)
{
	struct fixture *f = fixture_make();

	(void)state;
	f->answer = "F1 bob=closed kim=closed";
	person_start(&f->p);
	watch(f, "bob kim");
	world_run(&f->w, 1900);
	assert_int_equal(f->singles, 0);
	f->p.log[0] = '\0';
	world_run(&f->w, 200);
	assert_log(&f->p, "bob=offline kim=offline ");
	assert_int_equal(f->singles, 2);
	http_answer(f, "GET " CAPS_URL, 200, NULL, CAPS);
	http_answer(f, "GET " URL, 200, "\"1\"", BOTH);
	world_run(&f->w, 5000);
	assert_log(&f->p, "");
	assert_int_equal(f->singles, 2);
	assert_int_equal(f->ends, 2);
	fixture_close(f);
}


/* It ends: what is known stays until each is asked for alone. */
static void ends(void **state)
{
	struct fixture *f = fixture_open("F1 bob=open kim=closed");

	(void)state;
	world_run(&f->w, 1000);
	assert_log(&f->p, "bob=online kim=offline ");
	f->alone = "pending;expires=3600";
	notify(f, f->dialog, "terminated;reason=noresource",
		"application/rlmi+xml", "");
	world_run(&f->w, 5000);
	assert_log(&f->p,
		"bob=unknown(waiting for approval) "
		"kim=unknown(waiting for approval) ");
	assert_int_equal(f->singles, 2);
	assert_int_equal(f->listed, 1);
	fixture_close(f);
}


/* ---- what was missed (PR7) ---- */

static void gaps(void **state)
{
	static const struct {
		const char *docs[4]; /* a second after each other */
		size_t listed; /* SUBSCRIBEs in 60 s */
	} rows[] = {
		{{"F1 bob=open kim=open", "P2 bob=closed", "P3 bob=open"}, 1},
		{{"F1 bob=open kim=open", "P3 bob=closed"}, 2},
		{{"F1 bob=open kim=open", "P3 bob=closed", "P9 bob=open",
			 "P7 kim=closed"},
			2},
		{{"P5 bob=open kim=open"}, 2},
		{{"F7 bob=open kim=open", "F9 bob=open kim=open"}, 1},
		{{"F7 bob=open kim=open", "P7 bob=closed", "P1 kim=closed"}, 1},
	};
	size_t i, k;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		struct fixture *f = fixture_open(rows[i].docs[0]);

		f->answer = "F99 bob=open kim=open";
		for (k = 1; k < 4 && rows[i].docs[k]; k++) {
			tell(f, rows[i].docs[k]);
			world_run(&f->w, 300);
		}
		world_run(&f->w, 60 * 1000);
		assert_int_equal(f->listed, rows[i].listed);
		assert_int_equal(f->singles, 0);
		fixture_close(f);
	}
}


/* One that always counts wrong is not asked for ever. */
static void always_wrong(void **state)
{
	struct fixture *f = fixture_open("F1 bob=open kim=open");
	char doc[32];
	unsigned i;

	(void)state;
	f->answer = NULL;
	for (i = 3; i < 400; i += 2) {
		(void)snprintf(doc, sizeof(doc), "P%u bob=open kim=open", i);
		tell(f, doc);
		world_run(&f->w, 1000);
	}
	assert_int_equal(f->listed, 1 + 3);
	fixture_close(f);
}


/* Somebody offline, of whom there is no word, is not asked for each time that
 * all is told; somebody online is. */
static void no_word(void **state)
{
	struct fixture *f = fixture_open("F1 bob=open kim");

	(void)state;
	world_run(&f->w, 8000);
	assert_log(&f->p, "bob=online kim=offline ");
	assert_int_equal(f->singles, 1);
	assert_int_equal(f->ends, 1);
	f->answer = "F10 bob=open kim";
	tell(f, "P9 bob=open");
	world_run(&f->w, 20 * 1000);
	assert_int_equal(f->listed, 2);
	assert_int_equal(f->singles, 1);
	f->answer = NULL;
	tell(f, "P19 tom=open");
	world_run(&f->w, 20 * 1000);
	assert_int_equal(f->listed, 3);
	assert_int_equal(f->singles, 2);
	assert_log(&f->p, "bob=offline ");
	fixture_close(f);
}


/* A list that tells nothing of people who are online is none; one that does is
 * trusted, but for those whom it leaves out. */
static void silent(void **state)
{
	static const struct {
		const char *later;
		size_t ends;
		size_t ended;
	} rows[] = {
		{NULL, 0, 1},
		{"P2 bob=open", 1, 0},
		{"P2 bob=open kim=open", 2, 0},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		struct fixture *f = fixture_open("F1 bob kim");

		f->shown = true;
		world_run(&f->w, 8000);
		assert_log(&f->p, "bob=online kim=online ");
		assert_int_equal(f->singles, 2);
		assert_int_equal(f->ends, 0);
		if (rows[i].later)
			tell(f, rows[i].later);
		world_run(&f->w, 20 * 1000);
		assert_log(&f->p, "");
		assert_int_equal(f->singles, 2);
		assert_int_equal(f->ends, rows[i].ends);
		assert_int_equal(f->ended, rows[i].ended);
		fixture_close(f);
	}
}


/* ---- changes ---- */

/* One edit for all that come together, then the list is asked for anew; the
 * first few are asked for alone meanwhile. */
static void additions(void **state)
{
	struct fixture *f = fixture_open("F1 bob=open kim=open");

	(void)state;
	world_run(&f->w, 1000);
	assert_log(&f->p, "bob=online kim=online ");
	f->answer = "F2 bob=open kim=open a=open b=open c=open d=open e=open "
		    "f=open g=open";
	watch(f, "a b c d e f g");
	world_run(&f->w, 50);
	assert_int_equal(f->singles, 5);
	assert_log(&f->p,
		"a=unknown(waiting for an answer) "
		"b=unknown(waiting for an answer) "
		"c=unknown(waiting for an answer) "
		"d=unknown(waiting for an answer) "
		"e=unknown(waiting for an answer) "
		"f=unknown(waiting for an answer) "
		"g=unknown(waiting for an answer) a=offline b=offline "
		"c=offline d=offline e=offline ");
	world_run(&f->w, 100);
	http_answer(f, "GET " URL, 200, "\"1\"", BOTH);
	http_answer(f,
		"PUT " URL " type=application/rls-services+xml match=\"1\"",
		200, "\"2\"", NULL);
	world_run(&f->w, 5000);
	assert_log(&f->p,
		"a=online b=online c=online d=online e=online f=online "
		"g=online ");
	assert_int_equal(f->listed, 2);
	assert_int_equal(f->singles, 5);
	assert_int_equal(f->ends, 5);
	fixture_close(f);
}


/* Another device has put them in before. */
static void added_elsewhere(void **state)
{
	struct fixture *f = fixture_open("F1 bob=open");

	(void)state;
	world_run(&f->w, 1000);
	f->answer = "F2 bob=open kim=closed tom=open";
	watch(f, "tom");
	world_run(&f->w, 200);
	http_answer(f, "GET " URL, 200, "\"1\"",
		SERVICES(ENTRY("bob") ENTRY("tom") ENTRY("kim")));
	world_run(&f->w, 5000);
	assert_int_equal(f->listed, 2);
	assert_int_equal(f->singles, 1);
	assert_int_equal(f->ends, 1);
	fixture_close(f);
}


/* Who is removed is taken out, and nobody else; what others put in stays. */
static void removals(void **state)
{
	struct fixture *f = fixture_open("F1 bob=open kim=open");

	(void)state;
	endpoint_unwatch(f->p.e, "sip:bob@example.org");
	world_run(&f->w, 200);
	http_answer(f, "GET " URL, 200, "\"1\"",
		SERVICES(ENTRY("bob") ENTRY("tom") ENTRY("kim")));
	assert_non_null(strstr(f->http.log, "PUT " URL));
	assert_non_null(strstr(f->http.log, "tom"));
	assert_non_null(strstr(f->http.log, "kim"));
	assert_null(strstr(f->http.log, "sip:bob@"));
	http_answer(f, "PUT " URL, 200, "\"2\"", NULL);
	world_run(&f->w, 5000);
	assert_int_equal(f->listed, 1);
	assert_int_equal(f->singles, 0);
	fixture_close(f);
}


/* ---- signing in ---- */

/* Few are asked for alone, unless the user wants it otherwise. */
static void how_many(void **state)
{
	static const struct {
		const char *setting;
		const char *transport;
		size_t n;
		bool list;
	} rows[] = {
		{"auto", "tcp", 19, false},
		{"auto", "tcp", 20, true},
		{NULL, "tcp", 20, true},
		{"auto", "udp", 40, false},
		{"yes", "udp", 1, true},
		{"no", "tcp", 40, false},
	};
	size_t i, k;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		struct fixture *f = fixture_make();
		char user[32], *proxy;

		proxy = mem_printf(
			"sip:192.0.2.9;transport=%s", rows[i].transport);
		f->p.config.proxy = proxy;
		f->p.config.presence_list = rows[i].setting;
		person_start(&f->p);
		for (k = 0; k < rows[i].n; k++) {
			(void)snprintf(user, sizeof(user), "u%zu", k);
			watch(f, user);
		}
		world_run(&f->w, 100);
		http_answer(f, "GET " CAPS_URL, 200, NULL, CAPS);
		assert_int_equal(f->http.requests.count, rows[i].list);
		assert_int_equal(f->singles, rows[i].list ? 0 : rows[i].n);
		mem_deref(proxy);
		fixture_close(f);
	}
}


/* The second time it is known what the server keeps; what it had refused is
 * tried again, without anybody waiting for it. */
static void again(void **state)
{
	static const uint16_t first[] = {200, 403};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(first); i++) {
		struct fixture *f = fixture_make();

		f->status = first[i];
		f->answer = "F1 bob=closed kim=closed";
		begin(f);
		world_run(&f->w, 5000);
		assert_log(&f->p, "bob=offline kim=offline ");
		endpoint_sign_out(f->p.e, 2000, NULL, NULL);
		world_run(&f->w, 2100);
		f->status = 200;
		f->singles = f->ends = 0;
		f->p.log[0] = '\0';
		endpoint_sign_in(f->p.e);
		world_run(&f->w, 300);
		assert_int_equal(f->singles, first[i] == 200 ? 0 : 2);
		http_answer(f, "GET " URL, 200, "\"1\"", BOTH);
		world_run(&f->w, 5000);
		assert_log(&f->p,
			"connecting bob=unknown(connecting) "
			"kim=unknown(connecting) online "
			"bob=unknown(waiting for an answer) "
			"kim=unknown(waiting for an answer) bob=offline "
			"kim=offline ");
		assert_int_equal(f->ends, first[i] == 200 ? 0 : 2);
		fixture_close(f);
	}
}


/* A sign-out says goodbye to the list, and waits for no last word. */
static void goodbye(void **state)
{
	struct fixture *f = fixture_open("F1 bob=open kim=open");

	(void)state;
	world_run(&f->w, 1000);
	f->p.log[0] = '\0';
	endpoint_sign_out(f->p.e, 2000, person_done_h, &f->p);
	world_run(&f->w, 200);
	assert_log(&f->p,
		"offline done bob=unknown(not signed in) "
		"kim=unknown(not signed in) ");
	assert_int_equal(f->ended, 1);
	fixture_close(f);
}


/* Who was removed right before that is taken out all the same. */
static void removed_last(void **state)
{
	struct fixture *f = fixture_open("F1 bob=open kim=open");

	(void)state;
	world_run(&f->w, 1000);
	endpoint_unwatch(f->p.e, "sip:bob@example.org");
	endpoint_sign_out(f->p.e, 2000, person_done_h, &f->p);
	world_run(&f->w, 200);
	assert_null(strstr(f->p.log, "done"));
	http_answer(f, "GET " URL, 200, "\"1\"", BOTH);
	assert_null(strstr(f->http.log, "sip:bob@"));
	http_answer(f, "PUT " URL, 200, "\"2\"", NULL);
	assert_non_null(strstr(f->p.log, "done"));
	assert_int_equal(f->listed, 2);
	fixture_close(f);
}


/* A sign of life of somebody who was refused makes us ask them alone. */
static void hint(void **state)
{
	struct fixture *f = fixture_open("F1 bob=open kim=rejected");

	(void)state;
	world_run(&f->w, 1000);
	assert_log(&f->p, "bob=online kim=unknown(declined) ");
	server_printf(&f->s, "192.0.2.1", sa_port(&f->s.peer),
		"SUBSCRIBE sip:alice@192.0.2.1 SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKhint\r\n"
		"From: <sip:kim@example.org>;tag=k\r\n"
		"To: <sip:alice@example.org>\r\n"
		"Call-ID: hint\r\nCSeq: 1 SUBSCRIBE\r\nMax-Forwards: 70\r\n"
		"Contact: <sip:192.0.2.9:5060>\r\nEvent: presence\r\n"
		"Expires: 600\r\nContent-Length: 0\r\n\r\n");
	world_run(&f->w, 1000);
	assert_log(&f->p, "kim:watches kim=offline ");
	assert_int_equal(f->singles, 1);
	assert_int_equal(f->ends, 1);
	fixture_close(f);
}


/* The owner goes while many are told of. */
static void released(void **state)
{
	struct fixture *f = fixture_make();

	(void)state;
	f->answer = "F1 bob=open kim=open";
	f->p.bomb = "bob=online";
	begin(f);
	world_run(&f->w, 5000);
	assert_null(f->p.e);
	fixture_close(f);
}


/* Read bit by bit, and a newer document after that. */
static void many(void **state)
{
	enum {
		N = 150, /* as many as a datagram holds */
	};
	struct fixture *f = fixture_make();
	struct mbuf *mb = mbuf_alloc(DOCUMENT_MAX);
	char user[32], *doc;
	size_t i;

	(void)state;
	person_start(&f->p);
	mbuf_write_str(mb, "F1");
	for (i = 0; i < N; i++) {
		(void)snprintf(user, sizeof(user), "u%zu", i);
		watch(f, user);
		mbuf_printf(mb, " %s=closed", user);
	}
	doc = mbuf_strdup(mb);
	world_run(&f->w, 100);
	http_answer(f, "GET " CAPS_URL, 200, NULL, CAPS);
	http_answer(f, "GET " URL, 404, NULL, NULL);
	fakeway_answer(&f->http, &(const struct http_answer){.status = 201});
	world_run(&f->w, 100);
	f->p.log[0] = '\0';
	tell(f, doc);
	tell(f, "P2 u149=open u0=open");
	world_run(&f->w, 1000);
	f->p.log[0] = '\0';
	tell(f, "P3 u148=open");
	world_run(&f->w, 100);
	assert_log(&f->p, "u148=online ");
	tell(f, "P4 u149=closed");
	world_run(&f->w, 100);
	assert_log(&f->p, "u149=offline ");
	assert_int_equal(f->singles, 0);
	assert_int_equal(f->listed, 1);
	mem_deref(doc);
	mem_deref(mb);
	fixture_close(f);
}


/* The list goes on to show who has blocked us: a refused text has them asked
 * for. */
static void refused_text(void **state)
{
	struct fixture *f = fixture_make();

	(void)state;
	f->p.config.session = "page";
	f->answer = "F1 bob=open kim=closed";
	begin(f);
	world_run(&f->w, 50);
	assert_log(&f->p, "bob=online kim=offline ");
	endpoint_send(f->p.e, "sip:kim@example.org", "hi", 1);
	world_run(&f->w, 100);
	assert_log(&f->p, "1=refused/page ");
	assert_int_equal(f->singles, 0);
	endpoint_send(f->p.e, "sip:bob@example.org", "hi", 2);
	world_run(&f->w, 100);
	assert_log(&f->p, "2=refused/page bob=offline ");
	assert_int_equal(f->singles, 1);
	assert_int_equal(f->ends, 1);
	fixture_close(f);
}


int test_simple_rls(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(states),
		cmocka_unit_test(refused),
		cmocka_unit_test(not_written),
		cmocka_unit_test(late),
		cmocka_unit_test(ends),
		cmocka_unit_test(gaps),
		cmocka_unit_test(always_wrong),
		cmocka_unit_test(no_word),
		cmocka_unit_test(silent),
		cmocka_unit_test(additions),
		cmocka_unit_test(added_elsewhere),
		cmocka_unit_test(removals),
		cmocka_unit_test(how_many),
		cmocka_unit_test(again),
		cmocka_unit_test(goodbye),
		cmocka_unit_test(removed_last),
		cmocka_unit_test(hint),
		cmocka_unit_test(released),
		cmocka_unit_test(many),
		cmocka_unit_test(refused_text),
	};

	return cmocka_run_group_tests_name("simple_rls", tests, NULL, NULL);
}
