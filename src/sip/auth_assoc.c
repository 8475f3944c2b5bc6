/* SPDX-License-Identifier: GPL-3.0-or-later */
/* auth_assoc.c - what an account and its server agreed on over a flow, and who
 * signs with it ([MS-SIPAE] 3.2.1). */
#include <string.h>
#include "assoc.h"
#include "mem.h"


enum {
	/* Of one account on a flow: each request that is challenged makes its
	 * own. */
	ASSOCS_MAX = 64,
};


static void assoc_destructor(void *data)
{
	struct sip_assoc *a = data;

	list_unlink(&a->le);
	list_unlink(&a->own_le);
	mem_wipe(&a->keys, sizeof(a->keys));
	mem_deref(a->crypto);
	mem_deref(a->aor);
	mem_deref(a->realm);
	mem_deref(a->target);
	mem_deref(a->opaque);
}


void sip_assoc_end(struct sip_assoc *a)
{
	if (a->le.list) {
		list_unlink(&a->le);
		list_unlink(&a->own_le);
		mem_deref(a);
	}
}


void sip_assoc_end_all(struct list *list)
{
	while (list->head)
		sip_assoc_end(((struct le *)list->head)->data);
}


/* What was before A on its flow may still sign messages on the way. */
static void assoc_trim(const struct sip_assoc *a, struct list *list)
{
	struct sip_assoc *oldest = NULL;
	struct le *le, *next;
	size_t n = 0;

	LIST_FOREACH (list, le, next) {
		struct sip_assoc *other = le->data;

		if (other == a || strcmp(other->aor, a->aor) != 0 ||
			other->proxy != a->proxy)
			continue;
		if (!oldest)
			oldest = other;
		++n;
	}
	if (n >= ASSOCS_MAX)
		sip_assoc_end(oldest);
}


struct sip_assoc *sip_assoc_add(struct sip_flow *flow, struct list *list,
	const struct sip_assoc_config *p)
{
	struct sip_assoc *a = mem_zalloc(sizeof(*a), assoc_destructor);
	struct sip *sip = sip_flow_stack(flow);
	struct pl aor;

	a->tmrs = sip_tmrs(sip);
	a->rand = sip_rand(sip);
	a->aor = mem_strdup(p->aor);
	aor = pl_str(a->aor);
	(void)uri_decode(&a->uri, &aor);
	a->proxy = p->proxy;
	a->version = p->version;
	a->realm = mem_strdup(p->realm);
	a->target = mem_strdup(p->target);
	a->opaque = mem_strdup(p->opaque);
	a->crypto = mem_ref(p->crypto);
	a->keys = *p->keys;
	a->made = a->registered = tmrs_now(a->tmrs);
	list_append(sip_flow_assocs(flow), &a->le, a);
	list_append(list, &a->own_le, a);
	assoc_trim(a, sip_flow_assocs(flow));
	return a;
}


void sip_assoc_settle(struct sip_assoc *a)
{
	if (!a->stands)
		a->stood = tmrs_now(a->tmrs);
	a->stands = true;
}


/* ---- which one ---- */

static bool is_of(const struct sip_assoc *a, const struct msg_addr *who)
{
	return pl_eq(&a->uri.user, &who->uri.user) &&
		pl_caseeq(&a->uri.host, &who->uri.host);
}


struct sip_assoc *sip_assoc_find(const struct list *list, bool proxy,
	const struct msg_addr *who, bool any)
{
	struct sip_assoc *found = NULL, *other = NULL;
	struct le *le, *next;

	LIST_FOREACH (list, le, next) {
		struct sip_assoc *a = le->data;

		if (!a->stands || a->proxy != proxy)
			continue;
		other = a;
		if (is_of(a, who))
			found = a;
	}
	return found || !any ? found : other;
}


bool sip_assoc_is_newer(
	struct sip_flow *flow, const struct msg *resp, uint64_t when)
{
	const struct sip_assoc *a = sip_assoc_find(
		sip_flow_assocs(flow), resp->status == 407, &resp->from, false);

	return a && a->stood > when;
}


bool sip_assoc_params(struct msg_challenge *c, const struct pl *value)
{
	return !msg_challenge_decode(c, value) &&
		pl_strcaseeq(&c->scheme, "NTLM");
}
