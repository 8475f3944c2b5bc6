/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * auth_ntlm.c - the handshake of NTLM in SIP ([MS-SIPAE] 3.2.5.1): an empty
 * offer, the server's CHALLENGE, our AUTHENTICATE; what it leaves is an
 * association with the server (auth_assoc.c).
 */
#include <errno.h>
#include <string.h>
#include "assoc.h"
#include "auth.h"
#include "mem.h"


enum {
	TOKEN_TEXT_MAX = 16 * 1024, /* base64 of a CHALLENGE */
	LOGIN_MAX = 1024,
	ANSWER_MAX = 64 * 1024,
	VERSION_MIN = 2,
	VERSION_MAX = 4,
};

/* What Windows writes into its log of sign-ins. */
static const struct pl workstation = PL("SOTTO");

enum stage {
	OFFERED, /* the next challenge has a token */
	ANSWERED, /* the answer is to be sent */
	SENT, /* it was; another challenge refuses it */
};

struct state {
	enum stage stage;
	unsigned version;
	char *realm;
	char *target;
	char *opaque; /* NULL: none */
	char *token; /* base64; NULL unless ANSWERED */
	struct sip_assoc *assoc; /* from ANSWERED on */
};

/* A challenge that can be answered; borrows. */
struct challenge {
	unsigned version;
	struct pl realm;
	struct pl target;
	struct pl opaque;
	struct pl data;
};


static void state_destructor(void *data)
{
	struct state *s = data;

	mem_deref(s->realm);
	mem_deref(s->target);
	mem_deref(s->opaque);
	mem_deref(s->token);
	mem_deref(s->assoc);
}


static int challenge_read(struct challenge *out, const struct msg_challenge *c)
{
	struct challenge ch = {.version = VERSION_MIN};
	struct pl version;
	uint32_t v;

	if (!msg_challenge_param(c, "realm", &ch.realm, NULL) ||
		!msg_challenge_param(c, "targetname", &ch.target, NULL))
		return EBADMSG;
	(void)msg_challenge_param(c, "opaque", &ch.opaque, NULL);
	(void)msg_challenge_param(c, "gssapi-data", &ch.data, NULL);
	if (!auth_echo_ok(&ch.realm) || !auth_echo_ok(&ch.target) ||
		!auth_echo_ok(&ch.opaque))
		return EBADMSG;
	if (msg_challenge_param(c, "version", &version, NULL)) {
		if (pl_u32(&version, &v) || v < VERSION_MIN)
			return EPROTONOSUPPORT;
		ch.version = v < VERSION_MAX ? v : VERSION_MAX;
	}
	*out = ch;
	return 0;
}


/* Weaker than any Digest: its answer can be carried to other servers of the
 * same company. */
static unsigned ntlm_strength(const struct msg_challenge *c)
{
	struct challenge ch;

	return challenge_read(&ch, c) ? 0 : 1;
}


static bool ntlm_goes_on(const struct msg_challenge *c, const void *state)
{
	const struct state *s = state;

	(void)c;
	return !s || s->stage == OFFERED;
}


/* Draws a session key for CHALLENGE and writes the AUTHENTICATE to MB; KEYS
 * come of both. */
static int answer_make(struct mbuf *mb, struct ntlm_keys *keys,
	const struct sip_auth_start *start, const struct ntlm_crypto *crypto,
	const struct ntlm_challenge *challenge, uint32_t flags)
{
	struct tmrs *tmrs = sip_tmrs(start->auth->sip);
	struct ntlm_authenticate a = {.flags = flags};
	uint8_t owf[NTLM_KEY], session[NTLM_KEY], wire[NTLM_KEY];
	uint8_t nonce[NTLM_NONCE], time[NTLM_NONCE];
	struct mbuf *texts = mbuf_alloc(4 * LOGIN_MAX + 64);
	size_t domain_len, user_len;
	struct ntlm_answer answer;
	struct pl domain, user;
	int err;

	ntlm_login_split(start->secret->user, &domain, &user);
	ntlm_owf(crypto, &domain, &user, start->secret->password, owf);
	rand_bytes(start->rand, nonce, sizeof(nonce));
	rand_bytes(start->rand, session, sizeof(session));
	ntlm_time(time, tmrs_wall(tmrs));
	ntlm_answer_make(&answer, crypto, owf, challenge, nonce, time);
	ntlm_rc4(crypto, answer.base, session, sizeof(session), wire);
	ntlm_keys_make(keys, crypto, session, flags);

	ntlm_put_utf16(texts, &domain, false);
	domain_len = texts->end;
	ntlm_put_utf16(texts, &user, false);
	user_len = texts->end - domain_len;
	ntlm_put_utf16(texts, &workstation, false);
	a.domain = pl_make((const char *)texts->buf, domain_len);
	a.user = pl_make((const char *)texts->buf + domain_len, user_len);
	a.workstation = mbuf_all(texts);
	pl_skip(&a.workstation, domain_len + user_len);
	a.lm = pl_make((const char *)answer.lm, sizeof(answer.lm));
	a.nt = mbuf_all(answer.nt);
	a.session_key = pl_make((const char *)wire, sizeof(wire));
	err = mbuf_err(texts);
	if (!err)
		err = ntlm_authenticate_encode(mb, &a);
	ntlm_answer_clear(&answer);
	mem_wipe(owf, sizeof(owf));
	mem_wipe(session, sizeof(session));
	mem_deref(texts);
	return err;
}


