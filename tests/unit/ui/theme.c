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
		bool light;
	} cases[] = {
		{THEME_DEFAULT, TTY_256, -1, false},
		{THEME_UNSET, TTY_TRUE, -1, false},
		{5, TTY_NONE, -1, false},
		{5, TTY_8, 5, false},
		{13, TTY_8, 5, false},
		{13, TTY_16, 13, false},
		{203, TTY_256, 203, false},
		{203, TTY_16, 9, false},
		{203, TTY_8, 1, false},
		{240, TTY_8, 7, false}, /* grey on black is to be seen */
		{244, TTY_8, 7, false}, /* and no colour */
		{243, TTY_8, 0, true}, /* or on white */
		{253, TTY_8, 7, true},
		{234, TTY_8, 0, false},
		{24, TTY_8, 4, false}, /* as dark as it was */
		{16, TTY_8, 0, false},
		{THEME_RGB | 0xff0000, TTY_256, 196, false},
		{THEME_RGB | 0xff0000, TTY_16, 9, false},
		{THEME_RGB | 0x808080, TTY_256, 244, false},
		{THEME_RGB | 0x123456, TTY_TRUE, THEME_RGB | 0x123456, false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++)
		assert_int_equal(theme_colour(cases[i].colour, cases[i].n,
					 cases[i].light),
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


/* ---- what is shipped -------------------------------------------------- */


/* The terminal's own colours, as people have them with such a theme. */
static const struct {
	const char *name;
	uint32_t fg, bg;
} shipped[] = {
	{"dark", 0xd0d0d0, 0x000000},
	{"dark", 0xe5e5e5, 0x282828},
	{"light", 0x000000, 0xffffff},
	{"light", 0x303030, 0xeeeeee},
	{"mono", 0xd0d0d0, 0x000000},
};

static const enum tty_colours levels[] = {
	TTY_NONE, TTY_8, TTY_16, TTY_256, TTY_TRUE};


static double linear(uint32_t rgb, int shift)
{
	double c = (rgb >> shift & 0xff) / 255.0;

	/* Near enough to the power of 2.4. */
	return c * (c * (c * 0.305306011 + 0.682171111) + 0.012522878);
}


static double luminance(uint32_t rgb)
{
	return 0.2126 * linear(rgb, 16) + 0.7152 * linear(rgb, 8) +
		0.0722 * linear(rgb, 0);
}


/* As WCAG 2.1 has it. */
static double contrast(uint32_t a, uint32_t b)
{
	double x = luminance(a) + 0.05, y = luminance(b) + 0.05;

	return x > y ? x / y : y / x;
}


static uint32_t seen(const struct theme *t, int colour, enum tty_colours n,
	uint32_t otherwise)
{
	colour = theme_colour(colour, n, theme_light(t));
	if (colour < 0)
		return otherwise;
	return colour >= THEME_RGB ? (uint32_t)(colour & 0xffffff)
				   : theme_rgb(colour);
}


/* Borders may be faint, what is read may not; where colours are few, they are
 * the terminal's own. */
static double enough(enum ui_style style, enum tty_colours n)
{
	if (style == UI_BORDER)
		return 1.2;
	return n == TTY_8 || n == TTY_16 ? 1.8 : 3.0;
}


static void legible(void **state)
{
	struct theme t;
	size_t i, k;
	int s;

	(void)state;
	for (i = 0; i < UNIT_N(shipped) * UNIT_N(levels); i++) {
		enum tty_colours n = levels[i % UNIT_N(levels)];

		k = i / UNIT_N(levels);
		assert_int_equal(theme_load(&t, shipped[k].name, NULL), 0);
		for (s = 0; s < UI_STYLES; s++) {
			const struct theme_style *look = &t.styles[s];
			double c =
				contrast(seen(&t, look->fg, n, shipped[k].fg),
					seen(&t, look->bg, n, shipped[k].bg));

			if (c < enough((enum ui_style)s, n))
				fail_msg("%s: %s: %.1f with %d",
					shipped[k].name,
					ui_style_name((enum ui_style)s), c,
					(int)n);
		}
	}
}


/* Two styles that stand side by side and do not mean the same look different,
 * and in the theme without colours too. */
static void tell_apart(void **state)
{
	static const enum ui_style pairs[][2] = {
		{UI_TITLE, UI_NORMAL},
		{UI_HEADER, UI_NORMAL},
		{UI_HEADER, UI_HEADER_FOCUS},
		{UI_SELECTED, UI_NORMAL},
		{UI_SELECTED, UI_GROUP},
		{UI_GROUP, UI_NORMAL},
		{UI_ONLINE, UI_OFFLINE},
		{UI_ONLINE, UI_UNKNOWN},
		{UI_ONLINE, UI_AWAY},
		{UI_NOTE, UI_NORMAL},
		{UI_UNREAD, UI_NORMAL},
		{UI_UNREAD, UI_NOTE},
		{UI_TIME, UI_NORMAL},
		{UI_ME, UI_PEER},
		{UI_DAY, UI_NORMAL},
		{UI_EVENT, UI_NORMAL},
		{UI_FAILED, UI_DONE},
		{UI_FAILED, UI_WAITING},
		{UI_HIT, UI_NORMAL},
		{UI_HIT, UI_SELECTED},
		{UI_HIT, UI_LINK},
		{UI_LINK, UI_NORMAL},
		{UI_TAB, UI_TAB_SHOWN},
		{UI_PROMPT, UI_INPUT},
		{UI_ERROR, UI_NOTICE},
		{UI_QUESTION, UI_NOTICE},
		{UI_QUESTION, UI_ERROR},
		{UI_KEY, UI_NORMAL},
	};
	struct theme t;
	size_t i, k;

	(void)state;
	for (i = 0; i < UNIT_N(shipped); i++) {
		assert_int_equal(theme_load(&t, shipped[i].name, NULL), 0);
		for (k = 0; k < UNIT_N(pairs); k++) {
			const struct theme_style *a = &t.styles[pairs[k][0]];
			const struct theme_style *b = &t.styles[pairs[k][1]];

			if (a->attrs == b->attrs &&
				theme_colour(a->fg, TTY_8, theme_light(&t)) ==
					theme_colour(b->fg, TTY_8,
						theme_light(&t)) &&
				theme_colour(a->bg, TTY_8, theme_light(&t)) ==
					theme_colour(
						b->bg, TTY_8, theme_light(&t)))
				fail_msg("%s: %s is as %s", shipped[i].name,
					ui_style_name(pairs[k][0]),
					ui_style_name(pairs[k][1]));
		}
	}
}


int test_theme(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(mistakes),
		cmocka_unit_test(fewer_colours),
		cmocka_unit_test(places),
		cmocka_unit_test(legible),
		cmocka_unit_test(tell_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
