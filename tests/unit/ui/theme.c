/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <sysexits.h>
#include "mbuf.h"
#include "theme.h"
#include "unit.h"

int test_theme(void);


static void lines(void **state)
{
	static const struct {
		const char *line;
		int fg, bg;
		unsigned attrs;
	} cases[] = {
		{"", THEME_DEFAULT, THEME_UNSET, 0},
		{"style peer", THEME_DEFAULT, THEME_UNSET, 0},
		{"  style\tpeer fg red # a comment", 1, THEME_UNSET, 0},
		{"style peer fg bright-blue bg 236 bold italic", 12, 236,
			THEME_BOLD | THEME_ITALIC},
		{"style peer fg #ff8000 bg default", THEME_RGB | 0xff8000,
			THEME_DEFAULT, 0},
		{"style peer fg '#Ff8000' dim underline reverse",
			THEME_RGB | 0xff8000, THEME_UNSET,
			THEME_DIM | THEME_UNDERLINE | THEME_REVERSE},
		{"# style peer fg red", THEME_DEFAULT, THEME_UNSET, 0},
	};
	struct theme t;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl text = pl_str(cases[i].line);

		theme_init(&t);
		assert_int_equal(theme_parse(&t, "f", &text, NULL), 0);
		assert_int_equal(t.styles[UI_PEER].fg, cases[i].fg);
		assert_int_equal(t.styles[UI_PEER].bg, cases[i].bg);
		assert_int_equal(t.styles[UI_PEER].attrs, cases[i].attrs);
	}
}


static void mistakes(void **state)
{
	static const struct pl text = PL("style peer fg red\n"
					 "colour peer red\n"
					 "style nobody bold\n"
					 "style me fg purple\n"
					 "style me fg\n"
					 "style me blink\n"
					 "style me fg 256\033[2J\n"
					 "style time fg green");
	struct theme t;
	char *why = NULL;

	(void)state;
	theme_init(&t);
	assert_int_equal(theme_parse(&t, "x.theme", &text, &why), EX_CONFIG);
	assert_string_equal(why,
		"x.theme:2: \"colour\" is no command of themes; only style is\n"
		"x.theme:3: no style \"nobody\"\n"
		"x.theme:4: \"purple\" is no colour: a name, 0 to 255, #rrggbb "
		"or default\n"
		"x.theme:5: \"\" is no colour: a name, 0 to 255, #rrggbb or "
		"default\n"
		"x.theme:6: \"blink\" is none of fg, bg, bold, dim, italic, "
		"underline, reverse\n"
		"x.theme:7: \"256\xef\xbf\xbd\" is no colour: a name, 0 to "
		"255, #rrggbb or default");
	mem_deref(why);
	assert_int_equal(t.styles[UI_PEER].fg, 1);
	assert_int_equal(t.styles[UI_ME].fg, THEME_DEFAULT);
	assert_int_equal(t.styles[UI_TIME].fg, 2);
}


static void fewer_colours(void **state)
{
	static const struct {
		int colour;
		enum tty_colours n;
		int expected;
	} cases[] = {
		{THEME_DEFAULT, TTY_256, -1},
		{THEME_UNSET, TTY_TRUE, -1},
		{5, TTY_NONE, -1},
		{5, TTY_8, 5},
		{13, TTY_8, 5},
		{13, TTY_16, 13},
		{203, TTY_256, 203},
		{203, TTY_16, 9},
		{203, TTY_8, 1},
		{240, TTY_8, 7}, /* grey on black is to be seen */
		{16, TTY_8, 0},
		{THEME_RGB | 0xff0000, TTY_256, 196},
		{THEME_RGB | 0xff0000, TTY_16, 9},
		{THEME_RGB | 0x808080, TTY_256, 244},
		{THEME_RGB | 0x123456, TTY_TRUE, THEME_RGB | 0x123456},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++)
		assert_int_equal(theme_colour(cases[i].colour, cases[i].n),
			cases[i].expected);
}


static void emit(const char *name, void *arg)
{
	mbuf_printf(arg, "%s,", name);
}


/* Those that are built in, and the user's own before them. */
static void places(void **state)
{
	char dir[] = "/tmp/sotto-theme-XXXXXX";
	struct mbuf *names = mbuf_alloc(SIZE_MAX);
	struct theme t;
	char *why = NULL, *path;
	FILE *file;
	size_t i;
	static const char *const shipped[] = {"dark", "light", "mono"};

	(void)state;
	assert_non_null(mkdtemp(dir));
	setenv("XDG_CONFIG_HOME", dir, 1);
	for (i = 0; i < 3; i++)
		assert_int_equal(theme_load(&t, shipped[i], &why), 0);
	assert_int_equal(t.styles[UI_SELECTED].attrs, THEME_REVERSE);
	assert_int_equal(theme_load(&t, "none", &why), EX_NOINPUT);
	assert_string_equal(why, "there is no theme \"none\"");
	why = mem_deref(why);
	assert_int_equal(t.styles[UI_SELECTED].attrs, THEME_REVERSE);
	path = mem_printf("mkdir -p %s/sotto/themes", dir);
	assert_int_equal(system(path), 0);
	mem_deref(path);
	path = mem_printf("%s/sotto/themes/mine.theme", dir);
	file = fopen(path, "w");
	assert_non_null(file);
	(void)fputs("style peer fg 9\nstyle me fg nothing\n", file);
	(void)fclose(file);
	assert_int_equal(theme_load(&t, "mine", &why), EX_CONFIG);
	assert_non_null(strstr(why, "/mine.theme:2: "));
	why = mem_deref(why);
	assert_int_equal(t.styles[UI_PEER].fg, 9);
	assert_int_equal(t.styles[UI_SELECTED].attrs, 0);
	assert_int_equal(theme_load(&t, "dark", &why), 0);
	assert_int_equal(theme_load(&t, path, NULL), EX_CONFIG);
	mem_deref(path);
	theme_names("", emit, names);
	assert_pl(mbuf_all(names), "dark,light,mono,mine,");
	mbuf_reset(names);
	theme_names("m", emit, names);
	assert_pl(mbuf_all(names), "mono,mine,");
	mem_deref(names);
	path = mem_printf("rm -r %s", dir);
	assert_int_equal(system(path), 0);
	mem_deref(path);
	unsetenv("XDG_CONFIG_HOME");
}


int test_theme(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(mistakes),
		cmocka_unit_test(fewer_colours),
		cmocka_unit_test(places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
