/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signer.h"
#include "hex.h"


enum {
	NONCE = 0x5a, /* each byte of the server's */
};

#define PASSWORD "secret"

static const char info[] = "02000600"
			   "4c0041004200"
			   "00000000";


void signer_start(struct signer *s, unsigned version, bool proxy)
{
	static const char *const silent[] = {NULL};
	const struct sip_agent_config config = {
		.proxy = "sip:192.0.2.2;transport=tcp",
		.transport = SIP_TRANSPORT_TCP,
		.ntlm = SIP_NTLM_ALWAYS,
	};

	memset(s, 0, sizeof(*s));
	s->lab = lab_new(5);
	s->lab->user = "LAB\\alice";
	s->lab->password = PASSWORD;
	s->agent = lab_agent(s->lab, &config);
	s->peer = lab_peer(s->lab, lab_host(s->lab, "192.0.2.2"), SIP_TCP, 5060,
		silent, 1);
	assert_int_equal(ntlm_crypto_alloc(&s->crypto), 0);
	s->version = version;
	s->proxy = proxy;
	s->flags = 0xe29882f3;
	s->opaque = "2BDBAC9D";
}


void signer_stop(struct signer *s)
{
	mem_deref(s->r);
	lab_results_clear(&s->results);
	mem_deref(s->agent);
	mem_deref(s->lab);
	mem_deref(s->crypto);
}


void signer_send(struct signer *s, const char *method, const char *target)
{
	s->r = mem_deref(s->r);
	lab_results_clear(&s->results);
	s->r = lab_send(s->lab, s->agent, method, target, &s->results);
}


static bool more(void *arg)
{
	const struct signer *s = arg;

	return s->peer->n > s->next;
}


bool signer_has(struct signer *s)
{
	return memnet_run_until(s->lab->net, 1000, more, s);
}


const struct msg *signer_got(struct signer *s)
{
	assert_true(signer_has(s));
	return s->peer->msgs[s->next++];
}


void signer_answer(struct signer *s, const char *script)
{
	lab_peer_answer(s->peer, s->next - 1, script);
}


/* ---- the handshake ---- */

char *signer_challenge(const struct signer *s, const char *more_)
{
	char version[32] = "";

	if (s->version > 2)
		(void)snprintf(
			version, sizeof(version), ", version=%u", s->version);
	return mem_printf("%s: NTLM realm=\"" SIGNER_REALM
			  "\", targetname=\"" SIGNER_TARGET "\"%s%s",
		s->proxy ? "407\nProxy-Authenticate" : "401\nWWW-Authenticate",
		version, more_);
}


char *signer_token(const struct signer *s)
{
	uint8_t token[48 + HEX_MAX] = "NTLMSSP";
	uint8_t bytes[HEX_MAX];
	char *text, *more_, *challenge;
	size_t n;

	memset(token + 8, 0, 48);
	token[8] = 2;
	token[20] = (uint8_t)s->flags;
	token[21] = (uint8_t)(s->flags >> 8);
	token[22] = (uint8_t)(s->flags >> 16);
	token[23] = (uint8_t)(s->flags >> 24);
	memset(token + 24, NONCE, NTLM_NONCE);
	n = hex_bytes(info, bytes);
	memcpy(token + 48, bytes, n);
	token[40] = token[42] = (uint8_t)n;
	token[44] = 48;
	text = hash_base64(token, 48 + n);
	more_ = mem_printf(
		", opaque=\"%s\", gssapi-data=\"%s\"", s->opaque, text);
	challenge = signer_challenge(s, more_);
	mem_deref(more_);
	mem_deref(text);
	return challenge;
}


static bool params(
	const struct signer *s, const struct msg *msg, struct msg_challenge *c)
{
	struct pl value;

	return msg_value(msg,
		       s->proxy ? HDR_PROXY_AUTHORIZATION : HDR_AUTHORIZATION,
		       &value) &&
		sip_assoc_params(c, &value);
}


static struct pl param(const struct msg_challenge *c, const char *name)
{
	struct pl value = PL_INIT;

	(void)msg_challenge_param(c, name, &value, NULL);
	return value;
}


