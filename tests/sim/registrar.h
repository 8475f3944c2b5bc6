/* SPDX-License-Identifier: GPL-3.0-or-later */
/* registrar.h - a SIP server in memory: takes every registration, and tells
 * of changed documents (RFC 5875) if it knows how to. */
#ifndef SOTTO_SIM_REGISTRAR_H
#define SOTTO_SIM_REGISTRAR_H

#include "../unit/ua/world.h"
#include "documents.h"

enum {
	SUBSCRIBERS = 64,
};

struct subscriber {
	struct msg *subscribe; /* NULL: none */
	struct sa peer;
};

struct registrar {
	struct server server;
	bool tells;
	unsigned cseq;
	struct subscriber subscribers[SUBSCRIBERS];
	size_t next; /* the oldest one */
};

void registrar_open(struct registrar *r, struct world *w, const char *addr);
void registrar_close(struct registrar *r);

/* A document is new; its tag, NULL: it has gone. */
void registrar_tell(
	struct registrar *r, enum document_kind kind, const char *etag);

#endif
