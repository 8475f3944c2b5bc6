/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <readline/readline.h>
#include "edit.h"
#include "mbuf.h"
#include "unit.h"
#include "world.h"

int test_lent(void);


struct fixture {
	struct world *w;
	struct loop *loop;
	struct edit *e;
	struct mbuf *said; /* lines, each ended by '|' */
	struct mbuf *menu; /* the last one */
	char *answer;
	const char *next; /* what the line handler puts there */
	bool asks; /* the line handler asks */
	unsigned bells, ends, typed, changed;
};


static void entered_h(const char *text, void *arg);


static void line_h(const char *text, void *arg)
{
	struct fixture *f = arg;

	if (f->asks) {
		entered_h(text, f);
		return;
	}
	mbuf_printf(f->said, "%s|", text);
	if (f->next)
		edit_set(f->e, f->next, 1);
}


static void changed_h(bool typed, void *arg)
{
	struct fixture *f = arg;

	f->typed += typed;
	++f->changed;
}


static void menu_h(size_t n, size_t at, void *arg)
{
	struct fixture *f = arg;
	struct edit_candidate c;
	size_t i;

	mbuf_reset(f->menu);
	for (i = 0; i < n; i++) {
		edit_candidate(f->e, i, &c);
		mbuf_printf(f->menu, "%s%s,", i == at ? "*" : "", c.text);
	}
}


static void bell_h(void *arg)
{
	++((struct fixture *)arg)->bells;
}


static void end_h(void *arg)
{
	++((struct fixture *)arg)->ends;
}


static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const struct edit_lend_handlers h = {
		.line = line_h,
		.changed = changed_h,
		.menu = menu_h,
		.bell = bell_h,
		.end = end_h,
		.arg = f,
	};

	/* Readline asks it what a character is. */
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	setenv("INPUTRC", "/dev/null", 1);
	f->w = world_alloc(0);
	world_people(f->w);
	f->said = mbuf_alloc(SIZE_MAX);
	f->menu = mbuf_alloc(SIZE_MAX);
	assert_int_equal(loop_alloc(&f->loop), 0);
	assert_int_equal(edit_lend(&f->e, f->loop, f->w->cmd, &h), 0);
	*state = f;
	return 0;
}


static int teardown(void **state)
{
	struct fixture *f = *state;

	mem_deref(f->e);
	mem_deref(f->loop);
	world_free(f->w);
	mem_deref(f->said);
	mem_deref(f->menu);
	mem_deref(f->answer);
	free(f);
	return 0;
}


/* Key by key. */
static void type(struct fixture *f, const char *keys)
{
	struct pl pl;

	for (; *keys; keys += pl.l) {
		pl = pl_make(keys, 1);
		if (*keys == '\033' && keys[1] == '[')
			pl.l = 3;
		else if (*keys == '\033' && keys[1])
			pl.l = 2;
		else
			while ((keys[pl.l] & 0xc0) == 0x80)
				++pl.l;
		edit_feed(f->e, &pl);
	}
}


static void assert_line(struct fixture *f, const char *text, size_t point)
{
	assert_string_equal(edit_text(f->e), text);
	assert_int_equal(edit_point(f->e), point);
}


static void keys(void **state)
{
	static const struct {
		const char *keys;
		const char *text;
		size_t point;
	} cases[] = {
		{"hello", "hello", 5},
		{"hello\001", "hello", 0},
		{"hello\033[D\033[DX", "helXlo", 4},
		{"one two\027", "one ", 4}, /* C-w */
		{"one two\027\031\031", "one twotwo", 10}, /* C-y */
		{"abc\037\037", "", 0}, /* undo: all was typed at once */
		{"\xc3\xa4\xe6\x97\xa5\177", "\xc3\xa4", 2},
		{"a\033\rb", "a\nb", 3}, /* M-Enter */
		{"ab\0332z", "abzz", 4}, /* a count */
		{"one\033b\033u", "ONE", 3},
	};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < UNIT_N(cases); i++) {
		edit_set(f->e, "", 0);
		type(f, cases[i].keys);
		assert_line(f, cases[i].text, cases[i].point);
	}
	assert_int_equal(f->said->end, 0);
	assert_true(f->typed > 0);
}


