/* SPDX-License-Identifier: GPL-3.0-or-later */
/* control.c - the control socket: other programs speak the protocol too. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include "json_front.h"
#include "json_int.h"
#include "list.h"
#include "local.h"
#include "mbuf.h"
#include "mem.h"


enum {
	CLIENTS_MAX = 64,
	OUT_MAX = 16 * 1024 * 1024, /* unread, of each */
	BYE = 200, /* ms for each to take its last reply */
};


struct json_control {
	struct json_control_config config;
	struct local_listener *listener;
	struct list clients;
};

struct client {
	struct le le;
	struct json_control *control;
	struct json_session *session;
	struct loop_hook *closing;
	int in; /* the socket, by two names: each is watched */
	int out;
	bool deaf; /* it takes nothing any more; what it said is still done */
};


static void client_destructor(void *data)
{
	struct client *c = data;

	list_unlink(&c->le);
	mem_deref(c->closing);
	mem_deref(c->session);
	(void)close(c->in);
	if (c->out >= 0)
		(void)close(c->out);
}


static void control_destructor(void *data)
{
	struct json_control *control = data;

	mem_deref(control->listener);
	list_flush(&control->clients);
}


static void close_handler(void *arg)
{
	mem_deref(arg);
}


/* In the next turn: whoever calls may still use the session. */
static void close_client(struct client *c)
{
	json_session_stop(c->session);
	if (!c->closing &&
		loop_defer(
			&c->closing, c->control->config.loop, close_handler, c))
		mem_deref(c);
}


static void end_handler(void *arg)
{
	struct client *c = arg;

	if (c->deaf)
		close_client(c);
	else
		json_session_finish(c->session);
}


static void broken_handler(int err, void *arg)
{
	struct client *c = arg;

	/* One that has gone may have said something before. */
	c->deaf = true;
	if (!err || err == ENOBUFS || json_session_ended(c->session))
		close_client(c);
}


static int begin(struct json_control *control, int fd)
{
	struct client *c = mem_zalloc(sizeof(*c), client_destructor);
	const struct json_control_config *config = &control->config;
	struct json_session_config sc = {
		.loop = config->loop,
		.core = config->core,
		.cmd = config->cmd,
		.version = config->version,
		.in = fd,
		.apart = true,
		.out_max = OUT_MAX,
		.end = end_handler,
		.broken = broken_handler,
		.arg = c,
	};
	int err;

	c->control = control;
	c->in = fd;
	c->out = sc.out = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	list_append(&control->clients, &c->le, c);
	err = c->out < 0 ? errno : json_session_alloc(&c->session, &sc);
	if (err)
		mem_deref(c);
	else
		json_session_begin(c->session);
	return err;
}


/* Told why, then closed. */
static void turn_away(const struct json_control *control, int fd)
{
	struct json *json = json_event_begin(
		"log", tmrs_wall(loop_tmrs(control->config.loop)));
	struct mbuf *mb = mbuf_alloc(1024);

	json_put_str(json, "level", "error");
	json_put_str(json, "text", "too many programs use the control socket");
	(void)json_encode(mb, json);
	(void)mbuf_write_u8(mb, '\n');
	(void)!write(fd, mb->buf, mb->end);
	mem_deref(mb);
	json_drop(json);
	(void)close(fd);
}


/* Only its own user may steer the program, and root, who can do so anyway. */
static void accept_handler(int fd, uid_t uid, void *arg)
{
	struct json_control *control = arg;

	if (uid != geteuid() && uid != 0)
		(void)close(fd);
	else if (control->clients.count >= CLIENTS_MAX)
		turn_away(control, fd);
	else
		(void)begin(control, fd);
}


int json_control_alloc(
	struct json_control **cp, const struct json_control_config *config)
{
	struct json_control *control =
		mem_zalloc(sizeof(*control), control_destructor);
	int err;

	control->config = *config;
	err = local_listen(&control->listener, config->loop, config->path,
		accept_handler, control);
	if (err)
		mem_deref(control);
	else
		*cp = control;
	return err;
}


void json_control_flush(struct json_control *control)
{
	struct le *le, *next;

	LIST_FOREACH (&control->clients, le, next) {
		struct client *c = le->data;

		(void)json_session_flush(c->session, BYE);
	}
}
