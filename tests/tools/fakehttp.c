/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fakehttp.c - what net/http.c starts in the unit tests: answers by the last
 * part of the URL, without any network.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "http_wire.h"
#include "mem.h"


static void say(const struct http_wire *w)
{
	struct mbuf *mb;

	if (http_wire_encode(&mb, w) ||
		write(STDOUT_FILENO, mb->buf, mb->end) != (ssize_t)mb->end)
		exit(1);
	mem_deref(mb);
}


/* Everything that was asked, one field after the other. */
static void echo(const struct http_wire *ask)
{
	struct http_wire w = {.field = {[HTTP_STATUS] = PL("201"),
				      [HTTP_ETAG] = PL("\"tag\""),
				      [HTTP_TYPE] = PL("text/plain")}};
	struct mbuf *mb = mbuf_alloc(HTTP_BODY_MAX);
	size_t i;

	for (i = 0; i < HTTP_FIELDS; i++) {
		if (ask->field[i].p)
			(void)mbuf_printf(
				mb, "%zu=%.*s\n", i, PL_ARG(&ask->field[i]));
	}
	w.field[HTTP_BODY] = mbuf_all(mb);
	say(&w);
	mem_deref(mb);
}


static void answer(const struct http_wire *ask)
{
	struct http_wire w = {0};
	char text[32];
	struct pl url = ask->field[HTTP_URL], last;

	while (pl_split(&url, '/', &last))
		;
	(void)snprintf(text, sizeof(text), "%ld", (long)getpid());
	if (pl_streq(&last, "echo")) {
		echo(ask);
	} else if (pl_streq(&last, "pid")) {
		w.field[HTTP_STATUS] = pl_str("200");
		w.field[HTTP_BODY] = pl_str(text);
		say(&w);
	} else if (pl_streq(&last, "error")) {
		w.field[HTTP_ERRNO] = pl_str("111");
		w.field[HTTP_WHY] = pl_str("nobody is there");
		say(&w);
	} else if (pl_streq(&last, "nothing")) {
		say(&w);
	} else if (pl_streq(&last, "twice")) {
		echo(ask);
		echo(ask);
	} else if (pl_streq(&last, "garbage")) {
		memset(text, 0xff, sizeof(text));
		if (write(STDOUT_FILENO, text, sizeof(text)) < 0)
			exit(1);
	} else if (pl_streq(&last, "die")) {
		exit(3);
	}
}


int main(void)
{
	struct mbuf *in = mbuf_alloc(HTTP_BODY_MAX + 200000);
	struct http_wire w;
	struct pl left;
	ssize_t n = 1;

	while (n > 0 && !mbuf_reserve(in, 65536)) {
		n = read(STDIN_FILENO, in->buf + in->end, 65536);
		in->end += n > 0 ? (size_t)n : 0;
		left = mbuf_left(in);
		while (!http_wire_decode(&w, &left)) {
			answer(&w);
			in->pos = in->end - left.l;
		}
		mbuf_shift(in);
	}
	mem_deref(in);
	return 0;
}
