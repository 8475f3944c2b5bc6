/* SPDX-License-Identifier: GPL-3.0-or-later */
/* data.h - collections of messages that are not part of the program: read
 * where they are there, skipped with a word where not. */
#ifndef SOTTO_TEST_DATA_H
#define SOTTO_TEST_DATA_H

#include <stdbool.h>
#include "mbuf.h"
#include "msg.h"

/* The whole file DIR/NAME of the collection (mem_deref), or NULL. */
struct mbuf *data_read(const char *dir, const char *name);

/* Calls H for each file of DIR whose name ends in SUFFIX, in order of names,
 * folders below included; returns their number. NAME is below DIR. */
size_t data_each(const char *dir, const char *suffix,
	void (*h)(const char *name, const struct pl *bytes, void *arg),
	void *arg);

/* True, with a word on stderr, where DIR is not there. */
bool data_absent(const char *dir);

/* A message's text with "\n" line ends made CRLF (mem_deref). */
char *crlf(const char *text);

/* Decodes the C string TEXT, whose line ends become CRLF, as a datagram. */
int decode_text(struct msg **mp, const char *text, const char **why);

/* Reads every header with the decoder of its kind, as a user of them all
 * would, and checks that what they give is inside the message. */
void read_everything(const struct msg *msg);

#endif
