/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bye.c - a goodbye: told once, soon after its answer or after its limit. */
#include "ua_int.h"


static void count_down(struct ua_bye *b)
{
	struct ua *ua = b->ua;

	b->ua = NULL;
	if (ua) {
		--ua->byes;
		ua_stop_check(ua);
	}
}


static void bye_tmr_h(void *arg)
{
	struct ua_bye *b = arg;
	void (*done)(void *arg) = b->done;
	void *self = b->self;

	count_down(b);
	b->active = false;
	if (done)
		done(b->arg);
	mem_deref(self);
}


void ua_bye_init(struct ua_bye *b, const struct ua *ua, void *self)
{
	b->self = self;
	b->tmrs = ua->stack->tmrs;
}


void ua_bye_start(struct ua_bye *b, struct ua *ua, uint64_t limit,
	void (*done)(void *arg), void *arg)
{
	if (b->active)
		return;
	b->active = true;
	mem_ref(b->self);
	b->ua = ua;
	b->done = done;
	b->arg = arg;
	if (ua)
		++ua->byes;
	tmr_start(b->tmrs, &b->tmr, ua ? limit : 0, bye_tmr_h, b);
}


void ua_bye_finish(struct ua_bye *b)
{
	if (b->active)
		tmr_start(b->tmrs, &b->tmr, 0, bye_tmr_h, b);
}


void ua_bye_detach(struct ua_bye *b)
{
	ua_bye_finish(b);
	count_down(b);
}


void ua_bye_cancel(struct ua_bye *b)
{
	tmr_cancel(&b->tmr);
	count_down(b);
	b->active = false;
}
