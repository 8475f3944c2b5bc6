/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ms_int.h - what the files of the Microsoft dialect share ([MS-SIPRE],
 * [MS-PRES], [MS-SIP]; Office Communications Server 2007 and what followed).
 *
 * 1 identity   the endpoint's id, and what is derived from it
 * 2 state      what one account holds
 * 3 watching   batched subscriptions
 * 4 contacts   the list that the server keeps
 * 5 self       publications, and who added us
 */
#ifndef SOTTO_DIALECT_MS_INT_H
#define SOTTO_DIALECT_MS_INT_H

#include "dialect_int.h"
#include "msdoc.h"

/* ---- 1 ms_id.c ------------------------------------------------------ */

/* Ten hexadecimal digits, the same for one account of one installation
 * (mem_deref). */
char *ms_epid(const char *instance, const char *aor);

/* "urn:uuid:..." from it ([MS-SIPRE] 3.2.5.1; mem_deref). */
char *ms_instance(const char *epid);

/* ---- 2 ms.c --------------------------------------------------------- */

struct ms_batch;
struct ms_contacts;
struct ms_draft;
struct ms_held;
struct ms_peer;
struct ms_watcher;

struct ms {
	struct endpoint *e;
	char *epid;
	char *instance;
	char *from_params;
	bool adhoclist; /* the server takes batched subscriptions */
	struct ms_contacts *contacts; /* the list that the server keeps */
	struct ms_peer *peers; /* hash of who is watched */
	struct ms_batch *batches; /* hash by whom the SUBSCRIBE goes to */
	struct ms_batch *recent; /* the one that somebody joined last */
	uint64_t slot; /* monotonic: the next SUBSCRIBE of many may leave */
	bool watching; /* people are asked for in this sign-in */
	struct tmr watch_tmr; /* ... without the contact list, if need be */
	struct ua_sub *self; /* roaming-self */
	bool self_heard; /* ... has told: versions are known */
	struct list held; /* struct ms_held */
	struct list members; /* struct ms_member */
	struct ms_watcher *watchers; /* hash of who added us */
	struct list decisions; /* struct ms_decision; the first under way */
	struct ua_call *deciding;
	bool decide_later; /* once roaming-self has told anew */
	struct ua_call *publishing;
	struct ms_draft *draft; /* what it says */
	bool publish_again; /* something changed meanwhile */
	unsigned conflicts; /* in a row */
	bool said; /* the user said here how they are: no other device */
	bool noted; /* ... by a note */
	bool was_idle;
};

/* Lines that every SUBSCRIBE to ourselves has ([MS-SIP] 3.5, 4.3). */
extern const char ms_subscribe_headers[];

/* Sends a SERVICE to ourselves; H may be NULL. */
int ms_service(struct ms *ms, struct ua_call **cp, const char *type,
	const struct mbuf *body, ua_result_h *h, void *arg);

/* ---- 3 ms_watch.c, ms_news.c, ms_batch.c ---------------------------- */

/* Somebody watched. */
struct ms_peer {
	UT_hash_handle hh;
	struct ms *ms;
	char *peer;
	struct ms_batch *batch; /* NULL: in none yet */
	struct le le; /* in it */
	bool added; /* just now: the server is to tell them */
	bool introduced; /* ... that was so once in this run */
	bool listed; /* in the list at hand */
	unsigned moves; /* times the server sent us elsewhere for them */
	bool heard; /* something was told in this sign-in */
	struct presence *document; /* a whole presence document; NULL: */
	uint32_t availability; /* ... these */
	int64_t active;
	char *activity;
	char *note;
	char *name; /* on their contact card */
	bool named; /* ... which was told */
	char *why; /* the last refusal */
	uint16_t code;
	struct presence *told;
	struct tmr tmr; /* what is to be told in the next turn */
};

void ms_watch(struct endpoint *e, const char *peer);
void ms_unwatch(struct endpoint *e, const char *peer);

/* PEER was put on the server's contact list by us: the server is to tell
 * them. */
void ms_watch_added(struct ms *ms, const char *peer);

/* The account is online: people are asked for once the contact list is there,
 * which ms_watch_begin() says, or a while later. */
void ms_watch_online(struct ms *ms);
void ms_watch_begin(struct ms *ms);
void ms_watch_lost(struct ms *ms);
void ms_watch_close(struct ms *ms);

/* News of whoever of the watched a notification of B is about. Our own server
 * speaks for all, others for those alone who are asked for there. */
