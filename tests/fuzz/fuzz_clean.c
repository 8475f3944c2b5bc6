/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_clean.c - texts of strangers: what utf8_clean() lets through is UTF-8
 * without a control, and cleaning it once more changes nothing. The first
 * byte picks the mode. */
#include <stdlib.h>
#include <string.h>
#include "mem.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static void check(const struct pl *pl, enum utf8_mode mode, bool ascii)
{
	uint32_t cp;
	size_t i, n;

	for (i = 0; i < pl->l; i += n) {
		n = utf8_decode(&cp, pl->p + i, pl->l - i);
		if (mode == UTF8_BODY && (cp == '\n' || cp == '\t'))
			continue;
		if (cp < 0x20 || (cp >= 0x7f && cp <= 0x9f) || cp == 0x061c ||
			cp == 0x200e || cp == 0x200f ||
			(cp >= 0x2028 && cp <= 0x202e) ||
			(cp >= 0x2066 && cp <= 0x2069) || (ascii && cp > 0x7e))
			abort();
	}
	if (!utf8_valid(pl))
		abort();
}


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl text = pl_make((const char *)data, size), once, twice;
	enum utf8_mode mode = size && data[0] & 1 ? UTF8_BODY : UTF8_NAME;
	bool ascii = size && data[0] & 2;
	struct mbuf *a = mbuf_alloc(3 * size), *b = mbuf_alloc(3 * size);

	pl_skip(&text, 1);
	if (utf8_clean(a, &text, mode, ascii))
		abort();
	once = mbuf_all(a);
	check(&once, mode, ascii);
	if (utf8_clean(b, &once, mode, ascii))
		abort();
	twice = mbuf_all(b);
	if (!pl_eq(&once, &twice) || utf8_fit(&once, SIZE_MAX) != once.l)
		abort();
	mem_deref(a);
	mem_deref(b);
	return 0;
}
