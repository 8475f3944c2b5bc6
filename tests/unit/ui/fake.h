/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fake.h - doubles of what a view asks: a screen of cells that refuses what
 * is not clean or outside, a core with one account and one chat whose past
 * may be as long as a test wants, answered when the test says so.
 */
#ifndef SOTTO_TEST_FAKE_UI_H
#define SOTTO_TEST_FAKE_UI_H

#include "ui_int.h"

#define BOB "sip:bob@example.org"

enum {
	FAKE_ROWS = 200,
	FAKE_COLS = 500,
	FAKE_CELL = 64, /* bytes of a cell, with what stands on it */
};

struct fake {
	char cells[FAKE_ROWS][FAKE_COLS][FAKE_CELL];
	enum ui_style styles[FAKE_ROWS][FAKE_COLS];
	char links[200]; /* URIs, a blank behind each */
	struct ui_area area;
	bool unseen; /* the terminal has lost the focus */

	struct tmrs *tmrs;
	uint64_t now;

	struct core_account *account;

	/* The past: ids 1 to N, a minute apart. */
	uint64_t n;
	const char *text; /* of each; NULL: "text " and its id */
	enum store_state state; /* of every tenth, which is ours */
	int err;
	bool backwards; /* the store only goes back */
	bool parts; /* of words are found */
	char query[200]; /* the last one */
	struct list asked;
	unsigned asks;

	unsigned unread;
	bool typing;
	const char *chat_state, *via;
	unsigned reads;
	unsigned dirty;
	/* Who looks at the log and the trace, and what is kept of it. */
	cmd_log_line_h *log_h;
	cmd_sip_h *sip_h;
	void *tap_arg;
	bool tracing;
	uint64_t sips, oldest;
	struct ui_view *overlay;

	const char *name;
	bool stranger;
	bool blocked;
	struct presence *presence;
};

extern struct fake *fake;

void fake_open(struct fake *f);
void fake_close(struct fake *f);

/* Answers what was asked of the store until nothing is asked. */
void fake_answer(struct fake *f);

/* Draws V in ROWS, COLS; the cells as lines without what is blank at their
 * ends (mem_deref). */
char *fake_draw(
	struct fake *f, struct ui_view *v, int rows, int cols, bool focus);

struct core_account *fake_account(void);

/* A message of the trace, a line of the log. */
void fake_sip(struct fake *f, bool sent, const char *key, const char *text);
void fake_log(struct fake *f, enum log_level level, const char *text);

#endif
