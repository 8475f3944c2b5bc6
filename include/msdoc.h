/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * msdoc.h - the documents of the Microsoft dialect as values and back
 * ([MS-PRES], [MS-SIP]). Pure: no socket, no clock.
 *
 * 1 presence   categories, msrtc.pidf, numbers and words
 * 2 lists      batched subscriptions, RLMI
 * 3 contacts   the contact list on the server, and edits of it
 * 4 self       what the server knows of us: publications, who added us
 * 5 publish    own presence, decisions about others
 *
 * Readers call handlers with borrowed texts, in the order of the document.
 * They return 0; EBADMSG: no such document; EMSGSIZE: over a bound (8 MiB,
 * depth 32, 400,000 nodes). Elements are told by their local names, since the
 * namespaces differ between versions of the servers, and what is not known is
 * left out. That an XML declaration speaks of UTF-16 over bytes that are
 * UTF-8 is overlooked. Nothing is told before the whole document was read.
 *
 * A peer is written "sip:user@host" wherever it stands, whether the document
 * has the scheme or not; what is no SIP address is left out.
 *
 * Writers return mbuf errors; characters that XML cannot hold become U+FFFD.
 */
#ifndef SOTTO_MSDOC_H
#define SOTTO_MSDOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "mbuf.h"
#include "pl.h"
#include "presence.h"

/* TEXT, an address with or without "sip:", as a peer (mem_deref); NULL: it is
 * no SIP address with a user. */
char *msdoc_peer(const char *text);

/* ---- 1 presence ----------------------------------------------------- */

#define MSDOC_CATEGORIES_TYPE "application/msrtc-event-categories+xml"
#define MSDOC_PIDF_TYPE "text/xml+msrtc.pidf"

enum {
	MSDOC_STATE = 1 << 0,
	MSDOC_NOTE = 1 << 1,
	MSDOC_CARD = 1 << 2,
};

/* What is new of PEER; the bits of HAS say which fields count. */
struct msdoc_news {
	const char *peer;
	unsigned has;
	uint32_t availability; /* 0: they publish none, or none for us */
	int64_t active; /* when they last did something at a device, ms since
	                   1970; 0: not said */
	const char *activity;  /* "on-the-phone", ..., or words of their own;
	                          NULL: none */
	const char *note;      /* NULL: none */
	const char *name;      /* of the contact card; NULL: none */
};
typedef void(msdoc_news_h)(const struct msdoc_news *news, void *arg);

/* <categories>: each category that is there; of several notes the one that
 * was published last, of several states the aggregated one. */
int msdoc_categories_decode(
	const struct pl *body, msdoc_news_h *h, void *arg);

/* <presentity> of Live Communications Server: the numbers of 2005 as those of
 * 2007, the less available of the two where both are there. */
int msdoc_pidf_decode(const struct pl *body, msdoc_news_h *h, void *arg);

/* A number, an activity and a note as presence (mem_deref). An activity that
 * presence has no word for stands in the place of a note that is not there. */
struct presence *msdoc_presence(
	uint32_t availability, const char *activity, const char *note);

/* The same, idle since ACTIVE where the number says so. */
struct presence *msdoc_presence_since(uint32_t availability,
	const char *activity, const char *note, int64_t active);

/* The number to publish: 3500 and the like; 18500 where it is not online. */
uint32_t msdoc_availability(const struct presence *p);

/* ---- 2 lists -------------------------------------------------------- */

#define MSDOC_BATCH_TYPE "application/msrtc-adrl-categorylist+xml"
#define MSDOC_RLMI_TYPE "application/rlmi+xml"

struct msdoc_wish {
	const char *peer;
	bool context; /* they were just added to our contact list, which the
	                 server tells them */
	bool drop;    /* no longer asked for */
};

/* <batchSub>: what OWN asks for. ID: any. */
int msdoc_batch_encode(struct mbuf *mb, const char *own,
	const struct msdoc_wish *wishes, size_t n, uint32_t id);

enum msdoc_instance {
	MSDOC_ACTIVE,
	MSDOC_PENDING,
	MSDOC_RESUBSCRIBE, /* to be asked for by a SUBSCRIBE of its own */
	MSDOC_TERMINATED,
};

struct msdoc_resource {
	const char *peer;
	enum msdoc_instance state;
	const char *pool;   /* whom to send that SUBSCRIBE to; NULL: the peer */
	const char *reason; /* of terminated; NULL: none */
};
typedef void(msdoc_resource_h)(const struct msdoc_resource *r, void *arg);

/* <list> (RFC 4662). *FULL: who is not in it has no subscription. */
int msdoc_rlmi_decode(const struct pl *body, bool *full, msdoc_resource_h *h,
	void *arg);

/* ---- 3 contacts ----------------------------------------------------- */

#define MSDOC_SOAP_TYPE "application/SOAP+xml"

enum msdoc_change {
	MSDOC_ADDED, /* or simply there */
	MSDOC_MODIFIED,
	MSDOC_DELETED,
};

struct msdoc_group {
	uint32_t id;
	const char *name; /* "~": the one for whom is in no other */
};

