/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trace_list.c - SIP messages put together as exchanges: a request and its
 * responses, though others came between (RFC 3261 17). */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "text_view.h"
#include "trace_int.h"
#include "utf8.h"


enum {
	SEEN = 8, /* messages of an exchange that are compared */
	PATIENCE = 32000, /* ms that an answer may take (64 * T1) */
};


static void entry_destructor(void *data)
{
	struct trace_entry *e = data;

	list_unlink(&e->le);
	list_unlink(&e->all);
	mem_deref((void *)e->sip);
	mem_deref(e->text);
}


static void drop_rows(struct trace_exchange *x)
{
	x->rows = mem_deref(x->rows);
	x->n_rows = 0;
}


static void exchange_destructor(void *data)
{
	struct trace_exchange *x = data;

	list_unlink(&x->le);
	list_flush(&x->entries);
	drop_rows(x);
	mem_deref(x->key);
}


/* ---- what a message says ---- */

/* Copies TEXT, of a stranger, as far as it fits. */
static void put_clean(char *to, size_t size, const struct pl *text)
{
	struct pl cut = *text, fits;
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);

	if (cut.l > size)
		cut.l = size;
	(void)utf8_clean(mb, &cut, UTF8_NAME, !utf8_terminal());
	fits = mbuf_all(mb);
	while (fits.l >= size) {
		size_t cols = utf8_cols(&fits);

		fits.l = cols ? utf8_fit(&fits, cols - 1) : 0;
	}
	(void)snprintf(to, size, "%.*s", PL_ARG(&fits));
	mem_deref(mb);
}


/* The first line that is not blank, in words: METHOD URI, or the version and
 * STATUS REASON. */
struct start {
	struct pl first, second, third;
};


static void read_start(struct start *s, const struct pl *text)
{
	struct pl rest = *text, line;

	while (rest.l && strchr("\r\n", *rest.p))
		pl_skip(&rest, 1);
	(void)pl_split(&rest, '\n', &line);
	while (line.l && line.p[line.l - 1] == '\r')
		line.l--;
	(void)pl_split(&line, ' ', &s->first);
	(void)pl_split(&line, ' ', &s->second);
	s->third = line;
}


static bool is_response(const struct start *s)
{
	static const struct pl version = PL("SIP/2.0");

	return pl_eq(&s->first, &version);
}


static void take_request(struct trace_exchange *x, const struct start *s,
	const struct cmd_sip *sip, bool again)
{
	static const struct pl ack = PL("ACK"), benotify = PL("BENOTIFY");

	/* The ACK of a refusal is part of what it acknowledges. */
	if (x->asked && pl_eq(&s->first, &ack))
		return;
	if (x->asked) {
		x->requests += again;
		return;
	}
	x->asked = sip->at;
	x->requests = 1;
	x->ours = sip->sent;
	x->silent = pl_eq(&s->first, &ack) || pl_eq(&s->first, &benotify);
	put_clean(x->method, sizeof(x->method), &s->first);
	put_clean(x->uri, sizeof(x->uri), &s->second);
}


static void take_response(struct trace_exchange *x, const struct start *s,
	const struct cmd_sip *sip, bool again)
{
	uint32_t status = 0;

	if (again) {
		x->answers++;
		return;
	}
	(void)pl_u32(&s->second, &status);
	x->status = status;
	x->answered = sip->at;
	x->answers = 1;
	put_clean(x->reason, sizeof(x->reason), &s->third);
}


/* ---- putting together ---- */

static struct trace_exchange *find(const struct trace_list *l, const char *key)
{
	struct trace_exchange *x = NULL;

	if (key)
		HASH_FIND_STR(l->table, key, x);
	return x;
}


/* The key begins with the method, which a response does not say first. */
static struct trace_exchange *make(
	struct trace_list *l, const struct cmd_sip *sip)
{
	struct trace_exchange *x = mem_zalloc(sizeof(*x), exchange_destructor);
	struct pl key = pl_str(sip->key), word, peer = pl_str(sip->peer);

	x->n = ++l->n;
	x->at = sip->at;
	x->ours = !sip->sent;
	(void)pl_split(&key, ' ', &word);
	put_clean(x->method, sizeof(x->method), &word);
	put_clean(x->peer, sizeof(x->peer), &peer);
	list_append(&l->exchanges, &x->le, x);
	if (sip->key) {
		x->key = mem_strdup(sip->key);
		HASH_ADD_KEYPTR(hh, l->table, x->key, strlen(x->key), x);
	}
	return x;
}


static bool is_again(const struct trace_exchange *x, const struct cmd_sip *sip)
{
	const struct le *le = x->entries.tail;
	size_t i;

	for (i = 0; le && i < SEEN; le = le->prev, i++) {
		const struct trace_entry *e = le->data;

		if (e->sip->sent == sip->sent &&
			pl_eq(&e->sip->text, &sip->text))
			return true;
	}
	return false;
}


struct trace_exchange *trace_list_add(
	struct trace_list *l, const struct cmd_sip *sip)
{
	struct trace_exchange *x = find(l, sip->key);
	struct trace_entry *e = mem_zalloc(sizeof(*e), entry_destructor);
	struct start start = {0};

