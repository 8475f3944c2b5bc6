/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fake.c - doubles of the screen, the front and the core. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "unit.h"
#include "fake.h"
#include "mbuf.h"
#include "screen_front.h"
#include "utf8.h"

struct fake *fake;

struct core_account {
	int nothing;
};

struct core_chat {
	int nothing;
};

struct core_past {
	int nothing;
};

struct ask {
	struct le le;
	struct core_past *past;
	store_page_h *page;
	store_hits_h *hits;
	void *arg;
	uint64_t id;
	size_t n;
	bool after;
	char *text;
};

static struct core_chat chat;


/* ---- screen ---- */

static void assert_clean(const struct pl *text)
{
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	struct pl clean;
	char *s;

	(void)utf8_clean(mb, text, UTF8_NAME, false);
	s = mbuf_strdup(mb);
	clean = pl_str(s);
	assert_true(pl_eq(&clean, text));
	mem_deref(s);
	mem_deref(mb);
}


static void put(const struct ui_area *a, int row, int col, enum ui_style style,
	const struct pl *ch)
{
	char *cell = fake->cells[a->row + row][a->col + col];

	(void)snprintf(cell, FAKE_CELL, "%.*s", PL_ARG(ch));
	fake->styles[a->row + row][a->col + col] = style;
}


int screen_text(struct screen *s, const struct ui_area *a, int row, int col,
	enum ui_style style, const struct pl *text)
{
	struct pl rest = *text;
	int at = col, last = -1;
	uint32_t cp;

	(void)s;
	assert_clean(text);
	assert_in_range(row, 0, a->rows - 1);
	assert_true(col >= 0);
	while (rest.l) {
		struct pl ch = {rest.p, utf8_decode(&cp, rest.p, rest.l)};
		int cols = (int)utf8_cols(&ch);

		pl_skip(&rest, ch.l);
		if (at + cols > a->cols)
			break;
		if (cols) {
			last = at;
			put(a, row, at, style, &ch);
			if (cols > 1)
				put(a, row, at + 1, style, &(struct pl){"", 0});
		} else if (last >= 0) {
			char *cell = fake->cells[a->row + row][a->col + last];

			if (strlen(cell) + ch.l < FAKE_CELL)
				(void)strncat(cell, ch.p, ch.l);
		}
		at += cols;
	}
	return at - col;
}


int screen_str(struct screen *s, const struct ui_area *a, int row, int col,
	enum ui_style style, const char *text)
{
	struct pl pl = pl_str(text);

	return screen_text(s, a, row, col, style, &pl);
}


int screen_glyph(struct screen *s, const struct ui_area *a, int row, int col,
	enum ui_style style, enum ui_glyph glyph)
{
	return screen_str(s, a, row, col, style, ui_glyph_text(glyph, true));
}


int screen_cut(struct screen *s, const struct ui_area *a, int row, int col,
	int end, enum ui_style style, const char *text)
{
	struct pl pl = pl_str(text);

	if (end <= col)
		return 0;
	pl.l = utf8_fit(&pl, (size_t)(end - col));
	return screen_text(s, a, row, col, style, &pl);
}


int screen_link(struct screen *s, const struct ui_area *a, int row, int col,
	const struct pl *text, const char *uri, unsigned id)
{
	(void)id;
	if (strlen(fake->links) + strlen(uri) + 2 < sizeof(fake->links)) {
		(void)strcat(fake->links, uri);
		(void)strcat(fake->links, " ");
	}
	return screen_text(s, a, row, col, UI_LINK, text);
}


/* What is blank has no style here. */
void screen_fill_row(
	struct screen *s, const struct ui_area *a, int row, enum ui_style style)
{
	(void)s;
	(void)style;
	assert_in_range(row, 0, a->rows - 1);
}


void screen_hline(struct screen *s, const struct ui_area *a, int row, int col,
	int n, enum ui_style style)
{
	while (n-- > 0)
		(void)screen_str(s, a, row, col++, style, "-");
}


char *fake_draw(
	struct fake *f, struct ui_view *v, int rows, int cols, bool focus)
{
	struct ui_area a = {0, 0, rows, cols};
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	char *s;
	int y, x;

	for (y = 0; y < rows; y++) {
		for (x = 0; x < cols; x++)
			(void)strcpy(f->cells[y][x], " ");
	}
	*f->links = '\0';
	v->ops->draw(v, NULL, &a, focus);
	for (y = 0; y < rows; y++) {
		int end = cols;

		while (end && !strcmp(f->cells[y][end - 1], " "))
			end--;
		for (x = 0; x < end; x++)
			(void)mbuf_write_str(mb, f->cells[y][x]);
		(void)mbuf_write_str(mb, "\n");
	}
	s = mbuf_strdup(mb);
	mem_deref(mb);
	return s;
}