struct msdoc_contact {
	const char *peer;
	const char *name;   /* "": none of our own making */
	const char *groups; /* ids parted by blanks */
	const char *external; /* externalURI; "": none */
	bool subscribed;    /* presence is wanted */
};

/* What the document is. */
struct msdoc_contacts {
	bool delta;        /* changes since number PREVIOUS; else the whole */
	bool migrated;     /* the true list lives elsewhere by now */
	uint32_t number;
	uint32_t previous;
};

struct msdoc_contacts_handlers {
	void (*head)(const struct msdoc_contacts *head, void *arg); /* first */
	void (*group)(enum msdoc_change change,
		const struct msdoc_group *group, void *arg);
	void (*contact)(enum msdoc_change change,
		const struct msdoc_contact *contact, void *arg);
	void *arg;
};

/* <contactList> or <contactDelta>. */
int msdoc_contacts_decode(
	const struct pl *body, const struct msdoc_contacts_handlers *h);

/* Edits, each for a SERVICE of its own; NUMBER: the last that we know. */
int msdoc_contact_set(struct mbuf *mb, const struct msdoc_contact *contact,
	uint32_t number);
int msdoc_contact_delete(struct mbuf *mb, const char *peer, uint32_t number);
int msdoc_group_add(struct mbuf *mb, const char *name, uint32_t number);
int msdoc_group_modify(
	struct mbuf *mb, const struct msdoc_group *group, uint32_t number);
int msdoc_group_delete(struct mbuf *mb, uint32_t id, uint32_t number);

/* The id that the answer to msdoc_group_add() gives. */
int msdoc_group_added(const struct pl *body, uint32_t *id);

/* ---- 4 self --------------------------------------------------------- */

#define MSDOC_SELF_TYPE "application/vnd-microsoft-roaming-self+xml"

/* One publication of ours that the server holds. */
struct msdoc_held {
	const char *category;  /* "state", "note", "device", ... */
	uint32_t instance;
	uint32_t container;
	uint32_t version;
	bool aggregate;        /* a state that the server made of all */
	uint32_t availability; /* of a state */
	const char *note;      /* of a note; NULL: none */
};

struct msdoc_subscriber {
	const char *peer;
	const char *name;  /* ""; as they call themselves */
	bool acknowledged; /* we were told of it once */
};

struct msdoc_member {
	uint32_t container;
	uint32_t version;
	const char *type; /* "user", "domain", ...; NULL: it has none */
	const char *value; /* a peer as above where TYPE is "user"; NULL */
};

/* Each part that stands in the document replaces what was known: a category
 * by its name and container, a container by its id. Handlers may be NULL. */
struct msdoc_self_handlers {
	/* Nothing is held of CATEGORY, in CONTAINER or (UINT32_MAX) in any,
	 * but what follows; said before the first held(), perhaps more than
	 * once. */
	void (*cleared)(const char *category, uint32_t container, void *arg);
	void (*held)(const struct msdoc_held *held, void *arg);

	/* The first call for a container clears it. */
	void (*member)(const struct msdoc_member *member, void *arg);
	void (*subscriber)(const struct msdoc_subscriber *s, void *arg);
	void *arg;
};

/* <roamingData>, or a part of it. */
int msdoc_self_decode(
	const struct pl *body, const struct msdoc_self_handlers *h);

/* The body that asks for it. */
int msdoc_self_encode(struct mbuf *mb);

/* ---- 5 publish ------------------------------------------------------ */

#define MSDOC_PUBLISH_TYPE "application/msrtc-category-publish+xml"
#define MSDOC_SUBSCRIBERS_TYPE \
	"application/msrtc-presence-setsubscriber+xml"
#define MSDOC_MEMBERS_TYPE "application/msrtc-setcontainermembers+xml"

struct msdoc_publication {
	const char *category;
	uint32_t instance;
	uint32_t container;
	uint32_t version;        /* the one that the server holds; 0: none */
	const char *expire_type; /* "endpoint", "static", "user" */
	const char *body;        /* XML; NULL: it is taken back */
};

/* <publish> for OWN. */
int msdoc_publish_encode(struct mbuf *mb, const char *own,
	const struct msdoc_publication *pubs, size_t n);

/* Bodies: a state, MACHINE's or the user's; a note; this device. */
int msdoc_state_encode(struct mbuf *mb, bool machine, uint32_t availability);
int msdoc_note_encode(struct mbuf *mb, const char *text);
int msdoc_device_encode(struct mbuf *mb, const char *own, const char *endpoint);

/* Of a 409: publication INDEX (from 0) is at version CURRENT. */
typedef void(msdoc_fault_h)(size_t index, uint32_t current, void *arg);
int msdoc_fault_decode(const struct pl *body, msdoc_fault_h *h, void *arg);

/* PEER's adding us was seen. */
int msdoc_subscriber_encode(struct mbuf *mb, const char *peer);

/* PEER joins CONTAINER, or leaves it. */
struct msdoc_move {
	uint32_t container;
	uint32_t version;
	bool add;
};
int msdoc_members_encode(struct mbuf *mb, const char *peer,
	const struct msdoc_move *moves, size_t n);

#endif
