/* SPDX-License-Identifier: GPL-3.0-or-later */
/* http.c - HTTP requests through a helper program (RFC 9110). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "child.h"
#include "http.h"
#include "http_wire.h"
#include "list.h"
#include "loop.h"
#include "mbuf.h"
#include "mem.h"
#include "tmr.h"


enum {
	IDLE_MS = 60000, /* then the helper ends */
	LATE_SHARE = 4, /* of its time that the helper may be late */
	INPUT_MAX = HTTP_BODY_MAX + 131072,
	PATH_SIZE = 4096,
};

struct http {
	struct loop *loop;
	char *program;
	uint32_t idle; /* ms */
	struct child_peer *child; /* NULL: not running */
	struct mbuf *in;
	struct list queue; /* struct http_request, not yet sent */
	struct http_request *flying;
	bool busy; /* an answer is awaited, even if nobody wants it */
	struct tmr kick; /* the next one may go */
	struct tmr tmr; /* the answer is late, or nothing to do for long */
};

struct http_request {
	struct le le;
	struct http *http; /* NULL: answered */
	struct mbuf *frame;
	uint32_t timeout;
	http_answer_h *h;
	void *arg;
};


static void http_destructor(void *data)
{
	struct http *http = data;
	struct http_request *r;

	while ((r = list_data(http->queue.head))) {
		list_unlink(&r->le);
		r->http = NULL;
	}
	if (http->flying)
		http->flying->http = NULL;
	tmr_cancel(&http->kick);
	tmr_cancel(&http->tmr);
	mem_deref(http->child);
	mem_deref(http->in);
	mem_deref(http->program);
}


static void wipe(struct mbuf *mb)
{
	if (mb)
		mem_wipe(mb->buf, mb->size);
}


static void request_destructor(void *data)
{
	struct http_request *r = data;

	list_unlink(&r->le);
	if (r->http && r->http->flying == r)
		r->http->flying = NULL;
	wipe(r->frame);
	mem_deref(r->frame);
}


/* ---- ends */

static void kick(struct http *http);


static void stop_helper(struct http *http)
{
	http->child = mem_deref(http->child);
	http->in = mem_deref(http->in);
}


static void idle_handler(void *arg)
{
	stop_helper(arg);
}


/* Tells the answer to whoever waits for it; the next one may go. */
static void answer(struct http *http, const struct http_answer *a)
{
	struct http_request *r = mem_ref(http->flying);

	http->flying = NULL;
	http->busy = false;
	tmr_cancel(&http->tmr);
	kick(http);
	if (!r)
		return;
	r->http = NULL;
	r->h(a, r->arg);
	mem_deref(r);
}


static void fail(struct http *http, int err, const char *why)
{
	struct http_answer a = {.err = err, .why = why};

	answer(http, &a);
}


/* The helper cannot be used any more: it is killed. */
static void give_up(struct http *http, int err, const char *why)
{
	if (http->child)
		child_peer_kill(http->child);
	stop_helper(http);
	if (http->busy)
		fail(http, err, why);
}


static void late_handler(void *arg)
{
	give_up(arg, ETIMEDOUT, "the HTTP helper does not answer");
}


static void end_handler(int status, void *arg)
{
	struct http *http = mem_ref(arg);
	char *why = mem_printf("the HTTP helper %s ended by itself (%d)",
		http->program, status);

	give_up(http, EPIPE, why);
	mem_deref(why);
	mem_deref(http);
}


/* ---- answers */

static char *text(const struct http_wire *w, enum http_field field)
{
	return w->field[field].p ? pl_strdup(&w->field[field]) : NULL;
}


static void take_answer(struct http *http, const struct http_wire *w)
{
	uint32_t err = 0, status = 0;
	char *why = text(w, HTTP_WHY), *etag = text(w, HTTP_ETAG);
	char *type = text(w, HTTP_TYPE);
	struct http_answer a = {.why = why,
		.etag = etag,
		.content_type = type,
		.body = w->field[HTTP_BODY]};

	(void)pl_u32(&w->field[HTTP_ERRNO], &err);
	if (!err && (pl_u32(&w->field[HTTP_STATUS], &status) || status > 999))
		err = EPROTO;
	if (err && !why)
		a.why = why = mem_strdup("no answer came");
	a.err = (int)err;
	a.status = (uint16_t)status;
	answer(http, &a);
	mem_deref(why);
	mem_deref(etag);
	mem_deref(type);
}


static void bytes_handler(const struct pl *bytes, void *arg)
{
	struct http *http = mem_ref(arg);
	struct mbuf *in;
	struct http_wire w;
	struct pl left;
	int err;

	if (!http->in)
		http->in = mbuf_alloc(INPUT_MAX);
	err = mbuf_write_pl(http->in, bytes);
	left = mbuf_all(http->in);
	if (!err)
		err = http_wire_decode(&w, &left);
	if (!err && http->busy && !left.l) {
		/* What the handler gets lies in it. */
		in = http->in;
		http->in = NULL;
		take_answer(http, &w);
		mem_deref(in);
	} else if (err != EAGAIN) {
		give_up(http, EPROTO, "the HTTP helper speaks nonsense");
	}
	mem_deref(http);
}


/* ---- requests */

static int start_helper(struct http *http)
{
	const char *argv[] = {http->program, NULL};

	if (http->child)
		return 0;
	return child_spawn_bytes(&http->child, http->loop, argv, bytes_handler,
		end_handler, http);
}


