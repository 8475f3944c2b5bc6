/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "unit.h"
#include "data.h"

int test_mime(void);


static void types(void **state)
{
	static const struct {
		const char *text, *type, *subtype, *params;
		int err;
	} cases[] = {
		{"text/plain", "text", "plain", "", 0},
		{" Text / Plain ; charset=\"utf-8\"", "Text", "Plain",
			"; charset=\"utf-8\"", 0},
		{"application/pidf+xml;a", "application", "pidf+xml", ";a", 0},
		{"text", "", "", "", EBADMSG},
		{"text/", "", "", "", EBADMSG},
		{"/plain", "", "", "", EBADMSG},
		{"text/plain charset=x", "", "", "", EBADMSG},
		{"", "", "", "", EBADMSG},
	};
	struct pl pl = PL("TEXT/Plain; charset=x"), no = PL("text/plainer");
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl text = pl_str(cases[i].text);
		struct msg_type t;

		assert_int_equal(msg_type_decode(&t, &text), cases[i].err);
		if (cases[i].err)
			continue;
		assert_pl(t.type, cases[i].type);
		assert_pl(t.subtype, cases[i].subtype);
		assert_pl(t.params, cases[i].params);
	}
	assert_true(msg_type_is(&pl, "text/plain"));
	assert_false(msg_type_is(&no, "text/plain"));
	assert_false(msg_type_is(&pl, "text"));
}


/* A row is a body and the texts of its parts. */
static void parts(void **state)
{
	static const struct {
		const char *body;
		const char *parts[4];
	} cases[] = {
		{"--b\n\none\n--b\n\ntwo\n--b--\n", {"one", "two"}},
		{"preamble\n--b\n\none\n--b--\nepilogue\n--b\n\nx", {"one"}},
		{"--b \t\n\none\n--b--", {"one"}},
		/* No closing delimiter: the last goes to the end. */
		{"--b\n\none\n--b\n\ntwo", {"one", "two"}},
		{"--b\n\n\n--b--\n", {""}},
		{"--b\n--b--\n", {""}},
		/* What only looks like a delimiter is text. */
		{"--b\n\none --b\nx\n--bc\ny--b--\n--b--\n",
			{"one --b\r\nx\r\n--bc\r\ny--b--"}},
		{"--b--\n", {NULL}},
	};
	struct pl type = PL("multipart/mixed;boundary=b");
	size_t i, k;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *s = crlf(cases[i].body);
		struct pl body = pl_str(s);
		struct msg_multipart mp;
		struct msg_part part;

		assert_int_equal(
			msg_multipart_begin(&mp, &type, &body, NULL), 0);
		for (k = 0; msg_multipart_next(&mp, &part); k++) {
			assert_non_null(cases[i].parts[k]);
			assert_pl(part.body, cases[i].parts[k]);
		}
		assert_null(cases[i].parts[k]);
		mem_deref(s);
	}
}


/* All parts in words, N bytes at a time. */
static int step_all(struct mbuf *mb, const struct pl *body, size_t n,
	const struct msg_limits *limits)
{
	struct pl type = PL("multipart/mixed;boundary=b");
	struct msg_multipart mp;
	struct msg_part part;
	size_t calls = 0;
	int err = msg_multipart_open(&mp, &type, body, limits);

	while (!err || err == EAGAIN) {
		err = msg_multipart_step(&mp, n, &part);
		if (!err)
			mbuf_printf(mb, "[%.*s|%.*s]", PL_ARG(&part.content_id),
				PL_ARG(&part.body));
		/* Each call takes N bytes or a part, or is the last one. */
		assert_true(++calls <= body->l / n + 30);
	}
	return err;
}


