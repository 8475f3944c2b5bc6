/* SPDX-License-Identifier: GPL-3.0-or-later */
/* auth_ntlm_token.c - CHALLENGE and AUTHENTICATE as bytes ([MS-NLMP] 2.2.1,
 * 2.2.2.1). */
#include <errno.h>
#include <string.h>
#include "ntlm.h"
#include "utf8.h"


enum {
	TYPE_CHALLENGE = 2,
	TYPE_AUTHENTICATE = 3,

	/* Offsets in a CHALLENGE. */
	AT_TYPE = 8,
	AT_FLAGS = 20,
	AT_NONCE = 24,
	AT_INFO = 40,
	CHALLENGE_MIN = 48,

	AUTHENTICATE_HEADER = 72,
	PART_MAX = 65535,

	/* Ids in a TargetInfo. */
	AV_END = 0,
	AV_TIME = 7,

	/* What a server must offer. */
	WANTED = NTLM_UNICODE | NTLM_SIGN | NTLM_DATAGRAM | NTLM_NTLM |
		NTLM_ALWAYS_SIGN | NTLM_IDENTIFY | NTLM_TARGET_INFO |
		NTLM_KEY_EXCH,
};

static const uint8_t signature[] = "NTLMSSP"; /* with its NUL */


static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}


static uint32_t get32(const uint8_t *p)
{
	return get16(p) | (uint32_t)get16(p + 2) << 16;
}


/* Walks the id, length, value triples of a TargetInfo to its end mark. */
static int info_read(struct ntlm_challenge *c)
{
	const uint8_t *p = (const uint8_t *)c->target_info.p;
	size_t left = c->target_info.l;

	while (left >= 4) {
		uint16_t id = get16(p), len = get16(p + 2);

		p += 4;
		left -= 4;
		if (len > left)
			return EBADMSG;
		if (id == AV_END)
			return len ? EBADMSG : 0;
		if (id == AV_TIME && len == sizeof(c->time)) {
			memcpy(c->time, p, sizeof(c->time));
			c->has_time = true;
		}
		p += len;
		left -= len;
	}
	return EBADMSG;
}


int ntlm_challenge_decode(struct ntlm_challenge *out, const void *p, size_t n)
{
	const uint8_t *b = p;
	struct ntlm_challenge c = {0};
	size_t len, at;
	int err;

	if (n < CHALLENGE_MIN || memcmp(b, signature, sizeof(signature)) != 0 ||
		get32(b + AT_TYPE) != TYPE_CHALLENGE)
		return EBADMSG;
	c.flags = get32(b + AT_FLAGS);
	memcpy(c.nonce, b + AT_NONCE, sizeof(c.nonce));
	len = get16(b + AT_INFO);
	at = get32(b + AT_INFO + 4);
	if (at < CHALLENGE_MIN || at > n || len > n - at)
		return EBADMSG;
	c.target_info = pl_make((const char *)b + at, len);
	err = info_read(&c);
	if (err)
		return err;
	*out = c;
	return 0;
}


uint32_t ntlm_flags(uint32_t flags, bool old)
{
	uint32_t answer = WANTED | NTLM_EXTENDED;

	if ((flags & WANTED) != WANTED || (!(flags & NTLM_EXTENDED) && !old))
		return 0;
	answer = (flags & (answer | NTLM_VERSION | NTLM_128 | NTLM_56)) |
		NTLM_REQUEST_TARGET;
	if (answer & NTLM_128)
		answer &= ~NTLM_56;
	return answer;
}


static void put16(struct mbuf *mb, size_t v)
{
	(void)mbuf_write_u8(mb, v & 0xff);
	(void)mbuf_write_u8(mb, v >> 8 & 0xff);
}


static void put32(struct mbuf *mb, size_t v)
{
	put16(mb, v & 0xffff);
	put16(mb, v >> 16 & 0xffff);
}


/* Length, room and offset of PART, which the one after it follows. */
static void put_field(struct mbuf *mb, const struct pl *part, size_t *at)
{
	put16(mb, part->l);
	put16(mb, part->l);
	put32(mb, *at);
	*at += part->l;
}


int ntlm_authenticate_encode(struct mbuf *mb, const struct ntlm_authenticate *a)
{
	/* Windows 7, revision 15 of the protocol; nobody reads it. */
	static const uint8_t version[] = {6, 1, 0xb1, 0x1d, 0, 0, 0, 15};
	static const uint8_t none[sizeof(version)] = {0};
	const struct pl *const parts[] = {&a->domain, &a->user, &a->workstation,
		&a->lm, &a->nt, &a->session_key};
	size_t at = AUTHENTICATE_HEADER, lm_at, i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (parts[i]->l > PART_MAX)
			return EMSGSIZE;
	(void)mbuf_write_mem(mb, signature, sizeof(signature));
	put32(mb, TYPE_AUTHENTICATE);
	lm_at = at + a->domain.l + a->user.l + a->workstation.l;
	put_field(mb, &a->lm, &lm_at);
	put_field(mb, &a->nt, &lm_at);
	put_field(mb, &a->domain, &at);
	put_field(mb, &a->user, &at);
	put_field(mb, &a->workstation, &at);
	put_field(mb, &a->session_key, &lm_at);
	put32(mb, a->flags);
	(void)mbuf_write_mem(
		mb, a->flags & NTLM_VERSION ? version : none, sizeof(version));
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		(void)mbuf_write_pl(mb, parts[i]);
	return mbuf_err(mb);
}


void ntlm_put_utf16(struct mbuf *mb, const struct pl *text, bool upper)
{
	uint32_t cp;
	size_t i;

	for (i = 0; i < text->l;) {
		i += utf8_decode(&cp, text->p + i, text->l - i);
		if (upper)
			cp = utf8_upper(cp);
		if (cp > 0xffff) {
			put16(mb, 0xd800 | (cp - 0x10000) >> 10);
			put16(mb, 0xdc00 | ((cp - 0x10000) & 0x3ff));
		} else {
			put16(mb, cp);
		}
	}
}
