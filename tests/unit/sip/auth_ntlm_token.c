/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CHALLENGE and AUTHENTICATE as bytes: sound ones, and such as lie about
 * their lengths. */
#include <errno.h>
#include "hex.h"
#include "ntlm.h"

int test_auth_ntlm_token(void);


enum {
	AT_INFO_LEN = 40,
	AT_INFO = 44,
	INFO = 56, /* where it is in the token below */
};

#define HEAD                                    \
	"4e544c4d53535000" /* NTLMSSP */        \
	"02000000" /* CHALLENGE */              \
	"0000000038000000" /* no target name */ \
	"f38298e2" /* flags */                  \
	"dd1baaf4e7e218d1" /* nonce */          \
	"0000000000000000" /* reserved */
#define INFO_FIELD "1c001c0038000000"
#define VERSION	   "0502ce0e0000000f"
#define TARGET_INFO                   \
	"02000800"                    \
	"4c00410042003100" /* LAB1 */ \
	"07000800"                    \
	"1122334455667788" /* time */ \
	"00000000"

static const char token[] = HEAD INFO_FIELD VERSION TARGET_INFO;


static void challenge(void **state)
{
	struct ntlm_challenge c;
	uint8_t b[HEX_MAX];
	size_t n = hex_bytes(token, b);

	(void)state;
	assert_int_equal(ntlm_challenge_decode(&c, b, n), 0);
	assert_int_equal(c.flags, 0xe29882f3);
	assert_hex(c.nonce, sizeof(c.nonce), "dd1baaf4e7e218d1");
	assert_int_equal(c.target_info.l, 28);
	assert_true(c.target_info.p == (const char *)b + INFO);
	assert_true(c.has_time);
	assert_hex(c.time, sizeof(c.time), "1122334455667788");
}


/* Every shorter token is refused, and none is read past its end. */
static void truncated(void **state)
{
	struct ntlm_challenge c = {.flags = 7};
	uint8_t b[HEX_MAX], *copy;
	size_t n = hex_bytes(token, b), len;

	(void)state;
	for (len = 0; len < n; len++) {
		copy = mem_alloc(len ? len : 1, NULL);
		memcpy(copy, b, len);
		assert_int_equal(ntlm_challenge_decode(&c, copy, len), EBADMSG);
		mem_deref(copy);
	}
	assert_int_equal(c.flags, 7);
}


static void lies(void **state)
{
	static const struct {
		size_t at;
		const char *hex;
		int err;
	} rows[] = {
		{0, "00", EBADMSG}, /* another signature */
		{7, "01", EBADMSG},
		{8, "03", EBADMSG}, /* an AUTHENTICATE */
		{AT_INFO_LEN, "1d00", EBADMSG}, /* one byte more than is */
		{AT_INFO_LEN, "ffff", EBADMSG},
		{AT_INFO_LEN, "0000", EBADMSG}, /* without an end */
		{AT_INFO_LEN, "1800", EBADMSG},
		{AT_INFO, "39000000", EBADMSG},
		{AT_INFO, "ffffffff", EBADMSG},
		{AT_INFO, "e4ffffff", EBADMSG}, /* the sum is zero */
		{AT_INFO, "00000000", EBADMSG}, /* within the header */
		{INFO + 2, "ffff", EBADMSG}, /* a name over the end */
		{INFO + 2, "1900", EBADMSG},
		{INFO + 24, "0000ffff", EBADMSG}, /* an end with a length */
		{INFO + 12, "0800", 0}, /* another id, no time */
		{INFO, "0000ffff", EBADMSG},
	};
	struct ntlm_challenge c;
	uint8_t b[HEX_MAX], patch[HEX_MAX];
	size_t n, len, i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		n = hex_bytes(token, b);
		len = hex_bytes(rows[i].hex, patch);
		memcpy(b + rows[i].at, patch, len);
		assert_int_equal(ntlm_challenge_decode(&c, b, n), rows[i].err);
		if (!rows[i].err)
			assert_false(c.has_time);
	}
}


