/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dns.c - asynchronous lookups over c-ares, whose sockets the loop watches.
 * A lookup is one question to the servers, which all queries (dns_query.c)
 * for the same name and type share.
 */
#include <ares.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "dns_int.h"
#include "list.h"
#include "mem.h"


enum {
	CLASS_IN = 1,
	TIMEOUT_MS = 1500, /* of the first try; doubled for each round */
	TRIES = 3,
	NEGATIVE_TTL = 30, /* seconds */
	DNS_PORT = 53,
	SERVERS_MAX = 16,
};

static const char resolv_conf[] = "/etc/resolv.conf";


struct dns {
	struct loop *loop;
	struct log *log;
	ares_channel channel; /* NULL until it is needed */
	struct ares_addr_port_node *servers; /* NULL: the system's */
	struct timespec conf_time; /* of resolv.conf as last read */
	struct dns_cache *cache;
	struct list lookups;
	struct list sockets;
	struct tmr tmr; /* c-ares' earliest timeout */
};

/* A socket of c-ares'. */
struct socket_watch {
	struct le le;
	struct dns *dns;
	ares_socket_t fd;
	struct loop_fd *watch;
};

struct lookup {
	struct le le;
	struct dns *dns;
	enum dns_type type;
	char name[DNS_NAME_SIZE];
	struct list parts; /* who waits for it */
};


static void dns_destructor(void *data)
{
	struct dns *dns = data;

	if (dns->channel)
		ares_destroy(dns->channel);
	tmr_cancel(&dns->tmr);
	list_flush(&dns->sockets);
	list_flush(&dns->lookups);
	mem_deref(dns->cache);
	mem_deref(dns->servers);
}


static void socket_watch_destructor(void *data)
{
	struct socket_watch *w = data;

	mem_deref(w->watch);
	list_unlink(&w->le);
}


static void lookup_destructor(void *data)
{
	struct lookup *l = data;

	list_clear(&l->parts);
	list_unlink(&l->le);
}


/* ---- c-ares under the loop */

static void process(
	struct dns *dns, ares_socket_t readable, ares_socket_t writable);


