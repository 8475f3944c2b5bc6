/* SPDX-License-Identifier: GPL-3.0-or-later */
/* auth_ntlm_key.c - from a password to answers, keys and signatures ([MS-NLMP]
 * 3.3.2, 3.4; the sequence number as [MS-SIPAE] has it). */
#include <string.h>
#include "mem.h"
#include "ntlm.h"


enum {
	TICKS_PER_MS = 10000, /* of 100 ns */
	BLOB_HEADER = 28, /* bytes of a blob before its TargetInfo */
	BLOB_TAIL = 4,
};

/* Milliseconds from 1601 to 1970. */
#define EPOCH_MS 11644473600000

static const uint8_t mac_version[4] = {1, 0, 0, 0};


static struct pl bytes(const uint8_t *p, size_t n)
{
	return pl_make((const char *)p, n);
}


static void le32(uint8_t out[4], uint32_t v)
{
	out[0] = (uint8_t)v;
	out[1] = (uint8_t)(v >> 8);
	out[2] = (uint8_t)(v >> 16);
	out[3] = (uint8_t)(v >> 24);
}


void ntlm_login_split(const char *login, struct pl *domain, struct pl *user)
{
	struct pl rest = pl_str(login), head;

	*domain = pl_make(NULL, 0);
	*user = rest;
	if (pl_split(&rest, '\\', &head)) {
		*domain = head;
		*user = rest;
	}
}


void ntlm_owf(const struct ntlm_crypto *c, const struct pl *domain,
	const struct pl *user, const char *password, uint8_t owf[NTLM_KEY])
{
	struct pl secret = pl_str(password);
	/* UTF-16 takes two bytes for each of UTF-8 at the most, in another case
	 * too but for a few letters; nothing moves, so all can be wiped. */
	struct mbuf *mb = mbuf_alloc_size(secret.l * 2 + 1, secret.l * 2 + 1);
	struct mbuf *who = mbuf_alloc(4 * (user->l + domain->l) + 1);
	uint8_t key[NTLM_KEY];
	struct pl text;

	ntlm_put_utf16(mb, &secret, false);
	text = mbuf_all(mb);
	ntlm_md4(c, &text, 1, key);
	mem_wipe(mb->buf, mb->end);
	ntlm_put_utf16(who, user, true);
	ntlm_put_utf16(who, domain, false);
	text = mbuf_all(who);
	ntlm_hmac(c, key, &text, 1, owf);
	mem_wipe(key, sizeof(key));
	mem_deref(who);
	mem_deref(mb);
}


void ntlm_answer_make(struct ntlm_answer *a, const struct ntlm_crypto *c,
	const uint8_t owf[NTLM_KEY], const struct ntlm_challenge *challenge,
	const uint8_t nonce[NTLM_NONCE], const uint8_t time[NTLM_NONCE])
{
	static const uint8_t head[8] = {1, 1}, zero[4] = {0};
	struct pl pieces[2] = {bytes(challenge->nonce, NTLM_NONCE)};
	uint8_t proof[NTLM_KEY] = {0};
	struct pl text;

	a->nt = mbuf_alloc(
		NTLM_KEY + BLOB_HEADER + BLOB_TAIL + challenge->target_info.l);
	(void)mbuf_write_mem(a->nt, proof, sizeof(proof));
	(void)mbuf_write_mem(a->nt, head, sizeof(head));
	(void)mbuf_write_mem(a->nt,
		challenge->has_time ? challenge->time : time, NTLM_NONCE);
	(void)mbuf_write_mem(a->nt, nonce, NTLM_NONCE);
	(void)mbuf_write_mem(a->nt, zero, sizeof(zero));
	(void)mbuf_write_pl(a->nt, &challenge->target_info);
	(void)mbuf_write_mem(a->nt, zero, sizeof(zero));
	pieces[1] = mbuf_all(a->nt);
	pl_skip(&pieces[1], sizeof(proof));
	ntlm_hmac(c, owf, pieces, 2, proof);
	memcpy(a->nt->buf, proof, sizeof(proof));

	pieces[1] = bytes(nonce, NTLM_NONCE);
	ntlm_hmac(c, owf, pieces, 2, a->lm);
	memcpy(a->lm + NTLM_KEY, nonce, NTLM_NONCE);
	text = bytes(proof, sizeof(proof));
	ntlm_hmac(c, owf, &text, 1, a->base);
}


