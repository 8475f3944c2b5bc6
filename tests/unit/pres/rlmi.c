/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rlmi.c - notifications about lists, taken apart bit by bit. */
#include <errno.h>
#include <string.h>
#include "doc.h"
#include "msg.h"
#include "rlmi.h"

int test_rlmi(void);

#define NS	"xmlns='urn:ietf:params:xml:ns:rlmi'"
#define RELATED "multipart/related;type=\"application/rlmi+xml\";boundary=b"
#define LIST                                             \
	"<list " NS " uri='sip:l@lab.test' version='3' " \
	"fullState='true'>"
#define ROOT "--b\r\nContent-Type: application/rlmi+xml\r\n\r\n"

/* A part of TYPE with Content-ID ID. */
#define PART(id, type, body) \
	"\r\n--b\r\nContent-ID: " id "\r\nContent-Type: " type "\r\n\r\n" body
#define END "\r\n--b--\r\n"

/* One resource with one instance that means CID. */
#define BOB(cid)                            \
	"<resource uri='sip:bob@lab.test'>" \
	"<instance id='1' state='active' cid='" cid "'/></resource>"

/* What was heard, in words; and how it is to be read. */
struct heard {
	struct mbuf *mb;
	struct rlmi_reader *r;
	size_t deaf_at; /* lists; 0: never */
	size_t lists, resources, calls, most;
	size_t drop_at; /* resources; 0: never */
};


static bool list_h(const struct rlmi_list *list, void *arg)
{
	struct heard *heard = arg;

	mbuf_printf(heard->mb, "[%zu %s %u %s\n", list->depth, list->uri,
		list->version, list->full ? "full" : "partial");
	return ++heard->lists != heard->deaf_at;
}


static void resource_h(const struct rlmi_resource *res, void *arg)
{
	static const char *const states[] = {
		[RLMI_ACTIVE] = "active",
		[RLMI_PENDING] = "pending",
		[RLMI_TERMINATED] = "terminated",
	};
	struct heard *heard = arg;
	size_t i;

	mbuf_printf(heard->mb, "%s%s%s%s", res->uri, res->name ? " (" : "",
		res->name ? res->name : "", res->name ? ")" : "");
	for (i = 0; i < res->n; i++) {
		const struct rlmi_instance *in = &res->instances[i];

		mbuf_printf(heard->mb, " %s:%s%s%s%s", in->id,
			states[in->state], in->reason ? "/" : "",
			in->reason ? in->reason : "", in->list ? " list" : "");
		if (in->body.p && !in->list)
			mbuf_printf(heard->mb, " %.*s=%.*s",
				PL_ARG(&in->content_type), PL_ARG(&in->body));
	}
	mbuf_write_str(heard->mb, "\n");
	if (++heard->resources == heard->drop_at)
		heard->r = mem_deref(heard->r);
}


static void end_h(const struct rlmi_list *list, void *arg)
{
	const struct heard *heard = arg;

	mbuf_printf(heard->mb, "]%zu\n", list->depth);
}


static const char *word(int err)
{
	return err == EBADMSG	  ? "EBADMSG"
		: err == EMSGSIZE ? "EMSGSIZE"
		: err == ENOTSUP  ? "ENOTSUP"
				  : "?";
}


/* Reads on to the end, MAX resources at a time, never more. */
static int go_on(struct heard *heard, size_t max)
{
	const struct rlmi_handlers h = {
		.list = list_h,
		.resource = resource_h,
		.end = end_h,
		.arg = heard,
	};
	int err = EAGAIN;

	while (err == EAGAIN && heard->r) {
		size_t before = heard->resources;

		err = rlmi_reader_next(heard->r, max, &h);
		assert_true(heard->resources - before <= max);
		heard->calls++;
		assert_true(heard->calls < 1000000);
	}
	/* It stays what it was. */
	if (heard->r)
		assert_int_equal(rlmi_reader_next(heard->r, max, &h), err);
	return err;
}


