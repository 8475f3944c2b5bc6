/* SPDX-License-Identifier: GPL-3.0-or-later */
/* retention.c - what is old is forgotten (option retention). */
#include "core_int.h"

/* A day. */
#define DAY_MS ((int64_t)24 * 3600 * 1000)


static void retained_h(int err, uint64_t n, void *data)
{
	(void)n;
	core_store_failed(data, "old messages are not forgotten", err);
}


int64_t core_retention_from(const struct core *core)
{
	int64_t days = core_option_number(core, "retention");

	return days ? tmrs_wall(core->config.tmrs) - days * DAY_MS : 0;
}


static void retention_h(void *arg)
{
	core_retention(arg);
}


void core_retention(struct core *core)
{
	int64_t from = core_retention_from(core);

	tmr_cancel(&core->retention_tmr);
	if (!from)
		return;
	core->store->ops->retain(core->store, from, core_job_done,
		core_job_alloc(core, retained_h, NULL));
	core_lines_trim(core);
	tmr_start(core->config.tmrs, &core->retention_tmr, (uint64_t)DAY_MS,
		retention_h, core);
}
