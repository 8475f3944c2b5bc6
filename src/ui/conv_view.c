/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conv_view.c - a chat: its past as far back as the store goes, and what
 * happens in it now. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "buddy_view.h"
#include "conv_int.h"
#include "date.h"
#include "mbuf.h"


static void destructor(void *data)
{
	struct conv_view *v = data;

	mem_deref(v->past);
	mem_deref(v->searched);
	mem_deref(v->buf);
	mem_deref(v->name);
	mem_deref(v->me);
	mem_deref(v->peer);
	mem_deref(v->account);
	mem_deref(v->find.text);
	mem_deref(v->find.hits);
	mem_deref(v->said);
}


/* ---- header ---- */

static void add_presence(struct conv_view *v, struct mbuf *mb)
{
	const struct presence *p = core_presence_of(v->account, v->peer);
	enum ui_style style;
	enum ui_glyph glyph = buddy_view_glyph(p, &style);
	char since[DATE_SIZE];

	(void)mbuf_printf(mb, " %s ", ui_glyph_text(glyph, utf8_terminal()));
	if (!p) {
		(void)mbuf_write_str(mb, presence_state_name(PRESENCE_UNKNOWN));
		return;
	}
	(void)mbuf_write_str(mb,
		p->activity ? presence_activity_name(p->activity)
			    : presence_state_name(p->state));
	if (p->state == PRESENCE_UNKNOWN && p->reason)
		(void)mbuf_printf(mb, ": %s", p->reason);
	if (p->idle_since) {
		date_stamp_short(since, p->idle_since,
			tmrs_wall(ui_tmrs(v->view.front)));
		(void)mbuf_printf(mb, ", idle since %s", since);
	}
	if (p->note && *p->note)
		(void)mbuf_printf(mb, " \"%s\"", p->note);
}


/* MB as clean text, cut to SIZE. */
static void give(struct mbuf *mb, char *text, size_t size)
{
	char *exact = mbuf_strdup(mb);
	char *clean = utf8_show_dup(exact, UTF8_NAME);
	size_t n = strlen(clean);

	if (size && n >= size)
		n = size - 1;
	while (n && (clean[n] & 0xc0) == 0x80)
		n--;
	if (size)
		(void)snprintf(text, size, "%.*s", (int)n, clean);
	mem_deref(clean);
	mem_deref(exact);
}


static void title(struct ui_view *base, char *text, size_t size)
{
	struct conv_view *v = (struct conv_view *)base;
	const struct presence *p = core_presence_of(v->account, v->peer);
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);

	(void)mbuf_write_str(mb, v->name);
	add_presence(v, mb);
	/* Why their presence is unknown tells that too. */
	if (!core_buddy_find(v->account, v->peer) &&
		(!p || p->state != PRESENCE_UNKNOWN || !p->reason))
		(void)mbuf_write_str(mb, ", not in your list");
	if (core_watcher_blocked(v->account, v->peer))
		(void)mbuf_write_str(mb, ", blocked");
	give(mb, text, size);
	mem_deref(mb);
}


/* How texts travel, as far as it is known. */
static void way(struct ui_view *base, char *text, size_t size)
{
	struct conv_view *v = (struct conv_view *)base;
	const struct core_chat *c = core_chat_find(v->account, v->peer);
	const char *via = c ? core_chat_via(c) : NULL;
	const char *transport =
		c ? core_chat_transport(c) : core_account_transport(v->account);
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);

	if (c && !strcmp(core_chat_state(c), "opening"))
		(void)mbuf_write_str(mb, "opening");
	if (via)
		(void)mbuf_printf(mb, "%s%s", mb->end ? ", " : "", via);
	if (transport)
		(void)mbuf_write_str(mb, mb->end ? ", " : "");
	for (; transport && *transport; transport++)
		(void)mbuf_printf(mb, "%c", toupper((unsigned char)*transport));
	give(mb, text, size);
	mem_deref(mb);
}


/* ---- what happens ---- */

