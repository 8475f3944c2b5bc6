/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_html.c - HTML bodies: the text is never longer than the HTML, and is
 * UTF-8 if that is. */
#include <stdlib.h>
#include "im.h"
#include "mem.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl html = pl_make((const char *)data, size), text;
	struct mbuf *mb = mbuf_alloc(size);

	if (im_html_text(mb, &html))
		abort();
	text = mbuf_all(mb);
	if (utf8_valid(&html) && !utf8_valid(&text))
		abort();
	mem_deref(mb);
	return 0;
}
