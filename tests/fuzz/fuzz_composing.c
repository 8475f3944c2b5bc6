/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_composing.c - bodies of messages: the first line is the media type,
 * the rest the body. A body is text, or a notice, or neither. */
#include <stdlib.h>
#include <string.h>
#include "im.h"
#include "mem.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static void decode(const struct pl *type, const struct pl *body, bool session)
{
	struct im_body *b = im_body_decode(type, body, session);
	struct pl text = pl_str(b->text);

	if ((b->kind == IM_TEXT) != !!b->text || !utf8_valid(&text))
		abort();
	if (b->kind == IM_KEYBOARD && b->refresh)
		abort();
	mem_deref(b);
}


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl body = pl_make((const char *)data, size), type;

	(void)pl_split(&body, '\n', &type);
	decode(&type, &body, true);
	decode(&type, &body, false);
	return 0;
}
