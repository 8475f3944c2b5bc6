/* SPDX-License-Identifier: GPL-3.0-or-later */
/* memnet.c - a network in memory with a clock of its own. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>
#include "list.h"
#include "mem.h"
#include "memnet.h"


enum {
	FIRST_PORT = 40000,
	TURNS_MAX = 50000000, /* of one run: a loop without time is a bug */
};

/* What sort of thing is bound to an address. */
enum bound_kind {
	BOUND_UDP,
	BOUND_LISTENER,
};

struct addr_key {
	uint8_t addr[16];
	uint16_t port;
	uint16_t kind;
};

struct memnet {
	struct tmrs *tmrs;
	struct rand *rand; /* lent to the stacks */
	struct rand *chaos; /* the network's own: runs do not depend on how
	                       much chance the stacks use */
	uint64_t now;
	struct memnet_faults faults;
	struct memnet_stats stats;
	struct bound *bound;
	struct list hosts;
	struct list cuts;
	struct list wires;
	struct list packets; /* datagrams on their way */
	memnet_tap_h *tap;
	void *tap_arg;
};

struct memnet_host {
	struct le le;
	struct memnet *mn;
	struct sa addr[2];
	uint16_t port; /* next ephemeral one */
	const char *const *names;
	struct sip_net net;
};

struct cut {
	struct le le;
	struct memnet_host *a, *b;
};

/* An end of datagrams or a listener. `local` comes first in all that
 * net->local() may be asked about. */
struct bound {
	struct sa local;
	UT_hash_handle hh;
	struct addr_key key;
	struct memnet_host *host;
	struct sip_net_handlers h;
	sip_net_accept_h *accepth;
	struct tls *tls;
	void *arg;
};

struct packet {
	struct le le;
	struct memnet *mn;
	struct tmr tmr;
	struct sa src, dst;
	uint64_t due;
	enum { DATA, ICMP, CONNECT, UP, DOWN } kind;
	int err;
	size_t n;
	uint8_t p[];
};

/* One direction of a connection. */
struct lane {
	struct wire *wire;
	struct list packets;
	struct tmr tmr;
	uint64_t last; /* due time of the last packet */
	int to;
};

/* A connection; its ends hold a reference each. */
struct wire {
	struct le le;
	struct memnet *mn;
	struct memnet_host *host[2]; /* 0: who connected */
	struct conn *end[2];
	struct lane lane[2]; /* by receiving end */
	struct tls *tls;
	char **names; /* what the client accepts; NULL: anything */
	bool broken;
};

struct conn {
	struct sa local;
	struct sa peer;
	struct wire *wire;
	int side;
	bool up;
	bool down;
	const struct sip_net_handlers *h;
	struct sip_net_handlers handlers;
	void *arg;
};


static void bound_destructor(void *data)
{
	struct bound *b = data;

	if (b->host)
		HASH_DEL(b->host->mn->bound, b);
}


static void packet_destructor(void *data)
{
	struct packet *pk = data;

	tmr_cancel(&pk->tmr);
	list_unlink(&pk->le);
}


static void wire_destructor(void *data)
{
	struct wire *w = data;
	int i;

	for (i = 0; i < 2; i++) {
		tmr_cancel(&w->lane[i].tmr);
		list_flush(&w->lane[i].packets);
	}
	for (i = 0; w->names && w->names[i]; i++)
		mem_deref(w->names[i]);
	mem_deref(w->names);
	list_unlink(&w->le);
}


/* The world lets go of W, whose ends may still be held. */
static void wire_forget(struct wire *w)
{
	int i;

	for (i = 0; i < 2; i++) {
		tmr_cancel(&w->lane[i].tmr);
		list_flush(&w->lane[i].packets);
	}
	w->broken = true;
	list_unlink(&w->le);
	mem_deref(w);
}


static void host_destructor(void *data)
{
	struct memnet_host *host = data;

	list_unlink(&host->le);
}


static void cut_destructor(void *data)
{
	struct cut *cut = data;

	list_unlink(&cut->le);
}


