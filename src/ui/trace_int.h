/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trace_int.h - what the files of the trace's pane share: SIP messages put
 * together as exchanges, and those as rows. */
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

#endif
