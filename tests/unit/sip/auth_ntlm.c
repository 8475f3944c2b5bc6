/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The handshake of NTLM in SIP.
 *
 *   us                      the account's server
 *   |--- REGISTER ---------->|
 *   |<-- 401 NTLM -----------|
 *   |--- REGISTER, data="" ->|
 *   |<-- 401, CHALLENGE -----|
 *   |--- AUTHENTICATE ------>|  from version 4 on signed
 *   |<-- 200, signed --------|
 */
#include <errno.h>
#include "signer.h"

int test_auth_ntlm(void);


static void versions(void **state)
{
	unsigned version;
	struct signer s;

	(void)state;
	for (version = 2; version <= 4; version++) {
		signer_start(&s, version, version == 3);
		signer_register(&s);
		assert_int_equal(s.lab->questions, 1);
		signer_send(&s, "MESSAGE", "sip:bob@example.org");
		signer_verify(&s, signer_got(&s));
		signer_answer_signed(&s, 200, 2);
		assert_int_equal(signer_result(&s).status, 200);
		signer_stop(&s);
	}
}


/* A version of the future is answered with the last one that we know. */
static void newer(void **state)
{
	struct signer s;
	char *text;

	(void)state;
	signer_start(&s, 9, false);
	signer_send(&s, "REGISTER", "sip:example.org");
	(void)signer_got(&s);
	text = signer_challenge(&s, "");
	signer_answer(&s, text);
	mem_deref(text);
	(void)signer_got(&s);
	lab_assert_param(s.peer, 1, HDR_AUTHORIZATION, "version", "4");
	signer_stop(&s);
}


/* The answer to a whole handshake is another challenge. */
static void wrong_password(void **state)
{
	struct lab_result result;
	struct signer s;
	char *text;

	(void)state;
	signer_start(&s, 4, false);
	signer_send(&s, "REGISTER", "sip:example.org");
	signer_handshake(&s);
	text = signer_challenge(&s, "");
	signer_answer(&s, text);
	result = signer_result(&s);
	assert_int_equal(result.err, EACCES);
	assert_true(result.wrong_password);
	assert_non_null(strstr(result.why, "wrong password"));

	/* The same is not tried again, another one is. */
	signer_send(&s, "REGISTER", "sip:example.org");
	signer_unsigned(&s, signer_got(&s));
	signer_answer(&s, text);
	assert_true(signer_result(&s).wrong_password);
	assert_false(signer_has(&s));
	assert_int_equal(s.lab->questions, 1);
	sip_agent_reset_credentials(s.agent);
	signer_register(&s);
	assert_int_equal(s.lab->questions, 2);
	mem_deref(text);
	signer_stop(&s);
}


/* The password is asked for amid the handshake, and comes when the connection
 * is gone: all begins anew over another one. */
static void late_password(void **state)
{
	struct signer s;
	char *text;

	(void)state;
	signer_start(&s, 4, false);
	signer_send(&s, "REGISTER", "sip:example.org");
	signer_unsigned(&s, signer_got(&s));
	text = signer_challenge(&s, "");
	signer_answer(&s, text);
	mem_deref(text);
	(void)signer_got(&s);
	sip_agent_reset_credentials(s.agent);
	s.lab->later = true;
	text = signer_token(&s);
	signer_answer(&s, text);
	mem_deref(text);
	assert_false(signer_has(&s));
	assert_int_equal(s.lab->questions, 2);
	memnet_reset(s.lab->host, s.peer->host);
	memnet_run(s.lab->net, 1000);
	s.lab->answer("LAB\\alice", "secret", s.lab->answer_ctx);
	signer_legs(&s);
	signer_answer_signed(&s, 200, 1);
	assert_int_equal(signer_result(&s).status, 200);
	signer_stop(&s);
}


/* A server that forgets its challenge each time is left at last. */
static void endless(void **state)
{
	struct lab_result result;
	struct signer s;
	char *text;

	(void)state;
	signer_start(&s, 4, false);
	text = signer_challenge(&s, "");
	signer_send(&s, "REGISTER", "sip:example.org");
	while (signer_has(&s)) {
		(void)signer_got(&s);
		signer_answer(&s, text);
	}
	result = signer_result(&s);
	assert_false(result.wrong_password);
	assert_true(s.peer->n < 10);
	mem_deref(text);
	signer_stop(&s);
}