void ntlm_answer_clear(struct ntlm_answer *a)
{
	a->nt = mem_deref(a->nt);
	mem_wipe(a, sizeof(*a));
}


void ntlm_time(uint8_t out[NTLM_NONCE], int64_t wall_ms)
{
	uint64_t ticks = (uint64_t)(wall_ms + EPOCH_MS) * TICKS_PER_MS;

	le32(out, (uint32_t)ticks);
	le32(out + 4, (uint32_t)(ticks >> 32));
}


/* ---- keys ---- */

/* MD5 of KEY and the words of "session key to WHAT key magic constant". */
static void key_make(const struct ntlm_crypto *c, const struct pl *key,
	const char *what, uint8_t out[NTLM_KEY])
{
	const struct pl pieces[] = {*key, PL("session key to "), pl_str(what),
		PL(" key magic constant"), {"", 1}};

	ntlm_md5(c, pieces, sizeof(pieces) / sizeof(pieces[0]), out);
}


void ntlm_keys_make(struct ntlm_keys *keys, const struct ntlm_crypto *c,
	const uint8_t session[NTLM_KEY], uint32_t flags)
{
	struct pl whole = bytes(session, NTLM_KEY), part = whole;

	keys->extended = flags & NTLM_EXTENDED;
	memcpy(keys->session, session, NTLM_KEY);
	if (!(flags & NTLM_128))
		part.l = flags & NTLM_56 ? 7 : 5;
	key_make(c, &whole, "client-to-server signing", keys->client.sign);
	key_make(c, &part, "client-to-server sealing", keys->client.seal);
	key_make(c, &whole, "server-to-client signing", keys->server.sign);
	key_make(c, &part, "server-to-client sealing", keys->server.seal);
}


/* ---- signatures ---- */

void ntlm_checksum(const struct ntlm_crypto *c, const struct ntlm_side *side,
	uint32_t seq, const struct pl *text, uint8_t out[8])
{
	uint8_t number[4] = {0}, digest[NTLM_KEY];
	const struct pl pieces[] = {bytes(number, sizeof(number)), *text};

	le32(number, seq);
	ntlm_hmac(c, side->sign, pieces, 2, digest);
	memcpy(out, digest, 8);
}


/* One stream of RC4 for each message: that is what connectionless means. */
static void sign_extended(const struct ntlm_crypto *c,
	const struct ntlm_side *side, const struct pl *text,
	uint8_t mac[NTLM_MAC])
{
	uint8_t number[4] = {0}, key[NTLM_KEY];
	const struct pl pieces[] = {
		bytes(side->seal, NTLM_KEY), bytes(number, sizeof(number))};

	le32(number, NTLM_SEQ);
	ntlm_checksum(c, side, NTLM_SEQ, text, mac + 4);
	ntlm_md5(c, pieces, 2, key);
	ntlm_rc4(c, key, mac + 4, 8, mac + 4);
	memcpy(mac + 12, number, sizeof(number));
	mem_wipe(key, sizeof(key));
}


static void sign_old(const struct ntlm_crypto *c, const struct ntlm_keys *keys,
	uint32_t pad, const struct pl *text, uint8_t mac[NTLM_MAC])
{
	uint8_t plain[12] = {0};

	le32(plain + 4, ntlm_crc32(text));
	le32(plain + 8, NTLM_SEQ);
	ntlm_rc4(c, keys->session, plain, sizeof(plain), plain);
	le32(mac + 4, pad);
	memcpy(mac + 8, plain + 4, 8);
}


void ntlm_sign(const struct ntlm_crypto *c, const struct ntlm_keys *keys,
	bool server, uint32_t pad, const struct pl *text, uint8_t mac[NTLM_MAC])
{
	memcpy(mac, mac_version, sizeof(mac_version));
	if (keys->extended)
		sign_extended(
			c, server ? &keys->server : &keys->client, text, mac);
	else
		sign_old(c, keys, pad, text, mac);
}


bool ntlm_verify(const struct ntlm_crypto *c, const struct ntlm_keys *keys,
	const struct pl *text, const uint8_t mac[NTLM_MAC])
{
	uint8_t right[NTLM_MAC];
	uint8_t differs = 0;
	size_t i;

	ntlm_sign(c, keys, true, 0, text, right);
	for (i = 0; i < NTLM_MAC; i++)
		if (keys->extended || i < 4 || i >= 8)
			differs |= mac[i] ^ right[i];
	mem_wipe(right, sizeof(right));
	return !differs;
}
