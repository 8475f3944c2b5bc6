/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keymap.c - what readline's keys may not do. */
#include <stdio.h>
#include <string.h>
#include <readline/readline.h>
#include "edit_int.h"


enum {
	DEPTH = 16, /* of the maps that inputrc may make */
	KEYS = 256,
};


static int nothing(int count, int key)
{
	(void)count;
	(void)key;
	return rl_ding();
}


/* A map with a shadow knows what to do with what it does not have, and so do
 * those below it. */
static void fill(Keymap map, unsigned depth)
{
	int i;

	if (depth == DEPTH || map[ANYOTHERKEY].function)
		return;
	for (i = 0; i < KEYS; i++) {
		if (map[i].type == ISKMAP)
			fill((Keymap)map[i].function, depth + 1);
		else if (map[i].type == ISFUNC && !map[i].function && depth)
			map[i].function = nothing;
	}
}


/* ESC does, unless inputrc says otherwise. */
static bool ends_search_itself(int c)
{
	const char *ends = rl_variable_value("isearch-terminators");

	return c == '\033' &&
		(!ends || strstr(ends, "\\e") || strstr(ends, "\\C-["));
}


void edit_before_key(int c)
{
	Keymap map = rl_get_keymap();

	if (RL_ISSTATE(RL_STATE_ISEARCH) && c >= 0 && c < KEYS &&
		map[c].type == ISKMAP && !ends_search_itself(c))
		rl_callback_sigcleanup();
}


void edit_fill_keymaps(void)
{
	static const char *const names[] = {
		"emacs-standard", "vi-insert", "vi-command"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		fill(rl_get_keymap_by_name(names[i]), 0);
}


bool edit_unbound(const struct pl *bytes)
{
	int type = ISFUNC;

	return rl_editing_mode && bytes->l > 2 && bytes->p[0] == '\033' &&
		strchr("[O", bytes->p[1]) && rl_last_func != rl_quoted_insert &&
		!RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH |
			RL_STATE_MULTIKEY) &&
		!rl_function_of_keyseq_len(
			bytes->p, bytes->l, rl_get_keymap(), &type);
}


bool edit_meta(const struct edit *e)
{
	return rl_editing_mode && !e->over && !edit_asked(e) &&
		!RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH |
			RL_STATE_MULTIKEY | RL_STATE_NUMERICARG |
			RL_STATE_MACRODEF);
}
