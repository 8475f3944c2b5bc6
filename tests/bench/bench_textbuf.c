/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_textbuf.c - a chat's lines without a screen: what it takes to clean,
 * keep and wrap them. One JSON object a line.
 *
 *	bench-textbuf [LINES]
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "mem.h"
#include "textbuf.h"
#include "utf8.h"


enum {
	LINES = 200000,
	ROWS = 50,
	COLS = 160,
	ENTRIES = 1000, /* kept, as in the program */
	PAGE = 200,
};

static const char *const texts[] = {
	"short one",
	"a line of the length that people write in a chat, most of the time",
	"caf\xc3\xa9 and \xe6\x98\x8e\xe5\xa4\xa9, see "
	"https://example.org/some/where?x=1 for what I mean",
	"a longer one, which does not fit into a row of the usual width and "
	"is wrapped somewhere in its middle, then goes on for a while, as "
	"some people write whole paragraphs before they send them away",
};


static double now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}


static struct textbuf_entry *entry(uint64_t id)
{
	char *clean = utf8_show_dup(texts[id % 4], UTF8_BODY);
	struct textbuf_entry *e = textbuf_entry_alloc(clean);

	mem_deref(clean);
	e->id = id;
	e->at = (int64_t)id * 1000;
	e->who = mem_strdup("Bob");
	return e;
}


static size_t frame(struct textbuf *tb)
{
	struct textbuf_pos pos = textbuf_top(tb);
	struct textbuf_row row;
	size_t n = 0, i;
	int rows = ROWS;

	while (rows-- && textbuf_row(tb, &pos, &row)) {
		struct pl text;
		bool hit;
		int link;

		for (i = 0; textbuf_piece(tb, &row, &i, &text, &hit, &link);)
			n += text.l;
	}
	return n;
}


/* EVERY lines there is a frame. */
static void append(unsigned lines, unsigned every)
{
	struct textbuf *tb = textbuf_alloc(ENTRIES, 8 << 20);
	double start = now();
	unsigned i;

	textbuf_size(tb, COLS, ROWS);
	for (i = 0; i < lines; i++) {
		(void)textbuf_append(tb, entry(i + 1), true);
		if (i % every == 0)
			(void)frame(tb);
	}
	(void)printf("{\"op\":\"append\",\"lines\":%u,\"lines_a_frame\":%u,"
		     "\"us_a_line\":%.2f}\n",
		lines, every, (now() - start) / lines);
	mem_deref(tb);
}


/* A page of older ones, then up through it. */
static void page_up(void)
{
	struct textbuf *tb = textbuf_alloc(ENTRIES, 8 << 20);
	double start, longest = 0, took;
	uint64_t low = 1u << 30;
	int i, k;

	textbuf_size(tb, COLS, ROWS);
	(void)textbuf_append(tb, entry(low), true);
	for (i = 0; i < 1000; i++) {
		start = now();
		for (k = 0; k < PAGE && textbuf_prepend(tb, entry(--low)); k++)
			;
		(void)textbuf_move(tb, 1 - ROWS);
		(void)frame(tb);
		took = now() - start;
		longest = took > longest ? took : longest;
		textbuf_first(tb);
	}
	(void)printf("{\"op\":\"page-up\",\"messages\":%d,\"longest_ms\":"
		     "%.3f}\n",
		PAGE, longest / 1e3);
	mem_deref(tb);
}


int main(int argc, char **argv)
{
	unsigned lines =
		argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : LINES;

	append(lines, 1);
	append(lines, 16);
	append(lines, 1000);
	page_up();
	return 0;
}
