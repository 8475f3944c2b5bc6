/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dialect_int.h - what the files of the dialect floor share: the endpoint,
 * the table that a dialect is, and SIMPLE's conversations and watches.
 */
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

	/* SIMPLE. */
	struct simple_watch *watches; /* hash by peer */
	struct tmr tell_watches; /* only while some are to be told of */
	struct list fetches;
	struct ua_notifier *notifier;
	struct ua_publisher *publisher;
	struct simple_removal *removal; /* of the publication, under way */
	struct simple_winfo *winfo; /* NULL until signed in */
	struct conv *convs; /* hash by peer */
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

/* ---- presence ------------------------------------------------------- */

/* Subscribing and reading (simple_alone.c, simple_watch.c). */
int simple_ask(struct ua_sub **subp, struct endpoint *e, const char *peer,
	const struct ua_sub_handlers *h);
uint16_t simple_read(struct presence **pp, const struct endpoint *e,
	const char *peer, const struct msg *notify);
struct presence *simple_unknown(const char *why);
const char *simple_refusal(const char *why, uint16_t status);

/* Watching (simple_watch.c). */
void simple_watch(struct endpoint *e, const char *peer);
void simple_unwatch(struct endpoint *e, const char *peer);
void simple_watch_online(struct endpoint *e);
void simple_watch_lost(struct endpoint *e);
void simple_watch_goodbye(struct endpoint *e, uint64_t limit);
void simple_watch_close(struct endpoint *e);

/* PEER shows that it is there: a watch that is not active asks now. ANEW: it
 * subscribes to us for the first time since it was started, perhaps. */
void simple_watch_hint(struct endpoint *e, const char *peer, bool anew);

/* PEER takes nothing from us: if a list shows them online, which may tell
 * nothing of a block, they are asked for alone. */
void simple_watch_refused(struct endpoint *e, const char *peer);

/* Calls H for everybody watched, who may be unwatched by it. */
void simple_watch_each(struct endpoint *e,
	void (*h)(struct endpoint *e, const char *peer, void *arg), void *arg);

/* One subscription for all (simple_rls.c). KEPT: it has turned out whether the
 * server keeps lists; UNCLEAR: it has not, and does not soon. */
void simple_rls_open(struct endpoint *e);
void simple_rls_kept(struct endpoint *e, bool kept);
void simple_rls_unclear(struct endpoint *e);
void simple_rls_online(struct endpoint *e);
void simple_rls_goodbye(struct endpoint *e, uint64_t limit);
void simple_rls_stop(struct endpoint *e); /* without a word */
void simple_rls_close(struct endpoint *e);

/* Who asks the server to see us (simple_winfo.c). */
void simple_winfo_online(struct endpoint *e);
void simple_winfo_goodbye(struct endpoint *e, uint64_t limit);
void simple_winfo_close(struct endpoint *e);
void simple_winfo_decided(struct endpoint *e, const char *peer);
void simple_winfo_ruled(struct endpoint *e); /* the rules are known */

/* Asking once, in any dialect (fetch.c). */
void endpoint_ask(struct endpoint *e, const char *peer);

/* Own presence (simple_presence.c). */
int simple_presence_open(struct endpoint *e);
void simple_presence_online(struct endpoint *e);
void simple_presence_goodbye(struct endpoint *e, uint64_t limit);
void simple_presence_close(struct endpoint *e);
void simple_publish(struct endpoint *e);
void simple_decide(struct endpoint *e, const char *peer,
	enum endpoint_verdict verdict, enum endpoint_verdict rule);

/* ---- conversations -------------------------------------------------- */

/* What waits to be sent: a text, or a typing notice. */
struct conv_item {
	struct le le;
	char *text; /* NULL: a notice */
	bool active; /* of a notice */
	uint64_t token; /* of a text */
	bool again; /* sent anew after its session was found dead */
	bool paged; /* to go in page mode whatever is known */
	bool embedded; /* it went in the INVITE too */
};

/* What is known of a peer's liking for sessions. */
enum conv_takes {
	CONV_TAKES_UNKNOWN,
	CONV_TAKES_PAGE,
	CONV_TAKES_SESSION,
};

