/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dialog_path.c - Request-URI, routes and next hop of a request (RFC 3261
 * 8.1.2, 12.2.1.1; RFC 3608 6.1). */
#include <errno.h>
#include "mem.h"
#include "sip_int.h"


enum {
	PATH_MAX_BYTES = SIP_ROUTES_MAX + 4 * URI_MAX,
};


static bool has_lr(const struct pl *route)
{
	struct msg_addr addr;
	struct pl lr;

	return !msg_addr_decode(&addr, route) &&
		uri_param(&addr.uri, "lr", &lr);
}


/* The outbound proxy (with lr) and Service-Route (RFC 3261 8.1.2,
 * RFC 3608 6.1). */
static void preload(
	struct mbuf *mb, const struct sip_agent *agent, bool service_route)
{
	const struct uri *proxy = sip_agent_proxy(agent);
	const char *service =
		service_route ? sip_agent_service_route(agent) : NULL;
	struct uri bare;
	struct pl lr;

	if (proxy) {
		bare = *proxy;
		bare.headers = pl_make(NULL, 0);
		mbuf_write_u8(mb, '<');
		uri_encode(mb, &bare);
		mbuf_write_str(mb, uri_param(proxy, "lr", &lr) ? ">" : ";lr>");
	}
	if (service && *service)
		mbuf_printf(mb, "%s%s", proxy ? ", " : "", service);
}


/* What a Request-URI may not hold is taken off (RFC 3261 19.1.1):
 * "method" and headers. */
static void put_request_uri(struct mbuf *mb, const struct uri *uri)
{
	struct pl rest = uri->params, name, value;
	struct uri bare = *uri;

	if (!pl_isset(&uri->headers) && !uri_param(uri, "method", &value)) {
		mbuf_write_pl(mb, &uri->all);
		return;
	}
	bare.params = pl_make(NULL, 0);
	bare.headers = pl_make(NULL, 0);
	uri_encode(mb, &bare);
	while (msg_param_next(&rest, &name, &value)) {
		if (pl_strcaseeq(&name, "method"))
			continue;
		mbuf_printf(mb, pl_isset(&value) ? ";%.*s=%.*s" : ";%.*s",
			PL_ARG(&name), PL_ARG(&value));
	}
}


static struct pl mbuf_from(const struct mbuf *mb, size_t start)
{
	return pl_make(mb->buf ? (const char *)mb->buf + start : NULL,
		mb->end - start);
}


int sip_dialog_path(
	const struct sip_dialog *d, bool service_route, struct sip_path *path)
{
	struct mbuf *routes = mbuf_alloc(SIP_ROUTES_MAX), *mb;
	struct pl rest, first, all;
	struct msg_addr addr;
	struct uri target;
	size_t at_routes;
	int err = 0;

	if (!sip_dialog_agent(d)) {
		mem_deref(routes);
		return ECANCELED;
	}
	if (sip_dialog_established(d))
		mbuf_write_pl(routes, sip_dialog_routes(d));
	else
		preload(routes, sip_dialog_agent(d), service_route);
	err = mbuf_err(routes);
	mb = mbuf_alloc_size(512, PATH_MAX_BYTES);
	all = mbuf_all(routes);
	rest = all;
	if (!err && msg_split_list(&rest, &first))
		err = msg_addr_decode(&addr, &first);
	else
		first = pl_make(NULL, 0);
	if (err)
		goto out;

	if (pl_isset(&first) && !has_lr(&first)) {
		put_request_uri(mb, &addr.uri);
		at_routes = mb->end;
		rest = pl_trim(&rest);
		mbuf_write_pl(mb, &rest);
		mbuf_printf(mb, "%s<%.*s>", pl_isset(&rest) ? ", " : "",
			PL_ARG(sip_dialog_remote_target(d)));
	} else {
		(void)uri_decode(&target, sip_dialog_remote_target(d));
		put_request_uri(mb, &target);
		at_routes = mb->end;
		mbuf_write_pl(mb, &all);
	}
	err = mbuf_err(mb);
	if (err)
		goto out;
	path->routes = mbuf_from(mb, at_routes);
	path->uri = pl_make((const char *)mb->buf, at_routes);
	path->hop = path->uri;
	if (pl_isset(&first) && has_lr(&first)) {
		rest = path->routes;
		(void)msg_split_list(&rest, &first);
		(void)msg_addr_decode(&addr, &first);
		path->hop = addr.uri_text;
	}
	path->buf = mem_ref(mb);
out:
	mem_deref(mb);
	mem_deref(routes);
	return err;
}
