/* SPDX-License-Identifier: GPL-3.0-or-later */
/* input_key.h - sequences of terminals taken apart and named; pure. */
#ifndef SOTTO_UI_INPUT_KEY_H
#define SOTTO_UI_INPUT_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "pl.h"

enum {
	INPUT_NAME = 32, /* bytes of a name */
	INPUT_PARAMS = 8,
};

/* Instead of a length. */
#define INPUT_MORE    SIZE_MAX
#define INPUT_GARBAGE (SIZE_MAX - 1)

/* What began with ESC. */
struct input_csi {
	char intro; /* '[', 'O', or 0: neither */
	char private; /* '<', '?', '>', '=' or 0 */
	char final;
	int params[INPUT_PARAMS]; /* 0: left out */
	unsigned n;
};

/* Takes apart the sequence at the front of PL, which begins with ESC, and
 * returns its bytes: 1 where INTRO is 0. INPUT_GARBAGE: over MAX bytes. */
size_t input_sequence(struct input_csi *csi, const struct pl *pl, size_t max);

/* The key that CSI is. False: none that has a name. */
bool input_csi_name(const struct input_csi *csi, char name[INPUT_NAME]);

/* The key at the front of PL, which is no ESC, and the bytes that it took; 0:
 * its rest has to come. "" : it has no name. */
size_t input_plain_name(const struct pl *pl, char name[INPUT_NAME]);

/* The same for ESC and a key. */
size_t input_meta_name(const struct pl *pl, char name[INPUT_NAME]);

#endif
