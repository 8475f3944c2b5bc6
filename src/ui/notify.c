/* SPDX-License-Identifier: GPL-3.0-or-later */
/* notify.c - the core's notifications at the terminal, and what it is told of
 * the user's eyes. */
#include <string.h>
#include "screen_front.h"


static bool is_chat(
	const struct ui_tab *tab, const char *account, const char *peer)
{
	return tab && !strcmp(core_account_name(tab->account), account) &&
		!strcmp(tab->peer, peer);
}


/* A chat whose newest line is on the screen. */
static bool in_sight_h(const char *account, const char *peer, void *arg)
{
	const struct ui_front *f = arg;
	size_t i;

	if (f->overlay)
		return false;
	for (i = 0; i < f->n_panes; i++) {
		if ((!f->zoom || i == f->pane) &&
			is_chat(f->panes[i], account, peer))
			return f->panes[i]->view &&
				conv_view_at_end(f->panes[i]->view);
	}
	return false;
}


static bool elsewhere_h(void *arg)
{
	const struct ui_front *f = arg;

	return f->outside != NULL;
}


static void show_h(const char *title, const char *text, void *arg)
{
	struct ui_front *f = arg;

	/* An editor's terminal is not ours to write to, and later it is old. */
	if (!f->outside)
		screen_notify(f->screen, title, text);
}


static void ring_h(void *arg)
{
	struct ui_front *f = arg;

	if (!f->outside)
		screen_bell(f->screen);
}


void ui_touched(struct ui_front *f)
{
	core_key(f->config.core);
	if (!f->unfocused)
		return;
	f->unfocused = false;
	core_focus(f->config.core, true);
}


void ui_notify_start(struct ui_front *f)
{
	const struct core_eyes eyes = {
		.in_sight = in_sight_h,
		.elsewhere = elsewhere_h,
		.show = show_h,
		.ring = ring_h,
		.arg = f,
	};

	core_set_eyes(f->config.core, &eyes);
}
