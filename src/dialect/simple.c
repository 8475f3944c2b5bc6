/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * simple.c - the SIMPLE dialect: presence by SUBSCRIBE, NOTIFY and PUBLISH
 * with PIDF (RFC 3856, 3863, 3903), who asks to watch by watcher information
 * (RFC 3857), texts by MESSAGE alone (RFC 3428) or in an INVITE session, typing
 * by isComposing (RFC 3994) and KeyboardActivity.
 */
#include "conv.h"
#include "simple_int.h"


static void simple_online(
	struct endpoint *e, bool moved, const struct msg *resp)
{
	(void)resp;
	simple_presence_online(e);
	simple_rls_online(e);
	simple_watch_online(e);
	simple_winfo_online(e);
	simple_im_online(e, moved);
	simple_xcap_online(e);
}


static void simple_lost(struct endpoint *e)
{
	simple_watch_lost(e);
	simple_im_lost(e);
	simple_lists_lost(e);
}


static void simple_goodbye(struct endpoint *e, uint64_t limit)
{
	simple_im_goodbye(e, limit);
	simple_watch_goodbye(e, limit);
	simple_rls_goodbye(e, limit);
	simple_winfo_goodbye(e, limit);
	simple_presence_goodbye(e, limit);
	simple_rules_goodbye(e);
	simple_lists_goodbye(e, limit);
}


static void simple_message(struct endpoint *e, struct ua_request *r)
{
	incoming_request(e, NULL, r);
}


static void simple_close(struct endpoint *e)
{
	simple_im_close(e);
	simple_watch_close(e);
	simple_rls_stop(e);
	simple_winfo_close(e);
	simple_lists_close(e);
	list_flush(&e->fetches);
	simple_presence_close(e);
}


const struct dialect dialect_simple = {
	.name = "simple",
	.online = simple_online,
	.lost = simple_lost,
	.goodbye = simple_goodbye,
	.contact_set = simple_contact_set,
	.contact_drop = simple_contact_drop,
	.watch = simple_watch,
	.unwatch = simple_unwatch,
	.ask = simple_ask,
	.read = simple_read,
	.watch_each = simple_watch_each,
	.publish = simple_publish,
	.decide = simple_decide,
	.rules = simple_rules,
	.send = simple_send,
	.typing = simple_typing,
	.chat_open = simple_chat_open,
	.chat_close = simple_chat_close,
	.text_max = simple_text_max,
	.message = simple_message,
	.invite = simple_invite,
	.open = simple_presence_open,
	.close = simple_close,
};
