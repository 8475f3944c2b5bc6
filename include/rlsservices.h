/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rlsservices.h - the services of a resource list server (RFC 4826 4): the URIs
 * that stand for lists of people, read, and the people behind one changed.
 * Pure: no socket, no clock.
 *
 * A change is made in the text: every byte that it does not touch stays as it
 * was, whatever it means. The service that others wrote for the same URI is
 * taken as it is.
 */
#ifndef SOTTO_RLSSERVICES_H
#define SOTTO_RLSSERVICES_H

#include <stdbool.h>
#include <stddef.h>
#include "mbuf.h"
#include "pl.h"

#define RLSSERVICES_TYPE "application/rls-services+xml"
#define RLSSERVICES_AUID "rls-services"

/* Borrowed; without white space around texts. */
struct rlsservices_service {
	const char *uri;
	const char *reference; /* where the list is; NULL: in the service */
	bool presence; /* it takes that package */
};

struct rlsservices_handlers {
	/* False: its entries shall not be told. */
	bool (*service)(const struct rlsservices_service *service, void *arg);
	/* One entry of the list in the service, or of a list in that. */
	void (*entry)(const char *uri, void *arg);
	void *arg;
};

/* Tells all services in order of the document, each before its entries, when
 * the whole document was read. EBADMSG: not XML, or no such document; EMSGSIZE:
 * over a bound (8 MiB, depth 64, 500,000 nodes). */
int rlsservices_decode(
	const struct pl *text, const struct rlsservices_handlers *h);

/* What is to become of the list in a service. Borrowed. URIs that are the same
 * as addresses of record, or but for sip and sips, are one. */
struct rlsservices_change {
	const char *service; /* its URI */
	const char *const *add; /* URIs (sip, sips, pres, tel) */
	size_t n_add;
	const char *const *drop;
	size_t n_drop;
};

/*
 * FRESH is TEXT (unset: there is none yet) where the service stands, takes the
 * presence package, and has ADD and not DROP in its list; what is in both is
 * added. An entry that goes takes with it what others wrote in it; references
 * to other lists stay. *FRESH (mem_deref) is left alone where TEXT says all
 * that already.
 *
 * EINVAL: the service or one of ADD is no such URI; ENOTSUP: the list of the
 * service is in another document; EBADMSG also where TEXT is not UTF-8;
 * EMSGSIZE: FRESH would be over a bound.
 */
int rlsservices_edit(struct mbuf **freshp, const struct pl *text,
	const struct rlsservices_change *change);

#endif
