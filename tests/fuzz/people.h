/* SPDX-License-Identifier: GPL-3.0-or-later */
/* people.h - for targets that read people: what they read is written as CSV
 * and must read back the same. */
#ifndef SOTTO_FUZZ_PEOPLE_H
#define SOTTO_FUZZ_PEOPLE_H

#include <string.h>
#include "exchange.h"
#include "fuzz.h"
#include "mem.h"
#include "utf8.h"


static inline bool people_row(const struct exchange_row *row, void *arg)
{
	const struct pl uri = pl_str(row->uri), name = pl_str(row->name);

	MUST(row->line > 0);
	MUST(pl_isset(&uri));
	MUST(utf8_valid(&uri));
	MUST(utf8_valid(&name));
	MUST(row->groups->n <= EXCHANGE_GROUPS_MAX);
	(void)exchange_add(arg, row->line, row->uri, row->name, row->groups);
	return true;
}


static inline void people_bad(unsigned line, const char *why, void *arg)
{
	MUST(line > 0);
	exchange_bad(arg, line, why);
}


static inline void people_same(
	const struct exchange *x, const struct exchange *y)
{
	const struct le *a = x->people.head, *b = y->people.head;
	size_t i;

	MUST(!y->n_bad);
	MUST(x->people.count == y->people.count);
	for (; a; a = a->next, b = b->next) {
		const struct exchange_person *p = a->data, *q = b->data;

		MUST(!strcmp(p->uri, q->uri));
		MUST(!p->name == !q->name);
		MUST(!p->name || !strcmp(p->name, q->name));
		MUST(p->n_groups == q->n_groups);
		for (i = 0; i < p->n_groups; i++)
			MUST(!strcmp(p->groups[i], q->groups[i]));
	}
}


static inline void people_round_trip(const struct exchange *x)
{
	struct exchange *y = exchange_alloc();
	const struct exchange_sink sink = {people_row, people_bad, y};
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	struct pl pl;

	MUST(!exchange_csv_write(mb, x));
	pl = mbuf_all(mb);
	exchange_csv_read(&pl, &sink);
	people_same(x, y);
	mem_deref(mb);
	mem_deref(y);
}

#endif
