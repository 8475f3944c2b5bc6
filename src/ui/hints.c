/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hints.c - which keys there are: a few in the last line, all of a place as a
 * pane. Both are read from the table of keys. */
#include <stdio.h>
#include <string.h>
#include "mbuf.h"
#include "screen_front.h"


enum {
	KEY_COLS = 12, /* of the names of keys */
	KEYS_MAX = 3, /* told one by one; of more the first and the last */
};


/* ---- the last line ---- */

static const struct {
	const char *place;
	const char *command;
	const char *word; /* NULL: what the view says, if it does */
} hints[] = {
	{"chat", "screen show keys", "keys"},
	{"chat", "screen show buddies", "buddies"},
	{"chat", "screen show search", "search"},
	{"chat", "screen show find", "find"},
	{"chat", "chat unread", "unread"},
	{"chat", "chat next", "next"},
	{"any", "screen show keys", "keys"},
	{"any", "screen show buddies", "buddies"},
	{"any", "screen show search", "search"},
	{"buddies", "screen move select", "chat"},
	{"buddies", "screen show keys", "keys"},
	{"buddies", "screen move fold", "fold"},
	{"buddies", "buddy show %", "info"},
	{"buddies", "screen type /buddy add", "add"},
	{"buddies", "screen type /buddy rename %", "rename"},
	{"buddies", "screen type /buddy remove %", "remove"},
	{"buddies", "screen show chat", "back"},
	{"search", "screen move down", "choose"},
	{"search", "screen move select", "show"},
	{"search", "screen show keys", "keys"},
	{"search", "screen show close", "leave"},
	{"results", "screen move select", "show"},
	{"results", "buddy add %", "add"},
	{"results", "screen show search", "search on"},
	{"results", "screen show keys", "keys"},
	{"find", "screen move up", "up"},
	{"find", "screen move down", "down"},
	{"find", "screen show hits", "take"},
	{"find", "screen show keys", "keys"},
	{"find", "screen show close", "leave"},
	{"hits", "screen find -n", "older"},
	{"hits", "screen find -p", "newer"},
	{"hits", "screen show find", "search on"},
	{"hits", "screen show keys", "keys"},
	{"hits", "screen show close", "leave"},
	{"command", "screen show close", "leave"},
	{"command", "screen show keys", "keys"},
	{"text", "screen show close", "leave"},
	{"text", "screen move select", NULL},
	{"text", "screen move page-down", "down"},
	{"text", "screen show find", "find"},
	{"text", "screen show keys", "keys"},
};


void ui_hints_draw(struct ui_front *f, const struct ui_area *a, int row)
{
	const char *place = ui_keys_place(f);
	const struct ui_view *v = ui_keys_view(f);
	const char *enter = v ? v->ops->enter : NULL;
	int col = 1;
	size_t i;

	if (!core_option_bool(f->config.core, "key-hints"))
		return;
	for (i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
		const char *key;
		struct pl k, word;

		word = pl_str(hints[i].word ? hints[i].word : enter);
		if (!word.p || strcmp(hints[i].place, place) != 0)
			continue;
		key = cmd_key_of(f->cmd, place, hints[i].command);
		k = pl_str(key);
		if (!key || col + (int)(utf8_cols(&k) + word.l) + 1 > a->cols)
			continue;
		col += screen_text(f->screen, a, row, col, UI_KEY, &k) + 1;
		col += screen_text(f->screen, a, row, col, UI_NOTE, &word) + 2;
	}
}


/* ---- where no chat is ---- */

/* Signed in, and nobody is in the list. */
static bool is_lonely(struct core *core)
{
	struct core_account *a;
	bool online = false;

	for (a = core_account_first(core); a; a = core_account_next(a)) {
		if (core_buddy_first(a))
			return false;
		online |= core_account_state(a) == ENDPOINT_ONLINE;
	}
	return online;
}


char *ui_hints_welcome(const struct ui_front *f)
{
	static const struct {
		const char *command;
		const char *does;
	} lines[] = {
		{"screen show buddies",
			"goes to the buddy list; Enter shows a chat"},
		{"screen show search", "searches people and messages"},
		{"screen show keys", "shows the keys, /help the commands"},
	};
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	char *text;
	size_t i;

	(void)mbuf_write_str(mb,
		is_lonely(f->config.core)
			? "Nobody here yet: /buddy add ADDRESS adds "
			  "somebody.\n\n"
			: "No chat is shown.\n\n");
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		const char *key =
			cmd_key_of(f->cmd, cmd_places[0], lines[i].command);

		if (key)
			(void)mbuf_printf(mb, "%-8s %s\n", key, lines[i].does);
	}
	(void)mbuf_write_str(mb, "/quit    leaves\n");
	text = mbuf_strdup(mb);
	mem_deref(mb);
	return text;
}


