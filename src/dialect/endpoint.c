/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * endpoint.c - one signed-in AOR: registers or listens, and hands what it is
 * asked for to its dialect.
 */
#include <errno.h>
#include <string.h>
#include "dialect_int.h"
#include "hash.h"
#include "mem.h"


static void endpoint_destructor(void *data)
{
	struct endpoint *e = data;

	if (e->ops)
		e->ops->close(e);
	mem_deref(e->ua);
	mem_deref(e->own);
	mem_deref(e->aor);
	mem_deref(e->tuple_id);
	mem_deref(e->stack);
}


/* ---- from the user agent ---- */

static void status_handler(enum ua_state state, const struct ua_result *result,
	const char *why, int64_t retry_at, const char *address, void *arg)
{
	static const enum endpoint_state states[] = {
		[UA_OFFLINE] = ENDPOINT_OFFLINE,
		[UA_CONNECTING] = ENDPOINT_CONNECTING,
		[UA_ONLINE] = ENDPOINT_ONLINE,
		[UA_FAILED] = ENDPOINT_FAILED,
	};
	struct endpoint *e = mem_ref(arg);
	struct endpoint_status status = {
		.state = states[state],
		.why = why,
		.code = result ? result->status : 0,
		.wrong_password = result && result->wrong_password,
		.tls = result && result->tls,
		.refused = state == UA_FAILED && !retry_at,
		.retry_at = retry_at,
		.address = address,
	};

	e->h.status(&status, e->h.arg);
	/* News of presence follow the news of the account. */
	if (state == UA_ONLINE)
		e->ops->online(e);
	else
		e->ops->lost(e,
			state == UA_FAILED && why	 ? why
				: state == UA_CONNECTING ? "connecting"
							 : "not signed in");
	mem_deref(e);
}


static void credentials_handler(const char *realm,
	ua_credentials_answer_h *answer, void *ctx, void *arg)
{
	struct endpoint *e = arg;

	e->h.credentials(realm, answer, ctx, e->h.arg);
}


static void message_handler(struct ua_request *r, void *arg)
{
	struct endpoint *e = arg;

	e->ops->message(e, r);
}


static void invite_handler(
	struct ua_session *s, const struct msg *req, void *arg)
{
	struct endpoint *e = arg;

	e->ops->invite(e, s, req);
}


/* ---- alloc ---- */

static int choose_dialect(struct endpoint *e, const char *name, char **why)
{
	if (!name || !strcmp(name, "auto") || !strcmp(name, "simple")) {
		e->ops = &dialect_simple;
		return 0;
	}
	*why = mem_printf("dialect=%s: sotto speaks only simple so far", name);
	return ENOTSUP;
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


static int make_ua(
	struct endpoint *e, const struct endpoint_config *config, char **why)
{
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
		.accept = im_accept(),
		.session_accept = im_accept_types(),
	};
	struct ua_handlers h = {
		.state = status_handler,
		.credentials = credentials_handler,
		.message = message_handler,
		.invite = invite_handler,
		.arg = e,
	};

	return ua_alloc(&e->ua, e->stack->ua, &uc, &h, why);
}


int endpoint_alloc(struct endpoint **ep, struct dialect_stack *stack,
	const struct endpoint_config *config,
	const struct endpoint_handlers *handlers, char **why)
{
	struct endpoint *e = mem_zalloc(sizeof(*e), endpoint_destructor);
	int err;

	e->stack = mem_ref(stack);
	e->h = *handlers;
	e->aor = mem_strdup(config->aor);
	e->tuple_id = make_tuple_id(config);
	e->session = session_of(config->session);
	e->publish = config->publish && config->do_register;
	e->typing = config->typing;
	e->expires = config->expires;
	e->visibility = ENDPOINT_VISIBLE;
	err = choose_dialect(e, config->dialect, why);
	if (!err)
		err = make_ua(e, config, why);
	if (!err)
		err = simple_notifier_open(e);
	if (err)
		mem_deref(e);
	else
		*ep = e;
	return err;
}


/* ---- signing in and out ---- */

void endpoint_sign_in(struct endpoint *e)
{
	ua_start(e->ua);
}


void endpoint_goodbye_begin(struct endpoint *e)
{
	++e->goodbyes;
	mem_ref(e);
}


void endpoint_goodbye_done(void *arg)
{
	struct endpoint *e = arg;
	void (*gone)(void *) = e->gone;

	if (--e->goodbyes == 0 && gone) {
		e->gone = NULL;
		gone(e->gone_arg);
	}
	mem_deref(e);
}


void endpoint_sign_out(
	struct endpoint *e, uint64_t limit, void (*done)(void *arg), void *arg)
{
	e->gone = done;
	e->gone_arg = arg;
	/* Held open until all have begun: one may be done at once. */
	endpoint_goodbye_begin(e);
	e->ops->goodbye(e, limit);
	endpoint_goodbye_begin(e);
	ua_stop(e->ua, limit, endpoint_goodbye_done, e);
	endpoint_goodbye_done(e);
}


const char *endpoint_transport(const struct endpoint *e)
{
	return ua_transport(e->ua);
}


/* ---- what it is asked for ---- */

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
	e->ops->fetch(e, peer);
}


void endpoint_publish(struct endpoint *e, const struct presence *p,
	enum endpoint_visibility visibility)
{
	struct presence *own = mem_ref((void *)(uintptr_t)p);

	mem_deref(e->own);
	e->own = own;
	e->visibility = visibility;
	e->ops->publish(e);
}


void endpoint_decide(
	struct endpoint *e, const char *peer, enum endpoint_verdict verdict)
{
	e->ops->decide(e, peer, verdict);
}


void endpoint_send(
	struct endpoint *e, const char *peer, const char *text, uint64_t token)
{
	e->ops->send(e, peer, text, token);
}


void endpoint_typing(struct endpoint *e, const char *peer, bool active)
{
	if (e->typing)
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
