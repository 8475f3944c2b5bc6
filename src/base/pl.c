/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pl.c - text as pointer and length. */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <strings.h>
#include "mem.h"
#include "pl.h"


int pl_printf_len(const struct pl *pl)
{
	return pl->p && pl->l <= INT_MAX ? (int)pl->l : 0;
}


struct pl pl_str(const char *s)
{
	return pl_make(s, s ? strlen(s) : 0);
}


struct pl pl_make(const char *p, size_t l)
{
	struct pl pl = {p, l};

	return pl;
}


bool pl_isset(const struct pl *pl)
{
	return pl->p && pl->l;
}


static int fold(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}


static int casecmp_n(const char *a, const char *b, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		int d = fold((unsigned char)a[i]) - fold((unsigned char)b[i]);

		if (d)
			return d;
	}
	return 0;
}


bool pl_eq(const struct pl *a, const struct pl *b)
{
	return a->l == b->l && (!a->l || !memcmp(a->p, b->p, a->l));
}


bool pl_caseeq(const struct pl *a, const struct pl *b)
{
	return a->l == b->l && (!a->l || !casecmp_n(a->p, b->p, a->l));
}


bool pl_streq(const struct pl *a, const char *s)
{
	struct pl b = pl_str(s);

	return pl_eq(a, &b);
}


bool pl_strcaseeq(const struct pl *a, const char *s)
{
	struct pl b = pl_str(s);

	return pl_caseeq(a, &b);
}


static int cmp_len(size_t a, size_t b)
{
	return a < b ? -1 : a > b;
}


int pl_cmp(const struct pl *a, const struct pl *b)
{
	size_t n = a->l < b->l ? a->l : b->l;
	int d = n ? memcmp(a->p, b->p, n) : 0;

	return d ? d : cmp_len(a->l, b->l);
}


int pl_casecmp(const struct pl *a, const struct pl *b)
{
	size_t n = a->l < b->l ? a->l : b->l;
	int d = casecmp_n(a->p, b->p, n);

	return d ? d : cmp_len(a->l, b->l);
}


const char *pl_chr(const struct pl *pl, char c)
{
	return pl->l ? memchr(pl->p, c, pl->l) : NULL;
}


const char *pl_find(const struct pl *pl, const struct pl *needle)
{
	if (!pl->l)
		return needle->l ? NULL : pl->p;
	return memmem(pl->p, pl->l, needle->p, needle->l);
}


const char *pl_casefind(const struct pl *pl, const struct pl *needle)
{
	size_t i;

	for (i = 0; needle->l <= pl->l && i <= pl->l - needle->l; i++) {
		if (!casecmp_n(pl->p + i, needle->p, needle->l))
			return pl->p + i;
	}
	return NULL;
}


bool pl_startswith(const struct pl *pl, const char *prefix)
{
	size_t n = strlen(prefix);

	return pl->l >= n && !memcmp(pl->p, prefix, n);
}


void pl_skip(struct pl *pl, size_t n)
{
	if (n > pl->l)
		n = pl->l;
	if (n) {
		pl->p += n;
		pl->l -= n;
	}
}


static bool is_lws(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}


struct pl pl_trim(const struct pl *pl)
{
	struct pl t = *pl;

	while (t.l && is_lws(t.p[0])) {
		++t.p;
		--t.l;
	}
	while (t.l && is_lws(t.p[t.l - 1]))
		--t.l;
	return t;
}


bool pl_split(struct pl *pl, char c, struct pl *head)
{
	const char *at = pl_chr(pl, c);

	*head = *pl;
	if (!at) {
		*pl = pl_make(NULL, 0);
		return false;
	}
	head->l = (size_t)(at - pl->p);
	pl_skip(pl, head->l + 1);
	return true;
}


int pl_u64(const struct pl *pl, uint64_t *v)
{
	uint64_t n = 0;
	size_t i;

	if (!pl_isset(pl))
		return EINVAL;
	for (i = 0; i < pl->l; i++) {
		if (pl->p[i] < '0' || pl->p[i] > '9')
			return EINVAL;
	}
	for (i = 0; i < pl->l; i++) {
		if (__builtin_mul_overflow(n, (uint64_t)10, &n) ||
			__builtin_add_overflow(
				n, (uint64_t)(pl->p[i] - '0'), &n))
			return ERANGE;
	}
	*v = n;
	return 0;
}


int pl_u32(const struct pl *pl, uint32_t *v)
{
	uint64_t n;
	int err = pl_u64(pl, &n);

	if (err)
		return err;
	if (n > UINT32_MAX)
		return ERANGE;
	*v = (uint32_t)n;
	return 0;
}


char *pl_strdup(const struct pl *pl)
{
	return mem_strndup(pl->p, pl->p ? pl->l : 0);
}
