/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * retry.c - when a registration that failed is tried again (RFC 5626 4.5, RFC
 * 3261 21.5.4).
 *
 * RFC 5626 4.5 lets a client wait 30 s, doubled with each failure up to half
 * an hour, and any time between half of that and all of it, so that clients
 * who lost one server do not come back as one. That spares a server that is
 * there and has too much to do: it answered with 5xx, or was silent for 32 s.
 *
 * Where nobody listens, the system of that host (or our own, without a
 * network) answers at once and for the server: ICMP, a reset of the
 * connection. No REGISTER reaches anybody, so there is no server to spare,
 * and asking costs a packet each way. 4.5 says that its times may be set: for
 * this kind of failure we begin with a second and stay below eight, so that
 * who restarts a server has its users back within that. The chance is the same
 * as in 4.5: between half and all, in milliseconds, so that a thousand clients
 * come back over four seconds. A server that is gone for long gets the slow
 * times after ten minutes, from their beginning.
 */
#include <errno.h>
#include "ua_int.h"


enum {
	SLOW_BASE = 30, /* seconds, as 4.5 has it */
	QUICK_BASE_MS = 1000,
	QUICK_MAX_MS = 8000,
	QUICK_FOR_MS = 600 * 1000,
	TLS_WAIT_MAX = 1800, /* seconds before a refused certificate is
	                        looked at again */
	NUDGE_MS = 2000, /* from one try to another that was asked for */
	DOUBLE_MAX = 16,
};


/* Half of UPPER and some chance up to all of it. */
static uint64_t spread(struct ua *ua, uint64_t upper)
{
	uint32_t half = (uint32_t)(upper / 2);

	return upper - half + rand_below(ua->stack->rand, half + 1);
}


uint32_t ua_backoff(struct ua *ua, unsigned n, uint32_t max)
{
	uint64_t wait = (uint64_t)SLOW_BASE
		<< (n < DOUBLE_MAX ? n : DOUBLE_MAX);

	return (uint32_t)spread(ua, wait > max ? max : wait);
}


bool ua_retry_heals(const struct ua_result *r)
{
	if (r->wrong_password || r->err == EACCES)
		return false;
	if (r->retry_after)
		return true;
	if (r->tls || r->err)
		return r->err != ECANCELED;
	switch (r->status) {
	case 408:
	case 430:
	case 480:
	case 486:
	case 491:
		return true;
	case 501:
	case 505:
	case 513:
		return false;
	default:
		return r->status >= 500 && r->status != 603 &&
			r->status != 604 && r->status != 606;
	}
}


/* True where no server had anything to do with it. */
static bool is_nobody(const struct ua_result *r)
{
	if (r->msg || r->tls || r->retry_after)
		return false;
	switch (r->err) {
	case EADDRNOTAVAIL:
	case EAGAIN: /* no name server answers */
	case ECONNABORTED:
	case ECONNREFUSED:
	case ECONNRESET:
	case EHOSTDOWN:
	case EHOSTUNREACH:
	case ENETDOWN:
	case ENETUNREACH:
		return true;
	default:
		return false;
	}
}


static uint64_t quick_wait(struct ua_retry *retry, struct ua *ua)
{
	unsigned n = ++retry->quick;
	uint64_t upper = (uint64_t)QUICK_BASE_MS
		<< (n < DOUBLE_MAX ? n : DOUBLE_MAX);

	return spread(ua, upper > QUICK_MAX_MS ? QUICK_MAX_MS : upper);
}


static uint64_t slow_wait(
	struct ua_retry *retry, struct ua *ua, const struct ua_result *r)
{
	uint32_t wait;

	++retry->slow;
	if (r->tls)
		wait = ua_backoff(ua, DOUBLE_MAX, TLS_WAIT_MAX);
	else
		wait = ua_backoff(ua, retry->slow, UA_BACKOFF_MAX);
	if (wait < r->retry_after)
		wait = r->retry_after;
	return (uint64_t)wait * 1000;
}


uint64_t ua_retry_failed(
	struct ua_retry *retry, struct ua *ua, const struct ua_result *r)
{
	uint64_t now = tmrs_now(ua->stack->tmrs);

	if (!retry->failed)
		retry->since = now;
	retry->failed = true;
	retry->last = now;
	/* What somebody typed may shorten a wait of ours, not one that the
	 * server asked for. */
	retry->ordered = r->retry_after || r->tls;
	retry->brief = is_nobody(r) && now - retry->since < QUICK_FOR_MS;
	return retry->brief ? quick_wait(retry, ua) : slow_wait(retry, ua, r);
}


bool ua_retry_may_hurry(const struct ua_retry *retry)
{
	return retry->failed && !retry->ordered;
}


uint64_t ua_retry_hurry(const struct ua_retry *retry, const struct ua *ua)
{
	uint64_t since = tmrs_now(ua->stack->tmrs) - retry->last;

	return since < NUDGE_MS ? NUDGE_MS - since : 0;
}


void ua_retry_reset(struct ua_retry *retry)
{
	*retry = (struct ua_retry){0};
}
