/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * presrules.h - presence authorization rules (RFC 5025 over RFC 4745): who
 * may see us, read, and one person's rule changed. Pure: no socket, no clock.
 *
 * A change is made in the text: every byte that it does not touch stays as it
 * was, whatever it means.
 */
#ifndef SOTTO_PRESRULES_H
#define SOTTO_PRESRULES_H

#include <stdbool.h>
#include "mbuf.h"
#include "pl.h"

#define PRESRULES_TYPE "application/auth-policy+xml"

/* In the order of what is given (RFC 5025 3.2.1): where several rules are for
 * one person, the greatest counts. */
enum presrules_handling {
	PRESRULES_BLOCK,
	PRESRULES_CONFIRM,
	PRESRULES_POLITE_BLOCK,
	PRESRULES_ALLOW,
};

/* "block", "confirm", "polite-block" or "allow". */
const char *presrules_word(enum presrules_handling handling);

/* The rule called RULE ("" where it has no name) is for the identity ID (both
 * borrowed; ID is without white space around it). CONDITIONAL: at times only,
 * or under other conditions. */
typedef void(presrules_one_h)(const char *id, const char *rule,
	enum presrules_handling handling, bool conditional, void *arg);

/* Calls H for every single identity of every rule that says how to handle
 * subscriptions, in order. EBADMSG: not XML, or no rules; EMSGSIZE: over a
 * bound (4 MiB, depth 64, 200,000 nodes). */
int presrules_decode(const struct pl *text, presrules_one_h *h, void *arg);

/*
 * FRESH is TEXT (unset: there is none yet) with PEER, a URI, handled so:
 * taken out of the rules that say otherwise, an exception from those for
 * everybody or a domain that give more, and in a rule that says so. A rule
 * that nobody is left in goes; one with conditions that are not known is left
 * alone, but where it names PEER and gives more. *FRESH (mem_deref) is left
 * alone where TEXT says all that already.
 *
 * EINVAL: PEER is no URI; EBADMSG also where TEXT is not UTF-8, as it has to
 * be (RFC 4825 5); EMSGSIZE: FRESH would be over a bound.
 */
int presrules_set(struct mbuf **freshp, const struct pl *text, const char *peer,
	enum presrules_handling handling);

/* Of the rules in TEXT the name of one that gives more than HANDLING to people
 * by conditions that are not known here, as a list elsewhere, so that it may
 * be for anybody (mem_deref); NULL: there is none. */
char *presrules_rival(const struct pl *text, enum presrules_handling handling);

#endif