static int read_into(struct heard *heard, const char *type,
	const struct pl *body, const char *lang, size_t max)
{
	struct pl content_type = pl_str(type);
	int err = rlmi_reader_alloc(&heard->r, &content_type, body, lang, NULL);

	if (!err)
		err = go_on(heard, max);
	if (err)
		mbuf_printf(heard->mb, "%s\n", word(err));
	heard->r = mem_deref(heard->r);
	return err;
}


/* All that BODY says (mem_deref). */
static char *read_all(const char *type, const struct pl *body, size_t max)
{
	struct heard heard = {.mb = mbuf_alloc(SIZE_MAX)};
	char *text;

	(void)read_into(&heard, type, body, NULL, max);
	text = mbuf_strdup(heard.mb);
	mem_deref(heard.mb);
	return text;
}


static void told(void **state)
{
	static const struct {
		const char *type, *body, *want;
	} rows[] = {
		{RLMI_TYPE,
			LIST "<name>Friends</name>"
			     "<resource uri=' sip:bob@lab.test '/>"
			     "<resource uri='sip:kim@lab.test'><name> Kim "
			     "</name></resource></list>",
			"[0 sip:l@lab.test 3 full\nsip:bob@lab.test\n"
			"sip:kim@lab.test (Kim)\n]0\n"},
		{RELATED,
			ROOT LIST BOB("x@y") "</list>" PART(
				"<x@y>", "text/plain", "hello") END,
			"[0 sip:l@lab.test 3 full\n"
			"sip:bob@lab.test 1:active "
			"text/plain=hello\n]0\n"},
		/* Kamailio's Content-IDs. */
		{RELATED,
			ROOT LIST BOB(
				"1795.sip:bob@lab.test."
				"2447") "</list>" PART("<1795.sip:bob@lab."
						       "test.2447>",
				"text/plain", "hello") END,
			"[0 sip:l@lab.test 3 full\n"
			"sip:bob@lab.test 1:active "
			"text/plain=hello\n]0\n"},
		{RELATED,
			ROOT LIST BOB(
				"cid:17%3Asip%3abob@LAB."
				"test") "</list>" PART("17:sip:bob@lab.test",
				"text/plain", "hello") END,
			"[0 sip:l@lab.test 3 full\n"
			"sip:bob@lab.test 1:active "
			"text/plain=hello\n]0\n"},
		/* The one that fits best; the first of the same. */
		{RELATED,
			ROOT LIST BOB("&lt;Ab@y&gt;") BOB("aB@y") BOB("c@y")
				BOB("d@y") "</list>" PART("<ab@y>", "a/a", "1")
					PART("<Ab@y>", "a/a", "2") PART(
						"<c@y>", "a/a", "3")
						PART("<c@y>", "a/a", "4") END,
			"[0 sip:l@lab.test 3 full\n"
			"sip:bob@lab.test 1:active a/a=2\n"
			"sip:bob@lab.test 1:active a/a=1\n"
			"sip:bob@lab.test 1:active a/a=3\n"
			"sip:bob@lab.test 1:active\n]0\n"},
		/* States, reasons; words that are none. */
		{RLMI_TYPE,
			"<list " NS " uri='sip:l@lab.test' version='4' "
			"fullState='0'><resource "
			"uri='sip:bob@lab.test'>"
			"<instance id='a' state='pending'/>"
			"<instance id='b' state='terminated' "
			"reason='rejected'/><instance id='c' "
			"state='odd'/>"
			"<x:instance xmlns:x='urn:x' id='d' "
			"state='active'/>"
			"</resource><resource/><other/>"
			"<x:resource uri='sip:kim@lab.test'/></list>",
			"[0 sip:l@lab.test 4 partial\nsip:bob@lab.test "
			"a:pending b:terminated/rejected\n]0\n"},
		/* The list need not be the first part. */
		{RELATED ";start=\"<r@y>\"",
			"--b\r\nContent-ID: <x@y>\r\n"
			"Content-Type: a/a\r\n\r\n1" PART("<r@y>", RLMI_TYPE,
				LIST BOB("x@y") "</list>") END,
			"[0 sip:l@lab.test 3 full\n"
			"sip:bob@lab.test 1:active a/a=1\n]0\n"},
		/* Packed, it is not read. */
		{RELATED,
			ROOT LIST BOB("x@y") "</list>" PART("<x@y>",
				"a/a\r\nContent-Transfer-Encoding: "
				"base64",
				"AAAA") END,
			"[0 sip:l@lab.test 3 full\nsip:bob@lab.test "
			"1:active\n]0\n"},
		/* A list within: in a multipart, and alone. */
		{RELATED,
			ROOT LIST BOB("in@y") "<resource "
					      "uri='sip:kim@lab.test'/></"
					      "list>" PART("<in@y>",
						      "multipart/"
						      "related;boundary=c",
						      "--c\r\nContent-Type:"
						      " " RLMI_TYPE
						      "\r\n\r\n" LIST BOB(
							      "x@y") "</"
								     "list>"
								     "\r\n"
								     "--"
								     "c\r\nCo"
								     "ntent-"
								     "ID: "
								     "<x@y>"
								     "\r\n"
								     "Content"
								     "-Type: "
								     "a/"
								     "a\r\n\r"
								     "\n1\r\n"
								     "--c--"
								     "\r\n")
						      END,
			"[0 sip:l@lab.test 3 full\nsip:bob@lab.test "
			"1:active "
			"list\n[1 sip:l@lab.test 3 "
			"full\nsip:bob@lab.test "
			"1:active a/a=1\n]1\nsip:kim@lab.test\n]0\n"},
		{RELATED,
			ROOT LIST BOB("in@y") "</list>" PART(
				"<in@y>", RLMI_TYPE, LIST BOB("x@y") "</list>")
				PART("<x@y>", "a/a", "1") END,
			"[0 sip:l@lab.test 3 full\nsip:bob@lab.test "
			"1:active "
			"list\n[1 sip:l@lab.test 3 "
			"full\nsip:bob@lab.test "
			"1:active a/a=1\n]1\n]0\n"},
	};
	static const size_t maxes[] = {1, 2, 50};
	size_t i, k;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		struct pl body = pl_str(rows[i].body);

		for (k = 0; k < UNIT_N(maxes); k++) {
			char *got = read_all(rows[i].type, &body, maxes[k]);

			assert_string_equal(got, rows[i].want);
			mem_deref(got);
		}
	}
}


