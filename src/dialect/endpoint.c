/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * endpoint.c - one signed-in AOR: registers or listens, and hands what it is
 * asked for to its dialect.
 */
#include <errno.h>
#include <string.h>
#include "hash.h"
#include "mem.h"
#include "simple_int.h"


enum {
	PEERS_MAX = 64 << 20, /* bytes of all who are watched */
};

/* Who waits for the end of a sign-out. */
struct leaver {
	struct le le;
	void (*done)(void *arg);
	void *arg;
};


static void leaver_destructor(void *data)
{
	struct leaver *l = data;

	list_unlink(&l->le);
}


static void endpoint_destructor(void *data)
{
	struct endpoint *e = data;

	tmr_cancel(&e->change);
	tmr_cancel(&e->work_tmr);
	if (e->ops)
		e->ops->close(e);
	simple_xcap_close(e);
	mem_deref(e->ua);
	endpoint_ways_close(e);
	list_flush(&e->leavers);
	mem_deref(e->own);
	mem_deref(e->config);
	mem_deref(e->aor);
	mem_deref(e->tuple_id);
	mem_deref(e->why);
	mem_deref(e->address);
	mem_deref(e->stack);
}


/* ---- for the dialects ---- */

struct endpoint *endpoint_hold(struct endpoint *e)
{
	++e->held;
	return mem_ref(e);
}


void endpoint_release(struct endpoint *e)
{
	--e->held;
	mem_deref(e);
}


bool endpoint_hears(const struct endpoint *e)
{
	return mem_nrefs(e) > e->held;
}


const char *endpoint_reason(const struct endpoint *e)
{
	return e->why ? e->why : "not signed in";
}


void endpoint_ruled(struct endpoint *e, const char *peer, const char *why)
{
	endpoint_hold(e);
	if (e->h.ruled && endpoint_hears(e))
		e->h.ruled(peer, why, e->h.arg);
	endpoint_release(e);
}


char *endpoint_name(struct pl *name, const struct pl *display)
{
	size_t len = 0;
	char *text = pl_isset(display) ? msg_unquote(display, &len) : NULL;

	*name = pl_make(text, len);
	return text;
}


/* ---- from the user agent ---- */

static void state_take(struct endpoint *e, enum ua_state state,
	const struct msg *resp, const char *why, const char *address)
{
	bool moved;

	e->why = mem_deref(e->why);
	e->online = state == UA_ONLINE && !e->leaving;
	if (!e->online) {
		if (state == UA_CONNECTING)
			e->why = mem_strdup("connecting");
		else if (state == UA_FAILED)
			e->why = mem_strdup(why);
		e->ops->lost(e);
		return;
	}
	moved = e->address && address && strcmp(e->address, address) != 0;
	mem_deref(e->address);
	e->address = mem_strdup(address);
	e->ops->online(e, moved, resp);
}


static void change_handler(void *arg);


static void status_handler(enum ua_state state, const struct ua_result *result,
	const char *why, int64_t retry_at, const char *address, void *arg)
{
	static const enum endpoint_state states[] = {
		[UA_OFFLINE] = ENDPOINT_OFFLINE,
		[UA_CONNECTING] = ENDPOINT_CONNECTING,
		[UA_ONLINE] = ENDPOINT_ONLINE,
		[UA_FAILED] = ENDPOINT_FAILED,
	};
	struct endpoint *e = endpoint_hold(arg);
	struct endpoint_status status = {
		.state = states[state],
		.why = why,
		.code = result && state == UA_FAILED ? result->status : 0,
		.wrong_password = result && result->wrong_password,
		.tls = result && result->tls,
		.refused = state == UA_FAILED && !retry_at,
		.retry_at = retry_at,
		.address = address,
	};

	if (e->guessing && result && result->msg && !e->leaving &&
		ms_is_spoken(result->msg)) {
		e->guessing = false;
		e->changing = true;
		tmr_start(e->stack->tmrs, &e->change, 0, change_handler, e);
	}
	if (state == UA_ONLINE)
		e->guessing = false;
	if (!e->changing) {
		/* What follows is told in later turns, so behind this. */
		state_take(e, state, result ? result->msg : NULL, why, address);
		e->h.status(&status, e->h.arg);
	}
	endpoint_release(e);
}


