/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

int test_body(void);
int test_composer(void);
int test_composing(void);
int test_html(void);
int test_iscomposing(void);
int test_keyboard(void);
int test_rtf(void);
int test_transfer(void);

UNIT_MAIN(test_iscomposing, test_keyboard, test_composer, test_composing,
	test_html, test_rtf, test_transfer, test_body)
