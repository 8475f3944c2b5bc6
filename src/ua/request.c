/* SPDX-License-Identifier: GPL-3.0-or-later */
/* request.c - requests that wait for an answer from above. */
#include <errno.h>
#include "ua_int.h"


struct ua_request {
	struct le le; /* ua->requests */
	struct le le_s; /* of a session, if in one */
	struct ua *ua; /* NULL once the account is gone */
	struct ua_stack *stack; /* NULL once answered */
	struct sip_strans *st;
	struct msg *msg;
	struct tmr tmr;
	char source[SA_TEXT_SIZE];
};


/* It waits no more, answered or not. */
static void let_go(struct ua_request *r)
{
	tmr_cancel(&r->tmr);
	list_unlink(&r->le);
	list_unlink(&r->le_s);
	if (r->stack)
		--r->stack->held;
	r->stack = NULL;
	r->ua = NULL;
}


static int answer(struct ua_request *r, uint16_t status, const char *headers)
{
	struct sip_strans *st = r->st;
	struct ua *ua = r->ua;
	int err;

	if (!st)
		return EALREADY;
	r->st = NULL;
	let_go(r);
	err = headers ? ua_reply(ua, st, status, "%s", headers)
		      : ua_reply(ua, st, status, NULL);
	mem_deref(st);
	return err;
}


static void request_destructor(void *data)
{
	struct ua_request *r = data;

	(void)answer(r, 500, NULL);
	let_go(r);
	mem_deref(r->msg);
}


static void deadline_h(void *arg)
{
	struct ua_request *r = arg;

	(void)answer(r, 500, NULL);
}


void ua_request_hold(struct ua *ua, struct sip_strans *st,
	const struct msg *req, struct list *session_list, ua_request_up_h *h,
	void *arg)
{
	struct ua_stack *stack = ua->stack;
	struct ua_request *r;

	if (stack->held >= UA_HELD_MAX) {
		(void)ua_reply(ua, st, 503, "Retry-After: 10\r\n");
		return;
	}
	r = mem_zalloc(sizeof(*r), request_destructor);
	r->ua = ua;
	r->stack = stack;
	r->st = mem_ref(st);
	r->msg = mem_ref((void *)(uintptr_t)req);
	(void)sa_addr_text(sip_strans_source(st), r->source);
	++stack->held;
	list_append(&ua->requests, &r->le, r);
	if (session_list)
		list_append(session_list, &r->le_s, r);
	tmr_start(stack->tmrs, &r->tmr, UA_T_ANSWER, deadline_h, r);
	h(r, arg);
	mem_deref(r);
}


void ua_request_detach(struct ua_request *r)
{
	r->st = mem_deref(r->st);
	let_go(r);
}


const struct msg *ua_request_msg(const struct ua_request *r)
{
	return r->msg;
}


int ua_request_answer(
	struct ua_request *r, uint16_t status, const char *headers)
{
	return answer(r, status, headers);
}


const char *ua_request_source(const struct ua_request *r)
{
	return r->source;
}
