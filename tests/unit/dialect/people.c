/* SPDX-License-Identifier: GPL-3.0-or-later */
/* people.c - endpoints on a network in memory, and what they hear. */
#include "people.h"


/* ---- what is heard ---- */

static void say(struct person *p, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));


static void say(struct person *p, const char *fmt, ...)
{
	size_t used = strlen(p->log);
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(p->log + used, sizeof(p->log) - used, fmt, ap);
	va_end(ap);
	if (p->bomb && strstr(p->log + used, p->bomb))
		p->e = mem_deref(p->e);
}


/* "bob" of "sip:bob@192.0.2.2". */
static const char *user_of(const char *peer, char *buf, size_t size)
{
	const char *start = strchr(peer, ':');
	const char *end = strchr(peer, '@');

	assert_non_null(start);
	assert_non_null(end);
	(void)snprintf(buf, size, "%.*s", (int)(end - start - 1), start + 1);
	return buf;
}


static void why_is(struct person *p, const char *why, uint16_t code)
{
	(void)snprintf(p->why, sizeof(p->why), "%s", why ? why : "");
	p->code = code;
}


static void status_h(const struct endpoint_status *status, void *arg)
{
	static const char *const words[] = {
		[ENDPOINT_OFFLINE] = "offline",
		[ENDPOINT_CONNECTING] = "connecting",
		[ENDPOINT_ONLINE] = "online",
		[ENDPOINT_FAILED] = "failed",
	};

	why_is(arg, status->why, status->code);
	say(arg, "%s ", words[status->state]);
}


static void credentials_h(const char *realm,
	void (*answer)(const char *user, const char *password, void *ctx),
	void *ctx, void *arg)
{
	(void)realm;
	(void)arg;
	answer("alice", NULL, ctx);
}


static void presence_h(const char *peer, const struct presence *pr,
	uint16_t code, bool fetched, void *arg)
{
	const char *activity = presence_activity_name(pr->activity);
	struct person *p = arg;
	char user[64];

	p->code = code;
	say(p, "%s%s=%s%s%s%s%s%s%s%s%s ", user_of(peer, user, sizeof(user)),
		fetched ? "?" : "", presence_state_name(pr->state),
		activity ? "/" : "", activity ? activity : "",
		pr->reason ? "(" : "", pr->reason ? pr->reason : "",
		pr->reason ? ")" : "", pr->note ? "[" : "",
		pr->note ? pr->note : "", pr->note ? "]" : "");
}


static void message_h(struct endpoint_message *m, void *arg)
{
	const char *via = endpoint_message_via(m);
	struct person *p = arg;
	char user[64];

	if (p->nkeys < KEYS_MAX)
		p->keys[p->nkeys++] = endpoint_message_seen(m);
	if (p->answer) {
		endpoint_message_answer(m, p->answer, p->retry_after);
	} else {
		mem_deref(p->kept);
		p->kept = mem_ref(m);
	}
	say(p, "%s:%s%.40s ",
		user_of(endpoint_message_peer(m), user, sizeof(user)),
		!strcmp(via, "session") ? ":" : "", endpoint_message_text(m));
}


static void typing_h(const char *peer, bool active, void *arg)
{
	char user[64];

	say(arg, "%s:%s ", user_of(peer, user, sizeof(user)),
		active ? "typing" : "idle");
}


static void sent_h(
	uint64_t token, const struct endpoint_outcome *outcome, void *arg)
{
	static const char *const words[] = {
		[ENDPOINT_DELIVERED] = "delivered",
		[ENDPOINT_ACCEPTED] = "accepted",
		[ENDPOINT_REFUSED] = "refused",
		[ENDPOINT_LATER] = "later",
		[ENDPOINT_UNKNOWN] = "unknown",
	};
	struct person *p = arg;

	why_is(p, outcome->why, outcome->code);
	p->after = outcome->after;
	if (outcome->sent > ENDPOINT_ACCEPTED)
		assert_non_null(outcome->why);
	say(p, "%u=%s%s%s ", (unsigned)token, words[outcome->sent],
		outcome->via ? "/" : "", outcome->via ? outcome->via : "");
}


static void chat_h(const char *peer, enum endpoint_chat state, const char *via,
	enum endpoint_by by, const char *why, uint16_t code, void *arg)
{
	static const char *const states[] = {
		[ENDPOINT_CHAT_OPENING] = "opening",
		[ENDPOINT_CHAT_OPEN] = "open",
		[ENDPOINT_CHAT_CLOSED] = "closed",
	};
	static const char *const whose[] = {
		[ENDPOINT_BY_US] = "us",
		[ENDPOINT_BY_THEM] = "them",
		[ENDPOINT_BY_ERROR] = "error",
	};
	char user[64];

	if (why)
		why_is(arg, why, code);
	say(arg, "%s:%s/%s/%s ", user_of(peer, user, sizeof(user)),
		states[state], via, whose[by]);
}


static enum endpoint_verdict invite_h(
	const char *peer, const struct pl *name, const char *source, void *arg)
{
	struct person *p = arg;
	char user[64];

	(void)name;
	assert_non_null(source);
	if (p->guests == ENDPOINT_PENDING)
		say(p, "%s:rings ", user_of(peer, user, sizeof(user)));
	return p->guests;
}


static enum endpoint_verdict authorize_h(
	const char *peer, const struct pl *name, const char *source, void *arg)
{
	struct person *p = arg;
	char user[64];

	(void)name;
	p->asks += !source;
	say(p, "%s:%s ", user_of(peer, user, sizeof(user)),
		source ? "watches" : "asks");
	return p->watchers;
}


