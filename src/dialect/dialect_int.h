/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dialect_int.h - what the files of the dialect floor share: the endpoint, and
 * the table that a dialect is. */
#ifndef SOTTO_DIALECT_INT_H
#define SOTTO_DIALECT_INT_H

#include <uthash.h>
#include "dialect.h"
#include "http.h"
#include "im.h"
#include "list.h"
#include "pres.h"
#include "ua.h"

struct conv;
struct ms;
struct simple_lists;
struct simple_removal;
struct simple_rls;
struct simple_rules;
struct simple_rules_read;
struct simple_watch;
struct simple_winfo;
struct way;
struct xcap;
struct xcap_request;

enum {
	DIALECT_GOODBYE = 2000, /* ms for a BYE or the like beside the rest */
};

struct dialect_stack {
	struct ua_stack *ua;
	struct tmrs *tmrs;
	struct rand *rand;
	struct log *log;
	struct loop *loop;
	struct http_way http; /* without a request: the real one, with LOOP */
	char *lang; /* in which notes are read where there is a choice */
};

/*
 * A dialect: which requests carry what an endpoint is asked for. The
 * functions get the endpoint, whose fields below are theirs to use.
 */
struct dialect {
	const char *name;
	bool sessions; /* texts go by session, unless the user wants pages */
	bool keyboard; /* peers speak KeyboardActivity from the beginning */

	/* Before the user agent is made: what it adds to the wire, and the
	 * instance to register (borrowed). NULL: nothing. */
	const char *(*profile)(struct endpoint *e, struct ua_profile *profile,
		const struct endpoint_config *config);

	/* Lines for the INVITE of C (mem_deref); NULL: none. TOOK: what its
	 * 200 says of the text in them. */
	char *(*invite_headers)(const struct conv *c);
	bool (*took_text)(const struct msg *answer);

	/* Others of the user's devices are there too, who may want a session
	 * of theirs as well; NULL: never. */
	bool (*shares)(const struct endpoint *e);

	/* The account is online now, or is no more (see endpoint_reason()).
	 * MOVED: it is reached at another address than the last time. RESP is
	 * the answer to REGISTER; NULL: there is none. Called within a hold;
	 * neither calls a handler. */
	void (*online)(struct endpoint *e, bool moved, const struct msg *resp);
	void (*lost)(struct endpoint *e);

	/* Starts every goodbye; the user agent waits for their ends. */
	void (*goodbye)(struct endpoint *e, uint64_t limit);

	/* The contact list that the server keeps; NULL: it keeps none. */
	void (*contact_set)(
		struct endpoint *e, const struct endpoint_contact *contact);
	void (*contact_drop)(struct endpoint *e, const char *peer);

	void (*watch)(struct endpoint *e, const char *peer);
	void (*unwatch)(struct endpoint *e, const char *peer);
	void (*watch_each)(struct endpoint *e,
		void (*h)(struct endpoint *e, const char *peer, void *arg),
		void *arg);

	/* SUBSCRIBE to PEER once (fetch.c); and reading what comes: 0 and *PP
	 * (mem_deref; NULL: it says nothing of them), or a status. */
	int (*ask)(struct ua_sub **subp, struct endpoint *e, const char *peer,
		const struct ua_sub_handlers *h);
	uint16_t (*read)(struct presence **pp, const struct endpoint *e,
		const char *peer, const struct msg *notify);

	void (*publish)(struct endpoint *e);

	/* RULE: what the server is to do; BUSY: nothing is to be changed. */
	void (*decide)(struct endpoint *e, const char *peer,
		enum endpoint_verdict verdict, enum endpoint_verdict rule);

	/* NULL: it acts by our decisions, always. */
	enum endpoint_rules (*rules)(const struct endpoint *e);

	void (*send)(struct endpoint *e, const char *peer, const char *text,
		uint64_t token);
	void (*typing)(struct endpoint *e, const char *peer, bool active);
	void (*chat_open)(struct endpoint *e, const char *peer);
	void (*chat_close)(struct endpoint *e, const char *peer);
	size_t (*text_max)(struct endpoint *e, const char *peer);

	/* From the network, within a hold. */
	void (*message)(struct endpoint *e, struct ua_request *r);
	void (*invite)(struct endpoint *e, struct ua_session *s);

	/* Once the user agent is there; and releases what the dialect holds,
	 * without a word on the wire. */
	int (*open)(struct endpoint *e);
	void (*close)(struct endpoint *e);
};