static void memnet_destructor(void *data)
{
	struct memnet *mn = data;
	struct bound *b, *next;

	list_flush(&mn->packets);
	while (mn->wires.head)
		wire_forget(list_data(mn->wires.head));
	list_flush(&mn->cuts);
	/* Ends may outlive the world; they must not look for it. */
	HASH_ITER (hh, mn->bound, b, next) {
		HASH_DEL(mn->bound, b);
		b->host = NULL;
	}
	list_flush(&mn->hosts);
	mem_deref(mn->rand);
	mem_deref(mn->chaos);
	mem_deref(mn->tmrs);
}


static uint64_t clock_monotonic(void *arg)
{
	const struct memnet *mn = arg;

	/* Not from zero: nobody may think that zero is long ago. */
	return mn->now + 1000000;
}


static int64_t clock_wall(void *arg)
{
	const struct memnet *mn = arg;

	return 1700000000000 + (int64_t)mn->now;
}


static void key_set(
	struct addr_key *key, enum bound_kind kind, const struct sa *sa)
{
	memset(key, 0, sizeof(*key));
	if (sa_family(sa) == AF_INET6)
		memcpy(key->addr, &sa->u.in6.sin6_addr, 16);
	else
		memcpy(key->addr, &sa->u.in.sin_addr, 4);
	key->port = sa_port(sa);
	key->kind = (uint16_t)kind;
}


static struct bound *bound_find(
	struct memnet *mn, enum bound_kind kind, const struct sa *sa)
{
	struct addr_key key;
	struct bound *b;

	key_set(&key, kind, sa);
	HASH_FIND(hh, mn->bound, &key, sizeof(key), b);
	return b;
}


static const struct sa *host_addr(const struct memnet_host *host, int family)
{
	int i;

	for (i = 0; i < 2; i++) {
		if (sa_family(&host->addr[i]) == family)
			return &host->addr[i];
	}
	return NULL;
}


static struct memnet_host *host_find(struct memnet *mn, const struct sa *sa)
{
	struct le *le, *next;

	LIST_FOREACH (&mn->hosts, le, next) {
		struct memnet_host *host = list_data(le);

		if (sa_addr_eq(&host->addr[0], sa) ||
			sa_addr_eq(&host->addr[1], sa))
			return host;
	}
	return NULL;
}


static bool is_cut(const struct memnet *mn, const struct memnet_host *a,
	const struct memnet_host *b)
{
	struct le *le, *next;

	LIST_FOREACH (&mn->cuts, le, next) {
		const struct cut *cut = list_data(le);

		if ((cut->a == a && cut->b == b) ||
			(cut->a == b && cut->b == a))
			return true;
	}
	return false;
}


static uint64_t delay(struct memnet *mn)
{
	const struct memnet_faults *f = &mn->faults;

	if (f->delay_max <= f->delay_min)
		return f->delay_min;
	return f->delay_min +
		rand_below(mn->chaos, f->delay_max - f->delay_min + 1);
}


static bool happens(struct memnet *mn, uint32_t of_thousand)
{
	return of_thousand && rand_below(mn->chaos, 1000) < of_thousand;
}


/* ---- datagrams ---- */

static void datagram_arrive(void *arg)
{
	struct packet *pk = arg;
	struct memnet *mn = pk->mn;
	struct memnet_host *from = host_find(mn, &pk->src);
	struct memnet_host *to = host_find(mn, &pk->dst);
	struct bound *b;

	list_unlink(&pk->le);
	if (!to || is_cut(mn, from, to))
		goto out;
	b = bound_find(mn, BOUND_UDP, &pk->dst);
	if (b && pk->kind == ICMP) {
		mem_ref(b);
		if (b->h.error)
			b->h.error(&pk->src, pk->err, pk->p, pk->n, b->arg);
		mem_deref(b);
	} else if (b) {
		mem_ref(b);
		b->h.recv(&pk->src, &pk->dst, pk->p, pk->n, b->arg);
		mem_deref(b);
	} else if (pk->kind == DATA && !mn->faults.no_icmp) {
		struct packet *icmp =
			mem_zalloc(sizeof(*icmp) + pk->n, packet_destructor);

		icmp->n = pk->n;
		memcpy(icmp->p, pk->p, pk->n);
		icmp->mn = mn;
		icmp->kind = ICMP;
		icmp->err = ECONNREFUSED;
		icmp->src = pk->dst;
		icmp->dst = pk->src;
		list_append(&mn->packets, &icmp->le, icmp);
		tmr_start(
			mn->tmrs, &icmp->tmr, delay(mn), datagram_arrive, icmp);
	}
out:
	mem_deref(pk);
}