uint16_t ms_presence_take(struct ms_batch *b, const struct msg *notify);

struct ms_peer *ms_peer_find(const struct ms *ms, const char *peer);

/* PEER's SUBSCRIBE was refused, or ended. */
void ms_peer_refused(struct ms_peer *p, const char *why, uint16_t code);
void ms_peer_tell_soon(struct ms_peer *p);

/* One SUBSCRIBE and who is in it (ms_batch.c). */
struct ms_batch {
	UT_hash_handle hh;
	struct ms *ms;
	char *key; /* target and number */
	char *target;
	struct list peers; /* struct ms_peer */
	struct list drops; /* not to be told of any more */
	struct ua_sub *sub;
	struct tmr tmr; /* to be sent */
};
void ms_batch_join(struct ms *ms, const char *target, struct ms_peer *p);
void ms_batch_leave(struct ms_peer *p);
bool ms_batch_is_own(const struct ms_batch *b);

/* What P says of itself has changed: it is asked for anew. */
void ms_batch_renew(struct ms_peer *p);

/* The server tells of P elsewhere, as it said itself. */
void ms_batch_move(struct ms_peer *p, const char *target);

/* With the connection their dialogs have gone. */
void ms_batches_lost(struct ms *ms);

/* Subscribes to PEER alone, once, and reads what comes of it. */
int ms_ask(struct ua_sub **subp, struct endpoint *e, const char *peer,
	const struct ua_sub_handlers *h);
uint16_t ms_read(struct presence **pp, const struct endpoint *e,
	const char *peer, const struct msg *notify);
void ms_batches_close(struct ms *ms);

/* ---- 4 ms_contacts.c ------------------------------------------------ */

void ms_contacts_online(struct ms *ms);
void ms_contacts_lost(struct ms *ms);
void ms_contacts_close(struct ms *ms);
void ms_contact_set(struct endpoint *e, const struct endpoint_contact *contact);
void ms_contact_drop(struct endpoint *e, const char *peer);

/* True if the server's list has PEER. */
bool ms_contact_is_kept(const struct ms *ms, const char *peer);

/* ---- 5 ms_self.c, ms_publish.c, ms_decide.c -------------------------- */

/* A publication of ours that the server holds. */
struct ms_held {
	struct le le;
	char *category;
	uint32_t instance;
	uint32_t container;
	uint32_t version;
};

/* A person that a container names, or (PEER NULL) the container. */
struct ms_member {
	struct le le;
	uint32_t container;
	uint32_t version;
	char *peer;
};

enum {
	MS_EMBEDDED_MAX = 400, /* bytes of a text that goes in an INVITE too */
	MS_BLOCKED = 32000, /* the container of those who see nothing */
	MS_COMPANY = 200, /* ... who see what colleagues see */
	MS_USER_STATE = 0x20000000, /* instance of what the user says */
};

void ms_self_online(struct ms *ms);
void ms_self_close(struct ms *ms);

/* The container that names PEER; 0: none. */
uint32_t ms_member_where(const struct ms *ms, const char *peer);
uint32_t ms_container_version(const struct ms *ms, uint32_t container);

/* The server did MOVE. */
void ms_member_moved(
	struct ms *ms, const char *peer, const struct msdoc_move *move);

/* What is decided about PEER; kept until it can be sent. */
void ms_decide(struct endpoint *e, const char *peer,
	enum endpoint_verdict verdict, enum endpoint_verdict rule);
void ms_decide_next(struct ms *ms);
void ms_decide_lost(struct ms *ms);
void ms_decide_close(struct ms *ms);
void ms_watcher_take(const struct msdoc_subscriber *s, void *arg);
void ms_watchers_forget(struct ms *ms);

/* What a document tells of ourselves. */
int ms_self_take(struct ms *ms, const struct pl *body);

/* Who does something with every person watched. */
void ms_watch_each(struct endpoint *e,
	void (*h)(struct endpoint *e, const char *peer, void *arg), void *arg);

/* The user, or the keyboard, has said something (e->own, e->idle). */
void ms_publish(struct endpoint *e);

/* Publishes what there is to say, as of now. */
void ms_publish_now(struct ms *ms);

/* Version 0: the server holds it no more. */
void ms_held_set(struct ms *ms, const char *category, uint32_t instance,
	uint32_t container, uint32_t version);
/* Devices of ours that are signed in, this one among them. */
size_t ms_devices(const struct ms *ms);
uint32_t ms_held_version(const struct ms *ms, const char *category,
	uint32_t instance, uint32_t container);

#endif
