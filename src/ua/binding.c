/* SPDX-License-Identifier: GPL-3.0-or-later */
/* binding.c - what a registrar's 200 says of our binding (RFC 3261 10.2.4,
 * RFC 3608, RFC 5626 4.2, 4.4). */
#include "ua_int.h"


enum {
	ROUTES_MAX = 8192, /* bytes of Service-Route */
};


static bool instance_eq(const struct ua *ua, const struct msg_addr *contact)
{
	struct pl value, inside;

	if (!ua->instance ||
		!msg_param(&contact->params, "+sip.instance", &value))
		return false;
	inside = value;
	if (inside.l >= 2 && inside.p[0] == '<')
		inside = pl_make(value.p + 1, value.l - 2);
	return pl_strcaseeq(&inside, ua->instance);
}


/* Our Contact among those of RESP: by instance, else by URI equality (RFC
 * 3261 10.2.4). */
static bool contact_find(
	const struct ua *ua, const struct sip_result *r, struct msg_addr *found)
{
	struct mbuf *mb = mbuf_alloc(URI_MAX);
	struct msg_list it = {0};
	struct msg_addr addr;
	struct pl value, ours;
	struct uri uri;
	bool have = false, ok = false;

	if (r->flow && !sip_agent_put_contact(ua->agent, r->flow, mb)) {
		ours = mbuf_all(mb);
		have = !uri_decode(&uri, &ours);
	}
	while (!ok && msg_list_next(r->msg, HDR_CONTACT, &it, &value)) {
		if (msg_addr_decode(&addr, &value))
			continue;
		ok = instance_eq(ua, &addr) ||
			(have && uri_eq(&addr.uri, &uri));
		if (ok)
			*found = addr;
	}
	mem_deref(mb);
	return ok;
}


static uint32_t granted(const struct sip_result *r,
	const struct msg_addr *contact, uint32_t asked)
{
	uint32_t seconds;

	if (contact && !msg_contact_expires(contact, &seconds))
		return seconds;
	if (!msg_seconds(r->msg, HDR_EXPIRES, &seconds))
		return seconds;
	return asked;
}


/* RFC 3608 6.1: the newest wins, none forgets. */
static void service_route_take(struct ua *ua, const struct msg *resp)
{
	struct mbuf *mb = mbuf_alloc(ROUTES_MAX);
	struct msg_list it = {0};
	struct pl value;
	char *text;

	while (msg_list_next(resp, HDR_SERVICE_ROUTE, &it, &value))
		(void)mbuf_printf(
			mb, "%s%.*s", mb->end ? ", " : "", PL_ARG(&value));
	text = mb->end && !mbuf_err(mb) ? mbuf_strdup(mb) : NULL;
	if (sip_agent_set_service_route(ua->agent, text))
		(void)sip_agent_set_service_route(ua->agent, NULL);
	mem_deref(text);
	mem_deref(mb);
}


/* A GRUU that the server made for us (RFC 5627, and its draft). */
static void gruu_take(struct ua *ua, const struct msg_addr *contact)
{
	struct pl value;
	char *text;

	if (!msg_param(&contact->params, "pub-gruu", &value) &&
		!msg_param(&contact->params, "gruu", &value))
		return;
	text = pl_strdup(&value);
	sip_agent_set_contact(ua->agent, text);
	mem_deref(text);
}


/* Seconds of "timeout=300" in ms-keep-alive, a fifth off; 0: none. */
static uint32_t ms_keepalive(const struct msg *resp)
{
	struct pl value, params, timeout;
	const char *semi;
	uint32_t n;

	if (!msg_value(resp, HDR_MS_KEEP_ALIVE, &value))
		return 0;
	semi = pl_chr(&value, ';');
	if (!semi)
		return 0;
	params = pl_make(semi, value.l - (size_t)(semi - value.p));
	if (!msg_param(&params, "timeout", &timeout) || pl_u32(&timeout, &n))
		return 0;
	return n / 5 * 4;
}


uint32_t ua_binding_take(
	struct ua *ua, const struct sip_result *r, uint32_t asked)
{
	struct msg_addr contact;
	bool found = contact_find(ua, r, &contact);
	uint32_t seconds = granted(r, found ? &contact : NULL, asked);

	if (!seconds)
		return 0;
	service_route_take(ua, r->msg);
	if (found)
		gruu_take(ua, &contact);
	return seconds;
}


void ua_binding_keepalive(const struct sip_result *r, bool outbound)
{
	uint32_t seconds = 0;

	outbound = outbound && msg_has_token(r->msg, HDR_REQUIRE, "outbound");
	if (!outbound || msg_seconds(r->msg, HDR_FLOW_TIMER, &seconds))
		seconds = ms_keepalive(r->msg);
	sip_flow_keepalive(r->flow, seconds, outbound);
}
