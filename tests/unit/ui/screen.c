/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The screen on a pseudo terminal, what it wrote as bytes and as cells. */
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include "mbuf.h"
#include "ui_int.h"
#include "unit.h"

int test_screen(void);


enum {
	ROWS = 10,
	COLS = 40,
};

struct fixture {
	struct loop *loop;
	struct screen *screen;
	struct mbuf *got; /* of the last frame */
	int master, slave;
	int saved[2]; /* what descriptors 0 and 1 were */
	struct termios before;
	struct ui_area all;
	unsigned resized, ready;
	struct tmr tmr;
};


static void resized_h(void *arg)
{
	++((struct fixture *)arg)->resized;
}


static void broken_h(int err, void *arg)
{
	(void)err;
	(void)arg;
}


static void ready_h(void *arg)
{
	struct fixture *f = arg;

	++f->ready;
	loop_stop(f->loop, 0);
}


static void set_size(struct fixture *f, int rows, int cols)
{
	struct winsize size = {
		.ws_row = (unsigned short)rows,
		.ws_col = (unsigned short)cols,
	};

	assert_int_equal(ioctl(f->master, TIOCSWINSZ, &size), 0);
}


/* What the terminal got, so far. */
static const char *got(struct fixture *f)
{
	char buf[4096];
	ssize_t n;

	mbuf_reset(f->got);
	while ((n = read(f->master, buf, sizeof(buf))) > 0)
		mbuf_write_mem(f->got, buf, (size_t)n);
	mbuf_write_u8(f->got, '\0');
	--f->got->end;
	return (const char *)f->got->buf;
}


static int setup_with(void **state, const char *term, const char *locale)
{
	struct fixture *f = calloc(1, sizeof(*f));

	setenv("TERM", term, 1);
	unsetenv("COLORTERM");
	unsetenv("NO_COLOR");
	assert_non_null(setlocale(LC_ALL, locale));
	f->got = mbuf_alloc(SIZE_MAX);
	f->master = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(
		f->master >= 0 && !grantpt(f->master) && !unlockpt(f->master));
	assert_int_equal(fcntl(f->master, F_SETFL, O_NONBLOCK), 0);
	f->slave = open(ptsname(f->master), O_RDWR | O_NOCTTY);
	assert_true(f->slave >= 0);
	set_size(f, ROWS, COLS);
	assert_int_equal(tcgetattr(f->slave, &f->before), 0);
	f->saved[0] = dup(0);
	f->saved[1] = dup(1);
	fflush(stdout);
	dup2(f->slave, 0);
	dup2(f->slave, 1);
	assert_int_equal(loop_alloc(&f->loop), 0);
	*state = f;
	return 0;
}


static int begin(struct fixture *f)
{
	const struct screen_config config = {f->loop, resized_h, broken_h, f};
	int err = screen_alloc(&f->screen, &config);

	if (!err)
		f->all = screen_area(f->screen);
	return err;
}


static int setup(void **state)
{
	return setup_with(state, "xterm-256color", "C.UTF-8");
}


static int setup_ascii(void **state)
{
	return setup_with(state, "vt100", "C");
}


static void put_back(struct fixture *f)
{
	dup2(f->saved[0], 0);
	dup2(f->saved[1], 1);
}


static int teardown(void **state)
{
	struct fixture *f = *state;

	mem_deref(f->screen);
	mem_deref(f->loop);
	put_back(f);
	close(f->saved[0]);
	close(f->saved[1]);
	close(f->slave);
	close(f->master);
	mem_deref(f->got);
	free(f);
	setlocale(LC_ALL, "C");
	return 0;
}


static const char *frame(struct fixture *f)
{
	screen_cursor(f->screen, &f->all, 0, 0);
	assert_true(screen_end(f->screen, ready_h, f));
	return got(f);
}


static void assert_modes(const struct termios *a, const struct termios *b)
{
	assert_int_equal(a->c_iflag, b->c_iflag);
	assert_int_equal(a->c_oflag, b->c_oflag);
	assert_int_equal(a->c_lflag, b->c_lflag);
	assert_memory_equal(a->c_cc, b->c_cc, sizeof(a->c_cc));
}


