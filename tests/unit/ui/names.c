/* SPDX-License-Identifier: GPL-3.0-or-later */
/* names.c: styles and glyphs by name. */
#include <string.h>
#include "unit.h"
#include "ui_int.h"
#include "utf8.h"


int test_names(void);


static void styles_have_names_of_their_own(void **state)
{
	int i, j;

	(void)state;
	for (i = 0; i < UI_STYLES; i++) {
		const char *name = ui_style_name((enum ui_style)i);

		assert_non_null(name);
		for (j = 0; j < i; j++)
			assert_string_not_equal(
				name, ui_style_name((enum ui_style)j));
	}
}


static void glyphs_take_one_column(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < UI_GLYPHS; i++) {
		struct pl wide = pl_str(ui_glyph_text((enum ui_glyph)i, true));
		struct pl ascii =
			pl_str(ui_glyph_text((enum ui_glyph)i, false));

		assert_int_equal(utf8_cols(&wide), 1);
		assert_int_equal(ascii.l, 1);
		assert_in_range(ascii.p[0], '!', '~');
	}
}


int test_names(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(styles_have_names_of_their_own),
		cmocka_unit_test(glyphs_take_one_column),
	};

	return cmocka_run_group_tests_name("ui/names", tests, NULL, NULL);
}