static void credentials_handler(const char *realm,
	ua_credentials_answer_h *answer, void *ctx, void *arg)
{
	struct endpoint *e = arg;

	e->h.credentials(realm, answer, ctx, e->h.arg);
}


static void message_handler(struct ua_request *r, void *arg)
{
	struct endpoint *e = endpoint_hold(arg);

	e->ops->message(e, r);
	endpoint_release(e);
}


static void invite_handler(
	struct ua_session *s, const struct msg *req, void *arg)
{
	struct endpoint *e = endpoint_hold(arg);

	(void)req;
	e->ops->invite(e, s);
	endpoint_release(e);
}


/* ---- alloc ---- */

/* A server shows by its first answer that it is none of SIMPLE. */
static void choose_dialect(struct endpoint *e, const char *name)
{
	e->guessing = !name || !strcmp(name, "auto");
	e->ops = name && !strcmp(name, "microsoft") ? &dialect_microsoft
						    : &dialect_simple;
}


/* Before it is known what the server is, a challenge of NTLM tells; later a
 * stranger on the way must not be able to ask for it, whose answer opens more
 * than SIP. */
static enum ua_ntlm ntlm_of(const struct endpoint *e)
{
	const char *name = e->config->dialect;

	if (e->ops != &dialect_microsoft)
		return UA_NTLM_NEVER;
	return name && !strcmp(name, "microsoft") ? UA_NTLM_ALWAYS
						  : UA_NTLM_TLS;
}


static enum endpoint_session session_of(const char *name)
{
	if (name && !strcmp(name, "page"))
		return SESSION_PAGE;
	if (name && !strcmp(name, "session"))
		return SESSION_ALWAYS;
	return SESSION_AUTO;
}


/* The same in every publication of an account (RFC 3903 10.4), another on
 * another machine. */
static char *make_tuple_id(const struct endpoint_config *config)
{
	struct pl pieces[2];
	uint8_t digest[HASH_MAX];
	char hex[17];

	pieces[0] = pl_str(config->instance);
	pieces[1] = pl_str(config->aor);
	(void)hash_pieces(HASH_SHA256, pieces, 2, digest);
	hash_to_hex(digest, 8, hex);
	return mem_printf("t%s", hex);
}


static int make_ua(struct endpoint *e, char **why)
{
	const struct endpoint_config *config = e->config;
	struct ua_profile profile;
	struct ua_config uc = {
		.aor = config->aor,
		.display_name = config->display_name,
		.proxy = config->proxy,
		.transport = config->transport,
		.do_register = config->do_register,
		.expires = config->expires,
		.listen = config->listen,
		.long_messages = config->long_messages,
		.user_agent = config->user_agent,
		.instance = config->instance,
		.tls_ca_file = config->tls_ca_file,
		.tls_verify = config->tls_verify,
		.tls_name = config->tls_name,
		.tls_pin = config->tls_pin,
		.tls_certificate = config->tls_certificate,
		.tls_key = config->tls_key,
		.ntlm = ntlm_of(e),
		.accept = im_accept(),
		.session_accept = im_accept_types(),
		.guess = e->guessing,
	};
	struct ua_handlers h = {
		.state = status_handler,
		.credentials = credentials_handler,
		.message = message_handler,
		.invite = invite_handler,
		.arg = e,
	};

	if (e->ops->profile) {
		uc.instance = e->ops->profile(e, &profile, config);
		uc.profile = &profile;
	}
	return ua_alloc(&e->ua, e->stack->ua, &uc, &h, why);
}


