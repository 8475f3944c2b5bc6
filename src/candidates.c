/* SPDX-License-Identifier: GPL-3.0-or-later */
/* candidates.c - --complete KIND: names for the completion of a shell. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include "app.h"
#include "json.h"
#include "mem.h"
#include "utf8.h"


enum {
	LIMIT = 1000, /* ms: somebody has pressed Tab */
};


/* What is asked, and the fields that name a row: the first that is there. */
static const struct {
	const char *kind;
	const char *command;
	const char *fields[2];
} kinds[] = {
	{"account", "account", {"account", NULL}},
	{"buddy", "buddy", {"name", "buddy"}},
	{"chat", "chat", {"name", "peer"}},
	{"group", "group", {"group", NULL}},
};


/* True if TEXT is one line and shows as it is: no byte of a stranger goes to
 * the shell that could do anything there. */
static bool harmless(const char *text)
{
	char *clean = utf8_show_dup(text, UTF8_NAME);
	bool same = text[0] && !strcmp(text, clean);

	mem_deref(clean);
	return same;
}


static void print_row(const struct json *row, const char *const fields[2])
{
	const char *text;
	size_t i;

	for (i = 0; i < 2 && fields[i]; i++) {
		text = json_text(json_get(row, fields[i]));
		if (text && harmless(text)) {
			(void)puts(text);
			return;
		}
	}
}


static void print_rows(const struct app_options *o, const char *command,
	const char *const f[2])
{
	struct json *words = json_new_array(), *reply, *rows;
	size_t i;

	json_append(words, json_new_str(command));
	json_append(words, json_new_str("list"));
	reply = app_remote_ask(o, words, LIMIT);
	rows = reply ? json_get(reply, "result") : NULL;
	for (i = 0; rows && i < json_len(rows); i++)
		print_row(json_at(rows, i), f);
	json_drop(reply);
	json_drop(words);
}


int app_candidates(const struct app_options *o)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!strcmp(kinds[i].kind, o->complete)) {
			print_rows(o, kinds[i].command, kinds[i].fields);
			return fflush(stdout) ? EX_OSERR : EX_OK;
		}
	}
	return EX_USAGE;
}