static void steps(void **state)
{
	static const struct {
		const char *body, *want;
		int err;
	} cases[] = {
		{"--b\n\none\n--b\nContent-ID: <x>\n\ntwo\n--b--\n",
			"[|one][x|two]", ENOENT},
		{"preamble\n--b\n\none\n--b--\nepilogue\n--b\n\nx", "[|one]",
			ENOENT},
		{"--b\n\none\n--b\n\ntwo", "[|one][|two]", ENOENT},
		{"--b\n\none\n--b \n", "[|one][|]", ENOENT},
		{"--b\n\none --b\nx\n--bc\ny--b--\n--b--\n",
			"[|one --b\r\nx\r\n--bc\r\ny--b--]", ENOENT},
		{"--b\n\n bbbbbbbbbbbbbb\nbbbb\n-b--b\n--b--",
			"[| bbbbbbbbbbbbbb\r\nbbbb\r\n-b--b]", ENOENT},
		{"--b--\n", "", ENOENT},
		{"no delimiter at all", "", EBADMSG},
		{"--b\n\n1\n--b\n\n2\n--b\n\n3\n--b--", "[|1][|2][|3]", ENOENT},
		{"--b\n\n1\n--b\n\n2\n--b\n\n3\n--b\n\n4\n--b--",
			"[|1][|2][|3]", EMSGSIZE},
	};
	struct msg_limits limits = msg_limits_default;
	size_t i, n;

	(void)state;
	limits.parts = 3;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *s = crlf(cases[i].body);
		struct pl body = pl_str(s);

		for (n = 1; n < 100; n++) {
			struct mbuf *mb = mbuf_alloc(1000);
			struct pl all;

			assert_int_equal(
				step_all(mb, &body, n, &limits), cases[i].err);
			all = mbuf_all(mb);
			assert_true(pl_streq(&all, cases[i].want));
			mem_deref(mb);
		}
		mem_deref(s);
	}
}


static void step_bounds(void **state)
{
	struct pl type = PL("multipart/mixed"), body = PL("--b\r\n\r\n"),
		  none = PL_INIT;
	struct mbuf *mb = mbuf_alloc(SIZE_MAX), *out;
	struct msg_multipart mp;
	size_t i;

	(void)state;
	assert_int_equal(msg_multipart_open(&mp, &type, &body, NULL), EBADMSG);
	type = pl_str("multipart/mixed;boundary=b");
	assert_int_equal(msg_multipart_open(&mp, &type, &none, NULL), EBADMSG);
	/* The headers of a part. */
	mbuf_write_str(mb, "--b\r\n");
	for (i = 0; i < MSG_PART_HEAD / 8; i++)
		mbuf_write_str(mb, "X: yyy\r\n");
	mbuf_write_str(mb, "\r\nbody\r\n--b--");
	body = mbuf_all(mb);
	out = mbuf_alloc(SIZE_MAX);
	assert_int_equal(step_all(out, &body, 100, NULL), EMSGSIZE);
	mbuf_reset(mb);
	mbuf_write_str(mb, "--b\r\n\r\n");
	for (i = 0; i < 2 * MSG_PART_HEAD; i++)
		mbuf_write_str(mb, "x");
	body = mbuf_all(mb);
	mbuf_reset(out);
	assert_int_equal(step_all(out, &body, 100, NULL), ENOENT);
	assert_int_equal(out->end, 2 * MSG_PART_HEAD + 3);
	mem_deref(out);
	mem_deref(mb);
}


static void part_headers(void **state)
{
	char *s = crlf("--b\nContent-Type: application/pidf+xml;\n"
		       " charset=utf-8\nC: text/ignored\n"
		       "content-id:  <a@example.org>\n"
		       "Content-Disposition: render\n"
		       "Content-Transfer-Encoding: binary\nX: y\n\n<x/>\n"
		       "--b\nContent-ID: x\n--b--\n");
	struct pl type = PL("multipart/related; boundary=\"b\""),
		  body = pl_str(s);
	struct msg_multipart mp;
	struct msg_part part;

	(void)state;
	assert_int_equal(msg_multipart_begin(&mp, &type, &body, NULL), 0);
	assert_true(msg_multipart_next(&mp, &part));
	assert_pl(part.content_id, "a@example.org");
	assert_pl(part.disposition, "render");
	assert_pl(part.encoding, "binary");
	assert_pl(part.body, "<x/>");
	assert_true(pl_startswith(&part.headers, "Content-Type"));
	assert_true(msg_multipart_next(&mp, &part));
	assert_pl(part.content_id, "x");
	assert_pl(part.body, "");
	assert_false(msg_multipart_next(&mp, &part));
	assert_false(msg_multipart_next(&mp, &part));
	mem_deref(s);
}


