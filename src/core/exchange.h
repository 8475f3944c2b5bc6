/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * exchange.h - people in files: what the readers and the writers of their
 * formats share. Pure: nothing here knows a core, so that all of it can run
 * in another thread.
 *
 * 1 people   whom a file names, each once
 * 2 read     CSV (RFC 4180), vCard (RFC 2426, 6350), resource lists
 * 3 write    CSV, resource lists
 * 4 files    which format, which path
 */
#ifndef SOTTO_EXCHANGE_H
#define SOTTO_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <uthash.h>
#include "list.h"
#include "mbuf.h"
#include "pl.h"

enum {
	EXCHANGE_GROUPS_MAX = 64, /* of one person */
	EXCHANGE_PEOPLE_MAX = 100000,
	EXCHANGE_FILE_MAX = 16 * 1024 * 1024, /* bytes */
	EXCHANGE_TOLD_MAX = 1000, /* bad rows that are kept, others counted */
};

#define EXCHANGE_MANY_GROUPS "more than 64 groups"

/* ---- 1 people ------------------------------------------------------- */

/* Names of groups in order, each once, none empty. All zero is none; end it
 * with exchange_groups_clear(). */
struct exchange_groups {
	char *v[EXCHANGE_GROUPS_MAX + 1]; /* NULL-terminated */
	size_t n;
	bool many; /* there were more than can be */
};
void exchange_groups_add(struct exchange_groups *g, const char *name);
void exchange_groups_clear(struct exchange_groups *g);

struct exchange_person {
	UT_hash_handle hh; /* key: uri without its scheme */
	struct le le;
	unsigned line; /* of the file, where first seen */
	char *uri;
	char *name; /* NULL: none */
	char **groups; /* NULL-terminated; NULL: none */
	size_t n_groups;
};

struct exchange_bad {
	struct le le;
	unsigned line;
	char *why;
};

struct exchange {
	struct list people; /* struct exchange_person, in order */
	struct exchange_person *by_uri;
	struct list bad; /* struct exchange_bad: rows that were not taken */
	size_t n_bad; /* all of them */
};

struct exchange *exchange_alloc(void);

/* One more row for URI, an AOR: a second one gives the person another name,
 * where it has one, and more groups. False: somebody would be in more groups
 * than can be, and nothing was done. */
bool exchange_add(struct exchange *x, unsigned line, const char *uri,
	const char *name, const struct exchange_groups *groups);

/* The row on LINE is not taken. WHY is copied. */
void exchange_bad(struct exchange *x, unsigned line, const char *why);

/* ---- 2 read --------------------------------------------------------- */

/* One address as a file has it, borrowed. The text is UTF-8 and else
 * unchecked. */
struct exchange_row {
	unsigned line;
	const char *uri;
	const char *name; /* NULL: none */
	const struct exchange_groups *groups;
};

struct exchange_sink {
	bool (*row)(
		const struct exchange_row *row, void *arg); /* false: stop */
	void (*bad)(unsigned line, const char *why, void *arg);
	void *arg;
};

/* The first row names the columns if one of its cells is "uri", "address" or
 * "sip"; else they are address, name and groups. Groups are parted by ";",
 * and "\;" and "\\" are a semicolon and a backslash in a name. Line ends are
 * LF or CR LF. */
void exchange_csv_read(const struct pl *text, const struct exchange_sink *sink);

/* Cards of version 3.0 and 4.0: FN, CATEGORIES, IMPP with a SIP URI and
 * X-SIP, a row for each address. */
void exchange_vcard_read(
	const struct pl *text, const struct exchange_sink *sink);

/* An entry is in the innermost list with a name around it. 0, or the error of
 * reslist_decode(), when nothing was told. */
int exchange_reslist_read(
	const struct pl *text, const struct exchange_sink *sink);

/* ---- 3 write -------------------------------------------------------- */

/* What is written reads back as the same people in the same order, with the
 * same groups in the same order. Return mbuf errors. */
int exchange_csv_write(struct mbuf *mb, const struct exchange *x);
int exchange_reslist_write(struct mbuf *mb, const struct exchange *x);

/* ---- 4 files -------------------------------------------------------- */

enum exchange_format {
	EXCHANGE_UNKNOWN,
	EXCHANGE_RESLIST,
	EXCHANGE_CSV,
	EXCHANGE_VCARD,
};

/* By the ending of PATH. */
enum exchange_format core_exchange_format(const char *path);

/* PATH with a leading "~/" and links resolved (mem_deref); ERR is not 0 for
 * what is there and no plain file. */
char *core_exchange_path(const char *path, int *err);

#endif
