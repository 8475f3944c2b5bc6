/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sub_turn.c - of an account's many SUBSCRIBEs only some wait for an answer at
 * a time; the others wait for their turn. A thousand at once would overflow
 * the socket buffers of both sides, and each costs a request's memory.
 */
#include "sub_int.h"


enum {
	ASKING_MAX = 64, /* SUBSCRIBEs without an answer */
	PATIENCE_MS = 1000, /* who is silent for longer holds up nobody */
};


static void turn_tmr_h(void *arg);


static void patience(struct ua *ua)
{
	struct tmrs *tmrs = ua->stack->tmrs;
	const struct ua_sub *oldest = list_data(ua->subs_asking.head);
	uint64_t past;

	if (list_isempty(&ua->subs_waiting) || !oldest) {
		tmr_cancel(&ua->tmr_subs);
		return;
	}
	past = tmrs_now(tmrs) - oldest->asked;
	tmr_start(tmrs, &ua->tmr_subs,
		past < PATIENCE_MS ? PATIENCE_MS - past : 0, turn_tmr_h, ua);
}


static void ask(struct ua *ua, struct ua_sub *sub)
{
	list_unlink(&sub->turn);
	list_append(&ua->subs_asking, &sub->turn, sub);
	sub->asked = tmrs_now(ua->stack->tmrs);
}


/* Whose turn it is now goes on from a timer of its own. */
static void advance(struct ua *ua)
{
	while (ua->subs_asking.count < ASKING_MAX && ua->subs_waiting.head) {
		struct ua_sub *sub = ua->subs_waiting.head->data;

		ask(ua, sub);
		ua_sub_go_on_soon(sub);
	}
	patience(ua);
}


static void turn_tmr_h(void *arg)
{
	struct ua *ua = arg;
	uint64_t now = tmrs_now(ua->stack->tmrs);

	while (ua->subs_asking.head) {
		struct ua_sub *sub = ua->subs_asking.head->data;

		if (now - sub->asked < PATIENCE_MS)
			break;
		list_unlink(&sub->turn);
	}
	advance(ua);
}


bool ua_sub_turn_take(struct ua_sub *sub)
{
	struct ua *ua = sub->ua;

	if (sub->turn.list == &ua->subs_asking)
		return true;
	if (sub->turn.list)
		return false;
	if (ua->subs_asking.count < ASKING_MAX) {
		ask(ua, sub);
		return true;
	}
	list_append(&ua->subs_waiting, &sub->turn, sub);
	if (!tmr_isrunning(&ua->tmr_subs))
		patience(ua);
	return false;
}


void ua_sub_turn_leave(struct ua_sub *sub)
{
	if (!sub->turn.list)
		return;
	list_unlink(&sub->turn);
	advance(sub->ua);
}


void ua_sub_turn_over(struct ua_sub *sub)
{
	if (sub->ua && !sub->req && sub->turn.list == &sub->ua->subs_asking)
		ua_sub_turn_leave(sub);
}
