/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fake_dialect.c - endpoints that note what they are told and say what the
 * test makes them say. */
#include <inttypes.h>
#include "world.h"


struct dialect_stack {
	size_t max_transactions;
};

struct endpoint_message {
	char *peer;
	char *text;
	char *source;
	uint64_t seen;
	bool answered;
};


static void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	mbuf_vprintf(world->calls, fmt, ap);
	va_end(ap);
	mbuf_write_u8(world->calls, '\n');
}


static void endpoint_destructor(void *data)
{
	struct endpoint *e = data;

	list_unlink(&e->le);
	mem_deref(e->aor);
	mem_deref(e->proxy);
	mem_deref(e->instance);
	mem_deref(e->ca_file);
}


static void message_destructor(void *data)
{
	struct endpoint_message *m = data;

	if (!m->answered)
		note("answer %s 500 unanswered", m->peer);
	mem_deref(m->peer);
	mem_deref(m->text);
	mem_deref(m->source);
}


int dialect_stack_alloc(
	struct dialect_stack **sp, const struct dialect_stack_config *config)
{
	struct dialect_stack *s = mem_zalloc(sizeof(*s), NULL);

	note("stack %s %zu", config->dns_servers ? config->dns_servers : "-",
		config->max_transactions);
	*sp = s;
	return 0;
}


void dialect_stack_trace(
	struct dialect_stack *stack, dialect_trace_h *h, void *arg)
{
	(void)stack;
	(void)arg;
	note("trace %s", h ? "on" : "off");
}


int endpoint_alloc(struct endpoint **ep, struct dialect_stack *stack,
	const struct endpoint_config *config,
	const struct endpoint_handlers *handlers, char **why)
{
	struct endpoint *e;

	assert_non_null(stack);
	if (world->refuse) {
		*why = mem_strdup(world->refuse);
		return world->refuse_err;
	}
	e = mem_zalloc(sizeof(*e), endpoint_destructor);
	e->h = *handlers;
	e->aor = mem_strdup(config->aor);
	e->proxy = mem_strdup(config->proxy);
	e->instance = mem_strdup(config->instance);
	e->ca_file = mem_strdup(config->tls_ca_file);
	e->expires = config->expires;
	list_append(&world->endpoints, &e->le, e);
	*ep = e;
	return 0;
}


void endpoint_sign_in(struct endpoint *e)
{
	note("sign in %s", e->aor);
}


void endpoint_nudge(struct endpoint *e)
{
	note("nudge %s", e->aor);
}


void endpoint_sign_out(
	struct endpoint *e, uint64_t limit, void (*done)(void *arg), void *arg)
{
	note("sign out %s %" PRIu64, e->aor, limit);
	e->out = done;
	e->out_arg = arg;
}


const char *endpoint_chat_transport(struct endpoint *e, const char *peer)
{
	(void)e;
	return strstr(peer, "bob") ? "TCP" : NULL;
}


const char *endpoint_transport(const struct endpoint *e)
{
	(void)e;
	return "TLS";
}


void endpoint_way_set(struct endpoint *e, const char *peer, const char *uri)
{
	(void)e;
	note("way %s %s", peer, uri ? uri : "-");
}


void endpoint_watch(struct endpoint *e, const char *peer)
{
	(void)e;
	note("watch %s", peer);
}


void endpoint_contact_set(
	struct endpoint *e, const struct endpoint_contact *contact)
{
	char groups[128] = "";
	size_t i, n = 0;

	(void)e;
	for (i = 0; contact->groups && contact->groups[i]; i++)
		n += (size_t)snprintf(groups + n, sizeof(groups) - n, " [%s]",
			contact->groups[i]);
	note("contact %s %s%s", contact->peer,
		contact->name ? contact->name : "-", groups);
}


void endpoint_contact_drop(struct endpoint *e, const char *peer)
{
	(void)e;
	note("drop %s", peer);
}


void endpoint_unwatch(struct endpoint *e, const char *peer)
{
	(void)e;
	note("unwatch %s", peer);
}


void endpoint_fetch(struct endpoint *e, const char *peer)
{
	(void)e;
	note("fetch %s", peer);
}


void endpoint_publish(struct endpoint *e, const struct presence *p,
	enum endpoint_visibility visibility, uint32_t idle)
{
	const char *activity = presence_activity_name(p->activity);

	(void)e;
	note("publish %s %s %s %d%s%s", presence_state_name(p->state),
		activity ? activity : "-", p->note ? p->note : "-",
		(int)visibility, idle ? " idle" : "",
		p->idle_since ? " since" : "");
}


