/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mbuf.c - a growing byte buffer with a maximum given at birth. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "mbuf.h"
#include "mem.h"


enum {
	FIRST_SIZE = 256,
};


/* Bytes asked for at birth stand behind the struct, in its block: a buffer
 * that never grows costs one heap call. */
static uint8_t *born(struct mbuf *mb)
{
	return (uint8_t *)(mb + 1);
}


static void mbuf_destructor(void *data)
{
	struct mbuf *mb = data;

	if (mb->buf != born(mb))
		mem_deref(mb->buf);
}


struct mbuf *mbuf_alloc(size_t max)
{
	struct mbuf *mb = mem_zalloc(sizeof(*mb), mbuf_destructor);

	mb->max = max;
	return mb;
}


struct mbuf *mbuf_alloc_size(size_t size, size_t max)
{
	struct mbuf *mb;
	size_t total;

	if (!size)
		return mbuf_alloc(max);
	if (__builtin_add_overflow(sizeof(*mb), size, &total))
		mem_oom();
	mb = mem_alloc(total, mbuf_destructor);
	*mb = (struct mbuf){
		.buf = born(mb), .size = size, .max = max < size ? size : max};
	return mb;
}


static void grow(struct mbuf *mb, size_t size)
{
	uint8_t *buf;

	if (mb->buf == born(mb)) {
		buf = mem_alloc(size, NULL);
		memcpy(buf, mb->buf, mb->end);
		mb->buf = buf;
	} else {
		mb->buf = mem_reallocarray(mb->buf, size, 1);
	}
	mb->size = size;
}


int mbuf_reserve(struct mbuf *mb, size_t n)
{
	size_t size;

	if (mb->err)
		return mb->err;
	if (n > mb->max || mb->end > mb->max - n)
		return mb->err = ENOSPC;
	if (mb->end + n <= mb->size)
		return 0;
	size = mb->size > mb->max / 2 ? mb->max : mb->size * 2;
	if (size < FIRST_SIZE && mb->max >= FIRST_SIZE)
		size = FIRST_SIZE;
	if (size < mb->end + n)
		size = mb->end + n;
	grow(mb, size);
	return 0;
}


int mbuf_write_mem(struct mbuf *mb, const void *p, size_t n)
{
	int err = mbuf_reserve(mb, n);

	if (err || !n)
		return err;
	memcpy(mb->buf + mb->end, p, n);
	mb->end += n;
	return 0;
}


int mbuf_write_str(struct mbuf *mb, const char *s)
{
	return mbuf_write_mem(mb, s, strlen(s));
}


int mbuf_write_pl(struct mbuf *mb, const struct pl *pl)
{
	return mbuf_write_mem(mb, pl->p, pl->p ? pl->l : 0);
}


int mbuf_write_u8(struct mbuf *mb, uint8_t v)
{
	return mbuf_write_mem(mb, &v, 1);
}


int mbuf_write_u32_dec(struct mbuf *mb, uint32_t v)
{
	char text[10];
	size_t i = sizeof(text);

	do {
		text[--i] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	return mbuf_write_mem(mb, text + i, sizeof(text) - i);
}


int mbuf_vprintf(struct mbuf *mb, const char *fmt, va_list ap)
{
	va_list again;
	int n, err;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	/* vsnprintf() wants room for its NUL, which is not kept. */
	err = n < 0 ? EINVAL : mbuf_reserve(mb, (size_t)n);
	if (!err && mb->size - mb->end < (size_t)n + 1)
		grow(mb, mb->size + 1);
	if (!err) {
		(void)vsnprintf(
			(char *)mb->buf + mb->end, (size_t)n + 1, fmt, again);
		mb->end += (size_t)n;
	}
	va_end(again);
	return err;
}


int mbuf_printf(struct mbuf *mb, const char *fmt, ...)
{
	va_list ap;
	int err;

	va_start(ap, fmt);
	err = mbuf_vprintf(mb, fmt, ap);
	va_end(ap);
	return err;
}


int mbuf_err(const struct mbuf *mb)
{
	return mb->err;
}


struct pl mbuf_left(const struct mbuf *mb)
{
	return pl_make(mb->buf ? (const char *)mb->buf + mb->pos : NULL,
		mb->end - mb->pos);
}


struct pl mbuf_all(const struct mbuf *mb)
{
	return pl_make((const char *)mb->buf, mb->end);
}


void mbuf_shift(struct mbuf *mb)
{
	if (!mb->pos)
		return;
	memmove(mb->buf, mb->buf + mb->pos, mb->end - mb->pos);
	mb->end -= mb->pos;
	mb->pos = 0;
}


void mbuf_reset(struct mbuf *mb)
{
	mb->pos = mb->end = 0;
	mb->err = 0;
}


void mbuf_reset_keep(struct mbuf *mb, size_t keep)
{
	mbuf_reset(mb);
	if (mb->size <= keep || mb->buf == born(mb))
		return;
	mb->buf = mem_deref(mb->buf);
	mb->size = 0;
}


char *mbuf_strdup(const struct mbuf *mb)
{
	return mem_strndup((const char *)mb->buf, mb->end);
}
