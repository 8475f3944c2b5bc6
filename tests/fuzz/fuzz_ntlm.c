/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_ntlm.c - a token of a server: what it names is inside it, and it can be
 * answered; then the same bytes as a message that is signed. */
#include <string.h>
#include "assoc.h"
#include "fuzz.h"
#include "mem.h"


enum {
	ANSWER_MAX = 64 * 1024,
	AUTHENTICATE_HEADER = 72,
};


static void check_answer(
	const struct ntlm_crypto *crypto, const struct ntlm_challenge *c)
{
	static const uint8_t owf[NTLM_KEY] = {1}, nonce[NTLM_NONCE] = {2};
	struct mbuf *mb = mbuf_alloc(2 * ANSWER_MAX);
	struct ntlm_authenticate a = {0};
	struct ntlm_answer answer;
	bool fits;

	a.flags = ntlm_flags(c->flags, true);
	MUST(!a.flags || (a.flags & NTLM_REQUEST_TARGET));
	ntlm_answer_make(&answer, crypto, owf, c, nonce, nonce);
	a.lm = pl_make((const char *)answer.lm, sizeof(answer.lm));
	a.nt = mbuf_all(answer.nt);
	MUST(a.nt.l == NTLM_KEY + 32 + c->target_info.l);
	fits = a.nt.l <= 65535;
	MUST(!ntlm_authenticate_encode(mb, &a) == fits);
	if (fits)
		MUST(mb->end == AUTHENTICATE_HEADER + a.lm.l + a.nt.l);
	ntlm_answer_clear(&answer);
	mem_deref(mb);
}


static void check_token(
	const struct ntlm_crypto *crypto, const uint8_t *data, size_t size)
{
	struct pl all = pl_make((const char *)data, size);
	struct ntlm_challenge c;

	if (ntlm_challenge_decode(&c, data, size))
		return;
	must_be_inside(&c.target_info, &all);
	MUST(c.target_info.l >= 4);
	check_answer(crypto, &c);
}


static void check_message(const uint8_t *data, size_t size)
{
	struct sipae s = {.version = 2 + size % 3};
	struct mbuf *mb = mbuf_alloc(size * 2 + 1024);
	struct msg *msg = NULL;
	const char *why;

	if (!msg_decode(&msg, data, size, false, NULL, &why)) {
		MUST(!sipae_text(mb, &s, msg));
		MUST(mb->end > 6 && !memcmp(mb->buf, "<NTLM>", 6));
	}
	mem_deref(msg);
	mem_deref(mb);
}


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ntlm_crypto *crypto;

	MUST(!ntlm_crypto_alloc(&crypto));
	check_token(crypto, data, size);
	check_message(data, size);
	mem_deref(crypto);
	return 0;
}