static void datagram_post(struct memnet *mn, const struct sa *src,
	const struct sa *dst, const void *p, size_t n)
{
	struct packet *pk = mem_alloc(sizeof(*pk) + n, packet_destructor);

	memset(pk, 0, sizeof(*pk));
	pk->mn = mn;
	pk->src = *src;
	pk->dst = *dst;
	pk->n = n;
	memcpy(pk->p, p, n);
	list_append(&mn->packets, &pk->le, pk);
	tmr_start(mn->tmrs, &pk->tmr, delay(mn), datagram_arrive, pk);
}


static int bind_to(struct bound **bp, struct memnet_host *host,
	enum bound_kind kind, const struct sa *local)
{
	const struct sa *addr = host_addr(host, sa_family(local));
	struct bound *b;
	struct sa key;

	if (!addr || !(sa_isany(local) || sa_addr_eq(addr, local)))
		return EADDRNOTAVAIL;
	key = *addr;
	sa_set_port(&key, sa_port(local));
	while (!sa_port(local) &&
		(!sa_port(&key) || bound_find(host->mn, kind, &key)))
		sa_set_port(&key, host->port++);
	if (bound_find(host->mn, kind, &key))
		return EADDRINUSE;
	b = mem_zalloc(sizeof(*b), bound_destructor);
	b->host = host;
	b->local = *local;
	sa_set_port(&b->local, sa_port(&key));
	key_set(&b->key, kind, &key);
	HASH_ADD(hh, host->mn->bound, key, sizeof(b->key), b);
	*bp = b;
	return 0;
}


static int op_udp_open(void **endp, void *ctx, const struct sa *local,
	const struct sip_net_handlers *h, void *arg)
{
	struct bound *b;
	int err = bind_to(&b, ctx, BOUND_UDP, local);

	if (err)
		return err;
	b->h = *h;
	b->arg = arg;
	*endp = b;
	return 0;
}


static int op_udp_send(void *end, const struct sa *src, const struct sa *dst,
	const void *p, size_t n)
{
	struct bound *b = end;
	struct memnet *mn;
	const struct sa *addr;
	struct sa from;

	if (!b->host)
		return ENETDOWN;
	mn = b->host->mn;
	addr = host_addr(b->host, sa_family(dst));
	if (!addr || sa_family(dst) != sa_family(&b->local))
		return ENETUNREACH;
	if (n > 65507)
		return EMSGSIZE;
	from = src && sa_isset(src) && !sa_isany(src) ? *src : *addr;
	sa_set_port(&from, sa_port(&b->local));
	mn->stats.datagrams++;
	if (mn->tap)
		mn->tap(false, &from, dst, p, n, mn->tap_arg);
	if (happens(mn, mn->faults.loss)) {
		mn->stats.lost++;
		return 0;
	}
	datagram_post(mn, &from, dst, p, n);
	if (happens(mn, mn->faults.twice)) {
		mn->stats.doubled++;
		datagram_post(mn, &from, dst, p, n);
	}
	return 0;
}


/* ---- connections ---- */

static void conn_destructor(void *data);


static void lane_run(void *arg);


static void lane_post(
	struct wire *w, int to, int kind, int err, const void *p, size_t n)
{
	struct lane *lane = &w->lane[to];
	struct packet *pk = mem_alloc(sizeof(*pk) + n, packet_destructor);
	uint64_t due = w->mn->now + delay(w->mn);

	memset(pk, 0, sizeof(*pk));
	pk->kind = kind;
	pk->err = err;
	pk->n = n;
	if (n)
		memcpy(pk->p, p, n);
	if (due > lane->last)
		lane->last = due;
	pk->due = lane->last;
	list_append(&lane->packets, &pk->le, pk);
	if (!tmr_isrunning(&lane->tmr))
		tmr_start(w->mn->tmrs, &lane->tmr, pk->due - w->mn->now,
			lane_run, lane);
}


