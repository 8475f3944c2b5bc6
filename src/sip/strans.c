/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * strans.c - server transactions (RFC 3261 17.2, RFC 6026 7.1, RFC 4320).
 *
 * A transaction is a slot in the table and, while somebody may still act on
 * it, a struct sip_strans. Those finally answered stand in a queue: their
 * timers J, H and L are all 64*T1, so one timer serves for the oldest.
 */
#include <errno.h>
#include <string.h>
#include "strans.h"


enum {
	TIMEOUT = 64 * SIP_T1,
	TRYING_INVITE = 200, /* before a 100 */
	BYTES_MAX = 64 * 1024 * 1024, /* of all: what peers write is long */
};


/* What SLOT keeps in memory is BYTES long now. */
static void charge(struct strans_slot *slot, size_t bytes)
{
	struct sip_strans_table *table = &slot->sip->strans;

	table->bytes = table->bytes - slot->bytes + bytes;
	slot->bytes = (uint32_t)bytes;
}


static void slot_destructor(void *data)
{
	struct strans_slot *slot = data;
	struct sip_strans_table *table = &slot->sip->strans;
	struct sip_strans *st = slot->st;

	charge(slot, 0);
	strans_table_remove(table, slot);
	list_unlink(&slot->le);
	if (st) {
		st->slot = NULL;
		st->sip = NULL;
		tmr_cancel(&st->tmr);
		st->msg = mem_deref(st->msg);
		mem_deref(st);
	}
	mem_deref(slot->resp);
}


static void strans_destructor(void *data)
{
	struct sip_strans *st = data;

	tmr_cancel(&st->tmr);
	mem_deref(st->msg);
	mem_deref(st->flow);
}


static void slot_due(void *arg)
{
	struct strans_slot *slot = arg;

	mem_deref(slot);
}


/* ---- the table ---- */

static void done_due(void *arg)
{
	struct sip *sip = arg;
	struct sip_strans_table *table = &sip->strans;
	uint64_t now = tmrs_now(sip->config.tmrs);
	struct strans_slot *slot;

	while ((slot = list_data(table->done.head)) && slot->due <= now)
		mem_deref(slot);
	if (slot)
		tmr_start(sip->config.tmrs, &table->tmr, slot->due - now,
			done_due, sip);
}


/* SLOT has its final response. */
static void done_add(struct strans_slot *slot)
{
	struct sip *sip = slot->sip;
	struct sip_strans_table *table = &sip->strans;

	slot->due = tmrs_now(sip->config.tmrs) + TIMEOUT;
	list_append(&table->done, &slot->le, slot);
	if (!tmr_isrunning(&table->tmr))
		tmr_start(
			sip->config.tmrs, &table->tmr, TIMEOUT, done_due, sip);
}


/* True if there is room for one more; the oldest answered one makes it. */
static bool table_room(struct sip *sip)
{
	struct sip_strans_table *table = &sip->strans;

	while (table->n >= sip->config.max_transactions ||
		table->bytes > BYTES_MAX) {
		if (list_isempty(&table->done))
			return false;
		mem_deref(list_data(table->done.head));
	}
	return true;
}


static struct strans_slot *slot_find(
	const struct sip *sip, const struct strans_key *key)
{
	return strans_table_find(&sip->strans, STRANS_BY_KEY, key);
}


/* Keeps what is in sip->out as SLOT's response, in a block of its size. */
static void slot_keep(struct strans_slot *slot)
{
	const struct mbuf *out = slot->sip->out;
	const struct msg *msg = slot->st ? slot->st->msg : NULL;

	mem_deref(slot->resp);
	slot->resp = mem_alloc(out->end, NULL);
	slot->resp_len = (uint32_t)out->end;
	memcpy(slot->resp, out->buf, out->end);
	charge(slot, out->end + (msg ? msg->all.l : 0));
}


static void slot_resend(const struct strans_slot *slot, struct sip_flow *flow,
	const struct msg_via *via)
{
	if (slot->resp)
		(void)sip_flow_reply(
			slot->sip, flow, via, slot->resp, slot->resp_len);
}


static void trying_due(void *arg)
{
	struct sip_strans *st = arg;

	(void)sip_strans_answer(st, 100, NULL);
}


