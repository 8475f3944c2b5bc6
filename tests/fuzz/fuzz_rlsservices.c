/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_rlsservices.c - services of a resource list server: what was changed
 * reads, has who was wanted, and needs no other change. */
#include <string.h>
#include "fuzz.h"
#include "mem.h"
#include "rlsservices.h"

#define OURS "sip:l@a.b"
#define BOB  "sip:bob@a.b"

enum {
	SURE = 1024 * 1024, /* bytes that may grow without meeting a bound */
};

static const char *const bob = BOB;


static bool service_h(const struct rlsservices_service *service, void *arg)
{
	(void)arg;
	MUST(*service->uri);
	return true;
}


static void entry_h(const char *uri, void *arg)
{
	MUST(*uri);
	if (strstr(uri, "bob"))
		*(bool *)arg = true;
}


static int read_all(const struct pl *text, bool *found)
{
	const struct rlsservices_handlers h = {
		.service = service_h,
		.entry = entry_h,
		.arg = found,
	};

	*found = false;
	return rlsservices_decode(text, &h);
}


static void change(const struct pl *text, const struct rlsservices_change *c)
{
	struct mbuf *fresh = NULL, *again = NULL;
	struct pl all;
	bool found;

	if (rlsservices_edit(&fresh, text, c)) {
		MUST(!fresh);
		return;
	}
	if (!fresh)
		return;
	all = mbuf_all(fresh);
	if (text->l < SURE) {
		MUST(!read_all(&all, &found));
		MUST(!c->n_add || found);
		MUST(!rlsservices_edit(&again, &all, c));
		MUST(!again);
	}
	mem_deref(fresh);
}


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl text = pl_make((const char *)data, size);
	struct rlsservices_change c = {.service = OURS};
	bool found;

	(void)read_all(&text, &found);
	change(&text, &c);
	c.add = &bob;
	c.n_add = 1;
	change(&text, &c);
	c.add = NULL;
	c.n_add = 0;
	c.drop = &bob;
	c.n_drop = 1;
	change(&text, &c);
	return 0;
}
