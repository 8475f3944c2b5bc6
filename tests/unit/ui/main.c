/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

int test_names(void);
int test_textbuf(void);

UNIT_MAIN(test_names, test_textbuf)