static void names(void **state)
{
	static const char text[] =
		LIST "<resource uri='sip:bob@lab.test'><name>Any</name>"
		     "<name xml:lang='de'>Robert &lt;B&gt;</name>"
		     "<name xml:lang='en'>Bob</name><name xml:lang='en'/>"
		     "</resource></list>";
	static const struct {
		const char *lang, *want;
	} rows[] = {
		{NULL, "(Any)"},
		{"de", "(Robert <B>)"},
		{"en-GB", "(Bob)"},
		{"cs", "(Any)"},
	};
	struct pl body = pl_str(text);
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		struct heard heard = {.mb = mbuf_alloc(SIZE_MAX)};
		char *got;

		assert_int_equal(
			read_into(&heard, RLMI_TYPE, &body, rows[i].lang, 10),
			0);
		got = mbuf_strdup(heard.mb);
		assert_non_null(strstr(got, rows[i].want));
		mem_deref(got);
		mem_deref(heard.mb);
	}
}


/* What ends in an error, and what stands before it. */
static void refused(void **state)
{
	static const struct {
		const char *type, *body, *want;
	} rows[] = {
		{"application/pidf+xml", "<a/>", "ENOTSUP\n"},
		{"multipart/mixed;boundary=b", ROOT LIST "</list>" END,
			"ENOTSUP\n"},
		{"multipart/related;type=\"text/plain\";boundary=b",
			ROOT LIST "</list>" END, "ENOTSUP\n"},
		{"multipart/related", ROOT LIST "</list>" END, "EBADMSG\n"},
		{RELATED, "", "EBADMSG\n"},
		{RELATED, "no parts", "EBADMSG\n"},
		{RELATED, "--b--", "EBADMSG\n"},
		{RELATED, "--b\r\nContent-Type: text/plain\r\n\r\nx" END,
			"EBADMSG\n"},
		{RELATED,
			"--b\r\nContent-Type: application/rlmi+xml\r\n"
			"Content-Transfer-Encoding: base64\r\n\r\nAA" END,
			"EBADMSG\n"},
		{RLMI_TYPE, "<list/>", "EBADMSG\n"},
		{RLMI_TYPE, "<resource " NS "/>", "EBADMSG\n"},
		{RLMI_TYPE, "<list " NS " version='1' fullState='1'/>",
			"EBADMSG\n"},
		{RLMI_TYPE, "<list " NS " uri='a' fullState='1'/>",
			"EBADMSG\n"},
		{RLMI_TYPE, "<list " NS " uri='a' version='1'/>", "EBADMSG\n"},
		{RLMI_TYPE, "<list " NS " uri='a' version='-1' fullState='1'/>",
			"EBADMSG\n"},
		{RLMI_TYPE,
			"<list " NS " uri='a' version='4294967296' "
			"fullState='1'/>",
			"EBADMSG\n"},
		{RLMI_TYPE,
			"<list " NS " uri='a' version='1' fullState='maybe'/>",
			"EBADMSG\n"},
		{RLMI_TYPE, "<!DOCTYPE list>" LIST "</list>", "EBADMSG\n"},
		{RLMI_TYPE, "<!DOCTYPE a [<!ENTITY x 'y'>]>" LIST "</list>",
			"EBADMSG\n"},
		/* Broken off: what was whole before stands. */
		{RLMI_TYPE,
			LIST "<resource uri='sip:bob@lab.test'/>"
			     "<resource uri='sip:kim@lab.test'>",
			"[0 sip:l@lab.test 3 "
			"full\nsip:bob@lab.test\nEBADMSG\n"},
		{RLMI_TYPE,
			LIST "<resource uri='sip:bob@lab.test'/>&nbsp;</list>",
			"[0 sip:l@lab.test 3 "
			"full\nsip:bob@lab.test\nEBADMSG\n"},
		/* Lists that contain themselves. */
		{RELATED ";start=r",
			"--b\r\nContent-ID: r\r\nContent-Type: " RLMI_TYPE
			"\r\n\r\n" LIST BOB("r") "</list>" END,
			"[0 sip:l@lab.test 3 full\nsip:bob@lab.test 1:active "
			"list\nEBADMSG\n"},
		{RELATED,
			ROOT LIST BOB("x") "</list>" PART("x", RLMI_TYPE,
				LIST BOB("y") "</list>") PART("y", RLMI_TYPE,
				LIST BOB("x") "</list>") END,
			"[0 sip:l@lab.test 3 full\nsip:bob@lab.test 1:active "
			"list\n[1 sip:l@lab.test 3 full\nsip:bob@lab.test "
			"1:active list\n[2 sip:l@lab.test 3 full\n"
			"sip:bob@lab.test 1:active list\nEBADMSG\n"},
		/* Lists within lists. */
		{RELATED,
			ROOT LIST BOB("1") "</list>" PART("1", RLMI_TYPE,
				LIST BOB("2") "</list>") PART("2", RLMI_TYPE,
				LIST BOB("3") "</list>") PART("3", RLMI_TYPE,
				LIST BOB("4") "</list>")
				PART("4", RLMI_TYPE, LIST "</list>") END,
			"[0 sip:l@lab.test 3 full\nsip:bob@lab.test 1:active "
			"list\n[1 sip:l@lab.test 3 full\nsip:bob@lab.test "
			"1:active list\n[2 sip:l@lab.test 3 full\n"
			"sip:bob@lab.test 1:active list\n[3 sip:l@lab.test 3 "
			"full\nsip:bob@lab.test 1:active list\nEMSGSIZE\n"},
		/* One of them is broken. */
		{RELATED,
			ROOT LIST BOB("1") BOB("2") "</list>" PART("1",
				"multipart/related;boundary=c", "nothing") END,
			"[0 sip:l@lab.test 3 full\nsip:bob@lab.test 1:active "
			"list\nEBADMSG\n"},
		{RELATED,
			ROOT LIST BOB("1") BOB("2") "</list>" PART(
				"1", "multipart/related", "") END,
			"[0 sip:l@lab.test 3 full\nsip:bob@lab.test 1:active "
			"list\nEBADMSG\n"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		struct pl body = pl_str(rows[i].body);
		char *got = read_all(rows[i].type, &body, 5);

		if (strcmp(got, rows[i].want))
			print_message("row %zu\n", i);
		assert_string_equal(got, rows[i].want);
		mem_deref(got);
	}
}


/* ---- thousands ------------------------------------------------------- */

/* A body of N resources; %zu in UNIT and PART is their number. */
struct shape {
	const char *what;
	const char *head; /* before the resources */
	const char *unit;
	const char *tail; /* behind them */
	const char *part;
	size_t n, parts;
	int err;
	size_t least, most; /* resources told */
};


#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static void repeat(struct mbuf *mb, const char *fmt, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		mbuf_printf(mb, fmt, i, i);
}

