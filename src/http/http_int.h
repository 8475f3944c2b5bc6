/* SPDX-License-Identifier: GPL-3.0-or-later */
/* http_int.h - what the files of the HTTP helper share. */
#ifndef SOTTO_HTTP_INT_H
#define SOTTO_HTTP_INT_H

#include <curl/curl.h>
#include "http_wire.h"

/* The way to one server for one user, changed when a request needs
 * another. */
struct exchange;

int exchange_alloc(struct exchange **xp);

/* Carries out ASK. ANSWER borrows from X until the next one. Gives up when
 * nobody reads our answers any more. */
void exchange_run(struct exchange *x, const struct http_wire *ask,
	struct http_wire *answer);

/* trust.c: a field as text (mem_deref); NULL where it is not there. */
char *http_text(const struct http_wire *w, enum http_field field);

/* Up to the path, which is what credentials and connections are for. */
struct pl http_origin(const struct pl *url);

/* Whom CURL trusts. */
void trust_set(CURL *curl, const struct http_wire *ask);

/* The URL of the same place by its other name, which is what the certificate
 * is checked for (mem_deref); with the list of where to CONNECT, and the header
 * that says whom is meant. */
char *trust_rename(const struct http_wire *ask, struct curl_slist **connect,
	struct curl_slist **headers);

#endif
