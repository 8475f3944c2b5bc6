/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * textbuf.h - lines of a chat as wrapped rows: knows widths, not screens.
 *
 * A buffer holds entries in order and a place in them that stays where it is
 * while entries come and go around it: the anchor, the row at the top. Only
 * rows that somebody asks for are wrapped. All texts are clean (utf8_clean()).
 */
#ifndef SOTTO_TEXTBUF_H
#define SOTTO_TEXTBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "pl.h"

enum {
	TEXTBUF_SPANS = 64, /* links of an entry, hits of an entry */
	TEXTBUF_WORDS = 16, /* that are looked for */
};

struct textbuf_span {
	size_t start, end; /* bytes */
};

/* Styles and marks mean nothing here. */
struct textbuf_entry {
	uint64_t id; /* 0: no message */
	int64_t at; /* wall ms */
	char *who; /* a reference; NULL: nobody */
	char *note; /* in rows below; NULL: none */
	int style, who_style, note_style;
	int mark, mark_style; /* at the right end; mark -1: none */
	unsigned flags; /* the owner's */

	/* The buffer's: */
	char *text;
	size_t len;
	int64_t day; /* of the local calendar */
	unsigned serial;
	struct textbuf_span *links;
	size_t n_links;
	struct textbuf_span *hits;
	size_t n_hits;
	unsigned hits_of; /* which search they are of */
};

/* TEXT with its tabs as blanks, and its links found. */
struct textbuf_entry *textbuf_entry_alloc(const char *text);

enum textbuf_part {
	TEXTBUF_DAY, /* the line that begins a day */
	TEXTBUF_UNREAD, /* the line where what is unread begins */
	TEXTBUF_WHO, /* the name, where it has no column */
	TEXTBUF_TEXT,
	TEXTBUF_NOTE,
	TEXTBUF_PARTS
};

struct textbuf_pos {
	size_t index; /* of the entry */
	enum textbuf_part part;
	size_t off; /* bytes of the part's text */
};

struct textbuf_row {
	const struct textbuf_entry *entry;
	struct textbuf_pos pos;
	size_t next; /* where the part's next row begins */
	struct pl text; /* what is seen of it */
	bool last; /* of its part */
};

/* Columns; -1: not there. */
struct textbuf_layout {
	int time;
	int who, who_cols;
	int text, text_cols;
	int mark;
};

struct textbuf;

/* Holds N entries at most, and BYTES of text or few entries. */
struct textbuf *textbuf_alloc(size_t n, size_t bytes);

/* The reference to E is taken over. FOLLOW: who sees the end goes on seeing
 * it. What is too much goes at the other end, unless it is in sight: then E
 * goes, and false is returned. */
bool textbuf_append(struct textbuf *tb, struct textbuf_entry *e, bool follow);
bool textbuf_prepend(struct textbuf *tb, struct textbuf_entry *e);
void textbuf_clear(struct textbuf *tb);

size_t textbuf_count(const struct textbuf *tb);
struct textbuf_entry *textbuf_at(const struct textbuf *tb, size_t index);

/* True if something was dropped at that end since this was asked last. */
bool textbuf_lost_old(struct textbuf *tb);
bool textbuf_lost_new(struct textbuf *tb);

/* The entry of message ID, and the newest and oldest message's id (0: there
 * is none). */
struct textbuf_entry *textbuf_find(
	const struct textbuf *tb, uint64_t id, size_t *index);
uint64_t textbuf_newest(const struct textbuf *tb);
uint64_t textbuf_oldest(const struct textbuf *tb);

/* An entry has another note now; some have other names. */
void textbuf_changed(struct textbuf *tb);
void textbuf_renamed(struct textbuf *tb);

/* Message ID is the first that is unread; 0: none is. */
void textbuf_set_unread(struct textbuf *tb, uint64_t id);
uint64_t textbuf_unread(const struct textbuf *tb);

/* Columns and rows in which it is seen, and where things stand in them. */
void textbuf_size(struct textbuf *tb, int cols, int rows);
const struct textbuf_layout *textbuf_layout(const struct textbuf *tb);

/* The row at the top; then the one at or behind POS, which is moved behind
 * it. False: there is none. */
struct textbuf_pos textbuf_top(struct textbuf *tb);
bool textbuf_row(const struct textbuf *tb, struct textbuf_pos *pos,
	struct textbuf_row *row);

/* Moves N rows (< 0: up); false: there was no way to go. */
bool textbuf_move(struct textbuf *tb, long n);
void textbuf_first(struct textbuf *tb);
void textbuf_last(struct textbuf *tb);

/* Entry INDEX in sight, with what surrounds it. */
void textbuf_goto(struct textbuf *tb, size_t index);
bool textbuf_at_end(struct textbuf *tb);

/* Words to look for, at the start of words or INSIDE too; N 0: none. */
void textbuf_search(
	struct textbuf *tb, const struct pl *words, size_t n, bool inside);

/* The piece of ROW's text at byte *I, which is moved behind it: all hit or
 * not, all of link number *LINK (-1: of none). */
bool textbuf_piece(struct textbuf *tb, const struct textbuf_row *row, size_t *i,
	struct pl *text, bool *hit, int *link);

/* Bytes of REST (not empty) in its first row of COLS columns, of which SHOWN
 * are seen: blanks and the newline that it ends with are not. */
size_t textbuf_wrap(const struct pl *rest, size_t cols, size_t *shown);

#endif
