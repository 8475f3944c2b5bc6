/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "im.h"
#include "mbuf.h"
#include "unit.h"

int test_body(void);

#define TYPING "<KeyboardActivity><status status='type'/></KeyboardActivity>"
#define COMPOSING                                                     \
	"<isComposing xmlns='urn:ietf:params:xml:ns:im-iscomposing'>" \
	"<state>active</state><refresh>60</refresh></isComposing>"

/* The parts of a multipart with the boundary "b". */
#define PART(type_, body_) "--b\r\nContent-Type: " type_ "\r\n\r\n" body_ "\r\n"
#define END		   "--b--\r\n"


static void check(const char *type, const struct pl *text, bool session,
	enum im_body_kind kind, const char *expected)
{
	struct pl content_type = pl_str(type);
	struct im_body *b = im_body_decode(&content_type, text, session);

	if (b->kind != kind)
		fail_msg("%s, %.*s: kind %d", type, PL_ARG(text), b->kind);
	if (kind == IM_TEXT && strcmp(b->text, expected))
		fail_msg("%s, %.*s: %s", type, PL_ARG(text), b->text);
	if (kind != IM_TEXT)
		assert_null(b->text);
	if (kind == IM_COMPOSING)
		assert_int_equal(b->refresh, 60);
	if (kind == IM_COMPOSING || kind == IM_KEYBOARD)
		assert_true(b->active);
	mem_deref(b);
}


static void single(void **state)
{
	static const struct {
		const char *type;
		struct pl text;
		enum im_body_kind kind;
		const char *expected;
	} cases[] = {
		{NULL, PL("hi"), IM_TEXT, "hi"},
		{"text/plain", PL("hi\r\nyou"), IM_TEXT, "hi\r\nyou"},
		{"Text/Plain;charset=utf-8", PL("\xc3\xa9"), IM_TEXT,
			"\xc3\xa9"},
		{"text/plain;charset=\"ISO-8859-1\"", PL("\xe9"), IM_TEXT,
			"\xc3\xa9"},
		{"text/plain; charset=UTF-8;msgr=WAAtAE0A", PL("hi"), IM_TEXT,
			"hi"},
		{"text/plain;charset=UTF-16LE", PL("h\0i\0"), IM_TEXT, "hi"},
		{"text/plain;charset=utf-8", PL("a\xff"), IM_TEXT,
			"a\xef\xbf\xbd"},
		{"text/plain;charset=x-klingon", PL("a\xe9"), IM_TEXT,
			"a\xef\xbf\xbd"},
		{"text/plain", PL("a\0b"), IM_TEXT,
			"a\xef\xbf\xbd"
			"b"},
		{"text/plain", PL(""), IM_TEXT, ""},
		{"text/plain", PL("\x1b[2J<b>"), IM_TEXT, "\x1b[2J<b>"},
		{"text/html", PL("<p>a&eacute;</p><p>b"), IM_TEXT,
			"a\xc3\xa9\nb"},
		{"text/html;charset=windows-1252", PL("<b>\x80</b>"), IM_TEXT,
			"\xe2\x82\xac"},
		{"application/im-iscomposing+xml", PL(COMPOSING), IM_COMPOSING,
			NULL},
		{"application/im-iscomposing+xml", PL(TYPING), IM_UNSUPPORTED,
			NULL},
		{"application/im-iscomposing+xml", PL("active"), IM_UNSUPPORTED,
			NULL},
		{"application/xml", PL(TYPING), IM_KEYBOARD, NULL},
		{"application/xml", PL(COMPOSING), IM_COMPOSING, NULL},
		{"text/xml", PL(TYPING), IM_KEYBOARD, NULL},
		{"application/xml", PL("<other/>"), IM_UNSUPPORTED, NULL},
		{"application/xml", PL("<!DOCTYPE a [<!ENTITY x 'y'>]>" TYPING),
			IM_UNSUPPORTED, NULL},
		{"message/cpim", PL("hi"), IM_UNSUPPORTED, NULL},
		{"text/x-msmsgsinvite", PL("hi"), IM_UNSUPPORTED, NULL},
		{"application/rtf", PL("{\\rtf1 hi}"), IM_UNSUPPORTED, NULL},
		{"text", PL("hi"), IM_UNSUPPORTED, NULL},
		{"text/plaintext", PL("hi"), IM_UNSUPPORTED, NULL},
		{"image/png", PL("hi"), IM_UNSUPPORTED, NULL},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		check(cases[i].type, &cases[i].text, false, cases[i].kind,
			cases[i].expected);
		check(cases[i].type, &cases[i].text, true, cases[i].kind,
			cases[i].expected);
	}
}


/* What a gateway mislabels in a session; outside of one it is a text. */
static void mislabelled(void **state)
{
	const struct pl typing = PL("\r\n" TYPING "\r\n");
	const struct pl quoted = PL("> " TYPING), xml = PL("<a/>");

	(void)state;
	check("text/plain", &typing, true, IM_KEYBOARD, NULL);
	check("text/plain", &typing, false, IM_TEXT, "\r\n" TYPING "\r\n");
	check("text/plain", &quoted, true, IM_TEXT, "> " TYPING);
	check("text/plain", &xml, true, IM_TEXT, "<a/>");
}


