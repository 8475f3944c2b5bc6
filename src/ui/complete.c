/* SPDX-License-Identifier: GPL-3.0-or-later */
/* complete.c - candidates that only the full screen knows: panes, themes. */
#include <string.h>
#include "screen_front.h"
#include "theme.h"


/* Whoever wants to hear of a theme. */
struct theme_listener {
	core_complete_h *emit;
	void *arg;
};


static void theme_h(const char *name, void *arg)
{
	const struct theme_listener *l = arg;

	l->emit(name, NULL, l->arg);
}


void ui_complete_h(enum front_kind kind, const char *prefix,
	core_complete_h *emit, void *emit_arg, void *arg)
{
	static const struct {
		const char *name;
		const char *help;
	} panes[] = {
		{"buddies", "the buddy list, and back"},
		{"chat", "the chats"},
		{"search", "finds buddies, people and messages"},
		{"find", "searches the chat that is shown"},
		{"hits",
			"from the words that are looked for to what they "
			"found"},
		{"log", "what happened"},
		{"output", "what the last command printed"},
		{"trace", "the SIP messages"},
		{"help", "the commands"},
		{"keys", "the keys"},
		{"close", "what is beside the chats goes"},
	};
	struct theme_listener l = {emit, emit_arg};
	size_t i;

	(void)arg;
	if (kind == FRONT_THEME) {
		theme_names(prefix, theme_h, &l);
		return;
	}
	for (i = 0; i < sizeof(panes) / sizeof(panes[0]); i++) {
		if (!strncmp(panes[i].name, prefix, strlen(prefix)))
			emit(panes[i].name, panes[i].help, emit_arg);
	}
}
