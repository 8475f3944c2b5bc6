/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sink.h - what a reader of files of people told, a line each. */
#ifndef SOTTO_TEST_SINK_H
#define SOTTO_TEST_SINK_H

#include "unit.h"
#include "exchange.h"


static inline bool sink_row(const struct exchange_row *row, void *arg)
{
	struct mbuf *mb = arg;
	size_t i;

	mbuf_printf(mb, "%u %s %s", row->line, row->uri,
		row->name ? row->name : "-");
	for (i = 0; i < row->groups->n; i++)
		mbuf_printf(mb, "|%s", row->groups->v[i]);
	mbuf_write_str(mb, row->groups->many ? "|...\n" : "\n");
	return true;
}


static inline void sink_bad(unsigned line, const char *why, void *arg)
{
	mbuf_printf(arg, "%u! %s\n", line, why);
}


#define SINK(mb_)                         \
	{                                 \
		sink_row, sink_bad, (mb_) \
	}


/* Compares and empties. */
static inline void sink_is(struct mbuf *mb, const char *expected)
{
	char *text = mbuf_strdup(mb);

	assert_string_equal(text, expected);
	mem_deref(text);
	mbuf_reset(mb);
}


/* Whom the tests write and read back: quotes, other scripts, what is special
 * in a format, and an order of groups of their own. */
static inline struct exchange *sink_people(void)
{
	static const struct {
		const char *uri, *name;
		const char *groups[4];
	} people[] = {
		{"sip:kim@example.com", "Kim \"K\", <&> 'x'",
			{"Friends", "a;b\\", "<&>"}},
		{"sip:bob@example.org", "J\xc3\xb6rg \xe6\x98\x8e=1+1", {NULL}},
		{"sips:alice@example.org", NULL, {"<&>", "Friends", "-x"}},
		{"sip:%22x%22@[2001:db8::1]:5061", "=1", {"\\", ";", "\\;"}},
	};
	struct exchange *x = exchange_alloc();
	struct exchange_groups groups = {.n = 0};
	char name[16];
	size_t i, k;

	for (i = 0; i < UNIT_N(people); i++) {
		for (k = 0; k < 4 && people[i].groups[k]; k++)
			exchange_groups_add(&groups, people[i].groups[k]);
		exchange_add(x, 0, people[i].uri, people[i].name, &groups);
		exchange_groups_clear(&groups);
	}
	for (i = 0; i < EXCHANGE_GROUPS_MAX; i++) {
		snprintf(name, sizeof(name), "g,%zu", i * 7 % 64);
		exchange_groups_add(&groups, name);
	}
	exchange_add(x, 0, "tel:+15551234", "All", &groups);
	exchange_groups_clear(&groups);
	return x;
}


static inline bool sink_take(const struct exchange_row *row, void *arg)
{
	assert_true(exchange_add(arg, 0, row->uri, row->name, row->groups));
	return true;
}


static inline void sink_refuse(unsigned line, const char *why, void *arg)
{
	(void)arg;
	fail_msg("%u: %s", line, why);
}


/* The same people in the same order. */
static inline void sink_same(const struct exchange *a, const struct exchange *b)
{
	const struct le *la = a->people.head, *lb = b->people.head;
	size_t i;

	assert_int_equal(a->people.count, b->people.count);
	for (; la; la = la->next, lb = lb->next) {
		const struct exchange_person *p = la->data, *q = lb->data;

		assert_string_equal(p->uri, q->uri);
		assert_string_equal(
			p->name ? p->name : "-", q->name ? q->name : "-");
		assert_int_equal(p->n_groups, q->n_groups);
		for (i = 0; i < p->n_groups; i++)
			assert_string_equal(p->groups[i], q->groups[i]);
	}
}

#endif