/* All modes are as they were, the other screen is left. */
static void life(void **state)
{
	struct fixture *f = *state;
	struct termios now;
	const char *bytes;

	assert_int_equal(begin(f), 0);
	assert_int_equal(f->all.rows, ROWS);
	assert_int_equal(f->all.cols, COLS);
	assert_true(screen_utf8(f->screen));
	assert_int_equal(tcgetattr(0, &now), 0);
	assert_false(now.c_lflag & (ICANON | ECHO));
	screen_begin(f->screen);
	screen_title(f->screen, "one\033]0;evil\007");
	screen_mouse(f->screen, true);
	bytes = frame(f);
	assert_non_null(strstr(bytes, "\033[?1049h"));
	assert_non_null(strstr(bytes, "\033[?2004h"));
	assert_non_null(strstr(bytes, "\033[?1004h"));
	assert_non_null(strstr(bytes, "\033[?1006h"));
	assert_non_null(strstr(bytes, "\033[22;2t\033]2;one\xef\xbf\xbd\007"));
	screen_leave(f->screen);
	bytes = got(f);
	assert_non_null(strstr(bytes, "\033[?1049l"));
	assert_non_null(strstr(bytes, "\033[?2004l"));
	assert_non_null(strstr(bytes, "\033[?1004l"));
	assert_non_null(strstr(bytes, "\033[?1006l"));
	assert_non_null(strstr(bytes, "\033[23;2t"));
	assert_int_equal(tcgetattr(0, &now), 0);
	assert_modes(&now, &f->before);
	screen_return(f->screen);
	assert_int_equal(f->resized, 1);
	screen_begin(f->screen);
	assert_non_null(strstr(frame(f), "\033[?1049h"));
	f->screen = mem_deref(f->screen);
	assert_non_null(strstr(got(f), "\033[?1049l"));
	assert_int_equal(tcgetattr(0, &now), 0);
	assert_modes(&now, &f->before);
}


static void cells(void **state)
{
	static const struct {
		const char *text;
		int used;
		const char *shown;
	} cases[] = {
		{"abc", 3, "abc"},
		{"\xe6\x97\xa5\xe6\x9c\xac", 4, "\xe6\x97\xa5\xe6\x9c\xac"},
		{"e\xcc\x81x", 2, "e\xcc\x81x"},
		/* a family, a flag, a skin tone */
		{"\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9", 4,
			"\xf0\x9f\x91\xa8\xf0\x9f\x91\xa9"},
		{"\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa", 2, "DE"},
		{"\xf0\x9f\x91\x8b\xf0\x9f\x8f\xbdx", 3, "\xf0\x9f\x91\x8bx"},
		{"\033[31mred", 8, "?[31mred"},
		{"a\302\233b\007\177", 5, "a?b??"},
	};
	struct fixture *f = *state;
	size_t i;

	assert_int_equal(begin(f), 0);
	for (i = 0; i < UNIT_N(cases); i++) {
		screen_begin(f->screen);
		screen_redraw(f->screen);
		assert_int_equal(screen_str(f->screen, &f->all, 3, 5, UI_NORMAL,
					 cases[i].text),
			cases[i].used);
		assert_non_null(strstr(frame(f), cases[i].shown));
	}
}


/* Nothing outside of the area, and no half of a wide character. */
static void clipping(void **state)
{
	struct fixture *f = *state;
	struct ui_area a = {2, 10, 2, 5};
	const char *wide = "\xe6\x97\xa5\xe6\x97\xa5\xe6\x97\xa5";
	const char *bytes;

	assert_int_equal(begin(f), 0);
	screen_begin(f->screen);
	assert_int_equal(screen_str(f->screen, &a, 0, 0, UI_NORMAL, wide), 4);
	assert_int_equal(
		screen_str(f->screen, &a, 1, -1, UI_NORMAL, "abcdefgh"), 6);
	assert_int_equal(screen_str(f->screen, &a, 2, 0, UI_NORMAL, "no"), 0);
	assert_int_equal(screen_str(f->screen, &a, -1, 0, UI_NORMAL, "no"), 0);
	bytes = frame(f);
	assert_null(strstr(bytes, "no"));
	assert_non_null(strstr(bytes, "bcdef"));
	assert_null(strstr(bytes, "bcdefg"));
	a.col = COLS - 1;
	screen_begin(f->screen);
	assert_int_equal(screen_str(f->screen, &a, 0, 0, UI_NORMAL, wide), 0);
	a.row = ROWS - 1;
	assert_int_equal(screen_str(f->screen, &a, 0, 0, UI_NORMAL, "z"), 1);
	assert_int_equal(screen_str(f->screen, &a, 1, 0, UI_NORMAL, "z"), 0);
	a = (struct ui_area){0, 0, 1, 6};
	assert_int_equal(
		screen_cut(f->screen, &a, 0, 0, 6, UI_NORMAL, "123456"), 6);
	assert_int_equal(
		screen_cut(f->screen, &a, 0, 0, 6, UI_NORMAL, wide), 6);
	assert_int_equal(
		screen_cut(f->screen, &a, 0, 0, 5, UI_NORMAL, wide), 5);
	assert_int_equal(
		screen_cut(f->screen, &a, 0, 0, 4, UI_NORMAL, wide), 3);
	screen_fill(f->screen, &(struct ui_area){-5, -5, 1000, 2000}, UI_TAB);
	(void)frame(f);
}


