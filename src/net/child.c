/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * child.c - commands of the user and children of our own, over libuv. A
 * process is reaped even when its owner has gone before it.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "child.h"
#include "mbuf.h"
#include "mem.h"
#include "net_int.h"


enum {
	ERRTEXT_MAX = 400,
	LINE_MAX_LEN = 8 << 20,
	QUEUE_MAX = 4 << 20,
	BYTES_QUEUE_MAX = 16 << 20,
	/* Output after the end: somebody in the background has the pipe. */
	OUTPUT_GRACE_MS = 200,
};


/* One end of a pipe to the child. */
struct end_pipe {
	uv_pipe_t uv; /* first: the block is libuv's handle */
	struct loop *loop;
};

struct child {
	struct loop *loop;
	uv_process_t *process; /* NULL: ended */
	struct end_pipe *pipe[2]; /* standard output and error; NULL: at
				     their end */
	struct mbuf *out, *errtext;
	struct tmr tmr;
	int status;
	char *why; /* where there is no status */
	struct loop_hook *hook;
	child_h *h;
	void *arg;
};

struct child_peer {
	struct loop *loop;
	uv_process_t *process;
	struct end_pipe *in, *out;
	struct mbuf *line;
	bool skip; /* the rest of a line that was too long */
	int status;
	child_line_h *lineh;
	child_bytes_h *bytesh;
	child_end_h *endh;
	void *arg;
};

struct child_out {
	uv_write_t req;
	size_t len;
	char data[];
};


static void wipe(struct mbuf *mb)
{
	if (mb)
		mem_wipe(mb->buf, mb->size);
}


static void kill_group(const uv_process_t *process)
{
	if (process && uv_process_get_pid(process) > 0)
		(void)kill(-uv_process_get_pid(process), SIGKILL);
}


/* Lets go of a process; its end closes the handle. */
static void release_process(uv_process_t *process)
{
	if (process)
		process->data = NULL;
}


static void child_destructor(void *data)
{
	struct child *c = data;

	kill_group(c->process);
	release_process(c->process);
	net_handle_close(c->pipe[0]);
	net_handle_close(c->pipe[1]);
	tmr_cancel(&c->tmr);
	wipe(c->out);
	mem_deref(c->out);
	mem_deref(c->errtext);
	mem_deref(c->why);
	mem_deref(c->hook);
}


static void child_peer_destructor(void *data)
{
	struct child_peer *c = data;

	release_process(c->process);
	net_handle_close(c->in);
	net_handle_close(c->out);
	mem_deref(c->line);
}


/* ---- starting */

static struct end_pipe *pipe_alloc(struct loop *loop, void *owner)
{
	struct end_pipe *p = mem_zalloc(sizeof(*p), NULL);

	p->loop = loop;
	(void)uv_pipe_init(loop_uv(loop), &p->uv, 0);
	p->uv.data = owner;
	return p;
}


static bool same_name(const char *a, const char *b)
{
	size_t n = strcspn(a, "=");

	return !strncmp(a, b, n + 1);
}


static bool is_set_in(const char *const *env, const char *variable)
{
	for (; *env; env++) {
		if (same_name(*env, variable))
			return true;
	}
	return false;
}


/* Our environment with ENV, whose strings are borrowed (mem_deref). */
static char **merged_env(const char *const *env)
{
	char **all, **v;
	size_t n = 1, i = 0;

	for (v = environ; v && *v; v++)
		++n;
	while (env[i])
		++i;
	all = mem_zalloc((n + i) * sizeof(*all), NULL);
	n = 0;
	for (v = environ; v && *v; v++) {
		if (!is_set_in(env, *v))
			all[n++] = *v;
	}
	for (i = 0; env[i]; i++)
		all[n++] = (char *)(uintptr_t)env[i];
	return all;
}


static uv_stdio_container_t stdio_of(struct end_pipe *p, int direction)
{
	uv_stdio_container_t c = {.flags = UV_IGNORE};

	if (p) {
		c.flags = (uv_stdio_flags)(UV_CREATE_PIPE | direction);
		c.data.stream = (uv_stream_t *)&p->uv;
	}
	return c;
}


/* Starts ARGV with pipes P for its standard descriptors (NULL: /dev/null) in
 * a session of its own, so without our terminal. Errno. */
static int spawn(uv_process_t **pp, struct loop *loop, const char *const *argv,
	const char *const *env, struct end_pipe *const p[3], uv_exit_cb on_exit,
	void *owner)
{
	uv_process_t *process = mem_zalloc(sizeof(*process), NULL);
	uv_stdio_container_t stdio[3];
	char **all = env ? merged_env(env) : NULL;
	uv_process_options_t options = {
		.exit_cb = on_exit,
		.file = argv[0],
		.args = (char **)(uintptr_t)argv,
		.env = all,
		.flags = UV_PROCESS_DETACHED,
		.stdio_count = 3,
		.stdio = stdio,
	};
	int err;

	stdio[0] = stdio_of(p[0], UV_READABLE_PIPE);
	stdio[1] = stdio_of(p[1], UV_WRITABLE_PIPE);
	stdio[2] = stdio_of(p[2], UV_WRITABLE_PIPE);
	err = uv_spawn(loop_uv(loop), process, &options);
	mem_deref(all);
	if (err) {
		net_handle_close(process);
		return -err;
	}
	process->data = owner;
	*pp = process;
	return 0;
}