static int send_frame(struct http *http, struct http_request *r)
{
	struct pl frame = mbuf_all(r->frame);
	int err = start_helper(http);

	if (!err)
		err = child_write_bytes(http->child, &frame);
	/* It has just died unnoticed: nothing of this has gone out. */
	if (err == EPIPE) {
		stop_helper(http);
		err = start_helper(http);
		if (!err)
			err = child_write_bytes(http->child, &frame);
	}
	wipe(r->frame);
	r->frame = mem_deref(r->frame);
	return err;
}


static void kick_handler(void *arg)
{
	struct http *http = mem_ref(arg);
	struct http_request *r = list_data(http->queue.head);
	char *why;
	int err;

	if (!r) {
		/* It was cancelled. */
		kick(http);
		mem_deref(http);
		return;
	}
	list_unlink(&r->le);
	http->flying = r;
	http->busy = true;
	err = send_frame(http, r);
	if (err) {
		why = mem_printf("cannot run the HTTP helper %s: %s",
			http->program, strerror(err));
		stop_helper(http);
		fail(http, err, why);
		mem_deref(why);
	} else {
		tmr_start(loop_tmrs(http->loop), &http->tmr,
			r->timeout + r->timeout / LATE_SHARE, late_handler,
			http);
	}
	mem_deref(http);
}


static void kick(struct http *http)
{
	struct tmrs *tmrs = loop_tmrs(http->loop);

	if (http->busy)
		return;
	if (http->queue.head)
		tmr_start(tmrs, &http->kick, 0, kick_handler, http);
	else if (http->child)
		tmr_start(tmrs, &http->tmr, http->idle, idle_handler, http);
}


/* Texts that may stand in a request: none can begin another line. */
static int set_text(
	struct http_wire *w, enum http_field field, const char *s, bool spaces)
{
	size_t i;

	if (!s)
		return 0;
	for (i = 0; s[i]; i++) {
		if (s[i] < (spaces ? ' ' : '!') || s[i] > '~')
			return EINVAL;
	}
	w->field[field] = pl_make(s, i);
	return 0;
}


static int set_texts(struct http_wire *w, const struct http_ask *ask)
{
	int err = !ask->method || !ask->url ? EINVAL : 0;

	if (!err)
		err = set_text(w, HTTP_METHOD, ask->method, false);
	if (!err)
		err = set_text(w, HTTP_URL, ask->url, false);
	if (!err)
		err = set_text(w, HTTP_TYPE, ask->content_type, true);
	if (!err)
		err = set_text(w, HTTP_IF_MATCH, ask->if_match, true);
	if (!err)
		err = set_text(w, HTTP_IF_NONE_MATCH, ask->if_none_match, true);
	return err;
}


static int encode(
	struct mbuf **mbp, const struct http_ask *ask, uint32_t timeout)
{
	char number[16];
	struct http_wire w = {0};
	int err = set_texts(&w, ask);

	if (err)
		return err;
	(void)snprintf(number, sizeof(number), "%u", (unsigned)timeout);
	w.field[HTTP_TIMEOUT] = pl_str(number);
	/* These go into no line as they are. */
	w.field[HTTP_USER] = pl_str(ask->user);
	w.field[HTTP_PASSWORD] = pl_str(ask->password);
	w.field[HTTP_CA_FILE] = pl_str(ask->ca_file);
	w.field[HTTP_NAME] = pl_str(ask->tls_name);
	w.field[HTTP_PIN] = pl_str(ask->tls_pin);
	if (ask->verify)
		w.field[HTTP_VERIFY] = pl_str("");
	w.field[HTTP_BODY] = ask->body;
	return http_wire_encode(mbp, &w);
}


int http_request(struct http_request **rp, struct http *http,
	const struct http_ask *ask, http_answer_h *h, void *arg)
{
	uint32_t timeout = ask->timeout ? ask->timeout : HTTP_ALL_MS;
	struct mbuf *frame;
	struct http_request *r;
	int err = encode(&frame, ask, timeout);

	if (err)
		return err;
	r = mem_zalloc(sizeof(*r), request_destructor);
	r->http = http;
	r->frame = frame;
	r->timeout = timeout;
	r->h = h;
	r->arg = arg;
	list_append(&http->queue, &r->le, r);
	if (!http->busy) {
		tmr_cancel(&http->tmr);
		kick(http);
	}
	*rp = r;
	return 0;
}


/* ---- the helper's place */

static char *beside_us(void)
{
	static const char name[] = "sotto-http";
	char buf[PATH_SIZE];
	ssize_t n = readlink("/proc/self/exe", buf, sizeof(buf));
	const char *slash = n > 0 ? memrchr(buf, '/', (size_t)n) : NULL;

	return slash ? mem_printf("%.*s/%s", (int)(slash - buf), buf, name)
		     : NULL;
}


static char *find_program(void)
{
	const char *env = getenv("SOTTO_HTTP");
	char *path;

	if (env && *env)
		return mem_strdup(env);
	path = beside_us();
	if (path && !access(path, X_OK))
		return path;
	mem_deref(path);
	return mem_strdup(HTTP_PROGRAM);
}


int http_alloc(struct http **hp, struct loop *loop, const char *program)
{
	struct http *http = mem_zalloc(sizeof(*http), http_destructor);

	http->loop = loop;
	http->idle = IDLE_MS;
	http->program = program ? mem_strdup(program) : find_program();
	*hp = http;
	return 0;
}


void http_set_idle(struct http *http, uint32_t ms)
{
	http->idle = ms;
}