enum conv_state {
	CONV_IDLE, /* nothing open */
	CONV_ASKING, /* OPTIONS is out */
	CONV_INVITING, /* an INVITE, ours or theirs, is not through yet */
	CONV_SESSION, /* a session stands */
	CONV_PAGE, /* opened in page mode */
};

struct conv {
	UT_hash_handle hh;
	struct endpoint *e;
	char *peer;
	enum conv_state state;
	enum conv_takes takes;
	uint64_t takes_until; /* monotonic; asked anew after that */
	bool silent; /* ... as nothing answered */
	unsigned tries; /* INVITEs for one wish of the user */
	struct ua_session *session; /* inviting or open */
	uint64_t opened_at; /* monotonic */
	struct ua_session *ringing; /* theirs, not answered yet */
	struct tmr take; /* ... and taken then */
	struct ua_call *options;
	struct tmr ask_tmr; /* the answer to OPTIONS is late */
	struct tmr kick; /* the next step */
	struct tmr retry; /* after a 491 */
	struct list queue; /* struct conv_item */
	struct conv_item *flying; /* its answer is awaited */
	struct ua_call *flight;
	struct tmr doubt; /* its answer is late */
	bool doubt_again;
	enum endpoint_chat told; /* the last state told */
	bool wanted; /* the user or a key asked to open */
	bool shown; /* ... the user did: page mode is told as open too */
	bool by_them; /* the session is theirs */

	/* It is closed, which is to be told. */
	struct tmr closing;
	const char *closing_via;
	const char *closing_why;
	enum endpoint_by closing_by;

	/* Typing, theirs and ours. */
	struct im_composing theirs;
	bool theirs_told;
	struct tmr theirs_tmr;
	struct im_composer ours;
	bool ours_told; /* the last notice that went said active */
	struct tmr ours_tmr;
	struct ua_call *notice;
	bool keyboard; /* they speak KeyboardActivity */
	bool mute; /* they refused a notice */
};

/* conv.c: the conversation and its next step. */
struct conv *conv_find(struct endpoint *e, const char *peer);
struct conv *conv_get(struct endpoint *e, const char *peer);

/* For what a peer begins; NULL: there are too many. */
struct conv *conv_admit(struct endpoint *e, const char *peer);

/* Around everything that comes from a timer or the network: holds ARG, a
 * conversation, and its endpoint. */
struct conv *conv_enter(void *arg);
void conv_leave(struct conv *c);

/* Does what can be done now, in the next turn. */
void conv_kick(struct conv *c);

/* Tells chat(). */
void conv_tell(struct conv *c, enum endpoint_chat state, const char *via,
	enum endpoint_by by, const char *why, uint16_t code);

void simple_im_online(struct endpoint *e, bool moved);
void simple_im_lost(struct endpoint *e);
void simple_im_goodbye(struct endpoint *e, uint64_t limit);
void simple_im_close(struct endpoint *e);

/* conv_send.c: texts on their way. */
struct conv_item *conv_item_append(struct conv *c, const char *text);
enum endpoint_sent conv_sent_of(const struct ua_result *r);
const char *conv_refusal(const struct ua_result *r, const char *why);
void conv_fail_waiting(struct conv *c, enum endpoint_sent sent, const char *why,
	uint16_t code, uint32_t after);
void conv_paged_waiting(struct conv *c);

/* The session that a text is under way in has gone: an answer that is not
 * there soon will not come. AGAIN: another session is to carry it then. */
void conv_flight_doubt(struct conv *c, bool again);

/* The text that went in the INVITE was TAKEN there, or is to follow. */
void conv_embedded_taken(struct conv *c, bool taken);
void conv_fly(struct conv *c, struct conv_item *t);
bool conv_wants_opening(const struct conv *c, const struct conv_item *t);
void simple_send(
	struct endpoint *e, const char *peer, const char *text, uint64_t token);
size_t simple_text_max(struct endpoint *e, const char *peer);

