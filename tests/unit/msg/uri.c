/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "unit.h"
#include "mbuf.h"
#include "uri.h"

int test_uri(void);


/* Each decodes to the parts shown and is written again as it came. */
static void decode(void **state)
{
	static const struct {
		const char *text;
		enum uri_scheme scheme;
		const char *user, *password, *host;
		uint16_t port;
		const char *params, *headers;
	} cases[] = {
		{"sip:example.org", URI_SIP, "", "", "example.org", 0, "", ""},
		{"sip:alice@example.org", URI_SIP, "alice", "", "example.org",
			0, "", ""},
		{"sips:alice:secret@example.org:5061;transport=tls?subject=x",
			URI_SIPS, "alice", "secret", "example.org", 5061,
			";transport=tls", "?subject=x"},
		{"sip:alice:@example.org", URI_SIP, "alice", "", "example.org",
			0, "", ""},
		{"SIP:A%20b@[2001:db8::1]:5060;lr", URI_SIP, "A%20b", "",
			"2001:db8::1", 5060, ";lr", ""},
		{"sip:[2001:db8:::192.0.2.1]", URI_SIP, "", "",
			"2001:db8:::192.0.2.1", 0, "", ""},
		{"sip:user;par=u%40example.net@example.com", URI_SIP,
			"user;par=u%40example.net", "", "example.com", 0, "",
			""},
		{"sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has"
		 "=1,weird!*pas$wo~d_too.(doesn't-it)@example.com",
			URI_SIP,
			"1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*",
			"&it+has=1,weird!*pas$wo~d_too.(doesn't-it)",
			"example.com", 0, "", ""},
		{"sip:bob@example.com;opaque=user:epid:q-Rt==;gruu", URI_SIP,
			"bob", "", "example.com", 0,
			";opaque=user:epid:q-Rt==;gruu", ""},
		{"tel:+1-201-555-0123;phone-context=example.com", URI_TEL, "",
			"", "+1-201-555-0123", 0, ";phone-context=example.com",
			""},
		{"im:alice@example.com", URI_IM, "alice", "", "example.com", 0,
			"", ""},
		{"pres:alice@example.com", URI_PRES, "alice", "", "example.com",
			0, "", ""},
		{"http://example.com/a?b;c", URI_OTHER, "", "",
			"//example.com/a?b;c", 0, "", ""},
		{"soap.beep://192.0.2.103:3002", URI_OTHER, "", "",
			"//192.0.2.103:3002", 0, "", ""},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl pl = pl_str(cases[i].text), again;
		struct mbuf *mb = mbuf_alloc(1000);
		struct uri u;

		if (uri_decode(&u, &pl))
			fail_msg("%s", cases[i].text);
		assert_true(u.scheme == cases[i].scheme);
		assert_pl(u.user, cases[i].user);
		assert_pl(u.password, cases[i].password);
		assert_pl(u.host, cases[i].host);
		assert_int_equal(u.port, cases[i].port);
		assert_pl(u.params, cases[i].params);
		assert_pl(u.headers, cases[i].headers);
		assert_int_equal(uri_encode(mb, &u), 0);
		again = mbuf_all(mb);
		assert_pl(again, cases[i].text);
		mem_deref(mb);
	}
}


static void refuse(void **state)
{
	static const char *const cases[] = {
		"",
		"sip",
		"sip:",
		":alice@example.org",
		"1sip:alice@example.org",
		"sip:@example.org",
		"sip:alice@",
		"sip:alice@@example.org",
		"sip:al ice@example.org",
		"sip:alice@example.org ",
		"sip:alice@exa mple.org",
		"sip:alice@example.org:",
		"sip:alice@example.org:0",
		"sip:alice@example.org:65536",
		"sip:alice@example.org:99999999999999999999",
		"sip:alice@example.org:5060x",
		"sip:2001:db8::10",
		"sip:[2001:db8::10",
		"sip:[]",
		"sip:[12]",
		"sip:[2001:db8::g]",
		"sip:alice@example.org;a=\"b\"",
		"sip:alice@example.org;a=<b>",
		"sip:alice@example.org;a=%4",
		"sip:al%ice@example.org",
		"sip:al%zzice@example.org",
		"sip:alice@example.org>",
		"sip:\xc3\xa4@example.org",
		"<sip:alice@example.org>",
		"tel:",
		"tel:hello there",
		"tel:+-",
		"http:",
		"http:a b",
		"http:a\"b",
		"sip:a\r\nb@example.org",
	};
	struct pl nul = PL("sip:a\0b@example.org");
	struct uri u;
	size_t i;
	char *text;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl pl = pl_str(cases[i]);

		if (uri_decode(&u, &pl) != EBADMSG)
			fail_msg("taken: %s", cases[i]);
	}
	assert_int_equal(uri_decode(&u, &nul), EBADMSG);
	text = mem_zalloc(URI_MAX + 2, NULL);
	memset(text, 'a', URI_MAX + 1);
	memcpy(text, "sip:", 4);
	nul = pl_make(text, URI_MAX);
	assert_int_equal(uri_decode(&u, &nul), 0);
	nul = pl_make(text, URI_MAX + 1);
	assert_int_equal(uri_decode(&u, &nul), EMSGSIZE);
	mem_deref(text);
}