/* ---- the pane ---- */

static const struct {
	const char *place;
	const char *words;
} places[] = {
	{"any", "Anywhere"},
	{"chat", "In a chat"},
	{"buddies", "In the buddy list"},
	{"search", "While a search is typed"},
	{"results", "In what a search found"},
	{"find", "While words are looked for in a chat"},
	{"hits", "At the hits in a chat"},
	{"command", "In a command that a key began"},
	{"text", "In a text to read"},
	{"question", "When somebody added you"},
	{"choice", "When there is a choice"},
};

/* Keys that do the same and stand one behind the other share a line. */
struct telling {
	struct ui_front *f;
	const char *place; /* where the user is */
	bool any; /* keys of any place are told */
	struct mbuf *mb;
	char *help;
	char *keys[KEYS_MAX + 1];
	size_t n;
};


static void tell_line(struct telling *t)
{
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	char *keys;
	struct pl pl;
	size_t i;

	if (t->n > KEYS_MAX)
		(void)mbuf_printf(
			mb, "%s to %s", t->keys[0], t->keys[KEYS_MAX]);
	for (i = 0; t->n <= KEYS_MAX && i < t->n; i++)
		(void)mbuf_printf(mb, "%s%s", i ? ", " : "", t->keys[i]);
	keys = mbuf_strdup(mb);
	pl = pl_str(keys);
	if (t->n)
		(void)mbuf_printf(t->mb, "  %s%*s  %s\n", keys,
			utf8_cols(&pl) < KEY_COLS
				? KEY_COLS - (int)utf8_cols(&pl)
				: 0,
			"", t->help);
	for (i = 0; i <= KEYS_MAX; i++)
		t->keys[i] = mem_deref(t->keys[i]);
	t->help = mem_deref(t->help);
	t->n = 0;
	mem_deref(keys);
	mem_deref(mb);
}


static void tell_key(
	const char *key, const char *command, const char *help, void *arg)
{
	struct telling *t = arg;
	const char *there = cmd_key_command(t->f->cmd, t->place, key);
	size_t i;

	/* In this place it does something else. */
	if (t->any && (!there || strcmp(there, command) != 0))
		return;
	if (t->help && strcmp(t->help, help) != 0)
		tell_line(t);
	if (!t->help)
		t->help = mem_strdup(help);
	i = t->n++ < KEYS_MAX ? t->n - 1 : KEYS_MAX;
	mem_deref(t->keys[i]);
	t->keys[i] = mem_strdup(key);
}


static void tell_place(struct telling *t, const char *place)
{
	size_t i;

	for (i = 0; strcmp(places[i].place, place) != 0; i++)
		;
	(void)mbuf_printf(t->mb, "%s:\n", places[i].words);
	t->any = !strcmp(place, cmd_places[0]);
	cmd_keys_each(t->f->cmd, place, tell_key, t);
	tell_line(t);
}


/* Readline's own, which the table does not know. */
static const char line_keys[] =
	"In the line:\n"
	"  Enter         says what is typed, or runs it where / begins it\n"
	"  M-Enter       begins another line of the same text\n"
	"  Tab           completes commands, names and options\n"
	"  Up, Down      bring lines that were typed before\n"
	"  C-r           searches them\n"
	"  C-x C-e       goes on in the program that EDITOR names\n";


void ui_hints_show(struct ui_front *f)
{
	struct telling t = {.f = f, .place = ui_keys_place(f)};
	struct ui_view *v;
	char *text;

	t.mb = mbuf_alloc(SIZE_MAX);
	if (strcmp(t.place, cmd_places[0]) != 0) {
		tell_place(&t, t.place);
		(void)mbuf_write_str(t.mb, "\n");
	}
	if (!strcmp(t.place, "chat"))
		(void)mbuf_printf(t.mb, "%s\n", line_keys);
	if (ui_asked_choice(f)) {
		tell_place(&t, "choice");
		(void)mbuf_write_str(t.mb, "\n");
	} else if (!list_isempty(&f->questions)) {
		tell_place(&t, "question");
		(void)mbuf_write_str(t.mb, "\n");
	}
	tell_place(&t, cmd_places[0]);
	(void)mbuf_write_str(t.mb,
		"\nC- is Ctrl. M- is Alt, or Escape just before the key.\n"
		"/keys lists all keys, /help all commands.");
	text = mbuf_strdup(t.mb);
	text_view_alloc(&v, f, "keys", false);
	text_view_add(v, UI_NORMAL, text);
	ui_overlay_above(f, v);
	mem_deref(text);
	mem_deref(t.mb);
}
