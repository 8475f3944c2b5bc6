/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The arithmetic of Digest against published and independently computed
 * answers (DG2, DG3, DG5), and challenges of every kind. */
#include <errno.h>
#include "lab.h"

int test_auth_digest(void);


/* Responses: RFC 7616 3.9.1; 3.9.2 as its erratum 4897 corrects it; RFC 2617
 * 3.5; RFC 2069 2.4 as its erratum 749 corrects it; the rest computed with
 * another implementation of the hashes. */
static const struct {
	enum hash_kind hash;
	bool sess;
	const char *user, *password, *realm, *nonce, *cnonce, *qop;
	uint32_t nc;
	const char *method, *uri, *body, *response;
} answers[] = {
	{HASH_MD5, false, "Mufasa", "Circle of Life", "http-auth@example.org",
		"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
		"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "auth", 1,
		"GET", "/dir/index.html", "",
		"8ca523f5e9506fed4657c9700eebdbec"},
	{HASH_SHA256, false, "Mufasa", "Circle of Life",
		"http-auth@example.org",
		"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
		"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "auth", 1,
		"GET", "/dir/index.html", "",
		"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6"
		"c1"},
	{HASH_SHA512_256, false, "J\xc3\xa4s\xc3\xb8n Doe", "Secret, or not?",
		"api@example.org",
		"5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK",
		"NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v", "auth", 1,
		"GET", "/doe.json", "",
		"3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68"
		"a5"},
	{HASH_MD5, false, "Mufasa", "Circle Of Life", "testrealm@host.com",
		"dcd98b7102dd2f0e8b11d0f600bfb0c093", "0a4f113b", "auth", 1,
		"GET", "/dir/index.html", "",
		"6629fae49393a05397450978507c4ef1"},
	{HASH_MD5, false, "Mufasa", "CircleOfLife", "testrealm@host.com",
		"dcd98b7102dd2f0e8b11d0f600bfb0c093", "", NULL, 0, "GET",
		"/dir/index.html", "", "1949323746fe6a43ef61f9606e7febea"},
	{HASH_MD5, false, "alice", "secret", "example.org", "n1", "c1", "auth",
		2, "MESSAGE", "sip:bob@example.org", "",
		"cac740b23df7f6255f76f970cec03331"},
	{HASH_MD5, false, "alice", "secret", "example.org", "n1", "c1",
		"auth-int", 1, "MESSAGE", "sip:bob@example.org", "",
		"c0e9b55b5d951d3df636fe7174bfb6f5"},
	{HASH_MD5, false, "alice", "secret", "example.org", "n1", "c1",
		"auth-int", 31, "MESSAGE", "sip:bob@example.org", "hello",
		"d4444a70629ddc72d94082d0c12145e0"},
	{HASH_MD5, true, "alice", "secret", "example.org", "n1", "c1", "auth",
		2, "MESSAGE", "sip:bob@example.org", "",
		"d523b4cb69b455d26af85f7c1b96b721"},
	{HASH_MD5, true, "alice", "secret", "example.org", "n1", "c1",
		"auth-int", 1, "MESSAGE", "sip:bob@example.org", "",
		"e5f2d6658ceaace462e5df3baa1fafda"},
	{HASH_MD5, true, "alice", "secret", "example.org", "n1", "c1",
		"auth-int", 31, "MESSAGE", "sip:bob@example.org", "hello",
		"13d00e1e98888e546b99a22bad1f8576"},
	{HASH_SHA256, false, "alice", "secret", "example.org", "n1", "c1",
		"auth", 2, "MESSAGE", "sip:bob@example.org", "",
		"ab8fcd3280404e6e28508e17e3895e87"
		"3d3806d1a24959a36daff7845237296b"},
	{HASH_SHA256, false, "alice", "secret", "example.org", "n1", "c1",
		"auth-int", 1, "MESSAGE", "sip:bob@example.org", "",
		"5b4a7375d5d89311eb9deab513b67a3c"
		"01d175fa2de4653802212605c58a0102"},
	{HASH_SHA256, false, "alice", "secret", "example.org", "n1", "c1",
		"auth-int", 31, "MESSAGE", "sip:bob@example.org", "hello",
		"954f21d50852de72b974c0479b81b504"
		"74f7260337c7a6fbe83763b424a370fb"},
	{HASH_SHA256, true, "alice", "secret", "example.org", "n1", "c1",
		"auth", 2, "MESSAGE", "sip:bob@example.org", "",
		"6b08adfe2364bd60fd453f00dc64c3a3"
		"01865a4412e45b596dcd3b7d53d52341"},
	{HASH_SHA256, true, "alice", "secret", "example.org", "n1", "c1",
		"auth-int", 1, "MESSAGE", "sip:bob@example.org", "",
		"021cbd23e0278fdbcfbc65a41911e2f5"
		"d86caa7930fd09c6fb91ade8d45cb307"},
	{HASH_SHA256, true, "alice", "secret", "example.org", "n1", "c1",
		"auth-int", 31, "MESSAGE", "sip:bob@example.org", "hello",
		"65b520743cdecd585488a90e82ee7760"
		"4ddb798986cdac2b0b9c99b3d7e888ec"},
	{HASH_SHA512_256, false, "alice", "secret", "example.org", "n1", "c1",
		"auth", 2, "MESSAGE", "sip:bob@example.org", "",
		"4efb46e149308f89a035585436652ffb"
		"14adc990adfffcfb44fcdfa28cfd1a99"},
	{HASH_SHA512_256, false, "alice", "secret", "example.org", "n1", "c1",
		"auth-int", 1, "MESSAGE", "sip:bob@example.org", "",
		"b050db7221d0dc3898907d2e6ef2c463"
		"6a46ccf605ef1d8748f611ffe90095f5"},
	{HASH_SHA512_256, false, "alice", "secret", "example.org", "n1", "c1",
		"auth-int", 31, "MESSAGE", "sip:bob@example.org", "hello",
		"6098a2c5fc334e80b8ed9ab907677450"
		"d790370c379b0767e7b573ff106d56cf"},
	{HASH_SHA512_256, true, "alice", "secret", "example.org", "n1", "c1",
		"auth", 2, "MESSAGE", "sip:bob@example.org", "",
		"d2132ea600e8e162fa9cee16f8fcaea1"
		"9e361963f269b83df12696ae84eb89b6"},
	{HASH_SHA512_256, true, "alice", "secret", "example.org", "n1", "c1",
		"auth-int", 1, "MESSAGE", "sip:bob@example.org", "",
		"2860a883f00aeaf74d973abed04be4f9"
		"084f96fac041473e1968c2bc771667ab"},
	{HASH_SHA512_256, true, "alice", "secret", "example.org", "n1", "c1",
		"auth-int", 31, "MESSAGE", "sip:bob@example.org", "hello",
		"3fdc0d1abb1da43b3a292195297d4178"
		"303af9514092dd5df637500d1d8cf809"},
};


