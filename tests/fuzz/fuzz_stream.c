/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_stream.c - framing: the same messages come out however the bytes
 * trickle in. */
#include "fuzz.h"
#include "mem.h"
#include "msg.h"

enum {
	FRAMES = 64, /* of one input */
};

struct result {
	size_t n;
	size_t len[FRAMES]; /* of messages; pings are not noted */
	bool bad;
};


/* Frames the input as if STEP bytes came at a time. */
static void frame_all(
	const uint8_t *data, size_t size, size_t step, struct result *r)
{
	size_t at = 0, n = 0, scanned = 0, len;
	const char *why;

	r->n = 0;
	r->bad = false;
	for (;;) {
		enum msg_frame f = msg_frame(
			data + at, n - at, NULL, &scanned, &len, &why);

		if (f == MSG_FRAME_MORE) {
			if (n == size)
				return;
			n = size - n > step ? n + step : size;
			continue;
		}
		MUST(len > 0 && len <= n - at);
		MUST((f == MSG_FRAME_BAD) == (why != NULL));
		if (f == MSG_FRAME_BAD) {
			r->bad = true;
			return;
		}
		if (f == MSG_FRAME_MESSAGE && r->n < FRAMES)
			r->len[r->n++] = len;
		at += len;
		scanned = 0;
	}
}


/* What was framed is decoded to its last byte, or refused. */
static void decode_all(const uint8_t *data, size_t size)
{
	size_t at = 0, scanned = 0, len;
	struct msg *msg;
	const char *why;
	enum msg_frame f;

	while ((f = msg_frame(data + at, size - at, NULL, &scanned, &len,
			&why)) != MSG_FRAME_MORE) {
		if (f == MSG_FRAME_MESSAGE || f == MSG_FRAME_BAD) {
			int err;

			msg = NULL;
			err = msg_decode(
				&msg, data + at, len, true, NULL, &why);
			MUST(f == MSG_FRAME_MESSAGE || err);
			if (!err)
				MUST(msg->body.l <= len);
			mem_deref(msg);
		}
		if (f == MSG_FRAME_BAD)
			return;
		at += len;
		scanned = 0;
	}
}


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct result whole, slow;
	size_t step, i;

	frame_all(data, size, size ? size : 1, &whole);
	for (step = 1; step < 8; step += 3) {
		frame_all(data, size, step, &slow);
		MUST(whole.n == slow.n && whole.bad == slow.bad);
		for (i = 0; i < whole.n; i++)
			MUST(whole.len[i] == slow.len[i]);
	}
	decode_all(data, size);
	return 0;
}
