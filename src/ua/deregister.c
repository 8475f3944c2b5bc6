/* SPDX-License-Identifier: GPL-3.0-or-later */
/* deregister.c - a registrar that ends our registration by itself tells it in
 * a NOTIFY or BENOTIFY of its own ([MS-SIPREGE] 3.1). */
#include <string.h>
#include "ua_int.h"


static const char event_name[] = "registration-notify";

/* What stands behind "event=" in the body. */
static const struct {
	const char *word;
	const char *why;
	bool again; /* another server may take us */
} endings[] = {
	{"unregistered", "signed out: you signed in somewhere else", false},
	{"rejected", "signed out: the server refuses this account now", false},
	{"deactivated", "the server sent us to another one", true},
};


static bool is_ours(const struct ua *ua, const struct msg *req)
{
	struct msg_event event;
	struct pl value;

	return ua->profile.microsoft && ua->reg &&
		(req->method == MSG_NOTIFY || req->method == MSG_BENOTIFY) &&
		msg_value(req, HDR_EVENT, &value) &&
		!msg_event_decode(&event, &value) &&
		pl_strcaseeq(&event.package, event_name);
}


/* The row of BODY, "deregistered;event=WORD"; NULL: it says nothing. */
static const char *ending_find(const struct pl *body, bool *again)
{
	static const struct pl mark = PL("deregistered;");
	struct pl text = pl_trim(body), params, word;
	size_t i;

	if (text.l < mark.l || memcmp(text.p, mark.p, mark.l) != 0)
		return NULL;
	params = pl_make(text.p + mark.l - 1, text.l - mark.l + 1);
	if (!msg_param(&params, "event", &word))
		return NULL;
	for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		if (!pl_strcaseeq(&word, endings[i].word))
			continue;
		*again = endings[i].again;
		return endings[i].why;
	}
	*again = false;
	return "signed out by the server";
}


bool ua_dereg_recv(struct ua *ua, struct sip_strans *st, const struct msg *req,
	const struct sip_flow *flow)
{
	const char *why;
	char *cause;
	bool again;

	/* Only the registrar's own connection says so. */
	if (!is_ours(ua, req) || sip_agent_flow(ua->agent) != flow)
		return false;
	if (req->method == MSG_NOTIFY)
		(void)ua_reply(ua, st, 200, NULL);
	why = ending_find(&req->body, &again);
	if (!why || ua->stopping)
		return true;
	cause = sip_cause(req);
	ua_reg_removed(ua->reg, cause ? cause : why, again);
	mem_deref(cause);
	return true;
}
