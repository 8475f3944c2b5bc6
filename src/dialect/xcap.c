/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xcap.c - documents on an XCAP server (RFC 4825 6-8). */
#include <errno.h>
#include <string.h>
#include "list.h"
#include "mem.h"
#include "xcap.h"


enum {
	URL_MAX = 4000,
};

struct xcap {
	char *root; /* without the last slash */
	char *xui;
	char *ca_file;
	char *tls_name;
	char *tls_pin;
	bool verify;
	bool secured; /* the server asks for credentials */
	bool asking; /* we have asked for them */
	struct tmrs *tmrs;
	struct http_way way;
	void (*credentials)(const char *realm,
		void (*answer)(
			const char *user, const char *password, void *ctx),
		void *ctx, void *arg);
	void *arg;
	struct list requests; /* struct xcap_request, unanswered */
};

struct xcap_request {
	struct le le;
	struct xcap *x; /* NULL: answered, or nobody there */
	const char *method;
	char *url;
	char *type;
	char *etag;
	char *body;
	size_t len;
	struct http_request *http;
	bool waiting; /* for credentials */
	bool tried; /* with credentials */
	struct tmr tmr; /* what is not from the network is told then */
	const char *failure;
	xcap_h *h;
	void *arg;
};


static void detach(struct xcap_request *r)
{
	list_unlink(&r->le);
	tmr_cancel(&r->tmr);
	r->http = mem_deref(r->http);
	r->x = NULL;
}


static void xcap_destructor(void *data)
{
	struct xcap *x = data;

	while (x->requests.head)
		detach(x->requests.head->data);
	mem_deref(x->root);
	mem_deref(x->xui);
	mem_deref(x->ca_file);
	mem_deref(x->tls_name);
	mem_deref(x->tls_pin);
}


static void request_destructor(void *data)
{
	struct xcap_request *r = data;

	detach(r);
	mem_deref(r->url);
	mem_deref(r->type);
	mem_deref(r->etag);
	mem_deref(r->body);
}


/* ---- URIs (RFC 4825 6, RFC 3986 3.3) */

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9');
}


/* S with all percent-encoded but what may stand in a segment of a path, and
 * MORE. */
static void encode(struct mbuf *mb, const char *s, const char *more)
{
	static const char good[] = "-._~!$&'()*+,;=:@";

	for (; *s; s++) {
		if (is_alnum(*s) || strchr(good, *s) || strchr(more, *s))
			(void)mbuf_write_u8(mb, (uint8_t)*s);
		else
			(void)mbuf_printf(mb, "%%%02X", (unsigned char)*s);
	}
}


/* An AttValue of XML in quotes, percent-encoded. */
static void encode_value(struct mbuf *mb, const char *s)
{
	char one[2] = {0};

	encode(mb, "\"", "");
	for (; *s; s++) {
		one[0] = *s;
		encode(mb,
			*s == '&'	    ? "&amp;"
				: *s == '<' ? "&lt;"
				: *s == '"' ? "&quot;"
					    : one,
			"");
	}
	encode(mb, "\"", "");
}


int xcap_step(
	struct mbuf *mb, const char *name, const char *attr, const char *value)
{
	if (mb->end)
		(void)mbuf_write_str(mb, "/");
	if (name)
		encode(mb, name, "");
	if (name && attr) {
		encode(mb, "[@", "");
		encode(mb, attr, "");
		encode(mb, "=", "");
		encode_value(mb, value ? value : "");
		encode(mb, "]", "");
	} else if (attr) {
		encode(mb, "@", "");
		encode(mb, attr, "");
	}
	return mbuf_err(mb);
}


/* A name that would mean another place is none. */
static bool is_segment(const char *s)
{
	return *s && strcmp(s, ".") && strcmp(s, "..");
}


static char *make_url(const struct xcap *x, const struct xcap_where *where)
{
	const char *document = where->document ? where->document : "index";
	struct mbuf *mb = mbuf_alloc(URL_MAX);
	char *url = NULL;

	(void)mbuf_printf(mb, "%s/", x->root);
	encode(mb, where->auid, "");
	(void)mbuf_write_str(mb, where->global ? "/global/" : "/users/");
	if (!where->global) {
		encode(mb, x->xui, "");
		(void)mbuf_write_str(mb, "/");
	}
	encode(mb, document, "");
	if (where->node)
		(void)mbuf_printf(mb, "/~~/%s", where->node);
	if (where->node && where->bindings) {
		(void)mbuf_write_str(mb, "?");
		encode(mb, where->bindings, "/?");
	}
	if (!mbuf_err(mb) && is_segment(where->auid) && is_segment(document))
		url = mbuf_strdup(mb);
	mem_deref(mb);
	return url;
}


