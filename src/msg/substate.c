/* SPDX-License-Identifier: GPL-3.0-or-later */
/* substate.c - Event and Subscription-State (RFC 6665 8.2). */
#include <errno.h>
#include <string.h>
#include "msg_int.h"


/* The token that a value begins with; PARAMS gets what follows. */
static bool split_token(
	const struct pl *pl, struct pl *token, struct pl *params)
{
	struct cur c = cur_of(pl);

	cur_lws(&c);
	*token = cur_run(&c, CH_TOKEN);
	cur_lws(&c);
	*params = cur_more(&c) ? cur_rest(&c) : pl_make(NULL, 0);
	return token->l && (!params->p || params->p[0] == ';');
}


int msg_event_decode(struct msg_event *event, const struct pl *pl)
{
	struct msg_event e;

	if (!split_token(pl, &e.package, &e.params))
		return EBADMSG;
	(void)msg_param(&e.params, "id", &e.id);
	*event = e;
	return 0;
}


static enum msg_substate state_find(const struct pl *pl)
{
	if (pl_strcaseeq(pl, "active"))
		return MSG_SUB_ACTIVE;
	if (pl_strcaseeq(pl, "pending"))
		return MSG_SUB_PENDING;
	if (pl_strcaseeq(pl, "terminated"))
		return MSG_SUB_TERMINATED;
	return MSG_SUB_OTHER;
}


static enum msg_subreason reason_find(const struct pl *pl)
{
	static const char *const names[MSG_SUBR_OTHER] = {
		[MSG_SUBR_DEACTIVATED] = "deactivated",
		[MSG_SUBR_PROBATION] = "probation",
		[MSG_SUBR_REJECTED] = "rejected",
		[MSG_SUBR_TIMEOUT] = "timeout",
		[MSG_SUBR_GIVEUP] = "giveup",
		[MSG_SUBR_NORESOURCE] = "noresource",
		[MSG_SUBR_INVARIANT] = "invariant",
	};
	unsigned int i;

	for (i = MSG_SUBR_NONE + 1; i < MSG_SUBR_OTHER; i++) {
		if (pl_strcaseeq(pl, names[i]))
			return (enum msg_subreason)i;
	}
	return MSG_SUBR_OTHER;
}


/* Seconds of parameter NAME; a number too big is the biggest. */
static bool seconds_param(
	const struct pl *params, const char *name, uint32_t *seconds)
{
	struct pl value;
	int err;

	if (!msg_param(params, name, &value))
		return false;
	err = pl_u32(&value, seconds);
	if (err == ERANGE)
		*seconds = UINT32_MAX;
	return err != EINVAL;
}


int msg_subscription_state_decode(
	struct msg_subscription_state *ss, const struct pl *pl)
{
	struct msg_subscription_state s;
	struct pl state, params;

	if (!split_token(pl, &state, &params))
		return EBADMSG;
	memset(&s, 0, sizeof(s));
	s.state = state_find(&state);
	s.params = params;
	if (msg_param(&params, "reason", &s.reason_text))
		s.reason = reason_find(&s.reason_text);
	s.has_expires = seconds_param(&params, "expires", &s.expires);
	s.has_retry_after =
		seconds_param(&params, "retry-after", &s.retry_after);
	*ss = s;
	return 0;
}
