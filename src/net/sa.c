/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sa.c - a socket address (IPv4 or IPv6, with port) as a value. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "sa.h"


enum {
	DISCARD_PORT = 9,
};


/* The number or the interface that stands behind '%' in an address. */
static int decode_scope(uint32_t *scope, const struct pl *pl)
{
	char name[IF_NAMESIZE];

	if (!pl_u32(pl, scope))
		return *scope ? 0 : EINVAL;
	if (!pl->l || pl->l >= sizeof(name))
		return EINVAL;
	memcpy(name, pl->p, pl->l);
	name[pl->l] = '\0';
	*scope = if_nametoindex(name);
	return *scope ? 0 : EINVAL;
}


static int set_in6(struct sa *sa, const struct pl *host, uint16_t port)
{
	struct pl left = *host, addr;
	char text[INET6_ADDRSTRLEN];
	struct sa v = {0};
	uint32_t scope = 0;

	if (pl_split(&left, '%', &addr) && decode_scope(&scope, &left))
		return EINVAL;
	if (addr.l >= sizeof(text))
		return EINVAL;
	memcpy(text, addr.p, addr.l);
	text[addr.l] = '\0';
	if (strlen(text) != addr.l ||
		inet_pton(AF_INET6, text, &v.u.in6.sin6_addr) != 1)
		return EINVAL;
	v.u.in6.sin6_family = AF_INET6;
	v.u.in6.sin6_port = htons(port);
	v.u.in6.sin6_scope_id = scope;
	v.len = sizeof(v.u.in6);
	*sa = v;
	return 0;
}


static int set_in(struct sa *sa, const struct pl *host, uint16_t port)
{
	char text[INET_ADDRSTRLEN];
	struct sa v = {0};

	if (host->l >= sizeof(text))
		return EINVAL;
	memcpy(text, host->p, host->l);
	text[host->l] = '\0';
	if (strlen(text) != host->l ||
		inet_pton(AF_INET, text, &v.u.in.sin_addr) != 1)
		return EINVAL;
	v.u.in.sin_family = AF_INET;
	v.u.in.sin_port = htons(port);
	v.len = sizeof(v.u.in);
	*sa = v;
	return 0;
}


int sa_set(struct sa *sa, const struct pl *host, uint16_t port)
{
	struct pl h = *host;

	if (!pl_isset(&h))
		return EINVAL;
	if (h.p[0] == '[') {
		if (h.p[h.l - 1] != ']' || h.l < 3)
			return EINVAL;
		h = pl_make(h.p + 1, h.l - 2);
		return set_in6(sa, &h, port);
	}
	return pl_chr(&h, ':') ? set_in6(sa, &h, port) : set_in(sa, &h, port);
}


int sa_set_str(struct sa *sa, const char *host, uint16_t port)
{
	struct pl pl = pl_str(host);

	return sa_set(sa, &pl, port);
}


/* Where the host of "host[:port]" ends. */
static size_t host_len(const struct pl *pl)
{
	const char *at = pl_chr(pl, ':');
	struct pl rest = *pl;

	if (pl->l && pl->p[0] == '[') {
		at = pl_chr(pl, ']');
		return at ? (size_t)(at - pl->p) + 1 : pl->l;
	}
	if (!at)
		return pl->l;
	/* More than one colon: an IPv6 address without brackets or port. */
	pl_skip(&rest, (size_t)(at - pl->p) + 1);
	return pl_chr(&rest, ':') ? pl->l : (size_t)(at - pl->p);
}


int sa_decode(struct sa *sa, const struct pl *pl, uint16_t default_port)
{
	struct pl host = *pl, port = *pl;
	uint32_t n = default_port;

	host.l = host_len(pl);
	pl_skip(&port, host.l);
	if (port.l) {
		if (port.p[0] != ':')
			return EINVAL;
		pl_skip(&port, 1);
		if (pl_u32(&port, &n) || n > UINT16_MAX)
			return EINVAL;
	}
	return sa_set(sa, &host, (uint16_t)n);
}


void sa_set_sockaddr(struct sa *sa, const struct sockaddr *from, socklen_t len)
{
	memset(sa, 0, sizeof(*sa));
	if ((size_t)len < sizeof(from->sa_family))
		return;
	if (from->sa_family == AF_INET && len >= sizeof(sa->u.in))
		sa->len = sizeof(sa->u.in);
	else if (from->sa_family == AF_INET6 && len >= sizeof(sa->u.in6))
		sa->len = sizeof(sa->u.in6);
	if (sa->len)
		memcpy(&sa->u, from, sa->len);
}


bool sa_isset(const struct sa *sa)
{
	return sa->len;
}


int sa_family(const struct sa *sa)
{
	return sa->len ? sa->u.sa.sa_family : AF_UNSPEC;
}


uint16_t sa_port(const struct sa *sa)
{
	switch (sa_family(sa)) {
	case AF_INET:
		return ntohs(sa->u.in.sin_port);
	case AF_INET6:
		return ntohs(sa->u.in6.sin6_port);
	}
	return 0;
}


void sa_set_port(struct sa *sa, uint16_t port)
{
	if (sa_family(sa) == AF_INET)
		sa->u.in.sin_port = htons(port);
	else if (sa_family(sa) == AF_INET6)
		sa->u.in6.sin6_port = htons(port);
}


