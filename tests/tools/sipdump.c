/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sipdump.c - what our decoder makes of a SIP message, as JSON.
 *
 *	sipdump [--stream] [FILE]
 *
 * Reads FILE or its standard input as one datagram, or with --stream as a
 * connection on which many messages come, and prints one object a line for
 * each. What is not sound is an object too: the status is 0 unless the input
 * could not be read.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "json.h"
#include "mbuf.h"
#include "mem.h"
#include "msg.h"


enum {
	INPUT_MAX = 64 * 1024 * 1024,
};


static void print(struct json *object)
{
	struct mbuf *mb = mbuf_alloc((size_t)8 * INPUT_MAX);

	if (!json_encode(mb, object))
		(void)printf("%.*s\n", (int)mb->end, (char *)mb->buf);
	mem_deref(mb);
	(void)json_drop(object);
}


static void print_invalid(const char *why)
{
	struct json *o = json_new_object();

	json_put_bool(o, "valid", false);
	json_put_str(o, "error", why);
	print(o);
}


static struct json *headers(const struct msg *msg)
{
	struct json *array = json_new_array();
	size_t i;

	for (i = 0; i < msg->nhdrs; i++) {
		const struct msg_hdr *h = &msg->hdrs[i];
		struct json *o = json_new_object();

		json_put(o, "name",
			h->id == HDR_OTHER ? json_new_pl(&h->name)
					   : json_new_str(hdr_name(h->id)));
		json_put(o, "value", json_new_pl(&h->value));
		json_append(array, o);
	}
	return array;
}


static void print_message(const struct msg *msg)
{
	struct json *o = json_new_object();

	json_put_bool(o, "valid", true);
	json_put_str(o, "type", msg->request ? "request" : "response");
	if (msg->request) {
		json_put(o, "method", json_new_pl(&msg->method_text));
		json_put(o, "uri", json_new_pl(&msg->uri_text));
	} else {
		json_put_int(o, "status", msg->status);
		json_put(o, "reason", json_new_pl(&msg->reason));
	}
	json_put(o, "headers", headers(msg));
	json_put_int(o, "body_length", (int64_t)msg->body.l);
	print(o);
}


static void dump(const void *p, size_t n, bool stream)
{
	struct msg *msg = NULL;
	const char *why = NULL;

	if (msg_decode(&msg, p, n, stream, NULL, &why))
		print_invalid(why);
	else
		print_message(msg);
	mem_deref(msg);
}


static void dump_stream(struct mbuf *mb)
{
	size_t scanned = 0;

	for (;;) {
		struct pl left = mbuf_left(mb);
		const char *why;
		size_t len;

		switch (msg_frame(left.p, left.l, NULL, &scanned, &len, &why)) {
		case MSG_FRAME_MESSAGE:
			dump(left.p, len, true);
			break;
		case MSG_FRAME_BAD:
			print_invalid(why);
			return;
		case MSG_FRAME_MORE:
			if (left.l)
				print_invalid("the stream ends in a message");
			return;
		default:
			break;
		}
		mb->pos += len;
		scanned = 0;
	}
}


static int read_all(struct mbuf *mb, FILE *f)
{
	char buf[65536];
	size_t n;

	while ((n = fread(buf, 1, sizeof(buf), f)) > 0) {
		if (mbuf_write_mem(mb, buf, n))
			break;
	}
	return ferror(f) ? EIO : mbuf_err(mb);
}


static int fail(const char *what, int err)
{
	(void)fprintf(stderr, "sipdump: %s: %s\n", what, strerror(err));
	return 1;
}


int main(int argc, char **argv)
{
	const char *name = NULL;
	bool stream = false;
	FILE *f = stdin;
	struct mbuf *mb;
	int i, err;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--stream")) {
			stream = true;
		} else if (argv[i][0] == '-' || name) {
			(void)fputs(
				"usage: sipdump [--stream] [FILE]\n", stderr);
			return 2;
		} else {
			name = argv[i];
		}
	}
	if (name && !(f = fopen(name, "rb")))
		return fail(name, errno);
	mb = mbuf_alloc(INPUT_MAX);
	err = read_all(mb, f);
	if (f != stdin)
		(void)fclose(f);
	if (err)
		err = fail(name ? name : "standard input", err);
	else if (stream)
		dump_stream(mb);
	else
		dump(mb->buf, mb->end, false);
	mem_deref(mb);
	return err;
}