static const struct {
	const char *more; /* in the second challenge */
	const char *why;
} refusals[] = {
	{", gssapi-data=\"TlRMTVNTUAAC\"", "not sound"},
	{", gssapi-data=\"!\"", "not sound"},
	{", gssapi-data=\"TlRMTVNTUAADAAAAAAAAADAAAADzgpjiAAAAAAAAAAAAAAAAAAAA"
	 "AAAAAAAwAAAA\"",
		"not sound"},
	/* without extended session security */
	{", gssapi-data=\"TlRMTVNTUAACAAAAAAAAADAAAADzgpDiAAAAAAAAAAAAAAAAAAAA"
	 "AAQABAAwAAAAAAAAAA==\"",
		"safe"},
};


static void refused(void **state)
{
	struct lab_result result;
	struct signer s;
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(refusals); i++) {
		signer_start(&s, 4, false);
		signer_send(&s, "REGISTER", "sip:example.org");
		(void)signer_got(&s);
		text = signer_challenge(&s, "");
		signer_answer(&s, text);
		mem_deref(text);
		(void)signer_got(&s);
		text = signer_challenge(&s, refusals[i].more);
		signer_answer(&s, text);
		mem_deref(text);
		result = signer_result(&s);
		assert_true(result.err);
		assert_non_null(strstr(result.why, refusals[i].why));
		assert_false(result.wrong_password);
		assert_false(signer_has(&s));
		signer_stop(&s);
	}
}


/* Who may ask for it at all. */
static void policy(void **state)
{
	static const struct {
		enum sip_ntlm ntlm;
		const char *why;
	} cases[] = {
		{SIP_NTLM_NEVER, "dialect"},
		{SIP_NTLM_TLS, "TLS"},
	};
	struct sip_agent_config config = {
		.proxy = "sip:192.0.2.2;transport=tcp",
		.transport = SIP_TRANSPORT_TCP,
	};
	struct lab_result result;
	struct signer s;
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		signer_start(&s, 4, false);
		mem_deref(s.agent);
		config.ntlm = cases[i].ntlm;
		s.agent = lab_agent(s.lab, &config);
		signer_send(&s, "REGISTER", "sip:example.org");
		(void)signer_got(&s);
		text = signer_challenge(&s, "");
		signer_answer(&s, text);
		mem_deref(text);
		result = signer_result(&s);
		assert_int_equal(result.status, 401);
		assert_non_null(strstr(result.why, cases[i].why));
		assert_false(signer_has(&s));
		assert_int_equal(s.lab->questions, 0);
		signer_stop(&s);
	}
}


/* What is echoed must stand between quotes; the rest is no challenge. */
static void strength(void **state)
{
	static const struct {
		const char *text;
		unsigned strength;
	} cases[] = {
		{"NTLM realm=\"a\", targetname=\"b\"", 1},
		{"NTLM realm=\"a\", targetname=\"b\", version=2", 1},
		{"NTLM realm=\"a\", targetname=\"b\", version=4", 1},
		{"NTLM realm=\"a\", targetname=\"b\", version=400", 1},
		{"NTLM realm=\"a\", targetname=\"b\", version=1", 0},
		{"NTLM realm=\"a\", targetname=\"b\", version=x", 0},
		{"NTLM realm=\"a\"", 0},
		{"NTLM targetname=\"b\"", 0},
		{"NTLM realm=\"a\001\", targetname=\"b\"", 0},
		{"NTLM realm=\"a\", targetname=\"b\", opaque=\"\x7f\"", 0},
		{"NTLM", 0},
	};
	struct msg_challenge c;
	struct pl text;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		text = pl_str(cases[i].text);
		assert_int_equal(msg_challenge_decode(&c, &text), 0);
		if (sip_auth_ntlm.strength(&c) != cases[i].strength)
			fail_msg("%s", cases[i].text);
	}
}


int test_auth_ntlm(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions),
		cmocka_unit_test(newer),
		cmocka_unit_test(wrong_password),
		cmocka_unit_test(late_password),
		cmocka_unit_test(endless),
		cmocka_unit_test(refused),
		cmocka_unit_test(policy),
		cmocka_unit_test(strength),
	};

	return cmocka_run_group_tests_name("auth_ntlm", tests, NULL, NULL);
}
