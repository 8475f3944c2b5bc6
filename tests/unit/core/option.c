/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core_int.h"
#include "world.h"

int test_option(void);


static void words(void **state)
{
	static const struct {
		const char *text;
		const char *words; /* NULL: refused */
	} cases[] = {
		{"pass show x", "[pass][show][x]"},
		{"  a\t b  ", "[a][b]"},
		{"a 'b c' \"d e\"", "[a][b c][d e]"},
		{"a''b \"\"", "[ab][]"},
		{"a\\ b '\\'", "[a b][\\]"},
		{"\"a\\\"b\\c\"", "[a\"b\\c]"},
		{"$HOME `x` *", "[$HOME][`x`][*]"},
		{"", NULL},
		{" \t", NULL},
		{"a 'b", NULL},
		{"a \"b", NULL},
		{"a\\", "[a\\]"},
	};
	size_t i, j;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char text[100] = "";
		size_t n = 0;
		char **w = core_words(cases[i].text, &n);

		if (!cases[i].words) {
			assert_null(w);
			continue;
		}
		assert_non_null(w);
		for (j = 0; j < n; j++)
			strcat(strcat(strcat(text, "["), w[j]), "]");
		assert_null(w[n]);
		assert_string_equal(text, cases[i].words);
		mem_deref(w);
	}
}


static void values(void **state)
{
	static const struct {
		const char *name;
		const char *value;
		int status;
		const char *why;
	} cases[] = {
		{"log-level", "debug", 0, ""},
		{"notify-quiet", "22:00-07:00", 0, ""},
		{"notify-quiet", "00:00-23:59", 0, ""},
		{"notify-quiet", "", 0, ""},
		{"notify-quiet", "22-07", 64,
			"notify-quiet: \"22-07\" is not HH:MM-HH:MM such as "
			"22:00-07:00"},
		{"notify-quiet", "24:00-07:00", 64,
			"notify-quiet: \"24:00-07:00\" is not HH:MM-HH:MM such "
			"as "
			"22:00-07:00"},
		{"notify-quiet", "22:60-07:00", 64,
			"notify-quiet: \"22:60-07:00\" is not HH:MM-HH:MM such "
			"as "
			"22:00-07:00"},
		{"notify-quiet", "22:00-22:00", 64,
			"notify-quiet: \"22:00-22:00\" is not HH:MM-HH:MM such "
			"as "
			"22:00-07:00"},
		{"notify-quiet", "22:00 07:00", 64,
			"notify-quiet: \"22:00 07:00\" is not HH:MM-HH:MM such "
			"as "
			"22:00-07:00"},
		{"notify-quiet", "9:00-17:00", 64,
			"notify-quiet: \"9:00-17:00\" is not HH:MM-HH:MM such "
			"as "
			"22:00-07:00"},
		{"notify-quiet", "22:00-07:00 ", 64,
			"notify-quiet: \"22:00-07:00 \" is not HH:MM-HH:MM "
			"such as "
			"22:00-07:00"},
		{"notify-quiet", "-1:00-07:00", 64,
			"notify-quiet: \"-1:00-07:00\" is not HH:MM-HH:MM such "
			"as "
			"22:00-07:00"},
		{"notify-quiet", "2:000-07:00", 64,
			"notify-quiet: \"2:000-07:00\" is not HH:MM-HH:MM such "
			"as "
			"22:00-07:00"},
		{"notify-quiet", "29:00-07:00", 64,
			"notify-quiet: \"29:00-07:00\" is not HH:MM-HH:MM such "
			"as "
			"22:00-07:00"},
		{"auto-away", "1441", 64,
			"auto-away: \"1441\" is not a number from 0 to 1440"},
		{"notify-show", "all", 64,
			"notify-show: \"all\" is not one of text, name, "
			"nothing"},
		{"log-level", "loud", 64,
			"log-level: \"loud\" is not one of error, warning, "
			"info, debug"},
		{"outbox-expiry", "31536001", 64,
			"outbox-expiry: \"31536001\" is not a number from 0 to "
			"31536000"},
		{"outbox-expiry", "x", 64,
			"outbox-expiry: \"x\" is not a number from 0 to "
			"31536000"},
		{"query-command", "a 'b", 64,
			"query-command: no command, or a quote is not closed"},
		{"query-command", "", 0, ""},
		{"query-command", "a\nb", 64,
			"query-command: the value is not one line of UTF-8"},
		{"colour", "red", 64, "no option \"colour\""},
	};
	struct world w;
	size_t i;

	(void)state;
	world_open(&w);
	for (i = 0; i < UNIT_N(cases); i++) {
		char *why = NULL;

		assert_int_equal(core_option_set(w.core, cases[i].name,
					 cases[i].value, &why),
			cases[i].status);
		assert_string_equal(why ? why : "", cases[i].why);
		mem_deref(why);
	}
	assert_string_equal(core_option_get(w.core, "log-level"), "debug");
	assert_null(core_option_get(w.core, "colour"));
	assert_null(core_option_get(w.core, "dns-servers"));
	assert_int_equal(
		core_option_number(w.core, "max-transactions"), 100000);
	assert_false(core_option_bool(w.core, "log-level"));
	world_close(&w);
}