static void conn_end(struct conn *c, int err, bool tls, const char *why)
{
	struct stream_end end = {.err = err, .tls = tls, .why = why};

	if (c->down)
		return;
	c->down = true;
	c->up = false;
	if (c->h && c->h->down)
		c->h->down(&end, c->arg);
}


/* NULL where the client accepts a name of HOST, else the sentence. */
static char *tls_refusal(const struct wire *w, const struct memnet_host *host)
{
	size_t i, k;

	if (!w->names)
		return NULL;
	for (i = 0; w->names[i]; i++) {
		for (k = 0; host->names && host->names[k]; k++) {
			if (!strcasecmp(w->names[i], host->names[k]))
				return NULL;
		}
	}
	return mem_printf("certificate is for %s, not for %s",
		host->names && host->names[0] ? host->names[0] : "nobody",
		w->names[0] ? w->names[0] : "anybody");
}


static void arrive_connect(struct wire *w, const struct sa *dst)
{
	struct bound *l = bound_find(w->mn, BOUND_LISTENER, dst);
	struct conn *c;

	if (!w->end[0])
		return;
	if (!l || !l->tls != !w->tls) {
		lane_post(w, 0, DOWN, l ? EPROTO : ECONNREFUSED, NULL, 0);
		return;
	}
	if (w->tls) {
		char *why = tls_refusal(w, l->host);

		if (why) {
			lane_post(w, 0, DOWN, -EPROTO, why, strlen(why) + 1);
			mem_deref(why);
			return;
		}
	}
	c = mem_zalloc(sizeof(*c), conn_destructor);
	c->wire = mem_ref(w);
	c->side = 1;
	c->local = w->end[0]->peer;
	c->peer = w->end[0]->local;
	c->up = true;
	w->end[1] = c;
	lane_post(w, 0, UP, 0, NULL, 0);
	mem_ref(l);
	l->accepth(c, &c->peer, l->arg);
	mem_deref(l);
}


static void arrive(struct wire *w, int to, const struct packet *pk)
{
	struct conn *c = w->end[to];
	struct sa dst;

	if (pk->kind == CONNECT) {
		memcpy(&dst, pk->p, sizeof(dst));
		arrive_connect(w, &dst);
		return;
	}
	if (!c || c->down)
		return;
	mem_ref(c);
	switch (pk->kind) {
	case UP:
		c->up = true;
		if (c->h && c->h->up)
			c->h->up(c->arg);
		break;
	case DATA:
		if (c->h)
			c->h->recv(NULL, NULL, pk->p, pk->n, c->arg);
		break;
	default:
		conn_end(c, pk->err < 0 ? -pk->err : pk->err, pk->err < 0,
			pk->n		  ? (const char *)pk->p
				: pk->err ? strerror(pk->err)
					  : "closed by the peer");
		break;
	}
	mem_deref(c);
}


static void lane_run(void *arg)
{
	struct lane *lane = arg;
	struct wire *w = mem_ref(lane->wire);
	struct memnet *mn = w->mn;

	if (is_cut(mn, w->host[0], w->host[1])) {
		tmr_start(mn->tmrs, &lane->tmr, 200, lane_run, lane);
		mem_deref(w);
		return;
	}
	while (lane->packets.head) {
		struct packet *pk = list_data(lane->packets.head);

		if (pk->due > mn->now) {
			tmr_start(mn->tmrs, &lane->tmr, pk->due - mn->now,
				lane_run, lane);
			break;
		}
		list_unlink(&pk->le);
		arrive(w, lane->to, pk);
		mem_deref(pk);
	}
	mem_deref(w);
}


static void conn_destructor(void *data)
{
	struct conn *c = data;
	struct wire *w = c->wire;

	w->end[c->side] = NULL;
	if (!c->down && w->end[!c->side] && !w->broken)
		lane_post(w, !c->side, DOWN, 0, NULL, 0);
	/* The world lets go of a wire whose ends are both gone. */
	if (!w->end[0] && !w->end[1] && w->le.list)
		wire_forget(w);
	mem_deref(w);
}


