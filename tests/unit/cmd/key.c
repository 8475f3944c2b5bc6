/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sysexits.h>
#include "cmd_int.h"
#include "mbuf.h"
#include "unit.h"
#include "world.h"

int test_key(void);


static void names(void **state)
{
	static const struct {
		const char *typed;
		const char *name; /* NULL: no key */
	} cases[] = {
		{"a", "a"},
		{"A", "A"},
		{"S-a", "A"},
		{"C-x", "C-x"},
		{"C-X", "C-x"},
		{"M-n", "M-n"},
		{"M-N", "M-N"},
		{"M-C-x", "C-M-x"},
		{"C-M-x", "C-M-x"},
		{"f1", "F1"},
		{"F12", "F12"},
		{"pgup", "PageUp"},
		{"S-Tab", "S-Tab"},
		{"C-M-S-Left", "C-M-S-Left"},
		{"Return", "Enter"},
		{" ", "Space"},
		{"M- ", "M-Space"},
		{"-", "-"},
		{"C--", "C--"},
		{"C-", NULL},
		{"\xc3\xb6", "\xc3\xb6"},
		{"M-\xc3\xb6", "M-\xc3\xb6"},
		{"F13", NULL},
		{"ab", NULL},
		{"", NULL},
		{"C-C-x", NULL},
		{"S-1", NULL},
		{"\x1b", NULL},
		{"\xff", NULL},
		{"\xc2\x9b", NULL},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *name = cmd_key_name(cases[i].typed);

		if (cases[i].name) {
			assert_non_null(name);
			assert_string_equal(name, cases[i].name);
		} else {
			assert_null(name);
		}
		mem_deref(name);
	}
}


static void places(void **state)
{
	struct world *w = world_alloc(0);

	(void)state;
	assert_int_equal(world_line(w,
				 "bind M-n 'echo any'; "
				 "bind -p chat m-n echo chat"),
		EX_USAGE);
	assert_int_equal(world_line(w, "bind -p chat M-n echo chat"), 0);
	assert_true(cmd_key(w->q, "buddies", "M-n"));
	assert_true(cmd_key(w->q, "chat", "M-n"));
	assert_true(cmd_key(w->q, NULL, "M-n"));
	assert_false(cmd_key(w->q, "chat", "C-M-q"));
	assert_string_equal(world_rows(w), "any\nchat\nany\n");
	assert_string_equal(world_outcomes(w), "0 -\n0 -\n0 -\n");
	assert_int_equal(world_line(w, "unbind -p chat M-n"), 0);
	assert_string_equal(cmd_key_command(w->cmd, "chat", "M-n"), "echo any");
	assert_int_equal(world_line(w, "unbind M-n"), 0);
	assert_null(cmd_key_command(w->cmd, "chat", "M-n"));
	assert_int_equal(world_line(w, "unbind M-n"), EX_DATAERR);
	assert_int_equal(world_line(w, "bind M-n nonsense"), EX_USAGE);
	assert_null(cmd_key_command(w->cmd, "chat", "M-n"));
	/* A key that binds itself anew while it runs. */
	assert_int_equal(world_line(w, "bind x 'bind x \"echo 2\"'"), 0);
	assert_true(cmd_key(w->q, "any", "x"));
	assert_true(cmd_key(w->q, "any", "x"));
	assert_string_equal(world_rows(w), "2\n");
	world_free(w);
}


/* The default keys are commands that exist, under names that are keys. */
static void check_default(
	const char *place, const char *key, const char *command, void *arg)
{
	struct world *w = arg;
	char *name = cmd_key_name(key), *why = NULL;

	assert_string_equal(name, key);
	assert_true(key_place_exists(place));
	assert_int_equal(line_check(w->cmd, command, &why), 0);
	w->done++;
	mem_deref(name);
}


