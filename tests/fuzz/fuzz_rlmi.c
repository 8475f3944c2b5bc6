/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_rlmi.c - the first line is a Content-Type, the rest its body: a
 * notification about a list says the same however slowly it is read. */
#include <errno.h>
#include <string.h>
#include "fuzz.h"
#include "mem.h"
#include "rlmi.h"

enum {
	CALLS_MAX = 10000000,
};

struct heard {
	const struct pl *body;
	uint64_t sum; /* of all that was told */
	size_t lists, resources, told;
	size_t bytes; /* of states */
};


static void add(struct heard *heard, const char *s)
{
	for (; s && *s; s++)
		heard->sum = (heard->sum ^ (uint8_t)*s) * 0x100000001b3;
	heard->sum = heard->sum * 31 + 7;
}


static bool list_h(const struct rlmi_list *list, void *arg)
{
	struct heard *heard = arg;

	MUST(list->depth < RLMI_DEPTH_MAX);
	MUST(*list->uri);
	MUST(heard->lists || !list->depth);
	heard->lists++;
	add(heard, list->uri);
	return true;
}


static void resource_h(const struct rlmi_resource *res, void *arg)
{
	struct heard *heard = arg;
	size_t i;

	MUST(*res->uri);
	MUST(heard->lists);
	MUST(!res->name || (*res->name && strlen(res->name) <= RLMI_NAME_MAX));
	MUST(res->n <= RLMI_INSTANCES_MAX);
	add(heard, res->uri);
	add(heard, res->name);
	for (i = 0; i < res->n; i++) {
		const struct rlmi_instance *in = &res->instances[i];

		MUST(in->id && in->state <= RLMI_TERMINATED);
		must_be_inside(&in->body, heard->body);
		must_be_inside(&in->content_type, heard->body);
		heard->bytes += in->list ? 0 : in->body.l;
		heard->sum += in->body.l;
		add(heard, in->id);
		add(heard, in->reason);
	}
	heard->told++;
	heard->resources++;
}


static void end_h(const struct rlmi_list *list, void *arg)
{
	add(arg, list->uri);
}


static int read_by(struct heard *heard, const struct pl *type,
	const struct pl *body, size_t max, void *owner)
{
	const struct rlmi_handlers h = {
		.list = list_h,
		.resource = resource_h,
		.end = end_h,
		.arg = heard,
	};
	struct rlmi_reader *r;
	size_t calls = 0;
	int err = rlmi_reader_alloc(&r, type, body, "en", owner);

	if (err)
		return err;
	do {
		heard->told = 0;
		err = rlmi_reader_next(r, max, &h);
		MUST(heard->told <= max);
		MUST(++calls < CALLS_MAX);
	} while (err == EAGAIN);
	MUST(rlmi_reader_next(r, max, &h) == err);
	MUST(heard->bytes <= 2 * body->l);
	mem_deref(r);
	return err;
}


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* A block, so that it can be the owner. */
	char *block = mem_strndup((const char *)data, size);
	struct pl body = pl_make(block, size), type;
	struct heard slow = {.body = &body}, fast = {.body = &body};
	int err;

	(void)pl_split(&body, '\n', &type);
	err = read_by(&slow, &type, &body, 1, block);
	MUST(read_by(&fast, &type, &body, 1000, block) == err);
	MUST(slow.sum == fast.sum);
	MUST(slow.resources == fast.resources);
	mem_deref(block);
	return 0;
}