static void enter(void **state)
{
	struct fixture *f = *state;

	type(f, "hi\r");
	assert_line(f, "", 0);
	f->next = "kept";
	type(f, "again\033\nmore\r");
	assert_pl(mbuf_all(f->said), "hi|again\nmore|");
	assert_line(f, "kept", 1);
	f->next = NULL;
	type(f, "X\r");
	assert_pl(mbuf_all(f->said), "hi|again\nmore|kXept|");
}


static void end_of_input(void **state)
{
	struct fixture *f = *state;

	type(f, "a\004"); /* C-d deletes */
	assert_int_equal(f->ends, 0);
	edit_set(f->e, "", 0);
	type(f, "\004");
	assert_int_equal(f->ends, 1);
	type(f, "b");
	assert_line(f, "b", 1);
}


static void paste(void **state)
{
	static const struct pl text = PL("one\ntwo\ttab\n");
	struct fixture *f = *state;

	type(f, "<>\033[D");
	edit_paste(f->e, &text);
	assert_line(f, "<one\ntwo\ttab\n>", 13);
	assert_int_equal(f->said->end, 0);
}


static void lines_of(struct edit *e, const char *key, void *arg)
{
	struct fixture *f = arg;

	mbuf_printf(f->said, "load %s|", key);
	edit_remember(e, "older");
	edit_remember(e, "old");
}


static void history(void **state)
{
	struct fixture *f = *state;

	edit_history(f->e, "bob", lines_of, f);
	type(f, "\033[A");
	assert_line(f, "old", 3);
	type(f, "X\033[A"); /* changed, and left */
	assert_line(f, "older", 5);
	edit_set(f->e, "draft", 5);
	type(f, "\033[A");
	assert_line(f, "oldX", 4); /* as readline has it */
	edit_remember(f->e, "new");
	edit_history(f->e, "kim", NULL, NULL);
	assert_line(f, "", 0);
	type(f, "\033[A");
	assert_line(f, "", 0);
	edit_remember(f->e, "kim's");
	edit_history(f->e, "bob", lines_of, f);
	type(f, "\033[A");
	assert_line(f, "new", 3);
	assert_pl(mbuf_all(f->said), "load bob|");
}


/* What comes later from the store stands before what was typed, and moves
 * nothing that is in hand. */
static void older(void **state)
{
	static const char *const lines[] = {"1", "2"};
	struct fixture *f = *state;

	edit_history(f->e, "bob", lines_of, f);
	type(f, "\033[A\033[AX"); /* "older" is in hand */
	edit_history_older(f->e, "bob", lines, 2);
	assert_line(f, "olderX", 6);
	type(f, "\033[A");
	assert_line(f, "2", 1);
	type(f, "\033[A\033[A");
	assert_line(f, "1", 1);
	type(f, "\033[B\033[B");
	assert_line(f, "olderX", 6);
	/* For one that is not shown. */
	edit_history(f->e, "kim", NULL, NULL);
	edit_remember(f->e, "kim's");
	edit_history(f->e, "carol", NULL, NULL);
	edit_history_older(f->e, "kim", lines, 2);
	edit_history_older(f->e, "nobody", lines, 2);
	type(f, "\033[A");
	assert_line(f, "", 0);
	edit_history(f->e, "kim", NULL, NULL);
	type(f, "\033[A\033[A");
	assert_line(f, "2", 1);
}


/* Readline would jump into the void. */
static void no_key_ends_search(void **state)
{
	static const char *const keys[] = {"\030\001", "\030q", "\030\033",
		"\030e", "\030)", "\030\007", "\030\030\021"};
	struct fixture *f = *state;
	size_t i;

	edit_remember(f->e, "older");
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		type(f, "\022old");
		assert_string_equal(edit_text(f->e), "older");
		type(f, keys[i]);
		assert_null(edit_shown_prompt(f->e));
		type(f, "!");
		assert_string_equal(edit_text(f->e), "!older");
		edit_set(f->e, "", 0);
	}
}


