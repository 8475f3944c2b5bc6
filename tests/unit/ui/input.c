/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include "ui_int.h"
#include "mbuf.h"
#include "unit.h"

int test_input(void);


struct fixture {
	struct loop *loop;
	struct input *input;
	struct mbuf *told; /* what handlers heard, each ended by ',' */
	struct tmr tmr;
};


static void key_h(const char *name, const struct pl *bytes, void *arg)
{
	struct fixture *f = arg;

	mbuf_printf(f->told, "%s:%zu,", name ? name : "-", bytes->l);
}


static void paste_h(const struct pl *text, void *arg)
{
	struct fixture *f = arg;

	mbuf_printf(f->told, "paste '%.*s',", PL_ARG(text));
}


static void cut_h(void *arg)
{
	struct fixture *f = arg;

	mbuf_printf(f->told, "cut,");
}


static void mouse_h(enum ui_mouse what, int row, int col, void *arg)
{
	static const char *const names[] = {"click", "double", "up", "down"};
	struct fixture *f = arg;

	mbuf_printf(f->told, "%s %d %d,", names[what], row, col);
}


static void focus_h(bool in, void *arg)
{
	struct fixture *f = arg;

	mbuf_printf(f->told, "focus %d,", in);
}


static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const struct input_handlers h = {
		.key = key_h,
		.paste = paste_h,
		.cut = cut_h,
		.mouse = mouse_h,
		.focus = focus_h,
		.arg = f,
	};

	setenv("TERM", "xterm-256color", 1);
	f->told = mbuf_alloc(SIZE_MAX);
	assert_int_equal(loop_alloc(&f->loop), 0);
	assert_int_equal(input_alloc(&f->input, f->loop, &h), 0);
	*state = f;
	return 0;
}


static int teardown(void **state)
{
	struct fixture *f = *state;

	mem_deref(f->input);
	mem_deref(f->loop);
	mem_deref(f->told);
	free(f);
	return 0;
}


static void feed(struct fixture *f, const char *bytes, size_t n)
{
	struct pl pl = pl_make(bytes, n);

	input_feed(f->input, &pl);
}


static void stop(void *arg)
{
	struct fixture *f = arg;

	loop_stop(f->loop, 0);
}


static void pass(struct fixture *f, uint64_t ms)
{
	tmrs_update(loop_tmrs(f->loop));
	tmr_start(loop_tmrs(f->loop), &f->tmr, ms, stop, f);
	assert_int_equal(loop_run(f->loop), 0);
}