/* The authority of a root that is one: no user, no query, no fragment. */
static bool is_root(const char *root)
{
	struct pl rest = pl_str(root), authority;
	const char *p;

	if (pl_startswith(&rest, "https://"))
		pl_skip(&rest, 8);
	else if (pl_startswith(&rest, "http://"))
		pl_skip(&rest, 7);
	else
		return false;
	for (p = rest.p; *p; p++) {
		if (*p <= ' ' || *p > '~' || strchr("?#\"<>\\^`{|}", *p))
			return false;
	}
	(void)pl_split(&rest, '/', &authority);
	return authority.l && !pl_chr(&authority, '@');
}


/* ---- answers */

static enum xcap_result result_of(uint16_t status)
{
	switch (status) {
	case 304:
		return XCAP_UNCHANGED;
	case 404:
	case 410:
		return XCAP_ABSENT;
	case 408:
	case 429:
		return XCAP_LATER;
	case 409:
		return XCAP_CONFLICT;
	case 412:
		return XCAP_CHANGED;
	default:
		break;
	}
	if (status >= 200 && status < 300)
		return XCAP_OK;
	return status >= 500 ? XCAP_LATER : XCAP_REFUSED;
}


/* Why an answer is none of the good ones (mem_deref). */
static char *reason_of(enum xcap_result result, const struct http_answer *a)
{
	switch (result) {
	case XCAP_OK:
	case XCAP_UNCHANGED:
		return NULL;
	case XCAP_ABSENT:
		return mem_strdup("the XCAP server does not have it");
	case XCAP_CHANGED:
		return mem_strdup("it has been changed meanwhile");
	case XCAP_CONFLICT:
		return xcap_conflict(&a->body);
	case XCAP_REFUSED:
		if (a->status == 401)
			return mem_strdup("the XCAP server refuses the "
					  "password");
		if (a->status == 403)
			return mem_strdup("the XCAP server forbids it");
		if (a->status >= 300 && a->status < 400)
			return mem_printf("what is behind xcap-root has moved "
					  "(%u)",
				a->status);
		return mem_printf("the XCAP server refuses it (%u)", a->status);
	case XCAP_LATER:
		break;
	}
	return mem_printf("the XCAP server is in trouble (%u)", a->status);
}


static enum xcap_result result_of_error(int err)
{
	switch (err) {
	case EACCES:
	case EINVAL:
	case EMSGSIZE:
	case ENOENT:
		return XCAP_REFUSED;
	default:
		return XCAP_LATER;
	}
}


static void tell(struct xcap_request *r, const struct xcap_answer *answer)
{
	mem_ref(r);
	detach(r);
	r->h(answer, r->arg);
	mem_deref(r);
}


static void failure_handler(void *arg)
{
	struct xcap_request *r = arg;
	const struct xcap_answer answer = {
		.result = XCAP_REFUSED, .denied = true, .why = r->failure};

	tell(r, &answer);
}


/* WHY is constant. */
static void fail_later(struct xcap_request *r, const char *why)
{
	r->failure = why;
	tmr_start(r->x->tmrs, &r->tmr, 0, failure_handler, r);
}


static void ask_credentials(struct xcap *x);


static void answer_handler(const struct http_answer *a, void *arg)
{
	struct xcap_request *r = arg;
	struct xcap_answer answer = {
		.status = a->status,
		.etag = a->etag,
		.content_type = a->content_type,
		.body = a->body,
	};
	char *why;

	r->http = mem_deref(r->http);
	if (!a->err && a->status == 401 && !r->tried && r->x->credentials) {
		r->x->secured = true;
		r->waiting = true;
		ask_credentials(r->x);
		return;
	}
	if (a->err) {
		answer.result = result_of_error(a->err);
		answer.denied = a->err == EACCES;
		why = mem_printf("XCAP: %s", a->why);
	} else {
		answer.result = result_of(a->status);
		answer.denied = a->status == 401;
		why = reason_of(answer.result, a);
	}
	answer.why = why;
	tell(r, &answer);
	mem_deref(why);
}


/* ---- requests */

