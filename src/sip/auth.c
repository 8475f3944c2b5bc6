/* SPDX-License-Identifier: GPL-3.0-or-later */
/* auth.c - secrets by realm, nonces, and the lines made of them (RFC 3261
 * 22). */
#include <errno.h>
#include <string.h>
#include "assoc.h"
#include "auth.h"
#include "mem.h"


enum {
	REALMS_MAX = 16, /* kept for an agent */
	TEXT_MAX = 2048, /* bytes of a nonce, realm or opaque */
};


static void secret_destructor(void *data)
{
	struct auth_secret *s = data;

	list_unlink(&s->le);
	mem_deref(s->realm);
	mem_deref(s->text.user);
	mem_deref(s->text.password);
}


static void realm_destructor(void *data)
{
	struct auth_realm *r = data;

	list_unlink(&r->le);
	mem_deref(r->name);
	mem_deref(r->state);
	mem_deref(r->secret);
}


static void attempt_destructor(void *data)
{
	struct auth_attempt *t = data;

	list_unlink(&t->le);
	mem_deref(t->realm);
	mem_deref(t->state);
}


static void auth_destructor(void *data)
{
	struct sip_auth *auth = data;

	list_clear(&auth->queries);
	list_flush(&auth->realms);
	list_flush(&auth->secrets);
	sip_assoc_end_all(&auth->assocs);
	mem_deref(auth->crypto);
	mem_deref(auth->aor);
	mem_deref(auth->asking);
	mem_deref(auth->sip);
}


bool auth_echo_ok(const struct pl *pl)
{
	size_t i;

	if (pl->l > TEXT_MAX)
		return false;
	for (i = 0; i < pl->l; i++) {
		uint8_t c = (uint8_t)pl->p[i];

		if (c < 0x20 || c == 0x7f || c == '"')
			return false;
		if (c == '\\' && (++i == pl->l || (uint8_t)pl->p[i] < 0x20))
			return false;
	}
	return true;
}


/* ---- look-up ---- */

struct auth_secret *auth_secret_find(
	const struct sip_auth *auth, const char *name)
{
	struct le *le, *next;

	LIST_FOREACH (&auth->secrets, le, next) {
		struct auth_secret *s = le->data;

		if (!strcmp(s->realm, name))
			return s;
	}
	return NULL;
}


static struct auth_realm *realm_find(
	const struct sip_auth *auth, bool proxy, const char *name)
{
	struct le *le, *next;

	LIST_FOREACH (&auth->realms, le, next) {
		struct auth_realm *r = le->data;

		if (r->proxy == proxy && !strcmp(r->name, name))
			return r;
	}
	return NULL;
}


struct auth_attempt *auth_attempt_find(
	const struct sip_auth_tries *tries, bool proxy, const char *name)
{
	struct le *le, *next;

	LIST_FOREACH (&tries->list, le, next) {
		struct auth_attempt *t = le->data;

		if (t->realm->proxy == proxy && !strcmp(t->realm->name, name))
			return t;
	}
	return NULL;
}


struct auth_attempt *auth_attempt_add(
	struct sip_auth_tries *tries, struct auth_realm *realm)
{
	struct auth_attempt *t =
		auth_attempt_find(tries, realm->proxy, realm->name);

	if (!t) {
		t = mem_zalloc(sizeof(*t), attempt_destructor);
		list_append(&tries->list, &t->le, t);
	}
	mem_ref(realm);
	mem_deref(t->realm);
	t->realm = realm;
	return t;
}


void auth_secret_add(struct sip_auth *auth, const char *name, const char *user,
	const char *password)
{
	struct auth_secret *s = mem_zalloc(sizeof(*s), secret_destructor);

	s->realm = mem_strdup(name);
	s->text.user = mem_secret_strndup(user, strlen(user));
	s->text.password = mem_secret_strndup(password, strlen(password));
	list_append(&auth->secrets, &s->le, s);
}


struct auth_realm *auth_realm_set(struct sip_auth *auth, bool proxy,
	const char *name, const struct sip_auth_scheme *scheme, void *state,
	struct auth_secret *secret)
{
	struct auth_realm *r = realm_find(auth, proxy, name);

	if (!r) {
		r = mem_zalloc(sizeof(*r), realm_destructor);
		r->proxy = proxy;
		r->name = mem_strdup(name);
		list_append(&auth->realms, &r->le, r);
	}
	mem_deref(r->state);
	mem_ref(secret);
	mem_deref(r->secret);
	r->scheme = scheme;
	r->state = state;
	r->secret = secret;
	return r;
}


static void list_trim(struct list *list)
{
	struct le *le;

	while (list->count > REALMS_MAX) {
		le = list->head;
		list_unlink(le);
		mem_deref(le->data);
	}
}


void auth_trim(struct sip_auth *auth)
{
	list_trim(&auth->realms);
	list_trim(&auth->secrets);
}


/* ---- for requests ---- */

