/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * strans_key.c - what a request is matched by (RFC 3261 17.2.3, 8.2.2.2).
 *
 * Keys are keyed hashes of 128 bits, not the texts: a peer chooses how long
 * these are, and cannot make two meet without the secret.
 */
#include <string.h>
#include "siphash.h"
#include "strans.h"


static void add_number(struct siphash *s, uint64_t v)
{
	uint8_t b[8];

	memcpy(b, &v, sizeof(b));
	siphash_add(s, b, sizeof(b));
}


bool sip_strans_has_cookie(const struct msg_via *via)
{
	static const struct pl cookie = PL("z9hG4bK");
	struct pl start = via->branch;

	/* The cookie alone names no transaction. */
	if (start.l <= cookie.l)
		return false;
	start.l = cookie.l;
	return pl_caseeq(&start, &cookie);
}


void sip_strans_key(struct strans_key *key, const struct sip *sip,
	const struct msg *msg, enum msg_method method, const struct pl *to_tag)
{
	const struct msg_via *via = &msg->via;
	struct siphash s;

	siphash_begin(&s, sip->secret);
	add_number(&s, method);
	if (method == MSG_UNKNOWN)
		siphash_add_text(&s, &msg->method_text);
	if (sip_strans_has_cookie(via)) {
		siphash_add_text(&s, &via->branch);
		siphash_add_lower(&s, &via->host);
		add_number(&s, via->port ? via->port : 5060);
	} else {
		siphash_add_text(&s, &msg->uri_text);
		siphash_add_text(&s, &msg->from.tag);
		siphash_add_text(&s, to_tag);
		siphash_add_text(&s, &msg->call_id);
		siphash_add_text(&s, &via->all);
		add_number(&s, msg->cseq);
	}
	siphash_end(&s, key->id);
}


void sip_strans_merge_key(
	struct strans_key *key, const struct sip *sip, const struct msg *msg)
{
	struct siphash s;

	siphash_begin(&s, sip->secret);
	siphash_add_text(&s, &msg->method_text);
	siphash_add_text(&s, &msg->from.tag);
	siphash_add_text(&s, &msg->call_id);
	add_number(&s, msg->cseq);
	siphash_end(&s, key->id);
}


void sip_strans_stateless_tag(
	char tag[SIP_TAG_SIZE], const struct sip *sip, const struct msg *msg)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
	struct siphash s;
	uint8_t id[16];
	size_t i;

	siphash_begin(&s, sip->secret);
	siphash_add_text(&s, &msg->via.all);
	siphash_add_text(&s, &msg->call_id);
	siphash_end(&s, id);
	for (i = 0; i < SIP_TAG_SIZE - 1; i++)
		tag[i] = digits[id[i] & 31];
	tag[i] = '\0';
}
