/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dialect_int.h - what the files of the dialect floor share: the endpoint,
 * the table that a dialect is, and SIMPLE's conversations and watches.
 */
#ifndef SOTTO_DIALECT_INT_H
#define SOTTO_DIALECT_INT_H

#include <uthash.h>
#include "dialect.h"
#include "im.h"
#include "list.h"
#include "pres.h"
#include "ua.h"

struct conv;
struct simple_watch;

struct dialect_stack {
	struct ua_stack *ua;
	struct tmrs *tmrs;
	struct rand *rand;
	struct log *log;
};

/*
 * A dialect: which requests carry what an endpoint is asked for. The
 * functions get the endpoint, whose fields below are theirs to use.
 */
struct dialect {
	const char *name;

	/* The account is online now, or is no more. */
	void (*online)(struct endpoint *e);
	void (*lost)(struct endpoint *e, const char *why);

	/* Starts every goodbye; each calls endpoint_goodbye_done() at its
	 * end, after as many endpoint_goodbye_begin(). */
	void (*goodbye)(struct endpoint *e, uint64_t limit);

	void (*watch)(struct endpoint *e, const char *peer);
	void (*unwatch)(struct endpoint *e, const char *peer);
	void (*fetch)(struct endpoint *e, const char *peer);
	void (*publish)(struct endpoint *e);
	void (*decide)(struct endpoint *e, const char *peer,
		enum endpoint_verdict verdict);
	void (*send)(struct endpoint *e, const char *peer, const char *text,
		uint64_t token);
	void (*typing)(struct endpoint *e, const char *peer, bool active);
	void (*chat_open)(struct endpoint *e, const char *peer);
	void (*chat_close)(struct endpoint *e, const char *peer);
	size_t (*text_max)(struct endpoint *e, const char *peer);

	/* From the network. */
	void (*message)(struct endpoint *e, struct ua_request *r);
	void (*invite)(struct endpoint *e, struct ua_session *s,
		const struct msg *req);

	/* Releases what the dialect holds, without a word on the wire. */
	void (*close)(struct endpoint *e);
};

extern const struct dialect dialect_simple;

enum endpoint_session {
	SESSION_AUTO,
	SESSION_PAGE,
	SESSION_ALWAYS,
};

struct endpoint {
	struct dialect_stack *stack;
	const struct dialect *ops;
	struct endpoint_handlers h;
	struct ua *ua;
	char *aor;
	char *tuple_id;
	enum endpoint_session session;
	bool publish;
	bool typing;
	uint32_t expires;

	/* Own presence. */
	struct presence *own; /* NULL until told */
	enum endpoint_visibility visibility;

	/* Sign-out under way. */
	size_t goodbyes;
	void (*gone)(void *arg);
	void *gone_arg;

	/* SIMPLE. */
	struct simple_watch *watches; /* hash by peer */
	struct list fetches;
	struct ua_notifier *notifier;
	struct ua_publisher *publisher;
	struct conv *convs; /* hash by peer */
};

void endpoint_goodbye_begin(struct endpoint *e);
void endpoint_goodbye_done(void *arg); /* ARG: the endpoint */

/* ---- presence (simple_presence.c) ---- */
void simple_presence_online(struct endpoint *e);
void simple_presence_lost(struct endpoint *e, const char *why);
void simple_presence_goodbye(struct endpoint *e, uint64_t limit);
void simple_presence_close(struct endpoint *e);
void simple_watch(struct endpoint *e, const char *peer);
void simple_unwatch(struct endpoint *e, const char *peer);
void simple_fetch(struct endpoint *e, const char *peer);
void simple_publish(struct endpoint *e);
void simple_decide(
	struct endpoint *e, const char *peer, enum endpoint_verdict verdict);
int simple_notifier_open(struct endpoint *e);

/* ---- conversations (conv.c, conv_open.c, conv_typing.c) ---- */

/* A text on its way, or waiting for the one before it. */
struct conv_text {
	struct le le;
	char *text;
	uint64_t token;
	bool again; /* sent anew after its session was found dead */
	bool paged; /* to go in page mode whatever is known */
};

