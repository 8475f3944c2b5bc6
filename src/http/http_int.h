/* SPDX-License-Identifier: GPL-3.0-or-later */
/* http_int.h - what the files of the HTTP helper share. */
#ifndef SOTTO_HTTP_INT_H
#define SOTTO_HTTP_INT_H

#include "http_wire.h"

/* The way to one server for one user, changed when a request needs
 * another. */
struct exchange;

int exchange_alloc(struct exchange **xp);

/* Carries out ASK. ANSWER borrows from X until the next one. Gives up when
 * nobody reads our answers any more. */
void exchange_run(struct exchange *x, const struct http_wire *ask,
	struct http_wire *answer);

#endif
