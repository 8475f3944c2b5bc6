/* SPDX-License-Identifier: GPL-3.0-or-later */
/* type.c - a command that is begun for the user, to be finished in the line
 * and entered, or left. */
#include <string.h>
#include <sysexits.h>
#include "mbuf.h"
#include "screen_front.h"


enum {
	NAME_MAX_COLS = 40, /* a longer name is not put into the line */
};


/* How CHAT's person is written in a command: by name where that means nobody
 * else, else by address (mem_deref). */
static char *who(const struct ui_front *f, const struct front_chat *chat)
{
	struct core *core = f->config.core;
	struct core_account *a = core_account_find(core, chat->account), *other;
	const char *name = a ? core_peer_name(a, chat->peer) : chat->peer;
	char *peer = NULL, *why = NULL, *clean, *text;
	bool plain;

	clean = utf8_show_dup(name, UTF8_NAME);
	plain = !strcmp(clean, name) && strlen(name) <= NAME_MAX_COLS &&
		!core_resolve(core, NULL, name, &other, &peer, &why) &&
		other == a && !strcmp(peer, chat->peer);
	text = cmd_quote(plain ? name : chat->peer);
	if (!plain && core_account_next(core_account_first(core))) {
		char *account = mem_printf("-a %s %s", chat->account, text);

		mem_deref(text);
		text = account;
	}
	mem_deref(clean);
	mem_deref(peer);
	mem_deref(why);
	return text;
}


/* Who "%" stands for: in a list whom the cursor is on and nobody else, so that
 * not the wrong one is removed. */
static bool pointed(const struct ui_front *f, struct front_chat *chat)
{
	if (f->focus == UI_FOCUS_BUDDIES ||
		(f->overlay && f->overlay == f->search))
		return ui_selected(f, chat);
	return cmd_shown(f->cmd, chat);
}


/* TEXT with who is pointed at for each word "%"; NULL: nobody is
 * (mem_deref). */
static char *expand(struct ui_front *f, const char *text)
{
	struct pl rest = pl_str(text), word;
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	struct front_chat chat;
	char *person, *line = NULL;
	bool more, found = true;

	do {
		more = pl_split(&rest, ' ', &word);
		if (word.l == 1 && *word.p == '%') {
			found = pointed(f, &chat);
			person = found ? who(f, &chat) : NULL;
			(void)mbuf_write_str(mb, person ? person : "");
			mem_deref(person);
		} else {
			(void)mbuf_write_mem(mb, word.p, word.l);
		}
		(void)mbuf_write_str(mb, more || *text == '/' ? " " : "");
	} while (more && found);
	if (found)
		line = mbuf_strdup(mb);
	mem_deref(mb);
	return line;
}


int ui_type(struct ui_front *f, const char *text, char **why)
{
	char *line = expand(f, text);

	if (!line) {
		*why = mem_strdup("the cursor is on nobody");
		return EX_DATAERR;
	}
	if (edit_question(f->edit)) {
		mem_deref(line);
		*why = mem_strdup("something is asked in the line");
		return EX_DATAERR;
	}
	ui_prompt_end_find(f);
	if (f->mode != UI_MODE_COMMAND) {
		f->type_mode = f->mode;
		f->type_focus = f->focus;
		ui_prompt_mode(f, UI_MODE_COMMAND);
	}
	ui_keys_leave(f);
	edit_set(f->edit, line, strlen(line));
	mem_deref(line);
	ui_dirty(f);
	return 0;
}


void ui_type_end(struct ui_front *f)
{
	enum ui_mode mode = f->type_mode;

	if (f->mode != UI_MODE_COMMAND)
		return;
	/* What it was begun from may be gone. */
	if (mode == UI_MODE_SEARCH && f->overlay != f->search)
		mode = UI_MODE_CHAT;
	ui_prompt_mode(f, mode);
	f->modes[UI_MODE_COMMAND] = mem_deref(f->modes[UI_MODE_COMMAND]);
	if (f->type_focus == UI_FOCUS_BUDDIES)
		f->focus = UI_FOCUS_BUDDIES;
}


void ui_type_entered(struct ui_front *f, const char *text)
{
	char *line = mem_secret_strndup(text, strlen(text));

	ui_type_end(f);
	if (ui_is_command(line)) {
		ui_lines_entered(f, line);
		ui_typed(f, line);
	} else if (*line) {
		ui_notice(f, UI_ERROR, "a command begins with /");
	}
	mem_deref(line);
}
