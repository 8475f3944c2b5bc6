/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * remote.c - one command, done by the program that has the state directory:
 * it is asked through its control socket.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>
#include "app.h"
#include "file.h"
#include "json.h"
#include "local.h"
#include "mbuf.h"
#include "mem.h"
#include "utf8.h"


enum {
	LIMIT = 30 * 1000, /* ms for all, unless `-t` says another */
	GRACE = 2 * 1000, /* ms more for an answer that was promised in time */
	PAUSE = 50, /* ms until the next try */
	READ_SIZE = 64 * 1024,
	LINE_MAX_SIZE = 64 * 1024 * 1024,
	REQUEST_ID = 1,
};


/* What has become of a connection. */
enum talk {
	TALK_ON,
	TALK_DONE, /* with a status */
	TALK_ENDED, /* by the other side, or it never answered */
};

struct remote {
	const struct app_options *options;
	char *path;
	struct json *words;
	struct mbuf *in;
	uint64_t limit; /* ms for all */
	bool endless; /* the command takes the time that it takes */
	int64_t began;
	int fd;
	bool asked;
	bool program; /* the reply is for a program, which finds it here */
	struct json *reply;
	int status;
	int out_err; /* of standard output */
};


static int64_t now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}


static void complain(const char *text)
{
	char *clean = utf8_show_dup(text, UTF8_BODY);

	(void)fprintf(stderr, "sotto: %s\n", clean);
	mem_deref(clean);
}


/* Everything a stranger may have written is made safe here. */
static void print(struct remote *r, const char *text)
{
	char *clean = utf8_show_dup(text, UTF8_BODY);

	if (puts(clean) < 0 && !r->out_err)
		r->out_err = errno;
	mem_deref(clean);
}


/* ms that are left for all; at least 1. */
static int64_t left(const struct remote *r)
{
	int64_t ms = r->began + (int64_t)r->limit - now_ms();

	return ms > 0 ? ms : 1;
}


static bool expired(const struct remote *r)
{
	return now_ms() >= r->began + (int64_t)r->limit;
}


/* ---- what is said ---- */

/* Waits for EVENTS until the time is over. */
static bool ready(const struct remote *r, short events)
{
	struct pollfd pfd = {.fd = r->fd, .events = events};
	int64_t ms = left(r) + (r->asked ? GRACE : 0);

	if (r->program)
		ms = left(r);
	if (r->asked && r->endless)
		ms = -1;
	else if (expired(r) && (!r->asked || ms <= 1))
		return false;
	return poll(&pfd, 1, ms > INT32_MAX ? INT32_MAX : (int)ms) > 0;
}


static enum talk ask(struct remote *r)
{
	struct json *request = json_new_object();
	struct mbuf *mb = mbuf_alloc(LINE_MAX_SIZE);
	enum talk talk = TALK_ON;
	ssize_t n;

	r->asked = true;
	json_put_int(request, "id", REQUEST_ID);
	json_put(request, "command", json_ref(r->words));
	if (!r->program)
		json_put_str(request, "account", r->options->account);
	json_put_int(request, "limit", left(r));
	json_put_bool(request, "text", !r->program);
	(void)json_encode(mb, request);
	(void)mbuf_write_u8(mb, '\n');
	while (talk == TALK_ON && mb->pos < mb->end) {
		n = write(r->fd, mb->buf + mb->pos, mb->end - mb->pos);
		if (n > 0)
			mb->pos += (size_t)n;
		else if ((errno != EAGAIN && errno != EINTR) ||
			!ready(r, POLLOUT))
			talk = TALK_ENDED;
	}
	mem_wipe(mb->buf, mb->end);
	mem_deref(mb);
	json_drop(request);
	return talk;
}


static enum talk take_reply(struct remote *r, const struct json *event)
{
	const char *error = json_text(json_get(event, "error"));
	const char *text = json_text(json_get(event, "text"));
	int64_t status = EX_PROTOCOL;

	(void)json_int(json_get(event, "status"), &status);
	if (r->program)
		r->reply = json_ref((struct json *)(uintptr_t)event);
	else if (error)
		complain(error);
	else if (text)
		print(r, text);
	r->status = (int)(status & 0xff);
	return TALK_DONE;
}


static enum talk take_event(struct remote *r, const struct json *event)
{
	const char *name = json_text(json_get(event, "event"));
	const char *text = json_text(json_get(event, "text"));
	int64_t id = 0;

	if (!name)
		return TALK_ON;
	if (!r->asked && !strcmp(name, "ready"))
		return ask(r);
	/* Others may speak there, and more happens. */
	if (!r->asked || !json_int(json_get(event, "id"), &id) ||
		id != REQUEST_ID)
		return TALK_ON;
	if (!strcmp(name, "reply"))
		return take_reply(r, event);
	if (!strcmp(name, "row") && text)
		print(r, text);
	return TALK_ON;
}


