/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reinvite.c - our re-INVITE: after a change of flow the peer is to know where
 * we are (RFC 3261 12.2, 14.1). */
#include <errno.h>
#include "session.h"


enum {
	BUSY_WAIT = 2000, /* ms; their INVITE has no ACK yet */
};


static void refresh_due(void *arg);


static void refresh_in(struct ua_session *s, uint32_t ms)
{
	tmr_start(s->ua->stack->tmrs, &s->tmr_refresh, ms, refresh_due, s);
}


/* DI9: who owns the Call-ID waits 2.1 to 4 s, the other 0 to 2 s, both in
 * steps of 10 ms. */
static uint32_t glare_wait(const struct ua_session *s)
{
	struct rand *rand = s->ua->stack->rand;

	return s->incoming ? rand_below(rand, 201) * 10
			   : 2100 + rand_below(rand, 191) * 10;
}


static void refreshed(struct ua_session *s, struct sip_request *req,
	const struct sip_result *r)
{
	struct ua_result result;

	if (r->msg && r->status / 100 == 2) {
		(void)sip_dialog_response(s->dialog, r->msg);
		(void)sip_request_ack(req, s->dialog, r->msg);
	} else if (r->msg && r->status == 491) {
		refresh_in(s, glare_wait(s));
	} else if (r->status == 481 || r->status == 408) {
		ua_result_set(&result, r);
		session_over(s, false, &result, result.why);
	}
}


static void refresh_h(const struct sip_result *r, void *arg)
{
	struct ua_session *s = arg;
	struct sip_request *req = s->refresh;

	if (!r->final || !req)
		return;
	mem_ref(s);
	s->refresh = NULL;
	if (s->state == SESSION_OPEN)
		refreshed(s, req, r);
	mem_deref(req);
	mem_deref(s);
}


static void refresh_due(void *arg)
{
	struct ua_session *s = arg;
	char *text = mem_printf("Allow: %s\r\n", ua_allow);
	const struct pl headers = pl_str(text);
	const struct sip_request_params params = {
		.dialog = s->dialog,
		.method = "INVITE",
		.contact = true,
		.headers = &headers,
		.content_type = "application/sdp",
		.body = pl_str(s->sdp),
	};

	if (s->st || s->refresh)
		refresh_in(s, BUSY_WAIT);
	else
		(void)sip_request_send(&s->refresh, &params, refresh_h, s);
	mem_deref(text);
}


void ua_session_account(struct ua_session *s)
{
	if (s->ua->state == UA_ONLINE && s->state == SESSION_OPEN &&
		!s->bye.active)
		refresh_in(s, 0);
}
