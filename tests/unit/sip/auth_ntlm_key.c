/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NTLM version 2 against published answers: [MS-NLMP] 4.2.4, a sign-in to a
 * server of 2007 R2 and a signature without extended security. */
#include "hex.h"
#include "mbuf.h"
#include "ntlm.h"

int test_auth_ntlm_key(void);


/* Names of COSMO and its domain, as its server tells them. */
#define COSMO_INFO                                                     \
	"02000a0043004f0053004d004f00"                                 \
	"0100180043004f0053004d004f002d004f00430053002d0052003200"     \
	"0400160063006f0073006d006f002e006c006f00630061006c00"         \
	"0300300063006f0073006d006f002d006f00630073002d00720032002e00" \
	"63006f0073006d006f002e006c006f00630061006c00"                 \
	"0500160063006f0073006d006f002e006c006f00630061006c00"         \
	"00000000"

static const struct {
	const char *login, *password, *server_nonce, *nonce, *time, *info;
	const char *owf, *proof, *lm, *base, *session, *wire_session;
} answers[] = {
	{"Domain\\User", "Password", "0123456789abcdef", "aaaaaaaaaaaaaaaa",
		"0000000000000000",
		"02000c0044006f006d00610069006e00"
		"01000c00530065007200760065007200"
		"00000000",
		"0c868a403bfd7a93a3001ef22ef02e3f",
		"68cd0ab851e51c96aabc927bebef6a1c",
		"86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa",
		"8de40ccadbc14a82f15cb0ad0de95ca3",
		"55555555555555555555555555555555",
		"c5dad2544fc9799094ce1ce90bc9d03e"},
	{"COSMO\\User", "Pa$$word", "dd1baaf4e7e218d1", "d6ae875cb0fdaa41",
		"59519a1727b9ca01", COSMO_INFO, NULL,
		"8dc0c800ae76eca606d2b9fbebd04731",
		"a1e92efe4e078bf7c5c0049acc6166c2d6ae875cb0fdaa41", NULL,
		"6742fbe37bb1946b49d86a525bd29a9b",
		"31cb739e1ca80a498591e8ae797115e4"},
};


static struct ntlm_crypto *crypto(void)
{
	struct ntlm_crypto *c;

	assert_int_equal(ntlm_crypto_alloc(&c), 0);
	return c;
}


static void primitives(void **state)
{
	struct ntlm_crypto *c = crypto();
	const struct pl message = PL("message digest"), check = PL("123456789");
	const struct pl pieces[] = {PL("message"), PL(""), PL(" digest")};
	uint8_t out[NTLM_KEY], key[NTLM_KEY];

	(void)state;
	ntlm_md4(c, &message, 1, out);
	assert_hex(out, NTLM_KEY, "d9130a8164549fe818874806e1c7014b");
	ntlm_md4(c, pieces, 3, out);
	assert_hex(out, NTLM_KEY, "d9130a8164549fe818874806e1c7014b");

	/* RFC 1321 A.5, RFC 2104 appendix. */
	ntlm_md5(c, &message, 1, out);
	assert_hex(out, NTLM_KEY, "f96b697d7cb7938d525a2f31aaf161d0");
	memset(key, 0x0b, sizeof(key));
	ntlm_hmac(c, key, &(struct pl)PL("Hi There"), 1, out);
	assert_hex(out, NTLM_KEY, "9294727a3638bb1c13f48ef8158bfc9d");
	assert_int_equal(ntlm_crc32(&check), 0xcbf43926);
	mem_deref(c);
}


