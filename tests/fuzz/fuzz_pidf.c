/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_pidf.c - presence documents: the first byte picks the media type. What
 * was read is written and must be read the same. */
#include <stdlib.h>
#include <string.h>
#include "mem.h"
#include "pres.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);


static void must(bool ok)
{
	if (!ok)
		abort();
}


/* The note of an offline or online presence survives but for white space at
 * its ends, which a reader takes for layout. */
static void round_trip(const struct presence *presence)
{
	const struct pres_source source = {
		.entity = "sip:bob@example.org",
		.tuple_id = "t1",
		.contact = "sip:bob@192.0.2.5",
		.presence = presence,
		.timestamp = 1,
	};
	struct mbuf *mb = mbuf_alloc(65536);
	struct pres_doc *doc = NULL;
	struct pl text;

	must(!pres_encode(mb, &source));
	text = mbuf_all(mb);
	must(!pres_decode(&doc, NULL, &text, NULL));
	must(doc->presence->state == presence->state);
	must(doc->presence->activity == presence->activity);
	must(doc->presence->idle_since == presence->idle_since);
	mem_deref(doc);
	mem_deref(mb);
}


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const types[] = {
		"", "application/pidf+xml", "application/xpidf+xml"};
	const struct pres_query query = {.entity = PL("sip:bob@example.org"),
		.lang = "cs-CZ",
		.now = 1768478400000};
	struct pres_doc *doc = NULL, *any = NULL;
	struct pres_stamps *stamps;
	struct pl type, body;

	if (!size)
		return 0;
	type = pl_str(types[data[0] % 3]);
	body = pl_make((const char *)data + 1, size - 1);
	(void)pres_decode(&doc, &type, &body, &query);
	(void)pres_decode(&any, &type, &body, NULL);
	must(!doc || any);
	stamps = doc ? pres_doc_stamps(doc) : NULL;
	must(!pres_is_stale(doc, stamps));
	(void)pres_is_stale(any, stamps);
	mem_deref(stamps);
	if (any && any->presence->state != PRESENCE_UNKNOWN)
		round_trip(any->presence);
	mem_deref(any);
	mem_deref(doc);
	return 0;
}