static const struct {
	const char *bytes;
	const char *told;
} cases[] = {
	{"a", "a:1,"},
	{"A", "A:1,"},
	{"\xc3\xa4", "\xc3\xa4:2,"},
	{"\xe6\x97\xa5", "\xe6\x97\xa5:3,"},
	{"\xf0\x9f\x91\x8b", "\xf0\x9f\x91\x8b:4,"},
	{" ", "Space:1,"},
	{"\r", "Enter:1,"},
	{"\n", "C-j:1,"},
	{"\t", "Tab:1,"},
	{"\177", "Backspace:1,"},
	{"\b", "Backspace:1,"},
	{"\001", "C-a:1,"},
	{"\032", "C-z:1,"},
	{"\037", "C-_:1,"},
	/* Meta */
	{"\033x", "M-x:2,"},
	{"\033X", "M-X:2,"},
	{"\033<", "M-<:2,"},
	{"\033\r", "M-Enter:2,"},
	{"\033\177", "M-Backspace:2,"},
	{"\033\001", "C-M-a:2,"},
	{"\033\xc3\xa4", "M-\xc3\xa4:3,"},
	/* arrows, both modes */
	{"\033[A", "Up:3,"},
	{"\033[B", "Down:3,"},
	{"\033[C", "Right:3,"},
	{"\033[D", "Left:3,"},
	{"\033OA", "Up:3,"},
	{"\033OB", "Down:3,"},
	{"\033OC", "Right:3,"},
	{"\033OD", "Left:3,"},
	{"\033[1;5A", "C-Up:6,"},
	{"\033[1;3D", "M-Left:6,"},
	{"\033[1;2C", "S-Right:6,"},
	{"\033[1;8B", "C-M-S-Down:6,"},
	{"\033O5C", "C-Right:4,"},
	{"\033Oc", "C-Right:3,"}, /* rxvt */
	{"\033[a", "S-Up:3,"},
	/* Home and the like */
	{"\033[H", "Home:3,"},
	{"\033[F", "End:3,"},
	{"\033OH", "Home:3,"},
	{"\033OF", "End:3,"},
	{"\033[1~", "Home:4,"},
	{"\033[4~", "End:4,"},
	{"\033[7~", "Home:4,"},
	{"\033[8~", "End:4,"},
	{"\033[2~", "Insert:4,"},
	{"\033[3~", "Delete:4,"},
	{"\033[5~", "PageUp:4,"},
	{"\033[6~", "PageDown:4,"},
	{"\033[5;5~", "C-PageUp:6,"},
	{"\033[3$", "S-Delete:4,"}, /* rxvt */
	{"\033[3^", "C-Delete:4,"},
	{"\033[3@", "C-S-Delete:4,"},
	{"\033[Z", "S-Tab:3,"},
	/* function keys */
	{"\033OP", "F1:3,"},
	{"\033OS", "F4:3,"},
	{"\033[11~", "F1:5,"},
	{"\033[14~", "F4:5,"},
	{"\033[15~", "F5:5,"},
	{"\033[17~", "F6:5,"},
	{"\033[21~", "F10:5,"},
	{"\033[23~", "F11:5,"},
	{"\033[24~", "F12:5,"},
	{"\033[1;5P", "C-F1:6,"},
	{"\033[15;2~", "S-F5:7,"},
	{"\033[[A", "F1:4,"}, /* Linux */
	{"\033[[E", "F5:4,"},
	/* CSI u, modifyOtherKeys */
	{"\033[97;5u", "C-a:7,"},
	{"\033[13;3u", "M-Enter:7,"},
	{"\033[9;5u", "C-Tab:6,"},
	{"\033[97;2u", "A:7,"},
	{"\033[97:65;6u", "C-a:10,"},
	{"\033[27;5;13~", "C-Enter:10,"},
	{"\033[27;6;65~", "C-a:10,"},
	/* several */
	{"ab\033[Ac", "a:1,b:1,Up:3,c:1,"},
	{"\033\033[A", "Escape:1,Up:3,"},
	/* mouse */
	{"\033[<0;10;5M", "click 4 9,"},
	{"\033[<0;10;5m", ""},
	{"\033[<0;10;5M\033[<0;10;5m\033[<0;10;5M", "click 4 9,double 4 9,"},
	{"\033[<0;10;5M\033[<0;11;5M", "click 4 9,click 4 10,"},
	{"\033[<0;1;1M\033[<0;1;1M\033[<0;1;1M",
		"click 0 0,double 0 0,click 0 0,"},
	{"\033[<64;3;4M\033[<65;3;4M", "up 3 2,down 3 2,"},
	{"\033[<2;3;4M\033[<0;0;0M\033[<0M", ""},
	/* focus */
	{"\033[I\033[O", "focus 1,focus 0,"},
	/* answers of the terminal, keys without a name */
	{"\033[?62;1c", ""},
	{"\033[>0;276;0c", ""},
	{"\033[99~", "-:5,"},
	{"\033[E", "-:3,"},
	/* pastes */
	{"\033[200~hello\033[201~", "paste 'hello',"},
	{"\033[200~a\rb\r\nc\nd\033[201~x", "paste 'a\nb\nc\nd',x:1,"},
	{"\033[200~\033[201~", "paste '',"},
	{"\033[200~x\033[31my\007z\033[201~",
		"paste 'x\xef\xbf\xbdy\xef\xbf\xbdz',"},
	{"\033[200~\033[20\033[201~", "paste '\xef\xbf\xbd',"},
	/* no UTF-8 */
	{"\xff", "-:1,"},
	{"\xc3(", "-:1,(:1,"},
	{"\xe6\x97x", "-:2,x:1,"},
};


/* What comes right behind a paste may be part of it. */
static void pass_paste(struct fixture *f, const char *bytes)
{
	if (strstr(bytes, "\033[200~"))
		pass(f, 25);
}


static void whole(void **state)
{
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < UNIT_N(cases); i++) {
		feed(f, cases[i].bytes, strlen(cases[i].bytes));
		pass_paste(f, cases[i].bytes);
		assert_pl(mbuf_all(f->told), cases[i].told);
		mbuf_reset(f->told);
		feed(f, "\033[<0;99;99M", 11); /* no double click */
		mbuf_reset(f->told);
	}
}


/* The same at every byte, and byte by byte. */
static void split(void **state)
{
	struct fixture *f = *state;
	size_t i, k, n;

	for (i = 0; i < UNIT_N(cases); i++) {
		n = strlen(cases[i].bytes);
		for (k = 1; k < n; k++) {
			feed(f, cases[i].bytes, k);
			feed(f, cases[i].bytes + k, n - k);
			pass_paste(f, cases[i].bytes);
			assert_pl(mbuf_all(f->told), cases[i].told);
			feed(f, "\033[<0;99;99M", 11);
			mbuf_reset(f->told);
		}
		for (k = 0; k < n; k++)
			feed(f, cases[i].bytes + k, 1);
		pass_paste(f, cases[i].bytes);
		assert_pl(mbuf_all(f->told), cases[i].told);
		feed(f, "\033[<0;99;99M", 11);
		mbuf_reset(f->told);
	}
}