static char **names_copy(const struct tls_peer *peer)
{
	char **names;
	size_t n = 0, i;

	if (!peer || !peer->verify)
		return NULL;
	while (peer->names && peer->names[n])
		n++;
	names = mem_zalloc((n + 1) * sizeof(*names), NULL);
	for (i = 0; i < n; i++)
		names[i] = mem_strdup(peer->names[i]);
	return names;
}


static int op_connect(void **connp, void *ctx, const struct sa *dst,
	struct tls *tls, const struct tls_peer *tls_peer,
	const struct sip_net_handlers *h, void *arg)
{
	struct memnet_host *host = ctx;
	struct memnet *mn = host->mn;
	const struct sa *addr = host_addr(host, sa_family(dst));
	struct conn *c;
	struct wire *w;
	int i;

	if (!addr)
		return ENETUNREACH;
	mn->stats.connects++;
	w = mem_zalloc(sizeof(*w), wire_destructor);
	w->mn = mn;
	w->host[0] = host;
	w->host[1] = host_find(mn, dst);
	w->tls = tls;
	w->names = names_copy(tls_peer);
	for (i = 0; i < 2; i++) {
		w->lane[i].wire = w;
		w->lane[i].to = i;
	}
	list_append(&mn->wires, &w->le, w);
	c = mem_zalloc(sizeof(*c), conn_destructor);
	c->wire = mem_ref(w);
	c->local = *addr;
	sa_set_port(&c->local, host->port++);
	c->peer = *dst;
	c->handlers = *h;
	c->h = &c->handlers;
	c->arg = arg;
	w->end[0] = c;
	if (w->host[1])
		lane_post(w, 1, CONNECT, 0, dst, sizeof(*dst));
	*connp = c;
	return 0;
}


static int op_listen(void **endp, void *ctx, const struct sa *local,
	struct tls *tls, sip_net_accept_h *accepth, void *arg)
{
	struct bound *b;
	int err = bind_to(&b, ctx, BOUND_LISTENER, local);

	if (err)
		return err;
	b->tls = tls;
	b->accepth = accepth;
	b->arg = arg;
	*endp = b;
	return 0;
}


static void op_set_handlers(
	void *conn, const struct sip_net_handlers *h, void *arg)
{
	struct conn *c = conn;

	c->handlers = *h;
	c->h = &c->handlers;
	c->arg = arg;
}


static int op_send(void *conn, const void *p, size_t n)
{
	struct conn *c = conn;
	struct memnet *mn = c->wire->mn;
	const uint8_t *b = p;
	size_t part;

	if (!c->up || c->down || c->wire->broken)
		return ENOTCONN;
	mn->stats.bytes += n;
	if (mn->tap)
		mn->tap(true, &c->local, &c->peer, p, n, mn->tap_arg);
	while (n) {
		part = mn->faults.chunk && mn->faults.chunk < n
			? mn->faults.chunk
			: n;
		lane_post(c->wire, !c->side, DATA, 0, b, part);
		b += part;
		n -= part;
	}
	return 0;
}


static const struct sa *op_local(void *end)
{
	return end; /* the first field of each */
}


static const struct sa *op_peer(void *conn)
{
	return &((struct conn *)conn)->peer;
}


static bool op_peer_is(void *conn, const char *name)
{
	const struct conn *c = conn;
	const struct memnet_host *host = c->wire->host[1];
	size_t i;

	if (!c->wire->names || c->side == 1 || !c->up)
		return false;
	for (i = 0; host->names && host->names[i]; i++) {
		if (!strcasecmp(host->names[i], name))
			return true;
	}
	return false;
}


static int op_local_for(void *ctx, struct sa *local, const struct sa *dst)
{
	const struct sa *addr = host_addr(ctx, sa_family(dst));

	if (!addr)
		return ENETUNREACH;
	*local = *addr;
	return 0;
}


/* ---- the world ---- */