static int status_of(int64_t status, int signo)
{
	return signo ? 128 + signo : (int)status;
}


static void on_alloc(uv_handle_t *handle, size_t wish, uv_buf_t *buf)
{
	struct end_pipe *p = (struct end_pipe *)handle;

	(void)wish;
	*buf = uv_buf_init(loop_scratch(p->loop), LOOP_SCRATCH_SIZE);
}


/* ---- commands */

static void finish_handler(void *arg)
{
	struct child *c = mem_ref(arg);
	struct pl out = mbuf_all(c->out), text = mbuf_all(c->errtext), line;

	(void)pl_split(&text, '\n', &line);
	line = pl_trim(&line);
	c->h(c->why ? -1 : c->status, &out, &line, c->why, c->arg);
	wipe(c->out);
	mem_deref(c);
}


static void finish(struct child *c)
{
	tmr_cancel(&c->tmr);
	if (!c->hook)
		(void)loop_defer(&c->hook, c->loop, finish_handler, c);
}


static void grace_handler(void *arg)
{
	finish(arg);
}


/* Done when the process and both pipes have come to their end. */
static void check_end(struct child *c)
{
	if (c->process)
		return;
	if (!c->pipe[0] && !c->pipe[1])
		finish(c);
	else if (!c->hook)
		tmr_start(loop_tmrs(c->loop), &c->tmr, OUTPUT_GRACE_MS,
			grace_handler, c);
}


static void on_child_exit(uv_process_t *process, int64_t status, int signo)
{
	struct child *c = process->data;

	net_handle_close(process);
	if (!c)
		return;
	loop_awake(c->loop);
	c->process = NULL;
	c->status = status_of(status, signo);
	check_end(c);
}


static void keep(struct mbuf *mb, const char *p, size_t n)
{
	size_t room = mb->max - mb->end;

	(void)mbuf_write_mem(mb, p, n < room ? n : room);
}


static void on_child_read(uv_stream_t *uv, ssize_t n, const uv_buf_t *buf)
{
	struct child *c = uv->data;
	bool is_out;

	if (!c || !n)
		return;
	loop_awake(c->loop);
	is_out = c->pipe[0] && uv == (uv_stream_t *)&c->pipe[0]->uv;
	if (n < 0) {
		net_handle_close(uv);
		c->pipe[is_out ? 0 : 1] = NULL;
		check_end(c);
		return;
	}
	keep(is_out ? c->out : c->errtext, buf->base, (size_t)n);
	/* It may be a password. */
	mem_wipe(buf->base, (size_t)n);
}


static void timeout_handler(void *arg)
{
	struct child *c = arg;

	c->why = mem_strdup("took too long and was killed");
	kill_group(c->process);
	finish(c);
}


int child_run_env(struct child **cp, struct loop *loop, const char *const *argv,
	const char *const *env, uint64_t timeout, size_t max_output, child_h *h,
	void *arg)
{
	struct end_pipe *p[3] = {NULL};
	struct child *c;
	int err;

	if (!argv || !argv[0])
		return EINVAL;
	c = mem_zalloc(sizeof(*c), child_destructor);
	c->loop = loop;
	c->h = h;
	c->arg = arg;
	/* At once in its full size: growing would leave copies behind. */
	c->out = mbuf_alloc_size(max_output, max_output);
	c->errtext = mbuf_alloc(ERRTEXT_MAX);
	c->pipe[0] = p[1] = pipe_alloc(loop, c);
	c->pipe[1] = p[2] = pipe_alloc(loop, c);
	err = spawn(&c->process, loop, argv, env, p, on_child_exit, c);
	if (err) {
		c->why = mem_printf(
			"cannot run %s: %s", argv[0], uv_strerror(-err));
		finish(c);
	} else {
		(void)uv_read_start(
			(uv_stream_t *)&p[1]->uv, on_alloc, on_child_read);
		(void)uv_read_start(
			(uv_stream_t *)&p[2]->uv, on_alloc, on_child_read);
		tmr_start(
			loop_tmrs(loop), &c->tmr, timeout, timeout_handler, c);
	}
	*cp = c;
	return 0;
}


int child_run(struct child **cp, struct loop *loop, const char *const *argv,
	uint64_t timeout, size_t max_output, child_h *h, void *arg)
{
	return child_run_env(cp, loop, argv, NULL, timeout, max_output, h, arg);
}


/* ---- peers */

/* Told when the process has ended and its last line has been read. */
static void check_peer_end(struct child_peer *c)
{
	if (!c->process && !c->out && c->endh)
		c->endh(c->status, c->arg);
}