static void escape(void **state)
{
	struct fixture *f = *state;

	feed(f, "\033", 1);
	pass(f, 20);
	assert_pl(mbuf_all(f->told), "");
	pass(f, 60);
	assert_pl(mbuf_all(f->told), "Escape:1,");
	mbuf_reset(f->told);
	feed(f, "\033[", 2);
	pass(f, 80);
	assert_pl(mbuf_all(f->told), "M-[:2,");
	mbuf_reset(f->told);
	/* A character that never becomes whole. */
	feed(f, "\xe6\x97", 2);
	pass(f, 80);
	assert_pl(mbuf_all(f->told), "-:2,");
	mbuf_reset(f->told);
	/* A paste takes its time. */
	feed(f, "\033[200~one\033", 10);
	pass(f, 80);
	assert_pl(mbuf_all(f->told), "");
	feed(f, "[201~", 5);
	assert_pl(mbuf_all(f->told), "");
	pass(f, 25);
	assert_pl(mbuf_all(f->told), "paste 'one',");
}


/* The end of a paste within a paste: no Enter comes out of it, whatever the
 * reads that it comes in. */
static void end_within_paste(void **state)
{
	static const char bytes[] =
		"\033[200~a\033[201~\rb\033[200~\rc\033[201~";
	static const char want[] = "paste 'a\xef\xbf\xbd\nb\xef\xbf\xbd\nc',";
	struct fixture *f = *state;
	size_t k;

	for (k = 1; k < sizeof(bytes) - 1; k++) {
		feed(f, bytes, k);
		feed(f, bytes + k, sizeof(bytes) - 1 - k);
		pass(f, 25);
		assert_pl(mbuf_all(f->told), want);
		mbuf_reset(f->told);
	}
	/* Keys are keys, also those that come in the middle of the wait. */
	feed(f, "\033[200~a\033[201~b\033", 15);
	pass(f, 5);
	feed(f, "c", 1);
	pass(f, 10);
	assert_pl(mbuf_all(f->told), "");
	pass(f, 15);
	assert_pl(mbuf_all(f->told), "paste 'a',b:1,M-c:2,");
}


/* A flood behind it is bounded, and never taken for keys. */
static void flood_behind_paste(void **state)
{
	struct fixture *f = *state;
	char more[4096];
	size_t i;

	memset(more, '\r', sizeof(more));
	feed(f, "\033[200~a\033[201~", 13);
	for (i = 0; i < 600; i++)
		feed(f, more, sizeof(more));
	feed(f, "\033[201~", 6);
	pass(f, 25);
	assert_true(f->told->end > 1000 && f->told->end < 1100 * 1024);
	assert_null(memmem(f->told->buf, f->told->end, "Enter", 5));
	mbuf_reset(f->told);
	feed(f, "z", 1);
	assert_pl(mbuf_all(f->told), "z:1,");
}


static void double_click(void **state)
{
	struct fixture *f = *state;

	feed(f, "\033[<0;1;1M", 9);
	pass(f, 450);
	feed(f, "\033[<0;1;1M", 9);
	assert_pl(mbuf_all(f->told), "click 0 0,click 0 0,");
}


static void bounds(void **state)
{
	struct fixture *f = *state;
	char digits[200];
	size_t i;

	memset(digits, '1', sizeof(digits));
	feed(f, "\033[", 2);
	feed(f, digits, sizeof(digits));
	mbuf_reset(f->told);
	feed(f, "\rq", 2);
	assert_pl(mbuf_all(f->told), "Enter:1,q:1,");
	mbuf_reset(f->told);
	feed(f, "\033[200~", 6);
	for (i = 0; i < 10000; i++)
		feed(f, digits, sizeof(digits));
	feed(f, "\033[201~", 6);
	pass(f, 25);
	assert_int_equal(f->told->end, 1024 * 1024 + strlen("paste '',cut,"));
	mbuf_reset(f->told);
	feed(f, "z", 1);
	assert_pl(mbuf_all(f->told), "z:1,");
}


static void paused(void **state)
{
	struct fixture *f = *state;

	input_pause(f->input, true);
	feed(f, "ab", 2);
	assert_pl(mbuf_all(f->told), "");
	input_pause(f->input, false);
	assert_pl(mbuf_all(f->told), "a:1,b:1,");
}


#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int test_input(void)
{
	const struct CMUnitTest tests[] = {
		TEST(whole),
		TEST(split),
		TEST(escape),
		TEST(end_within_paste),
		TEST(flood_behind_paste),
		TEST(double_click),
		TEST(bounds),
		TEST(paused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
