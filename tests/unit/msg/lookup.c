/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "unit.h"
#include "data.h"

int test_lookup(void);

static const char text[] =
	"OPTIONS sip:alice@example.org SIP/2.0\n"
	"Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\n"
	"From: <sip:bob@example.org>;tag=1\nTo: <sip:alice@example.org>\n"
	"Call-ID: 1\nCSeq: 1 OPTIONS\n"
	"Supported: path , outbound\nAllow: INVITE,,MESSAGE,\n"
	"k: Gruu\nSupported:\nX-One: a\nx-one: b\n"
	"WWW-Authenticate: Digest realm=\"a\", nonce=\"b\"\n"
	"WWW-Authenticate: NTLM realm=\"c\"\n\n";


static void setup(struct msg **mp)
{
	const char *why;

	assert_int_equal(decode_text(mp, text, &why), 0);
}


static void chains(void **state)
{
	const struct msg_hdr *h;
	struct msg *msg = NULL;
	struct pl value;

	(void)state;
	setup(&msg);
	h = msg_hdr(msg, HDR_WWW_AUTHENTICATE);
	assert_true(pl_startswith(&h->value, "Digest"));
	h = msg_hdr_next(msg, h);
	assert_true(pl_startswith(&h->value, "NTLM"));
	assert_null(msg_hdr_next(msg, h));
	assert_null(msg_hdr(msg, HDR_CONTACT));
	assert_null(msg_hdr(msg, HDR_OTHER));
	h = msg_hdr_named(msg, "X-ONE");
	assert_pl(h->value, "a");
	assert_null(msg_hdr_next(msg, h));
	assert_null(msg_hdr_named(msg, "X-Two"));
	assert_ptr_equal(
		msg_hdr_named(msg, "supported"), msg_hdr(msg, HDR_SUPPORTED));
	assert_false(msg_value(msg, HDR_CONTACT, &value));
	assert_null(value.p);
	mem_deref(msg);
}


/* PA4, PA5 */
static void lists(void **state)
{
	static const char *const supported[] = {"path", "outbound", "Gruu"};
	static const char *const allow[] = {"INVITE", "MESSAGE"};
	struct msg_list it = {0};
	struct msg *msg = NULL;
	struct pl value;
	size_t i;

	(void)state;
	setup(&msg);
	for (i = 0; msg_list_next(msg, HDR_SUPPORTED, &it, &value); i++)
		assert_pl(value, supported[i]);
	assert_int_equal(i, 3);
	assert_false(msg_list_next(msg, HDR_SUPPORTED, &it, &value));
	memset(&it, 0, sizeof(it));
	for (i = 0; msg_list_next(msg, HDR_ALLOW, &it, &value); i++)
		assert_pl(value, allow[i]);
	assert_int_equal(i, 2);
	memset(&it, 0, sizeof(it));
	assert_false(msg_list_next(msg, HDR_ROUTE, &it, &value));
	assert_true(msg_has_token(msg, HDR_SUPPORTED, "gruu"));
	assert_true(msg_has_token(msg, HDR_SUPPORTED, "path"));
	assert_false(msg_has_token(msg, HDR_SUPPORTED, "pat"));
	mem_deref(msg);
}


int test_lookup(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chains),
		cmocka_unit_test(lists),
	};

	return cmocka_run_group_tests_name("lookup", tests, NULL, NULL);
}
