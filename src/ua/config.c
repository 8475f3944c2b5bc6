/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config.c - the settings of an account, and the agent made from them. */
#include <string.h>
#include "ua_int.h"


static bool transport_find(enum sip_transport *tp, const char *text)
{
	static const char *const names[] = {
		[SIP_TRANSPORT_AUTO] = "auto",
		[SIP_TRANSPORT_UDP] = "udp",
		[SIP_TRANSPORT_TCP] = "tcp",
		[SIP_TRANSPORT_TLS] = "tls",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (text && strcmp(text, names[i]))
			continue;
		*tp = (enum sip_transport)i;
		return true;
	}
	return false;
}


static bool long_find(enum sip_long *lm, const char *text)
{
	if (!text || !strcmp(text, "auto"))
		*lm = SIP_LONG_AUTO;
	else if (!strcmp(text, "yes"))
		*lm = SIP_LONG_YES;
	else if (!strcmp(text, "no"))
		*lm = SIP_LONG_NO;
	else
		return false;
	return true;
}


static bool sip_uri_ok(const char *text, bool want_user)
{
	struct pl pl = pl_str(text);
	struct uri uri;

	return text && !uri_decode(&uri, &pl) && pl_isset(&uri.host) &&
		(uri.scheme == URI_SIP || uri.scheme == URI_SIPS) &&
		(!want_user || pl_isset(&uri.user));
}


static bool value_ok(const char *text)
{
	struct pl pl = pl_str(text);

	return !text || msg_value_ok(&pl);
}


static bool listen_ok(const char *text)
{
	struct pl pl = pl_str(text);
	struct sa sa;

	return !text || !sa_decode(&sa, &pl, 5060);
}


const char *ua_config_check(const struct ua_config *c,
	enum sip_transport *transport, enum sip_long *lm)
{
	if (!sip_uri_ok(c->aor, true))
		return "address";
	if (c->proxy && !sip_uri_ok(c->proxy, false))
		return "proxy";
	if (!transport_find(transport, c->transport))
		return "transport";
	if (!long_find(lm, c->long_messages))
		return "long-messages";
	if (!listen_ok(c->listen) || (!c->do_register && !c->listen))
		return "listen";
	if (!value_ok(c->user_agent))
		return "user-agent";
	if (!value_ok(c->display_name))
		return "display-name";
	if (!value_ok(c->instance) || !value_ok(c->accept) ||
		!value_ok(c->session_accept))
		return "accepted types";
	return NULL;
}


void ua_config_copy(struct ua *ua, const struct ua_config *c)
{
	struct pl pl;

	ua->aor = mem_strdup(c->aor);
	pl = pl_str(ua->aor);
	(void)uri_decode(&ua->uri, &pl);
	ua->proxy = mem_strdup(c->proxy);
	ua->instance = mem_strdup(c->instance);
	ua->accept = mem_strdup(c->accept ? c->accept : "text/plain");
	ua->session_accept = mem_strdup(
		c->session_accept ? c->session_accept : "text/plain");
	ua->listen_text = mem_strdup(c->listen);
	ua->certificate = mem_strdup(c->tls_certificate);
	ua->key = mem_strdup(c->tls_key);
	ua->do_register = c->do_register;
	ua->expires = c->expires ? c->expires : UA_EXPIRES_DEFAULT;
	if (c->profile)
		ua->profile = *c->profile;
}


static void credentials_h(const char *realm, sip_credentials_answer_h *answer,
	void *ctx, void *arg)
{
	struct ua *ua = arg;

	if (ua->h.credentials)
		ua->h.credentials(realm, answer, ctx, ua->h.arg);
	else
		answer(NULL, NULL, ctx);
}


int ua_agent_make(struct ua *ua, const struct ua_config *c,
	enum sip_transport transport, enum sip_long lm)
{
	static const enum sip_ntlm ntlm[] = {
		[UA_NTLM_NEVER] = SIP_NTLM_NEVER,
		[UA_NTLM_TLS] = SIP_NTLM_TLS,
		[UA_NTLM_ALWAYS] = SIP_NTLM_ALWAYS,
	};
	struct sip_agent_config ac = {
		.aor = c->aor,
		.display_name = c->display_name,
		.proxy = c->proxy,
		.transport = transport,
		.long_messages = lm,
		.user_agent = c->user_agent,
		.tls = {.ca_file = c->tls_ca_file,
			.certificate = c->tls_certificate,
			.key = c->tls_key},
		.tls_verify = c->tls_verify,
		.tls_name = c->tls_name,
		.tls_pin = c->tls_pin,
		.ntlm = ntlm[c->ntlm],
		.credentials = credentials_h,
		.arg = ua,
	};

	ac.names = c->profile && c->profile->microsoft ? SIP_NAMES_MICROSOFT
		: c->guess			       ? SIP_NAMES_ANY
						       : SIP_NAMES_RFC;
	ac.one_flow = c->profile && c->profile->microsoft;
	if (c->profile)
		ac.from_params = c->profile->from_params;
	return sip_agent_alloc(&ua->agent, ua->stack->sip, &ac);
}