static void known_answer(const struct ntlm_crypto *c, size_t i)
{
	uint8_t owf[NTLM_KEY], nonce[HEX_MAX], time[HEX_MAX], info[HEX_MAX];
	uint8_t session[HEX_MAX], server[HEX_MAX];
	struct ntlm_challenge challenge = {0};
	struct ntlm_answer a;
	struct pl domain, user;

	ntlm_login_split(answers[i].login, &domain, &user);
	ntlm_owf(c, &domain, &user, answers[i].password, owf);
	if (answers[i].owf)
		assert_hex(owf, NTLM_KEY, answers[i].owf);
	challenge.target_info =
		pl_make((const char *)info, hex_bytes(answers[i].info, info));
	(void)hex_bytes(answers[i].server_nonce, server);
	memcpy(challenge.nonce, server, NTLM_NONCE);
	(void)hex_bytes(answers[i].nonce, nonce);
	(void)hex_bytes(answers[i].time, time);
	(void)hex_bytes(answers[i].session, session);
	ntlm_answer_make(&a, c, owf, &challenge, nonce, time);
	assert_hex(a.nt->buf, NTLM_KEY, answers[i].proof);
	assert_int_equal(
		a.nt->end, NTLM_KEY + 28 + challenge.target_info.l + 4);
	assert_hex(a.lm, sizeof(a.lm), answers[i].lm);
	if (answers[i].base)
		assert_hex(a.base, sizeof(a.base), answers[i].base);
	ntlm_rc4(c, a.base, session, NTLM_KEY, session);
	assert_hex(session, NTLM_KEY, answers[i].wire_session);
	ntlm_answer_clear(&a);
	assert_null(a.nt);
}


static void known_answers(void **state)
{
	struct ntlm_crypto *c = crypto();
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(answers); i++)
		known_answer(c, i);
	mem_deref(c);
}


/* The server's time wins over ours. */
static void server_time(void **state)
{
	struct ntlm_crypto *c = crypto();
	const uint8_t owf[NTLM_KEY] = {0}, nonce[NTLM_NONCE] = {0};
	struct ntlm_challenge challenge = {.has_time = true};
	struct ntlm_answer a;
	uint8_t ours[NTLM_NONCE];

	(void)state;
	memset(challenge.time, 0x77, sizeof(challenge.time));
	ntlm_time(ours, 0);
	/* 1970 in steps of 100 ns since 1601. */
	assert_hex(ours, sizeof(ours), "00803ed5deb19d01");
	ntlm_answer_make(&a, c, owf, &challenge, nonce, ours);
	assert_memory_equal(a.nt->buf + NTLM_KEY + 8, challenge.time, 8);
	ntlm_answer_clear(&a);
	mem_deref(c);
}


static void logins(void **state)
{
	static const struct {
		const char *login, *domain, *user;
	} rows[] = {
		{"LAB\\ann", "LAB", "ann"},
		{"ann@lab.test", "", "ann@lab.test"},
		{"ann", "", "ann"},
		{"LAB\\a\\b", "LAB", "a\\b"},
		{"\\ann", "", "ann"},
		{"", "", ""},
	};
	struct pl domain, user;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		ntlm_login_split(rows[i].login, &domain, &user);
		assert_pl(domain, rows[i].domain);
		assert_pl(user, rows[i].user);
	}
}


static const struct {
	const char *session;
	uint32_t flags;
	const char *client_sign, *client_seal, *server_sign, *server_seal;
} keys[] = {
	{"55555555555555555555555555555555", 0xe28a8233,
		"4788dc861b4782f35d43fd98fe1a2d39",
		"59f600973cc4960a25480a7c196e4c58", NULL, NULL},
	{"6742fbe37bb1946b49d86a525bd29a9b", 0x62988255,
		"ea5e87c195ae65338f7c023e7600690d",
		"83013a189002d3abad49c4c8f605ecc8",
		"0151fe94dba8c83f3c6a6e5444ae54b4",
		"2a2e34e8d420c039e8f31cb9e8e0cd88"},
};


static void key_making(void **state)
{
	struct ntlm_crypto *c = crypto();
	uint8_t session[HEX_MAX];
	struct ntlm_keys k, weak;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(keys); i++) {
		(void)hex_bytes(keys[i].session, session);
		ntlm_keys_make(&k, c, session, keys[i].flags);
		assert_true(k.extended);
		assert_hex(k.client.sign, NTLM_KEY, keys[i].client_sign);
		assert_hex(k.client.seal, NTLM_KEY, keys[i].client_seal);
		if (!keys[i].server_sign)
			continue;
		assert_hex(k.server.sign, NTLM_KEY, keys[i].server_sign);
		assert_hex(k.server.seal, NTLM_KEY, keys[i].server_seal);
	}
	/* Of 56 and 40 bits the sealing keys alone become weaker. */
	ntlm_keys_make(&weak, c, session, NTLM_EXTENDED | NTLM_56);
	assert_memory_equal(weak.client.sign, k.client.sign, NTLM_KEY);
	assert_memory_not_equal(weak.client.seal, k.client.seal, NTLM_KEY);
	ntlm_keys_make(&k, c, session, NTLM_EXTENDED);
	assert_memory_not_equal(weak.client.seal, k.client.seal, NTLM_KEY);
	mem_deref(c);
}