/* ---- front ---- */

void ui_dirty(struct ui_front *f)
{
	(void)f;
	fake->dirty++;
}


bool ui_seen(const struct ui_front *f)
{
	(void)f;
	return !fake->unseen;
}


void ui_read(struct ui_front *f, struct core_account *account, const char *peer)
{
	(void)f;
	(void)account;
	(void)peer;
}


struct tmrs *ui_tmrs(struct ui_front *f)
{
	(void)f;
	return fake->tmrs;
}


struct core *ui_core(struct ui_front *f)
{
	(void)f;
	return NULL;
}


struct cmd *ui_cmd(struct ui_front *f)
{
	(void)f;
	return NULL;
}


void ui_overlay(struct ui_front *f, struct ui_view *view)
{
	(void)f;
	mem_deref(fake->overlay);
	fake->overlay = view;
}


/* ---- commands ---- */

static void tap_destructor(void *data)
{
	(void)data;
	fake->log_h = NULL;
	fake->sip_h = NULL;
}


void cmd_log_tap(
	struct cmd_tap **tp, struct cmd *cmd, cmd_log_line_h *h, void *arg)
{
	(void)cmd;
	*tp = mem_zalloc(1, tap_destructor);
	fake->log_h = h;
	fake->tap_arg = arg;
}


void cmd_trace_tap(
	struct cmd_tap **tp, struct cmd *cmd, cmd_sip_h *h, void *arg)
{
	(void)cmd;
	*tp = mem_zalloc(1, tap_destructor);
	fake->sip_h = h;
	fake->tap_arg = arg;
}


bool cmd_trace_state(const struct cmd *cmd, uint64_t *first)
{
	(void)cmd;
	*first = fake->oldest;
	return fake->tracing;
}


void fake_log(struct fake *f, enum log_level level, const char *text)
{
	const struct cmd_log_line line = {
		tmrs_wall(f->tmrs), level, "tls", text};

	f->log_h(&line, f->tap_arg);
}


static void sip_destructor(void *data)
{
	struct cmd_sip *sip = data;

	mem_deref(sip->path);
	mem_deref(sip->peer);
	mem_deref(sip->key);
	mem_deref(sip->text_buf);
}


void fake_sip(struct fake *f, bool sent, const char *key, const char *text)
{
	struct cmd_sip *sip = mem_zalloc(sizeof(*sip), sip_destructor);

	sip->n = ++f->sips;
	sip->at = tmrs_wall(f->tmrs);
	sip->sent = sent;
	sip->path = mem_printf("UDP me %s you", sent ? "->" : "<-");
	sip->peer = mem_strdup("UDP you");
	sip->key = mem_strdup(key);
	sip->text_buf = mem_strdup(text);
	sip->text = pl_str(sip->text_buf);
	f->sip_h(sip, f->tap_arg);
	mem_deref(sip);
}


/* ---- core ---- */

bool core_option_bool(const struct core *core, const char *name)
{
	(void)core;
	assert_string_equal(name, "word-parts");
	return fake->parts;
}


struct core_account *fake_account(void)
{
	return fake->account;
}


const char *core_account_name(const struct core_account *a)
{
	(void)a;
	return "work";
}


const char *core_chat_transport(const struct core_chat *c)
{
	(void)c;
	return "TLS";
}


const char *core_account_transport(const struct core_account *a)
{
	(void)a;
	return "tls";
}


const char *core_peer_name(struct core_account *a, const char *peer)
{
	(void)a;
	(void)peer;
	return fake->name;
}


struct core_buddy *core_buddy_find(struct core_account *a, const char *peer)
{
	(void)peer;
	return fake->stranger ? NULL : (struct core_buddy *)a;
}


bool core_watcher_blocked(struct core_account *a, const char *peer)
{
	(void)a;
	(void)peer;
	return fake->blocked;
}


const struct presence *core_presence_of(
	struct core_account *a, const char *peer)
{
	(void)a;
	(void)peer;
	return fake->presence;
}


struct core_chat *core_chat_find(struct core_account *a, const char *peer)
{
	(void)a;
	(void)peer;
	return &chat;
}


unsigned core_chat_unread(const struct core_chat *c)
{
	(void)c;
	return fake->unread;
}


void core_chat_read(struct core_chat *c)
{
	(void)c;
	fake->unread = 0;
	fake->reads++;
}


bool core_chat_typing(const struct core_chat *c)
{
	(void)c;
	return fake->typing;
}


const char *core_chat_state(const struct core_chat *c)
{
	(void)c;
	return fake->chat_state;
}


const char *core_chat_via(const struct core_chat *c)
{
	(void)c;
	return fake->via;
}


static void ask_destructor(void *data)
{
	struct ask *q = data;

	list_unlink(&q->le);
	mem_deref(q->text);
}