bool sa_isany(const struct sa *sa)
{
	switch (sa_family(sa)) {
	case AF_INET:
		return sa->u.in.sin_addr.s_addr == htonl(INADDR_ANY);
	case AF_INET6:
		return IN6_IS_ADDR_UNSPECIFIED(&sa->u.in6.sin6_addr);
	}
	return false;
}


bool sa_isloopback(const struct sa *sa)
{
	switch (sa_family(sa)) {
	case AF_INET:
		return ntohl(sa->u.in.sin_addr.s_addr) >> 24 == 127;
	case AF_INET6:
		return IN6_IS_ADDR_LOOPBACK(&sa->u.in6.sin6_addr);
	}
	return false;
}


bool sa_eq(const struct sa *a, const struct sa *b)
{
	return sa_addr_eq(a, b) && sa_port(a) == sa_port(b);
}


bool sa_addr_eq(const struct sa *a, const struct sa *b)
{
	if (sa_family(a) != sa_family(b))
		return false;
	switch (sa_family(a)) {
	case AF_INET:
		return a->u.in.sin_addr.s_addr == b->u.in.sin_addr.s_addr;
	case AF_INET6:
		return IN6_ARE_ADDR_EQUAL(
			       &a->u.in6.sin6_addr, &b->u.in6.sin6_addr) &&
			a->u.in6.sin6_scope_id == b->u.in6.sin6_scope_id;
	}
	return true;
}


uint32_t sa_hash(const struct sa *sa)
{
	const uint8_t *p = NULL;
	uint32_t hash = 2166136261u; /* FNV-1a */
	size_t i, n = 0;

	if (sa_family(sa) == AF_INET) {
		p = (const uint8_t *)&sa->u.in.sin_addr;
		n = sizeof(sa->u.in.sin_addr);
	} else if (sa_family(sa) == AF_INET6) {
		p = (const uint8_t *)&sa->u.in6.sin6_addr;
		n = sizeof(sa->u.in6.sin6_addr);
	}
	for (i = 0; i < n; i++)
		hash = (hash ^ p[i]) * 16777619u;
	return (hash ^ sa_port(sa)) * 16777619u;
}


/* By hand: inet_ntop() goes through printf(), and each request and response
 * needs its peer's address. */
static void v4_text(const struct in_addr *addr, char *p)
{
	const uint8_t *bytes = (const uint8_t *)addr;
	unsigned i, v;

	for (i = 0; i < 4; i++) {
		v = bytes[i];
		if (v >= 100)
			*p++ = (char)('0' + v / 100);
		if (v >= 10)
			*p++ = (char)('0' + v / 10 % 10);
		*p++ = (char)('0' + v % 10);
		*p++ = '.';
	}
	p[-1] = '\0';
}


static const char *bare_text(const struct sa *sa, char buf[INET6_ADDRSTRLEN])
{
	buf[0] = '\0';
	if (sa_family(sa) == AF_INET)
		v4_text(&sa->u.in.sin_addr, buf);
	else if (sa_isset(sa))
		(void)inet_ntop(
			AF_INET6, &sa->u.in6.sin6_addr, buf, INET6_ADDRSTRLEN);
	return buf;
}


const char *sa_addr_text(const struct sa *sa, char buf[SA_TEXT_SIZE])
{
	char addr[INET6_ADDRSTRLEN];
	uint32_t scope = 0;

	if (sa_family(sa) == AF_INET6)
		scope = sa->u.in6.sin6_scope_id;
	if (scope)
		(void)snprintf(buf, SA_TEXT_SIZE, "%s%%%u", bare_text(sa, addr),
			scope);
	else
		(void)bare_text(sa, buf);
	return buf;
}


const char *sa_text(const struct sa *sa, char buf[SA_TEXT_SIZE])
{
	bool v6 = sa_family(sa) == AF_INET6;
	char addr[SA_TEXT_SIZE];

	(void)sa_addr_text(sa, addr);
	(void)snprintf(buf, SA_TEXT_SIZE, "%s%.48s%s:%u", v6 ? "[" : "", addr,
		v6 ? "]" : "", (unsigned)sa_port(sa));
	return buf;
}


const char *sa_host_text(const struct sa *sa, char buf[SA_TEXT_SIZE])
{
	bool v6 = sa_family(sa) == AF_INET6;
	char addr[INET6_ADDRSTRLEN];

	/* A scope means nothing to anybody else. */
	(void)snprintf(buf, SA_TEXT_SIZE, "%s%s%s", v6 ? "[" : "",
		bare_text(sa, addr), v6 ? "]" : "");
	return buf;
}


int sa_local_for(struct sa *local, const struct sa *dst)
{
	struct sockaddr_storage ss = {0};
	socklen_t len = sizeof(ss);
	struct sa to = *dst;
	int err = 0;
	int fd;

	if (!sa_port(&to))
		sa_set_port(&to, DISCARD_PORT);
	fd = socket(sa_family(&to), SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return errno;
	/* Connecting a datagram socket looks a route up and sends nothing. */
	if (connect(fd, &to.u.sa, to.len) ||
		getsockname(fd, (struct sockaddr *)&ss, &len))
		err = errno;
	(void)close(fd);
	if (err)
		return err;
	sa_set_sockaddr(local, (struct sockaddr *)&ss, len);
	sa_set_port(local, 0);
	return 0;
}
