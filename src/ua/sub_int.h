/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sub_int.h - the parts of a subscriber: subscribe.c sends, sub_turn.c says
 * when, subscribed.c takes the answers, notified.c NOTIFYs. */
#ifndef SOTTO_UA_SUB_INT_H
#define SOTTO_UA_SUB_INT_H

#include "mem.h"
#include "ua_int.h"

#define uthash_fatal(msg) mem_oom()
#include <uthash.h>

enum {
	SUB_NEVER = -1, /* no further try */
	SUB_BACKOFF_MAX = 600, /* seconds */
};

struct ua_sub {
	struct le le; /* ua->subs */
	struct le turn; /* ua->subs_asking or ua->subs_waiting */
	uint64_t asked; /* when its turn came */
	struct ua *ua; /* NULL once the account is gone */
	struct ua_sub_handlers h;
	char *target;
	char *event; /* these are shared */
	char *accept;
	char *headers;
	char *content_type;
	char *body;
	size_t len;
	char *etag; /* of the state that was told last in this dialog; NULL:
	               the notifier has none */
	bool conditional; /* what is under way asks for no more than news */
	bool whole; /* the next one asks for all there is */
	bool plain; /* no conditions here: somebody stumbled over one */
	char *max_rate; /* NULL: as it comes */
	bool paced; /* the notifier knows rates */
	uint32_t expires; /* asked for; a 423 raises it */
	bool list;
	struct sip_dialog *dialog; /* NULL: no subscription */
	UT_hash_handle hh; /* ua->subs_by_call_id, with a dialog */
	struct sip_request *req;
	enum ua_sub_state state;
	bool notified; /* a NOTIFY came in this dialog */
	bool seen_active; /* an active one */
	bool stale; /* what is under way has an older body */
	bool finished; /* fetched, or refused for this sign-in */
	unsigned failures; /* one after the other */
	unsigned raises; /* 423s in a row */
	uint64_t restarted; /* when last begun anew at once; 0: never */
	struct tmr tmr; /* next SUBSCRIBE */
	struct tmr tmr_n; /* Timer N: the first or the last NOTIFY */
	struct tmr tmr_end; /* the subscription runs out */
	struct ua_redirect *rd; /* NULL: it never was redirected */
	struct ua_bye *bye; /* NULL: it never was to end */
};

/* It says goodbye. */
bool ua_sub_ends(const struct ua_sub *sub);

/* ... and is done with that; nothing where it does not. */
void ua_sub_bye_finish(struct ua_sub *sub);

/* True while the owner is there and wants to hear. */
bool ua_sub_hears(const struct ua_sub *sub);

/* Tells a state that is new. */
void ua_sub_tell(struct ua_sub *sub, enum ua_sub_state state, const char *why,
	uint16_t status, bool again);

/* The subscription is over; the next try in WAIT seconds or SUB_NEVER. */
void ua_sub_over(
	struct ua_sub *sub, const char *why, uint16_t status, int64_t wait);

/* As above, by back-off, not before AFTER seconds. */
void ua_sub_over_later(
	struct ua_sub *sub, const char *why, uint16_t status, uint32_t after);

/* Over and begun anew at once, unless that happens too often. */
void ua_sub_restart(struct ua_sub *sub, const char *why, uint16_t status);

/* SECONDS are left; a NOTIFY can only SHORTEN. */
void ua_sub_set_expiry(struct ua_sub *sub, uint32_t seconds, bool shorten);

/* The next SUBSCRIBE in MS. */
void ua_sub_start_in(struct ua_sub *sub, uint64_t ms);

/* As above at once, for a goodbye too. */
void ua_sub_go_on_soon(struct ua_sub *sub);

/* True where SUB may send now; else it goes on once its turn comes. */
bool ua_sub_turn_take(struct ua_sub *sub);

/* Its turn is over, unless a SUBSCRIBE is under way; it does not even wait for
 * one any more. */
void ua_sub_turn_over(struct ua_sub *sub);
void ua_sub_turn_leave(struct ua_sub *sub);

/* A NOTIFY has to come now (Timer N). */
void ua_sub_await(struct ua_sub *sub);

/* SUBSCRIBE for EXPIRES seconds, in the dialog that there is. */
int ua_sub_send(struct ua_sub *sub, uint32_t expires);

/* That could not be sent. */
void ua_sub_failed(struct ua_sub *sub, int err);

/* Its answer; ARG: the subscription. */
void ua_sub_answered(const struct sip_result *r, void *arg);

/* Takes what a NOTIFY (or a 2xx that carries one) says; the status to answer
 * with. SS NULL: active. */
uint16_t ua_sub_take(struct ua_sub *sub, const struct msg *msg,
	const struct msg_subscription_state *ss);

#endif
