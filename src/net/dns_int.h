/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dns_int.h - answers of the domain name system and their cache. */
#ifndef SOTTO_DNS_INT_H
#define SOTTO_DNS_INT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "dns.h"
#include "list.h"
#include "pl.h"
#include "sa.h"

enum dns_type {
	DNS_A = 1,
	DNS_CNAME = 5,
	DNS_AAAA = 28,
	DNS_SRV = 33,
	DNS_NAPTR = 35,
};

enum {
	DNS_NAME_MAX = 253, /* bytes of a name without final dot */
	DNS_NAME_SIZE = DNS_NAME_MAX + 1,
};

/* Records of one type, refcounted, or why there are none. */
struct dns_answer {
	enum dns_type type;
	int err;
	uint32_t ttl; /* seconds; the least of all records on the way */
	size_t n;
	struct sa *addrs; /* one of the three */
	struct dns_srv *srv;
	struct dns_naptr *naptr;
};

struct dns_answer *dns_answer_error(enum dns_type type, int err, uint32_t ttl);

/* The records of TYPE in the N bytes of a response. ENOENT within *AP if it
 * has none. EBADMSG: it is none. */
int dns_answer_decode(
	struct dns_answer **ap, enum dns_type type, const uint8_t *p, size_t n);

/* Copies NAME in lower case, without final dot; EINVAL if it is no name that
 * a host or service may have. */
int dns_name_normalise(char buf[DNS_NAME_SIZE], const char *name);

/* What a query wants of one lookup. */
struct dns_part {
	struct le le; /* in the lookup while it waits */
	struct dns_query *query;
	struct dns_answer *answer; /* NULL while it waits */
	void (*done)(struct dns_part *part);
};

/* The answer at once (a reference), or NULL: then PART waits, until its
 * DONE is called, maybe before this returns, or it is unlinked. */
struct dns_answer *dns_look_up(struct dns *dns, enum dns_type type,
	const char *name, struct dns_part *part);

/* What the hosts file has for NAME; ENOENT within. */
struct dns_answer *dns_hosts(
	struct dns *dns, enum dns_type type, const char *name);

struct loop *dns_loop(const struct dns *dns);

struct dns_cache;

struct dns_cache *dns_cache_alloc(void);
void dns_cache_flush(struct dns_cache *cache);

/* The answer kept for NAME, or NULL; a reference for the caller. NOW in
 * milliseconds. */
struct dns_answer *dns_cache_get(struct dns_cache *cache, enum dns_type type,
	const char *name, uint64_t now);

/* Keeps ANSWER for its TTL, at most a day; the oldest go when there are too
 * many. */
void dns_cache_put(struct dns_cache *cache, const char *name,
	struct dns_answer *answer, uint64_t now);

#endif