static int open_dialect(struct endpoint *e, char **why)
{
	int err;

	if (e->ops->sessions && e->session == SESSION_AUTO)
		e->session = SESSION_ALWAYS;
	err = make_ua(e, why);
	return err ? err : e->ops->open(e);
}


int endpoint_alloc(struct endpoint **ep, struct dialect_stack *stack,
	const struct endpoint_config *config,
	const struct endpoint_handlers *handlers, char **why)
{
	struct endpoint *e = mem_zalloc(sizeof(*e), endpoint_destructor);
	int err;

	e->stack = mem_ref(stack);
	e->h = *handlers;
	e->config = endpoint_config_copy(config);
	e->aor = mem_strdup(config->aor);
	e->tuple_id = make_tuple_id(config);
	e->session = session_of(config->session);
	e->publish = config->publish && config->do_register;
	e->typing = config->typing;
	e->expires = config->expires;
	e->visibility = ENDPOINT_VISIBLE;
	choose_dialect(e, config->dialect);
	err = open_dialect(e, why);
	if (!err)
		err = simple_xcap_open(e, why);
	if (err)
		mem_deref(e);
	else
		*ep = e;
	return err;
}


/* ---- the other dialect ---- */

static void left(void *arg);


static void write_peer(struct endpoint *e, const char *peer, void *arg)
{
	(void)e;
	(void)mbuf_write_mem(arg, peer, strlen(peer) + 1);
}


/* The server is none of SIMPLE: all that was wished is wished of the other
 * dialect, and it signs in anew. */
static void changed_handler(void *arg)
{
	struct endpoint *e = endpoint_hold(arg);
	struct mbuf *peers = mbuf_alloc(PEERS_MAX);
	char *why = NULL;
	const char *p;

	e->ops->watch_each(e, write_peer, peers);
	e->ops->close(e);
	e->ua = mem_deref(e->ua);
	e->ops = &dialect_microsoft;
	e->changing = false;
	/* The settings are those that went well before. */
	if (open_dialect(e, &why))
		log_print(e->stack->log, LOG_ERROR, "account", "%s: %s", e->aor,
			why ? why : "the dialect cannot be changed");
	mem_deref(why);
	for (p = (char *)peers->buf; p < (char *)peers->buf + peers->end;
		p += strlen(p) + 1)
		e->ops->watch(e, p);
	mem_deref(peers);
	if (!e->leaving || e->again)
		ua_start(e->ua);
	e->again = false;
	if (e->leaving)
		left(e);
	endpoint_release(e);
}


/* A binding that stands is of an instance that will not come back. */
static void change_handler(void *arg)
{
	struct endpoint *e = arg;

	log_print(e->stack->log, LOG_INFO, "account",
		"%s: the server speaks the Microsoft dialect", e->aor);
	ua_stop(e->ua, DIALECT_GOODBYE, changed_handler, e);
}


/* ---- signing in and out ---- */

void endpoint_work_begin(struct endpoint *e)
{
	++e->work;
}


void endpoint_work_end(struct endpoint *e)
{
	if (!--e->work && tmr_isrunning(&e->work_tmr))
		tmr_start(e->stack->tmrs, &e->work_tmr, 0, left, e);
}


/* The user agent has gone, but other work is under way, and there is time. */
static bool left_waits(struct endpoint *e)
{
	uint64_t now = tmrs_now(e->stack->tmrs);

	if (!e->work || now >= e->work_until)
		return false;
	tmr_start(e->stack->tmrs, &e->work_tmr, e->work_until - now, left, e);
	return true;
}


void endpoint_sign_in(struct endpoint *e)
{
	/* Who signs in is there now, whatever was said before. */
	e->own_at = tmrs_wall(e->stack->tmrs);
	/* Who comes back does not wait any more for what was before. */
	e->work_until = 0;
	if (tmr_isrunning(&e->work_tmr))
		tmr_start(e->stack->tmrs, &e->work_tmr, 0, left, e);
	if (e->changing) {
		e->again = true;
		return;
	}
	ua_start(e->ua);
}


