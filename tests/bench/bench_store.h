/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_store.h - what the store's benchmark and its peer share. */
#ifndef SOTTO_BENCH_STORE_H
#define SOTTO_BENCH_STORE_H

#include <stddef.h>
#include "rand.h"

double bench_now(void); /* ms */
void bench_die(const char *what);

/* Sorts the N times at MS and prints median and 99th percentile. */
void bench_report(const char *what, double *ms, size_t n, size_t found);

/* Writes the next text to TEXT (600 bytes) and returns its length. */
size_t bench_text(char *text, struct rand *rand);

/* The same with a plain database: N messages in a table ordered by a column of
 * times, an index on it, and a word index that has it as its content. */
void bench_peer(const char *dir, unsigned n);

#endif