static int send_request(
	struct xcap_request *r, const char *user, const char *password)
{
	bool reads = !strcmp(r->method, "GET");
	struct xcap *x = r->x;
	struct http_ask ask = {
		.method = r->method,
		.url = r->url,
		.content_type = r->type,
		.if_match = reads ? NULL : r->etag,
		.if_none_match = reads ? r->etag
			: r->etag      ? NULL
				       : "*",
		.user = user,
		.password = password,
		.ca_file = x->ca_file,
		.tls_name = x->tls_name,
		.tls_pin = x->tls_pin,
		.verify = x->verify,
		.body = {r->body, r->len},
	};

	r->tried = password != NULL;
	return x->way.request(&r->http, &ask, answer_handler, r, x->way.ctx);
}


static void credentials_handler(
	const char *user, const char *password, void *ctx)
{
	struct xcap *x = ctx;
	struct le *le, *next;

	x->asking = false;
	LIST_FOREACH (&x->requests, le, next) {
		struct xcap_request *r = le->data;

		if (!r->waiting)
			continue;
		r->waiting = false;
		if (!user || !password)
			fail_later(r,
				"the XCAP server asks for a password, "
				"and there is none");
		else if (send_request(r, user, password))
			fail_later(r, "the request cannot be sent");
	}
}


static void ask_credentials(struct xcap *x)
{
	if (x->asking)
		return;
	x->asking = true;
	x->credentials("XCAP", credentials_handler, x, x->arg);
}


void xcap_online(struct xcap *x)
{
	struct le *le;

	x->asking = false;
	for (le = x->requests.head; le; le = le->next) {
		struct xcap_request *r = le->data;

		if (r->waiting) {
			ask_credentials(x);
			return;
		}
	}
}


static int start(struct xcap_request *r)
{
	if (!r->x->secured)
		return send_request(r, NULL, NULL);
	r->waiting = true;
	ask_credentials(r->x);
	return 0;
}


static int request(struct xcap_request **rp, struct xcap *x,
	const struct xcap_where *where, const char *method, const char *etag,
	const char *type, const struct pl *body, xcap_h *h, void *arg)
{
	char *url = make_url(x, where);
	struct xcap_request *r;
	int err;

	if (!url)
		return EINVAL;
	r = mem_zalloc(sizeof(*r), request_destructor);
	r->x = x;
	r->method = method;
	r->url = url;
	r->etag = mem_strdup(etag);
	r->type = mem_strdup(type);
	if (body) {
		r->body = mem_strndup(body->p ? body->p : "", body->l);
		r->len = body->l;
	}
	r->h = h;
	r->arg = arg;
	list_append(&x->requests, &r->le, r);
	err = start(r);
	if (err)
		mem_deref(r);
	else
		*rp = r;
	return err;
}


int xcap_get(struct xcap_request **rp, struct xcap *x,
	const struct xcap_where *where, const char *etag, xcap_h *h, void *arg)
{
	return request(rp, x, where, "GET", etag, NULL, NULL, h, arg);
}


/* RFC 4825 15.2: what a node is sent as. */
static const char *type_of_node(const char *node)
{
	const char *last = strrchr(node, '/');

	return *(last ? last + 1 : node) == '@' ? "application/xcap-att+xml"
						: "application/xcap-el+xml";
}


int xcap_put(struct xcap_request **rp, struct xcap *x,
	const struct xcap_where *where, const char *type, const struct pl *body,
	const char *etag, xcap_h *h, void *arg)
{
	if (where->node)
		type = type_of_node(where->node);
	return request(rp, x, where, "PUT", etag, type, body, h, arg);
}


int xcap_delete(struct xcap_request **rp, struct xcap *x,
	const struct xcap_where *where, const char *etag, xcap_h *h, void *arg)
{
	if (!etag)
		return EINVAL;
	return request(rp, x, where, "DELETE", etag, NULL, NULL, h, arg);
}


int xcap_alloc(struct xcap **xp, const struct xcap_config *config, char **why)
{
	struct pl root = pl_str(config->root);
	struct xcap *x;

	if (!is_root(config->root)) {
		*why = mem_printf("xcap-root: \"%s\" is no http or https URL "
				  "without user and query",
			config->root);
		return EINVAL;
	}
	while (root.p[root.l - 1] == '/')
		root.l--;
	x = mem_zalloc(sizeof(*x), xcap_destructor);
	x->root = pl_strdup(&root);
	x->xui = mem_strdup(config->xui);
	x->ca_file = mem_strdup(config->ca_file);
	x->tls_name = mem_strdup(config->tls_name);
	x->tls_pin = mem_strdup(config->tls_pin);
	x->verify = config->verify;
	x->tmrs = config->tmrs;
	x->way = *config->way;
	x->credentials = config->credentials;
	x->arg = config->arg;
	*xp = x;
	return 0;
}
