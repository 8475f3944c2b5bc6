/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * front.h - what a front end is to the commands: one const table that it
 * fills. The commands ask the table and nothing else; a missing operation
 * (NULL) is an answer too.
 *
 * Front ends hear of what happens by core_listen(); this table is only for
 * what commands say and want. Every text may hold bytes of strangers: a
 * front end that shows it passes it through utf8_clean() first.
 */
#ifndef SOTTO_FRONT_H
#define SOTTO_FRONT_H

#include <stdbool.h>
#include <stdint.h>
#include "core.h"
#include "json.h"

/* Where a command line came from. */
enum front_from {
	FRONT_FILE, /* a configuration or sourced file */
	FRONT_TYPED, /* the prompt of the screen or of the line front end */
	FRONT_JSON, /* a line of the JSON protocol */
	FRONT_SHELL, /* arguments of the shell: words already */
	FRONT_BINDING, /* a key */
};

struct front_origin {
	enum front_from from;
	const char *file; /* FRONT_FILE, else NULL */
	unsigned line; /* FRONT_FILE: from 1, else 0 */
	const char *account; /* of commands without -a; NULL: that of
	                              cmd_set_account() */
};

/* One piece of a command's output; borrowed. Row objects carry the same
 * fields as the events of the JSON protocol. */
struct front_row {
	const char *event; /* NULL: part of the reply's result; else
	                              JSON tells it as an event of this name
	                              ("search") and leaves it out of there */
	const struct json *object;
	const char *text; /* the same for a person: one line, or
	                              lines parted by newlines; NULL: not for
	                              people */
};

/* How a command line ended; borrowed. */
struct front_outcome {
	struct front_origin origin;
	int status; /* 0, or as the program would exit */
	const char *text; /* a sentence; NULL: nothing to say. With
	                              FRONT_FILE it begins "file:line: " if
	                              STATUS is not 0 */
	const struct json *result; /* array of row objects, one object, or
	                              NULL; set where STATUS is not 0 too, if
	                              something is known (id of a message) */
};

/* The chat that is shown. */
struct front_chat {
	const char *account; /* its name */
	const char *peer; /* AOR */
	uint64_t id; /* scroll to this message; 0: to the newest */
};

/* Kinds of arguments that only a front end can complete. */
enum front_kind {
	FRONT_PANE,
	FRONT_THEME,
};

/* What is done with panes; some with a WORD. */
enum front_pane {
	FRONT_PANE_SPLIT, /* chat split, unsplit, focus, zoom */
	FRONT_PANE_UNSPLIT,
	FRONT_PANE_FOCUS,
	FRONT_PANE_ZOOM,
	FRONT_PANE_TAB, /* chat tab: the number */
	FRONT_PANE_WHY, /* chat why */
	FRONT_PANE_GO, /* screen show: its name */
	FRONT_PANE_MOVE, /* screen move: where */
	FRONT_PANE_FIND, /* screen find: the text; NULL ends it */
	FRONT_PANE_FIND_NEXT,
	FRONT_PANE_FIND_PREVIOUS,
	FRONT_PANE_ANSWER, /* screen answer: how */
	FRONT_PANE_TYPE, /* screen type: the text */
	FRONT_PANE_EDIT,
	FRONT_PANE_SUSPEND,
	FRONT_PANE_REDRAW,
};

/* What a person is asked in the line of input. All is borrowed and cleaned by
 * the front end. */
struct front_question {
	const char *text; /* "Address: " */
	const char *about; /* lines that help to answer, or tell why it is
	                              asked again; NULL: none */
	const char *initial; /* stands there to be changed; where a terminal
	                              cannot do that an empty line means it;
	                              NULL: nothing */
	const char *const *choices; /* NULL-terminated; the answer is one of
	                              these, of which a beginning that no other
	                              has will do, or empty; NULL: any line */
	bool secret; /* typed without echo */
};

/* TEXT NULL: nobody will answer, or the person leaves the question. */
typedef void(front_answer_h)(const char *text, void *ctx);

struct front {
	const char *name; /* "screen", "line", "json", "shell", "bot" */
	bool interactive; /* a person sees it and can be asked */
	bool once; /* one command: `login` in a file does nothing */

	/* Output and end of lines that were given without a sink of their
	 * own: files and keys. Required. */
	void (*row)(const struct front_origin *origin,
		const struct front_row *row, void *arg);
	void (*outcome)(const struct front_outcome *outcome, void *arg);

	/* The shown chat is now CHAT, or none (NULL). The commands remember
	 * which one it is: see cmd_shown(). NULL: not interested. */
	void (*show)(const struct front_chat *chat, void *arg);

	/* Returns an exit status and sets *WHY (mem_deref) if not 0. NULL:
	 * there are no panes; typed pane commands are refused ("needs the
	 * full screen"), those in a file do nothing. */
	int (*pane)(
		enum front_pane what, const char *word, char **why, void *arg);

	/* The person under the cursor of a list, who `%` stands for; false:
	 * nobody is. CHAT borrows until the next turn. NULL: no lists. */
	bool (*selected)(struct front_chat *chat, void *arg);

	/* Calls EMIT for every candidate that begins with PREFIX. */
	void (*complete)(enum front_kind kind, const char *prefix,
		core_complete_h *emit, void *emit_arg, void *arg);

	/* Asks for a password without echo (core_set_ask()). NULL: nobody
	 * can be asked, and a login without password fails with 77. */
	core_ask_h *ask_secret;

	/* Asks Q; ANSWER is called once, perhaps before this returns.
	 * Questions wait for each other. NULL: nobody can be asked. */
	void (*ask)(const struct front_question *q, front_answer_h *answer,
		void *ctx, void *arg);

	/* The questions of CTX are not asked any more, and their ANSWER is
	 * not called. With ask. */
	void (*unask)(const void *ctx, void *arg);

	/* The program shall leave in good order. Told after the outcome of
	 * `quit`. Required. */
	void (*quit)(int status, void *arg);
};

#endif
