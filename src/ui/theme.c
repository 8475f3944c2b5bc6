/* SPDX-License-Identifier: GPL-3.0-or-later */
/* theme.c - themes: files of styles, those that are built in, where they are
 * looked for. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sysexits.h>
#include "file.h"
#include "theme.h"
#include "utf8.h"


enum {
	FILE_MAX = 64 * 1024,
	SHOWN_MAX = 40, /* bytes of a word that is complained of */
	MISTAKES_MAX = 10,
};


static const struct {
	const char *name;
	const char *text;
} built_in[] = {
#include "theme_data.h"
};

static const char *const colours[] = {
	"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"};

static const struct {
	const char *name;
	unsigned attr;
} attrs[] = {
	{"bold", THEME_BOLD},
	{"dim", THEME_DIM},
	{"italic", THEME_ITALIC},
	{"underline", THEME_UNDERLINE},
	{"reverse", THEME_REVERSE},
};


/* Where a file is read. */
struct reader {
	struct theme *theme;
	const char *file;
	unsigned line;
	unsigned mistakes;
	struct mbuf *why;
};


void theme_init(struct theme *t)
{
	size_t i;

	for (i = 0; i < UI_STYLES; i++)
		t->styles[i] = (struct theme_style){
			.fg = THEME_DEFAULT, .bg = THEME_UNSET};
	t->styles[UI_NORMAL].bg = THEME_DEFAULT;
}


/* ---- lines ---------------------------------------------------------- */


static void mistake(struct reader *r, const char *before, const struct pl *word,
	const char *behind)
{
	struct pl shown = *word;
	char *clean;

	if (r->mistakes++ >= MISTAKES_MAX)
		return;
	shown.l = shown.l < SHOWN_MAX ? shown.l : SHOWN_MAX;
	clean = utf8_clean_dup(&shown, UTF8_NAME);
	if (r->why->end)
		(void)mbuf_write_u8(r->why, '\n');
	(void)mbuf_printf(r->why, "%s:%u: %s\"%s\"%s", r->file, r->line, before,
		clean, behind);
	mem_deref(clean);
}


/* The next word of LINE, without the quotes around it. False: none. */
static bool next_word(struct pl *line, struct pl *word)
{
	char quote = 0;
	size_t n = 0;

	*line = pl_trim(line);
	if (!line->l)
		return false;
	if (*line->p == '"' || *line->p == '\'') {
		quote = *line->p;
		pl_skip(line, 1);
	}
	while (n < line->l &&
		(quote ? line->p[n] != quote
		       : line->p[n] != ' ' && line->p[n] != '\t'))
		++n;
	*word = pl_make(line->p, n);
	pl_skip(line, n + (quote && n < line->l ? 1 : 0));
	return true;
}


