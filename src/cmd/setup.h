/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * setup.h - the setup dialogue, which asks for an account.
 *
 * 1 setup.c       its way: signing in, writing, the end
 * 2 setup_ask.c   its questions
 * 3 setup_text.c  what was answered, and the lines that come of it
 */
#ifndef SOTTO_CMD_SETUP_H
#define SOTTO_CMD_SETUP_H

#include "cmd_int.h"

/* What the setup dialogue was answered so far. */
struct setup {
	struct core_account *account; /* while it is tried; a reference */
	char *name;
	char *aor;
	char *how; /* "command", "ask", "file": where its password is */
	char *command;
	char *password;
	struct list settings; /* struct setup_setting */
	bool named; /* NAME stood in the command */
	bool online;
	unsigned logins; /* whose outcome is to come */
	bool signing; /* the last one counts */
	char *why; /* the last one failed */
	void (*next)(struct cmd_call *call, const char *answer);
};

struct setup_setting {
	struct le le;
	char *name;
	char *value;
};

/* ---- 1 setup.c ------------------------------------------------------ */

/* Asks for an account; NAME NULL: for its name too. */
void setup_begin(struct cmd_call *call, const char *name);
struct setup *setup_of(const struct cmd_call *call);

/* Signs in with what was answered, or only writes it. */
void setup_try(struct cmd_call *call);
void setup_write(struct cmd_call *call);

/* The account that is tried goes; what was answered stays. */
void setup_drop(struct cmd_call *call);

/* The dialogue is over: all is well, or no account is added. */
void setup_finish(struct cmd_call *call);
void setup_leave(struct cmd_call *call);

/* ---- 2 setup_ask.c -------------------------------------------------- */

/* NEXT gets the answer, if there is one. */
void setup_ask(struct cmd_call *call, const struct front_question *q,
	void (*next)(struct cmd_call *call, const char *answer));

/* ABOUT NULL: what helps to answer, else what was wrong. */
void setup_ask_address(struct cmd_call *call, const char *about);
void setup_ask_name(struct cmd_call *call, const char *about);

/* It is not signed in, as ABOUT tells: what now? */
void setup_ask_now(struct cmd_call *call, const char *about);

/* ---- 3 setup_text.c ------------------------------------------------- */

struct setup *setup_alloc(void);

/* Sets *SLOT to ANSWER, which may be a secret. */
void setup_set(char **slot, const char *answer);


/* Another value for a setting; the value that it has, or NULL. */
void setup_put(struct setup *s, const char *name, const char *value);
const char *setup_get(const struct setup *s, const char *name);

/* What is set for the account by all answers; with H. The password only where
 * the file is to have it. */
void setup_each(const struct setup *s,
	void (*h)(const char *name, const char *value, void *arg), void *arg);

/* The lines for the configuration file; the second one declares the account
 * (mem_deref). */
char *setup_text(const struct setup *s);

/* What was typed for a server as a SIP URI (mem_deref). */
char *setup_server(const char *typed);

/* "NAME VALUE" or "NAME=VALUE" taken apart (mem_deref both); false: it is
 * neither. */
bool setup_split(const char *typed, char **name, char **value);

#endif