static void one_letter(void **state)
{
	struct fixture *f = *state;
	char line[COLS];
	int i;

	assert_int_equal(begin(f), 0);
	for (i = 0; i < 30; i++) {
		memset(line, 'x', sizeof(line));
		line[i] = '\0';
		screen_begin(f->screen);
		screen_fill_row(f->screen, &f->all, 0, UI_TITLE);
		screen_str(f->screen, &f->all, 9, 0, UI_INPUT, line);
		screen_cursor(f->screen, &f->all, 9, i);
		assert_true(screen_end(f->screen, ready_h, f));
		assert_true(i == 0 || strlen(got(f)) <= 120);
		if (i)
			assert_true(f->got->end < 40);
		(void)got(f);
	}
}


static void links(void **state)
{
	static const char link[] =
		"\033[4;3H\033]8;id=7;https://example.org/a\033\\";
	struct fixture *f = *state;
	struct pl text = PL("here");
	const char *bytes;
	int i;

	assert_int_equal(begin(f), 0);
	for (i = 0; i < 4; i++) {
		screen_begin(f->screen);
		if (i < 3)
			assert_int_equal(
				screen_link(f->screen, &f->all, 3, 2, &text,
					"https://example.org/a", 7),
				4);
		else
			screen_str(f->screen, &f->all, 3, 2, UI_LINK, "here");
		if (i == 2)
			screen_str(f->screen, &f->all, 3, 20, UI_NORMAL, "new");
		bytes = frame(f);
		/* Written at first, and with its row. */
		assert_int_equal(!!strstr(bytes, link), i == 0 || i == 2);
		/* What is a link no more is written again. */
		assert_int_equal(!!strstr(bytes, "here"), i != 1);
	}
	screen_begin(f->screen);
	screen_link(f->screen, &f->all, 3, 2, &text, "x:\033\\evil", 8);
	screen_link(f->screen, &f->all, 4, 2, &text, "", 8);
	screen_link(f->screen, &f->all, 5, 2, &text, "https://a/\302\233", 8);
	screen_link(f->screen, &f->all, 6, 2, &text, "https://b/", 8);
	screen_str(f->screen, &f->all, 6, 3, UI_NORMAL, "over");
	assert_null(strstr(frame(f), "\033]8"));
}


static void strings(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(begin(f), 0);
	screen_begin(f->screen);
	screen_notify(f->screen, "a;b\007c", "x;y\033\\z\nw");
	screen_bell(f->screen);
	assert_non_null(strstr(frame(f),
		"\033]777;notify;a,b\xef\xbf\xbd"
		"c;x,y\xef\xbf\xbdz w\007\007"));
	screen_begin(f->screen);
	screen_title(f->screen, "\xc3\xa4");
	screen_title(f->screen, NULL);
	assert_non_null(
		strstr(frame(f), "\033[22;2t\033]2;\xc3\xa4\007\033[23;2t"));
}


static void ascii(void **state)
{
	struct fixture *f = *state;
	struct pl text = PL("here");
	const char *bytes;

	assert_int_equal(begin(f), 0);
	assert_false(screen_utf8(f->screen));
	screen_begin(f->screen);
	screen_hline(f->screen, &f->all, 0, 0, 3, UI_BORDER);
	screen_glyph(f->screen, &f->all, 1, 0, UI_ONLINE, UI_GLYPH_ONLINE);
	screen_str(f->screen, &f->all, 2, 0, UI_NORMAL, "\xc3\xa4\xe6\x97\xa5");
	screen_link(f->screen, &f->all, 3, 0, &text, "https://b/", 8);
	screen_title(f->screen, "title");
	screen_notify(f->screen, "title", "body");
	bytes = frame(f);
	assert_non_null(strstr(bytes, "---"));
	assert_non_null(strstr(bytes, "???"));
	assert_non_null(strstr(bytes, "here"));
	assert_null(strstr(bytes, "\033]"));
	assert_null(strstr(bytes, "title"));
}