static void known_answers(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(answers); i++) {
		struct sip_digest d = {
			.hash = answers[i].hash,
			.sess = answers[i].sess,
			.user = pl_str(answers[i].user),
			.password = pl_str(answers[i].password),
			.realm = pl_str(answers[i].realm),
			.nonce = pl_str(answers[i].nonce),
			.cnonce = pl_str(answers[i].cnonce),
			.nc = answers[i].nc,
			.qop = pl_str(answers[i].qop),
			.method = pl_str(answers[i].method),
			.uri = pl_str(answers[i].uri),
			.body = pl_str(answers[i].body),
		};
		char ha1[HASH_HEX_MAX], response[HASH_HEX_MAX];

		sip_digest_ha1(&d, ha1);
		sip_digest_response(&d, ha1, response);
		assert_string_equal(response, answers[i].response);
	}
}


static struct msg_challenge challenge(const char *text)
{
	struct pl pl = pl_str(text);
	struct msg_challenge c;

	if (msg_challenge_decode(&c, &pl))
		memset(&c, 0, sizeof(c));
	return c;
}


/* DG2: how strong each is; 0: not answered at all. */
static void strength(void **state)
{
	static const struct {
		const char *text;
		unsigned strength;
	} cases[] = {
		{"Digest realm=\"a\", nonce=\"b\"", 2},
		{"digest REALM=\"a\",NONCE=\"b\",algorithm=md5", 2},
		{"Digest realm=\"a\", nonce=\"b\", algorithm=MD5-sess", 2},
		{"Digest realm=\"a\", nonce=\"b\", algorithm=\"SHA-256\"", 3},
		{"Digest realm=\"a\", nonce=\"b\", algorithm=SHA-256-sess", 3},
		{"Digest realm=\"a\", nonce=\"b\", algorithm=SHA-512-256", 4},
		{"Digest realm=\"a\", nonce=\"b\", algorithm=SHA-512-256-sess",
			4},
		{"Digest realm=\"\", nonce=\"b\"", 2},
		{"Digest realm=\"a\", nonce=\"b\", qop=\"auth,auth-int\"", 2},
		{"Digest realm=\"a\", nonce=\"b\", qop=\"\"", 2},
		{"Digest realm=\"a\", nonce=\"b\", qop=\"other\"", 0},
		{"Digest realm=\"a\", nonce=\"b\", algorithm=SHA-1", 0},
		{"Digest realm=\"a\"", 0},
		{"Digest nonce=\"b\"", 0},
		{"Digest realm=\"a\", nonce=\"\"", 0},
		{"Digest realm=\"a\", nonce=\"b\001c\"", 0},
		{"Digest realm=\"a\", nonce=\"b\", opaque=\"\x7f\"", 0},
		{"Digest realm=\"a\", nonce=\"b", 0},
		{"Digest realm=\"a\", nonce=\"b\\", 0},
		{"Digest realm=\"a\", nonce=\"b\\\"", 0},
		{"Digest", 0},
		{"", 0},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct msg_challenge c = challenge(cases[i].text);

		if (sip_auth_digest.strength(&c) != cases[i].strength)
			fail_msg("%s", cases[i].text);
	}
}


