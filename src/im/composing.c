/* SPDX-License-Identifier: GPL-3.0-or-later */
/* composing.c - the peer's typing: how long it holds (RFC 3994 3.3) */
#include "im.h"

enum {
	TIMEOUT_MAX = 3600 * 1000,
};


static bool become(struct im_composing *c, bool active, uint64_t *next)
{
	bool changed = c->active != active;

	c->active = active;
	*next = active ? c->until : IM_NEVER;
	return changed;
}


bool im_composing_notice(struct im_composing *c, bool active, uint64_t timeout,
	uint64_t now, uint64_t *next)
{
	if (!timeout)
		timeout = IM_REFRESH;
	if (timeout > TIMEOUT_MAX)
		timeout = TIMEOUT_MAX;
	if (active)
		c->until = now + timeout;
	return become(c, active, next);
}


bool im_composing_message(struct im_composing *c, uint64_t *next)
{
	return become(c, false, next);
}


bool im_composing_due(struct im_composing *c, uint64_t now, uint64_t *next)
{
	return become(c, c->active && now < c->until, next);
}