static struct pl field(const uint8_t *token, size_t at)
{
	size_t len = (size_t)token[at] | (size_t)token[at + 1] << 8;
	size_t from = (size_t)token[at + 4] | (size_t)token[at + 5] << 8;

	return pl_make((const char *)token + from, len);
}


/* Both sides' keys out of the answer in MSG. */
static void answer_take(struct signer *s, const struct msg *msg)
{
	const struct pl domain = PL("LAB"), user = PL("alice");
	struct pl data, nt, key, proof, pieces[2];
	uint8_t owf[NTLM_KEY], base[NTLM_KEY], right[NTLM_KEY], nonce[8];
	struct msg_challenge c;
	uint8_t *token;
	size_t n;

	assert_true(params(s, msg, &c));
	assert_pl(param(&c, "opaque"), s->opaque);
	data = param(&c, "gssapi-data");
	token = hash_base64_decode(&data, &n);
	assert_non_null(token);
	assert_memory_equal(token, "NTLMSSP\0\3\0\0", 12);
	nt = field(token, 20);
	key = field(token, 52);
	assert_int_equal(key.l, NTLM_KEY);
	ntlm_owf(s->crypto, &domain, &user, PASSWORD, owf);
	memset(nonce, NONCE, sizeof(nonce));
	proof = pl_make(nt.p, NTLM_KEY);
	pieces[0] = pl_make((const char *)nonce, sizeof(nonce));
	pieces[1] = nt;
	pl_skip(&pieces[1], NTLM_KEY);
	ntlm_hmac(s->crypto, owf, pieces, 2, right);
	assert_memory_equal(right, proof.p, NTLM_KEY);
	ntlm_hmac(s->crypto, owf, &proof, 1, base);
	ntlm_rc4(s->crypto, base, (const uint8_t *)key.p, NTLM_KEY, right);
	ntlm_keys_make(&s->keys, s->crypto, right,
		(uint32_t)token[60] | (uint32_t)token[61] << 8 |
			(uint32_t)token[62] << 16 | (uint32_t)token[63] << 24);
	s->cnum = s->snum = 0;
	mem_deref(token);
}


void signer_legs(struct signer *s)
{
	const struct msg *msg = signer_got(s);
	struct msg_challenge c;
	struct pl data;
	char *text;

	assert_true(params(s, msg, &c));
	assert_true(msg_challenge_param(&c, "gssapi-data", &data, NULL));
	assert_int_equal(data.l, 0);
	assert_int_equal(param(&c, "crand").l, 0);
	text = signer_token(s);
	signer_answer(s, text);
	mem_deref(text);
	msg = signer_got(s);
	answer_take(s, msg);
	assert_true(params(s, msg, &c));
	if (s->version > 3)
		signer_verify(s, msg);
	else
		assert_int_equal(param(&c, "crand").l, 0);
}


void signer_handshake(struct signer *s)
{
	char *text;

	signer_unsigned(s, signer_got(s));
	text = signer_challenge(s, "");
	signer_answer(s, text);
	mem_deref(text);
	signer_legs(s);
}


/* What registers keeps its flow. */
static void act(const struct sip_result *result, void *arg)
{
	struct signer *s = arg;

	if (result->final && result->flow)
		sip_agent_set_flow(s->agent, result->flow);
}


void signer_register(struct signer *s)
{
	signer_send(s, "REGISTER", "sip:example.org");
	s->results.act = act;
	s->results.arg = s;
	signer_handshake(s);
	signer_answer_signed(s, 200, 1);
	assert_int_equal(signer_result(s).status, 200);
}


/* ---- signatures ---- */

char *signer_line(const struct signer *s, const struct msg *msg, uint32_t n)
{
	struct mbuf *text = mbuf_alloc(8192);
	char num[16], hex[2 * NTLM_MAC + 1];
	uint8_t mac[NTLM_MAC];
	struct sipae sa = {.version = s->version,
		.rand = PL("9616454F"),
		.realm = PL(SIGNER_REALM),
		.target = PL(SIGNER_TARGET)};
	struct pl all;

	(void)snprintf(num, sizeof(num), "%u", n);
	sa.num = pl_str(num);
	assert_int_equal(sipae_text(text, &sa, msg), 0);
	all = mbuf_all(text);
	ntlm_sign(s->crypto, &s->keys, true, 0, &all, mac);
	hash_to_hex(mac, sizeof(mac), hex);
	mem_deref(text);
	return mem_printf("%sAuthentication-Info: NTLM rspauth=\"%s\", "
			  "srand=\"9616454F\", snum=\"%s\", opaque=\"%s\", "
			  "qop=\"auth\", targetname=\"" SIGNER_TARGET
			  "\", realm=\"" SIGNER_REALM "\"",
		s->proxy ? "Proxy-" : "", hex, num, s->opaque);
}


