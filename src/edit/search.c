/* SPDX-License-Identifier: GPL-3.0-or-later */
/* search.c - what readline's incremental search does not survive. */
#include <stdio.h>
#include <string.h>
#include <readline/readline.h>
#include "edit_int.h"


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

	if (RL_ISSTATE(RL_STATE_ISEARCH) && c >= 0 && c < KEYMAP_SIZE &&
		map[c].type == ISKMAP && !ends_search_itself(c))
		rl_callback_sigcleanup();
}
