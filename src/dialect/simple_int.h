/* SPDX-License-Identifier: GPL-3.0-or-later */
/* simple_int.h - what the files of the SIMPLE dialect share: presence both
 * ways, and the documents that a server keeps. */
#ifndef SOTTO_DIALECT_SIMPLE_INT_H
#define SOTTO_DIALECT_SIMPLE_INT_H

#include "dialect_int.h"
#include "xcap.h"

/* ---- presence ------------------------------------------------------- */

/* Subscribing and reading (simple_alone.c, simple_watch.c). */
int simple_ask(struct ua_sub **subp, struct endpoint *e, const char *peer,
	const struct ua_sub_handlers *h);
uint16_t simple_read(struct presence **pp, const struct endpoint *e,
	const char *peer, const struct msg *notify);

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

/* Own presence (simple_presence.c). */
int simple_presence_open(struct endpoint *e);
void simple_presence_online(struct endpoint *e);
void simple_presence_goodbye(struct endpoint *e, uint64_t limit);
void simple_presence_close(struct endpoint *e);
void simple_publish(struct endpoint *e);
void simple_decide(struct endpoint *e, const char *peer,
	enum endpoint_verdict verdict, enum endpoint_verdict rule);

/* What was missed of a subscription's documents (simple_whole.c); all-zero:
 * nothing. */
struct simple_whole {
	struct tmr tmr; /* the next time that it is asked for */
	unsigned tries; /* without getting it */
	uint64_t asked; /* monotonic; 0: never */
};

/* It is missing: ASK is called when it is time to ask for it, if it ever is;
 * that asks by a refresh of SUB. It came, or is not wanted any more. */
void simple_whole_want(
	struct simple_whole *w, struct tmrs *tmrs, tmr_h *ask, void *arg);
void simple_whole_ask(
	struct simple_whole *w, const struct tmrs *tmrs, struct ua_sub *sub);
void simple_whole_came(struct simple_whole *w);

/* ---- the server's documents ----------------------------------------- */

/* simple_xcap.c: where xcap-root is set. Open while the endpoint lives, as a
 * question for credentials may be answered late. EINVAL with *WHY. */
int simple_xcap_open(struct endpoint *e, char **why);
void simple_xcap_online(struct endpoint *e);
void simple_xcap_close(struct endpoint *e);

/* As xcap_edit(), but a sign-out waits for it, until it has ended: DONE says
 * so, or whoever wants it no more. *EP is NULL while there is none. */
int simple_edit(struct xcap_edit **ep, struct endpoint *e,
	const struct xcap_where *where, const char *type, xcap_change_h *change,
	xcap_h *done, void *arg);
void simple_edit_end(struct xcap_edit **ep, struct endpoint *e);

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
void simple_rules_goodbye(struct endpoint *e);
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
/* What was read is told again. */
void simple_rules_forget(struct endpoint *e);
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

#endif
