/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_presrules.c - presence authorization rules: what was changed reads,
 * says what was wanted, and needs no other change. */
#include <string.h>
#include "fuzz.h"
#include "mem.h"
#include "presrules.h"

#define PEER "sip:bob@example.org"


static void one_h(const char *id, const char *rule,
	enum presrules_handling handling, bool conditional, void *arg)
{
	(void)rule;
	MUST(*id);
	MUST(handling <= PRESRULES_ALLOW);
	if (!conditional && !strcmp(id, PEER))
		*(int *)arg = (int)handling;
}


static void change(const struct pl *text, enum presrules_handling handling)
{
	struct mbuf *fresh = NULL, *again = NULL;
	struct pl all;
	int got = -1;

	if (presrules_set(&fresh, text, PEER, handling)) {
		MUST(!fresh);
		return;
	}
	if (!fresh)
		return;
	all = mbuf_all(fresh);
	/* It may have grown over a bound that it was just below. */
	if (text->l > 1024 * 1024) {
		mem_deref(fresh);
		return;
	}
	MUST(!presrules_decode(&all, one_h, &got));
	MUST(got == (int)handling || got == -1);
	MUST(!presrules_set(&again, &all, PEER, handling));
	MUST(!again);
	mem_deref(fresh);
}


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl text = pl_make((const char *)data, size);
	int handling, ignored;

	(void)presrules_decode(&text, one_h, &ignored);
	mem_deref(presrules_rival(&text, PRESRULES_BLOCK));
	for (handling = PRESRULES_BLOCK; handling <= PRESRULES_ALLOW;
		handling++)
		change(&text, (enum presrules_handling)handling);
	return 0;
}
