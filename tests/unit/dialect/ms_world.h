/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ms_world.h - an account of the Microsoft dialect on a network in memory, and
 * a server that says what a test wants it to say.
 *
 * The server takes every REGISTER. A SUBSCRIBE gets a 200 with the document
 * that the test has put down for its event, if any, as a piggybacked
 * notification; a SERVICE gets service_status. Documents are borrowed.
 */
#ifndef SOTTO_TEST_DIALECT_MS_WORLD_H
#define SOTTO_TEST_DIALECT_MS_WORLD_H

#include "people.h"
#include "../../../src/dialect/ms_int.h"

#define MS_SELF	    "vnd-microsoft-roaming-self"
#define MS_CONTACTS "vnd-microsoft-roaming-contacts"

struct ms_world;

/* What a SUBSCRIBE or SERVICE is answered with. */
struct ms_answer {
	uint16_t status;
	const char *type; /* of BODY */
	const char *body; /* NULL: none */
};
typedef void(ms_world_h)(
	struct ms_world *m, const struct msg *req, struct ms_answer *a);

struct ms_world {
	struct world w;
	struct server s;
	struct person a; /* sip:alice@example.org */
	const char *self; /* documents; NULL: none */
	const char *contacts;
	const char *presence;
	const char *presence_type;
	ms_world_h *h; /* may change any answer */
	bool plain; /* its REGISTER is any registrar's */
	uint32_t cseq; /* of BENOTIFYs */
	unsigned n; /* for the test */
};

/* Made, and signed in with what the documents say by then. */
struct ms_world *ms_world_make(void);
struct ms_world *ms_world_seeded(uint64_t seed);
void ms_world_start(struct ms_world *m);
void ms_world_close(struct ms_world *m);
void ms_run(struct ms_world *m, uint64_t ms);

/* The last SUBSCRIBE for EVENT; the last SERVICE; NULL: none. */
const struct msg *ms_subscribe_last(
	const struct ms_world *m, const char *event);
size_t ms_subscribes(const struct ms_world *m, const char *event);

/* True if a request of METHOD has TEXT in its body. */
bool ms_said(const struct ms_world *m, const char *method, const char *text);
size_t ms_said_count(
	const struct ms_world *m, const char *method, const char *text);

/* A BENOTIFY in the dialog of the last SUBSCRIBE for EVENT. */
void ms_tell(struct ms_world *m, const char *event, const char *type,
	const char *body);

/* ... from within a handler of a test. */
void ms_put(struct ms_world *m, const char *event, const char *type,
	const char *body);

/* The connection breaks, and is there again a while later. */
void ms_break(struct ms_world *m);

#endif
