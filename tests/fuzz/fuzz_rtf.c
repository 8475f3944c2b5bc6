/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_rtf.c - RTF bodies: the text is UTF-8, and bounded by the RTF. */
#include <stdlib.h>
#include "fuzz.h"
#include "im.h"
#include "mem.h"
#include "utf8.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl rtf = pl_make((const char *)data, size), text;
	struct mbuf *mb = mbuf_alloc(3 * size + 16);

	if (im_rtf_text(mb, &rtf))
		abort();
	text = mbuf_all(mb);
	if (!utf8_valid(&text))
		abort();
	mem_deref(mb);
	return 0;
}