/* The text of a response to REQ, as far as it is signed (mem_deref). */
static struct msg *response_of(const struct msg *req, uint16_t status)
{
	struct msg_response r = {
		.status = status, .to_tag = &(struct pl)PL("peer")};
	struct mbuf *mb = mbuf_alloc(8192);
	struct pl none = PL_INIT;
	struct msg *msg;
	const char *why;

	assert_int_equal(msg_put_response(mb, req, &r), 0);
	assert_int_equal(msg_put_body(mb, &none, &none), 0);
	assert_int_equal(
		msg_decode(&msg, mb->buf, mb->end, true, NULL, &why), 0);
	mem_deref(mb);
	return msg;
}


void signer_answer_signed(struct signer *s, uint16_t status, uint32_t n)
{
	struct msg *msg = response_of(s->peer->msgs[s->next - 1], status);
	char *line = signer_line(s, msg, n);
	char *script = mem_printf("%u\n%s", status, line);

	signer_answer(s, script);
	s->snum = n;
	mem_deref(script);
	mem_deref(line);
	mem_deref(msg);
}


void signer_request(struct signer *s, const char *method, uint32_t n)
{
	unsigned serial = ++s->serial;
	char *text, *line = NULL, *whole;
	struct msg *msg;

	text = mem_printf("%s sip:alice@192.0.2.1 SIP/2.0\n"
			  "Via: SIP/2.0/TCP 192.0.2.2;branch=z9hG4bKs%u\n"
			  "From: <sip:bob@example.org>;tag=b\n"
			  "To: <sip:alice@example.org>\n"
			  "Call-ID: s%u\nCSeq: 1 %s\n",
		method, serial, serial, method);
	whole = mem_printf("%sContent-Length: 0\n\n", text);
	if (n) {
		msg = lab_msg(whole);
		line = signer_line(s, msg, n);
		mem_deref(whole);
		whole = mem_printf("%s%s\nContent-Length: 0\n\n", text, line);
		mem_deref(msg);
	}
	lab_peer_say(s->peer, whole);
	mem_deref(line);
	mem_deref(whole);
	mem_deref(text);
}


void signer_verify(struct signer *s, const struct msg *msg)
{
	struct mbuf *text = mbuf_alloc(8192);
	char hex[2 * NTLM_MAC + 1], num[16];
	uint8_t mac[NTLM_MAC];
	struct msg_challenge c;
	struct sipae sa = {.version = s->version,
		.realm = PL(SIGNER_REALM),
		.target = PL(SIGNER_TARGET)};
	struct pl all;

	assert_true(params(s, msg, &c));
	(void)snprintf(num, sizeof(num), "%u", ++s->cnum);
	assert_pl(param(&c, "cnum"), num);
	assert_pl(param(&c, "opaque"), s->opaque);
	assert_int_equal(param(&c, "crand").l, 8);
	sa.rand = param(&c, "crand");
	sa.num = param(&c, "cnum");
	assert_int_equal(sipae_text(text, &sa, msg), 0);
	all = mbuf_all(text);
	ntlm_sign(s->crypto, &s->keys, false, 0, &all, mac);
	hash_to_hex(mac, sizeof(mac), hex);
	assert_pl(param(&c, "response"), hex);
	mem_deref(text);
}


void signer_unsigned(const struct signer *s, const struct msg *msg)
{
	struct msg_challenge c;

	assert_false(params(s, msg, &c));
}


struct lab_result signer_result(struct signer *s)
{
	assert_true(lab_wait_final(s->lab, &s->results, 1000));
	return s->results.all[s->results.n - 1];
}
