/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session.h - the insides of a session.
 *
 * invite.c    our INVITE: offer, answer, ACK, CANCEL, forks
 * invited.c   theirs: ringing, the 200 until its ACK, re-INVITE
 * reinvite.c  our re-INVITE
 * session.c   requests within the dialog, the end
 */
#ifndef SOTTO_UA_SESSION_H
#define SOTTO_UA_SESSION_H

#include "ua_int.h"

enum session_state {
	SESSION_CALLING, /* our INVITE has no final answer */
	SESSION_RINGING, /* theirs has none */
	SESSION_ACCEPTED, /* our 200 has no ACK */
	SESSION_OPEN,
	SESSION_CLOSED,
};

struct ua_session {
	struct le le; /* ua->sessions, until closed */
	struct ua *ua; /* NULL once the account is gone */
	struct ua_session_handlers h;
	enum session_state state;
	bool mute; /* refused by us: nothing is told any more */
	bool incoming;
	bool rang; /* a 180 was told or sent */
	bool counted; /* in stack->ringing */
	struct sip_dialog *dialog;
	struct sip_request *req; /* our INVITE or BYE */
	struct sip_request *refresh; /* our re-INVITE */
	struct sip_strans *st; /* their INVITE, unanswered or without ACK */
	uint32_t cseq; /* of st */
	char *sdp; /* ours */
	struct msg *answer; /* the 200 to our INVITE */
	char *to;
	char *headers;
	char *peer;
	char *name_text;
	struct pl name;
	char source[SA_TEXT_SIZE]; /* of their INVITE */
	struct tmr tmr; /* it has rung for too long */
	struct tmr tmr_refresh;
	struct tmr tmr_ok; /* the 200 again */
	uint64_t wait; /* till then */
	uint64_t waited; /* since the first */
	struct list requests; /* struct ua_request */
	struct list calls; /* struct ua_call */
	struct ua_redirect rd;
	struct ua_bye bye;
};

struct ua_session *session_new(struct ua *ua, enum session_state state);

/* True while the owner is there and wants to hear; every way in holds a
 * reference, so a second one is the owner's. */
bool session_hears(const struct ua_session *s);

/* It is over: tells last. */
void session_over(struct ua_session *s, bool by_peer,
	const struct ua_result *result, const char *why);

/* The peer has our 200, or we have theirs. */
void session_opened(struct ua_session *s);

/* Ends the dialog; bye_finish() when answered. */
void session_send_bye(struct ua_session *s);

/* No longer unanswered. */
void session_uncount(struct ua_session *s);

/* Nothing is to come from their INVITE any more. */
void session_drop_st(struct ua_session *s);

/* ACK, and an INVITE within the dialog. */
void session_recv_ack(struct ua_session *s, const struct msg *req);
void session_recv_invite(
	struct ua_session *s, struct sip_strans *st, const struct msg *req);

/* Answers their unanswered INVITE with a refusal. */
void session_refuse(struct ua_session *s, uint16_t status);

#endif