static void colours(void **state)
{
	static const struct {
		const char *term, *colorterm, *no;
		const char *has, *hasnt;
	} cases[] = {
		{"xterm-256color", NULL, NULL, "38;5;203", "38;2;"},
		{"xterm-256color", "truecolor", NULL, "48;2;16;32;48", "48;5;"},
		{"xterm-256color", NULL, NULL, "48;5;", "48;2;"},
		{"xterm-256color", "truecolor", "1", "", "38;"},
		{"xterm", NULL, NULL, "\033[31", "38;"},
		{"vt100", NULL, NULL, "", "\033[3"},
	};
	char path[] = "/tmp/sotto-colours-XXXXXX";
	int fd = mkstemp(path);
	size_t i;

	(void)state;
	assert_true(fd >= 0);
	assert_true(dprintf(fd,
			    "style peer fg 203\n"
			    "style me bg #102030\n") > 0);
	for (i = 0; i < UNIT_N(cases); i++) {
		void *fixture;
		struct fixture *f;
		const char *bytes;

		setup_with(&fixture, cases[i].term, "C.UTF-8");
		f = fixture;
		if (cases[i].colorterm)
			setenv("COLORTERM", cases[i].colorterm, 1);
		if (cases[i].no)
			setenv("NO_COLOR", cases[i].no, 1);
		if (begin(f) == 0) {
			assert_int_equal(
				screen_theme(f->screen, path, NULL), 0);
			screen_begin(f->screen);
			screen_str(f->screen, &f->all, 0, 0, UI_PEER, "red");
			screen_str(f->screen, &f->all, 1, 0, UI_ME, "deep");
			bytes = frame(f);
			assert_non_null(strstr(bytes, cases[i].has));
			assert_null(strstr(bytes, cases[i].hasnt));
		}
		teardown(&fixture);
	}
	close(fd);
	unlink(path);
	unsetenv("COLORTERM");
	unsetenv("NO_COLOR");
}


static void read_handler(int events, void *arg)
{
	(void)events;
	(void)got(arg);
}


/* A terminal that does not read holds nothing up: frames are left out. */
static void slow(void **state)
{
	struct fixture *f = *state;
	struct loop_fd *fd;
	int i, drawn = 0;

	assert_int_equal(begin(f), 0);
	for (i = 0; i < 200; i++) {
		screen_begin(f->screen);
		screen_redraw(f->screen);
		screen_fill(f->screen, &f->all, i % 2 ? UI_TITLE : UI_TAB);
		screen_str(f->screen, &f->all, i % ROWS, 0, UI_NORMAL,
			"some text that is there for its length");
		if (!screen_end(f->screen, ready_h, f))
			break;
		++drawn;
	}
	assert_true(drawn > 0 && drawn < 200);
	assert_false(screen_end(f->screen, ready_h, f));
	assert_int_equal(loop_fd_alloc(&fd, f->loop, f->master, LOOP_READ,
				 read_handler, f),
		0);
	assert_int_equal(loop_run(f->loop), 0);
	assert_int_equal(f->ready, 1);
	mem_deref(fd);
	assert_true(screen_end(f->screen, ready_h, f));
}


static void stop(void *arg)
{
	loop_stop(((struct fixture *)arg)->loop, 0);
}


static void sizes(void **state)
{
	static const int size[][2] = {
		{1, 1}, {200, 500}, {500, 1000}, {2, 80}, {24, 1}, {24, 80}};
	struct fixture *f = *state;
	size_t i;

	assert_int_equal(begin(f), 0);
	for (i = 0; i < UNIT_N(size); i++) {
		set_size(f, size[i][0], size[i][1]);
		raise(SIGWINCH);
		tmrs_update(loop_tmrs(f->loop));
		tmr_start(loop_tmrs(f->loop), &f->tmr, 20, stop, f);
		assert_int_equal(loop_run(f->loop), 0);
		assert_int_equal(f->resized, i + 1);
		f->all = screen_area(f->screen);
		assert_int_equal(f->all.rows, size[i][0]);
		assert_int_equal(f->all.cols, size[i][1]);
		screen_begin(f->screen);
		screen_fill(f->screen, &f->all, UI_TITLE);
		screen_vline(f->screen, &f->all, 0, 0, 1000, UI_BORDER);
		screen_str(f->screen, &f->all, 0, 0, UI_NORMAL,
			"\xe6\x97\xa5\xe6\x97\xa5");
		screen_cursor(f->screen, &f->all, size[i][0] - 1, 0);
		(void)screen_end(f->screen, ready_h, f);
		while (screen_flush(f->screen, 1))
			(void)got(f);
		(void)got(f);
	}
}


#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int test_screen(void)
{
	const struct CMUnitTest tests[] = {
		TEST(life),
		TEST(cells),
		TEST(clipping),
		TEST(one_letter),
		TEST(links),
		TEST(strings),
		TEST(slow),
		TEST(sizes),
		cmocka_unit_test_setup_teardown(ascii, setup_ascii, teardown),
		cmocka_unit_test(colours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
