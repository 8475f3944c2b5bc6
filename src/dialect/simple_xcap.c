/* SPDX-License-Identifier: GPL-3.0-or-later */
/* simple_xcap.c - the way to the documents that a SIMPLE server keeps for us,
 * and which kinds it keeps (RFC 4825 12). */
#include "dialect_int.h"
#include "mem.h"
#include "xcap.h"


static int http_way_request(struct http_request **rp,
	const struct http_ask *ask, http_answer_h *h, void *arg, void *ctx)
{
	return http_request(rp, ctx, ask, h, arg);
}


static void credentials_handler(const char *realm,
	void (*answer)(const char *user, const char *password, void *ctx),
	void *ctx, void *arg)
{
	struct endpoint *e = arg;

	e->h.credentials(realm, answer, ctx, e->h.arg);
}


int simple_xcap_open(struct endpoint *e, char **why)
{
	struct dialect_stack *stack = e->stack;
	struct http_way way = stack->http;
	const struct xcap_config config = {
		.root = e->config->xcap_root,
		.xui = e->aor,
		.ca_file = e->config->tls_ca_file,
		.tls_name = e->config->tls_name,
		.tls_pin = e->config->tls_pin,
		.verify = e->config->tls_verify,
		.tmrs = stack->tmrs,
		.way = &way,
		.credentials = credentials_handler,
		.arg = e,
	};
	int err;

	if (!config.root || (!way.request && !stack->loop))
		return 0;
	if (!way.request) {
		err = http_alloc(&e->http, stack->loop, NULL);
		if (err)
			return err;
		way.request = http_way_request;
		way.ctx = e->http;
	}
	err = xcap_alloc(&e->xcap, &config, why);
	if (!err)
		simple_rls_open(e);
	return err;
}


/* True if AUID is in AUIDS, with a blank between them. */
static bool is_kept(const char *auids, const char *auid)
{
	struct pl rest = pl_str(auids), word;
	bool more, found = false;

	do {
		more = pl_split(&rest, ' ', &word);
		found = found || pl_streq(&word, auid);
	} while (more && !found);
	return found;
}


/* The kind of rules that the server keeps; NULL: it keeps none. */
static const char *rules_of(const char *auids)
{
	if (auids && is_kept(auids, SIMPLE_RULES))
		return SIMPLE_RULES;
	if (auids && is_kept(auids, SIMPLE_RULES_OMA))
		return SIMPLE_RULES_OMA;
	return NULL;
}


static void caps_handler(const struct xcap_answer *answer, void *arg)
{
	struct endpoint *e = arg;
	char *auids = NULL;

	e->xcap_request = mem_deref(e->xcap_request);
	if (answer->result == XCAP_OK)
		auids = xcap_auids(&answer->body);
	if (answer->result != XCAP_OK)
		log_print(e->stack->log, LOG_WARN, "xcap", "%s: %s", e->aor,
			answer->why);
	else if (auids)
		log_print(e->stack->log, LOG_INFO, "xcap",
			"%s: the server keeps: %s", e->aor, auids);
	else
		log_print(e->stack->log, LOG_WARN, "xcap",
			"%s: what xcap-root leads to is no XCAP server",
			e->aor);
	e->xcap_told = answer->result != XCAP_LATER;
	if (e->xcap_told) {
		simple_rules_kept(e, rules_of(auids));
		simple_lists_kept(e, auids && is_kept(auids, "resource-lists"));
		simple_rls_kept(e, auids && is_kept(auids, "rls-services"));
	} else {
		simple_rules_unknown(e);
		simple_rls_unclear(e);
	}
	mem_deref(auids);
}


void simple_xcap_online(struct endpoint *e)
{
	static const struct xcap_where caps = {
		.auid = "xcap-caps", .global = true};

	if (!e->xcap)
		return;
	xcap_online(e->xcap);
	simple_rules_online(e);
	simple_lists_online(e);
	if (!e->xcap_told && !e->xcap_request)
		(void)xcap_get(&e->xcap_request, e->xcap, &caps, NULL,
			caps_handler, e);
}


void simple_xcap_close(struct endpoint *e)
{
	simple_rules_close(e);
	simple_lists_close(e);
	simple_rules_read_close(e);
	simple_rls_close(e);
	e->xcap_request = mem_deref(e->xcap_request);
	e->xcap = mem_deref(e->xcap);
	e->http = mem_deref(e->http);
}
