/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rtf.c - a text/rtf body as its text (Rich Text Format 1.9.1). */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "im_int.h"
#include "mem.h"
#include "utf8.h"


enum {
	DEPTH_MAX = 64, /* groups in each other that are told apart */
	WORD_MAX = 32, /* letters of a control word */
	SKIP_MAX = 32, /* characters that stand for one of \u */
	RUN_MAX = 1024, /* bytes of a code page, converted together */
};

/* What holds in a group, and ends with it. */
struct group {
	bool hidden; /* no text */
	unsigned skip; /* characters behind \u that stand for it */
};

struct rtf {
	struct mbuf *mb;
	struct pl rest;
	struct group groups[DEPTH_MAX];
	size_t depth; /* may be more than there are groups */
	bool first; /* nothing stands in the group yet */
	unsigned left; /* to be skipped */
	uint32_t high; /* half of a pair that is to come */
	char charset[16]; /* of \' */
	char run[RUN_MAX];
	size_t nrun;
};

/* Groups that hold no text of the message. */
static const char *const hidden[] = {"fonttbl", "colortbl", "stylesheet",
	"info", "pict", "object", "header", "footer", "generator", "listtable",
	"listoverridetable", "rsidtbl", "themedata", "datastore", "fldinst"};

static const struct {
	const char *word;
	const char *text;
} words[] = {
	{"par", "\n"},
	{"line", "\n"},
	{"sect", "\n"},
	{"page", "\n"},
	{"row", "\n"},
	{"tab", "\t"},
	{"cell", "\t"},
	{"emdash", "\xe2\x80\x94"},
	{"endash", "\xe2\x80\x93"},
	{"bullet", "\xe2\x80\xa2"},
	{"lquote", "\xe2\x80\x98"},
	{"rquote", "\xe2\x80\x99"},
	{"ldblquote", "\xe2\x80\x9c"},
	{"rdblquote", "\xe2\x80\x9d"},
};


static struct group *group(struct rtf *r)
{
	return &r->groups[r->depth < DEPTH_MAX ? r->depth : DEPTH_MAX - 1];
}


/* ---- text ---- */

/* Bytes of the code page that stand together are one text. */
static void flush(struct rtf *r)
{
	struct pl run = pl_make(r->run, r->nrun);
	struct pl charset = pl_str(r->charset);
	char *text;

	if (!r->nrun)
		return;
	r->nrun = 0;
	text = utf8_from_charset(&run, &charset, (size_t)RUN_MAX * 4);
	(void)mbuf_write_str(r->mb, text);
	mem_deref(text);
}


/* True if a character that comes now is only a stand-in. */
static bool skipped(struct rtf *r)
{
	if (!r->left)
		return group(r)->hidden;
	--r->left;
	return true;
}


static void put_byte(struct rtf *r, char c)
{
	if (skipped(r) || !c)
		return;
	if (r->nrun == RUN_MAX)
		flush(r);
	r->run[r->nrun++] = c;
}


static void put(struct rtf *r, const char *text)
{
	if (group(r)->hidden)
		return;
	flush(r);
	(void)mbuf_write_str(r->mb, text);
}


static void put_code(struct rtf *r, uint32_t cp)
{
	char text[5];

	text[utf8_encode(text, cp)] = '\0';
	put(r, text);
}


/* \u has 16 bits with a sign; more come as a pair. */
static void put_unicode(struct rtf *r, long n)
{
	uint32_t unit = (uint32_t)(n < 0 ? n + 65536 : n) & 0xffff;
	uint32_t high = r->high;

	r->high = 0;
	if (n < -32768 || n > 65535)
		put_code(r, 0xfffd);
	else if (unit >= 0xd800 && unit < 0xdc00)
		r->high = unit;
	else if (unit >= 0xdc00 && unit < 0xe000 && high)
		put_code(
			r, 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00));
	else if (unit >= 0xdc00 && unit < 0xe000)
		put_code(r, 0xfffd);
	else if (unit)
		put_code(r, unit);
	r->left = group(r)->skip;
}


/* ---- control words ---- */

static void hide(struct rtf *r)
{
	group(r)->hidden = true;
}


