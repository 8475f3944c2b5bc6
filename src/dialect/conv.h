/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conv.h - conversations, of any dialect: texts in page mode and in sessions,
 * and who is typing. */
#ifndef SOTTO_DIALECT_CONV_H
#define SOTTO_DIALECT_CONV_H

#include "dialect_int.h"

/* What waits to be sent: a text, or a typing notice. */
struct conv_item {
	struct le le;
	char *text; /* NULL: a notice */
	bool active; /* of a notice */
	uint64_t token; /* of a text */
	bool again; /* sent anew after its session was found dead */
	bool paged; /* to go in page mode whatever is known */
	bool embedded; /* it went in the INVITE too */
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
	CONV_INVITING, /* an INVITE, ours or theirs, is not through yet */
	CONV_SESSION, /* a session stands */
	CONV_PAGE, /* opened in page mode */
};

struct conv {
	UT_hash_handle hh;
	struct endpoint *e;
	char *peer;
	enum conv_state state;
	enum conv_takes takes;
	uint64_t takes_until; /* monotonic; asked anew after that */
	bool silent; /* ... as nothing answered */
	unsigned tries; /* INVITEs for one wish of the user */
	struct ua_session *session; /* inviting or open */
	uint64_t opened_at; /* monotonic */
	struct ua_session *ringing; /* theirs, not answered yet */
	struct tmr take; /* ... and taken then */
	struct ua_call *options;
	struct tmr ask_tmr; /* the answer to OPTIONS is late */
	struct tmr kick; /* the next step */
	struct tmr retry; /* after a 491 */
	struct list queue; /* struct conv_item */
	struct conv_item *flying; /* its answer is awaited */
	struct ua_call *flight;
	struct tmr doubt; /* its answer is late */
	bool doubt_again;
	enum endpoint_chat told; /* the last state told */
	bool wanted; /* the user or a key asked to open */
	bool shown; /* ... the user did: page mode is told as open too */
	bool by_them; /* the session is theirs */

	/* It is closed, which is to be told. */
	struct tmr closing;
	const char *closing_via;
	const char *closing_why;
	enum endpoint_by closing_by;

	/* Typing, theirs and ours. */
	struct im_composing theirs;
	bool theirs_told;
	struct tmr theirs_tmr;
	struct im_composer ours;
	bool ours_told; /* the last notice that went said active */
	struct tmr ours_tmr;
	struct ua_call *notice;
	bool keyboard; /* they speak KeyboardActivity */
	bool mute; /* they refused a notice */
};

/* conv.c: the conversation and its next step. */
struct conv *conv_find(struct endpoint *e, const char *peer);
struct conv *conv_get(struct endpoint *e, const char *peer);

/* For what a peer begins; NULL: there are too many. */
struct conv *conv_admit(struct endpoint *e, const char *peer);

/* Around everything that comes from a timer or the network: holds ARG, a
 * conversation, and its endpoint. */
struct conv *conv_enter(void *arg);
void conv_leave(struct conv *c);

/* Does what can be done now, in the next turn. */
void conv_kick(struct conv *c);

/* Tells chat(). */
void conv_tell(struct conv *c, enum endpoint_chat state, const char *via,
	enum endpoint_by by, const char *why, uint16_t code);

void simple_im_online(struct endpoint *e, bool moved);
void simple_im_lost(struct endpoint *e);
void simple_im_goodbye(struct endpoint *e, uint64_t limit);
void simple_im_close(struct endpoint *e);

/* conv_send.c: texts on their way. */
struct conv_item *conv_item_append(struct conv *c, const char *text);
enum endpoint_sent conv_sent_of(const struct ua_result *r);
const char *conv_refusal(const struct ua_result *r, const char *why);
void conv_fail_waiting(struct conv *c, enum endpoint_sent sent, const char *why,
	uint16_t code, uint32_t after);
void conv_paged_waiting(struct conv *c);

/* The session that a text is under way in has gone: an answer that is not
 * there soon will not come. AGAIN: another session is to carry it then. */
void conv_flight_doubt(struct conv *c, bool again);

/* The text that went in the INVITE was TAKEN there, or is to follow. */
void conv_embedded_taken(struct conv *c, bool taken);
void conv_fly(struct conv *c, struct conv_item *t);
bool conv_wants_opening(const struct conv *c, const struct conv_item *t);
void simple_send(
	struct endpoint *e, const char *peer, const char *text, uint64_t token);
size_t simple_text_max(struct endpoint *e, const char *peer);

/* conv_open.c: how a conversation opens. */
enum conv_takes conv_takes(const struct conv *c);
void conv_remember(struct conv *c, enum conv_takes takes);
void conv_alive(struct endpoint *e, const char *peer); /* PEER is there */
void conv_open_start(struct conv *c);
void conv_open_stop(struct conv *c);
bool conv_opening(const struct conv *c); /* asking or inviting */
void conv_opened_page(struct conv *c);
void conv_not_opened(
	struct conv *c, const struct ua_result *r, const char *why);
void simple_chat_open(struct endpoint *e, const char *peer);

/* conv_session.c: the life of a session. */
struct ua_session_handlers conv_session_handlers(struct conv *c);
bool conv_session_isopen(const struct conv *c);
void conv_opened_session(struct conv *c);
void conv_session_take(struct conv *c);
void conv_close(struct conv *c, uint64_t limit, enum endpoint_by by,
	const char *why); /* WHY is constant */
void simple_chat_close(struct endpoint *e, const char *peer);
void simple_invite(struct endpoint *e, struct ua_session *s);

/* conv_typing.c */
void conv_typing_init(struct conv *c);
void conv_typing_send(struct conv *c, struct conv_item *t);
void conv_typing_texted(struct conv *c); /* a text takes its place */
void conv_typing_stop(struct conv *c, bool session);
void conv_typing_keyboard(struct conv *c, bool on);
void conv_typing_theirs(struct conv *c, bool active, uint64_t timeout);
void conv_typing_arrived(struct conv *c); /* ... a text of theirs */
void simple_typing(struct endpoint *e, const char *peer, bool active);

/* incoming.c: MESSAGE and INFO; C: the session's, NULL outside of one. */
void incoming_request(struct endpoint *e, struct conv *c, struct ua_request *r);

#endif