static enum talk take_lines(struct remote *r)
{
	enum talk talk = TALK_ON;
	struct json *event;
	struct pl line;
	const char *nl;
	char *why = NULL;

	while (talk == TALK_ON) {
		line = mbuf_left(r->in);
		nl = pl_chr(&line, '\n');
		if (!nl)
			break;
		line.l = (size_t)(nl - line.p);
		r->in->pos += line.l + 1;
		if (json_decode(&event, &line, &why)) {
			why = mem_deref(why);
			continue;
		}
		talk = take_event(r, event);
		json_drop(event);
	}
	mbuf_shift(r->in);
	return talk;
}


static enum talk converse(struct remote *r)
{
	enum talk talk = TALK_ON;
	ssize_t n;

	mbuf_reset(r->in);
	while (talk == TALK_ON) {
		if (!ready(r, POLLIN) || mbuf_reserve(r->in, READ_SIZE))
			return TALK_ENDED;
		n = read(r->fd, r->in->buf + r->in->end, READ_SIZE);
		if (n > 0) {
			r->in->end += (size_t)n;
			talk = take_lines(r);
		} else if (!n || (errno != EAGAIN && errno != EINTR)) {
			talk = TALK_ENDED;
		}
	}
	return talk;
}


/* ---- who has the directory ---- */

/* It hears what we say, so it must be ours: or anybody's, to root. */
static enum talk try_connect(struct remote *r)
{
	enum talk talk;
	uid_t uid;

	if (local_connect(&r->fd, r->path, &uid))
		return TALK_ENDED;
	talk = geteuid() && uid != geteuid() ? TALK_ENDED : converse(r);
	(void)close(r->fd);
	return talk;
}


/* Standard output counts: what could not be printed was not done. */
static int outcome(struct remote *r)
{
	char *text;

	if (fflush(stdout) && !r->out_err)
		r->out_err = errno;
	if (!r->out_err || r->status || r->out_err == EPIPE)
		return r->status;
	text = mem_printf("standard output: %s", strerror(r->out_err));
	complain(text);
	mem_deref(text);
	return EX_OSERR;
}


static int lost(const struct remote *r)
{
	complain(expired(r) && !r->endless
			? "no answer from the program that runs"
			: "the program that runs ended before the outcome "
			  "was known");
	return EX_TEMPFAIL;
}


/* Until somebody answers, or the directory is ours, or the time is over. */
static bool attempt(struct remote *r, struct app_state **sp, int *status)
{
	const struct timespec pause = {.tv_nsec = PAUSE * 1000000L};
	char *why = NULL;

	for (;;) {
		*status = app_state_open(sp, r->options->state, &why);
		if (*status && *status != EX_TEMPFAIL)
			complain(why);
		if (*status != EX_TEMPFAIL)
			break;
		if (try_connect(r) == TALK_DONE) {
			*status = outcome(r);
			break;
		}
		if (r->asked) {
			*status = lost(r);
			break;
		}
		if (expired(r)) {
			complain(why);
			break;
		}
		why = mem_deref(why);
		(void)nanosleep(&pause, NULL);
	}
	mem_deref(why);
	return *status != EX_OK || !*sp;
}


bool app_remote(const struct app_options *o, struct app_state **sp, int *status)
{
	struct remote r = {.options = o, .limit = LIMIT, .began = now_ms()};
	char *dir = o->state ? mem_strdup(o->state) : file_state_dir();
	bool done = false;

	if (dir && !cmd_needs_nothing(o->argc, o->argv)) {
		r.path = mem_printf("%s/control", dir);
		r.in = mbuf_alloc(LINE_MAX_SIZE);
		r.words =
			cmd_words_away(o->argc, o->argv, &r.limit, &r.endless);
		done = attempt(&r, sp, status);
	}
	mem_deref(r.path);
	mem_deref(r.in);
	json_drop(r.words);
	mem_deref(dir);
	return done;
}


struct json *app_remote_ask(
	const struct app_options *o, struct json *words, uint64_t ms)
{
	struct remote r = {
		.options = o,
		.words = words,
		.limit = ms,
		.began = now_ms(),
		.program = true,
	};
	char *dir = o->state ? mem_strdup(o->state) : file_state_dir();

	if (!dir)
		return NULL;
	r.path = mem_printf("%s/control", dir);
	r.in = mbuf_alloc(LINE_MAX_SIZE);
	(void)try_connect(&r);
	mem_deref(r.in);
	mem_deref(r.path);
	mem_deref(dir);
	return r.reply;
}
