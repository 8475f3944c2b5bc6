/* SPDX-License-Identifier: GPL-3.0-or-later */
/* options.c - the options of the command line: one table. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include "app.h"
#include "config.h"


enum {
	OPT_LINE = 256,
	OPT_JSON,
	OPT_DEMO,
	OPT_TRACE,
	OPT_BOT,
	OPT_COMPLETE,
};

/* What the usage tells and getopt_long() is told. */
static const struct option_row {
	int code; /* its letter, or one of the above */
	const char *name; /* NULL: a letter alone */
	const char *arg; /* NULL: takes none */
	const char *help; /* NULL: not for people */
} rows[] = {
	{OPT_LINE, "line", NULL, "a prompt, one line per event"},
	{OPT_JSON, "json", NULL, "commands on stdin, events on stdout as JSON"},
	{OPT_DEMO, "demo", NULL,
		"a world of its own on loopback, to try sotto"},
	{'f', NULL, "FILE",
		"configuration (default $XDG_CONFIG_HOME/sotto/sotto.conf)"},
	{'s', NULL, "DIR", "state (default $XDG_DATA_HOME/sotto)"},
	{'a', NULL, "NAME", "account to use"},
	{OPT_TRACE, "trace", "FILE",
		"every SIP message to FILE, secrets masked"},
	{'V', "version", NULL, "the version"},
	{'h', "help", NULL, "this help"},
	{OPT_BOT, "bot", "ROLE", NULL},
	{OPT_COMPLETE, "complete", "KIND", NULL},
};

enum {
	N_ROWS = sizeof(rows) / sizeof(rows[0]),
};

/* The table as getopt_long() wants it. */
struct getopt_tables {
	char letters[2 + 2 * N_ROWS];
	struct option longs[N_ROWS + 1];
};


static void fill_tables(struct getopt_tables *t)
{
	struct option *o = t->longs;
	char *p = t->letters;
	size_t i;

	memset(t, 0, sizeof(*t));
	*p++ = '+'; /* the first word that is no option begins the command */
	for (i = 0; i < N_ROWS; i++) {
		const struct option_row *row = &rows[i];

		if (row->code < OPT_LINE) {
			*p++ = (char)row->code;
			if (row->arg)
				*p++ = ':';
		}
		if (row->name) {
			o->name = row->name;
			o->has_arg = row->arg ? required_argument : no_argument;
			o++->val = row->code;
		}
	}
}


static void print_row(FILE *to, const struct option_row *row)
{
	char left[64];
	int n = 0;

	if (row->code < OPT_LINE)
		n = snprintf(left, sizeof(left), "-%c%s", row->code,
			row->name ? ", " : "");
	(void)snprintf(left + n, sizeof(left) - (size_t)n, "%s%s%s%s",
		row->name ? "--" : "", row->name ? row->name : "",
		row->arg ? " " : "", row->arg ? row->arg : "");
	(void)fprintf(to, "  %-15s %s\n", left, row->help);
}


static void usage(FILE *to)
{
	size_t i;

	(void)fputs("usage: sotto [OPTION...] [COMMAND [ARG...]]\n"
		    "\n"
		    "An instant messenger for the terminal whose protocol is "
		    "SIP. With a command,\n"
		    "sotto runs it, prints its outcome and exits; "
		    "`sotto help` lists them.\n"
		    "\n",
		to);
	for (i = 0; i < N_ROWS; i++) {
		if (rows[i].help)
			print_row(to, &rows[i]);
	}
}


/* What was printed on standard output is there, or it was not done. A reader
 * that has gone is the usual end of a pipe. */
static int printed(void)
{
	if (fflush(stdout) == 0 || errno == EPIPE)
		return EX_OK;
	(void)fprintf(stderr, "sotto: standard output: %s\n", strerror(errno));
	return EX_OSERR;
}


bool app_option(size_t i, struct app_option *row)
{
	const struct option_row *from;
	size_t n;

	for (n = 0; n < N_ROWS; n++) {
		from = &rows[n];
		if (!from->help || i--)
			continue;
		row->letter = from->code < OPT_LINE ? (char)from->code : '\0';
		row->name = from->name;
		row->arg = from->arg;
		row->help = from->help;
		return true;
	}
	return false;
}


static int take(struct app_options *o, int c)
{
	switch (c) {
	case OPT_LINE:
		o->front = APP_LINE;
		o->line = true;
		return -1;
	case OPT_JSON:
		o->front = APP_JSON;
		return -1;
	case OPT_DEMO:
		o->demo = true;
		return -1;
	case OPT_TRACE:
		o->trace = optarg;
		return -1;
	case OPT_BOT:
		o->front = APP_BOT;
		o->bot = optarg;
		return -1;
	case OPT_COMPLETE:
		o->complete = optarg;
		return -1;
	case 'f':
		o->config = optarg;
		return -1;
	case 's':
		o->state = optarg;
		return -1;
	case 'a':
		o->account = optarg;
		return -1;
	case 'V':
		(void)printf("sotto %s\n", PACKAGE_VERSION);
		return printed();
	case 'h':
		usage(stdout);
		return printed();
	default:
		(void)fputs("sotto -h tells the options\n", stderr);
		return EX_USAGE;
	}
}


int app_options_read(struct app_options *o, int argc, char *argv[])
{
	struct getopt_tables t;
	int c, status = -1;

	memset(o, 0, sizeof(*o));
	fill_tables(&t);
	while (status < 0 &&
		(c = getopt_long(argc, argv, t.letters, t.longs, NULL)) >= 0)
		status = take(o, c);
	if (status >= 0)
		return status;
	o->argc = (size_t)(argc - optind);
	o->argv = (const char *const *)argv + optind;
	if (o->argc && (o->front != APP_LINE || o->line || o->demo)) {
		(void)fprintf(
			stderr, "sotto: a command goes with no front end\n");
		return EX_USAGE;
	}
	if (o->argc)
		o->front = APP_SHELL;
	return -1;
}