/* A nonce over the bound is not answered, one at the bound is. */
static void huge(void **state)
{
	size_t sizes[] = {2048, 2049, 60000}, i;

	(void)state;
	for (i = 0; i < UNIT_N(sizes); i++) {
		struct mbuf *mb = mbuf_alloc(1 << 20);
		struct msg_challenge c;
		char *text;
		size_t k;

		mbuf_write_str(mb, "Digest realm=\"a\", nonce=\"");
		for (k = 0; k < sizes[i]; k++)
			mbuf_write_u8(mb, 'n');
		mbuf_write_str(mb, "\"");
		text = mbuf_strdup(mb);
		c = challenge(text);
		assert_int_equal(sip_auth_digest.strength(&c), i ? 0 : 2);
		mem_deref(text);
		mem_deref(mb);
	}
}


static void stale(void **state)
{
	struct msg_challenge c;

	(void)state;
	c = challenge("Digest realm=\"a\", nonce=\"b\", stale=TRUE");
	assert_true(sip_auth_digest.goes_on(&c, NULL));
	c = challenge("Digest realm=\"a\", nonce=\"b\", stale=\"true\"");
	assert_true(sip_auth_digest.goes_on(&c, NULL));
	c = challenge("Digest realm=\"a\", nonce=\"b\", stale=false");
	assert_false(sip_auth_digest.goes_on(&c, NULL));
	c = challenge("Digest realm=\"a\", nonce=\"b\"");
	assert_false(sip_auth_digest.goes_on(&c, NULL));
}


struct answer {
	void *state;
	struct mbuf *mb;
	uint32_t sent;
	struct sip_auth_request req;
};


