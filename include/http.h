/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * http.h - HTTP requests beside the loop, carried out by a helper program
 * over a pipe (RFC 9110), one after the other.
 *
 * The helper is started by the first request, ends when none has come for a
 * minute, and is started anew by the next request if it has died. It follows
 * no redirection and uses no proxy.
 */
#ifndef SOTTO_HTTP_H
#define SOTTO_HTTP_H

#include <stdbool.h>
#include <stdint.h>
#include "pl.h"

struct loop;
struct http;
struct http_request;

/* What is asked for. Texts are printable ASCII of at most 4 KiB, NULL for
 * none; all is copied. */
struct http_ask {
	const char *method; /* "GET", "PUT", "DELETE" */
	const char *url; /* http or https */
	const char *content_type;
	const char *if_match; /* as it came in an ETag, or "*" */
	const char *if_none_match;
	const char *user; /* sent only if the server asks for it: digest, */
	const char *password; /* ... or basic over TLS */
	const char *ca_file; /* trusted instead of the system's */
	const char *tls_name; /* one more that its certificate may have */
	const char *tls_pin; /* base64 SHA-256 of its public key, checked in
				addition; several with blanks between them */
	bool verify; /* the server's certificate */
	uint32_t timeout; /* ms for everything; 0: 30 s */
	struct pl body; /* unset: none; at most 8 MiB */
};

/* How it went; all borrowed. ERR is EACCES for a check of TLS that failed and
 * where the password was not given for good reason, EMSGSIZE for an answer
 * over 8 MiB, ETIMEDOUT, ECONNREFUSED, ECONNRESET, EHOSTUNREACH, or what the
 * system said of the helper. */
struct http_answer {
	int err; /* 0: an answer came */
	const char *why; /* with ERR: a sentence without final stop */
	uint16_t status;
	const char *etag; /* NULL: none, or none that could be sent back */
	const char *content_type;
	struct pl body;
};

typedef void(http_answer_h)(const struct http_answer *answer, void *arg);

/* PROGRAM is the helper; NULL: what the variable SOTTO_HTTP names, else
 * sotto-http beside this very program, else where it is installed. mem_deref()
 * ends it; handlers are not called then. */
int http_alloc(struct http **hp, struct loop *loop, const char *program);

/* How long the helper may have nothing to do (ms); a minute unless told. */
void http_set_idle(struct http *http, uint32_t ms);

/* Queues ASK; H is called once, later. mem_deref() of *RP, which is the
 * caller's also afterwards, cancels: what has gone out already may still
 * happen. EINVAL: a text is no such text; EMSGSIZE: too long. */
int http_request(struct http_request **rp, struct http *http,
	const struct http_ask *ask, http_answer_h *h, void *arg);

/* A way to have requests made, so that a test can answer them itself. */
struct http_way {
	int (*request)(struct http_request **rp, const struct http_ask *ask,
		http_answer_h *h, void *arg, void *ctx);
	void *ctx;
};

#endif