extern const struct dialect dialect_simple;
extern const struct dialect dialect_microsoft;

/* True if RESP, an answer to REGISTER, is that of a Microsoft server (ms.c). */
bool ms_is_spoken(const struct msg *resp);

enum endpoint_session {
	SESSION_AUTO,
	SESSION_PAGE,
	SESSION_ALWAYS,
};

struct endpoint {
	struct dialect_stack *stack;
	const struct dialect *ops;
	struct endpoint_handlers h;
	struct ua *ua;
	struct endpoint_config *config; /* what it was made with */
	bool guessing; /* the server shows which dialect it speaks */
	bool changing; /* to the other one */
	bool again; /* signed in meanwhile */
	struct tmr change;
	char *aor;
	char *tuple_id;
	enum endpoint_session session;
	bool publish;
	bool typing;
	uint32_t expires;

	uint32_t held; /* references of our own frames */
	bool online; /* signed in, and not signing out */
	bool leaving; /* signing out */
	char *why; /* why it is not online */
	char *address; /* where it was reached last */
	struct way *ways; /* hash by peer */
	struct list leavers; /* who waits for the end of the sign-out */
	unsigned work; /* what it waits for beside the user agent, ... */
	uint64_t work_until; /* ... but not longer (monotonic) */
	struct tmr work_tmr;

	/* Own presence. */
	struct presence *own; /* NULL until told */
	enum endpoint_visibility visibility;
	uint32_t idle; /* seconds without a key after which it came to this; 0:
	                  it was said */
	int64_t own_at; /* when it became so, or the user signed in; wall ms */

	/* Others. */
	struct conv *convs; /* hash by peer */
	struct list fetches;

	/* SIMPLE: presence, and the documents on its server. */
	struct simple_watch *watches; /* hash by peer */
	struct tmr tell_watches; /* only while some are to be told of */
	struct ua_notifier *notifier;
	struct ua_publisher *publisher;
	struct simple_removal *removal; /* of the publication, under way */
	struct simple_winfo *winfo; /* NULL until signed in */
	struct http *http; /* the way of XCAP; NULL: it is another's */
	struct xcap *xcap; /* NULL: no documents are kept for us */
	struct xcap_request *xcap_request; /* what the server can keep */
	bool xcap_told; /* ... is known */
	char *xcap_trouble; /* what was told of it last */
	struct tmr xcap_again; /* it did not answer */
	unsigned xcap_failures; /* one after the other */
	struct simple_lists *lists; /* NULL: it is not known of any */
	struct simple_rules *rules; /* NULL: nothing for them yet */
	struct simple_rules_read *rules_read;
	struct simple_rls *rls; /* NULL: no documents are kept for us */

	/* Microsoft. */
	struct ms *ms;
};

/*
 * Whatever calls a handler, and so may free the endpoint, does it between
 * these two: what is freed in the meantime goes at the release, and the
 * handlers, whose owner has gone, are not called any more.
 */
struct endpoint *endpoint_hold(struct endpoint *e);
void endpoint_release(struct endpoint *e);
bool endpoint_hears(const struct endpoint *e);

/* Something beside the user agent's own requests begins, which a sign-out waits
 * for, as long as it may last at all; it ends once. */
void endpoint_work_begin(struct endpoint *e);
void endpoint_work_end(struct endpoint *e);

/* Tells ruled(). */
void endpoint_ruled(struct endpoint *e, const char *peer, const char *why);

/* Tells trouble(). TEXT is released. The caller holds E, or is done with it. */
void endpoint_trouble(struct endpoint *e, const char *topic, char *text);

/* The URI that requests to PEER go to (way.c); borrowed. */
const char *endpoint_way(const struct endpoint *e, const char *peer);
void endpoint_ways_close(struct endpoint *e);

/* A copy (mem_deref). */
struct endpoint_config *endpoint_config_copy(
	const struct endpoint_config *config);

/* Why nothing can be asked now. */
const char *endpoint_reason(const struct endpoint *e);

/* A display name as it was meant, without quotes (mem_deref); NAME is set to
 * it. NULL where there is none. */
char *endpoint_name(struct pl *name, const struct pl *display);

/* Asking once, in any dialect (fetch.c). */
void endpoint_ask(struct endpoint *e, const char *peer);

/* That nothing is known, for that reason; and what the reason is where they
 * said only that, if anything. */
struct presence *endpoint_unknown(const char *why);
const char *endpoint_refusal(const char *why, uint16_t status);

#endif