static void answer_new(struct answer *a, const char *text, struct rand *rand)
{
	const struct sip_secret secret = {
		.user = (char *)"al\"ice",
		.password = (char *)"pass",
	};
	struct msg_challenge c = challenge(text);
	const struct sip_auth_start start = {
		.challenge = &c, .secret = &secret, .rand = rand};

	memset(a, 0, sizeof(*a));
	assert_int_equal(sip_auth_digest.start(&a->state, &start), 0);
	a->mb = mbuf_alloc(8192);
	a->req.method = MSG_REGISTER;
	a->req.method_text = pl_str("REGISTER");
	a->req.uri = pl_str("sip:example.org");
}


static void answer_clear(struct answer *a)
{
	mem_deref(a->state);
	mem_deref(a->mb);
}


/* What PARAM is in the credentials last written; "" if it is not there. */
static struct pl written(
	const struct answer *a, const char *param, bool *quoted)
{
	struct pl all = mbuf_all(a->mb), value = PL("");
	struct msg_challenge c;

	assert_int_equal(msg_challenge_decode(&c, &all), 0);
	(void)msg_challenge_param(&c, param, &value, quoted);
	return value;
}


/* DG3, DG4: what is quoted, what is echoed, how nc counts. */
static void text(void **state)
{
	static const char *const unquoted[] = {"qop", "nc", "algorithm"};
	static const char *const quoted[] = {"username", "realm", "nonce",
		"uri", "response", "cnonce", "opaque"};
	struct rand *rand = rand_seeded(1);
	struct answer a;
	bool q;
	size_t i;

	(void)state;
	answer_new(&a,
		"Digest realm=\"a \\\"b\\\" c\", nonce=\"n\\\\1\", "
		"opaque=\"\", algorithm=SHA-256, qop=\"auth-int, auth\"",
		rand);
	for (i = 1; i <= 3; i++) {
		char nc[9];

		mbuf_reset(a.mb);
		assert_int_equal(
			sip_auth_digest.put(a.state, &a.req, a.mb, &a.sent), 0);
		(void)snprintf(nc, sizeof(nc), "%08zx", i);
		assert_pl(written(&a, "nc", &q), nc);
	}
	assert_pl(written(&a, "realm", &q), "a \\\"b\\\" c");
	assert_pl(written(&a, "nonce", &q), "n\\\\1");
	assert_pl(written(&a, "username", &q), "al\\\"ice");
	assert_pl(written(&a, "uri", &q), "sip:example.org");
	assert_pl(written(&a, "qop", &q), "auth");
	assert_pl(written(&a, "algorithm", &q), "SHA-256");
	for (i = 0; i < UNIT_N(unquoted); i++) {
		(void)written(&a, unquoted[i], &q);
		assert_false(q);
	}
	for (i = 0; i < UNIT_N(quoted); i++) {
		(void)written(&a, quoted[i], &q);
		assert_true(q);
	}
	answer_clear(&a);
	mem_deref(rand);
}


/* RFC 2069: nothing that it does not know; -sess needs a cnonce all the
 * same. */
static void without_qop(void **state)
{
	struct rand *rand = rand_seeded(1);
	struct answer a;

	(void)state;
	answer_new(&a, "Digest realm=\"a\", nonce=\"b\"", rand);
	assert_int_equal(
		sip_auth_digest.put(a.state, &a.req, a.mb, &a.sent), 0);
	assert_pl(written(&a, "qop", NULL), "");
	assert_pl(written(&a, "nc", NULL), "");
	assert_pl(written(&a, "cnonce", NULL), "");
	assert_pl(written(&a, "opaque", NULL), "");
	assert_pl(written(&a, "algorithm", NULL), "");
	answer_clear(&a);
	answer_new(&a, "Digest realm=\"a\", nonce=\"b\", algorithm=MD5-sess",
		rand);
	assert_int_equal(
		sip_auth_digest.put(a.state, &a.req, a.mb, &a.sent), 0);
	assert_int_equal(written(&a, "cnonce", NULL).l, 19);
	answer_clear(&a);
	mem_deref(rand);
}