/* What is known of a peer's liking for sessions. */
enum conv_takes {
	CONV_TAKES_UNKNOWN,
	CONV_TAKES_PAGE,
	CONV_TAKES_SESSION,
};

enum conv_state {
	CONV_IDLE, /* nothing open */
	CONV_ASKING, /* OPTIONS is out */
	CONV_INVITING, /* our INVITE is out */
	CONV_SESSION, /* a session stands */
	CONV_PAGE, /* opened in page mode */
};

struct conv {
	UT_hash_handle hh;
	struct endpoint *e; /* NULL once the endpoint has gone */
	char *peer;
	enum conv_state state;
	enum conv_takes takes;
	uint64_t takes_until; /* monotonic; what is known is asked anew */
	struct ua_session *session; /* inviting or open */
	struct ua_session *ringing; /* theirs, not answered yet */
	struct ua_call *options;
	struct tmr options_tmr;
	struct tmr kick; /* runs conv_run() */
	struct tmr retry; /* after a 491 */
	struct list queue;
	struct conv_text *flying; /* its answer is awaited */
	struct ua_call *flight;
	bool opening; /* CHAT_OPENING was told, nothing since */
	bool wanted; /* the user or a key asked to open */
	bool shown; /* ... the user did: page mode is told as open too */
	bool by_them; /* the session is theirs */
	const char *closing_via; /* closed by us, to be told */
	struct tmr closing;

	/* Typing, theirs and ours. */
	struct im_composing theirs;
	struct tmr theirs_tmr;
	struct im_composer ours;
	struct tmr ours_tmr;
	struct ua_call *notice;
	bool notice_due; /* an active notice waits for the way to open */
	bool keyboard; /* they speak KeyboardActivity */
	bool mute; /* they refused a notice */
};

struct conv *conv_find(struct endpoint *e, const char *peer);
struct conv *conv_get(struct endpoint *e, const char *peer);

/* Does what can be done now, in the next turn. */
void conv_kick(struct conv *c);

/* Tells chat() and forgets that it was opening. */
void conv_tell(struct conv *c, enum endpoint_chat state, const char *via,
	enum endpoint_by by, const char *why, uint16_t code);

/* Answers the text at hand; T is released. */
void conv_text_done(struct conv *c, struct conv_text *t,
	const struct endpoint_outcome *outcome);

/* The outcome of a text whose request ended with R. */
enum endpoint_sent conv_sent_of(const struct ua_result *r);

/* Opening (conv_open.c). */
void conv_open_start(struct conv *c);
bool conv_opening(const struct conv *c); /* asking or inviting */
void conv_open_stop(struct conv *c);
void conv_session_take(struct conv *c, struct ua_session *s);
void conv_session_end(struct conv *c, uint64_t limit);
void conv_close(struct conv *c, uint64_t limit);
void conv_fail_waiting(struct conv *c, enum endpoint_sent sent, const char *why,
	uint16_t code, uint32_t after);

/* Typing (conv_typing.c). */
void conv_typing_key(struct conv *c, bool active);
void conv_typing_opened(struct conv *c);
void conv_typing_sent(struct conv *c);
void conv_typing_stop(struct conv *c);
void conv_typing_theirs(struct conv *c, bool active, uint64_t timeout);
void conv_typing_message(struct conv *c);
bool conv_notice_flying(const struct conv *c);

/* Texts and typing from the network (incoming.c). */
void incoming_request(struct endpoint *e, struct ua_request *r, bool session);

/* dialect_simple's functions of the conversations (simple_im.c). */
void simple_send(
	struct endpoint *e, const char *peer, const char *text, uint64_t token);
void simple_typing(struct endpoint *e, const char *peer, bool active);
void simple_chat_open(struct endpoint *e, const char *peer);
void simple_chat_close(struct endpoint *e, const char *peer);
size_t simple_text_max(struct endpoint *e, const char *peer);
void simple_invite(
	struct endpoint *e, struct ua_session *s, const struct msg *req);
void simple_im_online(struct endpoint *e);
void simple_im_lost(struct endpoint *e, const char *why);
void simple_im_goodbye(struct endpoint *e, uint64_t limit);
void simple_im_close(struct endpoint *e);

#endif
