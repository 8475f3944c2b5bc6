/* SPDX-License-Identifier: GPL-3.0-or-later */
/* simple_lists_diff.c - a server that tells of changes of the buddy list and of
 * the rules (RFC 5875); one that does not is not asked again before the next
 * sign-in. */
#include <errno.h>
#include <string.h>
#include "buddylist.h"
#include "mem.h"
#include "simple_lists.h"
#include "xcapdiff.h"
#include "xml.h"


enum {
	SUBSCRIBE_MAX = 4096, /* bytes of what is subscribed to */
};


static void document_h(const struct xcapdiff_document *document, void *arg)
{
	struct simple_lists *l = arg;
	struct pl where = pl_str(document->where);

	if (pl_startswith(&where, SIMPLE_RULES "/users/") ||
		pl_startswith(&where, SIMPLE_RULES_OMA "/users/"))
		simple_rules_told(l->e, document->etag);
	if (!pl_startswith(&where, "resource-lists/users/"))
		return;
	l->told = true;
	mem_deref(l->news);
	l->news = mem_strdup(document->etag ? document->etag : "");
	simple_lists_news(l);
}


static uint16_t notify_handler(const struct msg *notify, bool first, void *arg)
{
	struct simple_lists *l = mem_ref(arg);
	struct endpoint *e = endpoint_hold(l->e);
	int err = 0;

	(void)first;
	if (notify->body.l && pl_isset(&notify->content_type) &&
		!msg_type_is(&notify->content_type, XCAPDIFF_TYPE))
		err = ENOTSUP;
	else if (notify->body.l)
		err = xcapdiff_decode(&notify->body, document_h, l);
	if (err)
		log_print(e->stack->log, LOG_WARN, "contacts",
			"%s: what the server tells of changes is not taken: %s",
			e->aor, xml_why(err));
	mem_deref(l);
	endpoint_release(e);
	return err == ENOTSUP ? 415 : err ? 400 : 0;
}


static void state_handler(enum ua_sub_state state, const char *why,
	uint16_t status, bool again, void *arg)
{
	const struct simple_lists *l = arg;

	(void)status;
	if (state == UA_SUB_ENDED && !again)
		log_print(l->e->stack->log, LOG_DEBUG, "contacts",
			"%s: the server does not tell of changes of the buddy "
			"list: %s",
			l->e->aor, why ? why : "the subscription ended");
}


void simple_lists_diff_online(struct simple_lists *l)
{
	const struct ua_sub_handlers h = {
		.state = state_handler,
		.notify = notify_handler,
		.arg = l,
	};
	const struct endpoint *e = l->e;
	struct ua_sub_config config = {
		.target = e->aor,
		.event = "xcap-diff",
		.accept = XCAPDIFF_TYPE,
		.content_type = BUDDYLIST_TYPE,
		.expires = e->expires,
	};
	const struct xcap_where *rules = simple_rules_where(e);
	char *where[3] = {NULL};
	struct mbuf *mb;

	if (l->sub || !e->config->do_register)
		return;
	mb = mbuf_alloc(SUBSCRIBE_MAX);
	where[0] = mem_printf("resource-lists/users/%s/index", e->aor);
	if (rules)
		where[1] = mem_printf("%s/users/%s/%s", rules->auid, e->aor,
			rules->document ? rules->document : "index");
	if (!xcapdiff_subscribe(mb, (const char *const *)where)) {
		config.body = mbuf_all(mb);
		(void)ua_subscribe(&l->sub, e->ua, &config, &h);
	}
	mem_deref(where[0]);
	mem_deref(where[1]);
	mem_deref(mb);
}


void simple_lists_diff_goodbye(struct simple_lists *l, uint64_t limit)
{
	if (l->sub)
		ua_sub_end(l->sub, limit, NULL, NULL);
	l->sub = mem_deref(l->sub);
}
