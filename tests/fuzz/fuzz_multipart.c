/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_multipart.c - the first line is a Content-Type, the rest its body:
 * multiparts and the little SDP. */
#include <errno.h>
#include "fuzz.h"
#include "mem.h"
#include "msg.h"


static void check_sdp(const struct pl *body)
{
	struct msg_sdp_media m;
	struct msg_sdp sdp;
	struct pl value;
	size_t n = 0;

	if (msg_sdp_begin(&sdp, body))
		return;
	while (msg_sdp_next(&sdp, &m)) {
		must_be_inside(&m.media, body);
		must_be_inside(&m.proto, body);
		must_be_inside(&m.formats, body);
		must_be_inside(&m.address, body);
		must_be_inside(&m.attributes, body);
		if (msg_sdp_attribute(&m.attributes, "accept-types", &value))
			must_be_inside(&value, body);
		MUST(++n <= body->l);
	}
}


static void check_part(const struct msg_part *part, const struct pl *body)
{
	must_be_inside(&part->headers, body);
	must_be_inside(&part->body, body);
	must_be_inside(&part->content_type, &part->headers);
	must_be_inside(&part->content_id, &part->headers);
	must_be_inside(&part->disposition, &part->headers);
	must_be_inside(&part->encoding, &part->headers);
}


static void check_multipart(const struct pl *type, const struct pl *body)
{
	struct msg_limits limits = msg_limits_default;
	struct msg_multipart mp;
	struct msg_part part;
	size_t n = 0;

	limits.parts = 20;
	if (msg_multipart_begin(&mp, type, body, &limits))
		return;
	while (msg_multipart_next(&mp, &part)) {
		check_part(&part, body);
		MUST(++n <= limits.parts);
	}
}


/* Bit by bit there are the same parts. */
static void check_steps(const struct pl *type, const struct pl *body)
{
	struct msg_multipart whole, bits;
	struct msg_part part, bit;
	int err = msg_multipart_open(&bits, type, body, NULL);

	if (msg_multipart_begin(&whole, type, body, NULL)) {
		while (!err || err == EAGAIN)
			err = msg_multipart_step(&bits, 1, &bit);
		return;
	}
	MUST(!err);
	while (msg_multipart_next(&whole, &part)) {
		do
			err = msg_multipart_step(&bits, 7, &bit);
		while (err == EAGAIN);
		if (err == EMSGSIZE)
			return;
		MUST(!err);
		check_part(&bit, body);
		MUST(pl_eq(&part.body, &bit.body));
		MUST(pl_eq(&part.content_id, &bit.content_id));
	}
	do
		err = msg_multipart_step(&bits, 7, &bit);
	while (err == EAGAIN);
	MUST(err == ENOENT);
}


static void check_find(const struct pl *type, const struct pl *body)
{
	/* Only what the search looks at. */
	struct msg msg = {.content_type = *type, .body = *body};
	struct msg_part part;

	if (!msg_body_find(&msg, "text/plain", NULL, &part))
		must_be_inside(&part.body, body);
}


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl body = pl_make((const char *)data, size), type;

	(void)pl_split(&body, '\n', &type);
	check_multipart(&type, &body);
	check_steps(&type, &body);
	check_find(&type, &body);
	check_sdp(&body);
	return 0;
}
