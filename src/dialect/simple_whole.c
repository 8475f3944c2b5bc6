/* SPDX-License-Identifier: GPL-3.0-or-later */
/* simple_whole.c - what was missed of a subscription's documents is asked for
 * (RFC 3858 4, RFC 4662 5.1): by a server that never tells the whole not for
 * ever. */
#include "simple_int.h"


enum {
	DELAY = 1000, /* ms from a gap to asking for the whole */
	GAP = 10 * 1000, /* ms between two such requests */
	TRIES_MAX = 3, /* without getting it */
};


void simple_whole_want(
	struct simple_whole *w, struct tmrs *tmrs, tmr_h *ask, void *arg)
{
	uint64_t wait = tmrs_until(tmrs, w->asked, GAP);

	if (w->tries < TRIES_MAX && !tmr_isrunning(&w->tmr))
		tmr_start(tmrs, &w->tmr, wait ? wait : DELAY, ask, arg);
}


void simple_whole_ask(
	struct simple_whole *w, const struct tmrs *tmrs, struct ua_sub *sub)
{
	++w->tries;
	w->asked = tmrs_now(tmrs);
	ua_sub_refresh(sub);
}


void simple_whole_came(struct simple_whole *w)
{
	tmr_cancel(&w->tmr);
	w->tries = 0;
}
