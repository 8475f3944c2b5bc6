/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rand.h - the one source of chance, so that a run can be repeated.
 */
#ifndef SOTTO_RAND_H
#define SOTTO_RAND_H

#include <stddef.h>
#include <stdint.h>

struct rand;

/* A source that reads the kernel's generator, buffered (mem_deref). */
struct rand *rand_system(void);

/* A source that gives the same values for the same SEED: tests only. */
struct rand *rand_seeded(uint64_t seed);

void rand_bytes(struct rand *rand, void *p, size_t n);
uint32_t rand_u32(struct rand *rand);

/* Evenly from 0 to N - 1; N > 0. */
uint32_t rand_below(struct rand *rand, uint32_t n);

/* LEN - 1 characters out of a-z, 0-9 and a NUL into BUF; about 5.1 bits
 * each, so 13 characters hold more than 64 bits. */
void rand_token(struct rand *rand, char *buf, size_t len);

/* A random UUID (RFC 4122 version 4) in lower case. */
void rand_uuid(struct rand *rand, char buf[37]);

#endif