static int assoc_make(struct state *s, const struct sip_auth_start *start,
	struct ntlm_crypto *crypto, const struct ntlm_challenge *challenge,
	uint32_t flags)
{
	struct mbuf *mb = mbuf_alloc(ANSWER_MAX);
	struct ntlm_keys keys;
	struct sip_assoc_config p = {
		.aor = start->auth->aor,
		.proxy = start->proxy,
		.version = s->version,
		.realm = s->realm,
		.target = s->target,
		.opaque = s->opaque,
		.crypto = crypto,
		.keys = &keys,
	};
	int err;

	err = answer_make(mb, &keys, start, crypto, challenge, flags);
	if (!err) {
		s->token = hash_base64(mb->buf, mb->end);
		s->assoc = mem_ref(
			sip_assoc_add(start->flow, &start->auth->assocs, &p));
	}
	mem_wipe(&keys, sizeof(keys));
	mem_deref(mb);
	return err;
}


/* Sessions without extended security sign so weakly that TLS is to protect
 * them; servers that know no better speak version 2. */
static int answer(struct state *s, const struct sip_auth_start *start,
	struct ntlm_crypto *crypto, const struct pl *data)
{
	bool old = s->version == VERSION_MIN &&
		sip_flow_tp(start->flow) == SIP_TLS;
	struct ntlm_challenge challenge;
	uint8_t *token = NULL;
	uint32_t flags = 0;
	size_t n = 0;
	int err = EBADMSG;

	if (data->l <= TOKEN_TEXT_MAX)
		token = hash_base64_decode(data, &n);
	if (token)
		err = ntlm_challenge_decode(&challenge, token, n);
	if (err) {
		*start->why = "the server's NTLM challenge is not sound";
	} else {
		flags = ntlm_flags(challenge.flags, old);
		err = flags ? 0 : EPROTONOSUPPORT;
		if (err)
			*start->why = "the server's NTLM leaves out what makes "
				      "it safe";
	}
	if (!err)
		err = assoc_make(s, start, crypto, &challenge, flags);
	if (!err)
		s->stage = ANSWERED;
	mem_deref(token);
	return err;
}


static int crypto_get(struct sip_auth *auth, const char **why)
{
	int err = 0;

	if (!auth->crypto)
		err = ntlm_crypto_alloc(&auth->crypto);
	if (err)
		*why = "the server asks for NTLM, and OpenSSL's legacy "
		       "provider, which has its ciphers, is missing";
	return err;
}


static int ntlm_start(void **statep, const struct sip_auth_start *start)
{
	const struct state *old = start->old;
	struct challenge ch;
	struct state *s;
	int err;

	err = challenge_read(&ch, start->challenge);
	if (!err)
		err = crypto_get(start->auth, start->why);
	if (!err && strlen(start->secret->user) > LOGIN_MAX) {
		*start->why = "the name to sign in with is too long";
		err = EINVAL;
	}
	if (err)
		return err;
	s = mem_zalloc(sizeof(*s), state_destructor);
	s->version = ch.version;
	s->realm = pl_strdup(&ch.realm);
	s->target = pl_strdup(&ch.target);
	s->opaque = pl_isset(&ch.opaque) ? pl_strdup(&ch.opaque) : NULL;
	/* A password that was waited for may come after the connection. */
	if (old && old->stage == OFFERED && pl_isset(&ch.data) &&
		sip_flow_isup(start->flow))
		err = answer(s, start, start->auth->crypto, &ch.data);
	if (err)
		mem_deref(s);
	else
		*statep = s;
	return err;
}


/* EALREADY: the answer went out before and needs no repetition. */
static int ntlm_put(void *state, const struct sip_auth_request *req,
	struct mbuf *mb, uint32_t *sent)
{
	struct state *s = state;

	(void)req;
	(void)sent;
	if (s->stage == SENT)
		return EALREADY;
	(void)mbuf_write_str(mb, "NTLM qop=\"auth\"");
	if (s->opaque)
		(void)mbuf_printf(mb, ", opaque=\"%s\"", s->opaque);
	(void)mbuf_printf(mb,
		", realm=\"%s\", targetname=\"%s\", gssapi-data=\"%s\"",
		s->realm, s->target, s->token ? s->token : "");
	if (s->version > VERSION_MIN)
		(void)mbuf_printf(mb, ", version=%u", s->version);
	if (s->stage == ANSWERED) {
		s->stage = SENT;
		s->token = mem_deref(s->token);
	}
	return mbuf_err(mb);
}


static void ntlm_ended(void *state, bool accepted)
{
	struct state *s = state;

	if (!s->assoc)
		return;
	if (accepted)
		sip_assoc_settle(s->assoc);
	else
		sip_assoc_end(s->assoc);
}


const struct sip_auth_scheme sip_auth_ntlm = {
	.name = "NTLM",
	.handshake = true,
	.strength = ntlm_strength,
	.goes_on = ntlm_goes_on,
	.start = ntlm_start,
	.put = ntlm_put,
	.ended = ntlm_ended,
};