	if (!x)
		x = make(l, sip);
	e->exchange = x;
	e->sip = mem_ref((void *)sip);
	e->again = is_again(x, sip);
	list_append(&x->entries, &e->le, e);
	list_append(&l->entries, &e->all, e);
	read_start(&start, &sip->text);
	if (is_response(&start))
		take_response(x, &start, sip, e->again);
	else
		take_request(x, &start, sip, e->again);
	if (x->open)
		drop_rows(x);
	return x;
}


static void drop(struct trace_list *l, struct trace_exchange *x)
{
	if (x->key)
		HASH_DEL(l->table, x);
	mem_deref(x);
}


void trace_list_trim(struct trace_list *l, uint64_t first,
	void (*gone)(const struct trace_exchange *x, void *arg), void *arg)
{
	while (l->entries.head) {
		struct trace_entry *e = l->entries.head->data;
		struct trace_exchange *x = e->exchange;

		if (e->sip->n >= first)
			return;
		mem_deref(e);
		drop_rows(x);
		if (!list_isempty(&x->entries))
			continue;
		gone(x, arg);
		drop(l, x);
	}
}


void trace_list_clear(struct trace_list *l)
{
	while (l->exchanges.head)
		drop(l, l->exchanges.head->data);
}


/* ---- rows ---- */

void trace_exchange_open(struct trace_exchange *x, bool open)
{
	struct le *le;

	drop_rows(x);
	x->open = open;
	for (le = x->entries.head; !open && le; le = le->next) {
		struct trace_entry *e = le->data;

		e->text = mem_deref(e->text);
	}
}


static void add_row(struct trace_exchange *x, size_t *size,
	const struct trace_entry *e, const struct pl *text, bool start)
{
	if (x->n_rows == *size) {
		*size = *size ? *size * 2 : 32;
		x->rows = mem_reallocarray(x->rows, *size, sizeof(*x->rows));
	}
	x->rows[x->n_rows++] =
		(struct trace_row){e, text ? *text : (struct pl){0}, start};
}


static void add_text(
	struct trace_exchange *x, size_t *size, struct trace_entry *e, int cols)
{
	struct pl rest, line, row;
	bool start = true, more;

	if (!e->text)
		e->text = text_clean(&e->sip->text);
	rest = pl_str(e->text);
	while (rest.l && rest.p[rest.l - 1] == '\n')
		rest.l--;
	do {
		more = pl_split(&rest, '\n', &line);
		do {
			row = pl_make(line.p, text_row_len(&line, cols));
			pl_skip(&line, row.l);
			add_row(x, size, e, &row, start);
		} while (line.l);
		start = false;
	} while (more);
}


const struct trace_row *trace_exchange_rows(
	struct trace_exchange *x, int cols, size_t *n)
{
	static const struct trace_row folded;
	size_t size = 0;
	struct le *le;

	*n = 1;
	if (!x->open)
		return &folded;
	if (!x->rows || x->cols != cols) {
		drop_rows(x);
		x->cols = cols;
		add_row(x, &size, NULL, NULL, false);
		for (le = x->entries.head; le; le = le->next) {
			struct trace_entry *e = le->data;

			add_row(x, &size, e, NULL, false);
			if (!e->again)
				add_text(x, &size, e, cols - TRACE_INDENT);
		}
	}
	*n = x->n_rows;
	return x->rows;
}


/* ---- words ---- */

static void put_time(char *text, size_t size, int64_t ms)
{
	if (ms < 0)
		*text = '\0';
	else if (ms < 10000)
		(void)snprintf(text, size, " in %d ms", (int)ms);
	else
		(void)snprintf(text, size, " in %d s", (int)(ms / 1000));
}


void trace_exchange_outcome(const struct trace_exchange *x, int64_t now,
	char text[TRACE_LINE], enum ui_style *style)
{
	char time[40] = "", asked[40] = "", answered[40] = "";

	*style = UI_NORMAL;
	if (x->asked && x->status)
		put_time(time, sizeof(time), x->answered - x->asked);
	if (x->requests > 1)
		(void)snprintf(asked, sizeof(asked), ", request %u times",
			x->requests);
	if (x->answers > 1)
		(void)snprintf(answered, sizeof(answered), ", answer %u times",
			x->answers);
	if (x->status) {
		*style = x->status < 200  ? UI_WAITING
			: x->status < 300 ? UI_DONE
					  : UI_FAILED;
		(void)snprintf(text, TRACE_LINE, "%u %s%s%s%s", x->status,
			x->reason, time, asked, answered);
	} else if (!x->asked || x->silent) {
		(void)snprintf(text, TRACE_LINE, "%s", *asked ? asked + 2 : "");
	} else {
		bool late = now - x->asked > PATIENCE;

		*style = late ? UI_FAILED : UI_WAITING;
		(void)snprintf(text, TRACE_LINE, "%s%s",
			late ? "no answer" : "no answer yet", asked);
	}
}


static bool contains(const struct pl *text, const char *needle)
{
	size_t len = strlen(needle), i;
	char low = (char)tolower((unsigned char)*needle);
	char high = (char)toupper((unsigned char)*needle);

	for (i = 0; i + len <= text->l; i++) {
		if ((text->p[i] == low || text->p[i] == high) &&
			!strncasecmp(text->p + i, needle, len))
			return true;
	}
	return false;
}


bool trace_exchange_holds(const struct trace_exchange *x, const char *needle)
{
	const struct le *le;

	for (le = x->entries.head; le; le = le->next) {
		const struct trace_entry *e = le->data;

		if (!e->again && contains(&e->sip->text, needle))
			return true;
	}
	return false;
}