#pragma GCC diagnostic pop


static struct mbuf *body_of(const struct shape *shape)
{
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);

	mbuf_write_str(mb, shape->head);
	repeat(mb, shape->unit, shape->n);
	mbuf_write_str(mb, shape->tail);
	repeat(mb, shape->part, shape->parts);
	mbuf_write_str(mb, END);
	return mb;
}


#define EACH(cid)                                                            \
	"<resource uri='sip:p%zu@lab.test'><instance id='1' state='active' " \
	"cid='" cid "'/></resource>\n"

/* None of them takes more calls than its work is worth, and no call tells more
 * than it was asked for: hostile ones end as soon as well-meant ones. */
static void thousands(void **state)
{
	static const struct shape shapes[] = {
		{"all are there", ROOT LIST, EACH("c%zu"), "</list>",
			PART("<c%zu>", "a/a", "%zu"), 10000, 10000, 0, 10000,
			10000},
		{"nothing is known yet", ROOT LIST,
			"<resource uri='%zu'/><!--%zu-->", "</list>", "", 10000,
			0, 0, 10000, 10000},
		{"no part is meant", ROOT LIST, EACH("d%zu"), "</list>",
			PART("<c%zu>", "a/a", "%zu"), 10000, 10000, 0, 10000,
			10000},
		{"all parts are the same", ROOT LIST, EACH("c"), "</list>",
			PART("<c>", "a/a", "%zu %zu"), 10000, 10000, 0, 10000,
			10000},
		{"parts by the ten thousand, nobody", ROOT LIST, "", "</list>",
			PART("<c%zu>", "a/a", "%zu"), 0, 19999, 0, 0, 0},
		{"parts over the bound", ROOT LIST, "", "</list>",
			PART("<c%zu>", "a/a", "%zu"), 0, 20000, EMSGSIZE, 0, 0},
		{"one part for all", ROOT LIST, EACH("c"),
			"</list>" PART("<c>", "a/a",
				"0123456789012345678901234567890123456789"
				"0123456789012345678901234567890123456789"
				"0123456789012345678901234567890123456789"
				"0123456789012345678901234567890123456789"
				"0123456789012345678901234567890123456789"
				"0123456789012345678901234567890123456789"),
			"", 10000, 0, EMSGSIZE, 1000, 9999},
		{"resources without end", ROOT LIST "<resource uri='a'>",
			"<instance id='%zu%zu' state='active'/>",
			"</resource></list>", "", 10000, 0, EMSGSIZE, 0, 0},
		{"elements within elements", ROOT LIST,
			"<list uri='%zu' version='%zu'>", "", "", 10000, 0,
			EMSGSIZE, 0, 0},
		{"lists beside lists", ROOT LIST, EACH("c%zu"), "</list>",
			PART("<c%zu>", RLMI_TYPE,
				LIST "<resource uri='%zu'/></list>"),
			10000, 10000, 0, 20000, 20000},
		{"one list in all", ROOT LIST, EACH("c"),
			"</list>" PART("<c>", RLMI_TYPE,
				LIST "<resource uri='sip:bob@lab.test'/>"
				     "<resource uri='sip:bob@lab.test'/>"
				     "<resource uri='sip:bob@lab.test'/>"
				     "<resource uri='sip:bob@lab.test'/>"
				     "<resource uri='sip:bob@lab.test'/>"
				     "<resource uri='sip:bob@lab.test'/>"
				     "<resource uri='sip:bob@lab.test'/>"
				     "<resource uri='sip:bob@lab.test'/>"
				     "</list>"),
			"", 10000, 0, EMSGSIZE, 0, 90000},
		{"multiparts that are not closed", ROOT LIST, EACH("c%zu"),
			"</list>",
			"\r\n--b\r\nContent-ID: c%zu\r\nContent-Type: "
			"multipart/related;boundary=c\r\n\r\n--c\r\n"
			"Content-Type: " RLMI_TYPE "\r\n\r\n" LIST "%zu",
			10000, 10000, EBADMSG, 1, 1},
		{"attributes", ROOT LIST "<resource uri='a'", " a%zu='%zu'",
			"/></list>", "", 10000, 0, EMSGSIZE, 0, 0},
		{"a text without end", ROOT LIST "<resource uri='a'><name>",
			"%zu %zu ", "</name></resource></list>", "", 10000, 0,
			EMSGSIZE, 0, 0},
		{"what looks like a delimiter", ROOT LIST, "", "</list>",
			"--b%zu\r\n--b%zu", 0, 100000, EMSGSIZE, 0, 0},
		{"headers without end", ROOT LIST, "", "</list>\r\n--b\r\n",
			"X%zu: y%zu\r\n", 0, 100000, EMSGSIZE, 0, 0},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(shapes); i++) {
		const struct shape *shape = &shapes[i];
		struct mbuf *mb = body_of(shape);
		struct pl body = mbuf_all(mb);
		struct heard heard = {.mb = mbuf_alloc(SIZE_MAX)};

		print_message("%s: %zu bytes\n", shape->what, body.l);
		assert_int_equal(read_into(&heard, RELATED, &body, NULL, 50),
			shape->err);
		assert_true(heard.resources >= shape->least);
		assert_true(heard.resources <= shape->most);
		/* 400 units: 50 resources, 200 parts or 50 KiB of a list. */
		assert_true(heard.calls <= 10 + heard.resources / 4 +
				shape->parts / 150 + body.l / (20 * 1024));
		mem_deref(heard.mb);
		mem_deref(mb);
	}
}


