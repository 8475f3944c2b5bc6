/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_search.c - buddies, people and messages by what is typed. */
#include <errno.h>
#include <string.h>
#include "cmd_int.h"
#include "date.h"
#include "json.h"
#include "mbuf.h"
#include "utf8.h"


static struct json *groups_row(const char *const *groups)
{
	struct json *list;
	size_t i;

	if (!groups)
		return NULL;
	list = json_new_array();
	for (i = 0; groups[i]; i++)
		json_append(list, json_new_str(groups[i]));
	return list;
}


/* One hit: an event of its own in JSON, and a line for a person. */
static void found(const struct core_hit *hit, void *arg)
{
	struct cmd_call *call = arg;
	struct json *row = json_new_object();
	bool buddy = !strcmp(hit->kind, "buddy");

	json_put_str(row, "query", args_get(call->args, "QUERY"));
	json_put_str(row, "kind", hit->kind);
	json_put_str(row, "account", hit->account);
	json_put_str(row, buddy ? "buddy" : "address", hit->peer);
	json_put_str(row, "name", hit->name);
	json_put(row, "groups", groups_row(hit->groups));
	json_put_str(row, "state", hit->state);
	json_put_str(row, "note", hit->note);
	json_put_str(row, "source", hit->source);
	reply_event(call, "search", row, "%s%s%s%s%s%s%s",
		hit->name ? hit->name : "", hit->name ? " " : "", hit->peer,
		hit->state ? " " : "", hit->state ? hit->state : "",
		hit->note ? ", " : "", hit->note ? hit->note : "");
}


/* ---- messages ------------------------------------------------------- */


enum {
	BEFORE_HIT = 40, /* bytes of text shown before the first hit */
	EXCERPT = 200, /* bytes of text shown */
	EXCERPT_MAX = 8 * EXCERPT,
};

/* What a search waits for. */
struct looking {
	unsigned parts;
	int status; /* of the first part that failed */
	char *text;
	char *older; /* where there are older messages: how to see them */
	size_t n;
};


static void looking_destructor(void *data)
{
	struct looking *l = data;

	mem_deref(l->text);
	mem_deref(l->older);
}


/* One part has ended; the outcome is known with the last one. */
static void part_ended(struct cmd_call *call, int status, const char *text)
{
	struct looking *l = call->data;

	if (status && !l->status) {
		l->status = status;
		l->text = mem_strdup(text);
	}
	if (!--l->parts) {
		if (l->status)
			reply_why(call, l->status, mem_strdup(l->text));
		else
			reply_why(call, 0, mem_strdup(l->older));
	}
	reply_paid(call);
}


static void people_ended(const struct core_outcome *outcome, void *arg)
{
	part_ended(arg, outcome->status, outcome->text);
}


/* Characters of TEXT before byte AT. */
static int64_t characters(const char *text, size_t at)
{
	struct pl left = pl_make(text, at);
	int64_t n = 0;
	uint32_t cp;

	for (; left.l; n++)
		pl_skip(&left, utf8_decode(&cp, left.p, left.l));
	return n;
}


/* Pairs: the first character that matched, the first behind it. */
static struct json *marks_row(const struct store_hit *hit)
{
	struct json *marks = json_new_array(), *mark;
	size_t i;

	for (i = 0; i < hit->n; i++) {
		mark = json_new_array();
		json_append(mark,
			json_new_int(characters(
				hit->message.text, hit->marks[i].start)));
		json_append(mark,
			json_new_int(characters(
				hit->message.text, hit->marks[i].end)));
		json_append(marks, mark);
	}
	return marks;
}


/* AT moved back to where a character of TEXT begins. */
static size_t aligned(const char *text, size_t at)
{
	while (at && ((unsigned char)text[at] & 0xc0) == 0x80)
		at--;
	return at;
}


/* The text around the first hit, with each hit in brackets (mem_deref). */
static char *excerpt(const struct store_hit *hit)
{
	const char *text = hit->message.text;
	size_t len = strlen(text), first = hit->n ? hit->marks[0].start : 0;
	size_t at = first > BEFORE_HIT ? aligned(text, first - BEFORE_HIT) : 0;
	size_t end = at + EXCERPT < len ? aligned(text, at + EXCERPT) : len;
	struct mbuf *mb = mbuf_alloc(EXCERPT_MAX);
	char *s;
	size_t i, pos = at;

	(void)mbuf_write_str(mb, at ? "..." : "");
	for (i = 0; i < hit->n && hit->marks[i].end <= end; i++) {
		if (hit->marks[i].start < pos)
			continue;
		(void)mbuf_printf(mb, "%.*s[%.*s]",
			(int)(hit->marks[i].start - pos), text + pos,
			(int)(hit->marks[i].end - hit->marks[i].start),
			text + hit->marks[i].start);
		pos = hit->marks[i].end;
	}
	(void)mbuf_printf(mb, "%.*s%s", (int)(end - pos), text + pos,
		end < len ? "..." : "");
	s = mbuf_strdup(mb);
	mem_deref(mb);
	return s;
}


