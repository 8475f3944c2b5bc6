/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fakeway.h - a way of HTTP whose answers a test gives itself. Each request
 * is noted as a line of words, those left out that it does not have:
 *
 *   PUT URL type=T match=E none=E user=U:P ca=F name=N pin=P noverify body=B
 */
#ifndef SOTTO_TEST_DIALECT_FAKEWAY_H
#define SOTTO_TEST_DIALECT_FAKEWAY_H

#include "http.h"
#include "list.h"

struct fakeway {
	struct http_way way;
	struct list requests; /* unanswered, oldest first */
	char log[1000]; /* the last request */
	size_t count;
	int err; /* what the next request() says */
};

void fakeway_init(struct fakeway *f);

/* Answers the oldest request. */
void fakeway_answer(struct fakeway *f, const struct http_answer *answer);

#endif