static void flags(void **state)
{
	static const struct {
		uint32_t flags;
		bool old;
		uint32_t answer;
	} rows[] = {
		{0xe29882f3, false, 0x62988255}, /* 2007 R2 */
		{0xe29882f3, true, 0x62988255},
		{0xe29882f3 & ~NTLM_128, false, 0xc2988255}, /* then 56 */
		{0xe29882f3 & ~NTLM_UNICODE, false, 0},
		{0xe29882f3 & ~NTLM_SIGN, false, 0},
		{0xe29882f3 & ~NTLM_DATAGRAM, false, 0},
		{0xe29882f3 & ~NTLM_NTLM, false, 0},
		{0xe29882f3 & ~NTLM_ALWAYS_SIGN, false, 0},
		{0xe29882f3 & ~NTLM_IDENTIFY, false, 0},
		{0xe29882f3 & ~NTLM_TARGET_INFO, false, 0},
		{0xe29882f3 & ~NTLM_KEY_EXCH, false, 0},
		{0xe29882f3 & ~NTLM_EXTENDED, false, 0},
		{0xe29882f3 & ~NTLM_EXTENDED, true, 0x62908255},
		{0, true, 0},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++)
		assert_int_equal(
			ntlm_flags(rows[i].flags, rows[i].old), rows[i].answer);
}


static void authenticate(void **state)
{
	struct ntlm_authenticate a = {
		.flags = 0x62988255,
		.domain = PL("DD"),
		.user = PL("uuuu"),
		.workstation = PL("wwwwww"),
		.lm = PL("llllllll"),
		.nt = PL("nnnnnnnnnn"),
		.session_key = PL("ssssssssssss"),
	};
	struct mbuf *mb = mbuf_alloc(1024);

	(void)state;
	assert_int_equal(ntlm_authenticate_encode(mb, &a), 0);
	assert_hex(mb->buf, mb->end,
		"4e544c4d53535000"
		"03000000"
		"0800080054000000" /* LM at 84 */
		"0a000a005c000000" /* NT at 92 */
		"0200020048000000" /* domain at 72 */
		"040004004a000000" /* user at 74 */
		"060006004e000000" /* workstation at 78 */
		"0c000c0066000000" /* key at 102 */
		"55829862"
		"0601b11d0000000f"
		"4444"
		"75757575"
		"777777777777"
		"6c6c6c6c6c6c6c6c"
		"6e6e6e6e6e6e6e6e6e6e"
		"737373737373737373737373");
	a.nt.l = 65536;
	assert_int_equal(ntlm_authenticate_encode(mb, &a), EMSGSIZE);
	mem_deref(mb);
}


static void utf16(void **state)
{
	static const struct {
		const char *text;
		bool upper;
		const char *hex;
	} rows[] = {
		{"aZ1", false, "61005a003100"},
		{"aZ1", true, "41005a003100"},
		{"\xc3\xa4", true, "c400"},
		{"\xc3\x9f", true, "df00"}, /* one letter for one */
		{"\xf0\x9f\x99\x82", false, "3dd842de"},
		{"\xf0\x90\x90\xa8", true, "01d800dc"}, /* Deseret */
		{"", true, ""},
		{"\xff", false, "fdff"},
	};
	struct mbuf *mb = mbuf_alloc(64);
	struct pl text;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(rows); i++) {
		mbuf_reset(mb);
		text = pl_str(rows[i].text);
		ntlm_put_utf16(mb, &text, rows[i].upper);
		assert_hex(mb->buf, mb->end, rows[i].hex);
	}
	mem_deref(mb);
}


int test_auth_ntlm_token(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(challenge),
		cmocka_unit_test(truncated),
		cmocka_unit_test(lies),
		cmocka_unit_test(flags),
		cmocka_unit_test(authenticate),
		cmocka_unit_test(utf16),
	};

	return cmocka_run_group_tests_name(
		"auth_ntlm_token", tests, NULL, NULL);
}
