/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * unit.h - what the unit tests share: one file per source file, each with a
 * `int test_NAME(void)` that runs its cmocka group; one program per floor,
 * whose main.c runs them with UNIT_MAIN.
 */
#ifndef SOTTO_UNIT_H
#define SOTTO_UNIT_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "mem.h"
#include "pl.h"

typedef int(unit_group)(void);

/* Runs every group; the blocks alive afterwards must be those alive
 * before. */
static inline int unit_run(unit_group *const *groups, size_t n)
{
	size_t before = mem_live_count();
	int failed = 0;
	size_t i;

	for (i = 0; i < n; i++)
		failed += groups[i]();
	if (mem_live_count() != before) {
		fprintf(stderr, "blocks leaked: %zu\n",
			mem_live_count() - before);
		failed++;
	}
	return failed ? 1 : 0;
}

#define UNIT_MAIN(...)                                                         \
	int main(void)                                                         \
	{                                                                      \
		static unit_group *const groups[] = {__VA_ARGS__};             \
		return unit_run(groups, sizeof(groups) / sizeof(groups[0]));   \
	}

/* Compares a struct pl with a C string and shows both on failure. */
#define assert_pl(pl_, expected_)                                              \
	do {                                                                   \
		struct pl unit_pl_ = (pl_);                                    \
		char *unit_s_ = pl_strdup(&unit_pl_);                          \
		assert_string_equal(unit_s_, expected_);                       \
		mem_deref(unit_s_);                                            \
	} while (0)

#define UNIT_N(array_) (sizeof(array_) / sizeof((array_)[0]))

#endif