/* PA11: the examples of RFC 3261 19.1.4 and some more. */
static void equality(void **state)
{
	static const struct {
		const char *a, *b;
		bool eq, aor_eq;
	} cases[] = {
		{"sip:%61lice@atlanta.com;transport=TCP",
			"sip:alice@AtLanTa.CoM;Transport=tcp", true, true},
		{"sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5",
			true, true},
		{"sip:carol@chicago.com;newparam=5",
			"sip:carol@chicago.com;security=on", true, true},
		{"sip:biloxi.com;transport=tcp;method=REGISTER"
		 "?to=sip:bob%40biloxi.com",
			"sip:biloxi.com;method=REGISTER;transport=tcp"
			"?to=sip:bob%40biloxi.com",
			true, true},
		{"sip:alice@atlanta.com?subject=project%20x&priority=urgent",
			"sip:alice@atlanta.com?priority=urgent"
			"&subject=project%20x",
			true, true},
		{"SIP:ALICE@AtLanTa.CoM;Transport=udp",
			"sip:alice@AtLanTa.CoM;Transport=UDP", false, false},
		{"sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false, true},
		{"sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp",
			false, true},
		{"sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp",
			false, true},
		{"sip:carol@chicago.com",
			"sip:carol@chicago.com?Subject=next%20meeting", false,
			true},
		{"sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4", false,
			false},
		{"sip:carol@chicago.com;security=on",
			"sip:carol@chicago.com;security=off", false, true},
		{"sip:bob@example.org", "sips:bob@example.org", false, true},
		{"sip:bob@example.org", "im:bob@example.org", false, false},
		{"sip:bob;x@example.org", "sip:bob%3Bx@example.org", false,
			false},
		{"sip:bob@example.org;maddr=a", "sip:bob@example.org", false,
			true},
		{"sip:bob:a@example.org", "sip:bob:b@example.org", false, true},
		{"sip:a@b;x=1;x=2", "sip:a@b;x=1;x=2", true, true},
		{"sip:a@b?x=1&x=2", "sip:a@b?x=1&x=2", true, true},
		{"sip:a@b?x=1&x=2", "sip:a@b?x=1", false, true},
		{"sip:null-%00@example.org", "sip:null-%00%00@example.org",
			false, false},
		{"tel:+1-201-555", "tel:+1201555", true, true},
		{"tel:+1-201-555", "tel:+1201556", false, false},
		{"tel:+1201-", "tel:+1201", true, true},
		{"tel:+12015", "tel:+1201", false, false},
		{"urn:a:b", "URN:a:b", true, true},
		{"urn:a:b", "urn:a:B", false, false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl a = pl_str(cases[i].a), b = pl_str(cases[i].b);
		struct uri x, y;

		assert_int_equal(uri_decode(&x, &a), 0);
		assert_int_equal(uri_decode(&y, &b), 0);
		if (uri_eq(&x, &y) != cases[i].eq ||
			uri_eq(&y, &x) != cases[i].eq)
			fail_msg("uri_eq: %s %s", a.p, b.p);
		if (uri_aor_eq(&x, &y, false) != cases[i].aor_eq ||
			uri_aor_eq(&y, &x, false) != cases[i].aor_eq)
			fail_msg("uri_aor_eq: %s %s", a.p, b.p);
	}
}


static void aor_with_port(void **state)
{
	struct pl a = PL("sip:bob@example.org:5060"),
		  b = PL("sip:bob@example.org:5070");
	struct uri x, y;

	(void)state;
	assert_int_equal(uri_decode(&x, &a), 0);
	assert_int_equal(uri_decode(&y, &b), 0);
	assert_true(uri_aor_eq(&x, &y, false));
	assert_false(uri_aor_eq(&x, &y, true));
}


static void params(void **state)
{
	struct pl pl = PL("sip:a@example.org;%6C%72;n%61me=v%61lue%25%34%31;"
			  "Transport=TLS;x="),
		  value;
	struct uri u;

	(void)state;
	assert_int_equal(uri_decode(&u, &pl), 0);
	assert_true(uri_param(&u, "lr", &value));
	assert_pl(value, "");
	assert_non_null(value.p);
	assert_true(uri_param(&u, "name", &value));
	assert_pl(value, "v%61lue%25%34%31");
	assert_true(uri_param(&u, "transport", &value));
	assert_pl(value, "TLS");
	assert_true(uri_param(&u, "x", &value));
	assert_pl(value, "");
	assert_false(uri_param(&u, "maddr", &value));
	assert_null(value.p);
}


int test_uri(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decode),
		cmocka_unit_test(refuse),
		cmocka_unit_test(equality),
		cmocka_unit_test(aor_with_port),
		cmocka_unit_test(params),
	};

	return cmocka_run_group_tests_name("uri", tests, NULL, NULL);
}
