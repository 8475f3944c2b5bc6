/* SPDX-License-Identifier: GPL-3.0-or-later */
/* setup.c - an account that is tried before it is kept, and how it gets into
 * the configuration file. */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include "message_int.h"
#include "file.h"
#include "uri.h"


enum {
	NAME_LEN = 32, /* of a name that is proposed */
	FILE_MAX = 4 << 20, /* bytes of a configuration file */
};

struct writing;

/* What the thread has; it may outlive the core. */
struct job {
	struct writing *owner; /* NULL: nobody waits any more */
	char *path;
	char *text;
	bool secret;
	unsigned lines; /* before TEXT */
	int err;
};

struct writing {
	struct le le; /* in core.exports */
	struct job *job;
	bool running; /* the job belongs to the thread */
	struct core_account *account;
	unsigned line;
	core_done_h *done;
	void *arg;
};


static void job_destructor(void *data)
{
	struct job *job = data;

	mem_deref(job->path);
	mem_deref(job->text);
}


static void writing_destructor(void *data)
{
	struct writing *w = data;

	list_unlink(&w->le);
	if (w->running)
		w->job->owner = NULL;
	else
		mem_deref(w->job);
	mem_deref(w->account);
}


/* ---- trying it ---- */

int core_account_try(struct core *core, const char *name, const char *uri,
	struct core_account **ap, char **why)
{
	char *aor = NULL;
	int status = core_account_name_check(core, name, why);

	if (!status)
		status = core_account_parse(uri, &aor, why);
	if (status)
		return status;
	*ap = core_account_new(core, name, aor);
	(*ap)->trial = true;
	core_account_post(*ap);
	return 0;
}


char *core_account_propose(struct core *core, const char *aor)
{
	char *user = core_peer_user(aor), *name;
	char base[NAME_LEN + 1];
	size_t n = 0, i;

	for (i = 0; user[i] && n < NAME_LEN; i++) {
		bool good = isalnum((unsigned char)user[i]) || user[i] == '-' ||
			user[i] == '_';

		if (good && (unsigned char)user[i] < 0x80)
			base[n++] = user[i];
	}
	/* It would look like a flag. */
	if (n && base[0] == '-')
		n = 0;
	base[n] = '\0';
	mem_deref(user);
	name = mem_strdup(n ? base : "me");
	for (i = 2; core_account_find(core, name); i++) {
		mem_deref(name);
		name = mem_printf("%s-%zu", n ? base : "me", i);
	}
	return name;
}


void core_account_secret(struct core_account *a, const char *secret)
{
	core_account_forget_secret(a);
	if (a->core && !a->removed)
		a->secret = mem_secret_strndup(secret, strlen(secret));
}


/* ---- keeping it ---- */

/* From here on what becomes of it is kept. */
static void end_trial(struct core_account *a)
{
	if (!a->trial)
		return;
	a->trial = false;
	if (a->instance)
		core_saved_instance(a);
	core_outbox_await(a->core);
}


void core_account_keep(struct core_account *a)
{
	size_t i;

	if (!a->core || a->removed)
		return;
	end_trial(a);
	a->typed = true;
	core_saved_account(a, false);
	for (i = 0; core_settings[i].name; i++) {
		if (a->settings[i])
			core_saved_setting(
				a, core_settings[i].name, a->settings[i]);
	}
}


static void write_run(void *arg)
{
	struct job *job = arg;
	char *path = file_expand(job->path);

	job->err = file_append(path, job->text, strlen(job->text), FILE_MAX,
		job->secret, &job->lines);
	mem_deref(path);
}


static void declared(struct core_account *a, const struct writing *w)
{
	if (!a->core || a->removed)
		return;
	mem_deref(a->file);
	a->file = mem_strdup(w->job->path);
	a->line = w->job->lines + w->line;
	end_trial(a);
}


static void end(void *arg)
{
	struct writing *w = arg;
	const struct job *job = w->job;
	struct core_outcome outcome = {0};
	char *why = NULL;

	list_unlink(&w->le);
	if (job->err) {
		why = mem_printf("%s: %s", job->path,
			job->err == EBUSY ? "another program was writing it"
					  : strerror(job->err));
		outcome.status = EX_OSERR;
		outcome.text = why;
	} else {
		declared(w->account, w);
	}
	w->done(&outcome, w->arg);
	mem_deref(why);
	mem_deref(w);
}


static void written_h(void *arg)
{
	struct job *job = arg;

	if (!job->owner) {
		mem_deref(job);
		return;
	}
	job->owner->running = false;
	end(job->owner);
}


void core_account_write(struct core_account *a, const char *path,
	const char *text, unsigned line, bool secret, core_done_h *done,
	void *arg)
{
	struct core *core = a->core;
	const struct work *work;
	struct writing *w;
	int err;

	if (!core)
		return;
	work = core->config.work;
	w = mem_zalloc(sizeof(*w), writing_destructor);
	w->account = mem_ref(a);
	w->line = line;
	w->done = done;
	w->arg = arg;
	list_append(&core->exports, &w->le, w);
	w->job = mem_zalloc(sizeof(*w->job), job_destructor);
	w->job->owner = w;
	w->job->path = mem_strdup(path);
	w->job->text = mem_secret_strndup(text, strlen(text));
	w->job->secret = secret;
	/* From here on the job is the thread's, its ERR too. */
	err = work->submit(work->ctx, write_run, written_h, w->job);
	w->running = !err;
	if (err) {
		w->job->err = err;
		core_call_post(core, end, w);
	}
}