/* Nor do the keys that a macro types. */
static void no_key_in_macro(void **state)
{
	struct fixture *f = *state;
	char macro[] = "\"\\C-t\": \"a\\C-x\\e\\C-xqb\"";

	assert_int_equal(rl_parse_and_bind(macro), 0);
	type(f, "\024");
	assert_line(f, "ab", 2);
	type(f, "\030\007c");
	assert_line(f, "abc", 3);
}


static void older_while_searching(void **state)
{
	static const char *const lines[] = {"old one", "2"};
	struct fixture *f = *state;

	edit_history(f->e, "bob", lines_of, f);
	type(f, "\022old"); /* C-r */
	edit_history_older(f->e, "bob", lines, 2);
	assert_string_equal(edit_text(f->e), "old");
	type(f, "\022");
	assert_string_equal(edit_text(f->e), "older");
	type(f, "\005"); /* C-e ends the search */
	assert_line(f, "older", 5);
	type(f, "\033[A\033[A");
	assert_line(f, "old one", 7);
}


/* Not more than there is room for, the newest of them. */
static void older_bounded(void **state)
{
	enum { N = 1200 };
	struct fixture *f = *state;
	char *lines[N];
	size_t i;

	for (i = 0; i < N; i++)
		lines[i] = mem_printf("line %zu", i);
	edit_history(f->e, "bob", lines_of, f);
	edit_history_older(f->e, "bob", (const char *const *)lines, N);
	type(f, "\033<"); /* M-<: the first one */
	assert_string_equal(edit_text(f->e), "line 202");
	for (i = 0; i < N; i++)
		mem_deref(lines[i]);
}


static void forget(void **state)
{
	static const char *const lines[] = {"1"};
	struct fixture *f = *state;

	edit_history(f->e, "bob", lines_of, f);
	edit_history_forget(f->e, "nobody");
	type(f, "\033[A\033[AX\002");
	edit_history_forget(f->e, "bob");
	assert_line(f, "olderX", 5); /* as it is being typed */
	type(f, "\033[A\033[A");
	assert_string_equal(edit_text(f->e), "olderX");
	edit_remember(f->e, "new");
	edit_history(f->e, "kim", NULL, NULL);
	edit_remember(f->e, "kim's");
	edit_history_forget(f->e, "bob");
	type(f, "\033[A");
	assert_line(f, "kim's", 5);
	edit_history(f->e, "bob", lines_of, f);
	type(f, "\033[A");
	assert_line(f, "", 0);
	edit_history_older(f->e, "bob", lines, 1);
	type(f, "\033[A");
	assert_line(f, "1", 1);
}


static bool is_old(const char *text, void *arg)
{
	(void)arg;
	return strstr(text, "old") != NULL;
}


/* Out of all lists, whichever is shown. */
static void drop(void **state)
{
	struct fixture *f = *state;

	edit_history(f->e, "bob", lines_of, f);
	edit_remember(f->e, "new");
	type(f, "\033[A\033[AX\177Y\033[A"); /* one is changed */
	edit_history(f->e, "kim", lines_of, f);
	type(f, "\033[AZ\177Z\033[A\033[AX");
	assert_true(edit_history_drop(f->e, is_old, f));
	assert_line(f, "olderX", 6);
	edit_remember(f->e, "kim's");
	type(f, "\033[A\033[A\033[A");
	assert_line(f, "kim's", 5);
	edit_history(f->e, "bob", lines_of, f);
	type(f, "\033[A\033[A\033[A");
	assert_line(f, "new", 3);
}


static void search(void **state)
{
	struct fixture *f = *state;

	edit_history(f->e, "bob", lines_of, f);
	assert_null(edit_shown_prompt(f->e));
	type(f, "\022old"); /* C-r */
	assert_string_equal(
		edit_shown_prompt(f->e), "(reverse-i-search)`old': ");
	assert_string_equal(edit_text(f->e), "old");
	type(f, "\022");
	assert_string_equal(edit_text(f->e), "older");
	assert_true(edit_interrupt(f->e));
	assert_null(edit_shown_prompt(f->e));
	assert_line(f, "", 0);
	assert_false(edit_interrupt(f->e));
	type(f, "x");
	assert_line(f, "x", 1);
}


