/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * main.c - the helper through which sotto speaks HTTP: requests on standard
 * input, answers on standard output, one after the other (http_wire.h). It
 * ends with its input.
 */
#include <curl/curl.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <unistd.h>
#include "http_int.h"
#include "mem.h"


enum {
	READ_SIZE = 65536,
	INPUT_MAX = HTTP_BODY_MAX + READ_SIZE * 4,
};


static bool write_all(const struct mbuf *mb)
{
	size_t done = 0;

	while (done < mb->end) {
		ssize_t n =
			write(STDOUT_FILENO, mb->buf + done, mb->end - done);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0)
			done += (size_t)n;
	}
	return true;
}


static bool serve(struct exchange *x, const struct http_wire *ask)
{
	struct http_wire answer;
	struct mbuf *mb = NULL;
	bool ok;

	exchange_run(x, ask, &answer);
	if (http_wire_encode(&mb, &answer))
		return false;
	ok = write_all(mb);
	mem_deref(mb);
	return ok;
}


/* Serves what is whole in IN. False: time to end. */
static bool serve_input(struct exchange *x, struct mbuf *in)
{
	struct http_wire ask;
	struct pl left = mbuf_left(in);
	int err;

	while (!(err = http_wire_decode(&ask, &left))) {
		if (!serve(x, &ask))
			return false;
		/* It may hold a password. */
		mem_wipe(in->buf + in->pos,
			(size_t)(left.p - (const char *)in->buf) - in->pos);
		in->pos = (size_t)(left.p - (const char *)in->buf);
	}
	mbuf_shift(in);
	return err == EAGAIN;
}


static bool read_input(struct mbuf *in)
{
	static const size_t size = READ_SIZE;
	ssize_t n;

	do {
		if (mbuf_reserve(in, size))
			return false;
		n = read(STDIN_FILENO, in->buf + in->end, size);
	} while (n < 0 && errno == EINTR);
	if (n <= 0)
		return false;
	in->end += (size_t)n;
	return true;
}


int main(void)
{
	static const struct rlimit none = {0, 0};
	struct mbuf *in;
	struct exchange *x;

	/* A core would hold passwords. */
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)signal(SIGPIPE, SIG_IGN);
	if (curl_global_init(CURL_GLOBAL_DEFAULT) || exchange_alloc(&x))
		return 71;
	/* Ready at once for most, so that little is copied by growing. */
	in = mbuf_alloc_size(READ_SIZE * 2, INPUT_MAX);
	while (read_input(in) && serve_input(x, in))
		;
	mem_wipe(in->buf, in->size);
	mem_deref(in);
	mem_deref(x);
	curl_global_cleanup();
	return 0;
}