static void defaults(void **state)
{
	struct world *w = world_alloc(0);

	(void)state;
	key_table_each(w->cmd->keys, check_default, w);
	assert_true(w->done > 5);
	assert_int_equal(world_line(w, "keys"), 0);
	assert_non_null(strstr(world_rows(w), "bind -p any M-n 'chat next'\n"));
	world_free(w);
}


struct told {
	char text[4096];
};


static void tell(
	const char *key, const char *command, const char *help, void *arg)
{
	struct told *t = arg;
	size_t n = strlen(t->text);

	(void)command;
	(void)snprintf(t->text + n, sizeof(t->text) - n, "%s %s\n", key, help);
}


/* What keys do in words, also those that are bound to something else; and
 * which key it is. */
static void in_words(void **state)
{
	struct world *w = world_alloc(0);
	struct told t = {""};

	(void)state;
	assert_string_equal(
		cmd_key_of(w->cmd, "buddies", "screen show keys"), "?");
	assert_string_equal(
		cmd_key_of(w->cmd, "chat", "screen show keys"), "F1");
	assert_null(cmd_key_of(w->cmd, "chat", "screen show moon"));
	assert_int_equal(world_line(w,
				 "bind -p hits x 'chat unread'; "
				 "bind -p hits y 'chat show bob'; "
				 "bind -p hits z "
				 "'account set work password hush'; "
				 "bind -p chat F1 'chat unread'"),
		0);
	assert_int_equal(world_line(w, "alias gone presence set away"), 0);
	assert_int_equal(world_line(w, "bind -p hits v gone"), 0);
	/* There it does something else. */
	assert_null(cmd_key_of(w->cmd, "chat", "screen show keys"));
	assert_string_equal(cmd_key_of(w->cmd, "chat", "chat unread"), "F1");
	cmd_keys_each(w->cmd, "hits", tell, &t);
	assert_non_null(strstr(t.text, "n goes to the next older hit\n"));
	assert_non_null(strstr(
		t.text, "x goes to the next chat with something unread\n"));
	assert_non_null(strstr(t.text,
		"y shows the chat with somebody; nothing is sent: "
		"chat show bob\n"));
	assert_non_null(strstr(t.text, "\nz "));
	assert_null(strstr(t.text, "hush"));
	assert_non_null(strstr(t.text, ": gone\n"));
	world_free(w);
}


/* Every key of the start has words of its own. */
static void no_command(
	const char *key, const char *command, const char *help, void *arg)
{
	unsigned *n = arg;

	assert_null(strstr(help, command));
	assert_non_null(key);
	++*n;
}


static void defaults_in_words(void **state)
{
	struct world *w = world_alloc(0);
	size_t i;

	(void)state;
	for (i = 0; cmd_places[i]; i++) {
		unsigned n = 0;

		cmd_keys_each(w->cmd, cmd_places[i], no_command, &n);
		assert_true(n > 0);
	}
	world_free(w);
}


/* Panes are refused where there are none, unless a file asks; the key table
 * is there for every front end. */
static void missing(void **state)
{
	struct world *w = world_alloc(0);

	(void)state;
	assert_int_equal(world_typed(w, "/bind M-n quit"), 0);
	assert_string_equal(cmd_key_command(w->cmd, "any", "M-n"), "quit");
	assert_int_equal(world_typed(w, "/unbind M-n"), 0);
	assert_null(cmd_key_command(w->cmd, "any", "M-n"));
	assert_int_equal(world_typed(w, "/chat split"), EX_USAGE);
	assert_string_equal(w->text, "chat split needs the full screen");
	world_free(w);

	w = world_alloc(WORLD_PANES);
	assert_int_equal(world_typed(w, "/chat split"), 0);
	assert_int_equal(world_typed(w, "/chat zoom"), 69);
	world_free(w);
}


int test_key(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(places),
		cmocka_unit_test(defaults),
		cmocka_unit_test(in_words),
		cmocka_unit_test(defaults_in_words),
		cmocka_unit_test(missing),
	};

	return cmocka_run_group_tests_name("key", tests, NULL, NULL);
}
