/* SPDX-License-Identifier: GPL-3.0-or-later */
/* composer.c - our own typing: what to tell the peer, and when
 * (RFC 3994 3.2) */
#include "im.h"


void im_composer_init(struct im_composer *c, uint64_t refresh, uint64_t idle)
{
	c->refresh = refresh;
	c->idle = idle;
	c->active = false;
	c->last_key = 0;
	c->last_sent = 0;
}


static uint64_t deadline(const struct im_composer *c)
{
	uint64_t idle = c->last_key + c->idle;
	uint64_t refresh = c->last_sent + c->refresh;

	if (!c->active)
		return IM_NEVER;
	return idle < refresh ? idle : refresh;
}


static enum im_notice tell_active(struct im_composer *c, uint64_t now)
{
	c->active = true;
	c->last_sent = now;
	return IM_NOTICE_ACTIVE;
}


enum im_notice im_composer_key(
	struct im_composer *c, uint64_t now, uint64_t *next)
{
	enum im_notice notice = IM_NOTICE_NONE;

	c->last_key = now;
	if (!c->active || now - c->last_sent >= c->refresh)
		notice = tell_active(c, now);
	*next = deadline(c);
	return notice;
}


enum im_notice im_composer_due(
	struct im_composer *c, uint64_t now, uint64_t *next)
{
	enum im_notice notice = IM_NOTICE_NONE;

	if (c->active && now - c->last_key >= c->idle) {
		c->active = false;
		notice = IM_NOTICE_IDLE;
	} else if (c->active && now - c->last_sent >= c->refresh) {
		notice = tell_active(c, now);
	}
	*next = deadline(c);
	return notice;
}


enum im_notice im_composer_cleared(struct im_composer *c, uint64_t *next)
{
	bool was = c->active;

	c->active = false;
	*next = IM_NEVER;
	return was ? IM_NOTICE_IDLE : IM_NOTICE_NONE;
}


void im_composer_sent(struct im_composer *c, uint64_t *next)
{
	c->active = false;
	*next = IM_NEVER;
}