void conv_view_add(struct conv_view *v, struct textbuf_entry *e)
{
	bool end = conv_view_at_end(&v->view);
	bool counts = e->id && (e->flags & CONV_IN);

	ui_dirty(v->view.front);
	if (!end && counts)
		v->below++;
	if (v->newer || v->jumping) {
		mem_deref(e);
		return;
	}
	if (!textbuf_append(v->buf, e, true))
		v->newer = true;
	if (textbuf_lost_old(v->buf))
		v->oldest_here = false;
	(void)textbuf_lost_new(v->buf);
}


static enum store_state state_of(const char *word, bool out)
{
	int i;

	for (i = STORE_QUEUED; word && i <= STORE_RECEIVED; i++) {
		if (!strcmp(word, store_state_name((enum store_state)i)))
			return (enum store_state)i;
	}
	return out ? STORE_QUEUED : STORE_RECEIVED;
}


/* A text that came while nobody looked is below a line, later. */
static void note_unread(struct conv_view *v)
{
	if (v->unread)
		return;
	v->unread = true;
	v->unread_since = tmrs_now(ui_tmrs(v->view.front));
}


static void message(struct conv_view *v, const struct core_event *e)
{
	bool out = e->direction && !strcmp(e->direction, "out");
	struct store_message m = {
		.id = e->id,
		.text = e->text,
		.out = out,
		.stranger = e->stranger,
		.state = state_of(e->state, out),
		.reason = e->reason,
		.at = e->time,
		.sent_at = e->sent_at,
	};

	if (textbuf_find(v->buf, e->id, NULL))
		return;
	if (e->id > v->newest)
		v->newest = e->id;
	if (out) {
		/* Who writes has read what is above, and looks at the end. */
		textbuf_set_unread(v->buf, 0);
		v->unread_left = 0;
		conv_view_goto(&v->view, 0);
	} else {
		note_unread(v);
	}
	/* What is loaded anew has it: it is stored. */
	if (v->began)
		conv_view_add(v, conv_line_message(v, &m));
}


static void message_state(struct conv_view *v, const struct core_event *e)
{
	struct textbuf_entry *entry = textbuf_find(v->buf, e->id, NULL);

	if (!entry)
		return;
	conv_line_state(entry, state_of(e->state, true), e->reason);
	textbuf_changed(v->buf);
	ui_dirty(v->view.front);
}


/* Page mode has nothing that begins or ends. */
static void chat(struct conv_view *v, const struct core_event *e)
{
	bool them = e->by && !strcmp(e->by, "them");
	bool error = e->by && !strcmp(e->by, "error");
	char *text = NULL;

	ui_dirty(v->view.front);
	if (!e->via || strcmp(e->via, "session") != 0)
		return;
	if (!strcmp(e->state, "opening") && them)
		text = mem_printf(
			"%s asks for a session: chat open takes it", v->name);
	else if (!strcmp(e->state, "open"))
		text = mem_strdup("the session is open");
	else if (!strcmp(e->state, "closed") && error)
		text = mem_printf("the session failed%s%s",
			e->reason ? ": " : "", e->reason ? e->reason : "");
	else if (!strcmp(e->state, "closed"))
		text = mem_printf(
			"%s closed the session", them ? v->name : "you");
	/* While they are away each try fails the same way. */
	if (text && (!v->said || strcmp(v->said, text) != 0))
		conv_view_say(&v->view, UI_EVENT, text);
	if (text) {
		mem_deref(v->said);
		v->said = mem_ref(text);
	}
	mem_deref(text);
}


static void set_name(struct conv_view *v)
{
	size_t i;

	mem_deref(v->name);
	v->name = utf8_show_dup(core_peer_name(v->account, v->peer), UTF8_NAME);
	for (i = 0; i < textbuf_count(v->buf); i++) {
		struct textbuf_entry *e = textbuf_at(v->buf, i);

		if (!(e->flags & CONV_IN))
			continue;
		mem_deref(e->who);
		e->who = mem_ref(v->name);
	}
	textbuf_renamed(v->buf);
	ui_dirty(v->view.front);
}


