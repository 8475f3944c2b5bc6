/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_reslist.c - resource lists: what was read and written reads and is
 * written the same; and the people in them. */
#include "people.h"
#include "reslist.h"


static struct mbuf *encoded(const struct reslist_node *root)
{
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);

	MUST(!reslist_encode(mb, root));
	return mb;
}


static void round_trip(const struct reslist_node *root)
{
	struct mbuf *first = encoded(root), *second;
	struct pl a = mbuf_all(first), b;
	struct reslist_node *again = NULL;

	MUST(!reslist_decode(&again, &a));
	second = encoded(again);
	b = mbuf_all(second);
	MUST(pl_eq(&a, &b));
	mem_deref(again);
	mem_deref(first);
	mem_deref(second);
}


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct exchange *x = exchange_alloc();
	const struct exchange_sink sink = {people_row, people_bad, x};
	const struct pl text = pl_make((const char *)data, size);
	struct reslist_node *root = NULL;

	if (!reslist_decode(&root, &text)) {
		round_trip(root);
		MUST(!exchange_reslist_read(&text, &sink));
		people_round_trip(x);
	}
	mem_deref(root);
	mem_deref(x);
	return 0;
}
