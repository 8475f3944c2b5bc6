/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * input.c - bytes of the terminal as keys, pastes, clicks.
 *
 * Where sequences of terminals differ they are told apart by their grammar
 * (ECMA-48: CSI parameters final; SS3 final), and what this terminal's
 * description adds is looked up whole.
 */
#include <errno.h>
#include <ncurses.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <unistd.h>
#include "input_key.h"
#include "mbuf.h"
#include "ui_int.h"
#include "utf8.h"


enum {
	ESCAPE_MS = 50, /* for the rest of a sequence to come */
	PASTE_MS = 20, /* without a byte after its end, then a paste is over */
	DOUBLE_MS = 400,
	READ_SIZE = 4096,
	READS = 4, /* of one turn */
	SEQUENCE_MAX = 64, /* bytes; more is garbage */
	PASTE_MAX = 1024 * 1024,
	OWN_MAX = 32,
};

/* A sequence that terminfo knows and the key that it is. */
struct own {
	const char *bytes; /* terminfo's */
	const char *name;
};

struct input {
	struct loop *loop;
	struct loop_fd *fd;
	struct input_handlers h;
	struct tmr tmr;
	struct mbuf *pending;
	struct mbuf *paste; /* NULL: none */
	bool paste_cut; /* too long: the rest was left out */
	bool paste_ended; /* its end came, unless that was pasted too */
	struct own own[OWN_MAX];
	size_t n_own;
	uint64_t clicked; /* when, last; 0: never */
	int row, col; /* where */
	bool paused;
	bool own_terminfo; /* no screen had read it */
};


static void input_destructor(void *data)
{
	struct input *i = data;

	tmr_cancel(&i->tmr);
	mem_deref(i->fd);
	if (i->pending->buf)
		mem_wipe(i->pending->buf, i->pending->size);
	mem_deref(i->pending);
	mem_deref(i->paste);
	if (i->own_terminfo)
		(void)del_curterm(cur_term);
}


/* ---- what was read -------------------------------------------------- */


/* A key; its bytes are taken first, for handlers may feed more. */
static void tell_key(struct input *i, const char *name, size_t n)
{
	char bytes[SEQUENCE_MAX];
	struct pl pl;
	char *canonical = name ? cmd_key_name(name) : NULL;

	n = n < sizeof(bytes) ? n : sizeof(bytes);
	memcpy(bytes, i->pending->buf + i->pending->pos, n);
	i->pending->pos += n;
	pl = pl_make(bytes, n);
	if (i->h.key)
		i->h.key(canonical, &pl, i->h.arg);
	mem_deref(canonical);
	mem_wipe(bytes, sizeof(bytes));
}


static void tell_mouse(struct input *i, const struct input_csi *csi)
{
	int row = csi->params[2] - 1, col = csi->params[1] - 1;
	int button = csi->params[0] & ~0x1c; /* without modifiers */
	uint64_t now = tmrs_now(loop_tmrs(i->loop));
	enum ui_mouse what = UI_MOUSE_CLICK;

	if (csi->final != 'M' || csi->n < 3 || row < 0 || col < 0)
		return;
	if (button == 64) {
		what = UI_MOUSE_UP;
	} else if (button == 65) {
		what = UI_MOUSE_DOWN;
	} else if (button == 0) {
		if (i->clicked && now - i->clicked <= DOUBLE_MS &&
			row == i->row && col == i->col)
			what = UI_MOUSE_DOUBLE;
		/* A third one begins anew. */
		i->clicked = what == UI_MOUSE_DOUBLE ? 0 : now ? now : 1;
		i->row = row;
		i->col = col;
	} else {
		return;
	}
	if (i->h.mouse)
		i->h.mouse(what, row, col, i->h.arg);
}


/* ---- pastes --------------------------------------------------------- */


static const struct pl paste_end = PL("\033[201~");


/* Terminals send CR for a line's end. */
static void end_paste(struct input *i)
{
	struct mbuf *raw = i->paste, *clean = mbuf_alloc(SIZE_MAX);
	struct pl all;
	size_t n;

	i->paste = NULL;
	for (n = 0; n < raw->end; n++) {
		if (raw->buf[n] == '\r' &&
			(n + 1 == raw->end || raw->buf[n + 1] != '\n'))
			raw->buf[n] = '\n';
	}
	all = mbuf_all(raw);
	(void)utf8_clean(clean, &all, UTF8_BODY, false);
	all = mbuf_all(clean);
	if (i->h.paste)
		i->h.paste(&all, i->h.arg);
	if (i->paste_cut && i->h.cut)
		i->h.cut(i->h.arg);
	mem_wipe(raw->buf, raw->end);
	mem_wipe(clean->buf, clean->end);
	mem_deref(raw);
	mem_deref(clean);
}


