/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rate.c - notifier: how often at most and at least (RFC 6446). */
#include <stdio.h>
#include <string.h>
#include "msg.h"
#include "rate.h"


enum {
	DIGITS = 10, /* behind the point */
	PERIODS = 4, /* a rolling average spans so many intervals */
};

static const uint64_t one = UINT64_C(10000000000); /* a second */
static const uint64_t own_max = UINT64_C(10000000000) / 5;
static const uint64_t own_min = UINT64_C(10000000000) / 60;


/* 9.2: one or two digits, and one to ten behind a point; not zero. */
static bool rate_decode(
	const struct pl *params, const char *name, uint64_t *rate)
{
	uint64_t value = 0, scale = one;
	struct pl pl;
	size_t i = 0;

	if (!msg_param(params, name, &pl))
		return false;
	for (; i < pl.l && pl.p[i] >= '0' && pl.p[i] <= '9'; i++)
		value = value * 10 + (uint64_t)(pl.p[i] - '0');
	if (i < 1 || i > 2)
		return false;
	value *= one;
	if (i < pl.l) {
		if (pl.p[i] != '.' || pl.l - i - 1 < 1 || pl.l - i - 1 > DIGITS)
			return false;
		for (i++; i < pl.l; i++) {
			if (pl.p[i] < '0' || pl.p[i] > '9')
				return false;
			scale /= 10;
			value += scale * (uint64_t)(pl.p[i] - '0');
		}
	}
	*rate = value;
	return value;
}


static uint64_t interval_of(uint64_t rate)
{
	return (one * 1000 + rate - 1) / rate;
}


static uint64_t period_of(const struct rate *r)
{
	return PERIODS * interval_of(r->adaptive);
}


bool rate_told(const struct pl *params)
{
	uint64_t rate;

	return rate_decode(params, "max-rate", &rate) ||
		rate_decode(params, "min-rate", &rate) ||
		rate_decode(params, "adaptive-min-rate", &rate);
}


/* 5.3, 6.3, 7.3, 8: as our bounds and the other rates allow. */
static void grant(struct rate *r, uint64_t left)
{
	uint64_t most;

	if (r->max && left && interval_of(r->max) > left)
		r->max = (one * 1000 + left - 1) / left;
	if (r->max > own_max)
		r->max = own_max;
	most = r->max && r->max < own_min ? r->max : own_min;
	if (r->min > most)
		r->min = most;
	if (r->adaptive > most)
		r->adaptive = most;
	if (r->adaptive && r->min >= r->adaptive)
		r->min = 0;
}


bool rate_set(
	struct rate *r, const struct pl *params, uint64_t left, uint64_t now)
{
	uint64_t before = r->adaptive, interval;
	size_t i;

	r->max = r->min = r->adaptive = 0;
	(void)rate_decode(params, "max-rate", &r->max);
	(void)rate_decode(params, "min-rate", &r->min);
	(void)rate_decode(params, "adaptive-min-rate", &r->adaptive);
	grant(r, left);
	if (r->adaptive && r->adaptive != before) {
		/* 7.2: it begins with a history of just that rate. */
		interval = interval_of(r->adaptive);
		r->nsent = 0;
		for (i = PERIODS; i > 0; i--)
			rate_sent(r,
				now > (i - 1) * interval
					? now - (i - 1) * interval
					: 0);
	}
	return r->max || r->min || r->adaptive;
}


uint64_t rate_interval(const struct rate *r)
{
	uint64_t interval = r && r->max ? interval_of(r->max) : 0;

	return interval > RATE_INTERVAL ? interval : RATE_INTERVAL;
}


void rate_sent(struct rate *r, uint64_t now)
{
	if (r->nsent == RATE_HISTORY)
		memmove(r->sent, r->sent + 1, --r->nsent * sizeof(r->sent[0]));
	r->sent[r->nsent++] = now;
}


/* 7.4: count / (rate * rate * period). */
static uint64_t adaptive_timeout(const struct rate *r, uint64_t now)
{
	uint64_t period = period_of(r), interval = interval_of(r->adaptive);
	size_t i, count = 0;

	for (i = 0; i < r->nsent; i++)
		count += now - r->sent[i] < period;
	return interval * (count ? count : 1) / PERIODS;
}


uint64_t rate_timeout(const struct rate *r, uint64_t now)
{
	uint64_t timeout = 0, interval = rate_interval(r);

	if (r->adaptive)
		timeout = adaptive_timeout(r, now);
	if (r->min && (!timeout || interval_of(r->min) < timeout))
		timeout = interval_of(r->min);
	return timeout && timeout < interval ? interval : timeout;
}


static void put(struct mbuf *mb, const char *name, uint64_t rate)
{
	char text[40];
	size_t n;

	if (!rate)
		return;
	n = (size_t)snprintf(text, sizeof(text), "%u.%010llu",
		(unsigned)(rate / one) % 100, (unsigned long long)(rate % one));
	while (text[n - 1] == '0')
		n--;
	if (text[n - 1] == '.')
		n--;
	(void)mbuf_printf(mb, ";%s=%.*s", name, (int)n, text);
}


int rate_put(const struct rate *r, struct mbuf *mb)
{
	put(mb, "max-rate", r && r->max ? r->max : own_max);
	if (r) {
		put(mb, "min-rate", r->min);
		put(mb, "adaptive-min-rate", r->adaptive);
	}
	return mbuf_err(mb);
}