static void tell_hit(struct cmd_call *call, const struct store_hit *hit)
{
	const struct store_message *m = &hit->message;
	struct store_message short_one = *m;
	char *name = record_name(call->cmd, m), *part = excerpt(hit), *line;
	struct json *row = json_new_object();
	char *clean = reply_line(part);
	char at[DATE_SIZE];

	date_rfc3339(at, m->at);
	json_put_str(row, "query", args_get(call->args, "QUERY"));
	json_put_str(row, "kind", "message");
	json_put_str(row, "account", m->account);
	json_put_str(row, "peer", m->peer);
	json_put_str(row, "direction", m->out ? "out" : "in");
	record_put_id(row, m->id);
	json_put_str(row, "text", m->text);
	json_put_str(row, "at", at);
	json_put(row, "marks", marks_row(hit));
	short_one.text = clean;
	line = record_text(&short_one, name, tmrs_wall(call->cmd->tmrs), true);
	reply_event(call, "search", row, "%s (%llu)", line,
		(unsigned long long)m->id);
	mem_deref(line);
	mem_deref(clean);
	mem_deref(part);
	mem_deref(name);
}


/* One more than shown was asked for: there are older ones then. */
static void hits_told(
	int err, const struct store_hit *hits, size_t n, void *arg)
{
	struct cmd_call *call = arg;
	struct looking *l = call->data;
	bool asked = args_get(call->args, "-m") != NULL;
	char *why = NULL, *quoted;
	size_t i;

	if (err == ENOTSUP) {
		/* Without a flag what there is is searched. */
		part_ended(call, asked ? EX_UNAVAILABLE : 0, T_NO_HISTORY);
		return;
	}
	if (err)
		why = mem_printf(T_STORE_FAILED, strerror(err));
	for (i = 0; !err && call->cmd && !call->done && i < n && i < l->n; i++)
		tell_hit(call, &hits[i]);
	if (!err && call->cmd && l->n && n > l->n) {
		quoted = cmd_quote(args_get(call->args, "QUERY"));
		l->older = mem_printf(T_OLDER_HITS, reply_slash(call),
			(unsigned long long)hits[l->n - 1].message.id, quoted);
		mem_deref(quoted);
	}
	part_ended(call, err ? EX_IOERR : 0, why);
	mem_deref(why);
}


/* ---- the command ---------------------------------------------------- */


static void search_exec(struct cmd_call *call)
{
	const char *query = args_get(call->args, "QUERY");
	bool messages = args_get(call->args, "-m") != NULL;
	struct looking *l = mem_zalloc(sizeof(*l), looking_destructor);
	struct core_account *a;
	int what = 0;

	call->data = l;
	if (!target_account(call, NULL, &a))
		return;
	if (args_get(call->args, "-b"))
		what |= CORE_SEARCH_BUDDIES;
	if (args_get(call->args, "-p"))
		what |= CORE_SEARCH_PEOPLE;
	if (!what && !messages) {
		what = CORE_SEARCH_BUDDIES | CORE_SEARCH_PEOPLE;
		messages = true;
	}
	l->parts = (what != 0) + messages;
	l->n = record_count(call);
	if (what)
		core_search(call->cmd->core, a, what, query, found,
			people_ended, reply_owe(call));
	if (messages)
		core_search_messages(call->cmd->core, a, query,
			record_id(call, "--before"), l->n + 1, hits_told,
			reply_owe(call));
}


const struct cmd_entry cmd_search = {
	.name = "search",
	.items = {{.flag = "-b"}, {.flag = "-p"}, {.flag = "-m"},
		{.flag = "-n", .name = "N", .kind = CMD_NUMBER},
		{.flag = "--before", .name = "ID", .kind = CMD_NUMBER},
		{.name = "QUERY", .kind = CMD_TEXT}},
	.needs = CMD_NETWORK,
	.help = "searches buddies (-b), people (-p) and messages (-m)",
	.exec = search_exec,
};
