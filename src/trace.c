/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trace.c - every SIP message to a file, made safe to look at. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "app.h"
#include "date.h"
#include "mbuf.h"
#include "mem.h"
#include "utf8.h"


enum {
	TRACE_MAX = 8 * 1024 * 1024, /* bytes of one message, cleaned */
};


struct app_trace {
	FILE *file;
	struct tmrs *tmrs;
};


static void trace_destructor(void *data)
{
	struct app_trace *t = data;

	if (t->file)
		(void)fclose(t->file);
}


int app_trace_open(struct app_trace **tp, const char *file, struct tmrs *tmrs)
{
	struct app_trace *t = mem_zalloc(sizeof(*t), trace_destructor);
	int fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	int err;

	t->tmrs = tmrs;
	if (fd >= 0)
		t->file = fdopen(fd, "a");
	if (!t->file) {
		err = errno;
		if (fd >= 0)
			(void)close(fd);
		mem_deref(t);
		return err;
	}
	*tp = t;
	return 0;
}


void app_trace_write(bool sent, const char *transport, const char *local,
	const char *peer, const struct pl *text, void *arg)
{
	struct app_trace *t = arg;
	struct mbuf *mb = mbuf_alloc(TRACE_MAX);
	char date[DATE_SIZE];
	struct pl clean;

	date_rfc3339(date, tmrs_wall(t->tmrs));
	(void)utf8_clean(mb, text, UTF8_BODY, !utf8_terminal());
	clean = mbuf_all(mb);
	(void)fprintf(t->file, "%s %s %s %s %s\n%.*s\n", date, transport, local,
		sent ? "->" : "<-", peer, PL_ARG(&clean));
	(void)fflush(t->file);
	mem_deref(mb);
}
