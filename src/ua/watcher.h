/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watcher.h - the two halves of a notifier: notify.c takes SUBSCRIBEs,
 * watcher.c sends NOTIFYs. */
#ifndef SOTTO_UA_WATCHER_H
#define SOTTO_UA_WATCHER_H

#include "rate.h"
#include "ua_int.h"

struct ua_notifier {
	struct le le; /* ua->notifiers */
	struct ua *ua; /* NULL once the account is gone */
	struct ua_notifier_handlers h;
	char *event;
	char *content_type;
	struct pl body; /* ours; what active watchers see */
	struct pl closed; /* ours; what politely blocked ones see */
	char *tag; /* entity-tag of body, ... */
	char *closed_tag;
	char *no_tag; /* ... of no body */
	struct list watchers; /* struct watcher, owned */
	struct ua_bye bye;
};

/* One subscription of somebody. */
struct watcher {
	struct le le;
	struct ua_notifier *n;
	struct sip_dialog *dialog;
	struct sip_request *req; /* a NOTIFY under way */
	char *aor;
	char *event; /* Event of the SUBSCRIBE, its id included */
	enum ua_verdict verdict;
	const char *over; /* reason; NULL: it goes on */
	bool dirty; /* there is something to tell */
	bool urgent; /* and it does not wait for the interval */
	bool told; /* a NOTIFY went out */
	char *known; /* entity-tag of what they have, "*": they want none; NULL:
	                they did not say */
	struct rate *rate; /* what they ask for; NULL: nothing */
	uint64_t sent_at; /* the last that had to wait for the interval */
	struct tmr tmr; /* the interval is over */
	struct tmr tmr_due; /* they want to hear again, news or none */
	struct tmr tmr_end; /* the subscription runs out */
};

/* A watcher of N over dialog D, which it takes over. */
struct watcher *watcher_alloc(struct ua_notifier *n, struct sip_dialog *d,
	const struct msg *req, enum ua_verdict verdict);

/* SECONDS from now on; 0: this is the end. */
void watcher_set_expires(struct watcher *w, uint32_t seconds);

/* There is news: soon, or at once where URGENT. W may be gone after. */
void watcher_tell(struct watcher *w, bool urgent);

/* What SUBSCRIBE says of what they have and how often they want to hear, which
 * holds for SECONDS. */
void watcher_take(struct watcher *w, const struct msg *req, uint32_t seconds);

/* True if a SUBSCRIBE in the dialog needs no NOTIFY: they have it all. */
bool watcher_knows(const struct watcher *w);

/* There is no news for it any more. */
void watcher_calm(struct watcher *w);

/* It is gone without a word. */
void watcher_gone(struct watcher *w);

/* terminated;reason=REASON, then it goes. */
void watcher_terminate(struct watcher *w, const char *reason);

#endif
