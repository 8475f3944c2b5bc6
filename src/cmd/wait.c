/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wait.c - `wait`: holds what follows until something is so. */
#include <stdio.h>
#include <string.h>
#include "cmd_int.h"
#include "json.h"


enum {
	INBOX_MAX = 1000, /* messages that no wait took */
	INBOX_BYTES = 8 * 1024 * 1024, /* of their texts */
};


/* An incoming message that no `wait message` has taken. */
struct incoming {
	struct le le;
	struct inbox *inbox;
	char *account;
	char *peer;
	char *text;
	uint64_t id;
	char *via;
	bool stranger;
	size_t bytes;
};


struct inbox {
	struct le le; /* in the interpreter's */
	struct list messages;
	struct list waits; /* not owned */
	size_t bytes;
};


struct condition;

/* What a `wait` under way waits for. */
struct wait {
	struct le le; /* in the inbox's waits */
	struct cmd_call *call; /* holds us */
	const struct condition *condition;
	char *account; /* its name; NULL: any */
	char *peer; /* NULL: anybody */
	char *state;
};


/* One row of the table of conditions. */
struct condition {
	const char *word;
	const char *usage;
	enum cmd_kind who; /* CMD_ACCOUNT, CMD_BUDDY, CMD_NONE */
	bool who_optional;
	bool (*is_state)(const char *word); /* NULL: takes no state */

	/* True if the condition holds: then the command is answered. */
	bool (*check)(struct cmd_call *call, struct wait *w);
};


static void incoming_destructor(void *data)
{
	struct incoming *m = data;

	if (m->le.list)
		m->inbox->bytes -= m->bytes;
	list_unlink(&m->le);
	mem_deref(m->account);
	mem_deref(m->peer);
	mem_deref(m->text);
	mem_deref(m->via);
}


static void inbox_destructor(void *data)
{
	struct inbox *inbox = data;

	list_unlink(&inbox->le);
	list_flush(&inbox->messages);
	list_clear(&inbox->waits);
}


static void wait_destructor(void *data)
{
	struct wait *w = data;

	list_unlink(&w->le);
	mem_deref(w->account);
	mem_deref(w->peer);
	mem_deref(w->state);
}


/* ---- the inbox ------------------------------------------------------ */


struct inbox *inbox_alloc(struct list *list)
{
	struct inbox *inbox = mem_zalloc(sizeof(*inbox), inbox_destructor);

	list_append(list, &inbox->le, inbox);
	return inbox;
}


static void add(struct inbox *inbox, const struct core_event *ev)
{
	struct incoming *m = mem_zalloc(sizeof(*m), incoming_destructor);

	m->inbox = inbox;
	m->account = mem_strdup(ev->account);
	m->peer = mem_strdup(ev->peer);
	m->text = mem_strdup(ev->text ? ev->text : "");
	m->via = mem_strdup(ev->via);
	m->id = ev->id;
	m->stranger = ev->stranger;
	m->bytes = strlen(m->text);
	inbox->bytes += m->bytes;
	list_append(&inbox->messages, &m->le, m);
	while (inbox->messages.count > INBOX_MAX ||
		(inbox->bytes > INBOX_BYTES && inbox->messages.count > 1))
		mem_deref(inbox->messages.head->data);
}


void inbox_add(struct list *list, const struct core_event *ev)
{
	struct le *le, *next;

	LIST_FOREACH (list, le, next)
		add(le->data, ev);
}


static void give_message(struct cmd_call *call, const struct incoming *m)
{
	struct core_account *a = core_account_find(call->cmd->core, m->account);
	const char *name = a ? core_peer_name(a, m->peer) : m->peer;
	struct json *row = json_new_object();
	char digits[STORE_ID_SIZE], *line, *text;

	(void)snprintf(
		digits, sizeof(digits), "%llu", (unsigned long long)m->id);
	json_put_str(row, "account", m->account);
	json_put_str(row, "peer", m->peer);
	json_put_str(row, "direction", "in");
	json_put_str(row, "id", digits);
	json_put_str(row, "text", m->text);
	json_put_str(row, "via", m->via);
	if (m->stranger)
		json_put_bool(row, "stranger", true);
	line = reply_line(name);
	text = reply_text(m->text);
	reply_lines(call, row, "%s %s", line, text);
	mem_deref(line);
	mem_deref(text);
}


/* ---- conditions ----------------------------------------------------- */


static bool same(const char *wanted, const char *given)
{
	return !wanted || (given && !strcmp(wanted, given));
}


