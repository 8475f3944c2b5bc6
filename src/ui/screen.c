/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * screen.c - cells, clipped drawing, frames to the terminal.
 *
 * ncurses writes to a file in memory: its own writes to a terminal that does
 * not read would hold up everything. What it wrote is a frame, which goes to
 * the writer.
 */
#include <errno.h>
#include <ncurses.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <term.h>
#include <unistd.h>
#include "screen_int.h"


enum {
	STOP_MS = 200, /* for it to take the last bytes before we stop */
	LAST_MS = 2000,
};


/* ---- to the terminal ------------------------------------------------ */


void screen_take(struct screen *s)
{
	int fd = fileno(s->file);
	off_t n = lseek(fd, 0, SEEK_END);
	ssize_t got = 0;

	if (n <= 0)
		return;
	if (!mbuf_reserve(s->out, (size_t)n))
		got = pread(fd, s->out->buf + s->out->end, (size_t)n, 0);
	if (got > 0)
		s->out->end += (size_t)got;
	if (ftruncate(fd, 0) || lseek(fd, 0, SEEK_SET))
		return; /* of a file in memory: cannot be */
}


void screen_send(struct screen *s)
{
	struct pl all;
	struct mbuf *mb;

	screen_take(s);
	all = mbuf_all(s->out);
	if (s->colours == TTY_TRUE && all.l) {
		mb = mbuf_alloc(SCREEN_OUT_MAX);
		tty_true_colours(mb, &all, s->palette);
		writer_put(s->writer, mb->buf, mb->end);
		mem_deref(mb);
	} else if (all.l) {
		writer_put(s->writer, all.p, all.l);
	}
	mbuf_reset(s->out);
	if (s->raw->end)
		writer_put(s->writer, s->raw->buf, s->raw->end);
	mbuf_reset(s->raw);
}


/* ---- size and signals ----------------------------------------------- */


static void resize(struct screen *s)
{
	tty_size(&s->rows, &s->cols);
	(void)resizeterm(s->rows, s->cols);
	s->under = mem_deref(s->under);
	s->under = mem_zalloc((size_t)s->rows * (size_t)s->cols, NULL);
	screen_redraw(s);
}


static void resized(int signo, void *arg)
{
	struct screen *s = arg;

	(void)signo;
	if (s->away)
		return;
	resize(s);
	s->config.resized(s->config.arg);
}


static void stopped(int signo, void *arg)
{
	(void)signo;
	screen_leave(arg);
	(void)raise(SIGSTOP);
}


static void continued(int signo, void *arg)
{
	(void)signo;
	screen_return(arg);
}


/* A bell that no frame takes along. */
static void sleep_handler(void *arg)
{
	struct screen *s = arg;

	if (!s->away && s->raw->end) {
		writer_put(s->writer, s->raw->buf, s->raw->end);
		mbuf_reset(s->raw);
		(void)writer_flush(s->writer, 0);
	}
}


static int watch_signals(struct screen *s)
{
	static const struct {
		int signo;
		loop_signal_h *h;
	} rows[SCREEN_SIGNALS] = {
		{SIGWINCH, resized},
		{SIGTSTP, stopped},
		{SIGCONT, continued},
	};
	size_t i;
	int err = loop_before_sleep(&s->hook, s->config.loop, sleep_handler, s);

	for (i = 0; i < SCREEN_SIGNALS && !err; i++)
		err = loop_signal_alloc(&s->signals[i], s->config.loop,
			rows[i].signo, rows[i].h, s);
	return err;
}


/* ---- life ----------------------------------------------------------- */


void screen_leave(struct screen *s)
{
	if (s->away)
		return;
	s->away = true;
	/* The shell goes on there, where it has no screen of its own. */
	(void)attrset(A_NORMAL);
	(void)move(LINES - 1, 0);
	(void)clrtoeol();
	(void)refresh();
	(void)endwin();
	screen_take(s);
	tty_modes_off(&s->tty, s->raw);
	screen_send(s);
	(void)writer_flush(s->writer, STOP_MS);
	tty_restore(&s->tty);
}


void screen_return(struct screen *s)
{
	if (!s->away)
		return;
	s->away = false;
	tty_raw(&s->tty);
	tty_modes_on(&s->tty, s->raw);
	resize(s);
	s->config.resized(s->config.arg);
}


static void screen_destructor(void *data)
{
	struct screen *s = data;
	size_t i;

	for (i = 0; i < SCREEN_SIGNALS; i++)
		mem_deref(s->signals[i]);
	if (s->curses) {
		screen_leave(s);
		(void)writer_flush(s->writer, LAST_MS);
		delscreen(s->curses);
	}
	if (s->last_words.run)
		mem_oom_handler(NULL);
	if (s->file)
		(void)fclose(s->file);
	mem_deref(s->writer);
	mem_deref(s->out);
	mem_deref(s->raw);
	mem_deref(s->links);
	mem_deref(s->under);
	mem_deref(s->hook);
}


