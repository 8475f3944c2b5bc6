/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outside.c - the text in the editor that VISUAL or EDITOR names, while the
 * network goes on; and the shell until the program is continued. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>
#include "file.h"
#include "mbuf.h"
#include "screen_front.h"


enum {
	TEXT_MAX = 1 << 20,
};

struct outside {
	struct ui_front *front;
	struct loop_signal *child;
	char *path;
	char *account, *peer; /* the chat it is for; NULL: none */
	enum ui_mode mode;
	pid_t pid;
};


static void destructor(void *data)
{
	struct outside *o = data;

	mem_deref(o->child);
	if (o->path)
		(void)unlink(o->path);
	mem_deref(o->path);
	mem_deref(o->account);
	mem_deref(o->peer);
}


/* The text belongs to the chat that was shown then, whatever is now. */
static void put(struct outside *o, const char *text, size_t len)
{
	struct ui_front *f = o->front;
	struct ui_tab *tab =
		o->peer ? ui_tab_get(f, o->account, o->peer) : NULL;

	if (o->mode == f->mode && tab == ui_tab_shown(f)) {
		edit_set(f->edit, text, len);
		ui_prompt_save(f);
	} else if (tab) {
		mem_deref(tab->draft);
		tab->draft = len ? mem_strdup(text) : NULL;
		tab->point = len;
		ui_prompt_keep(f, tab, text, len);
	} else {
		mem_deref(f->modes[o->mode]);
		f->modes[o->mode] = mem_secret_strndup(text, len);
	}
}


/* What was written there, without the newline that editors add. */
static void take(struct outside *o)
{
	struct ui_front *f = o->front;
	struct mbuf *mb = NULL;
	char *text;
	size_t len;

	if (file_read(&mb, o->path, TEXT_MAX)) {
		ui_notice(f, UI_ERROR, "what was edited cannot be read");
		return;
	}
	text = mbuf_strdup(mb);
	len = strlen(text);
	if (len && text[len - 1] == '\n')
		text[--len] = '\0';
	put(o, text, len);
	mem_deref(text);
	mem_deref(mb);
}


static void ended_h(int signo, void *arg)
{
	struct outside *o = arg;
	struct ui_front *f = o->front;
	int status;

	(void)signo;
	if (waitpid(o->pid, &status, WNOHANG) != o->pid)
		return;
	screen_return(f->screen);
	input_pause(f->input, false);
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		take(o);
	else
		ui_notice(f, UI_ERROR, "the editor failed");
	f->outside = mem_deref(f->outside);
	ui_dirty(f);
}


static void run(const char *path)
{
	struct sigaction action = {.sa_handler = SIG_DFL};
	sigset_t none;

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)sigaction(SIGPIPE, &action, NULL);
	/* As other programs do it: the variable may hold arguments. */
	(void)execl("/bin/sh", "sh", "-c",
		"exec ${VISUAL:-${EDITOR:-vi}} \"$1\"", "sotto", path,
		(char *)NULL);
	_exit(127);
}


static int make_file(struct outside *o, const char *text)
{
	const char *dir = getenv("TMPDIR");
	size_t len = strlen(text);
	int fd, err = 0;

	o->path = mem_printf("%s/sotto-XXXXXX", dir && *dir ? dir : "/tmp");
	fd = mkstemp(o->path);
	if (fd < 0) {
		err = errno;
		o->path = mem_deref(o->path);
		return err;
	}
	if (write(fd, text, len) != (ssize_t)len)
		err = errno ? errno : EIO;
	if (close(fd) && !err)
		err = errno;
	return err;
}


int ui_edit_outside(struct ui_front *f, char **why)
{
	struct outside *o;
	int err;

	if (f->outside || edit_question(f->edit)) {
		*why = mem_strdup("this cannot be edited now");
		return EX_DATAERR;
	}
	o = mem_zalloc(sizeof(*o), destructor);
	o->front = f;
	o->mode = f->mode;
	if (ui_tab_shown(f)) {
		o->account =
			mem_strdup(core_account_name(ui_tab_shown(f)->account));
		o->peer = mem_strdup(ui_tab_shown(f)->peer);
	}
	err = make_file(o, edit_text(f->edit));
	if (!err)
		err = loop_signal_alloc(
			&o->child, f->config.loop, SIGCHLD, ended_h, o);
	if (err) {
		*why = mem_printf("a temporary file: %s", strerror(err));
		mem_deref(o);
		return EX_OSERR;
	}
	input_pause(f->input, true);
	screen_leave(f->screen);
	o->pid = fork();
	if (!o->pid)
		run(o->path);
	f->outside = o;
	if (o->pid > 0)
		return 0;
	*why = mem_printf("fork: %s", strerror(errno));
	screen_return(f->screen);
	input_pause(f->input, false);
	f->outside = mem_deref(f->outside);
	return EX_OSERR;
}


void ui_suspend(struct ui_front *f)
{
	(void)f;
	/* The screen hears of it and gives the terminal back first. */
	(void)kill(getpid(), SIGTSTP);
}