/* The example of [MS-NLMP], whose number is 0 and which has no RC4. */
static void checksum(void **state)
{
	struct ntlm_crypto *c = crypto();
	struct mbuf *mb = mbuf_alloc(64);
	uint8_t session[HEX_MAX], out[8];
	struct ntlm_keys k;
	struct pl text;

	(void)state;
	ntlm_put_utf16(mb, &(struct pl)PL("Plaintext"), false);
	text = mbuf_all(mb);
	(void)hex_bytes(keys[0].session, session);
	ntlm_keys_make(&k, c, session, keys[0].flags);
	ntlm_checksum(c, &k.client, 0, &text, out);
	assert_hex(out, sizeof(out), "70352851f2564309");
	mem_deref(mb);
	mem_deref(c);
}


static const struct {
	const char *session;
	uint32_t flags;
	bool server;
	const char *text, *mac;
} macs[] = {
	{"6742fbe37bb1946b49d86a525bd29a9b", 0x62988255, false,
		"<NTLM><13317733><1><SIP Communications Service>"
		"<cosmo-ocs-r2.cosmo.local><4037df9284354df39065195bd57a4b14>"
		"<3><REGISTER><sip:user@cosmo.local><3e49177a52>"
		"<sip:user@cosmo.local><><><><>",
		"0100000029618e9651b65a7764000000"},
	{"6742fbe37bb1946b49d86a525bd29a9b", 0x62988255, true,
		"<NTLM><9616454F><1><SIP Communications Service>"
		"<cosmo-ocs-r2.cosmo.local><4037df9284354df39065195bd57a4b14>"
		"<3><REGISTER><sip:user@cosmo.local><3e49177a52>"
		"<sip:user@cosmo.local><5E61CCD925D17E043D9A74835A88F664>"
		"<><><7200><200>",
		"01000000e615438a917661be64000000"},
	{"5f029153bc025058969548615e7099ba", 0, true,
		"<NTLM><0878F41B><1><SIP Communications Service>"
		"<ocs1.ocs.provo.novell.com>"
		"<8592g5DCBa1694i5887m0D0Bt2247b3F38xAE9Fx><3><REGISTER>"
		"<sip:gabriel@ocs.provo.novell.com><2947328781>"
		"<B816D65C2300A32CFA6D371F2AF537FD><900><200>",
		"0100000000000000bf2e52667ddf6ded"},
};


static void signatures(void **state)
{
	struct ntlm_crypto *c = crypto();
	uint8_t session[HEX_MAX], mac[NTLM_MAC];
	struct ntlm_keys k;
	struct pl text;
	size_t i, bit;

	(void)state;
	for (i = 0; i < UNIT_N(macs); i++) {
		(void)hex_bytes(macs[i].session, session);
		ntlm_keys_make(&k, c, session, macs[i].flags);
		text = pl_str(macs[i].text);
		ntlm_sign(c, &k, macs[i].server, 0, &text, mac);
		assert_hex(mac, NTLM_MAC, macs[i].mac);
		/* Ours is not the server's. */
		assert_int_equal(
			ntlm_verify(c, &k, &text, mac), macs[i].server);
		if (!macs[i].server)
			continue;
		for (bit = 0; bit < 8 * (size_t)NTLM_MAC; bit++) {
			bool pad = !k.extended && bit >= 32 && bit < 64;

			mac[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_int_equal(ntlm_verify(c, &k, &text, mac), pad);
			mac[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		--text.l;
		assert_false(ntlm_verify(c, &k, &text, mac));
	}
	mem_deref(c);
}


int test_auth_ntlm_key(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(primitives),
		cmocka_unit_test(known_answers),
		cmocka_unit_test(server_time),
		cmocka_unit_test(logins),
		cmocka_unit_test(key_making),
		cmocka_unit_test(checksum),
		cmocka_unit_test(signatures),
	};

	return cmocka_run_group_tests_name("auth_ntlm_key", tests, NULL, NULL);
}