static struct sip_strans *strans_new(struct sip *sip, struct sip_flow *flow,
	struct msg *msg, const struct strans_key *key,
	const struct strans_key *merge)
{
	struct sip_strans *st = mem_zalloc(sizeof(*st), strans_destructor);
	struct strans_slot *slot = mem_zalloc(sizeof(*slot), slot_destructor);

	st->sip = sip;
	st->slot = slot;
	st->msg = mem_ref(msg);
	st->flow = mem_ref(flow);
	st->via.has_rport = msg->via.has_rport;
	st->via.port = msg->via.port;
	st->method = msg->method;
	st->began = tmrs_now(sip->config.tmrs);
	slot->st = mem_ref(st);
	slot->sip = sip;
	slot->links[STRANS_BY_KEY].key = *key;
	slot->mergeable = merge;
	if (merge)
		slot->links[STRANS_BY_MERGE].key = *merge;
	strans_table_add(&sip->strans, slot);
	charge(slot, msg->all.l);
	tmr_start(sip->config.tmrs, &st->tmr,
		msg->method == MSG_INVITE ? TRYING_INVITE : STRANS_TRYING_OTHER,
		trying_due, st);
	return st;
}


/* ---- states ---- */

static void resend_due(void *arg)
{
	struct sip_strans *st = arg;

	slot_resend(st->slot, st->flow, &st->via);
	st->interval *= 2;
	if (st->interval > SIP_T2)
		st->interval = SIP_T2;
	tmr_start(st->sip->config.tmrs, &st->tmr, st->interval, resend_due, st);
}


static void invite_final(struct sip_strans *st, uint16_t status)
{
	slot_keep(st->slot);
	done_add(st->slot);
	if (status < 300) {
		st->state = STRANS_ACCEPTED;
		return;
	}
	st->state = STRANS_COMPLETED;
	st->interval = SIP_T1;
	if (!st->flow->transp->reliable)
		tmr_start(st->sip->config.tmrs, &st->tmr, st->interval,
			resend_due, st);
}


/* The request is let go; over a stream nothing can come again (J is 0). */
static void other_final(struct sip_strans *st)
{
	struct strans_slot *slot = st->slot;

	st->state = STRANS_COMPLETED;
	if (st->flow->transp->reliable) {
		mem_deref(slot);
		return;
	}
	st->slot = NULL;
	st->sip = NULL;
	slot->st = NULL;
	slot_keep(slot);
	done_add(slot);
	mem_deref(st);
}


static void provisional(struct sip_strans *st, uint16_t status)
{
	uint64_t waited;

	slot_keep(st->slot);
	tmr_cancel(&st->tmr);
	if (st->method == MSG_INVITE || status != 100)
		return;
	/* The client gives up at 64*T1, and 408 would come too late. */
	waited = tmrs_now(st->sip->config.tmrs) - st->began;
	tmr_start(st->sip->config.tmrs, &st->tmr,
		waited < TIMEOUT ? TIMEOUT - waited : 0, slot_due, st->slot);
}


void sip_strans_sent(struct sip_strans *st, uint16_t status)
{
	if (status < 200) {
		provisional(st, status);
		return;
	}
	tmr_cancel(&st->tmr);
	st->status = status;
	st->msg = mem_deref(st->msg);
	if (st->method == MSG_INVITE)
		invite_final(st, status);
	else
		other_final(st);
}


/* ---- requests ---- */

static void ack_recv(struct sip *sip, struct sip_flow *flow, struct msg *msg)
{
	static const struct pl none = PL_INIT;
	struct strans_key key;
	struct strans_slot *slot;
	struct sip_strans *st;

	sip_strans_key(&key, sip, msg, MSG_INVITE, &msg->to.tag);
	slot = slot_find(sip, &key);
	if (!slot && !sip_strans_has_cookie(&msg->via)) {
		/* Its INVITE had no To tag; the ACK has ours. */
		sip_strans_key(&key, sip, msg, MSG_INVITE, &none);
		slot = slot_find(sip, &key);
		if (slot && slot->st &&
			!pl_streq(&msg->to.tag, slot->st->to_tag))
			slot = NULL;
	}
	st = slot ? slot->st : NULL;
	if (!st || st->state == STRANS_ACCEPTED) {
		(void)sip_listeners_ask(sip, NULL, msg, flow);
		return;
	}
	if (st->state != STRANS_COMPLETED)
		return;
	st->state = STRANS_CONFIRMED;
	if (flow->transp->reliable)
		mem_deref(slot);
	else
		tmr_start(sip->config.tmrs, &st->tmr, SIP_T4, slot_due, slot);
}