static void keep_text(struct input *i, const char *text, size_t n)
{
	size_t room = PASTE_MAX - i->paste->end;

	i->paste_cut = i->paste_cut || n > room;
	(void)mbuf_write_mem(i->paste, text, n < room ? n : room);
}


static void keep_paste(struct input *i, size_t n)
{
	keep_text(i, (const char *)i->pending->buf + i->pending->pos, n);
	i->pending->pos += n;
}


/* True if more was taken. */
static bool read_paste(struct input *i)
{
	struct pl left = mbuf_left(i->pending);
	const char *end = pl_find(&left, &paste_end);
	size_t n;

	if (end) {
		keep_paste(i, (size_t)(end - left.p));
		i->pending->pos += paste_end.l;
		i->paste_ended = true;
		return true;
	}
	/* The end may have begun. */
	for (n = left.l < paste_end.l - 1 ? left.l : paste_end.l - 1; n; n--) {
		if (!memcmp(left.p + left.l - n, paste_end.p, n))
			break;
	}
	if (left.l > n)
		keep_paste(i, left.l - n);
	return false;
}


/* Not every terminal takes the end of a paste out of what is pasted: what
 * stands behind it would be keys, Enter among them. So what comes at once
 * waits; if another end comes, all before that was pasted. */
static bool read_behind_paste(struct input *i)
{
	struct pl left = mbuf_left(i->pending);
	const char *end = pl_find(&left, &paste_end);

	if (!end) {
		if (left.l >= PASTE_MAX)
			i->pending->pos += left.l - paste_end.l;
		return false;
	}
	keep_text(i, paste_end.p, paste_end.l);
	keep_paste(i, (size_t)(end - left.p));
	i->pending->pos += paste_end.l;
	return true;
}


/* ---- sequences ------------------------------------------------------ */


static void act(struct input *i, const struct input_csi *csi, size_t n)
{
	char name[INPUT_NAME];

	if (csi->intro == '[' && !csi->private && csi->final == '~' &&
		csi->params[0] == 200) {
		i->pending->pos += n;
		i->paste = mbuf_alloc(PASTE_MAX);
		i->paste_cut = i->paste_ended = false;
	} else if (csi->intro == '[' && csi->private == '<') {
		i->pending->pos += n;
		tell_mouse(i, csi);
	} else if (csi->intro == '[' && !csi->n &&
		(csi->final == 'I' || csi->final == 'O')) {
		i->pending->pos += n;
		if (i->h.focus)
			i->h.focus(csi->final == 'I', i->h.arg);
	} else if (csi->private && csi->private != '[') {
		i->pending->pos += n; /* an answer of the terminal */
	} else {
		tell_key(i, input_csi_name(csi, name) ? name : NULL, n);
	}
}


/* What terminfo knows: bytes of the one that LEFT begins with; *MORE if LEFT
 * is the beginning of one. */
static const struct own *find_own(
	const struct input *i, const struct pl *left, bool *more)
{
	size_t k;

	for (k = 0; k < i->n_own; k++) {
		const struct own *own = &i->own[k];

		if (pl_startswith(left, own->bytes))
			return own;
		if (left->l < strlen(own->bytes) &&
			!memcmp(own->bytes, left->p, left->l))
			*more = true;
	}
	return NULL;
}


/* One sequence at the front, which begins with ESC. False: its rest has to
 * come, unless LATE. */
static bool read_sequence(struct input *i, bool late)
{
	struct pl left = mbuf_left(i->pending);
	const struct own *own;
	struct input_csi csi;
	char name[INPUT_NAME];
	bool more = false;
	size_t n;

	own = find_own(i, &left, &more);
	if (own) {
		tell_key(i, own->name, strlen(own->bytes));
		return true;
	}
	n = input_sequence(&csi, &left, SEQUENCE_MAX);
	if (n == INPUT_MORE || (n == 1 && left.l == 1 && more)) {
		if (!late)
			return false;
		n = 1;
	}
	if (n == INPUT_GARBAGE) {
		i->pending->pos +=
			left.l < SEQUENCE_MAX ? left.l : SEQUENCE_MAX;
		return true;
	}
	if (csi.intro && n > 2) {
		act(i, &csi, n);
		return true;
	}
	/* Alone, or Meta and a key. */
	n = late && left.l == 1 ? 1 : input_meta_name(&left, name);
	if (!n && !late)
		return false;
	if (n <= 1)
		tell_key(i, "Escape", 1);
	else
		tell_key(i, name, n);
	return true;
}


