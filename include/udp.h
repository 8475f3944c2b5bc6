/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * udp.h - datagram sockets: ours, watched by the loop, because packet
 * information (the local address that a datagram came to) and the error
 * queue (ICMP) are needed.
 */
#ifndef SOTTO_UDP_H
#define SOTTO_UDP_H

#include <stddef.h>
#include <stdint.h>
#include "loop.h"
#include "sa.h"

struct udp;

/* A datagram of N bytes from SRC that came to the local address DST. */
typedef void(udp_recv_h)(const struct sa *src, const struct sa *dst,
	const uint8_t *p, size_t n, void *arg);

/* ICMP told ERR (ECONNREFUSED, EHOSTUNREACH, ...) about what was sent to PEER:
 * it begins with the N bytes at P; N may be 0. */
typedef void(udp_error_h)(const struct sa *peer, int err, const uint8_t *p,
	size_t n, void *arg);

/* Opens a socket at LOCAL (port 0: any free one). Errno. mem_deref()
 * closes. */
int udp_open(struct udp **up, struct loop *loop, const struct sa *local,
	udp_recv_h *recvh, udp_error_h *errorh, void *arg);

/* The bound address. */
const struct sa *udp_local(const struct udp *udp);

/* Sends at once. SRC (may be NULL) is the local address to send from, as
 * reported by udp_recv_h. EAGAIN: the kernel's buffer is full; other
 * errno. */
int udp_send(struct udp *udp, const struct sa *src, const struct sa *dst,
	const void *p, size_t n);

#endif
