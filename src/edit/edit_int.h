/* SPDX-License-Identifier: GPL-3.0-or-later */
/* edit_int.h - what the files of the line of input share. */
#ifndef SOTTO_EDIT_INT_H
#define SOTTO_EDIT_INT_H

#include <stdbool.h>
#include <stdio.h>
#include <termios.h>
#include "edit.h"
#include "list.h"
#include "mbuf.h"
#include "mem.h"
#include "writer.h"

enum {
	EDIT_READ_SIZE = 4096, /* bytes of a plain read */
};

struct lent;

struct edit {
	struct edit_handlers h;
	struct lent *lent; /* NULL: readline draws, or nobody does */
	struct loop *loop;
	struct loop_fd *in;
	struct loop_hook *hook;
	struct loop_signal *signals[3];
	struct cmd *cmd;
	struct writer *writer;
	FILE *out; /* all that is shown; ends in the writer */
	struct mbuf *plain; /* what was read and is no whole line yet */
	struct list questions; /* the first one is being asked */
	char *prompt;
	char *kept; /* what was typed before the prompt went */
	int kept_point;
	char *aside; /* what was typed before a question came */
	int aside_point;
	size_t match_from; /* where the word at hand began */
	struct termios initial; /* the terminal as it was */
	struct mem_last last; /* gives the terminal back */
	bool tty; /* both sides are a terminal */
	bool readline; /* readline reads, else plain lines */
	bool reading;
	bool over; /* no more reading, ever */
	bool installed; /* readline's handler is */
	bool drawn; /* prompt or question stand on the screen */
	bool entering; /* the line handler runs */
	bool entered; /* the key at hand ended a line */
	bool hung_up; /* readline met the end of input */
	bool skipping; /* the rest of a plain line over all bounds */
};

/* Candidates so far. */
struct edit_matches {
	char **v;
	char **help; /* each NULL: none */
	size_t n;
};

/* ---- edit.c ---- */

/* The one there is, or NULL. */
struct edit *edit_the(void);

/* The line is an older one as it was entered, or one that is looked for:
 * nobody has typed it now. */
bool edit_is_older(void);

/* One that nothing was done with yet; EBUSY. */
int edit_base_alloc(struct edit **ep, struct loop *loop, struct cmd *cmd);

/* Takes the prompt or the question off the way of what will be printed. */
void edit_undraw(struct edit *e);

/* Gives the terminal back; what is being typed is kept. */
void edit_uninstall(struct edit *e);

/* Readline's line is for a question, and begins as INITIAL (NULL: empty); and
 * it is for what was typed before. */
void edit_set_aside(struct edit *e, const char *initial);
void edit_take_back(struct edit *e);

/* No more input. */
void edit_end(struct edit *e);

/* ---- question.c ---- */

/* TEXT is the answer to the question that is asked; NULL: there is none. */
void edit_answered(struct edit *e, const char *text);

/* What TEXT, which was typed, answers: itself, or the choice that it means;
 * NULL: it is no answer. Borrowed. */
const char *edit_accept(const struct edit *e, const char *text);

/* The prompt with its choices. */
const char *edit_question_shown(const struct edit *e);

/* What kind of question is asked, if one is. */
bool edit_asks_secret(const struct edit *e);
bool edit_asks_text(const struct edit *e);

/* ---- keymap.c ---- */

/* Readline 8.2 jumps out of keys of several bytes that are none or fail, and
 * where one of its searches or macros had the first byte, to where nobody is
 * any more. */

/* Those that are none do nothing. After all keys are bound. */
void edit_fill_keymaps(void);

/* A key of several bytes that nothing is bound to: readline would type its
 * end. */
bool edit_unbound(const struct pl *bytes);

/* Byte C is read next: a search ends before what begins such a key. */
void edit_before_key(int c);

/* ---- plain.c ---- */

/* Reads what is there and hands on its whole lines. */
void plain_input(struct edit *e);

/* ---- signals.c ---- */
int edit_watch_signals(struct edit *e);

/* ---- complete.c ---- */

/* Readline's rl_attempted_completion_function for E. */
char **edit_complete(struct edit *e, int end);

/* Candidates for the word that ends at byte END, which begins at *FROM
 * (mem_deref). */
struct edit_matches *edit_matches(struct edit *e, int end, size_t *from);

/* The choices of the question that begin with TEXT. */
struct edit_matches *edit_choices(struct edit *e, const char *text);

/* Bytes of the first one that all begin with. */
size_t edit_common(const struct edit_matches *m);

/* True if more is to follow TEXT without a blank. */
bool edit_goes_on(const char *text);

/* Readline's hook that shows N candidates. */
void edit_show_matches(struct edit *e, char **matches, int n);

/* ---- terminal.c ---- */

/* True if readline can do something with this terminal. */
bool terminal_capable(void);

/* A stream that puts what it is given into W. */
FILE *terminal_stream(struct writer *w);

/* Canonical lines with or without echo. */
void terminal_echo(struct edit *e, bool on);

/* As it was, for the last moment: allocates nothing. */
void terminal_reset(const struct edit *e);

/* Rows that PROMPT and TEXT took on the screen; 0: cannot be told. */
int terminal_rows(const char *prompt, const char *text);

/* Takes the ROWS above the cursor off the screen, if the terminal can. */
void terminal_erase(FILE *out, int rows);

#endif
