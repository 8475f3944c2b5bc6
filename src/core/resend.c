/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resend.c - a failed message once more, as a new one. */
#include <errno.h>
#include <string.h>
#include "core_int.h"


struct resend {
	core_done_h *done;
	void *arg;
};


static int send_again(struct core *core, const struct store_message *m,
	const struct resend *r, char **why)
{
	struct core_account *a;

	if (!m->out || m->state != STORE_FAILED)
		return core_fail(EX_DATAERR, why,
			"message %llu did not fail: it is %s",
			(unsigned long long)m->id, store_state_name(m->state));
	a = core_account_by_aor(core, m->account);
	if (!a)
		return core_fail(
			EX_CONFIG, why, "no account is %s now", m->account);
	return core_send(
		core_chat_get(a, m->peer), m->text, r->done, r->arg, why);
}


static void got_h(
	int err, const struct store_message *messages, size_t n, void *arg)
{
	struct core_job *job = arg;
	struct core *core = mem_ref(job->core);
	const struct resend *r = job->data;
	char *why = NULL;
	int status;

	list_unlink(&job->le);
	if (core) {
		if (err && err != ENOENT)
			status = core_fail(EX_IOERR, &why,
				"the store failed: %s", strerror(err));
		else if (!n)
			status = core_fail(EX_DATAERR, &why, "no such message");
		else
			status = send_again(core, messages, r, &why);
		if (status)
			core_outcome_post(core, r->done, r->arg, status, why);
		core_shutdown_check(core);
	}
	mem_deref(why);
	mem_deref(job);
	mem_deref(core);
}


void core_resend(struct core *core, uint64_t id, core_done_h *done, void *arg)
{
	struct resend *r = mem_zalloc(sizeof(*r), NULL);

	r->done = done;
	r->arg = arg;
	core->store->ops->get(
		core->store, id, got_h, core_job_alloc(core, NULL, r));
	mem_deref(r);
}