static void completion(void **state)
{
	struct fixture *f = *state;

	type(f, "/vers\t");
	assert_line(f, "/version ", 9);
	edit_set(f->e, "/login ", 7);
	type(f, "\t");
	assert_pl(mbuf_all(f->menu), "work,home,");
	type(f, "\t");
	assert_line(f, "/login work", 11);
	assert_pl(mbuf_all(f->menu), "*work,home,");
	type(f, "\t");
	assert_line(f, "/login home", 11);
	type(f, "\033[Z");
	assert_line(f, "/login work", 11);
	type(f, " ");
	assert_pl(mbuf_all(f->menu), "");
	assert_line(f, "/login work ", 12);
	edit_set(f->e, "/h", 2);
	type(f, "\t");
	assert_line(f, "/h", 2);
	assert_pl(mbuf_all(f->menu), "history,help,");
	edit_set(f->e, "", 0);
	assert_pl(mbuf_all(f->menu), "");
	assert_int_equal(f->bells, 0);
	type(f, "hello\t");
	assert_int_equal(f->bells, 1);
}


static void answered(const char *text, void *ctx)
{
	struct fixture *f = ctx;

	mem_deref(f->answer);
	f->answer = mem_strdup(text ? text : "(none)");
}


/* Arrows, a click, Enter, Escape: what the screen makes of them. */
static void menu(void **state)
{
	struct fixture *f = *state;
	struct edit_candidate c;

	edit_menu_move(f->e, 1, true);
	edit_menu_take(f->e, 0);
	edit_menu_cancel(f->e); /* there is none */
	type(f, "/login \t");
	assert_pl(mbuf_all(f->menu), "work,home,");
	edit_menu_move(f->e, -1, true);
	assert_line(f, "/login home", 11);
	assert_pl(mbuf_all(f->menu), "work,*home,");
	edit_menu_move(f->e, 1, true);
	assert_line(f, "/login work", 11);
	edit_menu_move(f->e, -9, false);
	edit_menu_move(f->e, 9, false);
	assert_pl(mbuf_all(f->menu), "work,*home,");
	edit_menu_cancel(f->e);
	assert_pl(mbuf_all(f->menu), "");
	assert_line(f, "/login ", 7);
	type(f, "\t");
	edit_menu_move(f->e, 9, false);
	assert_pl(mbuf_all(f->menu), "work,*home,");
	edit_menu_take(f->e, 2);
	edit_menu_take(f->e, 0);
	assert_line(f, "/login work ", 12);
	assert_pl(mbuf_all(f->menu), "");
	edit_candidate(f->e, 0, &c);
	assert_string_equal(c.text, "");
	/* What follows more stands close to it. */
	edit_set(f->e, "/account add x sip:a@b.test pas", 31);
	type(f, "\t\t");
	edit_menu_take(f->e, 0);
	assert_string_equal(
		edit_text(f->e), "/account add x sip:a@b.test password=");
}


static void question(void **state)
{
	static const struct pl pasted = PL("pw\nrest");
	static const struct front_question password = {.text = "Password: ",
						   .secret = true},
					   again = {.text = "Again: ",
						   .secret = true},
					   third = {.text = "Third: ",
						   .secret = true};
	struct fixture *f = *state;

	type(f, "draft");
	edit_ask(f->e, &password, answered, f);
	assert_string_equal(edit_question(f->e), "Password: ");
	type(f, "secXx\177\177ret\r");
	assert_string_equal(f->answer, "secret");
	assert_null(edit_question(f->e));
	assert_line(f, "draft", 5);
	type(f, "\025\031"); /* what was killed is no secret */
	assert_line(f, "draft", 5);
	edit_ask(f->e, &again, answered, f);
	edit_paste(f->e, &pasted);
	assert_string_equal(edit_text(f->e), "pw");
	assert_true(edit_interrupt(f->e));
	assert_string_equal(f->answer, "(none)");
	assert_line(f, "draft", 5);
	edit_ask(f->e, &third, answered, f);
	f->answer = mem_deref(f->answer);
	edit_stop(f->e);
	assert_string_equal(f->answer, "(none)");
}


