/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ua.c - accounts: settings, states, start and stop. */
#include <errno.h>
#include <string.h>
#include "ua_int.h"


static void lists_detach(struct ua *ua)
{
	struct le *le, *next;

	LIST_FOREACH (&ua->sessions, le, next)
		ua_session_detach(le->data);
	LIST_FOREACH (&ua->subs, le, next)
		ua_sub_detach(le->data);
	LIST_FOREACH (&ua->notifiers, le, next)
		ua_notifier_detach(le->data);
	LIST_FOREACH (&ua->publishers, le, next)
		ua_publisher_detach(le->data);
	LIST_FOREACH (&ua->requests, le, next)
		ua_request_detach(le->data);
	LIST_FOREACH (&ua->calls, le, next)
		ua_call_detach(le->data);
}


static void ua_destructor(void *data)
{
	struct ua *ua = data;

	list_unlink(&ua->le);
	lists_detach(ua);
	tmr_cancel(&ua->tmr);
	tmr_cancel(&ua->tmr_calls);
	tmr_cancel(&ua->tmr_stop);
	tmr_cancel(&ua->tmr_subs);
	mem_deref(ua->sub_texts.event);
	mem_deref(ua->sub_texts.accept);
	mem_deref(ua->sub_texts.max_rate);
	mem_deref(ua->sub_texts.headers);
	mem_deref(ua->sub_texts.content_type);
	mem_deref(ua->reg);
	mem_deref(ua->agent);
	mem_deref(ua->listen);
	mem_deref(ua->address);
	mem_deref(ua->failure);
	mem_deref(ua->aor);
	mem_deref(ua->proxy);
	mem_deref(ua->instance);
	mem_deref(ua->accept);
	mem_deref(ua->session_accept);
	mem_deref(ua->listen_text);
	mem_deref(ua->certificate);
	mem_deref(ua->key);
	mem_deref(ua->stack);
}


int ua_alloc(struct ua **uap, struct ua_stack *stack,
	const struct ua_config *config, const struct ua_handlers *handlers,
	char **why)
{
	enum sip_transport transport;
	enum sip_long lm;
	const char *wrong;
	struct ua *ua;
	int err;

	*why = NULL;
	wrong = ua_config_check(config, &transport, &lm);
	if (wrong) {
		*why = mem_printf("the setting \"%s\" is wrong", wrong);
		return EINVAL;
	}
	ua = mem_zalloc(sizeof(*ua), ua_destructor);
	ua->stack = mem_ref(stack);
	ua->h = *handlers;
	ua_config_copy(ua, config);
	err = ua_agent_make(ua, config, transport, lm);
	if (!err && ua->do_register)
		err = ua_reg_alloc(&ua->reg, ua);
	if (err) {
		*why = mem_printf(
			"the account cannot be made: %s", strerror(err));
		mem_deref(ua);
		return err;
	}
	list_append(&stack->uas, &ua->le, ua);
	*uap = ua;
	return 0;
}


/* ---- states ---- */

/* What the account carries follows its state by timers of its own. */
static void objects_tell(struct ua *ua)
{
	struct le *le, *next;

	LIST_FOREACH (&ua->sessions, le, next)
		ua_session_account(le->data);
	LIST_FOREACH (&ua->subs, le, next)
		ua_sub_account(le->data);
	LIST_FOREACH (&ua->notifiers, le, next)
		ua_notifier_account(le->data);
	LIST_FOREACH (&ua->publishers, le, next)
		ua_publisher_account(le->data);
}


bool ua_isowned(const struct ua *ua)
{
	return mem_nrefs(ua) > 1;
}


/* That it fails as it did before is nothing to be told of again. */
static enum log_level level(struct ua *ua, enum ua_state state, const char *why)
{
	char *last = ua->failure;
	bool again = last && why && !strcmp(last, why);

	if (state == UA_CONNECTING)
		return LOG_INFO;
	ua->failure = state == UA_FAILED ? mem_strdup(why) : NULL;
	mem_deref(last);
	return state == UA_FAILED && !again ? LOG_WARN : LOG_INFO;
}


void ua_set_state(struct ua *ua, enum ua_state state,
	const struct ua_result *result, const char *why, int64_t retry_at,
	const struct sa *address)
{
	char buf[SA_TEXT_SIZE];

	ua->state = state;
	ua->address = mem_deref(ua->address);
	if (address)
		ua->address = mem_strdup(sa_text(address, buf));
	log_print(ua->stack->log, level(ua, state, why), "account",
		"%s: %s%s%s", ua->aor, ua_state_name(state), why ? ": " : "",
		why ? why : "");
	objects_tell(ua);
	if (ua->h.state && ua_isowned(ua))
		ua->h.state(
			state, result, why, retry_at, ua->address, ua->h.arg);
}


const char *ua_state_name(enum ua_state state)
{
	static const char *const names[] = {
		[UA_OFFLINE] = "offline",
		[UA_CONNECTING] = "connecting",
		[UA_ONLINE] = "online",
		[UA_FAILED] = "failed",
	};

	return names[state];
}


bool ua_isonline(const struct ua *ua)
{
	return ua && ua->state == UA_ONLINE;
}


