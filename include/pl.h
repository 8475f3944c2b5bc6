/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pl.h - text as pointer and length.
 *
 * A `struct pl` borrows its bytes: it never owns and never frees, and must
 * not outlive the buffer that it points into. The bytes need not end in NUL
 * and may hold any value. Text from outside stays in this form.
 */
#ifndef SOTTO_PL_H
#define SOTTO_PL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pl {
	const char *p;
	size_t l; /* bytes */
};

/* An initialiser from a string literal, and one for "no text". */
#define PL(literal)                                                            \
	{                                                                      \
		(literal), sizeof(literal) - 1                                 \
	}
#define PL_INIT                                                                \
	{                                                                      \
		NULL, 0                                                        \
	}

/* For printf: "%.*s", PL_ARG(&pl). Longer than INT_MAX prints nothing. */
#define PL_ARG(pl_) pl_printf_len(pl_), ((pl_)->p ? (pl_)->p : "")
int pl_printf_len(const struct pl *pl);

/* PL of a C string (NULL: no text) and of P, L. */
struct pl pl_str(const char *s);
struct pl pl_make(const char *p, size_t l);

/* True where there is text: pointer set and length not zero. */
bool pl_isset(const struct pl *pl);

/* Equality, bytes or ASCII case folded. NULL pointers count as "". */
bool pl_eq(const struct pl *a, const struct pl *b);
bool pl_caseeq(const struct pl *a, const struct pl *b);
bool pl_streq(const struct pl *a, const char *s);
bool pl_strcaseeq(const struct pl *a, const char *s);

/* Order as strcmp() and strcasecmp() would give it. */
int pl_cmp(const struct pl *a, const struct pl *b);
int pl_casecmp(const struct pl *a, const struct pl *b);

/* First C in PL, or NULL; first NEEDLE in PL, case folded or not, or NULL. */
const char *pl_chr(const struct pl *pl, char c);
const char *pl_find(const struct pl *pl, const struct pl *needle);
const char *pl_casefind(const struct pl *pl, const struct pl *needle);
bool pl_startswith(const struct pl *pl, const char *prefix);

/* Drops the first N bytes, all of them if there are fewer. */
void pl_skip(struct pl *pl, size_t n);

/* Without SP, HT, CR and LF at either end. */
struct pl pl_trim(const struct pl *pl);

/* Splits PL at the first C: HEAD gets what is before it, PL keeps what is
 * behind. False at the end, when HEAD got all that was left and PL is empty
 * and unset; a PL that is already unset gives false and an unset HEAD. */
bool pl_split(struct pl *pl, char c, struct pl *head);

/* Decimal digits alone to a number. EINVAL: empty or another byte; ERANGE:
 * more than fits. *V is written only on success. */
int pl_u32(const struct pl *pl, uint32_t *v);
int pl_u64(const struct pl *pl, uint64_t *v);

/* A NUL-terminated copy, owned by the caller (mem_deref). */
char *pl_strdup(const struct pl *pl);

#endif
