/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_msdoc.c - documents of Microsoft servers; the first byte says which
 * reader gets the rest. */
#include <stdlib.h>
#include <string.h>
#include "fuzz.h"
#include "mem.h"
#include "msdoc.h"


/* A peer is always a SIP address. */
static void peer(const char *text)
{
	if (strncmp(text, "sip:", 4) != 0)
		abort();
}


static void news_h(const struct msdoc_news *news, void *arg)
{
	(void)arg;
	peer(news->peer);
	mem_deref(
		msdoc_presence(news->availability, news->activity, news->note));
}


static void resource_h(const struct msdoc_resource *r, void *arg)
{
	(void)arg;
	peer(r->peer);
}


static void contact_h(enum msdoc_change change,
	const struct msdoc_contact *contact, void *arg)
{
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);

	(void)change;
	(void)arg;
	peer(contact->peer);
	if (msdoc_contact_set(mb, contact, 1))
		abort();
	mem_deref(mb);
}


static void held_h(const struct msdoc_held *held, void *arg)
{
	(void)arg;
	if (!held->category)
		abort();
}


static void member_h(const struct msdoc_member *member, void *arg)
{
	(void)arg;
	if (member->type && !strcmp(member->type, "user"))
		peer(member->value);
}


static void subscriber_h(const struct msdoc_subscriber *s, void *arg)
{
	(void)arg;
	peer(s->peer);
}


static void fault_h(size_t index, uint32_t current, void *arg)
{
	(void)index;
	(void)current;
	(void)arg;
}


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct msdoc_contacts_handlers contacts = {.contact = contact_h};
	const struct msdoc_self_handlers self = {
		.held = held_h, .member = member_h, .subscriber = subscriber_h};
	struct pl body;
	uint32_t id;
	bool full;

	if (!size)
		return 0;
	body = pl_make((const char *)data + 1, size - 1);
	switch (data[0] % 7) {
	case 0:
		(void)msdoc_categories_decode(&body, news_h, NULL);
		break;
	case 1:
		(void)msdoc_pidf_decode(&body, news_h, NULL);
		break;
	case 2:
		(void)msdoc_rlmi_decode(&body, &full, resource_h, NULL);
		break;
	case 3:
		(void)msdoc_contacts_decode(&body, &contacts);
		break;
	case 4:
		(void)msdoc_self_decode(&body, &self);
		break;
	case 5:
		(void)msdoc_fault_decode(&body, fault_h, NULL);
		break;
	default:
		(void)msdoc_group_added(&body, &id);
		break;
	}
	return 0;
}
