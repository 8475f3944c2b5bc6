/* SPDX-License-Identifier: GPL-3.0-or-later */
/* client.c - the root object: what it holds, how it ends, and the small
 * helpers that all files of core lean on. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "mbuf.h"
#include "message_int.h"
#include "notify.h"


struct scratch {
	struct le le;
	char *s;
};


static void scratch_destructor(void *data)
{
	struct scratch *s = data;

	list_unlink(&s->le);
	mem_deref(s->s);
}


static void job_destructor(void *data)
{
	struct core_job *job = data;

	list_unlink(&job->le);
	mem_deref(job->data);
}


/* Jobs belong to the store's completion; here they only lose their core. */
static void orphan_jobs(struct core *core)
{
	while (core->jobs.head) {
		struct core_job *job = core->jobs.head->data;

		list_unlink(&job->le);
		job->core = NULL;
		job->data = mem_deref(job->data);
	}
}


static void destructor(void *data)
{
	struct core *core = data;
	size_t i;

	core->dying = true;
	tmr_cancel(&core->expiry_tmr);
	tmr_cancel(&core->unread_tmr);
	tmr_cancel(&core->draft_tmr);
	tmr_cancel(&core->rows_tmr);
	list_flush(&core->rows);
	list_flush(&core->lines);
	list_flush(&core->folds);
	core_read_drop(core);
	tmr_cancel(&core->retention_tmr);
	tmr_cancel(&core->limit_tmr);
	tmr_cancel(&core->linger_tmr);
	tmr_cancel(&core->scratch_tmr);
	core_search_flush(core);
	core_export_flush(core);
	core_notify_flush(core);
	core_attention_drop(core);
	while (core->accounts.head)
		core_account_detach(core->accounts.head->data);
	while (core->leavers.head)
		core_account_detach(core->leavers.head->data);
	orphan_jobs(core);
	core_events_flush(core);
	list_clear(&core->watches);
	list_flush(&core->scratch);
	list_flush(&core->savers);
	for (i = 0; i < CORE_OPTIONS_MAX; i++)
		mem_deref(core->options[i]);
	mem_deref(core->stack);
	mem_deref(core->unwatched);
	core_own_release(&core->own);
	mem_deref(core->store);
	mem_deref(core->config.rand);
	mem_deref(core->config.log);
	mem_deref(core->config.tmrs);
}


int core_fail(int status, char **why, const char *fmt, ...)
{
	struct mbuf *mb;
	va_list ap;

	if (!why)
		return status;
	mb = mbuf_alloc(CORE_TEXT_MAX);
	va_start(ap, fmt);
	(void)mbuf_vprintf(mb, fmt, ap);
	va_end(ap);
	mem_deref(*why);
	*why = mbuf_strdup(mb);
	mem_deref(mb);
	return status;
}


void **core_list_hold(const struct list *list, size_t *n)
{
	void **held = mem_reallocarray(NULL, list->count + 1, sizeof(*held));
	struct le *le;

	*n = 0;
	for (le = list->head; le; le = le->next)
		held[(*n)++] = mem_ref(le->data);
	return held;
}


void core_list_release(void **held, size_t n)
{
	while (n)
		mem_deref(held[--n]);
	mem_deref(held);
}


static void scratch_h(void *arg)
{
	struct core *core = arg;

	list_flush(&core->scratch);
}


const char *core_scratch(struct core *core, char *s)
{
	struct scratch *scratch;

	scratch = mem_zalloc(sizeof(*scratch), scratch_destructor);
	scratch->s = s;
	list_append(&core->scratch, &scratch->le, scratch);
	if (!tmr_isrunning(&core->scratch_tmr))
		tmr_start(core->config.tmrs, &core->scratch_tmr, 0, scratch_h,
			core);
	return s;
}


struct core_job *core_job_alloc(struct core *core, core_job_h *h, void *data)
{
	struct core_job *job = mem_zalloc(sizeof(*job), job_destructor);

	job->core = core;
	job->h = h;
	job->data = mem_ref(data);
	list_append(&core->jobs, &job->le, job);
	return job;
}


void core_job_done(int err, uint64_t id, void *arg)
{
	struct core_job *job = arg;
	struct core *core = mem_ref(job->core);

	list_unlink(&job->le);
	if (core) {
		job->h(err, id, job->data ? job->data : core);
		core_shutdown_check(core);
	}
	mem_deref(job);
	mem_deref(core);
}


void core_store_failed(struct core *core, const char *what, int err)
{
	/* Long queues outlive what the store in memory keeps. */
	if (!err || err == ENOENT || core_keeps(core))
		return;
	core_say(core, LOG_ERROR, "the store failed: %s: %s", what,
		strerror(err));
}