static void multiparts(void **state)
{
	static const char alternative[] = "multipart/alternative;boundary=b";
	static const char mixed[] = "multipart/mixed; boundary=\"b\"";
	static const struct {
		const char *type, *text;
		enum im_body_kind kind;
		const char *expected;
	} cases[] = {
		{alternative,
			PART("text/plain", "plain")
				PART("text/html", "<b>html</b>") END,
			IM_TEXT, "plain"},
		{alternative,
			PART("text/html", "<b>html</b>") PART("image/png", "x")
				END,
			IM_TEXT, "html"},
		{alternative,
			PART("text/plain", "1") PART("text/plain", "2") END,
			IM_TEXT, "2"},
		{alternative, PART("image/png", "x") END, IM_UNSUPPORTED, NULL},
		{alternative, END, IM_UNSUPPORTED, NULL},
		{mixed,
			PART("image/png", "x") PART("text/plain", "1")
				PART("text/plain", "2") END,
			IM_TEXT, "1"},
		{mixed,
			PART("text/html", "<i>1</i>") PART("text/plain", "2")
				END,
			IM_TEXT, "1"},
		{mixed,
			"--b\r\nContent-Disposition: attachment; filename=x\r\n"
			"\r\nlog\r\n" PART("text/plain", "2") END,
			IM_TEXT, "2"},
		{mixed, "--b\r\n\r\nno type\r\n" END, IM_TEXT, "no type"},
		{mixed, PART("application/xml", TYPING) END, IM_KEYBOARD, NULL},
		{"multipart/related;boundary=b",
			PART("text/html", "<p>a") PART("image/gif", "x") END,
			IM_TEXT, "a"},
		{alternative,
			PART("text/plain\r\nContent-Transfer-Encoding: base64",
				"aGVsbG8=") END,
			IM_TEXT, "hello"},
		{alternative,
			PART("text/plain;charset=iso-8859-1\r\n"
			     "Content-Transfer-Encoding: quoted-printable",
				"caf=E9") END,
			IM_TEXT, "caf\xc3\xa9"},
		{mixed,
			PART("multipart/alternative;boundary=c",
				"--c\r\nContent-Type: text/html\r\n\r\n<b>h\r\n"
				"--c\r\nContent-Type: text/plain\r\n\r\np\r\n"
				"--c--") PART("image/png", "x") END,
			IM_TEXT, "p"},
		{alternative,
			PART("text/plain", "p")
				PART("multipart/related;boundary=c",
					"--c\r\nContent-Type: text/html\r\n\r\n"
					"<b>h\r\n--c--") END,
			IM_TEXT, "p"},
		{"multipart/mixed", PART("text/plain", "1") END, IM_UNSUPPORTED,
			NULL},
		{mixed, "no delimiter", IM_UNSUPPORTED, NULL},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl text = pl_str(cases[i].text);

		check(cases[i].type, &text, false, cases[i].kind,
			cases[i].expected);
	}
}


/* DEPTH multiparts, one in the other, a text in the innermost. */
static void nested(size_t depth, enum im_body_kind kind)
{
	struct mbuf *mb = mbuf_alloc(65536);
	struct pl text;
	size_t i;

	for (i = 0; i < depth; i++) {
		mbuf_printf(mb, "--b%zu\r\nContent-Type: ", i);
		if (i + 1 < depth)
			mbuf_printf(mb, "multipart/mixed;boundary=b%zu\r\n\r\n",
				i + 1);
		else
			mbuf_write_str(mb, "text/plain\r\n\r\nhi");
	}
	text = mbuf_all(mb);
	check("multipart/mixed;boundary=b0", &text, false, kind, "hi");
	mem_deref(mb);
}


static void bounds(void **state)
{
	struct mbuf *mb = mbuf_alloc(1024 * 1024);
	struct pl text = PL_INIT;
	size_t i;

	(void)state;
	check("text/plain", &text, false, IM_TEXT, "");
	check("text/html", &text, false, IM_TEXT, "");
	check("application/xml", &text, false, IM_UNSUPPORTED, NULL);
	check("multipart/mixed;boundary=b", &text, false, IM_UNSUPPORTED, NULL);
	nested(1, IM_TEXT);
	nested(8, IM_TEXT);
	nested(9, IM_UNSUPPORTED);
	nested(200, IM_UNSUPPORTED);

	for (i = 0; i < 20000; i++)
		mbuf_write_str(mb, PART("image/png", "x"));
	mbuf_write_str(mb, PART("text/plain", "too far") END);
	text = mbuf_all(mb);
	check("multipart/mixed;boundary=b", &text, false, IM_UNSUPPORTED, NULL);

	/* the longest a body may be, each byte of it three in UTF-8 */
	mbuf_reset(mb);
	while (!mbuf_write_u8(mb, 0xff))
		;
	text = mbuf_all(mb);
	{
		const struct pl type = PL("text/plain");
		struct im_body *b = im_body_decode(&type, &text, false);

		assert_int_equal(strlen(b->text), 3 * 1024 * 1024);
		mem_deref(b);
	}
	mem_deref(mb);
}


/* What is announced is understood. */
static void accept(void **state)
{
	struct pl rest = pl_str(im_accept()), words, head;
	bool more = true;

	(void)state;
	words = pl_str(im_accept_types());
	while (more) {
		struct pl word, trimmed;

		more = pl_split(&rest, ',', &head);
		(void)pl_split(&words, ' ', &word);
		trimmed = pl_trim(&head);
		assert_true(pl_eq(&trimmed, &word));
	}
	assert_false(pl_isset(&words));
}


int test_body(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(single),
		cmocka_unit_test(mislabelled),
		cmocka_unit_test(multiparts),
		cmocka_unit_test(bounds),
		cmocka_unit_test(accept),
	};

	return cmocka_run_group_tests_name("body", tests, NULL, NULL);
}