static void tmr_handler(void *arg)
{
	process(arg, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}


static void arm(struct dns *dns)
{
	struct timeval tv, *t = ares_timeout(dns->channel, NULL, &tv);

	if (!t)
		tmr_cancel(&dns->tmr);
	else /* rounded up, lest it be woken for nothing */
		tmr_start(loop_tmrs(dns->loop), &dns->tmr,
			(uint64_t)t->tv_sec * 1000 +
				(uint64_t)(t->tv_usec + 999) / 1000,
			tmr_handler, dns);
}


static void process(
	struct dns *dns, ares_socket_t readable, ares_socket_t writable)
{
	ares_process_fd(dns->channel, readable, writable);
	arm(dns);
}


static void socket_handler(int events, void *arg)
{
	struct socket_watch *w = arg;
	struct dns *dns = w->dns;
	ares_socket_t fd = w->fd;

	process(dns, events & LOOP_READ ? fd : ARES_SOCKET_BAD,
		events & LOOP_WRITE ? fd : ARES_SOCKET_BAD);
}


static struct socket_watch *find_socket(struct dns *dns, ares_socket_t fd)
{
	struct le *le;

	for (le = dns->sockets.head; le; le = le->next) {
		struct socket_watch *w = list_data(le);

		if (w->fd == fd)
			return w;
	}
	return NULL;
}


/* c-ares wants to know when FD is ready, or no longer. */
static void on_socket_state(
	void *data, ares_socket_t fd, int readable, int writable)
{
	struct dns *dns = data;
	struct socket_watch *w = find_socket(dns, fd);
	int events = (readable ? LOOP_READ : 0) | (writable ? LOOP_WRITE : 0);

	if (!events) {
		mem_deref(w);
		return;
	}
	if (w) {
		(void)loop_fd_set(w->watch, events);
		return;
	}
	w = mem_zalloc(sizeof(*w), socket_watch_destructor);
	w->dns = dns;
	w->fd = fd;
	list_append(&dns->sockets, &w->le, w);
	if (loop_fd_alloc(&w->watch, dns->loop, fd, events, socket_handler, w))
		mem_deref(w); /* then the query times out */
}


static struct timespec conf_time(void)
{
	struct stat st = {0};

	(void)stat(resolv_conf, &st);
	return st.st_mtim;
}


/* Makes the channel, and makes it anew when the system's servers have changed
 * and nobody waits for the old ones. */
static int open_channel(struct dns *dns)
{
	struct ares_options options = {
		.timeout = TIMEOUT_MS,
		.tries = TRIES,
		.sock_state_cb = on_socket_state,
		.sock_state_cb_data = dns,
	};
	struct timespec now = conf_time();
	bool changed = !dns->servers &&
		(now.tv_sec != dns->conf_time.tv_sec ||
			now.tv_nsec != dns->conf_time.tv_nsec);
	int status;

	if (dns->channel && changed && list_isempty(&dns->lookups)) {
		log_print(dns->log, LOG_INFO, "dns", "%s has changed",
			resolv_conf);
		ares_destroy(dns->channel);
		dns->channel = NULL;
		dns_cache_flush(dns->cache);
	}
	if (dns->channel)
		return 0;
	dns->conf_time = now;
	status = ares_init_options(&dns->channel, &options,
		ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
	if (!status && dns->servers)
		status = ares_set_servers_ports(dns->channel, dns->servers);
	if (!status)
		return 0;
	log_print(dns->log, LOG_ERROR, "dns", "no resolver: %s",
		ares_strerror(status));
	if (dns->channel)
		ares_destroy(dns->channel);
	dns->channel = NULL;
	return EAGAIN;
}


/* ---- lookups */

static void lookup_done(struct lookup *l, struct dns_answer *answer)
{
	struct le *le, *next;

	LIST_FOREACH (&l->parts, le, next) {
		struct dns_part *part = list_data(le);

		list_unlink(le);
		part->answer = mem_ref(answer);
		part->done(part);
	}
	mem_deref(l);
	mem_deref(answer);
}


/* The answer that the STATUS of c-ares and its bytes stand for. */
static struct dns_answer *answer_of(
	enum dns_type type, int status, const uint8_t *p, int n)
{
	struct dns_answer *answer = NULL;

	switch (status) {
	case ARES_SUCCESS:
		if (n < 0 || dns_answer_decode(&answer, type, p, (size_t)n))
			return dns_answer_error(type, EAGAIN, 0);
		if (answer->err)
			answer->ttl = NEGATIVE_TTL;
		return answer;
	case ARES_ENODATA:
	case ARES_ENOTFOUND:
	case ARES_EBADNAME:
		return dns_answer_error(type, ENOENT, NEGATIVE_TTL);
	case ARES_ETIMEOUT:
		return dns_answer_error(type, ETIMEDOUT, 0);
	}
	return dns_answer_error(type, EAGAIN, 0);
}


static void on_answer(
	void *arg, int status, int timeouts, unsigned char *p, int n)
{
	struct lookup *l = arg;
	struct dns *dns = l->dns;
	struct dns_answer *answer;

	(void)timeouts;
	/* Nobody waits when the channel is destroyed. */
	if (status == ARES_EDESTRUCTION || status == ARES_ECANCELLED)
		return;
	answer = answer_of(l->type, status, p, n);
	log_print(dns->log, LOG_DEBUG, "dns", "%s type %d: %s, %zu records",
		l->name, (int)l->type, ares_strerror(status), answer->n);
	dns_cache_put(
		dns->cache, l->name, answer, tmrs_now(loop_tmrs(dns->loop)));
	lookup_done(l, answer);
}


static struct lookup *find_lookup(
	struct dns *dns, enum dns_type type, const char *name)
{
	struct le *le;

	for (le = dns->lookups.head; le; le = le->next) {
		struct lookup *l = list_data(le);

		if (l->type == type && !strcmp(l->name, name))
			return l;
	}
	return NULL;
}


static void ask(struct dns *dns, struct lookup *l)
{
	/* Search domains are for short names alone: a full one must not be
	 * tried with a suffix that somebody else may own. */
	if (strchr(l->name, '.'))
		ares_query(dns->channel, l->name, CLASS_IN, (int)l->type,
			on_answer, l);
	else
		ares_search(dns->channel, l->name, CLASS_IN, (int)l->type,
			on_answer, l);
	arm(dns);
}


struct dns_answer *dns_look_up(struct dns *dns, enum dns_type type,
	const char *name, struct dns_part *part)
{
	int err = open_channel(dns);
	struct dns_answer *answer = dns_cache_get(
		dns->cache, type, name, tmrs_now(loop_tmrs(dns->loop)));
	struct lookup *l = find_lookup(dns, type, name);
	bool is_new = !l;

	if (!answer && err)
		answer = dns_answer_error(type, err, 0);
	if (answer)
		return answer;
	if (is_new) {
		l = mem_zalloc(sizeof(*l), lookup_destructor);
		l->dns = dns;
		l->type = type;
		(void)snprintf(l->name, sizeof(l->name), "%s", name);
		list_append(&dns->lookups, &l->le, l);
	}
	list_append(&l->parts, &part->le, part);
	if (is_new)
		ask(dns, l);
	return NULL;
}


struct dns_answer *dns_hosts(
	struct dns *dns, enum dns_type type, const char *name)
{
	int family = type == DNS_AAAA ? AF_INET6 : AF_INET;
	struct dns_answer *answer = dns_answer_error(type, 0, 0);
	struct hostent *host = NULL;
	size_t n = 0;

	if (!open_channel(dns))
		(void)ares_gethostbyname_file(
			dns->channel, name, family, &host);
	while (host && host->h_addr_list[n])
		++n;
	answer->addrs = mem_zalloc((n + 1) * sizeof(*answer->addrs), NULL);
	for (; answer->n < n; answer->n++) {
		struct sa *sa = &answer->addrs[answer->n];
		const void *p = host->h_addr_list[answer->n];

		(void)sa_set_str(sa, type == DNS_AAAA ? "::" : "0.0.0.0", 0);
		if (type == DNS_AAAA)
			memcpy(&sa->u.in6.sin6_addr, p, 16);
		else
			memcpy(&sa->u.in.sin_addr, p, 4);
	}
	if (host)
		ares_free_hostent(host);
	if (!answer->n)
		answer->err = ENOENT;
	return answer;
}


struct loop *dns_loop(const struct dns *dns)
{
	return dns->loop;
}


/* "address[:port],..." as the list that c-ares takes, in one block. */
static int decode_servers(struct ares_addr_port_node **np, const char *text)
{
	struct ares_addr_port_node *nodes =
		mem_zalloc(SERVERS_MAX * sizeof(*nodes), NULL);
	struct pl left = pl_str(text), one;
	size_t n = 0;
	bool more;

	do {
		struct sa sa;

		more = pl_split(&left, ',', &one);
		one = pl_trim(&one);
		if (n == SERVERS_MAX || sa_decode(&sa, &one, DNS_PORT)) {
			mem_deref(nodes);
			return EINVAL;
		}
		nodes[n].family = sa_family(&sa);
		nodes[n].udp_port = nodes[n].tcp_port = sa_port(&sa);
		if (sa_family(&sa) == AF_INET)
			nodes[n].addr.addr4 = sa.u.in.sin_addr;
		else
			memcpy(&nodes[n].addr.addr6, &sa.u.in6.sin6_addr, 16);
		if (n)
			nodes[n - 1].next = &nodes[n];
		++n;
	} while (more);
	*np = nodes;
	return 0;
}


int dns_alloc(struct dns **dnsp, struct loop *loop, struct log *log,
	const char *servers)
{
	struct ares_addr_port_node *nodes = NULL;
	struct dns *dns;
	int err = servers ? decode_servers(&nodes, servers) : 0;

	if (err)
		return err;
	dns = mem_zalloc(sizeof(*dns), dns_destructor);
	dns->loop = loop;
	dns->log = log;
	dns->servers = nodes;
	dns->cache = dns_cache_alloc();
	*dnsp = dns;
	return 0;
}
