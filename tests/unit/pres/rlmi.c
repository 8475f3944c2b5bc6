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


int test_rlmi(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(told),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests_name("rlmi", tests, NULL, NULL);
}