/* Nothing here may allocate. */
static void out_of_memory(void *arg)
{
	const struct screen *s = arg;

	if (s->away)
		return;
	if (write(STDOUT_FILENO, s->last, s->last_len) < 0)
		errno = 0; /* nothing more can be done */
	tty_restore(&s->tty);
}


/* What gives the terminal back in the last moment. */
static void prepare_last(struct screen *s)
{
	const char *leave = tigetstr("rmcup"), *show = tigetstr("cnorm");
	struct mbuf *mb = mbuf_alloc(sizeof(s->last));

	(void)mbuf_write_str(
		mb, "\033[?1006l\033[?1000l\033[?1004l\033[?2004l");
	if (show && show != (char *)-1)
		(void)mbuf_write_str(mb, show);
	if (leave && leave != (char *)-1)
		(void)mbuf_write_str(mb, leave);
	(void)mbuf_write_str(mb, "\r\n");
	memcpy(s->last, mb->buf, mb->end);
	s->last_len = mb->end;
	mem_deref(mb);
}


/* The scrolling region that ncurses sets first has to be the whole screen; its
 * file tells it no size. */
static SCREEN *new_term(FILE *file)
{
	char text[32];
	SCREEN *curses;
	int rows, cols;

	tty_size(&rows, &cols);
	(void)snprintf(text, sizeof(text), "%d", rows);
	(void)setenv("LINES", text, 1);
	(void)snprintf(text, sizeof(text), "%d", cols);
	(void)setenv("COLUMNS", text, 1);
	use_env(TRUE);
	curses = newterm(NULL, file, file);
	/* Nobody's, once the size changes. */
	(void)unsetenv("LINES");
	(void)unsetenv("COLUMNS");
	return curses;
}


/* ncurses takes signals that are the loop's. */
static int start_curses(struct screen *s)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
	struct sigaction before[4];
	int fd = memfd_create("frame", MFD_CLOEXEC);
	size_t i;

	if (fd < 0)
		return errno;
	s->file = fdopen(fd, "w+");
	if (!s->file) {
		(void)close(fd);
		return ENOMEM;
	}
	for (i = 0; i < 4; i++)
		(void)sigaction(signals[i], NULL, &before[i]);
	s->curses = new_term(s->file);
	for (i = 0; i < 4; i++)
		(void)sigaction(signals[i], &before[i], NULL);
	if (!s->curses)
		return ENOTTY;
	(void)nonl();
	(void)typeahead(-1);
	return 0;
}


static void start_colours(struct screen *s)
{
	s->colours = TTY_NONE;
	if (start_color() == ERR)
		return;
	(void)use_default_colors();
	s->colours = tty_colours(COLORS, tigetflag("RGB") == 1);
	s->direct = s->colours == TTY_TRUE && COLORS > 256;
}


bool screen_capable(void)
{
	const char *term = getenv("TERM"), *cup;
	bool able;
	int err;

	if (!term || !*term || !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return false;
	if (setupterm(NULL, STDOUT_FILENO, &err) == ERR)
		return false;
	cup = tigetstr("cup");
	able = cup && cup != (char *)-1;
	(void)del_curterm(cur_term);
	return able;
}


int screen_alloc(struct screen **sp, const struct screen_config *config)
{
	struct screen *s;
	int err;

	s = mem_zalloc(sizeof(*s), screen_destructor);
	s->config = *config;
	s->out = mbuf_alloc(SCREEN_OUT_MAX);
	s->raw = mbuf_alloc(SCREEN_OUT_MAX);
	s->links = links_alloc();
	s->cursor_row = -1;
	err = tty_init(&s->tty);
	if (!err)
		err = writer_alloc(&s->writer, config->loop, STDOUT_FILENO,
			SCREEN_OUT_MAX, config->broken, config->arg);
	if (!err)
		err = start_curses(s);
	if (!err)
		err = watch_signals(s);
	if (err) {
		mem_deref(s);
		return err;
	}
	prepare_last(s);
	s->last_words = (struct mem_last){out_of_memory, s};
	mem_oom_handler(&s->last_words);
	start_colours(s);
	(void)screen_theme(s, "dark", NULL);
	tty_raw(&s->tty);
	tty_modes_on(&s->tty, s->raw);
	resize(s);
	*sp = s;
	return 0;
}


struct ui_area screen_area(const struct screen *s)
{
	return (struct ui_area){0, 0, s->rows, s->cols};
}


bool screen_utf8(const struct screen *s)
{
	return s->tty.utf8;
}


int screen_flush(struct screen *s, uint64_t limit)
{
	return writer_flush(s->writer, limit);
}
