/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pace.c - how often frames are drawn that nobody waits for: a few at once
 * after a rest, then one after the other. */
#include "pace.h"


enum {
	REST_MS = PACE_MS * (PACE_AT_ONCE - 1),
};


void pace_count(struct pace *p, uint64_t now)
{
	if (p->due + REST_MS < now)
		p->due = now - REST_MS;
	/* Many keys do not hold up what comes by itself. */
	if (p->due <= now)
		p->due += PACE_MS;
}


uint64_t pace_wait(struct pace *p, uint64_t now)
{
	if (p->due > now)
		return p->due - now;
	pace_count(p, now);
	return 0;
}
