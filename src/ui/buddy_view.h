/* SPDX-License-Identifier: GPL-3.0-or-later */
/* buddy_view.h - the buddy list as a pane. */
#ifndef SOTTO_BUDDY_VIEW_H
#define SOTTO_BUDDY_VIEW_H

#include "ui_int.h"

void buddy_view_alloc(struct ui_view **vp, struct ui_front *front);

/* Buddies, chats or presence changed: made anew before it is drawn. */
void buddy_view_changed(struct ui_view *v);

/* The same of one person's presence or unread count. */
void buddy_view_touch(struct ui_view *v, const char *account, const char *peer);

/* Who is under the cursor; false: nobody. CHAT borrows until the next turn. */
bool buddy_view_selected(struct ui_view *v, struct front_chat *chat);

/* The glyph and style of a presence; NULL: unknown. */
enum ui_glyph buddy_view_glyph(const struct presence *p, enum ui_style *style);

#endif