static void shown_question(void **state)
{
	static const struct pl pasted = PL("x\nrest");
	static const struct front_question name = {.text = "Name: ",
						   .initial = "work"},
					   empty = {.text = "Empty: "};
	struct fixture *f = *state;
	unsigned typed;

	edit_history(f->e, "bob", lines_of, f);
	type(f, "draft\033[D");
	typed = f->typed;
	edit_ask(f->e, &name, answered, f);
	assert_string_equal(edit_question(f->e), "Name: ");
	assert_line(f, "work", 4);
	type(f, "\033[A"); /* no older line */
	assert_line(f, "work", 4);
	type(f, "\001my\033\r"); /* no second line */
	edit_paste(f->e, &pasted);
	assert_line(f, "myxwork", 3);
	edit_set(f->e, "other", 2); /* for afterwards */
	assert_line(f, "myxwork", 3);
	type(f, "\r");
	assert_string_equal(f->answer, "myxwork");
	assert_line(f, "other", 2);
	assert_int_equal(f->typed, typed);
	assert_pl(mbuf_all(f->said), "load bob|");
	type(f, "\033[A");
	assert_line(f, "old", 3);

	edit_set(f->e, "draft", 5);
	edit_ask(f->e, &empty, answered, f);
	type(f, "\004"); /* C-d on an empty line */
	assert_string_equal(f->answer, "(none)");
	assert_int_equal(f->ends, 0);
	edit_ask(f->e, &name, answered, f);
	edit_ask(f->e, &empty, answered, f);
	type(f, "\r");
	assert_string_equal(f->answer, "work");
	assert_string_equal(edit_question(f->e), "Empty: ");
	assert_line(f, "", 0);
	edit_feed(f->e, &(const struct pl)PL("\033"));
	assert_string_equal(f->answer, "(none)");
	assert_line(f, "draft", 5);
}


static void choice(void **state)
{
	static const char *const words[] = {"command", "ask", "again", NULL};
	static const struct front_question q = {
		.text = "How: ", .choices = words};
	struct fixture *f = *state;

	edit_ask(f->e, &q, answered, f);
	type(f, "x\r"); /* none of them: it stays */
	assert_null(f->answer);
	assert_int_equal(f->bells, 1);
	assert_line(f, "x", 1);
	type(f, "\177a\r"); /* two of them */
	assert_null(f->answer);
	type(f, "\t");
	assert_pl(mbuf_all(f->menu), "ask,again,");
	type(f, "S\r");
	assert_string_equal(f->answer, "ask");
	edit_ask(f->e, &q, answered, f);
	type(f, "\r");
	assert_string_equal(f->answer, "");
	edit_ask(f->e, &q, answered, f);
	edit_answer(f->e, "command");
	assert_string_equal(f->answer, "command");
	assert_null(edit_asked(f->e));
}


static void asks_h(const char *text, void *ctx)
{
	static const struct front_question q = {.text = "Next: "};
	struct fixture *f = ctx;

	answered(text, f);
	edit_ask(f->e, &q, answered, f);
}


static void entered_h(const char *text, void *arg)
{
	static const struct front_question q = {
		.text = "First: ", .initial = "one"};
	struct fixture *f = arg;

	(void)text;
	edit_ask(f->e, &q, asks_h, f);
}


