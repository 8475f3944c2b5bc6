/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reply.c - what several kinds of request are answered with: Allow, Accept,
 * our SDP (RFC 3261 8.2, 11.2). */
#include <string.h>
#include "ua_int.h"


const char ua_allow[] = "ACK, BENOTIFY, BYE, CANCEL, INFO, INVITE, MESSAGE, "
			"NOTIFY, OPTIONS, SUBSCRIBE";
const char ua_supported[] = "outbound, path";


int ua_reply(struct ua *ua, struct sip_strans *st, uint16_t status,
	const char *fmt, ...)
{
	struct sip_reply reply = {.status = status};
	struct mbuf *mb = mbuf_alloc(UA_TEXT_MAX);
	struct pl headers;
	va_list ap;
	int err = 0;

	reply.agent = ua ? ua->agent : NULL;
	if (fmt) {
		va_start(ap, fmt);
		err = mbuf_vprintf(mb, fmt, ap);
		va_end(ap);
		headers = mbuf_all(mb);
		reply.headers = &headers;
	}
	if (!err)
		err = sip_strans_reply(st, &reply);
	mem_deref(mb);
	return err;
}


/* True if no notifier before LE has the same event. */
static bool event_first(const struct ua *ua, const struct le *le)
{
	const char *event = ua_notifier_event(le->data);
	const struct le *p;

	for (p = ua->notifiers.head; p != le; p = p->next) {
		if (!strcmp(ua_notifier_event(p->data), event))
			return false;
	}
	return true;
}


void ua_reply_bad_event(struct ua *ua, struct sip_strans *st)
{
	struct mbuf *mb = mbuf_alloc(UA_TEXT_MAX);
	const struct le *le;
	char *events;

	for (le = ua->notifiers.head; le; le = le->next) {
		if (event_first(ua, le))
			(void)mbuf_printf(mb, "%s%s", mb->end ? ", " : "",
				ua_notifier_event(le->data));
	}
	events = mbuf_strdup(mb);
	(void)ua_reply(ua, st, 489, "Allow-Events: %s\r\n", events);
	mem_deref(events);
	mem_deref(mb);
}


/* ---- media types ---- */

/* True if RANGE ("a/b", "a/" "*", "*" "/" "*") covers TYPE. */
static bool range_covers(const struct pl *range, const struct msg_type *type)
{
	struct msg_type r;

	if (msg_type_decode(&r, range))
		return false;
	if (pl_streq(&r.type, "*"))
		return true;
	return pl_caseeq(&r.type, &type->type) &&
		(pl_streq(&r.subtype, "*") ||
			pl_caseeq(&r.subtype, &type->subtype));
}


bool ua_accepts(const struct msg *req, const char *type)
{
	struct pl pl = pl_str(type), value;
	struct msg_list it = {0};
	struct msg_type t;

	if (!msg_hdr(req, HDR_ACCEPT))
		return true;
	if (msg_type_decode(&t, &pl))
		return false;
	while (msg_list_next(req, HDR_ACCEPT, &it, &value)) {
		if (range_covers(&value, &t))
			return true;
	}
	return false;
}


bool ua_type_in(const char *list, const struct pl *content_type)
{
	struct pl rest = pl_str(list), word;
	struct msg_type t;
	size_t n;

	if (msg_type_decode(&t, content_type))
		return false;
	while (rest.l > 0) {
		n = 0;
		while (n < rest.l && rest.p[n] != ',' && rest.p[n] != ' ')
			n++;
		word = pl_make(rest.p, n);
		pl_skip(&rest, n + 1);
		if (n > 0 && range_covers(&word, &t))
			return true;
	}
	return false;
}


static bool is_optional(const struct msg *req)
{
	struct pl value, params, handling;
	const char *semi;

	if (!msg_value(req, HDR_CONTENT_DISPOSITION, &value))
		return false;
	semi = pl_chr(&value, ';');
	if (!semi)
		return false;
	params = pl_make(semi, value.l - (size_t)(semi - value.p));
	return msg_param(&params, "handling", &handling) &&
		pl_strcaseeq(&handling, "optional");
}


static bool is_encoded(const struct msg *req)
{
	struct msg_list it = {0};
	struct pl value;

	while (msg_list_next(req, HDR_CONTENT_ENCODING, &it, &value)) {
		if (!pl_strcaseeq(&value, "identity"))
			return true;
	}
	return false;
}


bool ua_refuse_body(struct ua *ua, struct sip_strans *st, const struct msg *req,
	const char *list)
{
	if (!req->body.l || is_optional(req))
		return false;
	if (is_encoded(req)) {
		(void)ua_reply(ua, st, 415, "Accept-Encoding: identity\r\n");
		return true;
	}
	if (pl_isset(&req->content_type) &&
		ua_type_in(list, &req->content_type))
		return false;
	(void)ua_reply(ua, st, pl_isset(&req->content_type) ? 415 : 400,
		"Accept: %s\r\n", list);
	return true;
}


/* ---- SDP ---- */

char *ua_sdp_text(const struct ua *ua, const struct sa *local)
{
	struct mbuf *mb = mbuf_alloc(UA_TEXT_MAX);
	char host[SA_TEXT_SIZE], *types = mem_strdup(ua->session_accept);
	char *text = NULL, *p;

	/* a=accept-types is parted by blanks alone (RFC 4975 8.6). */
	for (p = types; (p = strchr(p, ',')) != NULL; p++) {
		if (p[1] == ' ')
			memmove(p, p + 1, strlen(p));
		else
			*p = ' ';
	}
	if (!msg_sdp_write(mb, sa_addr_text(local, host),
		    sa_family(local) == AF_INET6, rand_u32(ua->stack->rand),
		    types))
		text = mbuf_strdup(mb);
	mem_deref(types);
	mem_deref(mb);
	return text;
}


static bool media_takes(const struct msg_sdp_media *media)
{
	return (pl_strcaseeq(&media->media, "message") ||
		       pl_strcaseeq(&media->media, "x-ms-message")) &&
		media->port && pl_strcaseeq(&media->proto, "sip");
}


bool ua_sdp_takes(const struct msg *msg, bool *any)
{
	struct msg_sdp_media media;
	struct msg_part part;
	struct msg_sdp sdp;

	*any = false;
	if (msg_body_find(msg, "application/sdp", NULL, &part) ||
		msg_sdp_begin(&sdp, &part.body))
		return false;
	*any = true;
	while (msg_sdp_next(&sdp, &media)) {
		if (media_takes(&media))
			return true;
	}
	return false;
}