/* As other programs find it; of a C locale there are no notes. */
static const char *language(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
	const char *value = NULL;
	size_t i;

	for (i = 0; i < 3 && !(value && *value); i++)
		value = getenv(names[i]);
	return value;
}


int core_stack(struct core *core, struct dialect_stack **sp)
{
	struct dialect_stack_config config = {
		.tmrs = core->config.tmrs,
		.rand = core->config.rand,
		.log = core->config.log,
		.loop = core->config.loop,
		.dns_servers = core_option_get(core, "dns-servers"),
		.net = core->config.net,
		.resolver = core->config.resolver,
		.http = core->config.http,
		.max_transactions =
			(size_t)core_option_number(core, "max-transactions"),
		.lang = language(),
	};
	int err;

	if (!core->stack) {
		err = dialect_stack_alloc(&core->stack, &config);
		if (err)
			return err;
		if (core->trace)
			dialect_stack_trace(
				core->stack, core->trace, core->trace_arg);
	}
	*sp = core->stack;
	return 0;
}


void core_trace(struct core *core, dialect_trace_h *h, void *arg)
{
	core->trace = h;
	core->trace_arg = arg;
	if (core->stack)
		dialect_stack_trace(core->stack, h, arg);
}


static void tell_down(void *arg)
{
	struct core *core = arg;

	core->down(core->down_arg);
}


static void finish_shutdown(struct core *core)
{
	if (core->down_told)
		return;
	core->down_told = true;
	tmr_cancel(&core->limit_tmr);
	if (core->down)
		core_call_post(core, tell_down, core);
}


void core_shutdown_check(struct core *core)
{
	struct le *le;

	if (!core->going_down || tmr_isrunning(&core->linger_tmr) ||
		!list_isempty(&core->jobs) || !list_isempty(&core->leavers))
		return;
	for (le = core->accounts.head; le; le = le->next) {
		const struct core_account *a = le->data;

		if (a->endpoint)
			return;
	}
	finish_shutdown(core);
}


static void shutdown_limit_h(void *arg)
{
	struct core *core = arg;
	struct le *le;

	for (le = core->accounts.head; le; le = le->next)
		core_account_drop(le->data, "not signed in");
	finish_shutdown(core);
}


static void sign_out(void *arg)
{
	struct core *core = arg;
	uint64_t now = tmrs_now(core->config.tmrs);
	struct le *le, *next;

	LIST_FOREACH (&core->accounts, le, next) {
		core_account_stop(le->data,
			core->down_by > now ? core->down_by - now : 0);
	}
	core_shutdown_check(core);
}


void core_shutdown_landed(struct core *core)
{
	if (tmr_isrunning(&core->linger_tmr) && !core_outbox_flying(core))
		tmr_start(core->config.tmrs, &core->linger_tmr, 0, sign_out,
			core);
}


const struct work *core_work(const struct core *core)
{
	return core->config.work;
}


void core_shutdown(
	struct core *core, uint64_t limit, void (*done)(void *arg), void *arg)
{
	if (core->going_down)
		return;
	core->going_down = true;
	core->down = done;
	core->down_arg = arg;
	core->down_by = tmrs_now(core->config.tmrs) + limit;
	core_draft_flush(core);
	core_read_flush(core);
	if (!core_keeps(core))
		core_outbox_fail(core, NULL, false, CORE_NOT_KEPT);
	/* Behind the endpoints' own: theirs run first. */
	tmr_start(core->config.tmrs, &core->limit_tmr, limit, shutdown_limit_h,
		core);
	/* What has its answer in time is no message that may have arrived. */
	if (core_outbox_flying(core))
		tmr_start(core->config.tmrs, &core->linger_tmr, limit / 2,
			sign_out, core);
	else
		sign_out(core);
}


int core_alloc(struct core **cp, const struct core_config *config)
{
	struct core *core;

	if (!cp || !config || !config->tmrs || !config->rand || !config->work ||
		!config->store)
		return EINVAL;
	core = mem_zalloc(sizeof(*core), destructor);
	core->config = *config;
	mem_ref(config->tmrs);
	mem_ref(config->rand);
	mem_ref(config->log);
	core->store = mem_ref(config->store);
	core->own.word = mem_strdup("online");
	core->unwatched = presence_alloc(
		PRESENCE_UNKNOWN, PRESENCE_NONE, NULL, "not in the list");
	core_option_apply(core, "log-level");
	core_saved_load(core);
	*cp = core;
	return 0;
}
