/* SPDX-License-Identifier: GPL-3.0-or-later */
/* options.c - the options of the command line: one table. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include "app.h"
#include "config.h"


struct option_row {
	char letter; /* 0: none */
	const char *name; /* NULL: none */
	const char *arg; /* NULL: takes none */
	const char *help; /* NULL: not for people */
};

enum {
	OPT_LINE = 256,
	OPT_JSON,
	OPT_DEMO,
	OPT_TRACE,
	OPT_BOT,
};

static const struct option_row rows[] = {
	{0, "line", NULL, "a prompt, one line per event"},
	{0, "json", NULL, "commands on stdin, events on stdout as JSON"},
	{0, "demo", NULL, "a world of its own on loopback, to try sotto"},
	{'f', NULL, "FILE",
		"configuration (default $XDG_CONFIG_HOME/sotto/sotto.conf)"},
	{'s', NULL, "DIR", "state (default $XDG_DATA_HOME/sotto)"},
	{'a', NULL, "NAME", "account to use"},
	{0, "trace", "FILE", "every SIP message to FILE, secrets masked"},
	{'V', "version", NULL, "the version"},
	{'h', "help", NULL, "this help"},
	{0, "bot", "ROLE", NULL},
};

static const struct option longs[] = {
	{"line", no_argument, NULL, OPT_LINE},
	{"json", no_argument, NULL, OPT_JSON},
	{"demo", no_argument, NULL, OPT_DEMO},
	{"trace", required_argument, NULL, OPT_TRACE},
	{"version", no_argument, NULL, 'V'},
	{"help", no_argument, NULL, 'h'},
	{"bot", required_argument, NULL, OPT_BOT},
	{NULL, 0, NULL, 0},
};


static void print_row(FILE *to, const struct option_row *row)
{
	char left[64];
	int n = 0;

	if (row->letter)
		n = snprintf(left, sizeof(left), "-%c%s", row->letter,
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
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].help)
			print_row(to, &rows[i]);
	}
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
		return EX_OK;
	case 'h':
		usage(stdout);
		return EX_OK;
	default:
		(void)fputs("sotto -h tells the options\n", stderr);
		return EX_USAGE;
	}
}


int app_options_read(struct app_options *o, int argc, char *argv[])
{
	int c, status = -1;

	memset(o, 0, sizeof(*o));
	/* '+': the first word that is no option begins the command. */
	while (status < 0 &&
		(c = getopt_long(argc, argv, "+f:s:a:Vh", longs, NULL)) >= 0)
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
