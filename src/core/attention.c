/* SPDX-License-Identifier: GPL-3.0-or-later */
/* attention.c - what the user does at the terminal, and being away while that
 * is nothing. */
#include "core_int.h"
#include "notify.h"


enum {
	MINUTE_MS = 60000,
};


static uint64_t limit(const struct core *core)
{
	return (uint64_t)core_option_number(core, "auto-away") * MINUTE_MS;
}


static void schedule(struct core *core);


/* Keys only note when they came. */
static void away_h(void *arg)
{
	struct core *core = arg;

	if (core->eyes.elsewhere && core->eyes.elsewhere(core->eyes.arg))
		core->key_at = tmrs_now(core->config.tmrs);
	if (tmrs_now(core->config.tmrs) - core->key_at < limit(core)) {
		schedule(core);
		return;
	}
	core->idle = true;
	core_presence_idle(core, core_option_get(core, "auto-away-note"),
		tmrs_wall(core->config.tmrs) -
			(int64_t)(tmrs_now(core->config.tmrs) - core->key_at));
	core_say(core, LOG_INFO, "away; the next key brings you back");
}


static void schedule(struct core *core)
{
	uint64_t idle = tmrs_now(core->config.tmrs) - core->key_at;
	uint64_t ms = limit(core);

	tmr_start(core->config.tmrs, &core->away_tmr, idle < ms ? ms - idle : 0,
		away_h, core);
}


static void back(struct core *core)
{
	core->idle = false;
	core_presence_back(core);
}


void core_attention_option(struct core *core)
{
	tmr_cancel(&core->away_tmr);
	if (core->idle && !limit(core))
		back(core);
	if (core->keyed && !core->idle && limit(core))
		schedule(core);
}


void core_set_eyes(struct core *core, const struct core_eyes *eyes)
{
	core->eyes = eyes ? *eyes : (struct core_eyes){.arg = NULL};
	if (eyes)
		core_key(core);
}


void core_focus(struct core *core, bool in)
{
	core->focus_known = true;
	core->focus = in;
}


void core_key(struct core *core)
{
	core->key_at = tmrs_now(core->config.tmrs);
	core->keyed = true;
	if (core->idle)
		back(core);
	if (!tmr_isrunning(&core->away_tmr) && limit(core))
		schedule(core);
}


void core_attention_drop(struct core *core)
{
	tmr_cancel(&core->away_tmr);
	core->eyes = (struct core_eyes){.arg = NULL};
}