static void past_destructor(void *data)
{
	struct le *le, *next;

	LIST_FOREACH (&fake->asked, le, next) {
		struct ask *q = le->data;

		if (q->past == data)
			mem_deref(q);
	}
}


void core_past_alloc(
	struct core_past **pp, struct core_account *a, const char *peer)
{
	(void)a;
	(void)peer;
	*pp = mem_zalloc(sizeof(**pp), past_destructor);
}


static struct ask *ask(struct core_past *p, uint64_t id, size_t n, void *arg)
{
	struct ask *q = mem_zalloc(sizeof(*q), ask_destructor);

	q->past = p;
	q->id = id;
	q->n = n;
	q->arg = arg;
	fake->asks++;
	list_append(&fake->asked, &q->le, q);
	return q;
}


void core_past_before(struct core_past *p, uint64_t before, size_t n,
	store_page_h *h, void *arg)
{
	ask(p, before, n, arg)->page = h;
}


void core_past_after(struct core_past *p, uint64_t after, size_t n,
	store_page_h *h, void *arg)
{
	struct ask *q = ask(p, after, n, arg);

	q->page = h;
	q->after = true;
}


void core_past_search(struct core_past *p, const char *text, uint64_t before,
	size_t n, store_hits_h *h, void *arg)
{
	struct ask *q = ask(p, before, n, arg);

	q->hits = h;
	q->text = mem_strdup(text);
}


static void make(struct store_message *m, uint64_t id, char text[200])
{
	(void)snprintf(text, 200, "text %llu", (unsigned long long)id);
	*m = (struct store_message){
		.id = id,
		.peer = BOB,
		.text = fake->text ? fake->text : text,
		.out = id % 10 == 0,
		.state = id % 10 ? STORE_RECEIVED : fake->state,
		.reason = "no such user",
		.at = 1000000000000 + (int64_t)id * 60000,
	};
}


static void answer_page(struct ask *q)
{
	struct store_message *m = mem_zalloc((q->n + 1) * sizeof(*m), NULL);
	char(*texts)[200] = mem_zalloc((q->n + 1) * 200, NULL);
	uint64_t last = q->id && q->id <= fake->n ? q->id - 1 : fake->n;
	uint64_t first = last > q->n ? last - q->n + 1 : 1;
	size_t n = 0;

	if (q->after) {
		first = q->id + 1;
		last = first + q->n - 1 < fake->n ? first + q->n - 1 : fake->n;
	}
	for (; first <= last; first++, n++)
		make(&m[n], first, texts[n]);
	if (fake->err || (fake->backwards && q->after))
		q->page(fake->err ? fake->err : ENOTSUP, NULL, 0, q->arg);
	else
		q->page(0, m, n, q->arg);
	mem_deref(m);
	mem_deref(texts);
}


/* Every thousandth message is a hit. */
static void answer_hits(struct ask *q)
{
	struct store_hit *h = mem_zalloc((q->n + 1) * sizeof(*h), NULL);
	char(*texts)[200] = mem_zalloc((q->n + 1) * 200, NULL);
	uint64_t id = q->id && q->id <= fake->n ? q->id - 1 : fake->n;
	size_t n = 0;

	for (id -= id % 1000; id && n < q->n; id -= 1000, n++)
		make(&h[n].message, id, texts[n]);
	(void)snprintf(fake->query, sizeof(fake->query), "%s", q->text);
	q->hits(fake->backwards ? ENOTSUP : 0, h, n, q->arg);
	mem_deref(h);
	mem_deref(texts);
}


void fake_answer(struct fake *f)
{
	while (f->asked.head) {
		struct ask *q = f->asked.head->data;

		list_unlink(&q->le);
		if (q->page)
			answer_page(q);
		else
			answer_hits(q);
		mem_deref(q);
	}
}


static uint64_t monotonic(void *arg)
{
	return ((struct fake *)arg)->now;
}


static int64_t wall(void *arg)
{
	return 1000000000000 + (int64_t)((struct fake *)arg)->now;
}


void fake_open(struct fake *f)
{
	struct tmr_clock clock = {monotonic, wall, f};

	memset(f, 0, sizeof(*f));
	fake = f;
	f->account = mem_zalloc(sizeof(*f->account), NULL);
	f->now = 1000;
	f->tmrs = tmrs_alloc(&clock);
	f->name = "Bob";
	f->state = STORE_DELIVERED;
	f->chat_state = "closed";
	f->tracing = true;
	f->oldest = 1;
}


void fake_close(struct fake *f)
{
	mem_deref(f->overlay);
	mem_deref(f->account);
	mem_deref(f->presence);
	mem_deref(f->tmrs);
	assert_true(list_isempty(&f->asked));
}