/* conv_open.c: how a conversation opens. */
enum conv_takes conv_takes(const struct conv *c);
void conv_remember(struct conv *c, enum conv_takes takes);
void conv_alive(struct endpoint *e, const char *peer); /* PEER is there */
void conv_open_start(struct conv *c);
void conv_open_stop(struct conv *c);
bool conv_opening(const struct conv *c); /* asking or inviting */
void conv_opened_page(struct conv *c);
void conv_not_opened(
	struct conv *c, const struct ua_result *r, const char *why);
void simple_chat_open(struct endpoint *e, const char *peer);

/* conv_session.c: the life of a session. */
struct ua_session_handlers conv_session_handlers(struct conv *c);
bool conv_session_isopen(const struct conv *c);
void conv_opened_session(struct conv *c);
void conv_session_take(struct conv *c);
void conv_close(struct conv *c, uint64_t limit, enum endpoint_by by,
	const char *why); /* WHY is constant */
void simple_chat_close(struct endpoint *e, const char *peer);
void simple_invite(struct endpoint *e, struct ua_session *s);

/* conv_typing.c */
void conv_typing_init(struct conv *c);
void conv_typing_send(struct conv *c, struct conv_item *t);
void conv_typing_texted(struct conv *c); /* a text takes its place */
void conv_typing_stop(struct conv *c, bool session);
void conv_typing_keyboard(struct conv *c, bool on);
void conv_typing_theirs(struct conv *c, bool active, uint64_t timeout);
void conv_typing_arrived(struct conv *c); /* ... a text of theirs */
void simple_typing(struct endpoint *e, const char *peer, bool active);

/* simple_xcap.c: where xcap-root is set. Open while the endpoint lives, as a
 * question for credentials may be answered late. EINVAL with *WHY. */
int simple_xcap_open(struct endpoint *e, char **why);
void simple_xcap_online(struct endpoint *e);
void simple_xcap_close(struct endpoint *e);

/* The two AUIDs that rules have. */
#define SIMPLE_RULES	 "pres-rules"
#define SIMPLE_RULES_OMA "org.openmobilealliance.pres-rules"

/* simple_rules.c: the rules that the server shows our presence by. It has
 * turned out that it keeps some, as AUID; NULL: it keeps none. */
void simple_rules_kept(struct endpoint *e, const char *auid);
void simple_rules_unknown(struct endpoint *e); /* it has not, this time */
void simple_rules_online(struct endpoint *e);
void simple_rules_decide(
	struct endpoint *e, const char *peer, enum endpoint_verdict verdict);
enum endpoint_rules simple_rules(const struct endpoint *e);
void simple_rules_again(struct endpoint *e); /* it answers again */
const struct xcap_where *simple_rules_where(
	const struct endpoint *e); /* NULL: there are none */
void simple_rules_close(struct endpoint *e);

/* simple_lists.c: the buddy list that the server keeps. KEPT as above. */
void simple_lists_kept(struct endpoint *e, bool kept);
void simple_lists_online(struct endpoint *e);
void simple_lists_lost(struct endpoint *e);
void simple_lists_goodbye(struct endpoint *e, uint64_t limit);
void simple_lists_close(struct endpoint *e);
void simple_contact_set(
	struct endpoint *e, const struct endpoint_contact *contact);
void simple_contact_drop(struct endpoint *e, const char *peer);

/* simple_rules_read.c: what they say. Asked for now, unless that was so just
 * before; or all the same. */
void simple_rules_ask(struct endpoint *e);
void simple_rules_ask_anew(struct endpoint *e);
void simple_rules_ask_later(struct endpoint *e);

/* BODY (unset: there is none) is about to be changed: if it says nothing of
 * anybody, that is told first. */
void simple_rules_seen(struct endpoint *e, const struct pl *body);

void simple_rules_ask_stop(struct endpoint *e);
void simple_rules_told(struct endpoint *e, const char *etag); /* it is now */
bool simple_rules_asking(const struct endpoint *e);
void simple_rules_take(
	struct endpoint *e, const struct pl *body, const char *etag);
void simple_rules_read_close(struct endpoint *e);

/* incoming.c: MESSAGE and INFO; C: the session's, NULL outside of one. */
void incoming_request(struct endpoint *e, struct conv *c, struct ua_request *r);

#endif
