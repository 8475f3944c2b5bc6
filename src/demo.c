/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * demo.c - a world of its own: a private directory that goes with it, peers
 * that are real sotto processes on loopback, and who is in the list.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <ftw.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "app.h"
#include "child.h"
#include "file.h"
#include "mbuf.h"
#include "mem.h"
#include "tmr.h"


enum {
	PEERS = 3,
	VISIT_MS = 15000, /* until somebody adds you */
	CONFIG_MAX = 4096,
	TRIES = 50, /* for a port that is free for UDP and TCP */
};

/* A peer: its role, name, port; and our own port is one more. */
struct peer {
	struct app_demo *demo;
	struct child_peer *child;
	char *config;
	char *state;
	uint16_t port;
	bool ready;
};

struct app_demo {
	struct peer peers[PEERS];
	struct loop *loop;
	struct tmr visit;
	char *dir;
	char *state;
	char *config;
	uint16_t port;
	void (*readyh)(int err, void *arg);
	void *arg;
};

static const struct {
	const char *role;
	const char *name;
	const char *accept;
	const char *presence;
	bool visitor; /* comes later, and adds you */
} cast[PEERS] = {
	{"echo", "Echo", "all", "online", false},
	{"kim", "Kim", "ask", "offline", false},
	{"bob", "Bob", "all", "online", true},
};

const char app_demo_greeting[] =
	"This is sotto's demo: a world of its own on this machine.\n"
	"Echo answers what you write:  /chat show echo  then type a line.\n"
	"Kim was found, but not added yet:  /buddy add kim\n"
	"/help lists the commands, /quit leaves.";

/* Lines of 52 columns. */
static const char welcome[] =
	"This is sotto's demo: a world of its own on this\n"
	"machine.\n"
	"\n"
	"/chat show echo   Echo answers what you write\n"
	"%s\n"
	"\n"
	"F6       goes to the buddy list; Enter shows a chat\n"
	"F7       searches people and messages\n"
	"F1       shows the keys, /help the commands\n"
	"/quit    leaves\n";


static int remove_entry(
	const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	(void)remove(path);
	return 0;
}


