/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_winfo.c - watcher information. */
#include <string.h>
#include "fuzz.h"
#include "winfo.h"


static bool head_h(bool full, uint32_t version, void *arg)
{
	(void)full;
	(void)version;
	++*(unsigned *)arg;
	return true;
}


static void watcher_h(const struct winfo_watcher *w, void *arg)
{
	MUST(*(unsigned *)arg == 1);
	MUST(w->resource && w->package);
	MUST(!strncmp(w->peer, "sip:", 4) || !strncmp(w->peer, "sips:", 5));
	MUST(!w->name || *w->name);
}


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl body = pl_make((const char *)data, size);
	unsigned heads = 0;
	const struct winfo_handlers h = {
		.head = head_h,
		.watcher = watcher_h,
		.arg = &heads,
	};
	int err = winfo_decode(&body, &h);

	MUST(heads == (err ? 0 : 1));
	return 0;
}