/* Content-IDs that differ in case alone all meet. */
static void meeting(void **state)
{
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	struct heard heard = {.mb = mbuf_alloc(SIZE_MAX)};
	struct pl body;
	size_t i, k;

	(void)state;
	mbuf_write_str(mb, ROOT LIST "</list>");
	for (i = 0; i < 5000; i++) {
		mbuf_write_str(mb, "\r\n--b\r\nContent-ID: ");
		for (k = 0; k < 16; k++)
			mbuf_write_u8(mb, i >> k & 1 ? 'A' : 'a');
		mbuf_write_str(mb, "\r\n\r\n");
	}
	body = mbuf_all(mb);
	assert_int_equal(read_into(&heard, RELATED, &body, NULL, 50), EMSGSIZE);
	assert_true(heard.calls < 10);
	mem_deref(heard.mb);
	mem_deref(mb);
}


static void too_large(void **state)
{
	struct pl type = PL(RLMI_TYPE), body;
	char *p = mem_zalloc(RLMI_BODY_MAX + 1, NULL);
	struct rlmi_reader *r = NULL;

	(void)state;
	body = pl_make(p, RLMI_BODY_MAX + 1);
	assert_int_equal(
		rlmi_reader_alloc(&r, &type, &body, NULL, NULL), EMSGSIZE);
	assert_null(r);
	mem_deref(p);
}