/* The store hears what holds once the configuration is read, and every
 * change. */
static void parts(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	world_quiet(&w);
	core_options_read(w.core);
	assert_calls(&w, "parts 0\n");
	assert_int_equal(core_option_set(w.core, "word-parts", "yes", NULL), 0);
	assert_calls(&w, "parts 1\n");
	core_options_read(w.core);
	assert_calls(&w, "parts 1\n");
	world_run(&w, 0);
	assert_log(&w, "");
	world_close(&w);
}


struct watcher {
	struct core_watch *watch;
	char log[100];
	bool once;
};


static void changed_h(const char *name, void *arg)
{
	struct watcher *w = arg;

	strcat(strcat(w->log, name), " ");
	if (w->once)
		w->watch = mem_deref(w->watch);
}


static void watches(void **state)
{
	struct watcher any = {NULL, "", false}, one = {NULL, "", true};
	struct world w;

	(void)state;
	world_open(&w);
	core_option_watch(&any.watch, w.core, NULL, changed_h, &any);
	core_option_watch(&one.watch, w.core, "log-level", changed_h, &one);
	core_option_set(w.core, "outbox-expiry", "5", NULL);
	core_option_set(w.core, "log-level", "nonsense", NULL);
	core_option_set(w.core, "log-level", "info", NULL);
	core_option_set(w.core, "log-level", "debug", NULL);
	assert_string_equal(any.log, "outbox-expiry log-level log-level ");
	assert_string_equal(one.log, "log-level ");
	mem_deref(any.watch);
	world_close(&w);
}


/* Every row is whole: sorted, with a sentence, and its default is a value
 * that it takes. */
static void tables(void **state)
{
	const struct core_option *tables[] = {core_options, core_settings};
	size_t i, n;

	(void)state;
	for (i = 0; i < UNIT_N(tables); i++) {
		const struct core_option *row;

		for (n = 0, row = tables[i]; row->name; row++, n++) {
			size_t len = strlen(row->help);

			assert_true(len && row->help[len - 1] == '.');
			if (n)
				assert_true(
					strcmp(row[-1].name, row->name) < 0);
			if (row->initial)
				assert_int_equal(core_option_check(row,
							 row->initial, NULL),
					0);
		}
		assert_true(n <= CORE_OPTIONS_MAX && n <= CORE_SETTINGS_MAX);
	}
}


int test_option(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(values),
		cmocka_unit_test(parts),
		cmocka_unit_test(watches),
		cmocka_unit_test(tables),
	};

	return cmocka_run_group_tests_name("option", tests, NULL, NULL);
}