void endpoint_nudge(struct endpoint *e)
{
	ua_nudge(e->ua);
}


static void left(void *arg)
{
	struct endpoint *e = endpoint_hold(arg);
	size_t n;

	if (left_waits(e)) {
		endpoint_release(e);
		return;
	}
	e->leaving = false;
	/* Who leaves anew from in here waits for the next time. */
	for (n = e->leavers.count; n && endpoint_hears(e); n--) {
		struct leaver *l = e->leavers.head->data;
		void (*done)(void *) = l->done;
		void *done_arg = l->arg;

		mem_deref(l);
		if (done)
			done(done_arg);
	}
	endpoint_release(e);
}


void endpoint_sign_out(
	struct endpoint *e, uint64_t limit, void (*done)(void *arg), void *arg)
{
	struct leaver *l = mem_zalloc(sizeof(*l), leaver_destructor);

	l->done = done;
	l->arg = arg;
	list_append(&e->leavers, &l->le, l);
	e->again = false;
	if (e->leaving) {
		/* Takes back a sign-in meanwhile. */
		ua_stop(e->ua, limit, NULL, NULL);
		return;
	}
	e->leaving = true;
	e->online = false;
	e->work_until = tmrs_now(e->stack->tmrs) + limit;
	/* What ends there is the end of this too. */
	if (e->changing)
		return;
	e->ops->goodbye(e, limit);
	ua_stop(e->ua, limit, left, e);
}


const char *endpoint_transport(const struct endpoint *e)
{
	return ua_transport(e->ua);
}


/* ---- what it is asked for ---- */

void endpoint_contact_set(
	struct endpoint *e, const struct endpoint_contact *contact)
{
	if (e->ops->contact_set)
		e->ops->contact_set(e, contact);
}


void endpoint_contact_drop(struct endpoint *e, const char *peer)
{
	if (e->ops->contact_drop)
		e->ops->contact_drop(e, peer);
}


void endpoint_watch(struct endpoint *e, const char *peer)
{
	e->ops->watch(e, peer);
}


void endpoint_unwatch(struct endpoint *e, const char *peer)
{
	e->ops->unwatch(e, peer);
}


void endpoint_fetch(struct endpoint *e, const char *peer)
{
	endpoint_ask(e, peer);
}


void endpoint_publish(struct endpoint *e, const struct presence *p,
	enum endpoint_visibility visibility, uint32_t idle)
{
	struct presence *own = mem_ref((void *)(uintptr_t)p);

	mem_deref(e->own);
	e->own = own;
	e->visibility = visibility;
	e->idle = idle;
	e->own_at = tmrs_wall(e->stack->tmrs);
	e->ops->publish(e);
}


enum endpoint_rules endpoint_rules(const struct endpoint *e)
{
	return e->ops->rules ? e->ops->rules(e) : ENDPOINT_RULES_KEPT;
}


void endpoint_decide(struct endpoint *e, const char *peer,
	enum endpoint_verdict verdict, enum endpoint_verdict rule)
{
	e->ops->decide(e, peer, verdict, rule);
}


void endpoint_send(
	struct endpoint *e, const char *peer, const char *text, uint64_t token)
{
	e->ops->send(e, peer, text, token);
}


void endpoint_typing(struct endpoint *e, const char *peer, bool active)
{
	e->ops->typing(e, peer, active);
}


void endpoint_chat_open(struct endpoint *e, const char *peer)
{
	e->ops->chat_open(e, peer);
}


void endpoint_chat_close(struct endpoint *e, const char *peer)
{
	e->ops->chat_close(e, peer);
}


size_t endpoint_text_max(const struct endpoint *e, const char *peer)
{
	return e->ops->text_max((struct endpoint *)(uintptr_t)e, peer);
}