void ua_local(
	const struct ua *ua, const struct sip_flow *flow, struct sa *local)
{
	const struct sip_net *net = ua->stack->net;
	struct sa peer;
	struct pl host = ua->uri.host;

	if (!flow)
		flow = sip_agent_flow(ua->agent);
	if (flow)
		*local = *sip_flow_local(flow);
	else if (ua->listen)
		*local = *ua_listen_local(ua->listen);
	else
		*local = (struct sa){0};
	if (sa_isset(local) && !sa_isany(local))
		return;
	if (sa_set(&peer, &host, 5060) ||
		net->local_for(net->ctx, local, &peer))
		(void)sa_set_str(local, "127.0.0.1", 0);
}


/* ---- start ---- */

static void start_h(void *arg);


static void listen_failed(struct ua *ua, int err, char *why)
{
	struct ua_result result;
	uint32_t wait = ua_backoff(ua, ++ua->failures, UA_BACKOFF_MAX);

	ua_result_fail(&result, err, why);
	tmr_start(
		ua->stack->tmrs, &ua->tmr, (uint64_t)wait * 1000, start_h, ua);
	ua_set_state(ua, UA_FAILED, &result, why,
		tmrs_wall(ua->stack->tmrs) + (int64_t)wait * 1000, NULL);
	mem_deref(why);
}


static bool listen_open(struct ua *ua)
{
	char *why = NULL;
	int err;

	if (!ua->listen_text || ua->listen)
		return true;
	err = ua_listen_get(&ua->listen, ua->stack, ua->listen_text,
		ua->certificate, ua->key, &why);
	if (err) {
		listen_failed(ua, err, why);
		return false;
	}
	ua_listen_add_to(ua->listen, ua->agent);
	return true;
}


static void start_h(void *arg)
{
	struct ua *ua = mem_ref(arg);

	ua_set_state(ua, UA_CONNECTING, NULL, NULL, 0, NULL);
	if (ua_isowned(ua) && ua->state == UA_CONNECTING && !ua->stopping &&
		listen_open(ua)) {
		ua->failures = 0;
		if (ua->do_register)
			ua_reg_start(ua->reg);
		else
			ua_set_state(ua, UA_ONLINE, NULL, NULL, 0,
				ua_listen_local(ua->listen));
	}
	mem_deref(ua);
}


void ua_start(struct ua *ua)
{
	if (!ua->stopping &&
		(ua->state == UA_ONLINE || ua->state == UA_CONNECTING))
		return;
	ua->restart = ua->stopping;
	if (ua->stopping)
		return;
	sip_agent_reset_credentials(ua->agent);
	ua->state = UA_CONNECTING;
	tmr_start(ua->stack->tmrs, &ua->tmr, 0, start_h, ua);
}


void ua_nudge(struct ua *ua)
{
	if (ua->reg)
		ua_reg_nudge(ua->reg);
}


/* ---- stop ---- */

static void stop_h(void *arg)
{
	struct ua *ua = mem_ref(arg);
	void (*done)(void *arg) = ua->stop_done;
	void *done_arg = ua->stop_arg;
	bool owned;

	tmr_cancel(&ua->tmr_stop);
	ua->stopping = false;
	ua->stop_done = NULL;
	while (ua->sessions.head)
		ua_session_drop(ua->sessions.head->data);
	if (ua->reg)
		ua_reg_reset(ua->reg);
	sip_agent_set_flow(ua->agent, NULL);
	sip_agent_clear_ports(ua->agent);
	ua->listen = mem_deref(ua->listen);
	ua_set_state(ua, UA_OFFLINE, NULL, NULL, 0, NULL);
	owned = ua_isowned(ua);
	if (owned && ua->restart)
		ua_start(ua);
	mem_deref(ua);
	if (owned && done)
		done(done_arg);
}


void ua_stop_check(struct ua *ua)
{
	if (ua->stopping && ua->unbound && !ua->byes)
		tmr_start(ua->stack->tmrs, &ua->tmr_stop, 0, stop_h, ua);
}


void ua_stop_unbound(struct ua *ua)
{
	ua->unbound = true;
	ua_stop_check(ua);
}


void ua_stop(struct ua *ua, uint64_t limit, void (*done)(void *arg), void *arg)
{
	ua->restart = false;
	if (ua->stopping)
		return;
	ua->stopping = true;
	ua->unbound = false;
	ua->stop_done = done;
	ua->stop_arg = arg;
	tmr_cancel(&ua->tmr);
	tmr_start(ua->stack->tmrs, &ua->tmr_stop, limit, stop_h, ua);
	if (ua->reg)
		ua_reg_stop(ua->reg);
	else
		ua_stop_unbound(ua);
}


/* ---- what others ask ---- */

enum ua_state ua_state(const struct ua *ua)
{
	return ua->state;
}


const char *ua_aor(const struct ua *ua)
{
	return ua->aor;
}


const struct uri *ua_uri(const struct ua *ua)
{
	return &ua->uri;
}


struct ua_stack *ua_stack_of(const struct ua *ua)
{
	return ua->stack;
}


size_t ua_page_max(const struct ua *ua)
{
	return sip_agent_page_max(ua->agent);
}


const char *ua_transport(const struct ua *ua)
{
	const struct sip_flow *flow = sip_agent_flow(ua->agent);

	return flow ? sip_tp_name(sip_flow_tp(flow)) : NULL;
}
