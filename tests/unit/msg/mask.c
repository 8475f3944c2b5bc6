/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "unit.h"
#include "data.h"

int test_mask(void);


static void masked(void **state)
{
	static const struct {
		const char *line, *shown;
	} cases[] = {
		{"Subject: response=\"x\"\n", "Subject: response=\"x\"\n"},
		{"Authorization: Digest username=\"a\", nonce=\"n\","
		 " response=\"secret\", cnonce=\"secret\", nc=00000001\n",
			"Authorization: Digest username=\"a\", nonce=\"n\","
			" response=\"***\", cnonce=\"***\", nc=00000001\n"},
		{"proxy-authorization : NTLM qop=\"auth\",\n"
		 " gssapi-data = \"sec\\\"ret\",\n\tRESPONSE=secret, "
		 "version=4\n",
			"proxy-authorization : NTLM qop=\"auth\",\n"
			" gssapi-data = \"***\",\n\tRESPONSE=\"***\","
			" version=4\n"},
		{"Authorization: Basic c2VjcmV0OmE=\n",
			"Authorization: Basic ***\n"},
		{"Authorization: Basic c2VjcmV0\n",
			"Authorization: Basic ***\n"},
		{"Authorization: NTLM a/secret+b==\n",
			"Authorization: NTLM ***\n"},
		{"Authorization: NTLM /secret\n", "Authorization: NTLM ***\n"},
		{"Authorization: Digest response=\"secret\n",
			"Authorization: Digest response=\"***\"\n"},
		{"Authentication-Info: qop=auth, rspauth=\"secret\", nc=1\n",
			"Authentication-Info: qop=auth, rspauth=\"***\", "
			"nc=1\n"},
		{"Authentication-Info: cnonce=\"secret\", qop=auth\n",
			"Authentication-Info: cnonce=\"***\", qop=auth\n"},
		{"WWW-Authenticate: NTLM gssapi-data=\"secret\", "
		 "opaque=\"o\"\n",
			"WWW-Authenticate: NTLM gssapi-data=\"***\","
			" opaque=\"o\"\n"},
		/* an open quote hides nothing behind it */
		{"Authorization: Digest qop=\"auth, response=secret\n",
			"Authorization: Digest qop=\"auth, response=\"***\"\n"},
		{"WWW-Authenticate: NTLM\n", "WWW-Authenticate: NTLM\n"},
		{"Authorization:\n", "Authorization:\n"},
		{"no header\n", "no header\n"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *text = mem_printf("REGISTER sip:a SIP/2.0\n%sX: y\n\n"
					"Authorization: Digest response=a\n",
			cases[i].line);
		char *expect = mem_printf("REGISTER sip:a SIP/2.0\n%sX: y\n\n"
					  "Authorization: Digest response=a\n",
			cases[i].shown);
		struct mbuf *mb = mbuf_alloc(10000);
		struct pl all;

		assert_int_equal(msg_mask(mb, text, strlen(text)), 0);
		all = mbuf_all(mb);
		assert_pl(all, expect);
		mem_deref(mb);
		mem_deref(expect);
		mem_deref(text);
	}
}


static void nothing(void **state)
{
	struct mbuf *mb = mbuf_alloc(10);

	(void)state;
	assert_int_equal(msg_mask(mb, "", 0), 0);
	assert_int_equal(mb->end, 0);
	assert_int_equal(msg_mask(mb, "longer than ten", 15), ENOSPC);
	mem_deref(mb);
}


int test_mask(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(masked),
		cmocka_unit_test(nothing),
	};

	return cmocka_run_group_tests_name("mask", tests, NULL, NULL);
}