/* ---- who listens ----------------------------------------------------- */

#define TWO                                       \
	LIST "<resource uri='sip:bob@lab.test'/>" \
	     "<resource uri='sip:kim@lab.test'/></list>"

static void unheard(void **state)
{
	struct pl type = PL(RLMI_TYPE), body = PL(TWO);
	struct heard deaf = {.mb = mbuf_alloc(1000), .deaf_at = 1},
		     gone = {.mb = mbuf_alloc(1000), .drop_at = 1};
	struct pl all;

	(void)state;
	assert_int_equal(read_into(&deaf, RLMI_TYPE, &body, NULL, 5), 0);
	all = mbuf_all(deaf.mb);
	assert_true(pl_streq(&all, "[0 sip:l@lab.test 3 full\n"));
	mem_deref(deaf.mb);
	assert_int_equal(
		rlmi_reader_alloc(&gone.r, &type, &body, NULL, NULL), 0);
	(void)go_on(&gone, 5);
	assert_null(gone.r);
	assert_int_equal(gone.resources, 1);
	mem_deref(gone.mb);
}


/* The text lives in its owner, or in a copy. */
static void owner(void **state)
{
	static const char text[] =
		ROOT LIST BOB("x") "</list>" PART("x", "a/a", "1") END;
	struct pl type = PL(RELATED), body;
	char *block = mem_strdup(text);
	struct heard heard = {.mb = mbuf_alloc(1000)};
	struct pl all;

	(void)state;
	body = pl_str(block);
	assert_int_equal(
		rlmi_reader_alloc(&heard.r, &type, &body, NULL, block), 0);
	assert_int_equal(mem_nrefs(block), 2);
	mem_deref(block);
	assert_int_equal(go_on(&heard, 5), 0);
	heard.r = mem_deref(heard.r);
	block = mem_strdup(text);
	body = pl_str(block);
	assert_int_equal(
		rlmi_reader_alloc(&heard.r, &type, &body, NULL, NULL), 0);
	memset(block, 'x', sizeof(text) - 1);
	mem_deref(block);
	assert_int_equal(go_on(&heard, 5), 0);
	heard.r = mem_deref(heard.r);
	all = mbuf_all(heard.mb);
	assert_true(pl_streq(&all,
		"[0 sip:l@lab.test 3 full\n"
		"sip:bob@lab.test 1:active a/a=1\n]0\n"
		"[0 sip:l@lab.test 3 full\n"
		"sip:bob@lab.test 1:active a/a=1\n]0\n"));
	mem_deref(heard.mb);
}