static struct core_account *account_of(
	const struct cmd_call *call, const struct wait *w)
{
	return w->account ? core_account_find(call->cmd->core, w->account)
			  : NULL;
}


static bool check_account(struct cmd_call *call, struct wait *w)
{
	const struct core_account *a = account_of(call, w);

	return a &&
		same(w->state, core_account_state_name(core_account_state(a)));
}


static bool is_account_state(const char *word)
{
	enum endpoint_state s;

	for (s = ENDPOINT_OFFLINE; s <= ENDPOINT_FAILED; s++) {
		if (!strcmp(core_account_state_name(s), word))
			return true;
	}
	return false;
}


/* STATE is unknown, offline, online, or an activity. */
static bool check_presence(struct cmd_call *call, struct wait *w)
{
	struct core_account *a = account_of(call, w);
	const struct presence *p = a ? core_presence_of(a, w->peer) : NULL;

	return p &&
		(same(w->state, presence_state_name(p->state)) ||
			same(w->state, presence_activity_name(p->activity)));
}


static bool is_presence_state(const char *word)
{
	struct pl pl = pl_str(word);
	enum presence_activity activity;
	enum presence_state state;

	return presence_state_find(&state, &pl) ||
		presence_activity_find(&activity, &pl);
}


static bool check_message(struct cmd_call *call, struct wait *w)
{
	struct inbox *inbox = queue_inbox(call);
	struct le *le, *next;

	/* Whoever said it has gone: the message is for others. */
	if (!inbox)
		return false;
	LIST_FOREACH (&inbox->messages, le, next) {
		struct incoming *m = le->data;

		if (!same(w->account, m->account) || !same(w->peer, m->peer))
			continue;
		m->inbox->bytes -= m->bytes;
		list_unlink(&m->le);
		give_message(call, m);
		mem_deref(m);
		return true;
	}
	return false;
}


static bool check_typing(struct cmd_call *call, struct wait *w)
{
	struct core_account *a = account_of(call, w);
	const struct core_chat *c = a ? core_chat_find(a, w->peer) : NULL;

	return c && core_chat_typing(c);
}


static bool check_chat(struct cmd_call *call, struct wait *w)
{
	struct core_account *a = account_of(call, w);
	const struct core_chat *c = a ? core_chat_find(a, w->peer) : NULL;

	return same(w->state, c ? core_chat_state(c) : "closed");
}


static bool is_chat_state(const char *word)
{
	return !strcmp(word, "open") || !strcmp(word, "closed");
}


static bool check_sent(struct cmd_call *call, struct wait *w)
{
	struct core *core = call->cmd->core;

	(void)w;
	if (core_unsent(core))
		return false;
	if (core_sent_failed(core))
		reply_done(call, EX_UNAVAILABLE, T_WAIT_FAILED);
	return true;
}


static const struct condition conditions[] = {
	{"account", "account NAME STATE", CMD_ACCOUNT, false, is_account_state,
		check_account},
	{"presence", "presence B STATE", CMD_BUDDY, false, is_presence_state,
		check_presence},
	{"message", "message [B]", CMD_BUDDY, true, NULL, check_message},
	{"typing", "typing B", CMD_BUDDY, false, NULL, check_typing},
	{"chat", "chat B open|closed", CMD_BUDDY, false, is_chat_state,
		check_chat},
	{"sent", "sent", CMD_NONE, false, NULL, check_sent},
};

enum {
	N_CONDITIONS = sizeof(conditions) / sizeof(conditions[0]),
};


const char *cmd_condition(size_t i)
{
	return i < N_CONDITIONS ? conditions[i].usage : NULL;
}


static const struct condition *find_condition(const char *word)
{
	size_t i;

	for (i = 0; i < N_CONDITIONS; i++) {
		if (!strcmp(conditions[i].word, word))
			return &conditions[i];
	}
	return NULL;
}


/* The words that a condition knows as states. */
static void each_state(
	const struct condition *c, core_complete_h *emit, void *arg)
{
	static const char *const words[] = {"offline", "connecting", "online",
		"failed", "unknown", "away", "be-right-back", "busy",
		"do-not-disturb", "on-the-phone", "open", "closed", NULL};
	size_t i;

	for (i = 0; c->is_state && words[i]; i++) {
		if (c->is_state(words[i]))
			emit(words[i], NULL, arg);
	}
}


/* ---- the command ---------------------------------------------------- */


