/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

int test_conv_view(void);
int test_text_view(void);
int test_trace_view(void);

UNIT_MAIN(test_conv_view, test_text_view, test_trace_view)
