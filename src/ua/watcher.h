/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watcher.h - the two halves of a notifier: notify.c takes SUBSCRIBEs,
 * watcher.c sends NOTIFYs. */
#ifndef SOTTO_UA_WATCHER_H
#define SOTTO_UA_WATCHER_H

#include "ua_int.h"

struct ua_notifier {
	struct le le; /* ua->notifiers */
	struct ua *ua; /* NULL once the account is gone */
	struct ua_notifier_handlers h;
	char *event;
	char *content_type;
	struct pl body; /* ours; what active watchers see */
	struct pl closed; /* ours; what politely blocked ones see */
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
	uint64_t sent_at; /* the last that had to wait for the interval */
	struct tmr tmr; /* the interval is over */
	struct tmr tmr_end; /* the subscription runs out */
};

/* A watcher of N over dialog D, which it takes over. */
struct watcher *watcher_alloc(struct ua_notifier *n, struct sip_dialog *d,
	const struct msg *req, enum ua_verdict verdict);

/* SECONDS from now on; 0: this is the end. */
void watcher_set_expires(struct watcher *w, uint32_t seconds);

/* There is news: soon, or at once where URGENT. W may be gone after. */
void watcher_tell(struct watcher *w, bool urgent);

/* terminated;reason=REASON, then it goes. */
void watcher_terminate(struct watcher *w, const char *reason);

#endif
