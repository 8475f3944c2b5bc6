/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

int test_event_text(void);
int test_filter(void);

UNIT_MAIN(test_event_text, test_filter)