int memnet_alloc(struct memnet **mp, uint64_t seed)
{
	struct memnet *mn = mem_zalloc(sizeof(*mn), memnet_destructor);
	struct tmr_clock clock = {clock_monotonic, clock_wall, mn};

	mn->tmrs = tmrs_alloc(&clock);
	mn->rand = rand_seeded(seed);
	mn->chaos = rand_seeded(seed ^ 0x9e3779b97f4a7c15);
	*mp = mn;
	return 0;
}


struct tmrs *memnet_tmrs(const struct memnet *mn)
{
	return mn->tmrs;
}


struct rand *memnet_rand(const struct memnet *mn)
{
	return mn->rand;
}


uint64_t memnet_now(const struct memnet *mn)
{
	return mn->now;
}


void memnet_set_faults(struct memnet *mn, const struct memnet_faults *faults)
{
	mn->faults = *faults;
}


const struct memnet_stats *memnet_stats(const struct memnet *mn)
{
	return &mn->stats;
}


struct memnet_host *memnet_host(struct memnet *mn, const char *addr)
{
	struct memnet_host *host = mem_zalloc(sizeof(*host), host_destructor);

	host->mn = mn;
	host->port = FIRST_PORT;
	if (sa_set_str(&host->addr[0], addr, 0))
		abort();
	host->net = (struct sip_net){
		.udp_open = op_udp_open,
		.udp_send = op_udp_send,
		.connect = op_connect,
		.listen = op_listen,
		.set_handlers = op_set_handlers,
		.send = op_send,
		.local = op_local,
		.peer = op_peer,
		.peer_is = op_peer_is,
		.local_for = op_local_for,
		.ctx = host,
	};
	list_append(&mn->hosts, &host->le, host);
	return host;
}


int memnet_host_add_addr(struct memnet_host *host, const char *addr)
{
	return sa_set_str(&host->addr[1], addr, 0);
}


const struct sip_net *memnet_net(const struct memnet_host *host)
{
	return &host->net;
}


void memnet_set_names(struct memnet_host *host, const char *const *names)
{
	host->names = names;
}


void memnet_cut(struct memnet_host *a, struct memnet_host *b, bool yes)
{
	struct le *le, *next;
	struct cut *cut;

	LIST_FOREACH (&a->mn->cuts, le, next) {
		cut = list_data(le);
		if ((cut->a == a && cut->b == b) ||
			(cut->a == b && cut->b == a))
			mem_deref(cut);
	}
	if (!yes)
		return;
	cut = mem_zalloc(sizeof(*cut), cut_destructor);
	cut->a = a;
	cut->b = b;
	list_append(&a->mn->cuts, &cut->le, cut);
}


void memnet_reset(struct memnet_host *a, struct memnet_host *b)
{
	struct le *le, *next;
	int i;

	LIST_FOREACH (&a->mn->wires, le, next) {
		struct wire *w = list_data(le);

		if (!((w->host[0] == a && w->host[1] == b) ||
			    (w->host[0] == b && w->host[1] == a)))
			continue;
		w->broken = true;
		for (i = 0; i < 2; i++) {
			list_flush(&w->lane[i].packets);
			if (w->end[i])
				lane_post(w, i, DOWN, ECONNRESET, NULL, 0);
		}
	}
}


void memnet_set_tap(struct memnet *mn, memnet_tap_h *tap, void *arg)
{
	mn->tap = tap;
	mn->tap_arg = arg;
}


bool memnet_run_until(
	struct memnet *mn, uint64_t ms, bool (*done)(void *arg), void *arg)
{
	uint64_t end = mn->now + ms;
	uint64_t next;
	size_t turns = 0;

	for (;;) {
		tmrs_update(mn->tmrs);
		tmrs_run(mn->tmrs);
		if (done && done(arg))
			return true;
		next = tmrs_next(mn->tmrs);
		if (next == UINT64_MAX || next > end - mn->now)
			break;
		mn->now += next;
		if (++turns > TURNS_MAX) {
			fprintf(stderr, "memnet: endless\n");
			abort();
		}
	}
	mn->now = end;
	tmrs_update(mn->tmrs);
	return false;
}


void memnet_run(struct memnet *mn, uint64_t ms)
{
	(void)memnet_run_until(mn, ms, NULL, NULL);
}