int sip_auth_alloc(struct sip_auth **ap, struct sip_agent *agent)
{
	struct sip_auth *auth = mem_zalloc(sizeof(*auth), auth_destructor);

	auth->sip = mem_ref(sip_agent_stack(agent));
	auth->credentials = sip_agent_config(agent)->credentials;
	auth->ntlm = sip_agent_config(agent)->ntlm;
	auth->aor = mem_strdup(sip_agent_aor(agent));
	auth->arg = sip_agent_config(agent)->arg;
	*ap = auth;
	return 0;
}


void sip_auth_close(struct sip_auth *auth)
{
	if (auth)
		auth->credentials = NULL;
	mem_deref(auth);
}


void sip_auth_reset(struct sip_auth *auth)
{
	list_flush(&auth->realms);
	list_flush(&auth->secrets);
	sip_assoc_end_all(&auth->assocs);
}


void sip_auth_tries_release(struct sip_auth_tries *tries)
{
	list_flush(&tries->list);
}


bool sip_auth_sign_again(struct sip_auth_tries *tries, struct sip_flow *flow,
	const struct msg *resp)
{
	if (tries->signed_again || !list_isempty(&tries->list) ||
		!sip_assoc_is_newer(flow, resp, tries->sent_at))
		return false;
	tries->signed_again = true;
	return true;
}


/* Unasked, answers to proxies go to any server of ours; those to servers go
 * only with methods that were challenged and where they are meant for it,
 * since proxies pass them on to the peer. */
static bool goes_unasked(
	const struct auth_realm *r, const struct sip_auth_request *req)
{
	if (!req->own || r->secret->refused || r->scheme->handshake)
		return false;
	return r->proxy || (req->target_own && r->methods & 1U << req->method);
}


/* One line, of T. */
static int attempt_put(struct auth_attempt *t,
	const struct sip_auth_request *req, struct mbuf *mb)
{
	const struct auth_realm *r = t->realm;
	size_t start = mb->end;
	int err;

	mbuf_printf(mb, "%s: ",
		hdr_name(r->proxy ? HDR_PROXY_AUTHORIZATION
				  : HDR_AUTHORIZATION));
	err = r->scheme->put(t->state, req, mb, &t->sent);
	if (err == EALREADY) {
		mb->end = start;
		return 0;
	}
	mbuf_write_str(mb, "\r\n");
	return err ? err : mbuf_err(mb);
}


int sip_auth_put(struct sip_auth *auth, struct sip_auth_tries *tries,
	const struct sip_auth_request *req, struct mbuf *mb)
{
	struct le *le, *next;
	struct auth_attempt *t;
	int err = 0;

	LIST_FOREACH (&auth->realms, le, next) {
		struct auth_realm *r = le->data;

		t = auth_attempt_find(tries, r->proxy, r->name);
		if (r->scheme->handshake ||
			(!(t && t->fresh) && !goes_unasked(r, req)))
			continue;
		t = auth_attempt_add(tries, r);
		mem_ref(r->state);
		mem_deref(t->state);
		t->state = r->state;
		err = attempt_put(t, req, mb);
		if (err)
			return err;
	}
	return mbuf_err(mb);
}


int sip_auth_put_handshake(struct sip_auth_tries *tries,
	const struct sip_auth_request *req, struct mbuf *mb)
{
	struct le *le, *next;
	int err = 0;

	LIST_FOREACH (&tries->list, le, next) {
		struct auth_attempt *t = le->data;

		if (!err && t->realm->scheme->handshake && t->state)
			err = attempt_put(t, req, mb);
	}
	return err;
}


static size_t tries_of_kind(const struct sip_auth_tries *tries, bool proxy)
{
	struct le *le, *next;
	size_t n = 0;

	LIST_FOREACH (&tries->list, le, next) {
		const struct auth_attempt *t = le->data;

		n += t->realm->proxy == proxy;
	}
	return n;
}


int sip_auth_info(struct sip_auth_tries *tries,
	const struct sip_auth_request *req, const struct msg *resp)
{
	const struct msg_hdr *h;
	struct msg_challenge info;
	struct le *le, *next;
	int err = 0;

	LIST_FOREACH (&tries->list, le, next) {
		struct auth_attempt *t = le->data;

		if (t->realm->scheme->handshake) {
			if (t->state)
				t->realm->scheme->ended(t->state, true);
			continue;
		}
		/* It names no realm: of several its own is not known. */
		if (tries_of_kind(tries, t->realm->proxy) > 1)
			continue;
		h = msg_hdr(resp,
			t->realm->proxy ? HDR_PROXY_AUTHENTICATION_INFO
					: HDR_AUTHENTICATION_INFO);
		if (!h || !t->state)
			continue;
		memset(&info, 0, sizeof(info));
		info.params = h->value;
		err = t->realm->scheme->info(
			t->state, req, t->sent, &info, &resp->body);
		if (err)
			break;
	}
	return err;
}