/* ---- real ones ------------------------------------------------------- */

static void examples(void **state)
{
	static const struct {
		const char *name;
		const char *words[4]; /* that are told */
	} rows[] = {
		{"rlmi/own-1-full.sip",
			{"[0 sip:alice-friends@example.com 0 full\n",
				"sip:bob@example.com (Bob Smith) "
				"juwigmtboe:active application/pidf+xml",
				"sip:ed@example.net (Ed)\n", "]0\n"}},
		{"rlmi/own-2-partial.sip",
			{"[0 sip:alice-friends@example.com 1 partial\n"}},
		{"rlmi/own-3-partial-terminated.sip", {":terminated/"}},
		{"rlmi/own-4-version-gap.sip", {"partial\n"}},
		{"rlmi/own-5-nested-list.sip",
			{"sip:alice-work@example.com wl:active list\n",
				"[1 sip:alice-work@example.com 0 full\n",
				"sip:dave@example.com 1:active "
				"application/pidf+xml",
				"]1\n]0\n"}},
	};
	size_t i, k;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		struct mbuf *mb = doc_read(rows[i].name);
		struct msg *msg = NULL;
		const char *why;
		char *type, *got;

		if (!mb) {
			print_message("no %s: skipped\n", rows[i].name);
			skip();
		}
		assert_int_equal(
			msg_decode(&msg, mb->buf, mb->end, true, NULL, &why),
			0);
		type = pl_strdup(&msg->content_type);
		got = read_all(type, &msg->body, 3);
		print_message("%s", got);
		for (k = 0; k < 4 && rows[i].words[k]; k++)
			assert_non_null(strstr(got, rows[i].words[k]));
		assert_null(strstr(got, "EBADMSG"));
		mem_deref(type);
		mem_deref(got);
		mem_deref(msg);
		mem_deref(mb);
	}
}


int test_rlmi(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(told),
		cmocka_unit_test(names),
		cmocka_unit_test(refused),
		cmocka_unit_test(thousands),
		cmocka_unit_test(meeting),
		cmocka_unit_test(too_large),
		cmocka_unit_test(unheard),
		cmocka_unit_test(owner),
		cmocka_unit_test(examples),
	};

	return cmocka_run_group_tests_name("rlmi", tests, NULL, NULL);
}
