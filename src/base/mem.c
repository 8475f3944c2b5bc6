/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mem.c - refcounted memory blocks with destructors. */
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include "mem.h"


enum {
	TRIM_MIN = 256 * 1024, /* bytes of a document */
};

/* In front of every block; aligned so that the data behind it is too. */
struct mem {
	_Alignas(max_align_t) uint32_t nrefs;
	mem_destroy_h *destroy;
};


/*
 * The two variables of the program that are not in an object: a count that
 * tests compare, and the last word before the end. Both belong to the
 * process as a whole, as the heap does.
 */
static atomic_size_t live_count;
static const struct mem_last *_Atomic oom_last;


static struct mem *head_of(const void *data)
{
	return (struct mem *)((uintptr_t)data - sizeof(struct mem));
}


_Noreturn void mem_oom(void)
{
	static const char text[] = "sotto: out of memory\n";
	const struct mem_last *last = atomic_load(&oom_last);

	if (last)
		last->run(last->arg);
	(void)fwrite(text, 1, sizeof(text) - 1, stderr);
	_Exit(EX_OSERR);
}


void *mem_alloc(size_t size, mem_destroy_h *destroy)
{
	struct mem *m;

	if (size > SIZE_MAX - sizeof(*m))
		mem_oom();
	m = malloc(sizeof(*m) + size);
	if (!m)
		mem_oom();
	m->nrefs = 1;
	m->destroy = destroy;
	atomic_fetch_add_explicit(&live_count, 1, memory_order_relaxed);
	return m + 1;
}


void *mem_alloc_clear(size_t size, size_t clear, mem_destroy_h *destroy)
{
	return memset(mem_alloc(size, destroy), 0, clear);
}


void *mem_zalloc(size_t size, mem_destroy_h *destroy)
{
	return mem_alloc_clear(size, size, destroy);
}


void *mem_reallocarray(void *data, size_t n, size_t size)
{
	struct mem *m;
	size_t total;

	if (__builtin_mul_overflow(n, size, &total) ||
		total > SIZE_MAX - sizeof(*m))
		mem_oom();
	if (!data)
		return mem_alloc(total, NULL);
	m = realloc(head_of(data), sizeof(*m) + total);
	if (!m)
		mem_oom();
	return m + 1;
}


void *mem_ref(void *data)
{
	if (data)
		++head_of(data)->nrefs;
	return data;
}


void *mem_deref(void *data)
{
	struct mem *m;

	if (!data)
		return NULL;
	m = head_of(data);
	if (--m->nrefs > 0)
		return NULL;
	if (m->destroy)
		m->destroy(data);
	/* A destructor may hand its object on by taking a reference. */
	if (m->nrefs > 0)
		return NULL;
	atomic_fetch_sub_explicit(&live_count, 1, memory_order_relaxed);
	free(m);
	return NULL;
}


uint32_t mem_nrefs(const void *data)
{
	return data ? head_of(data)->nrefs : 0;
}


char *mem_strndup(const char *p, size_t n)
{
	char *s = mem_alloc(n + 1, NULL);

	if (n)
		memcpy(s, p, n);
	s[n] = '\0';
	return s;
}


char *mem_strdup(const char *s)
{
	return s ? mem_strndup(s, strlen(s)) : NULL;
}


char *mem_strshare(char **last, const char *s)
{
	if (!s)
		return NULL;
	if (!*last || strcmp(*last, s) != 0) {
		mem_deref(*last);
		*last = mem_strdup(s);
	}
	return mem_ref(*last);
}


char *mem_printf(const char *fmt, ...)
{
	va_list ap, again;
	char *s;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		mem_oom();
	s = mem_alloc((size_t)n + 1, NULL);
	(void)vsnprintf(s, (size_t)n + 1, fmt, again);
	va_end(again);
	return s;
}


void mem_trim(size_t bytes)
{
#ifdef __GLIBC__
	if (bytes >= TRIM_MIN)
		(void)malloc_trim(0);
#else
	(void)bytes;
#endif
}


void mem_wipe(void *p, size_t n)
{
	if (p)
		explicit_bzero(p, n);
}


static void secret_destructor(void *data)
{
	mem_wipe(data, strlen(data));
}


char *mem_secret_strndup(const char *p, size_t n)
{
	const char *nul = n ? memchr(p, '\0', n) : NULL;
	char *s;

	/* Wiping goes to the first NUL, so nothing may stand behind one. */
	if (nul)
		n = (size_t)(nul - p);
	s = mem_alloc(n + 1, secret_destructor);
	if (n)
		memcpy(s, p, n);
	s[n] = '\0';
	return s;
}


size_t mem_live_count(void)
{
	return atomic_load_explicit(&live_count, memory_order_relaxed);
}


void mem_oom_handler(const struct mem_last *last)
{
	atomic_store(&oom_last, last);
}