static bool read_one(struct input *i, bool late)
{
	struct pl left = mbuf_left(i->pending);
	char name[INPUT_NAME];
	bool more = false;
	const struct own *own;
	size_t n;

	if (i->paste)
		return i->paste_ended ? read_behind_paste(i) : read_paste(i);
	if (*left.p == '\033')
		return read_sequence(i, late);
	own = find_own(i, &left, &more);
	if (own) {
		tell_key(i, own->name, strlen(own->bytes));
		return true;
	}
	n = input_plain_name(&left, name);
	if (!n && !late)
		return false;
	tell_key(i, n && *name ? name : NULL, n ? n : left.l);
	return true;
}


static void late_handler(void *arg);


static void await_rest(struct input *i)
{
	struct tmrs *tmrs = loop_tmrs(i->loop);

	if (i->paste && i->paste_ended)
		tmr_start(tmrs, &i->tmr, PASTE_MS, late_handler, i);
	else if (i->pending->end && !i->paste)
		tmr_start(tmrs, &i->tmr, ESCAPE_MS, late_handler, i);
}


static void read_all(struct input *i, bool late)
{
	bool got = true;

	(void)mem_ref(i);
	if (late && i->paste) {
		end_paste(i);
		late = false;
	}
	while (got && !i->paused && i->pending->pos < i->pending->end &&
		mem_nrefs(i) > 1) {
		got = read_one(i, late);
		late = false;
	}
	if (mem_nrefs(i) > 1) {
		mbuf_shift(i->pending);
		tmr_cancel(&i->tmr);
		if (!i->paused)
			await_rest(i);
	}
	mem_deref(i);
}


static void late_handler(void *arg)
{
	read_all(arg, true);
}


void input_feed(struct input *i, const struct pl *bytes)
{
	if (mbuf_write_mem(i->pending, bytes->p, bytes->l))
		mbuf_reset(i->pending);
	read_all(i, false);
}


/* ---- life ----------------------------------------------------------- */


static void end(struct input *i)
{
	i->fd = mem_deref(i->fd);
	if (i->h.end)
		i->h.end(i->h.arg);
}


static void in_handler(int events, void *arg)
{
	struct input *i = mem_ref(arg);
	char buf[READ_SIZE];
	ssize_t n = read(STDIN_FILENO, buf, sizeof(buf));
	struct pl bytes;

	(void)events;
	if (n > 0) {
		bytes = pl_make(buf, (size_t)n);
		input_feed(i, &bytes);
		mem_wipe(buf, (size_t)n);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		end(i);
	}
	mem_deref(i);
}


void input_pause(struct input *i, bool on)
{
	if (i->paused == on)
		return;
	i->paused = on;
	if (i->fd)
		(void)loop_fd_set(i->fd, on ? 0 : LOOP_READ);
	if (!on)
		read_all(i, false);
}


/* Sequences in this terminal's description; those that are one byte mean
 * what they mean everywhere. */
static void read_terminfo(struct input *i)
{
	static const struct {
		const char *cap;
		const char *name;
	} rows[] = {
		{"kcuu1", "Up"},
		{"kcud1", "Down"},
		{"kcuf1", "Right"},
		{"kcub1", "Left"},
		{"khome", "Home"},
		{"kend", "End"},
		{"kpp", "PageUp"},
		{"knp", "PageDown"},
		{"kich1", "Insert"},
		{"kdch1", "Delete"},
		{"kcbt", "S-Tab"},
		{"kent", "Enter"},
		{"kf1", "F1"},
		{"kf2", "F2"},
		{"kf3", "F3"},
		{"kf4", "F4"},
		{"kf5", "F5"},
		{"kf6", "F6"},
		{"kf7", "F7"},
		{"kf8", "F8"},
		{"kf9", "F9"},
		{"kf10", "F10"},
		{"kf11", "F11"},
		{"kf12", "F12"},
	};
	size_t k;
	int err;

	i->own_terminfo = !cur_term;
	if (!cur_term && setupterm(NULL, STDOUT_FILENO, &err) == ERR) {
		i->own_terminfo = false;
		return;
	}
	for (k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		const char *bytes = tigetstr(rows[k].cap);

		if (bytes && bytes != (char *)-1 && bytes[0] && bytes[1])
			i->own[i->n_own++] = (struct own){bytes, rows[k].name};
	}
}


int input_alloc(
	struct input **ip, struct loop *loop, const struct input_handlers *h)
{
	struct input *i = mem_zalloc(sizeof(*i), input_destructor);
	int err;

	i->loop = loop;
	i->h = *h;
	i->pending = mbuf_alloc(PASTE_MAX + READ_SIZE);
	read_terminfo(i);
	err = loop_fd_alloc(
		&i->fd, loop, STDIN_FILENO, LOOP_READ, in_handler, i);
	if (err)
		mem_deref(i);
	else
		*ip = i;
	return err;
}
