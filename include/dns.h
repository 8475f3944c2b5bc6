/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dns.h - asynchronous A, AAAA, SRV and NAPTR over c-ares, TTLs obeyed,
 * answers cached for their TTL (negative ones for 30 s).
 */
#ifndef SOTTO_DNS_H
#define SOTTO_DNS_H

#include <stddef.h>
#include <stdint.h>
#include "log.h"
#include "loop.h"
#include "sa.h"

struct dns;
struct dns_query;

struct dns_srv {
	uint16_t priority;
	uint16_t weight;
	uint16_t port;
	char *target; /* without final dot; "" is "." (no such service) */
};

struct dns_naptr {
	uint16_t order;
	uint16_t preference;
	char *flags;
	char *service;
	char *regexp;
	char *replacement;
};

/* ERR 0 with N > 0 records, or ENOENT (no such name or record), ETIMEDOUT,
 * EAGAIN (server failure). Records are borrowed. Called from the loop. */
typedef void(dns_srv_h)(int err, const struct dns_srv *srv, size_t n,
	void *arg);
typedef void(dns_naptr_h)(int err, const struct dns_naptr *naptr, size_t n,
	void *arg);
typedef void(dns_addr_h)(int err, const struct sa *addrs, size_t n, void *arg);

/* SERVERS: "address[:port],..." instead of resolv.conf; NULL: system's, read
 * again when it changes. EINVAL: SERVERS is no such list. */
int dns_alloc(struct dns **dnsp, struct loop *loop, struct log *log,
	const char *servers);

/* mem_deref() of *QP cancels: the handler is not called; *QP is the caller's
 * to release after the answer too. */
int dns_srv(struct dns_query **qp, struct dns *dns, const char *name,
	dns_srv_h *h, void *arg);
int dns_naptr(struct dns_query **qp, struct dns *dns, const char *name,
	dns_naptr_h *h, void *arg);

/* A and AAAA side by side, /etc/hosts first; IPv4 and IPv6 interleaved,
 * IPv6 first, port 0. When one of the two has an answer, the other gets
 * 300 ms more. */
int dns_addr(struct dns_query **qp, struct dns *dns, const char *name,
	dns_addr_h *h, void *arg);

#endif
