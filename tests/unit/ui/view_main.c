/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

int test_conv_view(void);

UNIT_MAIN(test_conv_view)