/* The server's proof for credentials A, as a server computes it. */
static char *proof(const struct answer *a, const char *nonce, const char *qop,
	const char *body)
{
	struct pl cnonce = written(a, "cnonce", NULL);
	struct sip_digest d = {
		.hash = HASH_MD5,
		.user = PL("al\"ice"),
		.password = PL("pass"),
		.realm = PL("a"),
		.nonce = pl_str(nonce),
		.cnonce = cnonce,
		.nc = a->sent,
		.qop = pl_str(qop),
		.uri = a->req.uri,
		.body = pl_str(body),
	};
	char ha1[HASH_HEX_MAX], response[HASH_HEX_MAX];

	sip_digest_ha1(&d, ha1);
	sip_digest_response(&d, ha1, response);
	return mem_strdup(response);
}


static int inform(const struct answer *a, const char *params, const char *body)
{
	struct msg_challenge info = {.params = pl_str(params)};
	struct pl pl = pl_str(body);

	return sip_auth_digest.info(a->state, &a->req, a->sent, &info, &pl);
}


/* DG7: rspauth right and wrong, for auth and auth-int; nextnonce. */
static void info(void **state)
{
	static const char *const qops[] = {"auth", "auth-int"};
	struct rand *rand = rand_seeded(1);
	struct answer a;
	char *good, *line;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(qops); i++) {
		line = mem_printf(
			"Digest realm=\"a\", nonce=\"b\", qop=\"%s\"", qops[i]);
		answer_new(&a, line, rand);
		mem_deref(line);
		assert_int_equal(
			sip_auth_digest.put(a.state, &a.req, a.mb, &a.sent), 0);
		good = proof(&a, "b", qops[i], "body");
		line = mem_printf(
			"rspauth=\"%s\", qop=auth, nc=00000001", good);
		assert_int_equal(inform(&a, line, "body"), 0);
		assert_int_equal(inform(&a, line, "boDy"), i ? EACCES : 0);
		mem_deref(line);
		assert_int_equal(
			inform(&a,
				"rspauth=\"0123456789abcdef0123456789ab"
				"cdef\"",
				"body"),
			EACCES);
		assert_int_equal(inform(&a, "nextnonce=\"next\"", ""), 0);
		/* A proof about the nonce before is still one. */
		line = mem_printf("rspauth=\"%s\"", good);
		assert_int_equal(inform(&a, line, "body"), 0);
		mem_deref(line);
		mem_deref(good);
		mbuf_reset(a.mb);
		assert_int_equal(
			sip_auth_digest.put(a.state, &a.req, a.mb, &a.sent), 0);
		assert_pl(written(&a, "nonce", NULL), "next");
		assert_pl(written(&a, "nc", NULL), "00000001");
		answer_clear(&a);
	}
	mem_deref(rand);
}


/* A nextnonce that could not be echoed is not taken. */
static void hostile_nextnonce(void **state)
{
	struct rand *rand = rand_seeded(1);
	struct answer a;

	(void)state;
	answer_new(&a, "Digest realm=\"a\", nonce=\"b\"", rand);
	assert_int_equal(inform(&a, "nextnonce=\"x\r\nEvil: 1\"", ""), 0);
	assert_int_equal(inform(&a, "nextnonce=\"\"", ""), 0);
	assert_int_equal(
		sip_auth_digest.put(a.state, &a.req, a.mb, &a.sent), 0);
	assert_pl(written(&a, "nonce", NULL), "b");
	answer_clear(&a);
	mem_deref(rand);
}


int test_auth_digest(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answers),
		cmocka_unit_test(strength),
		cmocka_unit_test(huge),
		cmocka_unit_test(stale),
		cmocka_unit_test(text),
		cmocka_unit_test(without_qop),
		cmocka_unit_test(info),
		cmocka_unit_test(hostile_nextnonce),
	};

	return cmocka_run_group_tests_name("auth_digest", tests, NULL, NULL);
}