static bool is_mine(const struct conv_view *v, const struct core_event *e)
{
	const char *a = e->peer, *b = v->peer;

	if (!e->account || !a ||
		strcmp(e->account, core_account_name(v->account)) != 0)
		return false;
	/* sip: and sips: are one person. */
	a = strchr(a, ':') ? strchr(a, ':') : a;
	b = strchr(b, ':') ? strchr(b, ':') : b;
	return !strcmp(a, b);
}


void conv_view_event(struct ui_view *base, const struct core_event *e)
{
	struct conv_view *v = (struct conv_view *)base;

	if (!is_mine(v, e))
		return;
	switch (e->kind) {
	case CORE_EVENT_MESSAGE:
		message(v, e);
		break;
	case CORE_EVENT_MESSAGE_STATE:
		message_state(v, e);
		break;
	case CORE_EVENT_CHAT:
		chat(v, e);
		break;
	case CORE_EVENT_BUDDY:
		set_name(v);
		break;
	case CORE_EVENT_TYPING:
	case CORE_EVENT_PRESENCE:
		ui_dirty(v->view.front);
		break;
	default:
		break;
	}
}


void conv_view_say(struct ui_view *base, enum ui_style style, const char *text)
{
	struct conv_view *v = (struct conv_view *)base;

	conv_view_add(v, conv_line_event(v, style, text));
}


/* ---- moving ---- */

bool conv_view_at_end(const struct ui_view *base)
{
	const struct conv_view *v = (const struct conv_view *)base;

	return !v->newer && !v->jumping && textbuf_at_end(v->buf);
}


static bool move(struct ui_view *base, enum ui_move move)
{
	struct conv_view *v = (struct conv_view *)base;
	long page = v->rows > 2 ? v->rows - 1 : 1;

	v->full_old = v->full_new = false;
	switch (move) {
	case UI_MOVE_UP:
		(void)textbuf_move(v->buf, -1);
		break;
	case UI_MOVE_PAGE_UP:
		(void)textbuf_move(v->buf, -page);
		break;
	case UI_MOVE_DOWN:
		(void)textbuf_move(v->buf, 1);
		break;
	case UI_MOVE_PAGE_DOWN:
		(void)textbuf_move(v->buf, page);
		break;
	case UI_MOVE_FIRST:
		conv_load_first(v);
		break;
	case UI_MOVE_LAST:
		conv_view_goto(base, 0);
		break;
	default:
		return false;
	}
	conv_load_near(v);
	ui_dirty(v->view.front);
	return true;
}


char *conv_view_why(struct ui_view *base, uint64_t *id)
{
	struct conv_view *v = (struct conv_view *)base;
	struct textbuf_pos pos = textbuf_top(v->buf);
	const struct textbuf_entry *found = NULL;
	struct textbuf_row row;
	int rows = v->rows;

	while (rows-- > 0 && textbuf_row(v->buf, &pos, &row)) {
		if (row.entry->flags & CONV_FAILED)
			found = row.entry;
	}
	if (!found)
		return NULL;
	*id = found->id;
	return mem_strdup(found->note);
}


const char *conv_view_account(const struct ui_view *base)
{
	return core_account_name(((const struct conv_view *)base)->account);
}


const char *conv_view_peer(const struct ui_view *base)
{
	return ((const struct conv_view *)base)->peer;
}


static const struct ui_view_ops ops = {
	.place = "chat",
	.title = title,
	.way = way,
	.draw = conv_draw,
	.move = move,
	.find = conv_view_find,
	.find_next = conv_view_find_next,
};


int conv_view_alloc(struct ui_view **vp, struct ui_front *front,
	struct core_account *account, const char *peer)
{
	struct conv_view *v = mem_zalloc(sizeof(*v), destructor);
	const struct core_chat *c = core_chat_find(account, peer);

	v->view.ops = &ops;
	v->view.front = front;
	v->account = mem_ref(account);
	v->peer = mem_strdup(peer);
	v->me = mem_strdup("me");
	v->buf = textbuf_alloc(CONV_ENTRIES, CONV_BYTES);
	core_past_alloc(&v->searched, account, peer);
	set_name(v);
	v->unread = c && core_chat_unread(c);
	v->unread_left = v->unread ? core_chat_unread(c) : 0;
	conv_load_newest(v);
	*vp = &v->view;
	return 0;
}
