/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log_view.c - the log as a pane that goes on while it is open. */
#include <string.h>
#include "date.h"
#include "screen_front.h"


enum {
	LOG_LINES = 5000, /* the pane keeps */
};

/* What fills a log pane; the pane owns it. */
struct feed {
	struct ui_view *view; /* its owner */
	struct cmd_tap *tap;
	char day[DATE_SIZE]; /* of the line before */
};


static void destructor(void *data)
{
	struct feed *feed = data;

	mem_deref(feed->tap);
}


static enum ui_style style_of(enum log_level level)
{
	switch (level) {
	case LOG_ERROR:
	case LOG_WARN:
		return UI_FAILED;
	case LOG_INFO:
		return UI_NORMAL;
	case LOG_DEBUG:
		break;
	}
	return UI_NOTE;
}


static void tell_day(struct feed *feed, int64_t at)
{
	const char *bar = ui_glyph_text(UI_GLYPH_HORIZONTAL, utf8_terminal());
	char day[DATE_SIZE];
	char *text;

	date_day(day, at);
	if (!strcmp(day, feed->day))
		return;
	memcpy(feed->day, day, sizeof(day));
	text = mem_printf("%s%s %s %s%s", bar, bar, day, bar, bar);
	text_view_add(feed->view, UI_DAY, text);
	mem_deref(text);
}


static void line_h(const struct cmd_log_line *line, void *arg)
{
	struct feed *feed = arg;
	char clock[DATE_SIZE], *one, *text;

	tell_day(feed, line->at);
	date_clock_exact(clock, line->at);
	one = utf8_show_dup(line->text, UTF8_NAME);
	text = mem_printf("%.8s %-7s %s: %s", clock,
		log_level_name(line->level), line->topic, one);
	text_view_add(feed->view, style_of(line->level), text);
	mem_deref(text);
	mem_deref(one);
}


void ui_log_show(struct ui_front *f)
{
	struct feed *feed = mem_zalloc(sizeof(*feed), destructor);

	text_view_alloc(&feed->view, f, "log", true);
	text_view_own(feed->view, feed);
	text_view_limit(feed->view, LOG_LINES);
	text_view_empty(feed->view, "Nothing has been said yet.");
	cmd_log_tap(&feed->tap, ui_cmd(f), line_h, feed);
	ui_overlay(f, feed->view);
}
