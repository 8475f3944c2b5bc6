/* SPDX-License-Identifier: GPL-3.0-or-later */
/* notify.h - notifications, and what the user does at the terminal. */
#ifndef SOTTO_CORE_NOTIFY_H
#define SOTTO_CORE_NOTIFY_H

#include "core_int.h"

/* ---- notify.c ------------------------------------------------------- */

/* What may be worth a notification. */
enum core_news {
	CORE_NEWS_MESSAGE,
	CORE_NEWS_WATCHER,
	CORE_NEWS_CHAT, /* a stranger's session rings */
	CORE_NEWS_ONLINE,
};

/* What the rules look at. */
struct core_notify_facts {
	enum core_news news;
	bool buddy; /* who it is about is in the list */
	bool looked; /* the user looks at the terminal */
	bool in_sight; /* the chat is on the screen */
	unsigned minute; /* of the day, local time */
};

/* How to tell of it: any of these, or 0. */
enum {
	CORE_NOTIFY_BELL = 1,
	CORE_NOTIFY_TERMINAL = 2,
	CORE_NOTIFY_COMMAND = 4,
};
unsigned core_notify_means(
	const struct core *core, const struct core_notify_facts *facts);

/* "22:00-07:00" as minutes of the day; false: it is not that. */
bool core_hours_decode(const char *text, unsigned *from, unsigned *to);

/* EVENT: account, peer, name, and of a message id, text and stranger. */
void core_notify(
	struct core *core, enum core_news news, const struct core_event *event);
void core_notify_flush(struct core *core);

/* ---- notify_command.c ----------------------------------------------- */

/* One notification. */
struct core_note {
	const char *event; /* as in SOTTO_EVENT */
	const char *title, *text;
	const char *account;
	const char *peer; /* empty: not to be told */
	uint64_t id; /* of the newest message; 0: none */
	size_t count; /* of what it tells */
	bool stranger;
};

/* Runs notify-command, unless there is none or too many run. */
void core_notify_command(struct core *core, const struct core_note *note);
void core_notify_command_flush(struct core *core);

/* ---- attention.c: what the user does, and being away ---------------- */

/* Option auto-away is another. */
void core_attention_option(struct core *core);
void core_attention_drop(struct core *core); /* the core goes */

#endif
