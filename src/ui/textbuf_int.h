/* SPDX-License-Identifier: GPL-3.0-or-later */
/* textbuf_int.h - what the files of the buffer share. */
#ifndef SOTTO_TEXTBUF_INT_H
#define SOTTO_TEXTBUF_INT_H

#include "mem.h"
#include "textbuf.h"
#include "utf8.h"

enum {
	TEXTBUF_WHO_MIN = 2, /* columns of names */
	TEXTBUF_WHO_MAX = 16,
};

struct textbuf {
	struct textbuf_entry **ring;
	size_t first, n, size;
	size_t max, bytes, max_bytes;
	bool lost_old, lost_new;
	unsigned serial;
	uint64_t unread;
	int cols, rows;
	size_t who_cols;
	struct textbuf_layout layout;
	struct textbuf_pos top;
	bool tail; /* the last row stays at the bottom */
	bool dirty; /* TOP is to be found anew */
	char *words[TEXTBUF_WORDS];
	size_t n_words;
	bool inside;
	unsigned search;
};

/* The entry begins a day: there is a line above it. */
bool textbuf_begins_day(const struct textbuf *tb, size_t index);

void textbuf_make_layout(struct textbuf *tb);

/* Finds the row at the top anew, if need be. */
void textbuf_lay(struct textbuf *tb);

/* The line above entry INDEX that began a day is gone: what is in sight does
 * not move for that. */
void textbuf_day_gone(struct textbuf *tb, size_t index);

static inline size_t textbuf_rows(const struct textbuf *tb)
{
	return tb->rows > 0 ? (size_t)tb->rows : 1;
}

#endif
