/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mbuf.h - a growing byte buffer with a maximum given at birth.
 *
 * Writes go to `end`, reads take from `pos`. A write over the maximum
 * returns ENOSPC, writes nothing and makes every later write fail too, so
 * that a run of writes is tested once with mbuf_err().
 */
#ifndef SOTTO_MBUF_H
#define SOTTO_MBUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "pl.h"

struct mbuf {
	uint8_t *buf;
	size_t size; /* bytes allocated */
	size_t pos;  /* next byte to read */
	size_t end;  /* one behind the last byte written */
	size_t max;  /* never more bytes than this */
	int err;     /* 0, or ENOSPC once a write did not fit */
};

/* An empty buffer that will hold at most MAX bytes (mem_deref). */
struct mbuf *mbuf_alloc(size_t max);

/* As mbuf_alloc(), with SIZE bytes ready at once, in the same block. */
struct mbuf *mbuf_alloc_size(size_t size, size_t max);

/* Append. 0, or ENOSPC. */
int mbuf_write_mem(struct mbuf *mb, const void *p, size_t n);
int mbuf_write_str(struct mbuf *mb, const char *s);
int mbuf_write_pl(struct mbuf *mb, const struct pl *pl);
int mbuf_write_u8(struct mbuf *mb, uint8_t v);
int mbuf_write_u32_dec(struct mbuf *mb, uint32_t v);
int mbuf_printf(struct mbuf *mb, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
int mbuf_vprintf(struct mbuf *mb, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

/* Makes room for N more bytes without writing them. */
int mbuf_reserve(struct mbuf *mb, size_t n);

/* The error of any write so far. */
int mbuf_err(const struct mbuf *mb);

/* What is between pos and end, and everything from 0 to end. */
struct pl mbuf_left(const struct mbuf *mb);
struct pl mbuf_all(const struct mbuf *mb);

/* Forgets the bytes before pos, moving the rest to the front. */
void mbuf_shift(struct mbuf *mb);

/* Empties it and clears the error; the memory is kept. */
void mbuf_reset(struct mbuf *mb);

/* The same; memory of more than KEEP bytes is given back. */
void mbuf_reset_keep(struct mbuf *mb, size_t keep);

/* The bytes from 0 to end as a NUL-terminated string (mem_deref). */
char *mbuf_strdup(const struct mbuf *mb);

#endif
