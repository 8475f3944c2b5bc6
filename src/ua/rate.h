/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rate.h - how often a watcher is notified at most and at least (RFC 6446). */
#ifndef SOTTO_UA_RATE_H
#define SOTTO_UA_RATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "mbuf.h"
#include "pl.h"

enum {
	RATE_INTERVAL = 5000, /* ms between two NOTIFYs, whatever is asked for
				 (RFC 3856 6.10) */
	RATE_HISTORY = 64,
};

/* What a watcher asks for, as far as it is granted; in tens of billionths a
 * second, 0: nothing. */
struct rate {
	uint64_t max;
	uint64_t min;
	uint64_t adaptive;
	uint64_t sent[RATE_HISTORY]; /* when the last NOTIFYs went out */
	size_t nsent;
};

/* True if PARAMS of an Event or Subscription-State tell any rate. */
bool rate_told(const struct pl *params);

/* What PARAMS of an Event ask for, granted for a subscription that has LEFT ms;
 * false: nothing. NOW begins its history. */
bool rate_set(
	struct rate *r, const struct pl *params, uint64_t left, uint64_t now);

/* The least time between two NOTIFYs, ms. R may be NULL. */
uint64_t rate_interval(const struct rate *r);

/* A NOTIFY goes out. */
void rate_sent(struct rate *r, uint64_t now);

/* Ms after the last NOTIFY when the next one is due; 0: never by itself. */
uint64_t rate_timeout(const struct rate *r, uint64_t now);

/* ";max-rate=0.2" for a Subscription-State; R NULL: our own bound. */
int rate_put(const struct rate *r, struct mbuf *mb);

#endif
