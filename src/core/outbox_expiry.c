/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outbox_expiry.c - what waited too long fails (option outbox-expiry). */
#include "message_int.h"


static uint64_t expiry(const struct core *core)
{
	return (uint64_t)core_option_number(core, "outbox-expiry") * 1000;
}


static void expiry_h(void *arg)
{
	struct core *core = arg;
	uint64_t now = tmrs_now(core->config.tmrs);
	size_t i, n;
	void **messages = core_list_hold(&core->outbox, &n);

	for (i = 0; i < n; i++) {
		struct core_message *m = messages[i];

		if (m->over || m->flying || !m->id ||
			now - m->since < expiry(core))
			continue;
		core_message_finish(m, STORE_FAILED, EX_TEMPFAIL,
			"not sent within the time of outbox-expiry", 0);
	}
	core_list_release(messages, n);
	core_outbox_expiry(core);
}


void core_outbox_expiry(struct core *core)
{
	uint64_t age, now = tmrs_now(core->config.tmrs);
	struct le *le;

	tmr_cancel(&core->expiry_tmr);
	if (!expiry(core))
		return;
	for (le = core->outbox.head; le; le = le->next) {
		const struct core_message *m = le->data;

		if (m->over || m->flying || !m->id)
			continue;
		age = now - m->since;
		tmr_start(core->config.tmrs, &core->expiry_tmr,
			age < expiry(core) ? expiry(core) - age : 0, expiry_h,
			core);
		return;
	}
}