static bool read_hex(const struct pl *word, int *colour)
{
	uint32_t v = 0;
	size_t i;

	if (word->l != 7 || word->p[0] != '#')
		return false;
	for (i = 1; i < 7; i++) {
		int c = tolower((unsigned char)word->p[i]);

		if (!isxdigit(c))
			return false;
		v = v << 4 | (uint32_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	*colour = THEME_RGB | (int)v;
	return true;
}


static bool read_colour(const struct pl *word, int *colour)
{
	struct pl name = *word;
	int bright = 0;
	uint32_t n;
	int i;

	if (pl_streq(word, "default")) {
		*colour = THEME_DEFAULT;
		return true;
	}
	if (!pl_u32(word, &n) && n < 256) {
		*colour = (int)n;
		return true;
	}
	if (pl_startswith(&name, "bright-")) {
		bright = 8;
		pl_skip(&name, 7);
	}
	for (i = 0; i < 8; i++) {
		if (!pl_streq(&name, colours[i]))
			continue;
		*colour = i + bright;
		return true;
	}
	return read_hex(word, colour);
}


static bool read_attr(const struct pl *word, unsigned *all)
{
	size_t i;

	for (i = 0; i < sizeof(attrs) / sizeof(attrs[0]); i++) {
		if (pl_streq(word, attrs[i].name)) {
			*all |= attrs[i].attr;
			return true;
		}
	}
	return false;
}


static struct theme_style *find_style(struct theme *t, const struct pl *name)
{
	int i;

	for (i = 0; i < UI_STYLES; i++) {
		if (pl_streq(name, ui_style_name((enum ui_style)i)))
			return &t->styles[i];
	}
	return NULL;
}


/* What stands behind the name; false after a mistake. */
static bool read_look(
	struct reader *r, struct pl *line, struct theme_style *look)
{
	struct pl word, colour = PL_INIT;
	bool fg;

	while (next_word(line, &word) && word.l && word.p[0] != '#') {
		fg = pl_streq(&word, "fg");
		if (!fg && !pl_streq(&word, "bg")) {
			if (read_attr(&word, &look->attrs))
				continue;
			mistake(r, "", &word,
				" is none of fg, bg, bold, dim, italic, "
				"underline, reverse");
			return false;
		}
		if (!next_word(line, &colour) ||
			!read_colour(&colour, fg ? &look->fg : &look->bg)) {
			mistake(r, "", &colour,
				" is no colour: a name, 0 to 255, "
				"#rrggbb or default");
			return false;
		}
	}
	return true;
}


static void read_line(struct reader *r, struct pl *line)
{
	struct theme_style look = {.fg = THEME_DEFAULT, .bg = THEME_UNSET};
	struct theme_style *style;
	struct pl word = PL_INIT;

	if (!next_word(line, &word) || *word.p == '#')
		return;
	if (!pl_streq(&word, "style")) {
		mistake(r, "", &word,
			" is no command of themes; only style is");
		return;
	}
	word = (struct pl)PL_INIT;
	(void)next_word(line, &word);
	style = find_style(r->theme, &word);
	if (!style) {
		mistake(r, "no style ", &word, "");
		return;
	}
	if (!read_look(r, line, &look))
		return;
	if (style == &r->theme->styles[UI_NORMAL] && look.bg == THEME_UNSET)
		look.bg = THEME_DEFAULT;
	*style = look;
}


int theme_parse(
	struct theme *t, const char *file, const struct pl *text, char **why)
{
	struct reader r = {.theme = t, .file = file};
	struct pl left = *text, line;
	int status;

	r.why = mbuf_alloc(SIZE_MAX);
	while (pl_split(&left, '\n', &line) || pl_isset(&line)) {
		++r.line;
		read_line(&r, &line);
	}
	status = r.mistakes ? EX_CONFIG : 0;
	if (status && why)
		*why = mbuf_strdup(r.why);
	mem_deref(r.why);
	return status;
}


/* ---- places --------------------------------------------------------- */


/* Directory N of themes: the user's, then the system's (mem_deref). */
static char *directory(unsigned n)
{
	char *config, *dir;

	if (n == 1)
		return mem_strdup(THEME_DIR);
	config = file_config_path();
	if (!config)
		return NULL;
	*strrchr(config, '/') = '\0';
	dir = mem_printf("%s/themes", config);
	mem_deref(config);
	return dir;
}


/* 0, errno (ENOENT: no such file), or -1 for mistakes, which hold. */
static int load_file(struct theme *t, const char *path, char **why)
{
	struct theme fresh;
	struct mbuf *mb;
	struct pl text;
	int err, status;

	err = file_read(&mb, path, FILE_MAX);
	if (err)
		return err;
	theme_init(&fresh);
	text = mbuf_all(mb);
	status = theme_parse(&fresh, path, &text, why);
	mem_deref(mb);
	*t = fresh;
	return status ? -1 : 0;
}


static int load_named(struct theme *t, const char *name, char **why)
{
	int err = ENOENT;
	unsigned i;

	for (i = 0; i < 2 && err == ENOENT; i++) {
		char *dir = directory(i), *path;

		if (!dir)
			continue;
		path = mem_printf("%s/%s.theme", dir, name);
		err = load_file(t, path, why);
		mem_deref(path);
		mem_deref(dir);
	}
	return err;
}


static bool load_built_in(struct theme *t, const char *name)
{
	size_t i;
	struct pl text;

	for (i = 0; i < sizeof(built_in) / sizeof(built_in[0]); i++) {
		if (strcmp(built_in[i].name, name) != 0)
			continue;
		text = pl_str(built_in[i].text);
		theme_init(t);
		(void)theme_parse(t, name, &text, NULL);
		return true;
	}
	return false;
}


int theme_load(struct theme *t, const char *name, char **why)
{
	char *path = strchr(name, '/') ? file_expand(name) : NULL;
	struct pl pl = pl_str(name);
	char *clean;
	int err;

	if (strchr(name, '/'))
		err = path ? load_file(t, path, why) : ENOENT;
	else
		err = load_named(t, name, why);
	mem_deref(path);
	if (err == ENOENT && load_built_in(t, name))
		err = 0;
	if (err > 0 && why) {
		clean = utf8_clean_dup(&pl, UTF8_NAME);
		*why = err == ENOENT
			? mem_printf("there is no theme \"%s\"", clean)
			: mem_printf("theme \"%s\": %s", clean, strerror(err));
		mem_deref(clean);
	}
	if (err < 0)
		return EX_CONFIG;
	return err ? EX_NOINPUT : 0;
}


static bool is_built_in(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < sizeof(built_in) / sizeof(built_in[0]); i++) {
		if (strlen(built_in[i].name) == len &&
			!strncmp(built_in[i].name, name, len))
			return true;
	}
	return false;
}


void theme_names(const char *prefix, void (*emit)(const char *name, void *arg),
	void *arg)
{
	char *dir = directory(0);
	DIR *d = dir ? opendir(dir) : NULL;
	struct dirent *entry;
	size_t i, len;

	for (i = 0; i < sizeof(built_in) / sizeof(built_in[0]); i++) {
		if (!strncmp(built_in[i].name, prefix, strlen(prefix)))
			emit(built_in[i].name, arg);
	}
	while (d && (entry = readdir(d))) {
		char *name;

		len = strlen(entry->d_name);
		if (len < 7 || strcmp(entry->d_name + len - 6, ".theme") ||
			is_built_in(entry->d_name, len - 6) ||
			strncmp(entry->d_name, prefix, strlen(prefix)))
			continue;
		name = mem_strndup(entry->d_name, len - 6);
		emit(name, arg);
		mem_deref(name);
	}
	if (d)
		(void)closedir(d);
	mem_deref(dir);
}