/* From within Enter, and one from within the answer to another. */
static void question_chain(void **state)
{
	static const struct front_question q = {.text = "Gone: "};
	struct fixture *f = *state;

	f->asks = true;
	type(f, "go\r");
	assert_string_equal(edit_question(f->e), "First: ");
	assert_line(f, "one", 3);
	type(f, "\r");
	assert_string_equal(f->answer, "one");
	assert_string_equal(edit_question(f->e), "Next: ");
	assert_line(f, "", 0);
	type(f, "two");
	edit_ask(f->e, &q, answered, &f->asks);
	edit_unask(f->e, &f->asks);
	assert_line(f, "two", 3);
	edit_unask(f->e, f);
	assert_null(edit_asked(f->e));
	assert_line(f, "", 0);
	assert_string_equal(f->answer, "one");
	type(f, "a\r");
	assert_string_equal(edit_question(f->e), "First: ");
	assert_true(edit_interrupt(f->e));
	assert_string_equal(f->answer, "(none)");
	edit_stop(f->e);
	assert_null(edit_asked(f->e));
}


static void assert_mode(const struct fixture *f, const char *expected)
{
	char mode[8];

	edit_shown_mode(f->e, mode, sizeof(mode));
	assert_string_equal(mode, expected);
}


static void vi_mode(void **state)
{
	struct fixture *f = *state;
	static const struct pl newline = PL("\033\r");

	(void)rl_variable_bind("editing-mode", "vi");
	edit_set(f->e, "", 0);
	type(f, "one two");
	edit_feed(f->e, &newline);
	assert_line(f, "one two\n", 8);
	assert_mode(f, "");
	(void)rl_variable_bind("show-mode-in-prompt", "on");
	assert_mode(f, "(ins)");
	edit_feed(f->e, &(const struct pl)PL("\033"));
	assert_mode(f, "(cmd)");
	assert_null(edit_shown_prompt(f->e));
	(void)rl_variable_bind(
		"vi-cmd-mode-string", "\001\033[1m\002:\001\033[m\002\"");
	assert_mode(f, ":\"");
	(void)rl_variable_bind("vi-cmd-mode-string", "(cmd)");
	type(f, "0dw");
	assert_string_equal(edit_text(f->e), "two\n");
	(void)rl_variable_bind("show-mode-in-prompt", "off");
	(void)rl_variable_bind("editing-mode", "emacs");
}


/* What / and n find is a line of its own: readline would free twice what is
 * changed of it. */
static void vi_search(void **state)
{
	struct fixture *f = *state;
	static const struct pl escape = PL("\033");
	int i;

	edit_remember(f->e, "one apple");
	edit_remember(f->e, "two pears");
	edit_remember(f->e, "three apples");
	(void)rl_variable_bind("editing-mode", "vi");
	edit_set(f->e, "", 0);
	for (i = 0; i < 3; i++) {
		type(f, "typed\033[A\033[A!");
		edit_feed(f->e, &escape);
		/* From the line in hand on. */
		type(f, "/apple\r");
		assert_string_equal(edit_text(f->e), "one apple");
		type(f, "N");
		assert_string_equal(edit_text(f->e), "three apples");
		type(f, "n");
		assert_string_equal(edit_text(f->e), "one apple");
		type(f, "nN");
		assert_string_equal(edit_text(f->e), "three apples");
		type(f, "A more");
		edit_feed(f->e, &escape);
		type(f, "\033[A\033[A\033[B\033[B\033[B");
		type(f, "/nowhere\rnn\033[A\033[A");
		edit_set(f->e, "", 0);
		assert_line(f, "", 0);
	}
	type(f, "\033[A");
	assert_string_equal(edit_text(f->e), "three apples");
	(void)rl_variable_bind("editing-mode", "emacs");
}


#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int test_lent(void)
{
	const struct CMUnitTest tests[] = {
		TEST(keys),
		TEST(enter),
		TEST(end_of_input),
		TEST(paste),
		TEST(history),
		TEST(older),
		TEST(no_key_ends_search),
		TEST(no_key_in_macro),
		TEST(older_while_searching),
		TEST(older_bounded),
		TEST(forget),
		TEST(drop),
		TEST(search),
		TEST(completion),
		TEST(menu),
		TEST(question),
		TEST(shown_question),
		TEST(choice),
		TEST(question_chain),
		TEST(vi_mode),
		TEST(vi_search),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
