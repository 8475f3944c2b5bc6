/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conv_int.h - what the files of a chat's view share.
 *
 * 1 state      what is seen and what is asked
 * 2 lines      conv_line.c: messages and events as entries
 * 3 load       conv_load.c: pages of the store
 * 4 find       conv_find.c: looking for words
 * 5 draw       conv_draw.c
 */
#ifndef SOTTO_CONV_INT_H
#define SOTTO_CONV_INT_H

#include "textbuf.h"
#include "ui_int.h"
#include "utf8.h"

/* ---- 1 state -------------------------------------------------------- */

enum {
	CONV_PAGE = 200, /* messages asked for at a time */
	CONV_NEAR = 100, /* entries off the edge: the next page is asked for */
	CONV_ENTRIES = 1000,
	CONV_BYTES = 8 << 20,
	CONV_HITS = 50, /* asked for at a time */
	CONV_STATUS = 256, /* bytes of the line at the bottom */
};

/* Flags of entries. */
enum {
	CONV_IN = 1,
	CONV_FAILED = 2,
	CONV_REASON = 4, /* it has one */
};

struct conv_find {
	char *text; /* NULL: nothing is looked for */
	uint64_t from; /* hits are older than this; 0: any */
	uint64_t *hits; /* newest first */
	size_t n, at; /* AT: the one shown */
	bool all; /* there are no older hits */
	bool asking;
	bool anew; /* ask again: the text is another one */
	uint64_t back; /* the newest hit before it was asked for newer ones */
	bool step; /* show the next older one once it is there */
	char say[CONV_STATUS];
};

struct conv_view {
	struct ui_view view;
	struct core_account *account; /* a reference */
	char *peer;
	char *name; /* clean */
	char *me; /* clean */
	struct textbuf *buf;
	struct core_past *past;
	struct core_past *searched; /* the same, for words */
	int rows; /* of lines, drawn last */
	bool began; /* the first page is there */
	bool loading_old, loading_new, jumping;
	bool oldest_here; /* nothing older is in the store */
	bool full_old, full_new; /* no more fits while this is in sight */
	bool newer; /* newer ones than the last entry are in the store */
	uint64_t newest; /* id of the newest message that was told */
	uint64_t target; /* message to go to, once it is loaded */
	uint64_t pointed; /* the one gone to, which stands out; 0: none */
	unsigned below; /* messages that came while scrolled up */
	unsigned unread_left; /* the line where unread begins is further up */
	uint64_t unread_since; /* monotonic ms of the first that was not seen */
	bool unread; /* there is such a one */
	bool unread_seen; /* the line was in sight */
	char *said; /* of the session, last */
	struct conv_find find;
};

/* ---- 2 lines -------------------------------------------------------- */

/* An entry for a message, and its mark and note as its state has them. */
struct textbuf_entry *conv_line_message(
	struct conv_view *v, const struct store_message *m);
void conv_line_state(
	struct textbuf_entry *e, enum store_state state, const char *reason);
struct textbuf_entry *conv_line_event(
	struct conv_view *v, enum ui_style style, const char *text);

/* Appends E where the end is loaded, and counts it where it is not seen. */
void conv_view_add(struct conv_view *v, struct textbuf_entry *e);

/* ---- 3 load --------------------------------------------------------- */

void conv_load_newest(struct conv_view *v);
void conv_load_first(struct conv_view *v);

/* Asks for what is about to come into sight. */
void conv_load_near(struct conv_view *v);

/* Puts the line where unread begins N incoming messages above the end. */
void conv_load_unread(struct conv_view *v, unsigned n);

/* ---- 4 find --------------------------------------------------------- */

/* Id of the last message in sight; 0: none. */
uint64_t conv_last_in_sight(struct conv_view *v);

/* ---- 5 draw --------------------------------------------------------- */

void conv_draw(struct ui_view *base, struct screen *s, const struct ui_area *a,
	bool focus);

#endif
