/* SPDX-License-Identifier: GPL-3.0-or-later */
/* auth_digest.c - Digest access authentication (RFC 7616, RFC 8760,
 * RFC 3261 22.4; without qop RFC 2069). */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "auth.h"
#include "mem.h"


enum {
	CNONCE_SIZE = 20,
	NC_SIZE = 9,
};

static const struct algorithm {
	const char *name;
	enum hash_kind hash;
	bool sess;
	unsigned strength;
} algorithms[] = {
	{"MD5", HASH_MD5, false, 2},
	{"MD5-sess", HASH_MD5, true, 2},
	{"SHA-256", HASH_SHA256, false, 3},
	{"SHA-256-sess", HASH_SHA256, true, 3},
	{"SHA-512-256", HASH_SHA512_256, false, 4},
	{"SHA-512-256-sess", HASH_SHA512_256, true, 4},
};


/* One nonce that we answer. */
struct state {
	const struct algorithm *algorithm;
	bool named; /* the challenge named its algorithm */
	char *qop; /* the one we use; NULL: none */
	char *user;
	char *realm;
	char *nonce;
	char *opaque; /* NULL: none */
	char cnonce[CNONCE_SIZE];
	char ha1[HASH_HEX_MAX];
	char *old_nonce; /* before nextnonce, for proofs under way */
	uint32_t nc;
};

/* A challenge that can be answered; borrows. */
struct challenge {
	const struct algorithm *algorithm;
	bool named;
	const char *qop;
	struct pl realm;
	struct pl nonce;
	struct pl opaque;
	bool has_opaque;
};


static void state_destructor(void *data)
{
	struct state *s = data;

	mem_wipe(s->ha1, sizeof(s->ha1));
	mem_deref(s->qop);
	mem_deref(s->user);
	mem_deref(s->realm);
	mem_deref(s->nonce);
	mem_deref(s->opaque);
	mem_deref(s->old_nonce);
}


/* auth before auth-int (it costs nothing and proxies may touch bodies);
 * false where the list has neither. */
static bool qop_choose(const struct pl *list, const char **qop)
{
	struct pl rest = *list, word;
	const char *found = NULL;
	bool any = false;

	*qop = NULL;
	while (msg_split_list(&rest, &word)) {
		any |= pl_isset(&word);
		if (pl_strcaseeq(&word, "auth"))
			found = "auth";
		else if (pl_strcaseeq(&word, "auth-int") && !found)
			found = "auth-int";
	}
	*qop = found;
	return found || !any;
}


static int challenge_decode(
	struct challenge *out, const struct msg_challenge *c)
{
	struct challenge ch = {.algorithm = &algorithms[0]};
	struct pl value;
	size_t i;

	if (!msg_challenge_param(c, "realm", &ch.realm, NULL) ||
		!msg_challenge_param(c, "nonce", &ch.nonce, NULL) ||
		!pl_isset(&ch.nonce))
		return EBADMSG;
	ch.has_opaque = msg_challenge_param(c, "opaque", &ch.opaque, NULL);
	if (!auth_echo_ok(&ch.realm) || !auth_echo_ok(&ch.nonce) ||
		!auth_echo_ok(&ch.opaque))
		return EBADMSG;
	if (msg_challenge_param(c, "algorithm", &value, NULL)) {
		ch.algorithm = NULL;
		ch.named = true;
		for (i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++)
			if (pl_strcaseeq(&value, algorithms[i].name))
				ch.algorithm = &algorithms[i];
		if (!ch.algorithm)
			return EPROTONOSUPPORT;
	}
	if (msg_challenge_param(c, "qop", &value, NULL) &&
		!qop_choose(&value, &ch.qop))
		return EPROTONOSUPPORT;
	*out = ch;
	return 0;
}


static unsigned digest_strength(const struct msg_challenge *c)
{
	struct challenge ch;

	return challenge_decode(&ch, c) ? 0 : ch.algorithm->strength;
}


static bool digest_goes_on(const struct msg_challenge *c, const void *state)
{
	struct pl value;

	(void)state;
	return msg_challenge_param(c, "stale", &value, NULL) &&
		pl_strcaseeq(&value, "true");
}


void sip_digest_ha1(const struct sip_digest *d, char ha1[HASH_HEX_MAX])
{
	const struct pl colon = PL(":");
	const struct pl a1[] = {d->user, colon, d->realm, colon, d->password};
	char inner[HASH_HEX_MAX];

	hash_hex(d->hash, a1, 5, ha1);
	if (d->sess) {
		struct pl sess[5];

		memcpy(inner, ha1, sizeof(inner));
		sess[0] = pl_str(inner);
		sess[1] = sess[3] = colon;
		sess[2] = d->nonce;
		sess[4] = d->cnonce;
		hash_hex(d->hash, sess, 5, ha1);
		mem_wipe(inner, sizeof(inner));
	}
}


