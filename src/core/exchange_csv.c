/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exchange_csv.c - people in comma-separated values (RFC 4180) */
#include <string.h>
#include "exchange.h"
#include "mem.h"
#include "utf8.h"

enum {
	CELLS_MAX = 256, /* of a row; what is behind is not looked at */
	ROW_MAX = 65536, /* bytes: where a quote is not closed, no more of the
	                    file than that is searched for its end */
};

enum column {
	COLUMN_URI,
	COLUMN_NAME,
	COLUMN_GROUPS,
	COLUMNS,
};

/* What the columns may be called; case does not count. */
static const struct {
	const char *name;
	enum column column;
} headings[] = {
	{"uri", COLUMN_URI},
	{"address", COLUMN_URI},
	{"sip", COLUMN_URI},
	{"name", COLUMN_NAME},
	{"display-name", COLUMN_NAME},
	{"display name", COLUMN_NAME},
	{"groups", COLUMN_GROUPS},
	{"group", COLUMN_GROUPS},
	{"categories", COLUMN_GROUPS},
};

struct csv {
	struct pl rest; /* not read yet */
	unsigned line; /* that REST is on */
	struct mbuf *mb; /* the cells of the row, one behind the other */
	struct {
		size_t begin, end;
	} cells[CELLS_MAX];
	size_t n;
	size_t columns[COLUMNS]; /* places in CELLS */
};


/* ---- rows and cells ------------------------------------------------- */


static bool at_end(const struct pl *rest)
{
	return !rest->l || rest->p[0] == '\n' ||
		(rest->p[0] == '\r' && (rest->l == 1 || rest->p[1] == '\n'));
}


/* The next character of a cell into the row. NULL, or what is wrong. */
static const char *take(struct csv *c)
{
	if (c->rest.p[0] == '\n')
		c->line++;
	if (c->mb->end >= ROW_MAX ||
		mbuf_write_u8(c->mb, (uint8_t)c->rest.p[0]))
		return "the row is too long";
	pl_skip(&c->rest, 1);
	return NULL;
}


static const char *read_quoted(struct csv *c)
{
	const char *why = NULL;

	pl_skip(&c->rest, 1);
	while (c->rest.l && !why) {
		if (c->rest.p[0] == '"') {
			pl_skip(&c->rest, 1);
			if (!c->rest.l || c->rest.p[0] != '"')
				break;
		}
		why = take(c);
		if (!why && !c->rest.l)
			why = "a quote is not closed";
	}
	if (!why && !at_end(&c->rest) && c->rest.p[0] != ',')
		why = "text behind a quoted cell";
	return why;
}


static const char *read_cell(struct csv *c)
{
	const char *why = NULL;

	if (c->rest.l == 1 && c->rest.p[0] == '"')
		return "a quote is not closed";
	if (c->rest.l && c->rest.p[0] == '"')
		return read_quoted(c);
	while (!why && !at_end(&c->rest) && c->rest.p[0] != ',')
		why = take(c);
	return why;
}


static const char *read_cells(struct csv *c)
{
	struct pl all;

	mbuf_reset(c->mb);
	for (c->n = 0;;) {
		size_t begin = c->mb->end;
		const char *why = read_cell(c);

		if (why)
			return why;
		if (c->n < CELLS_MAX) {
			c->cells[c->n].begin = begin;
			c->cells[c->n++].end = c->mb->end;
		}
		if (at_end(&c->rest))
			break;
		pl_skip(&c->rest, 1);
	}
	all = mbuf_all(c->mb);
	return utf8_valid(&all) ? NULL : "not UTF-8";
}


static void skip_line(struct csv *c)
{
	struct pl line;

	if (pl_split(&c->rest, '\n', &line))
		c->line++;
}


/* Reads the row at hand; *WHY is set where it is a bad one, and the next then
 * begins on the next line. */
static void read_row(struct csv *c, const char **why)
{
	const struct pl rest = c->rest;
	unsigned line = c->line;

	*why = read_cells(c);
	if (*why) {
		c->rest = rest;
		c->line = line;
	}
	skip_line(c);
}


/* The cell without white space around it; unset: none. */
static struct pl cell(const struct csv *c, size_t i)
{
	struct pl pl = PL_INIT;

	if (i < c->n && c->cells[i].begin < c->cells[i].end)
		pl = pl_make((const char *)c->mb->buf + c->cells[i].begin,
			c->cells[i].end - c->cells[i].begin);
	return pl_trim(&pl);
}


/* ---- what they say -------------------------------------------------- */


/* True if the row names the columns. */
static bool read_headings(struct csv *c)
{
	size_t columns[COLUMNS] = {SIZE_MAX, SIZE_MAX, SIZE_MAX};
	size_t i, k;

	for (i = c->n; i--;) {
		struct pl heading = cell(c, i);

		for (k = 0; k < sizeof(headings) / sizeof(*headings); k++) {
			if (pl_strcaseeq(&heading, headings[k].name))
				columns[headings[k].column] = i;
		}
	}
	if (columns[COLUMN_URI] == SIZE_MAX)
		return false;
	memcpy(c->columns, columns, sizeof(columns));
	return true;
}