static void on_peer_exit(uv_process_t *process, int64_t status, int signo)
{
	struct child_peer *c = process->data;

	net_handle_close(process);
	if (!c)
		return;
	loop_awake(c->loop);
	c->process = NULL;
	c->status = status_of(status, signo);
	check_peer_end(c);
}


/* Hands up the line that has been gathered, unless it was too long. */
static void give_line(struct child_peer *c)
{
	struct mbuf *mb = c->line;
	struct pl line = mbuf_all(mb);

	if (c->skip) {
		c->skip = false;
		mbuf_reset(mb);
		return;
	}
	/* The handler may release C, or write to it. */
	c->line = mbuf_alloc(LINE_MAX_LEN);
	c->lineh(&line, c->arg);
	mem_deref(mb);
}


static void on_peer_read(uv_stream_t *uv, ssize_t n, const uv_buf_t *buf)
{
	struct child_peer *c = mem_ref(uv->data);
	struct pl left = {buf->base, n > 0 ? (size_t)n : 0}, head;

	if (!c)
		return;
	loop_awake(c->loop);
	if (n < 0) {
		net_handle_close(uv);
		c->out = NULL;
		check_peer_end(c);
	}
	if (left.l && c->bytesh) {
		c->bytesh(&left, c->arg);
		left.l = 0;
	}
	while (left.l && mem_nrefs(c) > 1) {
		bool whole = pl_split(&left, '\n', &head);

		if (mbuf_write_pl(c->line, &head))
			c->skip = true;
		if (whole)
			give_line(c);
	}
	mem_deref(c);
}


static int peer_spawn(struct child_peer **cp, struct loop *loop,
	const char *const *argv, child_line_h *line, child_bytes_h *bytes,
	child_end_h *end, void *arg)
{
	struct end_pipe *p[3] = {NULL};
	struct child_peer *c;
	int err;

	if (!argv || !argv[0])
		return EINVAL;
	c = mem_zalloc(sizeof(*c), child_peer_destructor);
	c->loop = loop;
	c->lineh = line;
	c->bytesh = bytes;
	c->endh = end;
	c->arg = arg;
	if (!bytes)
		c->line = mbuf_alloc(LINE_MAX_LEN);
	c->in = p[0] = pipe_alloc(loop, c);
	if (line || bytes)
		c->out = p[1] = pipe_alloc(loop, c);
	err = spawn(&c->process, loop, argv, NULL, p, on_peer_exit, c);
	if (err) {
		mem_deref(c);
		return err;
	}
	if (c->out)
		(void)uv_read_start(
			(uv_stream_t *)&c->out->uv, on_alloc, on_peer_read);
	*cp = c;
	return 0;
}


int child_spawn(struct child_peer **cp, struct loop *loop,
	const char *const *argv, child_line_h *line, child_end_h *end,
	void *arg)
{
	return peer_spawn(cp, loop, argv, line, NULL, end, arg);
}


int child_spawn_bytes(struct child_peer **cp, struct loop *loop,
	const char *const *argv, child_bytes_h *bytes, child_end_h *end,
	void *arg)
{
	return peer_spawn(cp, loop, argv, NULL, bytes, end, arg);
}


void child_peer_kill(struct child_peer *c)
{
	kill_group(c->process);
}


static void on_child_written(uv_write_t *req, int status)
{
	struct child_out *out = req->data;

	(void)status;
	/* It may be a password. */
	mem_wipe(out->data, out->len);
	mem_deref(out);
}


/* Queues the N pieces, of LEN bytes together; MAX may wait. */
static int write_pieces(struct child_peer *c, const struct pl *pieces, size_t n,
	size_t len, size_t max)
{
	uv_stream_t *uv = (uv_stream_t *)&c->in->uv;
	struct child_out *out;
	uv_buf_t buf;
	size_t i;
	int err;

	if (!c->process)
		return EPIPE;
	if (len > max || uv_stream_get_write_queue_size(uv) > max)
		return ENOBUFS;
	out = mem_alloc(sizeof(*out) + len, NULL);
	out->len = 0;
	for (i = 0; i < n; i++) {
		if (pieces[i].l)
			memcpy(out->data + out->len, pieces[i].p, pieces[i].l);
		out->len += pieces[i].l;
	}
	out->req.data = out;
	buf = uv_buf_init(out->data, (unsigned)out->len);
	err = uv_write(&out->req, uv, &buf, 1, on_child_written);
	if (err)
		on_child_written(&out->req, err);
	return -err;
}


int child_write(struct child_peer *c, const struct pl *line)
{
	const struct pl pieces[] = {*line, PL("\n")};

	if (line->l > QUEUE_MAX)
		return c->process ? ENOBUFS : EPIPE;
	return write_pieces(c, pieces, 2, line->l + 1, QUEUE_MAX + 1);
}


int child_write_bytes(struct child_peer *c, const struct pl *bytes)
{
	return write_pieces(c, bytes, 1, bytes->l, BYTES_QUEUE_MAX);
}