static void word(struct rtf *r, const char *name, bool has, long n)
{
	size_t i;

	if (!strcmp(name, "u") && has)
		put_unicode(r, n);
	else if (!strcmp(name, "uc"))
		group(r)->skip =
			has && n >= 0 && n < SKIP_MAX ? (unsigned)n : 1;
	else if (!strcmp(name, "ansicpg") && has && n > 0 && n < 65536)
		(void)snprintf(r->charset, sizeof(r->charset), "CP%ld", n);
	else if (!strcmp(name, "bin") && has && n > 0)
		pl_skip(&r->rest,
			(size_t)n < r->rest.l ? (size_t)n : r->rest.l);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!strcmp(name, words[i].word))
			put(r, words[i].text);
	}
	for (i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		if (!strcmp(name, hidden[i]))
			hide(r);
	}
}


static int hex(char c)
{
	return c >= '0' && c <= '9'    ? c - '0'
		: c >= 'a' && c <= 'f' ? c - 'a' + 10
		: c >= 'A' && c <= 'F' ? c - 'A' + 10
				       : -1;
}


/* \'e4: a byte of the code page. */
static void hex_byte(struct rtf *r)
{
	int a, b;

	if (r->rest.l < 2)
		return;
	a = hex(r->rest.p[0]);
	b = hex(r->rest.p[1]);
	if (a < 0 || b < 0)
		return;
	pl_skip(&r->rest, 2);
	put_byte(r, (char)(a * 16 + b));
}


static void symbol(struct rtf *r, char c)
{
	switch (c) {
	case '\'':
		hex_byte(r);
		break;
	case '*':
		/* Who does not know the group leaves it out. */
		hide(r);
		break;
	case '~':
		put(r, "\xc2\xa0");
		break;
	case '_':
		put(r, "-");
		break;
	case '\r':
	case '\n':
		put(r, "\n");
		break;
	case '\\':
	case '{':
	case '}':
		put_byte(r, c);
		break;
	default:
		break;
	}
}


static long number(struct rtf *r, bool *has)
{
	bool minus = r->rest.l && r->rest.p[0] == '-';
	size_t i = minus;
	long n = 0;

	while (i < r->rest.l && isdigit((unsigned char)r->rest.p[i])) {
		if (n < 1000000)
			n = n * 10 + (r->rest.p[i] - '0');
		i++;
	}
	*has = i > (size_t)minus;
	if (*has)
		pl_skip(&r->rest, i);
	return minus ? -n : n;
}


static void control(struct rtf *r)
{
	char name[WORD_MAX];
	size_t n = 0;
	bool has;
	long value;

	if (!r->rest.l)
		return;
	if (!isalpha((unsigned char)r->rest.p[0])) {
		char c = r->rest.p[0];

		pl_skip(&r->rest, 1);
		symbol(r, c);
		return;
	}
	while (r->rest.l && isalpha((unsigned char)r->rest.p[0])) {
		if (n < sizeof(name) - 1)
			name[n++] = r->rest.p[0];
		pl_skip(&r->rest, 1);
	}
	name[n] = '\0';
	value = number(r, &has);
	if (r->rest.l && r->rest.p[0] == ' ')
		pl_skip(&r->rest, 1);
	word(r, name, has, value);
}


/* ---- groups ---- */

static void begin_group(struct rtf *r)
{
	const struct group outer = *group(r);

	flush(r);
	++r->depth;
	*group(r) = outer;
	r->left = 0;
}


static void end_group(struct rtf *r)
{
	flush(r);
	if (r->depth)
		--r->depth;
	r->left = 0;
}


static void step(struct rtf *r)
{
	char c = r->rest.p[0];

	pl_skip(&r->rest, 1);
	switch (c) {
	case '{':
		begin_group(r);
		break;
	case '}':
		end_group(r);
		break;
	case '\\':
		control(r);
		break;
	case '\r':
	case '\n':
		break;
	default:
		put_byte(r, c);
		break;
	}
}


int im_rtf_text(struct mbuf *mb, const struct pl *rtf)
{
	struct rtf *r = mem_zalloc(sizeof(*r), NULL);
	int err;

	r->mb = mb;
	r->rest = *rtf;
	r->groups[0].skip = 1;
	(void)snprintf(r->charset, sizeof(r->charset), "CP1252");
	while (r->rest.l && !mbuf_err(mb))
		step(r);
	flush(r);
	/* The last paragraph ends too. */
	while (mb->end && mb->buf[mb->end - 1] == '\n')
		--mb->end;
	err = mbuf_err(mb);
	mem_deref(r);
	return err;
}