void sip_digest_response(const struct sip_digest *d,
	const char ha1[HASH_HEX_MAX], char response[HASH_HEX_MAX])
{
	const struct pl colon = PL(":");
	char body[HASH_HEX_MAX], ha2[HASH_HEX_MAX], nc[NC_SIZE];
	struct pl a2[5] = {d->method, colon, d->uri, colon};
	struct pl all[11] = {pl_str(ha1), colon, d->nonce, colon};
	bool integrity = pl_strcaseeq(&d->qop, "auth-int");
	size_t n = 4;

	if (integrity) {
		hash_hex(d->hash, &d->body, 1, body);
		a2[4] = pl_str(body);
	}
	hash_hex(d->hash, a2, integrity ? 5 : 3, ha2);
	if (pl_isset(&d->qop)) {
		(void)snprintf(nc, sizeof(nc), "%08x", d->nc);
		all[n++] = pl_str(nc);
		all[n++] = colon;
		all[n++] = d->cnonce;
		all[n++] = colon;
		all[n++] = d->qop;
		all[n++] = colon;
	}
	all[n++] = pl_str(ha2);
	hash_hex(d->hash, all, n, response);
}


static int digest_start(void **statep, const struct sip_auth_start *start)
{
	const struct sip_secret *secret = start->secret;
	struct challenge ch;
	struct sip_digest d = {0};
	struct state *s;
	int err;

	err = challenge_decode(&ch, start->challenge);
	if (err)
		return err;
	s = mem_zalloc(sizeof(*s), state_destructor);
	s->algorithm = ch.algorithm;
	s->named = ch.named;
	s->qop = mem_strdup(ch.qop);
	s->user = mem_strdup(secret->user);
	s->realm = pl_strdup(&ch.realm);
	s->nonce = pl_strdup(&ch.nonce);
	s->opaque = ch.has_opaque ? pl_strdup(&ch.opaque) : NULL;
	rand_token(start->rand, s->cnonce, sizeof(s->cnonce));
	d.hash = ch.algorithm->hash;
	d.sess = ch.algorithm->sess;
	d.user = pl_str(secret->user);
	d.password = pl_str(secret->password);
	d.realm = ch.realm;
	d.nonce = ch.nonce;
	d.cnonce = pl_str(s->cnonce);
	sip_digest_ha1(&d, s->ha1);
	*statep = s;
	return 0;
}


static void digest_fill(struct sip_digest *d, const struct state *s,
	const struct sip_auth_request *req)
{
	memset(d, 0, sizeof(*d));
	d->hash = s->algorithm->hash;
	d->nonce = pl_str(s->nonce);
	d->cnonce = pl_str(s->cnonce);
	d->qop = pl_str(s->qop);
	d->uri = req->uri;
}


static int digest_put(void *state, const struct sip_auth_request *req,
	struct mbuf *mb, uint32_t *sent)
{
	struct state *s = state;
	char response[HASH_HEX_MAX];
	struct pl user = pl_str(s->user);
	struct sip_digest d;

	/* The session hash wants the client's nonce even without qop. */
	bool cnonce = s->qop || s->algorithm->sess;

	digest_fill(&d, s, req);
	d.nc = *sent = ++s->nc;
	d.method = req->method_text;
	d.body = req->body;
	sip_digest_response(&d, s->ha1, response);
	mbuf_write_str(mb, "Digest username=");
	msg_put_quoted(mb, &user);
	mbuf_printf(mb,
		", realm=\"%s\", nonce=\"%s\", uri=\"%.*s\", response=\"%s\"",
		s->realm, s->nonce, PL_ARG(&req->uri), response);
	if (s->named)
		mbuf_printf(mb, ", algorithm=%s", s->algorithm->name);
	if (cnonce)
		mbuf_printf(mb, ", cnonce=\"%s\"", s->cnonce);
	if (s->opaque)
		mbuf_printf(mb, ", opaque=\"%s\"", s->opaque);
	if (s->qop)
		mbuf_printf(mb, ", qop=%s, nc=%08x", s->qop, d.nc);
	return mbuf_err(mb);
}


static int digest_info(void *state, const struct sip_auth_request *req,
	uint32_t sent, const struct msg_challenge *info,
	const struct pl *resp_body)
{
	struct state *s = state;
	char response[HASH_HEX_MAX];
	struct sip_digest d;
	struct pl value;
	bool same;

	if (msg_challenge_param(info, "rspauth", &value, NULL)) {
		digest_fill(&d, s, req);
		d.nc = sent;
		d.body = *resp_body;
		sip_digest_response(&d, s->ha1, response);
		same = pl_strcaseeq(&value, response);
		if (!same && s->old_nonce) {
			d.nonce = pl_str(s->old_nonce);
			sip_digest_response(&d, s->ha1, response);
			same = pl_strcaseeq(&value, response);
		}
		if (!same)
			return EACCES;
	}
	if (msg_challenge_param(info, "nextnonce", &value, NULL) &&
		pl_isset(&value) && auth_echo_ok(&value) &&
		!pl_streq(&value, s->nonce)) {
		mem_deref(s->old_nonce);
		s->old_nonce = s->nonce;
		s->nonce = pl_strdup(&value);
		s->nc = 0;
	}
	return 0;
}


const struct sip_auth_scheme sip_auth_digest = {
	.name = "Digest",
	.strength = digest_strength,
	.goes_on = digest_goes_on,
	.start = digest_start,
	.put = digest_put,
	.info = digest_info,
};
