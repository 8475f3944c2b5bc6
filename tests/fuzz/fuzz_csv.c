/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_csv.c - people in a file of that kind. */
#include "people.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct exchange *x = exchange_alloc();
	const struct exchange_sink sink = {people_row, people_bad, x};
	const struct pl text = pl_make((const char *)data, size);

	exchange_csv_read(&text, &sink);
	people_round_trip(x);
	mem_deref(x);
	return 0;
}