static void usage(struct cmd_call *call)
{
	struct words *all = words_alloc();
	char *text;
	size_t i;

	for (i = 0; i < N_CONDITIONS; i++)
		words_take(all,
			mem_printf("%s%s", conditions[i].usage,
				i + 1 < N_CONDITIONS ? "," : ""));
	text = words_join(all, 0);
	reply_done(call, EX_USAGE, T_BAD_WAIT, text);
	mem_deref(text);
	mem_deref(all);
}


/* The words behind `wait` by the condition's row. */
static bool well_formed(const struct condition *c, const struct words *words)
{
	size_t n = words->n - 1, who = c->who != CMD_NONE;
	size_t state = c->is_state != NULL;

	if (n != who + state && !(c->who_optional && n == 0))
		return false;
	return !state || c->is_state(words->v[words->n - 1]);
}


/* Finds out who is meant; false if the command is answered. */
static bool resolve(
	struct cmd_call *call, struct wait *w, const struct words *words)
{
	struct core_account *a = NULL;

	if (w->condition->is_state)
		w->state = mem_strdup(words->v[words->n - 1]);
	if (w->condition->who == CMD_ACCOUNT || words->n == 1) {
		const char *name = words->n > 1 ? words->v[1] : NULL;

		if (!target_account(call, name, &a))
			return false;
	} else if (!target_peer(call, words->v[1], &a, &w->peer)) {
		return false;
	}
	if (a)
		w->account = mem_strdup(core_account_name(a));
	return true;
}


/* Answers CALL if its condition holds. */
static bool try(struct cmd_call *call)
{
	struct wait *w = call->data;

	if (!w->condition->check(call, w))
		return false;
	list_unlink(&w->le);
	reply_done(call, 0, NULL);
	return true;
}


static void timed_out(void *arg)
{
	struct cmd_call *call = arg;
	const char *seconds = args_get(call->args, "-t");

	reply_done(call, EX_TEMPFAIL, T_WAIT_TIMEOUT, seconds ? seconds : "60");
}


static void wait_exec(struct cmd_call *call)
{
	const struct words *words = args_list(call->args, "CONDITION");
	const struct condition *c = find_condition(words->v[0]);
	const char *seconds = args_get(call->args, "-t");
	uint64_t ms = LIMIT_WAIT;
	struct wait *w;

	if (!c || !well_formed(c, words)) {
		usage(call);
		return;
	}
	w = mem_zalloc(sizeof(*w), wait_destructor);
	w->condition = c;
	w->call = call;
	call->data = w;
	if (!resolve(call, w, words) || try(call))
		return;
	if (seconds)
		(void)args_seconds(seconds, &ms);
	list_append(&call->cmd->inbox->waits, &w->le, w);
	tmr_start(call->cmd->tmrs, &call->tmr, ms, timed_out, call);
}


/* Whose condition holds is answered, and that may change what others see:
 * so each round begins anew. */
void wait_check(struct cmd *cmd)
{
	struct inbox *inbox = mem_ref(cmd->inbox);
	struct le *le = inbox->waits.head;

	while (le) {
		struct wait *w = le->data;
		struct cmd_call *call = mem_ref(w->call);

		le = try(call) ? inbox->waits.head : le->next;
		mem_deref(call);
	}
	mem_deref(inbox);
}


const char *wait_target(const struct words *words, enum cmd_kind *kind)
{
	const struct condition *c = find_condition(words->v[0]);

	*kind = c && words->n > 1 ? c->who : CMD_NONE;
	return *kind == CMD_NONE ? NULL : words->v[1];
}


void wait_complete(const struct words *w, size_t at, struct cmd *cmd,
	const char *prefix, core_complete_h *emit, void *arg)
{
	const struct condition *c;
	size_t i, n = w->n - at;

	if (!n) {
		for (i = 0; i < N_CONDITIONS; i++)
			emit(conditions[i].word, NULL, arg);
		return;
	}
	c = find_condition(w->v[at]);
	if (c && n == 1 && c->who == CMD_ACCOUNT)
		core_complete(
			cmd->core, CORE_KIND_ACCOUNT, NULL, prefix, emit, arg);
	else if (c && n == 1 && c->who == CMD_BUDDY)
		core_complete(
			cmd->core, CORE_KIND_BUDDY, NULL, prefix, emit, arg);
	else if (c && n == 2)
		each_state(c, emit, arg);
}


const struct cmd_entry cmd_wait = {
	.name = "wait",
	.items = {{.name = "CONDITION", .kind = CMD_CONDITION, .repeat = true},
		{.flag = "-t", .name = "SECONDS", .kind = CMD_SECONDS}},
	.needs = CMD_HOLDS | CMD_NETWORK,
	.help = "holds the commands behind it until something is so",
	.exec = wait_exec,
};