static void begin_errors(void **state)
{
	static const struct {
		const char *type, *body;
		int err;
	} cases[] = {
		{"multipart/mixed", "--b\r\n\r\nx", EBADMSG},
		{"multipart/mixed;boundary=\"\"", "--\r\n\r\nx", EBADMSG},
		{"text/plain;boundary=b", "--b\r\n\r\nx", EBADMSG},
		{"multipart/mixed;boundary=b", "no delimiter", EBADMSG},
		{"multipart/mixed;boundary=b", "", EBADMSG},
		{"multipart/mixed;boundary=b", "--b\n--b\n--b\n--b--", 0},
		{"multipart/mixed;boundary=b", "--b\n--b\n--b\n--b\n--b--",
			EMSGSIZE},
	};
	struct msg_limits limits = msg_limits_default;
	size_t i;

	(void)state;
	limits.parts = 3;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl type = pl_str(cases[i].type),
			  body = pl_str(cases[i].body);
		struct msg_multipart mp;

		assert_int_equal(
			msg_multipart_begin(&mp, &type, &body, &limits),
			cases[i].err);
	}
}


static struct msg *message(const char *type, const char *body)
{
	char *text = mem_printf("MESSAGE sip:a@example.org SIP/2.0\n"
				"Via: SIP/2.0/UDP a;branch=z9hG4bK1\n"
				"From: <sip:b@example.org>;tag=1\n"
				"To: <sip:a@example.org>\nCall-ID: 1\n"
				"CSeq: 1 MESSAGE\nContent-Type: %s\n\n%s",
		type, body);
	struct msg *msg = NULL;
	const char *why;

	assert_int_equal(decode_text(&msg, text, &why), 0);
	mem_deref(text);
	return msg;
}


static void find(void **state)
{
	static const struct {
		const char *type, *body;
		int err;
		const char *found;
	} cases[] = {
		{"text/plain", "hello", 0, "hello"},
		{"text/html", "<b>", ENOENT, ""},
		{"multipart/mixed;boundary=b",
			"--b\nContent-Type: text/plain\n\none\n"
			"--b\nContent-Type: text/plain\n\ntwo\n--b--\n",
			0, "one"},
		{"multipart/alternative;boundary=b",
			"--b\nContent-Type: text/plain\n\none\n"
			"--b\nContent-Type: text/plain;x\n\ntwo\n"
			"--b\nContent-Type: text/html\n\n<b>\n--b--\n",
			0, "two"},
		/* RFC 2046 5.2: a part that says nothing is plain text. */
		{"multipart/mixed;boundary=b", "--b\n\none\n--b--\n", 0, "one"},
		{"multipart/mixed;boundary=b",
			"--b\nContent-Type: multipart/alternative;"
			"boundary=c\n\n--c\nContent-Type: text/html\n\n<b>\n"
			"--c\nContent-Type: text/plain\n\nin\n--c--\n\n--b\n"
			"Content-Type: text/plain\n\nout\n--b--\n",
			0, "in"},
	};
	struct msg_part part;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct msg *msg = message(cases[i].type, cases[i].body);

		assert_int_equal(msg_body_find(msg, "text/plain", NULL, &part),
			cases[i].err);
		if (!cases[i].err)
			assert_pl(part.body, cases[i].found);
		mem_deref(msg);
	}
}


/* PA20: deeper than the limit is refused, not searched. */
static void depth(void **state)
{
	struct mbuf *mb = mbuf_alloc(100000);
	struct msg_part part;
	struct msg *msg;
	unsigned int i;
	char *s;

	(void)state;
	for (i = 1; i < 12; i++)
		(void)mbuf_printf(mb,
			"--b%u\nContent-Type: multipart/mixed;boundary=b%u\n\n",
			i, i + 1);
	s = mbuf_strdup(mb);
	msg = message("multipart/mixed;boundary=b1", s);
	assert_int_equal(
		msg_body_find(msg, "text/plain", NULL, &part), EMSGSIZE);
	mem_deref(msg);
	mem_deref(s);
	mem_deref(mb);
}


int test_mime(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types),
		cmocka_unit_test(parts),
		cmocka_unit_test(steps),
		cmocka_unit_test(step_bounds),
		cmocka_unit_test(part_headers),
		cmocka_unit_test(begin_errors),
		cmocka_unit_test(find),
		cmocka_unit_test(depth),
	};

	return cmocka_run_group_tests_name("mime", tests, NULL, NULL);
}
