/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * memnet.h - a network in memory with a clock of its own: what struct sip_net
 * promises, made of lists and chance that can be repeated.
 *
 * A world (struct memnet) has one virtual clock, one seed and any number of
 * hosts. memnet_net(host) is the table that a stack on that host gets,
 * memnet_tmrs() its timers, memnet_rand() its chance. Nothing happens but in
 * memnet_run(): it moves the clock from event to event, so hours pass in
 * no time and the same seed gives the same run.
 *
 *   datagrams   lost, doubled, delayed (and so reordered) by the faults; to
 *               a port where nobody listens: error(ECONNREFUSED) unless
 *               icmp is off; to an address of no host: silence
 *   streams     in order and never lost, delayed, cut into chunks; connect
 *               to no listener: down(ECONNREFUSED); to no host or over a
 *               cut: silence. mem_deref() of one end: what it sent arrives,
 *               then down(0) at the other
 *   TLS         `tls` is never looked into (any block will do): the
 *               listener's host proves memnet_set_names(); a client that
 *               verifies and accepts none of them gets down(EPROTO)
 *   a cut       between two hosts swallows datagrams and holds streams
 *               until it is healed
 *
 * No handler is ever called from within an operation of the table.
 */
#ifndef SOTTO_TEST_MEMNET_H
#define SOTTO_TEST_MEMNET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "rand.h"
#include "sip.h"
#include "tmr.h"

struct memnet;
struct memnet_host;

/* Parts are of 1000; times are milliseconds. All zero: a perfect network
 * without delay. */
struct memnet_faults {
	uint32_t loss; /* datagrams that vanish */
	uint32_t twice; /* datagrams that arrive twice */
	uint32_t delay_min; /* of each datagram and piece of a stream */
	uint32_t delay_max; /* different from delay_min: reordering */
	size_t chunk; /* bytes of a stream at once; 0: as sent */
	bool no_icmp;
};

struct memnet_stats {
	uint64_t datagrams; /* sent */
	uint64_t lost;
	uint64_t doubled;
	uint64_t bytes; /* of streams */
	uint64_t connects;
};

/* A world; everything else here is part of it (mem_deref last). */
int memnet_alloc(struct memnet **mp, uint64_t seed);
struct tmrs *memnet_tmrs(const struct memnet *mn);
struct rand *memnet_rand(const struct memnet *mn);
uint64_t memnet_now(const struct memnet *mn); /* since birth */
void memnet_set_faults(struct memnet *mn, const struct memnet_faults *faults);
const struct memnet_stats *memnet_stats(const struct memnet *mn);

/* A host with a numeric address (IPv4 or IPv6); owned by the world. A second
 * address of the other family may follow. */
struct memnet_host *memnet_host(struct memnet *mn, const char *addr);
int memnet_host_add_addr(struct memnet_host *host, const char *addr);
const struct sip_net *memnet_net(const struct memnet_host *host);

/* What a certificate of HOST proves: NULL-terminated, borrowed. */
void memnet_set_names(struct memnet_host *host, const char *const *names);

/* Cuts or heals the path between A and B; resets their connections. */
void memnet_cut(struct memnet_host *a, struct memnet_host *b, bool cut);
void memnet_reset(struct memnet_host *a, struct memnet_host *b);

/* Shows every datagram and piece of a stream when it is sent. */
typedef void(memnet_tap_h)(bool stream, const struct sa *src,
	const struct sa *dst, const void *p, size_t n, void *arg);
void memnet_set_tap(struct memnet *mn, memnet_tap_h *tap, void *arg);

/* Lets MS of virtual time pass. */
void memnet_run(struct memnet *mn, uint64_t ms);

/* Runs until DONE says so or MS are over: what DONE said last. */
bool memnet_run_until(
	struct memnet *mn, uint64_t ms, bool (*done)(void *arg), void *arg);

#endif