/* The transaction that CANCEL means: of any method but its own. */
static struct strans_slot *cancel_target(
	const struct sip *sip, const struct msg *msg)
{
	struct strans_slot *slot = NULL;
	struct strans_key key;
	int m;

	for (m = MSG_UNKNOWN + 1; m < MSG_METHODS && !slot; m++) {
		if (m == MSG_CANCEL || m == MSG_ACK)
			continue;
		sip_strans_key(
			&key, sip, msg, (enum msg_method)m, &msg->to.tag);
		slot = slot_find(sip, &key);
	}
	return slot;
}


static void cancel_recv(struct sip_strans *cancel)
{
	struct strans_slot *slot = cancel_target(cancel->sip, cancel->msg);
	struct sip_strans *st;

	if (!slot) {
		(void)sip_strans_answer(cancel, 481, NULL);
		return;
	}
	st = mem_ref(slot->st);
	if (st)
		memcpy(cancel->to_tag, sip_strans_to_tag(st),
			sizeof(cancel->to_tag));
	(void)sip_strans_answer(cancel, 200, NULL);
	if (st && st->method == MSG_INVITE && !st->status) {
		if (st->cancelh)
			st->cancelh(st->cancel_arg);
		else
			(void)sip_strans_answer(st, 487, NULL);
	}
	mem_deref(st);
}


static void request_up(struct sip_strans *st, struct sip_flow *flow)
{
	struct msg *msg = mem_ref(st->msg);
	bool taken = sip_listeners_ask(st->sip, st, msg, flow);

	/* A BENOTIFY is never answered, whoever takes it. */
	if (msg->method == MSG_BENOTIFY)
		mem_deref(st->slot);
	else if (!taken)
		(void)sip_strans_answer(
			st, pl_isset(&msg->to.tag) ? 481 : 404, NULL);
	/* Taken, but nobody is left who could answer. */
	else if (st->slot && !st->status && mem_nrefs(st) == 2)
		(void)sip_strans_answer(st, 500, NULL);
	mem_deref(msg);
}


static void request_recv(struct sip *sip, struct sip_flow *flow,
	struct msg *msg, const struct strans_key *key)
{
	struct strans_slot *merged = NULL;
	struct strans_key merge;
	struct sip_strans *st;
	bool mergeable = msg->method != MSG_CANCEL && !pl_isset(&msg->to.tag);

	if (mergeable) {
		sip_strans_merge_key(&merge, sip, msg);
		merged = strans_table_find(
			&sip->strans, STRANS_BY_MERGE, &merge);
	}
	if (merged) {
		sip_strans_refuse(sip, flow, msg, &flow->peer, 482, NULL);
		return;
	}
	if (!table_room(sip)) {
		sip_strans_refuse(sip, flow, msg, &flow->peer, 503, NULL);
		return;
	}
	st = strans_new(sip, flow, msg, key, mergeable ? &merge : NULL);
	if (msg->method == MSG_CANCEL)
		cancel_recv(st);
	else
		request_up(st, flow);
	mem_deref(st);
}


bool sip_strans_recv(struct sip *sip, struct sip_flow *flow, struct msg *msg,
	const struct sa *src)
{
	struct strans_slot *slot;
	struct strans_key key;

	(void)src;
	if (msg->method == MSG_ACK) {
		ack_recv(sip, flow, msg);
		return true;
	}
	sip_strans_key(&key, sip, msg, msg->method, &msg->to.tag);
	slot = slot_find(sip, &key);
	if (!slot)
		request_recv(sip, flow, msg, &key);
	/* After a 2xx or an ACK, copies of the INVITE are only absorbed. */
	else if (!slot->st || slot->st->state == STRANS_PROCEEDING ||
		slot->st->state == STRANS_COMPLETED)
		slot_resend(slot, flow, &msg->via);
	return true;
}


/* ---- what the user of a transaction sees ---- */

const struct msg *sip_strans_msg(const struct sip_strans *st)
{
	return st->msg;
}


struct sip_flow *sip_strans_flow(const struct sip_strans *st)
{
	return st->flow;
}


const struct sa *sip_strans_source(const struct sip_strans *st)
{
	return &st->flow->peer;
}


void sip_strans_on_cancel(struct sip_strans *st, sip_cancel_h *h, void *arg)
{
	st->cancelh = h;
	st->cancel_arg = arg;
}


void sip_strans_flush(struct sip *sip)
{
	tmr_cancel(&sip->strans.tmr);
	strans_table_flush(&sip->strans);
}


size_t sip_strans_count(const struct sip *sip)
{
	return sip->strans.n;
}