static void demo_destructor(void *data)
{
	struct app_demo *d = data;
	size_t i;

	tmr_cancel(&d->visit);
	for (i = 0; i < PEERS; i++) {
		mem_deref(d->peers[i].child);
		mem_deref(d->peers[i].config);
		mem_deref(d->peers[i].state);
	}
	if (d->dir)
		(void)nftw(d->dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	mem_deref(d->dir);
	mem_deref(d->state);
	mem_deref(d->config);
}


/* ---- ports ---- */

static int bound(int type, struct sockaddr_in *sin)
{
	socklen_t len = sizeof(*sin);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	if (fd >= 0 && bind(fd, (struct sockaddr *)sin, len) == 0 &&
		getsockname(fd, (struct sockaddr *)sin, &len) == 0)
		return fd;
	if (fd >= 0)
		(void)close(fd);
	return -1;
}


/* A port that UDP and TCP have free just now. */
static int free_port(uint16_t *port)
{
	int tries, tcp, udp;

	for (tries = 0; tries < TRIES; tries++) {
		struct sockaddr_in sin = {.sin_family = AF_INET};

		sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		tcp = bound(SOCK_STREAM, &sin);
		if (tcp < 0)
			return errno;
		udp = bound(SOCK_DGRAM, &sin);
		(void)close(tcp);
		if (udp < 0)
			continue;
		(void)close(udp);
		*port = ntohs(sin.sin_port);
		return 0;
	}
	return EADDRINUSE;
}


/* ---- files ---- */

static int write_file(const char *path, struct mbuf *mb)
{
	return mbuf_err(mb) ? mbuf_err(mb)
			    : file_replace(path, mb->buf, mb->end, 0600);
}


static void put_account(struct mbuf *mb, const char *name, const char *user,
	const char *display, uint16_t port, const char *accept)
{
	(void)mbuf_printf(mb,
		"account add %s sip:%s@127.0.0.1:%u\n"
		"account set %s register no\n"
		"account set %s listen 127.0.0.1:%u\n"
		"account set %s display-name %s\n"
		"account set %s accept %s\n",
		name, user, port, name, name, port, name, display, name,
		accept);
}


static int write_peer(struct peer *p, size_t i)
{
	struct mbuf *mb = mbuf_alloc(CONFIG_MAX);
	int err;

	put_account(mb, cast[i].role, cast[i].role, cast[i].name, p->port,
		cast[i].accept);
	(void)mbuf_printf(mb, "presence set %s\nlogin %s\n", cast[i].presence,
		cast[i].role);
	if (cast[i].visitor)
		(void)mbuf_printf(mb, "buddy add sip:you@127.0.0.1:%u -n You\n",
			p->demo->port);
	err = write_file(p->config, mb);
	mem_deref(mb);
	return err;
}


static int write_own(struct app_demo *d)
{
	struct mbuf *mb = mbuf_alloc(CONFIG_MAX);
	int err;

	put_account(mb, "demo", "you", "You", d->port, "ask");
	(void)mbuf_printf(mb,
		"buddy add sip:echo@127.0.0.1:%u -n Echo -g Demo\n"
		"login demo\n",
		d->peers[0].port);
	err = write_file(d->config, mb);
	mem_deref(mb);
	return err;
}


static int make_files(struct app_demo *d)
{
	const char *tmp = getenv("TMPDIR");
	char *dir =
		mem_printf("%s/sotto-demo-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	size_t i;
	int err = 0;

	if (!mkdtemp(dir)) {
		err = errno;
		mem_deref(dir);
		return err;
	}
	d->dir = dir;
	d->state = mem_printf("%s/state", dir);
	d->config = mem_printf("%s/sotto.conf", dir);
	err = free_port(&d->port);
	for (i = 0; i < PEERS && !err; i++) {
		struct peer *p = &d->peers[i];

		p->demo = d;
		p->config = mem_printf("%s/%s.conf", dir, cast[i].role);
		p->state = mem_printf("%s/%s", dir, cast[i].role);
		err = free_port(&p->port);
		if (!err)
			err = write_peer(p, i);
	}
	return err ? err : write_own(d);
}


int app_demo_alloc(struct app_demo **dp, char **why)
{
	struct app_demo *d = mem_zalloc(sizeof(*d), demo_destructor);
	int err = make_files(d);

	if (err) {
		*why = mem_printf("the demo cannot start: %s", strerror(err));
		mem_deref(d);
		return err;
	}
	*dp = d;
	return 0;
}


const char *app_demo_state(const struct app_demo *d)
{
	return d->state;
}


const char *app_demo_config(const struct app_demo *d)
{
	return d->config;
}


/* ---- the peers ---- */

static void tell(struct app_demo *d, int err)
{
	void (*h)(int, void *) = d->readyh;

	d->readyh = NULL;
	if (h)
		h(err, d->arg);
}


static void line_handler(const struct pl *line, void *arg)
{
	struct peer *p = arg;
	struct app_demo *d = p->demo;
	size_t i;

	if (!pl_streq(line, "ready"))
		return;
	p->ready = true;
	for (i = 0; i < PEERS; i++) {
		if (!d->peers[i].ready && !cast[i].visitor)
			return;
	}
	tell(d, 0);
}


static void end_handler(int status, void *arg)
{
	struct peer *p = arg;

	(void)status;
	tell(p->demo, ECHILD);
}


/* This very program, wherever it was started from. */
static char *own_path(void)
{
	char buf[4096];
	ssize_t n = readlink("/proc/self/exe", buf, sizeof(buf));

	return n > 0 ? mem_strndup(buf, (size_t)n) : mem_strdup("sotto");
}


static int start_peer(struct app_demo *d, size_t i)
{
	char *program = own_path();
	struct peer *p = &d->peers[i];
	const char *argv[] = {program, "--bot", cast[i].role, "-f", p->config,
		"-s", p->state, NULL};
	int err = child_spawn(
		&p->child, d->loop, argv, line_handler, end_handler, p);

	mem_deref(program);
	return err;
}


int app_demo_start(struct app_demo *d, struct loop *loop,
	void (*ready)(int err, void *arg), void *arg)
{
	size_t i;
	int err = 0;

	d->loop = loop;
	d->readyh = ready;
	d->arg = arg;
	for (i = 0; i < PEERS && !err; i++) {
		if (!cast[i].visitor)
			err = start_peer(d, i);
	}
	return err;
}


/* Who does not come is not missed. */
static void visit_handler(void *arg)
{
	size_t i;

	for (i = 0; i < PEERS; i++) {
		if (cast[i].visitor)
			(void)start_peer(arg, i);
	}
}


void app_demo_visit(struct app_demo *d)
{
	tmr_start(loop_tmrs(d->loop), &d->visit, VISIT_MS, visit_handler, d);
}


static bool is_added(struct core *core, const char *name)
{
	struct core_account *a = core_account_find(core, "demo");
	struct core_buddy *b = a ? core_buddy_first(a) : NULL;

	for (; b; b = core_buddy_next(b)) {
		const char *shown = core_buddy_name(b);

		if (core_buddy_added(b) && shown && !strcmp(shown, name))
			return true;
	}
	return false;
}


char *app_demo_welcome(struct core *core)
{
	return mem_printf(welcome,
		is_added(core, "Kim")
			? "/chat show kim    Kim shows you around"
			: "/buddy add kim    Kim was found, but not added yet");
}


void app_demo_people(struct app_demo *d, struct core *core)
{
	static const char *const groups[] = {"Demo", NULL};
	struct core_account *a = core_account_find(core, "demo");
	struct core_buddy *b;
	char *uri, *why = NULL;

	if (!a)
		return;
	uri = mem_printf("sip:kim@127.0.0.1:%u", d->peers[1].port);
	(void)core_buddy_found(a, uri, "Kim", groups, &b, &why);
	mem_deref(uri);
	mem_deref(why);
}
