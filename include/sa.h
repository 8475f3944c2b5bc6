/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sa.h - a socket address (IPv4 or IPv6, with port) as a value. */
#ifndef SOTTO_SA_H
#define SOTTO_SA_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include "pl.h"

struct sa {
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} u;
	socklen_t len; /* 0: unset */
};

enum {
	SA_TEXT_SIZE = 64, /* "[address%scope]:port" and a NUL */
};

/* HOST is a numeric address, IPv6 with or without brackets. EINVAL. */
int sa_set(struct sa *sa, const struct pl *host, uint16_t port);
int sa_set_str(struct sa *sa, const char *host, uint16_t port);

/* "address:port", "[v6]:port", EINVAL otherwise; a missing port is
 * DEFAULT_PORT. */
int sa_decode(struct sa *sa, const struct pl *pl, uint16_t default_port);
void sa_set_sockaddr(struct sa *sa, const struct sockaddr *from, socklen_t len);

bool sa_isset(const struct sa *sa);
int sa_family(const struct sa *sa); /* AF_INET, AF_INET6, AF_UNSPEC */
uint16_t sa_port(const struct sa *sa);
void sa_set_port(struct sa *sa, uint16_t port);
bool sa_isany(const struct sa *sa);
bool sa_isloopback(const struct sa *sa);

/* Same family, address and, in the first, port. */
bool sa_eq(const struct sa *a, const struct sa *b);
bool sa_addr_eq(const struct sa *a, const struct sa *b);
uint32_t sa_hash(const struct sa *sa);

/* "127.0.0.1", "2001:db8::1" (no brackets); "127.0.0.1:5060",
 * "[2001:db8::1]:5060"; as a host in a SIP URI (IPv6 in brackets). BUF is
 * returned. */
const char *sa_addr_text(const struct sa *sa, char buf[SA_TEXT_SIZE]);
const char *sa_text(const struct sa *sa, char buf[SA_TEXT_SIZE]);
const char *sa_host_text(const struct sa *sa, char buf[SA_TEXT_SIZE]);

/* The local address that packets to DST would leave from (port 0); asks the
 * kernel's routes, sends nothing. Errno. */
int sa_local_for(struct sa *local, const struct sa *dst);

#endif
