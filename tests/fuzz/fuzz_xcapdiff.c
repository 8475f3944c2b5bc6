/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_xcapdiff.c - what changed on an XCAP server. */
#include "fuzz.h"
#include "xcapdiff.h"


static void document_h(const struct xcapdiff_document *document, void *arg)
{
	(void)arg;
	MUST(*document->where);
	MUST(!document->etag || *document->etag);
}


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl text = pl_make((const char *)data, size);

	(void)xcapdiff_decode(&text, document_h, NULL);
	return 0;
}
