/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz.h - what the fuzz targets share. A target is a libFuzzer program
 * where configured with --enable-fuzzing, and a program that replays files
 * everywhere (replay.c).
 */
#ifndef SOTTO_FUZZ_H
#define SOTTO_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include "pl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Stands in every build, with NDEBUG too. */
#define MUST(condition)                                                \
	do {                                                           \
		if (!(condition)) {                                    \
			(void)fprintf(stderr, "%s:%d: %s\n", __FILE__, \
				__LINE__, #condition);                 \
			abort();                                       \
		}                                                      \
	} while (0)


/* PL is unset or inside ALL. */
static inline void must_be_inside(const struct pl *pl, const struct pl *all)
{
	if (!pl->p)
		return;
	MUST(pl->p >= all->p);
	MUST(pl->p <= all->p + all->l);
	MUST(pl->l <= (size_t)(all->p + all->l - pl->p));
}

#endif
