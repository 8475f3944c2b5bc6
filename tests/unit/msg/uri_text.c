/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "unit.h"
#include "mbuf.h"
#include "uri.h"

int test_uri_text(void);


static void aor(void **state)
{
	static const struct {
		const char *text, *aor;
	} cases[] = {
		{"sip:Bob@Example.ORG;transport=tls?a=b",
			"sip:Bob@example.org"},
		{"SIPS:bob:pw@example.org:5061", "sips:bob@example.org:5061"},
		{"sip:b%6fb%3bx@example.org", "sip:bob%3Bx@example.org"},
		{"sip:[2001:DB8::1]", "sip:[2001:db8::1]"},
		{"tel:+1-(201)-555", "tel:+1201555"},
		{"URN:Uuid:X", "urn:Uuid:X"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl pl = pl_str(cases[i].text);
		struct uri u;
		char *s;

		assert_int_equal(uri_decode(&u, &pl), 0);
		s = uri_aor(&u);
		assert_string_equal(s, cases[i].aor);
		mem_deref(s);
	}
}


static void keys(void **state)
{
	(void)state;
	assert_string_equal(
		uri_aor_key("sip:bob@example.org"), "bob@example.org");
	assert_string_equal(
		uri_aor_key("sips:bob@example.org"), "bob@example.org");
	assert_string_equal(uri_aor_key("tel:+49"), "tel:+49");
}


static void from_user(void **state)
{
	static const struct {
		const char *typed, *uri; /* NULL: refused */
	} cases[] = {
		{"alice@example.org", "sip:alice@example.org"},
		{"  sip:alice@example.org\n", "sip:alice@example.org"},
		{"<sip:alice@example.org>", "sip:alice@example.org"},
		{"example.org", "sip:example.org"},
		{"localhost:5060", "sip:localhost:5060"},
		{"127.0.0.1:5070", "sip:127.0.0.1:5070"},
		{"bob@127.0.0.1:5070;transport=tcp",
			"sip:bob@127.0.0.1:5070;transport=tcp"},
		{"bob@[::1]", "sip:bob@[::1]"},
		{"tel:+1201555", "tel:+1201555"},
		{"sips:bob@example.org", "sips:bob@example.org"},
		{"xmpp:bob@example.org", "xmpp:bob@example.org"},
		{"", NULL},
		{"   ", NULL},
		{"al ice@example.org", NULL},
		{"alice@", NULL},
		{"sip:", NULL},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl typed = pl_str(cases[i].typed);
		char *text = NULL;
		struct uri u;
		int err = uri_from_user(&u, &text, &typed);

		if (!cases[i].uri) {
			assert_int_equal(err, EBADMSG);
			assert_null(text);
			continue;
		}
		assert_int_equal(err, 0);
		assert_string_equal(text, cases[i].uri);
		assert_ptr_equal(u.all.p, text);
		mem_deref(text);
	}
}


static void escapes(void **state)
{
	struct pl pl = PL("null-%00-null%2541%zz%4"),
		  user = PL("a b@c;d\n\xc3");
	struct mbuf *mb = mbuf_alloc(100);
	struct pl written;
	size_t len;
	char *s;

	(void)state;
	s = uri_unescape(&pl, &len);
	assert_int_equal(len, 19);
	assert_memory_equal(s, "null-\0-null%41%zz%4", 20);
	mem_deref(s);
	assert_int_equal(uri_escape_user(mb, &user), 0);
	written = mbuf_all(mb);
	assert_pl(written, "a%20b%40c;d%0A%C3");
	mem_deref(mb);
}


int test_uri_text(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(aor),
		cmocka_unit_test(keys),
		cmocka_unit_test(from_user),
		cmocka_unit_test(escapes),
	};

	return cmocka_run_group_tests_name("uri_text", tests, NULL, NULL);
}
