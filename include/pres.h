/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pres.h - presence documents as values and back. Pure: no socket, no
 * clock.
 *
 * 1 read    PIDF with the data model and RPID (RFC 3863, 4479, 4480), and
 *           the XPIDF of old Windows Messengers
 * 2 write   PIDF with RPID
 */
#ifndef SOTTO_PRES_H
#define SOTTO_PRES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "mbuf.h"
#include "pl.h"
#include "presence.h"

/* What pres_decode() reads, for an Accept header (static). */
const char *pres_accept(void);

/* ---- 1 read --------------------------------------------------------- */

/* What the reader of a document knows beforehand. */
struct pres_query {
	struct pl entity; /* the URI that was subscribed to; unset: the
	                     document may be about anybody */
	const char *lang; /* "cs", "en-GB": preferred language of notes; NULL:
	                     any */
	int64_t now; /* wall clock, ms: activities that say from when
	                     until when they hold; 0: they hold */
};

/* Time of the last change of a tuple or person, by its id. */
struct pres_stamp {
	char *id;
	int64_t time; /* ms since 1970 */
};

/* A decoded document, refcounted and never changed. */
struct pres_doc {
	struct presence *presence;
	char *entity; /* as written; NULL: none */
	char *contact; /* of the open tuple with the highest priority; NULL:
	                  no open tuple with a contact */
	struct pres_stamp *stamps; /* those that carry a timestamp */
	size_t nstamps;
	int64_t until; /* an activity begins or ends then, ms since 1970: the
	                  same document says something else from now on; 0:
	                  none does */
};

/*
 * Decodes BODY of CONTENT_TYPE ("application/pidf+xml",
 * "application/xpidf+xml", parameters allowed; unset: by the root element).
 *
 * 0 and *DP (mem_deref); EBADMSG: no such document; EMSGSIZE: over a bound
 * (256 KiB, depth 32, 10,000 nodes); ENOTSUP: another media type; ESRCH: the
 * document is about somebody else than QUERY's entity. QUERY NULL: nothing
 * is known.
 *
 * State: some tuple is open: online; none is, and one is closed or there is
 * no tuple: offline; tuples, but none says open or closed: unknown. Elements
 * decide by namespace and name; what is not known is ignored, and an
 * extension that marks a part as one that must be understood is ignored with
 * it (RFC 3863 4.2.3). An entity compares as a sip, sips, pres or im form of
 * the same user and host, and may lack the scheme; a document without one is
 * taken. Of drafts before RFC 4480 the persons are read that PBXs still write.
 *
 * Several devices of one person, whose publications a server has joined, come
 * to one line. A tuple and a person belong to one device if their ids say so as
 * in pres_encode(), else as they stand beside each other: "tuple person tuple
 * person" are two. A device is idle where <user-input> says so, of the person,
 * else of the tuple, else of the <device> that the tuple names.
 *
 * - Where a tuple is open, closed ones tell nothing, nor do those of an
 *   assistant beside the person's own.
 * - Where a device is in use, those that are idle tell nothing: "away" at the
 *   office does not hide that somebody sits at home.
 * - Among those left the one used last tells activity and note: by last-input,
 *   else by timestamp. Beside it count those that do not say when, by contact
 *   priority; the first that has an activity, the first that has a note.
 * - Do-not-disturb counts from any device in use, on-the-phone from any that is
 *   open, idle or not: who talks presses no key.
 * - All are idle: idle_since is the latest last-input, and away the activity
 *   where none is told.
 *
 * Note, first found: of the persons of these devices in this order, of their
 * activities, of the document, of the tuples, else what their activities have
 * in words of their own (<other>). Where none is open, of all.
 * Among notes of one element the one in the wanted language, else without
 * language, else the first.
 *
 * Activity, only when online. Of several in one element the strongest counts:
 * do-not-disturb, on-the-phone, busy, be-right-back, away; a person's counts
 * before that of the tuple (which may stand in its status, as public
 * messengers' gateways and AG Projects' clients have it). What RPID knows
 * beside them is folded: appointment, meeting, performance, presentation,
 * steering and worship are busy; breakfast, lunch, dinner, meal, holiday,
 * in-transit, permanent-absence, shopping, sleeping, travel and vacation are
 * away; looking-for-work, playing, spectator, tv, unknown and working say
 * nothing. RPID has no word for do-not-disturb and
 * be-right-back: they stand in <other> (see pres_encode()), also as written
 * by people ("Do not disturb", "DND", "BRB").
 */
int pres_decode(struct pres_doc **dp, const struct pl *content_type,
	const struct pl *body, const struct pres_query *query);

/* The stamps of DOC alone, in little memory (mem_deref), as those of thousands
 * may be kept; NULL: it has none. */
struct pres_stamps;
struct pres_stamps *pres_doc_stamps(const struct pres_doc *doc);

/* True if DOC is older than that of PREV (RFC 3856 9.4): some tuple or person
 * that both stamp is older in DOC, and none is newer. Either may be NULL. */
bool pres_is_stale(
	const struct pres_doc *doc, const struct pres_stamps *prev);

/* ---- 2 write -------------------------------------------------------- */

struct pres_source {
	const char *entity; /* our AOR: "sip:alice@example.org" */
	const char *tuple_id; /* an XML name without colon, the same in every
	                         publication of an account (RFC 3903 10.4) */
	const char *contact; /* URI to reach us at; NULL: none. Left out if
	                         its host is a numeric IPv6 one, which
	                         xs:anyURI does not allow */
	const struct presence *presence;
	int64_t timestamp; /* of the last change, wall clock, ms */
	uint32_t threshold; /* seconds without a key after which it is
	                         called idle, as it is now; 0: not said */
};

/*
 * Writes an application/pidf+xml document, valid by the schemas of RFC 3863,
 * 4479 and 4480. EINVAL: the state is unknown, or TUPLE_ID is no name; mbuf
 * errors.
 *
 * The note stands in the tuple and in the person, since readers look for one
 * or the other. Activities are written while online: away, busy and
 * on-the-phone as RPID has them, do-not-disturb as <busy/> and
 * <other>do-not-disturb</other>, be-right-back as <away/> and
 * <other>be-right-back</other>, so that a reader who knows only RPID's words
 * shows the nearest one. Where the presence is idle, the tuple says since when:
 * other devices may be in use.
 */
int pres_encode(struct mbuf *mb, const struct pres_source *source);

#endif
