/* SPDX-License-Identifier: GPL-3.0-or-later */
/* names.c - styles and glyphs by name, and how glyphs are drawn. */
#include "buddy_view.h"


static const char *const styles[UI_STYLES] = {
	[UI_NORMAL] = "normal",
	[UI_TITLE] = "title",
	[UI_BORDER] = "border",
	[UI_HEADER] = "header",
	[UI_HEADER_FOCUS] = "header-focus",
	[UI_SELECTED] = "selected",
	[UI_GROUP] = "group",
	[UI_ONLINE] = "online",
	[UI_AWAY] = "away",
	[UI_OFFLINE] = "offline",
	[UI_UNKNOWN] = "unknown",
	[UI_NOTE] = "note",
	[UI_UNREAD] = "unread",
	[UI_TIME] = "time",
	[UI_ME] = "me",
	[UI_PEER] = "peer",
	[UI_DAY] = "day",
	[UI_EVENT] = "event",
	[UI_DONE] = "done",
	[UI_WAITING] = "waiting",
	[UI_FAILED] = "failed",
	[UI_HIT] = "hit",
	[UI_LINK] = "link",
	[UI_TAB] = "tab",
	[UI_TAB_SHOWN] = "tab-shown",
	[UI_PROMPT] = "prompt",
	[UI_INPUT] = "input",
	[UI_NOTICE] = "notice",
	[UI_ERROR] = "error",
	[UI_QUESTION] = "question",
	[UI_QUESTION_KEY] = "question-key",
	[UI_KEY] = "key",
};

static const struct {
	const char *utf8;
	const char *ascii;
} glyphs[UI_GLYPHS] = {
	[UI_GLYPH_ONLINE] = {"\xe2\x97\x8f", "*"},
	[UI_GLYPH_AWAY] = {"\xe2\x97\x90", "~"},
	[UI_GLYPH_OFFLINE] = {"\xe2\x97\x8b", "o"},
	[UI_GLYPH_UNKNOWN] = {"?", "?"},
	[UI_GLYPH_OPEN] = {"\xe2\x96\xbe", "v"},
	[UI_GLYPH_FOLDED] = {"\xe2\x96\xb8", ">"},
	[UI_GLYPH_WAITING] = {"\xe2\x80\xa6", "."},
	[UI_GLYPH_ACCEPTED] = {"\xe2\x87\xa2", "="},
	[UI_GLYPH_DELIVERED] = {"\xe2\x9c\x93", "+"},
	[UI_GLYPH_FAILED] = {"\xe2\x9c\x97", "!"},
	[UI_GLYPH_HORIZONTAL] = {"\xe2\x94\x80", "-"},
	[UI_GLYPH_VERTICAL] = {"\xe2\x94\x82", "|"},
	[UI_GLYPH_JOIN_LEFT] = {"\xe2\x94\xa4", "+"},
	[UI_GLYPH_JOIN_RIGHT] = {"\xe2\x94\x9c", "+"},
	[UI_GLYPH_JOIN_UP] = {"\xe2\x94\xb4", "+"},
	[UI_GLYPH_JOIN_DOWN] = {"\xe2\x94\xac", "+"},
	[UI_GLYPH_JOIN_ALL] = {"\xe2\x94\xbc", "+"},
	[UI_GLYPH_ABOVE] = {"\xe2\x86\x91", "^"},
	[UI_GLYPH_BELOW] = {"\xe2\x86\x93", "v"},
	[UI_GLYPH_CUT] = {"\xe2\x80\xa6", ">"},
};


const char *ui_style_name(enum ui_style style)
{
	return styles[style];
}


const char *ui_glyph_text(enum ui_glyph glyph, bool utf8)
{
	return utf8 ? glyphs[glyph].utf8 : glyphs[glyph].ascii;
}


enum ui_glyph buddy_view_glyph(const struct presence *p, enum ui_style *style)
{
	if (!p || p->state == PRESENCE_UNKNOWN) {
		*style = UI_UNKNOWN;
		return UI_GLYPH_UNKNOWN;
	}
	if (p->state == PRESENCE_OFFLINE) {
		*style = UI_OFFLINE;
		return UI_GLYPH_OFFLINE;
	}
	*style = p->activity ? UI_AWAY : UI_ONLINE;
	return p->activity ? UI_GLYPH_AWAY : UI_GLYPH_ONLINE;
}
