/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

int test_incoming(void);
int test_outbox(void);

UNIT_MAIN(test_incoming, test_outbox)
