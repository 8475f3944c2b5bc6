/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

int test_input(void);
int test_names(void);
int test_pace(void);
int test_screen(void);
int test_textbuf(void);
int test_theme(void);

UNIT_MAIN(test_names, test_textbuf, test_theme, test_input, test_pace,
	test_screen)
