/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sink.h"

int test_exchange_vcard(void);

#define CARD(text_) "BEGIN:VCARD\r\nVERSION:4.0\r\n" text_ "END:VCARD\r\n"


static void read(void **state)
{
	static const struct {
		const char *text;
		const char *told;
	} cases[] = {
		{"", ""},
		{"\r\n\n", ""},
		{CARD("FN:Bob\r\nIMPP:sip:bob@example.org\r\n"),
			"4 sip:bob@example.org Bob\n"},
		{"\xef\xbb\xbf"
		 "begin:vcard\nversion:3.0\nfn:Bob\n"
		 "impp:SIP:bob@x\nend:vcard\n",
			"4 SIP:bob@x Bob\n"},
		/* Parameters, quoted ones, groups of properties. */
		{CARD("item1.IMPP;X-SERVICE-TYPE=\"a:b;c\";PREF=1:sips:bob@x\n"
		      "x.FN;LANGUAGE=en:B\n"),
			"3 sips:bob@x B\n"},
		/* Several addresses, those of other services passed over. */
		{CARD("FN:B\nIMPP:xmpp:b@y\nIMPP:sip:b@x\nX-SIP:c@x\n"
		      "X-SIP;TYPE=home:sip:d@x\nTEL:+1\n"),
			"5 sip:b@x B\n6 c@x B\n7 sip:d@x B\n"},
		/* Folded lines, escapes. */
		{CARD("FN:Bo\r\n b\\, the\r\n\t \\\\one\\nx\r\nIMPP:sip:b@\n "
		      "x\n"),
			"6 sip:b@x Bob, the \\one\nx\n"},
		{CARD("IMPP:sip\\:b@x\n"), "3 sip:b@x -\n"},
		{CARD("CATEGORIES:A,B\\,C, ,A\nCATEGORIES:D;E\nX-SIP:b@x\n"),
			"5 b@x -|A|B,C|D;E\n"},
		{CARD("FN:\nFN:First\nFN:Second\nX-SIP:b@x\n"),
			"6 b@x First\n"},
		/* Several cards; what is wrong with one is no other's. */
		{CARD("FN:A\nX-SIP:a@x\n") CARD("FN:B\n") CARD("X-SIP:c@x\n"),
			"4 a@x A\n6! no SIP address in this card\n"
			"12 c@x -\n"},
		{"BEGIN:VCARD\nVERSION:2.1\nX-SIP:a@x\nEND:VCARD\n" CARD(
			 "X-SIP:b@x\n"),
			"2! not version 3.0 or 4.0\n7 b@x -\n"},
		{"BEGIN:VCARD\nX-SIP:a@x\n" CARD("X-SIP:b@x\n"),
			"1! the card has no end\n5 b@x -\n"},
		{"BEGIN:VCARD\nX-SIP:a@x\n", "1! the card has no end\n"},
		{CARD("FN\nX-SIP:a@x\n"), "3! a line without a colon\n"},
		{"uri,name\nx:y\n" CARD("X-SIP:a@x\n"),
			"1! not in a vCard\n2! not in a vCard\n5 a@x -\n"},
		{CARD("FN:J\xf6rg\nX-SIP:a@x\n"), "3! not UTF-8\n"},
		{CARD("NOTE:J\xf6rg\nX-SIP:a@x\n"), "4 a@x -\n"},
		{CARD("X-SIP: \nIMPP:\nIMPP:sip\n"),
			"1! no SIP address in this card\n"},
	};
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	const struct exchange_sink sink = SINK(mb);
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl pl = pl_str(cases[i].text);

		exchange_vcard_read(&pl, &sink);
		sink_is(mb, cases[i].told);
	}
	mem_deref(mb);
}


/* A photograph may be as long as it likes, a name may not. */
static void bounds(void **state)
{
	struct mbuf *mb = mbuf_alloc(SIZE_MAX), *text = mbuf_alloc(SIZE_MAX);
	const struct exchange_sink sink = SINK(mb);
	struct pl pl;
	size_t i, k;

	(void)state;
	for (k = 0; k < 3; k++) {
		mbuf_write_str(text, "BEGIN:VCARD\nX-SIP:a@x\n");
		mbuf_write_str(text, k == 1 ? "FN:" : "PHOTO:");
		for (i = 0; i < 70000; i++)
			mbuf_write_str(
				text, k == 2 && i % 70 == 0 ? "\n " : "x");
		mbuf_write_str(text, "\n x:y\nEND:VCARD\n");
	}
	mbuf_write_str(text, "BEGIN:VCARD\n");
	for (i = 0; i < 65; i++)
		mbuf_write_str(text, "X-SIP:a@x\n");
	mbuf_write_str(text, "END:VCARD\n");
	pl = mbuf_all(text);
	exchange_vcard_read(&pl, &sink);
	sink_is(mb,
		"2 a@x -\n8! the line is too long\n12 a@x -\n"
		"1081! more than 64 addresses\n");
	mem_deref(text);
	mem_deref(mb);
}


int test_exchange_vcard(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read),
		cmocka_unit_test(bounds),
	};

	return cmocka_run_group_tests_name("exchange_vcard", tests, NULL, NULL);
}
