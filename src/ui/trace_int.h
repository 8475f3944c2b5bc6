/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trace_int.h - what the files of the trace's pane share.
 *
 * 1 list  SIP messages put together as exchanges, and those as rows
 * 2 view  the pane
 * 3 move  places in all rows, and what moves the cursor
 * 4 find  looking for words
 */
#ifndef SOTTO_TRACE_INT_H
#define SOTTO_TRACE_INT_H

#include "ui_int.h"

#define uthash_fatal(msg) mem_oom()
#include <uthash.h>

enum {
	TRACE_WORD = 64, /* bytes of a method or a reason that are shown */
	TRACE_URI = 160,
	TRACE_LINE = 512,
	TRACE_INDENT = 2, /* columns before what is unfolded */
};

/* ---- 1 trace_list.c -------------------------------------------------- */

/* A message in its exchange. */
struct trace_entry {
	struct le le; /* of the exchange */
	struct le all; /* of the list */
	struct trace_exchange *exchange;
	const struct cmd_sip *sip; /* a reference */
	bool again; /* the same bytes as one before */
	char *text; /* clean; NULL: not unfolded */
};

/* What one row shows: TEXT of ENTRY; ENTRY NULL: all at a glance; TEXT unset:
 * where the message came from. */
struct trace_row {
	const struct trace_entry *entry;
	struct pl text;
	bool start; /* the first line of the message */
};

/* A transaction: a request, its responses, and what was sent again. */
struct trace_exchange {
	struct le le;
	UT_hash_handle hh;
	char *key; /* NULL: not in the table */
	uint64_t n; /* from 1, in order */
	int64_t at; /* of the first message */
	bool ours; /* our request */
	bool silent; /* nobody answers it */
	char method[TRACE_WORD]; /* clean, as what follows */
	char uri[TRACE_URI];
	char peer[TRACE_WORD];
	unsigned requests; /* the same one */
	unsigned answers; /* the same last one */
	unsigned status; /* of the last response; 0: none */
	int64_t asked, answered; /* times; ASKED 0: not seen */
	char reason[TRACE_WORD];
	struct list entries;
	bool open;
	struct trace_row *rows; /* for COLS columns; NULL: to be made */
	size_t n_rows;
	int cols;
};

struct trace_list {
	struct list exchanges; /* in order of their first messages */
	struct list entries; /* in order */
	struct trace_exchange *table;
	uint64_t n;
};

/* The exchange that SIP, a message, went to. */
struct trace_exchange *trace_list_add(
	struct trace_list *l, const struct cmd_sip *sip);

/* Forgets messages before number FIRST; GONE hears of an exchange of which
 * nothing is left, before it goes. */
void trace_list_trim(struct trace_list *l, uint64_t first,
	void (*gone)(const struct trace_exchange *x, void *arg), void *arg);
void trace_list_clear(struct trace_list *l);

void trace_exchange_open(struct trace_exchange *x, bool open);

/* Its rows in COLS columns, at least one. */
const struct trace_row *trace_exchange_rows(
	struct trace_exchange *x, int cols, size_t *n);

/* What became of it: "200 OK in 12 ms, request 3 times"; *STYLE fits. */
void trace_exchange_outcome(const struct trace_exchange *x, int64_t now,
	char text[TRACE_LINE], enum ui_style *style);

/* True if NEEDLE, ASCII case ignored, is in one of its messages. */
bool trace_exchange_holds(const struct trace_exchange *x, const char *needle);

/* ---- 2 trace_view.c -------------------------------------------------- */

/* A row of an exchange. */
struct trace_pos {
	struct trace_exchange *x; /* NULL: there is none at all */
	size_t row;
};

struct trace_view {
	struct ui_view view;
	struct cmd_tap *tap;
	struct trace_list list;
	struct trace_pos top; /* first row in sight */
	struct trace_pos at; /* the cursor */
	bool tail; /* stays at the end */
	size_t below; /* messages that came while it was out of sight */
	int rows, cols; /* drawn last */
	char *find; /* what is looked for; NULL: nothing */
	const char *say; /* of it */
};


/* ---- 3 trace_move.c -------------------------------------------------- */

size_t trace_pos_count(const struct trace_view *v, struct trace_exchange *x);

/* One row on; false and nothing changed where there is none. */
bool trace_pos_forward(const struct trace_view *v, struct trace_pos *p);
bool trace_pos_back(const struct trace_view *v, struct trace_pos *p);
bool trace_pos_before(const struct trace_pos *a, const struct trace_pos *b);
struct trace_pos trace_pos_first(const struct trace_view *v);
struct trace_pos trace_pos_last(const struct trace_view *v);

/* P may be behind the rows that its exchange has in these columns. */
void trace_pos_settle(const struct trace_view *v, struct trace_pos *p);

/* Scrolls no more than it takes to have the cursor within N rows, and no row
 * empty that could be filled. */
void trace_pos_follow(struct trace_view *v, int n);

/* True if the last row is within N rows from the top. */
bool trace_pos_at_end(const struct trace_view *v, int n);

bool trace_view_move(struct ui_view *v, enum ui_move move);
void trace_view_click(struct ui_view *v, int row, int col, bool twice);

/* ---- 4 trace_find.c -------------------------------------------------- */

void trace_view_find(struct ui_view *v, const char *text);
void trace_view_find_next(struct ui_view *v, int n);

#endif