enum endpoint_rules endpoint_rules(const struct endpoint *e)
{
	(void)e;
	return world->rules;
}


void endpoint_decide(struct endpoint *e, const char *peer,
	enum endpoint_verdict verdict, enum endpoint_verdict rule)
{
	static const char *const words[] = {
		"pending", "allow", "polite-block", "refuse", "busy"};

	(void)e;
	if (rule == verdict)
		note("decide %s %s", peer, words[verdict]);
	else
		note("decide %s %s, rule %s", peer, words[verdict],
			words[rule]);
}


void endpoint_send(
	struct endpoint *e, const char *peer, const char *text, uint64_t token)
{
	(void)e;
	assert_true(token != 0);
	note("send %s %s", peer, text);
}


void endpoint_typing(struct endpoint *e, const char *peer, bool active)
{
	(void)e;
	note("typing %s %s", peer, active ? "on" : "off");
}


void endpoint_chat_open(struct endpoint *e, const char *peer)
{
	(void)e;
	note("open %s", peer);
}


void endpoint_chat_close(struct endpoint *e, const char *peer)
{
	(void)e;
	note("close %s", peer);
}


size_t endpoint_text_max(const struct endpoint *e, const char *peer)
{
	(void)e;
	(void)peer;
	return world->text_max;
}


const char *endpoint_message_peer(const struct endpoint_message *m)
{
	return m->peer;
}


const struct pl *endpoint_message_name(const struct endpoint_message *m)
{
	static const struct pl none = PL_INIT;

	(void)m;
	return &none;
}


const char *endpoint_message_text(const struct endpoint_message *m)
{
	return m->text;
}


const char *endpoint_message_via(const struct endpoint_message *m)
{
	(void)m;
	return "page";
}


const char *endpoint_message_source(const struct endpoint_message *m)
{
	return m->source;
}


int64_t endpoint_message_sent_at(const struct endpoint_message *m)
{
	(void)m;
	return 0;
}


uint64_t endpoint_message_seen(const struct endpoint_message *m)
{
	return m->seen;
}


void endpoint_message_answer(
	struct endpoint_message *m, uint16_t status, uint32_t retry_after)
{
	assert_false(m->answered);
	m->answered = true;
	note("answer %s %u %u", m->peer, status, retry_after);
}


struct endpoint *fake_endpoint(void)
{
	return list_data(world->endpoints.tail);
}


void fake_state(struct endpoint *e, enum endpoint_state state, const char *why)
{
	const struct endpoint_status status = {
		.state = state,
		.why = why,
		.address = state == ENDPOINT_ONLINE ? "192.0.2.1:5060" : NULL,
	};

	e->h.status(&status, e->h.arg);
}


void fake_sent(struct endpoint *e, uint64_t token, enum endpoint_sent sent,
	const char *why, uint16_t code, uint32_t after)
{
	const struct endpoint_outcome outcome = {
		.sent = sent,
		.why = why,
		.code = code,
		.after = after,
		.via = "page",
	};

	e->h.sent(token, &outcome, e->h.arg);
}


void fake_presence(struct endpoint *e, const char *peer,
	enum presence_state state, const char *text, uint16_t code,
	bool fetched)
{
	struct pl note_text = pl_str(state == PRESENCE_UNKNOWN ? NULL : text);
	struct presence *p =
		presence_alloc(state, PRESENCE_NONE, &note_text, text);

	e->h.presence(peer, p, code, fetched, e->h.arg);
	mem_deref(p);
}


void fake_chat(struct endpoint *e, const char *peer, enum endpoint_chat state,
	enum endpoint_by by, const char *why, uint16_t code)
{
	e->h.chat(peer, state, "page", by, why, code, e->h.arg);
}


void fake_signed_out(struct endpoint *e)
{
	void (*out)(void *arg) = e->out;

	assert_non_null(out);
	e->out = NULL;
	out(e->out_arg);
}


void fake_message_from(struct endpoint *e, const char *peer, const char *text,
	uint64_t seen, const char *source)
{
	struct endpoint_message *m;

	m = mem_zalloc(sizeof(*m), message_destructor);
	m->peer = mem_strdup(peer);
	m->text = mem_strdup(text);
	m->source = mem_strdup(source);
	m->seen = seen;
	e->h.message(m, e->h.arg);
	mem_deref(m);
}


void fake_message(
	struct endpoint *e, const char *peer, const char *text, uint64_t seen)
{
	fake_message_from(e, peer, text, seen, "192.0.2.9");
}