static void settled_h(const char *peer, void *arg)
{
	char user[64];

	say(arg, "%s:settled ", user_of(peer, user, sizeof(user)));
}


static void waits_h(const char *peer, void *arg)
{
	char user[64];

	say(arg, "%s:waits ", user_of(peer, user, sizeof(user)));
}


static void trouble_h(const char *text, void *arg)
{
	say(arg, "trouble(%s) ", text);
}


static void ruled_h(const char *peer, const char *why, void *arg)
{
	char user[64];

	say(arg, "%s:%s ", user_of(peer, user, sizeof(user)),
		why ? "not-ruled" : "ruled");
	if (why)
		(void)snprintf(((struct person *)arg)->why,
			sizeof(((struct person *)arg)->why), "%s", why);
}


static void rules_h(const struct endpoint_rule *rules, size_t n, void *arg)
{
	static const char *const words[] = {
		"pending", "allow", "polite-block", "refuse", "busy"};
	char user[64];
	size_t i;

	say(arg, rules ? "rules:" : "rules:none");
	for (i = 0; i < n; i++)
		say(arg, "%s%s=%s", i ? "," : "",
			user_of(rules[i].peer, user, sizeof(user)),
			words[rules[i].verdict]);
	say(arg, " ");
}


static void contacts_h(
	const struct endpoint_contact *contacts, size_t n, void *arg)
{
	char user[64];
	size_t i, k;

	say(arg, contacts ? "list:" : "list:none");
	for (i = 0; i < n; i++) {
		const struct endpoint_contact *c = &contacts[i];

		say(arg, "%s%s", i ? "," : "",
			user_of(c->peer, user, sizeof(user)));
		if (c->name)
			say(arg, "=%s", c->name);
		for (k = 0; c->groups && c->groups[k]; k++)
			say(arg, "/%s", c->groups[k]);
	}
	say(arg, " ");
}


static void card_h(const char *peer, const char *name, void *arg)
{
	char user[64];

	say(arg, "%s:is(%s) ", user_of(peer, user, sizeof(user)), name);
}


void person_done_h(void *arg)
{
	say(arg, "done ");
}


/* ---- people ---- */

void person_open(
	struct person *p, struct world *w, const char *user, const char *addr)
{
	memset(p, 0, sizeof(*p));
	p->world = w;
	p->host = memnet_host(w->mn, addr);
	p->watchers = p->guests = ENDPOINT_ALLOW;
	p->answer = 200;
	(void)snprintf(p->aor, sizeof(p->aor), "sip:%s@%s", user, addr);
	(void)snprintf(p->listen, sizeof(p->listen), "%s:5060", addr);
	p->config = (struct endpoint_config){
		.aor = p->aor,
		.transport = "auto",
		.dialect = "auto",
		.session = "auto",
		.listen = p->listen,
		.long_messages = "auto",
		.instance = "urn:uuid:00000000-0000-4000-8000-000000000001",
		.tls_verify = true,
		.typing = true,
		.expires = 3600,
	};
}


void person_start(struct person *p)
{
	const struct dialect_stack_config sc = {
		.tmrs = memnet_tmrs(p->world->mn),
		.rand = memnet_rand(p->world->mn),
		.net = memnet_net(p->host),
		.resolver = &p->world->resolver,
		.http = p->http,
		.log = p->talk,
	};
	const struct endpoint_handlers h = {
		.status = status_h,
		.credentials = credentials_h,
		.presence = presence_h,
		.message = message_h,
		.typing = typing_h,
		.sent = sent_h,
		.chat = chat_h,
		.invite = invite_h,
		.contacts = contacts_h,
		.card = card_h,
		.authorize = authorize_h,
		.settled = settled_h,
		.ruled = ruled_h,
		.rules = p->reads_rules ? rules_h : NULL,
		.waits = waits_h,
		.trouble = p->hears_trouble ? trouble_h : NULL,
		.arg = p,
	};
	char *why = NULL;

	assert_int_equal(dialect_stack_alloc(&p->stack, &sc), 0);
	assert_int_equal(
		endpoint_alloc(&p->e, p->stack, &p->config, &h, &why), 0);
	assert_null(why);
	endpoint_sign_in(p->e);
}


void person_close(struct person *p)
{
	mem_deref(p->kept);
	mem_deref(p->e);
	mem_deref(p->stack);
	mem_deref(p->talk);
}


void person_publish(struct person *p, enum endpoint_visibility visibility)
{
	struct presence *pr =
		presence_alloc(PRESENCE_ONLINE, PRESENCE_NONE, NULL, NULL);

	endpoint_publish(p->e, pr, visibility, false);
	mem_deref(pr);
}


/* ---- two of them ---- */

struct two *two_make(void)
{
	struct two *t = mem_zalloc(sizeof(*t), NULL);

	world_open(&t->w, 1);
	person_open(&t->a, &t->w, "alice", "192.0.2.1");
	person_open(&t->b, &t->w, "bob", "192.0.2.2");
	return t;
}


struct two *two_open(void)
{
	struct two *t = two_make();

	person_start(&t->a);
	person_start(&t->b);
	two_run(t, 10);
	assert_log(&t->a, "connecting online ");
	assert_log(&t->b, "connecting online ");
	return t;
}


void two_close(struct two *t)
{
	person_close(&t->a);
	person_close(&t->b);
	world_run(&t->w, 40 * 1000);
	world_close(&t->w);
	mem_deref(t);
}


void two_run(struct two *t, uint64_t ms)
{
	world_run(&t->w, ms);
}
