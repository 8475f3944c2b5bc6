/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * state.c - the state directory of one run: where it is, that nobody else
 * has it, and the store in it.
 */
#include <errno.h>
#include <string.h>
#include <sysexits.h>
#include "app.h"
#include "file.h"
#include "mem.h"


struct app_state {
	char *dir;
	struct file_lock *lock;
};


static void state_destructor(void *data)
{
	struct app_state *s = data;

	mem_deref(s->lock);
	mem_deref(s->dir);
}


static int hold(struct app_state *s, char **why)
{
	pid_t pid = 0;
	int err = file_private_dir(s->dir);

	if (!err)
		err = file_lock(&s->lock, s->dir, &pid);
	switch (err) {
	case 0:
		return EX_OK;
	case EAGAIN:
		*why = pid
			? mem_printf(
				  "%s is in use by process %ld, a sotto that "
				  "runs already; -s DIR takes another place",
				  s->dir, (long)pid)
			: mem_printf("%s is in use", s->dir);
		return EX_TEMPFAIL;
	default:
		*why = mem_printf("%s: %s", s->dir, strerror(err));
		return EX_OSERR;
	}
}


int app_state_open(struct app_state **sp, const char *dir, char **why)
{
	struct app_state *s = mem_zalloc(sizeof(*s), state_destructor);
	int status;

	s->dir = dir ? mem_strdup(dir) : file_state_dir();
	if (!s->dir) {
		*why = mem_strdup("no HOME: say -s DIR");
		mem_deref(s);
		return EX_OSERR;
	}
	status = hold(s, why);
	if (status)
		mem_deref(s);
	else
		*sp = s;
	return status;
}


const char *app_state_dir(const struct app_state *s)
{
	return s->dir;
}


int app_state_store(struct store **sp, const struct app_state *s,
	struct tmrs *tmrs, const struct work *work, store_notice_h *notice,
	void *arg, char **why)
{
	const struct store_config config = {
		.dir = s->dir,
		.tmrs = tmrs,
		.work = work,
		.notice = notice,
		.arg = arg,
	};

	return store_sqlite_alloc(sp, &config, why) ? EX_IOERR : EX_OK;
}