/* A string cannot hold NUL: it becomes U+FFFD. NULL: the cell is empty. */
static char *text_of(const struct csv *c, enum column column)
{
	struct pl pl = cell(c, c->columns[column]);

	return pl_isset(&pl) ? utf8_repair_dup(&pl) : NULL;
}


static void read_groups(struct exchange_groups *groups, char *text)
{
	char *name = text, *in, *out = text;

	for (in = text; in && *in; in++) {
		if (*in == '\\' && (in[1] == ';' || in[1] == '\\')) {
			*out++ = *++in;
		} else if (*in == ';') {
			*out++ = '\0';
			exchange_groups_add(groups, name);
			name = out;
		} else {
			*out++ = *in;
		}
	}
	if (!text)
		return;
	*out = '\0';
	exchange_groups_add(groups, name);
}


/* As spreadsheets leave them. */
static bool is_blank(const struct csv *c)
{
	size_t i;

	for (i = 0; i < c->n; i++) {
		struct pl pl = cell(c, i);

		if (pl_isset(&pl))
			return false;
	}
	return true;
}


static bool tell_row(
	struct csv *c, unsigned line, const struct exchange_sink *sink)
{
	char *uri = text_of(c, COLUMN_URI);
	char *name = text_of(c, COLUMN_NAME);
	char *list = text_of(c, COLUMN_GROUPS);
	struct exchange_groups groups = {.n = 0};
	const struct exchange_row row = {line, uri, name, &groups};
	bool more = true;

	read_groups(&groups, list);
	if (uri)
		more = sink->row(&row, sink->arg);
	else
		sink->bad(line, "no address", sink->arg);
	exchange_groups_clear(&groups);
	mem_deref(list);
	mem_deref(name);
	mem_deref(uri);
	return more;
}


static void read_rows(struct csv *c, const struct exchange_sink *sink)
{
	bool first = true, more = true;

	while (c->rest.l && more) {
		unsigned line = c->line;
		const char *why;

		read_row(c, &why);
		if (why)
			sink->bad(line, why, sink->arg);
		else if (is_blank(c))
			continue;
		else if (!first || !read_headings(c))
			more = tell_row(c, line, sink);
		first = false;
	}
}


void exchange_csv_read(const struct pl *text, const struct exchange_sink *sink)
{
	struct csv *c = mem_zalloc(sizeof(*c), NULL);
	enum column i;

	c->rest = *text;
	if (pl_startswith(&c->rest, "\xef\xbb\xbf"))
		pl_skip(&c->rest, 3);
	c->line = 1;
	c->mb = mbuf_alloc(ROW_MAX);
	for (i = COLUMN_URI; i < COLUMNS; i++)
		c->columns[i] = i;
	read_rows(c, sink);
	mem_deref(c->mb);
	mem_deref(c);
}


/* ---- write ---------------------------------------------------------- */


static void put_cell(struct mbuf *mb, const char *text)
{
	if (!strpbrk(text, ",\"\r\n")) {
		(void)mbuf_write_str(mb, text);
		return;
	}
	(void)mbuf_write_u8(mb, '"');
	for (; *text; text++) {
		if (*text == '"')
			(void)mbuf_write_u8(mb, '"');
		(void)mbuf_write_u8(mb, (uint8_t)*text);
	}
	(void)mbuf_write_u8(mb, '"');
}


static void put_groups(struct mbuf *mb, const struct exchange_person *p)
{
	struct mbuf *list = mbuf_alloc(SIZE_MAX);
	const char *c;
	char *text;
	size_t i;

	for (i = 0; i < p->n_groups; i++) {
		if (i)
			(void)mbuf_write_u8(list, ';');
		for (c = p->groups[i]; *c; c++) {
			if (*c == ';' || *c == '\\')
				(void)mbuf_write_u8(list, '\\');
			(void)mbuf_write_u8(list, (uint8_t)*c);
		}
	}
	text = mbuf_strdup(list);
	put_cell(mb, text);
	mem_deref(text);
	mem_deref(list);
}


int exchange_csv_write(struct mbuf *mb, const struct exchange *x)
{
	const struct le *le;

	(void)mbuf_write_str(mb, "uri,name,groups\r\n");
	for (le = x->people.head; le; le = le->next) {
		const struct exchange_person *p = le->data;

		put_cell(mb, p->uri);
		(void)mbuf_write_u8(mb, ',');
		put_cell(mb, p->name ? p->name : "");
		(void)mbuf_write_u8(mb, ',');
		put_groups(mb, p);
		(void)mbuf_write_str(mb, "\r\n");
	}
	return mbuf_err(mb);
}
