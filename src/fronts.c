/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fronts.c - the one front end of a run, whichever it is. */
#include <unistd.h>
#include "app.h"
#include "bot.h"
#include "config.h"
#include "json_front.h"
#include "line.h"
#include "mem.h"
#include "ui.h"


struct app_fronts {
	struct app_fronts_config config;
	struct json_front *json;
	struct line_front *line;
	struct shell_front *shell;
	struct ui_front *ui;
	struct bot_front *bot;
};


static void destructor(void *data)
{
	struct app_fronts *f = data;

	mem_deref(f->json);
	mem_deref(f->line);
	mem_deref(f->ui);
	mem_deref(f->shell);
	mem_deref(f->bot);
}


static int make_json(struct app_fronts *f)
{
	const struct json_front_config c = {
		.loop = f->config.loop,
		.core = f->config.core,
		.version = PACKAGE_VERSION,
		.in = STDIN_FILENO,
		.out = STDOUT_FILENO,
		.quit = f->config.quit,
		.broken = f->config.broken,
		.arg = f->config.arg,
	};

	return json_front_alloc(&f->json, &c);
}


static int make_shell(struct app_fronts *f)
{
	const struct shell_front_config c = {
		.loop = f->config.loop,
		.core = f->config.core,
		.version = PACKAGE_VERSION,
		.argc = f->config.options->argc,
		.argv = f->config.options->argv,
		.quit = f->config.quit,
		.broken = f->config.broken,
		.arg = f->config.arg,
	};

	return shell_front_alloc(&f->shell, &c);
}


static int make_bot(struct app_fronts *f)
{
	const struct bot_front_config c = {
		.loop = f->config.loop,
		.core = f->config.core,
		.role = f->config.options->bot,
		.quit = f->config.quit,
		.arg = f->config.arg,
	};

	return bot_front_alloc(&f->bot, &c);
}


static int make_line(struct app_fronts *f)
{
	const struct line_front_config c = {
		.loop = f->config.loop,
		.core = f->config.core,
		.version = PACKAGE_VERSION,
		.greeting = f->config.options->demo ? app_demo_greeting : NULL,
		.quit = f->config.quit,
		.broken = f->config.broken,
		.arg = f->config.arg,
	};

	return line_front_alloc(&f->line, &c);
}


static int make_screen(struct app_fronts *f)
{
	const struct ui_front_config c = {
		.loop = f->config.loop,
		.core = f->config.core,
		.version = PACKAGE_VERSION,
		.greeting = f->config.options->demo
			? "Welcome to the demo: type /buddy add kim, or chat "
			  "with Echo; /quit leaves"
			: NULL,
		.welcome = f->config.options->demo ? app_demo_welcome : NULL,
		.quit = f->config.quit,
		.broken = f->config.broken,
		.arg = f->config.arg,
	};

	return ui_front_alloc(&f->ui, &c);
}


static int make(struct app_fronts *f)
{
	const struct app_options *o = f->config.options;

	switch (o->front) {
	case APP_JSON:
		return make_json(f);
	case APP_SHELL:
		return make_shell(f);
	case APP_BOT:
		return make_bot(f);
	case APP_LINE:
		break;
	}
	return !o->line && ui_capable() ? make_screen(f) : make_line(f);
}


int app_fronts_alloc(
	struct app_fronts **fp, const struct app_fronts_config *config)
{
	struct app_fronts *f = mem_zalloc(sizeof(*f), destructor);
	int err;

	f->config = *config;
	err = make(f);
	if (err)
		mem_deref(f);
	else
		*fp = f;
	return err;
}


struct cmd *app_fronts_cmd(struct app_fronts *f)
{
	if (f->json)
		return json_front_cmd(f->json);
	if (f->shell)
		return shell_front_cmd(f->shell);
	if (f->bot)
		return bot_front_cmd(f->bot);
	return f->ui ? ui_front_cmd(f->ui) : line_front_cmd(f->line);
}


void app_fronts_ready(struct app_fronts *f)
{
	if (f->json)
		json_front_ready(f->json);
	if (f->line)
		line_front_ready(f->line);
	if (f->ui)
		ui_front_ready(f->ui);
	if (f->shell)
		shell_front_ready(f->shell);
	if (f->bot)
		bot_front_ready(f->bot);
}


bool app_fronts_interrupt(struct app_fronts *f)
{
	return (f->line && line_front_interrupt(f->line)) ||
		(f->ui && ui_front_interrupt(f->ui));
}


void app_fronts_stop(struct app_fronts *f)
{
	if (f->line)
		line_front_stop(f->line);
	if (f->ui)
		ui_front_stop(f->ui);
}


int app_fronts_flush(struct app_fronts *f, uint64_t limit)
{
	if (f->json)
		return json_front_flush(f->json, limit);
	if (f->line)
		return line_front_flush(f->line, limit);
	return f->ui ? ui_front_flush(f->ui, limit) : 0;
}
