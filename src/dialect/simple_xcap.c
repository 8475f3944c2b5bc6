/* SPDX-License-Identifier: GPL-3.0-or-later */
/* simple_xcap.c - the way to the documents that a SIMPLE server keeps for us,
 * and which kinds it keeps (RFC 4825 12). */
#include <string.h>
#include "mem.h"
#include "simple_int.h"


enum {
	AGAIN = 30 * 1000, /* ms after no answer; doubled each time, up to */
	AGAIN_DOUBLED = 7, /* so often: 64 min */
};


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


void endpoint_trouble(struct endpoint *e, const char *topic, char *text)
{
	endpoint_hold(e);
	if (!e->h.trouble)
		log_print(
			e->stack->log, LOG_WARN, topic, "%s: %s", e->aor, text);
	else if (endpoint_hears(e))
		e->h.trouble(text, e->h.arg);
	endpoint_release(e);
	mem_deref(text);
}


/* Once, until it is over or another. TEXT is released. */
static void tell_trouble(struct endpoint *e, char *text)
{
	bool again = e->xcap_trouble && text && !strcmp(e->xcap_trouble, text);

	mem_deref(e->xcap_trouble);
	e->xcap_trouble = text;
	if (text && !again)
		endpoint_trouble(e, "xcap",
			mem_printf("%s; your buddy list and your decisions "
				   "stay on this machine",
				text));
}


static void ask(struct endpoint *e);


static void again_handler(void *arg)
{
	ask(arg);
}


static void ask_again(struct endpoint *e)
{
	uint64_t wait = (uint64_t)AGAIN << e->xcap_failures;

	if (e->xcap_failures < AGAIN_DOUBLED)
		e->xcap_failures++;
	if (e->online)
		tmr_start(
			e->stack->tmrs, &e->xcap_again, wait, again_handler, e);
}


/* AUIDS (NULL: nothing) is all that the server can keep. */
static void take_caps(struct endpoint *e, const char *auids)
{
	simple_rules_kept(e, rules_of(auids));
	simple_lists_kept(e, auids && is_kept(auids, "resource-lists"));
	simple_rls_kept(e, auids && is_kept(auids, "rls-services"));
}


/* What is wrong with ANSWER (mem_deref); NULL: nothing. */
static char *trouble_of(const struct xcap_answer *answer, const char *auids)
{
	if (answer->result == XCAP_OK && auids)
		return NULL;
	if (answer->result == XCAP_OK || answer->result == XCAP_ABSENT)
		return mem_strdup("what xcap-root leads to is no XCAP server");
	return mem_strdup(answer->why);
}


static void caps_handler(const struct xcap_answer *answer, void *arg)
{
	struct endpoint *e = endpoint_hold(arg);
	char *auids = NULL;

	e->xcap_request = mem_deref(e->xcap_request);
	if (answer->result == XCAP_OK)
		auids = xcap_auids(&answer->body);
	if (auids)
		log_print(e->stack->log, LOG_INFO, "xcap",
			"%s: the server keeps: %s", e->aor, auids);
	e->xcap_told = answer->result != XCAP_LATER;
	tell_trouble(e, trouble_of(answer, auids));
	if (!endpoint_hears(e)) {
		/* Its user is gone. */
	} else if (e->xcap_told) {
		take_caps(e, auids);
	} else {
		simple_rules_unknown(e);
		simple_rls_unclear(e);
		ask_again(e);
	}
	mem_deref(auids);
	endpoint_release(e);
}


static void ask(struct endpoint *e)
{
	static const struct xcap_where caps = {
		.auid = "xcap-caps", .global = true};

	if (e->online && !e->xcap_told && !e->xcap_request)
		(void)xcap_get(&e->xcap_request, e->xcap, &caps, NULL,
			caps_handler, e);
}


void simple_xcap_online(struct endpoint *e)
{
	if (!e->xcap)
		return;
	xcap_online(e->xcap);
	simple_rules_online(e);
	simple_lists_online(e);
	e->xcap_failures = 0;
	ask(e);
}


int simple_edit(struct xcap_edit **ep, struct endpoint *e,
	const struct xcap_where *where, const char *type, xcap_change_h *change,
	xcap_h *done, void *arg)
{
	int err = xcap_edit(ep, e->xcap, where, type, change, done, arg);

	if (!err)
		endpoint_work_begin(e);
	return err;
}


void simple_edit_end(struct xcap_edit **ep, struct endpoint *e)
{
	if (*ep)
		endpoint_work_end(e);
	*ep = mem_deref(*ep);
}


void simple_xcap_close(struct endpoint *e)
{
	simple_rules_close(e);
	simple_lists_close(e);
	simple_rules_read_close(e);
	simple_rls_close(e);
	tmr_cancel(&e->xcap_again);
	e->xcap_trouble = mem_deref(e->xcap_trouble);
	e->xcap_request = mem_deref(e->xcap_request);
	e->xcap = mem_deref(e->xcap);
	e->http = mem_deref(e->http);
}
